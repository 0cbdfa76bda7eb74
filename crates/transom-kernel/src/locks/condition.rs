//! Condition variables: zero is one that nobody sleeps on.

use super::word::{Deadline, Word};
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

/// A `CONDITION_VARIABLE`'s words.
#[derive(Clone, Copy, Debug)]
pub struct ConditionVariable<'a, W: Word = AtomicU32> {
    /// Grows with every waking.
    pub turn: &'a W,
    /// How many sleep or are about to.
    pub sleepers: &'a W,
}

impl<W: Word> ConditionVariable<'_, W> {
    /// `SleepConditionVariable...`: gives a lock back and sleeps until woken, then takes the lock
    /// again; `false` when the time was over. As on Windows it may wake for no reason.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-sleepconditionvariablecs>
    pub fn sleep(
        &self,
        deadline: &Deadline,
        give_back: impl FnOnce(),
        take_again: impl FnOnce(),
    ) -> bool {
        // Both before the lock is given back: whoever takes it then and wakes, knows of us.
        self.sleepers.fetch_add(1, SeqCst);
        let turn = self.turn.load(SeqCst);
        give_back();
        let woken = self.turn.wait(turn, deadline);
        self.sleepers.fetch_sub(1, Relaxed);
        take_again();
        woken
    }

    /// `WakeConditionVariable`: wakes one sleeper.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-wakeconditionvariable>
    #[inline]
    pub fn wake_one(&self) {
        if self.sleepers.load(SeqCst) != 0 {
            self.turn.fetch_add(1, SeqCst);
            self.turn.wake_one();
        }
    }

    /// `WakeAllConditionVariable`: wakes all sleepers.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-wakeallconditionvariable>
    #[inline]
    pub fn wake_all(&self) {
        if self.sleepers.load(SeqCst) != 0 {
            self.turn.fetch_add(1, SeqCst);
            self.turn.wake_all();
        }
    }
}
