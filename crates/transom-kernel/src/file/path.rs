//! Win32 paths and Linux paths.
//!
//! | Win32 | Linux |
//! |---|---|
//! | `C:\x`, `c:/x`, `\x`, `/x` | `/x`: drive C is the root |
//! | `\\?\C:\x`, `\\.\C:\x` | `/x` |
//! | `C:x`, `x\y` | `x`, `x/y`, from the current directory |
//! | `NUL`, `CON`, `CONIN$`, `CONOUT$`, also after `\\.\` | devices, in any case |
//! | `\\.\pipe\name`, `\\.\mailslot\name` | names of the namespace |
//! | `\\server\share` | nothing: `ERROR_BAD_NETPATH` |
//!
//! Both `/` and `\` separate. A Linux file name that itself contains a backslash cannot be
//! reached by a Win32 path; one that begins with a letter and a colon, or is a device's name, can
//! be with `./` before it. `.` and `..` are left to Linux, which follows symbolic links on the way,
//! and so are dots and spaces at the end of a name, which are part of it there.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>

use crate::{
    error::{Result, Win32Error},
    text,
};
use std::{ffi::OsString, os::unix::ffi::OsStringExt, path::PathBuf};

/// What a Win32 path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Win32Path {
    /// A file or directory, by its Linux path. Never empty, never with a NUL.
    File(PathBuf),
    /// The null device: `/dev/null`.
    Nul,
    /// `CON`: the console's input or output, by the direction asked for.
    Con,
    /// `CONIN$`: the console's input.
    ConIn,
    /// `CONOUT$`: the console's output.
    ConOut,
    /// A named pipe; the name is what follows `\\.\pipe\`, unchanged, and may be empty.
    Pipe(Vec<u16>),
    /// A mailslot; the name is what follows `\\.\mailslot\`, unchanged, and may be empty.
    Mailslot(Vec<u16>),
}

impl Win32Path {
    /// The Linux path, where there is one: of a file, and of the null device.
    #[must_use]
    pub fn into_file(self) -> Option<PathBuf> {
        match self {
            Self::File(path) => Some(path),
            Self::Nul => Some(PathBuf::from("/dev/null")),
            Self::Con | Self::ConIn | Self::ConOut | Self::Pipe(_) | Self::Mailslot(_) => None,
        }
    }
}

/// Whether this unit separates the parts of a path.
#[must_use]
pub fn is_separator(unit: u16) -> bool {
    unit == u16::from(b'/') || unit == BACKSLASH
}

const BACKSLASH: u16 = b'\\' as u16;

/// Finds what a Win32 path leads to. Whether anything is there is not looked at.
///
/// # Errors
/// - `ERROR_INVALID_NAME`: the path contains a NUL.
/// - `ERROR_PATH_NOT_FOUND`: the path is empty, or names a drive other than C.
/// - `ERROR_BAD_NETPATH`: the path names another machine.
/// - `ERROR_FILE_NOT_FOUND`: there is no such device.
pub fn to_linux(path: &[u16]) -> Result<Win32Path> {
    if path.contains(&0) {
        return Err(Win32Error::INVALID_NAME);
    }
    if path.is_empty() {
        return Err(Win32Error::PATH_NOT_FOUND);
    }
    if let Some(name) = after_device_prefix(path) {
        return device(name);
    }
    if path.starts_with(&[BACKSLASH, BACKSLASH]) {
        return Err(Win32Error::from_code(windows_sys::Win32::Foundation::ERROR_BAD_NETPATH));
    }
    match console_or_null(path) {
        Some(device) => Ok(device),
        None => file(path),
    }
}

/// Gives the Win32 form of a Linux path: `/usr/bin` is `C:\usr\bin`.
#[must_use]
pub fn to_win32(path: &[u8]) -> Vec<u16> {
    let drive = if path.starts_with(b"/") { "C:" } else { "" };
    let mut wide: Vec<u16> = drive.encode_utf16().collect();
    wide.extend(text::to_wide(path).into_iter().map(|unit| match unit {
        unit if is_separator(unit) => BACKSLASH,
        unit => unit,
    }));
    wide
}

