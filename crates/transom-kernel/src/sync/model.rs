//! The machine under a model checker: every order in which a few threads can take their steps.
//!
//! Loom's atomics stand for the words, and a queue under a lock for the futex: a sleeper compares
//! and lies down in one step, and whoever is woken is taken off the queue. A thread that is killed
//! in its sleep is one that returns when it is woken and does nothing more.

use super::machine::{Enlisted, Machine, Rule, Take, Wake, Word};
use super::state_word::{Identity, SHARED, SIGNALLED, compared, is_shared};
use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;

#[derive(Debug)]
struct Modelled(AtomicU64);

impl Word for Modelled {
    fn load(&self) -> u64 {
        // Loom lets a sequentially consistent load see an old value, which the machine's may not:
        // a step that also writes sees the newest.
        self.0.fetch_or(0, Ordering::SeqCst)
    }

    fn store(&self, value: u64) {
        self.0.store(value, Ordering::SeqCst);
    }

    fn exchange(&self, old: u64, new: u64) -> Result<u64, u64> {
        self.0.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst)
    }

    fn add(&self, value: u64) -> u64 {
        self.0.fetch_add(value, Ordering::SeqCst)
    }

    fn subtract(&self, value: u64) -> u64 {
        self.0.fetch_sub(value, Ordering::SeqCst)
    }
}

/// Who sleeps: a number each, and whether on the shared futex.
#[derive(Debug, Default)]
struct Queue {
    sleepers: Vec<(u32, bool)>,
    next: u32,
}

#[derive(Debug)]
struct Object {
    words: [Modelled; 3],
    rule: Rule,
    queue: Mutex<Queue>,
    woken: Condvar,
}

impl Object {
    fn new(rule: Rule, state: u64) -> Arc<Self> {
        let words = [state, 0, 0].map(|word| Modelled(AtomicU64::new(word)));
        Arc::new(Self { words, rule, queue: Mutex::default(), woken: Condvar::new() })
    }

    fn machine(&self) -> Machine<'_, Modelled> {
        let [state, sleepers, recursion] = &self.words;
        Machine { state, sleepers, recursion, rule: self.rule }
    }

    fn sleep_while(&self, state: u64) {
        let mut queue = self.queue.lock().unwrap();
        if compared(self.words[0].load()) != compared(state) {
            return;
        }
        let number = queue.next;
        queue.next += 1;
        queue.sleepers.push((number, is_shared(state)));
        while queue.sleepers.iter().any(|sleeper| sleeper.0 == number) {
            queue = self.woken.wait(queue).unwrap();
        }
    }

    fn wake_scope(&self, shared: bool, most: u32) -> u32 {
        let mut queue = self.queue.lock().unwrap();
        let mut left = most;
        queue.sleepers.retain(|sleeper| {
            let wakes = sleeper.1 == shared && left > 0;
            left -= u32::from(wakes);
            !wakes
        });
        self.woken.notify_all();
        most - left
    }

    fn wake(&self, wake: Wake) {
        let most = match wake {
            Wake::Nobody => return,
            Wake::Some(most) => most,
            Wake::All => u32::MAX,
        };
        self.wake_scope(is_shared(self.words[0].load()), most);
    }

    fn set(&self) {
        self.wake(self.machine().signal());
    }

    fn take(&self, me: Identity, enlisted: Option<&mut Enlisted>) -> Take {
        if self.rule == Rule::Mutex {
            self.machine().take_mutex(me)
        } else {
            self.machine().take(enlisted)
        }
    }

    /// Waits as the kernel does.
    fn wait(&self, me: Identity) {
        let mut enlisted = self.machine().enlist(false);
        loop {
            let state = self.words[0].load();
            match self.take(me, Some(&mut enlisted)) {
                Take::Taken | Take::Abandoned => break,
                Take::Locked(_) => thread::yield_now(),
                _ => self.sleep_while(state),
            }
        }
        self.leave(&enlisted);
    }

    fn leave(&self, enlisted: &Enlisted) {
        self.wake(self.machine().leave(enlisted, false));
    }

    fn mark_shared(&self) {
        let before = self.words[0].0.fetch_or(SHARED, Ordering::SeqCst);
        if !is_shared(before) {
            self.wake_scope(false, u32::MAX);
        }
    }
}

const fn thread_number(number: u32) -> Identity {
    Identity { tid: number, mark: number * 1001 }
}

fn check(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    // Most mistakes need two interruptions at most.
    builder.preemption_bound = Some(2);
    builder.check(model);
}

