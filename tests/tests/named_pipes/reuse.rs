//! Clients that come again: the memory of a connection is used once more, and nobody notices but by
//! the time it takes.

use crate::overlapped::{PENDING, Request, overlapped_server};
use crate::party::{Party, arrangements};
use crate::{DONE, message, name, read_error, refused, send};
use transom_tests::assistant::Assistant;
use transom_tests::pipes::{
    BOTH, DUPLEX, MESSAGES, Pipe, client, connect, descriptors_beside_pipes, disconnect, open,
    peek, set_mode,
};
use transom_tests::win32::{SELF, UNTOUCHED, close, duplicate, read, wait, write};
use transom_tests::{alone, descriptors};

/// A client says hello and is greeted, and leaves something that nobody reads.
fn visit(server: &mut Party, end: isize, client: &mut Party, name: &str, greeting: &[u8]) {
    let other = client.open(name, BOTH).expect("an instance listens");
    assert_eq!(client.state(other), Ok((0, 1)), "a new handle reads bytes");
    assert_eq!(client.mode(other, 2), Ok(()));
    assert_eq!(client.write(other, greeting), Ok(greeting.len()));
    assert_eq!(server.read(end, 100).as_deref(), Ok(greeting));
    assert_eq!(server.write(end, b"hello"), Ok(5));
    assert_eq!(server.write(end, b"unread"), Ok(6));
    assert_eq!(client.read(other, 100).as_deref(), Ok(&b"hello"[..]));
    assert_eq!(client.write(other, b"unread"), Ok(6));
    client.close(other);
}

#[test]
fn the_same_client_comes_again_and_finds_nothing_of_before() {
    let _alone = alone();
    arrangements(|server, client| {
        let name = name("again");
        let end = server.create(&name, [DUPLEX, MESSAGES, 1, 100]).expect("an instance");
        for round in 0..30_u8 {
            visit(server, end, client, &name, &[round; 50]);
            assert_eq!(client.open(&name, BOTH), Err(231), "not before it listens again");
            assert_eq!(server.disconnect(end), Ok(()));
            assert_eq!(server.disconnect(end), Err(233));
            assert_eq!(client.open(&name, BOTH), Err(231));
            // In the mode that does not wait it listens from the call on.
            assert_eq!(server.mode(end, MESSAGES & 2 | 1), Ok(()));
            assert_eq!(server.connect(end), Ok(()));
            assert_eq!(server.connect(end), Err(536));
            assert_eq!(server.disconnect(end), Err(536));
            assert_eq!(server.mode(end, MESSAGES & 2), Ok(()));
            assert_eq!(server.peek(end, 9).map(drop), Err(230));
        }
        server.close(end);
        assert_eq!(client.open(&name, BOTH), Err(2));
    });
}

#[test]
fn a_server_that_waits_is_told_of_a_client_that_comes_again() {
    let _alone = alone();
    let name = name("told");
    let server = Pipe { most: 1, ..Pipe::messages(&name) }.server();
    let mut same = Assistant::unrelated();
    for round in 0..50_u8 {
        // Every third client is another process.
        let mut other = (round % 3 == 2).then(Assistant::unrelated);
        let who = other.as_mut().unwrap_or(&mut same);
        let waiting = std::thread::spawn(move || connect(server));
        let handle = loop {
            // The thread may not listen yet.
            match who.number(&format!("pipe-open {BOTH} {name}")) {
                -1 => {}
                handle => break handle,
            }
        };
        let (result, error) = waiting.join().unwrap();
        assert!(result == 1 || error == 535, "round {round}: {error}");
        who.ask(&format!("pipe-write {handle} {round:02x}"));
        assert_eq!(message(server), [round]);
        // Some close their handles, some just end.
        if round % 2 == 0 {
            who.ask(&format!("pipe-close {handle}"));
        } else {
            who.kill();
            same = Assistant::unrelated();
        }
        assert_eq!(read_error(server), 109, "round {round}");
        assert_eq!(disconnect(server), DONE);
    }
    close(server);
}

