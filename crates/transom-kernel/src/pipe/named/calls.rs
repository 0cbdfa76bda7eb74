//! What the `NamedPipe` functions ask of the end of a named pipe, and tell it.

use super::client::{self, ClientRequest};
use super::object::{NamedPipe, Traits};
use super::reading::waiting;
use super::registry::NameFile;
use super::served;
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::Handle;
use crate::namespace::device_name::{Device, DeviceName};
use crate::object::{ObjectType, downcast};
use crate::pipe::channel::outside::look;
use crate::pipe::channel::{Peeked, ReadMode, Side, State, Taken};
use crate::pipe::state::{Information, Local};
use crate::sync::wait::Deadline;
use rustix::net::sockopt;
use std::sync::Arc;
use transom_sys::shared_bytes::Target;
use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE};
use windows_sys::Win32::Storage::FileSystem as win;
use windows_sys::Win32::System::Pipes as pipes;

/// The end of a handle that has the rights. `None`: a file that is none, perhaps an end of an
/// anonymous pipe.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no file, `ERROR_ACCESS_DENIED` for a handle without the
/// rights.
pub(in crate::pipe) fn end_of(handle: Handle, access: u32) -> Result<Option<Arc<NamedPipe>>> {
    let entry = current().table().entry(handle)?;
    if entry.object.header().kind() != ObjectType::File {
        return Err(Win32Error::INVALID_HANDLE);
    }
    let Ok(pipe) = downcast::<NamedPipe>(entry.object) else { return Ok(None) };
    if entry.access & access != access {
        return Err(Win32Error::ACCESS_DENIED);
    }
    drop(pipe.keep_up());
    Ok(Some(pipe))
}

impl NamedPipe {
    /// What `GetNamedPipeInfo` tells.
    pub(in crate::pipe) fn information(&self) -> Information {
        let settings = self.borrow().end().segment().settings();
        Information {
            server_end: self.side() == Side::Server,
            messages: settings.messages,
            out_quota: settings.to_client_quota,
            in_quota: settings.to_server_quota,
            most_instances: self.most_instances(),
        }
    }

    /// What `FilePipeLocalInformation` tells.
    pub(in crate::pipe) fn local(&self) -> Result<Local> {
        let (information, instances) = (self.information(), self.count_instances()?);
        let connection = self.borrow();
        connection.check_peer();
        let seen = look(connection.end().segment().fd(), self.side());
        let seen = seen.ok_or(Win32Error::BROKEN_PIPE)?;
        let directions = [Traits::INBOUND, Traits::OUTBOUND].map(|way| self.traits().contains(way));
        let (incoming, outgoing, state) = (seen.incoming, seen.outgoing, seen.state);
        Ok(Local { information, directions, instances, incoming, outgoing, state })
    }

    /// `PIPE_READMODE_MESSAGE` and `PIPE_NOWAIT`, as the end is now.
    pub(in crate::pipe) fn mode_word(&self) -> u32 {
        let (read, no_wait) = self.mode();
        let read = if read == ReadMode::Message { pipes::PIPE_READMODE_MESSAGE } else { 0 };
        read | if no_wait { pipes::PIPE_NOWAIT } else { 0 }
    }

    /// How many instances of the pipe there are.
    pub(in crate::pipe) fn count_instances(&self) -> Result<u32> {
        if let Some(served) = served::find(self.name_file()) {
            return served.count_instances();
        }
        let namespace = current().namespace()?;
        let Some((_, name)) = super::list::find_file(namespace, self.name_file(), true)? else {
            return Ok(0);
        };
        match NameFile::open(namespace, &name, false)? {
            Some(file) => served::count_instances(&file),
            None => Ok(0),
        }
    }

    /// `SetNamedPipeHandleState`: sets the mode.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` for unknown bits, and for reading messages from a pipe of bytes.
    pub(in crate::pipe) fn change_mode(&self, mode: u32) -> Result<()> {
        let reads_messages = mode & pipes::PIPE_READMODE_MESSAGE != 0;
        let known = pipes::PIPE_READMODE_MESSAGE | pipes::PIPE_NOWAIT;
        if mode & !known != 0 || reads_messages && !self.has_messages() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        self.set_mode(super::server::mode_bits(mode));
        Ok(())
    }

    /// `PeekNamedPipe`.
    pub(in crate::pipe) fn peek(&self, target: &mut (impl Target + ?Sized)) -> Result<Peeked> {
        // As messages lie there, however this end reads them.
        let mode = if self.has_messages() { ReadMode::Message } else { ReadMode::Byte };
        let connection = self.borrow();
        connection.check_peer();
        connection.end().peek(target, mode)
    }

    /// `TransactNamedPipe`: writes a message and reads the answer.
    ///
    /// # Errors
    /// `ERROR_BAD_PIPE` unless the pipe goes both ways, this end reads messages and somebody is at
    /// the other, `ERROR_PIPE_BUSY` when there is something to read already, and what reading and writing
    /// report.
    pub(super) fn check_transaction(&self) -> Result<()> {
        let both = Traits::INBOUND | Traits::OUTBOUND;
        if !self.traits().contains(both) || self.mode().0 != ReadMode::Message {
            return Err(Win32Error::BAD_PIPE);
        }
        let connection = self.borrow();
        connection.check_peer();
        if connection.end().state() != State::Connected {
            return Err(Win32Error::BAD_PIPE);
        }
        if connection.end().has_message()? { Err(Win32Error::PIPE_BUSY) } else { Ok(()) }
    }

