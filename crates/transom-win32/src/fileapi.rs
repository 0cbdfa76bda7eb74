//! `fileapi.h`: opening files, the file pointer, attributes, deleting.
//!
//! Names are taken as [`transom_kernel::file::path`] describes.

use crate::abi::{
    ansi_string, from_handle, load, or_else, same_signature, store, store_optional, succeeds,
    to_handle, wide_string,
};
use crate::security::{self, Attributes};
use std::borrow::Cow;
use transom_kernel::file::{self, attributes, open, position};
use transom_kernel::{Result, Win32Error, last_error};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem::{
    self as official, FILE_CREATION_DISPOSITION, FILE_FLAGS_AND_ATTRIBUTES, FILE_SHARE_MODE,
    INVALID_FILE_ATTRIBUTES, INVALID_FILE_SIZE, INVALID_SET_FILE_POINTER, OPEN_EXISTING,
    SET_FILE_POINTER_MOVE_METHOD, TRUNCATE_EXISTING,
};
use windows_sys::core::BOOL;

/// A file name of the caller's; one that does not end is too long.
///
/// # Safety
/// As for [`wide_string`].
pub(crate) unsafe fn wide_name<'a>(name: *const u16) -> Result<Cow<'a, [u16]>> {
    // SAFETY: the same contract.
    given(name.is_null(), unsafe { wide_string(name) })
}

/// An "ANSI" file name of the caller's, as UTF-16.
///
/// # Safety
/// As for [`ansi_string`].
pub(crate) unsafe fn ansi_name(name: *const u8) -> Result<Cow<'static, [u16]>> {
    // SAFETY: the same contract.
    given(name.is_null(), unsafe { ansi_string(name) }.map(Cow::Owned))
}

fn given<T>(is_null: bool, name: Option<T>) -> Result<T> {
    name.ok_or(if is_null { Win32Error::PATH_NOT_FOUND } else { Win32Error::FILENAME_EXCED_RANGE })
}

/// `CreateFileW`: opens or creates a file, a directory (with `FILE_FLAG_BACKUP_SEMANTICS`), the
/// console or the null device.
///
/// Success sets the last error: to `ERROR_ALREADY_EXISTS` if `CREATE_ALWAYS` or `OPEN_ALWAYS`
/// found the file there, else to 0. A new file has the mode that the descriptor of `security`
/// expresses, or 0666 less the umask. `template` is not looked at.
///
/// # Errors
/// `INVALID_HANDLE_VALUE`, with the errors of [`open::create`] and
/// [`mode_of_new`](transom_kernel::security::of_objects::mode_of_new); `ERROR_PATH_NOT_FOUND` for a
/// NULL or empty name.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateFileW(
    name: *const u16,
    access: u32,
    share: FILE_SHARE_MODE,
    security: *const SECURITY_ATTRIBUTES,
    disposition: FILE_CREATION_DISPOSITION,
    flags: FILE_FLAGS_AND_ATTRIBUTES,
    _template: HANDLE,
) -> HANDLE {
    // SAFETY: NULL or such a structure, by the caller's contract.
    let attributes = unsafe { security::attributes(security) };
    // SAFETY: NULL or a string, by the caller's contract.
    create(unsafe { wide_name(name) }, attributes, disposition, |(inherit, mode)| open::Request {
        access,
        share,
        inherit,
        disposition,
        flags,
        mode,
    })
}
same_signature!(official::CreateFileW, CreateFileW, fn(_, _, _, _, _, _, _) -> _);

