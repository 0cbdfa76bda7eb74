//! A writer.

use super::CLIENT_FLAVOUR;
use super::delivery;
use super::layout::CAPACITY;
use super::overlapped::Write;
use super::segment::Segment;
use crate::error::{Result, Win32Error};
use crate::file::{FileType, ReadTarget, Stream, Transfer, WriteSource};
use crate::io::{FileIo, Operation};
use crate::namespace::{Seen, is_held};
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape, downcast};
use crate::sync::moment::Moment;
use crate::sync::wait::{Source, Waitable};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// One who writes to a mailslot.
#[derive(Debug)]
pub(super) struct MailslotClient {
    header: ObjectHeader,
    /// The file of the name, to see whether somebody still reads.
    name: OwnedFd,
    /// The memory; `None` for a mailslot of another user, whose process is asked to write.
    segment: Option<Segment>,
    /// When there was a reader, and how many had closed their ends then.
    reader_seen: Moment,
    closings: AtomicU64,
    /// The reader was given a moment to catch up, and did not use it; it is not given another one
    /// until it has.
    reader_is_slow: AtomicBool,
    io: FileIo,
}

/// In the second number of its shape: `FILE_FLAG_OVERLAPPED`.
const OVERLAPPED: u64 = 1;

/// When more waits than this, the reader is given a moment to catch up.
const MUCH: u64 = 256 << 10;

impl MailslotClient {
    /// A writer to a mailslot that was found.
    pub(super) fn new(seen: Seen, overlapped: bool) -> Result<Self> {
        let user = rustix::process::geteuid();
        let segment = match user.is_root() || user.as_raw() == seen.owner() {
            true => Some(Segment::open(seen.memory()?, Some(seen.id()))?),
            false => None,
        };
        let header = ObjectHeader::new(ObjectType::File);
        Ok(Self::with(header, seen.into_file(), segment, overlapped))
    }

    /// A writer that another process has given us.
    pub(super) fn arrived(
        id: ObjectId,
        detail: u64,
        name: OwnedFd,
        memory: Option<OwnedFd>,
    ) -> Result<Self> {
        let segment = memory.map(|memory| Segment::open(memory, None)).transpose();
        let segment = segment.map_err(|_| Win32Error::INVALID_PARAMETER)?;
        let header = ObjectHeader::with_id(ObjectType::File, id);
        Ok(Self::with(header, name, segment, detail & OVERLAPPED != 0))
    }

    fn with(
        header: ObjectHeader,
        name: OwnedFd,
        segment: Option<Segment>,
        overlapped: bool,
    ) -> Self {
        Self {
            header,
            name,
            segment,
            reader_seen: Moment::long_ago(),
            closings: AtomicU64::new(0),
            reader_is_slow: AtomicBool::new(false),
            io: FileIo::new(overlapped),
        }
    }

    /// Whether somebody reads.
    #[inline]
    fn check_reader(&self) -> Result<()> {
        let closings = self.segment.as_ref().map(Segment::closings);
        let is_known = closings == Some(self.closings.load(Ordering::Relaxed));
        if is_known && self.reader_seen.is_recent() {
            Ok(())
        } else {
            self.look_for_reader(closings)
        }
    }

    fn look_for_reader(&self, closings: Option<u64>) -> Result<()> {
        let now = Moment::now();
        // The kernel knows it, also of a reader that was killed.
        if !is_held(self.name.as_fd())? {
            return Err(Win32Error::HANDLE_EOF);
        }
        if let Some(closings) = closings {
            self.reader_seen.set(now);
            self.closings.store(closings, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Writes one message.
    #[inline]
    pub(super) fn send(&self, message: &[u8]) -> Result<()> {
        self.check_reader()?;
        let Some(segment) = &self.segment else {
            return delivery::ask(self.name.as_fd(), message);
        };
        let waiting = put(segment, message.len() as u64, CAPACITY, |ring, at| {
            ring.copy_in(at, message);
            Ok(())
        })?;
        let much = waiting > MUCH;
        if much && !self.reader_is_slow.load(Ordering::Relaxed) {
            let caught_up = segment.queue()?.let_reader_catch_up();
            self.reader_is_slow.store(!caught_up, Ordering::Relaxed);
        } else if !much && self.reader_is_slow.load(Ordering::Relaxed) {
            self.reader_is_slow.store(false, Ordering::Relaxed);
        }
        Ok(())
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
        let fds = [Some(self.name.as_fd()), self.segment.as_ref().map(Segment::as_fd)];
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
