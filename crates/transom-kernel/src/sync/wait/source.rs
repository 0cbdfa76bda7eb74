//! What is waited for, and how a wait ends.

use super::clock::AT_ONCE;
use crate::sync::dispatcher::Dispatcher;
use rustix::event::{PollFd, PollFlags, poll};
use std::os::fd::BorrowedFd;

/// The most objects one wait takes: `MAXIMUM_WAIT_OBJECTS`.
pub const MOST_OBJECTS: usize = 64;
/// `INFINITE`: no time-out.
pub const INFINITE: u32 = u32::MAX;

/// What an object is waited for through.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// Nothing to wait for: it is always signalled.
    Always,
    /// Something that nobody tells of: it is looked at from time to time.
    Looked,
    /// Words in shared memory.
    Dispatcher(&'a Dispatcher),
    /// A descriptor that becomes readable, and stays so until somebody reads.
    Readable(BorrowedFd<'a>),
}

impl<'a> Source<'a> {
    /// Whether the descriptor is readable now, or the words say signalled.
    pub(crate) fn is_ready(&self) -> bool {
        match self {
            Self::Always => true,
            Self::Looked => false,
            Self::Dispatcher(dispatcher) => dispatcher.is_signalled(),
            Self::Readable(fd) => {
                let mut fds = [PollFd::from_borrowed_fd(*fd, PollFlags::IN)];
                poll(&mut fds, Some(&AT_ONCE)).is_ok_and(|ready| ready > 0)
            }
        }
    }

    pub(super) const fn dispatcher(&self) -> Option<&'a Dispatcher> {
        match self {
            Self::Dispatcher(dispatcher) => Some(dispatcher),
            _ => None,
        }
    }
}

/// An object that can be waited on.
pub trait Waitable: Send + Sync {
    /// Whether it is signalled now.
    fn is_signalled(&self) -> bool;

    /// How to sleep until it may be signalled.
    fn source(&self) -> Source<'_>;
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// `WAIT_OBJECT_0` plus this number (0 for a wait for all).
    Object(u32),
    /// `WAIT_ABANDONED_0` plus this number: it is a mutex whose owner died with it. It is ours
    /// now. (0 for a wait for all: one of them is such a mutex.)
    Abandoned(u32),
    /// `WAIT_IO_COMPLETION`: asynchronous procedure calls were made, and the wait is over.
    Alerted,
    /// `WAIT_TIMEOUT`.
    TimedOut,
}
