//! Random conversations, compared step by step with a model that is a list of messages.

use super::facts::ends;
use super::{End, Peeked, ReadMode, Step, Taken, WriteRequest};
use crate::error::Win32Error;
use proptest::prelude::*;
use std::collections::VecDeque;

/// One direction, as Win32 describes it.
#[derive(Debug, Default)]
struct Model {
    messages: VecDeque<Message>,
    quota: usize,
    keeps_messages: bool,
    next_id: usize,
}

#[derive(Debug)]
struct Message {
    id: usize,
    rest: Vec<u8>,
}

impl Model {
    fn unread(&self) -> usize {
        self.messages.iter().map(|message| message.rest.len()).sum()
    }

    /// Whether the write of a message is complete.
    fn is_complete(&self, id: usize) -> bool {
        let up_to = self.messages.iter().take_while(|message| message.id <= id);
        up_to.map(|message| message.rest.len()).sum::<usize>() <= self.quota
    }

    fn write(&mut self, data: &[u8]) -> usize {
        self.next_id += 1;
        self.messages.push_back(Message { id: self.next_id, rest: data.to_vec() });
        self.next_id
    }

    fn write_now(&mut self, data: &[u8]) -> usize {
        let room = self.quota.saturating_sub(self.unread());
        let count = match self.keeps_messages {
            true if data.len() > room => return 0,
            true => data.len(),
            false => data.len().min(room),
        };
        if count > 0 || self.keeps_messages {
            self.write(&data[..count]);
        }
        count
    }

    fn cancel(&mut self, id: usize) -> bool {
        if self.is_complete(id) || !self.messages.iter().any(|message| message.id == id) {
            return false;
        }
        self.messages.retain(|message| message.id != id);
        true
    }

    fn peek(&self, length: usize, mode: ReadMode) -> (Vec<u8>, u64, u64) {
        let Some(first) = self.messages.front() else { return (vec![], 0, 0) };
        let all: Vec<u8> = match mode {
            ReadMode::Message => first.rest.clone(),
            ReadMode::Byte => {
                self.messages.iter().flat_map(|message| message.rest.iter().copied()).collect()
            }
        };
        let copied = &all[..length.min(all.len())];
        let left = match self.keeps_messages {
            true => first.rest.len().saturating_sub(copied.len()) as u64,
            false => 0,
        };
        (copied.to_vec(), self.unread() as u64, left)
    }

    fn read(&mut self, length: usize, mode: ReadMode) -> Result<(Vec<u8>, bool), Win32Error> {
        let first = self.messages.front_mut().ok_or(Win32Error::NO_DATA)?;
        if mode == ReadMode::Message || length == 0 || first.rest.is_empty() {
            if mode == ReadMode::Byte && length == 0 && !first.rest.is_empty() {
                return Ok((vec![], false));
            }
            let rest = first.rest.split_off(length.min(first.rest.len()));
            let taken = std::mem::replace(&mut first.rest, rest);
            let more = !first.rest.is_empty();
            if !more {
                self.messages.pop_front();
            }
            return Ok((taken, more));
        }
        let mut taken = Vec::new();
        while let Some(first) = self.messages.front_mut() {
            // An empty message is a read of its own.
            if taken.len() == length || !taken.is_empty() && first.rest.is_empty() {
                break;
            }
            let count = (length - taken.len()).min(first.rest.len());
            taken.extend(first.rest.drain(..count));
            if !first.rest.is_empty() {
                break;
            }
            self.messages.pop_front();
        }
        Ok((taken, false))
    }
}

#[derive(Clone, Debug)]
enum Action {
    /// Writes and may have to wait.
    Write(usize),
    WriteNow(usize),
    /// Cancels one of the writes that wait.
    Cancel(usize),
    Peek(usize, ReadMode),
    Read(usize, ReadMode),
}

fn lengths() -> impl Strategy<Value = usize> {
    prop_oneof![
        3 => 0_usize..40,
        2 => 0_usize..5_000,
        1 => 0_usize..70_000,
        1 => 130_000_usize..400_000,
    ]
}

