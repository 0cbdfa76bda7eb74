//! Threads that are at work on a completion port's packets.

use super::gate;
use super::port::CompletionPort;
use std::cell::{Cell, RefCell};
use std::sync::{Arc, Weak};

thread_local! {
    static WORK: Work = const { Work { port: RefCell::new(None), works: Cell::new(false) } };
}

/// The port a thread works for, or last worked for, and whether it does.
struct Work {
    port: RefCell<Option<Weak<CompletionPort>>>,
    works: Cell<bool>,
}

impl Work {
    fn is_for(&self, port: &Arc<CompletionPort>) -> bool {
        self.port.borrow().as_ref().is_some_and(|own| own.as_ptr() == Arc::as_ptr(port))
    }

    /// The port it works for now.
    fn current(&self) -> Option<Arc<CompletionPort>> {
        if self.works.get() { self.port.borrow().as_ref()?.upgrade() } else { None }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(port) = self.current() {
            port.rest(&gate::enter());
        }
    }
}

/// The calling thread asks a port for work: it is done with what another gave it. Whether it worked
/// for this one.
pub(super) fn leave(port: &Arc<CompletionPort>) -> bool {
    let left = WORK.try_with(|work| {
        let worked = work.current();
        work.works.set(false);
        worked
    });
    match left.ok().flatten() {
        Some(other) if !Arc::ptr_eq(&other, port) => {
            other.rest(&gate::enter());
            false
        }
        same => same.is_some(),
    }
}

/// It has got some.
#[inline]
pub(super) fn begin(port: &Arc<CompletionPort>) {
    let _ = WORK.try_with(|work| {
        if !work.is_for(port) {
            work.port.replace(Some(Arc::downgrade(port)));
        }
        work.works.set(true);
    });
}

/// While this lives, the thread waits for something and does not work.
#[must_use = "the thread works again when it is dropped"]
pub(crate) struct Pause(Option<Arc<CompletionPort>>);

/// The calling thread is going to wait.
#[inline]
pub(crate) fn pause() -> Pause {
    Pause(if WORK.try_with(|work| work.works.get()) == Ok(true) { begin_pause() } else { None })
}

#[cold]
fn begin_pause() -> Option<Arc<CompletionPort>> {
    let port = WORK.try_with(Work::current).ok().flatten()?;
    // What it does in between, calls say, is not its work either.
    let _ = WORK.try_with(|work| work.works.set(false));
    port.rest(&gate::enter());
    Some(port)
}

impl Drop for Pause {
    #[inline]
    fn drop(&mut self) {
        if let Some(port) = self.0.take() {
            end_pause(&port);
        }
    }
}

#[cold]
fn end_pause(port: &Arc<CompletionPort>) {
    // A call that was made meanwhile may have taken work from another.
    leave(port);
    port.go_on(&gate::enter());
    begin(port);
}
