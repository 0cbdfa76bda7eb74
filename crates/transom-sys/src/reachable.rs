//! Whether memory that a caller speaks of is there, and may be read or written.
//!
//! Linux checks the memory that a system call is given. What is copied between a caller's buffer and
//! memory that is shared with another process goes through no system call, and a buffer that is not
//! there would end the program. So Linux is asked before; a thread remembers what it was told of a
//! few ranges, for most programs use the same buffers again and again.
//!
//! What is unmapped otherwise than through [`memory`](crate::memory) after it was asked about is
//! remembered as being there: using it then ends the program, as a wild pointer does anywhere.

use rustix::io::Errno;
use rustix::mm::{Advice, madvise};
use rustix::param::page_size;
use std::cell::Cell;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU32, Ordering};

/// Of a range of more pages only the first and the last are looked at, and it is remembered as one.
const MOST_PAGES: usize = 5;
/// Pages as they are remembered, though Linux's may be larger.
const PAGE_SHIFT: u32 = 12;
/// How many pages a thread remembers, each at a place of its number.
const PAGES: usize = 512;
/// How many longer ranges a thread remembers; those that touch each other are one.
const RANGES: usize = 4;

/// What is to be done with memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is read.
    Reading,
    /// It is written.
    Writing,
}

/// Changes when memory is given back or protected.
static AGE: AtomicU32 = AtomicU32::new(1);

/// What a thread was told.
struct Memory {
    age: Cell<u32>,
    /// Each a page's number, whether it may be written, and a bit that is set.
    pages: [Cell<usize>; PAGES],
    /// Beginning, end, and whether it may be written.
    ranges: [Cell<(usize, usize, bool)>; RANGES],
    next_range: Cell<usize>,
}

thread_local! {
    static MEMORY: Memory = const {
        Memory {
            age: Cell::new(0),
            pages: [const { Cell::new(0) }; PAGES],
            ranges: [const { Cell::new((0, 0, false)) }; RANGES],
            next_range: Cell::new(0),
        }
    };
}

/// The pages of a range that is not empty.
#[inline]
const fn pages_of(start: usize, end: usize) -> RangeInclusive<usize> {
    start >> PAGE_SHIFT..=(end - 1) >> PAGE_SHIFT
}

/// How a page is remembered.
#[inline]
const fn remembered(page: usize, writable: bool) -> usize {
    page << 2 | (writable as usize) << 1 | 1
}

impl Memory {
    /// Whether a range is known.
    #[inline]
    fn knows(&self, start: usize, end: usize, purpose: Use) -> bool {
        if self.age.get() != AGE.load(Ordering::Relaxed) {
            return false;
        }
        let pages = pages_of(start, end);
        if pages.end() - pages.start() < MOST_PAGES {
            return pages.into_iter().all(|page| {
                let known = self.pages[page % PAGES].get();
                known == remembered(page, true)
                    || purpose == Use::Reading && known == remembered(page, false)
            });
        }
        self.ranges.iter().any(|range| {
            let (from, to, writable) = range.get();
            from <= start && end <= to && (writable || purpose == Use::Reading)
        })
    }

    /// Remembers a range, as it was at an age.
    fn learn(&self, start: usize, end: usize, purpose: Use, age: u32) {
        if self.age.replace(age) != age {
            self.pages.iter().for_each(|page| page.set(0));
            self.ranges.iter().for_each(|range| range.set((0, 0, false)));
        }
        let writable = purpose == Use::Writing;
        let pages = pages_of(start, end);
        if pages.end() - pages.start() < MOST_PAGES {
            for page in pages {
                let place = &self.pages[page % PAGES];
                if place.get() != remembered(page, true) {
                    place.set(remembered(page, writable));
                }
            }
            return;
        }
        for range in &self.ranges {
            let (from, to, also) = range.get();
            if also == writable && from <= end && start <= to {
                range.set((from.min(start), to.max(end), writable));
                return;
            }
        }
        let next = self.next_range.get();
        self.next_range.set((next + 1) % RANGES);
        self.ranges[next].set((start, end, writable));
    }
}

/// Whether so many bytes from an address on can be used so. Pages that are not in memory yet are
/// brought there.
#[must_use]
#[inline]
pub fn is_reachable(start: *const u8, length: usize, purpose: Use) -> bool {
    let start = start.addr();
    let Some(end) = start.checked_add(length) else { return false };
    length == 0
        || MEMORY.try_with(|memory| memory.knows(start, end, purpose)) == Ok(true)
        || ask(start, end, purpose)
}

/// Memory was given back or protected: nothing is known any more.
pub(crate) fn forget() {
    AGE.fetch_add(1, Ordering::Relaxed);
}

