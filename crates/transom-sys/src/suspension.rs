//! Stopping single threads of this process, and ending them, from outside.
//!
//! Linux stops whole processes. A single thread is stopped by a signal whose handler sleeps
//! until the thread may go on. What the handler needs is in a table of plain atomic words, so
//! that it does nothing but look, sleep and leave: a thread may be stopped at any instruction.
//!
//! The signal is the highest real-time signal that the program has left alone when a thread is
//! first stopped.

use crate::thread::vanish;
use rustix::event::Timespec;
use rustix::thread::futex;
use std::ffi::c_int;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// How often a thread may be suspended at once: `MAXIMUM_SUSPEND_COUNT`.
pub const MOST: u32 = 127;
/// How many threads may be suspended at once.
const PLACES: usize = 1024;

/// The bits of a place's word that count suspensions.
const COUNT: u32 = 0xFF;
/// The thread sleeps in its handler.
const PARKED: u32 = 0x100;
/// The thread is to end.
const DOOMED: u32 = 0x200;

/// How long to wait before looking whether a thread that does not stop still exists.
const LOOK_AGAIN: Timespec = Timespec { tv_sec: 0, tv_nsec: 2_000_000 };
/// How often to look, where a thread has blocked all signals.
const PATIENCE: u32 = 50;

/// A thread that is suspended, or is to be.
struct Place {
    tid: AtomicU32,
    word: AtomicU32,
}

static TABLE: [Place; PLACES] =
    [const { Place { tid: AtomicU32::new(0), word: AtomicU32::new(0) } }; PLACES];
/// How many places were ever used, so that the handler looks no further.
static USED: AtomicU32 = AtomicU32::new(0);
/// Who changes counts; the handler takes no lock.
static CHANGES: Mutex<()> = Mutex::new(());

/// Why a thread cannot be suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is suspended [`MOST`] times already.
    TooOften,
    /// Too many threads are suspended, or the program uses every real-time signal.
    NoRoom,
    /// There is no such thread.
    Gone,
}

fn own_tid() -> u32 {
    rustix::thread::gettid().as_raw_nonzero().get().cast_unsigned()
}

fn places() -> &'static [Place] {
    &TABLE[..(USED.load(Ordering::Acquire) as usize).min(PLACES)]
}

fn find(tid: u32) -> Option<&'static Place> {
    places().iter().find(|place| place.tid.load(Ordering::Acquire) == tid)
}

/// The place of a thread, or an empty one for it. Called by one thread at a time.
fn find_or_take(tid: u32) -> Option<&'static Place> {
    if let Some(place) = find(tid) {
        return Some(place);
    }
    let used = places().len();
    let free = |place: &Place| place.word.load(Ordering::Acquire) == 0;
    let place = match places().iter().find(|place| free(place)) {
        Some(place) => place,
        None => {
            let place = TABLE.get(used)?;
            USED.store(u32::try_from(used + 1).ok()?, Ordering::Release);
            place
        }
    };
    place.tid.store(tid, Ordering::Release);
    Some(place)
}

/// Sleeps for as long as this thread is suspended, and ends it if it is to end.
fn park(place: &Place) {
    place.word.fetch_or(PARKED, Ordering::SeqCst);
    wake(&place.word);
    loop {
        let now = place.word.load(Ordering::SeqCst);
        if now & DOOMED != 0 && own_tid() != std::process::id() {
            // Without it the place would never be free again.
            place.word.store(0, Ordering::SeqCst);
            vanish();
        }
        if now & (COUNT | DOOMED) != 0 {
            // The first thread of a process cannot go before the process does: it sleeps on.
            // Woken, changed or interrupted: look again.
            let _ = futex::wait(&place.word, futex::Flags::PRIVATE, now, None);
            continue;
        }
        if place.word.compare_exchange(now, 0, Ordering::SeqCst, Ordering::Relaxed).is_ok() {
            return;
        }
    }
}

fn wake(word: &AtomicU32) {
    // A word of this process cannot fault.
    let _ = futex::wake(word, futex::Flags::PRIVATE, i32::MAX.cast_unsigned());
}

extern "C" fn stopped(_signal: c_int) {
    if let Some(place) = find(own_tid())
        && place.word.load(Ordering::SeqCst) & (COUNT | DOOMED) != 0
    {
        park(place);
    }
}

/// The signal, with its handler installed.
fn signal() -> Option<c_int> {
    static SIGNAL: OnceLock<Option<c_int>> = OnceLock::new();
    // SAFETY: the handler looks at atomic words, sleeps and makes system calls, which it may at any
    // instruction of any thread; it leaves `errno` alone, as rustix's calls do.
    *SIGNAL.get_or_init(|| unsafe { crate::signal::take_free(stopped, libc::SA_RESTART, true) })
}

fn send(tid: u32) -> Result<(), Refused> {
    let signal = signal().ok_or(Refused::NoRoom)?;
    // SAFETY: sends a signal that has a handler to a thread of this process.
    let result = unsafe { libc::syscall(libc::SYS_tgkill, std::process::id(), tid, signal) };
    if result == 0 { Ok(()) } else { Err(Refused::Gone) }
}

