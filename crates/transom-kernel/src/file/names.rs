//! Names of files without looking whether they are there.

use super::path::{Win32Path, is_separator, to_linux, to_win32};
use crate::error::{Result, Win32Error};
use crate::process::current_directory;

const BACKSLASH: u16 = b'\\' as u16;
const DOT: u16 = b'.' as u16;

/// `GetFullPathName`: the path from the root on, without `.` and `..`, which are taken as what they
/// look like and not as Linux would follow them. A device's name is `\\.\NAME`.
///
/// # Errors
/// `ERROR_INVALID_NAME` for an empty name; those of [`to_linux`] and of [`current_directory::get`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfullpathnamew>
pub fn full(name: &[u16]) -> Result<Vec<u16>> {
    if name.is_empty() {
        return Err(Win32Error::INVALID_NAME);
    }
    let device = |name: &str| format!(r"\\.\{name}").encode_utf16().collect();
    let path = match to_linux(name)? {
        Win32Path::File(path) => path,
        Win32Path::Nul => return Ok(device("NUL")),
        Win32Path::Con => return Ok(device("CON")),
        Win32Path::ConIn => return Ok(device("CONIN$")),
        Win32Path::ConOut => return Ok(device("CONOUT$")),
        Win32Path::Pipe(_) | Win32Path::Mailslot(_) => return Ok(name.to_vec()),
    };
    let given = to_win32(path.as_os_str().as_encoded_bytes());
    let mut parts: Vec<Vec<u16>> = Vec::new();
    if !path.is_absolute() {
        let directory = current_directory::get()?;
        parts.extend(split(&directory).skip(1).map(<[u16]>::to_vec));
    }
    let skipped = usize::from(path.is_absolute());
    for part in split(&given).skip(skipped) {
        match part {
            [DOT] => {}
            [DOT, DOT] => drop(parts.pop()),
            part => parts.push(part.to_vec()),
        }
    }
    let mut full: Vec<u16> = "C:".encode_utf16().collect();
    for part in &parts {
        full.push(BACKSLASH);
        full.extend(part);
    }
    if parts.is_empty() || name.last().copied().is_some_and(is_separator) {
        full.push(BACKSLASH);
    }
    Ok(full)
}

fn split(path: &[u16]) -> impl Iterator<Item = &[u16]> {
    path.split(|&unit| is_separator(unit)).filter(|part| !part.is_empty())
}

/// Where the last part of a path begins; nothing if a separator ends it.
#[must_use]
pub fn last_part(path: &[u16]) -> Option<usize> {
    let start = path.iter().rposition(|&unit| is_separator(unit)).map_or(0, |place| place + 1);
    (start < path.len()).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::{Win32Error, full, last_part};
    use crate::text::{to_bytes, to_wide};

    #[test]
    fn paths_are_made_full() {
        let full = |name: &str| {
            full(&to_wide(name.as_bytes())).map(|path| String::from_utf8(to_bytes(&path)).unwrap())
        };
        assert_eq!(full(r"C:\a\.\b\..\c").as_deref(), Ok(r"C:\a\c"));
        assert_eq!(full("/a/../../b/").as_deref(), Ok(r"C:\b\"));
        assert_eq!(full("/").as_deref(), Ok(r"C:\"));
        assert_eq!(full(""), Err(Win32Error::INVALID_NAME));
        assert_eq!(full("nul").as_deref(), Ok(r"\\.\NUL"));
        assert_eq!(full(r"\\.\pipe\x").as_deref(), Ok(r"\\.\pipe\x"));
        assert!(full("x").is_ok_and(|path| path.starts_with(r"C:\") && path.ends_with(r"\x")));
        assert_eq!(last_part(&to_wide(br"C:\a\bc")), Some(5));
        assert_eq!(last_part(&to_wide(br"C:\a\")), None);
    }
}
