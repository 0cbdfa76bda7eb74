//! The server's end.

use super::{NamedPipeEnd, end::stream_of_bytes, milliseconds, wide};
use crate::error::{Result, Win32Error};
use crate::handle::{AsHandle, OwnedHandle};
use std::time::Duration;
use transom_kernel::pipe::named::{self, NewPipe};
use transom_kernel::pipe::state;
use transom_kernel::security::SecurityDescriptor;
use windows_sys::Win32::Storage::FileSystem as open;
use windows_sys::Win32::System::Pipes as pipes;

/// What may be unread where nothing else is said.
const USUAL_QUOTA: u32 = 4096;

/// Which way a pipe goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// `PIPE_ACCESS_DUPLEX`: both ways.
    #[default]
    Both,
    /// `PIPE_ACCESS_INBOUND`: from the client to the server.
    ToServer,
    /// `PIPE_ACCESS_OUTBOUND`: from the server to the client.
    ToClient,
}

/// An instance that is to be made; from [`NamedPipeServer::bytes`] or
/// [`NamedPipeServer::messages`].
#[derive(Clone, Copy, Debug)]
#[must_use = "there is no pipe before `create`"]
pub struct ServerBuilder<'a> {
    name: &'a str,
    new: NewPipe<'a>,
}

impl<'a> ServerBuilder<'a> {
    const fn of(name: &'a str, pipe_mode: u32) -> Self {
        let new = NewPipe {
            open_mode: open::PIPE_ACCESS_DUPLEX,
            pipe_mode,
            most_instances: pipes::PIPE_UNLIMITED_INSTANCES,
            out_quota: USUAL_QUOTA,
            in_quota: USUAL_QUOTA,
            default_timeout_ms: 0,
            security: None,
            inherit: false,
        };
        Self { name, new }
    }

    /// Which way it goes; otherwise both.
    pub const fn direction(mut self, direction: Direction) -> Self {
        self.new.open_mode &= !open::PIPE_ACCESS_DUPLEX;
        self.new.open_mode |= match direction {
            Direction::Both => open::PIPE_ACCESS_DUPLEX,
            Direction::ToServer => open::PIPE_ACCESS_INBOUND,
            Direction::ToClient => open::PIPE_ACCESS_OUTBOUND,
        };
        self
    }

    /// The most instances of the name; otherwise any number.
    pub const fn most_instances(mut self, most: u32) -> Self {
        self.new.most_instances = most;
        self
    }

    /// Whether it must be the first instance of the name.
    pub const fn first(self, first: bool) -> Self {
        self.open_flag(open::FILE_FLAG_FIRST_PIPE_INSTANCE, first)
    }

    /// Whether operations may be overlapped; those of this type never are.
    pub const fn overlapped(self, overlapped: bool) -> Self {
        self.open_flag(open::FILE_FLAG_OVERLAPPED, overlapped)
    }

    const fn open_flag(mut self, flag: u32, set: bool) -> Self {
        self.new.open_mode =
            if set { self.new.open_mode | flag } else { self.new.open_mode & !flag };
        self
    }

    /// Whether a pipe of messages is read as bytes all the same.
    pub const fn read_bytes(mut self) -> Self {
        self.new.pipe_mode &= !pipes::PIPE_READMODE_MESSAGE;
        self
    }

    /// Whether operations fail that would wait.
    pub const fn nowait(mut self, nowait: bool) -> Self {
        self.new.pipe_mode &= !pipes::PIPE_NOWAIT;
        if nowait {
            self.new.pipe_mode |= pipes::PIPE_NOWAIT;
        }
        self
    }

    /// How many unread bytes the server and the client may have written before they wait,
    /// otherwise 4096; with 0 each write waits until it was read.
    pub const fn quotas(mut self, of_server: u32, of_client: u32) -> Self {
        self.new.out_quota = of_server;
        self.new.in_quota = of_client;
        self
    }

    /// How long a client waits that does not say how long; otherwise 50 milliseconds.
    pub fn default_timeout(mut self, timeout: Duration) -> Self {
        self.new.default_timeout_ms = milliseconds(Some(timeout)).max(1);
        self
    }

