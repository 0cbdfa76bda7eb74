//! A file descriptor that an object owns.

use crate::executive::StandardHandle;
use rustix::fs::{Mode, OFlags, open};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// One of the descriptors 0, 1 and 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandardStream {
    /// Descriptor 0.
    Input,
    /// Descriptor 1.
    Output,
    /// Descriptor 2.
    Error,
}

impl StandardStream {
    /// The stream behind a standard handle of a fresh program.
    #[must_use]
    pub const fn of(handle: StandardHandle) -> Self {
        match handle {
            StandardHandle::Input => Self::Input,
            StandardHandle::Output => Self::Output,
            StandardHandle::Error => Self::Error,
        }
    }
}

impl AsFd for StandardStream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        // The standard library's handles are zero-sized and never close.
        match self {
            Self::Input => {
                static STDIN: std::sync::LazyLock<std::io::Stdin> =
                    std::sync::LazyLock::new(std::io::stdin);
                STDIN.as_fd()
            }
            Self::Output => {
                static STDOUT: std::sync::LazyLock<std::io::Stdout> =
                    std::sync::LazyLock::new(std::io::stdout);
                STDOUT.as_fd()
            }
            Self::Error => {
                static STDERR: std::sync::LazyLock<std::io::Stderr> =
                    std::sync::LazyLock::new(std::io::stderr);
                STDERR.as_fd()
            }
        }
    }
}

/// A descriptor of this process that belongs to one object.
#[derive(Debug)]
pub(crate) enum Descriptor {
    /// A number of its own.
    Own(OwnedFd),
    /// Standard streams. The number must never be free, or the next file opened anywhere in the
    /// program would become its standard output: closing them puts `/dev/null` there.
    Standard(StandardSet),
}

impl AsFd for Descriptor {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Own(fd) => fd.as_fd(),
            Self::Standard(set) => set.first.as_fd(),
        }
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        let Self::Standard(set) = self else { return };
        let Ok(null) = open(c"/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()) else {
            return;
        };
        // A stream that cannot be replaced stays what it was: open longer than asked, but its
        // number is never free.
        if set.contains(0) {
            let _ = dup2_stdin(&null);
        }
        if set.contains(1) {
            let _ = dup2_stdout(&null);
        }
        if set.contains(2) {
            let _ = dup2_stderr(&null);
        }
    }
}

/// The standard streams that are one handle: a program may be given the same handle as its
/// output and as its error output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StandardSet {
    first: StandardStream,
    members: u8,
}

impl StandardSet {
    /// A set of these streams; `None` of none.
    pub(crate) fn of(streams: impl IntoIterator<Item = StandardStream>) -> Option<Self> {
        let mut set: Option<Self> = None;
        for stream in streams {
            let known = set.get_or_insert(Self { first: stream, members: 0 });
            known.members |= 1 << stream as u8;
        }
        set
    }

    /// Whether descriptor `number` is one of them.
    pub(crate) const fn contains(self, number: i32) -> bool {
        number >= 0 && number < 3 && self.members & 1 << number != 0
    }
}

impl From<StandardStream> for StandardSet {
    fn from(stream: StandardStream) -> Self {
        Self { first: stream, members: 1 << stream as u8 }
    }
}
