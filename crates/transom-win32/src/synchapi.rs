//! `synchapi.h`: events, waiting and sleeping.
//!
//! There are no asynchronous procedure calls yet, so an alertable wait is a wait.

use crate::abi::to_handle;
use crate::abi::{asks_to_inherit, elements, from_handle, or_else, same_signature, succeeds};
use crate::strings;
use std::borrow::Cow;
use std::ptr::null_mut;
use transom_kernel::handle::Handle;
use transom_kernel::sync::event;
use transom_kernel::sync::sleep::sleep;
use transom_kernel::sync::wait::{self, MOST_OBJECTS, Waited};
use transom_kernel::{Result, Win32Error, last_error};
use windows_sys::Win32::Foundation::{
    HANDLE, WAIT_EVENT, WAIT_FAILED, WAIT_OBJECT_0, WAIT_TIMEOUT,
};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::Threading::{
    self as official, CREATE_EVENT, CREATE_EVENT_INITIAL_SET, CREATE_EVENT_MANUAL_RESET,
    EVENT_ALL_ACCESS,
};
use windows_sys::core::BOOL;

/// An event to be.
struct NewEvent {
    manual_reset: bool,
    signalled: bool,
    access: u32,
    inherit: bool,
}

impl NewEvent {
    /// An event of `CreateEventEx`.
    fn of_flags(flags: CREATE_EVENT, access: u32, inherit: bool) -> Result<Self> {
        if flags & !(CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET) != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let manual_reset = flags & CREATE_EVENT_MANUAL_RESET != 0;
        let signalled = flags & CREATE_EVENT_INITIAL_SET != 0;
        Ok(Self { manual_reset, signalled, access, inherit })
    }

    fn make(self, name: Result<Option<Cow<'_, [u16]>>>) -> Result<HANDLE> {
        if name?.is_some_and(|name| !name.is_empty()) {
            return Err(Win32Error::NOT_SUPPORTED);
        }
        let Self { manual_reset, signalled, access, inherit } = self;
        let handle = event::create_with_access(manual_reset, signalled, access, inherit)?;
        // 183 would say that an event of this name was there already.
        last_error::set(0);
        Ok(to_handle(handle))
    }
}

/// `CreateEventW`: makes an event; NULL on failure. Success sets the last error to 0.
///
/// An empty `name` is none. Named events are not there yet.
///
/// # Errors
/// `ERROR_NOT_SUPPORTED`: it has a name. `ERROR_NO_SYSTEM_RESOURCES`: there is no room.
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
    or_else(plain(manual_reset, signalled, inherit).make(name), null_mut())
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
    let name = unsafe { strings::ansi(name) };
    // SAFETY: NULL or readable, by the caller's contract.
    let inherit = unsafe { asks_to_inherit(attributes) };
    or_else(plain(manual_reset, signalled, inherit).make(name), null_mut())
}
same_signature!(official::CreateEventA, CreateEventA, fn(_, _, _, _) -> _);

/// An event of `CreateEvent`.
fn plain(manual_reset: BOOL, signalled: BOOL, inherit: bool) -> NewEvent {
    let (manual_reset, signalled) = (manual_reset != 0, signalled != 0);
    NewEvent { manual_reset, signalled, access: EVENT_ALL_ACCESS, inherit }
}

/// `CreateEventExW`: makes an event, and a handle to it with this access; NULL on failure.
///
/// # Errors
/// As for [`CreateEventW`], and `ERROR_INVALID_PARAMETER`: `flags` has unknown bits;
/// `ERROR_ACCESS_DENIED`: an event does not have that access.
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
    let made = NewEvent::of_flags(flags, access, inherit).and_then(|event| event.make(name));
    or_else(made, null_mut())
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
    let name = unsafe { strings::ansi(name) };
    // SAFETY: NULL or readable, by the caller's contract.
    let inherit = unsafe { asks_to_inherit(attributes) };
    let made = NewEvent::of_flags(flags, access, inherit).and_then(|event| event.make(name));
    or_else(made, null_mut())
}
same_signature!(official::CreateEventExA, CreateEventExA, fn(_, _, _, _) -> _);

/// `SetEvent`: signals an event.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no event. `ERROR_ACCESS_DENIED`: the handle lacks
/// `EVENT_MODIFY_STATE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-setevent>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetEvent(event: HANDLE) -> BOOL {
    succeeds(from_handle(event).and_then(event::set))
}
same_signature!(official::SetEvent, SetEvent, fn(_) -> _);