    /// Who may use it; otherwise this user and administrators everything, everyone read.
    ///
    /// ```
    /// use transom::pipe::named::NamedPipeServer;
    /// use transom::security::SecurityDescriptor;
    /// let name = format!(r"\\.\pipe\transom-doc-sddl-{}", std::process::id());
    /// let everyone = SecurityDescriptor::from_sddl("D:(A;;GA;;;WD)")?;
    /// let server = NamedPipeServer::messages(&name).security(&everyone).create()?;
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    pub const fn security(mut self, security: &'a SecurityDescriptor) -> Self {
        self.new.security = Some(security);
        self
    }

    /// Whether children inherit the handle.
    pub const fn inheritable(mut self, inheritable: bool) -> Self {
        self.new.inherit = inheritable;
        self
    }

    /// `CreateNamedPipe`: makes the instance, which listens from now on.
    ///
    /// ```
    /// use transom::pipe::named::{Direction, NamedPipeEnd, NamedPipeServer};
    /// let name = format!(r"\\.\pipe\transom-doc-most-{}", std::process::id());
    /// let one = NamedPipeServer::messages(&name).most_instances(1).quotas(100, 200);
    /// let server = one.first(true).direction(Direction::Both).create()?;
    /// assert_eq!(one.create().unwrap_err().code(), 231); // ERROR_PIPE_BUSY
    /// let information = server.information()?;
    /// assert_eq!((information.out_quota, information.in_quota), (100, 200));
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_NAME`, `ERROR_PATH_NOT_FOUND`: the name does not begin with `\\.\pipe\`.
    /// `ERROR_PIPE_BUSY`: there are as many instances as the first one allows.
    /// `ERROR_ACCESS_DENIED`: it is not the first and must be, the first goes another way, or its
    /// security descriptor does not let this user make more. `ERROR_INVALID_PARAMETER`: not 1 to
    /// 255 instances.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createnamedpipea>
    pub fn create(self) -> Result<NamedPipeServer> {
        let handle = named::create(Some(&wide(self.name)), &self.new)?;
        Ok(NamedPipeServer { handle: OwnedHandle::of(handle) })
    }
}

/// The server's end of an instance of a named pipe.
///
/// As [`Read`](std::io::Read) and [`Write`](std::io::Write) it is a stream of bytes.
#[derive(Debug)]
pub struct NamedPipeServer {
    handle: OwnedHandle,
}

stream_of_bytes!(NamedPipeServer);

impl NamedPipeServer {
    const IS_SERVER: bool = true;

    /// An instance of a pipe of bytes to be made, of the name `\\.\pipe\...`.
    pub const fn bytes(name: &str) -> ServerBuilder<'_> {
        ServerBuilder::of(name, pipes::PIPE_TYPE_BYTE)
    }

    /// An instance of a pipe of messages to be made, which reads messages.
    pub const fn messages(name: &str) -> ServerBuilder<'_> {
        ServerBuilder::of(name, pipes::PIPE_TYPE_MESSAGE | pipes::PIPE_READMODE_MESSAGE)
    }

    /// `ConnectNamedPipe`: waits for a client. One that is there already, or has been there and
    /// gone, is what was waited for; what it wrote can be read.
    ///
    /// # Errors
    /// `ERROR_PIPE_LISTENING`: none is there, and the end does not wait.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-connectnamedpipe>
    pub fn connect(&self) -> Result<()> {
        match state::connect(self.as_handle().kernel()) {
            Err(Win32Error::PIPE_CONNECTED | Win32Error::NO_DATA) => Ok(()),
            other => other,
        }
    }

    /// `DisconnectNamedPipe`: takes the pipe from the client; what is unread is lost to both. To
    /// let it read everything, [`wait_until_read`](super::NamedPipeEnd::wait_until_read) first.
    ///
    /// # Errors
    /// `ERROR_PIPE_LISTENING`: no client has come. `ERROR_PIPE_NOT_CONNECTED`: that was done before.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-disconnectnamedpipe>
    pub fn disconnect(&self) -> Result<()> {
        state::disconnect(self.as_handle().kernel())
    }
}
