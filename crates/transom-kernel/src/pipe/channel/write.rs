//! Writing messages.
//!
//! A message that fits goes into the ring whole. What is over the quota is there all the same, and
//! its write waits until the reader has come so far. A message of more than half the ring is a
//! stream: its control word is in a slot of the header, it is announced with its whole length, and
//! its writer keeps the lock until the last byte is in the ring.

use super::bell::{ANY, NEVER};
use super::control::{self, Control, Kind, LONGEST_MESSAGE};
use super::end::{End, Entering, LOOK, Locked, Step};
use super::holder::{self, Identity};
use super::layout::{self, padded};
use super::queue::{Queue, Spoilt};
use super::state::State;
use super::wait::Patience;
use crate::error::{Result, Win32Error};
use std::sync::atomic::Ordering;

const PAGE: u64 = 4096;

/// Where a message that waits has its control word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Ring(u64),
    Slot(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing has happened.
    New,
    /// We have the lock and no room.
    Waiting,
    /// We have the lock, and so many bytes of the stream are in the ring.
    Streaming {
        slot: usize,
        put: u64,
        until: u64,
        tag: u64,
    },
    /// All is in the ring, and over the quota.
    Written {
        place: Place,
        until: u64,
        tag: u64,
    },
    Over,
}

/// A write that may take several steps, for whoever waits for several things at once. It must be
/// stepped until it is done or has failed, or be cancelled, by one thread: it may hold the lock of
/// its end in between.
#[derive(Debug)]
#[must_use = "a write that is dropped half done blocks its end"]
pub struct WriteRequest {
    stage: Stage,
    me: Identity,
}

impl Default for WriteRequest {
    fn default() -> Self {
        Self::new()
    }
}

impl End {
    /// `End::write`: writes a message, or bytes, and waits until no more is unread than the quota
    /// allows; how many bytes, which are all.
    ///
    /// # Errors
    /// `ERROR_NO_DATA` when the other side has closed its end, `ERROR_BROKEN_PIPE` when it does so
    /// while the write waits, `ERROR_PIPE_LISTENING` before a client has come,
    /// `ERROR_PIPE_NOT_CONNECTED` after a disconnection, `ERROR_NO_SYSTEM_RESOURCES` for more than
    /// [`LONGEST_MESSAGE`]; `ERROR_OPERATION_ABORTED` and `ERROR_SEM_TIMEOUT` when patience is
    /// over, and then nothing more of it can be read.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-writefile>
    pub fn write(&self, data: &[u8], patience: Patience<'_>) -> Result<usize> {
        let mut request = WriteRequest::new();
        match request.try_step(self, data)? {
            Step::Done(count) => Ok(count),
            Step::Blocked(_) => self.finish_write(&mut request, data, patience),
        }
    }

    /// `End::finish_write`: goes on with a write whose first step could not be the last, and waits.
    ///
    /// # Errors
    /// As for [`End::write`].
    #[cold]
    pub fn finish_write(
        &self,
        request: &mut WriteRequest,
        data: &[u8],
        patience: Patience<'_>,
    ) -> Result<usize> {
        let done = self.write_on(request, data, patience);
        if done.is_err() {
            request.cancel(self);
        }
        done
    }

    fn write_on(
        &self,
        request: &mut WriteRequest,
        data: &[u8],
        patience: Patience<'_>,
    ) -> Result<usize> {
        // What is in the ring has its place there.
        let _place = match request.stage {
            Stage::New => Some(self.writers.reach_front(patience)?),
            _ => None,
        };
        let queue = self.outgoing()?;
        let counter = match request.stage {
            Stage::Written { .. } => queue.word(layout::PASSED),
            _ => queue.word(layout::FREED),
        };
        let done = self.until_done(&queue.bell(layout::SPACE_BELL), counter, patience, |_| {
            request.step(self, data, Entering::Wait(patience))
        });
        match done {
            // It may have been completed at the last moment.
            Err(Win32Error::OPERATION_ABORTED | Win32Error::SEM_TIMEOUT)
                if !request.cancel(self) =>
            {
                Ok(data.len())
            }
            other => other,
        }
    }