/// `ResetEvent`: makes an event unsignalled.
///
/// # Errors
/// As for [`SetEvent`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-resetevent>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ResetEvent(event: HANDLE) -> BOOL {
    succeeds(from_handle(event).and_then(event::reset))
}
same_signature!(official::ResetEvent, ResetEvent, fn(_) -> _);

/// What a wait returns.
fn waited(result: Result<Waited>) -> WAIT_EVENT {
    let event = result.map(|waited| match waited {
        Waited::Object(index) => WAIT_OBJECT_0 + index,
        Waited::TimedOut => WAIT_TIMEOUT,
    });
    or_else(event, WAIT_FAILED)
}

/// `WaitForSingleObject`: waits until an object is signalled, at most `milliseconds`:
/// `WAIT_OBJECT_0`, `WAIT_TIMEOUT` or `WAIT_FAILED`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: what cannot be waited on. `ERROR_ACCESS_DENIED`: the handle lacks
/// `SYNCHRONIZE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitforsingleobject>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WaitForSingleObject(handle: HANDLE, milliseconds: u32) -> WAIT_EVENT {
    waited(from_handle(handle).and_then(|handle| wait::one(handle, milliseconds)))
}
same_signature!(official::WaitForSingleObject, WaitForSingleObject, fn(_, _) -> _);

/// `WaitForSingleObjectEx`: as [`WaitForSingleObject`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitforsingleobjectex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WaitForSingleObjectEx(
    handle: HANDLE,
    milliseconds: u32,
    _alertable: BOOL,
) -> WAIT_EVENT {
    waited(from_handle(handle).and_then(|handle| wait::one(handle, milliseconds)))
}
same_signature!(official::WaitForSingleObjectEx, WaitForSingleObjectEx, fn(_, _, _) -> _);

/// `WaitForMultipleObjects`: waits until one, or all, of up to 64 objects are signalled:
/// `WAIT_OBJECT_0` plus the number of the first signalled one, `WAIT_TIMEOUT` or `WAIT_FAILED`.
///
/// # Errors
/// - `ERROR_INVALID_PARAMETER`: no objects, more than 64, a NULL array, or the same object twice
///   in a wait for all.
/// - `ERROR_INVALID_HANDLE`: pseudo handles and what cannot be waited on.
/// - `ERROR_ACCESS_DENIED`: a handle lacks `SYNCHRONIZE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitformultipleobjects>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WaitForMultipleObjects(
    count: u32,
    handles: *const HANDLE,
    wait_for_all: BOOL,
    milliseconds: u32,
) -> WAIT_EVENT {
    // SAFETY: `handles` is NULL or has `count` handles, by the caller's contract.
    waited(unsafe { wait_for_many(count, handles, wait_for_all, milliseconds) })
}
same_signature!(official::WaitForMultipleObjects, WaitForMultipleObjects, fn(_, _, _, _) -> _);

/// `WaitForMultipleObjectsEx`: as [`WaitForMultipleObjects`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitformultipleobjectsex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WaitForMultipleObjectsEx(
    count: u32,
    handles: *const HANDLE,
    wait_for_all: BOOL,
    milliseconds: u32,
    _alertable: BOOL,
) -> WAIT_EVENT {
    // SAFETY: `handles` is NULL or has `count` handles, by the caller's contract.
    waited(unsafe { wait_for_many(count, handles, wait_for_all, milliseconds) })
}
same_signature!(
    official::WaitForMultipleObjectsEx,
    WaitForMultipleObjectsEx,
    fn(_, _, _, _, _) -> _
);

/// # Safety
/// `handles` is NULL or points to `count` readable handles.
unsafe fn wait_for_many(
    count: u32,
    handles: *const HANDLE,
    wait_for_all: BOOL,
    milliseconds: u32,
) -> Result<Waited> {
    let count = count as usize;
    // More are not even looked at.
    if count == 0 || count > MOST_OBJECTS || handles.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: not NULL, so `count` handles by the contract.
    let handles = unsafe { elements(handles, count) };
    let handles: Vec<Result<Handle>> = handles.iter().map(|&handle| from_handle(handle)).collect();
    wait::many(&handles, wait_for_all != 0, milliseconds)
}

/// `Sleep`: does nothing for so many milliseconds; with 0 it lets other threads run, with
/// `INFINITE` it never returns.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-sleep>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Sleep(milliseconds: u32) {
    sleep(milliseconds);
}
same_signature!(official::Sleep, Sleep, fn(_));

/// `SleepEx`: as [`Sleep`]; always 0, since nothing interrupts it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-sleepex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SleepEx(milliseconds: u32, _alertable: BOOL) -> u32 {
    sleep(milliseconds);
    0
}
same_signature!(official::SleepEx, SleepEx, fn(_, _) -> _);
