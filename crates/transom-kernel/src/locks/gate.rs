//! What one thread at a time passes: the lock inside a critical section.
//!
//! The word has the values that programs see as `LockCount` on Windows since Vista: its lowest
//! bit says "free", and four less than "held" that somebody waits.

use super::word::{Deadline, Word};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// Nobody holds it: -1.
pub(super) const FREE: u32 = -1_i32 as u32;
/// Somebody holds it: -2.
const HELD: u32 = -2_i32 as u32;
/// Somebody holds it, and others may be waiting: -6.
const AWAITED: u32 = -6_i32 as u32;

/// Takes it if it is free.
#[inline]
pub(super) fn try_pass(word: &impl Word) -> bool {
    word.compare_exchange(FREE, HELD, Acquire, Relaxed).is_ok()
}

/// Takes it; looks so many times before it sleeps.
#[inline]
pub(super) fn pass(word: &impl Word, spins: u32) {
    if !try_pass(word) {
        queue(word, spins);
    }
}

#[cold]
fn queue(word: &impl Word, spins: u32) {
    for _ in 0..word.spins(spins) {
        match word.load(Relaxed) {
            FREE if try_pass(word) => return,
            // Others sleep already: those who spin would only push in.
            AWAITED => break,
            _ => word.spin(),
        }
    }
    // Whoever comes through here does not know whether others still wait: it says so.
    while word.swap(AWAITED, Acquire) != FREE {
        word.wait(AWAITED, &Deadline::NEVER);
    }
}

/// Gives it back.
#[inline]
pub(super) fn leave(word: &impl Word) {
    if word.swap(FREE, Release) == AWAITED {
        word.wake_one();
    }
}
