//! `processthreadsapi.h`: thread-local storage.

use crate::abi::{or_else, same_signature, succeeds};
use std::ffi::c_void;
use std::ptr::{null_mut, with_exposed_provenance_mut};
use transom_kernel::last_error;
use transom_kernel::thread::local;
use windows_sys::Win32::System::Threading::{self as official, TLS_OUT_OF_INDEXES};
use windows_sys::core::BOOL;

/// `TlsAlloc`: an index under which each thread can keep a value, which is NULL at first;
/// `TLS_OUT_OF_INDEXES` on failure.
///
/// # Errors
/// `ERROR_NO_MORE_ITEMS`: all are in use; there are 1,088, of which the first is never given out.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-tlsalloc>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TlsAlloc() -> u32 {
    or_else(local::allocate(), TLS_OUT_OF_INDEXES)
}
same_signature!(official::TlsAlloc, TlsAlloc, fn() -> _);

/// `TlsFree`: gives an index back. What threads keep there is forgotten.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: the index is not in use.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-tlsfree>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TlsFree(index: u32) -> BOOL {
    succeeds(local::free(index))
}
same_signature!(official::TlsFree, TlsFree, fn(_) -> _);

/// `TlsGetValue`: what the calling thread keeps under an index. Success sets the last error to 0,
/// since NULL may be a value.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such index. Whether it is in use is not asked.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-tlsgetvalue>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TlsGetValue(index: u32) -> *mut c_void {
    let value = local::get(index).map(with_exposed_provenance_mut);
    if value.is_ok() {
        last_error::set(0);
    }
    or_else(value, null_mut())
}
same_signature!(official::TlsGetValue, TlsGetValue, fn(_) -> _);

/// `TlsSetValue`: has the calling thread keep a value under an index.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such index. Whether it is in use is not asked.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-tlssetvalue>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TlsSetValue(index: u32, value: *const c_void) -> BOOL {
    succeeds(local::set(index, value.expose_provenance()))
}
same_signature!(official::TlsSetValue, TlsSetValue, fn(_, _) -> _);
