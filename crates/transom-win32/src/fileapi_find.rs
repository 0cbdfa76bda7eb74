//! `fileapi.h`: searching directories.

use crate::abi::{Unit, file_time, or_else, raw_to_handle, same_signature, store, succeeds};
use crate::fileapi::{ansi_name, wide_name};
use std::ffi::c_void;
use transom_kernel::file::find::{self, Description};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Storage::FileSystem::{
    self as official, FILE_ATTRIBUTE_REPARSE_POINT, FIND_FIRST_EX_CASE_SENSITIVE,
    FIND_FIRST_EX_FLAGS, FIND_FIRST_EX_LARGE_FETCH, FIND_FIRST_EX_ON_DISK_ENTRIES_ONLY,
    FINDEX_INFO_LEVELS, FINDEX_SEARCH_OPS, FindExInfoBasic, FindExInfoStandard,
    FindExSearchLimitToDirectories, FindExSearchNameMatch, WIN32_FIND_DATAA, WIN32_FIND_DATAW,
};
use windows_sys::core::BOOL;

/// `IO_REPARSE_TAG_SYMLINK`.
const SYMBOLIC_LINK: u32 = 0xA000_000C;

macro_rules! data {
    ($data:ident, $function:ident, $unit:ty) => {
        fn $function(found: &Description) -> $data {
            let is_link = found.attributes & FILE_ATTRIBUTE_REPARSE_POINT != 0;
            let mut data = $data {
                dwFileAttributes: found.attributes,
                ftCreationTime: file_time(found.created),
                ftLastAccessTime: file_time(found.accessed),
                ftLastWriteTime: file_time(found.written),
                nFileSizeHigh: (found.size >> 32) as u32,
                nFileSizeLow: found.size as u32,
                dwReserved0: if is_link { SYMBOLIC_LINK } else { 0 },
                ..Default::default()
            };
            // A Linux name has at most 255 bytes, so it always fits with its NUL.
            let name = <$unit as Unit>::encode(&found.name);
            for (to, from) in data.cFileName.iter_mut().take(259).zip(name) {
                *to = from as _;
            }
            data
        }
    };
}
data!(WIN32_FIND_DATAW, data_wide, u16);
data!(WIN32_FIND_DATAA, data_ansi, u8);

/// `FindFirstFile`: begins a search for the files of a name with `*` and `?`, and tells of the first.
///
/// # Errors
/// `INVALID_HANDLE_VALUE`, with the errors of [`find::first`]; `ERROR_PATH_NOT_FOUND` for a NULL
/// name.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-findfirstfilew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FindFirstFileW(
    name: *const u16,
    data: *mut WIN32_FIND_DATAW,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let begun = unsafe { wide_name(name) }.and_then(|name| {
        let (number, found) = find::first(&name, false)?;
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(data, data_wide(&found)) }.inspect_err(|_| _ = find::close(number))?;
        Ok(raw_to_handle(number as isize))
    });
    or_else(begun, INVALID_HANDLE_VALUE)
}
same_signature!(official::FindFirstFileW, FindFirstFileW, fn(_, _) -> _);

/// `FindFirstFileA`: as [`FindFirstFileW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-findfirstfilea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FindFirstFileA(
    name: *const u8,
    data: *mut WIN32_FIND_DATAA,
) -> HANDLE {
    // SAFETY: NULL or a string, by the caller's contract.
    let begun = unsafe { ansi_name(name) }.and_then(|name| {
        let (number, found) = find::first(&name, false)?;
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(data, data_ansi(&found)) }.inspect_err(|_| _ = find::close(number))?;
        Ok(raw_to_handle(number as isize))
    });
    or_else(begun, INVALID_HANDLE_VALUE)
}
same_signature!(official::FindFirstFileA, FindFirstFileA, fn(_, _) -> _);