fn actions() -> impl Strategy<Value = Vec<(bool, Action)>> {
    let mode = prop_oneof![Just(ReadMode::Message), Just(ReadMode::Byte)];
    let action = prop_oneof![
        3 => lengths().prop_map(Action::Write),
        3 => lengths().prop_map(Action::WriteNow),
        1 => (0_usize..8).prop_map(Action::Cancel),
        2 => (lengths(), mode.clone()).prop_map(|(length, mode)| Action::Peek(length, mode)),
        6 => (lengths(), mode).prop_map(|(length, mode)| Action::Read(length, mode)),
    ];
    proptest::collection::vec((any::<bool>(), action), 1..80)
}

/// A write that waits.
#[derive(Debug)]
struct Waiting {
    request: WriteRequest,
    data: Vec<u8>,
    id: usize,
}

/// One direction, real and modelled.
#[derive(Debug)]
struct Direction {
    model: Model,
    waiting: Vec<Waiting>,
    /// Different in each write.
    seed: usize,
    /// How much of the ring void messages and those before them may take.
    used: usize,
}

/// Messages up to this are whole in the smallest ring.
const WHOLE: usize = 120_000;
/// What is in the ring at most, so that there is always room: as large as it is, less a message.
const MOST_USED: usize = 120_000;

impl Direction {
    fn data(&mut self, length: usize) -> Vec<u8> {
        self.seed += 1;
        (0..length).map(|index| (index * 31 + index / 256 + self.seed * 17) as u8).collect()
    }

    /// All that wait are as complete as the model says.
    fn settle(&mut self, writer: &End) {
        let model = &self.model;
        self.waiting.retain_mut(|waiting| {
            let step = waiting.request.try_step(writer, &waiting.data).unwrap();
            let is_done = matches!(step, Step::Done(_));
            assert_eq!(is_done, model.is_complete(waiting.id), "{waiting:?} {step:?}");
            !is_done
        });
    }

    fn act(&mut self, writer: &End, reader: &End, action: &Action) {
        match *action {
            Action::Write(length) => {
                let length = length.min(WHOLE);
                // Heads and filling take room as well.
                if self.used + length + 64 > MOST_USED {
                    return;
                }
                self.used += length + 64;
                let data = self.data(length);
                let mut request = WriteRequest::new();
                let step = request.try_step(writer, &data).unwrap();
                if length == 0 && !self.model.keeps_messages {
                    assert_eq!(step, Step::Done(0));
                    return;
                }
                let id = self.model.write(&data);
                match step {
                    Step::Done(count) => {
                        assert_eq!(count, length);
                        assert!(length == 0 || self.model.is_complete(id));
                    }
                    Step::Blocked(_) => self.waiting.push(Waiting { request, data, id }),
                }
            }
            Action::WriteNow(length) => {
                if self.used + length + 64 > MOST_USED {
                    return;
                }
                self.used += length + 64;
                let data = self.data(length);
                assert_eq!(writer.write_now(&data), Ok(self.model.write_now(&data)));
            }
            Action::Cancel(index) => {
                if index < self.waiting.len() {
                    let mut waiting = self.waiting.remove(index);
                    assert_eq!(waiting.request.cancel(writer), self.model.cancel(waiting.id));
                }
            }
            Action::Peek(length, mode) => {
                let mut buffer = vec![0; length];
                let Peeked { copied, available, left } =
                    reader.peek(&mut buffer[..], mode).unwrap();
                buffer.truncate(copied);
                assert_eq!((buffer, available, left), self.model.peek(length, mode));
            }
            Action::Read(length, mode) => {
                let mut buffer = vec![0; length];
                let read = reader.read_now(&mut buffer[..], mode).map(|Taken { bytes, more }| {
                    buffer.truncate(bytes);
                    (buffer, more)
                });
                assert_eq!(read, self.model.read(length, mode));
                if self.model.messages.is_empty() {
                    self.used = 0;
                }
            }
        }
        self.settle(writer);
        let mut nothing = [0; 0];
        let available = reader.peek(&mut nothing[..], ReadMode::Message).unwrap().available;
        assert_eq!(available, self.model.unread() as u64);
        assert_eq!(reader.is_readable(), !self.model.messages.is_empty());
    }
}