/// What follows `\\.\` or `\\?\`, whichever way the slashes lean.
fn after_device_prefix(path: &[u16]) -> Option<&[u16]> {
    match path {
        &[first, second, mark, third, ref name @ ..]
            if [first, second, third].into_iter().all(is_separator)
                && (mark == u16::from(b'.') || mark == u16::from(b'?')) =>
        {
            Some(name)
        }
        _ => None,
    }
}

/// A name in the device namespace.
fn device(name: &[u16]) -> Result<Win32Path> {
    if let Some(name) = below(name, "pipe") {
        return Ok(Win32Path::Pipe(name.to_vec()));
    }
    if let Some(name) = below(name, "mailslot") {
        return Ok(Win32Path::Mailslot(name.to_vec()));
    }
    if let Some(device) = console_or_null(name) {
        return Ok(device);
    }
    match drive(name) {
        // A drive without a path is the volume itself, which is not to be had.
        Some((_, rest)) if rest.first().copied().is_some_and(is_separator) => file(name),
        _ => Err(Win32Error::FILE_NOT_FOUND),
    }
}

/// What follows `room\` in a device name.
fn below<'name>(name: &'name [u16], room: &str) -> Option<&'name [u16]> {
    let (head, rest) = name.split_at_checked(room.len())?;
    let (&separator, rest) = rest.split_first()?;
    (is_word(head, room) && is_separator(separator)).then_some(rest)
}

fn console_or_null(name: &[u16]) -> Option<Win32Path> {
    // The colon of a device name may be written, as for a drive.
    let name = name.strip_suffix(&[u16::from(b':')]).unwrap_or(name);
    [
        ("NUL", Win32Path::Nul),
        ("CON", Win32Path::Con),
        ("CONIN$", Win32Path::ConIn),
        ("CONOUT$", Win32Path::ConOut),
    ]
    .into_iter()
    .find_map(|(word, device)| is_word(name, word).then_some(device))
}

fn is_word(name: &[u16], word: &str) -> bool {
    name.len() == word.len()
        && name.iter().zip(word.bytes()).all(|(&unit, byte)| {
            u8::try_from(unit).is_ok_and(|unit| unit.eq_ignore_ascii_case(&byte))
        })
}

/// The drive letter, in upper case, and what follows the colon.
fn drive(path: &[u16]) -> Option<(u8, &[u16])> {
    match path {
        &[letter, colon, ref rest @ ..] if colon == u16::from(b':') => {
            let letter = u8::try_from(letter).ok().filter(u8::is_ascii_alphabetic)?;
            Some((letter.to_ascii_uppercase(), rest))
        }
        _ => None,
    }
}

fn file(path: &[u16]) -> Result<Win32Path> {
    let rest = match drive(path) {
        Some((b'C', rest)) => rest,
        Some(_) => return Err(Win32Error::PATH_NOT_FOUND),
        None => path,
    };
    if rest.is_empty() {
        return Ok(Win32Path::File(PathBuf::from(".")));
    }
    let mut bytes = text::to_bytes(rest);
    for byte in &mut bytes {
        if *byte == b'\\' {
            *byte = b'/';
        }
    }
    Ok(Win32Path::File(OsString::from_vec(bytes).into()))
}

#[cfg(test)]
mod tests {
    use super::{Win32Path, to_linux, to_win32};
    use crate::{error::Win32Error, text::to_wide};
    use proptest::prelude::*;
    use std::{os::unix::ffi::OsStrExt, path::PathBuf};

    fn linux(path: &str) -> Result<Win32Path, u32> {
        to_linux(&to_wide(path.as_bytes())).map_err(Win32Error::code)
    }

