//! A handle as eight 64-bit words: how a table line stands in a published table, in the message
//! that hands it to another process, and in what a child inherits.
//!
//! | word | bits | content |
//! |---|---|---|
//! | 0 | 0-31 | sequence, odd while the owner changes the line (published tables only) |
//! | 0 | 32-39 | [`State`] |
//! | 0 | 40-47 | object type |
//! | 0 | 48-55 | handle flags |
//! | 0 | 56-63 | origin: created, inherited, duplicated |
//! | 1 | | object id |
//! | 2 | 0-31, 32-63 | granted access; process id of the origin |
//! | 3 | 0-31, 32-63 | the two descriptors, -1 for none |
//! | 4, 5 | | the type's own numbers |
//! | 6 | 0-31 | the handle (in messages and inherited records) |
//! | 7 | | a close that another process asks for: the object id |

use super::{KernelObject, ObjectId, ObjectType, with_shape};
use crate::handle::{Entry, HandleFlags, HandleValue, Origin};
use std::os::fd::{AsRawFd, RawFd};

pub(crate) const WORDS: usize = 8;
pub(crate) const BYTES: usize = WORDS * 8;

/// What a line of a published table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing.
    Free = 0,
    /// A handle.
    Open = 1,
    /// A handle another process has sent and the owner has not collected yet.
    Arriving = 2,
}

/// A handle, described so that another process can hold the object too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) state: State,
    pub(crate) value: u32,
    pub(crate) kind: ObjectType,
    pub(crate) id: ObjectId,
    pub(crate) access: u32,
    pub(crate) flags: HandleFlags,
    pub(crate) origin: Origin,
    /// Descriptor numbers in the process that wrote the record.
    pub(crate) fds: [Option<RawFd>; 2],
    pub(crate) payload: [u64; 2],
}

/// How a second handle to the same object differs from the first, in the words of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordChange {
    pub(crate) value: HandleValue,
    pub(crate) access: u32,
    pub(crate) flags: HandleFlags,
    pub(crate) origin: Origin,
}

impl RecordChange {
    /// Changes the words of an open handle's line.
    #[inline]
    pub(crate) fn apply(&self, words: &mut [u64; WORDS]) {
        let (origin, origin_pid) = self.origin.parts();
        // State and type stay; the sequence is the line's own.
        words[0] = words[0] & 0x0000_FFFF_0000_0000
            | u64::from(self.flags.bits()) << 48
            | u64::from(origin) << 56;
        words[2] = u64::from(self.access) | u64::from(origin_pid) << 32;
        words[6] = self.value.get().into();
        words[7] = 0;
    }
}

impl Record {
    pub(crate) fn of_entry(value: HandleValue, entry: &Entry) -> Self {
        Self::of_object(&*entry.object, value.get(), entry.access, entry.flags, entry.origin)
    }

    pub(crate) fn of_object(
        object: &dyn KernelObject,
        value: u32,
        access: u32,
        flags: HandleFlags,
        origin: Origin,
    ) -> Self {
        let (fds, payload) = with_shape(object, |shape| {
            (shape.fds.map(|fd| fd.map(|fd| fd.as_raw_fd())), shape.payload)
        })
        .unwrap_or_default();
        Self {
            state: State::Open,
            value,
            kind: object.header().kind(),
            id: object.header().id(),
            access,
            flags,
            origin,
            fds,
            payload,
        }
    }

    /// The record without its sequence number.
    #[inline]
    pub(crate) fn to_words(self) -> [u64; WORDS] {
        let (origin, origin_pid) = self.origin.parts();
        let fd = |fd: Option<RawFd>| u64::from(fd.unwrap_or(-1).cast_unsigned());
        [
            (self.state as u64) << 32
                | (self.kind as u64) << 40
                | u64::from(self.flags.bits()) << 48
                | u64::from(origin) << 56,
            self.id.get(),
            u64::from(self.access) | u64::from(origin_pid) << 32,
            fd(self.fds[0]) | fd(self.fds[1]) << 32,
            self.payload[0],
            self.payload[1],
            u64::from(self.value),
            0,
        ]
    }

