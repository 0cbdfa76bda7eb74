//! An open file, device or console.

use super::deletion::Deletion;
use super::lock::Locks;
use super::overlapped::{FileRead, FileWrite, Watching, has_ended};
use super::{Descriptor, FileType, ReadTarget, Stream, Transfer, WriteSource, share};
use crate::error::{Result, Win32Error};
use crate::io::synchronous::in_system_call;
use crate::io::{FileIo, Operation};
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape, downcast};
use crate::pipe::channel::Cancel;
use crate::sync::wait::{Source, Waitable};
use bitflags::bitflags;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{
    FileType as LinuxType, OFlags, SeekFrom, Stat, fcntl_getfl, fcntl_setfl, fstat, seek,
};
use rustix::io::{Errno, IoSlice, ReadWriteFlags};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Once};

/// What makes this object among those of type "File" (the first number of its shape).
pub(crate) const FLAVOUR: u64 = 1;

/// The place that stands for "at the end" in a write.
const AT_END: u64 = u64::MAX;

bitflags! {
    /// How a file was opened, beyond what Linux keeps for each open file; the second number of
    /// its shape.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(crate) struct Traits: u64 {
        /// `FILE_FLAG_OVERLAPPED`: each operation names its place, and the file pointer does
        /// not move.
        const OVERLAPPED = 1;
        /// Writes go to the end (Linux keeps that too; here for who looks at the table).
        const APPEND = 2;
        /// `FILE_FLAG_DELETE_ON_CLOSE`.
        const DELETE_ON_CLOSE = 4;
    }
}

/// An open file.
#[derive(Debug)]
pub struct File {
    header: ObjectHeader,
    traits: Traits,
    kind: FileType,
    is_directory: bool,
    io: FileIo,
    watching: Watching,
    locks: Locks,
    // The order of these two is that in which they are dropped: closed first, then deleted.
    descriptor: Descriptor,
    deletion: Option<Deletion>,
}

fn type_of(stat: &Stat) -> FileType {
    match LinuxType::from_raw_mode(stat.st_mode) {
        LinuxType::RegularFile
        | LinuxType::Directory
        | LinuxType::BlockDevice
        | LinuxType::Symlink => FileType::Disk,
        LinuxType::CharacterDevice => FileType::Char,
        LinuxType::Fifo | LinuxType::Socket => FileType::Pipe,
        LinuxType::Unknown => FileType::Unknown,
    }
}

impl File {
    /// A file this process has opened.
    pub(crate) fn new(descriptor: Descriptor, traits: Traits) -> Result<Self> {
        Self::with_header(ObjectHeader::new(ObjectType::File), descriptor, traits)
    }

    /// A file that another process has opened and we now hold too.
    pub(crate) fn arrived(id: ObjectId, descriptor: Descriptor, payload: u64) -> Result<Self> {
        let header = ObjectHeader::with_id(ObjectType::File, id);
        let file = Self::with_header(header, descriptor, Traits::from_bits_truncate(payload))?;
        // Of a standard stream, whoever gave it has said so, or it is none of our files.
        if file.has_places() && matches!(file.descriptor, Descriptor::Own(_)) {
            share::shared(file.fd());
        }
        Ok(file)
    }

    fn with_header(header: ObjectHeader, descriptor: Descriptor, traits: Traits) -> Result<Self> {
        let stat = fstat(&descriptor)?;
        let kind = type_of(&stat);
        let is_directory = super::open::is_directory(&stat);
        let overlapped = traits.contains(Traits::OVERLAPPED);
        if kind == FileType::Pipe {
            static SURVIVE: Once = Once::new();
            SURVIVE.call_once(transom_sys::signal::survive_broken_pipes);
        }
        if overlapped && kind != FileType::Disk {
            // It may come from a program that opened it otherwise.
            let flags = fcntl_getfl(&descriptor)?;
            if !flags.contains(OFlags::NONBLOCK) {
                fcntl_setfl(&descriptor, flags | OFlags::NONBLOCK)?;
            }
        }
        Ok(Self {
            header,
            traits,
            kind,
            is_directory,
            io: FileIo::new(overlapped),
            watching: Watching::default(),
            locks: Locks::default(),
            descriptor,
            deletion: None,
        })
    }

    /// Whether it was opened with `FILE_FLAG_OVERLAPPED`.
    #[must_use]
    pub const fn is_overlapped(&self) -> bool {
        self.traits.contains(Traits::OVERLAPPED)
    }

