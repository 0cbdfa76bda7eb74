//! Reading and writing sections without mapping them.

use super::Section;
use crate::error::{Result, Win32Error};
use crate::handle::Handle;
use rustix::io::{Errno, pread, pwrite};
use windows_sys::Win32::System::Memory::{SECTION_MAP_READ, SECTION_MAP_WRITE};

/// Whether so many bytes from a place on are all in the section.
fn check(section: &Section, offset: u64, length: usize) -> Result<()> {
    let end = offset.checked_add(length as u64).filter(|&end| end <= section.size());
    end.map(drop).ok_or(Win32Error::INVALID_PARAMETER)
}

/// Copies bytes out of a section, as views show them at this moment.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no section. `ERROR_ACCESS_DENIED`: the handle may not read.
/// `ERROR_INVALID_PARAMETER`: they are not all in the section. `ERROR_HANDLE_EOF`: its file was cut
/// short.
pub fn read(handle: Handle, offset: u64, buffer: &mut [u8]) -> Result<()> {
    let (section, granted) = Section::of(handle)?;
    if granted & SECTION_MAP_READ == 0 {
        return Err(Win32Error::ACCESS_DENIED);
    }
    check(&section, offset, buffer.len())?;
    let mut done = 0;
    while done < buffer.len() {
        match pread(section.file(), &mut buffer[done..], offset + done as u64) {
            Ok(0) => return Err(Win32Error::HANDLE_EOF),
            Ok(count) => done += count,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Copies bytes into a section, where views show them at once.
///
/// # Errors
/// As for [`read`]; `ERROR_ACCESS_DENIED` also for a section that is not to be written.
pub fn write(handle: Handle, offset: u64, bytes: &[u8]) -> Result<()> {
    let (section, granted) = Section::of(handle)?;
    if granted & SECTION_MAP_WRITE == 0 || !section.is_writable() {
        return Err(Win32Error::ACCESS_DENIED);
    }
    check(&section, offset, bytes.len())?;
    let mut done = 0;
    while done < bytes.len() {
        match pwrite(section.file(), &bytes[done..], offset + done as u64) {
            Ok(0) => return Err(Win32Error::WRITE_FAULT),
            Ok(count) => done += count,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The size of a section in bytes.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no section.
pub fn size(handle: Handle) -> Result<u64> {
    Section::of(handle).map(|(section, _)| section.size())
}
