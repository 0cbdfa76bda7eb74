//! `synchapi.h` and `winbase.h`: making, opening and signalling events, mutexes, semaphores and
//! waitable timers, with and without names.
//!
//! Names in `A` form are UTF-8 and at most 259 characters long; in `W` form they may be longer.

use crate::abi::{
    asks_to_inherit, from_handle, load, or_else, same_signature, store_optional, succeeds,
    to_handle,
};
use crate::strings;
use std::borrow::Cow;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;
use transom_kernel::handle::HandleValue;
use transom_kernel::object::creation::{Created, Creation};
use transom_kernel::sync::timer::Completion;
use transom_kernel::sync::{event, mutex, semaphore, timer};
use transom_kernel::{Result, Win32Error, last_error};
use windows_sys::Win32::Foundation::{ERROR_ALREADY_EXISTS, HANDLE};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::Threading as official;
use windows_sys::Win32::System::Threading::{
    CREATE_EVENT, CREATE_EVENT_INITIAL_SET, CREATE_EVENT_MANUAL_RESET, CREATE_MUTEX_INITIAL_OWNER,
    CREATE_WAITABLE_TIMER_HIGH_RESOLUTION, CREATE_WAITABLE_TIMER_MANUAL_RESET, EVENT_ALL_ACCESS,
    MUTEX_ALL_ACCESS, PTIMERAPCROUTINE, REASON_CONTEXT, SEMAPHORE_ALL_ACCESS,
    SYNCHRONIZATION_ACCESS_RIGHTS, TIMER_ALL_ACCESS,
};
use windows_sys::core::BOOL;

/// The longest name of an `A` function.
const LONGEST_ANSI_NAME: usize = 259;

type Name<'a> = Result<Option<Cow<'a, [u16]>>>;

/// Checks a name of an `A` function.
fn ansi_name(name: Name<'_>) -> Name<'_> {
    match name {
        Ok(Some(name)) if name.len() > LONGEST_ANSI_NAME => Err(Win32Error::FILENAME_EXCED_RANGE),
        other => other,
    }
}

/// An object to be made: its name, the handle's access and whether it is inherited.
fn create(
    name: Name<'_>,
    access: u32,
    inherit: bool,
    make: impl FnOnce(&Creation<'_>) -> Result<Created>,
) -> HANDLE {
    let made = name.and_then(|name| {
        make(&Creation { name: name.as_deref(), access, inherit, security: None })
    });
    or_else(
        made.map(|created| {
            // 183 says that there was one of this name already.
            last_error::set(if created.existed { ERROR_ALREADY_EXISTS } else { 0 });
            to_handle(created.handle)
        }),
        null_mut(),
    )
}

/// An object to be opened; NULL is no name.
fn open(name: Name<'_>, open: impl FnOnce(&[u16]) -> Result<HandleValue>) -> HANDLE {
    let opened = name.and_then(|name| open(&name.ok_or(Win32Error::INVALID_PARAMETER)?));
    or_else(opened.map(to_handle), null_mut())
}

/// Fails for flags that are not among the known ones.
fn known_flags(flags: u32, known: u32) -> Result<u32> {
    if flags & !known == 0 { Ok(flags) } else { Err(Win32Error::INVALID_PARAMETER) }
}

/// `CreateEventW`: makes an event, or opens the one of its name; NULL on failure.
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
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createeventw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateEventW(
    attributes: *const SECURITY_ATTRIBUTES,
    manual_reset: BOOL,
    signalled: BOOL,
    name: *const u16,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    // SAFETY: NULL or readable, by the caller's contract.
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, EVENT_ALL_ACCESS, inherit, |new| {
        event::create_ex(manual_reset != 0, signalled != 0, new)
    })
}
same_signature!(official::CreateEventW, CreateEventW, fn(_, _, _, _) -> _);

/// `CreateEventA`: as [`CreateEventW`], with its name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createeventa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateEventA(
    attributes: *const SECURITY_ATTRIBUTES,
    manual_reset: BOOL,
    signalled: BOOL,
    name: *const u8,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    // SAFETY: NULL or readable, by the caller's contract.
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, EVENT_ALL_ACCESS, inherit, |new| {
        event::create_ex(manual_reset != 0, signalled != 0, new)
    })
}
same_signature!(official::CreateEventA, CreateEventA, fn(_, _, _, _) -> _);

