//! A peer that writes anything anywhere in the segment: each operation ends, with whatever result,
//! and nothing else comes to harm.

use super::{End, ReadMode, ReadRequest, Segment, Settings, Side, WriteRequest, layout};
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use rustix::io::pwrite;

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

#[derive(Clone, Debug)]
enum Action {
    Scribble(u64, u64),
    Read(usize, bool),
    Write(usize),
    Peek(usize, bool),
    StepRead,
    StepWrite(usize),
    Look,
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        6 => (place(), word()).prop_map(|(place, word)| Action::Scribble(place, word)),
        1 => (0_usize..300, any::<bool>()).prop_map(|(size, mode)| Action::Read(size, mode)),
        1 => (0_usize..6000).prop_map(Action::Write),
        1 => (0_usize..300, any::<bool>()).prop_map(|(size, mode)| Action::Peek(size, mode)),
        1 => Just(Action::StepRead),
        1 => (0_usize..300_000).prop_map(Action::StepWrite),
        1 => Just(Action::Look),
    ]
}

const fn mode(messages: bool) -> ReadMode {
    if messages { ReadMode::Message } else { ReadMode::Byte }
}

proptest! {
    #[test]
    fn no_words_do_harm(
        messages: bool,
        quota in 0_u32..5000,
        actions in proptest::collection::vec(action(), 1..120),
    ) {
        let settings = Settings { messages, to_client_quota: quota, to_server_quota: quota };
        let segment = Segment::create(settings).unwrap();
        let file = segment.fd().try_clone_to_owned().unwrap();
        let peer = End::new(Segment::open(file).unwrap(), Side::Client);
        let end = End::new(segment, Side::Server);
        end.segment().connect().unwrap();
        let _ = peer.write_now(b"something to begin with");
        let mut buffer = vec![0; 8192];
        for action in actions {
            match action {
                Action::Scribble(place, word) => {
                    pwrite(peer.segment().fd(), &word.to_ne_bytes(), place).unwrap();
                }
                Action::Read(size, messages) => {
                    let _ = end.read_now(&mut buffer[..size], mode(messages));
                }
                Action::Write(size) => {
                    let _ = end.write_now(&buffer[..size]);
                }
                Action::Peek(size, messages) => {
                    let _ = end.peek(&mut buffer[..size], mode(messages));
                    let _ = end.has_message();
                }
                Action::StepRead => {
                    let mut request = ReadRequest::new();
                    let _ = ReadRequest::may_collect(&end);
                    let _ = request.try_step(&end, &mut buffer[..100], ReadMode::Message);
                    let _ = request.give_up(&end);
                }
                Action::StepWrite(size) => {
                    let data = vec![7; size];
                    let mut request = WriteRequest::new();
                    let _ = request.step_holding(&end, &data);
                    let _ = request.cancel(&end);
                }
                Action::Look => {
                    let _ = end.state();
                    end.trim();
                    end.ring();
                    let _ = end.arm_for_data([0; 2]);
                    let _ = end.arm_for_space([0; 2]);
                }
            }
        }
        end.peer_is_gone();
        let _ = end.read_now(&mut buffer[..], ReadMode::Byte);
        let _ = end.disconnect();
        end.close();
    }

    /// What is no segment is refused, and what is taken for one does no harm.
    #[test]
    fn no_header_does_harm(
        words in proptest::collection::vec((0_u64..32, word()), 0..8),
        messages: bool,
    ) {
        let settings = Settings { messages, to_client_quota: 4096, to_server_quota: 100 };
        let segment = Segment::create(settings).unwrap();
        for (place, word) in words {
            pwrite(segment.fd(), &word.to_ne_bytes(), place * 8).unwrap();
        }
        let file = segment.fd().try_clone_to_owned().unwrap();
        if let Ok(opened) = Segment::open(file) {
            let end = End::new(opened, Side::Client);
            let _ = end.read_now(&mut [0; 10][..], ReadMode::Byte);
            let _ = end.write_now(b"x");
        }
    }
}
