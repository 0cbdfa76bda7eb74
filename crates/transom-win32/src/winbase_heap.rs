//! `winbase.h`: local and global blocks, which are blocks of the process's heap.
//!
//! A handle to a block is its address. Movable ones count how often they are locked, and do not move.

use crate::abi::{or_else, same_signature};
use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};
use transom_kernel::{Result, Win32Error, last_error};
use transom_sys::heap::{Growth, Heap};
use windows_sys::Win32::Foundation::{self, HGLOBAL, HLOCAL};
use windows_sys::Win32::System::Memory::{
    self as official, GLOBAL_ALLOC_FLAGS, GMEM_MOVEABLE, GMEM_ZEROINIT, LMEM_ZEROINIT,
    LOCAL_ALLOC_FLAGS,
};

// Not in windows-sys.
const MODIFY: u32 = 0x80;
const INVALID: u32 = 0x8000;
const LOCK_COUNT: u8 = 0xFF;

const HEAP: Heap = Heap::of_process();

/// Takes a block of at least `size` bytes, aligned for anything, that [`LocalFree`] gives back.
pub(crate) fn allocate(size: usize, zeroed: bool) -> Result<*mut c_void> {
    take(size, zeroed, false)
}

fn take(size: usize, zeroed: bool, movable: bool) -> Result<*mut c_void> {
    let block = HEAP.allocate(size, zeroed, movable);
    block.map(NonNull::as_ptr).ok_or(Win32Error::NOT_ENOUGH_MEMORY)
}

/// # Safety
/// `block` is NULL or a block, which the caller gives up.
unsafe fn give_back(block: *mut c_void) -> *mut c_void {
    // SAFETY: the same contract.
    if block.is_null() || unsafe { HEAP.free(block) } {
        return null_mut();
    }
    or_else(Err(Win32Error::INVALID_HANDLE), block)
}

/// # Safety
/// `block` is a block, whose old address the caller gives up.
unsafe fn change(block: *mut c_void, size: usize, flags: u32) -> Result<*mut c_void> {
    // SAFETY: the same contract.
    unsafe { HEAP.size(block) }.ok_or(Win32Error::INVALID_HANDLE)?;
    if flags & MODIFY != 0 {
        // Attributes of a block whose address is its handle change nothing.
        return Ok(block);
    }
    // SAFETY: the same contract.
    let (movable, _) = unsafe { HEAP.locks(block) }.ok_or(Win32Error::INVALID_HANDLE)?;
    let in_place = !movable && flags & GMEM_MOVEABLE == 0;
    let growth = Growth { zeroed: flags & GMEM_ZEROINIT != 0, in_place };
    // SAFETY: the same contract.
    let moved = unsafe { HEAP.reallocate(block, size, growth) };
    moved.map(NonNull::as_ptr).ok_or(Win32Error::NOT_ENOUGH_MEMORY)
}

/// # Safety
/// `block` is NULL or a block.
unsafe fn size_of_block(block: *mut c_void) -> usize {
    // SAFETY: the same contract.
    or_else(unsafe { HEAP.size(block) }.ok_or(Win32Error::INVALID_HANDLE), 0)
}

/// # Safety
/// `block` is NULL or a block.
unsafe fn lock(block: *mut c_void) -> *mut c_void {
    // SAFETY: the same contract.
    let locks = unsafe { HEAP.locks(block) }.ok_or(Win32Error::INVALID_HANDLE);
    let locked = locks.map(|(movable, locks)| {
        if movable && locks < LOCK_COUNT {
            // SAFETY: the same contract.
            unsafe { HEAP.set_locks(block, locks + 1) };
        }
        block
    });
    or_else(locked, null_mut())
}

