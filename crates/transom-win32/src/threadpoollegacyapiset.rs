//! `threadpoollegacyapiset.h` and `winbase.h`: callbacks for objects that are signalled.
//!
//! Each registered wait has a thread of its own that waits and makes the call, so the flags that
//! choose a thread choose nothing.

use crate::abi::{from_handle, raw_to_handle, same_signature, succeeds};
use std::ffi::c_void;
use transom_kernel::sync::registered::{self, Completion, Terms};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Threading::{
    self as official, WAITORTIMERCALLBACK, WORKER_THREAD_FLAGS, WT_EXECUTEINWAITTHREAD,
    WT_EXECUTEONLYONCE,
};
use windows_sys::core::BOOL;

/// A caller's pointer that goes to its callback.
struct Context(*const c_void);

// SAFETY: the pointer is only handed to the callback, which the caller wants called on another
// thread.
unsafe impl Send for Context {}

/// `RegisterWaitForSingleObject`: has a callback made when an object is signalled, or when so many
/// milliseconds have passed: once with `WT_EXECUTEONLYONCE`, else each time. What
/// `UnregisterWait` takes is stored where `place` points.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: it cannot be waited on. `ERROR_ACCESS_DENIED`: the handle lacks
/// `SYNCHRONIZE`. `ERROR_INVALID_PARAMETER`: there is no callback. `ERROR_NOACCESS`: `place` is
/// NULL. `ERROR_NO_SYSTEM_RESOURCES`: there is no thread left.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-registerwaitforsingleobject>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RegisterWaitForSingleObject(
    place: *mut HANDLE,
    object: HANDLE,
    callback: WAITORTIMERCALLBACK,
    context: *const c_void,
    milliseconds: u32,
    flags: WORKER_THREAD_FLAGS,
) -> BOOL {
    let context = Context(context);
    succeeds(from_handle(object).and_then(|object| {
        let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
        if place.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        let call = move |timed_out: bool| {
            // The whole of it moves into the closure.
            let Context(context) = &context;
            // SAFETY: the caller wants it called so, on another thread.
            unsafe { callback(context.cast_mut(), timed_out) };
        };
        let terms = Terms {
            timeout_ms: milliseconds,
            once: flags & WT_EXECUTEONLYONCE != 0,
            in_wait_thread: flags & WT_EXECUTEINWAITTHREAD != 0,
        };
        // SAFETY: writable, by the caller's contract.
        let tell = |number: u64| unsafe { place.write_unaligned(raw_to_handle(number as isize)) };
        registered::register(object, terms, tell, Box::new(call)).map(drop)
    }))
}
same_signature!(
    official::RegisterWaitForSingleObject,
    RegisterWaitForSingleObject,
    fn(_, _, _, _, _, _) -> _
);

fn unregister(wait: HANDLE, completion: Result<Completion>) -> BOOL {
    succeeds(
        completion.and_then(|completion| registered::unregister(wait.addr() as u64, completion)),
    )
}

/// `UnregisterWait`: ends a registered wait; a call that is being made goes on.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: it is none. `ERROR_IO_PENDING`: a call is being made; the wait has ended. A
/// callback with `WT_EXECUTEINWAITTHREAD` that ends its own wait is not told of itself.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-unregisterwait>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn UnregisterWait(wait: HANDLE) -> BOOL {
    unregister(wait, Ok(Completion::Ignore))
}
same_signature!(official::UnregisterWait, UnregisterWait, fn(_) -> _);

/// `UnregisterWaitEx`: as [`UnregisterWait`]; with `INVALID_HANDLE_VALUE` it waits for a call that
/// is being made, with an event it has that signalled when the call has ended.
///
/// # Errors
/// As for [`UnregisterWait`], and `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`: the event is none,
/// or may not be set.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoollegacyapiset/nf-threadpoollegacyapiset-unregisterwaitex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn UnregisterWaitEx(wait: HANDLE, completion: HANDLE) -> BOOL {
    let completion = if completion.is_null() {
        Ok(Completion::Ignore)
    } else if completion == INVALID_HANDLE_VALUE {
        Ok(Completion::Wait)
    } else {
        from_handle(completion).map(Completion::Signal)
    };
    unregister(wait, completion)
}
same_signature!(official::UnregisterWaitEx, UnregisterWaitEx, fn(_, _) -> _);
