//! `ReadFile` and `WriteFile` with an `OVERLAPPED`.

use super::gate;
use super::{Completion, FileIo, Lane, Operation, Outcome};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::file::{self, ReadTarget, Transfer, WriteSource};
use crate::handle::Handle;
use crate::object::KernelObject;
use std::sync::Arc;
use windows_sys::Win32::Storage::FileSystem::{FILE_APPEND_DATA, FILE_READ_DATA, FILE_WRITE_DATA};

/// What became of a request that was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// It is done.
    Done(Transfer),
    /// It goes on: `ERROR_IO_PENDING`.
    Pending,
}

/// Before a caller is told that a request still goes on: sees to it that what another thread or
/// process has done for it before this is known.
pub fn catch_up() {
    crate::executive::catch_up();
}

/// `ReadFile` with an `OVERLAPPED`, `ReadFileEx`.
///
/// # Errors
/// As for [`file::read`]; `ERROR_INVALID_PARAMETER` when a routine is to be called, and the handle
/// is not overlapped or belongs to a completion port.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-readfile>
pub fn read(
    handle: Handle,
    mut target: Box<dyn ReadTarget + Send>,
    offset: u64,
    completion: Completion,
) -> Result<Started> {
    let (object, _) = file::stream_of(handle, FILE_READ_DATA)?;
    let stream = object.stream().ok_or(Win32Error::INVALID_HANDLE)?;
    let io = match overlapped(&*object, &completion)? {
        Some(io) if !stream.is_prompt() => io,
        io => return wait_for(io, completion, || stream.read(&mut *target, Some(offset))),
    };
    let operation = stream.read_operation(Arc::clone(&object), target, offset)?;
    io.submit(&object, Lane::Read, operation, completion)
}

/// `WriteFile` with an `OVERLAPPED`, `WriteFileEx`.
///
/// # Errors
/// As for [`file::write`], and as for [`read`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-writefile>
pub fn write(
    handle: Handle,
    source: Box<dyn WriteSource>,
    offset: u64,
    completion: Completion,
) -> Result<Started> {
    let (object, access) = file::stream_of(handle, FILE_WRITE_DATA | FILE_APPEND_DATA)?;
    // A handle that may only append does so wherever it is told to write.
    let offset = if access & FILE_WRITE_DATA == 0 { u64::MAX } else { offset };
    let stream = object.stream().ok_or(Win32Error::INVALID_HANDLE)?;
    let io = match overlapped(&*object, &completion)? {
        Some(io) if !stream.is_prompt() => io,
        io => {
            let write = || stream.write(source.bytes(), Some(offset)).map(Transfer::from);
            return wait_for(io, completion, write);
        }
    };
    let operation = stream.write_operation(Arc::clone(&object), source, offset)?;
    io.submit(&object, Lane::Write, operation, completion)
}

/// Begins any other operation on an object that can have requests in flight; on one that is not
/// overlapped, or without a completion, the caller is to do it itself.
///
/// # Errors
/// As for [`FileIo::submit`].
pub fn submit(
    object: &Arc<dyn KernelObject>,
    lane: Lane,
    operation: Box<dyn Operation>,
    completion: Completion,
) -> Result<Started> {
    let io = object.stream().and_then(|stream| stream.io()).ok_or(Win32Error::INVALID_HANDLE)?;
    io.submit(object, lane, operation, completion)
}

/// `SetFileCompletionNotificationModes`: adds to what is not told of a file's requests any more
/// (1: to the port, of what succeeds at once; 2: by the file's own signal).
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for other bits, `ERROR_INVALID_HANDLE` for what is no file.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setfilecompletionnotificationmodes>
pub fn set_notification_modes(handle: Handle, modes: u8) -> Result<()> {
    if modes & !3 != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let object = current().table().entry(handle)?.object;
    let stream = object.stream().ok_or(Win32Error::INVALID_HANDLE)?;
    if let Some(io) = stream.io() {
        io.add_modes(modes);
    }
    Ok(())
}

/// Where the requests of an object are, if it is overlapped.
fn overlapped<'a>(
    object: &'a dyn KernelObject,
    completion: &Completion,
) -> Result<Option<&'a FileIo>> {
    let io = object.stream().and_then(|stream| stream.io()).filter(|io| io.is_overlapped());
    if completion.has_routine() && io.is_none_or(FileIo::has_port) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    Ok(io)
}

/// Makes a call that is done when it returns, and tells a completion of it.
pub(crate) fn wait_for(
    io: Option<&FileIo>,
    completion: Completion,
    call: impl FnOnce() -> Result<Transfer>,
) -> Result<Started> {
    completion.begin();
    if let Some(io) = io {
        io.begin(&gate::enter());
    }
    let done = call();
    match done {
        Ok(_) => completion.tell(io, Outcome::from(done), true, &gate::enter()),
        // The end of a file is a result, which the status block has, but no success.
        Err(Win32Error::HANDLE_EOF) => {
            completion.tell(None, Outcome::from(done), true, &gate::enter());
        }
        // What failed at once tells only its caller.
        Err(_) => {}
    }
    done.map(Started::Done)
}
