//! Locks on parts of a file.
//!
//! Others see a lock as one of Linux' open file description. Which parts this process has locked
//! through a handle's file is remembered besides, since Windows unlocks exactly what was locked, and
//! lets nobody lock exclusively twice, not even the owner, which Linux does.

use super::position::file_of;
use super::{File, FileType, Stream, share};
use crate::error::{Result, Win32Error};
use crate::handle::Handle;
use crate::sync::sleep::wait_a_moment;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use transom_sys::record_lock::{self, Kind};

/// A part of a file that is to be locked, and how.
#[derive(Clone, Copy, Debug)]
pub struct Lock {
    /// The first byte.
    pub offset: u64,
    /// How many.
    pub length: u64,
    /// Whether others may not even read there.
    pub exclusive: bool,
    /// Whether to fail rather than wait.
    pub at_once: bool,
}

/// What this process has locked through one file object.
#[derive(Debug, Default)]
pub(super) struct Locks(Mutex<Vec<Held>>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    range: Range<u64>,
    kind: Kind,
}

impl Locks {
    fn held(&self) -> MutexGuard<'_, Vec<Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn overlap(one: &Range<u64>, other: &Range<u64>) -> bool {
    one.start < other.end && other.start < one.end
}

/// The parts of a range between which nothing of what is held begins or ends, and what each of them
/// is locked with.
fn parts(range: &Range<u64>, held: &[Held]) -> Vec<(Range<u64>, Option<Kind>)> {
    let mut places: Vec<u64> = held
        .iter()
        .flat_map(|held| [held.range.start, held.range.end])
        .filter(|place| (range.start + 1..range.end).contains(place))
        .chain([range.start, range.end])
        .collect();
    places.sort_unstable();
    places.dedup();
    let strongest = |part: &Range<u64>| {
        let mut kinds = held.iter().filter(|held| overlap(&held.range, part)).map(|held| held.kind);
        let first = kinds.next()?;
        Some(if kinds.any(|kind| kind == Kind::Exclusive) { Kind::Exclusive } else { first })
    };
    places
        .windows(2)
        .map(|ends| ends[0]..ends[1])
        .map(|part| (part.clone(), strongest(&part)))
        .collect()
}

/// The bytes of locks: those behind are of share modes.
fn range(offset: u64, length: u64) -> Result<Range<u64>> {
    let end = offset.saturating_add(length).min(share::FIRST_LANE);
    if offset >= end { Err(Win32Error::INVALID_PARAMETER) } else { Ok(offset..end) }
}

fn file_to_lock(handle: Handle) -> Result<Arc<File>> {
    let file = file_of(handle, 0)?;
    if file.file_type() == FileType::Disk { Ok(file) } else { Err(Win32Error::INVALID_HANDLE) }
}

/// `LockFileEx`: keeps others from a part of a file. The lock is one of Linux' open file description:
/// programs that ask see it, reading and writing does not.
///
/// # Errors
/// `ERROR_LOCK_VIOLATION` when it is locked already, also by this handle unless that was shared or
/// this is, and it is not to wait; `ERROR_ACCESS_DENIED` without the right to read or write;
/// `ERROR_INVALID_PARAMETER` for no bytes; `ERROR_INVALID_HANDLE` for what is no file of a disk.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-lockfileex>
pub fn lock(handle: Handle, lock: Lock) -> Result<()> {
    let file = file_to_lock(handle)?;
    let range = range(lock.offset, lock.length)?;
    let kind = if lock.exclusive { Kind::Exclusive } else { Kind::Shared };
    for attempt in 0_u32.. {
        if try_lock(&file, kind, &range)? {
            return Ok(());
        }
        if lock.at_once {
            break;
        }
        wait_a_moment(attempt, 10);
    }
    Err(Win32Error::LOCK_VIOLATION)
}

fn try_lock(file: &File, kind: Kind, range: &Range<u64>) -> Result<bool> {
    let mut held = file.locks().held();
    if kind == Kind::Exclusive && held.iter().any(|held| overlap(&held.range, range)) {
        return Ok(false);
    }
    let mut locked = Vec::new();
    for (part, before) in parts(range, &held) {
        // A shared lock over an exclusive one does not weaken it.
        if before.is_some() {
            continue;
        }
        match record_lock::try_lock(file.fd(), kind, &part) {
            Ok(true) => locked.push(part),
            outcome => {
                for part in locked {
                    record_lock::unlock(file.fd(), &part)?;
                }
                let denied = rustix::io::Errno::BADF.raw_os_error();
                return match outcome {
                    Err(error) if error.raw_os_error() == Some(denied) => {
                        Err(Win32Error::ACCESS_DENIED)
                    }
                    Err(error) => Err(error.into()),
                    Ok(_) => Ok(false),
                };
            }
        }
    }
    held.push(Held { range: range.clone(), kind });
    Ok(true)
}

/// `UnlockFileEx`: lets others at a part of a file again. What is both locked exclusively and shared
/// is unlocked twice, the exclusive lock first.
///
/// # Errors
/// `ERROR_NOT_LOCKED` when this process has not locked exactly this part through this file;
/// `ERROR_INVALID_PARAMETER` for no bytes; `ERROR_INVALID_HANDLE` for what is no file of a disk.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-unlockfileex>
pub fn unlock(handle: Handle, offset: u64, length: u64) -> Result<()> {
    let file = file_to_lock(handle)?;
    let range = range(offset, length)?;
    let mut held = file.locks().held();
    let of_kind = |kind| held.iter().position(|held| held.range == range && held.kind == kind);
    let place = of_kind(Kind::Exclusive).or_else(|| of_kind(Kind::Shared));
    held.remove(place.ok_or(Win32Error::NOT_LOCKED)?);
    for (part, left) in parts(&range, &held) {
        match left {
            None => record_lock::unlock(file.fd(), &part)?,
            // It may have been stronger; becoming weaker always succeeds.
            Some(Kind::Shared) => drop(record_lock::try_lock(file.fd(), Kind::Shared, &part)?),
            Some(Kind::Exclusive) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Held, Kind, parts};

    #[test]
    fn a_range_is_cut_where_locks_begin_and_end() {
        let held = [
            Held { range: 2..6, kind: Kind::Shared },
            Held { range: 4..20, kind: Kind::Exclusive },
        ];
        assert_eq!(
            parts(&(0..10), &held),
            [
                (0..2, None),
                (2..4, Some(Kind::Shared)),
                (4..6, Some(Kind::Exclusive)),
                (6..10, Some(Kind::Exclusive)),
            ]
        );
        assert_eq!(parts(&(30..31), &held), [(30..31, None)]);
    }
}
