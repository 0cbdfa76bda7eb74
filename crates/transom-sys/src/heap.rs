//! Heaps: blocks of the C library's that know their size and which heap they are of.
//!
//! Before each block are sixteen bytes that say so. They also carry a mark made from the block's
//! address, by which a pointer that is no block is told, as far as looking there is possible.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// What stands before a block.
#[derive(Clone, Copy)]
#[repr(C, align(16))]
struct Header {
    size: usize,
    heap: u32,
    mark: u16,
    /// Whether it was asked for as a movable one.
    movable: bool,
    /// How often such a one is locked.
    locks: u8,
}

const HEADER: usize = size_of::<Header>();
const _: () = assert!(HEADER == 16);

/// The number of the heap that every process has.
const PROCESS: u32 = 1;

/// A heap.
#[derive(Clone, Debug)]
pub struct Heap {
    number: u32,
    /// Nothing for the process's own heap, which keeps no list.
    list: Option<Arc<List>>,
}

#[derive(Debug)]
struct List {
    /// The most bytes it holds; none where it grows.
    maximum: Option<usize>,
    blocks: Mutex<Blocks>,
}

#[derive(Debug, Default)]
struct Blocks {
    addresses: BTreeSet<usize>,
    used: usize,
}

static HEAPS: LazyLock<Mutex<BTreeMap<u32, Arc<List>>>> = LazyLock::new(Mutex::default);

fn heaps() -> MutexGuard<'static, BTreeMap<u32, Arc<List>>> {
    HEAPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is to become of a block that is made larger or smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// Bytes that it did not have are zero.
    pub zeroed: bool,
    /// It must stay where it is.
    pub in_place: bool,
}

impl List {
    fn blocks(&self) -> MutexGuard<'_, Blocks> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether so many bytes more fit.
    fn has_room(&self, blocks: &Blocks, more: usize) -> bool {
        self.maximum.is_none_or(|most| blocks.used.saturating_add(more) <= most)
    }
}

