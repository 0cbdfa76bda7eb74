//! How long the kernel's answer to "is the other side still there?" is believed.
//!
//! Asking costs as much as a small message does. Somebody who was killed a moment ago could as well
//! have been killed a moment later, after what was sent had arrived; nobody can tell the two apart.

use std::sync::atomic::{AtomicU64, Ordering};
use transom_sys::processor;

/// Some ten microseconds, in ticks of the processor.
const TICKS: u64 = 60_000;

/// When something was last known.
#[derive(Debug)]
pub(crate) struct Moment(AtomicU64);

impl Moment {
    /// Long ago.
    pub(crate) const fn long_ago() -> Self {
        Self(AtomicU64::new(0))
    }

    /// What the clock says.
    #[inline]
    pub(crate) fn now() -> u64 {
        processor::ticks()
    }

    /// It is known as of then.
    #[inline]
    pub(crate) fn set(&self, ticks: u64) {
        self.0.store(ticks, Ordering::Release);
    }

    /// When it was known.
    #[inline]
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Whether that was a moment ago.
    #[inline]
    pub(crate) fn is_recent(&self) -> bool {
        processor::ticks().wrapping_sub(self.get()) <= TICKS
    }
}
