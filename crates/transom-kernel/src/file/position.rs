//! The file pointer and the file's size.

use super::{File, FileType};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::Handle;
use crate::object::{ObjectType, downcast};
use rustix::fs::{FileType as LinuxType, SeekFrom, fstat, ftruncate, seek};
use rustix::io::Errno;
use std::sync::Arc;
use windows_sys::Win32::Storage::FileSystem::{
    FILE_BEGIN, FILE_CURRENT, FILE_END, FILE_READ_ATTRIBUTES, FILE_WRITE_DATA,
};

/// The file of a handle that grants the access.
pub(crate) fn file_of(handle: Handle, access: u32) -> Result<Arc<File>> {
    let entry = current().table().entry(handle)?;
    let is_file = entry.object.header().kind() == ObjectType::File;
    // A pipe or mailslot is of type "File", and has neither places nor a size.
    let otherwise = if is_file { Win32Error::INVALID_FUNCTION } else { Win32Error::INVALID_HANDLE };
    let file = downcast(entry.object).map_err(|_| otherwise)?;
    if entry.access & access == access { Ok(file) } else { Err(Win32Error::ACCESS_DENIED) }
}

/// `SetFilePointer`, `SetFilePointerEx`: moves the file pointer by a distance from where
/// `method` says; where it is then. A place behind the end of the file is one.
///
/// # Errors
/// - `ERROR_INVALID_PARAMETER`: there is no such method (found out before the handle is looked
///   at), or the place is beyond `most` or beyond what the file system can count.
/// - `ERROR_NEGATIVE_SEEK`: the place is before the beginning. The pointer stays.
/// - `ERROR_INVALID_HANDLE`: it is no file. `ERROR_INVALID_FUNCTION`: it is a pipe or terminal.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-setfilepointerex>
pub fn set_pointer(handle: Result<Handle>, distance: i64, method: u32, most: u64) -> Result<u64> {
    if !matches!(method, FILE_BEGIN | FILE_CURRENT | FILE_END) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let file = file_of(handle?, 0)?;
    let fd = file.fd();
    let base = match method {
        FILE_BEGIN => 0,
        FILE_CURRENT => seek(fd, SeekFrom::Current(0)).map_err(refused)?,
        _ => fstat(fd).map(|stat| stat.st_size.cast_unsigned())?,
    };
    let target = i64::try_from(base)
        .ok()
        .and_then(|base| base.checked_add(distance))
        .ok_or(Win32Error::INVALID_PARAMETER)?;
    let target = u64::try_from(target).map_err(|_| Win32Error::NEGATIVE_SEEK)?;
    if target > most {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // The null device takes any place and stays where it is.
    seek(fd, SeekFrom::Start(target)).map(|_| target).map_err(refused)
}

/// Why the file pointer cannot be moved; a descriptor may know no places.
fn refused(error: Errno) -> Win32Error {
    if error == Errno::BADF { Win32Error::ACCESS_DENIED } else { error.into() }
}

/// `GetFileSize`, `GetFileSizeEx`: a file's size in bytes; 0 for a directory.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no file, `ERROR_INVALID_FUNCTION` for pipes and devices,
/// `ERROR_ACCESS_DENIED` for a handle without `FILE_READ_ATTRIBUTES`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfilesizeex>
pub fn size(handle: Handle) -> Result<u64> {
    let stat = fstat(file_of(handle, FILE_READ_ATTRIBUTES)?.fd())?;
    match LinuxType::from_raw_mode(stat.st_mode) {
        LinuxType::RegularFile | LinuxType::Symlink => Ok(stat.st_size.cast_unsigned()),
        LinuxType::Directory => Ok(0),
        _ => Err(Win32Error::INVALID_FUNCTION),
    }
}

/// `SetEndOfFile`: the file ends where the file pointer is; what is new reads as zeros.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no file of a disk, `ERROR_INVALID_FUNCTION` for a pipe,
/// `ERROR_ACCESS_DENIED` for a handle without `FILE_WRITE_DATA`, and what the file system
/// reports.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-setendoffile>
pub fn set_end(handle: Handle) -> Result<()> {
    use super::Stream;
    let file = file_of(handle, FILE_WRITE_DATA)?;
    if file.file_type() != FileType::Disk {
        return Err(Win32Error::INVALID_HANDLE);
    }
    let end = seek(file.fd(), SeekFrom::Current(0))?;
    match ftruncate(file.fd(), end) {
        // The handle was granted more than the file was opened with.
        Err(Errno::INVAL | Errno::BADF) => Err(Win32Error::ACCESS_DENIED),
        other => Ok(other?),
    }
}
