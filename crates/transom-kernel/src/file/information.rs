//! What is told of an open file, and changed about it.

use super::change::{check_attributes, mode_with, rename};
use super::find::{Description, EVERYTHING};
use super::open::is_directory;
use super::path::{self, Win32Path, to_win32};
use super::position::file_of;
use super::{File, FileType, Stream};
use crate::error::{Result, Win32Error};
use crate::handle::Handle;
use crate::time::to_unix;
use rustix::fs::{
    AtFlags, CWD, Mode, Stat, Timespec, Timestamps, fchmod, fstat, ftruncate, futimens, readlinkat,
    statat, statvfs, statx, unlinkat,
};
use std::ffi::OsString;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use windows_sys::Win32::Storage::FileSystem as win;

/// `GetFileInformationByHandle`: tells of an open file.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no file, `ERROR_INVALID_FUNCTION` for a pipe or device.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfileinformationbyhandle>
pub fn description(handle: Handle) -> Result<Description> {
    let file = file_of(handle, 0)?;
    if file.file_type() != FileType::Disk {
        return Err(Win32Error::INVALID_FUNCTION);
    }
    let stat = statx(file.fd(), c"", AtFlags::EMPTY_PATH, EVERYTHING)?;
    let path = linux_path(&file)?;
    let name = path.file_name().unwrap_or_default().as_bytes().to_vec();
    Ok(Description { name: crate::text::to_wide(&name), ..Description::of(&stat, false) })
}

/// `GetFileTime`: when a file was made, read and written.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` without `FILE_READ_ATTRIBUTES`, `ERROR_INVALID_HANDLE` for what is no file.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfiletime>
pub fn times(handle: Handle) -> Result<[u64; 3]> {
    let file = file_of(handle, win::FILE_READ_ATTRIBUTES)?;
    let stat = statx(file.fd(), c"", AtFlags::EMPTY_PATH, EVERYTHING)?;
    let found = Description::of(&stat, false);
    Ok([found.created, found.accessed, found.written])
}

/// `SetFileTime`: sets when a file was read and written. When it was made Linux does not let anybody
/// say.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` without `FILE_WRITE_ATTRIBUTES`, `ERROR_NOT_SUPPORTED` for the time it was
/// made if nothing else is set, `ERROR_INVALID_HANDLE` for what is no file.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-setfiletime>
pub fn set_times(
    handle: Handle,
    created: Option<u64>,
    accessed: Option<u64>,
    written: Option<u64>,
) -> Result<()> {
    let file = file_of(handle, win::FILE_WRITE_ATTRIBUTES)?;
    // 0 and all bits set leave a time as it is.
    let wanted = |time: Option<u64>| time.filter(|&time| time != 0 && time != u64::MAX);
    let spec = |time: Option<u64>| match wanted(time).map(to_unix) {
        Some((tv_sec, tv_nsec)) => Timespec { tv_sec, tv_nsec },
        None => Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_OMIT },
    };
    if wanted(accessed).is_none() && wanted(written).is_none() {
        return if wanted(created).is_some() { Err(Win32Error::NOT_SUPPORTED) } else { Ok(()) };
    }
    let times = Timestamps { last_access: spec(accessed), last_modification: spec(written) };
    futimens(file.fd(), &times).map_err(|error| match error {
        rustix::io::Errno::BADF => Win32Error::ACCESS_DENIED,
        error => error.into(),
    })
}

/// `SetFileInformationByHandle` with `FileBasicInfo`: times and attributes.
///
/// # Errors
/// As for [`set_times`], and `ERROR_NOT_SUPPORTED` for attributes that Linux has no place for.
pub fn set_basic(
    handle: Handle,
    created: u64,
    accessed: u64,
    written: u64,
    attributes: u32,
) -> Result<()> {
    let file = file_of(handle, win::FILE_WRITE_ATTRIBUTES)?;
    let read_only = check_attributes(attributes)?;
    if created | accessed | written != 0 {
        set_times(handle, Some(created), Some(accessed), Some(written))?;
    }
    if attributes != 0 {
        let stat = fstat(file.fd())?;
        if !is_directory(&stat) {
            fchmod(file.fd(), Mode::from_raw_mode(mode_with(stat.st_mode, read_only)))?;
        }
    }
    Ok(())
}

/// `SetFileInformationByHandle` with `FileEndOfFileInfo`: makes a file so long.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` without `FILE_WRITE_DATA`, `ERROR_INVALID_PARAMETER` for a negative size.
pub fn set_end_of_file(handle: Handle, size: i64) -> Result<()> {
    let size = u64::try_from(size).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    Ok(ftruncate(file_of(handle, win::FILE_WRITE_DATA)?.fd(), size)?)
}

