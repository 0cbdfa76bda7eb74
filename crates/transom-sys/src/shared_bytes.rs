//! Memory shared with a process that is not trusted: words at its beginning, and rings of bytes.
//!
//! Two ways lead in. Words are atomics. Bytes are copied in and out: no reference to them ever
//! exists, so nothing here believes that they stay as they are. If another process writes while
//! they are copied, the copy holds some mixture of old and new; whoever reads checks what the
//! bytes mean after they are copied, and never looks at the original a second time.

use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use std::ffi::c_void;
use std::io;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

const PAGE: usize = 4096;
const WORD: usize = size_of::<AtomicU64>();

/// A file that is mapped whole, readable, writable and shared.
///
/// Map only files sealed against shrinking: touching pages that were cut off kills the process.
#[derive(Debug)]
pub struct SharedBytes {
    start: NonNull<AtomicU64>,
    length: usize,
}

// SAFETY: the memory is reached through atomics and by copying, which any thread may do, and
// unmapping is not bound to a thread.
unsafe impl Send for SharedBytes {}
// SAFETY: as above.
unsafe impl Sync for SharedBytes {}

impl SharedBytes {
    /// Maps the first `length` bytes of a file, a multiple of the page size.
    ///
    /// # Errors
    /// What `mmap(2)` reports; `InvalidInput` for a length that is no multiple of a page.
    pub fn map(file: impl AsFd, length: usize) -> io::Result<Self> {
        if length == 0 || !length.is_multiple_of(PAGE) || isize::try_from(length).is_err() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice disturbs no other memory.
        let address = unsafe {
            mmap(std::ptr::null_mut(), length, access, MapFlags::SHARED, file.as_fd(), 0)
        }?;
        let start = NonNull::new(address.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { start, length })
    }

    /// The first `COUNT` words, which must lie in the first page.
    #[must_use]
    #[inline]
    pub fn words<const COUNT: usize>(&self) -> &[AtomicU64; COUNT] {
        const { assert!(COUNT * WORD <= PAGE) };
        // SAFETY: the mapping has at least one page, is aligned to pages and lives as long as
        // `self`; every bit pattern is a valid atomic, and rings begin behind the first page.
        unsafe { self.start.cast::<[AtomicU64; COUNT]>().as_ref() }
    }

    /// The `size` bytes from `offset` on as a ring; `None` unless the size is a power of two of at
    /// least a page and the ring begins at a page behind the first one and lies in the mapping.
    #[must_use]
    #[inline]
    pub fn ring(&self, offset: usize, size: usize) -> Option<Ring<'_>> {
        let fits = offset.checked_add(size)? <= self.length;
        if !fits || offset < PAGE || !offset.is_multiple_of(PAGE) {
            return None;
        }
        if size < PAGE || !size.is_power_of_two() {
            return None;
        }
        // SAFETY: the offset lies in the mapping, as was just checked.
        let start = unsafe { self.start.byte_add(offset) };
        Some(Ring { start, mask: size - 1, memory: PhantomData })
    }
}

impl Drop for SharedBytes {
    fn drop(&mut self) {
        let start: *mut c_void = self.start.as_ptr().cast();
        // SAFETY: exactly the range that `map` made; no reference into it outlives `self`.
        // It cannot fail for such a range, and there is nothing to do if it did.
        let _ = unsafe { munmap(start, self.length) };
    }
}

/// Memory of the caller's that bytes are copied to, initialised or not.
///
/// # Safety
/// The place is as many bytes long as said, and may be written until the borrow ends.
pub unsafe trait Target {
    /// Where it is, and how long.
    fn place(&mut self) -> (*mut u8, usize);
}

// SAFETY: a slice is as long as it says.
unsafe impl Target for [u8] {
    fn place(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr(), self.len())
    }
}

// SAFETY: what is borrowed is as long as it says.
unsafe impl<T: Target + ?Sized> Target for &mut T {
    fn place(&mut self) -> (*mut u8, usize) {
        (**self).place()
    }
}

// SAFETY: a slice is as long as it says.
unsafe impl Target for [MaybeUninit<u8>] {
    fn place(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr().cast(), self.len())
    }
}

/// A ring of bytes in shared memory. Positions count on for ever and are taken modulo its size, so
/// no position is outside.
#[derive(Clone, Copy, Debug)]
pub struct Ring<'a> {
    start: NonNull<AtomicU64>,
    mask: usize,
    memory: PhantomData<&'a SharedBytes>,
}

impl<'a> Ring<'a> {
    /// The size in bytes.
    #[must_use]
    #[inline]
    pub const fn size(self) -> usize {
        self.mask + 1
    }

    #[inline]
    const fn offset(self, position: u64) -> usize {
        // Only the low bits count.
        position as usize & self.mask
    }

