//! What `semantics.md` says of reading and writing, between two ends in one process.

use super::{Cancel, End, Patience, Peeked, ReadMode, Segment, Settings, Side, State, Taken};
use crate::error::Win32Error;
use std::sync::Arc;

const MESSAGE: ReadMode = ReadMode::Message;
const BYTE: ReadMode = ReadMode::Byte;

pub(super) fn ends(messages: bool, quota: u32) -> (End, End) {
    let settings = Settings { messages, to_client_quota: quota, to_server_quota: quota };
    let segment = Segment::create(settings).unwrap();
    let copy = Segment::open(segment.fd().try_clone_to_owned().unwrap()).unwrap();
    segment.connect().unwrap();
    (End::new(segment, Side::Server), End::new(copy, Side::Client))
}

/// The same end in another process would be this.
fn same_end(end: &End) -> End {
    let segment = Segment::open(end.segment().fd().try_clone_to_owned().unwrap()).unwrap();
    End::new(segment, end.side())
}

fn read(end: &End, length: usize, mode: ReadMode) -> Result<(Vec<u8>, bool), Win32Error> {
    let mut buffer = vec![0; length];
    let Taken { bytes, more } = end.read_now(&mut buffer[..], mode)?;
    buffer.truncate(bytes);
    Ok((buffer, more))
}

fn peek(end: &End, length: usize, mode: ReadMode) -> Result<(Vec<u8>, u64, u64), Win32Error> {
    let mut buffer = vec![0; length];
    let Peeked { copied, available, left } = end.peek(&mut buffer[..], mode)?;
    buffer.truncate(copied);
    Ok((buffer, available, left))
}

/// Waits until somebody's write waits.
fn until_queued(end: &End, bytes: u64) {
    while end.peek(&mut [0; 0][..], MESSAGE).unwrap().available < bytes {
        std::thread::yield_now();
    }
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 7 + index / 251) as u8).collect()
}

#[test]
fn fact_28_nothing_is_read_or_written_before_a_client_or_after_a_disconnection() {
    let settings = Settings { messages: true, to_client_quota: 9, to_server_quota: 9 };
    let server = End::new(Segment::create(settings).unwrap(), Side::Server);
    let client = same_end(&server);
    let client = End::new(Arc::clone(client.segment()), Side::Client);
    for end in [&server, &client] {
        assert_eq!(read(end, 1, MESSAGE), Err(Win32Error::PIPE_LISTENING));
        assert_eq!(end.write_now(b"x"), Err(Win32Error::PIPE_LISTENING));
        assert_eq!(end.write(b"x", Patience::FOREVER), Err(Win32Error::PIPE_LISTENING));
        assert_eq!(peek(end, 1, MESSAGE), Err(Win32Error::BAD_PIPE));
    }
    server.segment().connect().unwrap();
    server.write_now(b"lost").unwrap();
    client.write_now(b"lost").unwrap();
    server.segment().disconnect().unwrap();
    for end in [&server, &client] {
        assert_eq!(end.state(), State::Disconnected);
        assert_eq!(read(end, 9, MESSAGE), Err(Win32Error::PIPE_NOT_CONNECTED));
        assert_eq!(end.write_now(b"x"), Err(Win32Error::PIPE_NOT_CONNECTED));
        assert_eq!(end.flush(Patience::FOREVER), Err(Win32Error::PIPE_NOT_CONNECTED));
    }
    assert_eq!(peek(&server, 1, MESSAGE), Err(Win32Error::BAD_PIPE));
    assert_eq!(peek(&client, 1, MESSAGE), Err(Win32Error::PIPE_NOT_CONNECTED));
}

#[test]
fn fact_29_what_was_written_is_read_after_the_other_end_closed() {
    let (server, client) = ends(true, 100);
    client.write_now(b"first").unwrap();
    client.write_now(b"").unwrap();
    client.close();
    assert_eq!(server.write_now(b"x"), Err(Win32Error::NO_DATA));
    assert_eq!(server.write(b"", Patience::FOREVER), Err(Win32Error::NO_DATA));
    assert_eq!(peek(&server, 2, MESSAGE), Ok((b"fi".to_vec(), 5, 3)));
    assert_eq!(read(&server, 9, MESSAGE), Ok((b"first".to_vec(), false)));
    assert_eq!(read(&server, 9, MESSAGE), Ok((vec![], false)));
    assert_eq!(read(&server, 9, MESSAGE), Err(Win32Error::BROKEN_PIPE));
    assert_eq!(peek(&server, 9, MESSAGE), Err(Win32Error::BROKEN_PIPE));
    let waited = server.read(&mut [0][..], MESSAGE, Patience::FOREVER);
    assert_eq!(waited, Err(Win32Error::BROKEN_PIPE));
}

