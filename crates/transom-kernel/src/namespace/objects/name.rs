//! Names of objects, and the names of their files.

use crate::error::{Result, Win32Error};
use crate::namespace::device_name::DeviceName;
use crate::namespace::file_name::file_name;
use crate::text::equal_folded;

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

    /// The name of a pipe or mailslot.
    pub(crate) fn of_device(name: &DeviceName) -> Self {
        Self { units: name.path(), file: name.file().to_owned() }
    }

    /// Whether a file that is found under this name's file name is this name's: long names can,
    /// if seldom, share a file name. What the names of pipes and mailslots begin with tells them
    /// from all others.
    pub(crate) fn is(&self, found: &[u16]) -> bool {
        let is_device = self.units.starts_with(&[BACKSLASH, BACKSLASH]);
        if is_device { equal_folded(&self.units, found) } else { self.units == found }
    }

    /// The name, as its file says it.
    pub(crate) fn units(&self) -> &[u16] {
        &self.units
    }

    /// The name of its file.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }
}

#[cfg(test)]
mod tests {
    use super::{ObjectName, Win32Error, units_of};
    use crate::namespace::file_name::LONGEST_FILE_NAME;
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