/// A token goes from hand to hand, and comes back.
fn token_goes_round(rule: Rule, state: u64) {
    check(move || {
        let object = Object::new(rule, state);
        let threads: Vec<_> = (1..3)
            .map(|number| {
                let object = Arc::clone(&object);
                thread::spawn(move || {
                    object.wait(thread_number(number));
                    give_back(&object, thread_number(number));
                })
            })
            .collect();
        object.wait(thread_number(3));
        give_back(&object, thread_number(3));
        for thread in threads {
            thread.join().unwrap();
        }
        // As it was, and nobody enlisted.
        assert_eq!(object.words[0].load(), state);
        assert_eq!(object.words[1].load(), 0);
    });
}

fn give_back(object: &Object, me: Identity) {
    match object.rule {
        Rule::Mutex => object.wake(object.machine().release_mutex(me).expect("it is ours")),
        Rule::Semaphore(maximum) => {
            let (_, wake) = object.machine().release_semaphore(1, maximum).expect("there is room");
            object.wake(wake);
        }
        _ => object.set(),
    }
}

#[test]
fn an_event_a_semaphore_and_a_mutex_go_from_hand_to_hand() {
    for shared in [0, SHARED] {
        token_goes_round(Rule::AutoEvent, SIGNALLED | shared);
        token_goes_round(Rule::Semaphore(1), 1 | shared);
        token_goes_round(Rule::Mutex, shared);
    }
}

#[test]
fn a_mutex_has_one_owner() {
    check(|| {
        let object = Object::new(Rule::Mutex, 0);
        let number = Arc::new(UnsafeCell::new(0));
        let work = |object: &Object, number: &UnsafeCell<i32>, me| {
            object.wait(me);
            number.with_mut(std::hint::black_box);
            give_back(object, me);
        };
        let other = {
            let (object, number) = (Arc::clone(&object), Arc::clone(&number));
            thread::spawn(move || work(&object, &number, thread_number(1)))
        };
        work(&object, &number, thread_number(2));
        other.join().unwrap();
    });
}

/// Who was enlisted when the event was signalled is released, though it is reset at once.
#[test]
fn a_reset_at_once_takes_nothing_from_who_waits() {
    for (rule, pulse) in [
        (Rule::ManualEvent, false),
        (Rule::ManualEvent, true),
        (Rule::AutoEvent, false),
        (Rule::AutoEvent, true),
    ] {
        check(move || {
            let object = Object::new(rule, 0);
            let mut enlisted = object.machine().enlist(false);
            let setter = {
                let object = Arc::clone(&object);
                thread::spawn(move || {
                    if pulse {
                        object.wake(object.machine().pulse().0);
                    } else {
                        object.set();
                        object.machine().reset();
                    }
                })
            };
            loop {
                let state = object.words[0].load();
                if object.machine().take(Some(&mut enlisted)) == Take::Taken {
                    break;
                }
                object.sleep_while(state);
            }
            object.leave(&enlisted);
            setter.join().unwrap();
            assert_eq!(object.machine().take(None), Take::Unavailable);
        });
    }
}

/// Two signals release two who wait, however late they notice.
#[test]
fn two_signals_release_two() {
    check(|| {
        let object = Object::new(Rule::AutoEvent, 0);
        let waiters: Vec<_> = (0..2)
            .map(|_| {
                let mut enlisted = object.machine().enlist(false);
                let object = Arc::clone(&object);
                thread::spawn(move || {
                    loop {
                        let state = object.words[0].load();
                        if object.machine().take(Some(&mut enlisted)) == Take::Taken {
                            return object.leave(&enlisted);
                        }
                        object.sleep_while(state);
                    }
                })
            })
            .collect();
        object.set();
        object.set();
        for waiter in waiters {
            waiter.join().unwrap();
        }
        assert_eq!(object.words[0].load(), 0);
    });
}

/// Of two who wait, one goes without taking anything: its time is over, or it took another object.
#[test]
fn who_goes_passes_the_signal_on() {
    for (rule, state) in [(Rule::AutoEvent, 0), (Rule::Semaphore(1), 0), (Rule::AutoEvent, SHARED)]
    {
        check(move || {
            let object = Object::new(rule, state);
            // It sleeps already, ahead of the other.
            let enlisted = object.machine().enlist(false);
            object.queue.lock().unwrap().sleepers.push((u32::MAX, is_shared(state)));
            let goes = {
                let object = Arc::clone(&object);
                thread::spawn(move || {
                    // Whether it was woken or not.
                    let mut queue = object.queue.lock().unwrap();
                    queue.sleepers.retain(|sleeper| sleeper.0 != u32::MAX);
                    drop(queue);
                    object.leave(&enlisted);
                })
            };
            let stays = {
                let object = Arc::clone(&object);
                thread::spawn(move || object.wait(thread_number(1)))
            };
            give_back(&object, thread_number(2));
            stays.join().unwrap();
            goes.join().unwrap();
            assert_eq!(object.words[0].load(), state);
        });
    }
}

