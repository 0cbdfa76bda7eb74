//! Names of pipes and mailslots: `\\.\pipe\name`, `\\.\mailslot\folder\name`.
//!
//! The prefix names a host and a device: `.` and `?` are this machine, as is its own name; `*` is
//! every machine, which mailslots know. What follows is the name proper. Everything may be in it
//! that is not a NUL, and case is folded, unit by unit, as Windows does. In front of the name `/`
//! is as good as `\`, except after `\\?\`, where it is no separator; within a name it is a character
//! like others, and so is a `\` at its end.

use super::file_name::file_name;
use crate::error::{Result, Win32Error};
use crate::text::{equal_folded, fold_unit, to_wide};
use std::fmt;

/// The longest name of a pipe, its prefix included.
const LONGEST_PIPE_NAME: usize = 256;
/// No string of NT is longer.
const LONGEST_NAME: usize = 32_767;
const BACKSLASH: u16 = b'\\' as u16;
const SLASH: u16 = b'/' as u16;
/// Names of this machine beside its own.
const SELF: [&str; 2] = ["localhost", "127.0.0.1"];

/// What a name with a device in it can be the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Device {
    /// A named pipe.
    Pipe,
    /// A mailslot.
    Mailslot,
}

impl Device {
    const ALL: [Self; 2] = [Self::Pipe, Self::Mailslot];

    const fn name(self) -> &'static str {
        match self {
            Self::Pipe => "pipe",
            Self::Mailslot => "mailslot",
        }
    }

    /// What the names of its files begin with; named objects have `g` and `l`.
    const fn room(self) -> char {
        match self {
            Self::Pipe => 'p',
            Self::Mailslot => 'm',
        }
    }

    const fn longest_name(self) -> usize {
        match self {
            Self::Pipe => LONGEST_PIPE_NAME,
            Self::Mailslot => LONGEST_NAME,
        }
    }
}

/// Where the device is that a name speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Host {
    /// `\\.\` or `\\?\`.
    Here,
    /// This machine, by its name.
    Named,
    /// `\\*\`.
    Every,
    /// Another machine.
    Other,
}

/// The name of a pipe or mailslot.
#[derive(Clone)]
pub(crate) struct DeviceName {
    device: Device,
    is_broadcast: bool,
    /// As it was written, without the prefix.
    spelled: Box<[u16]>,
    file: Box<str>,
}

/// Two spellings of a name are the same name.
impl PartialEq for DeviceName {
    fn eq(&self, other: &Self) -> bool {
        self.device == other.device && equal_folded(&self.spelled, &other.spelled)
    }
}

impl Eq for DeviceName {}

impl fmt::Debug for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", String::from_utf16_lossy(&self.path()))
    }
}

impl DeviceName {
    /// Reads what a server calls itself (`CreateNamedPipe`, `CreateMailslot`): it can only be on
    /// this machine, as `\\.\`.
    ///
    /// # Errors
    /// `ERROR_PATH_NOT_FOUND` for no name or an empty one, `ERROR_INVALID_NAME` for one with another
    /// prefix, with nothing after it, or that is too long.
    pub(crate) fn of_server(device: Device, path: Option<&[u16]>) -> Result<Self> {
        match split(path.filter(|path| !path.is_empty()).ok_or(Win32Error::PATH_NOT_FOUND)?) {
            Some((Host::Here, found, name)) if found == device => Self::new(device, path, name),
            _ => Err(Win32Error::INVALID_NAME),
        }
    }

    /// Reads what a client calls a server (`WaitNamedPipe`, `CallNamedPipe`).
    ///
    /// # Errors
    /// `ERROR_PATH_NOT_FOUND` for no name or one with another prefix, `ERROR_INVALID_PARAMETER` for a
    /// prefix alone, `ERROR_INVALID_NAME` for one that is too long, `ERROR_BAD_NETPATH` for another
    /// machine.
    pub(crate) fn of_client(device: Device, path: Option<&[u16]>) -> Result<Self> {
        let path = path.filter(|path| !path.is_empty()).ok_or(Win32Error::PATH_NOT_FOUND)?;
        match Self::in_path(path) {
            Some(Err(_)) if matches!(split(path), Some((_, _, []))) => {
                Err(Win32Error::INVALID_PARAMETER)
            }
            Some(Ok(name)) if name.device != device => Err(Win32Error::PATH_NOT_FOUND),
            Some(result) => result,
            None => Err(Win32Error::PATH_NOT_FOUND),
        }
    }