    /// `TransactNamedPipe`, waiting.
    pub(super) fn transact(
        &self,
        request: &[u8],
        target: &mut (impl Target + ?Sized),
    ) -> Result<Taken> {
        self.check_transaction()?;
        let connection = self.borrow();
        waiting(self, &connection, |patience| {
            connection.end().write(request, patience)?;
            connection.end().read(target, ReadMode::Message, patience)
        })
    }

    /// The process at the other end, as the kernel saw it connect.
    ///
    /// # Errors
    /// `ERROR_PIPE_NOT_CONNECTED` when there is none (any more).
    pub(super) fn peer(&self) -> Result<rustix::net::UCred> {
        let connection = self.borrow();
        let lifeline = connection.end().lifeline().ok_or(Win32Error::PIPE_NOT_CONNECTED)?;
        Ok(sockopt::socket_peercred(lifeline)?)
    }
}

/// `TransactNamedPipe`, waiting: the answer, of which more may be left.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_FUNCTION` for what is no named pipe,
/// `ERROR_ACCESS_DENIED` for a handle that may not read and write, `ERROR_BAD_PIPE` unless it reads
/// messages and is connected, `ERROR_PIPE_BUSY` when there is something to read already, and what reading and
/// writing report.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-transactnamedpipe>
pub fn transact(
    handle: Handle,
    request: &[u8],
    target: &mut (impl Target + ?Sized),
) -> Result<Taken> {
    let pipe = for_transaction(handle)?;
    pipe.transact(request, target)
}

/// The end of a handle that may read and write.
pub(super) fn for_transaction(handle: Handle) -> Result<Arc<NamedPipe>> {
    let rights = win::FILE_READ_DATA | win::FILE_WRITE_DATA;
    match end_of(handle, rights)? {
        Some(pipe) => Ok(pipe),
        // An end of an anonymous pipe is for one direction.
        None if current().table().entry(handle)?.access & rights != rights => {
            Err(Win32Error::ACCESS_DENIED)
        }
        None => Err(Win32Error::BAD_PIPE),
    }
}

/// `CallNamedPipe`: connects, writes a message, reads the answer, and closes.
///
/// The time is for the connecting only: `NMPWAIT_WAIT_FOREVER`, `NMPWAIT_NOWAIT`,
/// `NMPWAIT_USE_DEFAULT_WAIT` or milliseconds.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` when nobody serves the name, `ERROR_SEM_TIMEOUT` when no instance was
/// free in time, `ERROR_INVALID_PARAMETER` for a pipe of bytes, and what reading and writing
/// report.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-callnamedpipea>
pub fn call(
    path: Option<&[u16]>,
    request: &[u8],
    target: &mut (impl Target + ?Sized),
    timeout_ms: u32,
) -> Result<Taken> {
    let name = &DeviceName::of_client(Device::Pipe, path)?;
    let access = ObjectType::File.specific_access(GENERIC_READ | GENERIC_WRITE)?;
    let wanted = ClientRequest { access, inherit: false, flags: 0 };
    let deadline = match timeout_ms {
        pipes::NMPWAIT_USE_DEFAULT_WAIT => None,
        ms => Some(Deadline::after(ms)),
    };
    let pipe = loop {
        match client::open_end(name, &wanted) {
            Err(Win32Error::PIPE_BUSY) => {}
            other => break other?,
        }
        let left = match deadline {
            None => pipes::NMPWAIT_USE_DEFAULT_WAIT,
            Some(deadline) => deadline.left_ms(),
        };
        if deadline.is_some() && left == 0 {
            return Err(Win32Error::SEM_TIMEOUT);
        }
        client::wait_for(name, left)?;
    };
    let answer = pipe
        .change_mode(pipes::PIPE_READMODE_MESSAGE)
        .and_then(|()| pipe.transact(request, target));
    pipe.let_go();
    answer
}

/// `GetNamedPipeClientComputerName`: all clients are on this machine.
///
/// # Errors
/// Always: `ERROR_PIPE_LOCAL`; `ERROR_INVALID_HANDLE`, `ERROR_INVALID_FUNCTION` for what is no
/// server's end, `ERROR_PIPE_NOT_CONNECTED` when no client is there.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-getnamedpipeclientcomputernamew>
pub fn client_computer(handle: Handle) -> Result<String> {
    let pipe = end_of(handle, 0)?.ok_or(Win32Error::INVALID_FUNCTION)?;
    if pipe.side() == Side::Client {
        return Err(Win32Error::INVALID_FUNCTION);
    }
    pipe.peer()?;
    Err(Win32Error::PIPE_LOCAL)
}

/// The server's or the client's process id: `GetNamedPipeClientProcessId` and
/// `GetNamedPipeServerProcessId`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no file, `ERROR_INVALID_FUNCTION` for a file that is no named
/// pipe, `ERROR_NOT_FOUND` when a server has no client, `ERROR_PIPE_NOT_CONNECTED` for a client that
/// was disconnected.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getnamedpipeclientprocessid>
pub fn process_id(handle: Handle, of: Side) -> Result<u32> {
    let pipe = end_of(handle, 0)?.ok_or(Win32Error::INVALID_FUNCTION)?;
    let is_disconnected = pipe.borrow().end().state() == State::Disconnected;
    match (pipe.side(), of) {
        (Side::Client, _) if is_disconnected => return Err(Win32Error::PIPE_NOT_CONNECTED),
        (Side::Server, Side::Client) if is_disconnected => return Err(Win32Error::NOT_FOUND),
        (side, of) if side == of => return Ok(std::process::id()),
        _ => {}
    }
    let peer = pipe.peer().map_err(|error| match error {
        Win32Error::PIPE_NOT_CONNECTED => Win32Error::NOT_FOUND,
        error => error,
    })?;
    Ok(peer.pid.as_raw_nonzero().get().cast_unsigned())
}
