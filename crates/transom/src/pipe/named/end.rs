//! What both ends of a named pipe can do.

use super::{Information, Side};
use crate::error::{Result, Win32Error};
use crate::handle::AsHandle;
use std::io;
use transom_kernel::file;
use transom_kernel::pipe::{anonymous, named, state};
use windows_sys::Win32::System::Pipes::{PIPE_NOWAIT, PIPE_READMODE_MESSAGE};

/// What a first read of a message takes; most are shorter.
const USUAL_MESSAGE: usize = 4096;

/// What there is to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peeked {
    /// How many bytes were copied.
    pub copied: usize,
    /// How many bytes are unread.
    pub available: usize,
    /// How much of the first message does not fit into the buffer.
    pub left: usize,
}

/// An end of a named pipe: what server and client have in common.
pub trait NamedPipeEnd: AsHandle {
    /// `WriteFile`: sends a message, of any length, and waits until it fits into the pipe's quota.
    ///
    /// # Errors
    /// `ERROR_NO_DATA`: the other end is closed. `ERROR_PIPE_LISTENING`: no client has come.
    /// `ERROR_PIPE_NOT_CONNECTED`: the server has disconnected. `ERROR_ACCESS_DENIED`: the handle
    /// may not write. `ERROR_WRITE_FAULT`: there is no room, and the end does not wait.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-writefile>
    fn send(&self, message: &[u8]) -> Result<()> {
        match file::write(self.as_handle().kernel(), message, None)? {
            written if written == message.len() => Ok(()),
            _ => Err(Win32Error::WRITE_FAULT),
        }
    }

    /// `ReadFile`: takes the next message, however long it is, and waits for one. The end must
    /// read messages.
    ///
    /// # Errors
    /// `ERROR_BROKEN_PIPE`: the other end is closed, and everything was read. `ERROR_BAD_PIPE`: the
    /// end reads bytes. `ERROR_NO_DATA`: nothing is there, and the end does not wait. Else as for
    /// [`send`](Self::send).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-readfile>
    fn receive(&self) -> Result<Vec<u8>> {
        check_messages(self.as_handle().kernel())?;
        let mut message = vec![0; USUAL_MESSAGE];
        let taken = file::read_bytes(self.as_handle().kernel(), &mut message, None)?;
        message.truncate(taken.bytes);
        if taken.more {
            receive_rest(self.as_handle().kernel(), &mut message)?;
        }
        Ok(message)
    }

    /// `ReadFile`: takes the next message into a buffer; its length. One that does not fit stays
    /// where it is.
    ///
    /// ```
    /// use transom::pipe::named::{NamedPipeClient, NamedPipeEnd, NamedPipeServer};
    /// let name = format!(r"\\.\pipe\transom-doc-short-{}", std::process::id());
    /// let server = NamedPipeServer::messages(&name).create()?;
    /// let client = NamedPipeClient::messages(&name).open()?;
    /// server.send(b"long message")?;
    /// let mut buffer = [0; 4];
    /// assert_eq!(client.receive_into(&mut buffer).unwrap_err().code(), 234);
    /// let mut buffer = [0; 12]; // as long as `peek` says
    /// assert_eq!(client.receive_into(&mut buffer)?, 12);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`receive`](Self::receive), and `ERROR_MORE_DATA`: it does not fit.
    fn receive_into(&self, buffer: &mut [u8]) -> Result<usize> {
        let handle = self.as_handle().kernel();
        check_messages(handle)?;
        // Taking nothing of a message waits for it and leaves it there, unless it is empty.
        if !file::read_bytes(handle, &mut [], None)?.more {
            return Ok(0);
        }
        match anonymous::peek_bytes(handle, buffer)?.left {
            0 => {
                let taken = file::read_bytes(handle, buffer, None)?;
                // Somebody else took the first one, and the next is longer.
                if taken.more { Err(Win32Error::MORE_DATA) } else { Ok(taken.bytes) }
            }
            _ => Err(Win32Error::MORE_DATA),
        }
    }

