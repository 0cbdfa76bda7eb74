//! An open file, device or console.

use super::{Descriptor, FileType, ReadTarget, Stream};
use crate::error::{Result, Win32Error};
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape};
use crate::sync::wait::{Source, Waitable};
use rustix::fs::{FileType as LinuxType, fstat};
use rustix::io::Errno;
use std::os::fd::{AsFd, BorrowedFd};

/// What makes this object among those of type "File" (the first number of its shape).
pub(crate) const FLAVOUR: u64 = 1;

/// An open file.
#[derive(Debug)]
pub struct File {
    header: ObjectHeader,
    descriptor: Descriptor,
    kind: FileType,
}

fn type_of(fd: BorrowedFd<'_>) -> Result<(FileType, ObjectId)> {
    let stat = fstat(fd)?;
    let kind = match LinuxType::from_raw_mode(stat.st_mode) {
        LinuxType::RegularFile | LinuxType::Directory | LinuxType::BlockDevice => FileType::Disk,
        LinuxType::CharacterDevice => FileType::Char,
        LinuxType::Fifo | LinuxType::Socket => FileType::Pipe,
        _ => FileType::Unknown,
    };
    Ok((kind, ObjectId::of_file(stat.st_dev, stat.st_ino)))
}

impl File {
    /// A file this process has opened.
    pub(crate) fn new(descriptor: Descriptor) -> Result<Self> {
        let (kind, _) = type_of(descriptor.as_fd())?;
        Ok(Self { header: ObjectHeader::new(ObjectType::File), descriptor, kind })
    }

    /// A file that another process has opened and we now hold too.
    pub(crate) fn arrived(id: ObjectId, descriptor: Descriptor) -> Result<Self> {
        let (kind, _) = type_of(descriptor.as_fd())?;
        Ok(Self { header: ObjectHeader::with_id(ObjectType::File, id), descriptor, kind })
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
        Shape { portable: true, fds: [Some(self.fd()), None], payload: [FLAVOUR, 0] }
    }

    fn stream(&self) -> Option<&dyn Stream> {
        Some(self)
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}

impl Stream for File {
    fn read(&self, buffer: &mut dyn ReadTarget, offset: Option<u64>) -> Result<usize> {
        let offset = offset.filter(|_| self.kind == FileType::Disk);
        loop {
            match buffer.fill(0..buffer.len(), self.fd(), offset) {
                Err(Errno::INTR) => {}
                other => return Ok(other?),
            }
        }
    }

    fn write(&self, buffer: &[u8], offset: Option<u64>) -> Result<usize> {
        let mut written = 0;
        while written < buffer.len() {
            let rest = &buffer[written..];
            let result = match offset {
                Some(offset) if self.kind == FileType::Disk => {
                    rustix::io::pwrite(self.fd(), rest, offset.saturating_add(written as u64))
                }
                _ => rustix::io::write(self.fd(), rest),
            };
            match result {
                Ok(0) => return Err(Win32Error::WRITE_FAULT),
                Ok(count) => written += count,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
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
}

impl Waitable for File {
    fn is_signalled(&self) -> bool {
        match self.source() {
            Source::Always => true,
            source => source.is_ready(),
        }
    }

    fn source(&self) -> Source<'_> {
        match self.kind {
            // A console is signalled when there is input, a socket when there is data.
            FileType::Char | FileType::Pipe => Source::Readable(self.fd()),
            FileType::Disk | FileType::Unknown => Source::Always,
        }
    }
}
