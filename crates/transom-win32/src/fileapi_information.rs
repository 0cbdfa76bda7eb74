//! `fileapi.h` and `winbase.h`: what is told of open files, and locking parts of them.

use crate::abi::{
    elements, file_time, from_file_time, from_handle, load, same_signature, store, store_optional,
    store_text, succeeds,
};
use std::ffi::c_void;
use std::mem::offset_of;
use transom_kernel::file::find::Description;
use transom_kernel::file::information;
use transom_kernel::file::lock::{self, Lock};
use transom_kernel::handle::{Handle, names, published};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::{FILETIME, HANDLE};
use windows_sys::Win32::Storage::FileSystem::{
    self as official, BY_HANDLE_FILE_INFORMATION, FILE_ATTRIBUTE_DIRECTORY,
    FILE_ATTRIBUTE_TAG_INFO, FILE_BASIC_INFO, FILE_DISPOSITION_INFO, FILE_END_OF_FILE_INFO,
    FILE_ID_128, FILE_ID_INFO, FILE_INFO_BY_HANDLE_CLASS, FILE_NAME_INFO, FILE_RENAME_INFO,
    FILE_STANDARD_INFO, GETFINALPATHNAMEBYHANDLE_FLAGS, LOCK_FILE_FLAGS, LOCKFILE_EXCLUSIVE_LOCK,
    LOCKFILE_FAIL_IMMEDIATELY,
};
use windows_sys::Win32::System::IO::OVERLAPPED;
use windows_sys::core::BOOL;

/// `GetFileTime`: when a file was made, last read and last written.
///
/// # Errors
/// Those of [`information::times`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfiletime>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFileTime(
    file: HANDLE,
    created: *mut FILETIME,
    accessed: *mut FILETIME,
    written: *mut FILETIME,
) -> BOOL {
    succeeds(from_handle(file).and_then(information::times).map(|times| {
        for (place, time) in [created, accessed, written].into_iter().zip(times) {
            // SAFETY: NULL or writable, by the caller's contract.
            unsafe { store_optional(place, file_time(time)) };
        }
    }))
}
same_signature!(official::GetFileTime, GetFileTime, fn(_, _, _, _) -> _);

/// `SetFileTime`: sets when a file was last read and written; when it was made stays.
///
/// # Errors
/// Those of [`information::set_times`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-setfiletime>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetFileTime(
    file: HANDLE,
    created: *const FILETIME,
    accessed: *const FILETIME,
    written: *const FILETIME,
) -> BOOL {
    let [created, accessed, written] = [created, accessed, written]
        // SAFETY: NULL or readable, by the caller's contract.
        .map(|time| unsafe { load(time) }.map(from_file_time));
    let set = |file| information::set_times(file, created, accessed, written);
    succeeds(from_handle(file).and_then(set))
}
same_signature!(official::SetFileTime, SetFileTime, fn(_, _, _, _) -> _);

/// `GetFileInformationByHandle`: tells of an open file.
///
/// # Errors
/// Those of [`information::description`]; `ERROR_NOACCESS` if `place` is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfileinformationbyhandle>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFileInformationByHandle(
    file: HANDLE,
    place: *mut BY_HANDLE_FILE_INFORMATION,
) -> BOOL {
    succeeds(from_handle(file).and_then(information::description).and_then(|found| {
        let information = BY_HANDLE_FILE_INFORMATION {
            dwFileAttributes: found.attributes,
            ftCreationTime: file_time(found.created),
            ftLastAccessTime: file_time(found.accessed),
            ftLastWriteTime: file_time(found.written),
            dwVolumeSerialNumber: found.volume as u32,
            nFileSizeHigh: (found.size >> 32) as u32,
            nFileSizeLow: found.size as u32,
            nNumberOfLinks: found.links,
            nFileIndexHigh: (found.number >> 32) as u32,
            nFileIndexLow: found.number as u32,
        };
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(place, information) }
    }))
}
same_signature!(official::GetFileInformationByHandle, GetFileInformationByHandle, fn(_, _) -> _);

/// Stores a structure, if there is room.
///
/// # Safety
/// `place` is NULL or points to `size` writable bytes.
unsafe fn put<T>(place: *mut c_void, size: u32, value: T) -> Result<()> {
    if (size as usize) < size_of::<T>() {
        return Err(Win32Error::BAD_LENGTH);
    }
    // SAFETY: the same contract.
    unsafe { store(place.cast(), value) }
}

