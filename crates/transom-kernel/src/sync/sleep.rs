//! Sleeping.

use super::apc;
use super::wait::{Deadline, INFINITE, for_apcs};
use crate::io::worker;
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::Duration;

/// `Sleep`: does nothing for so many milliseconds; with 0 it lets other threads run, with
/// [`INFINITE`] it never returns.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-sleep>
pub fn sleep(milliseconds: u32) {
    match milliseconds {
        0 => thread::yield_now(),
        INFINITE => {
            let _pause = worker::pause();
            loop {
                thread::park();
            }
        }
        _ => {
            let _pause = worker::pause();
            thread::sleep(Duration::from_millis(milliseconds.into()));
        }
    }
}

/// Waits a moment for what another process is about to do: the first times only for others to run.
pub(crate) fn wait_a_moment(attempt: u32, yields: u32) {
    if attempt < yields {
        thread::yield_now();
    } else {
        thread::sleep(Duration::from_millis(1));
    }
}

/// `SleepEx` of a thread that lets itself be interrupted: as [`sleep`], or until asynchronous
/// procedure calls were made; whether some were.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-sleepex>
#[must_use]
pub fn sleep_alertable(milliseconds: u32) -> bool {
    let deadline = Deadline::after(milliseconds);
    // Sleeping on a word of our own has no errors.
    let alerted = for_apcs(&apc::of_this_thread(), deadline).unwrap_or(false);
    if milliseconds == 0 && !alerted {
        thread::yield_now();
    }
    alerted
}

/// A lock that is held for a moment at a time; `None` if somebody has it for longer.
pub(crate) fn lock_soon<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    const PATIENCE: u32 = 200;
    for _ in 0..PATIENCE {
        match mutex.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(guard)) => return Some(guard.into_inner()),
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
        }
    }
    None
}
