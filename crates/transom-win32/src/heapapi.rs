//! `heapapi.h`: heaps.
//!
//! Blocks are the C library's. A heap knows its blocks, so that it can be walked, and destroyed.

use crate::abi::{load, or_else, same_signature, store, succeeds};
use std::ffi::c_void;
use std::ptr::{NonNull, null_mut, without_provenance_mut};
use transom_kernel::{Result, Win32Error, last_error};
use transom_sys::heap::{self, Growth, Heap};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::Memory::{
    self as official, HEAP_FLAGS, HEAP_INFORMATION_CLASS, HEAP_REALLOC_IN_PLACE_ONLY,
    HEAP_ZERO_MEMORY, HeapCompatibilityInformation, HeapEnableTerminationOnCorruption,
    PROCESS_HEAP_ENTRY,
};
use windows_sys::Win32::System::SystemServices::PROCESS_HEAP_ENTRY_BUSY;
use windows_sys::core::BOOL;

/// Handles of heaps look like none of the table's.
const FIRST: usize = 0x7EA0_0000_0000;
const STEP: usize = 16;
/// What stands before each block.
const OVERHEAD: u8 = 32;

fn to_handle(number: u32) -> HANDLE {
    without_provenance_mut(FIRST + number as usize * STEP)
}

fn heap_of(handle: HANDLE) -> Result<Heap> {
    let number = handle.addr().checked_sub(FIRST).filter(|place| place.is_multiple_of(STEP));
    number
        .and_then(|place| u32::try_from(place / STEP).ok())
        .and_then(Heap::find)
        .ok_or(Win32Error::INVALID_HANDLE)
}

fn block(block: Option<NonNull<c_void>>) -> Result<*mut c_void> {
    block.map(NonNull::as_ptr).ok_or(Win32Error::NOT_ENOUGH_MEMORY)
}

/// `GetProcessHeap`: the heap that every process has.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-getprocessheap>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetProcessHeap() -> HANDLE {
    to_handle(Heap::of_process().number())
}
same_signature!(official::GetProcessHeap, GetProcessHeap, fn() -> _);

/// `GetProcessHeaps`: the handles of all heaps; how many there are. If that is more than `count`,
/// none is stored.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-getprocessheaps>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetProcessHeaps(count: u32, heaps: *mut HANDLE) -> u32 {
    let all = Heap::all();
    if all.len() <= count as usize && !heaps.is_null() {
        for (index, &number) in all.iter().enumerate() {
            // SAFETY: the caller has room for `count` handles, which is no less than there are.
            unsafe { heaps.wrapping_add(index).write_unaligned(to_handle(number)) };
        }
    }
    u32::try_from(all.len()).unwrap_or(u32::MAX)
}
same_signature!(official::GetProcessHeaps, GetProcessHeaps, fn(_, _) -> _);

/// `HeapCreate`: makes a heap, of at most `maximum` bytes unless that is 0; NULL on failure. Heaps
/// are always safe for several threads, and nothing is put aside for `initial`.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY`: `initial` is more than `maximum`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-heapcreate>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HeapCreate(
    _options: HEAP_FLAGS,
    initial: usize,
    maximum: usize,
) -> HANDLE {
    if maximum != 0 && initial > maximum {
        return or_else(Err(Win32Error::NOT_ENOUGH_MEMORY), null_mut());
    }
    to_handle(Heap::create((maximum != 0).then_some(maximum)).number())
}
same_signature!(official::HeapCreate, HeapCreate, fn(_, _, _) -> _);

/// `HeapDestroy`: gives a heap and all its blocks back.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: it is none, or the process's own.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-heapdestroy>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HeapDestroy(heap: HANDLE) -> BOOL {
    succeeds(heap_of(heap).and_then(|heap| {
        // SAFETY: the caller gives the blocks up.
        if unsafe { heap.destroy() } { Ok(()) } else { Err(Win32Error::INVALID_HANDLE) }
    }))
}
same_signature!(official::HeapDestroy, HeapDestroy, fn(_) -> _);

