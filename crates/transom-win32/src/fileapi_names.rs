//! `fileapi.h` and `winbase.h`: making, copying, renaming and describing files by their names.

use crate::abi::{
    Unit, file_time, load, or_else, same_signature, store, store_optional, store_text, succeeds,
};
use crate::fileapi::{ansi_name, wide_name};
use crate::security;
use std::borrow::Cow;
use std::ffi::c_void;
use std::ptr::null_mut;
use transom_kernel::file::change::{self, Proceed, Progress};
use transom_kernel::file::{attributes, find, information, names};
use transom_kernel::system::temporary_directory;
use transom_kernel::{Result, Win32Error, file, text};
use windows_sys::Win32::Foundation::{GENERIC_WRITE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem::{
    self as official, COPYFILE_FLAGS, FILE_FLAGS_AND_ATTRIBUTES, GET_FILEEX_INFO_LEVELS,
    GetFileExInfoStandard, LPPROGRESS_ROUTINE, MOVE_FILE_FLAGS, MOVEFILE_COPY_ALLOWED,
    WIN32_FILE_ATTRIBUTE_DATA,
};
use windows_sys::Win32::System::WindowsProgramming::{DRIVE_FIXED, DRIVE_NO_ROOT_DIR};
use windows_sys::core::BOOL;

type Name<'a> = Result<Cow<'a, [u16]>>;

/// `CreateDirectory`: makes a directory, of the mode that a descriptor expresses, or of 0777 less the
/// umask.
///
/// # Errors
/// Those of [`change::create_directory`] and [`mode_of_new`](transom_kernel::security::of_objects::mode_of_new); `ERROR_PATH_NOT_FOUND` for a NULL or empty name.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createdirectoryw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateDirectoryW(
    name: *const u16,
    security: *const SECURITY_ATTRIBUTES,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide_name(name) };
    // SAFETY: NULL or such a structure, by the caller's contract.
    let attributes = unsafe { security::attributes(security) };
    succeeds(name.and_then(|name| change::create_directory(&name, attributes?.mode(true)?)))
}
same_signature!(official::CreateDirectoryW, CreateDirectoryW, fn(_, _) -> _);

/// `CreateDirectoryA`: as [`CreateDirectoryW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createdirectorya>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateDirectoryA(
    name: *const u8,
    security: *const SECURITY_ATTRIBUTES,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi_name(name) };
    // SAFETY: NULL or such a structure, by the caller's contract.
    let attributes = unsafe { security::attributes(security) };
    succeeds(name.and_then(|name| change::create_directory(&name, attributes?.mode(true)?)))
}
same_signature!(official::CreateDirectoryA, CreateDirectoryA, fn(_, _) -> _);

/// `RemoveDirectory`: removes an empty directory.
///
/// # Errors
/// Those of [`change::remove_directory`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-removedirectoryw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RemoveDirectoryW(name: *const u16) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    succeeds(unsafe { wide_name(name) }.and_then(|name| change::remove_directory(&name)))
}
same_signature!(official::RemoveDirectoryW, RemoveDirectoryW, fn(_) -> _);

/// `RemoveDirectoryA`: as [`RemoveDirectoryW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-removedirectorya>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RemoveDirectoryA(name: *const u8) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    succeeds(unsafe { ansi_name(name) }.and_then(|name| change::remove_directory(&name)))
}
same_signature!(official::RemoveDirectoryA, RemoveDirectoryA, fn(_) -> _);

/// `SetFileAttributes`: makes a file read-only, or writable again.
///
/// # Errors
/// Those of [`change::set_attributes`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-setfileattributesw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetFileAttributesW(
    name: *const u16,
    wanted: FILE_FLAGS_AND_ATTRIBUTES,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    succeeds(unsafe { wide_name(name) }.and_then(|name| change::set_attributes(&name, wanted)))
}
same_signature!(official::SetFileAttributesW, SetFileAttributesW, fn(_, _) -> _);

/// `SetFileAttributesA`: as [`SetFileAttributesW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-setfileattributesa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetFileAttributesA(
    name: *const u8,
    wanted: FILE_FLAGS_AND_ATTRIBUTES,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    succeeds(unsafe { ansi_name(name) }.and_then(|name| change::set_attributes(&name, wanted)))
}
same_signature!(official::SetFileAttributesA, SetFileAttributesA, fn(_, _) -> _);