    fn file(path: &str) -> Result<Win32Path, u32> {
        Ok(Win32Path::File(PathBuf::from(path)))
    }

    #[test]
    fn both_slashes_and_drive_c_lead_to_linux_paths() {
        for path in [
            r"C:\usr\bin",
            "c:/usr/bin",
            r"\usr\bin",
            "/usr/bin",
            r"\\?\C:\usr\bin",
            r"\\.\c:\usr/bin",
            "//?/C:/usr/bin",
        ] {
            assert_eq!(linux(path), file("/usr/bin"), "{path}");
        }
        assert_eq!(linux(r"C:\"), file("/"));
        assert_eq!(linux(r"a\..\b c"), file("a/../b c"));
        assert_eq!(linux("C:x"), file("x"));
        assert_eq!(linux("C:"), file("."));
        assert_eq!(linux("//usr"), file("//usr"));
        assert_eq!(linux(r".\x:y"), file("./x:y"));
        assert_eq!(linux("문서"), file("문서"));
    }

    #[test]
    fn devices_are_known_in_any_case() {
        for (path, device) in [
            ("nul", Win32Path::Nul),
            ("NUL:", Win32Path::Nul),
            (r"\\.\Nul", Win32Path::Nul),
            ("con", Win32Path::Con),
            ("conin$", Win32Path::ConIn),
            (r"\\.\CONOUT$", Win32Path::ConOut),
        ] {
            assert_eq!(linux(path), Ok(device), "{path}");
        }
        assert_eq!(linux("./nul"), file("./nul"));
        assert_eq!(linux("nul.txt"), file("nul.txt"));
        assert_eq!(Win32Path::Nul.into_file(), Some(PathBuf::from("/dev/null")));
    }

    #[test]
    fn pipe_and_mailslot_names_come_out_unchanged() {
        let name = to_wide(br#"Ab\<>*?|"/c\"#);
        assert_eq!(linux(r#"\\.\PIPE\Ab\<>*?|"/c\"#), Ok(Win32Path::Pipe(name.clone())));
        assert_eq!(linux(r#"//./pipe/Ab\<>*?|"/c\"#), Ok(Win32Path::Pipe(name.clone())));
        assert_eq!(linux(r#"\\.\mailslot\Ab\<>*?|"/c\"#), Ok(Win32Path::Mailslot(name)));
        assert_eq!(linux(r"\\.\pipe\"), Ok(Win32Path::Pipe(Vec::new())));
    }

    #[test]
    fn what_leads_nowhere_says_why() {
        assert_eq!(linux(""), Err(3));
        assert_eq!(linux(r"D:\x"), Err(3));
        assert_eq!(linux("a\0b"), Err(123));
        assert_eq!(linux(r"\\server\share"), Err(53));
        assert_eq!(linux(r"\\.\pipe"), Err(2));
        assert_eq!(linux(r"\\.\COM1"), Err(2));
        assert_eq!(linux(r"\\.\C:"), Err(2));
    }

    proptest! {
        #[test]
        fn a_linux_path_comes_back(bytes in proptest::collection::vec(1_u8.., 1..40)) {
            prop_assume!(!bytes.contains(&b'\\'));
            let path = [b"/", bytes.as_slice()].concat();
            let Ok(Win32Path::File(back)) = to_linux(&to_win32(&path)) else {
                return Err(TestCaseError::fail("not a file"));
            };
            prop_assert_eq!(back.as_os_str().as_bytes(), path);
        }

        #[test]
        fn any_units_give_a_path_without_nul_or_an_error(
            units in proptest::collection::vec(prop_oneof![Just(92_u16), Just(46), Just(67),
                Just(58), any::<u16>()], 0..20),
        ) {
            if let Ok(Win32Path::File(path)) = to_linux(&units) {
                prop_assert!(!path.as_os_str().is_empty());
                prop_assert!(!path.as_os_str().as_bytes().contains(&0));
            }
        }
    }
}
