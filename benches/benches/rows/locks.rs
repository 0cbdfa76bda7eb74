//! Locks: taken by one thread alone, and by two that want them at once.

use rustix::thread::futex::Flags;
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use transom_benches::placement::{Placement, on_cpu, pin, placements};
use transom_benches::{Harness, Limit, Size, each, linux};
use windows_sys::Win32::System::Threading::{
    AcquireSRWLockExclusive, AcquireSRWLockShared, CONDITION_VARIABLE, CRITICAL_SECTION,
    EnterCriticalSection, INFINITE, InitializeCriticalSection, LeaveCriticalSection,
    ReleaseSRWLockExclusive, ReleaseSRWLockShared, SRWLOCK, SleepConditionVariableSRW,
    WaitOnAddress, WakeByAddressSingle, WakeConditionVariable,
};

const QUICK: Size = Size { rounds: 51, iterations: 20_000 };
const CONTENDED: Size = Size { rounds: 31, iterations: 20_000 };
const ROUND_TRIPS: Size = Size { rounds: 31, iterations: 2_000 };

/// A lock in memory that threads share.
struct Lock<T>(UnsafeCell<T>);

// SAFETY: what is in it is used through functions that are made for several threads.
unsafe impl<T> Sync for Lock<T> {}

impl<T> Lock<T> {
    const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    #[inline]
    const fn get(&self) -> *mut T {
        self.0.get()
    }
}

fn section() -> Lock<CRITICAL_SECTION> {
    let section = Lock::new(CRITICAL_SECTION::default());
    // SAFETY: a live section.
    unsafe { InitializeCriticalSection(section.get()) };
    section
}

fn with_section(section: &Lock<CRITICAL_SECTION>, inside: impl FnOnce()) {
    // SAFETY: a live section.
    unsafe { EnterCriticalSection(section.get()) };
    inside();
    // SAFETY: a live section.
    unsafe { LeaveCriticalSection(section.get()) };
}

fn with_slim(lock: &Lock<SRWLOCK>, inside: impl FnOnce()) {
    // SAFETY: a live lock.
    unsafe { AcquireSRWLockExclusive(lock.get()) };
    inside();
    // SAFETY: a live lock.
    unsafe { ReleaseSRWLockExclusive(lock.get()) };
}

fn with_slim_shared(lock: &Lock<SRWLOCK>) {
    // SAFETY: a live lock.
    unsafe { AcquireSRWLockShared(lock.get()) };
    // SAFETY: a live lock.
    unsafe { ReleaseSRWLockShared(lock.get()) };
}

fn with_mutex(mutex: &Lock<libc::pthread_mutex_t>, inside: impl FnOnce()) {
    // SAFETY: a live mutex.
    unsafe { libc::pthread_mutex_lock(mutex.get()) };
    inside();
    // SAFETY: a live mutex.
    unsafe { libc::pthread_mutex_unlock(mutex.get()) };
}

fn with_rwlock(lock: &Lock<libc::pthread_rwlock_t>) {
    // SAFETY: a live lock.
    unsafe { libc::pthread_rwlock_rdlock(lock.get()) };
    // SAFETY: a live lock.
    unsafe { libc::pthread_rwlock_unlock(lock.get()) };
}

pub(crate) fn rows(harness: &mut Harness) {
    let (section, slim) = (section(), Lock::new(SRWLOCK::default()));
    let mutex = Lock::new(libc::PTHREAD_MUTEX_INITIALIZER);
    let rwlock = Lock::new(libc::PTHREAD_RWLOCK_INITIALIZER);
    let limit = Limit::Micros(0.04);
    harness.row(
        "section-enter-leave",
        limit,
        QUICK,
        &mut |n| each(n, || with_section(&section, || {})),
        &mut |n| each(n, || with_mutex(&mutex, || {})),
    );
    harness.row(
        "slim-lock-exclusive",
        limit,
        QUICK,
        &mut |n| each(n, || with_slim(&slim, || {})),
        &mut |n| each(n, || with_mutex(&mutex, || {})),
    );
    harness.row(
        "slim-lock-shared",
        limit,
        QUICK,
        &mut |n| each(n, || with_slim_shared(&slim)),
        &mut |n| each(n, || with_rwlock(&rwlock)),
    );
    for placement in placements() {
        harness.row(
            &format!("section-contended-{}", placement.name),
            Limit::Ratio(1.1),
            CONTENDED,
            &mut |n| contend(n, placement, || with_section(&section, work)),
            &mut |n| contend(n, placement, || with_mutex(&mutex, work)),
        );
        harness.row(
            &format!("slim-lock-contended-{}", placement.name),
            Limit::Ratio(1.1),
            CONTENDED,
            &mut |n| contend(n, placement, || with_slim(&slim, work)),
            &mut |n| contend(n, placement, || with_mutex(&mutex, work)),
        );
        conditions(harness, placement);
        addresses(harness, placement);
    }
}

