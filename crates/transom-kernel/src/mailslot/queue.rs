//! The queue: a ring of messages that writers fill one after the other and the reader empties.
//!
//! A writer copies its message behind the last one and then moves the tail, which is the one step
//! that counts: one that dies before leaves nothing, one that dies after a whole message. A reader
//! copies the first message out and then moves the head. So neither lock needs a repair, and
//! readers and writers never wait for each other.
//!
//! Positions count on for ever; the ring is twice as large as what may wait, so what is given back
//! to the system behind the reader is not yet written to again. When the queue is empty, the next
//! message begins at the ring's beginning again, in memory that is still warm: the tail *jumps*.
//! A jump is noted before it is made, and both positions are read with that in mind, so it does
//! not matter where a writer dies.
//!
//! Each message has in front of it how much was ever written before it. What waits is the
//! difference between tail and head, and nobody has to count along.

use super::layout::{self, ENTRY_HEAD, PIECE, RESTART, RING_BYTES, entry_bytes};
use super::lock::{self, Held};
use super::segment::Segment;
use crate::error::{Result, Win32Error};
use crate::pipe::channel::Patience;
use crate::pipe::channel::bell::{ANY, Bell, NEVER, rung};
use crate::pipe::channel::wait::watch;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use transom_sys::futex::{self, Scope};
use transom_sys::processor;
use transom_sys::shared_bytes::Ring;

/// A message of at least this size has its memory taken before it is written.
const LARGE: u64 = 64 << 10;
/// How much may wait at most where it need not be known exactly.
const LITTLE: u64 = RESTART;

/// What waits in a mailslot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many messages.
    pub messages: u64,
    /// How many bytes they have together.
    pub bytes: u64,
    /// The size of the next one.
    pub next: Option<u32>,
}

/// A mailslot's queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Queue<'a> {
    pub(super) words: &'a [AtomicU64; layout::WORDS],
    pub(super) ring: Ring<'a>,
    pub(super) memory: &'a Segment,
}

/// The first message, found but not taken.
#[derive(Clone, Copy, Debug)]
struct First {
    at: u64,
    length: u64,
}

impl<'a> Queue<'a> {
    #[inline]
    fn load(&self, place: usize) -> u64 {
        self.words[place].load(Ordering::SeqCst)
    }

    #[inline]
    fn store(&self, place: usize, value: u64) {
        self.words[place].store(value, Ordering::SeqCst);
    }

    /// Where a position leads to: somewhere else, if it is where the last jump began.
    #[inline]
    fn resolve(&self, position: u64) -> u64 {
        if position == self.load(layout::JUMP_FROM) { self.load(layout::JUMP_TO) } else { position }
    }

    #[inline]
    fn number(&self, position: u64) -> u64 {
        self.ring.word(position).load(Ordering::Relaxed)
    }

    #[inline]
    fn set_number(&self, position: u64, value: u64) {
        self.ring.word(position).store(value, Ordering::Relaxed);
    }

