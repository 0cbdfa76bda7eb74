//! Anonymous pipes: what one process writes, a related one reads.
//!
//! Each is a Linux pipe, so that any program can be at either end:
//!
//! ```
//! use std::io::{Read, Write};
//! use transom::{Command, pipe::anonymous};
//! let (stdin, mut words) = anonymous::pipe()?;
//! let (mut sorted, stdout) = anonymous::pipe()?;
//! let sort = Command::new("sort").stdin(&stdin).stdout(&stdout).spawn()?;
//! drop((stdin, stdout)); // only sort holds them now
//! words.write_all(b"pipe\nhandle\nevent\n")?;
//! drop(words); // that is the end of its input
//! let mut text = String::new();
//! sorted.read_to_string(&mut text)?;
//! assert_eq!(text, "event\nhandle\npipe\n");
//! assert_eq!(sort.wait()?, 0);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Reference: <https://learn.microsoft.com/windows/win32/ipc/anonymous-pipes>

use crate::error::{Result, Win32Error};
use crate::handle::{AsHandle, BorrowedHandle, OwnedHandle};
use std::io;
use std::sync::Arc;
use transom_kernel::executive::current;
use transom_kernel::file;
use transom_kernel::pipe::{PipeEnd, anonymous, state};
use windows_sys::Win32::System::Pipes::PIPE_NOWAIT;

/// The end of a pipe that is read from.
///
/// Reading waits for bytes. When no process has the other end open any more and everything was
/// read, a read gives 0 bytes, as everywhere in Rust (Win32 calls that `ERROR_BROKEN_PIPE`).
#[derive(Debug)]
pub struct PipeReader {
    handle: OwnedHandle,
}

/// The end of a pipe that is written to.
///
/// Writing waits for room. When no process has the other end open any more, writing fails with
/// `ERROR_NO_DATA`; no signal is raised.
#[derive(Debug)]
pub struct PipeWriter {
    handle: OwnedHandle,
}

/// A pipe that is to be made; from [`builder`].
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "there is no pipe before `create`"]
pub struct Builder {
    size: u32,
    inheritable: bool,
}

/// `CreatePipe`: an anonymous pipe, of which children inherit neither end.
///
/// # Errors
/// As for [`Builder::create`].
pub fn pipe() -> Result<(PipeReader, PipeWriter)> {
    builder().create()
}

/// A pipe to be made, private and of the usual size until said otherwise.
pub fn builder() -> Builder {
    Builder::default()
}

impl Builder {
    /// The size of the pipe's buffer in bytes, which is a hint; 0 is the usual 4096.
    pub const fn size(mut self, bytes: u32) -> Self {
        self.size = bytes;
        self
    }

    /// Whether children inherit both ends. One end is made so by
    /// [`set_inheritable`](AsHandle::set_inheritable).
    pub const fn inheritable(mut self, inheritable: bool) -> Self {
        self.inheritable = inheritable;
        self
    }

    /// `CreatePipe`: makes the pipe.
    ///
    /// ```
    /// use transom::{AsHandle, pipe::anonymous};
    /// let (reader, writer) = anonymous::builder().size(1 << 20).inheritable(true).create()?;
    /// assert!(reader.is_inheritable()? && writer.is_inheritable()?);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_TOO_MANY_OPEN_FILES`, `ERROR_NO_SYSTEM_RESOURCES`: there is no room.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-createpipe>
    pub fn create(self) -> Result<(PipeReader, PipeWriter)> {
        let [reader, writer] = anonymous::create(self.size, self.inheritable, None)?;
        let (reader, writer) = (OwnedHandle::of(reader), OwnedHandle::of(writer));
        Ok((PipeReader { handle: reader }, PipeWriter { handle: writer }))
    }
}

/// The pipe end of a handle.
fn end_of(handle: &dyn AsHandle) -> Result<Arc<PipeEnd>> {
    current().table().object(handle.as_handle().kernel(), 0)
}

impl PipeReader {
    /// The reading end of a handle that was inherited or duplicated.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it is no end of a pipe, or the other one. The handle is closed.
    pub fn from_handle(handle: OwnedHandle) -> Result<Self> {
        if end_of(&handle)?.writes() {
            return Err(Win32Error::INVALID_HANDLE);
        }
        Ok(Self { handle })
    }

