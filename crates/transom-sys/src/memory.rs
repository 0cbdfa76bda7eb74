//! Address space: memory that is reserved, and files that are mapped, at addresses that programs
//! know as plain numbers.
//!
//! A value here owns its addresses. Nothing in it leads to the memory: whoever makes a pointer of an
//! address answers for it.

use crate::reachable;
use rustix::mm::{MapFlags, MprotectFlags, MsyncFlags, ProtFlags, mmap, mmap_anonymous, mprotect};
use std::ffi::c_void;
use std::io;
use std::os::fd::AsFd;

/// What may be done with pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Reading.
    pub read: bool,
    /// Writing.
    pub write: bool,
    /// Executing.
    pub execute: bool,
}

impl Access {
    fn of_mapping(self) -> ProtFlags {
        let mut flags = ProtFlags::empty();
        flags.set(ProtFlags::READ, self.read);
        flags.set(ProtFlags::WRITE, self.write);
        flags.set(ProtFlags::EXEC, self.execute);
        flags
    }

    fn of_change(self) -> MprotectFlags {
        let mut flags = MprotectFlags::empty();
        flags.set(MprotectFlags::READ, self.read);
        flags.set(MprotectFlags::WRITE, self.write);
        flags.set(MprotectFlags::EXEC, self.execute);
        flags
    }
}

/// Where new addresses are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Wherever, at a multiple of this.
    Aligned(usize),
    /// Exactly here, and only if nothing is there.
    At(usize),
}

/// A range of addresses that is this process's until it is dropped.
#[derive(Debug)]
pub struct Range {
    start: usize,
    length: usize,
}

fn pointer(address: usize) -> *mut c_void {
    std::ptr::with_exposed_provenance_mut(address)
}

/// Takes a range of addresses without memory.
fn take(place: Place, length: usize) -> io::Result<Range> {
    const NOTHING: ProtFlags = ProtFlags::empty();
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
    match place {
        Place::At(start) => {
            let flags = flags | MapFlags::FIXED_NOREPLACE;
            // SAFETY: a mapping that replaces none disturbs no other memory.
            let found = unsafe { mmap_anonymous(pointer(start), length, NOTHING, flags) }?;
            let range = Range { start: found.expose_provenance(), length };
            if range.start == start { Ok(range) } else { Err(io::ErrorKind::AddrInUse.into()) }
        }
        Place::Aligned(unit) => {
            let more = length.checked_add(unit).ok_or(io::ErrorKind::OutOfMemory)?;
            // SAFETY: a new mapping at an address of the kernel's choice disturbs no other memory.
            let found = unsafe { mmap_anonymous(pointer(0), more, NOTHING, flags) }?;
            let (first, end) = (found.expose_provenance(), found.addr() + more);
            let start = first.next_multiple_of(unit);
            // What is before and behind goes back.
            for (from, to) in [(first, start), (start + length, end)] {
                drop(Range { start: from, length: to - from });
            }
            Ok(Range { start, length })
        }
    }
}

impl Range {
    /// Reserves addresses. They lead to no memory yet.
    ///
    /// # Errors
    /// What `mmap(2)` reports.
    pub fn reserve(place: Place, length: usize) -> io::Result<Self> {
        take(place, length)
    }

    /// Maps a part of a file, shared with whoever else maps it or, if `private`, copied as soon as it
    /// is written to.
    ///
    /// # Errors
    /// What `mmap(2)` reports.
    pub fn map(
        place: Place,
        length: usize,
        file: impl AsFd,
        offset: u64,
        access: Access,
        private: bool,
    ) -> io::Result<Self> {
        let range = take(place, length)?;
        let flags = if private { MapFlags::PRIVATE } else { MapFlags::SHARED };
        let (start, access) = (pointer(range.start), access.of_mapping());
        // SAFETY: the range was just taken, and nobody has a reference into it.
        unsafe { mmap(start, length, access, flags | MapFlags::FIXED, file, offset) }?;
        Ok(range)
    }