    /// `End::write_now`: writes without waiting, as in the mode `PIPE_NOWAIT`: a message as a
    /// whole or not at all, of bytes what fits; how many bytes.
    ///
    /// # Errors
    /// As for [`End::write`], without those of waiting.
    pub fn write_now(&self, data: &[u8]) -> Result<usize> {
        self.state().check_writing()?;
        check_length(data.len())?;
        let messages = self.segment.settings().messages;
        if data.is_empty() && !messages {
            return Ok(0);
        }
        let (queue, me) = (self.outgoing()?, holder::current());
        if !self.writers.is_empty() || !self.enter_writing(&queue, me, Entering::Try)? {
            return Ok(0);
        }
        let written = self.put_now(&queue, data, messages, me);
        self.unlock(&queue, layout::WRITE_LOCK, me);
        self.sound(written)
    }

    fn put_now(
        &self,
        queue: &Queue<'_>,
        data: &[u8],
        messages: bool,
        me: Identity,
    ) -> Result<usize, Spoilt> {
        let written = queue.get(layout::WRITTEN);
        let length = data.len() as u64;
        let mut count = length;
        if length > 0 && self.is_over(queue, written.wrapping_add(length), length)? {
            if messages {
                return Ok(0);
            }
            count = queue.quota.saturating_sub(queue.unread()).min(length);
        }
        if count == 0 && length != 0 {
            return Ok(0);
        }
        // It must be in the ring at once, however large it is.
        let Some(position) = self.room(queue, layout::PLAIN_HEAD + padded(count))? else {
            return Ok(0);
        };
        self.put_whole(queue, position, &data[..count as usize], false, me);
        self.strike(&queue.bell(layout::DATA_BELL), [0; 2]);
        Ok(count as usize)
    }

    /// `End::flush`: waits until everything that was written has been read.
    ///
    /// # Errors
    /// `ERROR_BROKEN_PIPE` when the other side closes its end before that, and as for
    /// [`End::write`].
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-flushfilebuffers>
    pub fn flush(&self, patience: Patience<'_>) -> Result<()> {
        let queue = self.outgoing()?;
        let until = queue.get(layout::WRITTEN);
        let counter = queue.word(layout::PASSED);
        self.until_done(&queue.bell(layout::SPACE_BELL), counter, patience, |_| {
            let unread = self.sound(unread_until(&queue, until))?;
            let waits = queue.get(layout::WAITING) != 0 || unread != Some(0);
            match self.state() {
                State::Closing if waits => Err(Win32Error::BROKEN_PIPE),
                State::Closing => Ok(Step::Done(())),
                state => {
                    state.check_writing()?;
                    let mark = if queue.void() == 0 { until } else { ANY };
                    Ok(if waits { Step::Blocked([NEVER, mark]) } else { Step::Done(()) })
                }
            }
        })
    }

    /// Takes the lock of the writers; whether it could be had.
    #[inline]
    fn enter_writing(
        &self,
        queue: &Queue<'_>,
        me: Identity,
        entering: Entering<'_>,
    ) -> Result<bool> {
        match self.lock(queue, layout::WRITE_LOCK, me, entering)? {
            Locked::Taken => Ok(true),
            Locked::Busy => Ok(false),
            Locked::FromTheDead => {
                let repaired = self.repair_writing(queue);
                if repaired.is_err() {
                    self.unlock(queue, layout::WRITE_LOCK, me);
                }
                self.sound(repaired)?;
                Ok(true)
            }
        }
    }

