//! Views: sections in a process's memory.

use super::object::{Section, is_executable};
use crate::error::{Result, Win32Error};
use crate::handle::Handle;
use crate::memory::{GRANULARITY, PAGE, Region, access_of, insert_view};
use transom_sys::memory::{Access, Place, Range};
use windows_sys::Win32::System::Memory as win;

/// What `MapViewOfFileEx` takes besides the section.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// `FILE_MAP_...`.
    pub access: u32,
    /// Where in the section it begins.
    pub offset: u64,
    /// How many bytes it shows; 0 for all up to the end.
    pub length: usize,
    /// Where in memory it is to be; 0 for anywhere.
    pub address: usize,
}

/// `FILE_MAP_EXECUTE`.
const EXECUTE: u32 = win::SECTION_MAP_EXECUTE_EXPLICIT;

/// How a view is protected, and which right of the handle it needs.
fn protection_of(access: u32) -> Result<(u32, u32)> {
    let executes = access & EXECUTE != 0;
    let (plain, executable, right) = if access & win::FILE_MAP_WRITE != 0 {
        (win::PAGE_READWRITE, win::PAGE_EXECUTE_READWRITE, win::SECTION_MAP_WRITE)
    } else if access & (win::FILE_MAP_READ | win::FILE_MAP_COPY) == win::FILE_MAP_COPY {
        (win::PAGE_WRITECOPY, win::PAGE_EXECUTE_WRITECOPY, win::SECTION_MAP_READ)
    } else if access & win::FILE_MAP_READ != 0 || executes {
        (win::PAGE_READONLY, win::PAGE_EXECUTE_READ, win::SECTION_MAP_READ)
    } else {
        return Err(Win32Error::INVALID_PARAMETER);
    };
    Ok(if executes { (executable, right | win::SECTION_MAP_EXECUTE) } else { (plain, right) })
}

/// `MapViewOfFileEx`: shows a part of a section in memory; where it begins.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no section. `ERROR_INVALID_PARAMETER`: no access is asked for.
/// - `ERROR_ACCESS_DENIED`: the handle or the section's protection does not allow it, or the part is
///   not all in the section.
/// - `ERROR_MAPPED_ALIGNMENT`: offset or address are no multiple of 65536.
/// - `ERROR_INVALID_ADDRESS`: something is at this address. `ERROR_NOT_ENOUGH_MEMORY`: there is no
///   room.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-mapviewoffileex>
pub fn map(handle: Handle, view: View) -> Result<usize> {
    let (section, granted) = Section::of(handle)?;
    let (protection, right) = protection_of(view.access)?;
    let writes = right & win::SECTION_MAP_WRITE != 0;
    let executes = right & win::SECTION_MAP_EXECUTE != 0;
    if granted & right != right
        || writes && !section.is_writable()
        || executes && !is_executable(section.protection())
    {
        return Err(Win32Error::ACCESS_DENIED);
    }
    if !view.offset.is_multiple_of(GRANULARITY as u64) || !view.address.is_multiple_of(GRANULARITY)
    {
        return Err(Win32Error::MAPPED_ALIGNMENT);
    }
    let left = section.size().checked_sub(view.offset).filter(|&left| left != 0);
    let left = left.ok_or(Win32Error::ACCESS_DENIED)?;
    let length = match view.length as u64 {
        0 => left,
        length if length <= left => length,
        _ => return Err(Win32Error::ACCESS_DENIED),
    };
    let length = usize::try_from(length).ok().and_then(|l| l.checked_next_multiple_of(PAGE));
    let length = length.ok_or(Win32Error::NOT_ENOUGH_MEMORY)?;
    let access = access_of(protection)?;
    let copies = protection & (win::PAGE_WRITECOPY | win::PAGE_EXECUTE_WRITECOPY) != 0;
    let most = Access {
        read: true,
        write: copies || section.is_writable() && granted & win::SECTION_MAP_WRITE != 0,
        execute: is_executable(section.protection()),
    };
    let place = match view.address {
        0 => Place::Aligned(GRANULARITY),
        address => Place::At(address),
    };
    let range = Range::map(place, length, section.file(), view.offset, access, copies);
    let range = range.map_err(|error| {
        match error.raw_os_error().map(rustix::io::Errno::from_raw_os_error) {
            Some(rustix::io::Errno::ACCESS | rustix::io::Errno::PERM) => Win32Error::ACCESS_DENIED,
            Some(rustix::io::Errno::EXIST) => Win32Error::INVALID_ADDRESS,
            _ if view.address != 0 => Win32Error::INVALID_ADDRESS,
            _ => Win32Error::NOT_ENOUGH_MEMORY,
        }
    })?;
    Ok(insert_view(Region::view(range, protection, most)))
}
