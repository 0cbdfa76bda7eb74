//! `winbase.h`: the local heap, which is the C library's, and where threads run.
//!
//! Blocks are always fixed: a handle to one is its address.

use crate::abi::{from_handle, or_else, same_signature};
use std::{ffi::c_void, ptr};
use transom_kernel::thread::{about, open};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::{
    Foundation::{self, HANDLE, HLOCAL},
    System::Memory::{self, LMEM_ZEROINIT, LOCAL_ALLOC_FLAGS},
    System::Threading as threading,
};

/// Takes a block of at least `size` bytes, aligned for anything, that [`LocalFree`] gives back.
pub(crate) fn allocate(size: usize, zeroed: bool) -> Result<*mut c_void> {
    // A block of no bytes is a block nevertheless.
    let size = size.max(1);
    let block = if zeroed {
        // SAFETY: calloc takes any numbers, and answers NULL where it cannot.
        unsafe { libc::calloc(1, size) }
    } else {
        // SAFETY: malloc takes any number, and answers NULL where it cannot.
        unsafe { libc::malloc(size) }
    };
    if block.is_null() { Err(Win32Error::NOT_ENOUGH_MEMORY) } else { Ok(block) }
}

/// `LocalAlloc`: takes a block from the local heap.
///
/// `LMEM_ZEROINIT` fills it with zeros. `LMEM_MOVEABLE` gives a fixed block all the same, whose
/// handle is its address.
///
/// NULL with `ERROR_NOT_ENOUGH_MEMORY` if there is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-localalloc>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LocalAlloc(flags: LOCAL_ALLOC_FLAGS, size: usize) -> HLOCAL {
    or_else(allocate(size, flags & LMEM_ZEROINIT != 0), ptr::null_mut())
}
same_signature!(Memory::LocalAlloc, LocalAlloc, fn(_, _) -> _);

/// `LocalFree`: gives a block back. NULL is allowed; the result is always NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-localfree>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LocalFree(block: HLOCAL) -> HLOCAL {
    // SAFETY: the caller hands over NULL or a block of `allocate`'s that nobody uses any more.
    unsafe { libc::free(block) };
    ptr::null_mut()
}
same_signature!(Foundation::LocalFree, LocalFree, fn(_) -> _);

#[cfg(test)]
mod tests {
    use super::{LMEM_ZEROINIT, LocalAlloc, LocalFree};
    use transom_kernel::{Win32Error, last_error};

    #[test]
    fn blocks_are_zeroed_where_asked_and_failures_have_their_code() {
        // SAFETY: any flags and size may be asked for.
        let block = unsafe { LocalAlloc(LMEM_ZEROINIT, 100) }.cast::<[u8; 100]>();
        // SAFETY: the block has 100 bytes, all written by calloc.
        assert_eq!(unsafe { block.read() }, [0; 100]);
        // SAFETY: the block is not used after this.
        assert!(unsafe { LocalFree(block.cast()) }.is_null());
        // SAFETY: as above.
        let empty = unsafe { LocalAlloc(0, 0) };
        assert!(!empty.is_null());
        // SAFETY: as above.
        unsafe { LocalFree(empty) };
        // SAFETY: as above.
        assert!(unsafe { LocalAlloc(0, usize::MAX) }.is_null());
        assert_eq!(last_error::get(), Win32Error::NOT_ENOUGH_MEMORY.code());
        // SAFETY: NULL is allowed.
        assert!(unsafe { LocalFree(std::ptr::null_mut()) }.is_null());
    }
}

/// `SetThreadAffinityMask`: the processors a thread may run on, one bit each; those it might run
/// on before, or 0 on failure. All bits mean all processors.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no thread. `ERROR_ACCESS_DENIED`: the handle lacks
/// `THREAD_SET_INFORMATION`, or the thread has ended. `ERROR_INVALID_PARAMETER`: no processor, or
/// one that the machine does not have.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setthreadaffinitymask>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetThreadAffinityMask(thread: HANDLE, mask: usize) -> usize {
    let rights = threading::THREAD_SET_INFORMATION | threading::THREAD_SET_LIMITED_INFORMATION;
    let before = from_handle(thread)
        .and_then(|thread| open::thread_of(thread, rights))
        .and_then(|thread| about::set_affinity(&thread, mask));
    or_else(before, 0)
}
same_signature!(threading::SetThreadAffinityMask, SetThreadAffinityMask, fn(_, _) -> _);