/// `HeapAlloc`: takes a block of `size` bytes, zeros with `HEAP_ZERO_MEMORY`; NULL on failure, also
/// with `HEAP_GENERATE_EXCEPTIONS`.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY`: there is none. `ERROR_INVALID_HANDLE`: there is no such heap.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-heapalloc>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HeapAlloc(
    heap: HANDLE,
    flags: HEAP_FLAGS,
    size: usize,
) -> *mut c_void {
    let taken = heap_of(heap)
        .and_then(|heap| block(heap.allocate(size, flags & HEAP_ZERO_MEMORY != 0, false)));
    or_else(taken, null_mut())
}
same_signature!(official::HeapAlloc, HeapAlloc, fn(_, _, _) -> _);

/// `HeapReAlloc`: makes a block larger or smaller; where it is then. NULL on failure, and then the
/// block is as it was. `HEAP_ZERO_MEMORY` is for the bytes it did not have, and with
/// `HEAP_REALLOC_IN_PLACE_ONLY` it stays where it is.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY`: there is none, or not there. `ERROR_INVALID_HANDLE`: there is no such
/// heap. `ERROR_INVALID_PARAMETER`: it has no such block.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-heaprealloc>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HeapReAlloc(
    heap: HANDLE,
    flags: HEAP_FLAGS,
    old: *const c_void,
    size: usize,
) -> *mut c_void {
    let growth = Growth {
        zeroed: flags & HEAP_ZERO_MEMORY != 0,
        in_place: flags & HEAP_REALLOC_IN_PLACE_ONLY != 0,
    };
    let moved = heap_of(heap).and_then(|heap| {
        // SAFETY: the caller passes a block.
        unsafe { heap.size(old) }.ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: the caller gives the old address up.
        block(unsafe { heap.reallocate(old.cast_mut(), size, growth) })
    });
    or_else(moved, null_mut())
}
same_signature!(official::HeapReAlloc, HeapReAlloc, fn(_, _, _, _) -> _);

/// `HeapFree`: gives a block back; NULL is allowed, whatever the heap.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: there is no such heap. `ERROR_INVALID_PARAMETER`: it has no such block.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-heapfree>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HeapFree(
    heap: HANDLE,
    _flags: HEAP_FLAGS,
    old: *const c_void,
) -> BOOL {
    if old.is_null() {
        return succeeds(Ok(()));
    }
    succeeds(heap_of(heap).and_then(|heap| {
        // SAFETY: the caller passes a block, and gives it up.
        if unsafe { heap.free(old) } { Ok(()) } else { Err(Win32Error::INVALID_PARAMETER) }
    }))
}
same_signature!(official::HeapFree, HeapFree, fn(_, _, _) -> _);

/// `HeapSize`: how many bytes were asked for; `usize::MAX` for what is no block of this heap.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-heapsize>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HeapSize(
    heap: HANDLE,
    _flags: HEAP_FLAGS,
    old: *const c_void,
) -> usize {
    // SAFETY: the caller passes a block.
    heap_of(heap).ok().and_then(|heap| unsafe { heap.size(old) }).unwrap_or(usize::MAX)
}
same_signature!(official::HeapSize, HeapSize, fn(_, _, _) -> _);

/// `HeapValidate`: whether a block, or a heap, is as it should be.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-heapvalidate>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HeapValidate(
    heap: HANDLE,
    _flags: HEAP_FLAGS,
    old: *const c_void,
) -> BOOL {
    let Ok(heap) = heap_of(heap) else { return 0 };
    if old.is_null() {
        return heap.is_whole().into();
    }
    // SAFETY: the caller passes what may be a block.
    unsafe { heap.size(old) }.is_some().into()
}
same_signature!(official::HeapValidate, HeapValidate, fn(_, _, _) -> _);

