//! Reading messages.

use super::bell::{ANY, NEVER};
use super::control::{self, Kind};
use super::end::{End, Entering, LOOK, Locked, Step};
use super::holder::{self, Identity};
use super::layout;
use super::queue::{Entry, Queue, Spoilt};
use super::state::State;
use super::wait::Patience;
use crate::error::{Result, Win32Error};
use std::sync::atomic::Ordering;
use transom_sys::shared_bytes::Target;

/// How often a read looks again because something seems to have come while the other end closed:
/// more often only if that end plays with the segment.
const MOST_LOOKS: u32 = 1000;

/// How a reader sees the queue: the mode of its handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadMode {
    /// `PIPE_READMODE_BYTE`: bytes, wherever messages begin and end.
    Byte,
    /// `PIPE_READMODE_MESSAGE`: one message at a time.
    Message,
}

/// What a read brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// How many bytes.
    pub bytes: usize,
    /// There is more of this message, which the next read gets: `ERROR_MORE_DATA`.
    pub more: bool,
}

/// A read that may take several steps, for whoever waits for several things at once. While it
/// collects a message that is larger than the ring it holds the lock of its end; so it must be
/// stepped until it is done or has failed, or be given up, by one thread.
#[derive(Debug)]
#[must_use = "a read that is dropped half done blocks its end"]
pub struct ReadRequest {
    /// How much of a stream is in the buffer; we hold the lock.
    collected: Option<usize>,
    me: Identity,
}

impl Default for ReadRequest {
    fn default() -> Self {
        Self::new()
    }
}

/// What the front of the queue is.
enum Front<'a> {
    Message(Entry<'a>, u64),
    Nothing,
}

impl End {
    /// `End::read`: reads a message, or bytes, and waits until there are some.
    ///
    /// In message mode a buffer that is too short is filled, and the rest stays for the next read,
    /// by whatever thread or process. A message that is cancelled while it is read in one piece was
    /// never there.
    ///
    /// # Errors
    /// `ERROR_BROKEN_PIPE` when nothing is left and the other end is closed, or when it has spoilt
    /// the segment; `ERROR_PIPE_LISTENING` before a client has come, `ERROR_PIPE_NOT_CONNECTED`
    /// after a disconnection; `ERROR_OPERATION_ABORTED` and `ERROR_SEM_TIMEOUT` when patience is
    /// over.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-readfile>
    pub fn read(
        &self,
        target: &mut (impl Target + ?Sized),
        mode: ReadMode,
        patience: Patience<'_>,
    ) -> Result<Taken> {
        let mut request = ReadRequest::new();
        match request.try_step(self, target, mode)? {
            Step::Done(taken) => Ok(taken),
            Step::Blocked(_) => self.finish_read(&mut request, target, mode, patience),
        }
    }

    /// `End::finish_read`: goes on with a read whose first step could not be the last, and waits.
    ///
    /// # Errors
    /// As for [`End::read`].
    #[cold]
    pub fn finish_read(
        &self,
        request: &mut ReadRequest,
        target: &mut (impl Target + ?Sized),
        mode: ReadMode,
        patience: Patience<'_>,
    ) -> Result<Taken> {
        let place = match request.collected {
            Some(_) => Ok(None),
            None => self.readers.reach_front(patience).map(Some),
        };
        let done = place.and_then(|_place| {
            let queue = self.incoming()?;
            let bell = queue.bell(layout::DATA_BELL);
            self.until_done(&bell, queue.word(layout::TAIL), patience, |suspicious| {
                request.step(self, target, mode, Entering::Wait(patience), suspicious)
            })
        });
        match done {
            Err(error) => request.give_up(self).filter(|_| is_impatience(error)).ok_or(error),
            done => done,
        }
    }

    /// `End::read_now`: reads what is there.
    ///
    /// # Errors
    /// `ERROR_NO_DATA` when there is nothing, and as for [`End::read`], without those of waiting.
    pub fn read_now(&self, target: &mut (impl Target + ?Sized), mode: ReadMode) -> Result<Taken> {
        let mut request = ReadRequest::new();
        match request.try_step(self, target, mode)? {
            Step::Done(taken) => Ok(taken),
            Step::Blocked(_) => {
                // Of a large message the beginning may be there.
                request.give_up(self).ok_or(Win32Error::NO_DATA)
            }
        }
    }

