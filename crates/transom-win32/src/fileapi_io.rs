//! `fileapi.h`: reading and writing, on handles of any kind of file. (Opening and naming files is
//! in a module of its own.)
//!
//! On a handle that was opened with `FILE_FLAG_OVERLAPPED`, an `OVERLAPPED` makes a request of the
//! call that goes on when the call has returned; on others it says where in a file to read or
//! write, and which event to set.

use crate::abi::{from_handle, or_else, same_signature, store_optional, succeeds};
use crate::overlapped::{Buffer, completion, is_readable, is_writable, started};
use std::mem::MaybeUninit;
use transom_kernel::file::{self, FileType, Transfer};
use transom_kernel::io::{self, Outcome};
use transom_kernel::{Result, Win32Error, last_error};
use windows_sys::Win32::Foundation::{ERROR_INVALID_USER_BUFFER, HANDLE};
use windows_sys::Win32::Storage::FileSystem::{self as official, FILE_TYPE};
use windows_sys::Win32::System::IO::{LPOVERLAPPED_COMPLETION_ROUTINE, OVERLAPPED};
use windows_sys::core::BOOL;

/// `ReadFile`: reads from a file, device or pipe.
///
/// `*read` is how many bytes, 0 on failure and at the end of a file. With an `OVERLAPPED` a file
/// on a disk is read at its `Offset`, and its `Internal`, `InternalHigh` and event tell of the
/// result, as does the completion port of an overlapped handle.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no file, or the event of `overlapped` is none.
/// - `ERROR_ACCESS_DENIED`: the handle may not read.
/// - `ERROR_IO_PENDING`: the request goes on.
/// - `ERROR_MORE_DATA`: the message is longer than the buffer, which is full.
/// - `ERROR_NOACCESS`: the buffer is not there. Nothing is taken from a pipe then.
/// - `ERROR_BROKEN_PIPE`: the pipe is empty and nobody is left to write.
/// - `ERROR_NO_DATA`: the pipe is empty and in the mode `PIPE_NOWAIT`.
/// - `ERROR_HANDLE_EOF`: the end of the file, with an `OVERLAPPED`.
/// - `ERROR_OPERATION_ABORTED`: another thread has ended the wait.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-readfile>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReadFile(
    file: HANDLE,
    buffer: *mut u8,
    size: u32,
    read: *mut u32,
    overlapped: *mut OVERLAPPED,
) -> BOOL {
    // SAFETY: `read` is NULL or writable, by the caller's contract.
    unsafe { store_optional(read, 0) };
    let done = from_handle(file).and_then(|file| {
        if !is_writable(buffer, size) {
            file::check_readable(file)?;
            return Err(Win32Error::NOACCESS);
        }
        if !overlapped.is_null() {
            // SAFETY: not NULL, so valid until the request is done, by the caller's contract.
            let (completion, offset) = unsafe { completion(overlapped, true) }?;
            // SAFETY: `buffer` holds `size` bytes until then, too.
            let buffer = Box::new(unsafe { Buffer::new(buffer, size) });
            return started(io::read(file, buffer, offset, completion)?);
        }
        let buffer: &mut [MaybeUninit<u8>] = match size {
            0 => &mut [],
            // SAFETY: `buffer` holds `size` bytes, by the caller's contract. Where it does not, it
            // is Linux that finds out: nothing here looks into it.
            _ => unsafe { std::slice::from_raw_parts_mut(buffer.cast(), size as usize) },
        };
        file::read(file, buffer, None)
    });
    // SAFETY: `read` is NULL or writable, by the caller's contract.
    succeeds(done.and_then(|done| unsafe { tell(done, read) }))
}
same_signature!(official::ReadFile, ReadFile, fn(_, _, _, _, _) -> _);