/// `HeapWalk`: the block behind the one in `entry`, the first one for NULL. Regions and free room have no
/// entries, nor do the C library's blocks; a size beyond 4 GiB is cut. Who walks a heap that other threads use
/// locks it before.
///
/// # Errors
/// `ERROR_NO_MORE_ITEMS` (259) behind the last block. `ERROR_INVALID_HANDLE`: there is no such heap.
/// `ERROR_NOACCESS`: NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-heapwalk>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HeapWalk(heap: HANDLE, entry: *mut PROCESS_HEAP_ENTRY) -> BOOL {
    let walk = || -> Result<()> {
        let heap = heap_of(heap)?;
        // SAFETY: NULL or readable, by the caller's contract.
        let before = unsafe { load(entry) }.ok_or(Win32Error::NOACCESS)?;
        // SAFETY: NULL, or a block that was found before, by the caller's contract.
        let next = unsafe { heap.block_after(before.lpData) };
        let (block, size) = next.ok_or(Win32Error::NO_MORE_ITEMS)?;
        let found = PROCESS_HEAP_ENTRY {
            lpData: block,
            cbData: u32::try_from(size).unwrap_or(u32::MAX),
            cbOverhead: OVERHEAD,
            wFlags: PROCESS_HEAP_ENTRY_BUSY as u16,
            ..PROCESS_HEAP_ENTRY::default()
        };
        // SAFETY: not NULL, so writable by the caller's contract.
        unsafe { store(entry, found) }
    };
    succeeds(walk())
}
same_signature!(official::HeapWalk, HeapWalk, fn(_, _) -> _);

/// `HeapLock`: locks a heap for the calling thread: all others wait that take or give back its blocks. Each call
/// wants a [`HeapUnlock`].
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: there is no such heap.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-heaplock>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HeapLock(heap: HANDLE) -> BOOL {
    succeeds(heap_of(heap).map(|heap| heap.lock()))
}
same_signature!(official::HeapLock, HeapLock, fn(_) -> _);

/// `HeapUnlock`: unlocks a heap that the calling thread has locked.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: there is no such heap. `ERROR_NOT_OWNER`: the thread has not locked it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-heapunlock>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HeapUnlock(heap: HANDLE) -> BOOL {
    succeeds(
        heap_of(heap).and_then(
            |heap| {
                if heap.unlock() { Ok(()) } else { Err(Win32Error::NOT_OWNER) }
            },
        ),
    )
}
same_signature!(official::HeapUnlock, HeapUnlock, fn(_) -> _);

/// `HeapCompact`: gives unused memory back to Linux; how many bytes at the end of the C library's
/// heap are still free. 0 is no failure if the last error then is 0.
///
/// # Errors
/// 0 with `ERROR_INVALID_HANDLE`: there is no such heap.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-heapcompact>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HeapCompact(heap: HANDLE, _flags: HEAP_FLAGS) -> usize {
    let left = heap_of(heap).map(|_| {
        last_error::set(0);
        heap::compact()
    });
    or_else(left, 0)
}
same_signature!(official::HeapCompact, HeapCompact, fn(_, _) -> _);

/// `HeapSetInformation`: `HeapEnableTerminationOnCorruption` is what the C library does anyway; the
/// low-fragmentation heap (2 for `HeapCompatibilityInformation`) is what every heap is.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: anything else. `ERROR_INVALID_HANDLE`: there is no such heap.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/heapapi/nf-heapapi-heapsetinformation>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HeapSetInformation(
    heap: HANDLE,
    class: HEAP_INFORMATION_CLASS,
    information: *const c_void,
    length: usize,
) -> BOOL {
    if class == HeapEnableTerminationOnCorruption && information.is_null() {
        return 1;
    }
    succeeds(heap_of(heap).and_then(|_| {
        let is_known =
            class == HeapCompatibilityInformation && length >= 4 && !information.is_null();
        // SAFETY: not NULL, and four bytes long as the caller says.
        if is_known && unsafe { information.cast::<u32>().read_unaligned() } == 2 {
            Ok(())
        } else {
            Err(Win32Error::INVALID_PARAMETER)
        }
    }))
}
same_signature!(official::HeapSetInformation, HeapSetInformation, fn(_, _, _, _) -> _);
