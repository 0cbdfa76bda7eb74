//! Heaps, local and global blocks, `VirtualAlloc`.

use crate::{TRUE, UNTOUCHED, raw, win32};
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{
    ERROR_INVALID_ADDRESS, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, ERROR_NOACCESS,
    ERROR_NOT_ENOUGH_MEMORY, ERROR_NOT_LOCKED, ERROR_PRIVILEGE_NOT_HELD, GlobalFree, LocalFree,
};
use windows_sys::Win32::System::Memory::{
    GMEM_MOVEABLE, GetProcessHeap, GlobalAlloc, GlobalFlags, GlobalLock, GlobalReAlloc, GlobalSize,
    GlobalUnlock, HEAP_REALLOC_IN_PLACE_ONLY, HEAP_ZERO_MEMORY, HeapAlloc, HeapCreate, HeapDestroy,
    HeapEnableTerminationOnCorruption, HeapFree, HeapReAlloc, HeapSetInformation, HeapSize,
    HeapValidate, IsBadReadPtr, IsBadStringPtrA, IsBadWritePtr, LMEM_ZEROINIT, LPTR, LocalAlloc,
    LocalReAlloc, LocalSize, LocalUnlock, MEM_COMMIT, MEM_DECOMMIT, MEM_FREE, MEM_LARGE_PAGES,
    MEM_PRIVATE, MEM_RELEASE, MEM_RESERVE, MEMORY_BASIC_INFORMATION, PAGE_NOACCESS, PAGE_READONLY,
    PAGE_READWRITE, PAGE_WRITECOPY, VirtualAlloc, VirtualFree, VirtualProtect, VirtualQuery,
};

#[test]
fn heaps_have_blocks_of_the_size_that_was_asked_for() {
    let (process, _) = win32!(GetProcessHeap());
    let (own, _) = win32!(HeapCreate(0, 0, 0x1000));
    assert!(!own.is_null() && own != process);
    for heap in [process, own] {
        let (block, _) = win32!(HeapAlloc(heap, HEAP_ZERO_MEMORY, 101));
        assert_eq!(win32!(HeapSize(heap, 0, block)).0, 101);
        // SAFETY: the block has 101 bytes, all of them zero.
        assert_eq!(unsafe { block.cast::<[u8; 101]>().read() }, [0; 101]);
        let (grown, _) = win32!(HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, 500));
        // SAFETY: the block has 500 bytes, all of them zero.
        assert_eq!(unsafe { grown.cast::<[u8; 500]>().read() }, [0; 500]);
        let in_place = HEAP_REALLOC_IN_PLACE_ONLY;
        assert_eq!(win32!(HeapReAlloc(heap, in_place, grown, 10)).0, grown);
        assert_eq!(win32!(HeapSize(heap, 0, grown)).0, 10);
        assert!(win32!(HeapReAlloc(heap, in_place, grown, 1 << 20)).0.is_null());
        assert_eq!(win32!(HeapValidate(heap, 0, grown)).0, 1);
        assert_eq!(win32!(HeapFree(heap, 0, grown)), TRUE);
        assert_eq!(win32!(HeapFree(heap, 0, null())), TRUE);
    }
    let (block, _) = win32!(HeapAlloc(own, 0, 100));
    // It is none of the other heap's.
    assert_eq!(win32!(HeapFree(process, 0, block)), (0, ERROR_INVALID_PARAMETER));
    assert_eq!(win32!(HeapSize(process, 0, block)).0, usize::MAX);
    assert_eq!(win32!(HeapAlloc(own, 0, 0x1000)), (null_mut(), ERROR_NOT_ENOUGH_MEMORY));
    assert_eq!(win32!(HeapAlloc(process, 0, usize::MAX)).1, ERROR_NOT_ENOUGH_MEMORY);
    assert_eq!(win32!(HeapDestroy(own)), TRUE);
    for gone in [own, raw(0xDEAD0), null_mut()] {
        assert_eq!(win32!(HeapAlloc(gone, 0, 1)), (null_mut(), ERROR_INVALID_HANDLE));
    }
    assert_eq!(win32!(HeapDestroy(process)), (0, ERROR_INVALID_HANDLE));
    let class = HeapEnableTerminationOnCorruption;
    assert_eq!(win32!(HeapSetInformation(null_mut(), class, null(), 0)), TRUE);
    assert_eq!(win32!(HeapSetInformation(process, 7, null(), 0)).1, ERROR_INVALID_PARAMETER);
}

