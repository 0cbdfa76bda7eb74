//! A peer that writes anything anywhere in the segment: each operation ends, with whatever result,
//! and nothing else comes to harm. The properties below make such peers up at random; the fuzz target
//! `segment_reader` looks for others.

use super::outside::look;
use super::{End, Patience, ReadMode, ReadRequest, Segment, Settings, Side, WriteRequest};
use rustix::io::pwrite;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

/// What one of the two does next.
#[derive(Clone, Debug)]
pub enum Action {
    /// The peer writes a word at this place, in bytes.
    Scribble(u64, u64),
    /// `ReadFile` in the mode `PIPE_NOWAIT`; whether by messages.
    Read(usize, bool),
    /// The same with a wait of no length.
    ReadWaiting(usize, bool),
    /// `WriteFile` in the mode `PIPE_NOWAIT`.
    Write(usize),
    /// The same with a wait of no length.
    WriteWaiting(usize),
    /// `PeekNamedPipe`.
    Peek(usize, bool),
    /// A step of an overlapped read, which is given up then.
    StepRead(usize, bool),
    /// A step of an overlapped write, which is cancelled then.
    StepWrite(usize),
    /// `FlushFileBuffers`, with a wait of no length.
    Flush,
    /// Whatever is looked at and noted besides.
    Look,
    /// The lifeline is hung up.
    Gone,
    /// `DisconnectNamedPipe`, and listening again for the same client.
    Offer(u64),
    /// The client closes its end and takes up an offer.
    Claim(u64),
}

const fn mode(messages: bool) -> ReadMode {
    if messages { ReadMode::Message } else { ReadMode::Byte }
}

/// The largest buffer.
const MOST: usize = 300_000;

/// Holds one side of a connection whose memory the other side has first filled with `image` and
/// then goes on to write. The client's side is opened after the first, the server's before.
pub fn attack(
    ours: Side,
    settings: Settings,
    image: &[u8],
    actions: impl IntoIterator<Item = Action>,
) {
    // Without memory and descriptors there is nothing to be tried.
    let _ = try_attack(ours, settings, image, actions);
}

