//! The line in which this process's threads wait for one end: first come, first served.

use super::wait::Patience;
use crate::error::Result;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use transom_sys::futex::{self, Scope};

/// Who waits, in order.
#[derive(Debug, Default)]
pub(super) struct Line {
    waiting: Mutex<VecDeque<u64>>,
    count: AtomicUsize,
    /// The number of the next to come.
    next: AtomicU64,
    /// Changes whenever somebody leaves.
    moved: AtomicU64,
}

/// A place in the line, until dropped.
#[derive(Debug)]
pub(super) struct Place<'a> {
    line: &'a Line,
    number: u64,
}

impl Line {
    /// Whether nobody waits.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// How many wait.
    #[cfg(test)]
    pub(super) fn length(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<u64>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stands in line and waits until it is at the front.
    pub(super) fn reach_front(&self, patience: Patience<'_>) -> Result<Place<'_>> {
        let mut waiting = self.waiting();
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        waiting.push_back(number);
        self.count.store(waiting.len(), Ordering::Release);
        drop(waiting);
        let place = Place { line: self, number };
        loop {
            let moved = self.moved.load(Ordering::SeqCst);
            if self.waiting().front() == Some(&number) {
                return Ok(place);
            }
            patience.sleep(&self.moved, moved, Scope::Private, None)?;
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut waiting = self.line.waiting();
        waiting.retain(|&number| number != self.number);
        self.line.count.store(waiting.len(), Ordering::Release);
        let others = !waiting.is_empty();
        drop(waiting);
        if others {
            self.line.moved.fetch_add(1, Ordering::SeqCst);
            futex::wake(&self.line.moved, Scope::Private, futex::ALL);
        }
    }
}
