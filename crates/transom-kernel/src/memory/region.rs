//! A range of addresses that was reserved at once, and the state of its pages.

use super::PAGE;
use super::protection::{access_of, copies};
use crate::error::{Result, Win32Error};
use transom_sys::memory::{Access, Range};

/// Pages with the same state, by their places in the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    start: usize,
    end: usize,
    /// How they are protected; nothing where they are only reserved.
    protection: Option<u32>,
}

/// What a region is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Memory of `VirtualAlloc`.
    Private,
    /// A view of a section, and what its pages can be made.
    View(Access),
}

/// A region.
#[derive(Debug)]
pub(crate) struct Region {
    range: Range,
    kind: Kind,
    initial: u32,
    runs: Vec<Run>,
}

impl Region {
    /// Addresses without memory.
    pub(super) fn reserved(range: Range, protection: u32) -> Self {
        let runs = vec![Run { start: 0, end: range.length(), protection: None }];
        Self { range, kind: Kind::Private, initial: protection, runs }
    }

    /// A view of a section, mapped with this protection.
    pub(crate) fn view(range: Range, protection: u32, most: Access) -> Self {
        let runs = vec![Run { start: 0, end: range.length(), protection: Some(protection) }];
        Self { range, kind: Kind::View(most), initial: protection, runs }
    }

    pub(super) const fn range(&self) -> &Range {
        &self.range
    }

    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) const fn initial(&self) -> u32 {
        self.initial
    }

    /// Whether these addresses are all inside.
    pub(super) fn contains(&self, start: usize, length: usize) -> bool {
        let end = start.checked_add(length);
        start >= self.range.start()
            && end.is_some_and(|end| end <= self.range.start() + self.range.length())
    }

    /// Sets the state of some pages, by their places.
    fn set(&mut self, start: usize, end: usize, protection: Option<u32>) {
        let mut runs: Vec<Run> = Vec::with_capacity(self.runs.len() + 2);
        let new = Run { start, end, protection };
        let parts = self.runs.iter().flat_map(|run| {
            let before = Run { end: run.end.min(start), ..*run };
            let behind = Run { start: run.start.max(end), ..*run };
            [before, behind]
        });
        let mut all: Vec<Run> =
            parts.chain([new]).filter(|run: &Run| run.start < run.end).collect();
        all.sort_by_key(|run| run.start);
        for run in all {
            match runs.last_mut() {
                Some(last) if last.protection == run.protection => last.end = run.end,
                _ => runs.push(run),
            }
        }
        self.runs = runs;
    }

    /// The run a page is in: its addresses and protection.
    pub(super) fn run_at(&self, address: usize) -> Option<(usize, usize, Option<u32>)> {
        let place = address.checked_sub(self.range.start())?;
        let run = self.runs.iter().find(|run| (run.start..run.end).contains(&place))?;
        Some((self.range.start() + run.start, self.range.start() + run.end, run.protection))
    }

    /// Whether all of these pages have memory.
    fn is_committed(&self, start: usize, end: usize) -> bool {
        self.runs
            .iter()
            .filter(|run| run.start < end && run.end > start)
            .all(|run| run.protection.is_some())
    }

    fn places(&self, address: usize, length: usize) -> (usize, usize) {
        let start = (address - self.range.start()) / PAGE * PAGE;
        let end = (address - self.range.start() + length).next_multiple_of(PAGE);
        (start, end.min(self.range.length()))
    }

    /// Gives pages memory, or another protection where they have some.
    pub(super) fn commit(&mut self, address: usize, length: usize, protection: u32) -> Result<()> {
        let access = access_of(protection)?;
        if copies(protection) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        if self.kind != Kind::Private {
            return Err(Win32Error::INVALID_ADDRESS);
        }
        let (start, end) = self.places(address, length);
        self.range.protect(start, end - start, access)?;
        self.set(start, end, Some(protection));
        Ok(())
    }

    /// Takes memory away.
    pub(super) fn decommit(&mut self, address: usize, length: usize) -> Result<()> {
        if self.kind != Kind::Private {
            return Err(Win32Error::INVALID_ADDRESS);
        }
        let (start, end) = self.places(address, length);
        self.range.decommit(start, end - start)?;
        self.set(start, end, None);
        Ok(())
    }

    /// Protects pages otherwise; how the first one was protected before.
    pub(super) fn protect(
        &mut self,
        address: usize,
        length: usize,
        protection: u32,
    ) -> Result<u32> {
        let access = access_of(protection)?;
        let allowed = match self.kind {
            Kind::Private => !copies(protection),
            Kind::View(most) => (most.write || !access.write) && (most.execute || !access.execute),
        };
        if !allowed {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let (start, end) = self.places(address, length);
        if !self.is_committed(start, end) {
            return Err(Win32Error::INVALID_ADDRESS);
        }
        let (_, _, before) = self.run_at(address).ok_or(Win32Error::INVALID_ADDRESS)?;
        self.range.protect(start, end - start, access)?;
        self.set(start, end, Some(protection));
        before.ok_or(Win32Error::INVALID_ADDRESS)
    }

    /// Keeps pages in memory, or no longer.
    pub(super) fn lock(&self, address: usize, length: usize, locked: bool) -> Result<()> {
        let (start, end) = self.places(address, length);
        if !self.is_committed(start, end) {
            return Err(Win32Error::INVALID_ADDRESS);
        }
        Ok(self.range.lock(start, end - start, locked)?)
    }

    /// Hands what was written over to the file of a view.
    pub(super) fn flush(&self, address: usize, length: usize) -> Result<()> {
        let length = match length {
            0 => self.range.start() + self.range.length() - address,
            length => length,
        };
        if !self.contains(address, length) {
            return Err(Win32Error::INVALID_ADDRESS);
        }
        let (start, end) = self.places(address, length);
        Ok(self.range.flush(start, end - start)?)
    }
}

#[cfg(test)]
mod tests {
    use super::{PAGE, Region};
    use transom_sys::memory::{Place, Range};

    #[test]
    fn runs_are_split_and_joined() -> crate::Result<()> {
        let range = Range::reserve(Place::Aligned(65536), 8 * PAGE)?;
        let start = range.start();
        let mut region = Region::reserved(range, 4);
        region.commit(start + PAGE, 2 * PAGE, 4)?;
        assert_eq!(region.runs.len(), 3);
        assert_eq!(region.protect(start + 2 * PAGE, 1, 2), Ok(4));
        assert_eq!(region.run_at(start + PAGE), Some((start + PAGE, start + 2 * PAGE, Some(4))));
        assert!(region.protect(start, 2 * PAGE, 2).is_err());
        region.commit(start, 8 * PAGE, 4)?;
        assert_eq!(region.runs.len(), 1);
        region.decommit(start, 8 * PAGE)?;
        assert_eq!(region.run_at(start), Some((start, start + 8 * PAGE, None)));
        Ok(())
    }
}
