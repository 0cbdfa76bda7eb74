//! The regions of this process, and what programs do with them.

use super::maps::{around, mappings};
use super::protection::{access_of, copies};
use super::region::{Kind, Region};
use super::{GRANULARITY, PAGE};
use crate::error::{Result, Win32Error};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use transom_sys::memory::{Place, Range};
use windows_sys::Win32::System::Memory as win;

// Not in windows-sys.
const MEM_PHYSICAL: u32 = 0x0040_0000;
const MEM_TOP_DOWN: u32 = 0x0010_0000;
const MEM_WRITE_WATCH: u32 = 0x0020_0000;

static REGIONS: Mutex<BTreeMap<usize, Region>> = Mutex::new(BTreeMap::new());

fn regions() -> MutexGuard<'static, BTreeMap<usize, Region>> {
    REGIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The regions, locked around a `fork` and while a thread is stopped.
pub(crate) struct Frozen(
    #[expect(dead_code, reason = "it is held")] MutexGuard<'static, BTreeMap<usize, Region>>,
);

pub(crate) fn freeze() -> Frozen {
    Frozen(regions())
}

/// The region an address is in.
fn region_of(regions: &mut BTreeMap<usize, Region>, address: usize) -> Result<&mut Region> {
    let (_, region) =
        regions.range_mut(..=address).next_back().ok_or(Win32Error::INVALID_ADDRESS)?;
    if region.contains(address, 1) { Ok(region) } else { Err(Win32Error::INVALID_ADDRESS) }
}

/// The region that all of these addresses are in.
fn region_around(
    regions: &mut BTreeMap<usize, Region>,
    address: usize,
    length: usize,
) -> Result<&mut Region> {
    let region = region_of(regions, address)?;
    if region.contains(address, length) { Ok(region) } else { Err(Win32Error::INVALID_ADDRESS) }
}

