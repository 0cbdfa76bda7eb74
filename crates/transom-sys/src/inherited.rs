//! File descriptors that were open when the program started.
//!
//! A number alone does not say who owns a descriptor. The descriptors that a parent left open
//! for us have no owner yet when the program is loaded; [`InheritedFds`] exists once per
//! process, is made at load time, and hands each number out once.

use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};
use std::collections::BTreeSet;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};

static CLAIMED: AtomicBool = AtomicBool::new(false);

/// The right to take ownership of descriptors the program was started with.
#[derive(Debug)]
pub struct InheritedFds {
    taken: BTreeSet<RawFd>,
}

impl InheritedFds {
    /// The one claim of this process; `None` when it was made before. To be called while the
    /// program is being loaded, before other code can have opened descriptors.
    #[must_use]
    pub fn claim() -> Option<Self> {
        (!CLAIMED.swap(true, Ordering::AcqRel)).then(|| Self { taken: BTreeSet::new() })
    }

    /// Looks at an inherited descriptor without taking it; `None` when it is not open.
    #[must_use]
    pub fn look(&self, number: RawFd) -> Option<BorrowedFd<'_>> {
        if number < 3 || self.taken.contains(&number) {
            return None;
        }
        // SAFETY: not -1. Whether it is open is what the next line asks; it was not handed out
        // by `take`, and nobody else owns descriptors at load time.
        let fd = unsafe { BorrowedFd::borrow_raw(number) };
        fcntl_getfd(fd).ok().map(|_| fd)
    }

    /// Takes an inherited descriptor and marks it close-on-exec; `None` when it is not open, is
    /// a standard stream, or was taken before.
    pub fn take(&mut self, number: RawFd) -> Option<OwnedFd> {
        self.look(number)?;
        self.taken.insert(number);
        // SAFETY: open (just looked), owned by nobody at load time, and never handed out twice.
        let fd = unsafe { OwnedFd::from_raw_fd(number) };
        fcntl_setfd(fd.as_fd(), FdFlags::CLOEXEC).ok()?;
        Some(fd)
    }
}
