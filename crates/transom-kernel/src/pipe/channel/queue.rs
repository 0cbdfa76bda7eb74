//! One direction of a connection: messages in a ring. What is read here was written by a process
//! that may be hostile: each word is read once, checked, and only then used.

use super::bell::Bell;
use super::control::{Control, Kind};
use super::layout::{self, WORDS, padded};
use super::lock::Lock;
use std::sync::atomic::{AtomicU64, Ordering};
use transom_sys::shared_bytes::Ring;

/// What the segment says cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spoilt;

/// How often a side tries to get a picture of a queue that the other side changes meanwhile.
const MOST_TRIES: u32 = 16;

/// A queue, as both sides see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Queue<'a> {
    pub(super) words: &'a [AtomicU64; WORDS],
    pub(super) base: usize,
    pub(super) ring: Ring<'a>,
    pub(super) quota: u64,
    /// Where the ring begins in the file.
    pub(super) offset: u64,
}

/// A message in the queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) control: Control,
    pub(super) kind: Kind,
    /// Where the control word is.
    pub(super) word: &'a AtomicU64,
    /// Where its bytes begin in the ring.
    pub(super) data: u64,
    /// Where the next message begins.
    pub(super) end: u64,
    /// How many bytes were written before it.
    pub(super) start: u64,
    /// Where the id of its writer is, if it may still wait.
    pub(super) writer: Option<&'a AtomicU64>,
    /// Its slot, if it is a stream.
    pub(super) slot: Option<usize>,
}

impl Entry<'_> {
    /// How many bytes were written up to its end.
    pub(super) const fn until(&self) -> u64 {
        self.start.wrapping_add(self.control.length())
    }

    /// How many of its unread bytes are in a ring that is filled up to `tail`.
    #[inline]
    pub(super) fn available(&self, tail: u64) -> u64 {
        let in_ring = tail.wrapping_sub(self.data).min(self.control.length());
        in_ring.saturating_sub(self.control.consumed())
    }

    /// Whether all of it is in the ring.
    pub(super) fn is_whole(&self, tail: u64) -> bool {
        tail.wrapping_sub(self.data) >= self.control.length()
    }
}

/// What a walk over the unread messages found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Survey {
    /// How many unread bytes there are.
    pub(super) unread: u64,
    /// How many bytes were written up to the last message.
    pub(super) written: u64,
}

