//! A lock that a thread can also keep between calls, any number of times.

use rustix::thread::gettid;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What is behind the lock, and who keeps it.
#[derive(Debug, Default)]
struct Kept<T> {
    /// The thread that keeps it; 0 for none.
    owner: i32,
    depth: u32,
    content: T,
}

/// A lock for a moment, or for as long as a thread keeps it.
#[derive(Debug, Default)]
pub(super) struct Gate<T> {
    kept: Mutex<Kept<T>>,
    left: Condvar,
}

/// What is behind the lock, for a moment.
#[derive(Debug)]
pub(super) struct Entered<'a, T>(MutexGuard<'a, Kept<T>>);

impl<T> Deref for Entered<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.content
    }
}

impl<T> DerefMut for Entered<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0.content
    }
}

fn this_thread() -> i32 {
    gettid().as_raw_nonzero().get()
}

impl<T> Gate<T> {
    /// One with this behind it.
    pub(super) const fn new(content: T) -> Self {
        Self { kept: Mutex::new(Kept { owner: 0, depth: 0, content }), left: Condvar::new() }
    }

    /// Goes in, as soon as no other thread keeps the lock.
    #[inline]
    pub(super) fn enter(&self) -> Entered<'_, T> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.owner == 0 { Entered(kept) } else { self.wait(kept) }
    }

    #[cold]
    fn wait<'a>(&self, mut kept: MutexGuard<'a, Kept<T>>) -> Entered<'a, T> {
        let this = this_thread();
        while kept.owner != 0 && kept.owner != this {
            kept = self.left.wait(kept).unwrap_or_else(PoisonError::into_inner);
        }
        Entered(kept)
    }

    /// Keeps the lock, once more if the calling thread has it already.
    pub(super) fn keep(&self) {
        let mut entered = self.enter();
        entered.0.owner = this_thread();
        entered.0.depth += 1;
    }

    /// Keeps the lock once less; whether the calling thread had it.
    pub(super) fn leave(&self) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.owner != this_thread() {
            return false;
        }
        kept.depth -= 1;
        if kept.depth == 0 {
            kept.owner = 0;
            self.left.notify_all();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Gate;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn who_keeps_it_goes_in_and_others_wait() {
        let gate = Gate::new(0);
        let was_left = AtomicBool::new(false);
        gate.keep();
        gate.keep();
        *gate.enter() += 1;
        std::thread::scope(|scope| {
            let other = scope.spawn(|| {
                assert!(!gate.leave());
                let seen = *gate.enter();
                (seen, was_left.load(Ordering::SeqCst))
            });
            *gate.enter() += 1;
            assert!(gate.leave());
            *gate.enter() += 1;
            was_left.store(true, Ordering::SeqCst);
            assert!(gate.leave());
            assert_eq!(other.join().unwrap(), (3, true));
        });
        assert!(!gate.leave());
    }
}
