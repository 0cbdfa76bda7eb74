//! `ReplaceFile`, and what is asked of files by their names and seldom.

use super::change::{path_of, rename};
use super::open::{is_directory, why_not, without_trailing_separators};
use crate::error::{Result, Win32Error};
use rustix::fs::{AtFlags, CWD, Mode, OFlags, Stat, chmodat, openat, statat};
use rustix::io::{Errno, read};
use std::path::Path;

/// What a path leads to.
fn look(path: &Path) -> Result<Stat> {
    statat(CWD, path, AtFlags::empty()).map_err(|error| why_not(path, false, error))
}

/// `ReplaceFile`: puts a file in the place of another, whose mode it gets, and keeps the other as `backup` if that
/// is given. Whoever looks always finds one of the two.
///
/// # Errors
/// - `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`: one of the two is missing.
/// - `ERROR_ACCESS_DENIED`: one is a directory, or Linux refuses.
/// - `ERROR_UNABLE_TO_REMOVE_REPLACED` (1175): the old one cannot be taken away, also because somebody has it open
///   without `FILE_SHARE_DELETE`; nothing has changed.
/// - `ERROR_UNABLE_TO_MOVE_REPLACEMENT` (1176): the new one cannot be moved; nothing has changed.
/// - `ERROR_UNABLE_TO_MOVE_REPLACEMENT_2` (1177): nor could the old one be moved back; it is the backup now.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-replacefilew>
pub fn replace(replaced: &[u16], replacement: &[u16], backup: Option<&[u16]>) -> Result<()> {
    let path = |name: &[u16]| path_of(name, Win32Error::ACCESS_DENIED);
    let (old, new) = (path(replaced)?, path(replacement)?);
    let backup = backup.map(path).transpose()?;
    let (was, is) = (look(&old)?, look(&new)?);
    if is_directory(&was) || is_directory(&is) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let move_new = |from: &Path| {
        let mode = Mode::from_raw_mode(was.st_mode);
        chmodat(CWD, from, mode, AtFlags::empty())?;
        rename(from, &old, true)
    };
    let Some(backup) = backup else {
        return move_new(&new).map_err(|error| match error {
            Win32Error::SHARING_VIOLATION => Win32Error::UNABLE_TO_REMOVE_REPLACED,
            _ => Win32Error::UNABLE_TO_MOVE_REPLACEMENT,
        });
    };
    rename(&old, &backup, true).map_err(|_| Win32Error::UNABLE_TO_REMOVE_REPLACED)?;
    if move_new(&new).is_ok() {
        return Ok(());
    }
    match rename(&backup, &old, false) {
        Ok(()) => Err(Win32Error::UNABLE_TO_MOVE_REPLACEMENT),
        Err(_) => Err(Win32Error::UNABLE_TO_MOVE_REPLACEMENT_2),
    }
}

/// `GetCompressedFileSize`: how many bytes of the disk a file takes; for one with holes, less than its size.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`, `ERROR_ACCESS_DENIED`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getcompressedfilesizew>
pub fn size_on_disk(name: &[u16]) -> Result<u64> {
    const BLOCK: u64 = 512;
    let path = path_of(name, Win32Error::FILE_NOT_FOUND)?;
    let stat = look(&path)?;
    let whole = stat.st_size.cast_unsigned();
    let taken = stat.st_blocks.cast_unsigned() * BLOCK;
    // The rest of the last block is nobody's.
    Ok(if is_directory(&stat) { 0 } else { taken.min(whole) })
}

/// The mode of a directory, which a new one is to be like.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`; `ERROR_DIRECTORY` for what is none.
pub fn mode_of_directory(name: &[u16]) -> Result<u32> {
    let path = path_of(name, Win32Error::DIRECTORY)?;
    let (path, _) = without_trailing_separators(&path);
    let stat = look(path)?;
    if is_directory(&stat) { Ok(stat.st_mode & 0o777) } else { Err(Win32Error::DIRECTORY) }
}

/// `GetBinaryType`: whether a program is one for 64 bits.
///
/// # Errors
/// `ERROR_BAD_EXE_FORMAT` for what is no program of Linux, `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`,
/// `ERROR_ACCESS_DENIED`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getbinarytypew>
pub fn is_64_bit_program(name: &[u16]) -> Result<bool> {
    const LIBRARY_OR_PROGRAM: [u8; 2] = [2, 3];
    let path = path_of(name, Win32Error::BAD_EXE_FORMAT)?;
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file =
        openat(CWD, &*path, flags, Mode::empty()).map_err(|error| why_not(&path, false, error))?;
    let mut start = [0; 18];
    let length = match read(&file, &mut start) {
        Err(Errno::ISDIR) => return Err(Win32Error::ACCESS_DENIED),
        other => other?,
    };
    let is_program = length == start.len()
        && start.starts_with(b"\x7fELF")
        && LIBRARY_OR_PROGRAM.contains(&start[16]);
    match start[4] {
        1 if is_program => Ok(false),
        2 if is_program => Ok(true),
        _ => Err(Win32Error::BAD_EXE_FORMAT),
    }
}
