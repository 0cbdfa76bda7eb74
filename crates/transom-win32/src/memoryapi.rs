//! `memoryapi.h`: reserving, committing and protecting memory of the calling process.

use crate::abi::{from_handle, load, or_else, same_signature, store, succeeds};
use std::ffi::c_void;
use std::ptr::{null_mut, with_exposed_provenance, with_exposed_provenance_mut};
use transom_kernel::memory::{self, Information};
use transom_kernel::process::open;
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::{FARPROC, HANDLE};
use windows_sys::Win32::System::Memory::{
    self as official, MEMORY_BASIC_INFORMATION, PAGE_PROTECTION_FLAGS, VIRTUAL_ALLOCATION_TYPE,
    VIRTUAL_FREE_TYPE,
};
use windows_sys::Win32::System::Threading::{PROCESS_QUERY_INFORMATION, PROCESS_VM_OPERATION};
use windows_sys::core::BOOL;

/// Only the calling process has memory that can be changed here.
fn own_process(process: HANDLE, access: u32) -> Result<()> {
    let process = open::process_of(from_handle(process)?, access)?;
    if process.pid() == std::process::id() { Ok(()) } else { Err(Win32Error::NOT_SUPPORTED) }
}

fn allocate(address: *const c_void, size: usize, how: u32, protection: u32) -> Result<*mut c_void> {
    memory::allocate(address.addr(), size, how, protection).map(with_exposed_provenance_mut)
}

/// `VirtualAlloc`: reserves addresses, gives them memory, or both; NULL on failure.
///
/// # Errors
/// Those of [`memory::allocate`], in particular `ERROR_INVALID_ADDRESS`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtualalloc>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VirtualAlloc(
    address: *const c_void,
    size: usize,
    how: VIRTUAL_ALLOCATION_TYPE,
    protection: PAGE_PROTECTION_FLAGS,
) -> *mut c_void {
    or_else(allocate(address, size, how, protection), null_mut())
}
same_signature!(official::VirtualAlloc, VirtualAlloc, fn(_, _, _, _) -> _);

/// `VirtualAllocEx`: as [`VirtualAlloc`], for the calling process.
///
/// # Errors
/// As for [`VirtualAlloc`]; `ERROR_NOT_SUPPORTED` for another process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtualallocex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VirtualAllocEx(
    process: HANDLE,
    address: *const c_void,
    size: usize,
    how: VIRTUAL_ALLOCATION_TYPE,
    protection: PAGE_PROTECTION_FLAGS,
) -> *mut c_void {
    let allocated = own_process(process, PROCESS_VM_OPERATION)
        .and_then(|()| allocate(address, size, how, protection));
    or_else(allocated, null_mut())
}
same_signature!(official::VirtualAllocEx, VirtualAllocEx, fn(_, _, _, _, _) -> _);

/// `VirtualFree`: takes memory away, or the addresses with it.
///
/// # Errors
/// Those of [`memory::free`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtualfree>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VirtualFree(
    address: *mut c_void,
    size: usize,
    how: VIRTUAL_FREE_TYPE,
) -> BOOL {
    succeeds(memory::free(address.addr(), size, how))
}
same_signature!(official::VirtualFree, VirtualFree, fn(_, _, _) -> _);

/// `VirtualFreeEx`: as [`VirtualFree`], for the calling process.
///
/// # Errors
/// As for [`VirtualFree`]; `ERROR_NOT_SUPPORTED` for another process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtualfreeex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VirtualFreeEx(
    process: HANDLE,
    address: *mut c_void,
    size: usize,
    how: VIRTUAL_FREE_TYPE,
) -> BOOL {
    let own = own_process(process, PROCESS_VM_OPERATION);
    succeeds(own.and_then(|()| memory::free(address.addr(), size, how)))
}
same_signature!(official::VirtualFreeEx, VirtualFreeEx, fn(_, _, _, _) -> _);

/// # Safety
/// `before` is NULL or writable.
unsafe fn protect(
    address: *const c_void,
    size: usize,
    protection: u32,
    before: *mut u32,
) -> Result<()> {
    if before.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    let old = memory::protect(address.addr(), size, protection)?;
    // SAFETY: the same contract.
    unsafe { store(before, old) }
}

