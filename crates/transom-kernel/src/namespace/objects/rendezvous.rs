//! A held name: the open file whose lock says that the object is in use.

use crate::executive::current;
use crate::namespace::Namespace;
use rustix::fs::{AtFlags, Mode, OFlags, fstat, open, statat, unlinkat};
use std::ops::Range;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use transom_sys::record_lock::{self, Kind};

/// The byte whose lock all holders share.
pub(super) const HOLDERS: Range<u64> = 0..1;

/// How often this process was forked: the new process has all that is open then.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// A name that this process holds.
#[derive(Debug)]
pub(crate) struct Rendezvous {
    file: OwnedFd,
    /// Whether other processes may have the same open file.
    given: AtomicBool,
    forks: u32,
}

/// Notes that the process is forked.
pub(crate) fn note_fork() {
    FORKS.fetch_add(1, Ordering::Relaxed);
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
        Self { file, given: AtomicBool::new(false), forks: FORKS.load(Ordering::Relaxed) }
    }

    /// A name that came with an object from another process.
    pub(crate) fn arrived(file: OwnedFd) -> Option<Self> {
        // It is locked already, unless it is not what it should be.
        let held = record_lock::try_lock(&file, Kind::Shared, &HOLDERS).unwrap_or(false);
        let name = Self::new(file);
        name.note_given(true);
        held.then_some(name)
    }

    /// Notes whether other processes may have the same open file: they are given it, or this one
    /// opened it itself.
    pub(crate) fn note_given(&self, given: bool) {
        self.given.store(given, Ordering::SeqCst);
    }

    /// The open file that holds the name.
    pub(crate) fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// Lets go of the name, and removes it if nobody else holds it.
    pub(crate) fn close(self) -> Closed {
        // Children and other processes may hold the same open file. Only another one tells.
        let path = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        let fresh = open(&*path, OFlags::RDWR | OFlags::CLOEXEC, Mode::empty());
        let link = rustix::fs::readlink(&*path, Vec::new());
        // A child that is just being started has copies of all descriptors until it runs its
        // program. It does not hold the name.
        let given = self.given.load(Ordering::SeqCst);
        if !given && self.forks == FORKS.load(Ordering::Relaxed) {
            let _ = record_lock::unlock(&self.file, &HOLDERS);
        }
        drop(self.file);
        let (Ok(fresh), Ok(link)) = (fresh, link) else { return Closed::Unknown };
        let name = link.to_bytes().rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        if let Ok(namespace) = current().namespace()
            && remove_if_unheld(namespace, &fresh, name)
        {
            return Closed::Last;
        }
        Closed::Held(fresh)
    }
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
