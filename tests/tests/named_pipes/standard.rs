//! An end of a named pipe as a child's standard handle: a program of Linux sees a stream of
//! bytes, one of Transom's that inherits an end of messages sees messages.

use crate::{DONE, message, name, read_error, send, write_error};
use transom_tests::alone;
use transom_tests::assistant::program;
use transom_tests::pipes::{Pipe, client, hex, open, path, wait};
use transom_tests::win32::{self, Start, Started, UNTOUCHED, close, read, set_handle_flags, write};
use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE};
use windows_sys::Win32::System::Console::STD_ERROR_HANDLE;

/// A server's end, and a client's end that children inherit.
fn pair(pipe: &Pipe<'_>) -> (isize, isize) {
    let server = pipe.server();
    let client = client(pipe.name);
    assert_eq!(set_handle_flags(client, 1, 1), DONE);
    (server, client)
}

/// Starts a child with these standard handles.
fn start(standard: [isize; 3], line: &str) -> Started {
    let start = Start { inherit: true, standard: Some(standard), ..Start::default() };
    start.run(line).unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn errors() -> isize {
    win32::standard(STD_ERROR_HANDLE)
}

/// Waits for the child's end; its exit code.
fn ended(child: &Started) -> u32 {
    assert_eq!(win32::wait(child.process, 30_000).0, 0, "it ends");
    let ((done, code), _) = win32::exit_code(child.process);
    assert_eq!(done, 1);
    close(child.process);
    close(child.thread);
    code
}

/// Reads to the end of the pipe.
fn rest(handle: isize) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let ((result, bytes), error) = read(handle, 1 << 16);
        if result == 0 {
            assert_eq!(error, 109);
            return all;
        }
        all.extend(bytes);
    }
}

#[test]
fn a_linux_program_reads_and_writes_one_end_as_bytes_until_the_end_of_both() {
    let _alone = alone();
    let (to, from) = (name("tr-in"), name("tr-out"));
    let (input, childs_input) = pair(&Pipe::bytes(&to));
    let (output, childs_output) = pair(&Pipe::bytes(&from));
    let child = start([childs_input, childs_output, errors()], "tr a-z A-Z");
    close(childs_input);
    close(childs_output);
    send(input, b"hello, ");
    send(input, b"pipe");
    close(input);
    assert_eq!(rest(output), b"HELLO, PIPE");
    assert_eq!(ended(&child), 0);
    close(output);
}

#[test]
fn both_directions_of_one_pipe_are_a_childs_input_and_output() {
    let _alone = alone();
    let name = name("cat");
    let (server, client) = pair(&Pipe::bytes(&name));
    let child = start([client, client, errors()], "cat");
    close(client);
    for text in [&b"one"[..], b"two", b"three"] {
        send(server, text);
        let mut heard = Vec::new();
        while heard.len() < text.len() {
            heard.extend(message(server));
        }
        assert_eq!(heard, text);
    }
    // The only way to say "end" on a pipe of both directions is to close it.
    close(server);
    assert_eq!(ended(&child), 0);
}

#[test]
fn a_childs_writes_are_messages() {
    let _alone = alone();
    let name = name("messages");
    let (server, client) = pair(&Pipe::messages(&name));
    let script = "sh -c \"printf one; printf two >&2; printf three; head -c 9000 /dev/zero\"";
    let child = start([0, client, client], script);
    close(client);
    assert_eq!(
        [message(server), message(server), message(server)],
        [&b"one"[..], b"two", b"three"]
    );
    let mut sizes = Vec::new();
    loop {
        let ((result, bytes), error) = read(server, 1 << 16);
        if result == 0 {
            assert_eq!(error, 109);
            break;
        }
        sizes.push(bytes.len());
    }
    assert_eq!(sizes.iter().sum::<usize>(), 9000);
    assert!(sizes.iter().all(|&size| size <= 4096), "{sizes:?}");
    assert_eq!(ended(&child), 0);
    close(server);
}

#[test]
fn messages_and_empty_ones_are_one_stream_to_a_childs_input() {
    let _alone = alone();
    let (to, from) = (name("wc-in"), name("wc-out"));
    let (input, childs_input) = pair(&Pipe::messages(&to));
    let (output, childs_output) = pair(&Pipe::bytes(&from));
    let child = start([childs_input, childs_output, errors()], "wc -c");
    close(childs_input);
    close(childs_output);
    send(input, b"four");
    send(input, b"");
    send(input, b"five!");
    close(input);
    assert_eq!(String::from_utf8_lossy(&rest(output)).trim(), "9");
    assert_eq!(ended(&child), 0);
    close(output);
}

