//! A word of memory that threads sleep on.

use rustix::event::Timespec;
use rustix::io::Errno;
use rustix::thread::futex::{self, Flags};
use rustix::time::{ClockId, clock_gettime};
use std::num::NonZeroU32;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// `INFINITE`: no time-out.
const INFINITE: u32 = u32::MAX;
const EVERYBODY: u32 = i32::MAX.cast_unsigned();

/// A point in time of the monotonic clock, or never.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<Timespec>);

impl Deadline {
    /// No end.
    pub const NEVER: Self = Self(None);

    /// So many milliseconds from now; `INFINITE` is never.
    #[must_use]
    pub fn after(milliseconds: u32) -> Self {
        if milliseconds == INFINITE {
            return Self::NEVER;
        }
        let now = clock_gettime(ClockId::Monotonic);
        let ns = now.tv_nsec + i64::from(milliseconds % 1000) * 1_000_000;
        Self(Some(Timespec {
            tv_sec: now.tv_sec + i64::from(milliseconds / 1000) + ns / 1_000_000_000,
            tv_nsec: ns % 1_000_000_000,
        }))
    }

    pub(super) const fn time(&self) -> Option<&Timespec> {
        self.0.as_ref()
    }
}

/// An atomic word that threads of this process can sleep on.
pub trait Word {
    /// As of [`AtomicU32`].
    fn load(&self, order: Ordering) -> u32;
    /// As of [`AtomicU32`].
    fn swap(&self, value: u32, order: Ordering) -> u32;
    /// As of [`AtomicU32`].
    ///
    /// # Errors
    /// What the word is instead.
    fn compare_exchange(
        &self,
        old: u32,
        new: u32,
        order: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32>;
    /// As of [`AtomicU32`].
    fn fetch_add(&self, value: u32, order: Ordering) -> u32;
    /// As of [`AtomicU32`].
    fn fetch_sub(&self, value: u32, order: Ordering) -> u32;
    /// Sleeps while the word is `expected`, until it is woken; `false` when the time is over. It
    /// may also wake for no reason.
    fn wait(&self, expected: u32, deadline: &Deadline) -> bool;
    /// Wakes one sleeper; whether there was one.
    fn wake_one(&self) -> bool;
    /// Wakes all sleepers.
    fn wake_all(&self);
    /// How often it is worth looking again before sleeping, of a wanted number.
    fn spins(&self, wanted: u32) -> u32;
    /// Lets some instructions pass before the next look.
    fn spin(&self);
}

impl Word for AtomicU32 {
    #[inline]
    fn load(&self, order: Ordering) -> u32 {
        self.load(order)
    }

    #[inline]
    fn swap(&self, value: u32, order: Ordering) -> u32 {
        self.swap(value, order)
    }

    #[inline]
    fn compare_exchange(
        &self,
        old: u32,
        new: u32,
        order: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32> {
        self.compare_exchange(old, new, order, failure)
    }

    #[inline]
    fn fetch_add(&self, value: u32, order: Ordering) -> u32 {
        self.fetch_add(value, order)
    }

    #[inline]
    fn fetch_sub(&self, value: u32, order: Ordering) -> u32 {
        self.fetch_sub(value, order)
    }

    fn wait(&self, expected: u32, deadline: &Deadline) -> bool {
        sleep(self, expected, deadline, NonZeroU32::MAX)
    }

    fn wake_one(&self) -> bool {
        // A word of this process that is still there cannot fault; one that is gone has no
        // sleepers.
        futex::wake(self, Flags::PRIVATE, 1).is_ok_and(|woken| woken > 0)
    }

    fn wake_all(&self) {
        let _ = futex::wake(self, Flags::PRIVATE, EVERYBODY);
    }

    fn spins(&self, wanted: u32) -> u32 {
        static SEVERAL: OnceLock<bool> = OnceLock::new();
        // Another processor may give back meanwhile; the only one could not.
        let several = || std::thread::available_parallelism().is_ok_and(|count| count.get() > 1);
        if *SEVERAL.get_or_init(several) { wanted } else { 0 }
    }

    #[inline]
    fn spin(&self) {
        std::hint::spin_loop();
    }
}

/// Sleeps on a word for as long as it is `expected`, among those who share one of `bits`;
/// `false` when the time is over.
pub(super) fn sleep(
    word: &AtomicU32,
    expected: u32,
    deadline: &Deadline,
    bits: NonZeroU32,
) -> bool {
    let result = futex::wait_bitset(word, Flags::PRIVATE, expected, deadline.time(), bits);
    result != Err(Errno::TIMEDOUT)
}
