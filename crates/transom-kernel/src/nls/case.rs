//! Upper and lower case of single UTF-16 units.

use crate::text;

pub use crate::text::fold_unit as upper_unit;

/// Lower-cases one unit; what has no single lower case stays itself.
#[must_use]
pub fn lower_unit(unit: u16) -> u16 {
    let Some(character) = char::from_u32(unit.into()) else { return unit };
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        // The Kelvin and Angstrom signs have no lower case of their own.
        (Some(single), None) if single.is_ascii() == character.is_ascii() => {
            u16::try_from(u32::from(single)).unwrap_or(unit)
        }
        _ => unit,
    }
}

/// Changes the case of a byte string in UTF-8. A letter whose other case has another length stays.
pub fn change_bytes(bytes: &mut [u8], change: fn(u16) -> u16) {
    let mut place = 0;
    while place < bytes.len() {
        let rest = &bytes[place..];
        let length = (1..=rest.len().min(3))
            .find(|&length| str::from_utf8(&rest[..length]).is_ok())
            .unwrap_or(0);
        let Some(&[unit]) = (length != 0).then(|| text::to_wide(&rest[..length])).as_deref() else {
            place += length.max(1);
            continue;
        };
        let changed = text::to_bytes(&[change(unit)]);
        if changed.len() == length {
            bytes[place..place + length].copy_from_slice(&changed);
        }
        place += length;
    }
}

/// The letter of a unit; nothing for half a surrogate pair.
fn character(unit: u16) -> Option<char> {
    char::from_u32(unit.into())
}

/// Whether a unit is a letter.
#[must_use]
pub fn is_alphabetic(unit: u16) -> bool {
    character(unit).is_some_and(char::is_alphabetic)
}

/// Whether a unit is a letter or a digit.
#[must_use]
pub fn is_alphanumeric(unit: u16) -> bool {
    character(unit).is_some_and(char::is_alphanumeric)
}

/// Whether a unit is an upper-case letter.
#[must_use]
pub fn is_upper(unit: u16) -> bool {
    character(unit).is_some_and(char::is_uppercase)
}

/// Whether a unit is a lower-case letter.
#[must_use]
pub fn is_lower(unit: u16) -> bool {
    character(unit).is_some_and(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::{change_bytes, lower_unit, upper_unit};

    #[test]
    fn cases_change_and_lengths_do_not() {
        let mut text = "aß가Ä\u{131}ⱥz".to_owned().into_bytes();
        text.push(0xFF);
        change_bytes(&mut text, upper_unit);
        assert_eq!(text, ["Aß가Ä\u{131}ⱥZ".as_bytes(), &[0xFF]].concat());
        assert_eq!(lower_unit(0xC4), 0xE4);
        assert_eq!(lower_unit(0x212A), 0x212A);
    }
}
