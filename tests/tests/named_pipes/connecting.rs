//! Facts 23 to 29 and 37: names, instances, connecting, and the states of a pipe.

use crate::{DONE, message, name, read_error, refused, send, write_error};
use transom_tests::alone;
use transom_tests::assistant::Assistant;
use transom_tests::pipes::{BOTH, Pipe, client, connect, disconnect, open};
use transom_tests::win32::{UNTOUCHED, close};

#[test]
fn fact_25_a_client_comes_and_messages_go_both_ways() {
    let _alone = alone();
    let name = name("hello");
    let server = Pipe::messages(&name).server();
    let client = client(&name);
    assert_eq!(connect(server), refused(535));
    send(client, b"question");
    assert_eq!(message(server), b"question");
    send(server, b"answer");
    assert_eq!(message(client), b"answer");
    assert_eq!(close(client), DONE);
    assert_eq!(read_error(server), 109);
    assert_eq!(write_error(server), 232);
    assert_eq!(connect(server), refused(232));
    assert_eq!(disconnect(server), DONE);
    assert_eq!(close(server), DONE);
    assert_eq!(open(&name, BOTH), (-1, 2));
}

#[test]
fn fact_25_a_client_in_another_process() {
    let _alone = alone();
    let name = name("other");
    let server = Pipe::messages(&name).server();
    let mut other = Assistant::unrelated();
    other.tell(&format!("pipe-open {BOTH} {name}"));
    let (connected, error) = connect(server);
    assert!(connected == 1 || error == 535, "{connected} {error}");
    let answer = other.hear();
    let (handle, _) = answer.split_once(' ').unwrap();
    other.tell(&format!("pipe-read {handle} 100"));
    send(server, b"abc");
    assert_eq!(other.hear(), format!("1 616263 {UNTOUCHED}"));
    other.tell(&format!("pipe-echo {handle}"));
    for _ in 0..1000 {
        send(server, b"ping");
        assert_eq!(message(server), b"ping");
    }
    other.kill();
    assert_eq!(read_error(server), 109);
    close(server);
}
