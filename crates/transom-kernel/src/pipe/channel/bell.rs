//! How one side waits until the other has got somewhere, and is told only if it waits.
//!
//! A bell is a word whose lowest bit says that somebody sleeps on it, or is about to, and whose next
//! bit that a request waits, whose process hears the doorbell; the rest of its low half counts how
//! often it rang. Beside it stand two marks: whoever waits wants to be told when one of two counters
//! of the other side reaches its mark.
//!
//! Who waits arms the bell, lowers the marks, and looks again at what it waits for. A sleeper then
//! sleeps while the word is as it was when armed. The other side moves its counters, looks at the
//! bell, and if it is armed and a mark is reached, takes the marks away, changes the word, wakes
//! everybody who sleeps and rings the doorbell for requests. Whoever still has to wait arms it anew.

use super::word::Word;

/// Somebody sleeps.
const SLEEPER: u64 = 1;
/// A request waits.
const REQUEST: u64 = 2;
const ARMED: u64 = SLEEPER | REQUEST;
const LOW_HALF: u64 = 0xFFFF_FFFF;
/// A mark that is never reached.
pub(crate) const NEVER: u64 = u64::MAX;
/// A mark that is reached by every counter.
pub(crate) const ANY: u64 = 0;
/// How often a mark is tried to be lowered while others change it: only a peer that plays with it
/// does so more often.
const MOST_TRIES: u32 = 64;

/// Whether somebody waits for a bell, or is about to.
pub(super) const fn is_armed(word: u64) -> bool {
    word & ARMED != 0
}

/// What an armed bell becomes when it rings.
pub(crate) const fn rung(word: u64) -> u64 {
    (word | ARMED).wrapping_add(1) & LOW_HALF
}

/// Who is to be told that a bell rang.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Struck {
    /// Those who sleep on its word.
    pub(crate) sleepers: bool,
    /// The process whose requests wait.
    pub(crate) requests: bool,
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
        self.arm_with(SLEEPER, marks)
    }

    /// Says that a request waits until a mark is reached.
    pub(crate) fn arm_for_request(&self, marks: [u64; 2]) {
        self.arm_with(REQUEST, marks);
    }

    fn arm_with(&self, bit: u64, marks: [u64; 2]) -> u64 {
        let armed = self.word.set(bit) | bit;
        for (place, mark) in self.marks.iter().zip(marks) {
            lower(*place, mark);
        }
        armed
    }

    /// Called after the counters were moved: who must be told now.
    #[inline]
    pub(crate) fn strike(&self, reached: [u64; 2]) -> Struck {
        let armed = self.word.load();
        if is_armed(armed) { self.strike_armed(armed, reached) } else { Struck::default() }
    }

    #[cold]
    fn strike_armed(&self, armed: u64, reached: [u64; 2]) -> Struck {
        if self.marks.iter().zip(reached).all(|(mark, reached)| reached < mark.load()) {
            return Struck::default();
        }
        for mark in self.marks {
            mark.store(NEVER);
        }
        let mut now = armed;
        for _ in 0..MOST_TRIES {
            match self.word.exchange(now, rung(now)) {
                Ok(_) => {
                    return Struck { sleepers: now & SLEEPER != 0, requests: now & REQUEST != 0 };
                }
                // Somebody else arms it at this moment, whose mark is gone, too.
                Err(other) if other & !ARMED == armed & !ARMED && is_armed(other) => now = other,
                // Somebody else strikes, and tells.
                Err(_) => break,
            }
        }
        Struck::default()
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