#[test]
fn requests_end_when_a_client_comes_again_or_another_in_its_place() {
    let _alone = alone();
    let name = name("requests");
    let server = overlapped_server(&name);
    let mut same = Assistant::unrelated();
    let mut request = Request::new(0);
    for round in 0..50_u8 {
        let mut other = (round % 5 == 4).then(Assistant::unrelated);
        let who = other.as_mut().unwrap_or(&mut same);
        if round > 0 {
            assert_eq!(request.connect(server), PENDING);
            assert_eq!(request.result(server, false), (0, 0, 996));
        }
        let handle = who.number(&format!("pipe-open {BOTH} {name}"));
        assert_ne!(handle, -1, "round {round}");
        if round > 0 {
            assert_eq!(request.result(server, true), (1, 0, UNTOUCHED));
        }
        assert_eq!(request.connect(server), refused(535));
        who.ask(&format!("pipe-write {handle} {round:02x}"));
        assert_eq!(message(server), [round]);
        who.ask(&format!("pipe-close {handle}"));
        assert_eq!(disconnect(server), DONE);
    }
    // Cancelled, it listens all the same.
    assert_eq!(request.connect(server), PENDING);
    assert_eq!(request.cancel(server), DONE);
    assert_eq!(request.result(server, true), (0, 0, 995));
    let handle = same.number(&format!("pipe-open {BOTH} {name}"));
    assert_ne!(handle, -1);
    assert_eq!(request.connect(server), refused(535));
    close(server);
}

#[test]
fn the_instance_that_has_listened_for_longest_is_first_for_everybody() {
    let _alone = alone();
    let name = name("longest");
    let make = || Pipe { pipe_mode: 7, ..Pipe::messages(&name) }.server();
    let mut servers = vec![make(), make(), make()];
    let mut same = Assistant::unrelated();
    for round in 0..30_usize {
        let mut other = (round % 4 == 3).then(Assistant::unrelated);
        let who = other.as_mut().unwrap_or(&mut same);
        let handle = who.number(&format!("pipe-open {BOTH} {name}"));
        who.ask(&format!("pipe-write {handle} {round:02x}"));
        let first = servers.remove(0);
        assert_eq!(message(first), [round as u8], "round {round}");
        who.ask(&format!("pipe-close {handle}"));
        assert_eq!(disconnect(first), DONE);
        assert_eq!(connect(first), DONE);
        servers.push(first);
    }
    servers.into_iter().for_each(|server| assert_eq!(close(server), DONE));
}

#[test]
fn another_process_has_the_instance_too() {
    let _alone = alone();
    let name = name("shared");
    let server = Pipe { pipe_mode: 7, most: 1, ..Pipe::messages(&name) }.server();
    let mut holder = Assistant::unrelated();
    let mut same = Assistant::unrelated();
    let serve_and_leave = |same: &mut Assistant, byte: u8| {
        let handle = same.number(&format!("pipe-open {BOTH} {name}"));
        assert_ne!(handle, -1);
        same.ask(&format!("pipe-write {handle} {byte:02x}"));
        assert_eq!(message(server), [byte]);
        same.ask(&format!("pipe-close {handle}"));
        assert_eq!(disconnect(server), DONE);
        assert_eq!(connect(server), DONE);
    };
    serve_and_leave(&mut same, 1);
    // It is taken while it listens, for the client of before and others.
    let taken = holder.number(&format!("pipe-take {} {server}", std::process::id()));
    assert_ne!(taken, 0);
    serve_and_leave(&mut same, 2);
    serve_and_leave(&mut same, 3);
    // Who takes it goes on with it.
    close(server);
    let handle = same.number(&format!("pipe-open {BOTH} {name}"));
    assert_ne!(handle, -1);
    same.ask(&format!("pipe-write {handle} 04"));
    assert_eq!(holder.ask(&format!("pipe-read {taken} 9")), format!("1 04 {UNTOUCHED}"));
    same.ask(&format!("pipe-close {handle}"));
    holder.ask(&format!("pipe-close {taken}"));
    assert_eq!(open(&name, BOTH), (-1, 2));
}

#[test]
fn a_client_that_has_several_handles_keeps_nothing_until_the_last_is_closed() {
    let _alone = alone();
    let name = name("several");
    let server = Pipe { pipe_mode: 7, most: 1, ..Pipe::messages(&name) }.server();
    for round in 0..10_u8 {
        let first = client(&name);
        let ((done, second), _) = duplicate(SELF, first, SELF, 0, false, 2);
        assert_eq!(done, 1);
        close(first);
        send(second, &[round]);
        assert_eq!(message(server), [round]);
        close(second);
        assert_eq!(disconnect(server), DONE);
        assert_eq!(connect(server), DONE);
    }
    close(server);
}

#[test]
fn what_is_kept_is_little_and_goes_with_the_server() {
    let _alone = alone();
    let before = descriptors_beside_pipes();
    for round in 0..20 {
        let name = name("little");
        let servers: Vec<isize> = (0..30).map(|_| Pipe::messages(&name).server()).collect();
        for _ in 0..2 {
            let clients: Vec<isize> = servers.iter().map(|_| client(&name)).collect();
            clients.into_iter().for_each(|client| assert_eq!(close(client), DONE));
            for &server in &servers {
                assert_eq!(disconnect(server), DONE);
                let waiting = std::thread::spawn(move || connect(server));
                close(client_of(&name));
                waiting.join().unwrap();
                assert_eq!(disconnect(server), DONE);
            }
            for &server in &servers {
                assert_eq!(set_mode(server, 3), DONE);
                assert_eq!(connect(server), DONE);
                assert_eq!(set_mode(server, 2), DONE);
            }
        }
        servers.into_iter().for_each(|server| assert_eq!(close(server), DONE));
        assert!(descriptors() <= before + 8, "round {round}: {} of {before}", descriptors());
    }
}

