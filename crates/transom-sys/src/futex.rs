//! Sleeping on the low half of a 64-bit word, and waking who sleeps there.
//!
//! A futex is 32 bits wide; the words of waitable objects have 64, of which the low half is what
//! a sleeper compares. This program only ever accesses the whole word; the half is the kernel's.
//!
//! Reference: <https://man7.org/linux/man-pages/man2/futex.2.html>

use rustix::io::Errno;
use rustix::thread::futex;
use std::io;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, AtomicU64};

pub use rustix::event::Timespec;
pub use rustix::time::ClockId;

/// The most words one sleep can be on: `FUTEX_WAITV_MAX`.
pub const MOST_WORDS: usize = 128;
/// Wakes everybody.
pub const ALL: u32 = i32::MAX.cast_unsigned();

const EVERY_BIT: NonZeroU32 = NonZeroU32::MAX;

/// Whose sleepers and wakers meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Threads of this process: cheaper.
    Private,
    /// Threads of all processes that have mapped the word.
    Shared,
}

impl Scope {
    const fn flags(self) -> futex::Flags {
        match self {
            Self::Private => futex::Flags::PRIVATE,
            Self::Shared => futex::Flags::empty(),
        }
    }
}

/// A word to sleep on while its low half is `value`.
#[derive(Clone, Copy, Debug)]
pub struct Sleep<'a> {
    /// The word.
    pub word: &'a AtomicU64,
    /// What the low half is while there is nothing to wake up for.
    pub value: u32,
    /// Who can end the sleep.
    pub scope: Scope,
}

/// The low half of a word.
fn low_half(word: &AtomicU64) -> &AtomicU32 {
    let index = usize::from(cfg!(target_endian = "big"));
    let half = word.as_ptr().cast::<u32>().wrapping_add(index);
    // SAFETY: the half lies within the word, is aligned, and lives as long. It is accessed by the
    // kernel only: the reference goes into system calls, so Rust code never mixes widths.
    unsafe { AtomicU32::from_ptr(half) }
}

/// Sleeps until a word is woken or differs from its value, until a signal comes, or until the
/// clock shows the deadline. The caller looks again in any case.
///
/// # Errors
/// What `futex(2)` reports apart from these: `EINVAL` for more than [`MOST_WORDS`] words.
pub fn sleep(words: &[Sleep<'_>], deadline: Option<&Timespec>, clock: ClockId) -> io::Result<()> {
    let result = match words {
        [one] => sleep_on_one(one, deadline, clock),
        several => sleep_on_several(several, deadline, clock),
    };
    match result {
        Ok(()) | Err(Errno::AGAIN | Errno::INTR | Errno::TIMEDOUT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn sleep_on_one(one: &Sleep<'_>, deadline: Option<&Timespec>, clock: ClockId) -> Result<(), Errno> {
    let mut flags = one.scope.flags();
    if clock == ClockId::Realtime {
        flags |= futex::Flags::CLOCK_REALTIME;
    }
    futex::wait_bitset(low_half(one.word), flags, one.value, deadline, EVERY_BIT)
}

fn sleep_on_several(
    words: &[Sleep<'_>],
    deadline: Option<&Timespec>,
    clock: ClockId,
) -> Result<(), Errno> {
    if words.len() > MOST_WORDS {
        return Err(Errno::INVAL);
    }
    let mut waits = [futex::Wait::new(); MOST_WORDS];
    for (wait, word) in waits.iter_mut().zip(words) {
        wait.val = u64::from(word.value);
        wait.uaddr = futex::WaitPtr::new(low_half(word.word).as_ptr().cast());
        wait.flags = futex::WaitFlags::SIZE_U32;
        if word.scope == Scope::Private {
            wait.flags |= futex::WaitFlags::PRIVATE;
        }
    }
    let waits = &waits[..words.len()];
    futex::waitv(waits, futex::WaitvFlags::empty(), deadline, clock).map(drop)
}

/// Wakes up to so many that sleep on a word; how many it were.
pub fn wake(word: &AtomicU64, scope: Scope, most: u32) -> usize {
    // The word is mapped, so this cannot fault, and it has no other errors.
    futex::wake(low_half(word), scope.flags(), most).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{ALL, ClockId, Scope, Sleep, Timespec, sleep, wake};
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn a_sleep_ends_when_the_low_half_differs_or_is_woken_or_the_time_is_over() {
        const HIGH: u64 = 7 << 32;
        let words = [const { AtomicU64::new(HIGH) }; 2];
        let on = |index: usize, value| Sleep { word: &words[index], value, scope: Scope::Private };
        let past = Timespec { tv_sec: 0, tv_nsec: 1 };
        for clock in [ClockId::Monotonic, ClockId::Realtime] {
            sleep(&[on(0, 1)], None, clock).unwrap();
            sleep(&[on(0, 0)], Some(&past), clock).unwrap();
            sleep(&[on(0, 0), on(1, 1)], None, clock).unwrap();
            sleep(&[on(0, 0), on(1, 0)], Some(&past), clock).unwrap();
        }
        assert!(sleep(&[on(0, 0); 129], None, ClockId::Monotonic).is_err());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while words[1].load(Ordering::SeqCst) == HIGH {
                    sleep(&[on(0, 0), on(1, 0)], None, ClockId::Monotonic).unwrap();
                }
            });
            words[1].store(HIGH + 1, Ordering::SeqCst);
            wake(&words[1], Scope::Private, ALL);
        });
    }
}