/// Whether a file is still the one of its path.
fn is_there(stat: &Stat, path: &Path) -> bool {
    statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|found| (found.st_dev, found.st_ino) == (stat.st_dev, stat.st_ino))
}

/// `SetFileInformationByHandle` with `FileDispositionInfo`: removes a file's name. It goes at once;
/// with `delete` FALSE nothing happens.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` without `DELETE`, or for a read-only file; `ERROR_DIR_NOT_EMPTY`.
pub fn set_disposition(handle: Handle, delete: bool) -> Result<()> {
    let file = file_of(handle, win::DELETE)?;
    if !delete {
        return Ok(());
    }
    let (stat, path) = (fstat(file.fd())?, linux_path(&file)?);
    if stat.st_nlink == 0 || !is_there(&stat, &path) {
        return Ok(());
    }
    if is_directory(&stat) {
        return match unlinkat(CWD, &path, AtFlags::REMOVEDIR) {
            Err(rustix::io::Errno::NOTEMPTY) => Err(Win32Error::DIR_NOT_EMPTY),
            other => Ok(other?),
        };
    }
    if super::attributes::is_read_only(stat.st_mode) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    Ok(unlinkat(CWD, &path, AtFlags::empty())?)
}

/// `SetFileInformationByHandle` with `FileRenameInfo`: gives an open file another name.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` without `DELETE`, and those of
/// [`move_file`](super::change::move_file).
pub fn set_name(handle: Handle, name: &[u16], replaces: bool) -> Result<()> {
    let file = file_of(handle, win::DELETE)?;
    let Win32Path::File(target) = path::to_linux(name)? else {
        return Err(Win32Error::INVALID_PARAMETER);
    };
    let source = linux_path(&file)?;
    // A name without a directory stays in the file's.
    let target = match source.parent() {
        Some(parent) if target.components().count() == 1 => parent.join(target),
        _ => target,
    };
    rename(&source, &target, replaces)
}

/// The Linux path an open file has now.
fn linux_path(file: &File) -> Result<PathBuf> {
    let link = readlinkat(CWD, format!("/proc/self/fd/{}", file.fd().as_raw_fd()), Vec::new())?;
    let mut bytes = link.into_bytes();
    if fstat(file.fd())?.st_nlink == 0
        && let Some(name) = bytes.strip_suffix(b" (deleted)")
    {
        bytes.truncate(name.len());
    }
    Ok(PathBuf::from(OsString::from_vec(bytes)))
}

/// `GetFinalPathNameByHandle`: the path an open file has now, from drive C on.
///
/// # Errors
/// `ERROR_INVALID_FUNCTION` for what has none; `ERROR_INVALID_HANDLE` for what is no file.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfinalpathnamebyhandlew>
pub fn final_path(handle: Handle) -> Result<Vec<u16>> {
    let file = file_of(handle, 0)?;
    if file.file_type() != FileType::Disk {
        return Err(Win32Error::INVALID_FUNCTION);
    }
    Ok(to_win32(linux_path(&file)?.as_os_str().as_bytes()))
}

/// How much room a disk has, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Space {
    /// Of one unit of allocation.
    pub unit: u64,
    /// For this user.
    pub available: u64,
    /// In all.
    pub total: u64,
    /// For root.
    pub free: u64,
    /// The longest name.
    pub longest_name: u64,
    /// The file system's number.
    pub serial: u64,
    /// Whether it can only be read.
    pub read_only: bool,
}

/// `GetDiskFreeSpace`: the room on the disk that a directory is on.
///
/// # Errors
/// `ERROR_PATH_NOT_FOUND` when it is not there, `ERROR_DIRECTORY` when it is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getdiskfreespaceexw>
pub fn space(name: &[u16]) -> Result<Space> {
    let Win32Path::File(path) = path::to_linux(name)? else { return Err(Win32Error::DIRECTORY) };
    let stat = statat(CWD, &path, AtFlags::empty()).map_err(|_| Win32Error::PATH_NOT_FOUND)?;
    if !is_directory(&stat) {
        return Err(Win32Error::DIRECTORY);
    }
    let disk = statvfs(&path)?;
    Ok(Space {
        unit: disk.f_frsize,
        available: disk.f_bavail.saturating_mul(disk.f_frsize),
        total: disk.f_blocks.saturating_mul(disk.f_frsize),
        free: disk.f_bfree.saturating_mul(disk.f_frsize),
        longest_name: disk.f_namemax,
        serial: disk.f_fsid ^ stat.st_dev,
        read_only: disk.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY),
    })
}
