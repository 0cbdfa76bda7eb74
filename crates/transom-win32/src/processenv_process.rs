//! `processenv.h`: the command line, the standard handles and the current directory. (The
//! environment is in [`processenv`](crate::processenv).)

use crate::abi::{
    ansi_string, or_else, raw_to_handle, same_signature, store_string, succeeds, wide_string,
};
use crate::strings;
use std::borrow::Cow;
use std::sync::OnceLock;
use transom_kernel::executive::{StandardHandle, current};
use transom_kernel::process::{current_directory, own_command_line};
use transom_kernel::{Result, Win32Error, environment, text};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Console::{self, STD_HANDLE};
use windows_sys::Win32::System::Environment as official;
use windows_sys::core::BOOL;

/// `GetCommandLineW`: the string the process was started with. The pointer is always the same and
/// stays valid.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-getcommandlinew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCommandLineW() -> *const u16 {
    static LINE: OnceLock<Vec<u16>> = OnceLock::new();
    LINE.get_or_init(|| [own_command_line(), &[0]].concat()).as_ptr()
}
same_signature!(official::GetCommandLineW, GetCommandLineW, fn() -> _);

/// `GetCommandLineA`: as [`GetCommandLineW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-getcommandlinea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCommandLineA() -> *const u8 {
    static LINE: OnceLock<Vec<u8>> = OnceLock::new();
    LINE.get_or_init(|| [text::to_bytes(own_command_line()).as_slice(), b"\0"].concat()).as_ptr()
}
same_signature!(official::GetCommandLineA, GetCommandLineA, fn() -> _);

/// `GetStdHandle`: the standard input, output or error handle, as it was set last; NULL when there
/// is none, `INVALID_HANDLE_VALUE` on failure.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: the id is none of the three.
///
/// Reference: <https://learn.microsoft.com/windows/console/getstdhandle>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetStdHandle(id: STD_HANDLE) -> HANDLE {
    let found = standard(id).map(|which| raw_to_handle(current().standard_handle(which)));
    or_else(found, INVALID_HANDLE_VALUE)
}
same_signature!(Console::GetStdHandle, GetStdHandle, fn(_) -> _);

/// `SetStdHandle`: sets the standard input, output or error handle; any value is taken.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: the id is none of the three.
///
/// Reference: <https://learn.microsoft.com/windows/console/setstdhandle>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetStdHandle(id: STD_HANDLE, handle: HANDLE) -> BOOL {
    let raw = handle.addr().cast_signed();
    succeeds(standard(id).map(|which| current().set_standard_handle(which, raw)))
}
same_signature!(Console::SetStdHandle, SetStdHandle, fn(_, _) -> _);

fn standard(id: STD_HANDLE) -> Result<StandardHandle> {
    StandardHandle::from_id(id).ok_or(Win32Error::INVALID_HANDLE)
}

/// `GetCurrentDirectoryW`: copies the path of the current directory into `buffer`.
///
/// Returns the length without the NUL; or, where `size` units do not hold the path and NUL, the
/// size needed, and leaves `buffer` as it is; or 0.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: the directory was removed. `ERROR_ACCESS_DENIED`: the way to it is
/// closed.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getcurrentdirectory>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCurrentDirectoryW(size: u32, buffer: *mut u16) -> u32 {
    let path = current_directory::get();
    // SAFETY: `buffer` is NULL or holds `size` units, by the caller's contract.
    or_else(path.map(|path| unsafe { store_string(&path, buffer, size) }), 0)
}
same_signature!(official::GetCurrentDirectoryW, GetCurrentDirectoryW, fn(_, _) -> _);

/// `GetCurrentDirectoryA`: as [`GetCurrentDirectoryW`], in UTF-8; lengths count bytes.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getcurrentdirectory>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCurrentDirectoryA(size: u32, buffer: *mut u8) -> u32 {
    let path = current_directory::get().map(|path| text::to_bytes(&path));
    // SAFETY: `buffer` is NULL or holds `size` bytes, by the caller's contract.
    or_else(path.map(|path| unsafe { store_string(&path, buffer, size) }), 0)
}
same_signature!(official::GetCurrentDirectoryA, GetCurrentDirectoryA, fn(_, _) -> _);

/// `SetCurrentDirectoryW`: changes the current directory of the process.
///
/// # Errors
/// - `ERROR_FILE_NOT_FOUND`: there is no such directory. `ERROR_PATH_NOT_FOUND`: nor the one it
///   would be in; or the drive is not C.
/// - `ERROR_DIRECTORY`: it is a file.
/// - `ERROR_INVALID_NAME`: `path` is NULL, empty or blank, or has wildcards.
/// - `ERROR_ACCESS_DENIED`: it may not be entered.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setcurrentdirectory>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetCurrentDirectoryW(path: *const u16) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    succeeds(change_to(unsafe { strings::wide(path) }))
}
same_signature!(official::SetCurrentDirectoryW, SetCurrentDirectoryW, fn(_) -> _);

/// `SetCurrentDirectoryA`: as [`SetCurrentDirectoryW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setcurrentdirectory>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetCurrentDirectoryA(path: *const u8) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    succeeds(change_to(unsafe { strings::ansi(path) }))
}
same_signature!(official::SetCurrentDirectoryA, SetCurrentDirectoryA, fn(_) -> _);

fn change_to(path: Result<Option<Cow<'_, [u16]>>>) -> Result<()> {
    current_directory::set(&path?.ok_or(Win32Error::INVALID_NAME)?)
}

/// Whether a program of this name is looked for in the current directory too.
fn needs_current_directory(name: Option<Cow<'_, [u16]>>) -> BOOL {
    const BACKSLASH: u16 = b'\\' as u16;
    let variable: Vec<u16> = "NoDefaultCurrentDirectoryInExePath".encode_utf16().collect();
    let has_directory = name.is_some_and(|name| name.contains(&BACKSLASH));
    (has_directory || environment::get(&variable).is_err()).into()
}

/// `NeedCurrentDirectoryForExePath`: whether the search for a program is to begin in the current directory: for a
/// name with a `\`, and where there is no variable `NoDefaultCurrentDirectoryInExePath`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-needcurrentdirectoryforexepathw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NeedCurrentDirectoryForExePathW(name: *const u16) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    needs_current_directory(unsafe { wide_string(name) })
}
same_signature!(
    official::NeedCurrentDirectoryForExePathW,
    NeedCurrentDirectoryForExePathW,
    fn(_) -> _
);

/// `NeedCurrentDirectoryForExePathA`: as [`NeedCurrentDirectoryForExePathW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-needcurrentdirectoryforexepatha>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NeedCurrentDirectoryForExePathA(name: *const u8) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    needs_current_directory(unsafe { ansi_string(name) }.map(Cow::Owned))
}
same_signature!(
    official::NeedCurrentDirectoryForExePathA,
    NeedCurrentDirectoryForExePathA,
    fn(_) -> _
);