fn check(level: i32, operation: i32, filter: *const c_void, flags: u32) -> Result<bool> {
    const FLAGS: u32 = FIND_FIRST_EX_CASE_SENSITIVE
        | FIND_FIRST_EX_LARGE_FETCH
        | FIND_FIRST_EX_ON_DISK_ENTRIES_ONLY;
    if flags & FIND_FIRST_EX_CASE_SENSITIVE != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    let known = (level == FindExInfoStandard || level == FindExInfoBasic)
        && (operation == FindExSearchNameMatch || operation == FindExSearchLimitToDirectories)
        && filter.is_null()
        && flags & !FLAGS == 0;
    if known {
        Ok(operation == FindExSearchLimitToDirectories)
    } else {
        Err(Win32Error::INVALID_PARAMETER)
    }
}

/// `FindFirstFileEx`: as [`FindFirstFileW`], also for directories alone.
///
/// # Errors
/// As for [`FindFirstFileW`]; `ERROR_INVALID_PARAMETER` for an unknown level, operation or flag;
/// `ERROR_NOT_SUPPORTED` for a search that tells cases apart.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-findfirstfileexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FindFirstFileExW(
    name: *const u16,
    level: FINDEX_INFO_LEVELS,
    data: *mut c_void,
    operation: FINDEX_SEARCH_OPS,
    filter: *const c_void,
    flags: FIND_FIRST_EX_FLAGS,
) -> HANDLE {
    let begun = check(level, operation, filter, flags).and_then(|directories_only| {
        // SAFETY: NULL or a string, by the caller's contract.
        let name = unsafe { wide_name(name) }?;
        let (number, found) = find::first(&name, directories_only)?;
        let data = data.cast::<WIN32_FIND_DATAW>();
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(data, data_wide(&found)) }.inspect_err(|_| _ = find::close(number))?;
        Ok(raw_to_handle(number as isize))
    });
    or_else(begun, INVALID_HANDLE_VALUE)
}
same_signature!(official::FindFirstFileExW, FindFirstFileExW, fn(_, _, _, _, _, _) -> _);

/// `FindFirstFileExA`: as [`FindFirstFileExW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-findfirstfileexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FindFirstFileExA(
    name: *const u8,
    level: FINDEX_INFO_LEVELS,
    data: *mut c_void,
    operation: FINDEX_SEARCH_OPS,
    filter: *const c_void,
    flags: FIND_FIRST_EX_FLAGS,
) -> HANDLE {
    let begun = check(level, operation, filter, flags).and_then(|directories_only| {
        // SAFETY: NULL or a string, by the caller's contract.
        let name = unsafe { ansi_name(name) }?;
        let (number, found) = find::first(&name, directories_only)?;
        let data = data.cast::<WIN32_FIND_DATAA>();
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(data, data_ansi(&found)) }.inspect_err(|_| _ = find::close(number))?;
        Ok(raw_to_handle(number as isize))
    });
    or_else(begun, INVALID_HANDLE_VALUE)
}
same_signature!(official::FindFirstFileExA, FindFirstFileExA, fn(_, _, _, _, _, _) -> _);

/// `FindNextFile`: tells of the next file of a search.
///
/// # Errors
/// `ERROR_NO_MORE_FILES` at the end, `ERROR_INVALID_HANDLE` for what is no search.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-findnextfilew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FindNextFileW(search: HANDLE, data: *mut WIN32_FIND_DATAW) -> BOOL {
    succeeds(find::next(search.addr() as u64).and_then(|found| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(data, data_wide(&found)) }
    }))
}
same_signature!(official::FindNextFileW, FindNextFileW, fn(_, _) -> _);

/// `FindNextFileA`: as [`FindNextFileW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-findnextfilea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FindNextFileA(search: HANDLE, data: *mut WIN32_FIND_DATAA) -> BOOL {
    succeeds(find::next(search.addr() as u64).and_then(|found| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(data, data_ansi(&found)) }
    }))
}
same_signature!(official::FindNextFileA, FindNextFileA, fn(_, _) -> _);

/// `FindClose`: ends a search.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-findclose>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FindClose(search: HANDLE) -> BOOL {
    succeeds(find::close(search.addr() as u64))
}
same_signature!(official::FindClose, FindClose, fn(_) -> _);