/// # Safety
/// `place` is NULL or writable.
unsafe fn describe(name: Name<'_>, level: i32, place: *mut c_void) -> Result<()> {
    if level != GetFileExInfoStandard {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let found = find::description(&name?)?;
    let data = WIN32_FILE_ATTRIBUTE_DATA {
        dwFileAttributes: found.attributes,
        ftCreationTime: file_time(found.created),
        ftLastAccessTime: file_time(found.accessed),
        ftLastWriteTime: file_time(found.written),
        nFileSizeHigh: (found.size >> 32) as u32,
        nFileSizeLow: found.size as u32,
    };
    // SAFETY: the same contract.
    unsafe { store(place.cast(), data) }
}

/// `GetFileAttributesEx`: tells of a file by its name.
///
/// # Errors
/// Those of [`find::description`]; `ERROR_INVALID_PARAMETER` for an unknown level.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfileattributesexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFileAttributesExW(
    name: *const u16,
    level: GET_FILEEX_INFO_LEVELS,
    place: *mut c_void,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide_name(name) };
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(unsafe { describe(name, level, place) })
}
same_signature!(official::GetFileAttributesExW, GetFileAttributesExW, fn(_, _, _) -> _);

/// `GetFileAttributesExA`: as [`GetFileAttributesExW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfileattributesexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFileAttributesExA(
    name: *const u8,
    level: GET_FILEEX_INFO_LEVELS,
    place: *mut c_void,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi_name(name) };
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(unsafe { describe(name, level, place) })
}
same_signature!(official::GetFileAttributesExA, GetFileAttributesExA, fn(_, _, _) -> _);

/// `MoveFile`: gives a file or directory another name; copies a file that comes to another disk.
///
/// # Errors
/// Those of [`change::move_file`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefilew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MoveFileW(from: *const u16, to: *const u16) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let from = unsafe { wide_name(from) };
    // SAFETY: NULL or a string, by the caller's contract.
    let to = unsafe { wide_name(to) };
    succeeds(from.and_then(|from| change::move_file(&from, &to?, MOVEFILE_COPY_ALLOWED)))
}
same_signature!(official::MoveFileW, MoveFileW, fn(_, _) -> _);

/// `MoveFileA`: as [`MoveFileW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefilea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MoveFileA(from: *const u8, to: *const u8) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let from = unsafe { ansi_name(from) };
    // SAFETY: NULL or a string, by the caller's contract.
    let to = unsafe { ansi_name(to) };
    succeeds(from.and_then(|from| change::move_file(&from, &to?, MOVEFILE_COPY_ALLOWED)))
}
same_signature!(official::MoveFileA, MoveFileA, fn(_, _) -> _);

/// `MoveFileEx`: gives a file or directory another name. To have it no more (`to` is NULL) is for
/// the next start only, which is error 50.
///
/// # Errors
/// Those of [`change::move_file`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MoveFileExW(
    from: *const u16,
    to: *const u16,
    flags: MOVE_FILE_FLAGS,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let from = unsafe { wide_name(from) };
    // SAFETY: NULL or a string, by the caller's contract.
    let to = unsafe { wide_name(to) };
    succeeds(from.and_then(|from| {
        if to.is_err() && flags & official::MOVEFILE_DELAY_UNTIL_REBOOT != 0 {
            return Err(Win32Error::NOT_SUPPORTED);
        }
        change::move_file(&from, &to?, flags)
    }))
}
same_signature!(official::MoveFileExW, MoveFileExW, fn(_, _, _) -> _);

/// `MoveFileExA`: as [`MoveFileExW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MoveFileExA(
    from: *const u8,
    to: *const u8,
    flags: MOVE_FILE_FLAGS,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let from = unsafe { ansi_name(from) };
    // SAFETY: NULL or a string, by the caller's contract.
    let to = unsafe { ansi_name(to) };
    succeeds(from.and_then(|from| {
        if to.is_err() && flags & official::MOVEFILE_DELAY_UNTIL_REBOOT != 0 {
            return Err(Win32Error::NOT_SUPPORTED);
        }
        change::move_file(&from, &to?, flags)
    }))
}
same_signature!(official::MoveFileExA, MoveFileExA, fn(_, _, _) -> _);