#[test]
fn local_and_global_blocks_are_one_kind() {
    let (block, _) = win32!(LocalAlloc(LPTR, 40));
    assert_eq!(win32!(LocalSize(block)).0, 40);
    // A fixed block does not move, and is not locked.
    assert_eq!(win32!(LocalUnlock(block)), (0, ERROR_NOT_LOCKED));
    let (moved, _) = win32!(LocalReAlloc(block, 100_000, GMEM_MOVEABLE | LMEM_ZEROINIT));
    // SAFETY: the block has 100,000 bytes, all of them zero.
    let bytes = unsafe { std::slice::from_raw_parts(moved.cast::<u8>(), 100_000) };
    assert!(bytes.iter().all(|&byte| byte == 0));
    assert_eq!(win32!(LocalFree(moved)), (null_mut(), UNTOUCHED));

    let (movable, _) = win32!(GlobalAlloc(GMEM_MOVEABLE, 10));
    assert!(!win32!(GlobalLock(movable)).0.is_null());
    assert!(!win32!(GlobalLock(movable)).0.is_null());
    assert_eq!(win32!(GlobalFlags(movable)).0, 2);
    assert_eq!(win32!(GlobalUnlock(movable)), TRUE);
    assert_eq!(win32!(GlobalUnlock(movable)), (0, 0));
    assert_eq!(win32!(GlobalUnlock(movable)), (0, ERROR_NOT_LOCKED));
    let (larger, _) = win32!(GlobalReAlloc(movable, 20, 0));
    assert_eq!(win32!(GlobalSize(larger)).0, 20);
    assert_eq!(win32!(GlobalFree(larger)).0, null_mut());
    let (fixed, _) = win32!(GlobalAlloc(0, 1));
    assert_eq!(win32!(GlobalUnlock(fixed)), TRUE);
    assert_eq!(win32!(GlobalFree(fixed)).0, null_mut());
    let mut no_block = [0_u64; 8];
    let address = (&raw mut no_block[4]).cast();
    assert_eq!(win32!(LocalFree(address)), (address, ERROR_INVALID_HANDLE));
    assert_eq!(win32!(LocalSize(address)), (0, ERROR_INVALID_HANDLE));
    assert_eq!(win32!(LocalAlloc(0, usize::MAX)), (null_mut(), ERROR_NOT_ENOUGH_MEMORY));
}

fn query(address: *const std::ffi::c_void) -> MEMORY_BASIC_INFORMATION {
    let mut found = MEMORY_BASIC_INFORMATION::default();
    let size = size_of::<MEMORY_BASIC_INFORMATION>();
    assert_eq!(win32!(VirtualQuery(address, &raw mut found, size)).0, size);
    found
}

