//! Threads that are at work on a completion port's packets.

use super::gate;
use super::port::CompletionPort;
use std::cell::RefCell;
use std::sync::{Arc, Weak};

thread_local! {
    static WORK: Work = const { Work(RefCell::new(None)) };
}

/// The port a thread works for.
struct Work(RefCell<Option<Weak<CompletionPort>>>);

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(port) = self.0.take().and_then(|port| port.upgrade()) {
            port.rest(&gate::enter());
        }
    }
}

/// The calling thread asks a port for work: it is done with what another gave it. Whether it works
/// for this one.
pub(super) fn leave_others(port: &Arc<CompletionPort>) -> bool {
    let other = WORK.try_with(|work| {
        let mut work = work.0.borrow_mut();
        match &*work {
            Some(own) if std::ptr::eq(own.as_ptr(), Arc::as_ptr(port)) => Ok(true),
            _ => Err(work.take()),
        }
    });
    match other {
        Ok(Ok(same)) => same,
        Ok(Err(other)) => {
            if let Some(other) = other.and_then(|other| other.upgrade()) {
                other.rest(&gate::enter());
            }
            false
        }
        Err(_) => false,
    }
}

/// It has no work now.
pub(super) fn forget() {
    let _ = WORK.try_with(|work| work.0.take());
}

/// It has got some.
pub(super) fn begin(port: &Arc<CompletionPort>) {
    let _ = WORK.try_with(|work| work.0.replace(Some(Arc::downgrade(port))));
}

/// While this lives, the thread waits for something and does not work.
#[derive(Debug)]
#[must_use = "the thread works again when it is dropped"]
pub(crate) struct Pause(Option<Arc<CompletionPort>>);

/// The calling thread is going to wait.
#[inline]
pub(crate) fn pause() -> Pause {
    let port = WORK.try_with(|work| work.0.borrow().as_ref().and_then(Weak::upgrade));
    let port = port.ok().flatten();
    if let Some(port) = &port {
        port.rest(&gate::enter());
    }
    Pause(port)
}

impl Drop for Pause {
    fn drop(&mut self) {
        if let Some(port) = &self.0 {
            port.go_on(&gate::enter());
        }
    }
}
