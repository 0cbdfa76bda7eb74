//! The data path of named pipes: messages in memory that two processes share.
//!
//! A [`Segment`] is the memory of one connection, an [`End`] what a process does with it.
//!
//! - Each direction is a queue: a ring of bytes with one entry per message. What is written over
//!   the quota is in the queue all the same, and its write waits. A message larger than the ring
//!   streams through it.
//! - The two sides do not trust each other. Whatever one reads of the other's is read once and
//!   checked; what cannot be breaks this pipe with `ERROR_BROKEN_PIPE`, and nothing else.
//! - The holders of one end trust each other. They share two locks, which know their holder; what
//!   a holder that died was doing is undone or completed by the next.
//! - Nobody is woken who does not sleep. A side that sees the other on another processor watches
//!   for a moment before it sleeps.
//! - Threads sleep on words of the segment. A side whose requests wait without a thread of their own
//!   asks for its doorbell: then the other also sends a byte over the [lifeline](End::tie).
#![doc = "\n"]
//! | words | content | written by |
//! |---|---|---|
//! | 0-3 | magic, version, quotas | the maker, once |
//! | 16 | state, a futex | both sides |
//! | 24 | which process hands out a connection that listens | the server's holders |
//! | 25 | since when a segment that is used again listens | the server |
//! | 26 | whether a thread of the server's sleeps until a client comes | the server |
//! | 32, 48 | processor of the server, of the client | each side |
//! | 33, 49 | whether the server, the client wants its doorbell rung | each side |
//! | 34, 50 | whether several processes have the server's, the client's end | each side |
//! | 64-191 | the queue to the client | |
//! | 192-319 | the queue to the server | |
//!
//! Within a queue:
//!
//! | words | content | written by |
//! |---|---|---|
//! | 0-1 | tail, jump | the writing end |
//! | 16-24 | lock of the writers, bytes written, void, and waiting, stream in progress, streams, touched, tail and jump once more | the writing end |
//! | 32-34 | bell for data, its marks | both |
//! | 48-54 | freed, bytes passed, bytes skipped, head, stream entered, collecting, limit | the reading end |
//! | 64 | lock of the readers | the reading end |
//! | 80-82 | bell for space, its marks | both |
//! | 96-101, 112-117 | two streams: control, start, place, writer, extent, when free | the writing end; control by both |
//!
//! The rings follow from the second page on.

pub(crate) mod bell;
mod control;
mod end;
pub(crate) mod holder;
mod layout;
mod line;
pub(crate) mod lock;
pub(crate) mod outside;
mod peek;
mod queue;
mod read;
mod reuse;
mod segment;
mod state;
pub(crate) mod wait;
mod waiting;
pub(crate) mod word;
mod write;

#[cfg(test)]
mod facts;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod hostile;
#[cfg(test)]
mod model;
#[cfg(test)]
mod properties;

pub use control::LONGEST_MESSAGE;
pub use end::{End, Step};
pub use peek::Peeked;
pub use read::{ReadMode, ReadRequest, Taken};
pub use segment::{Segment, Settings};
pub use state::{Side, State};
pub use wait::{BeforeSleep, Cancel, Patience};
pub use write::WriteRequest;
