//! `memoryapi.h` and `winbase.h`: sections and their views.

use crate::abi::{from_handle, or_else, same_signature, succeeds};
use crate::named_objects::{Name, ansi_name, create, open};
use crate::{security, strings};
use std::ffi::c_void;
use std::ptr::{null_mut, with_exposed_provenance_mut};
use transom_kernel::section::{self, View};
use transom_kernel::{Result, memory};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::Memory::{
    self as official, FILE_MAP, FILE_MAP_EXECUTE, MEMORY_MAPPED_VIEW_ADDRESS,
    PAGE_PROTECTION_FLAGS, SECTION_MAP_EXECUTE,
};
use windows_sys::core::BOOL;

fn make(
    file: HANDLE,
    attributes: Result<security::Attributes>,
    flags: u32,
    size: u64,
    name: Name<'_>,
) -> HANDLE {
    let file = match file {
        INVALID_HANDLE_VALUE => Ok(None),
        file => from_handle(file).map(Some),
    };
    create(name, 0, attributes, |new| section::create(file?, flags, size, new))
}

const fn whole(high: u32, low: u32) -> u64 {
    (high as u64) << 32 | low as u64
}

/// `CreateFileMapping`: makes a section, over a file or over memory alone (`INVALID_HANDLE_VALUE`),
/// or opens the one of its name; NULL on failure.
///
/// Success sets the last error to 0, or to 183 if there was one of this name already. `SEC_RESERVE`
/// gives pages that have memory as soon as they are touched.
///
/// # Errors
/// Those of [`section::create`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-createfilemappingw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateFileMappingW(
    file: HANDLE,
    attributes: *const SECURITY_ATTRIBUTES,
    flags: PAGE_PROTECTION_FLAGS,
    size_high: u32,
    size_low: u32,
    name: *const u16,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = name_of_wide(unsafe { strings::wide(name) });
    // SAFETY: NULL or readable, by the caller's contract.
    let attributes = unsafe { security::attributes(attributes) };
    make(file, attributes, flags, whole(size_high, size_low), name)
}
same_signature!(official::CreateFileMappingW, CreateFileMappingW, fn(_, _, _, _, _, _) -> _);

/// `CreateFileMappingA`: as [`CreateFileMappingW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-createfilemappinga>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateFileMappingA(
    file: HANDLE,
    attributes: *const SECURITY_ATTRIBUTES,
    flags: PAGE_PROTECTION_FLAGS,
    size_high: u32,
    size_low: u32,
    name: *const u8,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = name_of_ansi(unsafe { strings::ansi(name) });
    // SAFETY: NULL or readable, by the caller's contract.
    let attributes = unsafe { security::attributes(attributes) };
    make(file, attributes, flags, whole(size_high, size_low), name)
}
same_signature!(official::CreateFileMappingA, CreateFileMappingA, fn(_, _, _, _, _, _) -> _);

const fn name_of_wide(name: Name<'_>) -> Name<'_> {
    name
}

fn name_of_ansi(name: Name<'_>) -> Name<'_> {
    ansi_name(name)
}

/// `OpenFileMapping`: opens the section of a name; NULL on failure.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: there is none. `ERROR_INVALID_PARAMETER`: the name is NULL. Else as for
/// [`CreateFileMappingW`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-openfilemappingw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenFileMappingW(
    access: u32,
    inherit: BOOL,
    name: *const u16,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = name_of_wide(unsafe { strings::wide(name) });
    let executes = if access & FILE_MAP_EXECUTE != 0 { SECTION_MAP_EXECUTE } else { 0 };
    let access = access & !FILE_MAP_EXECUTE | executes;
    open(name, |name| section::open(name, access, inherit != 0))
}
same_signature!(official::OpenFileMappingW, OpenFileMappingW, fn(_, _, _) -> _);

/// `OpenFileMappingA`: as [`OpenFileMappingW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-openfilemappinga>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenFileMappingA(
    access: u32,
    inherit: BOOL,
    name: *const u8,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = name_of_ansi(unsafe { strings::ansi(name) });
    let executes = if access & FILE_MAP_EXECUTE != 0 { SECTION_MAP_EXECUTE } else { 0 };
    let access = access & !FILE_MAP_EXECUTE | executes;
    open(name, |name| section::open(name, access, inherit != 0))
}
same_signature!(official::OpenFileMappingA, OpenFileMappingA, fn(_, _, _) -> _);

fn map(section: HANDLE, view: View) -> MEMORY_MAPPED_VIEW_ADDRESS {
    let mapped = from_handle(section).and_then(|section| section::map(section, view));
    let address = mapped.map(with_exposed_provenance_mut::<c_void>);
    MEMORY_MAPPED_VIEW_ADDRESS { Value: or_else(address, null_mut()) }
}

/// `MapViewOfFile`: shows a part of a section in memory; NULL on failure.
///
/// # Errors
/// Those of [`section::map`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-mapviewoffile>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MapViewOfFile(
    section: HANDLE,
    access: FILE_MAP,
    offset_high: u32,
    offset_low: u32,
    length: usize,
) -> MEMORY_MAPPED_VIEW_ADDRESS {
    map(section, View { access, offset: whole(offset_high, offset_low), length, address: 0 })
}
same_signature!(official::MapViewOfFile, MapViewOfFile, fn(_, _, _, _, _) -> _);

/// `MapViewOfFileEx`: as [`MapViewOfFile`], at an address.
///
/// # Errors
/// Those of [`section::map`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-mapviewoffileex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MapViewOfFileEx(
    section: HANDLE,
    access: FILE_MAP,
    offset_high: u32,
    offset_low: u32,
    length: usize,
    address: *const c_void,
) -> MEMORY_MAPPED_VIEW_ADDRESS {
    let offset = whole(offset_high, offset_low);
    map(section, View { access, offset, length, address: address.addr() })
}
same_signature!(official::MapViewOfFileEx, MapViewOfFileEx, fn(_, _, _, _, _, _) -> _);

/// `UnmapViewOfFile`: takes a view away.
///
/// # Errors
/// `ERROR_INVALID_ADDRESS`: there is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-unmapviewoffile>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn UnmapViewOfFile(address: MEMORY_MAPPED_VIEW_ADDRESS) -> BOOL {
    succeeds(memory::unmap_view(address.Value.addr()))
}
same_signature!(official::UnmapViewOfFile, UnmapViewOfFile, fn(_) -> _);

/// `FlushViewOfFile`: hands what was written to a view over to the file.
///
/// # Errors
/// `ERROR_INVALID_ADDRESS`: there is no view, or not that much of one.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-flushviewoffile>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FlushViewOfFile(address: *const c_void, length: usize) -> BOOL {
    succeeds(memory::flush_view(address.addr(), length))
}
same_signature!(official::FlushViewOfFile, FlushViewOfFile, fn(_, _) -> _);
