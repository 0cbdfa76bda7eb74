//! Facts 28 to 35 and 37: the states of a pipe, messages and bytes, and what is asked of an end.

use crate::name;
use crate::party::{Party, arrangements, as_done, as_read, as_write, connected};
use transom_tests::alone;
use transom_tests::pipes::{BOTH, DUPLEX, MESSAGES, hex};
use transom_tests::win32::UNTOUCHED;
use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE};

const OF_MESSAGES: [u32; 4] = [DUPLEX, MESSAGES, 255, 100];
const OF_BYTES: [u32; 4] = [DUPLEX, 0, 255, 100];
/// `NMPWAIT_NOWAIT`.
const NOWAIT: u32 = 1;

fn none<T>(error: u32) -> Result<T, (u32, Vec<u8>)> {
    Err((error, Vec::new()))
}

#[test]
fn fact_28_states_without_a_client() {
    let _alone = alone();
    arrangements(|server, client| {
        let name = name("states");
        let end = server.create(&name, OF_MESSAGES).expect("an instance");
        // Listening.
        assert_eq!(server.read(end, 9), none(536));
        assert_eq!(server.write(end, b"x"), Err(536));
        assert_eq!(server.peek(end, 9), Err(230));
        assert_eq!(server.disconnect(end), Err(536));
        assert_eq!(server.flush(end), Err(536));
        // Disconnected: what was unread is lost to both.
        let other = client.open(&name, BOTH).expect("a connection");
        assert_eq!(client.write(other, b"lost"), Ok(4));
        assert_eq!(server.write(end, b"lost"), Ok(4));
        assert_eq!(server.disconnect(end), Ok(()));
        assert_eq!(server.read(end, 9), none(233));
        assert_eq!(client.read(other, 9), none(233));
        assert_eq!(server.write(end, b"x"), Err(233));
        assert_eq!(client.write(other, b"x"), Err(233));
        assert_eq!(server.peek(end, 9), Err(230));
        assert_eq!(client.peek(other, 9), Err(233));
        assert_eq!(server.disconnect(end), Err(233));
        assert_eq!(client.flush(other), Err(233));
        assert_eq!(server.flush(end), Ok(()));
        // The next client sees nothing of the last one, who sees nothing of the next.
        assert_eq!(server.mode(end, 3), Ok(()));
        assert_eq!(server.connect(end), Ok(()));
        assert_eq!(server.mode(end, 2), Ok(()));
        let next = client.open(&name, BOTH).expect("a connection");
        assert_eq!(server.write(end, b"new"), Ok(3));
        assert_eq!(client.read(other, 9), none(233));
        assert_eq!(client.read(next, 9).as_deref(), Ok(&b"new"[..]));
        client.close(other);
        assert_eq!(client.write(next, b"still"), Ok(5));
        assert_eq!(server.read(end, 9).as_deref(), Ok(&b"still"[..]));
        client.close(next);
        server.close(end);
    });
}

#[test]
fn fact_28_who_waits_is_told_of_a_disconnection() {
    let _alone = alone();
    // The server's own waits are in another thread of its process, so it is here.
    for client in [&mut Party::Here, &mut Party::there()] {
        let name = name("waits");
        let mut here = Party::Here;
        let (end, other) = connected(&mut here, client, &name, OF_MESSAGES);
        let mut second = Party::Here;
        let reading = second.begin_reading(end, 9);
        let writing = client.begin_writing(other, &[1; 300]);
        // The server's read takes a part of it; the write still waits.
        assert_eq!(reading.end(), format!("0 {} 234", hex(&[1; 9])));
        assert_eq!(here.disconnect(end), Ok(()));
        assert_eq!(as_write(&writing.end()), Err(233));
        client.close(other);
        here.close(end);
    }
}

