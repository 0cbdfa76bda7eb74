//! `synchapi.h` and `winbase.h`: semaphores, with and without names.

use crate::abi::{from_handle, same_signature, store_optional, succeeds};
use crate::named_objects::{ansi_name, create, known_flags, open};
use crate::security;
use crate::strings;
use transom_kernel::sync::semaphore;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::Threading as official;
use windows_sys::Win32::System::Threading::{SEMAPHORE_ALL_ACCESS, SYNCHRONIZATION_ACCESS_RIGHTS};
use windows_sys::core::BOOL;

/// `CreateSemaphoreW`: makes a semaphore with a count and its maximum, or opens the one of its name; NULL on failure.
///
/// An empty name is none. Success sets the last error to 0, or to 183 if there was one of this name
/// already: then the handle is to that one, and what it should be like does not matter.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: the maximum is not positive, or the count is negative or more. Else as for
/// [`CreateEventW`](crate::synchapi_events::CreateEventW).
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createsemaphorew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateSemaphoreW(
    attributes: *const SECURITY_ATTRIBUTES,
    count: i32,
    maximum: i32,
    name: *const u16,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    // SAFETY: NULL or readable, by the caller's contract.
    let attributes = unsafe { security::attributes(attributes) };
    create(name, SEMAPHORE_ALL_ACCESS, attributes, |new| semaphore::create_ex(count, maximum, new))
}
same_signature!(official::CreateSemaphoreW, CreateSemaphoreW, fn(_, _, _, _) -> _);

/// `CreateSemaphoreA`: as [`CreateSemaphoreW`], with its name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createsemaphorea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateSemaphoreA(
    attributes: *const SECURITY_ATTRIBUTES,
    count: i32,
    maximum: i32,
    name: *const u8,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    // SAFETY: NULL or readable, by the caller's contract.
    let attributes = unsafe { security::attributes(attributes) };
    create(name, SEMAPHORE_ALL_ACCESS, attributes, |new| semaphore::create_ex(count, maximum, new))
}
same_signature!(official::CreateSemaphoreA, CreateSemaphoreA, fn(_, _, _, _) -> _);

/// `CreateSemaphoreExW`: makes a semaphore, or opens the one of its name; the handle has this access; NULL on failure.
///
/// An empty name is none. Success sets the last error to 0, or to 183 if there was one of this name
/// already: then the handle is to that one, and what it should be like does not matter.
///
/// # Errors
/// As for [`CreateSemaphoreW`], and `ERROR_INVALID_PARAMETER`: `flags` has unknown bits;
/// `ERROR_ACCESS_DENIED`: the type does not have that access.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createsemaphoreexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateSemaphoreExW(
    attributes: *const SECURITY_ATTRIBUTES,
    count: i32,
    maximum: i32,
    name: *const u16,
    flags: u32,
    access: u32,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    // SAFETY: NULL or readable, by the caller's contract.
    let attributes = unsafe { security::attributes(attributes) };
    create(name, access, attributes, |new| {
        known_flags(flags, 0)?;
        semaphore::create_ex(count, maximum, new)
    })
}
same_signature!(official::CreateSemaphoreExW, CreateSemaphoreExW, fn(_, _, _, _, _, _) -> _);

/// `CreateSemaphoreExA`: as [`CreateSemaphoreExW`], with its name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createsemaphoreexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateSemaphoreExA(
    attributes: *const SECURITY_ATTRIBUTES,
    count: i32,
    maximum: i32,
    name: *const u8,
    flags: u32,
    access: u32,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    // SAFETY: NULL or readable, by the caller's contract.
    let attributes = unsafe { security::attributes(attributes) };
    create(name, access, attributes, |new| {
        known_flags(flags, 0)?;
        semaphore::create_ex(count, maximum, new)
    })
}
same_signature!(official::CreateSemaphoreExA, CreateSemaphoreExA, fn(_, _, _, _, _, _) -> _);

/// `OpenSemaphoreW`: opens the semaphore of a name; NULL on failure.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: there is none. `ERROR_INVALID_PARAMETER`: the name is NULL. Else as for
/// [`CreateEventExW`](crate::synchapi_events::CreateEventExW).
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-opensemaphorew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenSemaphoreW(
    access: SYNCHRONIZATION_ACCESS_RIGHTS,
    inherit: BOOL,
    name: *const u16,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    open(name, |name| semaphore::open(name, access, inherit != 0))
}
same_signature!(official::OpenSemaphoreW, OpenSemaphoreW, fn(_, _, _) -> _);

/// `OpenSemaphoreA`: as [`OpenSemaphoreW`], with its name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-opensemaphorea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenSemaphoreA(
    access: SYNCHRONIZATION_ACCESS_RIGHTS,
    inherit: BOOL,
    name: *const u8,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    open(name, |name| semaphore::open(name, access, inherit != 0))
}
// `windows-sys` does not declare it; all functions of this kind are alike.
same_signature!(official::OpenEventA, OpenSemaphoreA, fn(_, _, _) -> _);

/// `ReleaseSemaphore`: adds to a semaphore's count; what it was before is stored where `previous` points,
/// unless that is NULL.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no semaphore. `ERROR_ACCESS_DENIED`: the handle lacks
/// `SEMAPHORE_MODIFY_STATE`. `ERROR_TOO_MANY_POSTS`: the number is negative, or the count would
/// exceed its maximum; it stays.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-releasesemaphore>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReleaseSemaphore(
    handle: HANDLE,
    times: i32,
    previous: *mut i32,
) -> BOOL {
    let released = from_handle(handle).and_then(|handle| semaphore::release(handle, times));
    succeeds(released.map(|before| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store_optional(previous, before.cast_signed()) };
    }))
}
same_signature!(official::ReleaseSemaphore, ReleaseSemaphore, fn(_, _, _) -> _);