    /// What a writer was doing when it died is undone.
    #[cold]
    fn repair_writing(&self, queue: &Queue<'_>) -> Result<(), Spoilt> {
        queue.set(layout::WAITING, 0);
        if queue.get(layout::JUMP) == queue.get(layout::TAIL) {
            queue.set(layout::JUMP, u64::MAX);
        }
        queue.set(layout::OWN_JUMP, queue.get(layout::JUMP));
        queue.set(layout::OWN_TAIL, queue.get(layout::TAIL));
        let streaming = queue.get(layout::STREAMING);
        if streaming != 0 {
            let slot = usize::try_from(streaming - 1).map_err(|_| Spoilt)?;
            let entry = queue.stream(slot)?;
            let put = queue.get(layout::TAIL).wrapping_sub(entry.data);
            // Otherwise it was not announced yet.
            if put < 1 << 62 {
                let tag = queue.get(layout::STREAMS);
                self.cancel_stream(queue, slot, put.min(entry.control.length()), tag);
            }
            queue.set(layout::STREAMING, 0);
        }
        if let Some(survey) = queue.survey(u64::MAX)? {
            queue.set(layout::WRITTEN, survey.written);
        }
        self.strike_everywhere(queue);
        Ok(())
    }

    fn cancel_stream(&self, queue: &Queue<'_>, slot: usize, put: u64, tag: u64) -> bool {
        queue.slot(slot, layout::SLOT_EXTENT).store(put, Ordering::Release);
        let rest = control::cancel(queue.slot(slot, layout::SLOT_CONTROL), tag);
        if let Some(rest) = rest {
            queue.word(layout::VOIDED).fetch_add(rest.rest(), Ordering::SeqCst);
        }
        rest.is_some()
    }

    /// Lets both sides look again: something became void.
    fn strike_everywhere(&self, queue: &Queue<'_>) {
        self.strike(&queue.bell(layout::DATA_BELL), [NEVER; 2]);
        self.strike(&queue.bell(layout::SPACE_BELL), [NEVER; 2]);
    }

    /// How many bytes of the ring are free, beginning at its tail.
    fn free(&self, queue: &Queue<'_>, freed: u64) -> Option<u64> {
        let tail = queue.get(layout::OWN_TAIL);
        let from = match queue.behind_jump(freed, queue.get(layout::OWN_JUMP)) {
            _ if freed == tail => freed,
            from => from,
        };
        // More than the ring holds: what was last seen is old, or nonsense.
        queue.size().checked_sub(tail.wrapping_sub(from))
    }

    fn look_at_freed(&self, queue: &Queue<'_>) -> Result<u64, Spoilt> {
        let freed = queue.get(layout::FREED);
        let free = self.free(queue, freed).ok_or(Spoilt)?;
        let aligned = (freed | queue.get(layout::OWN_TAIL)).is_multiple_of(8);
        self.seen.freed.store(freed, Ordering::Relaxed);
        if aligned { Ok(free) } else { Err(Spoilt) }
    }

    /// Where so many bytes have room; `None` if nowhere.
    ///
    /// When the queue is empty the writer goes back to the beginning of the ring instead of over
    /// the end of a page: so a pipe with little traffic uses one page, which stays in the cache.
    #[inline]
    fn room(&self, queue: &Queue<'_>, bytes: u64) -> Result<Option<u64>, Spoilt> {
        let tail = queue.get(layout::OWN_TAIL);
        let offset = tail & (queue.size() - 1);
        if offset != 0 && offset / PAGE != (offset + bytes - 1) / PAGE {
            let free = self.look_at_freed(queue)?;
            if self.seen.freed.load(Ordering::Relaxed) == tail && bytes <= queue.size() {
                queue.set(layout::OWN_JUMP, tail);
                queue.set(layout::JUMP, tail);
                return Ok(Some(queue.next_round(tail)));
            }
            return Ok((bytes <= free).then_some(tail));
        }
        let old = self.seen.freed.load(Ordering::Relaxed);
        if self.free(queue, old).is_some_and(|free| bytes <= free) {
            return Ok(Some(tail));
        }
        Ok((bytes <= self.look_at_freed(queue)?).then_some(tail))
    }

