//! Files by their names: attributes, and deleting.

use super::open::{is_directory, why_not, without_trailing_separators};
use super::path::{self, Win32Path};
use super::share;
use crate::error::{Result, Win32Error};
use crate::object::ObjectId;
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, openat, statat, unlinkat};
use rustix::io::Errno;
use std::os::fd::AsFd;
use std::path::Path;
use windows_sys::Win32::Storage::FileSystem::{
    FILE_ATTRIBUTE_ARCHIVE, FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_READONLY,
    FILE_ATTRIBUTE_REPARSE_POINT,
};

/// Whether a file of this mode is read-only: nobody may write to it.
pub(super) const fn is_read_only(mode: u32) -> bool {
    mode & 0o222 == 0
}

/// `GetFileAttributes`: the attributes of a file or directory.
///
/// An ordinary file has `FILE_ATTRIBUTE_ARCHIVE`, and `FILE_ATTRIBUTE_READONLY` if its mode has
/// no write bit; a directory has `FILE_ATTRIBUTE_DIRECTORY`; a symbolic link has
/// `FILE_ATTRIBUTE_REPARSE_POINT` beside the attributes of what it leads to.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`: it is not there, or the directory it should
/// be in is not. `ERROR_INVALID_NAME`: it is not there and could not be called so.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfileattributesw>
pub fn attributes(name: &[u16]) -> Result<u32> {
    let path = match path::to_linux(name)? {
        Win32Path::File(path) => path,
        Win32Path::Nul | Win32Path::Con | Win32Path::ConIn | Win32Path::ConOut => {
            return Ok(FILE_ATTRIBUTE_ARCHIVE);
        }
        // Neither has a room in the kernel yet, so there is none.
        Win32Path::Pipe(_) | Win32Path::Mailslot(_) => return Err(Win32Error::FILE_NOT_FOUND),
    };
    let (path, must_be_directory) = without_trailing_separators(&path);
    let look = |flags| statat(CWD, path, flags);
    let stat = look(AtFlags::SYMLINK_NOFOLLOW).map_err(|error| why_not(path, false, error))?;
    let is_link = FileType::from_raw_mode(stat.st_mode).is_symlink();
    // A link that leads nowhere is still there.
    let target = if is_link { look(AtFlags::empty()).unwrap_or(stat) } else { stat };
    if must_be_directory && !is_directory(&target) {
        return Err(Win32Error::PATH_NOT_FOUND);
    }
    Ok(of_mode(target.st_mode, is_link))
}

/// The attributes of a file of this mode, which a link may lead to.
pub(super) fn of_mode(mode: u32, is_link: bool) -> u32 {
    let link = if is_link { FILE_ATTRIBUTE_REPARSE_POINT } else { 0 };
    let own = if FileType::from_raw_mode(mode).is_dir() {
        FILE_ATTRIBUTE_DIRECTORY
    } else if is_read_only(mode) {
        FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_READONLY
    } else {
        FILE_ATTRIBUTE_ARCHIVE
    };
    own | link
}

/// `DeleteFile`: removes a file's name at once; who has it open can go on using it. Of a symbolic
/// link, the link goes.
///
/// # Errors
/// - `ERROR_SHARING_VIOLATION`: somebody has it open without `FILE_SHARE_DELETE`.
/// - `ERROR_ACCESS_DENIED`: it is a directory or read-only, or Linux refuses.
/// - `ERROR_INVALID_PARAMETER`: it is a device's name. `ERROR_INVALID_NAME`: a separator ends the
///   name, or no file could be called so.
/// - `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`: as for [`attributes`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-deletefilew>
pub fn delete(name: &[u16]) -> Result<()> {
    let path = match path::to_linux(name)? {
        Win32Path::File(path) => path,
        Win32Path::Nul | Win32Path::Con | Win32Path::ConIn | Win32Path::ConOut => {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // Neither has a room in the kernel yet, so there is none.
        Win32Path::Pipe(_) | Win32Path::Mailslot(_) => return Err(Win32Error::FILE_NOT_FOUND),
    };
    let (path, must_be_directory) = without_trailing_separators(&path);
    let stat = statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW)
        .map_err(|error| why_not(path, must_be_directory, error))?;
    if must_be_directory {
        return Err(Win32Error::INVALID_NAME);
    }
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Directory => Err(Win32Error::ACCESS_DENIED),
        FileType::RegularFile if is_read_only(stat.st_mode) => Err(Win32Error::ACCESS_DENIED),
        FileType::RegularFile => delete_if_free(path, &stat),
        // Links and devices have no share modes.
        _ => unlink(path),
    }
}

fn delete_if_free(path: &Path, stat: &Stat) -> Result<()> {
    let open = |way: OFlags| {
        let flags = way | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        openat(CWD, path, flags, Mode::empty())
    };
    match open(OFlags::RDONLY).or_else(|_| open(OFlags::WRONLY)) {
        Ok(fd) => {
            let id = ObjectId::of_file(stat.st_dev, stat.st_ino);
            share::delete(fd.as_fd(), id, || unlink(path))
        }
        // Its marks cannot be seen; Linux says whether it may be deleted.
        Err(Errno::ACCESS | Errno::PERM | Errno::TXTBSY) => unlink(path),
        Err(error) => Err(why_not(path, false, error)),
    }
}

fn unlink(path: &Path) -> Result<()> {
    unlinkat(CWD, path, AtFlags::empty()).map_err(|error| why_not(path, false, error))
}
