//! Sleeping: how long, until what, and what ends it early.

use crate::error::{Result, Win32Error};
use rustix::time::clock_gettime;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use transom_sys::futex::{self, ClockId, Scope, Sleep, Timespec};

/// How long a sleep lasts at most where it must be found out whether somebody died.
pub(crate) const LOOK_AGAIN_MS: u32 = if cfg!(feature = "fuzzing") { 1 } else { 100 };
/// How long the other side is watched from another processor before sleeping: waking a processor
/// that has halted takes longer.
const WATCH: Duration = Duration::from_micros(20);

/// What a cancel's word is while nobody has used it.
const WAITS: u64 = 0;
const CANCELLED: u64 = 1;
/// No call is being made.
const UNUSED: u64 = 2;

/// Ends a wait of another thread, as `CancelSynchronousIo` does.
#[derive(Debug, Default)]
pub struct Cancel {
    word: AtomicU64,
}

impl Cancel {
    /// One that was not used.
    #[must_use]
    pub const fn new() -> Self {
        Self { word: AtomicU64::new(0) }
    }

    /// One that is for several calls, one after the other.
    pub(crate) const fn unused() -> Self {
        Self { word: AtomicU64::new(UNUSED) }
    }

    /// A call begins; `false` if it is part of another.
    #[inline]
    pub(crate) fn begin(&self) -> bool {
        let unused = self.word.load(Ordering::Relaxed) == UNUSED;
        if unused {
            self.word.store(WAITS, Ordering::Release);
        }
        unused
    }

    /// The call is over; whether it was not cancelled. One that was cancelled stays so.
    #[inline]
    pub(crate) fn end(&self) -> bool {
        let (order, failed) = (Ordering::AcqRel, Ordering::Acquire);
        self.word.compare_exchange(WAITS, UNUSED, order, failed).is_ok()
    }

    /// A call that was cancelled is over.
    pub(crate) fn end_cancelled(&self) {
        self.word.store(UNUSED, Ordering::Release);
    }

    /// Ends the wait that was begun with this, now or when it begins.
    pub fn cancel(&self) {
        self.word.store(CANCELLED, Ordering::SeqCst);
        futex::wake(&self.word, Scope::Private, futex::ALL);
    }

    /// Ends the wait of the call that is being made; whether one is.
    pub(crate) fn cancel_if_begun(&self) -> bool {
        let (order, failed) = (Ordering::SeqCst, Ordering::SeqCst);
        match self.word.compare_exchange(WAITS, CANCELLED, order, failed) {
            Ok(_) => {
                futex::wake(&self.word, Scope::Private, futex::ALL);
                true
            }
            Err(now) => now == CANCELLED,
        }
    }

    /// Whether the wait is to end.
    #[inline]
    pub(crate) fn is_cancelled(&self) -> bool {
        self.word.load(Ordering::SeqCst) == CANCELLED
    }

    /// How to sleep until it is cancelled.
    pub(crate) fn sleep(&self) -> Sleep<'_> {
        Sleep { word: &self.word, value: WAITS as u32, scope: Scope::Private }
    }
}

/// What somebody wants to do before he sleeps: see to it that he will be woken.
pub trait BeforeSleep: Sync {
    /// Called each time, after the bell was armed. How many milliseconds this sleep may last at
    /// most, if it is to be looked again then.
    fn before_sleep(&self) -> Option<u32>;
}

/// How long to wait, and who may end it.
#[derive(Clone, Copy, Default)]
pub struct Patience<'a> {
    deadline: Option<Timespec>,
    cancel: Option<&'a Cancel>,
    /// Whoever cancels also interrupts the sleep, so it need not be a sleep on the cancel's word.
    is_interrupted: bool,
    before: Option<&'a dyn BeforeSleep>,
}

impl std::fmt::Debug for Patience<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Patience").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

impl<'a> Patience<'a> {
    /// Waits for ever.
    pub const FOREVER: Self =
        Self { deadline: None, cancel: None, is_interrupted: false, before: None };

    /// Waits so many milliseconds.
    #[must_use]
    pub fn milliseconds(timeout_ms: u32) -> Self {
        Self { deadline: Some(from_now(timeout_ms)), ..Self::FOREVER }
    }

    /// Waits until cancelled, too.
    #[must_use]
    pub const fn or_until(self, cancel: &'a Cancel) -> Self {
        Self { cancel: Some(cancel), ..self }
    }

    /// Waits until cancelled, too, by somebody who interrupts the system call it waits in.
    #[must_use]
    pub const fn or_until_interrupted(self, cancel: &'a Cancel) -> Self {
        Self { cancel: Some(cancel), is_interrupted: true, ..self }
    }

    /// Does something each time before it sleeps.
    #[must_use]
    pub const fn preparing(self, before: &'a dyn BeforeSleep) -> Self {
        Self { before: Some(before), ..self }
    }

    /// Whether there is reason to go on waiting.
    ///
    /// # Errors
    /// `ERROR_OPERATION_ABORTED` when cancelled, `ERROR_SEM_TIMEOUT` when the time is over.
    pub(crate) fn check(&self) -> Result<()> {
        if self.cancel.is_some_and(Cancel::is_cancelled) {
            return Err(Win32Error::OPERATION_ABORTED);
        }
        match self.deadline {
            Some(deadline) if deadline <= now() => Err(Win32Error::SEM_TIMEOUT),
            _ => Ok(()),
        }
    }

    /// Sleeps while a word's low half is as it was, no longer than so many milliseconds; whether
    /// these went by.
    pub(crate) fn sleep(
        &self,
        word: &AtomicU64,
        value: u64,
        scope: Scope,
        most_ms: Option<u32>,
    ) -> Result<bool> {
        let most_ms = match self.before.and_then(BeforeSleep::before_sleep) {
            Some(ms) => Some(most_ms.map_or(ms, |most| most.min(ms))),
            None => most_ms,
        };
        self.check()?;
        let end = most_ms.map(from_now);
        let deadline = match (self.deadline, end) {
            (Some(deadline), Some(end)) => Some(deadline.min(end)),
            (deadline, end) => deadline.or(end),
        };
        let on_word = Sleep { word, value: value as u32, scope };
        match self.cancel.filter(|_| !self.is_interrupted) {
            Some(cancel) => {
                futex::sleep(&[on_word, cancel.sleep()], deadline.as_ref(), ClockId::Monotonic)?;
            }
            None => futex::sleep(&[on_word], deadline.as_ref(), ClockId::Monotonic)?,
        }
        Ok(end.is_some_and(|end| end <= now()))
    }
}

fn now() -> Timespec {
    clock_gettime(ClockId::Monotonic)
}

fn from_now(timeout_ms: u32) -> Timespec {
    let now = now();
    let ns = now.tv_nsec + i64::from(timeout_ms % 1000) * 1_000_000;
    Timespec {
        tv_sec: now.tv_sec + i64::from(timeout_ms / 1000) + ns / 1_000_000_000,
        tv_nsec: ns % 1_000_000_000,
    }
}

/// Watches for a short time whether something happens.
pub(crate) fn watch(mut happened: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        for _ in 0..64 {
            if happened() {
                return true;
            }
            std::hint::spin_loop();
        }
        if start.elapsed() > WATCH {
            return false;
        }
    }
}
