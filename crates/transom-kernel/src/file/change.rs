//! Directories, copies, renaming: what changes names.

use super::open::{
    self, has_forbidden_characters, is_directory, own_path, why_not, without_trailing_separators,
};
use super::path::{self, Win32Path};
use super::{attributes, share};
use crate::error::{Result, Win32Error};
use crate::object::ObjectId;
use rustix::fs::{
    AtFlags, CWD, FileType, Mode, OFlags, RenameFlags, Timespec, Timestamps, chmod, chmodat,
    fchmod, fstat, futimens, linkat, mkdirat, openat, renameat, renameat_with, statat, symlinkat,
    unlinkat,
};
use rustix::io::Errno;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE};
use windows_sys::Win32::Storage::FileSystem as win;

/// The Linux path of a name that must be a file's or directory's.
pub(super) fn path_of(name: &[u16], otherwise: Win32Error) -> Result<PathBuf> {
    match path::to_linux(name)? {
        Win32Path::File(path) => Ok(path),
        _ => Err(otherwise),
    }
}

/// `CreateDirectory`: makes a directory, of this mode, or usually 0777 less the umask.
///
/// # Errors
/// `ERROR_ALREADY_EXISTS` when the name is taken, `ERROR_PATH_NOT_FOUND` when a directory on the way
/// is missing, `ERROR_INVALID_NAME` for a name that no Windows file has, `ERROR_ACCESS_DENIED`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createdirectoryw>
pub fn create_directory(name: &[u16], mode: Option<u32>) -> Result<()> {
    let path = path_of(name, Win32Error::DIRECTORY)?;
    let (path, _) = without_trailing_separators(&path);
    if has_forbidden_characters(path) {
        let there = statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW);
        return Err(match there {
            Ok(_) => Win32Error::ALREADY_EXISTS,
            Err(error) => why_not(path, false, error),
        });
    }
    match mkdirat(CWD, path, Mode::from_raw_mode(mode.unwrap_or(0o777))) {
        Ok(()) => mode.map_or(Ok(()), |mode| set_mode_of_new(path, mode)),
        Err(Errno::EXIST) => Err(Win32Error::ALREADY_EXISTS),
        Err(Errno::NOENT) => Err(Win32Error::PATH_NOT_FOUND),
        Err(error) => Err(error.into()),
    }
}

/// Gives a directory of ours the mode of which the umask has taken something away.
fn set_mode_of_new(path: &Path, mode: u32) -> Result<()> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = openat(CWD, path, flags, Mode::empty())?;
    let is = fstat(&directory)?.st_mode;
    if is & 0o777 == mode {
        return Ok(());
    }
    Ok(chmod(own_path(&directory), Mode::from_raw_mode(is & 0o7000 | mode))?)
}

/// `RemoveDirectory`: removes an empty directory, or a link to one.
///
/// # Errors
/// `ERROR_DIR_NOT_EMPTY`, `ERROR_DIRECTORY` for a file, `ERROR_SHARING_VIOLATION` for a directory in
/// use (the current one of this process is), `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`, `ERROR_ACCESS_DENIED`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-removedirectoryw>
pub fn remove_directory(name: &[u16]) -> Result<()> {
    let path = path_of(name, Win32Error::DIRECTORY)?;
    let (path, _) = without_trailing_separators(&path);
    let stat = statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW);
    let stat = stat.map_err(|error| why_not(path, false, error))?;
    let is_link = FileType::from_raw_mode(stat.st_mode).is_symlink();
    let leads_to_directory =
        is_link && statat(CWD, path, AtFlags::empty()).is_ok_and(|stat| is_directory(&stat));
    let flags = match (is_directory(&stat), leads_to_directory) {
        (true, _) => AtFlags::REMOVEDIR,
        (false, true) => AtFlags::empty(),
        (false, false) => return Err(Win32Error::DIRECTORY),
    };
    // Linux would let go of it; Windows holds it open.
    let current = statat(CWD, ".", AtFlags::empty());
    if current.is_ok_and(|current| (current.st_dev, current.st_ino) == (stat.st_dev, stat.st_ino)) {
        return Err(Win32Error::SHARING_VIOLATION);
    }
    match unlinkat(CWD, path, flags) {
        Ok(()) => Ok(()),
        Err(Errno::NOTEMPTY | Errno::EXIST) => Err(Win32Error::DIR_NOT_EMPTY),
        Err(Errno::BUSY | Errno::INVAL) => Err(Win32Error::SHARING_VIOLATION),
        Err(error) => Err(why_not(path, false, error)),
    }
}