#[test]
fn fact_30_a_short_buffer_leaves_the_rest_to_any_holder_of_the_end() {
    let (server, client) = ends(true, 100);
    let other_holder = same_end(&server);
    client.write_now(b"hello, world").unwrap();
    client.write_now(b"next").unwrap();
    assert_eq!(peek(&server, 3, MESSAGE), Ok((b"hel".to_vec(), 16, 9)));
    assert_eq!(read(&server, 5, MESSAGE), Ok((b"hello".to_vec(), true)));
    assert_eq!(peek(&other_holder, 3, MESSAGE), Ok((b", w".to_vec(), 11, 4)));
    assert_eq!(read(&other_holder, 0, MESSAGE), Ok((vec![], true)));
    assert_eq!(read(&other_holder, 2, MESSAGE), Ok((b", ".to_vec(), true)));
    assert_eq!(read(&server, 5, MESSAGE), Ok((b"world".to_vec(), false)));
    // Byte mode minds no boundaries, also on a pipe of messages.
    client.write_now(b"more").unwrap();
    assert_eq!(peek(&server, 6, BYTE).unwrap().0, b"nextmo");
    assert_eq!(read(&server, 6, BYTE), Ok((b"nextmo".to_vec(), false)));
    assert_eq!(read(&server, 6, MESSAGE), Ok((b"re".to_vec(), false)));
    assert_eq!(read(&server, 6, MESSAGE), Err(Win32Error::NO_DATA));
}

#[test]
fn fact_31_a_zero_length_message_is_one_read_and_zero_bytes_are_nothing() {
    let (server, client) = ends(true, 100);
    client.write_now(b"").unwrap();
    client.write(b"", Patience::FOREVER).unwrap();
    assert!(server.is_readable());
    assert_eq!(peek(&server, 9, MESSAGE), Ok((vec![], 0, 0)));
    assert_eq!(read(&server, 0, MESSAGE), Ok((vec![], false)));
    assert_eq!(read(&server, 9, MESSAGE), Ok((vec![], false)));
    assert_eq!(read(&server, 9, MESSAGE), Err(Win32Error::NO_DATA));
    assert!(!server.is_readable());
    let (server, client) = ends(false, 100);
    assert_eq!(client.write_now(b""), Ok(0));
    // Even where every other write would wait.
    assert_eq!(client.write_now(&[0; 100]), Ok(100));
    assert_eq!(client.write(b"", Patience::FOREVER), Ok(0));
    assert_eq!(read(&server, 999, BYTE).unwrap().0.len(), 100);
    assert_eq!(read(&server, 9, BYTE), Err(Win32Error::NO_DATA));
}

#[test]
fn fact_32_a_write_over_the_quota_is_visible_and_waits_until_it_is_within() {
    let (server, client) = ends(true, 10);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| client.write(&pattern(25), Patience::FOREVER));
        until_queued(&server, 25);
        assert_eq!(peek(&server, 99, MESSAGE), Ok((pattern(25), 25, 0)));
        assert_eq!(read(&server, 14, MESSAGE), Ok((pattern(25)[..14].to_vec(), true)));
        assert!(!writer.is_finished());
        // Ten bytes are left.
        assert_eq!(read(&server, 1, MESSAGE).unwrap().0.len(), 1);
        assert_eq!(writer.join().unwrap(), Ok(25));
        let flusher = scope.spawn(|| client.flush(Patience::FOREVER));
        assert_eq!(read(&server, 99, MESSAGE), Ok((pattern(25)[15..].to_vec(), false)));
        assert_eq!(flusher.join().unwrap(), Ok(()));
    });
}