/// `CopyFile`: copies a file, its time of writing and whether it is read-only.
///
/// # Errors
/// Those of [`change::copy`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-copyfilew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CopyFileW(
    from: *const u16,
    to: *const u16,
    fail_if_exists: BOOL,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let from = unsafe { wide_name(from) };
    // SAFETY: NULL or a string, by the caller's contract.
    let to = unsafe { wide_name(to) };
    succeeds(from.and_then(|from| {
        change::copy(&from, &to?, fail_if_exists != 0, &mut |_| Proceed::Continue)
    }))
}
same_signature!(official::CopyFileW, CopyFileW, fn(_, _, _) -> _);

/// `CopyFileA`: as [`CopyFileW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-copyfilea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CopyFileA(
    from: *const u8,
    to: *const u8,
    fail_if_exists: BOOL,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let from = unsafe { ansi_name(from) };
    // SAFETY: NULL or a string, by the caller's contract.
    let to = unsafe { ansi_name(to) };
    succeeds(from.and_then(|from| {
        change::copy(&from, &to?, fail_if_exists != 0, &mut |_| Proceed::Continue)
    }))
}
same_signature!(official::CopyFileA, CopyFileA, fn(_, _, _) -> _);

/// What the caller of `CopyFileEx` wants to be asked.
struct Asked {
    routine: LPPROGRESS_ROUTINE,
    data: *const c_void,
    cancel: *mut BOOL,
    flags: u32,
}

/// # Safety
/// The pointers are what the page of `CopyFileEx` says.
unsafe fn copy(from: Name<'_>, to: Name<'_>, asked: &Asked) -> Result<()> {
    const KNOWN: u32 = official::COPY_FILE_FAIL_IF_EXISTS
        | official::COPY_FILE_ALLOW_DECRYPTED_DESTINATION
        | official::COPY_FILE_NO_BUFFERING
        | official::COPY_FILE_OPEN_SOURCE_FOR_WRITE;
    const OTHERS: u32 = official::COPY_FILE_RESTARTABLE | official::COPY_FILE_COPY_SYMLINK;
    const CANCEL: u32 = 1;
    const STOP: u32 = 2;
    const QUIET: u32 = 3;
    if asked.flags & OTHERS != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    if asked.flags & !KNOWN != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let mut routine = asked.routine;
    let mut report = |Progress { total, copied }: Progress| {
        // SAFETY: NULL or readable, by the same contract.
        if unsafe { load(asked.cancel) }.is_some_and(|cancel| cancel != 0) {
            return Proceed::Cancel;
        }
        let Some(call) = routine else { return Proceed::Continue };
        let (total, copied) = (total.cast_signed(), copied.cast_signed());
        // 1 is CALLBACK_STREAM_SWITCH, 0 CALLBACK_CHUNK_FINISHED.
        let reason = u32::from(copied == 0);
        let (no, data) = (INVALID_HANDLE_VALUE, asked.data);
        // SAFETY: the caller wants it called so.
        match unsafe { call(total, copied, total, copied, 1, reason, no, no, data) } {
            CANCEL => Proceed::Cancel,
            STOP => Proceed::Stop,
            QUIET => {
                routine = None;
                Proceed::Continue
            }
            _ => Proceed::Continue,
        }
    };
    let fail_if_exists = asked.flags & official::COPY_FILE_FAIL_IF_EXISTS != 0;
    change::copy(&from?, &to?, fail_if_exists, &mut report)
}

/// `CopyFileEx`: as [`CopyFileW`], telling how far it has come. The routine is handed no handles to
/// the files.
///
/// # Errors
/// As for [`CopyFileW`]; `ERROR_NOT_SUPPORTED` for copies that can be taken up again and for links;
/// `ERROR_INVALID_PARAMETER` for unknown flags.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-copyfileexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CopyFileExW(
    from: *const u16,
    to: *const u16,
    routine: LPPROGRESS_ROUTINE,
    data: *const c_void,
    cancel: *mut BOOL,
    flags: COPYFILE_FLAGS,
) -> BOOL {
    let asked = Asked { routine, data, cancel, flags };
    // SAFETY: NULL or a string, by the caller's contract.
    let from = unsafe { wide_name(from) };
    // SAFETY: NULL or a string, by the caller's contract.
    let to = unsafe { wide_name(to) };
    // SAFETY: by the caller's contract.
    succeeds(unsafe { copy(from, to, &asked) })
}
same_signature!(official::CopyFileExW, CopyFileExW, fn(_, _, _, _, _, _) -> _);