    /// Whether a read would find something, be it an error.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        if !matches!(self.state(), State::Connected | State::Listening) {
            return true;
        }
        let Ok(queue) = self.incoming() else { return true };
        match self.first_unread(&queue) {
            Ok(Some((entry, tail))) => {
                entry.control.length() == 0 || entry.available(tail) > 0 || entry.is_whole(tail)
            }
            Ok(None) => false,
            Err(Spoilt) => true,
        }
    }

    /// What the front of the queue is; void messages and those of dead writers are removed.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "handing so much back costs more than finding it")]
    fn front<'a>(&self, queue: &Queue<'a>, suspicious: bool) -> Result<Front<'a>, Spoilt> {
        loop {
            if queue.get(layout::ENTERED) != 0 {
                match self.front_stream(queue, suspicious)? {
                    Some(front) => return Ok(front),
                    None => continue,
                }
            }
            let head = queue.get(layout::HEAD);
            let Some((first, tail)) = self.filled(queue, head)? else { return Ok(Front::Nothing) };
            let entry = queue.entry(first, tail)?;
            if entry.kind == Kind::Stream {
                queue.set(layout::ENTERED, entry.slot.map_or(0, |slot| slot as u64 + 1));
                continue;
            }
            if entry.start.wrapping_add(entry.control.consumed()) != queue.get(layout::PASSED) {
                return Err(Spoilt);
            }
            if entry.control.is_void() {
                self.go_past(queue, &entry, true);
                continue;
            }
            let limit = queue.get(layout::LIMIT);
            if limit != 0 && entry.until() >= limit {
                return Ok(Front::Nothing);
            }
            if let Some(writer) = entry.writer
                && entry.control.rest() > queue.quota
                && !holder::exists(Identity::unpacked(writer.load(Ordering::Relaxed)))
            {
                // Its writer died while it waited.
                let rest = entry.control.rest();
                if control::read(entry.word, entry.control, rest) {
                    self.go_past(queue, &entry, false);
                }
                continue;
            }
            return Ok(Front::Message(entry, tail));
        }
    }

    /// Where the first message begins and how far the ring is filled; `None` when it is empty.
    #[inline]
    fn filled(&self, queue: &Queue<'_>, head: u64) -> Result<Option<(u64, u64)>, Spoilt> {
        let tail = self.seen.tail.load(Ordering::Relaxed);
        let first = queue.behind_jump(head, self.seen.jump.load(Ordering::Relaxed));
        if tail != head && queue.check(first, tail).is_ok() && tail != first {
            return Ok(Some((first, tail)));
        }
        let tail = queue.word(layout::TAIL).load(Ordering::SeqCst);
        if tail == head {
            return Ok(None);
        }
        let jump = queue.get(layout::JUMP);
        let first = queue.behind_jump(head, jump);
        queue.check(first, tail)?;
        self.seen.tail.store(tail, Ordering::Relaxed);
        self.seen.jump.store(jump, Ordering::Relaxed);
        Ok((tail != first).then_some((first, tail)))
    }

    /// The stream at the front; `None` when it is over.
    #[cold]
    fn front_stream<'a>(
        &self,
        queue: &Queue<'a>,
        suspicious: bool,
    ) -> Result<Option<Front<'a>>, Spoilt> {
        let (Some(entry), mut tail) = queue.first()? else { return Err(Spoilt) };
        if entry.start.wrapping_add(entry.control.consumed()) != queue.get(layout::PASSED) {
            return Err(Spoilt);
        }
        if entry.control.is_void() {
            // Its end may have been published just after the tail was read.
            tail = queue.get(layout::TAIL);
            queue.check_stream(&entry, tail)?;
            self.go_past(queue, &entry, true);
            return Ok(None);
        }
        let limit = queue.get(layout::LIMIT);
        if limit != 0 && (entry.until() >= limit || !entry.is_whole(tail)) {
            return Ok(Some(Front::Nothing));
        }
        if suspicious && !entry.is_whole(tail) && entry.available(tail) == 0 {
            let writer = entry.writer.map_or(0, |writer| writer.load(Ordering::Relaxed));
            let rest = entry.control.rest();
            if !holder::runs(Identity::unpacked(writer))
                && control::read(entry.word, entry.control, rest)
            {
                // Nothing more of it will come.
                let cut = Entry { end: tail, ..entry };
                self.go_past(queue, &cut, false);
                return Ok(None);
            }
        }
        Ok(Some(Front::Message(entry, tail)))
    }

    /// The rest of a message will not be read.
    fn go_past(&self, queue: &Queue<'_>, entry: &Entry<'_>, was_void: bool) {
        let rest = entry.control.rest();
        if was_void && rest > 0 {
            queue.set(layout::SKIPPED, queue.get(layout::SKIPPED).wrapping_add(rest));
        }
        queue.set(layout::COLLECTING, 0);
        self.leave(queue, entry, rest);
    }

    /// The message is over: the next one is the first.
    #[inline]
    fn leave(&self, queue: &Queue<'_>, entry: &Entry<'_>, count: u64) {
        queue.set(layout::HEAD, entry.end);
        if entry.kind == Kind::Stream {
            queue.set(layout::ENTERED, 0);
        }
        self.pass(queue, entry.end, count);
    }

    /// Tells the writer how far the reader is.
    #[inline]
    fn pass(&self, queue: &Queue<'_>, freed: u64, count: u64) {
        let passed = queue.get(layout::PASSED).wrapping_add(count);
        queue.set(layout::PASSED, passed);
        queue.word(layout::FREED).store(freed, Ordering::SeqCst);
        self.strike(&queue.bell(layout::SPACE_BELL), [freed, passed]);
    }

    /// Copies from the first message and takes what was copied; `None` when it was cancelled at
    /// that moment.
    #[inline]
    fn take(
        &self,
        queue: &Queue<'_>,
        entry: &Entry<'_>,
        available: u64,
        target: &mut (impl Target + ?Sized),
        skip: usize,
    ) -> Option<(usize, u64)> {
        let consumed = entry.control.consumed();
        let from = entry.data.wrapping_add(consumed);
        let count = queue.ring.copy_out(from, target, skip, available as usize) as u64;
        let rest = entry.control.rest() - count;
        let whole_and_safe = entry.kind == Kind::Plain && rest == 0;
        if !whole_and_safe && !control::read(entry.word, entry.control, count) {
            return None;
        }
        if rest == 0 {
            self.leave(queue, entry, count);
        } else if entry.kind == Kind::Stream {
            self.pass(queue, entry.data.wrapping_add((consumed + count) & !7), count);
        } else {
            // The place is free when the message is over.
            self.pass(queue, queue.get(layout::FREED), count);
        }
        Some((count as usize, rest))
    }

    /// What a reader was doing when it died is completed: the message it had taken is gone.
    #[cold]
    fn repair_reading(&self, queue: &Queue<'_>) -> Result<(), Spoilt> {
        let (entry, _) = queue.first()?;
        let (freed, passed) = match entry {
            Some(entry) => {
                let consumed = entry.control.consumed();
                let freed = match entry.kind {
                    Kind::Stream if queue.get(layout::ENTERED) != 0 => {
                        entry.data.wrapping_add(consumed & !7)
                    }
                    _ => queue.get(layout::HEAD),
                };
                (freed, entry.start.wrapping_add(consumed))
            }
            None => (queue.get(layout::HEAD), queue.get(layout::WRITTEN)),
        };
        queue.set(layout::PASSED, passed);
        queue.set(layout::FREED, freed);
        self.strike(&queue.bell(layout::SPACE_BELL), [NEVER; 2]);
        Ok(())
    }
}