#[test]
fn fact_29_the_other_end_is_closed() {
    let _alone = alone();
    arrangements(|server, client| {
        for closes in [true, false] {
            let name = name("closed");
            let (end, other) = connected(server, client, &name, OF_MESSAGES);
            let ((one, end), (two, other)) = match closes {
                true => ((&mut *server, end), (&mut *client, other)),
                false => ((&mut *client, other), (&mut *server, end)),
            };
            assert_eq!(one.mode(end, 2), Ok(()));
            assert_eq!(two.write(other, b"first"), Ok(5));
            assert_eq!(two.write(other, b""), Ok(0));
            assert_eq!(two.write(other, b"last"), Ok(4));
            two.close(other);
            assert_eq!(one.write(end, b"x"), Err(232));
            assert_eq!(one.write(end, b""), Err(232));
            assert_eq!(one.peek(end, 2), Ok((b"fi".to_vec(), 9, 3)));
            assert_eq!(one.read(end, 2), Err((234, b"fi".to_vec())));
            assert_eq!(one.read(end, 9).as_deref(), Ok(&b"rst"[..]));
            assert_eq!(one.read(end, 9).as_deref(), Ok(&b""[..]));
            assert_eq!(one.read(end, 9).as_deref(), Ok(&b"last"[..]));
            assert_eq!(one.read(end, 9), none(109));
            assert_eq!(one.read(end, 0), none(109));
            assert_eq!(one.peek(end, 9), Err(109));
            assert_eq!(one.write(end, b"x"), Err(232));
            one.close(end);
        }
    });
}

#[test]
fn fact_29_a_peer_that_was_killed_is_seen_at_once() {
    let _alone = alone();
    for _ in 0..20 {
        let name = name("killed");
        let (mut here, mut client) = (Party::Here, Party::there());
        let ends = [(); 4].map(|()| connected(&mut here, &mut client, &name, OF_MESSAGES));
        assert_eq!(client.write(ends[0].1, b"kept"), Ok(4));
        // Each has just been in use.
        for (end, _) in ends {
            assert_eq!(here.write(end, b"x"), Ok(1));
        }
        client.kill();
        assert_eq!(here.read(ends[0].0, 9).as_deref(), Ok(&b"kept"[..]));
        assert_eq!(here.read(ends[0].0, 9), none(109));
        assert_eq!(here.read(ends[1].0, 9), none(109));
        assert_eq!(here.write(ends[2].0, b"x"), Err(232));
        assert_eq!(here.peek(ends[3].0, 9), Err(109));
        assert_eq!(here.connect(ends[3].0), Err(232));
        for (end, _) in ends {
            here.close(end);
        }
    }
}

#[test]
fn fact_30_clients_read_bytes_and_servers_what_they_asked_for() {
    let _alone = alone();
    arrangements(|server, client| {
        let name = name("modes");
        let (end, other) = connected(server, client, &name, OF_MESSAGES);
        assert_eq!(client.state(other).map(|state| state.0), Ok(0));
        assert_eq!(server.state(end).map(|state| state.0), Ok(2));
        for text in [&b"one"[..], b"two"] {
            assert_eq!(server.write(end, text), Ok(3));
            assert_eq!(client.write(other, text), Ok(3));
        }
        assert_eq!(client.read(other, 9).as_deref(), Ok(&b"onetwo"[..]));
        assert_eq!(server.read(end, 9).as_deref(), Ok(&b"one"[..]));
        assert_eq!(server.read(end, 9).as_deref(), Ok(&b"two"[..]));
        client.close(other);
        server.close(end);
    });
}

#[test]
fn fact_30_a_short_buffer_and_the_rest() {
    let _alone = alone();
    arrangements(|server, client| {
        let name = name("short");
        let (end, other) = connected(server, client, &name, OF_MESSAGES);
        assert_eq!(client.write(other, b"hello, world"), Ok(12));
        assert_eq!(client.write(other, b"next"), Ok(4));
        assert_eq!(server.peek(end, 3), Ok((b"hel".to_vec(), 16, 9)));
        assert_eq!(server.read(end, 5), Err((234, b"hello".to_vec())));
        assert_eq!(server.peek(end, 100), Ok((b", world".to_vec(), 11, 0)));
        assert_eq!(server.read(end, 0), Err((234, vec![])));
        // Another process that holds the end, and another thread of this one.
        if let Party::Here = server {
            let mut holder = Party::there();
            let pid = std::process::id();
            let taken = holder.ask(&format!("pipe-take {pid} {end}"));
            let (taken, _) = taken.split_once(' ').expect("two numbers");
            let taken = taken.parse().expect("a handle");
            assert_eq!(holder.read(taken, 2), Err((234, b", ".to_vec())));
            holder.kill();
        } else {
            assert_eq!(server.read(end, 2), Err((234, b", ".to_vec())));
        }
        assert_eq!(server.read(end, 5).as_deref(), Ok(&b"world"[..]));
        assert_eq!(server.read(end, 4).as_deref(), Ok(&b"next"[..]));
        client.close(other);
        server.close(end);
    });
}