/// `CopyFileExA`: as [`CopyFileExW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-copyfileexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CopyFileExA(
    from: *const u8,
    to: *const u8,
    routine: LPPROGRESS_ROUTINE,
    data: *const c_void,
    cancel: *mut BOOL,
    flags: COPYFILE_FLAGS,
) -> BOOL {
    let asked = Asked { routine, data, cancel, flags };
    // SAFETY: NULL or a string, by the caller's contract.
    let from = unsafe { ansi_name(from) };
    // SAFETY: NULL or a string, by the caller's contract.
    let to = unsafe { ansi_name(to) };
    // SAFETY: by the caller's contract.
    succeeds(unsafe { copy(from, to, &asked) })
}
same_signature!(official::CopyFileExA, CopyFileExA, fn(_, _, _, _, _, _) -> _);

/// # Safety
/// `buffer` is NULL or points to `size` writable elements, `part` is NULL or writable.
unsafe fn full_path<T: Unit>(name: Name<'_>, size: u32, buffer: *mut T, part: *mut *mut T) -> u32 {
    let name = match name {
        Err(Win32Error::PATH_NOT_FOUND) => Err(Win32Error::INVALID_NAME),
        other => other,
    };
    // SAFETY: the same contract.
    unsafe { give_path(name.and_then(|name| names::full(&name)), buffer, size, part) }
}

/// Gives a path, and where its last part begins.
///
/// # Safety
/// `buffer` is NULL or has so much room, `part` is NULL or writable.
pub(crate) unsafe fn give_path<T: Unit>(
    path: Result<Vec<u16>>,
    buffer: *mut T,
    size: u32,
    part: *mut *mut T,
) -> u32 {
    let start = path
        .as_ref()
        .ok()
        .and_then(|path| names::last_part(path).map(|start| T::encode(&path[..start]).len()));
    // SAFETY: the same contract.
    let length = unsafe { store_text(path, buffer, size) };
    if length != 0 && length < size {
        let place = start.map_or(null_mut(), |start| buffer.wrapping_add(start));
        // SAFETY: the same contract.
        unsafe { store_optional(part, place) };
    }
    length
}

/// `GetFullPathName`: the path from the root on; its length, or the room needed. `part` is where the
/// last name begins.
///
/// # Errors
/// 0, with the errors of [`names::full`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfullpathnamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFullPathNameW(
    name: *const u16,
    size: u32,
    buffer: *mut u16,
    part: *mut *mut u16,
) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide_name(name) };
    // SAFETY: by the caller's contract.
    unsafe { full_path(name, size, buffer, part) }
}
same_signature!(official::GetFullPathNameW, GetFullPathNameW, fn(_, _, _, _) -> _);

/// `GetFullPathNameA`: as [`GetFullPathNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfullpathnamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFullPathNameA(
    name: *const u8,
    size: u32,
    buffer: *mut u8,
    part: *mut *mut u8,
) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi_name(name) };
    // SAFETY: by the caller's contract.
    unsafe { full_path(name, size, buffer, part) }
}
same_signature!(official::GetFullPathNameA, GetFullPathNameA, fn(_, _, _, _) -> _);

/// The name itself, if something of this name is there: names are long and short at once.
fn same_name(name: Name<'_>) -> Result<Vec<u16>> {
    let name = name?;
    attributes::attributes(&name)?;
    Ok(name.into_owned())
}

/// `GetShortPathName`: the name itself, since names have no short form.
///
/// # Errors
/// 0, with the errors of [`attributes::attributes`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getshortpathnamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetShortPathNameW(
    name: *const u16,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide_name(name) };
    // SAFETY: by the caller's contract.
    unsafe { store_text(same_name(name), buffer, size) }
}
same_signature!(official::GetShortPathNameW, GetShortPathNameW, fn(_, _, _) -> _);

