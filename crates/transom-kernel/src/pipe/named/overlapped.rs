//! Requests on an end that go on while their caller does something else.
//!
//! A step tries, and if it would have to wait it arms the bell, asks for the doorbell, and tries
//! once more. From then on the service thread hears of it when the other side rings: it pumps the
//! end, and the step is taken again.
//!
//! A message that is larger than the ring is written or read over several steps, with the end's
//! lock held in between. Such steps are taken by the service thread alone, which lives as long as
//! the process.

use super::calls::{end_of, for_transaction};
use super::connection::Connection;
use super::object::NamedPipe;
use super::server::Connecting;
use crate::error::{Result, Win32Error};
use crate::executive::in_service;
use crate::file::{ReadTarget, Transfer, WriteSource};
use crate::handle::Handle;
use crate::io::{Completion, Lane, Operation, Outcome, Progress, Started, submit, wait_for};
use crate::object::KernelObject;
use crate::pipe::channel::{End, ReadRequest, Step, Taken, WriteRequest};
use std::sync::Arc;

/// How often a step looks again at what changes all the time before the service thread does other
/// work.
const MOST_LOOKS: usize = 8;

fn outcome_of(taken: Taken) -> Outcome {
    Ok(Transfer { bytes: taken.bytes, more: taken.more }).into()
}

impl Connection {
    /// Takes steps until one is done or blocked for good; `arm` arms the bell for the marks.
    fn step<T>(
        &self,
        mut step: impl FnMut(&End) -> Result<Step<T>>,
        arm: impl Fn(&End, [u64; 2]) -> Result<()>,
    ) -> Result<Option<T>> {
        let mut armed = None;
        for _ in 0..MOST_LOOKS {
            let marks = match step(self.end())? {
                Step::Done(value) => return Ok(Some(value)),
                Step::Blocked(marks) => marks,
            };
            if armed == Some(marks) {
                if End::looks_again(marks) || self.is_shared() {
                    self.look_again_later();
                }
                return Ok(None);
            }
            self.expect_doorbell();
            arm(self.end(), marks)?;
            armed = Some(marks);
        }
        self.look_again_soon();
        Ok(None)
    }
}

/// A read.
pub(super) struct Read {
    pipe: Arc<NamedPipe>,
    connection: Arc<Connection>,
    request: ReadRequest,
    target: Box<dyn ReadTarget + Send>,
    no_wait: bool,
}

impl Read {
    pub(super) fn new(pipe: Arc<NamedPipe>, target: Box<dyn ReadTarget + Send>) -> Self {
        let (_, no_wait) = pipe.mode();
        let connection = pipe.connection();
        Self { pipe, connection, request: ReadRequest::new(), target, no_wait }
    }

    fn try_read(&mut self) -> Result<Option<Taken>> {
        let Self { connection, request, target, .. } = self;
        // As the end is when something comes, not as it was when the read began.
        let (mode, _) = self.pipe.mode();
        connection.check_peer();
        if self.no_wait {
            return connection.end().read_now(&mut **target, mode).map(Some);
        }
        if !in_service() && ReadRequest::may_collect(connection.end()) {
            // The caller is told at once.
            connection.end().state().check_reading()?;
            connection.look_again_soon();
            return Ok(None);
        }
        connection.step(|end| request.try_step(end, &mut **target, mode), End::arm_for_data)
    }
}

impl Operation for Read {
    fn step(&mut self) -> Progress {
        match self.try_read() {
            Ok(None) => Progress::Blocked,
            Ok(Some(taken)) => {
                self.connection.note_read();
                self.pipe.note_read();
                Progress::Done(outcome_of(taken))
            }
            Err(error) => Progress::Done(Err::<usize, _>(error).into()),
        }
    }

    fn hurry(&mut self) -> Option<Outcome> {
        // Whatever comes is for those who wait.
        self.no_wait.then(|| Err::<usize, _>(Win32Error::NO_DATA).into())
    }

    fn cancel(&mut self) -> Option<Outcome> {
        self.request.give_up(self.connection.end()).map(outcome_of)
    }
}

/// A write.
pub(super) struct Write {
    connection: Arc<Connection>,
    request: WriteRequest,
    source: Box<dyn WriteSource>,
    no_wait: bool,
    /// It is not the call that says how it ends.
    waits: bool,
}

impl Write {
    pub(super) fn new(pipe: &NamedPipe, source: Box<dyn WriteSource>) -> Self {
        let (_, no_wait) = pipe.mode();
        let connection = pipe.connection();
        Self { connection, request: WriteRequest::new(), source, no_wait, waits: false }
    }

    fn try_write(&mut self) -> Result<Option<usize>> {
        let Self { connection, request, source, no_wait, .. } = self;
        let data = source.bytes();
        connection.check_peer_to_write();
        if *no_wait {
            return connection.end().write_now(data).map(Some);
        }
        let holds = WriteRequest::needs_holding(connection.end(), data.len());
        if holds && !in_service() {
            if !request.has_begun() {
                // The caller is told at once.
                WriteRequest::check(connection.end(), data.len())?;
            }
            connection.look_again_soon();
            return Ok(None);
        }
        connection.step(
            |end| match holds {
                true => request.step_holding(end, data),
                false => request.try_step(end, data),
            },
            End::arm_for_space,
        )
    }
}

