//! A mailslot as all writers of this process see it: they share one mapping of its memory, and what
//! they know of its reader.

use super::segment::Segment;
use crate::error::{Result, Win32Error};
use crate::namespace::is_held;
use crate::object::ObjectId;
use crate::sync::moment::Moment;
use crate::sync::sleep;
use rustix::fs::fstat;
use std::collections::HashMap;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

/// When more waits than this, the reader is given a moment to catch up.
const MUCH: u64 = 256 << 10;

/// Mailslots by device and inode of their memory.
type Slots = HashMap<(u64, u64), Weak<Slot>>;

/// The mailslots that this process writes to.
static SLOTS: Mutex<Option<Slots>> = Mutex::new(None);

/// A mailslot that this process writes to.
#[derive(Debug)]
pub(super) struct Slot {
    segment: Segment,
    /// When there was a reader, and how many had closed their ends then.
    reader_seen: Moment,
    closings: AtomicU64,
    /// The reader was given a moment to catch up, and did not use it; it is not given another one
    /// until it has.
    reader_is_slow: AtomicBool,
}

impl Slot {
    /// The mailslot of this memory.
    ///
    /// # Errors
    /// As for [`Segment::open`].
    pub(super) fn open(memory: OwnedFd, id: Option<ObjectId>) -> Result<Arc<Self>> {
        let stat = fstat(&memory)?;
        let key = (stat.st_dev, stat.st_ino);
        // Where the lock cannot be had, a mapping of one's own does as well.
        let mut slots = sleep::lock_soon(&SLOTS);
        let known = slots.as_ref().and_then(|slots| slots.as_ref()?.get(&key)?.upgrade());
        if let Some(slot) = known.filter(|slot| id.is_none_or(|id| slot.segment.id() == id)) {
            return Ok(slot);
        }
        let slot = Arc::new(Self {
            segment: Segment::open(memory, id)?,
            reader_seen: Moment::long_ago(),
            closings: AtomicU64::new(0),
            reader_is_slow: AtomicBool::new(false),
        });
        if let Some(slots) = slots.as_deref_mut() {
            let slots = slots.get_or_insert_default();
            slots.retain(|_, slot| slot.strong_count() > 0);
            slots.insert(key, Arc::downgrade(&slot));
        }
        Ok(slot)
    }

    pub(super) const fn segment(&self) -> &Segment {
        &self.segment
    }

    /// Whether somebody reads. The kernel knows it by the name's file, also of a reader that was
    /// killed; it is asked if some reading end was closed since, or if that was not just now.
    ///
    /// # Errors
    /// `ERROR_HANDLE_EOF` when nobody does.
    #[inline]
    pub(super) fn check_reader(&self, name: BorrowedFd<'_>) -> Result<()> {
        let closings = self.segment.closings();
        if closings == self.closings.load(Ordering::Relaxed) && self.reader_seen.is_recent() {
            return Ok(());
        }
        let now = Moment::now();
        look_for_reader(name)?;
        self.closings.store(closings, Ordering::Relaxed);
        self.reader_seen.set(now);
        Ok(())
    }

    /// After a message was written: so much waits now.
    #[inline]
    pub(super) fn note_waiting(&self, waiting: u64) -> Result<()> {
        let much = waiting > MUCH;
        if much && !self.reader_is_slow.load(Ordering::Relaxed) {
            let caught_up = self.segment.queue()?.let_reader_catch_up();
            self.reader_is_slow.store(!caught_up, Ordering::Relaxed);
        } else if !much && self.reader_is_slow.load(Ordering::Relaxed) {
            self.reader_is_slow.store(false, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Asks the kernel whether somebody reads.
///
/// # Errors
/// `ERROR_HANDLE_EOF` when nobody does.
#[cold]
pub(super) fn look_for_reader(name: BorrowedFd<'_>) -> Result<()> {
    if is_held(name)? { Ok(()) } else { Err(Win32Error::HANDLE_EOF) }
}
