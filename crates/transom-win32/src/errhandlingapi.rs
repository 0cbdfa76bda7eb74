//! `errhandlingapi.h`: the last error.

use crate::abi::same_signature;
use transom_kernel::last_error;
use windows_sys::Win32::Foundation as official;

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
