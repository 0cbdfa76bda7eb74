//! What the `NamedPipe` functions ask of the end of a pipe, and tell it: of a named one, or of an
//! anonymous one.
//!
//! On Windows an anonymous pipe is a named one without a name, whose server end is the read end.

use super::channel::State as ConnectionState;
use super::{PipeEnd, named};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::Handle;
use crate::object::{ObjectType, downcast};
use std::sync::Arc;
use windows_sys::Win32::Storage::FileSystem::{FILE_READ_ATTRIBUTES, FILE_WRITE_ATTRIBUTES};
use windows_sys::Win32::System::Pipes::PIPE_NOWAIT;

/// The pipe end of a handle. A file that is no pipe does not know these functions.
pub(super) fn end_of(handle: Handle, access: u32) -> Result<Arc<PipeEnd>> {
    let entry = current().table().entry(handle)?;
    if entry.object.header().kind() != ObjectType::File {
        return Err(Win32Error::INVALID_HANDLE);
    }
    let end = downcast(entry.object).map_err(|_| Win32Error::INVALID_FUNCTION)?;
    if entry.access & access == access { Ok(end) } else { Err(Win32Error::ACCESS_DENIED) }
}

/// What `GetNamedPipeInfo` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Information {
    /// Whether this is the server's end.
    pub server_end: bool,
    /// Whether messages are kept apart.
    pub messages: bool,
    /// How many bytes the server may have written that are unread.
    pub out_quota: u32,
    /// How many bytes the client may have written that are unread.
    pub in_quota: u32,
    /// The most instances there can be, 255 for no limit.
    pub most_instances: u32,
}

/// `GetNamedPipeInfo`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no file, `ERROR_INVALID_FUNCTION` for a file that is no
/// pipe, `ERROR_ACCESS_DENIED` for a handle without `FILE_READ_ATTRIBUTES`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-getnamedpipeinfo>
pub fn information(handle: Handle) -> Result<Information> {
    if let Some(pipe) = named::end_of(handle, FILE_READ_ATTRIBUTES)? {
        return Ok(pipe.information());
    }
    let end = end_of(handle, FILE_READ_ATTRIBUTES)?;
    let quota = end.quota();
    Ok(Information {
        server_end: !end.writes(),
        messages: false,
        out_quota: quota,
        in_quota: quota,
        most_instances: 1,
    })
}

/// What `FilePipeLocalInformation` tells beside [`Information`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// What does not change.
    pub information: Information,
    /// Whether clients may write, and whether the server may.
    pub directions: [bool; 2],
    /// How many instances there are.
    pub instances: u32,
    /// How many bytes can be read.
    pub incoming: u64,
    /// How many bytes the other end has not read yet.
    pub outgoing: u64,
    /// The connection, as this end sees it.
    pub state: ConnectionState,
}

/// Tells all there is to tell of the end of a pipe.
///
/// # Errors
/// As for [`information`].
pub fn local(handle: Handle) -> Result<Local> {
    if let Some(pipe) = named::end_of(handle, FILE_READ_ATTRIBUTES)? {
        return pipe.local();
    }
    let information = information(handle)?;
    let end = end_of(handle, FILE_READ_ATTRIBUTES)?;
    let (queued, alive) = end.queued_and_alive()?;
    let open = if alive { ConnectionState::Connected } else { ConnectionState::Closing };
    let (incoming, outgoing) = if end.writes() { (0, queued) } else { (queued, 0) };
    let instances = u32::from(!end.writes() || alive);
    Ok(Local { information, directions: [true, false], instances, incoming, outgoing, state: open })
}

/// Whether a handle is an end of a pipe.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no file.
pub fn is_pipe(handle: Handle) -> Result<bool> {
    if named::end_of(handle, 0)?.is_some() {
        return Ok(true);
    }
    match end_of(handle, 0) {
        Err(Win32Error::INVALID_FUNCTION) => Ok(false),
        other => other.map(|_| true),
    }
}

/// What `GetNamedPipeState` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// `PIPE_NOWAIT` and `PIPE_READMODE_MESSAGE`.
    pub mode: u32,
    /// How many instances there are.
    pub instances: u32,
}