    /// Whether closing it deletes it.
    pub(crate) const fn deletes_on_close(&self) -> bool {
        self.traits.contains(Traits::DELETE_ON_CLOSE)
    }

    /// Whether it has a place where the next byte is read or written.
    pub(super) const fn has_places(&self) -> bool {
        matches!(self.kind, FileType::Disk)
    }

    /// Whether it is a Linux pipe or socket.
    pub(super) const fn is_pipe(&self) -> bool {
        matches!(self.kind, FileType::Pipe)
    }

    /// The requests in flight on it.
    pub(super) const fn requests(&self) -> &FileIo {
        &self.io
    }

    /// What this process has locked of it.
    pub(super) const fn locks(&self) -> &Locks {
        &self.locks
    }

    pub(super) const fn watching(&self) -> &Watching {
        &self.watching
    }

    /// Waits until a descriptor that does not block is ready.
    fn wait_until_ready(&self, events: PollFlags, cancel: &Cancel) -> Result<()> {
        let fd = self.fd();
        while !cancel.is_cancelled() {
            match poll(&mut [PollFd::from_borrowed_fd(fd, events)], None) {
                Err(Errno::INTR) => {}
                other => return Ok(other.map(drop)?),
            }
        }
        Err(Win32Error::OPERATION_ABORTED)
    }

    /// Reads where the file pointer is, of what may keep the caller waiting.
    fn read_waiting(&self, buffer: &mut dyn ReadTarget, cancel: &Cancel) -> Result<usize> {
        loop {
            if cancel.is_cancelled() {
                return Err(Win32Error::OPERATION_ABORTED);
            }
            match buffer.fill(0..buffer.len(), self.fd(), None) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => self.wait_until_ready(PollFlags::IN, cancel)?,
                Err(error) => return Err(refused(error)),
                Ok(0) if self.is_overlapped() && !buffer.is_empty() && !has_ended(self)? => {
                    self.wait_until_ready(PollFlags::IN, cancel)?;
                }
                Ok(count) => return Ok(count),
            }
        }
    }

    /// Writes where the file pointer is, to what may keep the caller waiting.
    fn write_waiting(&self, buffer: &[u8], cancel: &Cancel) -> Result<usize> {
        let mut written = 0;
        while written < buffer.len() {
            if cancel.is_cancelled() {
                return Err(Win32Error::OPERATION_ABORTED);
            }
            match rustix::io::write(self.fd(), &buffer[written..]) {
                Ok(0) => return Err(Win32Error::WRITE_FAULT),
                Ok(count) => written += count,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => self.wait_until_ready(PollFlags::OUT, cancel)?,
                Err(error) => return Err(refused(error)),
            }
        }
        Ok(written)
    }

    /// Where an operation is to happen: at a place, at the end, or where the file pointer is.
    fn place(&self, offset: Option<u64>) -> Result<Place> {
        if self.is_directory {
            return Err(Win32Error::INVALID_FUNCTION);
        }
        match offset {
            _ if !self.has_places() => Ok(Place::Pointer),
            None if self.is_overlapped() => Err(Win32Error::INVALID_PARAMETER),
            None => Ok(Place::Pointer),
            Some(AT_END) => Ok(Place::End),
            Some(offset) if i64::try_from(offset).is_err() => Err(Win32Error::INVALID_PARAMETER),
            Some(offset) => Ok(Place::At(offset)),
        }
    }

    /// An operation at a place leaves the file pointer behind what it did, unless the handle is
    /// an overlapped one.
    fn moved_to(&self, place: u64) {
        if !self.is_overlapped() {
            // It was possible to be there just now.
            let _ = seek(self.fd(), SeekFrom::Start(place));
        }
    }

    /// The descriptor.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

impl KernelObject for File {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        Shape {
            portable: true,
            fds: [Some(self.fd()), None],
            payload: [FLAVOUR, self.traits.bits()],
        }
    }

    fn leaving(&self) {
        share::shared(self.fd());
    }

    fn stream(&self) -> Option<&dyn Stream> {
        Some(self)
    }

    fn last_handle_closed(&self) {
        self.io.close();
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}

#[derive(Clone, Copy)]
enum Place {
    At(u64),
    End,
    Pointer,
}

/// What Linux says of reading or writing through a descriptor that is not open for it: a handle
/// can be granted more than its file was opened with.
fn refused(error: Errno) -> Win32Error {
    if error == Errno::BADF { Win32Error::ACCESS_DENIED } else { error.into() }
}

