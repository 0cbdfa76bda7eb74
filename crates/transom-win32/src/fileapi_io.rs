//! `fileapi.h`: reading and writing, on handles of any kind of file. (Opening and naming files is
//! in a module of its own.)
//!
//! All operations complete at once so far: an `OVERLAPPED` says where in a file to read or write,
//! and which event to set.

use crate::abi::{from_handle, load, or_else, same_signature, store, store_optional, succeeds};
use std::mem::{MaybeUninit, offset_of};
use transom_kernel::file::{self, FileType, Transfer};
use transom_kernel::handle::Handle;
use transom_kernel::sync::event;
use transom_kernel::{Result, Win32Error, last_error};
use windows_sys::Win32::Foundation::{
    ERROR_INVALID_USER_BUFFER, HANDLE, STATUS_BUFFER_OVERFLOW, STATUS_END_OF_FILE, STATUS_PENDING,
    STATUS_SUCCESS,
};
use windows_sys::Win32::Storage::FileSystem::{self as official, FILE_TYPE};
use windows_sys::Win32::System::IO::OVERLAPPED;
use windows_sys::core::BOOL;

/// `ReadFile`: reads from a file, device or pipe.
///
/// `*read` is how many bytes, 0 on failure and at the end of a file. With an `OVERLAPPED` a file
/// on a disk is read at its `Offset`, and its `Internal`, `InternalHigh` and event tell of the
/// result.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no file, or the event of `overlapped` is none.
/// - `ERROR_ACCESS_DENIED`: the handle may not read.
/// - `ERROR_NOACCESS`: the buffer is not there. Nothing is taken from a pipe then.
/// - `ERROR_BROKEN_PIPE`: the pipe is empty and nobody is left to write.
/// - `ERROR_NO_DATA`: the pipe is empty and in the mode `PIPE_NOWAIT`.
/// - `ERROR_HANDLE_EOF`: the end of the file, with an `OVERLAPPED`.
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
    let act = |file: Handle, offset: Option<u64>| {
        if buffer.is_null() && size != 0 {
            file::check_readable(file)?;
            return Err(Win32Error::NOACCESS);
        }
        let buffer: &mut [MaybeUninit<u8>] = match size {
            0 => &mut [],
            // SAFETY: `buffer` holds `size` bytes, by the caller's contract. Where it does not, it
            // is Linux that finds out: nothing here looks into it.
            _ => unsafe { std::slice::from_raw_parts_mut(buffer.cast(), size as usize) },
        };
        file::read(file, buffer, offset)
    };
    // SAFETY: `overlapped` and `read` are NULL or valid, by the caller's contract.
    succeeds(unsafe { transfer(file, overlapped, read, act) })
}
same_signature!(official::ReadFile, ReadFile, fn(_, _, _, _, _) -> _);

/// `WriteFile`: writes to a file, device or pipe.
///
/// `*written` is how many bytes, 0 on failure. With an `OVERLAPPED` a file on a disk is written at
/// its `Offset` (at its end, where all bits are set), and its `Internal`, `InternalHigh` and event
/// tell of the result.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no file, or the event of `overlapped` is none.
/// - `ERROR_ACCESS_DENIED`: the handle may not write.
/// - `ERROR_INVALID_USER_BUFFER`: the buffer is not there.
/// - `ERROR_NO_DATA`: nobody is left to read from the pipe.
/// - `ERROR_DISK_FULL`: there is no room.
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
    let act = |file: Handle, offset: Option<u64>| {
        if buffer.is_null() && size != 0 {
            file::check_writable(file)?;
            return Err(Win32Error::NOACCESS);
        }
        let buffer: &[u8] = match size {
            0 => &[],
            // SAFETY: `buffer` holds `size` bytes, by the caller's contract. Where it does not, it
            // is Linux that finds out: nothing here looks into it.
            _ => unsafe { std::slice::from_raw_parts(buffer, size as usize) },
        };
        file::write(file, buffer, offset).map(Transfer::from)
    };
    // SAFETY: `overlapped` and `written` are NULL or valid, by the caller's contract.
    let done = unsafe { transfer(file, overlapped, written, act) };
    succeeds(done.map_err(|error| match error {
        Win32Error::NOACCESS => Win32Error::from_code(ERROR_INVALID_USER_BUFFER),
        error => error,
    }))
}
same_signature!(official::WriteFile, WriteFile, fn(_, _, _, _, _) -> _);

/// Reads or writes, and tells the count and an `OVERLAPPED` of it.
///
/// # Safety
/// `overlapped` and `count` are NULL or valid, at any alignment.
unsafe fn transfer(
    file: HANDLE,
    overlapped: *mut OVERLAPPED,
    count: *mut u32,
    act: impl FnOnce(Handle, Option<u64>) -> Result<Transfer>,
) -> Result<()> {
    let file = from_handle(file)?;
    // SAFETY: the same contract.
    let request = unsafe { load(overlapped.cast_const()) };
    let done = match request {
        None => act(file, None),
        // SAFETY: not NULL, so valid.
        Some(request) => unsafe { overlap(file, overlapped, request, act) },
    };
    let done = done?;
    // SAFETY: NULL or writable, by the contract. The counts of Win32 fit: so did the size.
    unsafe { store_optional(count, u32::try_from(done.bytes).unwrap_or(u32::MAX)) };
    if done.more { Err(Win32Error::MORE_DATA) } else { Ok(()) }
}

/// The status an `OVERLAPPED` carries, as its field has it.
const fn status(status: i32) -> usize {
    status.cast_unsigned() as usize
}

/// Reads or writes as an `OVERLAPPED` asks, and fills it.
///
/// # Safety
/// `place` is valid, at any alignment.
unsafe fn overlap(
    file: Handle,
    place: *mut OVERLAPPED,
    request: OVERLAPPED,
    act: impl FnOnce(Handle, Option<u64>) -> Result<Transfer>,
) -> Result<Transfer> {
    let internal: *mut usize = place.wrapping_byte_add(offset_of!(OVERLAPPED, Internal)).cast();
    let internal_high: *mut usize =
        place.wrapping_byte_add(offset_of!(OVERLAPPED, InternalHigh)).cast();
    // SAFETY: all bits of the union may be read as two numbers.
    let offset = unsafe { request.Anonymous.Anonymous };
    let offset = u64::from(offset.OffsetHigh) << 32 | u64::from(offset.Offset);
    let signal = match request.hEvent.is_null() {
        true => None,
        false => Some(from_handle(request.hEvent)?),
    };
    if let Some(signal) = signal {
        event::reset(signal)?;
    }
    // SAFETY: a field of the valid structure.
    unsafe { store(internal, status(STATUS_PENDING)) }?;
    let done = act(file, Some(offset));
    let (outcome, count) = match done {
        Ok(Transfer { bytes, more: false }) => (STATUS_SUCCESS, bytes),
        Ok(Transfer { bytes, more: true }) => (STATUS_BUFFER_OVERFLOW, bytes),
        Err(Win32Error::HANDLE_EOF) => (STATUS_END_OF_FILE, 0),
        // An operation that failed at once tells only its caller.
        Err(_) => return done,
    };
    // SAFETY: a field of the valid structure.
    unsafe { store(internal_high, count) }?;
    // SAFETY: a field of the valid structure.
    unsafe { store(internal, status(outcome)) }?;
    if let Some(signal) = signal {
        // The operation is done, whatever became of the event meanwhile.
        let _ = event::set(signal);
    }
    done
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
