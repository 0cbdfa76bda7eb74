//! `synchapi.h`: slim reader-writer locks and condition variables.

use crate::abi::{same_signature, succeeds};
use crate::synchapi_section;
use std::ptr::null_mut;
use std::sync::atomic::AtomicU32;
use transom_kernel::locks::{ConditionVariable, Deadline, SlimLock};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::System::Threading::{
    self as official, CONDITION_VARIABLE, CONDITION_VARIABLE_LOCKMODE_SHARED, CRITICAL_SECTION,
    SRWLOCK,
};
use windows_sys::core::BOOL;

const _: () = assert!(size_of::<SRWLOCK>() == 8 && size_of::<CONDITION_VARIABLE>() == 8);

/// The two words of something that Windows declares as a pointer.
///
/// # Safety
/// `place` points to eight aligned bytes that live for `'a`, and that during it only the functions
/// of this file change.
#[inline]
unsafe fn words<'a, T>(place: *mut T) -> [&'a AtomicU32; 2] {
    let first: *mut u32 = place.cast();
    // SAFETY: the first four of the eight bytes.
    let low = unsafe { AtomicU32::from_ptr(first) };
    // SAFETY: the other four.
    [low, unsafe { AtomicU32::from_ptr(first.wrapping_add(1)) }]
}

/// # Safety
/// `lock` points to an `SRWLOCK`.
#[inline]
unsafe fn slim<'a>(lock: *mut SRWLOCK) -> SlimLock<'a> {
    // SAFETY: this function's contract is that function's.
    let [state, turn] = unsafe { words(lock) };
    SlimLock { state, turn }
}

/// # Safety
/// `condition` points to a `CONDITION_VARIABLE`.
#[inline]
unsafe fn variable<'a>(condition: *mut CONDITION_VARIABLE) -> ConditionVariable<'a> {
    // SAFETY: this function's contract is that function's.
    let [turn, sleepers] = unsafe { words(condition) };
    ConditionVariable { turn, sleepers }
}

/// `InitializeSRWLock`: makes a lock, of zeros.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-initializesrwlock>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitializeSRWLock(lock: *mut SRWLOCK) {
    // SAFETY: writable, by the caller's contract.
    unsafe { lock.write(SRWLOCK { Ptr: null_mut() }) };
}
same_signature!(official::InitializeSRWLock, InitializeSRWLock, fn(_));

/// Defines functions that do one thing with a slim lock.
macro_rules! slim_lock {
    ($($name:ident = $action:ident, $doc:literal, $page:literal;)*) => {
        $(#[doc = $doc]
        ///
        #[doc = concat!("Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-", $page, ">")]
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $name(lock: *mut SRWLOCK) {
            // SAFETY: a lock, by the caller's contract.
            unsafe { slim(lock) }.$action();
        }
        same_signature!(official::$name, $name, fn(_));)*
    };
}

slim_lock! {
    AcquireSRWLockExclusive = acquire_exclusive,
        "`AcquireSRWLockExclusive`: waits until nobody is inside, and goes in alone.",
        "acquiresrwlockexclusive";
    ReleaseSRWLockExclusive = release_exclusive,
        "`ReleaseSRWLockExclusive`: lets others in. Nothing happens when it is not held so.",
        "releasesrwlockexclusive";
    AcquireSRWLockShared = acquire_shared,
        "`AcquireSRWLockShared`: waits until nobody is inside alone, and goes in beside others.",
        "acquiresrwlockshared";
    ReleaseSRWLockShared = release_shared,
        "`ReleaseSRWLockShared`: leaves. Nothing happens when it is not held so.",
        "releasesrwlockshared";
}

/// `TryAcquireSRWLockExclusive`: goes in alone if nobody is inside; whether it did.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-tryacquiresrwlockexclusive>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TryAcquireSRWLockExclusive(lock: *mut SRWLOCK) -> bool {
    // SAFETY: a lock, by the caller's contract.
    unsafe { slim(lock) }.try_acquire_exclusive()
}
same_signature!(official::TryAcquireSRWLockExclusive, TryAcquireSRWLockExclusive, fn(_) -> _);