/// `CreateHardLink`: gives a file one more name.
///
/// # Errors
/// `ERROR_ALREADY_EXISTS` when the name is taken, `ERROR_ACCESS_DENIED` for a directory,
/// `ERROR_NOT_SAME_DEVICE`, `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createhardlinkw>
pub fn create_hard_link(new: &[u16], existing: &[u16]) -> Result<()> {
    let new = path_of(new, Win32Error::ACCESS_DENIED)?;
    let existing = path_of(existing, Win32Error::ACCESS_DENIED)?;
    let stat = statat(CWD, &existing, AtFlags::empty());
    let stat = stat.map_err(|error| why_not(&existing, false, error))?;
    if is_directory(&stat) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    match linkat(CWD, &existing, CWD, &new, AtFlags::SYMLINK_FOLLOW) {
        Ok(()) => Ok(()),
        Err(Errno::EXIST) => Err(Win32Error::ALREADY_EXISTS),
        Err(Errno::XDEV) => Err(Win32Error::NOT_SAME_DEVICE),
        Err(Errno::NOENT) => Err(Win32Error::PATH_NOT_FOUND),
        Err(error) => Err(error.into()),
    }
}

/// `CreateSymbolicLink`: makes a link, whose target need not be there.
///
/// # Errors
/// `ERROR_ALREADY_EXISTS` when the name is taken, `ERROR_PATH_NOT_FOUND`, `ERROR_ACCESS_DENIED`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createsymboliclinkw>
pub fn create_symbolic_link(link: &[u16], target: &[u16]) -> Result<()> {
    let link = path_of(link, Win32Error::ACCESS_DENIED)?;
    let target = path_of(target, Win32Error::ACCESS_DENIED)?;
    match symlinkat(&target, CWD, &link) {
        Ok(()) => Ok(()),
        Err(Errno::EXIST) => Err(Win32Error::ALREADY_EXISTS),
        Err(Errno::NOENT) => Err(Win32Error::PATH_NOT_FOUND),
        Err(error) => Err(error.into()),
    }
}

/// The write permissions of a file that was made read-only and no longer is.
pub(super) fn mode_with(mode: u32, read_only: bool) -> u32 {
    if read_only {
        mode & 0o7555
    } else if attributes::is_read_only(mode) {
        // Who may read it may write it, as far as the mask of this process lets new files.
        let mask = std::fs::read_to_string("/proc/self/status").ok().and_then(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("Umask:"))?;
            u32::from_str_radix(line.trim(), 8).ok()
        });
        mode & 0o7777 | (mode & 0o444) >> 1 & !mask.unwrap_or(0o022)
    } else {
        mode & 0o7777
    }
}

/// What attributes a Linux file can be given: being read-only or not.
pub(super) fn check_attributes(wanted: u32) -> Result<bool> {
    const KEPT: u32 = win::FILE_ATTRIBUTE_READONLY
        | win::FILE_ATTRIBUTE_ARCHIVE
        | win::FILE_ATTRIBUTE_NORMAL
        | win::FILE_ATTRIBUTE_DIRECTORY
        | win::FILE_ATTRIBUTE_REPARSE_POINT
        | win::FILE_ATTRIBUTE_TEMPORARY
        | win::FILE_ATTRIBUTE_NOT_CONTENT_INDEXED;
    if wanted & !KEPT != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    Ok(wanted & win::FILE_ATTRIBUTE_READONLY != 0)
}

/// `SetFileAttributes`: makes a file read-only, or writable again.
///
/// # Errors
/// `ERROR_NOT_SUPPORTED` for attributes that Linux has no place for (hidden, system, offline), those
/// of [`attributes::attributes`], `ERROR_ACCESS_DENIED`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-setfileattributesw>
pub fn set_attributes(name: &[u16], wanted: u32) -> Result<()> {
    attributes::attributes(name)?;
    let read_only = check_attributes(wanted)?;
    let path = path_of(name, Win32Error::ACCESS_DENIED)?;
    let stat = statat(CWD, &path, AtFlags::empty())?;
    if is_directory(&stat) {
        // Being read-only means nothing for a directory on Windows.
        return Ok(());
    }
    let mode = Mode::from_raw_mode(mode_with(stat.st_mode, read_only));
    Ok(chmodat(CWD, &path, mode, AtFlags::empty())?)
}