/// # Safety
/// `place` is NULL or points to `size` writable bytes.
unsafe fn tell(found: &Description, class: i32, place: *mut c_void, size: u32) -> Result<()> {
    let signed = |number: u64| number.cast_signed();
    match class {
        official::FileBasicInfo => {
            let information = FILE_BASIC_INFO {
                CreationTime: signed(found.created),
                LastAccessTime: signed(found.accessed),
                LastWriteTime: signed(found.written),
                ChangeTime: signed(found.changed),
                FileAttributes: found.attributes,
            };
            // SAFETY: the same contract.
            unsafe { put(place, size, information) }
        }
        official::FileStandardInfo => {
            let information = FILE_STANDARD_INFO {
                AllocationSize: signed(found.allocated),
                EndOfFile: signed(found.size),
                NumberOfLinks: found.links,
                DeletePending: found.links == 0,
                Directory: found.attributes & FILE_ATTRIBUTE_DIRECTORY != 0,
            };
            // SAFETY: the same contract.
            unsafe { put(place, size, information) }
        }
        official::FileAttributeTagInfo => {
            let information =
                FILE_ATTRIBUTE_TAG_INFO { FileAttributes: found.attributes, ReparseTag: 0 };
            // SAFETY: the same contract.
            unsafe { put(place, size, information) }
        }
        official::FileIdInfo => {
            let mut identifier = [0; 16];
            identifier[..8].copy_from_slice(&found.number.to_le_bytes());
            let information = FILE_ID_INFO {
                VolumeSerialNumber: found.volume,
                FileId: FILE_ID_128 { Identifier: identifier },
            };
            // SAFETY: the same contract.
            unsafe { put(place, size, information) }
        }
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}

/// The name of a pipe or mailslot in its room. Both ends of an anonymous pipe have one in common.
fn pipe_name(file: Handle) -> Result<Vec<u16>> {
    let line = published::of_own_handle(file)?;
    let name = names::name_of(std::process::id(), &line).ok_or(Win32Error::INVALID_FUNCTION)?;
    let (_, name) = room_and_name(&name.to_string_lossy()).ok_or(Win32Error::INVALID_FUNCTION)?;
    Ok(name.encode_utf16().collect())
}

/// The device of a pipe or mailslot, and its name there, by the name that its handle's line has.
pub(crate) fn room_and_name(name: &str) -> Option<(&'static str, String)> {
    const PIPES: &str = r"\Device\NamedPipe";
    if let Some(number) = name.strip_prefix("pipe:[").and_then(|rest| rest.strip_suffix(']')) {
        return Some((PIPES, format!(r"\Win32Pipes.{number}")));
    }
    let rooms = [(r"\\.\pipe", PIPES), (r"\\.\mailslot", r"\Device\Mailslot")];
    rooms.into_iter().find_map(|(prefix, device)| Some((device, name.strip_prefix(prefix)?.into())))
}

/// # Safety
/// `place` is NULL or points to `size` writable bytes.
unsafe fn tell_name(file: Handle, place: *mut c_void, size: u32) -> Result<()> {
    const NAME: usize = offset_of!(FILE_NAME_INFO, FileName);
    let path = match information::final_path(file) {
        // From the root on, without the drive.
        Ok(path) => path.get(2..).unwrap_or_default().to_vec(),
        Err(error) => pipe_name(file).map_err(|_| error)?,
    };
    let path = path.as_slice();
    if (size as usize) < NAME {
        return Err(Win32Error::BAD_LENGTH);
    }
    // SAFETY: the same contract.
    unsafe { store(place.cast::<u32>(), size_of_val(path) as u32) }?;
    let room = (size as usize - NAME) / 2;
    for (index, &unit) in path.iter().take(room).enumerate() {
        // SAFETY: within the room; an unaligned write asks no alignment.
        unsafe {
            place.wrapping_byte_add(NAME).cast::<u16>().wrapping_add(index).write_unaligned(unit);
        }
    }
    if path.len() > room { Err(Win32Error::MORE_DATA) } else { Ok(()) }
}

/// `GetFileInformationByHandleEx`: tells of an open file: `FileBasicInfo`, `FileStandardInfo`,
/// `FileNameInfo` (also of pipes), `FileAttributeTagInfo`, `FileIdInfo`.
///
/// # Errors
/// Those of [`information::description`]; `ERROR_BAD_LENGTH`: the buffer is too small;
/// `ERROR_MORE_DATA`: the name is longer; `ERROR_INVALID_PARAMETER`: another class.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getfileinformationbyhandleex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFileInformationByHandleEx(
    file: HANDLE,
    class: FILE_INFO_BY_HANDLE_CLASS,
    place: *mut c_void,
    size: u32,
) -> BOOL {
    succeeds(from_handle(file).and_then(|file| {
        if class == official::FileNameInfo {
            // SAFETY: by the caller's contract.
            return unsafe { tell_name(file, place, size) };
        }
        // SAFETY: by the caller's contract.
        unsafe { tell(&information::description(file)?, class, place, size) }
    }))
}
same_signature!(
    official::GetFileInformationByHandleEx,
    GetFileInformationByHandleEx,
    fn(_, _, _, _) -> _
);

