//! Peers that do what no honest process does. Whatever they do is an error on that pipe, and
//! nothing else.

use crate::{message, name, send};
use std::os::unix::net::UnixStream;
use transom_tests::alone;
use transom_tests::assistant::Assistant;
use transom_tests::pipes::{BOTH, Pipe, client, open, peek};
use transom_tests::win32::{close, read, write};

/// A pipe of ours works.
fn works() {
    let name = name("works");
    let server = Pipe::messages(&name).server();
    let peer = client(&name);
    send(peer, b"still here");
    assert_eq!(message(server), b"still here");
    close(peer);
    close(server);
}

fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_ascii_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_peer_that_scribbles_over_the_whole_segment() {
    let _alone = alone();
    let mut other = Assistant::unrelated();
    for seed in 0..60 {
        let name = name("scribble");
        let server = Pipe::messages(&name).server();
        let handle = other.number(&format!("pipe-open {BOTH} {name}"));
        send(server, b"something");
        other.ask(&format!("pipe-write {handle} 010203"));
        assert_ne!(other.number(&format!("pipe-scribble {handle} {seed}")), 0);
        // Each call ends, with whatever result.
        for _ in 0..4 {
            let _ = peek(server, 100);
            let _ = transom_tests::pipes::set_mode(server, 3);
            let _ = read(server, 100);
            let _ = write(server, b"more");
        }
        other.ask(&format!("close {handle}"));
        close(server);
    }
    works();
}

#[test]
fn a_peer_that_scribbles_while_we_wait() {
    let _alone = alone();
    let mut other = Assistant::unrelated();
    for seed in 0..20 {
        let name = name("scribble-wait");
        let server = Pipe::messages(&name).server();
        let handle = other.number(&format!("pipe-open {BOTH} {name}"));
        let reading = std::thread::spawn(move || read(server, 100));
        assert_ne!(other.number(&format!("pipe-scribble {handle} {seed}")), 0);
        // It may have spoilt even what would wake us; its end does.
        other.ask(&format!("close {handle}"));
        let ((_, _), _) = reading.join().unwrap();
        close(server);
    }
    works();
}

#[test]
fn a_segment_cannot_be_cut_short() {
    let _alone = alone();
    let name = name("truncate");
    let server = Pipe::messages(&name).server();
    let mut other = Assistant::unrelated();
    let handle = other.number(&format!("pipe-open {BOTH} {name}"));
    let answer = other.ask(&format!("pipe-truncate {handle}"));
    assert!(answer.contains("EPERM") || answer.contains("not permitted"), "{answer}");
    send(server, b"whole");
    other.kill();
    close(server);
}

#[test]
fn a_peer_that_never_reads_takes_no_memory() {
    let _alone = alone();
    let name = name("flood");
    let server = Pipe { pipe_mode: 7, ..Pipe::messages(&name) }.server();
    let mut other = Assistant::unrelated();
    let handle = other.number(&format!("pipe-open {BOTH} {name}"));
    let before = resident();
    for _ in 0..100_000 {
        let ((result, _), error) = write(server, &[7; 1000]);
        assert_eq!((result, error), (1, transom_tests::win32::UNTOUCHED));
    }
    assert!(resident() < before + 4096, "{before} KiB, then {}", resident());
    assert_ne!(handle, -1);
    other.kill();
    close(server);
}

#[test]
fn a_peer_that_rings_without_end() {
    let _alone = alone();
    let name = name("ring");
    let server = Pipe { open_mode: 3 | 0x4000_0000, ..Pipe::messages(&name) }.server();
    let mut other = Assistant::unrelated();
    let handle = other.number(&format!("pipe-open {BOTH} {name}"));
    other.tell(&format!("pipe-ring {handle}"));
    for _ in 0..100 {
        works();
    }
    other.kill();
    let ((_, _), error) = read(server, 10);
    assert_eq!(error, 109);
    close(server);
}

#[test]
fn visitors_who_say_nothing_or_nonsense() {
    let _alone = alone();
    let name = name("visitors");
    let server = Pipe::messages(&name).server();
    let namespace = transom_kernel::executive::namespace_directory().unwrap();
    let door = namespace.join("process").join(format!("{}.door", std::process::id()));
    // A stream socket is no visitor at all.
    assert!(UnixStream::connect(&door).is_err());
    let mut other = Assistant::unrelated();
    let answer = other.ask(&format!("door-nonsense {} 2000", door.display()));
    assert_eq!(answer, "done");
    let peer = client(&name);
    send(peer, b"a friend");
    assert_eq!(message(server), b"a friend");
    close(peer);
    close(server);
    assert_eq!(open(&name, BOTH), (-1, 2));
}
