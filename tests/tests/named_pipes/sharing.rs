//! Ends that several processes have: instances that outlive their maker, connected ends, what is
//! reconnected, and `fork`.

use crate::name;
use crate::party::{Party, as_done, connected};
use transom_tests::alone;
use transom_tests::assistant::Assistant;
use transom_tests::pipes::{BOTH, DUPLEX, MESSAGES, Pipe};
use transom_tests::win32;

const NUMBERS: [u32; 4] = [DUPLEX, MESSAGES, 255, 100];

/// How a process lets go of what it has.
#[derive(Clone, Copy, Debug)]
enum Way {
    Closes,
    Exits,
    IsKilled,
}

const WAYS: [Way; 3] = [Way::Closes, Way::Exits, Way::IsKilled];

fn pid(party: &Party) -> u32 {
    match party {
        Party::Here => std::process::id(),
        Party::There(assistant) => assistant.pid,
    }
}

/// Takes a handle out of another process.
fn take(taker: &mut Party, from: &Party, handle: isize) -> isize {
    let answer = taker.ask(&format!("pipe-take {} {handle}", pid(from)));
    let (taken, _) = answer.split_once(' ').expect("two numbers");
    let taken = taken.parse().expect("a handle");
    assert_ne!(taken, 0);
    taken
}

fn let_go(mut party: Party, handle: isize, way: Way) -> Option<Party> {
    match (way, &mut party) {
        (Way::Closes, _) => {
            party.close(handle);
            return Some(party);
        }
        (Way::Exits, Party::There(assistant)) => {
            assistant.tell("exit 0");
            // It is gone when it is collected.
            while std::path::Path::new(&format!("/proc/{}/exe", assistant.pid)).exists() {
                std::thread::yield_now();
            }
        }
        _ => party.kill(),
    }
    None
}

/// A client comes and both talk.
fn talk(server: &mut Party, end: isize, client: &mut Party, other: isize) {
    for text in [&b"one"[..], b"two"] {
        assert_eq!(client.write(other, text), Ok(3));
        assert_eq!(server.read(end, 9).as_deref(), Ok(text));
        assert_eq!(server.write(end, text), Ok(3));
        assert_eq!(client.read(other, 9).as_deref(), Ok(text));
    }
}

/// The server goes on to another client.
fn next_client(server: &mut Party, end: isize, client: &mut Party, name: &str) {
    assert_eq!(server.disconnect(end), Ok(()));
    let connecting = server.begin(&format!("pipe-connect {end}"));
    assert_eq!(client.wait(name, 10_000), Ok(()), "{name}");
    let other = client.open(name, BOTH).expect("it listens");
    assert_eq!(as_done(&connecting.end()), Ok(()));
    talk(server, end, client, other);
    client.close(other);
    assert_eq!(server.read(end, 9), Err((109, vec![])));
}

#[test]
fn an_instance_that_listens_outlives_its_maker() {
    let _alone = alone();
    for way in WAYS {
        for waits_before in [false, true] {
            let name = name(&format!("listening-{way:?}"));
            let (mut maker, mut heir, mut client) = (Party::there(), Party::there(), Party::Here);
            let made = maker.create(&name, NUMBERS).expect("an instance");
            let end = take(&mut heir, &maker, made);
            let connecting = waits_before.then(|| heir.begin(&format!("pipe-connect {end}")));
            let maker = let_go(maker, made, way);
            let other = client
                .open(&name, BOTH)
                .unwrap_or_else(|error| panic!("{way:?} {waits_before}: {error}"));
            match connecting {
                // It may come to it only now.
                Some(connecting) => {
                    assert!(matches!(as_done(&connecting.end()), Ok(()) | Err(535)))
                }
                None => assert_eq!(heir.connect(end), Err(535)),
            }
            assert_eq!(client.open(&name, BOTH), Err(231));
            talk(&mut heir, end, &mut client, other);
            client.close(other);
            assert_eq!(heir.read(end, 9), Err((109, vec![])), "{way:?} {waits_before}");
            next_client(&mut heir, end, &mut client, &name);
            assert_eq!(heir.state(end), Ok((2, 1)), "{way:?} {waits_before}");
            heir.close(end);
            assert_eq!(client.open(&name, BOTH), Err(2), "{way:?} {waits_before}");
            drop(maker);
        }
    }
}

#[test]
fn a_connected_instance_outlives_its_maker() {
    let _alone = alone();
    for way in WAYS {
        let name = name(&format!("connected-{way:?}"));
        let (mut maker, mut heir, mut client) = (Party::there(), Party::there(), Party::Here);
        let (made, other) = connected(&mut maker, &mut client, &name, NUMBERS);
        let end = take(&mut heir, &maker, made);
        let maker = let_go(maker, made, way);
        assert_eq!(client.open(&name, BOTH), Err(231), "{way:?}");
        talk(&mut heir, end, &mut client, other);
        // Nobody else can be first.
        assert_eq!(client.create(&name, [DUPLEX | 0x8_0000, MESSAGES, 1, 1]), Err(5), "{way:?}");
        client.close(other);
        next_client(&mut heir, end, &mut client, &name);
        next_client(&mut heir, end, &mut client, &name);
        heir.close(end);
        assert_eq!(client.open(&name, BOTH), Err(2), "{way:?}");
        drop(maker);
    }
}

