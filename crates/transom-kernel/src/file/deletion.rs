//! `FILE_FLAG_DELETE_ON_CLOSE`: the name goes when the last handle to the open file is closed,
//! in whatever process that is; the file itself, when nobody has it open any more.
//!
//! Who closes such a file looks whether its [mark](super::share) is still there. If it is, then
//! somebody else (a duplicate, an inheriting child) holds the open file, and will delete it.
//!
//! What cannot be kept: a process that is killed deletes nothing, and a program that is not
//! Transom's closes an inherited file without deleting it.

use super::open::{directory_of, own_path};
use super::{File, share};
use crate::error::{Result, Win32Error};
use crate::handle::HandleFlags;
use crate::handle::table::HandleTable;
use crate::object::downcast_ref;
use rustix::fs::{
    Access, AtFlags, CWD, Mode, OFlags, Stat, accessat, fstat, openat, readlinkat, statat, unlinkat,
};
use std::ffi::OsString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file that is about to be closed and then deleted. Dropping it does the latter.
#[derive(Debug)]
pub(crate) struct Deletion {
    path: PathBuf,
    stat: Stat,
    /// The file once more, to look for marks when our own is gone; nothing where it cannot be
    /// opened.
    witness: Option<OwnedFd>,
}

impl Deletion {
    /// Prepares the deletion of an open file, by the name it has now.
    pub(crate) fn of(fd: BorrowedFd<'_>) -> Option<Self> {
        let stat = fstat(fd).ok().filter(|stat| stat.st_nlink > 0)?;
        let own = own_path(&fd);
        let path = readlinkat(CWD, &own, Vec::new()).ok()?.into_bytes();
        let open = |flags| openat(CWD, &own, flags | OFlags::CLOEXEC, Mode::empty()).ok();
        let witness = open(OFlags::RDONLY | OFlags::NONBLOCK)
            .or_else(|| open(OFlags::WRONLY | OFlags::NONBLOCK));
        Some(Self { path: OsString::from_vec(path).into(), stat, witness })
    }
}

impl Deletion {
    /// Whether somebody else holds the open file. A child that is only just being started does,
    /// until it runs its program: it gets some milliseconds for that.
    fn is_left_to_others(&self) -> bool {
        let Some(witness) = &self.witness else { return false };
        (0..5).all(|attempt| {
            if attempt > 0 {
                std::thread::sleep(Duration::from_millis(1));
            }
            share::is_to_be_deleted_later(witness.as_fd())
        })
    }
}

impl Drop for Deletion {
    fn drop(&mut self) {
        let kept = self.is_left_to_others();
        // Somebody may have put another file under the name.
        let same = statat(CWD, &self.path, AtFlags::SYMLINK_NOFOLLOW)
            .is_ok_and(|stat| (stat.st_dev, stat.st_ino) == (self.stat.st_dev, self.stat.st_ino));
        if !kept && same {
            let is_directory = super::open::is_directory(&self.stat);
            let flags = if is_directory { AtFlags::REMOVEDIR } else { AtFlags::empty() };
            // There is nobody to tell that it could not be done.
            let _ = unlinkat(CWD, &self.path, flags);
        }
    }
}

/// Whether a file's name could be removed from its directory.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` when not.
pub(crate) fn check_directory(path: &Path) -> Result<()> {
    let wanted = Access::WRITE_OK | Access::EXEC_OK;
    accessat(CWD, directory_of(path), wanted, AtFlags::EACCESS)
        .map_err(|_| Win32Error::ACCESS_DENIED)
}

/// Closes what is deleted on closing, at the end of the process.
pub(crate) fn close_what_is_to_go(table: &HandleTable) {
    for (value, entry) in table.entries() {
        let goes = downcast_ref::<File>(&*entry.object).is_ok_and(File::deletes_on_close);
        drop(entry);
        if goes {
            let protection = HandleFlags::PROTECT_FROM_CLOSE;
            // A handle that another thread closes meanwhile is closed.
            let _ = table.set_flags(value.into(), protection, HandleFlags::empty());
            let _ = table.close(value.into());
        }
    }
}
