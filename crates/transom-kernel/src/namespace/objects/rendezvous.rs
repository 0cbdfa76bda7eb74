//! A held name: the open file whose lock says that the object is in use.

use crate::executive::current;
use crate::namespace::Namespace;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstat, open, statat, unlinkat};
use std::ops::Range;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicU32, Ordering};
use transom_sys::record_lock::{self, Kind};

/// The byte whose lock all holders share.
pub(super) const HOLDERS: Range<u64> = 0..1;

/// How often this process was forked: the new process has all that is open then.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// A name that this process holds.
#[derive(Debug)]
pub(crate) struct Rendezvous {
    file: OwnedFd,
    /// How often this process had been forked when it opened the file; [`GIVEN`] if other
    /// processes may have the same open file for another reason.
    forks: AtomicU32,
}

const GIVEN: u32 = u32::MAX;

/// Notes that the process is forked.
pub(crate) fn note_fork() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}

/// How often this process was forked: who keeps the number knows whether he is still in the
/// process he was in.
pub(crate) fn forks() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

/// What closing a name shows.
#[derive(Debug)]
pub(crate) enum Closed {
    /// Nobody holds it any more; the name is gone.
    Last,
    /// Others hold it. The file is no longer held through this.
    Held(OwnedFd),
    /// It cannot be told.
    Unknown,
}

impl Rendezvous {
    /// A name whose file is locked.
    pub(super) fn new(file: OwnedFd) -> Self {
        Self { file, forks: AtomicU32::new(FORKS.load(Ordering::Relaxed)) }
    }

    /// A name that came with an object from another process, which may not know that it was taken
    /// from there, and gives its lock up when it closes the object. So this process opens the file
    /// once more and holds it with a lock of its own.
    pub(crate) fn arrived(file: OwnedFd) -> Option<Self> {
        let fresh = reopen(&file)
            .filter(|fresh| record_lock::try_lock(fresh, Kind::Shared, &HOLDERS).unwrap_or(false));
        if let Some(fresh) = fresh {
            return Some(Self::new(fresh));
        }
        let held = record_lock::try_lock(&file, Kind::Shared, &HOLDERS).unwrap_or(false);
        let name = Self::new(file);
        name.note_given();
        held.then_some(name)
    }

    /// Notes that other processes may have the same open file, since they are given it.
    pub(crate) fn note_given(&self) {
        self.forks.store(GIVEN, Ordering::SeqCst);
    }

    /// Whether other users may open the object.
    pub(crate) fn is_for_others(&self) -> bool {
        fstat(&self.file).is_ok_and(|stat| stat.st_mode & Mode::WOTH.bits() != 0)
    }

    /// The open file that holds the name.
    pub(crate) fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// Lets go of the name, and removes it if nobody else holds it.
    pub(crate) fn close(self) -> Closed {
        // Children and other processes may hold the same open file. Only another one tells.
        let fresh = reopen(&self.file);
        let link = rustix::fs::readlink(&*path_of(&self.file), Vec::new());
        // A child that is just being started has copies of all descriptors until it runs its
        // program. It does not hold the name.
        if self.forks.load(Ordering::SeqCst) == FORKS.load(Ordering::Relaxed) {
            let _ = record_lock::unlock(&self.file, &HOLDERS);
        }
        drop(self.file);
        let (Some(fresh), Ok(link)) = (fresh, link) else { return Closed::Unknown };
        let name = link.to_bytes().rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        if let Ok(namespace) = current().namespace()
            && remove_if_unheld(namespace, &fresh, name)
        {
            return Closed::Last;
        }
        Closed::Held(fresh)
    }
}

fn path_of(file: &OwnedFd) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

/// Another open file description of a file.
fn reopen(file: &OwnedFd) -> Option<OwnedFd> {
    let is_file =
        |stat: rustix::fs::Stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    // Opening something else might do something.
    fstat(file).ok().filter(|stat| is_file(*stat))?;
    open(path_of(file), OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()).ok()
}

/// Whether nobody holds the name of an open file.
pub(crate) fn is_unheld(file: &OwnedFd) -> bool {
    record_lock::try_lock(file, Kind::Exclusive, &HOLDERS).unwrap_or(false)
}

/// Removes the file of a name if nobody holds it; whether that is so.
pub(super) fn remove_if_unheld(namespace: &Namespace, file: &OwnedFd, name: &[u8]) -> bool {
    if !is_unheld(file) {
        return false;
    }
    // As long as it is locked, nobody takes the name. It may have gone, and be another's by now.
    let Ok(objects) = namespace.objects() else { return true };
    let name = std::ffi::OsStr::from_bytes(name);
    let identity = |stat: rustix::fs::Stat| (stat.st_dev, stat.st_ino);
    let found = statat(objects, name, AtFlags::SYMLINK_NOFOLLOW).ok().map(identity);
    if found.is_some() && found == fstat(file).ok().map(identity) {
        let _ = unlinkat(objects, name, AtFlags::empty());
    }
    true
}