    /// Appends a message of this length that `fill` copies to a place of the ring, if no more than
    /// `capacity` waits then; how much that is.
    ///
    /// # Errors
    /// `ERROR_NOT_ENOUGH_QUOTA` when too much waits, `ERROR_NOT_ENOUGH_MEMORY` when the system has
    /// none left, `ERROR_FILE_CORRUPT` when somebody scribbled over the queue, what `fill` reports,
    /// and `ERROR_BUSY` of the lock.
    #[inline]
    pub(super) fn append(
        &self,
        length: u64,
        capacity: u64,
        fill: impl FnOnce(Ring<'a>, u64) -> Result<()>,
    ) -> Result<u64> {
        let held = lock::acquire(&self.words[layout::WRITE_LOCK], Patience::FOREVER)?;
        let tail = self.load(layout::TAIL);
        let mut at = self.resolve(tail);
        let waiting = self.waiting_bytes(at);
        if waiting > layout::CAPACITY || !at.is_multiple_of(8) {
            return Err(Win32Error::FILE_CORRUPT);
        }
        let size = entry_bytes(length);
        if length > capacity || waiting + size > capacity {
            return Err(Win32Error::NOT_ENOUGH_QUOTA);
        }
        let (messages, bytes) = (self.number(at), self.number(at.wrapping_add(8)));
        if waiting == 0 && at % (RING_BYTES as u64) >= RESTART {
            at = self.jump(tail, at, [messages, bytes]);
        }
        if size >= LARGE {
            self.memory.reserve(at % RING_BYTES as u64, size + ENTRY_HEAD)?;
        }
        // Somebody may have scribbled numbers here that overflow; they harm nobody.
        let behind = at.wrapping_add(size);
        self.set_number(at.wrapping_add(16), length);
        fill(self.ring, at.wrapping_add(ENTRY_HEAD))?;
        self.set_number(behind, messages.wrapping_add(1));
        self.set_number(behind.wrapping_add(8), bytes.wrapping_add(length));
        let processor = u64::from(processor::current());
        if self.words[layout::PROCESSOR].load(Ordering::Relaxed) != processor {
            self.words[layout::PROCESSOR].store(processor, Ordering::Relaxed);
        }
        self.store(layout::TAIL, behind);
        drop(held);
        if self.bell().strike([1, 0]).sleepers {
            futex::wake(&self.words[layout::BELL], Scope::Shared, futex::ALL);
        }
        Ok(waiting + size)
    }

    /// How much waits before a position where a writer is; while it is little, no more is looked at
    /// than what was seen of the reader last, so that both need not have the same memory all the
    /// time. Then it may be less.
    #[inline]
    fn waiting_bytes(&self, at: u64) -> u64 {
        let seen = at.wrapping_sub(self.memory.seen_head.load(Ordering::Relaxed));
        if (1..=LITTLE).contains(&seen) {
            return seen;
        }
        let head = self.resolve(self.load(layout::HEAD));
        self.memory.seen_head.store(head, Ordering::Relaxed);
        at.wrapping_sub(head)
    }

    /// Gives the reader a moment in which it may empty the queue; whether it did. So it finds the
    /// messages while they are in the cache, and the memory of a few serves for all.
    #[cold]
    pub(super) fn let_reader_catch_up(&self) -> bool {
        const LONGEST: Duration = Duration::from_micros(300);
        const LONGEST_STILL: Duration = Duration::from_micros(100);
        std::thread::yield_now();
        let begun = Instant::now();
        let (mut head, mut moved) = (self.load(layout::HEAD), begun);
        while !self.is_empty() {
            let now = Instant::now();
            if self.load(layout::HEAD) != head {
                (head, moved) = (self.load(layout::HEAD), now);
            }
            // It is not at work, or too slow.
            if now - moved > LONGEST_STILL || now - begun > LONGEST {
                return false;
            }
            for _ in 0..64 {
                std::hint::spin_loop();
            }
        }
        true
    }

    /// Lets an empty queue go on at the beginning of the ring; where that is.
    fn jump(&self, tail: u64, at: u64, totals: [u64; 2]) -> u64 {
        let size = RING_BYTES as u64;
        let to = (at / size + 1).wrapping_mul(size);
        self.set_number(to, totals[0]);
        self.set_number(to.wrapping_add(8), totals[1]);
        self.store(layout::JUMP_TO, to);
        // From here on tail and head are there, wherever they are.
        self.store(layout::JUMP_FROM, tail);
        // The piece that is left: nothing is in it, and nobody writes but us.
        let start = at / PIECE * PIECE;
        self.give_back_piece(start, at - start);
        to
    }

    fn bell(&self) -> Bell<'a, AtomicU64> {
        let [word, first, second] = [0, 1, 2].map(|place| &self.words[layout::BELL + place]);
        Bell { word, marks: [first, second] }
    }