#[test]
fn much_goes_through_in_both_directions() {
    const SIZE: usize = 3 << 20;
    let _alone = alone();
    let (to, from) = (name("much-in"), name("much-out"));
    let (input, childs_input) = pair(&Pipe::bytes(&to));
    let (output, childs_output) = pair(&Pipe::bytes(&from));
    let child = start([childs_input, childs_output, errors()], "cat");
    close(childs_input);
    close(childs_output);
    let sent: Vec<u8> = (0..SIZE).map(|index| (index * 7 / 5) as u8).collect();
    let expected = sent.clone();
    let writer = std::thread::spawn(move || {
        for part in sent.chunks(100_000) {
            send(input, part);
        }
        close(input);
    });
    assert!(rest(output) == expected, "the same bytes");
    writer.join().unwrap();
    assert_eq!(ended(&child), 0);
    close(output);
}

#[test]
fn a_child_that_stops_reading_leaves_the_rest_in_the_pipe() {
    let _alone = alone();
    let name = name("head");
    let (server, client) = pair(&Pipe::bytes(&name));
    let (answers, output) = win32::create_pipe(0, true);
    assert_eq!(set_handle_flags(answers, 1, 0), DONE);
    let child = start([client, output, errors()], "head -c 5");
    close(output);
    send(server, b"first");
    assert_eq!(ended(&child), 0);
    assert_eq!(rest(answers), b"first");
    // The pump has let go when the other end's last handle closes it.
    send(server, b"left");
    assert_eq!(message(client), b"left");
    close(client);
    // The pump lets go once it hears that the child is gone, which may be a moment later.
    while write(server, b"more").0.0 == 1 {
        std::thread::yield_now();
    }
    assert_eq!(write_error(server), 232);
    close(server);
    close(answers);
}

#[test]
fn a_killed_child_is_the_end_of_the_pipe() {
    let _alone = alone();
    let name = name("killed");
    let (server, client) = pair(&Pipe::messages(&name));
    let child = start([client, client, client], "sh -c \"echo ready; exec sleep 1000\"");
    close(client);
    assert_eq!(message(server), b"ready\n");
    assert_eq!(win32::terminate(child.process, 7).0, 1);
    assert_eq!(read_error(server), 109);
    assert_eq!(write_error(server), 232);
    assert_eq!(ended(&child), 7);
    close(server);
}

#[test]
fn a_child_that_closes_its_output_is_at_the_end_though_it_runs() {
    let _alone = alone();
    let name = name("closes");
    let (server, client) = pair(&Pipe::bytes(&name));
    let child = start([0, client, errors()], "sh -c \"echo done; exec sleep 1000 >&-\"");
    close(client);
    assert_eq!(rest(server), b"done\n");
    assert_eq!(win32::wait(child.process, 0).0, 258);
    assert_eq!(win32::terminate(child.process, 0).0, 1);
    ended(&child);
    close(server);
}

#[test]
fn when_the_other_side_goes_the_childs_next_write_fails() {
    let _alone = alone();
    let name = name("yes");
    let (server, client) = pair(&Pipe::bytes(&name));
    let child = start([0, client, errors()], "yes");
    close(client);
    assert!(message(server).starts_with(b"y\ny\n"));
    close(server);
    // Of SIGPIPE.
    assert_ne!(ended(&child), 0);
}

#[test]
fn the_servers_end_is_as_good() {
    let _alone = alone();
    let name = name("server-end");
    let server = Pipe { inherit: true, ..Pipe::bytes(&name) }.server();
    let client = client(&name);
    let child = start([server, server, errors()], "cat");
    close(server);
    send(client, b"abc\n");
    let mut heard = Vec::new();
    while !heard.ends_with(b"\n") {
        heard.extend(message(client));
    }
    assert_eq!(heard, b"abc\n");
    close(client);
    assert_eq!(ended(&child), 0);
}

#[test]
fn an_end_that_listens_has_nothing_to_read() {
    let _alone = alone();
    let name = name("listens");
    let server = Pipe { inherit: true, ..Pipe::bytes(&name) }.server();
    let child = start([server, 0, errors()], "cat");
    assert_eq!(ended(&child), 0);
    // It still listens: the pump has not used the instance up.
    assert_eq!(wait(&name, 1000), DONE);
    close(server);
}

#[test]
fn a_handle_that_may_not_be_read_is_no_input() {
    let _alone = alone();
    let name = name("write-only");
    let server = Pipe::bytes(&name).server();
    let (client, _) = open(&name, GENERIC_WRITE);
    assert_ne!(client, -1, "{}", path(&name));
    assert_eq!(set_handle_flags(client, 1, 1), DONE);
    let child = start([client, client, 0], "cat");
    close(client);
    // cat complains that it cannot read.
    assert_eq!(ended(&child), 1);
    assert_eq!(rest(server), b"");
    close(server);
    let server = Pipe::bytes(&name).server();
    let (client, _) = open(&name, GENERIC_READ);
    assert_ne!(client, -1);
    assert_eq!(set_handle_flags(client, 1, 1), DONE);
    let child = start([0, client, 0], "echo x");
    assert_ne!(ended(&child), 0);
    close(client);
    close(server);
}

