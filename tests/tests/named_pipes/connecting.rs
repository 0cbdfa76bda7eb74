//! Facts 23 to 27: names, instances, connecting.

use crate::party::{Party, arrangements, as_done, connected};
use crate::{DONE, message, name, read_error, refused, send, write_error};
use std::ptr::null;
use transom_tests::alone;
use transom_tests::assistant::Assistant;
use transom_tests::pipes::{BOTH, DUPLEX, MESSAGES, Pipe, client, connect, disconnect, open, wait};
use transom_tests::win32::{self, UNTOUCHED, call, close};
use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE};
use windows_sys::Win32::System::Pipes as pipes;

/// `FILE_FLAG_FIRST_PIPE_INSTANCE`.
const FIRST: u32 = 0x8_0000;
/// `NMPWAIT_WAIT_FOREVER`.
const FOREVER: u32 = u32::MAX;

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

/// Whether a client that uses the second name gets to a server of the first.
fn meets(server: &mut Party, client: &mut Party, made: &str, opened: &str) -> Result<(), u32> {
    let end = server.create(made, [DUPLEX, MESSAGES, 255, 4096]).expect("an instance");
    let other = client.open(opened, BOTH);
    if let Ok(other) = other {
        assert_eq!(client.write(other, opened.as_bytes()), Ok(opened.len()));
        assert_eq!(server.read(end, 1000).as_deref(), Ok(opened.as_bytes()));
        client.close(other);
    }
    server.close(end);
    other.map(drop)
}

