//! Registered waits: a callback for when an object is signalled.
//!
//! Each has a thread of its own that waits and calls, so a callback that takes long holds no
//! other up.

use super::event::Event;
use super::wait::{Deadline, Waited, any, waitable_object};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::Handle;
use crate::object::{EVENT_MODIFY_STATE, KernelObject};
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// What is called: with whether the time was over before the object was signalled.
pub type Callback = Box<dyn Fn(bool) + Send>;

/// When a callback is made, and how.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// How long the object is waited for before the callback is made without it.
    pub timeout_ms: u32,
    /// Whether it is made only once.
    pub once: bool,
    /// `WT_EXECUTEINWAITTHREAD`: whether it is made by the thread that waits for others too, so
    /// that what ends the registration there has nothing left to wait for.
    pub in_wait_thread: bool,
}

/// The number of the first registration; no handle has it.
const FIRST: u64 = 1 << 40;
const STEP: u64 = 16;

static REGISTRATIONS: Mutex<Registrations> =
    Mutex::new(Registrations { waits: BTreeMap::new(), next: FIRST });

#[derive(Debug)]
struct Registrations {
    waits: BTreeMap<u64, Arc<Registration>>,
    next: u64,
}

#[derive(Debug)]
struct Registration {
    terms: Terms,
    /// Signalled when the wait is to end.
    stop: Event,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stopped: bool,
    /// Whether its thread waits, and may yet take the object.
    waiting: bool,
    /// The thread that makes the call, while it does.
    calling: Option<ThreadId>,
    /// Signalled when it has ended.
    notify: Option<Arc<Event>>,
}

fn registrations() -> MutexGuard<'static, Registrations> {
    REGISTRATIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `RegisterWaitForSingleObject`: has a callback made when an object is signalled or so much time
/// has passed; the number of the registration, which is told before any call is made, so that a callback
/// may end it.
///
/// # Errors
/// As for [`one`](super::wait::one), and `ERROR_NO_SYSTEM_RESOURCES` when there is no thread left.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-registerwaitforsingleobject>
pub fn register(
    object: Handle,
    terms: Terms,
    tell: impl FnOnce(u64),
    callback: Callback,
) -> Result<u64> {
    let object = waitable_object(object)?;
    let registration = Arc::new(Registration {
        terms,
        stop: Event::new(true, false, None)?,
        state: Mutex::default(),
        changed: Condvar::new(),
    });
    let own = Arc::clone(&registration);
    let mut registrations = registrations();
    let number = registrations.next;
    tell(number);
    let work = move || own.work(&*object, &callback);
    // The name is what a debugger shows.
    let started = thread::Builder::new().name("transom-wait".into()).spawn(work);
    started.map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)?;
    registrations.next += STEP;
    registrations.waits.insert(number, registration);
    Ok(number)
}

/// What ending a registration does about a callback that is being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// Nothing.
    Ignore,
    /// Waits for its end; unless it is the callback that asks.
    Wait,
    /// Signals this event when it has ended.
    Signal(Handle),
}

/// `UnregisterWaitEx`: ends a registration. No call begins any more.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for a number that is none, `ERROR_IO_PENDING` when a call is being made
/// and goes on, unless it is made [in the thread that waits](Terms::in_wait_thread) and asks itself; for the event also what looking it up reports, and then the registration goes on.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoollegacyapiset/nf-threadpoollegacyapiset-unregisterwaitex>
pub fn unregister(number: u64, completion: Completion) -> Result<()> {
    let event: Option<Arc<Event>> = match completion {
        Completion::Signal(event) => Some(current().table().object(event, EVENT_MODIFY_STATE)?),
        _ => None,
    };
    let registration = registrations().waits.remove(&number).ok_or(Win32Error::INVALID_HANDLE)?;
    let mut state = registration.state();
    state.stopped = true;
    registration.stop.set();
    // The object is left alone from now on.
    while state.waiting {
        state = registration.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    let Some(calling) = state.calling else {
        drop(state);
        if let Some(event) = event {
            event.set();
        }
        return Ok(());
    };
    let asks_itself = calling == thread::current().id();
    if completion != Completion::Wait || asks_itself {
        state.notify = event;
        let done = asks_itself && registration.terms.in_wait_thread;
        return if done { Ok(()) } else { Err(Win32Error::IO_PENDING) };
    }
    while state.calling.is_some() {
        state = registration.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    Ok(())
}

impl Registration {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, object: &dyn KernelObject, callback: &Callback) {
        let Some(waitable) = object.waitable() else { return };
        let Terms { timeout_ms, once, .. } = self.terms;
        loop {
            {
                let mut state = self.state();
                if state.stopped {
                    break;
                }
                state.waiting = true;
            }
            let waited = any(&[&self.stop, waitable], Deadline::after(timeout_ms), None);
            let timed_out = match waited {
                Ok(Waited::Object(1) | Waited::Abandoned(1)) => Some(false),
                Ok(Waited::TimedOut) => Some(true),
                // Ended, or nothing is left to wait with.
                _ => None,
            };
            {
                let mut state = self.state();
                state.waiting = false;
                // What it took when it was ended already, it calls for.
                state.calling = timed_out.map(|_| thread::current().id());
                self.changed.notify_all();
            }
            let Some(timed_out) = timed_out else { break };
            callback(timed_out);
            let mut state = self.state();
            state.calling = None;
            self.changed.notify_all();
            if state.stopped || once {
                break;
            }
        }
        let notify = self.state().notify.take();
        if let Some(event) = notify {
            event.set();
        }
    }
}

/// The registrations, locked around a `fork`.
pub(crate) struct Frozen(MutexGuard<'static, Registrations>);

pub(crate) fn freeze() -> Frozen {
    Frozen(registrations())
}

impl Frozen {
    /// The new process has none of the threads.
    pub(crate) fn start_anew(&mut self) {
        self.0.waits.clear();
    }
}
