//! Sleeping.

use super::wait::INFINITE;
use std::thread;
use std::time::Duration;

/// `Sleep`: does nothing for so many milliseconds; with 0 it lets other threads run, with
/// [`INFINITE`] it never returns.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-sleep>
pub fn sleep(milliseconds: u32) {
    match milliseconds {
        0 => thread::yield_now(),
        INFINITE => loop {
            thread::park();
        },
        _ => thread::sleep(Duration::from_millis(milliseconds.into())),
    }
}