impl Operation for Write {
    fn step(&mut self) -> Progress {
        let waited = self.waits;
        match self.try_write() {
            Ok(None) => {
                self.waits = true;
                if self.request.has_its_place() { Progress::Placed } else { Progress::Blocked }
            }
            Ok(Some(count)) => Progress::Done(Ok(count).into()),
            // The pipe was whole when it began.
            Err(Win32Error::NO_DATA) if waited => {
                Progress::Done(Err::<usize, _>(Win32Error::BROKEN_PIPE).into())
            }
            Err(error) => Progress::Done(Err::<usize, _>(error).into()),
        }
    }

    fn hurry(&mut self) -> Option<Outcome> {
        let messages = self.connection.end().segment().settings().messages;
        if !self.no_wait && (messages || !self.source.bytes().is_empty()) {
            self.waits = true;
            return None;
        }
        match self.step() {
            Progress::Done(outcome) => Some(outcome),
            Progress::Blocked | Progress::Placed => None,
        }
    }

    fn cancel(&mut self) -> Option<Outcome> {
        let length = self.source.bytes().len();
        (!self.request.cancel(self.connection.end())).then(|| Ok(length).into())
    }
}

/// Waiting for a client.
pub(super) struct Connect {
    pipe: Arc<NamedPipe>,
    /// `None`: there is nothing to wait for.
    connection: Option<Arc<Connection>>,
    /// It was not stepped yet.
    is_new: bool,
    /// The instance listens since this began.
    anew: bool,
}

impl Connect {
    /// Begins to wait.
    ///
    /// # Errors
    /// As for [`NamedPipe::begin_connecting`].
    pub(super) fn begin(pipe: &Arc<NamedPipe>) -> Result<Self> {
        let begun = pipe.begin_connecting()?;
        let anew = !matches!(begun, Connecting::Still(_));
        let connection = match begun {
            Connecting::Listens => None,
            Connecting::Anew(found) | Connecting::Still(found) => Some(found),
        };
        Ok(Self { pipe: Arc::clone(pipe), is_new: connection.is_some(), connection, anew })
    }
}

impl Operation for Connect {
    /// The door pumps the end when it lets a client in. That is never a success at once: programs
    /// rely on that. One that was there before is an error.
    fn step(&mut self) -> Progress {
        let is_first = std::mem::take(&mut self.is_new);
        let Some(connection) = &mut self.connection else {
            return Progress::Done(Ok(0_usize).into());
        };
        match self.pipe.look_connected(connection) {
            // Others that wait for a client are told of the same one.
            None => Progress::Placed,
            Some(_) if is_first && self.anew => {
                connection.look_again_soon();
                Progress::Placed
            }
            Some(Ok(())) if is_first => {
                Progress::Done(Err::<usize, _>(Win32Error::PIPE_CONNECTED).into())
            }
            Some(done) => Progress::Done(done.map(|()| 0_usize).into()),
        }
    }
}

/// A message there and one back.
pub(super) struct Transaction {
    write: Option<Write>,
    read: Read,
}

impl Transaction {
    /// Begins it.
    ///
    /// # Errors
    /// As for [`NamedPipe::check_transaction`].
    pub(super) fn begin(
        pipe: &Arc<NamedPipe>,
        source: Box<dyn WriteSource>,
        target: Box<dyn ReadTarget + Send>,
    ) -> Result<Self> {
        pipe.check_transaction()?;
        let write = Write { no_wait: false, ..Write::new(pipe, source) };
        let read = Read { no_wait: false, ..Read::new(Arc::clone(pipe), target) };
        Ok(Self { write: Some(write), read })
    }
}

impl Operation for Transaction {
    fn step(&mut self) -> Progress {
        if let Some(write) = &mut self.write {
            match write.step() {
                Progress::Done(Outcome { error: None, .. }) => self.write = None,
                // The lane is that of the reads, where it has no place yet.
                Progress::Placed => return Progress::Blocked,
                other => return other,
            }
        }
        self.read.step()
    }

    fn cancel(&mut self) -> Option<Outcome> {
        if let Some(write) = &mut self.write {
            // What was written is not taken back; the answer will be read by somebody else.
            write.cancel();
            return None;
        }
        self.read.cancel()
    }
}

/// `ConnectNamedPipe` with an `OVERLAPPED`.
///
/// # Errors
/// As for [`state::connect`](crate::pipe::state::connect); on success it is never done at once.
pub fn connect_overlapped(handle: Handle, completion: Completion) -> Result<Started> {
    let Some(pipe) = end_of(handle, 0)? else {
        return crate::pipe::state::connect(handle).map(|()| Started::Done(Transfer::default()));
    };
    if !pipe.requests().is_overlapped() {
        return wait_for(None, completion, || pipe.connect().map(|()| Transfer::default()));
    }
    let operation = Connect::begin(&pipe)?;
    let object: Arc<dyn KernelObject> = pipe;
    submit(&object, Lane::Control, Box::new(operation), completion)
}

/// `TransactNamedPipe` with an `OVERLAPPED`.
///
/// # Errors
/// As for [`transact`](super::transact).
pub fn transact_overlapped(
    handle: Handle,
    source: Box<dyn WriteSource>,
    mut target: Box<dyn ReadTarget + Send>,
    completion: Completion,
) -> Result<Started> {
    let pipe = for_transaction(handle)?;
    if !pipe.requests().is_overlapped() {
        return wait_for(None, completion, || {
            let taken = pipe.transact(source.bytes(), &mut *target)?;
            Ok(Transfer { bytes: taken.bytes, more: taken.more })
        });
    }
    let operation = Transaction::begin(&pipe, source, target)?;
    let object: Arc<dyn KernelObject> = pipe;
    submit(&object, Lane::Read, Box::new(operation), completion)
}
