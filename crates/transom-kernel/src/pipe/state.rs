//! What the `NamedPipe` functions ask of the end of an anonymous pipe, and tell it.
//!
//! On Windows an anonymous pipe is a named one without a name, whose server end is the read end.

use super::PipeEnd;
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
    /// The quota in bytes, in both directions.
    pub quota: u32,
    /// The most instances there can be.
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
    let end = end_of(handle, FILE_READ_ATTRIBUTES)?;
    Ok(Information { server_end: !end.writes(), quota: end.quota(), most_instances: 1 })
}

/// What `GetNamedPipeHandleState` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// `PIPE_NOWAIT`, or 0.
    pub mode: u32,
    /// How many server ends there are.
    pub instances: u32,
}

/// `GetNamedPipeHandleState`.
///
/// # Errors
/// As for [`information`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-getnamedpipehandlestatew>
pub fn state(handle: Handle) -> Result<State> {
    let end = end_of(handle, FILE_READ_ATTRIBUTES)?;
    let mode = if end.nowait() { PIPE_NOWAIT } else { 0 };
    let instances = u32::from(!end.writes() || end.has_readers()?);
    Ok(State { mode, instances })
}

/// `SetNamedPipeHandleState`: sets the mode, if there is one to set.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no pipe, `ERROR_ACCESS_DENIED` for a handle without
/// `FILE_WRITE_ATTRIBUTES`, `ERROR_INVALID_PARAMETER` for `PIPE_READMODE_MESSAGE`, which a byte
/// pipe does not have, and for unknown modes.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-setnamedpipehandlestate>
pub fn set_mode(handle: Handle, mode: Option<u32>) -> Result<()> {
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

/// `ConnectNamedPipe`: there is nothing to connect to.
///
/// # Errors
/// Always: `ERROR_INVALID_FUNCTION`, or `ERROR_INVALID_HANDLE` for what is no file.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-connectnamedpipe>
pub fn connect(handle: Handle) -> Result<()> {
    end_of(handle, 0)?;
    Err(Win32Error::INVALID_FUNCTION)
}

/// `DisconnectNamedPipe`: an anonymous pipe cannot be taken from the other end; closing does
/// that.
///
/// # Errors
/// Always: `ERROR_NOT_SUPPORTED`, or those of [`connect`] for what is no pipe.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-disconnectnamedpipe>
pub fn disconnect(handle: Handle) -> Result<()> {
    end_of(handle, 0)?;
    Err(Win32Error::NOT_SUPPORTED)
}
