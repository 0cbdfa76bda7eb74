//! The program of this process.

use crate::error::Result;
use crate::file::path::to_win32;
use std::os::unix::ffi::OsStrExt;

/// `GetModuleFileName` of the program itself: its file, as a Win32 path.
///
/// # Errors
/// What the system reports where `/proc` is not to be had.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-getmodulefilenamew>
pub fn own_image() -> Result<Vec<u16>> {
    Ok(to_win32(std::env::current_exe()?.as_os_str().as_bytes()))
}