fn try_attack(
    ours: Side,
    settings: Settings,
    image: &[u8],
    actions: impl IntoIterator<Item = Action>,
) -> crate::Result<()> {
    let made = Segment::create(settings)?;
    let memory = made.fd().try_clone_to_owned()?;
    let copy = memory.try_clone()?;
    made.connect()?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let (lifeline, other) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    let end = match ours {
        Side::Server => {
            let peer = End::new(Segment::open(copy)?, Side::Client);
            peer.write_now(b"something to begin with")?;
            pwrite(&memory, image, 0)?;
            End::new(made, Side::Server)
        }
        Side::Client => {
            End::new(made, Side::Server).write_now(b"something to begin with")?;
            pwrite(&memory, image, 0)?;
            End::new(Segment::open(copy)?, Side::Client)
        }
    };
    end.tie(lifeline)?;
    let mut buffer = vec![0; MOST];
    let at_once = Patience::milliseconds(0);
    let mut other = Some(other);
    for action in actions {
        match action {
            Action::Scribble(place, word) => {
                pwrite(&memory, &word.to_ne_bytes(), place)?;
            }
            Action::Read(size, messages) => {
                let _ = end.read_now(&mut buffer[..size.min(MOST)], mode(messages));
            }
            Action::ReadWaiting(size, messages) => {
                let _ = end.read(&mut buffer[..size.min(MOST)], mode(messages), at_once);
            }
            Action::Write(size) => {
                let _ = end.write_now(&buffer[..size.min(MOST)]);
            }
            Action::WriteWaiting(size) => {
                let _ = end.write(&buffer[..size.min(MOST)], at_once);
            }
            Action::Peek(size, messages) => {
                let _ = end.peek(&mut buffer[..size.min(MOST)], mode(messages));
                let _ = end.has_message();
            }
            Action::StepRead(size, messages) => {
                let mut request = ReadRequest::new();
                let _ = ReadRequest::may_collect(&end);
                let target = &mut buffer[..size.min(MOST)];
                let _ = request.try_step(&end, target, mode(messages));
                let _ = request.give_up(&end);
            }
            Action::StepWrite(size) => {
                let data = &buffer[..size.min(MOST)];
                let mut request = WriteRequest::new();
                let _ = match WriteRequest::needs_holding(&end, data.len()) {
                    true => request.step_holding(&end, data),
                    false => request.try_step(&end, data),
                };
                let _ = request.cancel(&end);
            }
            Action::Flush => {
                let _ = end.flush(at_once);
            }
            Action::Look => {
                let _ = (end.state(), end.is_readable(), end.is_shared(), end.is_offered());
                let _ = look(&memory, ours);
                end.trim();
                end.ring();
                let _ = end.arm_for_data([0; 2]);
                let _ = end.arm_for_space([0; 2]);
            }
            Action::Gone => {
                other = None;
                end.peer_is_gone();
            }
            Action::Offer(since) => {
                let _ = end.disconnect();
                let _ = end.offer(since.max(1));
                let _ = end.await_client(at_once);
            }
            Action::Claim(since) => {
                if end.close_keeping() {
                    let _ = end.claim(since.max(1));
                }
            }
        }
    }
    drop(other);
    end.peer_is_gone();
    let _ = end.read_now(&mut buffer[..], ReadMode::Byte);
    let _ = end.disconnect();
    end.close();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::layout;
    use super::{Action, Settings, Side, attack};
    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

    /// Words that are likelier to be taken for something than others.
    fn word() -> impl Strategy<Value = u64> {
        prop_oneof![
            Just(0_u64),
            Just(u64::MAX),
            0_u64..4096,
            (0_u64..1 << 20).prop_map(|number| number & !7),
            (0_u64..4, any::<u64>()).prop_map(|(kind, rest)| kind << 61 | rest >> 3),
            any::<u64>(),
        ]
    }

    /// A place in the header's used part, or near the beginning of a ring.
    fn place() -> impl Strategy<Value = u64> {
        prop_oneof![
            (layout::STATE_AT as u64..320).prop_map(|word| word * 8),
            (0_u64..64).prop_map(|word| layout::HEADER_BYTES as u64 + word * 8),
            (0_u64..64).prop_map(|word| layout::HEADER_BYTES as u64 + (256 << 10) + word * 8),
        ]
    }

    fn action() -> impl Strategy<Value = Action> {
        let small = || (0_usize..300, any::<bool>());
        prop_oneof![
            12 => (place(), word()).prop_map(|(place, word)| Action::Scribble(place, word)),
            2 => small().prop_map(|(size, mode)| Action::Read(size, mode)),
            1 => small().prop_map(|(size, mode)| Action::ReadWaiting(size, mode)),
            2 => (0_usize..6000).prop_map(Action::Write),
            1 => (0_usize..6000).prop_map(Action::WriteWaiting),
            2 => small().prop_map(|(size, mode)| Action::Peek(size, mode)),
            2 => small().prop_map(|(size, mode)| Action::StepRead(size, mode)),
            2 => (0_usize..300_000).prop_map(Action::StepWrite),
            1 => Just(Action::Flush),
            2 => Just(Action::Look),
            1 => (1_u64..4).prop_map(Action::Offer),
            1 => (1_u64..4).prop_map(Action::Claim),
        ]
    }

    proptest! {
        #[test]
        fn no_words_do_harm(
            messages: bool,
            of_client: bool,
            quota in 0_u32..5000,
            actions in proptest::collection::vec(action(), 1..120),
        ) {
            let settings = Settings { messages, to_client_quota: quota, to_server_quota: quota };
            let ours = if of_client { Side::Client } else { Side::Server };
            attack(ours, settings, &[], actions);
        }

        /// What is no segment is refused, and what is taken for one does no harm.
        #[test]
        fn no_header_does_harm(
            words in proptest::collection::vec(word(), 0..32),
            messages: bool,
        ) {
            let settings = Settings { messages, to_client_quota: 4096, to_server_quota: 100 };
            let image: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
            let actions = [Action::Read(10, false), Action::Write(1), Action::Look];
            attack(Side::Client, settings, &image, actions);
        }
    }
}