    /// The lock of the readers.
    pub(super) fn lock_readers(&self, patience: Patience<'_>) -> Result<Held<'a>> {
        lock::acquire(&self.words[layout::READ_LOCK], patience)
    }

    /// The first message; `None` if there is none. The caller has the lock of the readers.
    #[inline]
    fn first(&self) -> Result<Option<First>> {
        let head = self.load(layout::HEAD);
        // As far as the writers had come when somebody here looked last; there is no jump before.
        let seen = self.memory.seen_tail.load(Ordering::Relaxed).wrapping_sub(head);
        let (at, waiting) = match seen {
            1..=layout::CAPACITY => (head, seen),
            _ => match self.look_at_tail(head) {
                Some(found) => found,
                None => return Ok(None),
            },
        };
        let length = self.number(at.wrapping_add(16));
        let fits = length <= layout::CAPACITY && entry_bytes(length) <= waiting;
        if waiting > layout::CAPACITY || !at.is_multiple_of(8) || !fits {
            return Err(Win32Error::FILE_CORRUPT);
        }
        Ok(Some(First { at, length }))
    }

    /// Where the first message is, and how much waits.
    fn look_at_tail(&self, head: u64) -> Option<(u64, u64)> {
        let tail = self.load(layout::TAIL);
        if head == tail {
            return None;
        }
        let (at, end) = (self.resolve(head), self.resolve(tail));
        if at != head {
            // The jump is made, so that what was seen of the tail is ahead of the head.
            self.store(layout::HEAD, at);
        }
        self.memory.seen_tail.store(end, Ordering::Relaxed);
        (at != end).then(|| (at, end.wrapping_sub(at)))
    }

    /// Takes the first message, if `copy` can: it is given the length, and where it is. `None` if
    /// there is none. The caller has the lock of the readers.
    ///
    /// # Errors
    /// What `copy` reports, and the message stays. `ERROR_FILE_CORRUPT` when somebody scribbled
    /// over the queue, which is empty then.
    #[inline]
    pub(super) fn take<T>(
        &self,
        _held: &Held<'_>,
        copy: impl FnOnce(usize, Ring<'a>, u64) -> Result<T>,
    ) -> Result<Option<T>> {
        let first = match self.first() {
            Ok(Some(first)) => first,
            Ok(None) => return Ok(None),
            Err(error) => {
                self.discard();
                return Err(error);
            }
        };
        // Not more than `CAPACITY`.
        let taken = copy(first.length as usize, self.ring, first.at.wrapping_add(ENTRY_HEAD))?;
        let behind = first.at.wrapping_add(entry_bytes(first.length));
        if behind / PIECE != first.at / PIECE {
            self.give_back(&first, behind);
        }
        self.store(layout::HEAD, behind);
        Ok(Some(taken))
    }

    /// Empties a queue that is spoilt, so that it can be used again.
    #[cold]
    fn discard(&self) {
        let at = self.resolve(self.load(layout::TAIL)) & !7;
        if let Ok(_held) = lock::acquire(&self.words[layout::WRITE_LOCK], Patience::FOREVER) {
            self.store(layout::JUMP_FROM, u64::MAX);
            self.set_number(at, 0);
            self.set_number(at.wrapping_add(8), 0);
            self.store(layout::TAIL, at);
            self.store(layout::HEAD, at);
            self.memory.seen_tail.store(at, Ordering::Relaxed);
            self.memory.seen_head.store(at, Ordering::Relaxed);
        }
    }

    /// Gives the memory back that lies behind the reader, who is about to get to `behind`.
    #[cold]
    fn give_back(&self, first: &First, behind: u64) {
        for piece in first.at / PIECE..behind / PIECE {
            self.give_back_piece(piece * PIECE, PIECE);
        }
    }

    fn give_back_piece(&self, position: u64, length: u64) {
        let offset = position % RING_BYTES as u64;
        if offset != 0 && length != 0 {
            self.memory.give_back(offset, length);
        }
    }

    /// What waits. Somebody may write and read meanwhile; the numbers fit each other all the same,
    /// if the caller has the lock of the readers.
    pub(super) fn waiting(&self) -> Result<Waiting> {
        let Some(first) = self.first()? else { return Ok(Waiting::default()) };
        let end = self.resolve(self.load(layout::TAIL));
        let between = |place: u64| {
            let number = |position: u64| self.number(position.wrapping_add(place));
            number(end).wrapping_sub(number(first.at))
        };
        let next = u32::try_from(first.length).unwrap_or(u32::MAX);
        Ok(Waiting { messages: between(0), bytes: between(8), next: Some(next) })
    }

    /// Whether there is something to read.
    #[inline]
    fn is_empty(&self) -> bool {
        self.load(layout::HEAD) == self.load(layout::TAIL)
    }

    /// Waits until there may be something to read, or until `ended` says after
    /// [`wake_readers`](Self::wake_readers) that nobody need wait any more.
    ///
    /// # Errors
    /// `ERROR_SEM_TIMEOUT` when the time is over, `ERROR_OPERATION_ABORTED` when cancelled.
    pub(super) fn wait(&self, patience: Patience<'_>, ended: impl Fn() -> bool) -> Result<()> {
        patience.check()?;
        let writer = self.words[layout::PROCESSOR].load(Ordering::Relaxed);
        if writer == u64::from(processor::current()) {
            // Let the writer get some way before it has to wake us.
            std::thread::yield_now();
            if !self.is_empty() {
                return Ok(());
            }
        } else if writer != u64::MAX && watch(|| !self.is_empty()) {
            return Ok(());
        }
        let armed = self.bell().arm([ANY, NEVER]);
        if self.is_empty() && !ended() {
            patience.sleep(&self.words[layout::BELL], armed, Scope::Shared, None)?;
        }
        Ok(())
    }

    /// Wakes all that wait for messages, so that they look again.
    pub(super) fn wake_readers(&self) {
        let bell = &self.words[layout::BELL];
        let now = bell.load(Ordering::SeqCst);
        bell.store(rung(now), Ordering::SeqCst);
        futex::wake(bell, Scope::Shared, futex::ALL);
    }
}
