//! `handleapi.h`: handles of any type.

use crate::abi::{
    from_handle, or_else, raw_to_handle, same_signature, store, store_optional, succeeds,
};
use std::ptr::null_mut;
use transom_kernel::executive::current;
use transom_kernel::handle::duplicate::{Duplication, close_source, duplicate};
use transom_kernel::handle::information;
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::{
    self as official, DUPLICATE_CLOSE_SOURCE, DUPLICATE_HANDLE_OPTIONS, ERROR_NOT_SAME_OBJECT,
    HANDLE, HANDLE_FLAGS,
};
use windows_sys::core::BOOL;

/// `CloseHandle`: closes a handle.
///
/// Pseudo handles close successfully and stay. A standard handle's id (`STD_ERROR_HANDLE` and the
/// like) closes that standard handle and empties its place.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: the handle is not open, or it is protected from closing.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-closehandle>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CloseHandle(handle: HANDLE) -> BOOL {
    succeeds(current().close_handle(handle.addr().cast_signed()))
}
same_signature!(official::CloseHandle, CloseHandle, fn(_) -> _);

/// `DuplicateHandle`: makes a second handle to an object, in this process or another, of a handle
/// of this process or another.
///
/// `target` may be NULL: the new handle exists all the same. With `DUPLICATE_CLOSE_SOURCE` the
/// source handle is closed even when the call fails; with a NULL `target_process` that is all it
/// does, in the source process. On failure `*target` is NULL.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: the source, or one of the processes' handles, is not open or of
///   another type.
/// - `ERROR_ACCESS_DENIED`: a process's handle lacks `PROCESS_DUP_HANDLE`; the target process has
///   exited or is no Transom program; the object's type does not have the access asked for.
/// - `ERROR_NOT_SUPPORTED`: the object cannot leave its process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-duplicatehandle>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DuplicateHandle(
    source_process: HANDLE,
    source: HANDLE,
    target_process: HANDLE,
    target: *mut HANDLE,
    access: u32,
    inherit: BOOL,
    options: DUPLICATE_HANDLE_OPTIONS,
) -> BOOL {
    let made = from_handle(source_process).and_then(|source_process| {
        if target_process.is_null() && options & DUPLICATE_CLOSE_SOURCE != 0 {
            // Without a target, closing is all there is to do.
            return close_source(source_process, from_handle(source)?).map(|()| 0);
        }
        duplicate(&Duplication {
            source_process,
            source: from_handle(source),
            target_process: from_handle(target_process),
            access,
            inherit: inherit != 0,
            options,
        })
    });
    let value = made.map_or(null_mut(), raw_to_handle);
    // SAFETY: `target` is NULL or writable, by the caller's contract.
    unsafe { store_optional(target, value) };
    succeeds(made.map(drop))
}
same_signature!(official::DuplicateHandle, DuplicateHandle, fn(_, _, _, _, _, _, _) -> _);

/// `GetHandleInformation`: the flags of a handle, `HANDLE_FLAG_INHERIT` and
/// `HANDLE_FLAG_PROTECT_FROM_CLOSE`. Pseudo handles have none.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: the handle is not open. `ERROR_NOACCESS`: `flags` is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-gethandleinformation>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetHandleInformation(handle: HANDLE, flags: *mut u32) -> BOOL {
    let found = from_handle(handle).and_then(information::flags);
    // SAFETY: `flags` is NULL or writable, by the caller's contract.
    succeeds(found.and_then(|found| unsafe { store(flags, u32::from(found.bits())) }))
}
same_signature!(official::GetHandleInformation, GetHandleInformation, fn(_, _) -> _);

/// `SetHandleInformation`: sets those flags of a handle that `mask` names. Bits that are no flags
/// do nothing.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: the handle is not open. `ERROR_ACCESS_DENIED`: it is a pseudo handle.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-sethandleinformation>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetHandleInformation(
    handle: HANDLE,
    mask: u32,
    flags: HANDLE_FLAGS,
) -> BOOL {
    succeeds(from_handle(handle).and_then(|handle| information::set_flags(handle, mask, flags)))
}
same_signature!(official::SetHandleInformation, SetHandleInformation, fn(_, _, _) -> _);

/// `CompareObjectHandles`: whether two handles refer to the same object.
///
/// # Errors
/// `ERROR_NOT_SAME_OBJECT`: they do not. `ERROR_INVALID_HANDLE`: one of them is not open.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-compareobjecthandles>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CompareObjectHandles(first: HANDLE, second: HANDLE) -> BOOL {
    or_else(compare(first, second), 0)
}
same_signature!(official::CompareObjectHandles, CompareObjectHandles, fn(_, _) -> _);

fn compare(first: HANDLE, second: HANDLE) -> Result<BOOL> {
    if information::same_object(from_handle(first)?, from_handle(second)?)? {
        Ok(1)
    } else {
        Err(Win32Error::from_code(ERROR_NOT_SAME_OBJECT))
    }
}
