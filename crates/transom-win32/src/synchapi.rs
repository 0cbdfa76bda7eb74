//! `synchapi.h`: waiting and sleeping.

use crate::abi::{elements, from_handle, or_else, same_signature};
use transom_kernel::handle::Handle;
use transom_kernel::sync::sleep::{sleep, sleep_alertable};
use transom_kernel::sync::wait::{self, MOST_OBJECTS, Waited};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::{
    HANDLE, WAIT_ABANDONED_0, WAIT_EVENT, WAIT_FAILED, WAIT_IO_COMPLETION, WAIT_OBJECT_0,
    WAIT_TIMEOUT,
};
use windows_sys::Win32::System::Threading as official;
use windows_sys::core::BOOL;

/// What a wait returns.
fn waited(result: Result<Waited>) -> WAIT_EVENT {
    let event = result.map(|waited| match waited {
        Waited::Object(index) => WAIT_OBJECT_0 + index,
        Waited::Abandoned(index) => WAIT_ABANDONED_0 + index,
        Waited::Alerted => WAIT_IO_COMPLETION,
        Waited::TimedOut => WAIT_TIMEOUT,
    });
    or_else(event, WAIT_FAILED)
}

/// `WaitForSingleObject`: waits until an object is signalled, at most `milliseconds`:
/// `WAIT_OBJECT_0`, `WAIT_ABANDONED_0`, `WAIT_TIMEOUT` or `WAIT_FAILED`.
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

/// `WaitForSingleObjectEx`: as [`WaitForSingleObject`]; if alertable, also until asynchronous
/// procedure calls were made: `WAIT_IO_COMPLETION`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitforsingleobjectex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WaitForSingleObjectEx(
    handle: HANDLE,
    milliseconds: u32,
    alertable: BOOL,
) -> WAIT_EVENT {
    let wait = |handle| wait::one_ex(handle, milliseconds, alertable != 0);
    waited(from_handle(handle).and_then(wait))
}
same_signature!(official::WaitForSingleObjectEx, WaitForSingleObjectEx, fn(_, _, _) -> _);

/// `WaitForMultipleObjects`: waits until one, or all, of up to 64 objects are signalled:
/// `WAIT_OBJECT_0` or `WAIT_ABANDONED_0` plus the number of the first signalled one,
/// `WAIT_TIMEOUT` or `WAIT_FAILED`.
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
    waited(unsafe { wait_for_many(count, handles, wait_for_all, milliseconds, 0) })
}
same_signature!(official::WaitForMultipleObjects, WaitForMultipleObjects, fn(_, _, _, _) -> _);

/// `WaitForMultipleObjectsEx`: as [`WaitForMultipleObjects`]; if alertable, also until asynchronous
/// procedure calls were made: `WAIT_IO_COMPLETION`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitformultipleobjectsex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WaitForMultipleObjectsEx(
    count: u32,
    handles: *const HANDLE,
    wait_for_all: BOOL,
    milliseconds: u32,
    alertable: BOOL,
) -> WAIT_EVENT {
    // SAFETY: `handles` is NULL or has `count` handles, by the caller's contract.
    waited(unsafe { wait_for_many(count, handles, wait_for_all, milliseconds, alertable) })
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
    alertable: BOOL,
) -> Result<Waited> {
    let count = count as usize;
    // More are not even looked at.
    if count == 0 || count > MOST_OBJECTS || handles.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: not NULL, so `count` handles by the contract.
    let handles = unsafe { elements(handles, count) };
    let handles: Vec<Result<Handle>> = handles.iter().map(|&handle| from_handle(handle)).collect();
    wait::many_ex(&handles, wait_for_all != 0, milliseconds, alertable != 0)
}

/// `SignalObjectAndWait`: signals an event, releases a mutex or adds one to a semaphore, and then
/// waits as [`WaitForSingleObjectEx`] does.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: the first is none of these, or the second cannot be waited on.
/// - `ERROR_ACCESS_DENIED`: the first may not be signalled, or the second lacks `SYNCHRONIZE`.
/// - `ERROR_NOT_OWNER`, `ERROR_TOO_MANY_POSTS`: the mutex is not ours, the semaphore is full.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-signalobjectandwait>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SignalObjectAndWait(
    signal: HANDLE,
    handle: HANDLE,
    milliseconds: u32,
    alertable: BOOL,
) -> WAIT_EVENT {
    let both = from_handle(signal).and_then(|signal| Ok((signal, from_handle(handle)?)));
    waited(both.and_then(|(signal, handle)| {
        wait::signal_and_wait(signal, handle, milliseconds, alertable != 0)
    }))
}
same_signature!(official::SignalObjectAndWait, SignalObjectAndWait, fn(_, _, _, _) -> _);

/// `Sleep`: does nothing for so many milliseconds; with 0 it lets other threads run, with
/// `INFINITE` it never returns.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-sleep>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Sleep(milliseconds: u32) {
    sleep(milliseconds);
}
same_signature!(official::Sleep, Sleep, fn(_));

/// `SleepEx`: as [`Sleep`]; if alertable, also until asynchronous procedure calls were made:
/// `WAIT_IO_COMPLETION`, else 0.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-sleepex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SleepEx(milliseconds: u32, alertable: BOOL) -> u32 {
    if alertable == 0 {
        sleep(milliseconds);
        return 0;
    }
    if sleep_alertable(milliseconds) { WAIT_IO_COMPLETION } else { 0 }
}
same_signature!(official::SleepEx, SleepEx, fn(_, _) -> _);