/// `CreateEventExW`: makes an event, or opens the one of its name; the handle has this access; NULL on failure.
///
/// An empty name is none. Success sets the last error to 0, or to 183 if there was one of this name
/// already: then the handle is to that one, and what it should be like does not matter.
///
/// # Errors
/// As for [`CreateEventW`], and `ERROR_INVALID_PARAMETER`: `flags` has unknown bits;
/// `ERROR_ACCESS_DENIED`: the type does not have that access.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createeventexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateEventExW(
    attributes: *const SECURITY_ATTRIBUTES,
    name: *const u16,
    flags: CREATE_EVENT,
    access: u32,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    // SAFETY: NULL or readable, by the caller's contract.
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, access, inherit, |new| {
        let flags = known_flags(flags, CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET)?;
        let manual_reset = flags & CREATE_EVENT_MANUAL_RESET != 0;
        event::create_ex(manual_reset, flags & CREATE_EVENT_INITIAL_SET != 0, new)
    })
}
same_signature!(official::CreateEventExW, CreateEventExW, fn(_, _, _, _) -> _);

/// `CreateEventExA`: as [`CreateEventExW`], with its name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createeventexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateEventExA(
    attributes: *const SECURITY_ATTRIBUTES,
    name: *const u8,
    flags: CREATE_EVENT,
    access: u32,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    // SAFETY: NULL or readable, by the caller's contract.
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, access, inherit, |new| {
        let flags = known_flags(flags, CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET)?;
        let manual_reset = flags & CREATE_EVENT_MANUAL_RESET != 0;
        event::create_ex(manual_reset, flags & CREATE_EVENT_INITIAL_SET != 0, new)
    })
}
same_signature!(official::CreateEventExA, CreateEventExA, fn(_, _, _, _) -> _);

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
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, MUTEX_ALL_ACCESS, inherit, |new| mutex::create_ex(owned != 0, new))
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
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, MUTEX_ALL_ACCESS, inherit, |new| mutex::create_ex(owned != 0, new))
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
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, access, inherit, |new| {
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
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, access, inherit, |new| {
        mutex::create_ex(known_flags(flags, CREATE_MUTEX_INITIAL_OWNER)? != 0, new)
    })
}
same_signature!(official::CreateMutexExA, CreateMutexExA, fn(_, _, _, _) -> _);

/// `CreateSemaphoreW`: makes a semaphore with a count and its maximum, or opens the one of its name; NULL on failure.
///
/// An empty name is none. Success sets the last error to 0, or to 183 if there was one of this name
/// already: then the handle is to that one, and what it should be like does not matter.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: the maximum is not positive, or the count is negative or more. Else as for
/// [`CreateEventW`].
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
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, SEMAPHORE_ALL_ACCESS, inherit, |new| semaphore::create_ex(count, maximum, new))
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
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, SEMAPHORE_ALL_ACCESS, inherit, |new| semaphore::create_ex(count, maximum, new))
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
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, access, inherit, |new| {
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
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, access, inherit, |new| {
        known_flags(flags, 0)?;
        semaphore::create_ex(count, maximum, new)
    })
}
same_signature!(official::CreateSemaphoreExA, CreateSemaphoreExA, fn(_, _, _, _, _, _) -> _);

/// `CreateWaitableTimerW`: makes a timer, or opens the one of its name; NULL on failure.
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
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createwaitabletimerw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateWaitableTimerW(
    attributes: *const SECURITY_ATTRIBUTES,
    manual_reset: BOOL,
    name: *const u16,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    // SAFETY: NULL or readable, by the caller's contract.
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, TIMER_ALL_ACCESS, inherit, |new| timer::create_ex(manual_reset != 0, new))
}
same_signature!(official::CreateWaitableTimerW, CreateWaitableTimerW, fn(_, _, _) -> _);

/// `CreateWaitableTimerA`: as [`CreateWaitableTimerW`], with its name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createwaitabletimera>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateWaitableTimerA(
    attributes: *const SECURITY_ATTRIBUTES,
    manual_reset: BOOL,
    name: *const u8,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    // SAFETY: NULL or readable, by the caller's contract.
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, TIMER_ALL_ACCESS, inherit, |new| timer::create_ex(manual_reset != 0, new))
}
same_signature!(official::CreateWaitableTimerA, CreateWaitableTimerA, fn(_, _, _) -> _);