/// `GetShortPathNameA`: as [`GetShortPathNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getshortpathnamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetShortPathNameA(
    name: *const u8,
    buffer: *mut u8,
    size: u32,
) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi_name(name) };
    // SAFETY: by the caller's contract.
    unsafe { store_text(same_name(name), buffer, size) }
}
same_signature!(official::GetShortPathNameA, GetShortPathNameA, fn(_, _, _) -> _);

/// `GetLongPathName`: the name itself, since names have no short form.
///
/// # Errors
/// 0, with the errors of [`attributes::attributes`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getlongpathnamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetLongPathNameW(
    name: *const u16,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide_name(name) };
    // SAFETY: by the caller's contract.
    unsafe { store_text(same_name(name), buffer, size) }
}
same_signature!(official::GetLongPathNameW, GetLongPathNameW, fn(_, _, _) -> _);

/// `GetLongPathNameA`: as [`GetLongPathNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getlongpathnamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetLongPathNameA(name: *const u8, buffer: *mut u8, size: u32) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi_name(name) };
    // SAFETY: by the caller's contract.
    unsafe { store_text(same_name(name), buffer, size) }
}
same_signature!(official::GetLongPathNameA, GetLongPathNameA, fn(_, _, _) -> _);

/// `GetTempPath`: the directory of `TMP`, `TEMP` or `TMPDIR`, or `C:\tmp\`; its length, or the room
/// needed.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-gettemppathw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetTempPathW(size: u32, buffer: *mut u16) -> u32 {
    // SAFETY: NULL or so much room, by the caller's contract.
    unsafe { store_text(Ok(temporary_directory()), buffer, size) }
}
same_signature!(official::GetTempPathW, GetTempPathW, fn(_, _) -> _);

/// `GetTempPathA`: as [`GetTempPathW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-gettemppatha>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetTempPathA(size: u32, buffer: *mut u8) -> u32 {
    // SAFETY: NULL or so much room, by the caller's contract.
    unsafe { store_text(Ok(temporary_directory()), buffer, size) }
}
same_signature!(official::GetTempPathA, GetTempPathA, fn(_, _) -> _);

/// The name of a temporary file, and its number.
fn temporary(directory: Name<'_>, prefix: Name<'_>, number: u32) -> Result<(Vec<u16>, u32)> {
    const LONGEST: usize = 260 - 14;
    const TRIES: u32 = 0x10000;
    let directory = directory?;
    if directory.len() > LONGEST {
        return Err(Win32Error::BUFFER_OVERFLOW);
    }
    let is_directory = attributes::attributes(&directory)
        .is_ok_and(|found| found & official::FILE_ATTRIBUTE_DIRECTORY != 0);
    if !is_directory {
        return Err(Win32Error::DIRECTORY);
    }
    // NULL is no prefix.
    let prefix = prefix.map(|prefix| prefix.iter().copied().take(3).collect::<Vec<_>>());
    let prefix = prefix.unwrap_or_default();
    let name = |number: u32| {
        let mut name = directory.to_vec();
        if !name.last().copied().is_some_and(file::path::is_separator) {
            name.push(b'\\'.into());
        }
        name.extend(&prefix);
        name.extend(format!("{number:X}.tmp").encode_utf16());
        name
    };
    if number & 0xFFFF != 0 {
        return Ok((name(number & 0xFFFF), number));
    }
    let start = (transom_kernel::time::precise_now() >> 4) as u32 ^ std::process::id() << 4;
    for number in (0..TRIES).map(|step| start.wrapping_add(step) & 0xFFFF) {
        if number == 0 {
            continue;
        }
        let request = file::open::Request {
            access: GENERIC_WRITE,
            share: 0,
            inherit: false,
            disposition: official::CREATE_NEW,
            flags: 0,
            mode: None,
        };
        let name = name(number);
        match file::create(&name, &request) {
            Ok(opened) => {
                transom_kernel::executive::current().table().close(opened.handle.into())?;
                return Ok((name, number));
            }
            Err(Win32Error::FILE_EXISTS) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Win32Error::FILE_EXISTS)
}

/// `GetTempFileName`: a name in a directory of the first three characters of a prefix, a number and
/// `.tmp`; the number. For `number` 0 it is one that no file has, and an empty file is made.
/// `buffer` has room for 260 characters.
///
/// # Errors
/// 0, with `ERROR_DIRECTORY`: there is no such directory; `ERROR_BUFFER_OVERFLOW`: its path is too
/// long; and those of opening a file.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-gettempfilenamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetTempFileNameW(
    directory: *const u16,
    prefix: *const u16,
    number: u32,
    buffer: *mut u16,
) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let directory = unsafe { wide_name(directory) };
    // SAFETY: NULL or a string, by the caller's contract.
    let prefix = unsafe { wide_name(prefix) };
    let made = temporary(directory, prefix, number).and_then(|(name, number)| {
        // SAFETY: NULL or room for 260, by the caller's contract.
        match unsafe { store_text(Ok(name), buffer, 260) } {
            0..260 => Ok(number),
            _ => Err(Win32Error::BUFFER_OVERFLOW),
        }
    });
    or_else(made, 0)
}
same_signature!(official::GetTempFileNameW, GetTempFileNameW, fn(_, _, _, _) -> _);

