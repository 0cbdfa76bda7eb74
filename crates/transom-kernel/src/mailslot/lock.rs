//! The locks of writers and of readers, held by threads of any process and for a moment only.

use crate::error::{Result, Win32Error};
use crate::pipe::channel::Patience;
use crate::pipe::channel::holder::{self, Identity};
use crate::pipe::channel::lock::{self, Attempt, Lock, Release};
use crate::pipe::channel::wait::LOOK_AGAIN_MS;
use std::sync::atomic::AtomicU64;
use transom_sys::futex::{self, Scope};

/// How often it is tried before sleeping on it.
const TRIES: u32 = 100;
/// How long to wait for it. Its holder copies a message; longer it takes only if it is stopped.
const LONGEST_MS: u32 = 10_000;

/// A lock that this thread holds.
#[derive(Debug)]
pub(super) struct Held<'a> {
    word: &'a AtomicU64,
    me: Identity,
}

/// Takes a lock. What a holder that died was doing needs no repair: only its last step counts.
///
/// # Errors
/// `ERROR_BUSY` when its holder does not let go: it is stopped, or has scribbled on it;
/// `ERROR_OPERATION_ABORTED` when the wait is cancelled.
pub(super) fn acquire<'a>(word: &'a AtomicU64, patience: Patience<'_>) -> Result<Held<'a>> {
    let me = holder::current();
    match Lock(word).attempt(me, false) {
        Attempt::Taken => Ok(Held { word, me }),
        Attempt::Held(_) => acquire_slowly(word, me, patience),
    }
}

#[cold]
fn acquire_slowly<'a>(
    word: &'a AtomicU64,
    me: Identity,
    patience: Patience<'_>,
) -> Result<Held<'a>> {
    let lock = Lock(word);
    let mut woken = false;
    let mut tries = 0;
    let mut sleeps = 0;
    loop {
        let Attempt::Held(seen) = lock.attempt(me, woken) else { return Ok(Held { word, me }) };
        if tries < TRIES {
            tries += 1;
            std::hint::spin_loop();
            continue;
        }
        if let Some(other) = lock::holder(seen)
            && !holder::runs(other)
        {
            if lock.inherit(seen, me) {
                return Ok(Held { word, me });
            }
            continue;
        }
        if sleeps > LONGEST_MS / LOOK_AGAIN_MS {
            return Err(Win32Error::BUSY);
        }
        let Some(value) = lock.contend(seen) else { continue };
        // Only whole sleeps count: who wakes often makes progress.
        if patience.sleep(word, value, Scope::Shared, Some(LOOK_AGAIN_MS))? {
            sleeps += 1;
        }
        woken = true;
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let lock = Lock(self.word);
        match lock.release(self.me) {
            Release::Wake => {
                if futex::wake(self.word, Scope::Shared, 1) == 0 && lock.calm() {
                    futex::wake(self.word, Scope::Shared, 1);
                }
            }
            // Lost: somebody scribbled on it; whoever takes it next finds the queue as it is.
            Release::Done | Release::Lost => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Patience, acquire, holder};
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn a_lock_is_one_threads_and_is_taken_from_the_dead() {
        let word = AtomicU64::new(0);
        let counter = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        let held = acquire(&word, Patience::FOREVER).unwrap();
                        let seen = counter.load(Ordering::Relaxed);
                        std::hint::spin_loop();
                        counter.store(seen + 1, Ordering::Relaxed);
                        drop(held);
                    }
                });
            }
        });
        assert_eq!((counter.into_inner(), word.load(Ordering::SeqCst)), (2000, 0));
        let dead = std::thread::scope(|scope| {
            let died = scope.spawn(|| {
                std::mem::forget(acquire(&word, Patience::FOREVER).unwrap());
                holder::current()
            });
            died.join().unwrap()
        });
        assert_ne!(word.load(Ordering::SeqCst), 0);
        drop(acquire(&word, Patience::FOREVER).unwrap());
        assert_ne!(dead, holder::current());
    }
}
