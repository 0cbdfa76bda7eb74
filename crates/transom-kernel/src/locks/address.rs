//! Waiting on an address: `WaitOnAddress`.
//!
//! The memory itself is what is slept on. A futex has four bytes, a value may have one, two or
//! eight, and lie anywhere: so the sleep is on the aligned words that contain it, and a waker
//! finds those who wait for its own address by where in the word it is.

use super::word::{self, Deadline};
use rustix::io::Errno;
use rustix::thread::futex;
use rustix::time::ClockId;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many bytes a futex has.
pub const WORD_BYTES: usize = 4;
/// The most words that eight bytes can touch.
pub const MOST_WORDS: usize = 3;

/// A value in the program's memory.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a> {
    /// The aligned words that contain it, at most [`MOST_WORDS`].
    pub words: &'a [&'a AtomicU32],
    /// Where in the first of them it begins, in bytes: 0 to 3.
    pub offset: usize,
    /// What it must be for there to be something to wait for.
    pub undesired: &'a [u8],
}

/// The sleepers at each byte of a word are woken apart from each other.
const fn bits(offset: usize) -> NonZeroU32 {
    match NonZeroU32::new(1 << (offset % WORD_BYTES)) {
        Some(bit) => bit,
        None => NonZeroU32::MAX,
    }
}

/// `WaitOnAddress` on an aligned value of four bytes, which is what most programs wait on: waits
/// while it is what it must not be; `false` when the time is over.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitonaddress>
#[inline]
#[must_use]
pub fn wait_word(word: &AtomicU32, undesired: u32, deadline: &Deadline) -> bool {
    word.load(Ordering::SeqCst) != undesired || word::sleep(word, undesired, deadline, bits(0))
}

/// `WaitOnAddress`: waits while the value is what it must not be; `false` when the time is over.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitonaddress>
#[must_use]
pub fn wait(watched: &Watched<'_>, deadline: &Deadline) -> bool {
    let mut now = [0; MOST_WORDS];
    let mut bytes = [0; MOST_WORDS * WORD_BYTES];
    for ((word, value), bytes) in
        watched.words.iter().zip(&mut now).zip(bytes.chunks_exact_mut(WORD_BYTES))
    {
        *value = word.load(Ordering::SeqCst);
        bytes.copy_from_slice(&value.to_ne_bytes());
    }
    let end = watched.offset.saturating_add(watched.undesired.len());
    if bytes.get(watched.offset..end) != Some(watched.undesired) {
        return true;
    }
    match watched.words {
        [only] => word::sleep(only, now[0], deadline, bits(watched.offset)),
        words => sleep_on_several(words, &now, deadline),
    }
}

fn sleep_on_several(words: &[&AtomicU32], values: &[u32], deadline: &Deadline) -> bool {
    let waiters: Vec<futex::Wait> = words
        .iter()
        .zip(values)
        .map(|(word, value)| {
            let mut wait = futex::Wait::new();
            wait.val = u64::from(*value);
            wait.uaddr = futex::WaitPtr::new(word.as_ptr().cast());
            wait.flags = futex::WaitFlags::SIZE_U32 | futex::WaitFlags::PRIVATE;
            wait
        })
        .collect();
    let flags = futex::WaitvFlags::empty();
    futex::waitv(&waiters, flags, deadline.time(), ClockId::Monotonic) != Err(Errno::TIMEDOUT)
}

/// `WakeByAddressSingle`: wakes one of those who wait on an address, the one that waits longest.
/// The memory there may be gone.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-wakebyaddresssingle>
pub fn wake_one(address: usize) {
    wake(address, 1);
}

/// `WakeByAddressAll`: wakes all of those who wait on an address. The memory there may be gone.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-wakebyaddressall>
pub fn wake_all(address: usize) {
    wake(address, u32::MAX);
}

fn wake(address: usize, most: u32) {
    let offset = address % WORD_BYTES;
    transom_sys::address::wake(address - offset, most, bits(offset));
}
