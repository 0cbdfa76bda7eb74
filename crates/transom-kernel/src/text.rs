//! Text between the two worlds: Win32's UTF-16 and Linux's bytes.
//!
//! Win32 strings are sequences of 16-bit units that need not be valid UTF-16; Linux strings are
//! bytes that need not be valid UTF-8. Both conversions here are total, and going from bytes to
//! units and back gives the same bytes, so nothing is lost on the way through:
//!
//! - a byte that is not part of valid UTF-8 becomes the lone surrogate `U+DC00 + byte`;
//! - a lone surrogate that does not stand for such a byte becomes its three-byte form (WTF-8).

/// Converts a Linux byte string to Win32's 16-bit units.
///
/// ```
/// use transom_kernel::text::{to_bytes, to_wide};
/// assert_eq!(to_wide("문".as_bytes()), [0xBB38]);
/// assert_eq!(to_bytes(&to_wide(b"a\xFFb")), b"a\xFFb");
/// ```
#[must_use]
pub fn to_wide(bytes: &[u8]) -> Vec<u16> {
    if bytes.is_ascii() {
        return bytes.iter().map(|&byte| u16::from(byte)).collect();
    }
    let mut wide = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        wide.extend(chunk.valid().encode_utf16());
        wide.extend(chunk.invalid().iter().map(|&byte| 0xDC00 + u16::from(byte)));
    }
    wide
}

/// Converts Win32's 16-bit units to a Linux byte string.
#[must_use]
pub fn to_bytes(wide: &[u16]) -> Vec<u8> {
    if wide.iter().fold(true, |ascii, &unit| ascii & (unit < 0x80)) {
        return wide.iter().map(|&unit| unit as u8).collect();
    }
    let mut bytes = Vec::with_capacity(wide.len());
    for unit in char::decode_utf16(wide.iter().copied()) {
        match unit {
            Ok(character) => {
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            Err(lone) => match lone.unpaired_surrogate() {
                // U+DC80..=U+DCFF stand for the raw bytes that `to_wide` met.
                unit @ 0xDC80..=0xDCFF => bytes.push((unit & 0xFF) as u8),
                unit => bytes.extend_from_slice(&[
                    0xE0 | (unit >> 12) as u8,
                    0x80 | ((unit >> 6) & 0x3F) as u8,
                    0x80 | (unit & 0x3F) as u8,
                ]),
            },
        }
    }
    bytes
}

/// Upper-cases one unit the way Windows compares names: one unit to one unit, by the simple
/// mapping; what has none (such as `ß`) stays itself.
#[must_use]
pub fn fold_unit(unit: u16) -> u16 {
    if unit < 0x80 {
        return if (b'a'.into()..=b'z'.into()).contains(&unit) { unit - 0x20 } else { unit };
    }
    let Some(character) = char::from_u32(unit.into()) else { return unit };
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        // `ı` and `ſ` have ASCII upper cases, which Windows does not give them.
        (Some(single), None) if !single.is_ascii() => {
            u16::try_from(u32::from(single)).unwrap_or(unit)
        }
        _ => unit,
    }
}

/// Whether two names are the same to Windows, which ignores case.
#[must_use]
pub fn equal_folded(left: &[u16], right: &[u16]) -> bool {
    left.len() == right.len()
        && left.iter().zip(right).all(|(&l, &r)| l == r || fold_unit(l) == fold_unit(r))
}

#[cfg(test)]
mod tests {
    use super::{equal_folded, fold_unit, to_bytes, to_wide};
    use proptest::prelude::*;

    #[test]
    fn case_is_folded_unit_by_unit() {
        assert_eq!(fold_unit(u16::from(b'z')), u16::from(b'Z'));
        assert_eq!(fold_unit(0x00DF), 0x00DF);
        assert_eq!(fold_unit(0x0431), 0x0411);
        assert_eq!(fold_unit(0xD800), 0xD800);
        assert_eq!(fold_unit(0x0131), 0x0131);
        assert!(equal_folded(
            &to_wide("PÄth".as_bytes()),
            &to_wide("paTH".replace('a', "ä").as_bytes())
        ));
    }

    proptest! {
        #[test]
        fn bytes_survive_the_round_trip(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(to_bytes(&to_wide(&bytes)), bytes);
        }

        #[test]
        fn valid_text_survives_the_other_round_trip(text in ".*") {
            let wide: Vec<u16> = text.encode_utf16().collect();
            prop_assert_eq!(to_wide(&to_bytes(&wide)), wide);
        }
    }
}