    /// `TransactNamedPipe`: sends a message and waits for the answer.
    ///
    /// ```
    /// use transom::pipe::named::{NamedPipeClient, NamedPipeEnd, NamedPipeServer};
    /// let name = format!(r"\\.\pipe\transom-doc-transact-{}", std::process::id());
    /// let server = NamedPipeServer::messages(&name).create()?;
    /// let client = NamedPipeClient::messages(&name).open()?;
    /// let answer = std::thread::scope(|scope| {
    ///     scope.spawn(|| server.receive().and_then(|question| server.send(&question.repeat(2))));
    ///     client.transact(b"ab")
    /// })?;
    /// assert_eq!(answer, b"abab");
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_BAD_PIPE`: the end does not read messages, or goes one way. `ERROR_PIPE_BUSY`: there
    /// is something to read already. Else as for sending and receiving.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-transactnamedpipe>
    fn transact(&self, request: &[u8]) -> Result<Vec<u8>> {
        let handle = self.as_handle().kernel();
        let mut answer = vec![0; USUAL_MESSAGE];
        let taken = named::transact(handle, request, &mut answer[..])?;
        answer.truncate(taken.bytes);
        if taken.more {
            receive_rest(handle, &mut answer)?;
        }
        Ok(answer)
    }

    /// `PeekNamedPipe`: copies the beginning of what is unread, and leaves it there.
    ///
    /// # Errors
    /// `ERROR_BAD_PIPE`: no client has come. `ERROR_BROKEN_PIPE`: the other end is closed, and
    /// everything was read. `ERROR_ACCESS_DENIED`: the handle may not read.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-peeknamedpipe>
    fn peek(&self, buffer: &mut [u8]) -> Result<Peeked> {
        let found = anonymous::peek_bytes(self.as_handle().kernel(), buffer)?;
        Ok(Peeked { copied: found.copied, available: found.available, left: found.left })
    }

    /// `SetNamedPipeHandleState` with `PIPE_READMODE_MESSAGE`: whether reading takes one message
    /// at a time, or bytes wherever messages begin and end.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER`: a pipe of bytes has no messages. `ERROR_ACCESS_DENIED`: the handle
    /// has no `FILE_WRITE_ATTRIBUTES`.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-setnamedpipehandlestate>
    fn set_read_messages(&self, messages: bool) -> Result<()> {
        set_mode(self.as_handle().kernel(), PIPE_READMODE_MESSAGE, messages)
    }

    /// `SetNamedPipeHandleState` with `PIPE_NOWAIT`: whether operations fail that would wait.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle has no `FILE_WRITE_ATTRIBUTES`.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-setnamedpipehandlestate>
    fn set_nowait(&self, nowait: bool) -> Result<()> {
        set_mode(self.as_handle().kernel(), PIPE_NOWAIT, nowait)
    }

    /// `GetNamedPipeHandleState`: whether it reads messages.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle has no `FILE_READ_ATTRIBUTES`.
    fn reads_messages(&self) -> Result<bool> {
        Ok(state::mode(self.as_handle().kernel())? & PIPE_READMODE_MESSAGE != 0)
    }

    /// `GetNamedPipeHandleState`: how many instances of the name there are, in all processes.
    ///
    /// # Errors
    /// As for [`reads_messages`](Self::reads_messages).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-getnamedpipehandlestatew>
    fn count_instances(&self) -> Result<u32> {
        Ok(state::state(self.as_handle().kernel())?.instances)
    }

    /// `GetNamedPipeInfo`: how the instance was made.
    ///
    /// # Errors
    /// As for [`reads_messages`](Self::reads_messages).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-getnamedpipeinfo>
    fn information(&self) -> Result<Information> {
        state::information(self.as_handle().kernel())
    }

    /// `GetNamedPipeClientProcessId`: the client's process.
    ///
    /// # Errors
    /// `ERROR_PIPE_NOT_CONNECTED`: there is no client.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getnamedpipeclientprocessid>
    fn client_process_id(&self) -> Result<u32> {
        named::process_id(self.as_handle().kernel(), Side::Client)
    }

    /// `GetNamedPipeServerProcessId`: the server's process.
    ///
    /// # Errors
    /// As for [`client_process_id`](Self::client_process_id).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getnamedpipeserverprocessid>
    fn server_process_id(&self) -> Result<u32> {
        named::process_id(self.as_handle().kernel(), Side::Server)
    }