#[test]
fn memory_is_reserved_committed_protected_and_freed() {
    let (start, _) = win32!(VirtualAlloc(null(), 0x30000, MEM_RESERVE, PAGE_NOACCESS));
    assert!(start.addr().is_multiple_of(0x10000));
    let found = query(start);
    assert_eq!((found.State, found.RegionSize, found.Protect), (MEM_RESERVE, 0x30000, 0));
    let second = start.wrapping_byte_add(0x1800);
    let (page, _) = win32!(VirtualAlloc(second, 1, MEM_COMMIT, PAGE_READWRITE));
    assert_eq!(page, start.wrapping_byte_add(0x1000));
    // SAFETY: the page was just committed, and is nobody else's.
    unsafe { page.cast::<u32>().write(7) };
    // Once more changes nothing.
    assert_eq!(win32!(VirtualAlloc(page, 1, MEM_COMMIT, PAGE_READWRITE)).0, page);
    // SAFETY: as above.
    assert_eq!(unsafe { page.cast::<u32>().read() }, 7);
    let found = query(page);
    assert_eq!((found.State, found.RegionSize, found.Type), (MEM_COMMIT, 0x1000, MEM_PRIVATE));
    assert_eq!((found.AllocationBase, found.AllocationProtect), (start, PAGE_NOACCESS));

    let mut before = 0;
    let place = &raw mut before;
    assert_eq!(win32!(VirtualProtect(page, 1, PAGE_READONLY, place)), TRUE);
    assert_eq!(before, PAGE_READWRITE);
    assert_eq!(win32!(IsBadReadPtr(page, 0x1000)).0, 0);
    assert_eq!(win32!(IsBadReadPtr(page, 0x1001)).0, 1);
    assert_eq!(win32!(IsBadWritePtr(page, 1)).0, 1);
    let protect = win32!(VirtualProtect(page, 1, PAGE_READONLY, null_mut()));
    assert_eq!(protect, (0, ERROR_NOACCESS));
    let across = win32!(VirtualProtect(start, 0x2000, PAGE_READONLY, place));
    assert_eq!(across, (0, ERROR_INVALID_ADDRESS));
    assert_eq!(win32!(VirtualProtect(page, 1, 3, place)), (0, ERROR_INVALID_PARAMETER));

    assert_eq!(win32!(VirtualFree(page, 0x1000, MEM_DECOMMIT)), TRUE);
    assert_eq!(query(page).State, MEM_RESERVE);
    assert_eq!(win32!(VirtualFree(start, 1, MEM_RELEASE)), (0, ERROR_INVALID_PARAMETER));
    assert_eq!(win32!(VirtualFree(page, 0, MEM_RELEASE)), (0, ERROR_INVALID_ADDRESS));
    assert_eq!(win32!(VirtualFree(start, 0, MEM_RELEASE)), TRUE);
    assert_eq!(win32!(VirtualFree(start, 0, MEM_RELEASE)), (0, ERROR_INVALID_ADDRESS));
    assert_eq!(query(start).State, MEM_FREE);
}

#[test]
fn what_virtual_alloc_refuses() {
    for (address, size, how, protection, error) in [
        (0_usize, 0_usize, MEM_RESERVE, PAGE_READWRITE, ERROR_INVALID_PARAMETER),
        (0, 1, 0, PAGE_READWRITE, ERROR_INVALID_PARAMETER),
        (0, 1, MEM_COMMIT, 3, ERROR_INVALID_PARAMETER),
        (0, 1, MEM_COMMIT, PAGE_WRITECOPY, ERROR_INVALID_PARAMETER),
        (0, 1, MEM_COMMIT | MEM_LARGE_PAGES, PAGE_READWRITE, ERROR_PRIVILEGE_NOT_HELD),
        (0x7EAD_0000_0000, 1, MEM_COMMIT, PAGE_READWRITE, ERROR_INVALID_ADDRESS),
        (usize::MAX, 1, MEM_RESERVE, PAGE_READWRITE, ERROR_INVALID_PARAMETER),
        (0, 1 << 46, MEM_COMMIT, PAGE_READWRITE, ERROR_NOT_ENOUGH_MEMORY),
    ] {
        let address = std::ptr::without_provenance(address);
        let refused = win32!(VirtualAlloc(address, size, how, protection));
        if size == 1 << 46 && !refused.0.is_null() {
            // Linux promises as much as it is asked for.
            assert_eq!(win32!(VirtualFree(refused.0, 0, MEM_RELEASE)), TRUE);
            continue;
        }
        assert_eq!(refused, (null_mut(), error), "{address:?} {size} {how:x} {protection}");
    }
    // What is there is not taken a second time; a string and code are there too.
    static HERE: u32 = UNTOUCHED;
    let here = (&raw const HERE).cast();
    assert_eq!(win32!(VirtualAlloc(here, 1, MEM_RESERVE, 4)), (null_mut(), ERROR_INVALID_ADDRESS));
    assert_eq!(query(here).State, MEM_COMMIT);
    assert_eq!(win32!(IsBadStringPtrA(c"text".as_ptr().cast(), 100)).0, 0);
    assert_eq!(win32!(IsBadStringPtrA(std::ptr::without_provenance(8), 100)).0, 1);
}
