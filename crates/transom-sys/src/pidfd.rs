//! What a pidfd can tell beyond `waitid`.

use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// How a process ended, as its `wait` status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It exited; Linux keeps eight bits of the code.
    Exited(u8),
    /// A signal killed it.
    Killed(i32),
}

impl Ended {
    /// Reads a status as `waitpid` reports it.
    #[must_use]
    pub fn from_wait_status(status: i32) -> Self {
        if libc::WIFSIGNALED(status) {
            Self::Killed(libc::WTERMSIG(status))
        } else {
            Self::Exited((libc::WEXITSTATUS(status) & 0xFF) as u8)
        }
    }
}

/// The exit status of a process that has ended and was reaped, from a pidfd that was opened
/// before; the caller need not be its parent. `None` before Linux 6.15, or while it is not known.
#[must_use]
pub fn exit_status(pidfd: impl AsFd) -> Option<Ended> {
    // SAFETY: the structure is plain integers, for which zero is a value.
    let mut info: libc::pidfd_info = unsafe { std::mem::zeroed() };
    info.mask = u64::from(libc::PIDFD_INFO_EXIT);
    let number = pidfd.as_fd().as_raw_fd();
    // SAFETY: the request's argument is a `pidfd_info` that lives across the call.
    let result = unsafe { libc::ioctl(number, libc::PIDFD_GET_INFO, &raw mut info) };
    let known = result == 0 && info.mask & u64::from(libc::PIDFD_INFO_EXIT) != 0;
    known.then(|| Ended::from_wait_status(info.exit_code))
}

/// Opens a pidfd of a single thread, which polls readable when that thread ends.
///
/// # Errors
/// `Unsupported` before Linux 6.9; otherwise what `pidfd_open(2)` reports.
pub fn open_thread(tid: Pid) -> io::Result<OwnedFd> {
    match pidfd_open(tid, PidfdFlags::from_bits_retain(libc::PIDFD_THREAD)) {
        Err(rustix::io::Errno::INVAL) => Err(io::ErrorKind::Unsupported.into()),
        other => Ok(other?),
    }
}