/// `CreateFileA`: as [`CreateFileW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateFileA(
    name: *const u8,
    access: u32,
    share: FILE_SHARE_MODE,
    security: *const SECURITY_ATTRIBUTES,
    disposition: FILE_CREATION_DISPOSITION,
    flags: FILE_FLAGS_AND_ATTRIBUTES,
    _template: HANDLE,
) -> HANDLE {
    // SAFETY: NULL or such a structure, by the caller's contract.
    let attributes = unsafe { security::attributes(security) };
    // SAFETY: NULL or a string, by the caller's contract.
    create(unsafe { ansi_name(name) }, attributes, disposition, |(inherit, mode)| open::Request {
        access,
        share,
        inherit,
        disposition,
        flags,
        mode,
    })
}
same_signature!(official::CreateFileA, CreateFileA, fn(_, _, _, _, _, _, _) -> _);

/// The two forms of `CreateFile`.
fn create(
    name: Result<Cow<'_, [u16]>>,
    attributes: Result<Attributes>,
    disposition: FILE_CREATION_DISPOSITION,
    request: impl FnOnce((bool, Option<u32>)) -> open::Request,
) -> HANDLE {
    // A missing name is found out where an empty one is: after what is wrong with the numbers.
    let name = match name {
        Err(Win32Error::PATH_NOT_FOUND) => Ok(Cow::Borrowed(&[][..])),
        other => other,
    };
    let opened = name.and_then(|name| {
        let attributes = attributes?;
        let makes = !matches!(disposition, OPEN_EXISTING | TRUNCATE_EXISTING);
        // What is opened keeps what it has.
        let mode = if makes { attributes.mode(false)? } else { None };
        file::create(&name, &request((attributes.inherit, mode)))
    });
    let opened = opened.map(|opened| {
        last_error::set(if opened.existed { Win32Error::ALREADY_EXISTS.code() } else { 0 });
        to_handle(opened.handle)
    });
    or_else(opened, INVALID_HANDLE_VALUE)
}

/// `SetFilePointer`: moves the file pointer; the low 32 bits of the new place.
///
/// `distance_high` is NULL for a 32-bit distance and place, or holds the high 32 bits of the
/// distance and takes those of the place. A place whose low bits are all ones is told from a
/// failure by the last error, which then is 0.
///
/// # Errors
/// `INVALID_SET_FILE_POINTER`, with the errors of [`position::set_pointer`], in particular
/// `ERROR_NEGATIVE_SEEK`; `ERROR_INVALID_PARAMETER` for a place over 4 GiB if `distance_high` is
/// NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-setfilepointer>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetFilePointer(
    file: HANDLE,
    distance: i32,
    distance_high: *mut i32,
    method: SET_FILE_POINTER_MOVE_METHOD,
) -> u32 {
    // SAFETY: NULL or a number, by the caller's contract.
    let (distance, most) = match unsafe { load(distance_high) } {
        Some(high) => {
            (i64::from(high) << 32 | i64::from(distance.cast_unsigned()), i64::MAX.cast_unsigned())
        }
        None => (distance.into(), u32::MAX.into()),
    };
    let place = position::set_pointer(from_handle(file), distance, method, most);
    // SAFETY: NULL or room for a number, by the caller's contract.
    or_else(
        place.map(|place| unsafe { split(place, distance_high.cast()) }),
        INVALID_SET_FILE_POINTER,
    )
}
same_signature!(official::SetFilePointer, SetFilePointer, fn(_, _, _, _) -> _);

/// Gives a 64-bit number as its low half, and its high half where the caller wants it.
///
/// # Safety
/// `high_place` is NULL or points to writable memory of a `u32`.
pub(crate) unsafe fn split(number: u64, high_place: *mut u32) -> u32 {
    // SAFETY: by this function's own contract.
    unsafe { store_optional(high_place, (number >> 32) as u32) };
    let low = number as u32;
    if low == u32::MAX {
        // Otherwise it would look like a failure.
        last_error::set(0);
    }
    low
}

