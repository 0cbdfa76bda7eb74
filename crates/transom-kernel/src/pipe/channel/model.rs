//! The protocols between the two sides under a model checker: every order in which a few threads
//! can take their steps.
//!
//! Loom's atomics stand for the words, and a queue under a lock for the futex: a sleeper compares
//! and lies down in one step, and whoever is woken is taken off the queue.

use super::bell::{Bell, NEVER, Struck};
use super::control::{self, Control, Kind};
use super::holder::Identity;
use super::lock::{Attempt, Lock, Release};
use super::word::Word;
use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;

#[derive(Debug, Default)]
struct Modelled(AtomicU64);

impl Word for Modelled {
    fn load(&self) -> u64 {
        // Loom lets a sequentially consistent load see an old value, which these may not: a step
        // that also writes sees the newest.
        self.0.fetch_or(0, Ordering::SeqCst)
    }

    fn store(&self, value: u64) {
        // Loom's stores are no part of the one order either.
        self.0.swap(value, Ordering::SeqCst);
    }

    fn exchange(&self, old: u64, new: u64) -> Result<u64, u64> {
        self.0.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst)
    }

    fn set(&self, bits: u64) -> u64 {
        self.0.fetch_or(bits, Ordering::SeqCst)
    }
}

/// Who sleeps on a word: a number each, in the order they came.
#[derive(Debug, Default)]
struct Futex {
    sleepers: Mutex<(Vec<u32>, u32)>,
    woken: Condvar,
}

impl Futex {
    fn sleep(&self, word: &Modelled, value: u64) {
        let mut sleepers = self.sleepers.lock().unwrap();
        if word.load() as u32 != value as u32 {
            return;
        }
        let number = sleepers.1;
        sleepers.1 += 1;
        sleepers.0.push(number);
        while sleepers.0.contains(&number) {
            sleepers = self.woken.wait(sleepers).unwrap();
        }
    }

    fn wake(&self, most: usize) -> usize {
        let mut sleepers = self.sleepers.lock().unwrap();
        let count = most.min(sleepers.0.len());
        sleepers.0.drain(..count);
        self.woken.notify_all();
        count
    }
}

fn check(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    // Most mistakes need two interruptions at most.
    builder.preemption_bound = Some(2);
    builder.check(model);
}

/// A counter of one side, on whose marks the other sleeps.
#[derive(Debug, Default)]
struct Counter {
    value: Modelled,
    word: Modelled,
    marks: [Modelled; 2],
    futex: Futex,
    /// How often the doorbell rang.
    rings: Modelled,
    doorbell: Futex,
}

impl Counter {
    fn new() -> Arc<Self> {
        let counter = Self::default();
        counter.marks.iter().for_each(|mark| mark.store(NEVER));
        Arc::new(counter)
    }

    fn bell(&self) -> Bell<'_, Modelled> {
        Bell { word: &self.word, marks: [&self.marks[0], &self.marks[1]] }
    }

    fn reach(&self, value: u64) {
        self.value.store(value);
        let Struck { sleepers, requests } = self.bell().strike([value, 0]);
        if sleepers {
            self.futex.wake(usize::MAX);
        }
        if requests {
            self.rings.store(self.rings.load() + 1);
            self.doorbell.wake(usize::MAX);
        }
    }

    fn await_mark(&self, mark: u64) {
        while self.value.load() < mark {
            let armed = self.bell().arm([mark, NEVER]);
            if self.value.load() >= mark {
                break;
            }
            self.futex.sleep(&self.word, armed);
        }
    }

    /// As [`await_mark`](Self::await_mark), for a request of whose process the doorbell is heard.
    fn await_mark_by_request(&self, mark: u64) {
        while self.value.load() < mark {
            let rings = self.rings.load();
            self.bell().arm_for_request([mark, NEVER]);
            if self.value.load() >= mark {
                break;
            }
            self.doorbell.sleep(&self.rings, rings);
        }
    }
}

#[test]
fn whoever_sleeps_until_a_mark_is_woken() {
    check(|| {
        let counter = Counter::new();
        let mover = {
            let counter = Arc::clone(&counter);
            thread::spawn(move || (1..=3).for_each(|value| counter.reach(value)))
        };
        counter.await_mark(2);
        mover.join().unwrap();
    });
}

/// Two holders of one end wait for different things; the bell's marks are the lower ones.
#[test]
fn two_sleepers_with_different_marks_are_both_woken() {
    check(|| {
        let counter = Counter::new();
        let sleepers = [1, 2].map(|mark| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || counter.await_mark(mark))
        });
        counter.reach(1);
        counter.reach(2);
        sleepers.into_iter().for_each(|sleeper| sleeper.join().unwrap());
    });
}

