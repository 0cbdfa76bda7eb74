//! What anybody may say at the door of a process that serves pipes, and what a client may be answered
//! behind one.

#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::OnceLock;
use transom_kernel::pipe::named::hostile::{Host, Visited, answer, memory, visit};

/// A letter: eight words, of which some may be right, or any bytes.
#[derive(Arbitrary, Debug)]
enum Letter {
    Bytes(Vec<u8>),
    Words {
        greets: bool,
        /// Names the pipe that is there.
        knows: bool,
        /// What it is about: small numbers mean something.
        what: u8,
        /// Names the pipe's object.
        of_ours: bool,
        words: [u64; 8],
    },
}

#[derive(Arbitrary, Debug)]
enum Enclosed {
    Nothing,
    /// A file that is no memory.
    File,
    /// A lifeline that nobody holds.
    Socket,
    /// Memory that begins so.
    Memory(Vec<u8>),
}

#[derive(Arbitrary, Debug)]
struct Call {
    /// A visitor at our door, or else the answer to us.
    visits: bool,
    letter: Letter,
    enclosed: [Enclosed; 2],
}

fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| {
        let directory = std::env::var_os("TRANSOM_NAMESPACE");
        assert!(directory.is_some(), "set TRANSOM_NAMESPACE to an empty directory");
        Host::new().expect("a pipe")
    })
}

impl Letter {
    fn bytes(self, host: &Host) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Words { greets, knows, what, of_ours, mut words } => {
                if greets {
                    words[0] = u64::from_ne_bytes(*b"TransomD");
                }
                if knows {
                    [words[1], words[2]] = host.words();
                }
                words[3] = u64::from(what % 8);
                if of_ours {
                    words[4] = host.id();
                }
                words.iter().flat_map(|word| word.to_ne_bytes()).collect()
            }
        }
    }
}

fuzz_target!(|call: Call| {
    let host = host();
    let letter = call.letter.bytes(host);
    let enclosed = call.enclosed.into_iter().filter_map(|enclosed| match enclosed {
        Enclosed::Nothing => None,
        Enclosed::File => File::open("/dev/null").ok().map(Into::into),
        Enclosed::Socket => UnixStream::pair().ok().map(|(socket, _)| socket.into()),
        Enclosed::Memory(image) => memory(&image[..image.len().min(4096)]).ok(),
    });
    let enclosed: Vec<OwnedFd> = enclosed.collect();
    let enclosed: Vec<BorrowedFd<'_>> = enclosed.iter().map(AsFd::as_fd).collect();
    if call.visits {
        let visited = visit(&letter, &enclosed).expect("sockets");
        assert!(visited != Visited::Waits || letter.is_empty());
        if let Visited::Answered(0, true) = visited {
            host.listen_again();
        }
    } else {
        let _ = answer(&letter, &enclosed);
    }
});