    /// `FlushFileBuffers`: waits until the other side has read everything.
    ///
    /// # Errors
    /// `ERROR_NO_DATA`, `ERROR_BROKEN_PIPE`: it will not, since it is closed.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-flushfilebuffers>
    fn wait_until_read(&self) -> Result<()> {
        file::flush(self.as_handle().kernel())
    }
}

type KernelHandle = transom_kernel::handle::Handle;

fn check_messages(handle: KernelHandle) -> Result<()> {
    let reads_messages = state::mode(handle)? & PIPE_READMODE_MESSAGE != 0;
    if reads_messages { Ok(()) } else { Err(Win32Error::BAD_PIPE) }
}

/// Takes what is left of a message.
fn receive_rest(handle: KernelHandle, message: &mut Vec<u8>) -> Result<()> {
    loop {
        let before = message.len();
        // Doubling keeps the number of reads small where nothing can be peeked at.
        let left = anonymous::peek_bytes(handle, &mut []).map_or(0, |found| found.left);
        message.resize(before + left.max(before), 0);
        let taken = file::read_bytes(handle, &mut message[before..], None);
        message.truncate(before + taken.as_ref().map_or(0, |taken| taken.bytes));
        if !taken?.more {
            return Ok(());
        }
    }
}

fn set_mode(handle: KernelHandle, bit: u32, set: bool) -> Result<()> {
    let before = state::mode(handle)?;
    state::set_mode(handle, Some(if set { before | bit } else { before & !bit }))
}

/// Reads bytes; 0 when the other end is closed and everything was read, as everywhere in Rust.
pub(super) fn read_stream(handle: KernelHandle, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file::read_bytes(handle, buffer, None) {
            // An empty message is no end.
            Ok(taken) if taken.bytes == 0 && !buffer.is_empty() => {}
            Ok(taken) => return Ok(taken.bytes),
            Err(Win32Error::BROKEN_PIPE) => return Ok(0),
            Err(error) => return Err(error.into()),
        }
    }
}

macro_rules! stream_of_bytes {
    ($name:ident) => {
        impl crate::handle::AsHandle for $name {
            fn as_handle(&self) -> crate::handle::BorrowedHandle<'_> {
                self.handle.as_handle()
            }
        }

        impl super::NamedPipeEnd for $name {}

        impl std::io::Read for $name {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                (&*self).read(buffer)
            }
        }

        impl std::io::Read for &$name {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                super::end::read_stream(self.as_handle().kernel(), buffer)
            }
        }

        impl std::io::Write for $name {
            fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
                (&*self).write(buffer)
            }

            fn flush(&mut self) -> std::io::Result<()> {
                (&*self).flush()
            }
        }

        impl std::io::Write for &$name {
            fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
                Ok(transom_kernel::file::write(self.as_handle().kernel(), buffer, None)?)
            }

            /// Nothing is held back: what was written is in the pipe. To wait until it was read,
            /// there is [`wait_until_read`](super::NamedPipeEnd::wait_until_read).
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }

        impl $name {
            /// The end of a handle that was inherited or duplicated.
            ///
            /// # Errors
            /// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_FUNCTION`: it is no such end. The handle is
            /// closed.
            pub fn from_handle(handle: crate::handle::OwnedHandle) -> crate::error::Result<Self> {
                let end = Self { handle };
                if end.information()?.server_end != Self::IS_SERVER {
                    return Err(crate::error::Win32Error::INVALID_HANDLE);
                }
                // An anonymous pipe has no such process.
                match Self::IS_SERVER {
                    true => end.server_process_id()?,
                    false => end.client_process_id()?,
                };
                Ok(end)
            }

            /// `DuplicateHandle`: a second handle to the same end, for another thread or owner.
            ///
            /// # Errors
            /// `ERROR_NO_SYSTEM_RESOURCES`: the table is full.
            pub fn try_clone(&self) -> crate::error::Result<Self> {
                Ok(Self { handle: self.duplicate()? })
            }

            /// Its handle alone.
            #[must_use]
            pub fn into_handle(self) -> crate::handle::OwnedHandle {
                self.handle
            }
        }
    };
}
pub(super) use stream_of_bytes;
