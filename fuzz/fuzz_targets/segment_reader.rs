//! A connection whose memory the other side fills with anything, at the beginning and later. Each
//! operation on it must end, and harm nothing else.

#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use transom_kernel::pipe::channel::hostile::{Action, attack};
use transom_kernel::pipe::channel::{Settings, Side};

/// Where the words of the header end that mean something, and the first ring begins.
const WORDS: u64 = 320;
const RING: u64 = 4096;

#[derive(Arbitrary, Debug)]
enum Move {
    Header(u16, u64),
    /// A small number or one near the largest.
    Nearly(u16, i8),
    Ring(u16, u64),
    OtherRing(u16, u64),
    Read(u16, bool),
    ReadWaiting(u16, bool),
    Write(u16),
    WriteWaiting(u32),
    Peek(u16, bool),
    StepRead(u32, bool),
    StepWrite(u32),
    Flush,
    Look,
    Gone,
    Offer(u8),
    Claim(u8),
}

impl Move {
    fn action(self) -> Action {
        let header = |place: u16| u64::from(place) % WORDS * 8;
        let ring = |place: u16| RING + u64::from(place) * 8;
        match self {
            Self::Header(place, word) => Action::Scribble(header(place), word),
            Self::Nearly(place, number) => {
                Action::Scribble(header(place), i64::from(number).cast_unsigned())
            }
            Self::Ring(place, word) => Action::Scribble(ring(place % 4096), word),
            Self::OtherRing(place, word) => {
                Action::Scribble((256 << 10) + ring(place % 4096), word)
            }
            Self::Read(size, messages) => Action::Read(size.into(), messages),
            Self::ReadWaiting(size, messages) => Action::ReadWaiting(size.into(), messages),
            Self::Write(size) => Action::Write(size.into()),
            Self::WriteWaiting(size) => Action::WriteWaiting(size as usize),
            Self::Peek(size, messages) => Action::Peek(size.into(), messages),
            Self::StepRead(size, messages) => Action::StepRead(size as usize, messages),
            Self::StepWrite(size) => Action::StepWrite(size as usize),
            Self::Flush => Action::Flush,
            Self::Look => Action::Look,
            Self::Gone => Action::Gone,
            Self::Offer(since) => Action::Offer(since.into()),
            Self::Claim(since) => Action::Claim(since.into()),
        }
    }
}

#[derive(Arbitrary, Debug)]
struct Peer {
    of_client: bool,
    messages: bool,
    quotas: [u16; 2],
    /// Instead of the whole header: the rest is as it should be.
    from: Option<u16>,
    image: Vec<u8>,
    moves: Vec<Move>,
}

fuzz_target!(|peer: Peer| {
    let [to_client_quota, to_server_quota] = peer.quotas.map(u32::from);
    let settings = Settings { messages: peer.messages, to_client_quota, to_server_quota };
    let ours = if peer.of_client { Side::Client } else { Side::Server };
    let mut actions = Vec::new();
    let mut image = &peer.image[..peer.image.len().min(4096)];
    if let Some(from) = peer.from {
        let words = image.chunks_exact(8).zip(u64::from(from) % WORDS..);
        actions.extend(words.map(|(word, place)| {
            Action::Scribble(place * 8, u64::from_ne_bytes(word.try_into().expect("eight bytes")))
        }));
        image = &[];
    }
    actions.extend(peer.moves.into_iter().take(200).map(Move::action));
    attack(ours, settings, image, actions);
});