/// Whether it is still locked, and the error otherwise.
///
/// # Safety
/// `block` is NULL or a block.
unsafe fn unlock(block: *mut c_void, of_fixed: Result<i32>) -> i32 {
    // SAFETY: the same contract.
    let outcome = match unsafe { HEAP.locks(block) } {
        None => Err(Win32Error::INVALID_HANDLE),
        Some((false, _)) => of_fixed,
        Some((true, 0)) => Err(Win32Error::NOT_LOCKED),
        Some((true, locks)) => {
            // SAFETY: the same contract.
            unsafe { HEAP.set_locks(block, locks - 1) };
            if locks == 1 {
                last_error::set(0);
            }
            Ok(i32::from(locks > 1))
        }
    };
    or_else(outcome, 0)
}

/// # Safety
/// `block` is NULL or a block.
unsafe fn flags_of(block: *mut c_void) -> u32 {
    // SAFETY: the same contract.
    let locks = unsafe { HEAP.locks(block) }.ok_or(Win32Error::INVALID_HANDLE);
    or_else(locks.map(|(_, locks)| locks.into()), INVALID)
}

/// `LocalAlloc`: takes a block; zeros with `LMEM_ZEROINIT`.
///
/// NULL with `ERROR_NOT_ENOUGH_MEMORY` if there is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-localalloc>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LocalAlloc(flags: LOCAL_ALLOC_FLAGS, size: usize) -> HLOCAL {
    or_else(take(size, flags & LMEM_ZEROINIT != 0, flags & GMEM_MOVEABLE != 0), null_mut())
}
same_signature!(official::LocalAlloc, LocalAlloc, fn(_, _) -> _);

/// `LocalFree`: gives a block back; NULL is allowed. The result is NULL, or the block with
/// `ERROR_INVALID_HANDLE` if it is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-localfree>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LocalFree(block: HLOCAL) -> HLOCAL {
    // SAFETY: the caller hands over NULL or a block that nobody uses any more.
    unsafe { give_back(block) }
}
same_signature!(Foundation::LocalFree, LocalFree, fn(_) -> _);

/// `LocalReAlloc`: makes a block larger or smaller; where it is then. A fixed one moves only with
/// `LMEM_MOVEABLE`. With `LMEM_MODIFY` nothing changes.
///
/// NULL with `ERROR_NOT_ENOUGH_MEMORY` or `ERROR_INVALID_HANDLE`, and the block as it was.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-localrealloc>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LocalReAlloc(block: HLOCAL, size: usize, flags: u32) -> HLOCAL {
    // SAFETY: the caller passes a block and gives its old address up.
    or_else(unsafe { change(block, size, flags) }, null_mut())
}
same_signature!(official::LocalReAlloc, LocalReAlloc, fn(_, _, _) -> _);

/// `LocalSize`: how many bytes were asked for; 0 with `ERROR_INVALID_HANDLE` for what is no block.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-localsize>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LocalSize(block: HLOCAL) -> usize {
    // SAFETY: the caller passes a block.
    unsafe { size_of_block(block) }
}
same_signature!(official::LocalSize, LocalSize, fn(_) -> _);

/// `LocalLock`: the address of a block, which a movable one counts.
///
/// NULL with `ERROR_INVALID_HANDLE` for what is no block.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-locallock>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LocalLock(block: HLOCAL) -> *mut c_void {
    // SAFETY: the caller passes a block.
    unsafe { lock(block) }
}
same_signature!(official::LocalLock, LocalLock, fn(_) -> _);

/// `LocalUnlock`: takes a lock of a movable block back; whether it is locked still.
///
/// # Errors
/// The last error is 0 where it no longer is; `ERROR_NOT_LOCKED` where it was not, and for a fixed
/// block; `ERROR_INVALID_HANDLE` for what is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-localunlock>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LocalUnlock(block: HLOCAL) -> windows_sys::core::BOOL {
    // SAFETY: the caller passes a block.
    unsafe { unlock(block, Err(Win32Error::NOT_LOCKED)) }
}
same_signature!(official::LocalUnlock, LocalUnlock, fn(_) -> _);

