//! What stands still around a `fork`: nobody is at work on a request then.
//!
//! Requests, ports and signals have locks of their own, more than could all be taken. Whoever takes
//! one of them is inside the gate, and a fork waits until nobody is. The gate comes before every
//! other lock of the executive; who is inside does not enter again.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

static GATE: RwLock<()> = RwLock::new(());

/// That this thread is inside.
pub(crate) struct Inside(#[expect(dead_code, reason = "held")] RwLockReadGuard<'static, ()>);

/// Goes inside.
#[inline]
pub(crate) fn enter() -> Inside {
    Inside(GATE.read().unwrap_or_else(PoisonError::into_inner))
}

/// The gate, closed around a `fork`.
pub(crate) struct Frozen(#[expect(dead_code, reason = "held")] RwLockWriteGuard<'static, ()>);

pub(crate) fn freeze() -> Frozen {
    Frozen(GATE.write().unwrap_or_else(PoisonError::into_inner))
}