    /// Reads a path that may be the name of anything (`CreateFile`); `None` for what is of no
    /// pipe or mailslot.
    ///
    /// # Errors
    /// `ERROR_BAD_NETPATH` for another machine, `ERROR_INVALID_NAME` for a prefix alone, for `\\*\`
    /// with a pipe, and for a name that is too long.
    #[must_use]
    pub(crate) fn in_path(path: &[u16]) -> Option<Result<Self>> {
        let (host, device, name) = split(path)?;
        Some(match (host, device) {
            (Host::Other, _) => Err(Win32Error::BAD_NETPATH),
            (Host::Every, Device::Pipe) => Err(Win32Error::INVALID_NAME),
            (Host::Every, Device::Mailslot) => {
                Self::new(device, Some(path), name).map(|name| Self { is_broadcast: true, ..name })
            }
            (Host::Here | Host::Named, _) => Self::new(device, Some(path), name),
        })
    }

    /// A name without its prefix, as the file of a name keeps it.
    ///
    /// # Errors
    /// `ERROR_INVALID_NAME` for an empty one, or one that is too long.
    pub(crate) fn of_device(device: Device, name: &[u16]) -> Result<Self> {
        Self::new(device, None, name)
    }

    fn new(device: Device, path: Option<&[u16]>, name: &[u16]) -> Result<Self> {
        let length = path.unwrap_or(name).len();
        if name.is_empty() || length > device.longest_name() || name.contains(&0) {
            return Err(Win32Error::INVALID_NAME);
        }
        let folded: Vec<u16> = name.iter().copied().map(fold_unit).collect();
        let file = file_name(device.room(), &folded).into();
        Ok(Self { device, is_broadcast: false, spelled: name.into(), file })
    }

    /// What it is the name of.
    #[must_use]
    pub(crate) const fn device(&self) -> Device {
        self.device
    }

    /// Whether it speaks of every mailslot of the name (`\\*\mailslot\...`).
    #[must_use]
    pub(crate) const fn is_broadcast(&self) -> bool {
        self.is_broadcast
    }

    /// The name without its prefix, as it was written.
    #[must_use]
    pub(crate) fn spelled(&self) -> &[u16] {
        &self.spelled
    }

    /// The name with the usual prefix.
    #[must_use]
    pub(crate) fn path(&self) -> Vec<u16> {
        let prefix = format!("\\\\.\\{}\\", self.device.name());
        prefix.encode_utf16().chain(self.spelled.iter().copied()).collect()
    }

    /// The name of its file: the same for all spellings, and no other name's.
    #[must_use]
    pub(crate) fn file(&self) -> &str {
        &self.file
    }
}

/// Takes a path apart: host, device, and the rest. `None` if it has no such prefix.
fn split(path: &[u16]) -> Option<(Host, Device, &[u16])> {
    let verbatim: Vec<u16> = "\\\\?\\".encode_utf16().collect();
    let is_verbatim = path.starts_with(&verbatim);
    let is_separator = |unit: &u16| *unit == BACKSLASH || *unit == SLASH && !is_verbatim;
    let [first, second, rest @ ..] = path else { return None };
    if !is_separator(first) || !is_separator(second) {
        return None;
    }
    let (host, rest) = rest.split_at(rest.iter().position(is_separator)?);
    let rest = &rest[1..];
    // The prefix alone, without its last separator, is a prefix nonetheless.
    let end = rest.iter().position(is_separator).unwrap_or(rest.len());
    let (device, name) = rest.split_at(end);
    let device = Device::ALL.into_iter().find(|kind| is_ascii(device, kind.name()))?;
    Some((host_of(host)?, device, name.get(1..).unwrap_or_default()))
}

fn host_of(host: &[u16]) -> Option<Host> {
    if host.is_empty() {
        return None;
    }
    if is_ascii(host, ".") || is_ascii(host, "?") {
        return Some(Host::Here);
    }
    if is_ascii(host, "*") {
        return Some(Host::Every);
    }
    let uname = rustix::system::uname();
    let own = to_wide(uname.nodename().to_bytes());
    let short = own.split(|&unit| unit == b'.'.into()).next().unwrap_or_default();
    let is_own = SELF.into_iter().any(|name| is_ascii(host, name))
        || equal_folded(host, &own)
        || equal_folded(host, short);
    Some(if is_own { Host::Named } else { Host::Other })
}