#[test]
fn fact_31_nothing_is_a_message_and_no_bytes() {
    let _alone = alone();
    arrangements(|server, client| {
        let of_messages = name("nothing");
        let (end, other) = connected(server, client, &of_messages, OF_MESSAGES);
        assert_eq!(client.write(other, b""), Ok(0));
        assert_eq!(server.peek(end, 9), Ok((vec![], 0, 0)));
        assert_eq!(server.read(end, 9).as_deref(), Ok(&b""[..]));
        assert_eq!(server.mode(end, 3), Ok(()));
        assert_eq!(server.read(end, 9), none(232));
        client.close(other);
        server.close(end);
        let of_bytes = name("nothing");
        let (end, other) = connected(server, client, &of_bytes, OF_BYTES);
        assert_eq!(client.write(other, &[7; 100]), Ok(100));
        // Any other write would wait now.
        assert_eq!(client.write(other, b""), Ok(0));
        assert_eq!(server.read(end, 999).map(|bytes| bytes.len()), Ok(100));
        assert_eq!(server.mode(end, 1), Ok(()));
        assert_eq!(server.read(end, 9), none(232));
        client.close(other);
        server.close(end);
    });
}

#[test]
fn fact_32_writes_over_the_quota() {
    let _alone = alone();
    arrangements(|server, client| {
        for numbers in [OF_MESSAGES, OF_BYTES] {
            let name = name("quota");
            let (end, other) = connected(server, client, &name, numbers);
            let text: Vec<u8> = (0..250).collect();
            let writing = client.begin_writing(other, &text);
            server.until_there(end, 250);
            assert_eq!(server.peek(end, 250).map(|peeked| peeked.0), Ok(text.clone()));
            let part = server.read(end, 149).unwrap_or_else(|(_, bytes)| bytes);
            assert_eq!(part, text[..149]);
            // 101 are left: one too many.
            assert_eq!(server.peek(end, 0).map(|peeked| peeked.1), Ok(101));
            if let crate::party::Pending::Here(thread) = &writing {
                assert!(!thread.is_finished());
            }
            assert_eq!(server.read(end, 1).unwrap_or_else(|(_, bytes)| bytes), text[149..150]);
            assert_eq!(as_write(&writing.end()), Ok(250));
            assert_eq!(server.read(end, 999).as_deref(), Ok(&text[150..]));
            client.close(other);
            server.close(end);
        }
    });
}

#[test]
fn fact_32_flushing_waits_for_the_reader() {
    let _alone = alone();
    arrangements(|server, client| {
        let name = name("flush");
        let (end, other) = connected(server, client, &name, OF_MESSAGES);
        assert_eq!(client.flush(other), Ok(()));
        assert_eq!(client.write(other, b"one"), Ok(3));
        assert_eq!(client.write(other, b"two"), Ok(3));
        let flushing = client.begin(&format!("pipe-flush {other}"));
        assert_eq!(server.read(end, 9).as_deref(), Ok(&b"one"[..]));
        if let crate::party::Pending::Here(thread) = &flushing {
            assert!(!thread.is_finished());
        }
        assert_eq!(server.read(end, 9).as_deref(), Ok(&b"two"[..]));
        assert_eq!(as_done(&flushing.end()), Ok(()));
        // The reader closes its end instead.
        assert_eq!(client.write(other, b"lost"), Ok(4));
        let flushing = client.begin(&format!("pipe-flush {other}"));
        server.close(end);
        assert!(matches!(as_done(&flushing.end()), Err(109 | 232)));
        client.close(other);
    });
}

