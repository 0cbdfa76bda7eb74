//! Two functions that Windows does not have, for the C runtime: between handles and Linux
//! descriptors.

use crate::abi::{from_handle, raw_to_handle};
use std::os::fd::{BorrowedFd, IntoRawFd};
use transom_kernel::file::adoption;
use transom_kernel::last_error;
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};

/// A handle to the file or pipe that a descriptor is; `INVALID_HANDLE_VALUE` if it is not open.
#[unsafe(no_mangle)]
pub extern "C" fn transom_handle_of_descriptor(descriptor: i32) -> HANDLE {
    if descriptor < 0 {
        last_error::record(transom_kernel::Win32Error::INVALID_HANDLE);
        return INVALID_HANDLE_VALUE;
    }
    // SAFETY: not -1; it is used for this call only, and a number that is not open is an error.
    let borrowed = unsafe { BorrowedFd::borrow_raw(descriptor) };
    match adoption::handle_of(borrowed) {
        Ok(value) => raw_to_handle(value.get() as isize),
        Err(error) => {
            last_error::record(error);
            INVALID_HANDLE_VALUE
        }
    }
}

/// A descriptor, the caller's to close, of what a handle is; -1 if it has none.
#[unsafe(no_mangle)]
pub extern "C" fn transom_descriptor_of_handle(handle: HANDLE) -> i32 {
    if handle.is_null() {
        return -1;
    }
    match from_handle(handle).and_then(adoption::descriptor_of) {
        Ok(descriptor) => descriptor.into_raw_fd(),
        Err(error) => {
            last_error::record(error);
            -1
        }
    }
}