/// The modes of a pipe's end, which cost less to find out than the rest of its [`state`].
///
/// # Errors
/// As for [`information`].
pub fn mode(handle: Handle) -> Result<u32> {
    if let Some(pipe) = named::end_of(handle, FILE_READ_ATTRIBUTES)? {
        return Ok(pipe.mode_word());
    }
    let end = end_of(handle, FILE_READ_ATTRIBUTES)?;
    Ok(if end.nowait() { PIPE_NOWAIT } else { 0 })
}

/// `GetNamedPipeState`.
///
/// # Errors
/// As for [`information`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-getnamedpipehandlestatew>
pub fn state(handle: Handle) -> Result<State> {
    if let Some(pipe) = named::end_of(handle, FILE_READ_ATTRIBUTES)? {
        return Ok(State { mode: pipe.mode_word(), instances: pipe.count_instances()? });
    }
    let end = end_of(handle, FILE_READ_ATTRIBUTES)?;
    let mode = if end.nowait() { PIPE_NOWAIT } else { 0 };
    let instances = u32::from(!end.writes() || end.has_readers()?);
    Ok(State { mode, instances })
}

/// `SetNamedPipeState`: sets the mode, if there is one to set.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no pipe, `ERROR_ACCESS_DENIED` for a handle without
/// `FILE_WRITE_ATTRIBUTES`, `ERROR_INVALID_PARAMETER` for `PIPE_READMODE_MESSAGE`, which a byte
/// pipe does not have, and for unknown modes.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-setnamedpipehandlestate>
pub fn set_mode(handle: Handle, mode: Option<u32>) -> Result<()> {
    if let Some(pipe) = named::end_of(handle, FILE_WRITE_ATTRIBUTES)? {
        return mode.map_or(Ok(()), |mode| pipe.change_mode(mode));
    }
    let end = end_of(handle, FILE_WRITE_ATTRIBUTES).map_err(|error| match error {
        Win32Error::INVALID_FUNCTION => Win32Error::INVALID_HANDLE,
        error => error,
    })?;
    match mode {
        None => Ok(()),
        Some(mode) if mode & !PIPE_NOWAIT != 0 => Err(Win32Error::INVALID_PARAMETER),
        Some(mode) => {
            end.set_nowait(mode != 0);
            Ok(())
        }
    }
}

/// `SetNamedPipeState` with a collection parameter, which a pipe of this machine has not.
///
/// # Errors
/// Always: `ERROR_INVALID_PARAMETER`, or those of [`set_mode`] for a handle that is none.
pub fn refuse_collecting(handle: Handle) -> Result<()> {
    set_mode(handle, None).and(Err(Win32Error::INVALID_PARAMETER))
}

/// `ConnectNamedPipe`, waiting for a client.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no file. `ERROR_INVALID_FUNCTION`: no server's end of a named pipe.
/// - `ERROR_PIPE_CONNECTED`: a client is there already.
/// - `ERROR_NO_DATA`: the last client has gone, and was not disconnected yet.
/// - `ERROR_PIPE_LISTENING`: no client yet, and the end does not wait. The first call after a
///   disconnection succeeds then: the end listens again.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-connectnamedpipe>
pub fn connect(handle: Handle) -> Result<()> {
    match named::end_of(handle, 0)? {
        Some(pipe) => pipe.connect(),
        None => end_of(handle, 0).and(Err(Win32Error::INVALID_FUNCTION)),
    }
}

/// `DisconnectNamedPipe`: takes the pipe from the client; what is unread is lost to both.
///
/// # Errors
/// `ERROR_INVALID_FUNCTION` for a client's end, `ERROR_PIPE_LISTENING` before a client came,
/// `ERROR_PIPE_NOT_CONNECTED` the second time; `ERROR_NOT_SUPPORTED` for an anonymous pipe, which
/// cannot be taken from the other end, and the errors of [`connect`] for what is no pipe.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-disconnectnamedpipe>
pub fn disconnect(handle: Handle) -> Result<()> {
    match named::end_of(handle, 0)? {
        Some(pipe) => pipe.disconnect(),
        None => end_of(handle, 0).and(Err(Win32Error::NOT_SUPPORTED)),
    }
}
