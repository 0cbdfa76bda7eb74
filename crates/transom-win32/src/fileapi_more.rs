//! `fileapi.h` and `winbase.h`: replacing files, and what is asked of them seldom.

use crate::abi::{or_else, same_signature, store, succeeds};
use crate::fileapi::{ansi_name, split, wide_name};
use crate::security::{self, Attributes};
use std::borrow::Cow;
use std::ffi::c_void;
use transom_kernel::file::{change, replace};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem::{
    self as official, INVALID_FILE_SIZE, REPLACE_FILE_FLAGS, REPLACEFILE_IGNORE_ACL_ERRORS,
    REPLACEFILE_IGNORE_MERGE_ERRORS, REPLACEFILE_WRITE_THROUGH,
};
use windows_sys::Win32::System::WindowsProgramming::{SCS_32BIT_BINARY, SCS_64BIT_BINARY};
use windows_sys::core::BOOL;

type Name<'a> = Result<Cow<'a, [u16]>>;

/// `GetCompressedFileSize`: how many bytes of the disk a file takes: the low 32 bits; the high ones go to `high`
/// unless it is NULL.
///
/// # Errors
/// `INVALID_FILE_SIZE`, with the errors of [`replace::size_on_disk`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getcompressedfilesizew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCompressedFileSizeW(name: *const u16, high: *mut u32) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let size = unsafe { wide_name(name) }.and_then(|name| replace::size_on_disk(&name));
    // SAFETY: NULL or room for a number, by the caller's contract.
    or_else(size.map(|size| unsafe { split(size, high) }), INVALID_FILE_SIZE)
}
same_signature!(official::GetCompressedFileSizeW, GetCompressedFileSizeW, fn(_, _) -> _);

/// `GetCompressedFileSizeA`: as [`GetCompressedFileSizeW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getcompressedfilesizea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCompressedFileSizeA(name: *const u8, high: *mut u32) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let size = unsafe { ansi_name(name) }.and_then(|name| replace::size_on_disk(&name));
    // SAFETY: NULL or room for a number, by the caller's contract.
    or_else(size.map(|size| unsafe { split(size, high) }), INVALID_FILE_SIZE)
}
same_signature!(official::GetCompressedFileSizeA, GetCompressedFileSizeA, fn(_, _) -> _);

/// # Safety
/// `place` is NULL or writable.
unsafe fn give_type(name: Name<'_>, place: *mut u32) -> Result<()> {
    let is_64_bit = replace::is_64_bit_program(&name?)?;
    // SAFETY: the same contract.
    unsafe { store(place, if is_64_bit { SCS_64BIT_BINARY } else { SCS_32BIT_BINARY }) }
}

/// `GetBinaryType`: whether a program of Linux is one for 32 bits (0) or 64 (6).
///
/// # Errors
/// Those of [`replace::is_64_bit_program`]; `ERROR_PATH_NOT_FOUND`: no name; `ERROR_NOACCESS`: no place.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getbinarytypew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetBinaryTypeW(name: *const u16, place: *mut u32) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide_name(name) };
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(unsafe { give_type(name, place) })
}
same_signature!(official::GetBinaryTypeW, GetBinaryTypeW, fn(_, _) -> _);

/// `GetBinaryTypeA`: as [`GetBinaryTypeW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getbinarytypea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetBinaryTypeA(name: *const u8, place: *mut u32) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi_name(name) };
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(unsafe { give_type(name, place) })
}
same_signature!(official::GetBinaryTypeA, GetBinaryTypeA, fn(_, _) -> _);

fn create_like(template: Name<'_>, name: Name<'_>, attributes: Result<Attributes>) -> Result<()> {
    let like = replace::mode_of_directory(&template?)?;
    let mode = attributes?.mode(true)?.unwrap_or(like);
    change::create_directory(&name?, Some(mode))
}

