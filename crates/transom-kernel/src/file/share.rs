//! Share modes: who may have a file open beside whom.
//!
//! Linux has none, so each open file carries a mark that says how it was opened: a lock on one
//! byte far beyond the end of any file. Such a lock belongs to the open file description. It is
//! therefore shared by duplicates and by inheriting children, whatever program they run, and the
//! kernel takes it away with the last descriptor, also when the holder is killed.
//!
//! The byte lies in one of 128 lanes; the lane's number is what the mark says:
//!
//! | bit | meaning |
//! |---|---|
//! | 0-2 | denies reading, writing, deleting to others |
//! | 3-5 | reads, writes, deletes |
//! | 6 | the file is to be deleted when this is closed |
//!
//! An opener looks for marks in lanes that do not go with its own, then sets its mark. Between
//! the two no other may do the same for this file: that is what the locks in the namespace's
//! `opening` file are for.
//!
//! A child that is being started has, until it runs its program, copies of all descriptors of its
//! parent. Lest a file that was closed meanwhile stays marked as long, who closes a file that no
//! other process was given takes the mark away first.
//!
//! # What cannot be kept
//! - Only programs that ask are stopped: Transom's of the same namespace. Any other Linux
//!   program opens, changes and removes the file as ever.
//! - A file system without locks (some network and FUSE ones) keeps no marks, and a file that
//!   may not be read carries none for those who open it only to delete it.
//! - Another program's lock on the whole file hides the marks beneath it.
//! - A program that forks by itself and closes the file on one side lets go of it for both.

use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::object::ObjectId;
use crate::sync::sleep::wait_a_moment;
use std::ops::Range;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use transom_sys::record_lock::{self, Kind};
use windows_sys::Win32::Storage::FileSystem::{
    DELETE, FILE_APPEND_DATA, FILE_EXECUTE, FILE_READ_DATA, FILE_SHARE_DELETE, FILE_SHARE_READ,
    FILE_SHARE_WRITE, FILE_WRITE_DATA,
};

/// `FILE_SHARE_READ`, `FILE_SHARE_WRITE` and `FILE_SHARE_DELETE`.
pub(crate) const ALL: u32 = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

const LANE: u64 = 1 << 44;
pub(super) const FIRST_LANE: u64 = i64::MAX.cast_unsigned() - 128 * LANE;
const DELETING: u64 = 1 << 6;

/// How a file is opened, as far as others care. The bits are those of `FILE_SHARE_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    access: u32,
    denied: u32,
    deleting: bool,
}

impl Terms {
    /// The terms of a handle with this (specific) access and share mode.
    pub(crate) const fn new(access: u32, share: u32) -> Self {
        let mut uses = 0;
        if access & (FILE_READ_DATA | FILE_EXECUTE) != 0 {
            uses |= FILE_SHARE_READ;
        }
        if access & (FILE_WRITE_DATA | FILE_APPEND_DATA) != 0 {
            uses |= FILE_SHARE_WRITE;
        }
        if access & DELETE != 0 {
            uses |= FILE_SHARE_DELETE;
        }
        Self { access: uses, denied: !share & ALL, deleting: false }
    }

    /// The same, for a file that is to be deleted when it is closed.
    pub(crate) const fn deleting(self) -> Self {
        Self { deleting: true, ..self }
    }

    /// The same, while the file is opened: what is overwritten must be free to write.
    pub(crate) const fn overwriting(self) -> Self {
        Self { access: self.access | FILE_SHARE_WRITE, ..self }
    }

    /// Whoever only looks at attributes disturbs nobody and is disturbed by nobody.
    const fn takes_part(self) -> bool {
        self.access != 0
    }

    const fn goes_with(self, other: Self) -> bool {
        self.access & other.denied == 0 && self.denied & other.access == 0
    }

    const fn lane(self) -> u64 {
        let deleting = if self.deleting { DELETING } else { 0 };
        deleting | (self.access as u64) << 3 | self.denied as u64
    }

    const fn of_lane(lane: u64) -> Self {
        let (access, denied) = ((lane >> 3) as u32 & ALL, lane as u32 & ALL);
        Self { access, denied, deleting: lane & DELETING != 0 }
    }
}

const fn bytes_of_lanes(lanes: Range<u64>) -> Range<u64> {
    FIRST_LANE + lanes.start * LANE..FIRST_LANE + lanes.end * LANE
}

/// One after another: no two openers of the same file at once.
struct Turn {
    place: Option<(OwnedFd, Range<u64>)>,
}

impl Turn {
    /// Waits for the turn at a file. An opener needs it for some microseconds; one that was
    /// stopped in between (or would harm us) is not waited for longer than a second.
    fn wait(file: ObjectId) -> Self {
        let byte = file.get() >> 2;
        let place = byte..byte + 1;
        let Ok(fd) = current().namespace().and_then(|namespace| namespace.opening()) else {
            return Self { place: None };
        };
        for attempt in 0..1000 {
            match record_lock::try_lock(&fd, Kind::Exclusive, &place) {
                Ok(true) => return Self { place: Some((fd, place)) },
                Ok(false) => wait_a_moment(attempt, 10),
                Err(_) => break,
            }
        }
        Self { place: None }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some((fd, place)) = &self.place {
            // Said explicitly, since a process forked meanwhile has the descriptor too.
            let _ = record_lock::unlock(fd, place);
        }
    }
}

