//! Reading from and writing to an end, waiting.

use super::object::NamedPipe;
use crate::error::Result;
use crate::file::{FileType, ReadTarget, Stream, Transfer};
use crate::pipe::channel::Patience;
use crate::sync::wait::{Source, Waitable};

impl Stream for NamedPipe {
    /// As [`Stream::read`]. In message mode a buffer that is too short is filled, and the rest of
    /// the message stays.
    ///
    /// `ERROR_PIPE_LISTENING` before a client has come, `ERROR_PIPE_NOT_CONNECTED` after a
    /// disconnection, `ERROR_BROKEN_PIPE` when the other end is closed and all is read,
    /// `ERROR_NO_DATA` when nothing is there and the end does not wait.
    #[inline]
    fn read(&self, buffer: &mut dyn ReadTarget, _offset: Option<u64>) -> Result<Transfer> {
        let connection = self.borrow();
        let (mode, no_wait) = self.mode();
        let target = buffer.target();
        let taken = if no_wait {
            connection.check_peer();
            connection.end().read_now(target, mode)
        } else {
            let patience = Patience::FOREVER.preparing(&**connection);
            connection.end().read(target, mode, patience)
        };
        let taken = taken?;
        connection.note_alive();
        self.note_read();
        Ok(Transfer { bytes: taken.bytes, more: taken.more })
    }

    /// As [`Stream::write`].
    ///
    /// `ERROR_NO_DATA` when the other end is closed, and otherwise as for reading.
    #[inline]
    fn write(&self, buffer: &[u8], _offset: Option<u64>) -> Result<usize> {
        let connection = self.borrow();
        connection.check_peer();
        if self.mode().1 {
            return connection.end().write_now(buffer);
        }
        connection.end().write(buffer, Patience::FOREVER.preparing(&**connection))
    }

    /// Waits until the other side has read everything.
    fn flush(&self) -> Result<()> {
        let connection = self.borrow();
        connection.check_peer();
        connection.end().flush(Patience::FOREVER.preparing(&**connection))
    }

    fn file_type(&self) -> FileType {
        FileType::Pipe
    }
}

impl Waitable for NamedPipe {
    fn is_signalled(&self) -> bool {
        true
    }

    fn source(&self) -> Source<'_> {
        Source::Always
    }
}
