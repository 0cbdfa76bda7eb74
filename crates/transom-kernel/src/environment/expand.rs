//! `%NAME%` in a text.

use crate::error::{Result, Win32Error};

const PERCENT: u16 = b'%' as u16;

/// The longest result: the length up to which the export layer reads strings, too.
const LONGEST_RESULT: usize = 1 << 24;

/// Replaces each `%NAME%` that `value` knows. Percents go in pairs from the left, also around what
/// names no variable: in `%nothing%HOME%` it is the third that stands alone.
pub(super) fn substitute<'a>(
    source: &[u16],
    value: impl Fn(&[u16]) -> Option<&'a [u16]>,
) -> Result<Vec<u16>> {
    let mut expanded = Vec::with_capacity(source.len());
    let mut add = |units: &[u16]| {
        // Only a text of many names can grow like this; it must not take the process's memory.
        if expanded.len() + units.len() > LONGEST_RESULT {
            return Err(Win32Error::NOT_ENOUGH_MEMORY);
        }
        expanded.extend_from_slice(units);
        Ok(())
    };
    let mut rest = source;
    while let Some(open) = position(rest) {
        let (before, from_open) = rest.split_at(open);
        add(before)?;
        let after_open = &from_open[1..];
        let Some(length) = position(after_open) else {
            rest = from_open;
            break;
        };
        let name = &after_open[..length];
        // An unknown pair is copied with both its percents.
        add(value(name).unwrap_or(&from_open[..length + 2]))?;
        rest = &after_open[length + 1..];
    }
    add(rest)?;
    Ok(expanded)
}

fn position(units: &[u16]) -> Option<usize> {
    units.iter().position(|&unit| unit == PERCENT)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_RESULT, Win32Error, substitute};
    use crate::text::to_wide;
    use proptest::prelude::*;

    fn expanded(source: &str) -> String {
        let (value, tricky) = (to_wide(b"value"), to_wide(b"%A%"));
        let lookup = |name: &[u16]| match String::from_utf16(name).as_deref() {
            Ok("A") => Some(&*value),
            Ok("T") => Some(&*tricky),
            Ok("E") => Some(&[][..]),
            _ => None,
        };
        String::from_utf16(&substitute(&to_wide(source.as_bytes()), lookup).unwrap()).unwrap()
    }

    #[test]
    fn fact_45_unknown_names_and_lone_percents_stay() {
        for (source, result) in [
            ("", ""),
            ("plain", "plain"),
            ("%A%", "value"),
            ("<%A%%A%>", "<valuevalue>"),
            ("%unknown%", "%unknown%"),
            ("100%", "100%"),
            ("%", "%"),
            ("%%", "%%"),
            ("%%A%%", "%%A%%"),
            ("%%%A%", "%%value"),
            ("%unknown%A%", "%unknown%A%"),
            ("50% of %A%", "50% of %A%"),
            ("%A% 50%", "value 50%"),
            ("[%E%]", "[]"),
            ("%T%", "%A%"),
        ] {
            assert_eq!(expanded(source), result, "{source}");
        }
    }

    #[test]
    fn a_result_that_grows_without_measure_is_refused() {
        let long = vec![1; 32_767];
        let source = to_wide("%A%".repeat(LONGEST_RESULT / 32_767 + 1).as_bytes());
        assert_eq!(substitute(&source, |_| Some(&long)), Err(Win32Error::NOT_ENOUGH_MEMORY));
    }

    proptest! {
        #[test]
        fn without_variables_nothing_changes(source in proptest::collection::vec(prop_oneof![Just(37), any::<u16>()], 0..30)) {
            prop_assert_eq!(substitute(&source, |_| None), Ok(source));
        }

        #[test]
        fn every_name_is_replaced_once(names in proptest::collection::vec("[a-z]{1,3}", 0..10)) {
            let source: String = names.iter().map(|name| format!("(%{name}%)")).collect();
            let result: String = names.iter().map(|_| "(value)").collect();
            let value = to_wide(b"value");
            prop_assert_eq!(substitute(&to_wide(source.as_bytes()), |_| Some(&value)), Ok(to_wide(result.as_bytes())));
        }
    }
}