/// A client, as soon as an instance listens.
fn client_of(name: &str) -> isize {
    loop {
        match open(name, BOTH) {
            (-1, 231) => std::thread::yield_now(),
            (client, error) => {
                assert_ne!(client, -1, "{error}");
                return client;
            }
        }
    }
}

#[test]
fn a_server_that_was_killed_is_not_there_for_its_clients_of_before() {
    let _alone = alone();
    for _ in 0..10 {
        let name = name("killed");
        let mut server = Assistant::unrelated();
        let end = server.number(&format!("pipe-create 3 7 1 4096 0 {name}"));
        for _ in 0..2 {
            close(client(&name));
            assert_eq!(server.ask(&format!("pipe-disconnect {end}")), format!("1 {UNTOUCHED}"));
            assert_eq!(server.ask(&format!("pipe-connect {end}")), format!("1 {UNTOUCHED}"));
        }
        server.kill();
        assert_eq!(open(&name, BOTH), (-1, 2));
        let next = Pipe::messages(&name).server();
        let peer = client(&name);
        send(peer, b"to the next");
        assert_eq!(message(next), b"to the next");
        close(peer);
        close(next);
    }
}

#[test]
fn an_instance_listens_on_when_its_client_of_before_has_died() {
    let _alone = alone();
    let name = name("died");
    let server = Pipe { pipe_mode: 7, most: 1, ..Pipe::messages(&name) }.server();
    for round in 0..5_u8 {
        let mut other = Assistant::unrelated();
        let handle = other.number(&format!("pipe-open {BOTH} {name}"));
        assert_ne!(handle, -1, "round {round}");
        other.ask(&format!("pipe-close {handle}"));
        assert_eq!(disconnect(server), DONE);
        assert_eq!(connect(server), DONE);
        other.kill();
        // Whatever is asked of it is answered as of one that listens.
        for _ in 0..3 {
            let (peeked, error) = peek(server, 0);
            assert_eq!((peeked.0, error), (0, 230), "round {round}");
            assert_eq!(read_error(server), 536);
            assert_eq!(connect(server), refused(536));
            std::thread::yield_now();
        }
    }
    let peer = client(&name);
    send(peer, b"at last");
    assert_eq!(message(server), b"at last");
    close(peer);
    close(server);
}

#[test]
fn a_client_of_before_that_scribbles_over_what_it_is_offered() {
    let _alone = alone();
    let mut hostile = Assistant::unrelated();
    for seed in 0..60 {
        let name = name("scribble-offer");
        let server = Pipe { pipe_mode: 7, most: 1, ..Pipe::messages(&name) }.server();
        let handle = hostile.number(&format!("pipe-open {BOTH} {name}"));
        assert_eq!(hostile.ask(&format!("pipe-close-but-keep {handle}")), format!("1 {UNTOUCHED}"));
        assert_eq!(disconnect(server), DONE);
        assert_eq!(connect(server), DONE);
        assert_ne!(hostile.number(&format!("pipe-scribble-kept {seed}")), 0);
        // It may be taken for a client who has come. Each call ends, and the next client is served.
        let _ = connect(server);
        let ((_, _), _) = read(server, 100);
        let ((_, _), _) = write(server, b"x");
        let _ = disconnect(server);
        let _ = connect(server);
        let peer = match open(&name, BOTH) {
            (-1, error) => {
                assert_eq!(error, 231);
                // Still taken for a client that has come.
                let _ = disconnect(server);
                let _ = connect(server);
                client(&name)
            }
            (peer, _) => peer,
        };
        send(peer, b"a friend");
        assert_eq!(message(server), b"a friend", "seed {seed}");
        close(peer);
        close(server);
    }
}

#[test]
fn fact_36_a_wait_for_a_client_is_one_for_the_event() {
    let _alone = alone();
    let name = name("event");
    let server = overlapped_server(&name);
    let peer = client(&name);
    close(peer);
    let mut request = Request::new(0);
    for _ in 0..20 {
        assert_eq!(disconnect(server), DONE);
        assert_eq!(request.connect(server), PENDING);
        assert_eq!(wait(request.event(), 0).0, 258);
        let peer = client(&name);
        assert_eq!(wait(request.event(), 10_000).0, 0);
        close(peer);
    }
    close(server);
}
