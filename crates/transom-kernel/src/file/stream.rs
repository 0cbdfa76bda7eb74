//! Reading and writing, whatever the bytes come from.

use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::{Entry, Handle};
use crate::io::{FileIo, Lane, Operation, in_turn};
use crate::object::KernelObject;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use transom_sys::shared_bytes::Target;
use windows_sys::Win32::Storage::FileSystem::{FILE_APPEND_DATA, FILE_READ_DATA, FILE_WRITE_DATA};

/// What `GetFileType` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// `FILE_TYPE_UNKNOWN`.
    Unknown = 0,
    /// `FILE_TYPE_DISK`: an ordinary file.
    Disk = 1,
    /// `FILE_TYPE_CHAR`: a console or device.
    Char = 2,
    /// `FILE_TYPE_PIPE`: a pipe or socket.
    Pipe = 3,
}

/// What a read brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transfer {
    /// How many bytes.
    pub bytes: usize,
    /// There is more of this message, which the next read gets: `ERROR_MORE_DATA`, although these
    /// bytes are there.
    pub more: bool,
}

impl From<usize> for Transfer {
    fn from(bytes: usize) -> Self {
        Self { bytes, more: false }
    }
}

/// Memory that is read into, initialised or not; what is not read from a descriptor is copied to
/// where it is a [`Target`].
pub trait ReadTarget: Target {
    /// How many bytes it takes.
    fn len(&self) -> usize;

    /// Whether it takes none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills a part of it from a descriptor, at a place in the file or where the file pointer
    /// is; how many bytes came.
    ///
    /// # Errors
    /// What `read` or `pread` report.
    fn fill(
        &mut self,
        part: Range<usize>,
        fd: BorrowedFd<'_>,
        offset: Option<u64>,
    ) -> rustix::io::Result<usize>;
}

impl ReadTarget for &mut [u8] {
    fn len(&self) -> usize {
        <[u8]>::len(self)
    }

    fn fill(
        &mut self,
        part: Range<usize>,
        fd: BorrowedFd<'_>,
        offset: Option<u64>,
    ) -> rustix::io::Result<usize> {
        match offset {
            Some(offset) => rustix::io::pread(fd, &mut self[part], offset),
            None => rustix::io::read(fd, &mut self[part]),
        }
    }
}

impl ReadTarget for &mut [MaybeUninit<u8>] {
    fn len(&self) -> usize {
        <[MaybeUninit<u8>]>::len(self)
    }

    fn fill(
        &mut self,
        part: Range<usize>,
        fd: BorrowedFd<'_>,
        offset: Option<u64>,
    ) -> rustix::io::Result<usize> {
        let (filled, _) = match offset {
            Some(offset) => rustix::io::pread(fd, &mut self[part], offset)?,
            None => rustix::io::read(fd, &mut self[part])?,
        };
        Ok(filled.len())
    }
}

/// Memory that is written from, for as long as a write is in flight.
pub trait WriteSource: Send {
    /// The bytes.
    fn bytes(&self) -> &[u8];
}

impl WriteSource for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

/// An object whose bytes can be read and written.
pub trait Stream: Send + Sync {
    /// Reads into a buffer, at a place in the file or where the file pointer is. At the end of a
    /// file that is 0 bytes.
    ///
    /// # Errors
    /// `ERROR_BROKEN_PIPE` when no writer is left, `ERROR_NOACCESS` for a buffer that is not
    /// there, and what the file system reports.
    fn read(&self, buffer: &mut dyn ReadTarget, offset: Option<u64>) -> Result<Transfer>;

    /// Writes a buffer, all of it unless the stream does not wait; how many bytes.
    ///
    /// # Errors
    /// `ERROR_NO_DATA` when no reader is left, `ERROR_NOACCESS` for a buffer that is not there,
    /// and what the file system reports.
    fn write(&self, buffer: &[u8], offset: Option<u64>) -> Result<usize>;

    /// Waits until what was written has arrived.
    ///
    /// # Errors
    /// What the device reports.
    fn flush(&self) -> Result<()>;

    /// What kind of file this is.
    fn file_type(&self) -> FileType;

    /// Where its requests are, if it can have some in flight.
    fn io(&self) -> Option<&FileIo> {
        None
    }

    /// Whether its reads and writes never wait for anybody: they are done at once, and in no order.
    fn is_prompt(&self) -> bool {
        false
    }

    /// Whether calls that wait stand in line with its requests.
    fn takes_turns(&self) -> bool {
        true
    }

    /// Makes a read that does not block, of one that is overlapped and not prompt. `object` is
    /// this one.
    ///
    /// # Errors
    /// What is known to be wrong before it begins.
    fn read_operation(
        &self,
        object: Arc<dyn KernelObject>,
        target: Box<dyn ReadTarget + Send>,
        offset: u64,
    ) -> Result<Box<dyn Operation>> {
        let _ = (object, target, offset);
        Err(Win32Error::NOT_SUPPORTED)
    }

