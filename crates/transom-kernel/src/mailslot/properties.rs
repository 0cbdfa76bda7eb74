//! The queue against a list of messages, and against a peer that scribbles.

use super::layout::{self, CAPACITY, ENTRY_HEAD, PIECE};
use super::queue::{Queue, Waiting};
use super::segment::Segment;
use crate::error::{Result, Win32Error};
use crate::object::ObjectId;
use crate::pipe::channel::Patience;
use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof};
use proptest::test_runner::Config;
use std::collections::VecDeque;
use std::os::fd::AsFd;
use std::sync::atomic::Ordering;

fn segment() -> Segment {
    Segment::create(ObjectId::from_bits(7), 0, 0).unwrap()
}

fn again(segment: &Segment) -> Segment {
    let file = segment.as_fd().try_clone_to_owned().unwrap();
    Segment::open(file, Some(ObjectId::from_bits(7))).unwrap()
}

fn append(queue: &Queue<'_>, message: &[u8]) -> Result<()> {
    let appended = queue.append(message.len() as u64, CAPACITY, |ring, at| {
        ring.copy_in(at, message);
        Ok(())
    });
    appended.map(drop)
}

fn take(queue: &Queue<'_>, room: usize) -> Result<Option<Vec<u8>>> {
    let held = queue.lock_readers(Patience::FOREVER)?;
    queue.take(&held, |length, ring, at| {
        if length > room {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        let mut bytes = vec![0; length];
        assert_eq!(ring.copy_out(at, &mut bytes[..], 0, length), length);
        Ok(bytes)
    })
}

/// A message that can be told from others of its length.
fn message(number: usize, length: usize) -> Vec<u8> {
    (0..length).map(|index| (number * 31 + index / 7) as u8).collect()
}

#[derive(Clone, Debug)]
enum Act {
    Write(usize),
    /// A write that dies before its last step.
    Die(usize),
    Read(usize),
    ReadAll,
    Look,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let length = || {
        prop_oneof![
            4 => 0_usize..100,
            2 => 0_usize..10_000,
            1 => 250_000_usize..270_000,
            1 => (PIECE as usize - 100)..(PIECE as usize * 3),
        ]
    };
    let act = prop_oneof![
        4 => length().prop_map(Act::Write),
        1 => length().prop_map(Act::Die),
        3 => prop_oneof![Just(usize::MAX), 0_usize..100].prop_map(Act::Read),
        1 => Just(Act::ReadAll),
        1 => Just(Act::Look),
    ];
    prop::collection::vec(act, 1..120)
}

proptest::proptest! {
    #![proptest_config(Config { cases: 60, ..Config::default() })]

    #[test]
    fn a_queue_is_a_list_of_messages(acts in acts()) {
        let written = segment();
        let read = again(&written);
        let (writer, reader) = (written.queue().unwrap(), read.queue().unwrap());
        let mut model: VecDeque<Vec<u8>> = VecDeque::new();
        let mut largest_death = 0;
        for (number, act) in acts.into_iter().enumerate() {
            match act {
                Act::Write(length) => {
                    let message = message(number, length);
                    append(&writer, &message).unwrap();
                    model.push_back(message);
                }
                Act::Die(length) => {
                    largest_death = largest_death.max(length as u64);
                    let died = writer.append(length as u64, CAPACITY, |ring, at| {
                        ring.copy_in(at, &message(number, length / 2));
                        Err(Win32Error::OPERATION_ABORTED)
                    });
                    prop_assert_eq!(died, Err(Win32Error::OPERATION_ABORTED));
                }
                Act::Read(room) => match model.front() {
                    Some(first) if first.len() > room => {
                        prop_assert_eq!(take(&reader, room), Err(Win32Error::INSUFFICIENT_BUFFER));
                    }
                    _ => prop_assert!(take(&reader, room).unwrap() == model.pop_front()),
                },
                Act::ReadAll => {
                    while let Some(first) = model.pop_front() {
                        prop_assert!(take(&reader, usize::MAX).unwrap() == Some(first));
                    }
                    prop_assert_eq!(take(&reader, usize::MAX), Ok(None));
                }
                Act::Look => {}
            }
            let bytes = model.iter().map(Vec::len).sum::<usize>() as u64;
            let next = model.front().map(|first| first.len() as u32);
            let waiting = Waiting { messages: model.len() as u64, bytes, next };
            prop_assert_eq!(reader.waiting(), Ok(waiting));
            // What was read takes no memory but a little, and what died is in the way of the next
            // message, at one of two places.
            let most = bytes + model.len() as u64 * 40 + 5 * PIECE + 2 * largest_death;
            prop_assert!(written.resident_bytes() <= most);
        }
    }

    #[test]
    fn scribbling_harms_nobody(
        scribbles in prop::collection::vec((0_usize..layout::WORDS, any::<u64>(), any::<u8>()), 1..40),
        ring in prop::collection::vec((0_u64..4096, any::<u64>()), 0..20),
    ) {
        let segment = segment();
        let queue = segment.queue().unwrap();
        append(&queue, &message(1, 1000)).unwrap();
        for (place, value) in ring {
            queue.ring.word(place).store(value, Ordering::Relaxed);
        }
        for (place, value, small) in scribbles {
            // The locks have tests of their own: whoever holds one is waited for.
            if place == layout::READ_LOCK || place == layout::WRITE_LOCK {
                continue;
            }
            let now = queue.words[place].load(Ordering::Relaxed);
            let value = if small & 1 == 0 { value } else { now.wrapping_add(u64::from(small)) };
            queue.words[place].store(value, Ordering::Relaxed);
            let _ = append(&queue, &message(2, small.into()));
            let _ = queue.waiting();
            if let Ok(Some(taken)) = take(&queue, 1 << 20) {
                prop_assert!(taken.len() <= 1 << 20);
            }
        }
        // Either side can go on: what is spoilt is thrown away.
        for _ in 0..100 {
            if take(&queue, usize::MAX) == Ok(None) {
                break;
            }
        }
    }
}

#[test]
fn the_capacity_is_exact_and_the_memory_is_given_back() {
    let segment = segment();
    let queue = segment.queue().unwrap();
    let quarter = vec![1; (CAPACITY / 4 - ENTRY_HEAD) as usize];
    for _ in 0..4 {
        append(&queue, &quarter).unwrap();
    }
    assert_eq!(append(&queue, b""), Err(Win32Error::NOT_ENOUGH_QUOTA));
    assert_eq!(take(&queue, usize::MAX).unwrap().map(|taken| taken == quarter), Some(true));
    append(&queue, &quarter).unwrap();
    assert_eq!(append(&queue, b""), Err(Win32Error::NOT_ENOUGH_QUOTA));
    for _ in 0..4 {
        assert_eq!(take(&queue, usize::MAX).unwrap().map(|taken| taken == quarter), Some(true));
    }
    assert_eq!(take(&queue, 0), Ok(None));
    assert!(segment.resident_bytes() <= 4 * PIECE, "{}", segment.resident_bytes());
    let longest = vec![2; (CAPACITY - ENTRY_HEAD) as usize];
    append(&queue, &longest).unwrap();
    assert_eq!(take(&queue, usize::MAX).unwrap().map(|taken| taken == longest), Some(true));
    assert_eq!(append(&queue, &vec![0; CAPACITY as usize]), Err(Win32Error::NOT_ENOUGH_QUOTA));
}

#[test]
fn a_writer_that_dies_after_it_noted_a_jump_leaves_the_queue_as_it_was() {
    let segment = segment();
    let queue = segment.queue().unwrap();
    append(&queue, &vec![3; layout::RESTART as usize]).unwrap();
    take(&queue, usize::MAX).unwrap().unwrap();
    // The jump is noted, the message is not written.
    let died = queue.append(1, CAPACITY, |_, _| Err(Win32Error::OPERATION_ABORTED));
    assert_eq!(died, Err(Win32Error::OPERATION_ABORTED));
    let words = segment.words();
    assert_eq!(
        words[layout::JUMP_FROM].load(Ordering::SeqCst),
        words[layout::TAIL].load(Ordering::SeqCst)
    );
    assert_eq!(queue.waiting(), Ok(Waiting::default()));
    assert_eq!(take(&queue, 0), Ok(None));
    append(&queue, b"whole").unwrap();
    assert_eq!(queue.waiting(), Ok(Waiting { messages: 1, bytes: 5, next: Some(5) }));
    assert_eq!(take(&queue, 5), Ok(Some(b"whole".to_vec())));
}

#[test]
fn what_is_no_mailslot_is_refused() {
    let segment = segment();
    let file = || segment.as_fd().try_clone_to_owned().unwrap();
    let other = Segment::open(file(), Some(ObjectId::from_bits(8)));
    assert_eq!(other.err(), Some(Win32Error::FILE_CORRUPT));
    segment.words()[layout::MAGIC_AT].store(0, Ordering::Relaxed);
    assert_eq!(Segment::open(file(), None).err(), Some(Win32Error::FILE_CORRUPT));
    let null = std::fs::File::open("/dev/null").unwrap();
    assert_eq!(Segment::open(null.into(), None).err(), Some(Win32Error::FILE_CORRUPT));
    assert!(rustix::fs::ftruncate(segment.as_fd(), 0).is_err());
}
