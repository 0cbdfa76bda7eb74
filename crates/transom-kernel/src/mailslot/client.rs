//! A writer.

use super::CLIENT_FLAVOUR;
use super::delivery;
use super::layout::CAPACITY;
use super::overlapped::Write;
use super::segment::Segment;
use super::slot::{Slot, look_for_reader};
use crate::error::{Result, Win32Error};
use crate::file::{FileType, ReadTarget, Stream, Transfer, WriteSource};
use crate::io::{FileIo, Operation};
use crate::namespace::Seen;
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape, downcast};
use crate::sync::wait::{Source, Waitable};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

/// One who writes to a mailslot.
#[derive(Debug)]
pub(super) struct MailslotClient {
    header: ObjectHeader,
    /// The file of the name, to see whether somebody still reads.
    name: OwnedFd,
    /// The mailslot; `None` for one of another user, whose process is asked to write.
    slot: Option<Arc<Slot>>,
    io: FileIo,
}

/// In the second number of its shape: `FILE_FLAG_OVERLAPPED`.
const OVERLAPPED: u64 = 1;

impl MailslotClient {
    /// A writer to a mailslot that was found.
    pub(super) fn new(seen: Seen, overlapped: bool) -> Result<Self> {
        let user = rustix::process::geteuid();
        let slot = match user.is_root() || user.as_raw() == seen.owner() {
            true => Some(Slot::open(seen.memory()?, Some(seen.id()))?),
            false => None,
        };
        let header = ObjectHeader::new(ObjectType::File);
        Ok(Self::with(header, seen.into_file(), slot, overlapped))
    }

    /// A writer that another process has given us.
    pub(super) fn arrived(
        id: ObjectId,
        detail: u64,
        name: OwnedFd,
        memory: Option<OwnedFd>,
    ) -> Result<Self> {
        let slot = memory.map(|memory| Slot::open(memory, None)).transpose();
        let slot = slot.map_err(|_| Win32Error::INVALID_PARAMETER)?;
        let header = ObjectHeader::with_id(ObjectType::File, id);
        Ok(Self::with(header, name, slot, detail & OVERLAPPED != 0))
    }

    fn with(
        header: ObjectHeader,
        name: OwnedFd,
        slot: Option<Arc<Slot>>,
        overlapped: bool,
    ) -> Self {
        Self { header, name, slot, io: FileIo::new(overlapped) }
    }

    /// Writes one message.
    #[inline]
    pub(super) fn send(&self, message: &[u8]) -> Result<()> {
        let name = self.name.as_fd();
        let Some(slot) = &self.slot else {
            look_for_reader(name)?;
            return delivery::ask(name, message);
        };
        slot.check_reader(name)?;
        let waiting = put(slot.segment(), message.len() as u64, CAPACITY, |ring, at| {
            ring.copy_in(at, message);
            Ok(())
        })?;
        slot.note_waiting(waiting)
    }
}

/// Puts a message into a mailslot; how much waits then.
#[inline]
pub(super) fn put<'a>(
    segment: &'a Segment,
    length: u64,
    capacity: u64,
    fill: impl FnOnce(transom_sys::shared_bytes::Ring<'a>, u64) -> Result<()>,
) -> Result<u64> {
    let maximum = segment.maximum();
    if maximum != 0 && length > maximum.into() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    segment.queue()?.append(length, capacity, fill)
}

impl KernelObject for MailslotClient {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        let detail = if self.io.is_overlapped() { OVERLAPPED } else { 0 };
        let fds = [Some(self.name.as_fd()), self.slot.as_ref().map(|slot| slot.segment().as_fd())];
        Shape { portable: true, fds, payload: [CLIENT_FLAVOUR, detail] }
    }

    fn last_handle_closed(&self) {
        self.io.close();
    }

    fn stream(&self) -> Option<&dyn Stream> {
        Some(self)
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}

impl Stream for MailslotClient {
    fn read(&self, _buffer: &mut dyn ReadTarget, _offset: Option<u64>) -> Result<Transfer> {
        Err(Win32Error::ACCESS_DENIED)
    }

    /// As [`Stream::write`]: one message. It never waits for the reader.
    ///
    /// # Errors
    /// `ERROR_HANDLE_EOF` when nobody reads any more, `ERROR_INVALID_PARAMETER` for a message
    /// larger than the mailslot's maximum, `ERROR_NOT_ENOUGH_QUOTA` when too much waits already.
    #[inline]
    fn write(&self, buffer: &[u8], _offset: Option<u64>) -> Result<usize> {
        self.send(buffer).map(|()| buffer.len())
    }

    /// What was written has arrived.
    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn file_type(&self) -> FileType {
        FileType::Unknown
    }

    fn io(&self) -> Option<&FileIo> {
        Some(&self.io)
    }

    fn write_operation(
        &self,
        object: Arc<dyn KernelObject>,
        source: Box<dyn WriteSource>,
        _offset: u64,
    ) -> Result<Box<dyn Operation>> {
        Ok(Box::new(Write { client: downcast(object)?, source }))
    }
}

impl Waitable for MailslotClient {
    fn is_signalled(&self) -> bool {
        self.io.is_signalled()
    }

    fn source(&self) -> Source<'_> {
        self.io.source(&self.header)
    }
}
