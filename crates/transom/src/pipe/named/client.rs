//! The client's end.

use super::{NamedPipeEnd, end::stream_of_bytes, milliseconds, wide};
use crate::error::{Result, Win32Error};
use crate::handle::{AsHandle, OwnedHandle};
use std::time::{Duration, Instant};
use transom_kernel::file::open::{self, Request};
use transom_kernel::pipe::named;
use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE};
use windows_sys::Win32::Storage::FileSystem as win;

/// A connection that is to be made; from [`NamedPipeClient::bytes`] or
/// [`NamedPipeClient::messages`].
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is opened before `open`"]
pub struct ClientBuilder<'a> {
    name: &'a str,
    read_messages: bool,
    nowait: bool,
    wait: Option<Option<Duration>>,
    request: Request,
}

impl ClientBuilder<'_> {
    /// Only reads, from a pipe that goes to its clients.
    pub const fn read_only(mut self) -> Self {
        // To set the mode.
        self.request.access = GENERIC_READ | win::FILE_WRITE_ATTRIBUTES;
        self
    }

    /// Only writes, to a pipe that goes to its servers.
    pub const fn write_only(mut self) -> Self {
        self.request.access = GENERIC_WRITE;
        self.read_messages = false;
        self
    }

    /// Waits so long for an instance that is free, or without end; otherwise there must be one.
    pub fn wait(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.wait = Some(timeout.into());
        self
    }

    /// Whether operations fail that would wait.
    pub const fn nowait(mut self, nowait: bool) -> Self {
        self.nowait = nowait;
        self
    }

    /// Whether children inherit the handle.
    pub const fn inheritable(mut self, inheritable: bool) -> Self {
        self.request.inherit = inheritable;
        self
    }

    /// `CreateFile`: connects to the instance that has listened for longest.
    ///
    /// ```
    /// use std::time::Duration;
    /// use transom::pipe::named::{NamedPipeClient, NamedPipeServer};
    /// let name = format!(r"\\.\pipe\transom-doc-busy-{}", std::process::id());
    /// let client = NamedPipeClient::messages(&name);
    /// assert_eq!(client.open().unwrap_err().code(), 2); // nobody serves it
    /// let _server = NamedPipeServer::messages(&name).create()?;
    /// let _first = client.open()?;
    /// assert_eq!(client.open().unwrap_err().code(), 231); // ERROR_PIPE_BUSY
    /// let late = client.wait(Duration::from_millis(1)).open().unwrap_err();
    /// assert_eq!(late.code(), 121); // ERROR_SEM_TIMEOUT
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_FILE_NOT_FOUND`: nobody serves the name. `ERROR_PIPE_BUSY`: no instance listens, or
    /// with a time to wait `ERROR_SEM_TIMEOUT`: none did in that time. `ERROR_ACCESS_DENIED`: the
    /// pipe goes another way, or its security descriptor does not let this user use it.
    /// `ERROR_INVALID_PARAMETER`: a pipe of bytes has no messages.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew>
    pub fn open(self) -> Result<NamedPipeClient> {
        let name = wide(self.name);
        let deadline = self.wait.flatten().and_then(|wait| Instant::now().checked_add(wait));
        let handle = loop {
            match open::create(&name, &self.request) {
                Err(Win32Error::PIPE_BUSY) if self.wait.is_some() => {}
                other => break other?.handle,
            }
            let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Err(Win32Error::SEM_TIMEOUT);
            }
            // It reserves nothing: somebody else may be faster.
            named::wait(Some(&name), milliseconds(left))?;
        };
        let client = NamedPipeClient { handle: OwnedHandle::of(handle) };
        if self.read_messages {
            client.set_read_messages(true)?;
        }
        if self.nowait {
            client.set_nowait(true)?;
        }
        Ok(client)
    }
}

/// The client's end of a named pipe.
///
/// As [`Read`](std::io::Read) and [`Write`](std::io::Write) it is a stream of bytes.
#[derive(Debug)]
pub struct NamedPipeClient {
    handle: OwnedHandle,
}

stream_of_bytes!(NamedPipeClient);

impl NamedPipeClient {
    const IS_SERVER: bool = false;

    const fn builder(name: &str, read_messages: bool) -> ClientBuilder<'_> {
        let request = Request {
            access: GENERIC_READ | GENERIC_WRITE,
            share: 0,
            disposition: win::OPEN_EXISTING,
            flags: 0,
            inherit: false,
            mode: None,
        };
        ClientBuilder { name, read_messages, nowait: false, wait: None, request }
    }

    /// A connection to be made to the pipe `\\.\pipe\...`, which reads bytes; the pipe may be one
    /// of messages.
    pub const fn bytes(name: &str) -> ClientBuilder<'_> {
        Self::builder(name, false)
    }

    /// A connection to be made to a pipe of messages, which reads messages.
    pub const fn messages(name: &str) -> ClientBuilder<'_> {
        Self::builder(name, true)
    }
}

/// `WaitNamedPipe`: waits until an instance listens, or so long; `None` waits without end. It
/// reserves nothing.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: nobody serves the name. `ERROR_SEM_TIMEOUT`: the time is over.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-waitnamedpipew>
pub fn wait(name: &str, timeout: impl Into<Option<Duration>>) -> Result<()> {
    // 0 would be the server's default time.
    named::wait(Some(&wide(name)), milliseconds(timeout.into()).max(1))
}

/// `CallNamedPipe`: connects, sends a message, waits for the answer, and closes; the answer, which
/// may have so many bytes. The time is for the connecting.
///
/// ```
/// use std::time::Duration;
/// use transom::pipe::named::{self, NamedPipeEnd, NamedPipeServer};
/// let name = format!(r"\\.\pipe\transom-doc-call-{}", std::process::id());
/// let server = NamedPipeServer::messages(&name).create()?;
/// let answer = std::thread::scope(|scope| {
///     scope.spawn(|| server.connect().and_then(|()| server.receive()).and_then(|it| server.send(&it)));
///     named::call(&name, b"echo", 100, Duration::from_secs(5))
/// })?;
/// assert_eq!(answer, b"echo");
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// As for [`ClientBuilder::open`] and [`transact`](super::NamedPipeEnd::transact);
/// `ERROR_MORE_DATA`: the answer is longer, and lost.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-callnamedpipea>
pub fn call(
    name: &str,
    request: &[u8],
    longest_answer: usize,
    timeout: impl Into<Option<Duration>>,
) -> Result<Vec<u8>> {
    let mut answer = vec![0; longest_answer];
    let timeout = milliseconds(timeout.into()).max(1);
    let taken = named::call(Some(&wide(name)), request, &mut answer[..], timeout)?;
    if taken.more {
        return Err(Win32Error::MORE_DATA);
    }
    answer.truncate(taken.bytes);
    Ok(answer)
}