#[cold]
fn ask(start: usize, end: usize, purpose: Use) -> bool {
    let age = AGE.load(Ordering::Relaxed);
    let page = page_size();
    let start = start & !(page - 1);
    let Some(end) = end.checked_next_multiple_of(page) else { return false };
    let is_there = if end - start <= MOST_PAGES * page {
        are_there(start, end - start, purpose)
    } else {
        are_there(start, page, purpose) && are_there(end - page, page, purpose)
    };
    if is_there {
        let _ = MEMORY.try_with(|memory| memory.learn(start, end, purpose, age));
    }
    is_there
}

/// Has Linux bring pages into memory.
fn are_there(start: usize, length: usize, purpose: Use) -> bool {
    let advice = match purpose {
        Use::Reading => Advice::LinuxPopulateRead,
        Use::Writing => Advice::LinuxPopulateWrite,
    };
    let pages = std::ptr::with_exposed_provenance_mut(start);
    // SAFETY: the advice changes nothing that a program could see in its memory: pages are read in, or
    // get the frames that writing to them would give them.
    match unsafe { madvise(pages, length, advice) } {
        Err(Errno::FAULT) => false,
        // They are not there or may not be used so; or they are a device's, memory is short, or Linux
        // does not know the advice.
        Err(Errno::NOMEM | Errno::INVAL) => is_mapped_so(start, start + length, purpose),
        _ => true,
    }
}

/// Whether a range lies in mappings that may be used so.
fn is_mapped_so(start: usize, end: usize, purpose: Use) -> bool {
    let Ok(maps) = std::fs::read_to_string("/proc/self/maps") else { return true };
    let mut reached = start;
    for line in maps.lines() {
        let Some((from, to, flags)) = mapping(line) else { continue };
        if reached < from || reached >= to {
            continue;
        }
        let wanted = if purpose == Use::Reading { 'r' } else { 'w' };
        if !flags.contains(wanted) {
            return false;
        }
        reached = to;
    }
    reached >= end
}

/// Where a mapping begins and ends, and what may be done with it.
fn mapping(line: &str) -> Option<(usize, usize, &str)> {
    let mut words = line.split_ascii_whitespace();
    let (from, to) = words.next()?.split_once('-')?;
    let number = |text| usize::from_str_radix(text, 16).ok();
    Some((number(from)?, number(to)?, words.next()?))
}

#[cfg(test)]
mod tests {
    use super::{Use, is_mapped_so, is_reachable};
    use crate::memory::{Access, Place, Range};

    const PAGE: usize = 65_536;

    fn at(address: usize) -> *const u8 {
        std::ptr::without_provenance(address)
    }

    #[test]
    fn wild_pointers_are_found_out() {
        for purpose in [Use::Reading, Use::Writing] {
            for address in [0, 1, 0x10, 0xFFF, 0xDEAD_BEEF_0000, usize::MAX - 2, usize::MAX] {
                assert!(!is_reachable(at(address), 5, purpose), "{address:#x}");
                assert!(is_reachable(at(address), 0, purpose));
            }
        }
        let text = "constant";
        assert!(is_reachable(text.as_ptr(), text.len(), Use::Reading));
        assert!(!is_reachable(text.as_ptr(), text.len(), Use::Writing));
        let mut local = [0_u8; 3 * PAGE];
        assert!(is_reachable(local.as_mut_ptr(), local.len(), Use::Writing));
        let large = vec![7_u8; 5 << 20];
        assert!(is_reachable(large.as_ptr(), large.len(), Use::Reading));
        assert!(!is_reachable(large.as_ptr(), 1 << 46, Use::Reading));
        // The other way to find out says the same.
        let (start, end) = (text.as_ptr().addr(), text.as_ptr().addr() + text.len());
        assert!(is_mapped_so(start, end, Use::Reading) && !is_mapped_so(start, end, Use::Writing));
        assert!(!is_mapped_so(0x10, 0x20, Use::Reading));
    }

    #[test]
    fn what_is_taken_away_is_not_there_any_more() {
        let all = Access { read: true, write: true, execute: false };
        let range = Range::reserve(Place::Aligned(PAGE), 4 * PAGE).unwrap();
        let start = range.start();
        assert!(!is_reachable(at(start), 1, Use::Reading), "only reserved");
        range.protect(0, 2 * PAGE, all).unwrap();
        assert!(is_reachable(at(start), 2 * PAGE, Use::Writing));
        assert!(!is_reachable(at(start), 2 * PAGE + 1, Use::Reading), "over the end");
        range.protect(0, PAGE, Access { write: false, ..all }).unwrap();
        assert!(is_reachable(at(start), 2 * PAGE, Use::Reading));
        assert!(!is_reachable(at(start), 1, Use::Writing));
        drop(range);
        assert!(!is_reachable(at(start), 1, Use::Reading));
    }
}
