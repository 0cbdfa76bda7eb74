//! `synchapi.h` and `winbase.h`: mutexes, with and without names.

use crate::abi::{from_handle, same_signature, succeeds};
use crate::named_objects::{ansi_name, create, known_flags, open};
use crate::security;
use crate::strings;
use transom_kernel::sync::mutex;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::Threading as official;
use windows_sys::Win32::System::Threading::{
    CREATE_MUTEX_INITIAL_OWNER, MUTEX_ALL_ACCESS, SYNCHRONIZATION_ACCESS_RIGHTS,
};
use windows_sys::core::BOOL;

/// `CreateMutexW`: makes a mutex, owned by this thread or free, or opens the one of its name; NULL on failure.
///
/// An empty name is none. Success sets the last error to 0, or to 183 if there was one of this name
/// already: then the handle is to that one, and what it should be like does not matter.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: an object of another type has the name. `ERROR_PATH_NOT_FOUND`,
/// `ERROR_INVALID_NAME`: the name has a `\` in the wrong place, or only the prefix. In the `A` form
/// `ERROR_FILENAME_EXCED_RANGE`: it is too long. `ERROR_ACCESS_DENIED`: the object is another user's.
/// `ERROR_NO_SYSTEM_RESOURCES`: there is no room.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createmutexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateMutexW(
    attributes: *const SECURITY_ATTRIBUTES,
    owned: BOOL,
    name: *const u16,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    // SAFETY: NULL or readable, by the caller's contract.
    let attributes = unsafe { security::attributes(attributes) };
    create(name, MUTEX_ALL_ACCESS, attributes, |new| mutex::create_ex(owned != 0, new))
}
same_signature!(official::CreateMutexW, CreateMutexW, fn(_, _, _) -> _);

/// `CreateMutexA`: as [`CreateMutexW`], with its name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createmutexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateMutexA(
    attributes: *const SECURITY_ATTRIBUTES,
    owned: BOOL,
    name: *const u8,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    // SAFETY: NULL or readable, by the caller's contract.
    let attributes = unsafe { security::attributes(attributes) };
    create(name, MUTEX_ALL_ACCESS, attributes, |new| mutex::create_ex(owned != 0, new))
}
same_signature!(official::CreateMutexA, CreateMutexA, fn(_, _, _) -> _);

/// `CreateMutexExW`: makes a mutex, or opens the one of its name; the handle has this access; NULL on failure.
///
/// An empty name is none. Success sets the last error to 0, or to 183 if there was one of this name
/// already: then the handle is to that one, and what it should be like does not matter.
///
/// # Errors
/// As for [`CreateMutexW`], and `ERROR_INVALID_PARAMETER`: `flags` has unknown bits;
/// `ERROR_ACCESS_DENIED`: the type does not have that access.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createmutexexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateMutexExW(
    attributes: *const SECURITY_ATTRIBUTES,
    name: *const u16,
    flags: u32,
    access: u32,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    // SAFETY: NULL or readable, by the caller's contract.
    let attributes = unsafe { security::attributes(attributes) };
    create(name, access, attributes, |new| {
        mutex::create_ex(known_flags(flags, CREATE_MUTEX_INITIAL_OWNER)? != 0, new)
    })
}
same_signature!(official::CreateMutexExW, CreateMutexExW, fn(_, _, _, _) -> _);

/// `CreateMutexExA`: as [`CreateMutexExW`], with its name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createmutexexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateMutexExA(
    attributes: *const SECURITY_ATTRIBUTES,
    name: *const u8,
    flags: u32,
    access: u32,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    // SAFETY: NULL or readable, by the caller's contract.
    let attributes = unsafe { security::attributes(attributes) };
    create(name, access, attributes, |new| {
        mutex::create_ex(known_flags(flags, CREATE_MUTEX_INITIAL_OWNER)? != 0, new)
    })
}
same_signature!(official::CreateMutexExA, CreateMutexExA, fn(_, _, _, _) -> _);

/// `OpenMutexW`: opens the mutex of a name; NULL on failure.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: there is none. `ERROR_INVALID_PARAMETER`: the name is NULL. Else as for
/// [`CreateEventExW`](crate::synchapi_events::CreateEventExW).
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-openmutexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenMutexW(
    access: SYNCHRONIZATION_ACCESS_RIGHTS,
    inherit: BOOL,
    name: *const u16,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    open(name, |name| mutex::open(name, access, inherit != 0))
}
same_signature!(official::OpenMutexW, OpenMutexW, fn(_, _, _) -> _);

/// `OpenMutexA`: as [`OpenMutexW`], with its name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-openmutexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenMutexA(
    access: SYNCHRONIZATION_ACCESS_RIGHTS,
    inherit: BOOL,
    name: *const u8,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    open(name, |name| mutex::open(name, access, inherit != 0))
}
// `windows-sys` does not declare it; all functions of this kind are alike.
same_signature!(official::OpenEventA, OpenMutexA, fn(_, _, _) -> _);

/// `ReleaseMutex`: gives a mutex back, once.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no mutex. `ERROR_NOT_OWNER`: this thread does not own it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-releasemutex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReleaseMutex(handle: HANDLE) -> BOOL {
    succeeds(from_handle(handle).and_then(mutex::release))
}
same_signature!(official::ReleaseMutex, ReleaseMutex, fn(_) -> _);
