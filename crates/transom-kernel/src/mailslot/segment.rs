//! A mailslot's memory: a file without a name, sealed, that its ends map.

use super::layout;
use super::queue::Queue;
use crate::error::{Result, Win32Error};
use crate::object::ObjectId;
use rustix::fs::{
    FallocateFlags, MemfdFlags, Mode, SealFlags, fallocate, fchmod, fcntl_add_seals,
    fcntl_get_seals, fstat, ftruncate, memfd_create,
};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use transom_sys::shared_bytes::{Ring, SharedBytes};

const SEALS: SealFlags = SealFlags::SHRINK.union(SealFlags::GROW).union(SealFlags::SEAL);

/// The memory of one mailslot.
#[derive(Debug)]
pub(super) struct Segment {
    file: OwnedFd,
    memory: SharedBytes,
    /// What this process has last seen of the tail and the head, so that it need not look at memory
    /// that another processor is changing each time.
    pub(super) seen_tail: AtomicU64,
    pub(super) seen_head: AtomicU64,
}

impl Segment {
    /// Makes the memory of a new mailslot. One page of it is used.
    pub(super) fn create(id: ObjectId, maximum: u32, timeout_ms: u32) -> Result<Self> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = memfd_create("transom-mailslot", flags)?;
        // Who is given it and is no user of ours may not open it once more.
        fchmod(&file, Mode::RUSR | Mode::WUSR)?;
        ftruncate(&file, layout::TOTAL_BYTES)?;
        fcntl_add_seals(&file, SEALS)?;
        let segment = Self::map(file)?;
        let set = |place: usize, value: u64| {
            segment.words()[place].store(value, Ordering::Relaxed);
        };
        set(layout::ID_AT, id.get());
        set(layout::MAXIMUM_AT, maximum.into());
        set(layout::TIMEOUT_AT, timeout_ms.into());
        set(layout::JUMP_FROM, u64::MAX);
        set(layout::PROCESSOR, u64::MAX);
        segment.words()[layout::MAGIC_AT].store(layout::MAGIC, Ordering::Release);
        Ok(segment)
    }

    /// Maps the memory of a mailslot that somebody else has made.
    ///
    /// # Errors
    /// `ERROR_FILE_CORRUPT` when it is none.
    pub(super) fn open(file: OwnedFd, id: Option<ObjectId>) -> Result<Self> {
        let size = fstat(&file)?.st_size;
        let is_sealed = fcntl_get_seals(&file).is_ok_and(|seals| seals.contains(SEALS));
        if !is_sealed || u64::try_from(size) != Ok(layout::TOTAL_BYTES) {
            return Err(Win32Error::FILE_CORRUPT);
        }
        let segment = Self::map(file)?;
        let is_it = id.is_none_or(|id| segment.id() == id);
        if segment.words()[layout::MAGIC_AT].load(Ordering::Acquire) != layout::MAGIC || !is_it {
            return Err(Win32Error::FILE_CORRUPT);
        }
        Ok(segment)
    }

    fn map(file: OwnedFd) -> Result<Self> {
        let memory = SharedBytes::map(&file, layout::HEADER_BYTES + layout::RING_BYTES)?;
        let [seen_tail, seen_head] = [const { AtomicU64::new(0) }; 2];
        Ok(Self { file, memory, seen_tail, seen_head })
    }

    #[inline]
    pub(super) fn words(&self) -> &[AtomicU64; layout::WORDS] {
        self.memory.words()
    }

    /// The ring, which lies behind the first page.
    #[inline]
    pub(super) fn ring(&self) -> Result<Ring<'_>> {
        // It was mapped so long.
        self.memory.ring(layout::HEADER_BYTES, layout::RING_BYTES).ok_or(Win32Error::FILE_CORRUPT)
    }

    /// The queue in it.
    #[inline]
    pub(super) fn queue(&self) -> Result<Queue<'_>> {
        Ok(Queue { words: self.words(), ring: self.ring()?, memory: self })
    }

    /// The mailslot it belongs to.
    pub(super) fn id(&self) -> ObjectId {
        ObjectId::from_bits(self.words()[layout::ID_AT].load(Ordering::Relaxed))
    }

    /// The largest message, 0 for any.
    #[inline]
    pub(super) fn maximum(&self) -> u32 {
        self.words()[layout::MAXIMUM_AT].load(Ordering::Relaxed) as u32
    }

    /// How long a read waits.
    pub(super) fn timeout_ms(&self) -> u32 {
        self.words()[layout::TIMEOUT_AT].load(Ordering::Relaxed) as u32
    }

    pub(super) fn set_timeout_ms(&self, timeout_ms: u32) {
        self.words()[layout::TIMEOUT_AT].store(timeout_ms.into(), Ordering::Relaxed);
    }

    /// How many reading ends were closed, those of other processes included.
    #[inline]
    pub(super) fn closings(&self) -> u64 {
        self.words()[layout::CLOSINGS].load(Ordering::SeqCst)
    }

    /// A reading end was closed.
    pub(super) fn note_closing(&self) {
        self.words()[layout::CLOSINGS].fetch_add(1, Ordering::SeqCst);
    }

    /// Gives the memory of a part of the ring back; it reads as zeros from then on.
    pub(super) fn give_back(&self, offset: u64, length: u64) {
        let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
        // Where it cannot be given back it is only used longer.
        let _ = fallocate(&self.file, flags, layout::HEADER_BYTES as u64 + offset, length);
    }

    /// Takes the memory for a part of the ring, so that there is an error where there is none, and
    /// no signal.
    pub(super) fn reserve(&self, offset: u64, length: u64) -> Result<()> {
        let first = length.min(layout::RING_BYTES as u64 - offset);
        for (offset, length) in [(offset, first), (0, length - first)] {
            if length != 0 {
                let offset = layout::HEADER_BYTES as u64 + offset;
                fallocate(&self.file, FallocateFlags::KEEP_SIZE, offset, length)
                    .map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
            }
        }
        Ok(())
    }

    /// How much memory it takes now.
    #[cfg(test)]
    pub(super) fn resident_bytes(&self) -> u64 {
        fstat(&self.file).map_or(0, |stat| stat.st_blocks.unsigned_abs() * 512)
    }
}

impl AsFd for Segment {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}
