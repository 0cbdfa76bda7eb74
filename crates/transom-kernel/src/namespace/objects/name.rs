//! Names of objects, and the names of their files.

use crate::error::{Result, Win32Error};
use std::fmt::Write;

/// A longer file name is replaced by a hash.
const LONGEST_FILE_NAME: usize = 200;
const BACKSLASH: u16 = b'\\' as u16;

/// The name of an object, of any type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObjectName {
    /// As others see it, without `Local\`.
    units: Vec<u16>,
    file: String,
}

fn units_of(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

impl ObjectName {
    /// Reads a name: its case matters, `Global\` is a room of its own, `Local\` means nothing.
    ///
    /// # Errors
    /// `ERROR_PATH_NOT_FOUND` for a `\` anywhere else, `ERROR_INVALID_NAME` for a prefix alone,
    /// `ERROR_INVALID_HANDLE` for what is the name of such a room.
    pub(crate) fn parse(name: &[u16]) -> Result<Self> {
        let (global, local) = (units_of("Global\\"), units_of("Local\\"));
        let (is_global, rest) = match (name.strip_prefix(&*global), name.strip_prefix(&*local)) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => {
                if name.is_empty() || name == units_of("Global") || name == units_of("Local") {
                    return Err(Win32Error::INVALID_HANDLE);
                }
                (false, name)
            }
        };
        if rest.is_empty() {
            return Err(Win32Error::INVALID_NAME);
        }
        if rest.contains(&BACKSLASH) {
            return Err(Win32Error::PATH_NOT_FOUND);
        }
        let mut units = if is_global { global } else { Vec::new() };
        units.extend_from_slice(rest);
        let file = file_name(if is_global { 'g' } else { 'l' }, rest);
        Ok(Self { units, file })
    }

    /// The name, as its file says it.
    pub(crate) fn units(&self) -> &[u16] {
        &self.units
    }

    /// The name of its file.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// A number that different names seldom share.
    pub(crate) fn hash(&self) -> u64 {
        hash(&self.file, 0)
    }
}

/// A file name that no other object name has: what a file name cannot hold is escaped.
fn file_name(room: char, units: &[u16]) -> String {
    let mut name = format!("{room}-");
    for unit in char::decode_utf16(units.iter().copied()) {
        // Writing into a string cannot fail.
        let _ = match unit {
            Ok('%' | '/') => write!(name, "%{:02X}", unit.map_or(0, u32::from)),
            Ok(character) if character.is_control() => write!(name, "%{:02X}.", character as u32),
            Ok(character) => write!(name, "{character}"),
            Err(lone) => write!(name, "%u{:04X}", lone.unpaired_surrogate()),
        };
    }
    if name.len() <= LONGEST_FILE_NAME {
        return name;
    }
    format!("{room}#{:016x}{:016x}", hash(&name, 1), hash(&name, 2))
}

/// FNV-1a, begun differently for each seed and mixed at the end.
fn hash(text: &str, seed: u64) -> u64 {
    let start = 0xCBF2_9CE4_8422_2325_u64 ^ seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let hash = text
        .bytes()
        .fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
    (hash ^ hash >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_FILE_NAME, ObjectName, Win32Error, units_of};
    use proptest::prelude::{any, prop, prop_assert, prop_assert_ne, proptest};

    fn file(name: &str) -> String {
        ObjectName::parse(&units_of(name)).unwrap().file().to_owned()
    }

    fn refusal(name: &str) -> Win32Error {
        ObjectName::parse(&units_of(name)).unwrap_err()
    }

    #[test]
    fn fact_41_prefixes_and_backslashes() {
        assert_eq!(file("Local\\Name"), file("Name"));
        assert_ne!(file("Global\\Name"), file("Name"));
        assert_ne!(file("NAME"), file("Name"));
        for elsewhere in ["a\\b", "\\a", "a\\", "local\\a", "Global\\a\\b", "Local\\Global\\a"] {
            assert_eq!(refusal(elsewhere), Win32Error::PATH_NOT_FOUND, "{elsewhere}");
        }
        for room in ["Global\\", "Local\\"] {
            assert_eq!(refusal(room), Win32Error::INVALID_NAME);
        }
        for room in ["Global", "Local", ""] {
            assert_eq!(refusal(room), Win32Error::INVALID_HANDLE);
        }
    }

    #[test]
    fn long_names_of_any_script_have_files() {
        let name = "이름🔒".repeat(65);
        assert!(file(&name).len() <= LONGEST_FILE_NAME);
        assert_ne!(file(&name), file(&format!("{name}.")));
        assert_eq!(file("a/%\u{1}b"), "l-a%2F%25%01.b");
    }

    proptest! {
        #[test]
        fn different_names_have_different_files(
            first in prop::collection::vec(any::<u16>(), 1..300),
            second in prop::collection::vec(any::<u16>(), 1..300),
        ) {
            let names = [first, second].map(|units| {
                let unit = |unit| if unit == b'\\'.into() { b'/'.into() } else { unit };
                ObjectName::parse(&units.into_iter().map(unit).collect::<Vec<u16>>())
            });
            if let [Ok(first), Ok(second)] = names {
                if first != second {
                    prop_assert_ne!(first.file(), second.file());
                }
                for name in [first, second] {
                    prop_assert!(name.file().len() <= LONGEST_FILE_NAME);
                    prop_assert!(!name.file().contains(['/', '\0']));
                }
            }
        }
    }
}