#[test]
fn fact_32_a_cancelled_write_takes_its_unread_tail_along() {
    let (server, client) = ends(true, 10);
    let cancels = [Cancel::new(), Cancel::new()];
    std::thread::scope(|scope| {
        let patience = Patience::FOREVER.or_until(&cancels[0]);
        let first = scope.spawn(move || client_write(&client, patience, &pattern(100)));
        until_queued(&server, 100);
        assert_eq!(read(&server, 30, MESSAGE), Ok((pattern(30), true)));
        cancels[0].cancel();
        let (result, client) = first.join().unwrap();
        assert_eq!(result, Err(Win32Error::OPERATION_ABORTED));
        assert_eq!(peek(&server, 9, MESSAGE), Ok((vec![], 0, 0)));
        // It does not count against the quota either.
        assert_eq!(client.write_now(&pattern(10)), Ok(10));
        // One in the middle.
        let patience = Patience::FOREVER.or_until(&cancels[1]);
        let second = scope.spawn(move || client_write(&client, patience, &pattern(100)));
        until_queued(&server, 110);
        cancels[1].cancel();
        let (result, client) = second.join().unwrap();
        assert_eq!(result, Err(Win32Error::OPERATION_ABORTED));
        assert_eq!(peek(&server, 99, MESSAGE), Ok((pattern(10), 10, 0)));
        assert_eq!(read(&server, 99, MESSAGE), Ok((pattern(10), false)));
        assert_eq!(client.write_now(b"end"), Ok(3));
        assert_eq!(read(&server, 99, MESSAGE), Ok((b"end".to_vec(), false)));
    });
}

fn client_write(
    client: &End,
    patience: Patience<'_>,
    data: &[u8],
) -> (Result<usize, Win32Error>, End) {
    let result = client.write(data, patience);
    (result, same_end(client))
}

#[test]
fn fact_32_the_death_of_all_writers_takes_waiting_writes_along() {
    let (server, client) = ends(true, 10);
    client.write_now(&pattern(10)).unwrap();
    std::thread::scope(|scope| {
        // As if killed while it waits: its end is not told.
        let writer = scope.spawn(|| client.write(b"waits", Patience::FOREVER));
        until_queued(&server, 15);
        server.peer_is_gone();
        assert_eq!(peek(&server, 99, MESSAGE), Ok((pattern(10), 10, 0)));
        assert_eq!(read(&server, 5, MESSAGE), Ok((pattern(5), true)));
        assert_eq!(read(&server, 99, MESSAGE), Ok((pattern(10)[5..].to_vec(), false)));
        assert_eq!(read(&server, 99, MESSAGE), Err(Win32Error::BROKEN_PIPE));
        server.close();
        writer.join().unwrap().unwrap();
    });
}

#[test]
fn fact_33_without_waiting_a_message_is_written_whole_or_not_and_bytes_as_far_as_they_fit() {
    let (server, client) = ends(true, 10);
    assert_eq!(read(&server, 9, MESSAGE), Err(Win32Error::NO_DATA));
    assert_eq!(client.write_now(&pattern(11)), Ok(0));
    assert_eq!(client.write_now(&pattern(6)), Ok(6));
    assert_eq!(client.write_now(&pattern(5)), Ok(0));
    assert_eq!(client.write_now(&pattern(4)), Ok(4));
    assert_eq!(read(&server, 99, MESSAGE), Ok((pattern(6), false)));
    let (server, client) = ends(false, 10);
    assert_eq!(client.write_now(&pattern(6)), Ok(6));
    assert_eq!(client.write_now(&pattern(9)), Ok(4));
    assert_eq!(client.write_now(&pattern(9)), Ok(0));
    assert_eq!(read(&server, 99, BYTE).unwrap().0, [&pattern(6)[..], &pattern(4)[..]].concat());
}

#[test]
fn messages_of_any_size_stream_through_the_ring() {
    for (length, quota) in [(300_000, 0), (1 << 20, 4096), (5 << 20, 1 << 20), (64 << 20, 65536)] {
        let (server, client) = ends(true, quota);
        let message = pattern(length);
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                client.write(&message, Patience::FOREVER)?;
                client.write(b"small", Patience::FOREVER)
            });
            let mut buffer = vec![0; length];
            let taken = server.read(&mut buffer[..1000], MESSAGE, Patience::FOREVER).unwrap();
            assert_eq!((taken.bytes, taken.more), (1000, true));
            let taken = server.read(&mut buffer[1000..], MESSAGE, Patience::FOREVER).unwrap();
            assert_eq!((taken.bytes, taken.more), (length - 1000, false));
            assert!(buffer == message);
            let taken = server.read(&mut buffer[..], MESSAGE, Patience::FOREVER).unwrap();
            assert_eq!(&buffer[..taken.bytes], b"small");
            assert_eq!(writer.join().unwrap(), Ok(5));
        });
    }
}

