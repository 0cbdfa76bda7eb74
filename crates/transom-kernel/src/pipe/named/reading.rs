//! Reading from and writing to an end, waiting; and making requests of both.

use super::connection::Connection;
use super::object::NamedPipe;
use super::overlapped::{Read, Write};
use crate::error::Result;
use crate::file::{FileType, ReadTarget, Stream, Transfer, WriteSource};
use crate::io::synchronous::in_system_call;
use crate::io::{FileIo, Operation};
use crate::object::{KernelObject, downcast};
use crate::pipe::channel::{BeforeSleep, Patience, ReadRequest, Side, State, Step, WriteRequest};
use crate::sync::wait::{Source, Waitable};
use std::sync::Arc;

/// A call that waits for the other side.
struct Waiting<'a> {
    requests: &'a FileIo,
    connection: &'a Connection,
}

impl BeforeSleep for Waiting<'_> {
    fn before_sleep(&self) -> Option<u32> {
        self.requests.call_waits();
        self.connection.before_sleep()
    }
}

/// Makes a call that waits for the other side, until another thread cancels it.
#[cold]
pub(super) fn waiting<T>(
    pipe: &NamedPipe,
    connection: &Connection,
    call: impl FnOnce(Patience<'_>) -> Result<T>,
) -> Result<T> {
    let waiting = Waiting { requests: pipe.requests(), connection };
    in_system_call(|cancel| {
        call(Patience::FOREVER.preparing(&waiting).or_until_interrupted(cancel))
    })
}

impl Stream for NamedPipe {
    /// As [`Stream::read`]. In message mode a buffer that is too short is filled, and the rest of
    /// the message stays.
    ///
    /// `ERROR_PIPE_LISTENING` before a client has come, `ERROR_PIPE_NOT_CONNECTED` after a
    /// disconnection, `ERROR_BROKEN_PIPE` when the other end is closed and all is read,
    /// `ERROR_NO_DATA` when nothing is there and the end does not wait.
    #[inline]
    fn read(&self, buffer: &mut dyn ReadTarget, _offset: Option<u64>) -> Result<Transfer> {
        let connection = self.keep_up();
        let (mode, no_wait) = self.mode();
        let end = connection.end();
        let taken = if no_wait {
            connection.check_peer();
            end.read_now(buffer, mode)
        } else {
            let mut request = ReadRequest::new();
            match request.try_step(end, buffer, mode) {
                Ok(Step::Done(taken)) => Ok(taken),
                Ok(Step::Blocked(_)) => waiting(self, &connection, |patience| {
                    end.finish_read(&mut request, buffer, mode, patience)
                }),
                Err(error) => Err(error),
            }
        };
        self.requests().call_ended(taken.is_ok());
        let taken = taken?;
        connection.note_read();
        self.note_read();
        Ok(Transfer { bytes: taken.bytes, more: taken.more })
    }

    /// As [`Stream::write`].
    ///
    /// `ERROR_NO_DATA` when the other end is closed, and otherwise as for reading.
    #[inline]
    fn write(&self, buffer: &[u8], _offset: Option<u64>) -> Result<usize> {
        let connection = self.keep_up();
        connection.check_peer_to_write();
        let end = connection.end();
        let written = if self.mode().1 {
            end.write_now(buffer)
        } else {
            let mut request = WriteRequest::new();
            match request.try_step(end, buffer) {
                Ok(Step::Done(count)) => Ok(count),
                Ok(Step::Blocked(_)) => waiting(self, &connection, |patience| {
                    end.finish_write(&mut request, buffer, patience)
                }),
                Err(error) => Err(error),
            }
        };
        self.requests().call_ended(written.is_ok());
        written
    }

    /// Waits until the other side has read everything.
    fn flush(&self) -> Result<()> {
        let connection = self.keep_up();
        connection.check_peer();
        // What a server had not been read is lost with the client: nothing is left to wait for.
        if self.side() == Side::Server && connection.end().state() == State::Disconnected {
            return Ok(());
        }
        waiting(self, &connection, |patience| connection.end().flush(patience))
    }

    fn file_type(&self) -> FileType {
        FileType::Pipe
    }

    fn io(&self) -> Option<&FileIo> {
        Some(self.requests())
    }

    fn read_operation(
        &self,
        object: Arc<dyn KernelObject>,
        target: Box<dyn ReadTarget + Send>,
        _offset: u64,
    ) -> Result<Box<dyn Operation>> {
        drop(self.keep_up());
        Ok(Box::new(Read::new(downcast(object)?, target)))
    }

    fn write_operation(
        &self,
        _object: Arc<dyn KernelObject>,
        source: Box<dyn WriteSource>,
        _offset: u64,
    ) -> Result<Box<dyn Operation>> {
        drop(self.keep_up());
        Ok(Box::new(Write::new(self, source)))
    }
}

impl Waitable for NamedPipe {
    fn is_signalled(&self) -> bool {
        self.requests().is_signalled()
    }

    fn source(&self) -> Source<'_> {
        self.requests().source(self.header())
    }
}
