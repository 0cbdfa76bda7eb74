//! The other process of a conversation, in the role its first argument names.

use rustix::io::{read, write};
use rustix::net::{RecvAncillaryBuffer, RecvFlags, recvmsg};
use rustix::stdio::{stdin, stdout};
use rustix::thread::futex::Flags;
use std::io::IoSliceMut;
use std::mem::MaybeUninit;
use std::sync::atomic::AtomicU32;
use transom_benches::partner::CHUNK;
use transom_benches::{channel, linux, mailslots, pipes, win32};
use transom_sys::mapping::SharedWords;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        ["events", ping, pong] => events(number(ping), number(pong)),
        ["echo", from, to] => echo(number(from), number(to)),
        ["sink", chunks, from, to] => sink(number(chunks), number(from), number(to)),
        ["channel-echo", length] => channel::echo(number(length)),
        ["channel-sink", length] => channel::sink(number(length)),
        ["pipe-echo", name, length] => pipes::echo(name, number(length)),
        ["pipe-sink", name, length, messages] => {
            pipes::sink(name, number(length), number::<u8>(messages) != 0);
        }
        ["pipe-serve", name] => pipes::serve(name),
        ["mailslot-sink", name, length] => mailslots::sink(name, number(length)),
        ["raw-datagram-sink", length] => mailslots::raw_sink(number(length)),
        ["raw-serve", name] => pipes::raw_serve(name),
        ["pipe-serve-many", name, clients, length] => {
            pipes::serve_many(name, number(clients), number(length));
        }
        ["raw-serve-many", name, clients, length] => {
            pipes::raw_serve_many(name, number(clients), number(length));
        }
        ["raw-seqpacket-echo", length] => channel::raw_echo(number(length)),
        ["raw-socket-sink", length] => channel::raw_sink(number(length)),
        ["sleep", ready] => {
            win32::set_event(number(ready));
            std::thread::sleep(std::time::Duration::from_secs(3600));
        }
        ["raw-events"] => raw_events(),
        ["raw-echo"] => raw_echo(),
        ["raw-sink", chunks] => raw_sink(number(chunks)),
        ["raw-receive"] => raw_receive(),
        _ => panic!("{arguments:?} is no role"),
    }
}

fn number<N: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> N {
    text.parse().expect("a number")
}

fn events(ping: win32::Handle, pong: win32::Handle) {
    loop {
        win32::wait(ping, win32::FOREVER);
        win32::set_event(pong);
    }
}

fn raw_events() {
    let words: SharedWords<AtomicU32> =
        SharedWords::map(stdin(), 0, 1024).expect("standard input is shared memory");
    loop {
        linux::await_signal(&words.words()[0], Flags::empty());
        linux::signal(&words.words()[16], Flags::empty());
    }
}

fn echo(from: win32::Handle, to: win32::Handle) {
    let mut byte = [0];
    while win32::read(from, &mut byte) == Some(1) && win32::write(to, &byte) {}
}

fn raw_echo() {
    let mut byte = [0];
    while read(stdin(), &mut byte) == Ok(1) && write(stdout(), &byte) == Ok(1) {}
}

/// Answers with a byte after so many chunks, again and again.
fn sink(chunks: usize, from: win32::Handle, to: win32::Handle) {
    let mut buffer = vec![0; CHUNK];
    let mut left = chunks * CHUNK;
    while let Some(count) = win32::read(from, &mut buffer) {
        left -= count;
        if left == 0 {
            left = chunks * CHUNK;
            win32::write(to, b"!");
        }
    }
}

fn raw_sink(chunks: usize) {
    let mut buffer = vec![0; CHUNK];
    let mut left = chunks * CHUNK;
    while let Ok(count @ 1..) = read(stdin(), &mut *buffer) {
        left -= count;
        if left == 0 {
            left = chunks * CHUNK;
            let _ = write(stdout(), b"!");
        }
    }
}

fn raw_receive() {
    loop {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let mut byte = [0];
        let mut buffers = [IoSliceMut::new(&mut byte)];
        match recvmsg(stdin(), &mut buffers, &mut ancillary, RecvFlags::CMSG_CLOEXEC) {
            // Dropping the buffer closes what came.
            Ok(received) if received.bytes > 0 => drop(ancillary),
            _ => return,
        }
    }
}
