//! Facts 27 to 36: several requests that wait on one end, and what becomes of each. What the model of
//! conversations (`named_pipe_model`) found has its test here.

use crate::overlapped::{PENDING, Request, overlapped_server};
use crate::{DONE, message, name, refused, send};
use transom_tests::alone;
use transom_tests::pipes::{
    DUPLEX, MESSAGES, Pipe, client, connect, disconnect, information, peek, set_mode, transact,
};
use transom_tests::win32::{UNTOUCHED, close, wait};

/// A request that must end now, and how it does.
fn end(request: &mut Request, pipe: isize) -> (i32, u32, u32) {
    assert_eq!(wait(request.event(), 10_000).0, 0, "it ends");
    request.result(pipe, false)
}

#[test]
fn fact_32_all_that_is_written_is_there_also_behind_a_write_that_waits() {
    let _alone = alone();
    let name = name("behind");
    let server = overlapped_server(&name);
    let reader = client(&name);
    let [mut long, mut empty, mut short] = [5000, 0, 10].map(Request::new);
    assert_eq!(long.write(server), PENDING);
    assert_eq!(empty.write(server), (1, UNTOUCHED));
    assert_eq!(short.write(server), PENDING);
    assert_eq!(peek(reader, 0).0.2, 5010);
    assert_eq!(set_mode(reader, 2), DONE);
    assert_eq!(message(reader).len(), 5000);
    assert_eq!(end(&mut long, server), (1, 5000, UNTOUCHED));
    assert_eq!(end(&mut short, server), (1, 10, UNTOUCHED));
    assert_eq!([message(reader).len(), message(reader).len()], [0, 10]);
    // The first one is taken back: the second is within the quota.
    assert_eq!(long.write(server), PENDING);
    assert_eq!(short.write(server), PENDING);
    assert_eq!(long.cancel(server), DONE);
    assert_eq!(end(&mut long, server), (0, 0, 995));
    assert_eq!(end(&mut short, server), (1, 10, UNTOUCHED));
    assert_eq!(message(reader).len(), 10);
    close(server);
    close(reader);
}

#[test]
fn fact_29_writes_that_wait_when_an_end_is_closed_were_not_done() {
    let _alone = alone();
    for own in [false, true] {
        let name = name("not-done");
        let server = overlapped_server(&name);
        let reader = client(&name);
        // Without the first one the second is within the quota.
        let [mut long, mut short] = [5000, 10].map(Request::new);
        assert_eq!([long.write(server), short.write(server)], [PENDING; 2]);
        if own {
            close(server);
            for request in [&mut long, &mut short] {
                let (done, count, error) = end(request, server);
                assert_eq!((done, count), (0, 0));
                assert_eq!(error, 109);
            }
            assert_eq!(peek(reader, 9), ((0, vec![], 0, 0), 109));
            close(reader);
        } else {
            close(reader);
            assert_eq!(end(&mut long, server), (0, 0, 109));
            assert_eq!(end(&mut short, server), (0, 0, 109));
            assert_eq!(short.write(server), refused(232));
            close(server);
        }
    }
}

/// One of more than half the ring is written by the service thread. What is known at once is said at
/// once nevertheless.
#[test]
fn fact_36_a_large_write_that_cannot_begin_fails_at_once() {
    let _alone = alone();
    let name = name("large");
    let server = overlapped_server(&name);
    let mut large = Request::new(1 << 20);
    assert_eq!(large.write(server), refused(536));
    let reader = client(&name);
    assert_eq!(large.write(server), PENDING);
    assert_eq!(disconnect(server), DONE);
    assert_eq!(end(&mut large, server), (0, 0, 233));
    assert_eq!(large.write(server), refused(233));
    let mut read = Request::new(10);
    assert_eq!(read.read(server), refused(233));
    close(reader);
    close(server);
}

