//! Interrupting the system call in which another thread waits.
//!
//! A signal whose handler does nothing makes the call fail with `EINTR`. The signal is the highest
//! real-time signal that the program has left alone when a thread is first interrupted.

use std::ffi::c_int;
use std::sync::OnceLock;

extern "C" fn nothing(_signal: c_int) {}

/// The signal, with its handler installed.
fn signal() -> Option<c_int> {
    static SIGNAL: OnceLock<Option<c_int>> = OnceLock::new();
    // Without `SA_RESTART`: the call is not to go on.
    // SAFETY: a handler that does nothing may run at any instruction.
    *SIGNAL.get_or_init(|| unsafe { crate::signal::take_free(nothing, 0, false) })
}

/// Interrupts a thread of this process once; whether it is there to be interrupted.
pub fn interrupt(tid: u32) -> bool {
    let (Some(signal), Ok(tid)) = (signal(), c_int::try_from(tid)) else { return false };
    let pid = std::process::id().cast_signed();
    // SAFETY: takes numbers; the signal has a handler.
    unsafe { libc::syscall(libc::SYS_tgkill, pid, tid, signal) == 0 }
}