    /// Whether a write waits whose message ends after `until` bytes, of which `unseen` are not in
    /// the ring yet.
    #[inline]
    fn is_over(&self, queue: &Queue<'_>, until: u64, unseen: u64) -> Result<bool, Spoilt> {
        let old = self.seen.passed.load(Ordering::Relaxed);
        if until.saturating_sub(old) <= queue.quota && old <= until {
            return Ok(false);
        }
        let passed = queue.get(layout::PASSED);
        self.seen.passed.store(passed, Ordering::Relaxed);
        if until.saturating_sub(passed) <= queue.quota {
            return Ok(false);
        }
        if queue.void() == 0 {
            return Ok(true);
        }
        let survey = queue.survey(until)?;
        Ok(survey.is_none_or(|survey| survey.unread.saturating_add(unseen) > queue.quota))
    }

    /// Puts a message into the ring, where there is room for it.
    #[inline]
    fn put_whole(
        &self,
        queue: &Queue<'_>,
        position: u64,
        data: &[u8],
        pending: bool,
        me: Identity,
    ) {
        let written = queue.get(layout::WRITTEN);
        let length = data.len() as u64;
        let tag = position / queue.size();
        let (kind, head) = match pending {
            false => (Kind::Plain, layout::PLAIN_HEAD),
            true => (Kind::Pending, layout::PENDING_HEAD),
        };
        let store = |offset: u64, value| {
            let word = queue.ring.word(position.wrapping_add(offset));
            word.store(value, Ordering::Relaxed);
        };
        store(0, Control::new(kind, length, tag).0);
        store(8, written);
        if pending {
            store(16, me.packed());
        }
        queue.ring.copy_in(position.wrapping_add(head), data);
        self.publish(queue, position.wrapping_add(head + padded(length)));
        queue.set(layout::WRITTEN, written.wrapping_add(length));
    }

    /// Shows the reader how far the ring is filled.
    #[inline]
    fn publish(&self, queue: &Queue<'_>, tail: u64) {
        queue.set(layout::OWN_TAIL, tail);
        let offset = (tail.wrapping_sub(1) & (queue.size() - 1)) + 1;
        if offset > queue.get(layout::TOUCHED) {
            queue.set(layout::TOUCHED, offset);
        }
        queue.word(layout::TAIL).store(tail, Ordering::SeqCst);
    }
}

/// How many bytes of the first `until` are unread; `None` when the reader is too busy to say.
fn unread_until(queue: &Queue<'_>, until: u64) -> Result<Option<u64>, Spoilt> {
    let unread = until.saturating_sub(queue.get(layout::PASSED));
    if unread == 0 || queue.void() == 0 {
        return Ok(Some(unread));
    }
    Ok(queue.survey(until)?.map(|survey| survey.unread))
}

const fn check_length(length: usize) -> Result<()> {
    if length <= LONGEST_MESSAGE { Ok(()) } else { Err(Win32Error::NO_SYSTEM_RESOURCES) }
}

impl WriteRequest {
    /// A write that has not begun.
    pub fn new() -> Self {
        Self { stage: Stage::New, me: Identity::unpacked(0) }
    }

    /// `WriteRequest::try_step`: gets as far as possible without keeping the lock; the marks are
    /// those for [`End::arm_for_space`].
    ///
    /// # Errors
    /// As for [`End::write`]; the request is over then.
    #[inline]
    pub fn try_step(&mut self, end: &End, data: &[u8]) -> Result<Step<usize>> {
        if self.stage == Stage::New && !end.writers.is_empty() {
            return Ok(Step::Blocked([ANY, LOOK]));
        }
        self.step(end, data, Entering::Try)
    }

    /// `WriteRequest::step_holding`: gets as far as possible, and may keep the lock of the end for
    /// the rest, so that no other message comes in between. The thread that begins it this way must
    /// live until it is over: others take the lock of a holder that is dead.
    ///
    /// # Errors
    /// As for [`End::write`]; the request is over then.
    pub fn step_holding(&mut self, end: &End, data: &[u8]) -> Result<Step<usize>> {
        if self.stage == Stage::New && !end.writers.is_empty() {
            return Ok(Step::Blocked([ANY, LOOK]));
        }
        self.step(end, data, Entering::Hold)
    }

