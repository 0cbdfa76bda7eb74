//! Blocks, and which heap they are of.

use super::chain;
use super::gate::{Entered, Gate};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// What is known of a block.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Facts {
    size: usize,
    heap: u32,
    mark: u16,
    /// Whether it was asked for as a movable one.
    movable: bool,
    /// How often such a one is locked.
    locks: u8,
}

/// What stands before a block.
#[derive(Debug)]
#[repr(C, align(16))]
pub(super) struct Header {
    /// Changed by whoever has the block.
    pub(super) facts: Facts,
    /// In the process's heap, the block before it in its chain; changed by whoever has the chain.
    pub(super) previous: *mut Header,
    /// And the one behind it.
    pub(super) next: *mut Header,
}

const HEADER: usize = size_of::<Header>();
const _: () = assert!(HEADER == 32);

/// The number of the heap that every process has.
const PROCESS: u32 = 1;

/// A heap.
#[derive(Clone, Debug)]
pub struct Heap {
    number: u32,
    /// Nothing for the process's own heap, whose blocks are in chains.
    list: Option<Arc<List>>,
}

#[derive(Debug)]
struct List {
    /// The most bytes it holds; none where it grows.
    maximum: Option<usize>,
    blocks: Gate<Blocks>,
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
    fn blocks(&self) -> Entered<'_, Blocks> {
        self.blocks.enter()
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
        let list = Arc::new(List { maximum, blocks: Gate::default() });
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
        let (previous, next) = (null_mut(), null_mut());
        let facts = Facts { size, heap: self.number, mark, movable, locks: 0 };
        let header = Header { facts, previous, next };
        // SAFETY: the block begins with room for a header, aligned as malloc aligns.
        unsafe { header_of(block).write(header) };
        if let Some((blocks, _)) = &mut blocks {
            blocks.addresses.insert(block.as_ptr().expose_provenance());
            blocks.used += whole;
        } else {
            // SAFETY: its header is written, and nobody else knows it yet.
            unsafe { chain::enter(header_of(block)).insert(header_of(block)) };
        }
        Some(block)
    }

    /// # Safety
    /// The bytes of a header before the address can be read, if it is one of blocks'.
    unsafe fn header(&self, block: *const c_void) -> Option<Facts> {
        let block = NonNull::new(block.cast_mut())?;
        if !block.as_ptr().addr().is_multiple_of(align_of::<Header>()) {
            return None;
        }
        if let Some(list) = &self.list
            && !list.blocks().addresses.contains(&block.as_ptr().addr())
        {
            return None;
        }
        // SAFETY: by this function's own contract, and aligned.
        let header = unsafe { (*header_of(block)).facts };
        let is_it = header.mark == mark_of(block.as_ptr().addr()) && header.heap == self.number;
        is_it.then_some(header)
    }

    /// The block behind another, or the first one for NULL, and its size; `None` behind the last one, and
    /// for what is no block.
    ///
    /// # Safety
    /// `before` is NULL, a block of this heap, or something before which a header could be read; nobody
    /// gives it back meanwhile.
    #[must_use]
    pub unsafe fn block_after(&self, before: *const c_void) -> Option<(*mut c_void, usize)> {
        let Some(list) = &self.list else {
            let header = match NonNull::new(before.cast_mut()) {
                None => null_mut(),
                // SAFETY: the same contract.
                Some(block) => unsafe { self.header(before) }.map(|_| header_of(block))?,
            };
            // SAFETY: a block of this heap, which is in its chain until it is given back.
            let next = unsafe { chain::behind(header) }?;
            // SAFETY: it was in a chain just now; who walks a heap locks it, or nobody else uses it.
            return Some((next.wrapping_add(1).cast(), unsafe { (*next).facts.size }));
        };
        let address = before.addr();
        let blocks = list.blocks();
        let behind = (std::ops::Bound::Excluded(address), std::ops::Bound::Unbounded);
        let place = *blocks.addresses.range(behind).next()?;
        let block = NonNull::new(std::ptr::with_exposed_provenance_mut(place))?;
        // SAFETY: it is in the list, which is locked, so it is a block with a header before it.
        Some((block.as_ptr(), unsafe { (*header_of(block)).facts.size }))
    }

    /// Locks the heap, once more if the calling thread has it locked: other threads' operations wait.
    pub fn lock(&self) {
        match &self.list {
            Some(list) => list.blocks.keep(),
            None => chain::keep_all(),
        }
    }

    /// Unlocks the heap once; whether the calling thread had it locked.
    #[must_use]
    pub fn unlock(&self) -> bool {
        match &self.list {
            Some(list) => list.blocks.leave(),
            None => chain::leave_all(),
        }
    }

    /// The size of a block; none for what is no block of this heap.
    ///
    /// # Safety
    /// `block` is one of this heap's, or something before which a header could be read.
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
        } else {
            // SAFETY: a block of the process's heap, which is in its chain.
            unsafe { chain::enter(header_of(block)).remove(header_of(block)) };
        }
        // So that a second free is noticed, as long as the memory is nobody else's.
        // SAFETY: it is a block, so its header can be written.
        unsafe { (*header_of(block)).facts.mark = !header.mark };
        // SAFETY: malloc made it, beginning with the header, and nobody uses it.
        unsafe { libc::free(header_of(block).cast()) };
        true
    }

    /// Makes a block larger, wherever that is possible; `None` leaves it as it is.
    ///
    /// # Safety
    /// As for [`reallocate`](Self::reallocate); `chain` is the block's, if it is in one.
    unsafe fn grow(
        old: NonNull<c_void>,
        size: usize,
        chain: Option<Entered<'_, chain::Chain>>,
    ) -> Option<NonNull<c_void>> {
        let is_chained = chain.is_some();
        if let Some(mut chain) = chain {
            // SAFETY: a block of the process's heap, which is in its chain.
            unsafe { chain.remove(header_of(old)) };
        }
        // SAFETY: it is a block of malloc's, and who has the old address gives it up.
        let start = unsafe { libc::realloc(header_of(old).cast(), size + HEADER) };
        let new = NonNull::new(start)
            .and_then(|start| NonNull::new(start.as_ptr().wrapping_byte_add(HEADER)));
        let header = header_of(new.unwrap_or(old));
        if let Some(new) = new {
            let mark = mark_of(new.as_ptr().addr());
            // SAFETY: the block begins with a header, which nobody else knows now.
            let facts = unsafe { &mut (*header).facts };
            (facts.size, facts.mark) = (size, mark);
        }
        if is_chained {
            // SAFETY: the block where it is now, with its header and in no chain.
            unsafe { chain::enter(header).insert(header) };
        }
        new
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
        let chain = self.list.is_none().then(|| chain::enter(header_of(old)));
        // SAFETY: it is a block of malloc's.
        let room = unsafe { libc::malloc_usable_size(header_of(old).cast()) };
        let new = if whole <= room {
            // SAFETY: it is a block, whose facts are this thread's to change.
            unsafe { (*header_of(old)).facts.size = size };
            old
        } else if growth.in_place {
            return None;
        } else {
            // SAFETY: who has the old address gives it up.
            unsafe { Self::grow(old, size, chain) }?
        };
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
            unsafe { (*header_of(block)).facts.locks = locks };
        }
    }

    /// Whether all blocks are as they should be.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let Some(list) = &self.list else {
            return chain::all(|header| {
                let block = std::ptr::from_ref(header).wrapping_add(1);
                header.facts.heap == PROCESS && header.facts.mark == mark_of(block.addr())
            });
        };
        list.blocks().addresses.iter().all(|&address| {
            let block = std::ptr::with_exposed_provenance_mut::<c_void>(address);
            let header = NonNull::new(block).map_or(null_mut(), header_of);
            // SAFETY: the list has the blocks that were made and not freed.
            let header = unsafe { (*header).facts };
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
    use std::ptr::null;

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
        assert!(own.is_whole() && process.is_whole());
        assert!(Heap::find(own.number()).is_some());
        let number = own.number();
        // SAFETY: nobody uses the blocks.
        assert!(unsafe { own.destroy() });
        assert!(Heap::find(number).is_none());
        // SAFETY: it refuses.
        assert!(!unsafe { process.destroy() });
    }

    #[test]
    fn the_processs_heap_can_be_walked_and_locked() {
        let process = Heap::of_process();
        let blocks: Vec<_> = (1..200)
            .map(|size| process.allocate(size, false, false).expect("room").as_ptr())
            .collect();
        let growth = Growth { zeroed: false, in_place: false };
        // SAFETY: nobody uses the old address any more.
        let grown = unsafe { process.reallocate(blocks[9], 100_000, growth) }.expect("room");
        process.lock();
        let (mut seen, mut at) = (std::collections::BTreeMap::new(), null());
        // SAFETY: blocks of this heap, which is locked.
        while let Some((block, size)) = unsafe { process.block_after(at) } {
            assert_eq!(seen.insert(block.addr(), size), None);
            at = block.cast_const();
        }
        assert!(process.unlock());
        assert!(!process.unlock());
        assert_eq!(seen.get(&grown.as_ptr().addr()), Some(&100_000));
        for (index, block) in blocks.iter().enumerate().filter(|(index, _)| *index != 9) {
            assert_eq!(seen.get(&block.addr()), Some(&(index + 1)));
            // SAFETY: nobody uses it any more.
            assert!(unsafe { process.free(*block) });
        }
        // SAFETY: nobody uses it any more.
        assert!(unsafe { process.free(grown.as_ptr()) });
        assert!(process.is_whole());
        // SAFETY: NULL stands for the first one.
        assert!(unsafe { Heap::create(None).block_after(null()) }.is_none());
    }
}
