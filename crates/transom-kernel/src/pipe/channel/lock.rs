//! The lock that the holders of one end share: who has it is in the word, so a dead holder is
//! found out; and whoever waited is served before whoever comes.
//!
//! | bits | content |
//! |---|---|
//! | 0-21 | the holder's thread id, 0 when free |
//! | 30 | it is held for long: for a message that is larger than the ring |
//! | 31 | somebody sleeps on it |
//! | 32-62 | the holder's mark, which an earlier or later thread of that id does not have |
//!
//! The low half is the futex. Releasing a lock on which somebody sleeps leaves bit 31 and wakes
//! the first; a free lock with that bit is only for one that was woken (or slept long enough to
//! suspect that the one who was woken died). The kernel keeps sleepers in the order they came.

use super::holder::Identity;
use super::word::Word;

const TID: u64 = 0x3F_FFFF;
const LONG: u64 = 1 << 30;
const CONTENDED: u64 = 1 << 31;
const MARK_SHIFT: u32 = 32;
const MARK: u64 = 0x7FFF_FFFF;
/// More often than this only a peer that plays with the word gets in between.
const MOST_TRIES: u32 = 1000;

/// How an attempt went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// The lock is ours.
    Taken,
    /// It is not; this is what the word is.
    Held(u64),
}

/// What remains to be done after a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Release {
    /// Nothing.
    Done,
    /// Wake one sleeper; if there is none, [`Lock::calm`].
    Wake,
    /// It was not ours any more: somebody scribbled on it.
    Lost,
}

const fn of(me: Identity) -> u64 {
    me.tid as u64 & TID | (me.mark as u64 & MARK) << MARK_SHIFT
}

/// Who is named in a lock word; `None` when it is free.
pub(crate) const fn holder(word: u64) -> Option<Identity> {
    let tid = (word & TID) as u32;
    if tid == 0 {
        return None;
    }
    Some(Identity { tid, mark: (word >> MARK_SHIFT & MARK) as u32 })
}

/// Whether the lock is held for long.
pub(crate) const fn is_long(word: u64) -> bool {
    word & LONG != 0
}

/// Whether somebody sleeps on the lock.
pub(super) const fn is_contended(word: u64) -> bool {
    word & CONTENDED != 0
}

/// A lock in shared memory.
#[derive(Debug)]
pub(crate) struct Lock<'a, W>(pub(crate) &'a W);

impl<W: Word> Lock<'_, W> {
    /// Takes it if it is free; if others wait, only when `woken`.
    #[inline]
    pub(crate) fn attempt(&self, me: Identity, woken: bool) -> Attempt {
        let mut now = match self.0.exchange(0, of(me)) {
            Ok(_) => return Attempt::Taken,
            Err(now) => now,
        };
        for _ in 0..MOST_TRIES {
            if holder(now).is_some() || now & CONTENDED != 0 && !woken {
                break;
            }
            match self.0.exchange(now, of(me) | now & CONTENDED) {
                Ok(_) => return Attempt::Taken,
                Err(other) => now = other,
            }
        }
        Attempt::Held(now)
    }

    /// Before sleeping on a word that was seen: what it is then; `None` if it changed meanwhile.
    pub(crate) fn contend(&self, seen: u64) -> Option<u64> {
        let contended = seen | CONTENDED;
        (seen == contended || self.0.exchange(seen, contended).is_ok()).then_some(contended)
    }

    /// Takes it from a holder that died.
    pub(crate) fn inherit(&self, dead: u64, me: Identity) -> bool {
        self.0.exchange(dead, of(me) | dead & CONTENDED).is_ok()
    }

    /// Says that it will be held for long, or no longer.
    pub(crate) fn mark_long(&self, me: Identity, long: bool) -> bool {
        let mut now = self.0.load();
        for _ in 0..MOST_TRIES {
            if now & !(LONG | CONTENDED) != of(me) {
                return false;
            }
            let wanted = if long { now | LONG } else { now & !LONG };
            match self.0.exchange(now, wanted) {
                Ok(_) => return true,
                Err(other) => now = other,
            }
        }
        false
    }

    /// Lets go of it.
    #[inline]
    pub(crate) fn release(&self, me: Identity) -> Release {
        let mut now = match self.0.exchange(of(me), 0) {
            Ok(_) => return Release::Done,
            Err(now) => now,
        };
        for _ in 0..MOST_TRIES {
            if now & !(LONG | CONTENDED) != of(me) {
                break;
            }
            match self.0.exchange(now, now & CONTENDED) {
                Ok(_) if now & CONTENDED != 0 => return Release::Wake,
                Ok(_) => return Release::Done,
                Err(other) => now = other,
            }
        }
        Release::Lost
    }

    /// After a wake that reached nobody: whether sleepers must be woken once more, for one may
    /// have lain down in between.
    pub(crate) fn calm(&self) -> bool {
        self.0.exchange(CONTENDED, 0).is_ok()
    }
}