impl Stream for File {
    /// As [`Stream::read`]; at a place at or behind the end, `ERROR_HANDLE_EOF`.
    fn read(&self, buffer: &mut dyn ReadTarget, offset: Option<u64>) -> Result<Transfer> {
        let place = self.place(offset)?;
        let offset = match place {
            Place::At(offset) => Some(offset),
            Place::End => return Err(Win32Error::INVALID_PARAMETER),
            Place::Pointer => None,
        };
        if !self.has_places() {
            return in_system_call(|cancel| self.read_waiting(buffer, cancel)).map(Into::into);
        }
        loop {
            match buffer.fill(0..buffer.len(), self.fd(), offset) {
                Err(Errno::INTR) => {}
                Err(error) => return Err(refused(error)),
                Ok(count) => {
                    let Some(offset) = offset else { return Ok(count.into()) };
                    self.moved_to(offset + count as u64);
                    let at_end = count == 0 && !buffer.is_empty();
                    return if at_end { Err(Win32Error::HANDLE_EOF) } else { Ok(count.into()) };
                }
            }
        }
    }

    /// As [`Stream::write`]; the place `u64::MAX` is the end of the file, wherever that is.
    fn write(&self, buffer: &[u8], offset: Option<u64>) -> Result<usize> {
        let place = self.place(offset)?;
        if !self.has_places() {
            return in_system_call(|cancel| self.write_waiting(buffer, cancel));
        }
        let mut written = 0;
        while written < buffer.len() {
            let rest = &buffer[written..];
            let result = match place {
                Place::At(offset) => {
                    rustix::io::pwrite(self.fd(), rest, offset.saturating_add(written as u64))
                }
                Place::End => append(self.fd(), rest),
                Place::Pointer => rustix::io::write(self.fd(), rest),
            };
            match result {
                Ok(0) => return Err(Win32Error::WRITE_FAULT),
                Ok(count) => written += count,
                Err(Errno::INTR) => {}
                Err(error) => return Err(refused(error)),
            }
        }
        if let Place::At(offset) = place {
            self.moved_to(offset + written as u64);
        }
        Ok(written)
    }

    fn flush(&self) -> Result<()> {
        match rustix::fs::fsync(self.fd()) {
            // What cannot be flushed has nothing to flush.
            Err(Errno::INVAL | Errno::ROFS) => Ok(()),
            other => Ok(other?),
        }
    }

    fn file_type(&self) -> FileType {
        self.kind
    }

    fn io(&self) -> Option<&FileIo> {
        Some(&self.io)
    }

    fn is_prompt(&self) -> bool {
        self.has_places()
    }

    fn read_operation(
        &self,
        object: Arc<dyn KernelObject>,
        target: Box<dyn ReadTarget + Send>,
        _offset: u64,
    ) -> Result<Box<dyn Operation>> {
        Ok(Box::new(FileRead { file: downcast(object)?, target }))
    }

    fn write_operation(
        &self,
        object: Arc<dyn KernelObject>,
        source: Box<dyn WriteSource>,
        _offset: u64,
    ) -> Result<Box<dyn Operation>> {
        Ok(Box::new(FileWrite { file: downcast(object)?, source, written: 0 }))
    }
}

/// Writes at the end in one step, and moves the file pointer there.
fn append(fd: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize, Errno> {
    /// The offset that stands for the file pointer, which then moves.
    const POINTER: u64 = u64::MAX;
    rustix::io::pwritev2(fd, &[IoSlice::new(bytes)], POINTER, ReadWriteFlags::APPEND)
}

impl Drop for File {
    fn drop(&mut self) {
        if self.has_places() {
            share::leave(self.fd());
        }
        if self.deletes_on_close() {
            self.deletion = Deletion::of(self.fd());
        }
    }
}

impl Waitable for File {
    fn is_signalled(&self) -> bool {
        match self.source() {
            _ if self.is_overlapped() => self.io.is_signalled(),
            Source::Always => true,
            source => source.is_ready(),
        }
    }

    fn source(&self) -> Source<'_> {
        if self.is_overlapped() {
            return self.io.source(&self.header);
        }
        match self.kind {
            // A console is signalled when there is input, a socket when there is data.
            FileType::Char | FileType::Pipe => Source::Readable(self.fd()),
            FileType::Disk | FileType::Unknown => Source::Always,
        }
    }
}