/// `VirtualAlloc`: reserves addresses, gives them memory, or both; where they begin.
///
/// # Errors
/// - `ERROR_INVALID_PARAMETER`: no size, an unknown type or protection, or an address beyond what
///   programs have.
/// - `ERROR_INVALID_ADDRESS`: something is there already, or nothing is reserved there.
/// - `ERROR_NOT_ENOUGH_MEMORY`: there is none.
/// - `ERROR_PRIVILEGE_NOT_HELD` for large pages, `ERROR_NOT_SUPPORTED` for physical memory, watched
///   writes and guard pages.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtualalloc>
pub fn allocate(address: usize, size: usize, how: u32, protection: u32) -> Result<usize> {
    const HOW: u32 =
        win::MEM_COMMIT | win::MEM_RESERVE | MEM_TOP_DOWN | win::MEM_RESET | win::MEM_RESET_UNDO;
    if how & win::MEM_LARGE_PAGES != 0 {
        return Err(Win32Error::PRIVILEGE_NOT_HELD);
    }
    if how & (MEM_WRITE_WATCH | MEM_PHYSICAL) != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    let end = address.checked_add(size).filter(|&end| end <= 1 << 47);
    let end = end.ok_or(Win32Error::INVALID_PARAMETER)?;
    if size == 0 || how & !HOW != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    access_of(protection)?;
    if copies(protection) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let mut regions = regions();
    if how & (win::MEM_RESET | win::MEM_RESET_UNDO) != 0 {
        // What it allows, to forget what is in the pages, nobody has to do.
        if how & (win::MEM_COMMIT | win::MEM_RESERVE) != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        region_around(&mut regions, address, size)?;
        return Ok(address / PAGE * PAGE);
    }
    let (commits, reserves) = (how & win::MEM_COMMIT != 0, how & win::MEM_RESERVE != 0);
    if !commits && !reserves {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if !reserves && address != 0 {
        region_around(&mut regions, address, size)?.commit(address, size, protection)?;
        return Ok(address / PAGE * PAGE);
    }
    let (place, start) = match address {
        0 => (Place::Aligned(GRANULARITY), 0),
        address => {
            let start = address / GRANULARITY * GRANULARITY;
            (Place::At(start), start)
        }
    };
    let length = (end - start).next_multiple_of(PAGE);
    let range = Range::reserve(place, length).map_err(|error| match (error.kind(), place) {
        (std::io::ErrorKind::OutOfMemory, _) | (_, Place::Aligned(_)) => {
            Win32Error::NOT_ENOUGH_MEMORY
        }
        _ => Win32Error::INVALID_ADDRESS,
    })?;
    let start = range.start();
    let mut region = Region::reserved(range, protection);
    if commits {
        region.commit(start, length, protection)?;
    }
    regions.insert(start, region);
    Ok(start)
}

/// `VirtualFree`: takes memory away (`MEM_DECOMMIT`), or the addresses with it (`MEM_RELEASE`).
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for another type, or a size with `MEM_RELEASE`;
/// `ERROR_INVALID_ADDRESS` where nothing was reserved, or not from there on.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtualfree>
pub fn free(address: usize, size: usize, how: u32) -> Result<()> {
    let mut regions = regions();
    match how {
        win::MEM_RELEASE if size != 0 => Err(Win32Error::INVALID_PARAMETER),
        win::MEM_RELEASE => {
            let region = region_of(&mut regions, address)?;
            let start = region.range().start();
            if region.kind() != Kind::Private || address / PAGE * PAGE != start {
                return Err(Win32Error::INVALID_ADDRESS);
            }
            regions.remove(&start);
            Ok(())
        }
        win::MEM_DECOMMIT => {
            let region = region_of(&mut regions, address)?;
            let size = match size {
                0 if region.range().start() == address => region.range().length(),
                0 => return Err(Win32Error::INVALID_ADDRESS),
                size => size,
            };
            region_around(&mut regions, address, size)?.decommit(address, size)
        }
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}

/// `VirtualProtect`: protects pages otherwise; how the first one was protected before.
///
/// # Errors
/// `ERROR_INVALID_ADDRESS` for what is not memory of `VirtualAlloc`'s or a view, in one piece;
/// `ERROR_INVALID_PARAMETER` for a protection that is none or not for this memory.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtualprotect>
pub fn protect(address: usize, size: usize, protection: u32) -> Result<u32> {
    if size == 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    region_around(&mut regions(), address, size)?.protect(address, size, protection)
}

/// `VirtualLock`, `VirtualUnlock`: keeps pages in memory, or no longer.
///
/// # Errors
/// `ERROR_INVALID_ADDRESS` for what is not committed, and what Linux says.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtuallock>
pub fn lock(address: usize, size: usize, locked: bool) -> Result<()> {
    region_around(&mut regions(), address, size)?.lock(address, size, locked)
}

/// Enters a view of a section; where it begins.
pub(crate) fn insert_view(region: Region) -> usize {
    let start = region.range().start();
    regions().insert(start, region);
    start
}

/// `UnmapViewOfFile`: takes the view that an address is in away.
///
/// # Errors
/// `ERROR_INVALID_ADDRESS` where there is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-unmapviewoffile>
pub fn unmap_view(address: usize) -> Result<()> {
    let mut regions = regions();
    let region = region_of(&mut regions, address)?;
    if region.kind() == Kind::Private {
        return Err(Win32Error::INVALID_ADDRESS);
    }
    let start = region.range().start();
    regions.remove(&start);
    Ok(())
}

/// `FlushViewOfFile`: hands what was written over to the file. No size is all up to the view's end.
///
/// # Errors
/// `ERROR_INVALID_ADDRESS` where no view is, or not that much of one.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-flushviewoffile>
pub fn flush_view(address: usize, size: usize) -> Result<()> {
    let mut regions = regions();
    let region = region_of(&mut regions, address)?;
    if region.kind() == Kind::Private {
        return Err(Win32Error::INVALID_ADDRESS);
    }
    region.flush(address, size)
}

/// What `VirtualQuery` tells of neighbouring pages in the same state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Information {
    /// The first of them.
    pub base: usize,
    /// The first of what was reserved at once; 0 for what is free.
    pub allocation_base: usize,
    /// How it was protected then.
    pub allocation_protection: u32,
    /// How many bytes the pages have.
    pub size: usize,
    /// `MEM_COMMIT`, `MEM_RESERVE` or `MEM_FREE`.
    pub state: u32,
    /// How they are protected; 0 for what is only reserved.
    pub protection: u32,
    /// `MEM_PRIVATE`, `MEM_MAPPED`, `MEM_IMAGE`; 0 for what is free.
    pub kind: u32,
}

/// `VirtualQuery`: tells of the page of an address, and those behind it in the same state.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an address that no program has.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-virtualquery>
pub fn query(address: usize) -> Result<Information> {
    if address >= 1 << 47 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let base = address / PAGE * PAGE;
    if let Ok(region) = region_of(&mut regions(), address)
        && let Some((_, end, protection)) = region.run_at(base)
    {
        let kind = if region.kind() == Kind::Private { win::MEM_PRIVATE } else { win::MEM_MAPPED };
        return Ok(Information {
            base,
            allocation_base: region.range().start(),
            allocation_protection: region.initial(),
            size: end - base,
            state: if protection.is_some() { win::MEM_COMMIT } else { win::MEM_RESERVE },
            protection: protection.unwrap_or(0),
            kind,
        });
    }
    Ok(match around(&mappings(), base) {
        Ok((mapping, allocation_base)) => Information {
            base,
            allocation_base,
            allocation_protection: mapping.protection,
            size: mapping.end - base,
            state: win::MEM_COMMIT,
            protection: mapping.protection,
            kind: mapping.kind,
        },
        Err((_, end)) => Information {
            base,
            size: end.saturating_sub(base),
            state: win::MEM_FREE,
            protection: win::PAGE_NOACCESS,
            ..Information::default()
        },
    })
}