#[test]
fn a_program_that_is_not_there_leaves_the_pipe_alone() {
    let _alone = alone();
    let name = name("absent");
    let (server, client) = pair(&Pipe::bytes(&name));
    send(server, b"kept");
    let start = Start { inherit: true, standard: Some([client, client, 0]), ..Start::default() };
    assert_eq!(start.run("no-such-program-anywhere").map(drop), Err(2));
    assert_eq!(message(client), b"kept");
    close(client);
    assert_eq!(read_error(server), 109);
    close(server);
}

/// Reads a line, in however many pieces it comes.
fn line(handle: isize) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"\n") {
        text.extend(message(handle));
    }
    String::from_utf8_lossy(&text).trim_end().to_owned()
}

#[test]
fn a_transom_child_of_a_byte_pipe_has_the_stream_under_the_same_number() {
    let _alone = alone();
    let (to, from) = (name("own-in"), name("own-out"));
    let (input, childs_input) = pair(&Pipe::bytes(&to));
    let (output, childs_output) = pair(&Pipe::bytes(&from));
    let child = start([childs_input, childs_output, errors()], &program("assistant"));
    close(childs_input);
    close(childs_output);
    send(input, b"hello\n");
    assert_eq!(line(output), "hello");
    send(input, format!("pipe-write {childs_output} {}\n", hex(b"direct\n")).as_bytes());
    assert_eq!(line(output).split('\n').next(), Some("direct"));
    send(input, b"hello\n");
    while line(output).lines().last() != Some("hello") {}
    // Its standard output alone keeps the pipe: it has no other hold on it.
    send(input, format!("close {childs_output}\n").as_bytes());
    assert_eq!(rest(output), b"");
    close(input);
    ended(&child);
    close(output);
}

#[test]
fn a_transom_child_of_a_message_pipe_has_the_messages() {
    let _alone = alone();
    let name = name("own-messages");
    let (server, client) = pair(&Pipe::messages(&name));
    let (questions, to_child) = win32::create_pipe(0, true);
    let (from_child, answers) = win32::create_pipe(0, true);
    assert_eq!(set_handle_flags(to_child, 1, 0), DONE);
    assert_eq!(set_handle_flags(from_child, 1, 0), DONE);
    // The error output is the pipe; the others tell it what to do.
    let child = start([questions, answers, client], &program("assistant"));
    close(client);
    close(questions);
    close(answers);
    let ask = |question: String| {
        write(to_child, format!("{question}\n").as_bytes());
        line(from_child)
    };
    assert_eq!(ask(format!("pipe-mode {client} 2")), format!("1 {UNTOUCHED}"));
    send(server, b"one");
    send(server, b"two");
    assert_eq!(ask(format!("pipe-read {client} 100")), format!("1 {} {UNTOUCHED}", hex(b"one")));
    assert_eq!(ask(format!("pipe-read {client} 2")), format!("0 {} 234", hex(b"tw")));
    assert_eq!(ask(format!("pipe-write {client} {}", hex(b"ab"))), format!("1 2 {UNTOUCHED}"));
    assert_eq!(message(server), b"ab");
    close(to_child);
    assert_eq!(ended(&child), 0);
    assert_eq!(read_error(server), 109);
    close(server);
    close(from_child);
}

#[test]
fn a_substitute_parents_handle_is_pumped_by_the_one_who_starts() {
    use transom_tests::assistant::Assistant;
    use windows_sys::Win32::System::Threading::PROCESS_ALL_ACCESS;
    let _alone = alone();
    let name = name("substitute");
    let server = Pipe::bytes(&name).server();
    let mut other = Assistant::child();
    let theirs = other.number(&format!("pipe-open {} {name}", GENERIC_READ | GENERIC_WRITE));
    assert_eq!(other.ask(&format!("set-flags {theirs} 1 1")), format!("1 {UNTOUCHED}"));
    let process = win32::open_process(PROCESS_ALL_ACCESS, false, other.pid).0;
    let standard = Some([theirs as isize, theirs as isize, 0]);
    let start = Start { inherit: true, standard, parent: Some(process), ..Start::default() };
    let child = start.run("cat").unwrap();
    send(server, b"through");
    assert_eq!(message(server), b"through");
    assert_eq!(other.ask(&format!("close {theirs}")), format!("1 {UNTOUCHED}"));
    assert_eq!(win32::terminate(child.process, 0).0, 1);
    assert_eq!(read_error(server), 109);
    ended(&child);
    close(process);
    close(server);
}