#[test]
fn fact_33_a_write_that_does_not_wait_wakes_a_read_that_does() {
    let _alone = alone();
    let name = name("wakes");
    let server = overlapped_server(&name);
    let writer = client(&name);
    assert_eq!(set_mode(writer, 1), DONE);
    let mut read = Request::new(10);
    assert_eq!(read.read(server), PENDING);
    send(writer, b"now");
    assert_eq!(end(&mut read, server), (1, 3, UNTOUCHED));
    assert_eq!(read.read(server), PENDING);
    send(writer, b"");
    assert_eq!(end(&mut read, server), (1, 0, UNTOUCHED));
    close(server);
    close(writer);
}

#[test]
fn fact_33_who_does_not_wait_does_not_queue() {
    let _alone = alone();
    let name = name("no-queue");
    let server = overlapped_server(&name);
    let writer = client(&name);
    let [mut first, mut second] = [10, 10].map(Request::new);
    assert_eq!(first.read(server), PENDING);
    assert_eq!(set_mode(server, MESSAGES & 2 | 1), DONE);
    assert_eq!(second.read(server), refused(232));
    send(writer, b"first");
    assert_eq!(end(&mut first, server), (1, 5, UNTOUCHED));
    close(writer);
    close(server);
    // No bytes to a pipe of bytes are nothing, also behind a write that waits.
    let server = Pipe { open_mode: DUPLEX | 0x4000_0000, ..Pipe::bytes(&name) }.server();
    let reader = client(&name);
    let [mut long, mut empty] = [5000, 0].map(Request::new);
    assert_eq!(long.write(server), PENDING);
    assert_eq!(empty.write(server), (1, UNTOUCHED));
    close(reader);
    assert_eq!(end(&mut long, server), (0, 0, 109));
    close(server);
}

#[test]
fn fact_30_a_read_that_waits_is_in_the_mode_in_which_something_comes() {
    let _alone = alone();
    let name = name("mode");
    let server = overlapped_server(&name);
    let writer = client(&name);
    let mut read = Request::new(3);
    assert_eq!(read.read(server), PENDING);
    assert_eq!(set_mode(server, 0), DONE);
    send(writer, b"bytes");
    assert_eq!(end(&mut read, server), (1, 3, UNTOUCHED));
    close(writer);
    close(server);
}

#[test]
fn fact_27_all_that_wait_for_a_client_are_told_of_it() {
    let _alone = alone();
    let name = name("all-told");
    let server = overlapped_server(&name);
    let mut requests = [0; 3].map(Request::new);
    for request in &mut requests {
        assert_eq!(request.connect(server), PENDING);
    }
    let other = client(&name);
    for request in &mut requests {
        assert_eq!(end(request, server), (1, 0, UNTOUCHED));
    }
    assert_eq!(connect(server), refused(535));
    close(other);
    close(server);
}

#[test]
fn fact_34_without_somebody_at_the_other_end_there_is_no_transaction() {
    let _alone = alone();
    let name = name("nobody");
    let server = Pipe::messages(&name).server();
    let refused = ((0, vec![]), 230);
    assert_eq!(transact(server, b"x", 9), refused);
    close(client(&name));
    assert_eq!(transact(server, b"x", 9), refused);
    assert_eq!(disconnect(server), DONE);
    assert_eq!(transact(server, b"x", 9), refused);
    close(server);
}

#[test]
fn fact_24_the_first_instance_says_what_all_are() {
    let _alone = alone();
    for (first, other, flags) in [(MESSAGES, 0, 5), (MESSAGES, 4, 5), (0, MESSAGES, 1)] {
        let name = name("type");
        let one = Pipe { pipe_mode: first, most: 2, ..Pipe::messages(&name) };
        let servers = [one.server(), Pipe { pipe_mode: other, ..one }.server()];
        for server in servers {
            assert_eq!(information(server).0.1[0], flags, "{first} {other}");
        }
        // All used up is said before that another direction does not fit.
        assert_eq!(Pipe { open_mode: 1, ..one }.create(), (-1, 231));
        close(servers[0]);
        assert_eq!(Pipe { open_mode: 1, ..one }.create(), (-1, 5));
        close(servers[1]);
    }
}
