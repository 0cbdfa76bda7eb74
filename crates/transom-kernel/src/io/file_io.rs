//! What an open file needs for requests that go on while their callers do other things.

use super::gate::{self, Inside};
use super::lane::{self, Lane, Leftovers, Queue, Request, Which};
use super::port::{CompletionPort, Packet};
use super::signal::Signal;
use super::{Completion, Operation, Outcome, Progress, Started, cancel, synchronous};
use crate::error::{Result, Win32Error};
use crate::object::{KernelObject, ObjectHeader};
use crate::pipe::channel::Cancel;
use crate::sync::wait::Source;
use crate::thread::current_thread_id;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use transom_sys::futex::{self, ClockId, Scope, Sleep};

/// The requests in flight on an object, and how it tells of those that are done.
#[derive(Debug)]
pub struct FileIo {
    overlapped: bool,
    /// How requests end that are there when the last handle is closed, or come later.
    closed: OnceLock<Outcome>,
    signal: Signal,
    /// A call that is made without requests waits, or has failed: it is not signalled.
    dim: AtomicBool,
    port: OnceLock<Association>,
    modes: AtomicU8,
    queues: [Mutex<Queue>; 3],
}

/// The port that is told of what is done.
#[derive(Debug)]
struct Association {
    port: Arc<CompletionPort>,
    key: usize,
}

/// `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS`.
const SKIP_PORT: u8 = 1;
/// `FILE_SKIP_SET_EVENT_ON_HANDLE`.
const SKIP_SIGNAL: u8 = 2;

impl FileIo {
    /// Of an object that was opened with `FILE_FLAG_OVERLAPPED`, or without. It is signalled.
    #[must_use]
    pub const fn new(overlapped: bool) -> Self {
        Self {
            overlapped,
            closed: OnceLock::new(),
            signal: Signal::new(true),
            dim: AtomicBool::new(false),
            port: OnceLock::new(),
            modes: AtomicU8::new(0),
            queues: [const { Mutex::new(Queue::new()) }; 3],
        }
    }

    /// Whether its calls need not wait.
    #[must_use]
    pub const fn is_overlapped(&self) -> bool {
        self.overlapped
    }

    /// Whether completions go to a port.
    pub(super) fn has_port(&self) -> bool {
        self.port.get().is_some()
    }

    /// Begins a request: does it at once if it need not wait, neither for others nor for itself.
    ///
    /// `object` is the one this belongs to.
    ///
    /// # Errors
    /// What the operation reports, if it fails at once: nothing else is told of that.
    pub fn submit(
        &self,
        object: &Arc<dyn KernelObject>,
        lane: Lane,
        mut operation: Box<dyn Operation>,
        completion: Completion,
    ) -> Result<Started> {
        let inside = gate::enter();
        let mut queue = lane::lock(&self.queues[lane as usize], &inside);
        completion.begin();
        self.begin(&inside);
        let mut done = None;
        let mut is_placed = false;
        if queue.is_open() {
            match operation.step() {
                Progress::Done(outcome) => done = Some(outcome),
                Progress::Placed => is_placed = true,
                Progress::Blocked => {}
            }
        } else {
            done = operation.hurry();
        }
        if done.is_none()
            && let Some(how) = self.closed.get()
        {
            done = Some(operation.cancel().unwrap_or(*how));
        }
        if let Some(outcome) = done {
            // An error that is known at once is told by the call alone.
            if !outcome.status().is_error() {
                completion.tell(Some(self), outcome, true, &inside);
            }
            drop(queue);
            drop(inside);
            return outcome.transfer().map(Started::Done);
        }
        let thread = current_thread_id();
        queue.add(Request { operation, completion, thread }, is_placed);
        drop(queue);
        drop(inside);
        cancel::note_in_flight(object);
        Ok(Started::Pending)
    }

    /// Does what can be done of all that waits. To be called when there may be something: never
    /// from an operation's step, nor with a lock that a step takes.
    pub fn pump(&self) {
        for lane in Lane::ALL {
            self.pump_lane(lane);
        }
    }

    /// [`pump`](Self::pump), of one lane.
    pub fn pump_lane(&self, lane: Lane) {
        let mut leftovers = Leftovers::new();
        let inside = gate::enter();
        lane::lock(&self.queues[lane as usize], &inside).pump(self, &mut leftovers, &inside);
        drop(inside);
    }

    /// Whether nothing waits in a lane.
    #[must_use]
    pub fn is_idle(&self, lane: Lane) -> bool {
        let inside = gate::enter();
        lane::lock(&self.queues[lane as usize], &inside).is_empty()
    }

