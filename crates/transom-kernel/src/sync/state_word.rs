//! What the bits of an object's state word mean.
//!
//! One 64-bit word holds all that must change in one step. Its low half is the futex that waiters
//! compare before they sleep:
//!
//! | bits | content |
//! |---|---|
//! | 0-30 | the value, as the [`Rule`](super::machine::Rule) says |
//! | 31 | other processes may know the object, so its futex is a shared one |
//! | 32-62 | a mark: who holds the lock, or which thread of its id owns the mutex |
//! | 63 | locked by a wait for all |
//!
//! Values:
//! - manual-reset event: bit 0 signalled; above it, how often it was signalled. A waiter that
//!   sees another number than when it enlisted was released, also if the event was reset since.
//! - auto-reset event: bit 0 signalled; 1-15 how many of those enlisted were released and have
//!   not noticed yet; 16-30 how many are enlisted.
//! - semaphore: the count.
//! - mutex: the owner's thread id, 0 when free; bit 30 when the last owner died with it.
//! - timer: bit 0 signalled for good; above it, how often it was set or cancelled.
//!
//! A lock held by a wait for all keeps others from taking the object, not from signalling it.
//! Nobody sleeps because of a lock: the low half does not show it.

pub(crate) const SIGNALLED: u64 = 1;
pub(crate) const SHARED: u64 = 1 << 31;
pub(super) const LOCKED: u64 = 1 << 63;
pub(super) const LOW_HALF: u64 = 0xFFFF_FFFF;
pub(super) const MARK_SHIFT: u32 = 32;
/// The bits of a mark.
pub(crate) const MARK: u64 = 0x7FFF_FFFF;

/// Manual-reset events: one signal more.
pub(super) const EPOCH: u64 = 2;
pub(super) const EPOCHS: u64 = 0x7FFF_FFFE;
/// Auto-reset events: one released waiter, and one that is enlisted.
pub(super) const GRANT: u64 = 2;
pub(super) const GRANTS: u64 = 0xFFFE;
pub(super) const WAITER: u64 = 1 << 16;
pub(super) const WAITERS: u64 = 0x7FFF << 16;
pub(super) const COUNT: u64 = 0x7FFF_FFFF;
/// Mutexes: a thread id, of at most 22 bits on Linux.
pub(super) const OWNER: u64 = 0x3F_FFFF;
pub(super) const ABANDONED: u64 = 1 << 30;
/// A thread may own a mutex this many times over.
pub(super) const MOST_RECURSIONS: u64 = 0x7FFF_FFFF;

/// A thread, as a mutex remembers it: its id, and a mark that an earlier or later thread of the
/// same id does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) tid: u32,
    /// 31 bits.
    pub(crate) mark: u32,
}

impl Identity {
    /// What it leaves in a word that it locks: id and nine bits of the mark.
    pub(super) const fn lock(self) -> u64 {
        LOCKED | (self.tid as u64 & OWNER | (self.mark as u64 & 0x1FF) << 22) << MARK_SHIFT
    }

    pub(super) const fn owner(self) -> u64 {
        self.tid as u64 & OWNER | (self.mark as u64 & MARK) << MARK_SHIFT
    }
}

/// Who is named in a word: a thread id, and as many bits of the mark as `bits` has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) tid: u32,
    pub(crate) mark: u32,
    pub(crate) bits: u32,
}

/// The low half, which a sleeper compares.
#[inline]
pub(crate) const fn compared(state: u64) -> u32 {
    (state & LOW_HALF) as u32
}

#[inline]
pub(crate) const fn is_shared(state: u64) -> bool {
    state & SHARED != 0
}

/// Whether somebody may sleep on a word who is counted in it; also true for some words of other
/// rules than events'.
pub(crate) const fn may_count_waiters(state: u64) -> bool {
    state & WAITERS != 0
}

/// Who locked the word.
pub(crate) const fn locker(state: u64) -> Option<Named> {
    if state & LOCKED == 0 {
        return None;
    }
    let field = state >> MARK_SHIFT & MARK;
    Some(Named { tid: (field & OWNER) as u32, mark: (field >> 22) as u32, bits: 9 })
}

/// Who owns the mutex.
pub(crate) const fn owner(state: u64) -> Option<Named> {
    if state & LOCKED != 0 || state & OWNER == 0 {
        return None;
    }
    let mark = (state >> MARK_SHIFT & MARK) as u32;
    Some(Named { tid: (state & OWNER) as u32, mark, bits: 31 })
}

/// Whether the mutex is free because its owner died with it.
pub(crate) const fn is_abandoned(state: u64) -> bool {
    state & (OWNER | ABANDONED) == ABANDONED
}

/// The count of a semaphore.
pub(crate) const fn count(state: u64) -> u32 {
    (state & COUNT) as u32
}

pub(super) const fn grants(state: u64) -> u64 {
    (state & GRANTS) / GRANT
}

pub(super) const fn waiters(state: u64) -> u64 {
    (state & WAITERS) / WAITER
}

/// So many are enlisted that they are no longer counted; nothing is granted then.
pub(super) const fn is_crowded(state: u64) -> bool {
    state & WAITERS == WAITERS
}

pub(super) const fn next_epoch(state: u64) -> u64 {
    state & !EPOCHS | state.wrapping_add(EPOCH) & EPOCHS
}

/// Releases one of the enlisted, if there is one that is not released yet. Of an object that
/// other processes know, nobody is told apart from a waiter that was killed, so nothing is granted.
pub(super) const fn grant(state: u64) -> Option<u64> {
    let grants_it = !is_shared(state) && !is_crowded(state) && waiters(state) > grants(state);
    if grants_it { Some(state + GRANT) } else { None }
}