/// `LocalFlags`: how often a block is locked; `LMEM_INVALID_HANDLE` (0x8000) for what is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-localflags>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LocalFlags(block: HLOCAL) -> u32 {
    // SAFETY: the caller passes a block.
    unsafe { flags_of(block) }
}
same_signature!(official::LocalFlags, LocalFlags, fn(_) -> _);

/// `LocalHandle`: the handle of a block: its address. NULL with `ERROR_INVALID_HANDLE` for what is
/// none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-localhandle>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LocalHandle(block: *const c_void) -> HLOCAL {
    // SAFETY: the caller passes a block.
    let size = unsafe { HEAP.size(block) }.ok_or(Win32Error::INVALID_HANDLE);
    or_else(size.map(|_| block.cast_mut()), null_mut())
}
same_signature!(official::LocalHandle, LocalHandle, fn(_) -> _);

/// `GlobalAlloc`: as [`LocalAlloc`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-globalalloc>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GlobalAlloc(flags: GLOBAL_ALLOC_FLAGS, size: usize) -> HGLOBAL {
    or_else(take(size, flags & GMEM_ZEROINIT != 0, flags & GMEM_MOVEABLE != 0), null_mut())
}
same_signature!(official::GlobalAlloc, GlobalAlloc, fn(_, _) -> _);

/// `GlobalFree`: as [`LocalFree`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-globalfree>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GlobalFree(block: HGLOBAL) -> HGLOBAL {
    // SAFETY: the caller hands over NULL or a block that nobody uses any more.
    unsafe { give_back(block) }
}
same_signature!(Foundation::GlobalFree, GlobalFree, fn(_) -> _);

/// `GlobalReAlloc`: as [`LocalReAlloc`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-globalrealloc>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GlobalReAlloc(block: HGLOBAL, size: usize, flags: u32) -> HGLOBAL {
    // SAFETY: the caller passes a block and gives its old address up.
    or_else(unsafe { change(block, size, flags) }, null_mut())
}
same_signature!(official::GlobalReAlloc, GlobalReAlloc, fn(_, _, _) -> _);

/// `GlobalSize`: as [`LocalSize`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-globalsize>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GlobalSize(block: HGLOBAL) -> usize {
    // SAFETY: the caller passes a block.
    unsafe { size_of_block(block) }
}
same_signature!(official::GlobalSize, GlobalSize, fn(_) -> _);

/// `GlobalLock`: as [`LocalLock`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-globallock>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GlobalLock(block: HGLOBAL) -> *mut c_void {
    // SAFETY: the caller passes a block.
    unsafe { lock(block) }
}
same_signature!(official::GlobalLock, GlobalLock, fn(_) -> _);

/// `GlobalUnlock`: as [`LocalUnlock`], but TRUE for a fixed block.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-globalunlock>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GlobalUnlock(block: HGLOBAL) -> windows_sys::core::BOOL {
    // SAFETY: the caller passes a block.
    unsafe { unlock(block, Ok(1)) }
}
same_signature!(official::GlobalUnlock, GlobalUnlock, fn(_) -> _);

/// `GlobalFlags`: as [`LocalFlags`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-globalflags>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GlobalFlags(block: HGLOBAL) -> u32 {
    // SAFETY: the caller passes a block.
    unsafe { flags_of(block) }
}
same_signature!(official::GlobalFlags, GlobalFlags, fn(_) -> _);

/// `GlobalHandle`: as [`LocalHandle`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-globalhandle>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GlobalHandle(block: *const c_void) -> HGLOBAL {
    // SAFETY: the caller passes a block.
    let size = unsafe { HEAP.size(block) }.ok_or(Win32Error::INVALID_HANDLE);
    or_else(size.map(|_| block.cast_mut()), null_mut())
}
same_signature!(official::GlobalHandle, GlobalHandle, fn(_) -> _);