    /// Waits until all requests that are in a lane now are done; those that come later wait until
    /// the turn is dropped. For callers that wait for what they do on an overlapped object.
    ///
    /// # Errors
    /// `ERROR_OPERATION_ABORTED` when the wait is cancelled.
    pub fn turn(&self, lane: Lane, cancel: &Cancel) -> Result<Turn<'_>> {
        let inside = gate::enter();
        let (number, word) = lane::lock(&self.queues[lane as usize], &inside).add_turn();
        drop(inside);
        let turn = Turn { io: self, lane, number };
        while word.load(Ordering::SeqCst) == 0 {
            if cancel.is_cancelled() {
                return Err(Win32Error::OPERATION_ABORTED);
            }
            let on_word = Sleep { word: &word, value: 0, scope: Scope::Private };
            futex::sleep(&[on_word, cancel.sleep()], None, ClockId::Monotonic)?;
        }
        Ok(turn)
    }

    /// Cancels everything, and what comes later: this process's last handle was closed.
    pub fn close(&self) {
        self.close_with(Outcome::CANCELLED);
    }

    /// As [`close`](Self::close), for an object whose requests end in another way then.
    pub fn close_with(&self, how: Outcome) {
        let how = *self.closed.get_or_init(|| how);
        self.end(Which::All, how);
    }

    /// Cancels requests; how many.
    pub(super) fn cancel(&self, which: Which) -> usize {
        self.end(which, Outcome::CANCELLED)
    }

    fn end(&self, which: Which, how: Outcome) -> usize {
        let mut leftovers = Leftovers::new();
        let mut cancelled = 0;
        for lane in Lane::ALL {
            let inside = gate::enter();
            let mut queue = lane::lock(&self.queues[lane as usize], &inside);
            cancelled += queue.end(which, how, self, &mut leftovers, &inside);
            // Others have moved to the front.
            queue.pump(self, &mut leftovers, &inside);
        }
        cancelled
    }

    /// A thread was terminated, whatever it was doing.
    pub(super) fn forget(&self, tid: u32) {
        for lane in Lane::ALL {
            let inside = gate::enter();
            lane::lock(&self.queues[lane as usize], &inside).end_turns_of(tid);
        }
        // Those behind it are pumped with this.
        self.cancel(if self.has_port() { Which::None } else { Which::OfThread(tid) });
    }

    /// Whether it is signalled: nothing was begun since the last request was done without an
    /// event.
    #[must_use]
    pub fn is_signalled(&self) -> bool {
        !self.dim.load(Ordering::SeqCst) && self.signal.is_signalled(&gate::enter())
    }

    /// A call on an object that is not overlapped is about to wait: until one has gone well, the
    /// object is not signalled.
    #[inline]
    pub(crate) fn call_waits(&self) {
        if !self.overlapped && !self.dim.swap(true, Ordering::SeqCst) && self.signal.is_used() {
            self.signal.set(false, &gate::enter());
        }
    }

    /// Whether a call on an object that is not overlapped has ended well.
    #[inline]
    pub(crate) fn call_ended(&self, well: bool) {
        if !well {
            self.call_waits();
        } else if self.dim.load(Ordering::Relaxed) {
            self.lighten();
        }
    }

    #[cold]
    fn lighten(&self) {
        self.dim.store(false, Ordering::SeqCst);
        if self.signal.is_used() {
            self.signal.set(true, &gate::enter());
        }
    }

    /// How to wait for it; `header` is its object's.
    #[must_use]
    pub fn source(&self, header: &ObjectHeader) -> Source<'_> {
        match self.signal.dispatcher(header.id(), &gate::enter()) {
            Ok(dispatcher) => {
                // Whoever dims it or lightens it from now on finds it in use.
                let dim = || self.dim.load(Ordering::SeqCst);
                if dim() {
                    self.signal.set(false, &gate::enter());
                    if !dim() {
                        self.signal.set(true, &gate::enter());
                    }
                }
                Source::Dispatcher(dispatcher)
            }
            // There is no room for another object: whoever waits looks again.
            Err(_) => Source::Always,
        }
    }

    /// Has a port told of what is done.
    pub(super) fn associate(&self, port: Arc<CompletionPort>, key: usize) -> Result<()> {
        if !self.overlapped {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        self.port.set(Association { port, key }).map_err(|_| Win32Error::INVALID_PARAMETER)
    }

    /// `SetFileCompletionNotificationModes`: adds to what is not told any more.
    pub(super) fn add_modes(&self, modes: u8) {
        self.modes.fetch_or(modes, Ordering::SeqCst);
    }

    fn has_mode(&self, mode: u8) -> bool {
        self.modes.load(Ordering::SeqCst) & mode != 0
    }

    /// A request begins: the object is not signalled any more.
    pub(super) fn begin(&self, inside: &Inside) {
        self.signal.set(false, inside);
    }

    pub(super) fn signal_done(&self, inside: &Inside) {
        if !self.has_mode(SKIP_SIGNAL) {
            self.signal.set(true, inside);
        }
    }

    pub(super) fn post_done(
        &self,
        address: usize,
        outcome: Outcome,
        at_once: bool,
        inside: &Inside,
    ) {
        let Some(Association { port, key }) = self.port.get() else { return };
        let status = outcome.status();
        if at_once && status.is_success() && self.has_mode(SKIP_PORT) {
            return;
        }
        port.post(Packet { key: *key, address, status, bytes: outcome.bytes }, inside);
    }
}

/// A caller's turn in a lane.
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Turn<'a> {
    io: &'a FileIo,
    lane: Lane,
    number: u64,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut leftovers = Leftovers::new();
        let inside = gate::enter();
        let mut queue = lane::lock(&self.io.queues[self.lane as usize], &inside);
        queue.end_turn(self.number);
        queue.pump(self.io, &mut leftovers, &inside);
    }
}

/// Waits for the caller's turn on an object, if it has requests, and calls.
pub(crate) fn in_turn<T>(
    io: Option<&FileIo>,
    lane: Lane,
    call: impl FnOnce() -> Result<T>,
) -> Result<T> {
    match io.filter(|io| io.is_overlapped()) {
        None => call(),
        Some(io) => {
            // One call, so that whoever cancels it while it waits for its turn cancels all of it.
            synchronous::interruptible(|cancel| {
                let _turn = io.turn(lane, cancel)?;
                call()
            })
        }
    }
}
