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

/// A child that was collected: how it ended, and how long it ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collected {
    /// How it ended.
    pub ended: Ended,
    /// How long it ran in user mode, in microseconds.
    pub user_us: u64,
    /// How long it ran in the kernel, in microseconds.
    pub kernel_us: u64,
}

/// Collects a child of this process if it has ended, so that its id can be used again.
///
/// # Errors
/// `ECHILD` when it is no child, or the program has waited for it already.
pub fn collect(pidfd: impl AsFd) -> io::Result<Option<Collected>> {
    // SAFETY: the structure is integers and pointers, for which zero is a value.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: the structure is integers, for which zero is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    let number = pidfd.as_fd().as_raw_fd();
    let options = libc::WEXITED | libc::WNOHANG | libc::__WALL;
    // SAFETY: both out-pointers are to structures that live across the call. glibc's function
    // has no place for the usage, so the system call is made directly.
    let result = unsafe {
        libc::syscall(
            libc::SYS_waitid,
            libc::P_PIDFD,
            number,
            &raw mut info,
            options,
            &raw mut usage,
        )
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: `waitid` fills these fields, or leaves the zeros of "nothing has ended".
    let pid = unsafe { info.si_pid() };
    if pid == 0 {
        return Ok(None);
    }
    // SAFETY: as above.
    let status = unsafe { info.si_status() };
    let ended = if info.si_code == libc::CLD_EXITED {
        Ended::Exited((status & 0xFF) as u8)
    } else {
        Ended::Killed(status)
    };
    let microseconds = |time: libc::timeval| {
        let whole = u64::try_from(time.tv_sec).unwrap_or(0).saturating_mul(1_000_000);
        whole.saturating_add(u64::try_from(time.tv_usec).unwrap_or(0))
    };
    let (user_us, kernel_us) = (microseconds(usage.ru_utime), microseconds(usage.ru_stime));
    Ok(Some(Collected { ended, user_us, kernel_us }))
}