/// `CreateWaitableTimerExW`: makes a timer, or opens the one of its name; the handle has this access; NULL on failure.
///
/// An empty name is none. Success sets the last error to 0, or to 183 if there was one of this name
/// already: then the handle is to that one, and what it should be like does not matter.
///
/// # Errors
/// As for [`CreateWaitableTimerW`], and `ERROR_INVALID_PARAMETER`: `flags` has unknown bits;
/// `ERROR_ACCESS_DENIED`: the type does not have that access.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createwaitabletimerexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateWaitableTimerExW(
    attributes: *const SECURITY_ATTRIBUTES,
    name: *const u16,
    flags: u32,
    access: u32,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    // SAFETY: NULL or readable, by the caller's contract.
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, access, inherit, |new| {
        // All timers are of the clock's full resolution.
        let known = CREATE_WAITABLE_TIMER_MANUAL_RESET | CREATE_WAITABLE_TIMER_HIGH_RESOLUTION;
        let flags = known_flags(flags, known)?;
        timer::create_ex(flags & CREATE_WAITABLE_TIMER_MANUAL_RESET != 0, new)
    })
}
same_signature!(official::CreateWaitableTimerExW, CreateWaitableTimerExW, fn(_, _, _, _) -> _);

/// `CreateWaitableTimerExA`: as [`CreateWaitableTimerExW`], with its name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createwaitabletimerexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateWaitableTimerExA(
    attributes: *const SECURITY_ATTRIBUTES,
    name: *const u8,
    flags: u32,
    access: u32,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    // SAFETY: NULL or readable, by the caller's contract.
    let inherit = unsafe { asks_to_inherit(attributes) };
    create(name, access, inherit, |new| {
        // All timers are of the clock's full resolution.
        let known = CREATE_WAITABLE_TIMER_MANUAL_RESET | CREATE_WAITABLE_TIMER_HIGH_RESOLUTION;
        let flags = known_flags(flags, known)?;
        timer::create_ex(flags & CREATE_WAITABLE_TIMER_MANUAL_RESET != 0, new)
    })
}
same_signature!(official::CreateWaitableTimerExA, CreateWaitableTimerExA, fn(_, _, _, _) -> _);

/// `OpenEventW`: opens the event of a name; NULL on failure.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: there is none. `ERROR_INVALID_PARAMETER`: the name is NULL. Else as for
/// [`CreateEventExW`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-openeventw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenEventW(
    access: SYNCHRONIZATION_ACCESS_RIGHTS,
    inherit: BOOL,
    name: *const u16,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    open(name, |name| event::open(name, access, inherit != 0))
}
same_signature!(official::OpenEventW, OpenEventW, fn(_, _, _) -> _);

/// `OpenEventA`: as [`OpenEventW`], with its name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-openeventa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenEventA(
    access: SYNCHRONIZATION_ACCESS_RIGHTS,
    inherit: BOOL,
    name: *const u8,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    open(name, |name| event::open(name, access, inherit != 0))
}
same_signature!(official::OpenEventA, OpenEventA, fn(_, _, _) -> _);

/// `OpenMutexW`: opens the mutex of a name; NULL on failure.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: there is none. `ERROR_INVALID_PARAMETER`: the name is NULL. Else as for
/// [`CreateEventExW`].
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

/// `OpenSemaphoreW`: opens the semaphore of a name; NULL on failure.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: there is none. `ERROR_INVALID_PARAMETER`: the name is NULL. Else as for
/// [`CreateEventExW`].
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

/// `OpenWaitableTimerW`: opens the waitable timer of a name; NULL on failure.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: there is none. `ERROR_INVALID_PARAMETER`: the name is NULL. Else as for
/// [`CreateEventExW`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-openwaitabletimerw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenWaitableTimerW(
    access: SYNCHRONIZATION_ACCESS_RIGHTS,
    inherit: BOOL,
    name: *const u16,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { strings::wide(name) };
    open(name, |name| timer::open(name, access, inherit != 0))
}
same_signature!(official::OpenWaitableTimerW, OpenWaitableTimerW, fn(_, _, _) -> _);

/// `OpenWaitableTimerA`: as [`OpenWaitableTimerW`], with its name in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-openwaitabletimera>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenWaitableTimerA(
    access: SYNCHRONIZATION_ACCESS_RIGHTS,
    inherit: BOOL,
    name: *const u8,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = ansi_name(unsafe { strings::ansi(name) });
    open(name, |name| timer::open(name, access, inherit != 0))
}
same_signature!(official::OpenWaitableTimerA, OpenWaitableTimerA, fn(_, _, _) -> _);

/// `SetEvent`: signals an event.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no event. `ERROR_ACCESS_DENIED`: the handle lacks
/// `EVENT_MODIFY_STATE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-setevent>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetEvent(handle: HANDLE) -> BOOL {
    succeeds(from_handle(handle).and_then(event::set))
}
same_signature!(official::SetEvent, SetEvent, fn(_) -> _);