/// `SetFilePointerEx`: moves the file pointer; stores the new place where the caller wants it.
///
/// # Errors
/// Those of [`position::set_pointer`], in particular `ERROR_NEGATIVE_SEEK`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-setfilepointerex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetFilePointerEx(
    file: HANDLE,
    distance: i64,
    place: *mut i64,
    method: SET_FILE_POINTER_MOVE_METHOD,
) -> BOOL {
    let most = i64::MAX.cast_unsigned();
    let moved = position::set_pointer(from_handle(file), distance, method, most);
    // SAFETY: NULL or room for a number, by the caller's contract.
    succeeds(moved.map(|moved| unsafe { store_optional(place, moved.cast_signed()) }))
}
same_signature!(official::SetFilePointerEx, SetFilePointerEx, fn(_, _, _, _) -> _);

/// `GetFileSize`: the low 32 bits of a file's size; the high ones go to `high` unless it is
/// NULL. A size whose low bits are all ones is told from a failure by the last error, which then
/// is 0.
///
/// # Errors
/// `INVALID_FILE_SIZE`, with the errors of [`position::size`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfilesize>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFileSize(file: HANDLE, high: *mut u32) -> u32 {
    let size = from_handle(file).and_then(position::size);
    // SAFETY: NULL or room for a number, by the caller's contract.
    or_else(size.map(|size| unsafe { split(size, high) }), INVALID_FILE_SIZE)
}
same_signature!(official::GetFileSize, GetFileSize, fn(_, _) -> _);

/// `GetFileSizeEx`: a file's size in bytes.
///
/// # Errors
/// Those of [`position::size`]; `ERROR_NOACCESS` if `size` is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfilesizeex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFileSizeEx(file: HANDLE, size: *mut i64) -> BOOL {
    let found = from_handle(file).and_then(position::size);
    // SAFETY: NULL or room for a number, by the caller's contract.
    succeeds(found.and_then(|found| unsafe { store(size, found.cast_signed()) }))
}
same_signature!(official::GetFileSizeEx, GetFileSizeEx, fn(_, _) -> _);

/// `SetEndOfFile`: lets the file end where the file pointer is.
///
/// # Errors
/// Those of [`position::set_end`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-setendoffile>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetEndOfFile(file: HANDLE) -> BOOL {
    succeeds(from_handle(file).and_then(position::set_end))
}
same_signature!(official::SetEndOfFile, SetEndOfFile, fn(_) -> _);

/// `GetFileAttributesW`: the attributes of a file or directory.
///
/// # Errors
/// `INVALID_FILE_ATTRIBUTES`, with the errors of [`attributes::attributes`];
/// `ERROR_PATH_NOT_FOUND` for a NULL or empty name.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfileattributesw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFileAttributesW(name: *const u16) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide_name(name) };
    or_else(name.and_then(|name| attributes::attributes(&name)), INVALID_FILE_ATTRIBUTES)
}
same_signature!(official::GetFileAttributesW, GetFileAttributesW, fn(_) -> _);

/// `GetFileAttributesA`: as [`GetFileAttributesW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfileattributesa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFileAttributesA(name: *const u8) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi_name(name) };
    or_else(name.and_then(|name| attributes::attributes(&name)), INVALID_FILE_ATTRIBUTES)
}
same_signature!(official::GetFileAttributesA, GetFileAttributesA, fn(_) -> _);

/// `DeleteFileW`: removes a file's name; who has it open can go on using it.
///
/// # Errors
/// Those of [`attributes::delete`], in particular `ERROR_SHARING_VIOLATION`;
/// `ERROR_PATH_NOT_FOUND` for a NULL or empty name.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-deletefilew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DeleteFileW(name: *const u16) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide_name(name) };
    succeeds(name.and_then(|name| attributes::delete(&name)))
}
same_signature!(official::DeleteFileW, DeleteFileW, fn(_) -> _);

/// `DeleteFileA`: as [`DeleteFileW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-deletefilea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DeleteFileA(name: *const u8) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi_name(name) };
    succeeds(name.and_then(|name| attributes::delete(&name)))
}
same_signature!(official::DeleteFileA, DeleteFileA, fn(_) -> _);
