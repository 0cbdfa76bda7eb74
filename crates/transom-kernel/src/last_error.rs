//! The calling thread's last error, as `GetLastError` and `SetLastError` see it.
//!
//! Windows-style Rust calls `std::io::Error::last_os_error()`, which reads `errno` on Linux;
//! setting the last error therefore stores the code there as well.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-setlasterror>

use crate::error::Win32Error;
use std::cell::Cell;

thread_local! {
    static LAST_ERROR: Cell<u32> = const { Cell::new(0) };
}

/// `GetLastError`: the calling thread's last error code.
#[must_use]
pub fn get() -> u32 {
    LAST_ERROR.get()
}

/// `SetLastError`: sets the calling thread's last error code, and `errno` with it.
pub fn set(code: u32) {
    LAST_ERROR.set(code);
    transom_sys::errno::set(code.cast_signed());
}

/// Records a failure.
pub fn record(error: Win32Error) {
    set(error.code());
}