    /// The word at a position, which is rounded down to a multiple of eight.
    #[must_use]
    #[inline]
    pub fn word(self, position: u64) -> &'a AtomicU64 {
        let offset = self.offset(position) & !(WORD - 1);
        // SAFETY: a multiple of eight below the size, which is one too, so the word is inside.
        let word = unsafe { self.start.byte_add(offset) };
        // SAFETY: the ring is mapped for `'a`, and every bit pattern is a valid atomic.
        unsafe { word.as_ref() }
    }

    /// Copies bytes to a position on, around the end where need be. No more than the ring has room
    /// for: what follows is left out.
    #[inline]
    pub fn copy_in(self, position: u64, bytes: &[u8]) {
        let bytes = &bytes[..bytes.len().min(self.size())];
        let offset = self.offset(position);
        let (first, second) = bytes.split_at(bytes.len().min(self.size() - offset));
        self.put(offset, first);
        if !second.is_empty() {
            self.put(0, second);
        }
    }

    #[inline]
    fn put(self, offset: usize, bytes: &[u8]) {
        let start = self.start.as_ptr().cast::<u8>();
        // SAFETY: the offset is inside the ring.
        let to = unsafe { start.add(offset) };
        // SAFETY: the caller has cut the bytes to what lies between the offset and the end. The
        // ring is foreign memory that no reference leads to; a process that writes there meanwhile
        // spoils bytes, which are valid whatever they are.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
    }

    /// Copies `count` bytes from a position on, around the end where need be, to the target from
    /// `skip` on; how many bytes were copied, which is less if target or ring are shorter.
    #[inline]
    pub fn copy_out(
        self,
        position: u64,
        target: &mut (impl Target + ?Sized),
        skip: usize,
        count: usize,
    ) -> usize {
        let (place, length) = target.place();
        let count = count.min(length.saturating_sub(skip)).min(self.size());
        let offset = self.offset(position);
        let first = count.min(self.size() - offset);
        if count == 0 {
            return 0;
        }
        // SAFETY: `skip` is less than the length, since something is to be copied.
        let place = unsafe { place.add(skip) };
        // SAFETY: the first part ends where the ring or the count does.
        unsafe { self.get(offset, place, first) };
        if first < count {
            // SAFETY: the second part begins behind the first and ends with the count.
            let place = unsafe { place.add(first) };
            // SAFETY: the whole count is no more than the ring and the place are long.
            unsafe { self.get(0, place, count - first) };
        }
        count
    }

    /// # Safety
    /// The part lies in the ring, and the place may be written so far.
    #[inline]
    unsafe fn get(self, offset: usize, place: *mut u8, count: usize) {
        let start = self.start.as_ptr().cast::<u8>();
        // SAFETY: the offset is inside the ring, as the caller says.
        let from = unsafe { start.add(offset) };
        // SAFETY: the caller says that both sides are long enough; the target is this process's
        // own memory and so no part of the ring. What another process writes meanwhile makes the
        // copy a mixture, and every byte is valid.
        unsafe { std::ptr::copy_nonoverlapping(from, place, count) };
    }
}

#[cfg(test)]
mod tests {
    use super::SharedBytes;
    use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
    use std::sync::atomic::Ordering;

    fn mapped(length: usize) -> std::io::Result<SharedBytes> {
        let file = memfd_create("bytes", MemfdFlags::CLOEXEC)?;
        ftruncate(&file, length as u64)?;
        SharedBytes::map(&file, length)
    }

    #[test]
    fn bytes_go_around_the_end_and_positions_are_modulo_the_size() -> std::io::Result<()> {
        let memory = mapped(8192)?;
        let ring = memory.ring(4096, 4096).expect("it fits");
        let bytes: Vec<u8> = (0..=255).collect();
        ring.copy_in(u64::MAX - 99, &bytes);
        let mut back = vec![0; 300];
        assert_eq!(ring.copy_out(u64::MAX - 99, &mut back[..], 44, 256), 256);
        assert_eq!(back[44..], bytes);
        assert_eq!(ring.copy_out(0, &mut back[..], 300, 1), 0);
        assert_eq!(ring.copy_out(0, &mut back[..], usize::MAX, 1), 0);
        assert_eq!(ring.copy_out(156, &mut back[..], 298, 9), 2);
        ring.word(4096 * 7 + 9).store(5, Ordering::Relaxed);
        assert_eq!(ring.word(8).load(Ordering::Relaxed), 5);
        // More than the ring holds: the beginning of it.
        ring.copy_in(0, &vec![9; 5000]);
        assert_eq!(memory.words::<4>()[0].load(Ordering::Relaxed), 0);
        Ok(())
    }

    #[test]
    fn what_is_no_ring_is_refused() -> std::io::Result<()> {
        let memory = mapped(16384)?;
        for (offset, size) in
            [(0, 4096), (4096, 16384), (4097, 4096), (4096, 3000), (8192, usize::MAX), (4096, 0)]
        {
            assert!(memory.ring(offset, size).is_none(), "{offset} {size}");
        }
        assert!(memory.ring(8192, 8192).is_some());
        assert!(mapped(0).is_err() && mapped(100).is_err());
        Ok(())
    }
}
