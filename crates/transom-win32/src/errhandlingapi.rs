//! `errhandlingapi.h`: the last error, and error modes.

use crate::abi::{same_signature, store_optional, succeeds};
use std::cell::Cell;
use transom_kernel::{Win32Error, last_error};
use windows_sys::Win32::Foundation as official;
use windows_sys::Win32::System::Diagnostics::Debug as debug;
use windows_sys::core::BOOL;

/// `GetLastError`: the calling thread's last error code.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-getlasterror>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetLastError() -> u32 {
    last_error::get()
}
same_signature!(official::GetLastError, GetLastError, fn() -> _);

/// `SetLastError`: sets the calling thread's last error code, and `errno` with it, so that
/// `std::io::Error::last_os_error()` carries the code.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-setlasterror>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetLastError(code: u32) {
    last_error::set(code);
}
same_signature!(official::SetLastError, SetLastError, fn(_));

/// The error modes a thread can have.
const MODES: u32 =
    debug::SEM_FAILCRITICALERRORS | debug::SEM_NOGPFAULTERRORBOX | debug::SEM_NOOPENFILEERRORBOX;

thread_local! {
    static MODE: Cell<u32> = const { Cell::new(0) };
}

/// `GetThreadErrorMode`: the error mode of the calling thread. Linux shows no boxes whatever it
/// is.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-getthreaderrormode>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetThreadErrorMode() -> u32 {
    MODE.get()
}
same_signature!(debug::GetThreadErrorMode, GetThreadErrorMode, fn() -> _);

/// `SetThreadErrorMode`: sets the error mode of the calling thread.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: an unknown mode.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-setthreaderrormode>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetThreadErrorMode(
    mode: debug::THREAD_ERROR_MODE,
    before: *mut debug::THREAD_ERROR_MODE,
) -> BOOL {
    if mode & !MODES != 0 {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    }
    let old = MODE.replace(mode);
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { store_optional(before, old) };
    1
}
same_signature!(debug::SetThreadErrorMode, SetThreadErrorMode, fn(_, _) -> _);
