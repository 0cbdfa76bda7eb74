//! Named pipes, within a process and between processes.

mod connecting;
mod conversation;
mod heirs;
mod hostile;
mod kills;
mod listing;
mod native;
mod overlapped;
mod party;
mod pending;
mod reuse;
mod sharing;
mod standard;
mod users;

use std::sync::atomic::{AtomicU32, Ordering};
use transom_tests::win32::{UNTOUCHED, read, write};

/// A result and the last error of a call that succeeds.
const DONE: (i32, u32) = (1, UNTOUCHED);

/// A name that no other test has.
fn name(topic: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{topic}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// What a failed call leaves.
const fn refused(error: u32) -> (i32, u32) {
    (0, error)
}

/// The error of a read that fails.
fn read_error(handle: isize) -> u32 {
    let ((result, bytes), error) = read(handle, 100);
    assert_eq!((result, bytes.len()), (0, 0));
    error
}

/// The error of a write that fails.
fn write_error(handle: isize) -> u32 {
    let ((result, count), error) = write(handle, b"x");
    assert_eq!((result, count), (0, 0));
    error
}

/// Reads a message that fits.
fn message(handle: isize) -> Vec<u8> {
    let ((result, bytes), error) = read(handle, 1 << 20);
    assert_eq!((result, error), DONE);
    bytes
}

/// Writes a message.
fn send(handle: isize, bytes: &[u8]) {
    assert_eq!(write(handle, bytes), ((1, bytes.len() as u32), UNTOUCHED));
}
