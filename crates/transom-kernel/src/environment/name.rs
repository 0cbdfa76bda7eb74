//! Names of variables: folded, hashed, compared and checked.

use super::{INTERNAL_VARIABLE, LONGEST_VALUE};
use crate::text::fold_unit;
use hashbrown::Equivalent;
use std::hash::{Hash, Hasher};

pub(super) const EQUALS: u16 = b'=' as u16;

/// A name as it was set; equal to, and hashed as, every other spelling of itself.
pub(super) struct Name {
    pub(super) spelled: Box<[u16]>,
    /// What is hashed and compared.
    folded: Box<[u64]>,
}

/// A name that is looked up. It is folded on the way: a look-up allocates nothing.
pub(super) struct Sought<'a>(pub(super) &'a [u16]);

impl Name {
    pub(super) fn new(spelled: &[u16]) -> Self {
        Self { spelled: spelled.into(), folded: folded_words(spelled).collect() }
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded.iter().for_each(|&word| state.write_u64(word));
    }
}

impl Hash for Sought<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        folded_words(self.0).for_each(|word| state.write_u64(word));
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for Name {}

impl Equivalent<Name> for Sought<'_> {
    fn equivalent(&self, name: &Name) -> bool {
        self.0.len() == name.spelled.len()
            && folded_words(self.0).zip(&name.folded).all(|(sought, &word)| sought == word)
    }
}

/// The folded name, four units to a word; the last word is filled up with zeros, which no name
/// contains.
#[inline]
fn folded_words(name: &[u16]) -> impl Iterator<Item = u64> {
    let (whole, rest) = name.as_chunks::<4>();
    let last = (!rest.is_empty()).then(|| {
        let mut units = [0; 4];
        units[..rest.len()].copy_from_slice(rest);
        units
    });
    whole.iter().copied().chain(last).map(folded_word)
}

/// Folds four units and packs them. Where all are ASCII, they are folded together, each in its
/// 16 bits: adding sets the top bit of those that are at least `a`, and of those beyond `z`.
#[inline]
fn folded_word(units: [u16; 4]) -> u64 {
    const fn each(unit: u64) -> u64 {
        unit * 0x0001_0001_0001_0001
    }
    let pack = |[a, b, c, d]: [u16; 4]| {
        u64::from(a) | u64::from(b) << 16 | u64::from(c) << 32 | u64::from(d) << 48
    };
    let word = pack(units);
    if word & each(0xFF80) != 0 {
        return pack(units.map(fold_unit));
    }
    let from_a = word + each(0x8000 - b'a' as u64);
    let beyond_z = word + each(0x8000 - (b'z' as u64 + 1));
    let lower = from_a & !beyond_z & each(0x8000);
    word - (lower >> 10)
}

/// Whether a variable can have this name: not empty, a `=` in the first place only (as in the
/// `=C:` that keeps a drive's directory), not over-long, no NUL.
pub(super) fn is_name(name: &[u16]) -> bool {
    name.len() <= LONGEST_VALUE
        && name.first().is_some_and(|&first| first != 0)
        && !has_any(&name[1..], [0, EQUALS])
}

/// Whether one of these units is in the text. It always looks at all of it, which lets the
/// compiler look at many at a time.
pub(super) fn has_any<const N: usize>(text: &[u16], units: [u16; N]) -> bool {
    // Plain loops: `contains` is not always inlined, and then nothing is looked at together.
    let mut found = false;
    for &unit in text {
        for wanted in units {
            found |= unit == wanted;
        }
    }
    found
}

/// Whether this is the variable that only Transom itself reads and writes.
pub(super) fn is_internal(name: &[u16]) -> bool {
    name.len() == INTERNAL_VARIABLE.len()
        && name.iter().zip(INTERNAL_VARIABLE.bytes()).all(|(&l, r)| fold_unit(l) == r.into())
}

#[cfg(test)]
mod tests {
    use super::{Equivalent, Name, Sought, folded_word, is_name};
    use crate::text::{equal_folded, fold_unit};
    use proptest::prelude::*;

    #[test]
    fn fact_44_an_equals_sign_may_be_first() {
        let wide = |name: &str| name.encode_utf16().collect::<Vec<_>>();
        for (name, legal) in [
            ("=", true),
            ("=C:", true),
            ("a", true),
            ("", false),
            ("a=", false),
            ("==", false),
            ("\0", false),
            ("a\0", false),
        ] {
            assert_eq!(is_name(&wide(name)), legal, "{name:?}");
        }
    }

    #[test]
    fn ascii_folds_the_same_in_every_place_of_a_word() {
        for (unit, place) in (0..0x80).flat_map(|unit| (0..4).map(move |place| (unit, place))) {
            let mut units = [u16::from(b'z'); 4];
            units[place] = unit;
            let word = folded_word(units);
            let lanes = [0, 16, 32, 48].map(|shift| (word >> shift) as u16);
            assert_eq!(lanes, units.map(fold_unit), "{unit} in place {place}");
        }
    }

    proptest! {
        #[test]
        fn words_fold_as_units_do(units in proptest::collection::vec(prop_oneof![0..0x100_u16, any::<u16>()], 4)) {
            let units: [u16; 4] = units.try_into().unwrap();
            let word = folded_word(units);
            let lanes = [0, 16, 32, 48].map(|shift| (word >> shift) as u16);
            prop_assert_eq!(lanes, units.map(fold_unit));
        }

        #[test]
        fn names_are_equal_where_their_folded_units_are(left in "[a-bA-B\u{e9}\u{c9}]{1,9}", right in "[a-bA-B\u{e9}\u{c9}]{1,9}", flip in any::<u16>()) {
            let left: Vec<u16> = left.encode_utf16().collect();
            let right: Vec<u16> = right.encode_utf16().collect();
            prop_assert_eq!(Sought(&left).equivalent(&Name::new(&right)), equal_folded(&left, &right));
            let flipped: Vec<u16> = left
                .iter()
                .enumerate()
                .map(|(index, &unit)| if flip >> index & 1 == 1 { fold_unit(unit) } else { unit })
                .collect();
            prop_assert!(Sought(&left).equivalent(&Name::new(&flipped)));
        }
    }
}