/// `ResetEvent`: makes an event unsignalled.
///
/// # Errors
/// As for [`SetEvent`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-resetevent>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ResetEvent(handle: HANDLE) -> BOOL {
    succeeds(from_handle(handle).and_then(event::reset))
}
same_signature!(official::ResetEvent, ResetEvent, fn(_) -> _);

/// `PulseEvent`: releases who waits for an event now, and makes it unsignalled.
///
/// # Errors
/// As for [`SetEvent`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-pulseevent>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PulseEvent(handle: HANDLE) -> BOOL {
    succeeds(from_handle(handle).and_then(event::pulse))
}
same_signature!(official::PulseEvent, PulseEvent, fn(_) -> _);

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

/// `CancelWaitableTimer`: a timer will not become signalled any more; if it is, it stays so.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no timer. `ERROR_ACCESS_DENIED`: the handle lacks `TIMER_MODIFY_STATE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-cancelwaitabletimer>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CancelWaitableTimer(handle: HANDLE) -> BOOL {
    succeeds(from_handle(handle).and_then(timer::cancel))
}
same_signature!(official::CancelWaitableTimer, CancelWaitableTimer, fn(_) -> _);

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

/// A caller's pointer that goes to its routine.
struct Argument(*const c_void);

// SAFETY: the pointer is only handed to the routine, on the thread that set the timer.
unsafe impl Send for Argument {}
// SAFETY: as above.
unsafe impl Sync for Argument {}

/// A completion routine with its argument.
fn completion(routine: PTIMERAPCROUTINE, argument: *const c_void) -> Option<Completion> {
    let routine = routine?;
    let argument = Argument(argument);
    Some(Arc::new(move |time: u64| {
        // The whole of it moves into the closure.
        let Argument(argument) = &argument;
        let (low, high) = (time as u32, (time >> 32) as u32);
        // SAFETY: the caller set the timer with this routine and argument, to be called so.
        unsafe { routine(*argument, low, high) };
    }))
}

/// What `SetWaitableTimer` and its `Ex` form have in common.
///
/// # Safety
/// `due` is NULL or points to a readable number, at any alignment.
unsafe fn set_timer(
    handle: HANDLE,
    due: *const i64,
    period_ms: i32,
    completion: Option<Completion>,
) -> Result<()> {
    // SAFETY: the caller's contract is this function's.
    let due = unsafe { load(due) }.ok_or(Win32Error::NOACCESS)?;
    timer::set(from_handle(handle)?, due, period_ms, completion)
}

/// `SetWaitableTimer`: sets a timer: after so many units of 100 ns if `due` is negative, else at that time
/// since 1601, in UTC; then every so many milliseconds, unless that is 0. The routine is called in this
/// thread, in an alertable wait.
///
/// Linux does not wake a machine for it: with `resume`, success sets the last error to 50.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no timer. `ERROR_ACCESS_DENIED`: the handle lacks `TIMER_MODIFY_STATE`.
/// `ERROR_INVALID_PARAMETER`: the period is negative. `ERROR_NOACCESS`: `due` is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-setwaitabletimer>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetWaitableTimer(
    handle: HANDLE,
    due: *const i64,
    period_ms: i32,
    routine: PTIMERAPCROUTINE,
    argument: *const c_void,
    resume: BOOL,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    let set = unsafe { set_timer(handle, due, period_ms, completion(routine, argument)) };
    if set.is_ok() && resume != 0 {
        last_error::set(Win32Error::NOT_SUPPORTED.code());
    }
    succeeds(set)
}
same_signature!(official::SetWaitableTimer, SetWaitableTimer, fn(_, _, _, _, _, _) -> _);

/// `SetWaitableTimerEx`: as [`SetWaitableTimer`]. A timer is never later than it must be, so the delay that
/// could be tolerated changes nothing; nor does the reason for a wake-up that is not made.
///
/// # Errors
/// As for [`SetWaitableTimer`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-setwaitabletimerex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetWaitableTimerEx(
    handle: HANDLE,
    due: *const i64,
    period_ms: i32,
    routine: PTIMERAPCROUTINE,
    argument: *const c_void,
    _reason: *const REASON_CONTEXT,
    _tolerable_delay_ms: u32,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    succeeds(unsafe { set_timer(handle, due, period_ms, completion(routine, argument)) })
}
same_signature!(official::SetWaitableTimerEx, SetWaitableTimerEx, fn(_, _, _, _, _, _, _) -> _);