    /// Reads a record that anybody may have written; `None` for what is none, or is a free line,
    /// or a line somebody asked to close.
    pub(crate) fn from_words(words: &[u64; WORDS]) -> Option<Self> {
        let byte = |shift: u32| (words[0] >> shift & 0xFF) as u8;
        let state = match byte(32) {
            1 => State::Open,
            2 => State::Arriving,
            _ => return None,
        };
        if words[7] == words[1] {
            return None;
        }
        let half = |word: u64, shift: u32| (word >> shift & 0xFFFF_FFFF) as u32;
        let fd = |shift| Some(half(words[3], shift).cast_signed()).filter(|&fd| fd >= 0);
        Some(Self {
            state,
            value: half(words[6], 0),
            kind: ObjectType::from_number(byte(40))?,
            id: ObjectId::from_bits(words[1]),
            access: half(words[2], 0),
            flags: HandleFlags::from_bits_truncate(byte(48)),
            origin: Origin::from_parts(byte(56), half(words[2], 32)),
            fds: [fd(0), fd(32)],
            payload: [words[4], words[5]],
        })
    }

    pub(crate) fn to_bytes(self) -> [u8; BYTES] {
        bytes_of(&self.to_words())
    }
}

pub(crate) fn bytes_of(words: &[u64; WORDS]) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    for (chunk, word) in bytes.chunks_exact_mut(8).zip(words) {
        chunk.copy_from_slice(&word.to_ne_bytes());
    }
    bytes
}

/// Splits bytes into groups of eight words; a rest that is too short is left out.
pub(crate) fn words_of(bytes: &[u8]) -> impl Iterator<Item = [u64; WORDS]> + '_ {
    bytes.chunks_exact(BYTES).map(|line| {
        let mut words = [0; WORDS];
        for (word, chunk) in words.iter_mut().zip(line.chunks_exact(8)) {
            *word = chunk.try_into().map_or(0, u64::from_ne_bytes);
        }
        words
    })
}

#[cfg(test)]
mod tests {
    use super::{Record, RecordChange, State, bytes_of, words_of};
    use crate::handle::{HandleFlags, HandleValue, Origin};
    use crate::object::{ObjectId, ObjectType};
    use proptest::prelude::*;

    #[test]
    fn a_record_survives_being_written_and_read() {
        let record = Record {
            state: State::Arriving,
            value: 0x0100_0004,
            kind: ObjectType::File,
            id: ObjectId::from_bits(0x1234_5678_9ABC),
            access: 0x001F_01FF,
            flags: HandleFlags::INHERIT,
            origin: Origin::Duplicated(4242),
            fds: [Some(7), None],
            payload: [u64::MAX, 3],
        };
        let words: Vec<_> = words_of(&record.to_bytes()).collect();
        assert_eq!(Record::from_words(&words[0]), Some(record));
    }

    #[test]
    fn a_changed_line_is_that_of_the_second_handle() {
        let first = Record {
            state: State::Open,
            value: 4,
            kind: ObjectType::Event,
            id: ObjectId::from_bits(0x1234),
            access: 0x001F_0003,
            flags: HandleFlags::all(),
            origin: Origin::Inherited(77),
            fds: [Some(5), None],
            payload: [8, 1],
        };
        let value = HandleValue::of_slot(9);
        let (access, flags, origin) = (2, HandleFlags::INHERIT, Origin::Created);
        let mut words = first.to_words();
        // As it stands in a table: with a sequence number, and somebody asking to close it.
        words[0] |= 42;
        words[7] = words[1];
        RecordChange { value, access, flags, origin }.apply(&mut words);
        let second = Record { value: value.get(), access, flags, origin, ..first };
        assert_eq!(words, second.to_words());
    }

    proptest! {
        #[test]
        fn no_words_do_harm(words in any::<[u64; 8]>()) {
            if let Some(record) = Record::from_words(&words) {
                prop_assert!(record.fds.iter().flatten().all(|&fd| fd >= 0));
            }
            prop_assert_eq!(words_of(&bytes_of(&words)).next(), Some(words));
        }
    }
}
