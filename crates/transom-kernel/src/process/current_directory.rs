//! The current directory of this process.
//!
//! It is Linux' own, so that Transom's and other code of the program agree on it; what is read
//! back is the canonical path, in Win32 form.

use crate::error::{Result, Win32Error};
use crate::file::path::{Win32Path, to_linux, to_win32};
use rustix::io::Errno;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// `GetCurrentDirectory`: the path of the current directory, with a backslash at the end only if
/// it is the root.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` when it was removed, `ERROR_ACCESS_DENIED` when the way to it is
/// closed.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getcurrentdirectory>
pub fn get() -> Result<Vec<u16>> {
    Ok(to_win32(std::env::current_dir()?.as_os_str().as_bytes()))
}

/// `SetCurrentDirectory`: changes the current directory.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` when there is no such directory, `ERROR_PATH_NOT_FOUND` when there is
/// none either that it could be in, or no such drive; `ERROR_DIRECTORY` for a file or device;
/// `ERROR_INVALID_NAME` for an empty or blank path, and for wildcards that are no directory's
/// name; `ERROR_ACCESS_DENIED` when it may not be entered.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setcurrentdirectory>
pub fn set(path: &[u16]) -> Result<()> {
    if path.iter().all(|&unit| unit == u16::from(b' ')) {
        return Err(Win32Error::INVALID_NAME);
    }
    let Win32Path::File(file) = to_linux(path)? else {
        return Err(Win32Error::DIRECTORY);
    };
    match std::env::set_current_dir(&file).map_err(|error| Errno::from_io_error(&error)) {
        Ok(()) => Ok(()),
        Err(Some(Errno::NOENT)) if has_wildcard(path) => Err(Win32Error::INVALID_NAME),
        Err(Some(Errno::NOENT)) if !parent(&file).is_dir() => Err(Win32Error::PATH_NOT_FOUND),
        Err(Some(Errno::NOTDIR)) if file.exists() => Err(Win32Error::DIRECTORY),
        Err(error) => Err(error.map_or(Win32Error::GEN_FAILURE, Win32Error::from)),
    }
}

/// Linux allows these characters in a name; Windows does not.
fn has_wildcard(path: &[u16]) -> bool {
    path.iter().any(|&unit| unit == u16::from(b'*') || unit == u16::from(b'?'))
}

/// The directory a path's last part would be in.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}
