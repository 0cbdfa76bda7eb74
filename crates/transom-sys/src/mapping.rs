//! Memory that several processes share, as a slice of atomics.
//!
//! Another process may change a shared page at any moment, so it is never read as plain memory:
//! the only way in is through atomic words.
//!
//! A mapping reaches no further than its file did when it was made. If somebody shortens the
//! file afterwards, touching the lost pages kills the process with `SIGBUS`; so map only files
//! that are sealed against shrinking, or that only this user (and root) can open.

use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use std::ffi::c_void;
use std::io;
use std::os::fd::AsFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64};

/// The marker of atomics that may lie in shared memory.
///
/// # Safety
/// Every bit pattern is a valid value, and `WIDTH` is the size of the type in bytes.
pub unsafe trait SharedWord: Sized + Sync + 'static {
    /// The size in bytes.
    const WIDTH: usize = size_of::<Self>();
}

// SAFETY: an integer atomic has no invalid bit pattern.
unsafe impl SharedWord for AtomicU32 {}
// SAFETY: an integer atomic has no invalid bit pattern.
unsafe impl SharedWord for AtomicU64 {}

/// Part of a file, mapped readable, writable and shared, as atomic words of one size.
#[derive(Debug)]
pub struct SharedWords<W: SharedWord> {
    start: NonNull<W>,
    count: usize,
}

// SAFETY: the mapping is reached through shared references to atomics only, which any thread may
// use, and unmapping is not bound to a thread.
unsafe impl<W: SharedWord> Send for SharedWords<W> {}
// SAFETY: as above.
unsafe impl<W: SharedWord> Sync for SharedWords<W> {}

impl<W: SharedWord> SharedWords<W> {
    /// Maps `count` words of `file` beginning `offset` bytes in (a multiple of the page size).
    ///
    /// # Errors
    /// What `mmap(2)` reports; `InvalidInput` for a count of zero or one that overflows.
    pub fn map(file: impl AsFd, offset: u64, count: usize) -> io::Result<Self> {
        let length = count
            .checked_mul(W::WIDTH)
            .filter(|&length| length > 0 && isize::try_from(length).is_ok())
            .ok_or(io::ErrorKind::InvalidInput)?;
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice disturbs no other memory.
        let address = unsafe {
            mmap(std::ptr::null_mut(), length, access, MapFlags::SHARED, file.as_fd(), offset)
        }?;
        let start = NonNull::new(address.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { start, count })
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> &[W] {
        // SAFETY: the mapping is `count` words long, page-aligned, lives as long as `self`, and
        // every bit pattern is a valid atomic.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.count) }
    }
}

impl<W: SharedWord> Drop for SharedWords<W> {
    fn drop(&mut self) {
        let start: *mut c_void = self.start.as_ptr().cast();
        // SAFETY: exactly the range that `map` made; no reference into it outlives `self`.
        // It cannot fail for such a range, and there is nothing to do if it did.
        let _ = unsafe { munmap(start, self.count * W::WIDTH) };
    }
}

#[cfg(test)]
mod tests {
    use super::SharedWords;
    use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn two_mappings_of_one_file_are_the_same_memory() -> std::io::Result<()> {
        let file = memfd_create("words", MemfdFlags::CLOEXEC)?;
        ftruncate(&file, 8192)?;
        let first = SharedWords::<AtomicU64>::map(&file, 0, 1024)?;
        let second = SharedWords::<AtomicU64>::map(&file, 4096, 512)?;
        first.words()[512].store(7, Ordering::Relaxed);
        assert_eq!(second.words()[0].load(Ordering::Relaxed), 7);
        Ok(())
    }

    #[test]
    fn nothing_and_too_much_are_refused() -> std::io::Result<()> {
        let file = memfd_create("words", MemfdFlags::CLOEXEC)?;
        assert!(SharedWords::<AtomicU64>::map(&file, 0, 0).is_err());
        assert!(SharedWords::<AtomicU64>::map(&file, 0, usize::MAX / 4).is_err());
        Ok(())
    }
}
