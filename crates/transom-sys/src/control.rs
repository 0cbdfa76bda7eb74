//! Signals of the terminal and of the end, for threads that act on them: the handlers only write
//! their numbers into a pipe.

use rustix::pipe::{PipeFlags, pipe_with};
use std::io;
use std::os::fd::{IntoRawFd, OwnedFd};
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

static PIPE: AtomicI32 = AtomicI32::new(-1);
/// The process that reads the pipe: one that it forks does not.
static READER: AtomicU32 = AtomicU32::new(0);

extern "C" fn note(signal: i32) {
    // SAFETY: takes nothing, and may be called in a handler.
    let pid = unsafe { libc::getpid() }.cast_unsigned();
    if READER.load(Ordering::Relaxed) != pid {
        // SAFETY: may be called in a handler.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
        // SAFETY: may be called in a handler.
        unsafe { libc::raise(signal) };
        return;
    }
    let byte = signal as u8;
    let errno = crate::errno::get();
    // SAFETY: one byte that lives across the call, which may be made in a handler.
    unsafe { libc::write(PIPE.load(Ordering::Relaxed), (&raw const byte).cast(), 1) };
    crate::errno::set(errno);
}

/// The pipe that signals which are [caught](catch) come out of, one byte each.
///
/// # Errors
/// What `pipe2(2)` reports.
pub fn open() -> io::Result<OwnedFd> {
    let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
    rustix::io::ioctl_fionbio(&writer, true)?;
    PIPE.store(writer.into_raw_fd(), Ordering::Relaxed);
    READER.store(std::process::id(), Ordering::Relaxed);
    Ok(reader)
}

/// What becomes of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// What Linux does.
    Default,
    /// Nothing.
    Ignore,
    /// It comes out of the pipe.
    Catch,
}

/// Says what is to become of a signal in this process.
///
/// # Errors
/// What `sigaction(2)` reports.
pub fn dispose(signal: i32, disposition: Disposition) -> io::Result<()> {
    // SAFETY: the structure is plain integers and an optional pointer, for which zero is a value.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = match disposition {
        Disposition::Default => libc::SIG_DFL,
        Disposition::Ignore => libc::SIG_IGN,
        Disposition::Catch => note as *const () as libc::sighandler_t,
    };
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: the handler makes only calls that handlers may make; the action lives across the call.
    match unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Whether a signal is ignored.
#[must_use]
pub fn is_ignored(signal: i32) -> bool {
    crate::signal::disposition(signal) == libc::SIG_IGN
}