/// Whether a thread of this process exists.
fn exists(tid: u32) -> bool {
    // SAFETY: sends nothing.
    unsafe { libc::syscall(libc::SYS_tgkill, std::process::id(), tid, 0) == 0 }
}

/// Waits until a thread sleeps in its handler; an error if it ends before it comes to that.
fn await_parked(tid: u32, place: &Place) -> Result<(), Refused> {
    for _ in 0..PATIENCE {
        loop {
            let now = place.word.load(Ordering::SeqCst);
            if now & PARKED != 0 {
                return Ok(());
            }
            let flags = futex::Flags::PRIVATE;
            if futex::wait(&place.word, flags, now, Some(&LOOK_AGAIN))
                == Err(rustix::io::Errno::TIMEDOUT)
            {
                break;
            }
        }
        if !exists(tid) {
            return Err(Refused::Gone);
        }
    }
    // It has blocked the signal, and will stop as soon as it does no more.
    Ok(())
}

/// Counts a suspension of a thread that has not begun to run, and asks for [`pass`] first.
///
/// # Errors
/// [`Refused`].
pub fn hold(tid: u32) -> Result<(), Refused> {
    let _one = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
    let place = find_or_take(tid).ok_or(Refused::NoRoom)?;
    place.word.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

/// Lets the calling thread pass if it is not suspended; else it sleeps until it is not.
pub fn pass() {
    if let Some(place) = find(own_tid()) {
        park(place);
    }
}

/// Suspends a thread of this process; how often it was suspended before. When this returns it
/// has stopped, unless it blocks all signals. `before_stop` is called and what it returns is
/// kept until then, unless the thread is the calling one.
///
/// # Errors
/// [`Refused`].
pub fn suspend<Guard>(tid: u32, before_stop: impl FnOnce() -> Guard) -> Result<u32, Refused> {
    let itself = tid == own_tid();
    let _guard = (!itself).then(before_stop);
    let changes = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
    let place = find_or_take(tid).ok_or(Refused::NoRoom)?;
    let before = place.word.load(Ordering::SeqCst) & COUNT;
    if before >= MOST {
        return Err(Refused::TooOften);
    }
    let word = place.word.fetch_add(1, Ordering::SeqCst);
    if itself {
        drop(changes);
        park(place);
        return Ok(before);
    }
    // Were the lock given back before it has stopped, it might stop while it holds it.
    let stopped = if word & PARKED == 0 { send(tid) } else { Ok(()) };
    match stopped.and_then(|()| await_parked(tid, place)) {
        Ok(()) => Ok(before),
        Err(refused) => {
            // It has ended, or no signal is to be had: nothing is left of the attempt.
            if refused == Refused::Gone {
                place.word.store(0, Ordering::SeqCst);
            } else {
                place.word.fetch_sub(1, Ordering::SeqCst);
            }
            Err(refused)
        }
    }
}

/// Undoes one suspension; how often the thread was suspended before.
pub fn resume(tid: u32) -> u32 {
    let _one = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(place) = find(tid) else { return 0 };
    let before = place.word.load(Ordering::SeqCst) & COUNT;
    if before > 0 {
        place.word.fetch_sub(1, Ordering::SeqCst);
        wake(&place.word);
    }
    before
}

/// How often a thread is suspended.
#[must_use]
pub fn count(tid: u32) -> u32 {
    find(tid).map_or(0, |place| place.word.load(Ordering::SeqCst) & COUNT)
}

/// Has a thread of this process end at once, wherever it is; the first thread of the process
/// sleeps for ever instead. It may still run for a moment when this returns.
///
/// # Errors
/// [`Refused`].
pub fn doom(tid: u32) -> Result<(), Refused> {
    let _one = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
    let place = find_or_take(tid).ok_or(Refused::NoRoom)?;
    let word = place.word.fetch_or(DOOMED, Ordering::SeqCst);
    if word & PARKED != 0 {
        wake(&place.word);
        return Ok(());
    }
    send(tid).inspect_err(|_| place.word.store(0, Ordering::SeqCst))
}

/// Whether a thread that was [doomed](doom) sleeps.
#[must_use]
pub fn is_parked(tid: u32) -> bool {
    find(tid).is_some_and(|place| place.word.load(Ordering::SeqCst) & PARKED != 0)
}

/// Forgets a thread that has ended, so that its id can be another's.
pub fn forget(tid: u32) {
    let _one = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(place) = find(tid) {
        place.word.store(0, Ordering::SeqCst);
        place.tid.store(0, Ordering::Release);
    }
}

/// The table, locked around a `fork`.
#[derive(Debug)]
pub struct Frozen(#[expect(dead_code, reason = "held, never read")] MutexGuard<'static, ()>);

/// Lets nobody change the table until the result is dropped.
#[must_use]
pub fn freeze() -> Frozen {
    Frozen(CHANGES.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Frozen {
    /// Forgets all threads, in the process that `fork` has just made.
    pub fn start_anew(&self) {
        for place in places() {
            place.word.store(0, Ordering::SeqCst);
            place.tid.store(0, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Refused, count, doom, exists, forget, hold, own_tid, pass, resume, suspend};
    use crate::thread::start;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    #[derive(Default)]
    struct Counter {
        tid: AtomicU32,
        turns: AtomicU32,
        stop: AtomicBool,
    }

    fn count_up(counter: Arc<Counter>) {
        counter.tid.store(own_tid(), Ordering::SeqCst);
        while !counter.stop.load(Ordering::SeqCst) {
            counter.turns.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn await_turns(counter: &Counter) -> u32 {
        let before = counter.turns.load(Ordering::SeqCst);
        while counter.turns.load(Ordering::SeqCst) == before {
            std::thread::yield_now();
        }
        counter.tid.load(Ordering::SeqCst)
    }

    #[test]
    fn a_thread_stops_and_goes_on() {
        let counter = Arc::new(Counter::default());
        let thread = start(None, Arc::clone(&counter), count_up).expect("a thread starts");
        let tid = await_turns(&counter);
        for _ in 0..100 {
            assert_eq!(suspend(tid, || ()), Ok(0));
            let stopped_at = counter.turns.load(Ordering::SeqCst);
            assert_eq!(suspend(tid, || ()), Ok(1));
            assert_eq!(resume(tid), 2);
            std::thread::yield_now();
            assert_eq!(counter.turns.load(Ordering::SeqCst), stopped_at);
            assert_eq!(resume(tid), 1);
            assert_eq!(resume(tid), 0);
            await_turns(&counter);
        }
        for before in 0..MOST {
            assert_eq!(suspend(tid, || ()), Ok(before));
        }
        assert_eq!(suspend(tid, || ()), Err(Refused::TooOften));
        for before in (1..=MOST).rev() {
            assert_eq!(resume(tid), before);
        }
        counter.stop.store(true, Ordering::SeqCst);
        thread.join();
        // The C library knows that it has ended a moment before the kernel has forgotten it.
        assert_eq!(suspend(tid, || ()), Err(Refused::Gone));
        assert_eq!(count(tid), 0);
        forget(tid);
    }

    #[test]
    fn a_doomed_thread_ends_running_or_stopped() {
        for stop_first in [false, true] {
            let counter = Arc::new(Counter::default());
            let thread = start(None, Arc::clone(&counter), count_up).expect("a thread starts");
            let tid = await_turns(&counter);
            if stop_first {
                assert_eq!(suspend(tid, || ()), Ok(0));
            }
            assert_eq!(doom(tid), Ok(()));
            thread.join();
            forget(tid);
            // The C library knows that it has ended a moment before the kernel has forgotten it.
            while exists(tid) {
                std::thread::yield_now();
            }
            assert_eq!(doom(tid), Err(Refused::Gone));
        }
    }

    #[test]
    fn a_doomed_thread_leaves_nothing_to_who_gets_its_stack() {
        let mut key: libc::pthread_key_t = 0;
        // SAFETY: the place is writable.
        assert_eq!(unsafe { libc::pthread_key_create(&raw mut key, None) }, 0);
        for _ in 0..20 {
            let counter = Arc::new(Counter::default());
            let thread = start(None, (key, Arc::clone(&counter)), |(key, counter)| {
                let value = std::ptr::without_provenance(1);
                // SAFETY: a key of ours; the value is not looked behind.
                assert_eq!(unsafe { libc::pthread_setspecific(key, value) }, 0);
                count_up(counter);
            });
            let thread = thread.expect("a thread starts");
            let tid = await_turns(&counter);
            assert_eq!(doom(tid), Ok(()));
            thread.join();
            forget(tid);
            let found = Arc::new(AtomicU32::new(77));
            let heir = start(None, (key, Arc::clone(&found)), |(key, found)| {
                // SAFETY: a key of ours.
                let value = unsafe { libc::pthread_getspecific(key) };
                found.store(u32::from(!value.is_null()), Ordering::SeqCst);
            });
            heir.expect("a thread starts").join();
            assert_eq!(found.load(Ordering::SeqCst), 0);
        }
        // SAFETY: a key of ours, which nobody uses any more.
        unsafe { libc::pthread_key_delete(key) };
    }

    #[test]
    fn a_thread_stops_itself() {
        let tid = Arc::new(AtomicU32::new(0));
        let thread = start(None, Arc::clone(&tid), |tid| {
            assert_eq!(hold(own_tid()), Ok(()));
            tid.store(own_tid(), Ordering::SeqCst);
            pass();
            assert_eq!(suspend(own_tid(), || ()), Ok(0));
        })
        .expect("a thread starts");
        let mut resumed = 0;
        while resumed < 2 {
            let tid = tid.load(Ordering::SeqCst);
            resumed += u32::from(tid != 0 && resume(tid) == 1);
            std::thread::yield_now();
        }
        thread.join();
    }
}