impl ReadRequest {
    /// A read that has not begun.
    pub fn new() -> Self {
        Self { collected: None, me: Identity::unpacked(0) }
    }

    /// `ReadRequest::try_step`: reads what is there; the marks are those for
    /// [`End::arm_for_data`].
    ///
    /// # Errors
    /// As for [`End::read`]; the request is over then.
    #[inline]
    pub fn try_step(
        &mut self,
        end: &End,
        target: &mut (impl Target + ?Sized),
        mode: ReadMode,
    ) -> Result<Step<Taken>> {
        if self.collected.is_none() && !end.readers.is_empty() {
            return Ok(Step::Blocked([ANY, LOOK]));
        }
        self.step(end, target, mode, Entering::Try, false)
    }

    #[inline]
    fn step(
        &mut self,
        end: &End,
        target: &mut (impl Target + ?Sized),
        mode: ReadMode,
        entering: Entering<'_>,
        suspicious: bool,
    ) -> Result<Step<Taken>> {
        for _ in 0..MOST_LOOKS {
            if let Err(error) = end.state().check_reading() {
                self.give_up(end);
                return Err(error);
            }
            let queue = end.incoming()?;
            if self.collected.is_none() {
                self.me = holder::current();
                match end.lock(&queue, layout::READ_LOCK, self.me, entering)? {
                    Locked::Taken => {}
                    Locked::Busy => return Ok(Step::Blocked([ANY, LOOK])),
                    Locked::FromTheDead => {
                        if end.repair_reading(&queue).is_err() {
                            end.unlock(&queue, layout::READ_LOCK, self.me);
                            return Err(end.segment.break_off());
                        }
                    }
                }
            }
            let stepped = match mode {
                ReadMode::Message => self.message(end, &queue, target, suspicious),
                ReadMode::Byte => self.bytes(end, &queue, target, suspicious),
            };
            if self.collected.is_none() {
                end.unlock(&queue, layout::READ_LOCK, self.me);
            }
            match stepped {
                Ok(Some(taken)) => return Ok(Step::Done(taken)),
                Ok(None) => {}
                Err(Spoilt) => {
                    self.give_up(end);
                    return Err(end.segment.break_off());
                }
            }
            if let Some(marks) = self.nothing(end, &queue)? {
                return Ok(Step::Blocked(marks));
            }
        }
        self.give_up(end);
        Err(end.segment.break_off())
    }