#[test]
fn a_large_message_is_cancelled_in_the_middle_of_being_read() {
    let (server, client) = ends(true, 100);
    let cancel = Cancel::new();
    std::thread::scope(|scope| {
        let patience = Patience::FOREVER.or_until(&cancel);
        let client = &client;
        let writer = scope.spawn(move || client.write(&pattern(1 << 20), patience));
        until_queued(&server, 1 << 20);
        let mut buffer = vec![0; 1000];
        let taken = server.read(&mut buffer[..], MESSAGE, Patience::FOREVER);
        assert_eq!((taken, buffer), (Ok(Taken { bytes: 1000, more: true }), pattern(1000)));
        // This one wants all of it, and gets the next instead.
        let reader = scope.spawn(|| {
            let mut buffer = vec![0; 2 << 20];
            let taken = server.read(&mut buffer[..], MESSAGE, Patience::FOREVER).unwrap();
            (buffer[..taken.bytes].to_vec(), taken.more)
        });
        cancel.cancel();
        match writer.join().unwrap() {
            Err(Win32Error::OPERATION_ABORTED) => {
                client.write(b"next", Patience::FOREVER).unwrap();
                assert_eq!(reader.join().unwrap(), (b"next".to_vec(), false));
            }
            // It was read before.
            result => {
                assert_eq!(result, Ok(1 << 20));
                assert!(reader.join().unwrap() == (pattern(1 << 20)[1000..].to_vec(), false));
            }
        }
    });
}

#[test]
fn waits_end_with_the_time_and_the_connection() {
    let (server, client) = ends(true, 10);
    let short = Patience::milliseconds(1);
    assert_eq!(server.read(&mut [0][..], MESSAGE, short), Err(Win32Error::SEM_TIMEOUT));
    assert_eq!(client.write(&pattern(11), short), Err(Win32Error::SEM_TIMEOUT));
    assert_eq!(client.write_now(b"x"), Ok(1));
    assert_eq!(client.flush(short), Err(Win32Error::SEM_TIMEOUT));
    assert_eq!(client.write(&pattern(1 << 20), short), Err(Win32Error::SEM_TIMEOUT));
    assert_eq!(peek(&server, 1, MESSAGE), Ok((b"x".to_vec(), 1, 0)));
    std::thread::scope(|scope| {
        let waits = [
            scope.spawn(|| client.read(&mut [0][..], MESSAGE, Patience::FOREVER).map(drop)),
            scope.spawn(|| client.flush(Patience::FOREVER)),
            scope.spawn(|| client.write(&pattern(100), Patience::FOREVER).map(drop)),
        ];
        until_queued(&server, 101);
        server.segment().disconnect().unwrap();
        for wait in waits {
            assert_eq!(wait.join().unwrap(), Err(Win32Error::PIPE_NOT_CONNECTED));
        }
    });
}

#[test]
fn threads_are_served_in_the_order_they_came() {
    let (server, client) = ends(true, 100);
    std::thread::scope(|scope| {
        let mut readers = Vec::new();
        for number in 0..4 {
            let server = &server;
            readers.push(scope.spawn(move || {
                let mut byte = [0];
                server.read(&mut byte[..], MESSAGE, Patience::FOREVER).unwrap();
                byte[0]
            }));
            while server.readers.length() <= number {
                std::thread::yield_now();
            }
        }
        for number in 0..4 {
            client.write(&[number], Patience::FOREVER).unwrap();
        }
        let order: Vec<u8> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
        assert_eq!(order, [0, 1, 2, 3]);
    });
}

#[test]
fn the_memory_of_a_burst_is_given_back() {
    let (server, client) = ends(true, 1 << 20);
    let used = |end: &End| rustix::fs::fstat(end.segment().fd()).unwrap().st_blocks * 512;
    client.write_now(b"x").unwrap();
    server.write_now(b"x").unwrap();
    read(&server, 1, MESSAGE).unwrap();
    read(&client, 1, MESSAGE).unwrap();
    assert!(used(&client) <= 12 * 1024, "{}", used(&client));
    // However long the conversation.
    for _ in 0..10_000 {
        client.write_now(&[7; 64]).unwrap();
        read(&server, 64, MESSAGE).unwrap();
    }
    assert!(used(&client) <= 12 * 1024, "{}", used(&client));
    for _ in 0..9 {
        client.write_now(&pattern(100_000)).unwrap();
    }
    client.trim();
    assert!(used(&client) > 900_000);
    while read(&server, 200_000, MESSAGE).is_ok() {}
    client.trim();
    assert!(used(&client) <= 12 * 1024, "{}", used(&client));
    client.write_now(b"goes on").unwrap();
    assert_eq!(read(&server, 99, MESSAGE), Ok((b"goes on".to_vec(), false)));
}
