//! A word that two processes change, so that a model checker can stand in for the memory.

use std::sync::atomic::{AtomicU64, Ordering};

/// The accesses that the protocols between the two sides are made of.
pub(crate) trait Word {
    fn load(&self) -> u64;
    fn store(&self, value: u64);
    /// Replaces `old` by `new`, or gives what the word is instead.
    fn exchange(&self, old: u64, new: u64) -> Result<u64, u64>;
    /// Sets bits; what the word was before.
    fn set(&self, bits: u64) -> u64;
}

impl Word for AtomicU64 {
    #[inline]
    fn load(&self) -> u64 {
        Self::load(self, Ordering::SeqCst)
    }

    #[inline]
    fn store(&self, value: u64) {
        Self::store(self, value, Ordering::SeqCst);
    }

    #[inline]
    fn exchange(&self, old: u64, new: u64) -> Result<u64, u64> {
        self.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst)
    }

    #[inline]
    fn set(&self, bits: u64) -> u64 {
        self.fetch_or(bits, Ordering::SeqCst)
    }
}