/// `WriteFile`: writes to a file, device or pipe.
///
/// `*written` is how many bytes, 0 on failure. With an `OVERLAPPED` a file on a disk is written at
/// its `Offset` (at its end, where all bits are set), and its `Internal`, `InternalHigh` and event
/// tell of the result, as does the completion port of an overlapped handle.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no file, or the event of `overlapped` is none.
/// - `ERROR_ACCESS_DENIED`: the handle may not write.
/// - `ERROR_IO_PENDING`: the request goes on.
/// - `ERROR_INVALID_USER_BUFFER`: the buffer is not there.
/// - `ERROR_NO_DATA`: nobody is left to read from the pipe.
/// - `ERROR_DISK_FULL`: there is no room.
/// - `ERROR_OPERATION_ABORTED`: another thread has ended the wait.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-writefile>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WriteFile(
    file: HANDLE,
    buffer: *const u8,
    size: u32,
    written: *mut u32,
    overlapped: *mut OVERLAPPED,
) -> BOOL {
    // SAFETY: `written` is NULL or writable, by the caller's contract.
    unsafe { store_optional(written, 0) };
    let done = from_handle(file).and_then(|file| {
        if !is_readable(buffer, size) {
            file::check_writable(file)?;
            return Err(Win32Error::NOACCESS);
        }
        if !overlapped.is_null() {
            // SAFETY: not NULL, so valid until the request is done, by the caller's contract.
            let (completion, offset) = unsafe { completion(overlapped, true) }?;
            // SAFETY: `buffer` holds `size` bytes until then, too; a write only reads it.
            let buffer = Box::new(unsafe { Buffer::new(buffer.cast_mut(), size) });
            return started(io::write(file, buffer, offset, completion)?);
        }
        let buffer: &[u8] = match size {
            0 => &[],
            // SAFETY: `buffer` holds `size` bytes, by the caller's contract. Where it does not, it
            // is Linux that finds out: nothing here looks into it.
            _ => unsafe { std::slice::from_raw_parts(buffer, size as usize) },
        };
        file::write(file, buffer, None).map(Transfer::from)
    });
    // SAFETY: `written` is NULL or writable, by the caller's contract.
    let done = done.and_then(|done| unsafe { tell(done, written) });
    succeeds(done.map_err(user_buffer))
}
same_signature!(official::WriteFile, WriteFile, fn(_, _, _, _, _) -> _);

/// What a write says of a buffer that is not there.
fn user_buffer(error: Win32Error) -> Win32Error {
    match error {
        Win32Error::NOACCESS => Win32Error::from_code(ERROR_INVALID_USER_BUFFER),
        error => error,
    }
}

/// Tells the count of what was moved.
///
/// # Errors
/// `ERROR_MORE_DATA` when that is not all of a message.
///
/// # Safety
/// `count` is NULL or writable, at any alignment.
unsafe fn tell(done: Transfer, count: *mut u32) -> Result<()> {
    // SAFETY: the same contract. The counts of Win32 fit: so did the size.
    unsafe { store_optional(count, u32::try_from(done.bytes).unwrap_or(u32::MAX)) };
    if done.more { Err(Win32Error::MORE_DATA) } else { Ok(()) }
}