    /// `PeekNamedPipe`: copies what waits in the pipe into a buffer and leaves it there; how
    /// many bytes were copied.
    ///
    /// ```
    /// use std::io::Write;
    /// let (reader, mut writer) = transom::pipe::anonymous::pipe()?;
    /// writer.write_all(b"peek")?;
    /// let mut buffer = [0; 10];
    /// assert_eq!(reader.peek(&mut buffer)?, 4);
    /// assert_eq!(&buffer[..4], b"peek");
    /// assert_eq!(reader.available()?, 4);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_BROKEN_PIPE`: the pipe is empty and no process can write to it any more.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-peeknamedpipe>
    pub fn peek(&self, buffer: &mut [u8]) -> Result<usize> {
        Ok(anonymous::peek_bytes(self.as_handle().kernel(), buffer)?.copied)
    }

    /// `PeekNamedPipe`: how many bytes wait in the pipe.
    ///
    /// # Errors
    /// As for [`peek`](Self::peek).
    pub fn available(&self) -> Result<usize> {
        Ok(anonymous::peek_bytes(self.as_handle().kernel(), &mut [])?.available)
    }

    /// `SetNamedPipeHandleState` with `PIPE_NOWAIT`: whether reading an empty pipe fails with
    /// `ERROR_NO_DATA` instead of waiting.
    ///
    /// ```
    /// use std::io::Read;
    /// use transom::{Win32Error, error::code_of, pipe::anonymous};
    /// let (mut reader, writer) = anonymous::pipe()?;
    /// reader.set_nowait(true)?;
    /// let error = reader.read(&mut [0; 10]).unwrap_err();
    /// assert_eq!(code_of(&error), Some(Win32Error::NO_DATA));
    /// drop(writer);
    /// assert_eq!(reader.read(&mut [0; 10])?, 0); // now it has ended
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle has no `FILE_WRITE_ATTRIBUTES`.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-setnamedpipehandlestate>
    pub fn set_nowait(&self, nowait: bool) -> Result<()> {
        state::set_mode(self.as_handle().kernel(), Some(if nowait { PIPE_NOWAIT } else { 0 }))
    }

    /// Its handle alone.
    #[must_use]
    pub fn into_handle(self) -> OwnedHandle {
        self.handle
    }
}

impl PipeWriter {
    /// The writing end of a handle that was inherited or duplicated.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it is no end of a pipe, or the other one. The handle is closed.
    pub fn from_handle(handle: OwnedHandle) -> Result<Self> {
        if !end_of(&handle)?.writes() {
            return Err(Win32Error::INVALID_HANDLE);
        }
        Ok(Self { handle })
    }

    /// `SetNamedPipeHandleState` with `PIPE_NOWAIT`: whether a write that does not fit writes
    /// nothing (`Ok(0)`) instead of waiting.
    ///
    /// ```
    /// use std::io::Write;
    /// let (_reader, mut writer) = transom::pipe::anonymous::builder().size(8).create()?;
    /// writer.set_nowait(true)?;
    /// assert_eq!(writer.write(b"12345678")?, 8);
    /// assert_eq!(writer.write(b"9")?, 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle has no `FILE_WRITE_ATTRIBUTES`.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-setnamedpipehandlestate>
    pub fn set_nowait(&self, nowait: bool) -> Result<()> {
        state::set_mode(self.as_handle().kernel(), Some(if nowait { PIPE_NOWAIT } else { 0 }))
    }

    /// Its handle alone.
    #[must_use]
    pub fn into_handle(self) -> OwnedHandle {
        self.handle
    }
}

impl AsHandle for PipeReader {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}

impl AsHandle for PipeWriter {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}

impl io::Read for PipeReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match file::read_bytes(self.as_handle().kernel(), buffer, None) {
            Err(Win32Error::BROKEN_PIPE) => Ok(0),
            other => Ok(other?.bytes),
        }
    }
}

impl io::Write for PipeWriter {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        Ok(file::write(self.as_handle().kernel(), buffer, None)?)
    }

    /// Nothing is held back: what was written is in the pipe.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