/// `GetTempFileNameA`: as [`GetTempFileNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-gettempfilenamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetTempFileNameA(
    directory: *const u8,
    prefix: *const u8,
    number: u32,
    buffer: *mut u8,
) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let directory = unsafe { ansi_name(directory) };
    // SAFETY: NULL or a string, by the caller's contract.
    let prefix = unsafe { ansi_name(prefix) };
    let made = temporary(directory, prefix, number).and_then(|(name, number)| {
        // SAFETY: NULL or room for 260, by the caller's contract.
        match unsafe { store_text(Ok(name), buffer, 260) } {
            0..260 => Ok(number),
            _ => Err(Win32Error::BUFFER_OVERFLOW),
        }
    });
    or_else(made, 0)
}
same_signature!(official::GetTempFileNameA, GetTempFileNameA, fn(_, _, _, _) -> _);

/// `GetLogicalDrives`: one bit for each drive: drive C.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getlogicaldrives>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetLogicalDrives() -> u32 {
    1 << 2
}
same_signature!(official::GetLogicalDrives, GetLogicalDrives, fn() -> _);

/// `GetLogicalDriveStrings`: `C:\` and a NUL, and one more; the length without the last.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getlogicaldrivestringsw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetLogicalDriveStringsW(size: u32, buffer: *mut u16) -> u32 {
    let drives: Vec<u16> = "C:\\\0".encode_utf16().collect();
    // SAFETY: NULL or so much room, by the caller's contract.
    unsafe { store_text(Ok(drives), buffer, size) }
}
same_signature!(official::GetLogicalDriveStringsW, GetLogicalDriveStringsW, fn(_, _) -> _);

/// `GetLogicalDriveStringsA`: as [`GetLogicalDriveStringsW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getlogicaldrivestringsa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetLogicalDriveStringsA(size: u32, buffer: *mut u8) -> u32 {
    let drives: Vec<u16> = "C:\\\0".encode_utf16().collect();
    // SAFETY: NULL or so much room, by the caller's contract.
    unsafe { store_text(Ok(drives), buffer, size) }
}
same_signature!(official::GetLogicalDriveStringsA, GetLogicalDriveStringsA, fn(_, _) -> _);

fn drive_type(name: Name<'_>) -> u32 {
    let name = match name {
        // NULL is the current directory's drive.
        Err(_) => return DRIVE_FIXED,
        Ok(name) => text::to_bytes(&name),
    };
    let name = name.strip_suffix(b"\\").or(name.strip_suffix(b"/")).unwrap_or(&name);
    if name.is_empty() || name.eq_ignore_ascii_case(b"C:") {
        DRIVE_FIXED
    } else {
        DRIVE_NO_ROOT_DIR
    }
}

/// `GetDriveType`: `DRIVE_FIXED` for drive C and `DRIVE_NO_ROOT_DIR` for all else.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getdrivetypew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetDriveTypeW(name: *const u16) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    drive_type(unsafe { wide_name(name) })
}
same_signature!(official::GetDriveTypeW, GetDriveTypeW, fn(_) -> _);