/// Of two in different processes who wait, one is killed when it is woken.
#[test]
fn who_is_killed_keeps_nothing_from_the_other() {
    for (rule, state) in
        [(Rule::AutoEvent, SHARED), (Rule::Semaphore(1), SHARED), (Rule::ManualEvent, SHARED)]
    {
        check(move || {
            let object = Object::new(rule, state);
            // It sleeps already, ahead of the other, and never leaves.
            let enlisted = object.machine().enlist(false);
            object.queue.lock().unwrap().sleepers.push((u32::MAX, true));
            let survivor = {
                let object = Arc::clone(&object);
                thread::spawn(move || object.wait(thread_number(1)))
            };
            give_back(&object, thread_number(2));
            survivor.join().unwrap();
            let _ = enlisted;
        });
    }
}

/// An object becomes known to other processes while somebody sleeps on it.
#[test]
fn who_slept_in_private_is_woken_by_others() {
    for rule in [Rule::AutoEvent, Rule::ManualEvent, Rule::Semaphore(1)] {
        check(move || {
            let object = Object::new(rule, 0);
            let waiter = {
                let object = Arc::clone(&object);
                thread::spawn(move || object.wait(thread_number(1)))
            };
            object.mark_shared();
            // Another process knows only the shared futex.
            give_back(&object, thread_number(2));
            waiter.join().unwrap();
        });
    }
}

/// Locks both, takes both or none.
fn take_both(objects: &[Arc<Object>; 2], me: Identity) -> bool {
    for (index, object) in objects.iter().enumerate() {
        loop {
            match object.machine().lock(me) {
                Take::Taken => break,
                Take::Locked(_) => thread::yield_now(),
                _ => {
                    for locked in &objects[..index] {
                        locked.machine().unlock(me, false);
                    }
                    return false;
                }
            }
        }
    }
    for object in objects {
        object.machine().unlock(me, true);
    }
    true
}

/// While one waits for both of two objects, another takes one of them and gives it back.
#[test]
fn a_wait_for_all_takes_all_or_nothing() {
    for (rule, state) in [(Rule::AutoEvent, SIGNALLED), (Rule::Semaphore(1), 1), (Rule::Mutex, 0)] {
        check(move || {
            let objects = [Object::new(rule, state), Object::new(rule, state)];
            let other = {
                let object = Arc::clone(&objects[1]);
                thread::spawn(move || {
                    object.wait(thread_number(1));
                    give_back(&object, thread_number(1));
                })
            };
            let me = thread_number(2);
            let lists = [0, 1].map(|index: usize| objects[index].machine().enlist(true));
            while !take_both(&objects, me) {
                let seen = objects[1].words[0].load();
                if !objects[1].machine().is_signalled(seen) {
                    objects[1].sleep_while(seen);
                }
            }
            for (object, list) in objects.iter().zip(&lists) {
                object.wake(object.machine().leave(list, true));
                give_back(object, me);
            }
            other.join().unwrap();
            for object in &objects {
                assert_eq!(object.words[0].load(), state);
                assert_eq!(object.words[1].load(), 0);
            }
        });
    }
}

/// The owner dies; of two who look at it, one is told.
#[test]
fn one_is_told_that_a_mutex_was_abandoned() {
    check(|| {
        let object = Object::new(Rule::Mutex, 0);
        assert_eq!(object.machine().take_mutex(thread_number(9)), Take::Taken);
        let dead = object.words[0].load();
        let finder = move |object: &Object, number| {
            object.wake(object.machine().abandon(dead));
            object.machine().take_mutex(thread_number(number))
        };
        let other = {
            let object = Arc::clone(&object);
            thread::spawn(move || finder(&object, 1))
        };
        let mut takes = [finder(&object, 2), other.join().unwrap()];
        takes.sort_unstable_by_key(|take| *take == Take::Unavailable);
        assert_eq!(takes, [Take::Abandoned, Take::Unavailable]);
    });
}