    /// There is nothing to read: for good, or until a bell is struck at these marks. `None` when
    /// something has come meanwhile.
    fn nothing(&mut self, end: &End, queue: &Queue<'_>) -> Result<Option<[u64; 2]>> {
        if end.state() != State::Closing {
            let is_stream = self.collected.is_some() || queue.get(layout::ENTERED) != 0;
            return Ok(Some(if is_stream { [ANY, LOOK] } else { [ANY, NEVER] }));
        }
        // It may have written just before it closed. What is beyond the limit does not count.
        let limit = queue.get(layout::LIMIT);
        let more = match queue.first() {
            Ok((Some(entry), tail)) if limit != 0 => entry.until() < limit && entry.is_whole(tail),
            Ok((Some(entry), tail)) => entry.is_whole(tail) || entry.control.is_void(),
            Ok((None, _)) => false,
            Err(Spoilt) => {
                self.give_up(end);
                return Err(end.segment.break_off());
            }
        };
        if more {
            return Ok(None);
        }
        self.give_up(end);
        Err(Win32Error::BROKEN_PIPE)
    }

    /// Reads one message, or the next part of one.
    #[inline]
    fn message(
        &mut self,
        end: &End,
        queue: &Queue<'_>,
        target: &mut (impl Target + ?Sized),
        suspicious: bool,
    ) -> Result<Option<Taken>, Spoilt> {
        let length = target.place().1;
        loop {
            let Front::Message(entry, tail) = end.front(queue, suspicious)? else {
                return Ok(None);
            };
            let had = self.collected.unwrap_or(0);
            if entry.kind == Kind::Stream || had > 0 {
                match self.collect(end, queue, &entry, tail, target)? {
                    Some(taken) => return Ok(taken),
                    None => continue,
                }
            }
            let available = entry.control.rest().min(length as u64);
            if let Some((bytes, rest)) = end.take(queue, &entry, available, target, 0) {
                return Ok(Some(Taken { bytes, more: rest > 0 }));
            }
        }
    }

