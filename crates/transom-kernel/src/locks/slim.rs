//! Slim reader-writer locks: zero is free.
//!
//! One word counts who is inside and notes who waits; the other one is what waiting writers sleep
//! on, so that a writer can be woken without the readers. A waiting writer keeps further readers
//! out. Whoever leaves last wakes a writer if one waits, else all readers.

use super::word::{Deadline, Word};
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// The part of the state that says who is inside: how many readers, or one writer.
const INSIDE: u32 = 0x3FFF_FFFF;
/// A writer is inside.
const WRITER: u32 = INSIDE;
/// The most readers at once.
const MOST_READERS: u32 = WRITER - 1;
/// Readers wait.
const READERS: u32 = 1 << 30;
/// Writers wait.
const WRITERS: u32 = 1 << 31;

/// How often to look before sleeping.
const SPINS: u32 = 40;

/// An `SRWLOCK`'s words.
#[derive(Clone, Copy, Debug)]
pub struct SlimLock<'a, W: Word = AtomicU32> {
    /// Who is inside, and who waits.
    pub state: &'a W,
    /// Changes whenever a writer is woken.
    pub turn: &'a W,
}

const fn has_room_for_reader(state: u32) -> bool {
    state & INSIDE < MOST_READERS && state & (READERS | WRITERS) == 0
}

impl<W: Word> SlimLock<'_, W> {
    /// `TryAcquireSRWLockExclusive`: goes in alone, if nobody is inside.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-tryacquiresrwlockexclusive>
    #[inline]
    #[must_use]
    pub fn try_acquire_exclusive(&self) -> bool {
        let mut state = self.state.load(Relaxed);
        while state & INSIDE == 0 {
            match self.state.compare_exchange(state, state | WRITER, Acquire, Relaxed) {
                Ok(_) => return true,
                Err(now) => state = now,
            }
        }
        false
    }

    /// `AcquireSRWLockExclusive`: goes in alone.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-acquiresrwlockexclusive>
    #[inline]
    pub fn acquire_exclusive(&self) {
        if self.state.compare_exchange(0, WRITER, Acquire, Relaxed).is_err() {
            self.queue_exclusive();
        }
    }

    #[cold]
    fn queue_exclusive(&self) {
        let mut state = self.spin_until(|state| state & INSIDE == 0 || state & WRITERS != 0);
        // One that slept may have been the last of several: it cannot know, and says they wait.
        let mut others = 0;
        loop {
            if state & INSIDE == 0 {
                let inside = state | WRITER | others;
                match self.state.compare_exchange(state, inside, Acquire, Relaxed) {
                    Ok(_) => return,
                    Err(now) => state = now,
                }
                continue;
            }
            if state & WRITERS == 0
                && let Err(now) =
                    self.state.compare_exchange(state, state | WRITERS, Relaxed, Relaxed)
            {
                state = now;
                continue;
            }
            others = WRITERS;
            let turn = self.turn.load(Acquire);
            // Was it given back before the turn was read, nobody may wake us.
            state = self.state.load(Relaxed);
            if state & INSIDE != 0 && state & WRITERS != 0 {
                self.turn.wait(turn, &Deadline::NEVER);
                state = self.spin_until(|state| state & INSIDE == 0 || state & WRITERS != 0);
            }
        }
    }

    /// `ReleaseSRWLockExclusive`: lets others in. Nothing happens when no writer is inside.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-releasesrwlockexclusive>
    #[inline]
    pub fn release_exclusive(&self) {
        if self.state.compare_exchange(WRITER, 0, Release, Relaxed).is_err() {
            self.release_to_others();
        }
    }

    #[cold]
    fn release_to_others(&self) {
        if self.state.load(Relaxed) & INSIDE != WRITER {
            return;
        }
        let state = self.state.fetch_sub(WRITER, Release) - WRITER;
        self.wake(state);
    }

    /// `TryAcquireSRWLockShared`: goes in beside other readers, if no writer is inside or waits.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-tryacquiresrwlockshared>
    #[inline]
    #[must_use]
    pub fn try_acquire_shared(&self) -> bool {
        let mut state = self.state.load(Relaxed);
        while has_room_for_reader(state) {
            match self.state.compare_exchange(state, state + 1, Acquire, Relaxed) {
                Ok(_) => return true,
                Err(now) => state = now,
            }
        }
        false
    }

    /// `AcquireSRWLockShared`: goes in beside other readers.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-acquiresrwlockshared>
    #[inline]
    pub fn acquire_shared(&self) {
        if !self.try_acquire_shared() {
            self.queue_shared();
        }
    }

    #[cold]
    fn queue_shared(&self) {
        let calm = |state| state & INSIDE != WRITER || state & (READERS | WRITERS) != 0;
        let mut state = self.spin_until(calm);
        loop {
            if has_room_for_reader(state) {
                match self.state.compare_exchange(state, state + 1, Acquire, Relaxed) {
                    Ok(_) => return,
                    Err(now) => state = now,
                }
                continue;
            }
            if state & (READERS | WRITERS) == 0 && state & INSIDE == MOST_READERS {
                // A thousand million readers: nobody would wake us.
                std::thread::yield_now();
                state = self.state.load(Relaxed);
                continue;
            }
            if state & READERS == 0
                && let Err(now) =
                    self.state.compare_exchange(state, state | READERS, Relaxed, Relaxed)
            {
                state = now;
                continue;
            }
            self.state.wait(state | READERS, &Deadline::NEVER);
            state = self.spin_until(calm);
        }
    }

    /// `ReleaseSRWLockShared`: leaves. Nothing happens when no reader is inside.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-releasesrwlockshared>
    #[inline]
    pub fn release_shared(&self) {
        let inside = self.state.load(Relaxed) & INSIDE;
        if inside == 0 || inside == WRITER {
            return;
        }
        let state = self.state.fetch_sub(1, Release) - 1;
        // Readers only wait beside readers when a writer does.
        if state & INSIDE == 0 && state & WRITERS != 0 {
            self.wake(state);
        }
    }

    /// Wakes a writer, or else the readers, after the last thread has left.
    #[cold]
    fn wake(&self, mut state: u32) {
        if state == WRITERS {
            match self.state.compare_exchange(state, 0, Relaxed, Relaxed) {
                Ok(_) => {
                    self.wake_writer();
                    return;
                }
                // Readers came to wait, too; or somebody went in, who will do this then.
                Err(now) => state = now,
            }
        }
        if state == READERS | WRITERS {
            if self.state.compare_exchange(state, READERS, Relaxed, Relaxed).is_err() {
                return;
            }
            if self.wake_writer() {
                return;
            }
            // No writer slept, so none will leave and wake the readers.
            state = READERS;
        }
        if state == READERS && self.state.compare_exchange(state, 0, Relaxed, Relaxed).is_ok() {
            self.state.wake_all();
        }
    }

    fn wake_writer(&self) -> bool {
        self.turn.fetch_add(1, Release);
        self.turn.wake_one()
    }

    /// Looks until the state is as wanted, some times; what it is then.
    fn spin_until(&self, wanted: impl Fn(u32) -> bool) -> u32 {
        let mut left = self.state.spins(SPINS);
        loop {
            let state = self.state.load(Relaxed);
            if left == 0 || wanted(state) {
                return state;
            }
            self.state.spin();
            left -= 1;
        }
    }
}
