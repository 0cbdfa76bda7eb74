//! Telling whoever asked that a request is done.

use super::gate::Inside;
use super::{FileIo, NtStatus, Outcome};
use crate::error::Result;
use crate::executive::current;
use crate::handle::Handle;
use crate::object::EVENT_MODIFY_STATE;
use crate::sync::Event;
use crate::sync::apc::{self, Apcs};
use std::sync::Arc;

/// Where a caller looks how its request does: an `OVERLAPPED`.
///
/// After [`store`](Self::store) the caller may have thrown it away: it is not touched again.
pub trait StatusBlock: Send {
    /// Where it is; requests are told apart by that.
    fn address(&self) -> usize;

    /// The request is in flight.
    fn set_pending(&self);

    /// It is over: first how many bytes, then the status.
    fn store(&self, status: NtStatus, information: usize);
}

/// A completion routine: called with how the request ended.
type Routine = Box<dyn FnOnce(Outcome) + Send>;

/// How a request's end is told.
pub struct Completion {
    status: Box<dyn StatusBlock>,
    event: Option<Arc<Event>>,
    packet: bool,
    routine: Option<(Arc<Apcs>, Routine)>,
}

impl std::fmt::Debug for Completion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Completion").field("address", &self.address()).finish_non_exhaustive()
    }
}

impl Completion {
    /// In a status block, and by a packet if the object belongs to a completion port.
    #[must_use]
    pub fn new(status: Box<dyn StatusBlock>) -> Self {
        Self { status, event: None, packet: true, routine: None }
    }

    /// By an event, too. Then the object itself is not signalled.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE` for what is no event, `ERROR_ACCESS_DENIED` for one that may not be
    /// set.
    pub fn and_event(self, event: Handle) -> Result<Self> {
        Ok(Self { event: Some(current().table().object(event, EVENT_MODIFY_STATE)?), ..self })
    }

    /// Without a packet.
    #[must_use]
    pub fn without_packet(self) -> Self {
        Self { packet: false, ..self }
    }

    /// By a call of this routine when the calling thread next waits and is alertable.
    #[must_use]
    pub fn and_routine(self, routine: Box<dyn FnOnce(Outcome) + Send>) -> Self {
        Self { routine: Some((apc::of_this_thread(), routine)), ..self }
    }

    /// Where the status block is.
    #[must_use]
    pub fn address(&self) -> usize {
        self.status.address()
    }

    /// Whether a routine is to be called.
    pub(super) const fn has_routine(&self) -> bool {
        self.routine.is_some()
    }

    /// The request begins.
    pub(crate) fn begin(&self) {
        if let Some(event) = &self.event {
            event.reset();
        }
        self.status.set_pending();
    }

    /// The request is over. `at_once` is whether the call that started it says so, too.
    pub(super) fn tell(
        self,
        io: Option<&FileIo>,
        outcome: Outcome,
        at_once: bool,
        inside: &Inside,
    ) {
        let address = self.address();
        self.status.store(outcome.status(), outcome.bytes);
        match (&self.event, io) {
            (Some(event), _) => event.set(),
            (None, Some(io)) => io.signal_done(inside),
            (None, None) => {}
        }
        if let Some((thread, routine)) = self.routine {
            // A thread that has ended makes no calls.
            let _ = thread.queue(Box::new(move || routine(outcome)));
        } else if let Some(io) = io.filter(|_| self.packet) {
            io.post_done(address, outcome, at_once, inside);
        }
    }
}
