//! Anybody at the door, and anybody behind one: whatever is said or answered is an error at most.
//! The properties below and the fuzz target `connect_handshake` make it up.

use super::connection::Connection;
use super::object::NamedPipe;
use super::server::{NewPipe, create};
use super::{calls, client, door};
use crate::error::{Result, Win32Error};
use crate::handle::Handle;
use crate::pipe::channel::{ReadMode, Segment, Settings, Side};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::IoSlice;
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
    sendmsg, socketpair,
};
use std::mem::MaybeUninit;
use std::sync::Arc;

/// What came of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visited {
    /// He has said nothing, and is waited for.
    Waits,
    /// He was sent away without a word, or sits and waits for one.
    Unanswered,
    /// An error, or 0, and whether a descriptor came along.
    Answered(u32, bool),
}

fn sockets() -> Result<(OwnedFd, OwnedFd)> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?)
}

fn send(socket: &OwnedFd, letter: &[u8], enclosed: &[BorrowedFd<'_>]) -> Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !enclosed.is_empty() {
        ancillary.push(SendAncillaryMessage::ScmRights(enclosed));
    }
    sendmsg(socket, &[IoSlice::new(letter)], &mut ancillary, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Somebody comes to the door of this process, says this, and hands up to three descriptors over.
///
/// # Errors
/// Where there are no sockets to be had.
pub fn visit(letter: &[u8], enclosed: &[BorrowedFd<'_>]) -> Result<Visited> {
    let (ours, theirs) = sockets()?;
    if !letter.is_empty() {
        send(&theirs, letter, enclosed)?;
    }
    if door::serve(ours).is_some() {
        return Ok(Visited::Waits);
    }
    Ok(match door::receive_words(&theirs) {
        Ok(Some((words, enclosed))) => {
            let answer = door::Answer::from_words(&words).ok_or(Win32Error::BROKEN_PIPE)?;
            Visited::Answered(answer.error, enclosed.iter().any(Option::is_some))
        }
        Ok(None) | Err(_) => Visited::Unanswered,
    })
}

/// A client is answered this and given that, by what should be a server, and uses what it got.
///
/// # Errors
/// What the client is told.
pub fn answer(letter: &[u8], enclosed: &[BorrowedFd<'_>]) -> Result<()> {
    let (ours, theirs) = sockets()?;
    if !letter.is_empty() {
        send(&theirs, letter, enclosed)?;
    }
    // Whoever says nothing at all has gone.
    drop(theirs);
    let memory = client::await_answer(&ours)?;
    let connection = Connection::new(Segment::open(memory)?, Side::Client, Some(ours));
    connection.check_peer();
    let end = connection.end();
    let mut buffer = [0; 100];
    let _ = (end.state(), end.write_now(b"x"), end.peek(&mut buffer[..], ReadMode::Message));
    let _ = end.read_now(&mut buffer[..], ReadMode::Message);
    end.close();
    Ok(())
}

/// A pipe of this process, of which the visitors may know.
#[derive(Debug)]
pub struct Host {
    pipe: Arc<NamedPipe>,
}

impl Host {
    /// Makes one. It is there as long as the process.
    ///
    /// # Errors
    /// As for `CreateNamedPipe`.
    pub fn new() -> Result<Self> {
        let name: Vec<u16> = r"\\.\pipe\hostile".encode_utf16().collect();
        let new = NewPipe {
            open_mode: 3,
            // By messages, without waiting.
            pipe_mode: 7,
            most_instances: 255,
            out_quota: 100,
            in_quota: 100,
            default_timeout_ms: 0,
            security: None,
            inherit: false,
        };
        let handle = Handle::Real(create(Some(&name), &new)?);
        let pipe = calls::end_of(handle, 0)?.ok_or(Win32Error::INVALID_HANDLE)?;
        Ok(Self { pipe })
    }

    /// The second and third word of a visitor's letter that is about this pipe.
    #[must_use]
    pub fn words(&self) -> [u64; 2] {
        let file = self.pipe.name_file();
        [file.device, file.inode]
    }

    /// The id of its object, which bequests and claims name.
    #[must_use]
    pub fn id(&self) -> u64 {
        crate::object::KernelObject::header(&*self.pipe).id().get()
    }

    /// Gets rid of a visitor who was let in, and listens again.
    pub fn listen_again(&self) {
        let _ = self.pipe.disconnect();
        let _ = self.pipe.connect();
    }
}

/// Memory that is a segment's, with these words at its beginning, to be given to a client.
///
/// # Errors
/// Where there is no memory.
pub fn memory(image: &[u8]) -> Result<OwnedFd> {
    let settings = Settings { messages: true, to_client_quota: 100, to_server_quota: 100 };
    let segment = Segment::create(settings)?;
    segment.connect()?;
    rustix::io::pwrite(segment.fd(), image, 0)?;
    Ok(segment.fd().as_fd().try_clone_to_owned()?)
}

#[cfg(test)]
mod tests {
    use super::{Visited, answer, memory, visit};
    use crate::error::Win32Error;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
    use std::os::fd::AsFd;

    proptest! {
        #[test]
        fn no_visitor_does_harm(letter in proptest::collection::vec(any::<u8>(), 0..200), greet: bool) {
            let mut letter = letter;
            if greet && letter.len() >= 8 {
                letter[..8].copy_from_slice(b"TransomD");
            }
            match visit(&letter, &[]).unwrap() {
                // Who has said nothing is waited for; everybody else is done with.
                Visited::Waits => prop_assert!(letter.is_empty()),
                Visited::Unanswered => prop_assert!(!letter.is_empty()),
                Visited::Answered(error, enclosed) => prop_assert!(error != 0 && !enclosed),
            }
        }

        #[test]
        fn no_answer_does_harm(words in any::<[u64; 8]>(), greet: bool, agree: bool, enclosed: bool) {
            let mut words = words;
            if greet {
                words[0] = u64::from_le_bytes(*b"TransomD");
            }
            if agree {
                words[1] = 0;
            }
            let letter: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
            let memory = memory(&[]).unwrap();
            let memory = [memory.as_fd()];
            let told = answer(&letter, if enclosed { &memory } else { &[] });
            match (greet, agree && enclosed) {
                (true, true) => prop_assert_eq!(told, Ok(())),
                (true, false) => prop_assert!(told.is_err()),
                (false, _) => prop_assert_eq!(told, Err(Win32Error::BROKEN_PIPE)),
            }
        }
    }
}