const fn mark_of(address: usize) -> u16 {
    ((address >> 4) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(16) as u16
}

const fn header_of(block: NonNull<c_void>) -> *mut Header {
    block.as_ptr().wrapping_byte_sub(HEADER).cast()
}

impl Heap {
    /// The heap that every process has.
    #[must_use]
    pub const fn of_process() -> Self {
        Self { number: PROCESS, list: None }
    }

    /// Makes a heap; one that holds at most `maximum` bytes, unless that is none.
    #[must_use]
    pub fn create(maximum: Option<usize>) -> Self {
        let list = Arc::new(List { maximum, blocks: Mutex::default() });
        let mut heaps = heaps();
        // Numbers go around after four thousand million heaps, past those that are there.
        let number = (PROCESS + 1..).find(|number| !heaps.contains_key(number)).unwrap_or(u32::MAX);
        heaps.insert(number, Arc::clone(&list));
        Self { number, list: Some(list) }
    }

    /// The heap of a number, if there is one.
    #[must_use]
    pub fn find(number: u32) -> Option<Self> {
        if number == PROCESS {
            return Some(Self::of_process());
        }
        heaps().get(&number).map(|list| Self { number, list: Some(Arc::clone(list)) })
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The numbers of all heaps.
    #[must_use]
    pub fn all() -> Vec<u32> {
        [PROCESS].into_iter().chain(heaps().keys().copied()).collect()
    }

    /// Gives a heap and all its blocks back; whether it can be: the process's own cannot.
    ///
    /// # Safety
    /// Nobody uses its blocks any more.
    #[must_use]
    pub unsafe fn destroy(self) -> bool {
        let Some(list) = self.list else { return false };
        if heaps().remove(&self.number).is_none() {
            return false;
        }
        let addresses = std::mem::take(&mut list.blocks().addresses);
        for address in addresses {
            let start = std::ptr::with_exposed_provenance_mut::<c_void>(address - HEADER);
            // SAFETY: the list has the blocks that were made and not freed, and nobody uses them.
            unsafe { libc::free(start) };
        }
        true
    }

    /// A block of this size, aligned for anything.
    #[must_use]
    pub fn allocate(&self, size: usize, zeroed: bool, movable: bool) -> Option<NonNull<c_void>> {
        let whole = size.checked_add(HEADER).filter(|&whole| isize::try_from(whole).is_ok())?;
        let mut blocks = self.list.as_ref().map(|list| (list.blocks(), list));
        if let Some((blocks, list)) = &blocks
            && !list.has_room(blocks, whole)
        {
            return None;
        }
        let start = if zeroed {
            // SAFETY: calloc takes any numbers, and answers NULL where it cannot.
            unsafe { libc::calloc(1, whole) }
        } else {
            // SAFETY: malloc takes any number, and answers NULL where it cannot.
            unsafe { libc::malloc(whole) }
        };
        let block = NonNull::new(NonNull::new(start)?.as_ptr().wrapping_byte_add(HEADER))?;
        let mark = mark_of(block.as_ptr().addr());
        let header = Header { size, heap: self.number, mark, movable, locks: 0 };
        // SAFETY: the block begins with room for a header, aligned as malloc aligns.
        unsafe { header_of(block).write(header) };
        if let Some((blocks, _)) = &mut blocks {
            blocks.addresses.insert(block.as_ptr().expose_provenance());
            blocks.used += whole;
        }
        Some(block)
    }

    /// # Safety
    /// The sixteen bytes before the address can be read, if it is one of blocks'.
    unsafe fn header(&self, block: *const c_void) -> Option<Header> {
        let block = NonNull::new(block.cast_mut())?;
        if !block.as_ptr().addr().is_multiple_of(HEADER) {
            return None;
        }
        if let Some(list) = &self.list
            && !list.blocks().addresses.contains(&block.as_ptr().addr())
        {
            return None;
        }
        // SAFETY: by this function's own contract, and aligned.
        let header = unsafe { header_of(block).read() };
        let is_it = header.mark == mark_of(block.as_ptr().addr()) && header.heap == self.number;
        is_it.then_some(header)
    }

    /// The first block behind an address, and its size; `None` behind the last one. The process's own heap
    /// keeps no list: its blocks cannot be walked.
    #[must_use]
    pub fn block_after(&self, address: usize) -> Option<(*mut c_void, usize)> {
        let blocks = self.list.as_ref()?.blocks();
        let behind = (std::ops::Bound::Excluded(address), std::ops::Bound::Unbounded);
        let place = *blocks.addresses.range(behind).next()?;
        let block = NonNull::new(std::ptr::with_exposed_provenance_mut(place))?;
        // SAFETY: it is in the list, which is locked, so it is a block with a header before it.
        Some((block.as_ptr(), unsafe { header_of(block).read() }.size))
    }

    /// Whether [`block_after`](Self::block_after) finds this heap's blocks.
    #[must_use]
    pub const fn has_list(&self) -> bool {
        self.list.is_some()
    }

    /// The size of a block; none for what is no block of this heap.
    ///
    /// # Safety
    /// `block` is one of this heap's, or something whose sixteen bytes before can be read.
    #[must_use]
    pub unsafe fn size(&self, block: *const c_void) -> Option<usize> {
        // SAFETY: the same contract.
        unsafe { self.header(block) }.map(|header| header.size)
    }

    /// Gives a block back; whether it was one.
    ///
    /// # Safety
    /// As for [`size`](Self::size), and nobody uses the block any more.
    #[must_use]
    pub unsafe fn free(&self, block: *const c_void) -> bool {
        // SAFETY: the same contract.
        let Some(header) = (unsafe { self.header(block) }) else { return false };
        let Some(block) = NonNull::new(block.cast_mut()) else { return false };
        if let Some(list) = &self.list {
            let mut blocks = list.blocks();
            blocks.addresses.remove(&block.as_ptr().addr());
            blocks.used -= header.size + HEADER;
        }
        // So that a second free is noticed, as long as the memory is nobody else's.
        // SAFETY: it is a block, so its header can be written.
        unsafe { (*header_of(block)).mark = !header.mark };
        // SAFETY: malloc made it, beginning with the header, and nobody uses it.
        unsafe { libc::free(header_of(block).cast()) };
        true
    }

    /// Makes a block larger or smaller; where it is then. None leaves it as it is.
    ///
    /// # Safety
    /// As for [`free`](Self::free), if it moves.
    #[must_use]
    pub unsafe fn reallocate(
        &self,
        block: *mut c_void,
        size: usize,
        growth: Growth,
    ) -> Option<NonNull<c_void>> {
        // SAFETY: the same contract.
        let header = unsafe { self.header(block) }?;
        let old = NonNull::new(block)?;
        let whole = size.checked_add(HEADER).filter(|&whole| isize::try_from(whole).is_ok())?;
        let mut blocks = self.list.as_ref().map(|list| (list.blocks(), list));
        if let Some((blocks, list)) = &blocks
            && !list.has_room(blocks, whole.saturating_sub(header.size + HEADER))
        {
            return None;
        }
        // SAFETY: it is a block of malloc's.
        let room = unsafe { libc::malloc_usable_size(header_of(old).cast()) };
        let new = if whole <= room {
            old
        } else if growth.in_place {
            return None;
        } else {
            // SAFETY: it is a block of malloc's, and who has the old address gives it up.
            let start = unsafe { libc::realloc(header_of(old).cast(), whole) };
            NonNull::new(NonNull::new(start)?.as_ptr().wrapping_byte_add(HEADER))?
        };
        let mark = mark_of(new.as_ptr().addr());
        // SAFETY: the block begins with room for a header, aligned as malloc aligns.
        unsafe { header_of(new).write(Header { size, mark, ..header }) };
        if growth.zeroed && size > header.size {
            let tail = new.as_ptr().wrapping_byte_add(header.size).cast::<u8>();
            // SAFETY: the block has `size` bytes from its beginning on.
            unsafe { tail.write_bytes(0, size - header.size) };
        }
        if let Some((blocks, _)) = &mut blocks {
            blocks.addresses.remove(&old.as_ptr().addr());
            blocks.addresses.insert(new.as_ptr().expose_provenance());
            blocks.used = blocks.used + size - header.size;
        }
        Some(new)
    }

    /// Whether a block is a movable one, and how often it is locked; none for what is no block.
    ///
    /// # Safety
    /// As for [`size`](Self::size).
    #[must_use]
    pub unsafe fn locks(&self, block: *const c_void) -> Option<(bool, u8)> {
        // SAFETY: the same contract.
        unsafe { self.header(block) }.map(|header| (header.movable, header.locks))
    }

    /// Notes how often a block is locked.
    ///
    /// # Safety
    /// As for [`size`](Self::size), and no other thread does something with the block.
    pub unsafe fn set_locks(&self, block: *mut c_void, locks: u8) {
        // SAFETY: the same contract.
        if unsafe { self.header(block) }.is_some()
            && let Some(block) = NonNull::new(block)
        {
            // SAFETY: it is a block, so its header can be written.
            unsafe { (*header_of(block)).locks = locks };
        }
    }

    /// Whether all blocks are as they should be; of the process's heap only those that somebody
    /// asks for can be looked at.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let Some(list) = &self.list else { return true };
        list.blocks().addresses.iter().all(|&address| {
            let block = std::ptr::with_exposed_provenance_mut::<c_void>(address);
            let header = NonNull::new(block).map_or(null_mut(), header_of);
            // SAFETY: the list has the blocks that were made and not freed.
            let header = unsafe { header.read() };
            header.heap == self.number && header.mark == mark_of(address)
        })
    }
}

/// Gives memory that no block uses back to Linux; how many bytes at the heap's end are free still.
#[must_use]
pub fn compact() -> usize {
    // SAFETY: takes a number, and looks only at the C library's own lists.
    unsafe { libc::malloc_trim(0) };
    // SAFETY: takes nothing, and gives numbers.
    unsafe { libc::mallinfo2() }.keepcost
}

#[cfg(test)]
mod tests {
    use super::{Growth, Heap};

    #[test]
    fn blocks_know_their_size_and_heap() {
        let (process, own) = (Heap::of_process(), Heap::create(Some(1000)));
        let block = own.allocate(101, true, false).expect("room").as_ptr();
        // SAFETY: a block of a heap's.
        assert_eq!(unsafe { own.size(block) }, Some(101));
        // SAFETY: a block of a heap's.
        assert_eq!(unsafe { process.size(block) }, None);
        assert!(own.allocate(900, false, false).is_none());
        assert!(process.allocate(usize::MAX, false, false).is_none());
        let growth = Growth { zeroed: true, in_place: false };
        // SAFETY: nobody uses the old address any more.
        let grown = unsafe { own.reallocate(block, 800, growth) }.expect("room").as_ptr();
        // SAFETY: the block has 800 bytes, all of them zero.
        assert_eq!(unsafe { grown.cast::<[u8; 800]>().read() }, [0; 800]);
        assert!(own.is_whole());
        assert!(Heap::find(own.number()).is_some());
        let number = own.number();
        // SAFETY: nobody uses the blocks.
        assert!(unsafe { own.destroy() });
        assert!(Heap::find(number).is_none());
        // SAFETY: it refuses.
        assert!(!unsafe { process.destroy() });
    }
}