/// How far a copy has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the file.
    pub total: u64,
    /// Bytes that are copied.
    pub copied: u64,
}

/// What to do after a part was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proceed {
    /// Copying on.
    Continue,
    /// Giving up, and removing the copy.
    Cancel,
    /// Giving up, and leaving what is copied.
    Stop,
}

/// `CopyFile`, `CopyFileEx`: copies a file, its time of writing and whether it is read-only.
///
/// # Errors
/// Those of [`open::create`]; `ERROR_FILE_EXISTS` if `fail_if_exists` and it does;
/// `ERROR_REQUEST_ABORTED` when it was given up.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-copyfilew>
pub fn copy(
    from: &[u16],
    to: &[u16],
    fail_if_exists: bool,
    report: &mut dyn FnMut(Progress) -> Proceed,
) -> Result<()> {
    const PART: usize = 1 << 20;
    let source = open::open_unlisted(
        from,
        &open::Request {
            access: GENERIC_READ,
            share: win::FILE_SHARE_READ | win::FILE_SHARE_WRITE,
            inherit: false,
            disposition: win::OPEN_EXISTING,
            flags: 0,
            mode: None,
        },
    )?;
    let stat = fstat(source.fd())?;
    if let (Win32Path::File(from), Win32Path::File(to)) =
        (path::to_linux(from)?, path::to_linux(to)?)
        && let (Ok(from), Ok(to)) =
            (statat(CWD, &from, AtFlags::empty()), statat(CWD, &to, AtFlags::empty()))
        && (from.st_dev, from.st_ino) == (to.st_dev, to.st_ino)
    {
        return Err(if fail_if_exists {
            Win32Error::FILE_EXISTS
        } else {
            Win32Error::SHARING_VIOLATION
        });
    }
    let target = open::open_unlisted(
        to,
        &open::Request {
            access: GENERIC_WRITE,
            share: 0,
            inherit: false,
            disposition: if fail_if_exists { win::CREATE_NEW } else { win::CREATE_ALWAYS },
            flags: 0,
            mode: None,
        },
    )?;
    let total = stat.st_size.cast_unsigned();
    let mut progress = Progress { total, copied: 0 };
    let mut buffer = vec![0; PART.min(total as usize + 1)];
    let mut proceed = report(progress);
    while proceed == Proceed::Continue {
        let count = match rustix::io::read(source.fd(), &mut *buffer) {
            Err(Errno::INTR) => continue,
            other => other?,
        };
        if count == 0 {
            break;
        }
        let mut rest = &buffer[..count];
        while !rest.is_empty() {
            match rustix::io::write(target.fd(), rest) {
                Err(Errno::INTR) => {}
                Err(error) => {
                    remove_copy(to);
                    return Err(error.into());
                }
                Ok(written) => rest = &rest[written..],
            }
        }
        progress.copied += count as u64;
        proceed = report(progress);
    }
    if proceed == Proceed::Cancel {
        remove_copy(to);
    }
    if proceed != Proceed::Continue {
        return Err(Win32Error::REQUEST_ABORTED);
    }
    let time = |sec, nsec: u64| Timespec { tv_sec: sec, tv_nsec: nsec as i64 };
    let times = Timestamps {
        last_access: time(stat.st_atime, stat.st_atime_nsec),
        last_modification: time(stat.st_mtime, stat.st_mtime_nsec),
    };
    if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile {
        futimens(target.fd(), &times)?;
        if attributes::is_read_only(stat.st_mode) {
            let mode = fstat(target.fd())?.st_mode & 0o7555;
            fchmod(target.fd(), Mode::from_raw_mode(mode))?;
        }
    }
    Ok(())
}

fn remove_copy(name: &[u16]) {
    if let Ok(Win32Path::File(path)) = path::to_linux(name) {
        // There is nobody to tell that it could not be done.
        let _ = unlinkat(CWD, &path, AtFlags::empty());
    }
}