#[test]
fn a_killed_heir_is_the_end_of_the_connection() {
    let _alone = alone();
    let name = name("heir");
    let (mut maker, mut heir, mut client) = (Party::there(), Party::there(), Party::Here);
    let (made, other) = connected(&mut maker, &mut client, &name, NUMBERS);
    let end = take(&mut heir, &maker, made);
    maker.kill();
    talk(&mut heir, end, &mut client, other);
    heir.kill();
    assert_eq!(client.read(other, 9), Err((109, vec![])));
    assert_eq!(client.write(other, b"x"), Err(232));
    client.close(other);
    // The name is free at once.
    let again = client.create(&name, [DUPLEX | 0x8_0000, MESSAGES, 1, 100]).expect("the first");
    client.close(again);
    assert_eq!(client.open(&name, BOTH), Err(2));
}

#[test]
fn who_shares_an_instance_follows_to_the_next_client() {
    let _alone = alone();
    for order in [true, false] {
        let name = name("follows");
        let (mut first, mut second, mut client) = (Party::Here, Party::there(), Party::Here);
        let (end, other) = connected(&mut first, &mut client, &name, NUMBERS);
        let shared = take(&mut second, &first, end);
        let ((one, end), (two, shared)) = match order {
            true => ((&mut first, end), (&mut second, shared)),
            false => ((&mut second, shared), (&mut first, end)),
        };
        for _ in 0..3 {
            talk(one, end, &mut client, other);
            talk(two, shared, &mut client, other);
        }
        assert_eq!(one.disconnect(end), Ok(()));
        for (party, handle) in [(&mut *one, end), (&mut *two, shared)] {
            assert_eq!(party.read(handle, 9), Err((233, vec![])));
            assert_eq!(party.peek(handle, 9), Err(230));
            assert_eq!(party.disconnect(handle), Err(233));
        }
        client.close(other);
        // One listens: both do.
        assert_eq!(one.mode(end, 3), Ok(()));
        assert_eq!(one.connect(end), Ok(()));
        assert_eq!(one.mode(end, 2), Ok(()));
        assert_eq!(two.read(shared, 9), Err((536, vec![])), "{order}");
        let other = client.open(&name, BOTH).expect("it listens");
        assert_eq!(client.open(&name, BOTH), Err(231));
        talk(one, end, &mut client, other);
        talk(two, shared, &mut client, other);
        assert_eq!(two.connect(shared), Err(535));
        assert_eq!(two.state(shared), Ok((2, 1)), "{order}");
        // The other one goes on.
        assert_eq!(two.disconnect(shared), Ok(()));
        client.close(other);
        assert_eq!(two.mode(shared, 3), Ok(()));
        assert_eq!(two.connect(shared), Ok(()));
        assert_eq!(two.mode(shared, 2), Ok(()));
        assert_eq!(one.read(end, 9), Err((536, vec![])), "{order}");
        let other = client.open(&name, BOTH).expect("it listens");
        talk(one, end, &mut client, other);
        // One goes, the other stays connected.
        two.close(shared);
        talk(one, end, &mut client, other);
        client.close(other);
        assert_eq!(one.read(end, 9), Err((109, vec![])));
        one.close(end);
        assert_eq!(client.open(&name, BOTH), Err(2), "{order}");
    }
}

#[test]
fn a_child_inherits_an_instance_and_its_parent_closes_it() {
    let _alone = alone();
    let name = name("inherited");
    let end = Pipe { inherit: true, ..Pipe::messages(&name) }.server();
    let mut child = Party::There(Box::new(Assistant::child()));
    win32::close(end);
    let mut client = Party::Here;
    let other = client.open(&name, BOTH).expect("the child has it");
    assert_eq!(child.connect(end), Err(535));
    talk(&mut child, end, &mut client, other);
    client.close(other);
    next_client(&mut child, end, &mut client, &name);
    child.kill();
    assert_eq!(client.open(&name, BOTH), Err(2));
}

#[test]
fn both_ends_are_shared_and_messages_stay_whole() {
    let _alone = alone();
    let name = name("whole");
    let (mut here, mut holder) = (Party::Here, Party::there());
    let mut client = Party::Here;
    let (end, other) = connected(&mut here, &mut client, &name, [DUPLEX, MESSAGES, 1, 300]);
    let theirs = take(&mut holder, &here, end);
    // Two processes write at once; two threads read.
    let _writing = holder.begin(&format!("pipe-churn {theirs} 1"));
    let mut other_holder = Party::there();
    let theirs = take(&mut other_holder, &here, end);
    let _writing_too = other_holder.begin(&format!("pipe-churn {theirs} 2"));
    assert_eq!(client.mode(other, 2), Ok(()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..2000 {
                    let message = crate::message(other);
                    let length = usize::from(message[0]);
                    assert!(
                        message.len() == length && message.iter().all(|&byte| byte == message[0])
                    );
                }
            });
        }
    });
    client.close(other);
    here.close(end);
}

#[test]
fn a_forked_process_closes_what_its_parent_keeps() {
    let _alone = alone();
    let name = name("forked");
    let mut server = Assistant::unrelated();
    let end = server.number(&format!("pipe-create {DUPLEX} {MESSAGES} 255 100 0 {name}"));
    // The new process closes its handle; its exit status says whether that went well.
    assert_ne!(server.number(&format!("fork {end}")), 255);
    let (mut server, mut client) = (Party::There(Box::new(server)), Party::Here);
    let end = end as isize;
    let other = client.open(&name, BOTH).expect("the parent listens");
    assert_eq!(server.connect(end), Err(535));
    talk(&mut server, end, &mut client, other);
    client.close(other);
    next_client(&mut server, end, &mut client, &name);
    assert_eq!(server.state(end), Ok((2, 1)));
    server.close(end);
    assert_eq!(client.open(&name, BOTH), Err(2));
}
