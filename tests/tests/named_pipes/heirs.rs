//! Ends that several processes have: who inherits or takes them when their maker goes.

use crate::{message, name, send};
use transom_tests::alone;
use transom_tests::assistant::Assistant;
use transom_tests::pipes::{BOTH, Pipe, client, open};
use transom_tests::win32::{UNTOUCHED, close, read};

/// A server with an instance that listens, and another process that has taken the handle.
fn taken(name: &str) -> (Assistant, i64, Assistant, i64) {
    let mut maker = Assistant::unrelated();
    let handle = maker.number(&format!("pipe-create 3 6 255 4096 0 {name}"));
    let mut heir = Assistant::unrelated();
    let taken = heir.number(&format!("pipe-take {} {handle}", maker.pid));
    assert_ne!(taken, 0);
    (maker, handle, heir, taken)
}

fn converse(peer: isize, other: &mut Assistant, handle: i64) {
    send(peer, b"abc");
    assert!(other.ask(&format!("pipe-read {handle} 100")).starts_with("1 616263 "));
    other.ask(&format!("pipe-write {handle} 0102"));
    assert_eq!(message(peer), [1, 2]);
}

#[test]
fn a_listening_instance_outlives_its_killed_maker() {
    let _alone = alone();
    for _ in 0..5 {
        let name = name("outlives");
        let (mut maker, _, mut heir, handle) = taken(&name);
        maker.kill();
        let peer = client(&name);
        converse(peer, &mut heir, handle);
        close(peer);
        heir.ask(&format!("close {handle}"));
        assert_eq!(open(&name, BOTH), (-1, 2));
    }
}

#[test]
fn a_listening_instance_outlives_its_maker_that_exits() {
    let _alone = alone();
    let name = name("exits");
    let (mut maker, _, mut heir, handle) = taken(&name);
    maker.tell("exit 0");
    drop(maker);
    let peer = client(&name);
    converse(peer, &mut heir, handle);
    close(peer);
}

#[test]
fn a_listening_instance_outlives_its_makers_handle() {
    let _alone = alone();
    let name = name("closes");
    let (mut maker, made, mut heir, handle) = taken(&name);
    maker.ask(&format!("close {made}"));
    let peer = client(&name);
    converse(peer, &mut heir, handle);
    close(peer);
    heir.ask(&format!("close {handle}"));
    drop(heir);
    drop(maker);
    assert_eq!(open(&name, BOTH), (-1, 2));
}

#[test]
fn who_waits_for_the_client_keeps_the_connection() {
    let _alone = alone();
    let name = name("waits");
    let (mut maker, _, mut heir, handle) = taken(&name);
    heir.tell(&format!("pipe-connect {handle}"));
    // From now on the heir hands it out.
    let units: Vec<u16> = name.encode_utf16().collect();
    let serves = |pid| {
        let pipes = transom_kernel::pipe::named::pipes().unwrap();
        let listed = pipes.into_iter().find(|listed| listed.name == units);
        listed.is_some_and(|listed| listed.servers.iter().any(|(server, _)| *server == pid))
    };
    while !serves(heir.pid) {
        std::thread::yield_now();
    }
    let peer = client(&name);
    assert_eq!(heir.hear(), format!("1 {UNTOUCHED}"));
    converse(peer, &mut heir, handle);
    maker.kill();
    converse(peer, &mut heir, handle);
    // Both count as one instance.
    heir.ask(&format!("pipe-disconnect {handle}"));
    heir.tell(&format!("pipe-connect {handle}"));
    close(peer);
    let again = loop {
        let (peer, error) = open(&name, BOTH);
        if peer != -1 {
            break peer;
        }
        assert_eq!(error, 231);
    };
    heir.hear();
    converse(again, &mut heir, handle);
    close(again);
}

#[test]
fn connected_ends_outlive_the_process_that_had_them() {
    let _alone = alone();
    let name = name("connected");
    let server = Pipe::messages(&name).server();
    let mut first = Assistant::unrelated();
    let handle = first.number(&format!("pipe-open {BOTH} {name}"));
    let mut second = Assistant::unrelated();
    let taken = second.number(&format!("pipe-take {} {handle}", first.pid));
    first.kill();
    converse(server, &mut second, taken);
    second.kill();
    let ((_, _), error) = read(server, 10);
    assert_eq!(error, 109);
    close(server);
}

#[test]
fn an_inherited_listening_instance() {
    let _alone = alone();
    let name = name("inherited");
    let server = Pipe { inherit: true, ..Pipe::messages(&name) }.server();
    let mut child = Assistant::child();
    close(server);
    let peer = client(&name);
    converse(peer, &mut child, server as i64);
    close(peer);
    assert_eq!(child.ask(&format!("pipe-read {server} 10")), "0 - 109");
}