/// `MoveFile`, `MoveFileEx`: gives a file or directory another name.
///
/// # Errors
/// `ERROR_ALREADY_EXISTS` when the name is taken and not to be replaced, `ERROR_NOT_SAME_DEVICE`
/// when it is on another disk and not to be copied, `ERROR_SHARING_VIOLATION` for a file that
/// somebody has open without `FILE_SHARE_DELETE`, `ERROR_ACCESS_DENIED` (also to replace a
/// directory), `ERROR_NOT_SUPPORTED` for moving at the next start, `ERROR_FILE_NOT_FOUND`,
/// `ERROR_PATH_NOT_FOUND`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexw>
pub fn move_file(from: &[u16], to: &[u16], flags: u32) -> Result<()> {
    const KNOWN: u32 =
        win::MOVEFILE_REPLACE_EXISTING | win::MOVEFILE_COPY_ALLOWED | win::MOVEFILE_WRITE_THROUGH;
    if flags & (win::MOVEFILE_DELAY_UNTIL_REBOOT | win::MOVEFILE_FAIL_IF_NOT_TRACKABLE) != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    if flags & !KNOWN != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let source = path_of(from, Win32Error::ACCESS_DENIED)?;
    let target = path_of(to, Win32Error::ACCESS_DENIED)?;
    let (source, _) = without_trailing_separators(&source);
    let (target, _) = without_trailing_separators(&target);
    let renamed = rename(source, target, flags & win::MOVEFILE_REPLACE_EXISTING != 0);
    if renamed != Err(Win32Error::NOT_SAME_DEVICE) || flags & win::MOVEFILE_COPY_ALLOWED == 0 {
        return renamed;
    }
    if is_directory(&statat(CWD, source, AtFlags::empty())?) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let replaces = flags & win::MOVEFILE_REPLACE_EXISTING != 0;
    copy(from, to, !replaces, &mut |_| Proceed::Continue)?;
    attributes::delete(from)
}

/// Renames what may be renamed.
pub(super) fn rename(source: &Path, target: &Path, replaces: bool) -> Result<()> {
    let stat = statat(CWD, source, AtFlags::SYMLINK_NOFOLLOW);
    let stat = stat.map_err(|error| why_not(source, false, error))?;
    let there = statat(CWD, target, AtFlags::SYMLINK_NOFOLLOW).ok();
    if let Some(there) = &there
        && (there.st_dev, there.st_ino) != (stat.st_dev, stat.st_ino)
    {
        if !replaces {
            return Err(Win32Error::ALREADY_EXISTS);
        }
        if is_directory(there) || is_directory(&stat) || attributes::is_read_only(there.st_mode) {
            return Err(Win32Error::ACCESS_DENIED);
        }
        if FileType::from_raw_mode(there.st_mode) == FileType::RegularFile {
            while_free(target, there.st_dev, there.st_ino, || Ok(()))?;
        }
    }
    let act = || {
        let renamed = if replaces {
            renameat(CWD, source, CWD, target)
        } else {
            match renameat_with(CWD, source, CWD, target, RenameFlags::NOREPLACE) {
                // The file system cannot do both in one step.
                Err(Errno::INVAL) if there.is_none() => renameat(CWD, source, CWD, target),
                other => other,
            }
        };
        match renamed {
            Ok(()) => Ok(()),
            Err(Errno::EXIST) if there.is_some() => Ok(renameat(CWD, source, CWD, target)?),
            Err(Errno::EXIST) => Err(Win32Error::ALREADY_EXISTS),
            Err(Errno::XDEV) => Err(Win32Error::NOT_SAME_DEVICE),
            Err(Errno::NOENT) => Err(Win32Error::PATH_NOT_FOUND),
            Err(Errno::INVAL) => Err(Win32Error::SHARING_VIOLATION),
            Err(error) => Err(error.into()),
        }
    };
    if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile {
        while_free(source, stat.st_dev, stat.st_ino, act)
    } else {
        act()
    }
}

/// Does something to a file's name if everyone who has it open lets them.
fn while_free(
    path: &Path,
    device: u64,
    inode: u64,
    act: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let open = |way: OFlags| {
        let flags = way | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        openat(CWD, path, flags, Mode::empty())
    };
    match open(OFlags::RDONLY).or_else(|_| open(OFlags::WRONLY)) {
        Ok(fd) => share::delete(fd.as_fd(), ObjectId::of_file(device, inode), act),
        // Its marks cannot be seen; Linux says whether it may be done.
        Err(_) => act(),
    }
}