#[test]
fn fact_33_without_waiting() {
    let _alone = alone();
    arrangements(|server, client| {
        for numbers in [OF_MESSAGES, OF_BYTES] {
            let name = name("nowait");
            let (end, other) = connected(server, client, &name, numbers);
            let reads = numbers[1] & 2;
            assert_eq!(server.mode(end, 1 | reads), Ok(()));
            assert_eq!(client.mode(other, 1 | reads), Ok(()));
            assert_eq!(server.read(end, 9), none(232));
            assert_eq!(client.read(other, 0), none(232));
            let all = if reads == 0 { 100 } else { 0 };
            assert_eq!(client.write(other, &[1; 101]), Ok(all));
            if reads != 0 {
                assert_eq!(client.write(other, &[1; 60]), Ok(60));
                assert_eq!(client.write(other, &[1; 41]), Ok(0));
                assert_eq!(client.write(other, &[1; 40]), Ok(40));
                assert_eq!(server.read(end, 999).map(|bytes| bytes.len()), Ok(60));
                assert_eq!(server.read(end, 999).map(|bytes| bytes.len()), Ok(40));
            } else {
                assert_eq!(client.write(other, &[1; 1]), Ok(0));
                assert_eq!(server.read(end, 999).map(|bytes| bytes.len()), Ok(100));
            }
            assert_eq!(server.read(end, 9), none(232));
            client.close(other);
            assert_eq!(server.read(end, 9), none(109));
            assert_eq!(server.write(end, b"x"), Err(232));
            server.close(end);
        }
    });
}

#[test]
fn fact_34_transactions() {
    let _alone = alone();
    arrangements(|server, client| {
        let name = name("transact");
        let (end, other) = connected(server, client, &name, OF_MESSAGES);
        // A client begins by reading bytes.
        assert_eq!(client.transact(other, b"x", 9), none(230));
        assert_eq!(client.mode(other, 2), Ok(()));
        assert_eq!(server.write(end, b"first"), Ok(5));
        assert_eq!(client.transact(other, b"x", 9), none(231));
        assert_eq!(client.read(other, 9).as_deref(), Ok(&b"first"[..]));
        for (most, answer) in [(9, Ok(b"answer".to_vec())), (3, Err((234, b"ans".to_vec())))] {
            let question = format!("pipe-transact {other} {most} {}", hex(b"question"));
            let asking = client.begin(&question);
            assert_eq!(server.read(end, 9).as_deref(), Ok(&b"question"[..]));
            assert_eq!(server.write(end, b"answer"), Ok(6));
            assert_eq!(as_read(&asking.end()), answer);
        }
        assert_eq!(client.read(other, 9).as_deref(), Ok(&b"wer"[..]));
        // The server goes while it is asked.
        let asking = client.begin(&format!("pipe-transact {other} 9 {}", hex(b"bye")));
        assert_eq!(server.read(end, 9).as_deref(), Ok(&b"bye"[..]));
        server.close(end);
        assert_eq!(as_read(&asking.end()), none(109));
        client.close(other);
        // One direction is not enough.
        let end = server.create(&name, [1, MESSAGES, 1, 100]).expect("an instance");
        let other = client.open(&name, GENERIC_WRITE).expect("a connection");
        assert_eq!(client.transact(other, b"x", 9), none(5));
        client.close(other);
        server.close(end);
    });
}

#[test]
fn fact_34_calls() {
    let _alone = alone();
    arrangements(|server, client| {
        let name = name("call");
        let call = |most: u32, timeout: u32| {
            format!("pipe-call {most} {timeout} {} {name}", hex(b"question"))
        };
        assert_eq!(as_read(&client.ask(&call(9, NOWAIT))), none(2));
        for (most, answer) in [(9, Ok(b"answer".to_vec())), (3, Err((234, b"ans".to_vec())))] {
            let end = server.create(&name, OF_MESSAGES).expect("an instance");
            let asking = client.begin(&call(most, NOWAIT));
            while server.read(end, 9) == none(536) {
                std::thread::yield_now();
            }
            assert_eq!(server.write(end, b"answer"), Ok(6));
            assert_eq!(as_read(&asking.end()), answer);
            // It has closed its end.
            assert_eq!(server.read(end, 9), none(109));
            server.close(end);
        }
        // Nobody has time.
        let (end, other) = connected(server, client, &name, OF_MESSAGES);
        for timeout in [NOWAIT, 20] {
            assert_eq!(as_read(&client.ask(&call(9, timeout))), none(121), "{timeout}");
        }
        client.close(other);
        server.close(end);
        let end = server.create(&name, OF_BYTES).expect("an instance");
        assert_eq!(as_read(&client.ask(&call(9, NOWAIT))), none(87));
        server.close(end);
    });
}