/// Whether no other open file has terms that conflict with these.
fn is_free_for(fd: BorrowedFd<'_>, terms: Terms) -> bool {
    let mut unseen = vec![bytes_of_lanes(0..2 * DELETING)];
    while let Some(range) = unseen.pop() {
        // Where locks do not work there are no marks.
        let Ok(Some(found)) = record_lock::find(fd, &range) else { continue };
        let (mut start, mut end) = (found.range.start, found.range.end);
        if !found.of_process && end - start == 1 && range.contains(&start) {
            let lane = (start - FIRST_LANE) / LANE;
            if !terms.goes_with(Terms::of_lane(lane)) {
                return false;
            }
            // All marks of this lane say the same.
            Range { start, end } = bytes_of_lanes(lane..lane + 1);
        }
        for rest in [range.start..start.min(range.end), end.max(range.start)..range.end] {
            if !rest.is_empty() {
                unseen.push(rest);
            }
        }
    }
    true
}

/// Sets the mark of an open file. `readable` is whether its descriptor is.
fn mark(fd: BorrowedFd<'_>, readable: bool, terms: Terms) {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let first = bytes_of_lanes(terms.lane()..terms.lane() + 1).start;
    if readable {
        // Any number of shared locks fit on a byte. Without locks there are no share modes.
        let _ = record_lock::try_lock(fd, Kind::Shared, &(first..first + 1));
        return;
    }
    // An exclusive lock needs a byte for itself.
    for _ in 0..16 {
        let number = NEXT.fetch_add(1, Ordering::Relaxed) & 0xF_FFFF;
        let byte = first + 1 + (u64::from(std::process::id()) << 20 | number) % (LANE - 1);
        match record_lock::try_lock(fd, Kind::Exclusive, &(byte..byte + 1)) {
            Ok(false) => {}
            Ok(true) | Err(_) => return,
        }
    }
}

/// A file that is being opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening<'a> {
    pub(crate) fd: BorrowedFd<'a>,
    pub(crate) readable: bool,
    pub(crate) file: ObjectId,
    /// The terms it keeps.
    pub(crate) terms: Terms,
    /// Whether what is in it goes.
    pub(crate) overwrites: bool,
}

/// Opens a file for the one and keeps it from the others; `settle` runs before anyone else opens
/// or deletes it.
///
/// # Errors
/// `ERROR_SHARING_VIOLATION` when it is open already in a way that does not go with this; then
/// what `settle` reports.
pub(crate) fn enter(opening: Opening<'_>, settle: impl FnOnce() -> Result<()>) -> Result<()> {
    let Opening { fd, readable, file, terms, overwrites } = opening;
    let asked = if overwrites { terms.overwriting() } else { terms };
    if !asked.takes_part() {
        return settle();
    }
    let _turn = Turn::wait(file);
    if !is_free_for(fd, asked) {
        return Err(Win32Error::SHARING_VIOLATION);
    }
    if terms.takes_part() {
        mark(fd, readable, terms);
    }
    settle()
}

/// Another process is about to hold this open file, or does so already.
pub(crate) fn shared(fd: BorrowedFd<'_>) {
    // One opened with `O_PATH` has no marks that could stay.
    let _ = record_lock::note_shared(fd);
}

/// Takes the mark of an open file away that is about to be closed, if nobody else holds it.
pub(crate) fn leave(fd: BorrowedFd<'_>) {
    if !record_lock::is_noted_shared(fd) {
        // Without locks there is no mark; otherwise it goes with the descriptor.
        let _ = record_lock::unlock(fd, &bytes_of_lanes(0..2 * DELETING));
    }
}

/// Runs `delete` if everyone who has the file open lets it be deleted.
///
/// # Errors
/// `ERROR_SHARING_VIOLATION` when somebody does not; then what `delete` reports.
pub(crate) fn delete(
    fd: BorrowedFd<'_>,
    file: ObjectId,
    delete: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let _turn = Turn::wait(file);
    if !is_free_for(fd, Terms::new(DELETE, ALL)) {
        return Err(Win32Error::SHARING_VIOLATION);
    }
    delete()
}

/// Whether somebody has the file open who wants it deleted on closing.
pub(crate) fn is_to_be_deleted_later(fd: BorrowedFd<'_>) -> bool {
    let lanes = bytes_of_lanes(DELETING..2 * DELETING);
    record_lock::find(fd, &lanes).is_ok_and(|found| found.is_some_and(|found| !found.of_process))
}

#[cfg(test)]
mod tests {
    use super::{ALL, DELETE, DELETING, FILE_APPEND_DATA, FILE_READ_DATA, FILE_WRITE_DATA, Terms};

    #[test]
    fn a_lane_says_what_the_terms_say() {
        for lane in 0..2 * DELETING {
            assert_eq!(Terms::of_lane(lane).lane(), lane);
        }
        assert_eq!(Terms::new(FILE_READ_DATA, ALL).lane(), 0b001_000);
        assert_eq!(Terms::new(DELETE, 0).deleting().lane(), 0b1_100_111);
    }

    #[test]
    fn both_sides_must_agree() {
        let reader = Terms::new(FILE_READ_DATA, super::FILE_SHARE_READ);
        let writer = Terms::new(FILE_WRITE_DATA, ALL);
        assert!(reader.goes_with(reader));
        assert!(!reader.goes_with(writer) && !writer.goes_with(reader));
        assert!(writer.goes_with(Terms::new(FILE_APPEND_DATA, ALL)));
        assert!(!Terms::new(0x80, 0).takes_part());
    }

    #[test]
    fn the_lanes_end_where_offsets_end() {
        let all = super::bytes_of_lanes(0..2 * DELETING);
        assert_eq!(all.end, i64::MAX.cast_unsigned());
    }
}
