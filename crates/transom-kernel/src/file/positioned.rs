//! Reading and writing at a place: what an `OVERLAPPED` means on a handle whose operations are
//! synchronous.
//!
//! The place counts for files on a disk; pipes and devices have none. The file pointer moves
//! along, as on Windows.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/fileio/synchronous-and-asynchronous-i-o>

use super::stream::stream_of;
use super::{File, FileType};
use crate::error::{Result, Win32Error};
use crate::handle::Handle;
use crate::object::{KernelObject, downcast_ref};
use rustix::fs::{SeekFrom, fstat, seek};
use std::mem::MaybeUninit;
use windows_sys::Win32::Storage::FileSystem::{FILE_APPEND_DATA, FILE_READ_DATA, FILE_WRITE_DATA};

/// The place that means "at the end", for writing.
pub const END_OF_FILE: u64 = u64::MAX;

/// `ReadFile` with an `OVERLAPPED`.
///
/// # Errors
/// Those of [`read`](super::read); `ERROR_HANDLE_EOF` at the end of a file on a disk, and
/// `ERROR_INVALID_PARAMETER` for a place that no such file can have.
pub fn read(handle: Handle, mut buffer: &mut [MaybeUninit<u8>], offset: u64) -> Result<usize> {
    let object = stream_of(handle, FILE_READ_DATA)?;
    let stream = object.stream().ok_or(Win32Error::INVALID_HANDLE)?;
    if stream.file_type() != FileType::Disk {
        return stream.read(&mut buffer, None);
    }
    let place = check(offset)?;
    let length = buffer.len();
    let count = stream.read(&mut buffer, Some(place))?;
    move_pointer(&*object, place, count)?;
    if count == 0 && length != 0 { Err(Win32Error::HANDLE_EOF) } else { Ok(count) }
}

/// `WriteFile` with an `OVERLAPPED`.
///
/// # Errors
/// Those of [`write`](super::write); `ERROR_INVALID_PARAMETER` for a place that no file on a disk
/// can have.
pub fn write(handle: Handle, buffer: &[u8], offset: u64) -> Result<usize> {
    let object = stream_of(handle, FILE_WRITE_DATA | FILE_APPEND_DATA)?;
    let stream = object.stream().ok_or(Win32Error::INVALID_HANDLE)?;
    if stream.file_type() != FileType::Disk {
        return stream.write(buffer, None);
    }
    let place = match (offset, downcast_ref::<File>(&*object)) {
        (END_OF_FILE, Ok(file)) => fstat(file.fd())?.st_size.cast_unsigned(),
        _ => check(offset)?,
    };
    let count = stream.write(buffer, Some(place))?;
    move_pointer(&*object, place, count)?;
    Ok(count)
}

/// Linux counts places in files in 63 bits.
fn check(offset: u64) -> Result<u64> {
    i64::try_from(offset).map(|_| offset).map_err(|_| Win32Error::INVALID_PARAMETER)
}

fn move_pointer(object: &dyn KernelObject, place: u64, count: usize) -> Result<()> {
    if let Ok(file) = downcast_ref::<File>(object) {
        seek(file.fd(), SeekFrom::Start(place.saturating_add(count as u64)))?;
    }
    Ok(())
}
