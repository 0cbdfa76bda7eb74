//! Servers, clients and inheriting children that are killed at random moments, under load: who is
//! left is told, only whole messages come, and nothing stays behind.

use crate::{DONE, name};
use std::collections::BTreeSet;
use transom_tests::assistant::Assistant;
use transom_tests::pipes::{
    BOTH, Pipe, client, connect, descriptors_beside_pipes, open, set_mode, wait,
};
use transom_tests::random::Numbers;
use transom_tests::win32::{Start, UNTOUCHED, close, read};
use transom_tests::{alone, descriptors};

/// How often, unless `TRANSOM_KILLS` says otherwise.
const ROUNDS: u64 = 60;

fn rounds() -> u64 {
    std::env::var("TRANSOM_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS)
}

/// Nothing is left of these processes and pipes, once another process has looked around.
fn nothing_stays(pids: &BTreeSet<u32>, prefix: &str) {
    // Each process that joins removes what it meets of the dead.
    for _ in 0..50 {
        if leftovers(pids, prefix).is_empty() {
            return;
        }
        drop(Assistant::unrelated());
    }
    assert_eq!(leftovers(pids, prefix), Vec::<String>::new());
}

/// The files of the namespace that speak of these processes or of pipes with this prefix.
fn leftovers(pids: &BTreeSet<u32>, prefix: &str) -> Vec<String> {
    let namespace = transom_kernel::executive::namespace_directory().unwrap();
    let mut found = Vec::new();
    for room in ["process", "pipe"] {
        let Ok(entries) = std::fs::read_dir(namespace.join(room)) else { continue };
        for entry in entries {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let pid = name.split('.').next().and_then(|pid| pid.parse().ok());
            if pid.is_some_and(|pid: u32| pids.contains(&pid))
                || name.to_lowercase().contains(&prefix.to_lowercase())
            {
                found.push(format!("{room}/{name}"));
            }
        }
    }
    found
}

/// A message says how long it is and what it is made of.
fn is_whole(message: &[u8]) -> bool {
    let Some((&length, rest)) = message.split_first() else { return false };
    message.len() == usize::from(length).max(1) && rest.iter().all(|&byte| byte == length)
}

#[test]
fn killed_clients_leave_whole_messages_and_nothing_else() {
    let _alone = alone();
    let prefix = name("killed-clients");
    let mut numbers = Numbers(0x5EED);
    let mut pids = BTreeSet::new();
    let before = descriptors_beside_pipes();
    for round in 0..rounds() {
        let name = format!("{prefix}-{round}");
        let server = Pipe::messages(&name).server();
        let mut writers: Vec<Assistant> =
            (0..1 + numbers.below(2)).map(|_| Assistant::unrelated()).collect();
        let (first, others) = writers.split_first_mut().unwrap();
        let handle = first.number(&format!("pipe-open {BOTH} {name}"));
        assert_ne!(handle, -1);
        let (result, error) = connect(server);
        assert!(result == 1 || error == 535, "{error}");
        // The others are its heirs in the sense of DuplicateHandle: they take the end out of it.
        let mut handles = vec![handle];
        for other in others.iter_mut() {
            handles.push(other.number(&format!("pipe-take {} {handle}", first.pid)));
        }
        for (writer, handle) in writers.iter_mut().zip(&handles) {
            assert_ne!(*handle, 0);
            pids.insert(writer.pid);
            writer.tell(&format!("pipe-churn {handle} {}", numbers.below(1000)));
        }
        let some = numbers.below(200);
        let mut count = 0;
        let mut left = writers.len();
        let error = loop {
            let ((result, message), error) = read(server, 4096);
            if result == 0 {
                break error;
            }
            assert_eq!(error, UNTOUCHED);
            assert!(is_whole(&message), "round {round}: {message:?}");
            count += 1;
            if count >= some && left > 0 {
                left -= 1;
                writers[left].kill();
            }
        };
        assert_eq!((error, left), (109, 0), "round {round}");
        close(server);
    }
    nothing_stays(&pids, &prefix);
    assert!(descriptors() <= before + 4, "{} of {before}", descriptors());
}

#[test]
fn killed_servers_free_their_names_and_tell_everybody_who_waits() {
    let _alone = alone();
    let prefix = name("killed-servers");
    let mut numbers = Numbers(0xD1E);
    let mut pids = BTreeSet::new();
    let before = descriptors_beside_pipes();
    for round in 0..rounds() / 2 {
        let name = format!("{prefix}-{round}");
        let mut server = Assistant::unrelated();
        pids.insert(server.pid);
        let instances = 1 + numbers.below(3);
        let handles: Vec<i64> = (0..instances)
            .map(|_| server.number(&format!("pipe-create 3 6 255 4096 0 {name}")))
            .collect();
        let clients: Vec<isize> = (0..instances).map(|_| client(&name)).collect();
        assert_eq!(open(&name, BOTH), (-1, 231));
        server.ask(&format!("pipe-write {} 0102", handles[0]));
        // Everybody waits: for an answer, for room, for a free instance.
        let reader = clients[0];
        let reading = std::thread::spawn(move || {
            let first = read(reader, 100);
            (first, read(reader, 100))
        });
        let waiter = name.clone();
        let waiting = std::thread::spawn(move || wait(&waiter, u32::MAX));
        std::thread::sleep(std::time::Duration::from_micros(numbers.below(3000)));
        server.kill();
        let (first, then) = reading.join().unwrap();
        // The message may have been there; then the end is.
        assert!(first == ((1, vec![1, 2]), UNTOUCHED) || first.1 == 109, "{first:?}");
        assert_eq!((then.0.0, then.1), (0, 109));
        assert_eq!(waiting.join().unwrap(), (0, 2));
        assert_eq!(open(&name, BOTH), (-1, 2));
        // The name is free for whoever comes next.
        let next = Pipe { open_mode: 3 | 0x80000, ..Pipe::messages(&name) }.server();
        close(next);
        for client in clients {
            close(client);
        }
    }
    nothing_stays(&pids, &prefix);
    assert!(descriptors() <= before + 4, "{} of {before}", descriptors());
}

#[test]
fn killed_children_that_have_inherited_an_end() {
    let _alone = alone();
    let prefix = name("killed-children");
    let mut numbers = Numbers(0xC41D);
    for round in 0..rounds() / 4 {
        let name = format!("{prefix}-{round}");
        let server = Pipe { inherit: true, ..Pipe::messages(&name) }.server();
        let peer = client(&name);
        assert_eq!(set_mode(peer, 2), DONE);
        let mut children: Vec<Assistant> = (0..2)
            .map(|_| Assistant::started_by(&Start { inherit: true, ..Start::default() }, ""))
            .collect();
        // The children hold the server's end; this process lets go of it.
        close(server);
        for child in &mut children {
            child.tell(&format!("pipe-churn {server} {}", numbers.below(1000)));
        }
        let some = 10 + numbers.below(100);
        let mut left = children.len();
        let mut count = 0;
        let error = loop {
            let ((result, message), error) = read(peer, 4096);
            if result == 0 {
                break error;
            }
            assert!(is_whole(&message), "round {round}: {message:?}");
            count += 1;
            if count % some == 0 && left > 0 {
                left -= 1;
                children[left].kill();
            }
        };
        assert_eq!((error, left), (109, 0), "round {round}");
        close(peer);
        assert_eq!(open(&name, BOTH), (-1, 2));
    }
}

#[test]
fn a_writer_killed_within_a_large_message() {
    let _alone = alone();
    let mut numbers = Numbers(0x1A46E);
    for _ in 0..rounds() / 10 {
        let name = name("large");
        let server = Pipe::messages(&name).server();
        let mut other = Assistant::unrelated();
        let handle = other.number(&format!("pipe-open {BOTH} {name}"));
        other.tell(&format!("pipe-write-many {handle} {}", 64 << 20));
        let mut buffer = 1 << 20;
        let mut got = 0;
        let stop = numbers.below(30);
        for part in 0_u64.. {
            let ((result, bytes), error) = read(server, buffer);
            got += bytes.len();
            if part == stop {
                other.kill();
                buffer = 70 << 20;
            }
            if result == 0 && error != 234 {
                assert_eq!(error, 109);
                break;
            }
        }
        assert!(got < 64 << 20);
        close(server);
    }
}
