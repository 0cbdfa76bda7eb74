//! Looking at messages without taking them. It takes no lock: what was copied counts only if the
//! readers have not moved meanwhile.

use super::end::End;
use super::holder::{self, Identity};
use super::layout;
use super::queue::{Entry, Queue, Spoilt};
use super::read::ReadMode;
use super::state::{Side, State};
use crate::error::{Result, Win32Error};
use std::sync::atomic::Ordering;
use transom_sys::shared_bytes::Target;

/// How often it is tried while readers are at work.
const MOST_TRIES: u32 = 10_000;

/// What readers change.
const READERS_PLACES: [usize; 4] = [layout::HEAD, layout::ENTERED, layout::PASSED, layout::FREED];

/// What lies in the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Peeked {
    /// How many bytes were copied.
    pub copied: usize,
    /// How many bytes are unread, those of writes that still wait included.
    pub available: u64,
    /// How much of the first message does not fit the buffer; 0 for a byte pipe.
    pub left: u64,
}

impl End {
    /// `End::peek`: copies the beginning of what is unread and leaves it there.
    ///
    /// # Errors
    /// `ERROR_BAD_PIPE` before a client has come, and to the server after a disconnection;
    /// `ERROR_PIPE_NOT_CONNECTED` to the client after a disconnection; `ERROR_BROKEN_PIPE` when
    /// nothing is left and the other end is closed, or when it has spoilt the segment.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-peeknamedpipe>
    pub fn peek(&self, target: &mut (impl Target + ?Sized), mode: ReadMode) -> Result<Peeked> {
        let queue = self.incoming()?;
        for _ in 0..MOST_TRIES {
            let state = self.state();
            match (state, self.side) {
                (State::Connected | State::Closing, _) => {}
                (State::Broken, _) => return Err(Win32Error::BROKEN_PIPE),
                (State::Disconnected, Side::Client) => return Err(Win32Error::PIPE_NOT_CONNECTED),
                (State::Disconnected, Side::Server) | (State::Listening, _) => {
                    return Err(Win32Error::BAD_PIPE);
                }
            }
            let before = READERS_PLACES.map(|place| queue.get(place));
            let found = self.look_at(&queue, target, mode);
            if before != READERS_PLACES.map(|place| queue.get(place)) {
                std::hint::spin_loop();
                continue;
            }
            match self.sound(found)? {
                Some(peeked) => return Ok(peeked),
                None if state == State::Closing => return Err(Win32Error::BROKEN_PIPE),
                None => {
                    return Ok(Peeked {
                        available: queue.get(layout::WAITING),
                        ..Peeked::default()
                    });
                }
            }
        }
        // The readers are never still: what there was is gone.
        Ok(Peeked::default())
    }

    /// `End::has_message`: whether there is something to read, be it an empty message.
    ///
    /// # Errors
    /// Those of reading.
    pub fn has_message(&self) -> Result<bool> {
        let queue = self.incoming()?;
        for _ in 0..MOST_TRIES {
            self.state().check_reading()?;
            let before = READERS_PLACES.map(|place| queue.get(place));
            let found = self.first_unread(&queue);
            if before == READERS_PLACES.map(|place| queue.get(place)) {
                return self.sound(found).map(|found| found.is_some());
            }
            std::hint::spin_loop();
        }
        Ok(false)
    }

    /// Whether a reader would find nothing of a message, though it is there.
    fn is_lost(&self, queue: &Queue<'_>, entry: &Entry<'_>) -> bool {
        entry.control.is_void()
            || entry.control.rest() > queue.quota
                && entry.writer.is_some_and(|writer| {
                    !holder::exists(Identity::unpacked(writer.load(Ordering::Relaxed)))
                })
    }

    /// The first message that a reader would find, and how far the ring is filled.
    pub(super) fn first_unread<'a>(
        &self,
        queue: &Queue<'a>,
    ) -> Result<Option<(Entry<'a>, u64)>, Spoilt> {
        let (mut next, tail) = queue.first()?;
        for _ in 0..=queue.size() / layout::PLAIN_HEAD {
            match next {
                Some(entry) if self.is_lost(queue, &entry) => {
                    next = queue.following(&entry, tail)?;
                }
                _ => break,
            }
        }
        Ok(next.map(|entry| (entry, tail)))
    }

    /// What is there; `None` when there is no message.
    fn look_at(
        &self,
        queue: &Queue<'_>,
        target: &mut (impl Target + ?Sized),
        mode: ReadMode,
    ) -> Result<Option<Peeked>, Spoilt> {
        let length = target.place().1 as u64;
        let limit = queue.get(layout::LIMIT);
        let (mut next, tail) = queue.first()?;
        let mut peeked: Option<Peeked> = None;
        for _ in 0..=queue.size() / layout::PLAIN_HEAD {
            let Some(entry) = next else { break };
            if limit != 0 && (entry.until() >= limit || !entry.is_whole(tail)) {
                break;
            }
            if !self.is_lost(queue, &entry) {
                let is_first = peeked.is_none();
                let found = peeked.get_or_insert_default();
                let copied = found.copied as u64;
                let available = entry.available(tail).min(length - copied);
                let from = entry.data.wrapping_add(entry.control.consumed());
                queue.ring.copy_out(from, target, found.copied, available as usize);
                if is_first && self.segment.settings().messages {
                    found.left = entry.control.rest() - available;
                }
                found.copied += available as usize;
                if mode == ReadMode::Message || found.copied as u64 == length {
                    break;
                }
            }
            next = queue.following(&entry, tail)?;
        }
        let Some(found) = &mut peeked else { return Ok(None) };
        let total = if limit == 0 {
            queue.unread().saturating_add(queue.get(layout::WAITING))
        } else {
            queue.survey(limit - 1)?.map_or(0, |survey| survey.unread)
        };
        // The writer may not yet have counted what it has just put there.
        found.available = total.max((found.copied as u64).saturating_add(found.left));
        Ok(peeked)
    }
}
