//! The order of strings.
//!
//! The linguistic order is a simple one: marks come before digits and digits before letters, letters
//! in the order of their upper cases; where all that is equal, a lower-case letter comes before its
//! upper case.

use super::case::{is_alphabetic, is_lower, upper_unit};
use std::cmp::Ordering;

/// Where a unit stands among others, its case left aside.
fn key(unit: u16) -> (u8, u16) {
    let class = match unit {
        _ if is_alphabetic(unit) => 2,
        0x30..=0x39 => 1,
        _ => 0,
    };
    (class, upper_unit(unit))
}

/// Compares as a reader would.
#[must_use]
pub fn linguistic(left: &[u16], right: &[u16], ignore_case: bool) -> Ordering {
    let keys = |string: &[u16]| string.iter().map(|&unit| key(unit)).collect::<Vec<_>>();
    let order = keys(left).cmp(&keys(right));
    if ignore_case || order != Ordering::Equal {
        return order;
    }
    let cases = |string: &[u16]| string.iter().map(|&unit| !is_lower(unit)).collect::<Vec<_>>();
    cases(left).cmp(&cases(right))
}

/// Compares unit by unit.
#[must_use]
pub fn ordinal(left: &[u16], right: &[u16], ignore_case: bool) -> Ordering {
    if ignore_case {
        left.iter().map(|&unit| upper_unit(unit)).cmp(right.iter().map(|&unit| upper_unit(unit)))
    } else {
        left.cmp(right)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ordering, linguistic, ordinal};
    use crate::text::to_wide;

    #[test]
    fn readers_and_numbers_order_differently() {
        let compare = |left: &str, right: &str| {
            linguistic(&to_wide(left.as_bytes()), &to_wide(right.as_bytes()), false)
        };
        for (left, right) in [("a", "B"), ("a", "A"), ("_a", "Aa"), ("9", "a"), ("가", "나")] {
            assert_eq!(compare(left, right), Ordering::Less, "{left} {right}");
        }
        assert_eq!(ordinal(&to_wide(b"a"), &to_wide(b"B"), false), Ordering::Greater);
        assert_eq!(ordinal(&to_wide(b"ab"), &to_wide(b"AB"), true), Ordering::Equal);
    }
}