#[test]
fn fact_23_a_name_is_found_in_every_spelling_and_prefix() {
    let _alone = alone();
    let host = rustix::system::uname();
    let host = host.nodename().to_str().expect("a host's name is text").to_owned();
    arrangements(|server, client| {
        let name = name("Spelling");
        for (made, opened) in [
            (format!(r"\\.\pipe\{name}"), format!(r"\\.\PIPE\{}", name.to_uppercase())),
            (format!(r"\\.\Pipe\{name}É이름"), format!(r"\\.\pipe\{name}é이름")),
            (format!(r"\\?\pipe\{name}"), name.to_lowercase()),
            (name.clone(), format!(r"\\?\pipe\{name}")),
            (name.clone(), format!(r"\\{host}\pipe\{name}")),
            (name.clone(), format!(r"\\{}\Pipe\{name}", host.to_uppercase())),
            (name.clone(), format!("//./pipe/{name}")),
            (format!("//./pipe/{name}"), name.clone()),
            (format!(r#"{name}<>*?|"/"#), format!(r#"{name}<>*?|"/"#)),
            (format!(r"{name}\"), format!(r"{name}\")),
            (format!(r"{name}\in\folders"), format!(r"{name}\in\folders")),
            (format!("{name}.."), format!("{name}..")),
        ] {
            assert_eq!(meets(server, client, &made, &opened), Ok(()), "{made} {opened}");
        }
        for (made, opened) in [
            (name.clone(), format!(r"{name}\")),
            (format!(r"{name}\"), name.clone()),
            (name.clone(), format!("{name}*")),
            (name.clone(), format!("{name}/")),
            (format!("{name}?"), format!("{name}*")),
        ] {
            assert_eq!(meets(server, client, &made, &opened), Err(2), "{made} {opened}");
        }
    });
}

#[test]
fn fact_23_names_of_256_characters_of_any_script() {
    let _alone = alone();
    arrangements(|server, client| {
        let unique = name("");
        for character in ["a", "이", "é", "中"] {
            let rest = 256 - r"\\.\pipe\".len() - unique.len();
            let longest = format!("{unique}{}", character.repeat(rest));
            assert_eq!(meets(server, client, &longest, &longest), Ok(()), "{character}");
            let longer = format!("{longest}{character}");
            assert_eq!(server.create(&longer, [DUPLEX, 0, 1, 0]), Err(123));
        }
    });
}

#[test]
fn fact_23_names_that_are_none() {
    let _alone = alone();
    let create = |name: &str| Pipe::bytes(name).create();
    for prefix in [r"\\.\pip\x", r"\\.\mailslot\x", r"\\.\x", r"\\somewhere\pipe\x"] {
        assert_eq!(create(prefix), (-1, 123), "{prefix}");
    }
    assert_eq!(create(r"\\.\pipe\"), (-1, 123));
    // SAFETY: no name is what is tested; the other arguments are numbers.
    let made = call(|| unsafe {
        win32::v(pipes::CreateNamedPipeW(null(), DUPLEX, 0, 1, 0, 0, 0, null()))
    });
    assert_eq!(made, (-1, 3));
    let name = c"a name without a prefix".as_ptr().cast();
    let made =
        // SAFETY: text that is terminated; the other arguments are numbers.
        call(|| unsafe { win32::v(pipes::CreateNamedPipeA(name, DUPLEX, 0, 1, 0, 0, 0, null())) });
    assert_eq!(made, (-1, 123));
}

#[test]
fn fact_24_what_create_named_pipe_takes() {
    let _alone = alone();
    for party in [&mut Party::Here, &mut Party::there()] {
        let name = name("parameters");
        let mut refused = |numbers| party.create(&name, numbers).expect_err("it is refused");
        for open_mode in [0, FIRST, DUPLEX | 0x10, DUPLEX | 0x100] {
            assert_eq!(refused([open_mode, 0, 1, 0]), 87, "{open_mode:x}");
        }
        // Type byte and read mode message; unknown bits.
        for pipe_mode in [2, 3, 0x10, 0x8000] {
            assert_eq!(refused([DUPLEX, pipe_mode, 1, 0]), 87, "{pipe_mode:x}");
        }
        for most in [0, 256, u32::MAX] {
            assert_eq!(refused([DUPLEX, MESSAGES, most, 0]), 87, "{most}");
        }
        assert_eq!(refused([DUPLEX | 0x0100_0000, 0, 1, 0]), 1314);
        // `WRITE_DAC`, `WRITE_OWNER`, overlapped, write through; no remote clients.
        for open_mode in [1, 2, 3, 3 | 0x4_0000, 3 | 0x8_0000, 3 | 0x4000_0000, 3 | 0x8000_0000] {
            for pipe_mode in [0, 1, 4, 6, 7, 8, 15] {
                let made = party.create(&name, [open_mode, pipe_mode, 1, 0]);
                let made =
                    made.unwrap_or_else(|error| panic!("{open_mode:x} {pipe_mode}: {error}"));
                party.close(made);
            }
        }
        assert_eq!(party.open(&name, BOTH), Err(2));
    }
}

#[test]
fn fact_24_further_instances() {
    let _alone = alone();
    arrangements(|one, other| {
        let name = name("further");
        let first = one.create(&name, [1 | FIRST, MESSAGES, 3, 100]).expect("the first");
        assert_eq!(other.create(&name, [1 | FIRST, MESSAGES, 3, 100]), Err(5));
        assert_eq!(one.create(&name, [1 | FIRST, MESSAGES, 3, 100]), Err(5));
        for direction in [2, 3] {
            assert_eq!(other.create(&name, [direction, MESSAGES, 3, 100]), Err(5));
        }
        // Type, sizes and the maximum are the first one's business.
        let second = other.create(&name, [1, 0, 255, 9]).expect("a second");
        let info = other.ask(&format!("pipe-info {second}"));
        assert!(info.ends_with(&format!(" 100 100 3 {UNTOUCHED}")), "{info}");
        let third = one.create(&name, [1, MESSAGES, 1, 9]).expect("a third");
        assert_eq!(one.create(&name, [1, MESSAGES, 255, 9]), Err(231));
        assert_eq!(other.create(&name, [1, MESSAGES, 255, 9]), Err(231));
        assert_eq!(one.state(first).map(|state| state.1), Ok(3));
        // One goes, another comes.
        one.close(first);
        assert_eq!(other.state(second), Ok((0, 2)));
        let fourth = other.create(&name, [1, MESSAGES, 255, 9]).expect("a fourth");
        assert_eq!(other.create(&name, [1, MESSAGES, 255, 9]), Err(231));
        one.close(third);
        other.close(second);
        other.close(fourth);
        assert_eq!(other.open(&name, GENERIC_WRITE), Err(2));
        let again = other.create(&name, [2 | FIRST, 0, 1, 100]).expect("the first again");
        other.close(again);
    });
}

#[test]
fn fact_25_clients_get_the_instance_that_has_listened_for_longest() {
    let _alone = alone();
    arrangements(|one, other| {
        let name = name("order");
        let numbers = [DUPLEX, MESSAGES, 255, 100];
        // Instances of two processes in turn.
        let mut ends = Vec::new();
        for round in 0..6 {
            let end = if round % 2 == 0 { &mut *one } else { &mut *other };
            ends.push(end.create(&name, numbers).expect("an instance"));
        }
        let mut clients = Vec::new();
        let mut expect = |order: &[usize], one: &mut Party, other: &mut Party| {
            for (round, &index) in order.iter().enumerate() {
                let client = one.open(&name, BOTH).expect("a connection");
                let text = [round as u8];
                assert_eq!(one.write(client, &text), Ok(1));
                let server = if index % 2 == 0 { &mut *one } else { &mut *other };
                assert_eq!(server.read(ends[index], 10).as_deref(), Ok(&text[..]), "{index}");
                clients.push(client);
            }
            assert_eq!(one.open(&name, BOTH), Err(231));
        };
        expect(&[0, 1, 2, 3, 4, 5], one, other);
        // They listen again in another order.
        for index in [3, 0, 5, 1] {
            let server = if index % 2 == 0 { &mut *one } else { &mut *other };
            assert_eq!(server.disconnect(ends[index]), Ok(()));
            assert_eq!(one.open(&name, BOTH), Err(231), "it does not listen yet");
        }
        for index in [5, 1, 0, 3] {
            let server = if index % 2 == 0 { &mut *one } else { &mut *other };
            // Without waiting, it listens from now on.
            assert_eq!(server.mode(ends[index], 3), Ok(()));
            assert_eq!(server.connect(ends[index]), Ok(()));
            assert_eq!(server.connect(ends[index]), Err(536));
            assert_eq!(server.mode(ends[index], 2), Ok(()));
        }
        expect(&[5, 1, 0, 3], one, other);
        for client in clients {
            one.close(client);
        }
        for (index, end) in ends.into_iter().enumerate() {
            if index % 2 == 0 { one.close(end) } else { other.close(end) }
        }
    });
}

#[test]
fn fact_25_no_instance_listens() {
    let _alone = alone();
    arrangements(|server, client| {
        let name = name("busy");
        let numbers = [DUPLEX, MESSAGES, 255, 100];
        let (end, other) = connected(server, client, &name, numbers);
        assert_eq!(client.open(&name, BOTH), Err(231), "connected");
        client.close(other);
        assert_eq!(client.open(&name, BOTH), Err(231), "closing");
        assert_eq!(server.disconnect(end), Ok(()));
        assert_eq!(client.open(&name, BOTH), Err(231), "disconnected");
        server.close(end);
        assert_eq!(client.open(&name, BOTH), Err(2), "gone");
    });
}

#[test]
fn fact_26_waiting_for_a_pipe() {
    let _alone = alone();
    arrangements(|server, client| {
        let name = name("waiting");
        let numbers = [DUPLEX, MESSAGES, 255, 100];
        for timeout in [0, 1, 1000, FOREVER] {
            assert_eq!(client.wait(&name, timeout), Err(2));
        }
        let (end, other) = connected(server, client, &name, numbers);
        // The default is 50 milliseconds.
        for timeout in [0, 1, 20] {
            assert_eq!(client.wait(&name, timeout), Err(121), "{timeout}");
        }
        // Woken by a new instance,
        let waiting = client.begin(&format!("pipe-wait {FOREVER} {name}"));
        let second = server.create(&name, numbers).expect("a second");
        assert_eq!(as_done(&waiting.end()), Ok(()));
        // which is not reserved,
        for timeout in [0, 1, FOREVER] {
            assert_eq!(client.wait(&name, timeout), Ok(()));
        }
        let third = client.open(&name, BOTH).expect("the second instance");
        assert_eq!(client.wait(&name, 1), Err(121));
        // and by one that listens again.
        client.close(other);
        assert_eq!(server.disconnect(end), Ok(()));
        assert_eq!(client.wait(&name, 1), Err(121));
        let waiting = client.begin(&format!("pipe-wait {FOREVER} {name}"));
        let pending = server.begin(&format!("pipe-connect {end}"));
        assert_eq!(as_done(&waiting.end()), Ok(()));
        let other = client.open(&name, BOTH).expect("it listens");
        assert_eq!(as_done(&pending.end()), Ok(()));
        client.close(other);
        // The last instance goes: nobody is left to wait for.
        client.close(third);
        let waiting = client.begin(&format!("pipe-wait {FOREVER} {name}"));
        server.close(end);
        server.close(second);
        assert_eq!(as_done(&waiting.end()), Err(2));
    });
}

#[test]
fn fact_26_the_servers_default_timeout() {
    let _alone = alone();
    let waits = |name: &str| {
        let before = std::time::Instant::now();
        assert_eq!(wait(name, 0), refused(121));
        before.elapsed()
    };
    for (timeout_ms, least_ms) in [(0, 50), (1, 1), (120, 120)] {
        let name = name("default");
        let server = Pipe { timeout_ms, ..Pipe::messages(&name) }.server();
        let client = client(&name);
        // At least so long.
        assert!(waits(&name).as_millis() >= least_ms);
        close(client);
        close(server);
    }
}

#[test]
fn fact_26_names_that_cannot_be_waited_for() {
    let _alone = alone();
    for bad in [r"\\.\pip\x", r"\\.\mailslot\x"] {
        assert_eq!(wait(bad, 1), refused(3), "{bad}");
    }
    assert_eq!(wait(r"\\.\pipe\", 1), refused(87));
    // SAFETY: no name is what is tested.
    let waited = call(|| unsafe { pipes::WaitNamedPipeW(null(), 0) });
    assert_eq!(waited, refused(3));
}

#[test]
fn fact_27_what_connecting_finds() {
    let _alone = alone();
    arrangements(|server, client| {
        let name = name("connect");
        let numbers = [DUPLEX, MESSAGES, 255, 100];
        let (end, other) = connected(server, client, &name, numbers);
        assert_eq!(client.connect(other), Err(1));
        assert_eq!(client.disconnect(other), Err(1));
        assert_eq!(server.connect(end), Err(535));
        client.close(other);
        assert_eq!(server.connect(end), Err(232));
        assert_eq!(server.connect(end), Err(232), "disconnecting comes first");
        assert_eq!(server.disconnect(end), Ok(()));
        // A client that comes while the server waits.
        let pending = server.begin(&format!("pipe-connect {end}"));
        assert_eq!(client.wait(&name, FOREVER), Ok(()));
        let other = client.open(&name, BOTH).expect("it listens");
        assert_eq!(as_done(&pending.end()), Ok(()));
        client.close(other);
        server.close(end);
        // Without waiting: a fresh instance has nobody; one that was disconnected listens from the
        // first call on.
        let end = server.create(&name, [DUPLEX, MESSAGES | 1, 1, 100]).expect("an instance");
        assert_eq!(server.connect(end), Err(536));
        let other = client.open(&name, GENERIC_READ).expect("it listens");
        assert_eq!(server.connect(end), Err(535));
        client.close(other);
        assert_eq!(server.connect(end), Err(232));
        assert_eq!(server.disconnect(end), Ok(()));
        assert_eq!(server.connect(end), Ok(()));
        assert_eq!(server.connect(end), Err(536));
        let other = client.open(&name, GENERIC_READ).expect("it listens");
        assert_eq!(server.connect(end), Err(535));
        client.close(other);
        server.close(end);
    });
}
