//! Asynchronous procedure calls: what a thread does when it waits and lets itself be interrupted.
//!
//! The queue of a thread is found by the thread's id, so it needs no object of the thread's. The
//! completion routines of timers are calls too; when they are due is looked up when the thread
//! waits, so a timer costs nothing until then.

use super::identity;
use super::state_word::Identity;
use super::timer::Appointment;
use super::wait::clock::Due;
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::{Handle, PseudoHandle};
use crate::process::task;
use crate::thread::{self, Thread};
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use transom_sys::futex::{self, Scope, Sleep};
use windows_sys::Win32::System::Threading::THREAD_SET_CONTEXT;

/// What is called.
pub type Routine = Box<dyn FnOnce() + Send>;

/// The queues of this process's threads, by thread id.
static QUEUES: Mutex<BTreeMap<u32, Arc<Apcs>>> = Mutex::new(BTreeMap::new());

thread_local! {
    static OWN: RefCell<Option<Own>> = const { RefCell::new(None) };
}

/// The calls a thread has still to make.
#[derive(Debug)]
pub(crate) struct Apcs {
    thread: Identity,
    /// Grows with each call that is queued; who waits for one sleeps on it.
    queued: AtomicU64,
    pending: Mutex<Pending>,
}

#[derive(Default)]
struct Pending {
    calls: VecDeque<Routine>,
    appointments: Vec<Appointment>,
    /// The thread has ended.
    closed: bool,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending").field("calls", &self.calls.len()).finish_non_exhaustive()
    }
}

/// A thread's hold of its own queue, which ends with the thread.
struct Own(Arc<Apcs>);

impl Drop for Own {
    fn drop(&mut self) {
        let mut queues = queues();
        if queues.get(&self.0.thread.tid).is_some_and(|queue| Arc::ptr_eq(queue, &self.0)) {
            queues.remove(&self.0.thread.tid);
        }
        drop(queues);
        let mut pending = self.0.pending();
        pending.closed = true;
        let calls = std::mem::take(&mut *pending);
        pending.closed = true;
        drop(pending);
        drop(calls);
    }
}

fn queues() -> MutexGuard<'static, BTreeMap<u32, Arc<Apcs>>> {
    QUEUES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// This thread's queue.
pub(crate) fn of_this_thread() -> Arc<Apcs> {
    let me = identity::current();
    let own = OWN.try_with(|own| {
        let mut own = own.borrow_mut();
        match &*own {
            Some(Own(queue)) if queue.thread == me => Arc::clone(queue),
            _ => {
                let queue = of_thread(&mut queues(), me);
                // What it was before a fork goes with the thread it was of.
                *own = Some(Own(Arc::clone(&queue)));
                queue
            }
        }
    });
    // A thread that is just ending takes no more calls.
    own.unwrap_or_else(|_| Arc::new(Apcs::new(me)))
}

fn of_thread(queues: &mut BTreeMap<u32, Arc<Apcs>>, thread: Identity) -> Arc<Apcs> {
    match queues.get(&thread.tid) {
        Some(queue) if queue.thread == thread => Arc::clone(queue),
        _ => {
            let queue = Arc::new(Apcs::new(thread));
            queues.insert(thread.tid, Arc::clone(&queue));
            queue
        }
    }
}

/// `QueueUserAPC`: has a thread of this process make a call when it next waits and lets itself be
/// interrupted.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no thread, `ERROR_ACCESS_DENIED` without
/// `THREAD_SET_CONTEXT`, `ERROR_GEN_FAILURE` for a thread that has ended, `ERROR_NOT_SUPPORTED` for
/// one of another process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-queueuserapc>
pub fn queue(thread: Handle, routine: Routine) -> Result<()> {
    let tid = match thread {
        Handle::Pseudo(PseudoHandle::CurrentThread) => thread::current_thread_id(),
        Handle::Pseudo(_) => return Err(Win32Error::INVALID_HANDLE),
        Handle::Real(_) => {
            let thread: Arc<Thread> = current().table().object(thread, THREAD_SET_CONTEXT)?;
            if thread.has_ended() {
                return Err(Win32Error::GEN_FAILURE);
            }
            if thread.process_id() != std::process::id() {
                return Err(Win32Error::NOT_SUPPORTED);
            }
            thread.tid()
        }
    };
    queue_to(tid, routine)
}