/// Whether some units are this text, in whatever case.
fn is_ascii(units: &[u16], text: &str) -> bool {
    units.len() == text.len()
        && units.iter().zip(text.bytes()).all(|(&unit, byte)| {
            u8::try_from(unit).is_ok_and(|unit| unit.eq_ignore_ascii_case(&byte))
        })
}

#[cfg(test)]
mod tests {
    use super::{Device, DeviceName, LONGEST_NAME, LONGEST_PIPE_NAME, fold_unit};
    use crate::error::{Result, Win32Error};
    use crate::namespace::file_name::LONGEST_FILE_NAME;
    use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

    fn units_of(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    fn server(device: Device, path: &str) -> Result<DeviceName> {
        DeviceName::of_server(device, Some(&units_of(path)))
    }

    fn client(path: &str) -> Option<Result<(Device, bool, String)>> {
        let name = DeviceName::in_path(&units_of(path))?;
        Some(name.map(|name| {
            (name.device(), name.is_broadcast(), String::from_utf16_lossy(name.spelled()))
        }))
    }

    #[test]
    fn fact_23_names_of_pipes() {
        let file = |path: &str| server(Device::Pipe, path).unwrap().file().to_owned();
        assert_eq!(file(r"\\.\pipe\Name"), file(r"\\.\PIPE\nAME"));
        assert_eq!(file(r"\\.\pipe\이름é"), file(r"\\?\Pipe\이름É"));
        assert_ne!(file(r"\\.\pipe\name"), file(r"\\.\pipe\name\"));
        assert_ne!(file(r"\\.\pipe\name"), file(r"\\.\pipe\\name"));
        for legal in [r#"<>*?|"/"#, "a b", ".", "..", " ", "%", "\u{1}", "🔒"] {
            assert!(server(Device::Pipe, &format!(r"\\.\pipe\{legal}")).is_ok(), "{legal}");
        }
        let refused = |path| server(Device::Pipe, path).unwrap_err();
        for prefix in ["x", r"\\.\pip\x", r"\\.\mailslot\x", r"\\localhost\pipe\x", r"\\*\pipe\x"] {
            assert_eq!(refused(prefix), Win32Error::INVALID_NAME, "{prefix}");
        }
        for alone in [r"\\.\pipe\", r"\\.\pipe", r"\\.\", r"\\", r"\"] {
            assert_eq!(refused(alone), Win32Error::INVALID_NAME, "{alone}");
        }
        assert_eq!(refused(""), Win32Error::PATH_NOT_FOUND);
        let nothing = DeviceName::of_server(Device::Pipe, None);
        assert_eq!(nothing.unwrap_err(), Win32Error::PATH_NOT_FOUND);
    }

    #[test]
    fn fact_23_256_characters_of_any_script() {
        for character in ["a", "이", "é"] {
            let longest = format!(r"\\.\pipe\{}", character.repeat(LONGEST_PIPE_NAME - 9));
            let name = server(Device::Pipe, &longest).unwrap();
            assert!(name.file().len() <= LONGEST_FILE_NAME);
            assert_eq!(name.path(), units_of(&longest));
            let longer = format!("{longest}{character}");
            assert_eq!(server(Device::Pipe, &longer).unwrap_err(), Win32Error::INVALID_NAME);
        }
        let prefix = r"\\.\mailslot\";
        let longest = format!("{prefix}{}", "a".repeat(LONGEST_NAME - prefix.len()));
        assert!(server(Device::Mailslot, &longest).is_ok());
        let longer = server(Device::Mailslot, &format!("{longest}a"));
        assert_eq!(longer.unwrap_err(), Win32Error::INVALID_NAME);
    }

    #[test]
    fn fact_38_names_of_mailslots() {
        let found = |name: &str| Some(Ok((Device::Mailslot, false, name.to_owned())));
        assert_eq!(client(r"\\.\mailslot\a\B"), found(r"a\B"));
        assert_eq!(client(r"//./MailSlot/a/b"), found("a/b"));
        let own = rustix::system::uname();
        let own = own.nodename().to_str().unwrap().to_lowercase();
        for host in [&*own, &own.to_uppercase(), "LocalHost", "127.0.0.1", "?"] {
            assert_eq!(client(&format!(r"\\{host}\mailslot\x")), found("x"), "{host}");
        }
        let every = Some(Ok((Device::Mailslot, true, "x".to_owned())));
        assert_eq!(client(r"\\*\mailslot\x"), every);
        let other = client(r"\\surely-another\mailslot\x");
        assert_eq!(other, Some(Err(Win32Error::BAD_NETPATH)));
        for created in [r"\\*\mailslot\x", r"\\localhost\mailslot\x", r"\\.\pipe\x", r"C:\x"] {
            let refused = server(Device::Mailslot, created).unwrap_err();
            assert_eq!(refused, Win32Error::INVALID_NAME, "{created}");
        }
        assert_eq!(server(Device::Mailslot, "").unwrap_err(), Win32Error::PATH_NOT_FOUND);
    }

    #[test]
    fn paths_of_other_things_are_left_alone() {
        for path in [r"\\.\COM1", r"\\.\CON", r"\\?\C:\pipe\x", r"\\host\share\pipe", "pipe", ""] {
            assert_eq!(client(path), None, "{path}");
        }
        for path in [r"C:\pipe\x", r"\\\pipe\x", r"\pipe\x", "/pipe/x", "//", r"\\?\pipe/x"] {
            assert_eq!(client(path), None, "{path}");
        }
        assert_eq!(client(r"\\*\pipe\x"), Some(Err(Win32Error::INVALID_NAME)));
    }

    #[test]
    fn fact_26_names_that_clients_wait_for() {
        let wait = |path: &str| DeviceName::of_client(Device::Pipe, Some(&units_of(path)));
        assert!(wait(r"\\localhost\pipe\x").is_ok());
        assert_eq!(wait(r"\\elsewhere\pipe\x").unwrap_err(), Win32Error::BAD_NETPATH);
        for path in [r"\\.\mailslot\x", "x", r"C:\x", ""] {
            assert_eq!(wait(path).unwrap_err(), Win32Error::PATH_NOT_FOUND, "{path}");
        }
        assert_eq!(wait(r"\\.\pipe\").unwrap_err(), Win32Error::INVALID_PARAMETER);
    }

    proptest! {
        #[test]
        fn different_folded_names_have_different_files(
            first in prop::collection::vec(any::<u16>(), 1..247),
            second in prop::collection::vec(any::<u16>(), 1..247),
            ascii in prop::collection::vec(0x20_u16..0x80, 1..40),
        ) {
            let folded = |units: &[u16]| units.iter().copied().map(fold_unit).collect::<Vec<_>>();
            let spellings = [first, second, ascii.clone(), folded(&ascii)];
            for device in Device::ALL {
                for (left, right) in spellings.iter().flat_map(|left| spellings.iter().map(move |right| (left, right))) {
                    let names = [left, right].map(|units| DeviceName::of_device(device, units));
                    let [Ok(one), Ok(other)] = names else { continue };
                    prop_assert_eq!(folded(left) == folded(right), one.file() == other.file());
                    prop_assert_eq!(one == other, one.file() == other.file());
                    prop_assert!(one.file().len() <= LONGEST_FILE_NAME);
                    prop_assert!(!one.file().contains(['/', '\0']));
                }
            }
        }

        #[test]
        fn escapes_are_never_another_name(left in "[%/uA-F0-9.\u{1}\u{7f}]{1,8}", right in "[%/uA-F0-9.\u{1}\u{7f}]{1,8}") {
            let [one, other] = [&left, &right]
                .map(|text| DeviceName::of_device(Device::Pipe, &units_of(text)).unwrap());
            prop_assert_eq!(left == right, one.file() == other.file());
        }

        #[test]
        fn no_path_is_too_much(units in prop::collection::vec(any::<u16>(), 0..300), ascii in "[\\\\/.?*pipemailslot]{0,30}") {
            for path in [units, units_of(&ascii)] {
                let _ = DeviceName::in_path(&path);
                for device in Device::ALL {
                    let _ = DeviceName::of_server(device, Some(&path));
                    let _ = DeviceName::of_client(device, Some(&path));
                }
            }
        }

        #[test]
        fn a_path_names_what_it_was_made_of(units in prop::collection::vec(1_u16.., 1..240)) {
            let name = DeviceName::of_device(Device::Pipe, &units).unwrap();
            prop_assert_eq!(DeviceName::of_server(Device::Pipe, Some(&name.path())).unwrap(), name);
        }
    }
}
