//! How one side sleeps until the other has got somewhere, and is woken only if it sleeps.
//!
//! A bell is a futex word whose lowest bit says that somebody sleeps, or is about to; the rest of
//! its low half counts how often it rang. Beside it stand two marks: the sleeper wants to be woken
//! when one of two counters of the other side reaches its mark.
//!
//! The sleeper arms the bell, lowers the marks, looks again at what it waits for, and sleeps while
//! the word is as it was when armed. The other side moves its counters, looks at the bell, and if
//! it is armed and a mark is reached, takes the marks away, changes the word and wakes everybody.
//! Whoever still has to wait arms it anew.

use super::word::Word;

const ARMED: u64 = 1;
const LOW_HALF: u64 = 0xFFFF_FFFF;
/// A mark that is never reached.
pub(crate) const NEVER: u64 = u64::MAX;
/// A mark that is reached by every counter.
pub(crate) const ANY: u64 = 0;
/// How often a mark is tried to be lowered while others change it: only a peer that plays with it
/// does so more often.
const MOST_TRIES: u32 = 64;

/// Whether somebody sleeps on a bell, or is about to.
pub(super) const fn is_armed(word: u64) -> bool {
    word & ARMED != 0
}

/// A bell in shared memory.
#[derive(Debug)]
pub(crate) struct Bell<'a, W> {
    pub(crate) word: &'a W,
    pub(crate) marks: [&'a W; 2],
}

impl<W: Word> Bell<'_, W> {
    /// Says that somebody will sleep until a mark is reached; what the word is while nothing
    /// happened.
    pub(crate) fn arm(&self, marks: [u64; 2]) -> u64 {
        let armed = self.word.set(ARMED) | ARMED;
        for (place, mark) in self.marks.iter().zip(marks) {
            lower(*place, mark);
        }
        armed
    }

    /// Called after the counters were moved: whether sleepers must be woken now.
    #[inline]
    pub(crate) fn strike(&self, reached: [u64; 2]) -> bool {
        let armed = self.word.load();
        armed & ARMED != 0 && self.strike_armed(armed, reached)
    }

    #[cold]
    fn strike_armed(&self, armed: u64, reached: [u64; 2]) -> bool {
        if self.marks.iter().zip(reached).all(|(mark, reached)| reached < mark.load()) {
            return false;
        }
        for mark in self.marks {
            mark.store(NEVER);
        }
        // If it fails, somebody else strikes at this moment, and wakes.
        self.word.exchange(armed, armed.wrapping_add(1) & LOW_HALF).is_ok()
    }
}

fn lower(place: &impl Word, mark: u64) {
    let mut now = place.load();
    for _ in 0..MOST_TRIES {
        if now <= mark {
            return;
        }
        match place.exchange(now, mark) {
            Ok(_) => return,
            Err(other) => now = other,
        }
    }
}