/// Reads a structure, if it is all there.
///
/// # Safety
/// `place` is NULL or points to `size` readable bytes.
unsafe fn take<T: Copy>(place: *const c_void, size: u32) -> Result<T> {
    if (size as usize) < size_of::<T>() {
        return Err(Win32Error::BAD_LENGTH);
    }
    // SAFETY: the same contract.
    unsafe { load(place.cast()) }.ok_or(Win32Error::NOACCESS)
}

/// # Safety
/// `place` is NULL or points to `size` readable bytes.
unsafe fn rename(file: Handle, place: *const c_void, size: u32) -> Result<()> {
    const NAME: usize = offset_of!(FILE_RENAME_INFO, FileName);
    // SAFETY: the same contract.
    let request: FILE_RENAME_INFO = unsafe { take(place, size) }?;
    let length = request.FileNameLength as usize;
    if length > size as usize - NAME || !length.is_multiple_of(2) || length == 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if !request.RootDirectory.is_null() {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    // SAFETY: as long as was just checked.
    let name = unsafe { elements(place.wrapping_byte_add(NAME).cast::<u16>(), length / 2) };
    // SAFETY: any byte that is not 0 is meant as TRUE; the union is read as its bytes.
    let replaces = unsafe { place.cast::<u8>().read() } != 0;
    information::set_name(file, &name, replaces)
}

/// `SetFileInformationByHandle`: changes an open file: `FileBasicInfo`, `FileRenameInfo`,
/// `FileDispositionInfo` (the name goes at once), `FileEndOfFileInfo`.
///
/// # Errors
/// Those of the functions of [`information`]; `ERROR_BAD_LENGTH`: the buffer is too small;
/// `ERROR_NOT_SUPPORTED`: another class.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-setfileinformationbyhandle>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetFileInformationByHandle(
    file: HANDLE,
    class: FILE_INFO_BY_HANDLE_CLASS,
    place: *const c_void,
    size: u32,
) -> BOOL {
    succeeds(from_handle(file).and_then(|file| match class {
        official::FileBasicInfo => {
            // SAFETY: by the caller's contract.
            let wanted: FILE_BASIC_INFO = unsafe { take(place, size) }?;
            let [created, accessed, written] =
                [wanted.CreationTime, wanted.LastAccessTime, wanted.LastWriteTime]
                    .map(i64::cast_unsigned);
            information::set_basic(file, created, accessed, written, wanted.FileAttributes)
        }
        // SAFETY: by the caller's contract.
        official::FileRenameInfo => unsafe { rename(file, place, size) },
        official::FileDispositionInfo => {
            const { assert!(size_of::<FILE_DISPOSITION_INFO>() == 1) };
            // SAFETY: by the caller's contract; any byte is read.
            let wanted: u8 = unsafe { take(place, size) }?;
            information::set_disposition(file, wanted != 0)
        }
        official::FileEndOfFileInfo => {
            // SAFETY: by the caller's contract.
            let wanted: FILE_END_OF_FILE_INFO = unsafe { take(place, size) }?;
            information::set_end_of_file(file, wanted.EndOfFile)
        }
        _ => Err(Win32Error::NOT_SUPPORTED),
    }))
}
same_signature!(
    official::SetFileInformationByHandle,
    SetFileInformationByHandle,
    fn(_, _, _, _) -> _
);

/// The path of an open file in the form that is asked for.
fn final_path(file: HANDLE, flags: u32) -> Result<Vec<u16>> {
    const NORMALIZED: [u32; 2] = [official::FILE_NAME_NORMALIZED, official::FILE_NAME_OPENED];
    const NO_DRIVE: u32 = official::VOLUME_NAME_NONE;
    let path = information::final_path(from_handle(file)?)?;
    let form = flags & !NORMALIZED[1];
    match form {
        official::VOLUME_NAME_DOS => Ok(r"\\?\".encode_utf16().chain(path).collect()),
        NO_DRIVE => Ok(path.get(2..).unwrap_or_default().to_vec()),
        official::VOLUME_NAME_GUID | official::VOLUME_NAME_NT => Err(Win32Error::NOT_SUPPORTED),
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}

/// `GetFinalPathNameByHandle`: the path an open file has now, as `\\?\C:\...` or without its drive;
/// its length, or the room needed.
///
/// # Errors
/// 0, with the errors of [`information::final_path`]; `ERROR_NOT_SUPPORTED` for the forms with a
/// volume's number or device.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfinalpathnamebyhandlew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFinalPathNameByHandleW(
    file: HANDLE,
    buffer: *mut u16,
    size: u32,
    flags: GETFINALPATHNAMEBYHANDLE_FLAGS,
) -> u32 {
    // SAFETY: NULL or so much room, by the caller's contract.
    unsafe { store_text::<u16>(final_path(file, flags), buffer, size) }
}
same_signature!(
    official::GetFinalPathNameByHandleW,
    GetFinalPathNameByHandleW,
    fn(_, _, _, _) -> _
);

/// `GetFinalPathNameByHandleA`: as [`GetFinalPathNameByHandleW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfinalpathnamebyhandlea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFinalPathNameByHandleA(
    file: HANDLE,
    buffer: *mut u8,
    size: u32,
    flags: GETFINALPATHNAMEBYHANDLE_FLAGS,
) -> u32 {
    // SAFETY: NULL or so much room, by the caller's contract.
    unsafe { store_text::<u8>(final_path(file, flags), buffer, size) }
}
same_signature!(
    official::GetFinalPathNameByHandleA,
    GetFinalPathNameByHandleA,
    fn(_, _, _, _) -> _
);