    /// Makes a write that does not block, of one that is overlapped and not prompt. `object` is this
    /// one.
    ///
    /// # Errors
    /// What is known to be wrong before it begins.
    fn write_operation(
        &self,
        object: Arc<dyn KernelObject>,
        source: Box<dyn WriteSource>,
        offset: u64,
    ) -> Result<Box<dyn Operation>> {
        let _ = (object, source, offset);
        Err(Win32Error::NOT_SUPPORTED)
    }
}

/// The object of a handle that has one of these rights, and all the handle grants.
#[inline]
pub(crate) fn stream_of(handle: Handle, access: u32) -> Result<(Arc<dyn KernelObject>, u32)> {
    let look = |entry: &Entry| {
        if entry.object.stream().is_none() {
            return Err(Win32Error::INVALID_HANDLE);
        }
        // Any one of the rights will do.
        if entry.access & access == 0 {
            return Err(Win32Error::ACCESS_DENIED);
        }
        Ok((Arc::clone(&entry.object), entry.access))
    };
    current().table().with(handle, look)?
}

/// `ReadFile`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what cannot be read at all, `ERROR_ACCESS_DENIED` for a handle
/// without `FILE_READ_DATA`, `ERROR_HANDLE_EOF` at the end of a file if a place was given,
/// `ERROR_INVALID_PARAMETER` if none was given for a `FILE_FLAG_OVERLAPPED` file, and what
/// [`Stream::read`] reports.
pub fn read(
    handle: Handle,
    mut buffer: &mut [MaybeUninit<u8>],
    offset: Option<u64>,
) -> Result<Transfer> {
    read_into(handle, &mut buffer, offset)
}

/// `ReadFile` into memory that is initialised.
///
/// # Errors
/// As for [`read`].
pub fn read_bytes(handle: Handle, mut buffer: &mut [u8], offset: Option<u64>) -> Result<Transfer> {
    read_into(handle, &mut buffer, offset)
}

fn read_into(handle: Handle, buffer: &mut dyn ReadTarget, offset: Option<u64>) -> Result<Transfer> {
    let (object, _) = stream_of(handle, FILE_READ_DATA)?;
    let stream = object.stream().ok_or(Win32Error::INVALID_HANDLE)?;
    in_turn(stream.io().filter(|_| stream.takes_turns()), Lane::Read, || {
        stream.read(buffer, offset)
    })
}

/// `WriteFile`. The offset `u64::MAX` is the end of the file.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what cannot be written at all, `ERROR_ACCESS_DENIED` for a handle
/// without `FILE_WRITE_DATA` or `FILE_APPEND_DATA`, and what [`Stream::write`] reports.
pub fn write(handle: Handle, buffer: &[u8], offset: Option<u64>) -> Result<usize> {
    let (object, access) = stream_of(handle, FILE_WRITE_DATA | FILE_APPEND_DATA)?;
    // A handle that may only append does so wherever it is told to write.
    let offset = if access & FILE_WRITE_DATA == 0 { Some(u64::MAX) } else { offset };
    let stream = object.stream().ok_or(Win32Error::INVALID_HANDLE)?;
    in_turn(stream.io().filter(|_| stream.takes_turns()), Lane::Write, || {
        stream.write(buffer, offset)
    })
}

/// Finds out whether a handle may be read from, without reading.
///
/// # Errors
/// Those of [`read`] that come before anything is read.
pub fn check_readable(handle: Handle) -> Result<()> {
    stream_of(handle, FILE_READ_DATA).map(drop)
}

/// Finds out whether a handle may be written to, without writing.
///
/// # Errors
/// Those of [`write`] that come before anything is written.
pub fn check_writable(handle: Handle) -> Result<()> {
    stream_of(handle, FILE_WRITE_DATA | FILE_APPEND_DATA).map(drop)
}

/// `FlushFileBuffers`: waits until what was written to a file is on its medium, or what was
/// written to a pipe was read.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no file, `ERROR_ACCESS_DENIED` for a handle that may not
/// write, and what [`Stream::flush`] reports.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-flushfilebuffers>
pub fn flush(handle: Handle) -> Result<()> {
    let (object, _) = stream_of(handle, FILE_WRITE_DATA | FILE_APPEND_DATA)?;
    object.stream().ok_or(Win32Error::INVALID_HANDLE)?.flush()
}

/// `GetFileType`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no file.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfiletype>
pub fn file_type(handle: Handle) -> Result<FileType> {
    let object = current().table().entry(handle)?.object;
    Ok(object.stream().ok_or(Win32Error::INVALID_HANDLE)?.file_type())
}