/// `GetDriveTypeA`: as [`GetDriveTypeW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getdrivetypea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetDriveTypeA(name: *const u8) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    drive_type(unsafe { ansi_name(name) })
}
same_signature!(official::GetDriveTypeA, GetDriveTypeA, fn(_) -> _);

fn space(name: Name<'_>) -> Result<information::Space> {
    match name {
        // NULL is the current directory.
        Err(Win32Error::PATH_NOT_FOUND) => information::space(&[b'.'.into()]),
        name => information::space(&name?),
    }
}

/// `GetDiskFreeSpaceEx`: the room on the disk that a directory is on, in bytes; NULL is the current
/// directory.
///
/// # Errors
/// Those of [`information::space`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getdiskfreespaceexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetDiskFreeSpaceExW(
    name: *const u16,
    available: *mut u64,
    total: *mut u64,
    free: *mut u64,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    succeeds(space(unsafe { wide_name(name) }).map(|space| {
        for (place, value) in
            [(available, space.available), (total, space.total), (free, space.free)]
        {
            // SAFETY: NULL or writable, by the caller's contract.
            unsafe { store_optional(place, value) };
        }
    }))
}
same_signature!(official::GetDiskFreeSpaceExW, GetDiskFreeSpaceExW, fn(_, _, _, _) -> _);

/// `GetDiskFreeSpaceExA`: as [`GetDiskFreeSpaceExW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getdiskfreespaceexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetDiskFreeSpaceExA(
    name: *const u8,
    available: *mut u64,
    total: *mut u64,
    free: *mut u64,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    succeeds(space(unsafe { ansi_name(name) }).map(|space| {
        for (place, value) in
            [(available, space.available), (total, space.total), (free, space.free)]
        {
            // SAFETY: NULL or writable, by the caller's contract.
            unsafe { store_optional(place, value) };
        }
    }))
}
same_signature!(official::GetDiskFreeSpaceExA, GetDiskFreeSpaceExA, fn(_, _, _, _) -> _);

/// `GetDiskFreeSpace`: as [`GetDiskFreeSpaceExW`], in clusters of one sector; as many as 32 bits
/// count.
///
/// # Errors
/// Those of [`information::space`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getdiskfreespacew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetDiskFreeSpaceW(
    name: *const u16,
    sectors: *mut u32,
    bytes: *mut u32,
    free: *mut u32,
    total: *mut u32,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    succeeds(space(unsafe { wide_name(name) }).map(|space| {
        let unit = space.unit.max(1);
        let count = |bytes: u64| u32::try_from(bytes / unit).unwrap_or(u32::MAX);
        let values = [
            (sectors, 1),
            (bytes, unit as u32),
            (free, count(space.available)),
            (total, count(space.total)),
        ];
        for (place, value) in values {
            // SAFETY: NULL or writable, by the caller's contract.
            unsafe { store_optional(place, value) };
        }
    }))
}
same_signature!(official::GetDiskFreeSpaceW, GetDiskFreeSpaceW, fn(_, _, _, _, _) -> _);

/// `GetDiskFreeSpaceA`: as [`GetDiskFreeSpaceW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getdiskfreespacea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetDiskFreeSpaceA(
    name: *const u8,
    sectors: *mut u32,
    bytes: *mut u32,
    free: *mut u32,
    total: *mut u32,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    succeeds(space(unsafe { ansi_name(name) }).map(|space| {
        let unit = space.unit.max(1);
        let count = |bytes: u64| u32::try_from(bytes / unit).unwrap_or(u32::MAX);
        let values = [
            (sectors, 1),
            (bytes, unit as u32),
            (free, count(space.available)),
            (total, count(space.total)),
        ];
        for (place, value) in values {
            // SAFETY: NULL or writable, by the caller's contract.
            unsafe { store_optional(place, value) };
        }
    }))
}
same_signature!(official::GetDiskFreeSpaceA, GetDiskFreeSpaceA, fn(_, _, _, _, _) -> _);

/// `AreFileApisANSI`: TRUE: names of files are in the system's code page.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-arefileapisansi>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn AreFileApisANSI() -> BOOL {
    1
}
same_signature!(official::AreFileApisANSI, AreFileApisANSI, fn() -> _);
