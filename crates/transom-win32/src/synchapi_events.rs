//! `synchapi.h` and `winbase.h`: events, with and without names.

use crate::abi::{from_handle, same_signature, succeeds};
use crate::named_objects::{ansi_name, create, known_flags, open};
use crate::security;
use crate::strings;
use transom_kernel::sync::event;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::Threading as official;
use windows_sys::Win32::System::Threading::{
    CREATE_EVENT, CREATE_EVENT_INITIAL_SET, CREATE_EVENT_MANUAL_RESET, EVENT_ALL_ACCESS,
    SYNCHRONIZATION_ACCESS_RIGHTS,
};
use windows_sys::core::BOOL;

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
    let attributes = unsafe { security::attributes(attributes) };
    create(name, EVENT_ALL_ACCESS, attributes, |new| {
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
    let attributes = unsafe { security::attributes(attributes) };
    create(name, EVENT_ALL_ACCESS, attributes, |new| {
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
    let attributes = unsafe { security::attributes(attributes) };
    create(name, access, attributes, |new| {
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
    let attributes = unsafe { security::attributes(attributes) };
    create(name, access, attributes, |new| {
        let flags = known_flags(flags, CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET)?;
        let manual_reset = flags & CREATE_EVENT_MANUAL_RESET != 0;
        event::create_ex(manual_reset, flags & CREATE_EVENT_INITIAL_SET != 0, new)
    })
}
same_signature!(official::CreateEventExA, CreateEventExA, fn(_, _, _, _) -> _);

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
