//! `synchapi.h` and `winbase.h`: waitable timers, with and without names.

use crate::abi::{from_handle, load, same_signature, succeeds};
use crate::named_objects::{ansi_name, create, known_flags, open};
use crate::security;
use crate::strings;
use std::ffi::c_void;
use std::sync::Arc;
use transom_kernel::sync::timer;
use transom_kernel::sync::timer::Completion;
use transom_kernel::{Result, Win32Error, last_error};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::Threading as official;
use windows_sys::Win32::System::Threading::{
    CREATE_WAITABLE_TIMER_HIGH_RESOLUTION, CREATE_WAITABLE_TIMER_MANUAL_RESET, PTIMERAPCROUTINE,
    REASON_CONTEXT, SYNCHRONIZATION_ACCESS_RIGHTS, TIMER_ALL_ACCESS,
};
use windows_sys::core::BOOL;

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
    let attributes = unsafe { security::attributes(attributes) };
    create(name, TIMER_ALL_ACCESS, attributes, |new| timer::create_ex(manual_reset != 0, new))
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
    let attributes = unsafe { security::attributes(attributes) };
    create(name, TIMER_ALL_ACCESS, attributes, |new| timer::create_ex(manual_reset != 0, new))
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
    let attributes = unsafe { security::attributes(attributes) };
    create(name, access, attributes, |new| {
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
    let attributes = unsafe { security::attributes(attributes) };
    create(name, access, attributes, |new| {
        // All timers are of the clock's full resolution.
        let known = CREATE_WAITABLE_TIMER_MANUAL_RESET | CREATE_WAITABLE_TIMER_HIGH_RESOLUTION;
        let flags = known_flags(flags, known)?;
        timer::create_ex(flags & CREATE_WAITABLE_TIMER_MANUAL_RESET != 0, new)
    })
}
same_signature!(official::CreateWaitableTimerExA, CreateWaitableTimerExA, fn(_, _, _, _) -> _);

/// `OpenWaitableTimerW`: opens the waitable timer of a name; NULL on failure.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: there is none. `ERROR_INVALID_PARAMETER`: the name is NULL. Else as for
/// [`CreateEventExW`](crate::synchapi_events::CreateEventExW).
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