const fn whole(low: u32, high: u32) -> u64 {
    (high as u64) << 32 | low as u64
}

/// `LockFile`: keeps others from a part of a file, if nobody has locked it.
///
/// # Errors
/// Those of [`lock::lock`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-lockfile>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LockFile(
    file: HANDLE,
    low: u32,
    high: u32,
    length_low: u32,
    length_high: u32,
) -> BOOL {
    let lock = Lock {
        offset: whole(low, high),
        length: whole(length_low, length_high),
        exclusive: true,
        at_once: true,
    };
    succeeds(from_handle(file).and_then(|file| lock::lock(file, lock)))
}
same_signature!(official::LockFile, LockFile, fn(_, _, _, _, _) -> _);

/// `UnlockFile`: lets others at a part of a file again.
///
/// # Errors
/// Those of [`lock::unlock`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-unlockfile>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn UnlockFile(
    file: HANDLE,
    low: u32,
    high: u32,
    length_low: u32,
    length_high: u32,
) -> BOOL {
    let (offset, length) = (whole(low, high), whole(length_low, length_high));
    succeeds(from_handle(file).and_then(|file| lock::unlock(file, offset, length)))
}
same_signature!(official::UnlockFile, UnlockFile, fn(_, _, _, _, _) -> _);

/// Where an `OVERLAPPED` points to.
///
/// # Safety
/// `overlapped` is NULL or readable.
unsafe fn place_of(overlapped: *const OVERLAPPED) -> Result<u64> {
    // SAFETY: the same contract.
    let request = unsafe { load(overlapped) }.ok_or(Win32Error::INVALID_PARAMETER)?;
    // SAFETY: both forms of the union are plain numbers.
    let place = unsafe { request.Anonymous.Anonymous };
    Ok(whole(place.Offset, place.OffsetHigh))
}

/// `LockFileEx`: keeps others from writing a part of a file, or with `LOCKFILE_EXCLUSIVE_LOCK` from
/// it, and waits for that unless `LOCKFILE_FAIL_IMMEDIATELY`. It has the lock when it returns, also
/// on a file that was opened for overlapped operations.
///
/// # Errors
/// Those of [`lock::lock`]; `ERROR_INVALID_PARAMETER`: there is no `overlapped`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-lockfileex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LockFileEx(
    file: HANDLE,
    flags: LOCK_FILE_FLAGS,
    reserved: u32,
    length_low: u32,
    length_high: u32,
    overlapped: *mut OVERLAPPED,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    let offset = unsafe { place_of(overlapped) };
    succeeds(from_handle(file).and_then(|file| {
        if reserved != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let lock = Lock {
            offset: offset?,
            length: whole(length_low, length_high),
            exclusive: flags & LOCKFILE_EXCLUSIVE_LOCK != 0,
            at_once: flags & LOCKFILE_FAIL_IMMEDIATELY != 0,
        };
        lock::lock(file, lock)
    }))
}
same_signature!(official::LockFileEx, LockFileEx, fn(_, _, _, _, _, _) -> _);

/// `UnlockFileEx`: lets others at a part of a file again.
///
/// # Errors
/// Those of [`lock::unlock`]; `ERROR_INVALID_PARAMETER`: there is no `overlapped`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-unlockfileex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn UnlockFileEx(
    file: HANDLE,
    _reserved: u32,
    length_low: u32,
    length_high: u32,
    overlapped: *mut OVERLAPPED,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    let offset = unsafe { place_of(overlapped) };
    let length = whole(length_low, length_high);
    succeeds(from_handle(file).and_then(|file| lock::unlock(file, offset?, length)))
}
same_signature!(official::UnlockFileEx, UnlockFileEx, fn(_, _, _, _, _) -> _);