/// What is done under a contended lock: some tens of nanoseconds.
fn work() {
    for number in 0..10_u32 {
        std::hint::black_box(number);
    }
}

/// Two threads do the same so many times each.
fn contend(n: u32, placement: Placement, operation: impl Fn() + Sync) -> Duration {
    let start = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            pin(placement.partner);
            start.wait();
            for _ in 0..n {
                operation();
            }
        });
        on_cpu(placement.own, || {
            start.wait();
            let begun = Instant::now();
            for _ in 0..n {
                operation();
            }
            other.join().expect("it does not panic");
            begun.elapsed()
        })
    })
}

/// A word that is handed back and forth under a lock, with a condition for each direction.
fn conditions(harness: &mut Harness, placement: Placement) {
    let name = format!("condition-round-trip-{}", placement.name);
    if !harness.wants(&name) {
        return;
    }
    let lock = Lock::new(SRWLOCK::default());
    let turns = [(); 2].map(|()| Lock::new(CONDITION_VARIABLE::default()));
    let mutex = Lock::new(libc::PTHREAD_MUTEX_INITIALIZER);
    let raw_turns = [(); 2].map(|()| Lock::new(libc::PTHREAD_COND_INITIALIZER));
    let (whose, raw_whose) = (AtomicU32::new(0), AtomicU32::new(0));
    let stop = AtomicBool::new(false);
    let pass = |own: u32| {
        with_slim(&lock, || {
            while whose.load(Ordering::Relaxed) != own && !stop.load(Ordering::Relaxed) {
                let turn = turns[own as usize].get();
                // SAFETY: live, and the lock is held.
                unsafe { SleepConditionVariableSRW(turn, lock.get(), INFINITE, 0) };
            }
            whose.store(1 - own, Ordering::Relaxed);
            // SAFETY: live.
            unsafe { WakeConditionVariable(turns[1 - own as usize].get()) };
        });
    };
    let raw_pass = |own: u32| {
        with_mutex(&mutex, || {
            while raw_whose.load(Ordering::Relaxed) != own && !stop.load(Ordering::Relaxed) {
                // SAFETY: live, and the mutex is held.
                unsafe { libc::pthread_cond_wait(raw_turns[own as usize].get(), mutex.get()) };
            }
            raw_whose.store(1 - own, Ordering::Relaxed);
            // SAFETY: live.
            unsafe { libc::pthread_cond_signal(raw_turns[1 - own as usize].get()) };
        });
    };
    let answer = |pass: &(dyn Fn(u32) + Sync)| {
        pin(placement.partner);
        while !stop.load(Ordering::Relaxed) {
            pass(1);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| answer(&pass));
        scope.spawn(|| answer(&raw_pass));
        on_cpu(placement.own, || {
            harness.row(
                &name,
                Limit::Ratio(1.1),
                ROUND_TRIPS,
                &mut |n| each(n, || pass(0)),
                &mut |n| each(n, || raw_pass(0)),
            );
        });
        stop.store(true, Ordering::Relaxed);
        pass(0);
        raw_pass(0);
    });
}

fn addresses(harness: &mut Harness, placement: Placement) {
    let name = format!("address-round-trip-{}", placement.name);
    if !harness.wants(&name) {
        return;
    }
    let words = [const { AtomicU32::new(0) }; 2];
    let raw_words = [const { AtomicU32::new(0) }; 2];
    let stop = AtomicBool::new(false);
    let signal = |word: &AtomicU32| {
        word.store(1, Ordering::SeqCst);
        // SAFETY: only the address counts.
        unsafe { WakeByAddressSingle(word.as_ptr().cast()) };
    };
    let await_signal = |word: &AtomicU32| {
        while word.swap(0, Ordering::SeqCst) == 0 {
            let zero = 0_u32;
            // SAFETY: two words of four bytes.
            unsafe { WaitOnAddress(word.as_ptr().cast(), (&raw const zero).cast(), 4, INFINITE) };
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            pin(placement.partner);
            while !stop.load(Ordering::SeqCst) {
                await_signal(&words[0]);
                signal(&words[1]);
            }
        });
        scope.spawn(|| {
            pin(placement.partner);
            while !stop.load(Ordering::SeqCst) {
                linux::await_signal(&raw_words[0], Flags::PRIVATE);
                linux::signal(&raw_words[1], Flags::PRIVATE);
            }
        });
        on_cpu(placement.own, || {
            harness.row(
                &name,
                Limit::Ratio(1.1),
                ROUND_TRIPS,
                &mut |n| {
                    each(n, || {
                        signal(&words[0]);
                        await_signal(&words[1]);
                    })
                },
                &mut |n| {
                    each(n, || {
                        linux::signal(&raw_words[0], Flags::PRIVATE);
                        linux::await_signal(&raw_words[1], Flags::PRIVATE);
                    })
                },
            );
        });
        stop.store(true, Ordering::SeqCst);
        signal(&words[0]);
        linux::signal(&raw_words[0], Flags::PRIVATE);
    });
}
