//! The word at the head of each message, which says how much of it was read, or that it is void.
//!
//! | bits | content |
//! |---|---|
//! | 0-27 | length in bytes |
//! | 28-55 | how many bytes were read |
//! | 56-60 | tag: the number of the ring's round, or of the stream |
//! | 61-62 | kind |
//! | 63 | void: nothing of it is to be read any more |
//!
//! While a write waits, its message can be read and cancelled at the same moment. Both are one
//! exchange of this word, so exactly one of them happens: a reader that has copied bytes has them
//! only if its exchange succeeds. The tag keeps a late cancel from hitting the message that took
//! the place of its own.

use super::word::Word;

const LENGTH: u64 = 0xFFF_FFFF;
const CONSUMED_SHIFT: u32 = 28;
const TAG_SHIFT: u32 = 56;
const TAG: u64 = 31;
const KIND_SHIFT: u32 = 61;
const VOID: u64 = 1 << 63;
/// More often than this only a peer that plays with the word gets in between.
const MOST_TRIES: u32 = 1000;

/// The longest message: 256 MiB less one byte.
pub const LONGEST_MESSAGE: usize = LENGTH as usize;

/// How a message lies in the queue.
///
/// As large as a register: copied with others, a single byte would hold the copy up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Kind {
    /// Whole in the ring, and its write is complete.
    Plain = 1,
    /// Whole in the ring; its write waits and may be cancelled.
    Pending = 2,
    /// Larger than the ring: its word and bounds are in a slot of the header.
    Stream = 3,
}

/// A control word, as it was read once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Control(pub(super) u64);

impl Control {
    pub(super) const fn new(kind: Kind, length: u64, tag: u64) -> Self {
        Self((kind as u64) << KIND_SHIFT | (tag & TAG) << TAG_SHIFT | length & LENGTH)
    }

    /// The entry in the ring that leads to a slot.
    pub(super) const fn leading_to(slot: usize) -> Self {
        Self::new(Kind::Stream, slot as u64, 0)
    }

    pub(super) const fn kind(self) -> Option<Kind> {
        match self.0 >> KIND_SHIFT & 3 {
            1 => Some(Kind::Plain),
            2 => Some(Kind::Pending),
            3 => Some(Kind::Stream),
            _ => None,
        }
    }

    pub(super) const fn length(self) -> u64 {
        self.0 & LENGTH
    }

    pub(super) const fn consumed(self) -> u64 {
        self.0 >> CONSUMED_SHIFT & LENGTH
    }

    const fn tag(self) -> u64 {
        self.0 >> TAG_SHIFT & TAG
    }

    pub(super) const fn is_void(self) -> bool {
        self.0 & VOID != 0
    }

    /// What was not read. A word that claims more was read than there is has nothing left.
    pub(super) const fn rest(self) -> u64 {
        self.length().saturating_sub(self.consumed())
    }

    /// As it is when `count` more bytes were read; void when these were all.
    pub(super) const fn with_read(self, count: u64) -> Self {
        let consumed = self.consumed() + count;
        let others = self.0 & !(LENGTH << CONSUMED_SHIFT);
        let void = if consumed == self.length() { VOID } else { 0 };
        Self(others | (consumed & LENGTH) << CONSUMED_SHIFT | void)
    }
}

/// The reader has `count` more bytes; `false` if the message changed meanwhile, and it has not.
pub(super) fn read(word: &impl Word, seen: Control, count: u64) -> bool {
    word.exchange(seen.0, seen.with_read(count).0).is_ok()
}

/// Makes the message of a tag void; it as it was, with what was not read. `None` if it was void or
/// read already.
pub(super) fn cancel(word: &impl Word, tag: u64) -> Option<Control> {
    let mut now = Control(word.load());
    for _ in 0..MOST_TRIES {
        if now.is_void() || now.tag() != tag & TAG {
            return None;
        }
        match word.exchange(now.0, now.0 | VOID) {
            Ok(_) => return Some(now),
            Err(other) => now = Control(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Control, Kind, LONGEST_MESSAGE, cancel, read};
    use std::sync::atomic::AtomicU64;

    #[test]
    fn a_message_is_read_in_parts_or_cancelled() {
        for kind in [Kind::Plain, Kind::Pending, Kind::Stream] {
            let whole = Control::new(kind, LONGEST_MESSAGE as u64, 33);
            let word = AtomicU64::new(whole.0);
            assert_eq!((whole.kind(), whole.rest()), (Some(kind), LONGEST_MESSAGE as u64));
            assert!(read(&word, whole, 10));
            assert!(!read(&word, whole, 10));
            assert_eq!(cancel(&word, 2), None);
            let rest = cancel(&word, 1).unwrap();
            assert_eq!((rest.consumed(), rest.rest()), (10, LONGEST_MESSAGE as u64 - 10));
            assert!(!read(&word, rest, 10));
            assert_eq!(cancel(&word, 1), None);
        }
    }

    #[test]
    fn a_message_that_was_read_cannot_be_cancelled() {
        for length in [0, 1, 100] {
            let whole = Control::new(Kind::Pending, length, 1);
            let word = AtomicU64::new(whole.0);
            assert!(read(&word, whole, length));
            assert_eq!(cancel(&word, 1), None);
        }
    }
}
