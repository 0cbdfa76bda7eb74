//! What the partner does in conversations over a named pipe's data path, and over the sockets that
//! are its floor. Its standard input is the segment, or the socket.

use rustix::io::{read, write};
use rustix::stdio::stdin;
use transom_kernel::pipe::channel::{End, Patience, ReadMode, Segment, Side};

/// The client's end of the segment that is standard input.
fn client() -> End {
    let file = stdin().try_clone_to_owned().expect("a descriptor is left");
    End::new(Segment::open(file).expect("standard input is a segment"), Side::Client)
}

/// Sends each message back.
pub fn echo(length: usize) {
    let end = client();
    let mut buffer = vec![0; length];
    while let Ok(taken) = end.read(&mut buffer[..], ReadMode::Message, Patience::FOREVER) {
        end.write(&buffer[..taken.bytes], Patience::FOREVER).expect("they wait for it");
    }
}

/// Reads messages of this length and answers each shorter one.
pub fn sink(length: usize) {
    let end = client();
    let mut buffer = vec![0; length];
    while let Ok(taken) = end.read(&mut buffer[..], ReadMode::Message, Patience::FOREVER) {
        if taken.bytes < length {
            end.write(b"!", Patience::FOREVER).expect("they wait for it");
        }
    }
}

/// Sends each packet back.
pub fn raw_echo(length: usize) {
    let mut buffer = vec![0; length];
    while let Ok(count @ 1..) = read(stdin(), &mut *buffer) {
        write(stdin(), &buffer[..count]).expect("they wait for it");
    }
}

/// Reads what comes and answers when a byte of 1 ends it.
pub fn raw_sink(length: usize) {
    let mut buffer = vec![0; length];
    while let Ok(count @ 1..) = read(stdin(), &mut *buffer) {
        if buffer[count - 1] == 1 {
            write(stdin(), b"!").expect("they wait for it");
        }
    }
}
