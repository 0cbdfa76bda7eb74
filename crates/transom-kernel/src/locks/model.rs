//! The locks under a model checker, which tries every order of their steps and every value a
//! relaxed load may see, up to some number of forced switches between threads.

use super::word::{Deadline, Word};
use super::{ConditionVariable, SlimLock, gate};
use loom::model::Builder;
use loom::sync::atomic::AtomicU32;
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;
use std::sync::atomic::Ordering;

/// A word with a queue of sleepers, as the kernel keeps one: who looks, sleeps and wakes does it
/// under the queue's lock.
struct ModelWord {
    value: AtomicU32,
    sleepers: Mutex<u32>,
    woken: Condvar,
}

impl ModelWord {
    fn new(value: u32) -> Self {
        let (sleepers, woken) = (Mutex::new(0), Condvar::new());
        Self { value: AtomicU32::new(value), sleepers, woken }
    }
}

impl Word for ModelWord {
    fn load(&self, order: Ordering) -> u32 {
        self.value.load(order)
    }

    fn swap(&self, value: u32, order: Ordering) -> u32 {
        self.value.swap(value, order)
    }

    fn compare_exchange(
        &self,
        old: u32,
        new: u32,
        order: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32> {
        self.value.compare_exchange(old, new, order, failure)
    }

    fn fetch_add(&self, value: u32, order: Ordering) -> u32 {
        self.value.fetch_add(value, order)
    }

    fn fetch_sub(&self, value: u32, order: Ordering) -> u32 {
        self.value.fetch_sub(value, order)
    }

    fn wait(&self, expected: u32, _deadline: &Deadline) -> bool {
        let mut sleepers = self.sleepers.lock().expect("no test panics");
        // The kernel compares the newest value: a read-modify-write sees that one.
        if self.value.fetch_add(0, Ordering::SeqCst) == expected {
            *sleepers += 1;
            drop(self.woken.wait(sleepers).expect("no test panics"));
        }
        true
    }

    fn wake_one(&self) -> bool {
        let mut sleepers = self.sleepers.lock().expect("no test panics");
        let any = *sleepers > 0;
        if any {
            *sleepers -= 1;
            self.woken.notify_one();
        }
        any
    }

    fn wake_all(&self) {
        *self.sleepers.lock().expect("no test panics") = 0;
        self.woken.notify_all();
    }

    fn spins(&self, _wanted: u32) -> u32 {
        0
    }

    fn spin(&self) {
        thread::yield_now();
    }
}

fn check(switches: usize, test: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(switches);
    builder.check(test);
}

/// Something only one thread may touch: where two do, or one does not see what the last one did,
/// the checker finds an order in which an addition is lost.
#[derive(Default)]
struct Guarded(AtomicU32);

impl Guarded {
    fn add_one(&self) {
        let value = self.0.load(Ordering::Relaxed);
        self.0.store(value + 1, Ordering::Relaxed);
    }

    fn read(&self) -> u32 {
        let value = self.0.load(Ordering::Relaxed);
        assert_eq!(self.0.load(Ordering::Relaxed), value, "somebody writes beside a reader");
        value
    }
}

#[test]
fn a_gate_lets_one_thread_in_and_forgets_nobody() {
    check(3, || {
        let shared = Arc::new((ModelWord::new(gate::FREE), Guarded::default()));
        let pass = |shared: &(ModelWord, Guarded)| {
            gate::pass(&shared.0, 0);
            shared.1.add_one();
            gate::leave(&shared.0);
        };
        let others: Vec<_> = (0..2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || pass(&shared))
            })
            .collect();
        pass(&shared);
        others.into_iter().for_each(|other| other.join().expect("it does not panic"));
        assert_eq!(shared.1.read(), 3);
        assert_eq!(shared.0.load(Ordering::Relaxed), gate::FREE);
    });
}

struct Shared {
    state: ModelWord,
    turn: ModelWord,
    value: Guarded,
}

impl Shared {
    fn new() -> Arc<Self> {
        let (state, turn) = (ModelWord::new(0), ModelWord::new(0));
        Arc::new(Self { state, turn, value: Guarded::default() })
    }

    fn lock(&self) -> SlimLock<'_, ModelWord> {
        SlimLock { state: &self.state, turn: &self.turn }
    }

    fn write(&self) {
        self.lock().acquire_exclusive();
        self.value.add_one();
        self.lock().release_exclusive();
    }

    fn read(&self) -> u32 {
        self.lock().acquire_shared();
        let value = self.value.read();
        self.lock().release_shared();
        value
    }
}

fn slim(writers: usize, readers: usize, switches: usize) {
    check(switches, move || {
        let shared = Shared::new();
        let others: Vec<_> = (1..writers + readers)
            .map(|number| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    if number < writers {
                        shared.write();
                    } else {
                        assert!(shared.read() as usize <= writers);
                    }
                })
            })
            .collect();
        shared.write();
        others.into_iter().for_each(|other| other.join().expect("it does not panic"));
        assert_eq!(shared.read() as usize, writers);
        // Nobody inside, nobody noted as waiting.
        assert_eq!(shared.state.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn a_slim_lock_with_two_writers_and_a_reader() {
    slim(2, 1, 2);
}

#[test]
fn a_slim_lock_with_a_writer_and_two_readers() {
    slim(1, 2, 2);
}

#[test]
fn a_slim_lock_with_three_writers() {
    slim(3, 0, 2);
}

#[test]
fn a_condition_is_not_missed() {
    check(3, || {
        let gate = ModelWord::new(gate::FREE);
        let (turn, sleepers) = (ModelWord::new(0), ModelWord::new(0));
        let shared = Arc::new((gate, turn, sleepers, Guarded::default()));
        let other = Arc::clone(&shared);
        let signaller = thread::spawn(move || {
            let (gate, turn, sleepers, ready) = &*other;
            gate::pass(gate, 0);
            ready.add_one();
            gate::leave(gate);
            ConditionVariable { turn, sleepers }.wake_one();
        });
        let (gate, turn, sleepers, ready) = &*shared;
        gate::pass(gate, 0);
        while ready.read() == 0 {
            ConditionVariable { turn, sleepers }.sleep(
                &Deadline::NEVER,
                || gate::leave(gate),
                || gate::pass(gate, 0),
            );
        }
        gate::leave(gate);
        signaller.join().expect("it does not panic");
        assert_eq!(sleepers.load(Ordering::Relaxed), 0);
    });
}