/// `TryAcquireSRWLockShared`: goes in beside others if nobody is inside alone, or waits to be;
/// whether it did.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-tryacquiresrwlockshared>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TryAcquireSRWLockShared(lock: *mut SRWLOCK) -> bool {
    // SAFETY: a lock, by the caller's contract.
    unsafe { slim(lock) }.try_acquire_shared()
}
same_signature!(official::TryAcquireSRWLockShared, TryAcquireSRWLockShared, fn(_) -> _);

/// `InitializeConditionVariable`: makes a condition variable, of zeros.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-initializeconditionvariable>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitializeConditionVariable(condition: *mut CONDITION_VARIABLE) {
    // SAFETY: writable, by the caller's contract.
    unsafe { condition.write(CONDITION_VARIABLE { Ptr: null_mut() }) };
}
same_signature!(official::InitializeConditionVariable, InitializeConditionVariable, fn(_));

/// `WakeConditionVariable`: wakes one sleeper.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-wakeconditionvariable>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WakeConditionVariable(condition: *mut CONDITION_VARIABLE) {
    // SAFETY: a condition variable, by the caller's contract.
    unsafe { variable(condition) }.wake_one();
}
same_signature!(official::WakeConditionVariable, WakeConditionVariable, fn(_));

/// `WakeAllConditionVariable`: wakes all sleepers.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-wakeallconditionvariable>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WakeAllConditionVariable(condition: *mut CONDITION_VARIABLE) {
    // SAFETY: a condition variable, by the caller's contract.
    unsafe { variable(condition) }.wake_all();
}
same_signature!(official::WakeAllConditionVariable, WakeAllConditionVariable, fn(_));

fn in_time(woken: bool) -> Result<()> {
    if woken { Ok(()) } else { Err(Win32Error::TIMEOUT) }
}

/// `SleepConditionVariableCS`: leaves a critical section once, sleeps until it is woken or so many
/// milliseconds have passed, and enters again.
///
/// # Errors
/// `ERROR_TIMEOUT`: the time is over; the section was entered again.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-sleepconditionvariablecs>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SleepConditionVariableCS(
    condition: *mut CONDITION_VARIABLE,
    section: *mut CRITICAL_SECTION,
    milliseconds: u32,
) -> BOOL {
    // SAFETY: a condition variable, by the caller's contract.
    let variable = unsafe { variable(condition) };
    // SAFETY: an initialised section, by the caller's contract.
    let section = unsafe { synchapi_section::words(section) };
    let deadline = Deadline::after(milliseconds);
    succeeds(in_time(variable.sleep(&deadline, || section.leave(), || section.enter())))
}
same_signature!(official::SleepConditionVariableCS, SleepConditionVariableCS, fn(_, _, _) -> _);

/// `SleepConditionVariableSRW`: gives a slim lock back, sleeps until it is woken or so many
/// milliseconds have passed, and takes the lock again, in the same mode.
///
/// # Errors
/// `ERROR_TIMEOUT`: the time is over; the lock was taken again. `ERROR_INVALID_PARAMETER`: an
/// unknown flag; the lock was not given back.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-sleepconditionvariablesrw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SleepConditionVariableSRW(
    condition: *mut CONDITION_VARIABLE,
    lock: *mut SRWLOCK,
    milliseconds: u32,
    flags: u32,
) -> BOOL {
    // SAFETY: a condition variable, by the caller's contract.
    let variable = unsafe { variable(condition) };
    // SAFETY: a lock, by the caller's contract.
    let lock = unsafe { slim(lock) };
    let deadline = Deadline::after(milliseconds);
    succeeds(match flags {
        0 => in_time(variable.sleep(
            &deadline,
            || lock.release_exclusive(),
            || lock.acquire_exclusive(),
        )),
        CONDITION_VARIABLE_LOCKMODE_SHARED => {
            in_time(variable.sleep(&deadline, || lock.release_shared(), || lock.acquire_shared()))
        }
        _ => Err(Win32Error::INVALID_PARAMETER),
    })
}
same_signature!(
    official::SleepConditionVariableSRW,
    SleepConditionVariableSRW,
    fn(_, _, _, _) -> _
);
