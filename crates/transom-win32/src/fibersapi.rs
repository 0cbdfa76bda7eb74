//! `fibersapi.h`: fiber-local storage. There are no fibers, so it is storage of threads.

use crate::abi::{or_else, same_signature, succeeds};
use std::ffi::c_void;
use std::ptr::{null_mut, with_exposed_provenance, with_exposed_provenance_mut};
use std::sync::Arc;
use transom_kernel::last_error;
use transom_kernel::thread::fiber_local::{self, Callback};
use windows_sys::Win32::System::Threading::{
    self as official, FLS_OUT_OF_INDEXES, PFLS_CALLBACK_FUNCTION,
};
use windows_sys::core::BOOL;

/// `FlsAlloc`: an index under which each thread can keep a value, which is NULL at first;
/// `FLS_OUT_OF_INDEXES` on failure. The callback gets each value that is not NULL when its
/// thread ends, by whatever means but `TerminateThread`, and when the index is freed.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY`: all 4,079 are in use.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fibersapi/nf-fibersapi-flsalloc>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FlsAlloc(callback: PFLS_CALLBACK_FUNCTION) -> u32 {
    let callback = callback.map(|callback| -> Callback {
        Arc::new(move |value| {
            // SAFETY: the program's own function, with a value that it has stored.
            unsafe { callback(with_exposed_provenance(value)) }
        })
    });
    or_else(fiber_local::allocate(callback), FLS_OUT_OF_INDEXES)
}
same_signature!(official::FlsAlloc, FlsAlloc, fn(_) -> _);

/// `FlsFree`: gives an index back. Its callback gets what all threads keep there.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: the index is not in use.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fibersapi/nf-fibersapi-flsfree>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FlsFree(index: u32) -> BOOL {
    succeeds(fiber_local::free(index))
}
same_signature!(official::FlsFree, FlsFree, fn(_) -> _);

/// `FlsGetValue`: what the calling thread keeps under an index. Success sets the last error to 0,
/// since NULL may be a value.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such index. Whether it is in use is not asked.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fibersapi/nf-fibersapi-flsgetvalue>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FlsGetValue(index: u32) -> *mut c_void {
    let value = fiber_local::get(index).map(with_exposed_provenance_mut);
    if value.is_ok() {
        last_error::set(0);
    }
    or_else(value, null_mut())
}
same_signature!(official::FlsGetValue, FlsGetValue, fn(_) -> _);

/// `FlsSetValue`: has the calling thread keep a value under an index.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such index. Whether it is in use is not asked.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fibersapi/nf-fibersapi-flssetvalue>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FlsSetValue(index: u32, value: *const c_void) -> BOOL {
    succeeds(fiber_local::set(index, value.expose_provenance()))
}
same_signature!(official::FlsSetValue, FlsSetValue, fn(_, _) -> _);