/// `VirtualProtect`: protects pages otherwise; how the first was protected is stored in `before`.
///
/// # Errors
/// Those of [`memory::protect`]; `ERROR_NOACCESS` if `before` is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtualprotect>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VirtualProtect(
    address: *const c_void,
    size: usize,
    protection: PAGE_PROTECTION_FLAGS,
    before: *mut PAGE_PROTECTION_FLAGS,
) -> BOOL {
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(unsafe { protect(address, size, protection, before) })
}
same_signature!(official::VirtualProtect, VirtualProtect, fn(_, _, _, _) -> _);

/// `VirtualProtectEx`: as [`VirtualProtect`], for the calling process.
///
/// # Errors
/// As for [`VirtualProtect`]; `ERROR_NOT_SUPPORTED` for another process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtualprotectex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VirtualProtectEx(
    process: HANDLE,
    address: *const c_void,
    size: usize,
    protection: PAGE_PROTECTION_FLAGS,
    before: *mut PAGE_PROTECTION_FLAGS,
) -> BOOL {
    let own = own_process(process, PROCESS_VM_OPERATION);
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(own.and_then(|()| unsafe { protect(address, size, protection, before) }))
}
same_signature!(official::VirtualProtectEx, VirtualProtectEx, fn(_, _, _, _, _) -> _);

/// # Safety
/// `place` is NULL or writable.
unsafe fn query(
    address: *const c_void,
    place: *mut MEMORY_BASIC_INFORMATION,
    length: usize,
) -> Result<usize> {
    const SIZE: usize = size_of::<MEMORY_BASIC_INFORMATION>();
    if length < SIZE {
        return Err(Win32Error::BAD_LENGTH);
    }
    let Information { base, allocation_base, allocation_protection, size, state, protection, kind } =
        memory::query(address.addr())?;
    let information = MEMORY_BASIC_INFORMATION {
        BaseAddress: with_exposed_provenance_mut(base),
        AllocationBase: with_exposed_provenance_mut(allocation_base),
        AllocationProtect: allocation_protection,
        PartitionId: 0,
        RegionSize: size,
        State: state,
        Protect: protection,
        Type: kind,
    };
    // SAFETY: the same contract.
    unsafe { store(place, information) }?;
    Ok(SIZE)
}

/// `VirtualQuery`: tells of the page of an address and those behind it in the same state; how many
/// bytes were stored.
///
/// # Errors
/// 0, with the errors of [`memory::query`]; `ERROR_BAD_LENGTH` if `length` is too small.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtualquery>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VirtualQuery(
    address: *const c_void,
    place: *mut MEMORY_BASIC_INFORMATION,
    length: usize,
) -> usize {
    // SAFETY: NULL or writable, by the caller's contract.
    or_else(unsafe { query(address, place, length) }, 0)
}
same_signature!(official::VirtualQuery, VirtualQuery, fn(_, _, _) -> _);

/// `VirtualQueryEx`: as [`VirtualQuery`], for the calling process.
///
/// # Errors
/// As for [`VirtualQuery`]; `ERROR_NOT_SUPPORTED` for another process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtualqueryex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VirtualQueryEx(
    process: HANDLE,
    address: *const c_void,
    place: *mut MEMORY_BASIC_INFORMATION,
    length: usize,
) -> usize {
    let own = own_process(process, PROCESS_QUERY_INFORMATION);
    // SAFETY: NULL or writable, by the caller's contract.
    or_else(own.and_then(|()| unsafe { query(address, place, length) }), 0)
}
same_signature!(official::VirtualQueryEx, VirtualQueryEx, fn(_, _, _, _) -> _);

/// `VirtualLock`: keeps pages in memory.
///
/// # Errors
/// Those of [`memory::lock`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtuallock>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VirtualLock(address: *const c_void, size: usize) -> BOOL {
    succeeds(memory::lock(address.addr(), size, true))
}
same_signature!(official::VirtualLock, VirtualLock, fn(_, _) -> _);