    /// The first address.
    #[must_use]
    pub const fn start(&self) -> usize {
        self.start
    }

    /// How many bytes it spans.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }

    fn part(&self, offset: usize, length: usize) -> io::Result<*mut c_void> {
        let end = offset.checked_add(length).filter(|&end| end <= self.length);
        end.map(|_| pointer(self.start + offset)).ok_or(io::ErrorKind::InvalidInput.into())
    }

    /// Changes what may be done with a part. Nobody in Rust has a reference there: only pointers
    /// made of addresses lead to it.
    ///
    /// # Errors
    /// What `mprotect(2)` reports.
    pub fn protect(&self, offset: usize, length: usize, access: Access) -> io::Result<()> {
        let start = self.part(offset, length)?;
        // SAFETY: the part is inside of what this value owns.
        unsafe { mprotect(start, length, access.of_change()) }?;
        reachable::forget();
        Ok(())
    }

    /// Takes the memory of a part away, and leaves its addresses reserved.
    ///
    /// # Errors
    /// What `mmap(2)` reports.
    pub fn decommit(&self, offset: usize, length: usize) -> io::Result<()> {
        let start = self.part(offset, length)?;
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED;
        // SAFETY: the part is inside of what this value owns.
        unsafe { mmap_anonymous(start, length, ProtFlags::empty(), flags) }?;
        reachable::forget();
        Ok(())
    }

    /// Hands what was written to a part over to the file.
    ///
    /// # Errors
    /// What `msync(2)` reports.
    pub fn flush(&self, offset: usize, length: usize) -> io::Result<()> {
        let start = self.part(offset, length)?;
        // SAFETY: the part is inside of what this value owns.
        Ok(unsafe { rustix::mm::msync(start, length, MsyncFlags::ASYNC) }?)
    }

    /// Keeps a part in memory, or no longer.
    ///
    /// # Errors
    /// What `mlock(2)` and `munlock(2)` report.
    pub fn lock(&self, offset: usize, length: usize, locked: bool) -> io::Result<()> {
        let start = self.part(offset, length)?;
        if locked {
            // SAFETY: locking changes nothing that a program can see in its memory.
            unsafe { rustix::mm::mlock(start, length) }?;
        } else {
            // SAFETY: as above.
            unsafe { rustix::mm::munlock(start, length) }?;
        }
        Ok(())
    }
}

impl Drop for Range {
    fn drop(&mut self) {
        if self.length != 0 {
            // SAFETY: exactly what this value owns; whoever made pointers of the addresses has
            // given them up. It cannot fail for such a range.
            let _ = unsafe { rustix::mm::munmap(pointer(self.start), self.length) };
            reachable::forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Access, Place, Range};

    #[test]
    fn a_range_is_where_it_was_asked_for_and_writable_where_committed() -> std::io::Result<()> {
        let range = Range::reserve(Place::Aligned(65536), 3 * 65536)?;
        assert!(range.start().is_multiple_of(65536));
        assert!(Range::reserve(Place::At(range.start()), 4096).is_err());
        let access = Access { read: true, write: true, execute: false };
        range.protect(65536, 4096, access)?;
        let place = std::ptr::with_exposed_provenance_mut::<u8>(range.start() + 65536);
        // SAFETY: the page was just made readable and writable, and is nobody else's.
        unsafe { place.write(7) };
        // SAFETY: as above.
        assert_eq!(unsafe { place.read() }, 7);
        range.decommit(65536, 4096)?;
        range.protect(65536, 4096, access)?;
        // SAFETY: as above.
        assert_eq!(unsafe { place.read() }, 0);
        assert!(range.protect(65536 * 3, 4096, access).is_err());
        let start = range.start();
        drop(range);
        assert_eq!(Range::reserve(Place::At(start), 4096)?.start(), start);
        Ok(())
    }
}