/// Queues a call to the thread of this process that has this id.
///
/// # Errors
/// `ERROR_GEN_FAILURE` when it has ended.
pub(crate) fn queue_to(tid: u32, routine: Routine) -> Result<()> {
    let thread = match tid == thread::current_thread_id() {
        true => identity::current(),
        false => identity::of_own_thread(tid).ok_or(Win32Error::GEN_FAILURE)?,
    };
    let queue = {
        let mut queues = queues();
        // Threads that never looked do not take their queue away when they end.
        if queues.len().is_power_of_two() && !queues.contains_key(&tid) {
            let pid = std::process::id();
            queues.retain(|&tid, _| task::look_at_thread(pid, tid).is_ok());
        }
        of_thread(&mut queues, thread)
    };
    queue.queue(routine)
}

/// Makes the calls that wait for this thread; whether there were any. To be called where a thread
/// begins, too.
pub fn deliver() -> bool {
    of_this_thread().deliver()
}

impl Apcs {
    fn new(thread: Identity) -> Self {
        Self { thread, queued: AtomicU64::new(0), pending: Mutex::default() }
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a call.
    ///
    /// # Errors
    /// `ERROR_GEN_FAILURE` when the thread has ended.
    pub(crate) fn queue(&self, routine: Routine) -> Result<()> {
        let mut pending = self.pending();
        if pending.closed {
            return Err(Win32Error::GEN_FAILURE);
        }
        pending.calls.push_back(routine);
        drop(pending);
        self.queued.fetch_add(1, Ordering::SeqCst);
        futex::wake(&self.queued, Scope::Private, futex::ALL);
        Ok(())
    }

    /// How to sleep until a call is queued that is not there now.
    pub(crate) fn sleep_while_none(&self) -> Sleep<'_> {
        let value = (self.queued.load(Ordering::SeqCst) & 0xFFFF_FFFF) as u32;
        Sleep { word: &self.queued, value, scope: Scope::Private }
    }

    /// Whether there is a call to make now.
    pub(crate) fn has_some(&self) -> bool {
        let pending = self.pending();
        !pending.calls.is_empty() || pending.appointments.iter().any(Appointment::is_due)
    }

    /// Makes all calls that are queued or due, one after the other; whether there were any.
    pub(crate) fn deliver(&self) -> bool {
        let mut some = false;
        while let Some(call) = self.next() {
            some = true;
            call();
        }
        some
    }

    fn next(&self) -> Option<Routine> {
        let mut pending = self.pending();
        if let Some(call) = pending.calls.pop_front() {
            return Some(call);
        }
        pending.appointments.retain(Appointment::holds);
        let (index, call) = pending
            .appointments
            .iter_mut()
            .enumerate()
            .find_map(|(index, appointment)| Some((index, appointment.keep()?)))?;
        if pending.appointments[index].is_over() {
            pending.appointments.remove(index);
        }
        Some(call)
    }

    /// When the next timer's call is due.
    pub(crate) fn next_due(&self) -> Vec<Due> {
        let mut pending = self.pending();
        pending.appointments.retain(Appointment::holds);
        pending.appointments.iter().map(Appointment::due).collect()
    }

    /// Adds a timer's call, in the place of an earlier one of the same timer.
    pub(super) fn appoint(&self, appointment: Appointment) {
        let mut pending = self.pending();
        pending.appointments.retain(|other| other.holds() && !other.is_of_same_timer(&appointment));
        pending.appointments.push(appointment);
    }
}

/// The queues, locked around a `fork`.
pub(crate) struct Frozen(MutexGuard<'static, BTreeMap<u32, Arc<Apcs>>>);

pub(crate) fn freeze() -> Frozen {
    Frozen(queues())
}

impl Frozen {
    /// The new process has one thread, and nothing to call.
    pub(crate) fn start_anew(&mut self) {
        self.0.clear();
    }
}