/// One sleeps and one has a request: the bell tells both, each in its way.
#[test]
fn a_sleeper_and_a_request_are_both_told() {
    check(|| {
        let counter = Counter::new();
        let sleeper = {
            let counter = Arc::clone(&counter);
            thread::spawn(move || counter.await_mark(1))
        };
        let requester = {
            let counter = Arc::clone(&counter);
            thread::spawn(move || counter.await_mark_by_request(2))
        };
        counter.reach(1);
        counter.reach(2);
        sleeper.join().unwrap();
        requester.join().unwrap();
    });
}

/// A ring of one message: each side sleeps on the other's counter, and they are never both at it.
#[test]
fn a_ring_of_one_is_used_in_turns() {
    check(|| {
        let (tail, freed) = (Counter::new(), Counter::new());
        let ring = Arc::new(UnsafeCell::new(()));
        let writer = {
            let (tail, freed, ring) = (Arc::clone(&tail), Arc::clone(&freed), Arc::clone(&ring));
            thread::spawn(move || {
                for number in 1..=2 {
                    freed.await_mark(number - 1);
                    // Loom fails if the reader looks at the same moment.
                    ring.with_mut(std::hint::black_box);
                    tail.reach(number);
                }
            })
        };
        for number in 1..=2 {
            tail.await_mark(number);
            ring.with(std::hint::black_box);
            freed.reach(number);
        }
        writer.join().unwrap();
    });
}

/// A message is read in two parts while it is cancelled: what was read and what was taken back are
/// together the message.
#[test]
fn a_message_is_read_or_taken_back() {
    check(|| {
        let word = Arc::new(Modelled::default());
        let message = Control::new(Kind::Pending, 10, 3);
        word.store(message.0);
        let canceller = {
            let word = Arc::clone(&word);
            thread::spawn(move || control::cancel(&*word, 3).map_or(0, Control::rest))
        };
        let mut had = 0;
        for part in [4, 6] {
            let now = Control(word.load());
            if now.is_void() || !control::read(&*word, now, part) {
                break;
            }
            had += part;
        }
        assert_eq!(had + canceller.join().unwrap(), 10);
    });
}

/// A lock of the holders of one end.
#[derive(Debug)]
struct Shared {
    word: Modelled,
    futex: Futex,
    inside: UnsafeCell<u32>,
}

impl Shared {
    fn new() -> Arc<Self> {
        let inside = UnsafeCell::new(0);
        Arc::new(Self { word: Modelled::default(), futex: Futex::default(), inside })
    }

    /// As the kernel does; `dead` has it without being alive.
    fn take(&self, me: Identity, dead: Option<u64>) {
        let lock = Lock(&self.word);
        let mut woken = false;
        loop {
            let Attempt::Held(seen) = lock.attempt(me, woken) else { return };
            if Some(seen & 0x3F_FFFF) == dead {
                if lock.inherit(seen, me) {
                    return;
                }
                continue;
            }
            if let Some(value) = lock.contend(seen) {
                self.futex.sleep(&self.word, value);
                woken = true;
            }
        }
    }

    fn release(&self, me: Identity) {
        let lock = Lock(&self.word);
        match lock.release(me) {
            Release::Done => {}
            Release::Wake => {
                if self.futex.wake(1) == 0 && lock.calm() {
                    self.futex.wake(1);
                }
            }
            Release::Lost => panic!("nobody scribbles here"),
        }
    }

    fn visit(&self, me: Identity, dead: Option<u64>) {
        self.take(me, dead);
        // Loom fails if two are inside.
        self.inside.with_mut(std::hint::black_box);
        self.release(me);
    }
}

const fn thread_number(tid: u32) -> Identity {
    Identity { tid, mark: tid * 1001 }
}

#[test]
fn one_holder_at_a_time_and_nobody_is_forgotten() {
    check(|| {
        let lock = Shared::new();
        let others = [1, 2].map(|tid| {
            let lock = Arc::clone(&lock);
            thread::spawn(move || lock.visit(thread_number(tid), None))
        });
        lock.visit(thread_number(3), None);
        others.into_iter().for_each(|other| other.join().unwrap());
        assert_eq!(lock.word.load(), 0);
    });
}

#[test]
fn a_dead_holder_is_succeeded_by_one() {
    check(|| {
        let lock = Shared::new();
        assert_eq!(Lock(&lock.word).attempt(thread_number(9), false), Attempt::Taken);
        let other = {
            let lock = Arc::clone(&lock);
            thread::spawn(move || lock.visit(thread_number(1), Some(9)))
        };
        lock.visit(thread_number(2), Some(9));
        other.join().unwrap();
        assert_eq!(lock.word.load(), 0);
    });
}

#[test]
fn being_held_for_long_is_no_reason_to_lose_it() {
    check(|| {
        let lock = Shared::new();
        lock.take(thread_number(3), None);
        let other = {
            let lock = Arc::clone(&lock);
            thread::spawn(move || lock.visit(thread_number(1), None))
        };
        assert!(Lock(&lock.word).mark_long(thread_number(3), true));
        lock.inside.with_mut(std::hint::black_box);
        lock.release(thread_number(3));
        other.join().unwrap();
        assert_eq!(lock.word.load(), 0);
    });
}
