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

    pub(crate) const fn from_number(number: i32) -> Option<Self> {
        match number {
            0 => Some(Self::Input),
            1 => Some(Self::Output),
            2 => Some(Self::Error),
            _ => None,
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
    /// A standard stream. The number must never be free, or the next file opened anywhere in the
    /// program would become its standard output: closing it puts `/dev/null` there.
    Standard(StandardStream),
}

impl AsFd for Descriptor {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Own(fd) => fd.as_fd(),
            Self::Standard(stream) => stream.as_fd(),
        }
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        let Self::Standard(stream) = self else { return };
        let Ok(null) = open(c"/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()) else {
            return;
        };
        // If it cannot be replaced it stays what it was: open longer than asked, but never free.
        let _ = match stream {
            StandardStream::Input => dup2_stdin(&null),
            StandardStream::Output => dup2_stdout(&null),
            StandardStream::Error => dup2_stderr(&null),
        };
    }
}