    /// Takes what has come of a stream; nothing yet when it is less than the buffer wants, and
    /// `None` when the message has gone.
    #[cold]
    #[expect(clippy::option_option, reason = "look again, wait, or done")]
    fn collect(
        &mut self,
        end: &End,
        queue: &Queue<'_>,
        entry: &Entry<'_>,
        tail: u64,
        target: &mut (impl Target + ?Sized),
    ) -> Result<Option<Option<Taken>>, Spoilt> {
        let wanted = target.place().1 as u64;
        if self.collected.is_none() && queue.get(layout::COLLECTING) != 0 {
            // Who collected it died: the rest of it goes the same way.
            let mut nowhere = [0; 4096];
            let available = entry.available(tail).min(4096);
            let took = end.take(queue, entry, available, &mut nowhere[..], 0);
            let is_over = took.is_some_and(|(_, rest)| rest == 0);
            if is_over {
                queue.set(layout::COLLECTING, 0);
            }
            return Ok(if available == 0 { Some(None) } else { None });
        }
        let had = match (self.collected, entry.control.consumed()) {
            // What we had collected was cancelled: this is another message.
            (Some(had), consumed) if had as u64 > consumed => 0,
            (had, _) => had.unwrap_or(0),
        };
        let available = entry.available(tail).min(wanted - had as u64);
        let Some((count, rest)) = end.take(queue, entry, available, target, had) else {
            return Ok(None);
        };
        let had = had + count;
        if rest == 0 || had as u64 == wanted {
            self.collected = None;
            queue.set(layout::COLLECTING, 0);
            return Ok(Some(Some(Taken { bytes: had, more: rest > 0 })));
        }
        queue.set(layout::COLLECTING, 1);
        if self.collected.is_none() {
            // It is marked at once, so that others need not wait for it.
            if !queue.lock(layout::READ_LOCK).mark_long(self.me, true) {
                return Err(Spoilt);
            }
        }
        self.collected = Some(had);
        Ok(Some(None))
    }

    /// Reads bytes of as many messages as it takes.
    #[inline]
    fn bytes(
        &mut self,
        end: &End,
        queue: &Queue<'_>,
        target: &mut (impl Target + ?Sized),
        suspicious: bool,
    ) -> Result<Option<Taken>, Spoilt> {
        let length = target.place().1;
        let mut had = 0;
        let mut is_done = false;
        while let Front::Message(entry, tail) = end.front(queue, suspicious)? {
            if queue.get(layout::COLLECTING) != 0 {
                match self.collect(end, queue, &entry, tail, target)? {
                    None => continue,
                    Some(_) => break,
                }
            }
            if length == 0 {
                // It waits for something to be there, and takes nothing but an empty message.
                if entry.control.length() == 0 {
                    end.take(queue, &entry, 0, target, 0);
                }
                return Ok(Some(Taken { bytes: 0, more: false }));
            }
            if had > 0 && entry.control.length() == 0 {
                break;
            }
            let available = entry.available(tail).min((length - had) as u64);
            if available == 0 && entry.control.length() != 0 {
                break;
            }
            if let Some((count, _)) = end.take(queue, &entry, available, target, had) {
                had += count;
                is_done = true;
                if had == length || count == 0 {
                    break;
                }
            }
        }
        Ok(is_done.then_some(Taken { bytes: had, more: false }))
    }

    /// Whether a read that is stepped now may have to collect a message over several steps, and keep
    /// the lock in between: then the thread that begins it must live until it is over.
    #[must_use]
    pub fn may_collect(end: &End) -> bool {
        end.incoming().is_ok_and(|queue| {
            queue.get(layout::ENTERED) != 0
                || matches!(queue.first(), Ok((Some(entry), _)) if entry.kind == Kind::Stream)
        })
    }

    /// `ReadRequest::give_up`: ends a read that is not done. What it had taken of a message larger
    /// than the ring is in the buffer; the rest is for the next read.
    pub fn give_up(&mut self, end: &End) -> Option<Taken> {
        let bytes = self.collected.take()?;
        let queue = end.incoming().ok()?;
        let is_still_there = queue.get(layout::COLLECTING) != 0;
        queue.set(layout::COLLECTING, 0);
        end.unlock(&queue, layout::READ_LOCK, self.me);
        (bytes > 0 && is_still_there).then_some(Taken { bytes, more: true })
    }
}

fn is_impatience(error: Win32Error) -> bool {
    matches!(error, Win32Error::OPERATION_ABORTED | Win32Error::SEM_TIMEOUT)
}