proptest! {
    #[test]
    fn random_conversations_are_as_in_the_model(
        messages: bool,
        quota in prop_oneof![Just(0_u32), 1_u32..100, 1_u32..10_000, Just(100_000)],
        actions in actions(),
    ) {
        let (server, client) = ends(messages, quota);
        let mut directions = [0, 1].map(|seed| Direction {
            model: Model {
                quota: quota as usize,
                keeps_messages: messages,
                ..Model::default()
            },
            waiting: Vec::new(),
            seed,
            used: 0,
        });
        for (to_client, action) in &actions {
            match to_client {
                true => directions[0].act(&server, &client, action),
                false => directions[1].act(&client, &server, action),
            }
        }
        // What is left comes out as it should, after the writers have closed.
        for (direction, (writer, reader)) in
            directions.iter_mut().zip([(&server, &client), (&client, &server)])
        {
            for waiting in &mut direction.waiting {
                // An earlier one that is taken back may complete a later one.
                let is_cancelled = waiting.request.cancel(writer);
                prop_assert_eq!(is_cancelled, direction.model.cancel(waiting.id));
            }
            writer.close();
            let mut buffer = vec![0; 130_000];
            while let Ok((bytes, more)) = direction.model.read(buffer.len(), ReadMode::Message) {
                let taken = reader.read_now(&mut buffer[..], ReadMode::Message);
                prop_assert_eq!(taken, Ok(Taken { bytes: bytes.len(), more }));
                prop_assert!(buffer[..bytes.len()] == bytes);
            }
            let end = reader.read_now(&mut buffer[..], ReadMode::Message);
            prop_assert_eq!(end, Err(Win32Error::BROKEN_PIPE));
        }
    }

    /// Streams, by two threads: what is read is what was written, in messages or bytes, whatever
    /// was cancelled.
    #[test]
    fn large_messages_stream_whole(
        quota in prop_oneof![Just(0_u32), 1_u32..100_000],
        writes in proptest::collection::vec((0_usize..700_000, any::<bool>()), 1..6),
        buffers in proptest::collection::vec(1_usize..900_000, 1..4),
    ) {
        let (server, client) = ends(true, quota);
        let message = |number: usize, length: usize| -> Vec<u8> {
            (0..length).map(|index| (index / 3 + number * 41) as u8).collect()
        };
        let (written, read) = std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut written = Vec::new();
                for (number, &(length, cancelled)) in writes.iter().enumerate() {
                    let data = message(number, length);
                    let patience = match cancelled {
                        true => super::Patience::milliseconds(0),
                        false => super::Patience::FOREVER,
                    };
                    written.push(client.write(&data, patience).is_ok());
                }
                client.close();
                written
            });
            let mut read = vec![(Vec::new(), false)];
            for &length in buffers.iter().cycle() {
                let mut buffer = vec![0; length];
                let taken =
                    server.read(&mut buffer[..], ReadMode::Message, super::Patience::FOREVER);
                let Ok(taken) = taken else { break };
                if let Some((message, is_whole)) = read.last_mut() {
                    message.extend_from_slice(&buffer[..taken.bytes]);
                    *is_whole = !taken.more;
                    if *is_whole {
                        read.push((Vec::new(), false));
                    }
                }
            }
            (writer.join().unwrap(), read)
        });
        // A part of a cancelled message may be in front of the next one: nobody can know where it
        // ended. So all that was completed is there, in order, each at the end of what was read.
        let mut found = read.iter().filter(|(_, is_whole)| *is_whole);
        for (number, _) in written.iter().enumerate().filter(|(_, is_written)| **is_written) {
            let data = message(number, writes[number].0);
            prop_assert!(found.any(|(message, _)| message.ends_with(&data)), "{number}");
        }
    }
}