/// `CreateDirectoryEx`: makes a directory with the mode of another, or with the one that a descriptor expresses.
///
/// # Errors
/// Those of [`replace::mode_of_directory`] and [`change::create_directory`], and those of
/// [`mode_of_new`](transom_kernel::security::of_objects::mode_of_new).
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createdirectoryexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateDirectoryExW(
    template: *const u16,
    name: *const u16,
    security: *const SECURITY_ATTRIBUTES,
) -> BOOL {
    // SAFETY: NULL or strings, by the caller's contract.
    let [template, name] = [template, name].map(|name| unsafe { wide_name(name) });
    // SAFETY: NULL or such a structure, by the caller's contract.
    succeeds(create_like(template, name, unsafe { security::attributes(security) }))
}
same_signature!(official::CreateDirectoryExW, CreateDirectoryExW, fn(_, _, _) -> _);

/// `CreateDirectoryExA`: as [`CreateDirectoryExW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createdirectoryexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateDirectoryExA(
    template: *const u8,
    name: *const u8,
    security: *const SECURITY_ATTRIBUTES,
) -> BOOL {
    // SAFETY: NULL or strings, by the caller's contract.
    let [template, name] = [template, name].map(|name| unsafe { ansi_name(name) });
    // SAFETY: NULL or such a structure, by the caller's contract.
    succeeds(create_like(template, name, unsafe { security::attributes(security) }))
}
same_signature!(official::CreateDirectoryExA, CreateDirectoryExA, fn(_, _, _) -> _);

fn replace_file(
    [replaced, replacement]: [Name<'_>; 2],
    backup: Option<Name<'_>>,
    flags: REPLACE_FILE_FLAGS,
    others: [*const c_void; 2],
) -> Result<()> {
    const KNOWN: REPLACE_FILE_FLAGS =
        REPLACEFILE_WRITE_THROUGH | REPLACEFILE_IGNORE_MERGE_ERRORS | REPLACEFILE_IGNORE_ACL_ERRORS;
    if flags & !KNOWN != 0 || others.iter().any(|other| !other.is_null()) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let none = |_| Win32Error::INVALID_PARAMETER;
    let (replaced, replacement) = (replaced.map_err(none)?, replacement.map_err(none)?);
    replace::replace(&replaced, &replacement, backup.transpose()?.as_deref())
}

/// `ReplaceFile`: puts a file in the place of another, whose mode it gets, and keeps the other as `backup` unless that is
/// NULL. The errors that flags have ignored do not occur.
///
/// # Errors
/// Those of [`replace::replace`]; `ERROR_INVALID_PARAMETER`: a name is NULL, a flag is not known, or the last two are not
/// NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-replacefilew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReplaceFileW(
    replaced: *const u16,
    replacement: *const u16,
    backup: *const u16,
    flags: REPLACE_FILE_FLAGS,
    exclude: *const c_void,
    reserved: *const c_void,
) -> BOOL {
    // SAFETY: NULL or strings, by the caller's contract.
    let names = [replaced, replacement].map(|name| unsafe { wide_name(name) });
    // SAFETY: a string, by the caller's contract.
    let backup = (!backup.is_null()).then(|| unsafe { wide_name(backup) });
    succeeds(replace_file(names, backup, flags, [exclude, reserved]))
}
same_signature!(official::ReplaceFileW, ReplaceFileW, fn(_, _, _, _, _, _) -> _);

/// `ReplaceFileA`: as [`ReplaceFileW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-replacefilea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReplaceFileA(
    replaced: *const u8,
    replacement: *const u8,
    backup: *const u8,
    flags: REPLACE_FILE_FLAGS,
    exclude: *const c_void,
    reserved: *const c_void,
) -> BOOL {
    // SAFETY: NULL or strings, by the caller's contract.
    let names = [replaced, replacement].map(|name| unsafe { ansi_name(name) });
    // SAFETY: a string, by the caller's contract.
    let backup = (!backup.is_null()).then(|| unsafe { ansi_name(backup) });
    succeeds(replace_file(names, backup, flags, [exclude, reserved]))
}
same_signature!(official::ReplaceFileA, ReplaceFileA, fn(_, _, _, _, _, _) -> _);
