//! `synchapi.h`: critical sections.

use crate::abi::{same_signature, succeeds};
use std::ptr::{null_mut, without_provenance_mut};
use std::sync::atomic::{AtomicU32, AtomicUsize};
use transom_kernel::Win32Error;
use transom_kernel::locks::CriticalSection;
use windows_sys::Win32::System::Threading::{
    self as official, CRITICAL_SECTION, RTL_CRITICAL_SECTION_ALL_FLAG_BITS,
};
use windows_sys::core::BOOL;

const _: () = {
    assert!(size_of::<CRITICAL_SECTION>() == 40);
    assert!(std::mem::offset_of!(CRITICAL_SECTION, LockCount) == 8);
    assert!(std::mem::offset_of!(CRITICAL_SECTION, OwningThread) == 16);
    assert!(std::mem::offset_of!(CRITICAL_SECTION, SpinCount) == 32);
};

/// The words of a program's critical section.
///
/// # Safety
/// `section` points to a `CRITICAL_SECTION` that stays, and that during `'a` only these functions
/// change.
#[inline]
pub(crate) unsafe fn words<'a>(section: *mut CRITICAL_SECTION) -> CriticalSection<'a> {
    // SAFETY: a place within the section, by this function's contract.
    let lock_count = unsafe { &raw mut (*section).LockCount }.cast();
    // SAFETY: as above.
    let recursion_count = unsafe { &raw mut (*section).RecursionCount }.cast();
    // SAFETY: as above.
    let owning_thread = unsafe { &raw mut (*section).OwningThread }.cast();
    // SAFETY: as above.
    let spin_count = unsafe { &raw mut (*section).SpinCount };
    CriticalSection {
        // SAFETY: an aligned word that lives for `'a`.
        lock_count: unsafe { AtomicU32::from_ptr(lock_count) },
        // SAFETY: as above.
        recursion_count: unsafe { AtomicU32::from_ptr(recursion_count) },
        // SAFETY: as above.
        owning_thread: unsafe { AtomicUsize::from_ptr(owning_thread) },
        // SAFETY: as above.
        spin_count: unsafe { AtomicUsize::from_ptr(spin_count) },
    }
}

/// # Safety
/// `section` points to a writable `CRITICAL_SECTION` that nobody uses yet.
unsafe fn initialize(section: *mut CRITICAL_SECTION, spin_count: u32) {
    // On Windows -1 says that there is no debug information, and a semaphore is made when somebody
    // waits.
    // SAFETY: writable, by this function's contract.
    unsafe { (*section).DebugInfo = without_provenance_mut(usize::MAX) };
    // SAFETY: as above.
    unsafe { (*section).LockSemaphore = null_mut() };
    // SAFETY: this function's contract is that function's.
    unsafe { words(section) }.initialize(spin_count);
}

/// `InitializeCriticalSection`: makes a critical section.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-initializecriticalsection>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitializeCriticalSection(section: *mut CRITICAL_SECTION) {
    // SAFETY: this function's contract is that function's.
    unsafe { initialize(section, 0) };
}
same_signature!(official::InitializeCriticalSection, InitializeCriticalSection, fn(_));

/// `InitializeCriticalSectionAndSpinCount`: makes a critical section that looks so many times
/// before a thread sleeps. It never fails.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-initializecriticalsectionandspincount>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitializeCriticalSectionAndSpinCount(
    section: *mut CRITICAL_SECTION,
    spin_count: u32,
) -> BOOL {
    // SAFETY: this function's contract is that function's.
    unsafe { initialize(section, spin_count) };
    1
}
same_signature!(
    official::InitializeCriticalSectionAndSpinCount,
    InitializeCriticalSectionAndSpinCount,
    fn(_, _) -> _
);

/// `InitializeCriticalSectionEx`: as [`InitializeCriticalSectionAndSpinCount`]. The flags say what
/// Windows keeps for debuggers, which Transom does not.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: an unknown flag, or a spin count of more than 24 bits.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-initializecriticalsectionex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitializeCriticalSectionEx(
    section: *mut CRITICAL_SECTION,
    spin_count: u32,
    flags: u32,
) -> BOOL {
    const FLAGS: u32 = RTL_CRITICAL_SECTION_ALL_FLAG_BITS;
    if flags & !FLAGS != 0 || spin_count & FLAGS != 0 {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    }
    // SAFETY: this function's contract is that function's.
    unsafe { initialize(section, spin_count) };
    1
}
same_signature!(
    official::InitializeCriticalSectionEx,
    InitializeCriticalSectionEx,
    fn(_, _, _) -> _
);

/// `SetCriticalSectionSpinCount`: how often to look before a thread sleeps; what it was before.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-setcriticalsectionspincount>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetCriticalSectionSpinCount(
    section: *mut CRITICAL_SECTION,
    spin_count: u32,
) -> u32 {
    // SAFETY: an initialised section, by the caller's contract.
    unsafe { words(section) }.set_spin_count(spin_count)
}
same_signature!(official::SetCriticalSectionSpinCount, SetCriticalSectionSpinCount, fn(_, _) -> _);

/// `EnterCriticalSection`: waits until no other thread is inside, and goes in.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-entercriticalsection>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn EnterCriticalSection(section: *mut CRITICAL_SECTION) {
    // SAFETY: an initialised section, by the caller's contract.
    unsafe { words(section) }.enter();
}
same_signature!(official::EnterCriticalSection, EnterCriticalSection, fn(_));

/// `TryEnterCriticalSection`: goes in unless another thread is inside; whether it did. The last
/// error is left alone.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-tryentercriticalsection>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TryEnterCriticalSection(section: *mut CRITICAL_SECTION) -> BOOL {
    // SAFETY: an initialised section, by the caller's contract.
    unsafe { words(section) }.try_enter().into()
}
same_signature!(official::TryEnterCriticalSection, TryEnterCriticalSection, fn(_) -> _);

/// `LeaveCriticalSection`: leaves it as often as it was entered, and lets others in. Nothing
/// happens when nobody is inside.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-leavecriticalsection>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LeaveCriticalSection(section: *mut CRITICAL_SECTION) {
    // SAFETY: an initialised section, by the caller's contract.
    unsafe { words(section) }.leave();
}
same_signature!(official::LeaveCriticalSection, LeaveCriticalSection, fn(_));

/// `DeleteCriticalSection`: has no more to do than to mark it so: nothing belongs to it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-deletecriticalsection>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DeleteCriticalSection(section: *mut CRITICAL_SECTION) {
    // SAFETY: a section nobody uses any more, by the caller's contract.
    unsafe { initialize(section, 0) };
    // SAFETY: as above.
    unsafe { (*section).DebugInfo = null_mut() };
}
same_signature!(official::DeleteCriticalSection, DeleteCriticalSection, fn(_));