/// `VirtualUnlock`: no longer keeps pages in memory.
///
/// # Errors
/// Those of [`memory::lock`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtualunlock>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn VirtualUnlock(address: *const c_void, size: usize) -> BOOL {
    succeeds(memory::lock(address.addr(), size, false))
}
same_signature!(official::VirtualUnlock, VirtualUnlock, fn(_, _) -> _);

/// Whether all of these addresses have memory with one of these protections.
fn all_have(address: usize, size: usize, good: &[u32]) -> bool {
    let Some(end) = address.checked_add(size) else { return false };
    let mut place = address;
    while place < end {
        match memory::query(place) {
            Ok(found)
                if good.contains(&found.protection) && found.state == official::MEM_COMMIT =>
            {
                place = found.base + found.size;
            }
            _ => return false,
        }
    }
    true
}

const READABLE: [u32; 6] = [
    official::PAGE_READONLY,
    official::PAGE_READWRITE,
    official::PAGE_WRITECOPY,
    official::PAGE_EXECUTE_READ,
    official::PAGE_EXECUTE_READWRITE,
    official::PAGE_EXECUTE_WRITECOPY,
];
const WRITABLE: [u32; 4] = [
    official::PAGE_READWRITE,
    official::PAGE_WRITECOPY,
    official::PAGE_EXECUTE_READWRITE,
    official::PAGE_EXECUTE_WRITECOPY,
];

/// `IsBadReadPtr`: whether some of these bytes cannot be read at this moment.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-isbadreadptr>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsBadReadPtr(address: *const c_void, size: usize) -> BOOL {
    (!all_have(address.addr(), size, &READABLE)).into()
}
same_signature!(official::IsBadReadPtr, IsBadReadPtr, fn(_, _) -> _);

/// `IsBadCodePtr`: whether there is no function that could be called, as far as its first byte tells.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-isbadcodeptr>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsBadCodePtr(function: FARPROC) -> BOOL {
    let address = function.map_or(0, |function| function as usize);
    (!all_have(address, 1, &READABLE)).into()
}
same_signature!(official::IsBadCodePtr, IsBadCodePtr, fn(_) -> _);

/// `IsBadWritePtr`: whether some of these bytes cannot be written at this moment.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-isbadwriteptr>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsBadWritePtr(address: *const c_void, size: usize) -> BOOL {
    (!all_have(address.addr(), size, &WRITABLE)).into()
}
same_signature!(official::IsBadWritePtr, IsBadWritePtr, fn(_, _) -> _);

/// `IsBadStringPtr`: whether a string cannot be read up to its end, or `most` characters, at this
/// moment.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-isbadstringptrw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsBadStringPtrW(string: *const u16, most: usize) -> BOOL {
    let mut place = string.addr();
    let unit = size_of::<u16>();
    for _ in 0..most {
        // Pages are asked about once each.
        if (place == string.addr() || place % memory::PAGE < unit)
            && !all_have(place, unit, &READABLE)
        {
            return 1;
        }
        // SAFETY: the page was just found to be readable.
        match unsafe { load(with_exposed_provenance::<u16>(place)) } {
            Some(0) => return 0,
            Some(_) => place += unit,
            None => return 1,
        }
    }
    0
}
same_signature!(official::IsBadStringPtrW, IsBadStringPtrW, fn(_, _) -> _);

/// `IsBadStringPtrA`: as [`IsBadStringPtrW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-isbadstringptra>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsBadStringPtrA(string: *const u8, most: usize) -> BOOL {
    let mut place = string.addr();
    let unit = size_of::<u8>();
    for _ in 0..most {
        // Pages are asked about once each.
        if (place == string.addr() || place % memory::PAGE < unit)
            && !all_have(place, unit, &READABLE)
        {
            return 1;
        }
        // SAFETY: the page was just found to be readable.
        match unsafe { load(with_exposed_provenance::<u8>(place)) } {
            Some(0) => return 0,
            Some(_) => place += unit,
            None => return 1,
        }
    }
    0
}
same_signature!(official::IsBadStringPtrA, IsBadStringPtrA, fn(_, _) -> _);