impl<'a> Queue<'a> {
    #[inline]
    pub(super) fn word(&self, place: usize) -> &'a AtomicU64 {
        &self.words[self.base + place]
    }

    #[inline]
    pub(super) fn get(&self, place: usize) -> u64 {
        self.word(place).load(Ordering::Acquire)
    }

    #[inline]
    pub(super) fn set(&self, place: usize, value: u64) {
        self.word(place).store(value, Ordering::Release);
    }

    pub(super) fn slot(&self, slot: usize, place: usize) -> &'a AtomicU64 {
        self.word(layout::SLOTS[slot & 1] + place)
    }

    #[inline]
    pub(super) fn size(&self) -> u64 {
        self.ring.size() as u64
    }

    #[inline]
    pub(super) fn bell(&self, place: usize) -> Bell<'a, AtomicU64> {
        Bell { word: self.word(place), marks: [self.word(place + 1), self.word(place + 2)] }
    }

    #[inline]
    pub(super) fn lock(&self, place: usize) -> Lock<'a, AtomicU64> {
        Lock(self.word(place))
    }

    /// The beginning of the ring that follows a position.
    #[inline]
    pub(super) fn next_round(&self, position: u64) -> u64 {
        (position | (self.size() - 1)).wrapping_add(1)
    }

    /// Where the message at a position really is, if the writer went back to the beginning there.
    #[inline]
    pub(super) fn behind_jump(&self, position: u64, jump: u64) -> u64 {
        if position == jump { self.next_round(position) } else { position }
    }

    /// Reads how far the ring is filled, beginning at a position; where the first message is. They
    /// are equal if there is none.
    #[inline]
    pub(super) fn bounds(&self, head: u64) -> Result<(u64, u64), Spoilt> {
        let tail = self.get(layout::TAIL);
        if tail == head {
            return Ok((head, tail));
        }
        let first = self.behind_jump(head, self.get(layout::JUMP));
        self.check(first, tail)?;
        Ok((first, tail))
    }

    #[inline]
    pub(super) fn check(&self, head: u64, tail: u64) -> Result<(), Spoilt> {
        let aligned = (head | tail).is_multiple_of(8);
        if aligned && tail.wrapping_sub(head) <= self.size() { Ok(()) } else { Err(Spoilt) }
    }

    /// The message at a position of a ring that is filled up to `tail`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "handing so much back costs more than finding it")]
    pub(super) fn entry(&self, position: u64, tail: u64) -> Result<Entry<'a>, Spoilt> {
        let filled = tail.wrapping_sub(position);
        if filled < layout::PLAIN_HEAD {
            return Err(Spoilt);
        }
        let word = self.ring.word(position);
        let control = Control(word.load(Ordering::Acquire));
        let kind = control.kind().ok_or(Spoilt)?;
        let head = match kind {
            Kind::Plain => layout::PLAIN_HEAD,
            Kind::Pending => layout::PENDING_HEAD,
            Kind::Stream => {
                let slot = usize::try_from(control.length()).map_err(|_| Spoilt)?;
                let entry = self.stream(slot)?;
                let there = position.wrapping_add(layout::PLAIN_HEAD);
                return if entry.data == there { Ok(entry) } else { Err(Spoilt) };
            }
        };
        let bytes = head + padded(control.length());
        if filled < bytes || control.consumed() > control.length() {
            return Err(Spoilt);
        }
        let start = self.ring.word(position.wrapping_add(8)).load(Ordering::Acquire);
        let writer = (kind == Kind::Pending).then(|| self.ring.word(position.wrapping_add(16)));
        let (data, end) = (position.wrapping_add(head), position.wrapping_add(bytes));
        Ok(Entry { control, kind, word, data, end, start, writer, slot: None })
    }

    /// The stream in a slot.
    pub(super) fn stream(&self, slot: usize) -> Result<Entry<'a>, Spoilt> {
        if slot >= layout::SLOTS.len() {
            return Err(Spoilt);
        }
        let word = self.slot(slot, layout::SLOT_CONTROL);
        let control = Control(word.load(Ordering::Acquire));
        let get = |place| self.slot(slot, place).load(Ordering::Acquire);
        let (start, data) = (get(layout::SLOT_START), get(layout::SLOT_DATA));
        let bytes = match control.is_void() {
            true => get(layout::SLOT_EXTENT),
            false => control.length(),
        };
        let possible = control.kind() == Some(Kind::Stream)
            && control.consumed() <= control.length()
            && bytes <= control.length()
            && data.is_multiple_of(8);
        if !possible {
            return Err(Spoilt);
        }
        let end = data.wrapping_add(padded(bytes));
        let writer = Some(self.slot(slot, layout::SLOT_WRITER));
        Ok(Entry { control, kind: Kind::Stream, word, data, end, start, writer, slot: Some(slot) })
    }

    /// The first message, as the reader's words say, and how far the ring is filled.
    pub(super) fn first(&self) -> Result<(Option<Entry<'a>>, u64), Spoilt> {
        let entered = self.get(layout::ENTERED);
        if entered != 0 {
            let tail = self.get(layout::TAIL);
            let slot = usize::try_from(entered - 1).map_err(|_| Spoilt)?;
            let entry = self.stream(slot)?;
            self.check_stream(&entry, tail)?;
            return Ok((Some(entry), tail));
        }
        let (head, tail) = self.bounds(self.get(layout::HEAD))?;
        if head == tail {
            return Ok((None, tail));
        }
        Ok((Some(self.entry(head, tail)?), tail))
    }

    /// What is unread of a stream and in the ring must be no more than the ring is large.
    pub(super) fn check_stream(&self, entry: &Entry<'_>, tail: u64) -> Result<(), Spoilt> {
        let filled = tail.wrapping_sub(entry.data);
        let possible = tail.is_multiple_of(8)
            && filled < 1 << 62
            && (!entry.control.is_void() || padded(entry.end.wrapping_sub(entry.data)) <= filled)
            && filled.saturating_sub(entry.control.consumed()) <= self.size() + 8;
        if possible { Ok(()) } else { Err(Spoilt) }
    }

    /// The message behind another; `None` if that was the last.
    pub(super) fn following(
        &self,
        entry: &Entry<'_>,
        tail: u64,
    ) -> Result<Option<Entry<'a>>, Spoilt> {
        let left = tail.wrapping_sub(entry.end);
        // Of a stream, more may come: its end lies ahead.
        let is_last = left == 0 || left > self.size();
        if is_last { Ok(None) } else { self.entry(entry.end, tail).map(Some) }
    }

    /// Adds up the messages that were written as one of the first `until` bytes; `None` when the
    /// reader was at work all the time.
    pub(super) fn survey(&self, until: u64) -> Result<Option<Survey>, Spoilt> {
        'again: for _ in 0..MOST_TRIES {
            let before = [layout::HEAD, layout::ENTERED].map(|place| self.get(place));
            let mut survey = Survey { unread: 0, written: self.get(layout::PASSED) };
            let tail = self.get(layout::TAIL);
            let mut next = self.first();
            let unchanged = || {
                before == [layout::HEAD, layout::ENTERED].map(|place| self.get(place))
                    && tail == self.get(layout::TAIL)
            };
            // No more messages fit than there is room for their heads.
            for _ in 0..=self.size() / layout::PLAIN_HEAD {
                let (entry, seen) = match next {
                    Ok((Some(entry), seen)) if seen == tail => (entry, seen),
                    Ok((None, seen)) if seen == tail && unchanged() => return Ok(Some(survey)),
                    Err(Spoilt) if unchanged() => return Err(Spoilt),
                    _ => continue 'again,
                };
                if entry.until() <= until && !entry.control.is_void() {
                    survey.unread = survey.unread.saturating_add(entry.control.rest());
                }
                survey.written = entry.until();
                next = self.following(&entry, seen).map(|entry| (entry, seen));
            }
        }
        Ok(None)
    }

    /// How many bytes of those written are void and not yet behind the reader.
    #[inline]
    pub(super) fn void(&self) -> u64 {
        self.get(layout::VOIDED).saturating_sub(self.get(layout::SKIPPED))
    }

    /// How many bytes are unread.
    pub(super) fn unread(&self) -> u64 {
        let passed = self.get(layout::PASSED);
        let written = self.get(layout::WRITTEN);
        written.saturating_sub(passed).saturating_sub(self.void())
    }
}
