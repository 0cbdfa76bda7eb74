//! One direction of a connection, as Win32 describes it: a list of messages.

use std::collections::VecDeque;

/// A number by which a request is known.
pub(crate) type Number = u32;

/// What one side has written and the other has not read.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    quota: usize,
    pub(crate) keeps_messages: bool,
    messages: VecDeque<Message>,
    /// Writes whose messages were read to their ends.
    read: Vec<(Number, usize)>,
}

#[derive(Debug)]
struct Message {
    rest: Vec<u8>,
    /// The request that waits for it to be within the quota, and its whole length.
    write: Option<(Number, usize)>,
}

impl Queue {
    pub(crate) fn new(quota: usize, keeps_messages: bool) -> Self {
        Self { quota, keeps_messages, ..Self::default() }
    }

    pub(crate) fn unread(&self) -> usize {
        self.messages.iter().map(|message| message.rest.len()).sum()
    }

    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub(crate) fn quota(&self) -> usize {
        self.quota
    }

    pub(crate) fn room(&self) -> usize {
        self.quota.saturating_sub(self.unread())
    }

    pub(crate) fn append(&mut self, data: Vec<u8>, write: Option<Number>) {
        let length = data.len();
        let write = write.map(|number| (number, length));
        self.messages.push_back(Message { rest: data, write });
    }

    fn pop(&mut self) {
        self.read.extend(self.messages.pop_front().and_then(|message| message.write));
    }

    /// Reads: what, and whether it is only a part of a message.
    pub(crate) fn take(&mut self, size: usize, by_message: bool) -> Option<(Vec<u8>, bool)> {
        let first = self.messages.front_mut()?;
        if by_message {
            let rest = first.rest.split_off(size.min(first.rest.len()));
            let taken = std::mem::replace(&mut first.rest, rest);
            let more = !first.rest.is_empty();
            if !more {
                self.pop();
            }
            return Some((taken, more));
        }
        let mut taken = Vec::new();
        while let Some(first) = self.messages.front_mut() {
            // No bytes are a read of their own, also to who reads bytes.
            if first.rest.is_empty() {
                if taken.is_empty() {
                    self.pop();
                }
                break;
            }
            let count = (size - taken.len()).min(first.rest.len());
            taken.extend(first.rest.drain(..count));
            if !first.rest.is_empty() {
                break;
            }
            self.pop();
            if taken.len() == size {
                break;
            }
        }
        Some((taken, false))
    }

    /// Looks: what is copied, how much there is, what is left of the first message.
    pub(crate) fn look(&self, size: usize, by_message: bool) -> (Vec<u8>, usize, usize) {
        let Some(first) = self.messages.front() else { return (Vec::new(), 0, 0) };
        let mut copied: Vec<u8> = match by_message {
            true => first.rest.clone(),
            false => {
                self.messages.iter().flat_map(|message| message.rest.iter().copied()).collect()
            }
        };
        copied.truncate(size);
        let left = match self.keeps_messages {
            true => first.rest.len().saturating_sub(copied.len()),
            false => 0,
        };
        (copied, self.unread(), left)
    }

    /// The writes that wait no more, with their lengths.
    pub(crate) fn completed(&mut self) -> Vec<(Number, usize)> {
        let mut done = std::mem::take(&mut self.read);
        let mut sum = 0;
        for message in &mut self.messages {
            sum += message.rest.len();
            if sum <= self.quota {
                done.extend(message.write.take());
            }
        }
        done
    }

    /// Takes back what of a write is unread.
    pub(crate) fn take_back(&mut self, number: Number) -> bool {
        let before = self.messages.len();
        self.messages.retain(|message| message.write.is_none_or(|(write, _)| write != number));
        self.messages.len() != before
    }

    /// Takes back what of all writes that wait is unread; which they were.
    pub(crate) fn take_all_back(&mut self) -> Vec<Number> {
        let waiting: Vec<Number> =
            self.messages.iter().filter_map(|message| message.write).map(|write| write.0).collect();
        self.messages.retain(|message| message.write.is_none());
        waiting
    }

    /// Loses everything.
    pub(crate) fn clear(&mut self) -> Vec<Number> {
        let waiting = self.take_all_back();
        self.messages.clear();
        waiting
    }

    /// The writes that wait.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = Number> {
        self.messages.iter().filter_map(|message| message.write).map(|write| write.0)
    }
}