    /// `WriteRequest::check`: whether a message of this length can be written at all.
    ///
    /// # Errors
    /// As for [`End::write`].
    pub fn check(end: &End, length: usize) -> Result<()> {
        end.state().check_writing()?;
        check_length(length)
    }

    /// Whether any step did something.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.stage != Stage::New
    }

    /// Whether the message is in the ring, and only the quota is waited for.
    #[must_use]
    pub fn has_its_place(&self) -> bool {
        matches!(self.stage, Stage::Written { .. })
    }

    /// Whether a message of this length can only be written [holding](Self::step_holding) the lock.
    #[must_use]
    pub fn needs_holding(end: &End, length: usize) -> bool {
        let whole = layout::PENDING_HEAD + padded(length as u64);
        end.outgoing().is_ok_and(|queue| whole > queue.size() / 2)
    }

    #[inline]
    pub(super) fn step(
        &mut self,
        end: &End,
        data: &[u8],
        entering: Entering<'_>,
    ) -> Result<Step<usize>> {
        let state = end.state();
        if state != State::Connected {
            return self.stopped(end, state, data.len());
        }
        let queue = end.outgoing()?;
        let stepped = match self.stage {
            Stage::New => {
                check_length(data.len())?;
                if data.is_empty() && !end.segment.settings().messages {
                    return Ok(Step::Done(0));
                }
                self.me = holder::current();
                if !end.enter_writing(&queue, self.me, entering)? {
                    return Ok(Step::Blocked([ANY, LOOK]));
                }
                self.stage = Stage::Waiting;
                self.put(end, &queue, data, entering)
            }
            Stage::Waiting => self.put(end, &queue, data, entering),
            Stage::Streaming { .. } => self.stream_on(end, &queue, data),
            Stage::Written { .. } => self.look(end, &queue, data.len()),
            Stage::Over => Ok(Step::Done(data.len())),
        };
        match stepped {
            Ok(step) => Ok(step),
            Err(Spoilt) => {
                self.let_go(end, &queue);
                Err(end.segment.break_off())
            }
        }
    }

    /// The connection is not, or no more.
    #[cold]
    fn stopped(&mut self, end: &End, state: State, length: usize) -> Result<Step<usize>> {
        if self.stage == Stage::Over {
            return Ok(Step::Done(length));
        }
        let had_begun = self.stage != Stage::New;
        let was_complete = match self.stage {
            // It is not taken back, which would complete those behind it: nobody reads any more.
            Stage::Written { until, .. } => {
                self.stage = Stage::Over;
                !end.is_over(&end.outgoing()?, until, 0).unwrap_or(true)
            }
            _ => !self.cancel(end) && had_begun,
        };
        if was_complete {
            return Ok(Step::Done(length));
        }
        if had_begun && state == State::Closing {
            return Err(Win32Error::BROKEN_PIPE);
        }
        state.check_writing()?;
        Ok(Step::Blocked([ANY, LOOK]))
    }

    fn let_go(&mut self, end: &End, queue: &Queue<'_>) {
        if matches!(self.stage, Stage::Waiting | Stage::Streaming { .. }) {
            queue.set(layout::WAITING, 0);
            end.unlock(queue, layout::WRITE_LOCK, self.me);
        }
        self.stage = Stage::Over;
    }

    /// We have the lock: puts the message, or its beginning, into the ring.
    #[inline]
    fn put(
        &mut self,
        end: &End,
        queue: &Queue<'_>,
        data: &[u8],
        entering: Entering<'_>,
    ) -> Result<Step<usize>, Spoilt> {
        let length = data.len() as u64;
        let until = queue.get(layout::WRITTEN).wrapping_add(length);
        let whole = layout::PENDING_HEAD + padded(length);
        if whole > queue.size() / 2 {
            return self.begin_stream(end, queue, data, until, entering);
        }
        let Some(position) = end.room(queue, whole)? else {
            let mark = queue.get(layout::OWN_TAIL).wrapping_add(whole).wrapping_sub(queue.size());
            return self.wait_for_room(end, queue, length, mark, entering);
        };
        // An empty message needs none of the quota.
        let over = length > 0 && end.is_over(queue, until, length)?;
        end.put_whole(queue, position, data, over, self.me);
        if queue.get(layout::WAITING) != 0 {
            queue.set(layout::WAITING, 0);
        }
        end.unlock(queue, layout::WRITE_LOCK, self.me);
        self.stage = Stage::Over;
        end.strike(&queue.bell(layout::DATA_BELL), [0; 2]);
        end.note_processor();
        if !over {
            return Ok(Step::Done(data.len()));
        }
        let (place, tag) = (Place::Ring(position), position / queue.size());
        self.stage = Stage::Written { place, until, tag };
        self.look(end, queue, data.len())
    }

    #[cold]
    fn wait_for_room(
        &mut self,
        end: &End,
        queue: &Queue<'_>,
        length: u64,
        mark: u64,
        entering: Entering<'_>,
    ) -> Result<Step<usize>, Spoilt> {
        if matches!(entering, Entering::Try) {
            end.unlock(queue, layout::WRITE_LOCK, self.me);
            self.stage = Stage::New;
            return Ok(Step::Blocked([mark, NEVER]));
        }
        queue.set(layout::WAITING, length);
        if !queue.lock(layout::WRITE_LOCK).mark_long(self.me, true) {
            return Err(Spoilt);
        }
        // A reader who waits must see that something is announced: `Peek` counts it.
        Ok(Step::Blocked([mark, NEVER]))
    }

    #[cold]
    fn begin_stream(
        &mut self,
        end: &End,
        queue: &Queue<'_>,
        data: &[u8],
        until: u64,
        entering: Entering<'_>,
    ) -> Result<Step<usize>, Spoilt> {
        let length = data.len() as u64;
        let number = queue.get(layout::STREAMS);
        let slot = (number & 1) as usize;
        end.look_at_freed(queue)?;
        if number >= 2 {
            // The stream before the last must be behind the reader: its slot is taken.
            let freed = end.seen.freed.load(Ordering::Relaxed);
            let earlier = queue.stream(slot)?.end;
            if freed.wrapping_sub(earlier) > 1 << 62 {
                return self.wait_for_room(end, queue, length, earlier, entering);
            }
        }
        if matches!(entering, Entering::Try) {
            // It would keep the lock.
            return self.wait_for_room(end, queue, length, ANY, entering);
        }
        let least = layout::PLAIN_HEAD + 8;
        let Some(position) = end.room(queue, least)? else {
            let mark = queue.get(layout::OWN_TAIL).wrapping_add(least).wrapping_sub(queue.size());
            return self.wait_for_room(end, queue, length, mark, entering);
        };
        if !queue.lock(layout::WRITE_LOCK).mark_long(self.me, true) {
            return Err(Spoilt);
        }
        let (tag, start) = (number.wrapping_add(1), until.wrapping_sub(length));
        let data_at = position.wrapping_add(layout::PLAIN_HEAD);
        let control = Control::new(Kind::Stream, length, tag);
        for (place, value) in [
            (layout::SLOT_START, start),
            (layout::SLOT_DATA, data_at),
            (layout::SLOT_WRITER, self.me.packed()),
            (layout::SLOT_EXTENT, length),
            (layout::SLOT_CONTROL, control.0),
        ] {
            queue.slot(slot, place).store(value, Ordering::Release);
        }
        queue.set(layout::STREAMS, tag);
        queue.set(layout::STREAMING, slot as u64 + 1);
        queue.ring.word(position).store(Control::leading_to(slot).0, Ordering::Relaxed);
        queue.ring.word(position.wrapping_add(8)).store(start, Ordering::Relaxed);
        end.publish(queue, data_at);
        queue.set(layout::WRITTEN, until);
        queue.set(layout::WAITING, 0);
        self.stage = Stage::Streaming { slot, put: 0, until, tag };
        self.stream_on(end, queue, data)
    }

    fn stream_on(
        &mut self,
        end: &End,
        queue: &Queue<'_>,
        data: &[u8],
    ) -> Result<Step<usize>, Spoilt> {
        let Stage::Streaming { slot, mut put, until, tag } = self.stage else {
            return Err(Spoilt);
        };
        let length = data.len() as u64;
        while put < length {
            let free = end.look_at_freed(queue)? & !7;
            let tail = queue.get(layout::OWN_TAIL);
            let count = free.min(length - put).min(queue.size() / 4);
            if count == 0 {
                let wanted = padded(length - put).min(queue.size() / 4);
                let mark = tail.wrapping_add(wanted).wrapping_sub(queue.size());
                return Ok(Step::Blocked([mark, NEVER]));
            }
            queue.ring.copy_in(tail, &data[put as usize..(put + count) as usize]);
            end.publish(queue, tail.wrapping_add(padded(count)));
            put += count;
            self.stage = Stage::Streaming { slot, put, until, tag };
            end.strike(&queue.bell(layout::DATA_BELL), [0; 2]);
        }
        queue.set(layout::STREAMING, 0);
        end.unlock(queue, layout::WRITE_LOCK, self.me);
        self.stage = Stage::Written { place: Place::Slot(slot), until, tag };
        end.note_processor();
        self.look(end, queue, data.len())
    }

    /// All is in the ring: whether so much was read that the write is complete.
    fn look(&mut self, end: &End, queue: &Queue<'_>, length: usize) -> Result<Step<usize>, Spoilt> {
        let Stage::Written { until, .. } = self.stage else { return Err(Spoilt) };
        if end.is_over(queue, until, 0)? {
            let mark = if queue.void() == 0 { until.wrapping_sub(queue.quota) } else { ANY };
            return Ok(Step::Blocked([NEVER, mark]));
        }
        self.stage = Stage::Over;
        Ok(Step::Done(length))
    }

    /// `WriteRequest::cancel`: takes back what was not read; `false` if the write was complete.
    /// A message that was read in part ends there: who read it will not see the rest, and goes on
    /// with the next message.
    pub fn cancel(&mut self, end: &End) -> bool {
        let Ok(queue) = end.outgoing() else { return true };
        match self.stage {
            Stage::New => true,
            Stage::Over => false,
            Stage::Waiting => {
                self.let_go(end, &queue);
                true
            }
            Stage::Streaming { slot, put, tag, .. } => {
                end.cancel_stream(&queue, slot, put, tag);
                queue.set(layout::STREAMING, 0);
                self.let_go(end, &queue);
                end.strike_everywhere(&queue);
                true
            }
            Stage::Written { place, until, tag } => {
                self.stage = Stage::Over;
                let over = end.is_over(&queue, until, 0);
                over.unwrap_or(true) && take_back(end, &queue, place, tag, self.me)
            }
        }
    }
}

/// Makes a message void that is whole in the ring; `false` if it was read meanwhile.
fn take_back(end: &End, queue: &Queue<'_>, place: Place, tag: u64, me: Identity) -> bool {
    // Nobody can put another message there while we have the lock. If somebody has it for long,
    // the tag must do.
    let locked = end.enter_writing(queue, me, Entering::Try).unwrap_or(false);
    let word = match place {
        Place::Ring(position) => queue.ring.word(position),
        Place::Slot(slot) => queue.slot(slot, layout::SLOT_CONTROL),
    };
    let rest = control::cancel(word, tag);
    if let Some(rest) = rest {
        queue.word(layout::VOIDED).fetch_add(rest.rest(), Ordering::SeqCst);
    }
    if locked {
        end.unlock(queue, layout::WRITE_LOCK, me);
    }
    end.strike_everywhere(queue);
    rest.is_some()
}