/// `ReadFileEx`: reads from a file, device or pipe that was opened with `FILE_FLAG_OVERLAPPED`, and
/// has a routine called with the result when the calling thread next waits and is alertable. The
/// event of the `OVERLAPPED` is the program's own.
///
/// When it succeeds and the last error is `ERROR_MORE_DATA`, the message was longer than the
/// buffer.
///
/// # Errors
/// As for [`ReadFile`], without `ERROR_IO_PENDING`; and `ERROR_INVALID_PARAMETER`: there is no
/// routine, or the handle is not overlapped or belongs to a completion port.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-readfileex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReadFileEx(
    file: HANDLE,
    buffer: *mut u8,
    size: u32,
    overlapped: *mut OVERLAPPED,
    routine: LPOVERLAPPED_COMPLETION_ROUTINE,
) -> BOOL {
    let begun = from_handle(file).and_then(|file| {
        if !is_writable(buffer, size) {
            file::check_readable(file)?;
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: NULL or valid until the request is done, by the caller's contract.
        let (completion, offset) = unsafe { completion(overlapped, false) }?;
        let completion = completion.and_routine(called(routine, overlapped)?);
        // SAFETY: `buffer` holds `size` bytes until then, by the caller's contract.
        let buffer = Box::new(unsafe { Buffer::new(buffer, size) });
        io::read(file, buffer, offset, completion)
    });
    succeeds(begun.map(note_more))
}
same_signature!(official::ReadFileEx, ReadFileEx, fn(_, _, _, _, _) -> _);

/// `WriteFileEx`: as [`WriteFile`], to what was opened with `FILE_FLAG_OVERLAPPED`; a routine is
/// called as for [`ReadFileEx`].
///
/// # Errors
/// As for [`WriteFile`] and [`ReadFileEx`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-writefileex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WriteFileEx(
    file: HANDLE,
    buffer: *const u8,
    size: u32,
    overlapped: *mut OVERLAPPED,
    routine: LPOVERLAPPED_COMPLETION_ROUTINE,
) -> BOOL {
    let begun = from_handle(file).and_then(|file| {
        if !is_readable(buffer, size) {
            file::check_writable(file)?;
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: NULL or valid until the request is done, by the caller's contract.
        let (completion, offset) = unsafe { completion(overlapped, false) }?;
        let completion = completion.and_routine(called(routine, overlapped)?);
        // SAFETY: `buffer` holds `size` bytes until then, by the caller's contract; a write only
        // reads it.
        let buffer = Box::new(unsafe { Buffer::new(buffer.cast_mut(), size) });
        io::write(file, buffer, offset, completion)
    });
    succeeds(begun.map(note_more).map_err(user_buffer))
}
same_signature!(official::WriteFileEx, WriteFileEx, fn(_, _, _, _, _) -> _);

/// A caller's pointer that goes to its completion routine.
struct Context(*mut OVERLAPPED);

// SAFETY: the pointer is only handed to the routine, in the thread that gave it.
unsafe impl Send for Context {}

/// The call of a completion routine.
fn called(
    routine: LPOVERLAPPED_COMPLETION_ROUTINE,
    overlapped: *mut OVERLAPPED,
) -> Result<Box<dyn FnOnce(Outcome) + Send>> {
    let routine = routine.ok_or(Win32Error::INVALID_PARAMETER)?;
    let context = Context(overlapped);
    Ok(Box::new(move |outcome: Outcome| {
        // The whole of it moves into the closure.
        let context = context;
        let Context(overlapped) = context;
        let error = outcome.error.map_or(0, Win32Error::code);
        let bytes = u32::try_from(outcome.bytes).unwrap_or(u32::MAX);
        // SAFETY: the caller wants it called so, in its thread.
        unsafe { routine(error, bytes, overlapped) };
    }))
}

/// Leaves it to the last error to say that there is more of a message.
fn note_more(begun: io::Started) {
    let more = matches!(begun, io::Started::Done(done) if done.more);
    last_error::set(if more { Win32Error::MORE_DATA.code() } else { 0 });
}

/// `FlushFileBuffers`: waits until what was written to a file is on its medium, or what was
/// written to a pipe was read.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no file. `ERROR_ACCESS_DENIED`: the handle may not write.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-flushfilebuffers>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FlushFileBuffers(file: HANDLE) -> BOOL {
    succeeds(from_handle(file).and_then(file::flush))
}
same_signature!(official::FlushFileBuffers, FlushFileBuffers, fn(_) -> _);

/// `GetFileType`: whether a handle is to a file on a disk, a device or a pipe;
/// `FILE_TYPE_UNKNOWN` with a last error of 0 for other files, and on failure.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no file.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfiletype>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFileType(file: HANDLE) -> FILE_TYPE {
    let found = from_handle(file).and_then(file::file_type);
    if found == Ok(FileType::Unknown) {
        last_error::set(0);
    }
    or_else(found, FileType::Unknown) as FILE_TYPE
}
same_signature!(official::GetFileType, GetFileType, fn(_) -> _);