#[test]
fn fact_35_what_an_end_tells_of_itself() {
    let _alone = alone();
    arrangements(|server, client| {
        let name = name("tells");
        let end = server.create(&name, [DUPLEX, MESSAGES, 7, 1234]).expect("an instance");
        assert_eq!(server.ask(&format!("pipe-info {end}")), format!("1 5 1234 1234 7 {UNTOUCHED}"));
        assert_eq!(server.state(end), Ok((2, 1)));
        let more = [(); 2].map(|()| server.create(&name, OF_MESSAGES).expect("an instance"));
        let other = client.open(&name, BOTH).expect("a connection");
        let info = client.ask(&format!("pipe-info {other}"));
        assert_eq!(info, format!("1 4 1234 1234 7 {UNTOUCHED}"));
        assert_eq!(client.state(other), Ok((0, 3)));
        assert_eq!(client.mode(other, 3), Ok(()));
        assert_eq!(client.state(other), Ok((3, 3)));
        for unknown in [4, 8, 0x100] {
            assert_eq!(client.mode(other, unknown), Err(87));
        }
        assert_eq!(client.state(other), Ok((3, 3)));
        let pid = |party: &Party| match party {
            Party::Here => std::process::id(),
            Party::There(assistant) => assistant.pid,
        };
        let ids = format!("1 {} 1 {}", pid(client), pid(server));
        assert_eq!(server.ask(&format!("pipe-ids {end}")), ids);
        assert_eq!(client.ask(&format!("pipe-ids {other}")), ids);
        for end in more {
            server.close(end);
        }
        assert_eq!(client.state(other), Ok((3, 1)));
        client.close(other);
        server.close(end);
        let end = server.create(&name, [DUPLEX, 0, 255, 0]).expect("an instance");
        let info = server.ask(&format!("pipe-info {end}"));
        assert_eq!(info, format!("1 1 0 0 255 {UNTOUCHED}"));
        assert_eq!(server.mode(end, 2), Err(87), "of bytes no messages are read");
        server.close(end);
    });
}

#[test]
fn fact_37_what_handles_may_do() {
    let _alone = alone();
    arrangements(|server, client| {
        let name = name("access");
        // Who may read and write, by the direction.
        for (direction, good, bad) in
            [(1, GENERIC_WRITE, [GENERIC_READ, BOTH]), (2, GENERIC_READ, [GENERIC_WRITE, BOTH])]
        {
            let end = server.create(&name, [direction, 0, 1, 100]).expect("an instance");
            for access in bad {
                assert_eq!(client.open(&name, access), Err(5), "{direction} {access:x}");
            }
            let other = client.open(&name, good).expect("a connection");
            let ((writer, to), (reader, from)) = match direction {
                1 => ((&mut *client, other), (&mut *server, end)),
                _ => ((&mut *server, end), (&mut *client, other)),
            };
            assert_eq!(writer.write(to, b"x"), Ok(1));
            assert_eq!(writer.read(to, 9), none(5));
            assert_eq!(writer.peek(to, 9), Err(5));
            assert_eq!(reader.write(from, b"x"), Err(5));
            assert_eq!(reader.flush(from), Err(5));
            assert_eq!(reader.read(from, 9).as_deref(), Ok(&b"x"[..]));
            assert_eq!(writer.flush(to), Ok(()));
            // Without `FILE_WRITE_ATTRIBUTES` the mode stays.
            let changed = server.mode(end, 1);
            assert_eq!(changed, if direction == 1 { Err(5) } else { Ok(()) });
            client.close(other);
            server.close(end);
        }
        // Nothing but `SYNCHRONIZE` and `FILE_READ_ATTRIBUTES`; it is a client all the same.
        let end = server.create(&name, OF_MESSAGES).expect("an instance");
        let other = client.open(&name, 0).expect("a connection");
        assert_eq!(server.connect(end), Err(535));
        assert_eq!(client.read(other, 9), none(5));
        assert_eq!(client.write(other, b"x"), Err(5));
        assert_eq!(client.mode(other, 2), Err(5));
        assert_eq!(client.state(other), Ok((0, 1)));
        client.close(other);
        assert_eq!(server.read(end, 9), none(109));
        server.close(end);
    });
}
