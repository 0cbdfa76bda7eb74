//! Mailslots, looked at from outside: nobody is asked and nothing is changed.

use super::layout::{self, ENTRY_HEAD};
use super::queue::Waiting;
use crate::error::Result;
use crate::handle::published::PublishedHandle;
use crate::namespace::look_at_all;
use crate::text::to_bytes;
use rustix::fs::{Mode, OFlags, SealFlags, fcntl_get_seals, fstat};
use rustix::io::pread;
use std::os::fd::{AsFd, BorrowedFd};

/// A mailslot of this namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name, with `\\.\mailslot\`.
    pub name: Vec<u16>,
    /// The largest message in bytes; 0 for any.
    pub maximum: u32,
    /// How many milliseconds a read waits.
    pub read_timeout_ms: u32,
    /// What there is to read.
    pub waiting: Waiting,
    /// The processes that have the reading end, as far as their tables can be read.
    pub readers: Vec<u32>,
}

/// The mailslots that somebody reads from, as far as this user may look, in the order of their
/// names.
///
/// # Errors
/// What the namespace directory reports.
pub fn list() -> Result<Vec<Listed>> {
    let mut listed = Vec::new();
    for room in ["m-", "m#"] {
        for seen in look_at_all(room)? {
            // It may be closed at this moment, or be another user's.
            let Ok(memory) = seen.memory() else { continue };
            let Some(state) = state_in(memory.as_fd()) else { continue };
            let (readers, name) = (seen.holders(), seen.name().to_vec());
            let (maximum, read_timeout_ms, waiting) = state;
            listed.push(Listed { name, maximum, read_timeout_ms, waiting, readers });
        }
    }
    listed.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(listed)
}

/// What waits in the mailslot behind a line of a process's table; `None` if it is no mailslot's,
/// and when it cannot be read.
#[must_use]
pub fn state_of(pid: u32, handle: &PublishedHandle) -> Option<Waiting> {
    let number = match handle.details[0] {
        super::SERVER_FLAVOUR => handle.descriptors[0]?,
        super::CLIENT_FLAVOUR => handle.descriptors[1]?,
        _ => return None,
    };
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let memory = rustix::fs::open(format!("/proc/{pid}/fd/{number}"), flags, Mode::empty()).ok()?;
    state_in(memory.as_fd()).map(|(_, _, waiting)| waiting)
}

/// The name of the mailslot behind a line of a process's table.
pub(crate) fn name_of(pid: u32, handle: &PublishedHandle) -> Option<Vec<u8>> {
    let number = match handle.details[0] {
        super::SERVER_FLAVOUR => handle.descriptors[1]?,
        super::CLIENT_FLAVOUR => handle.descriptors[0]?,
        _ => return None,
    };
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = rustix::fs::open(format!("/proc/{pid}/fd/{number}"), flags, Mode::empty()).ok()?;
    crate::namespace::name_in_file(&file).map(|name| to_bytes(&name))
}

fn words_at<const N: usize>(memory: BorrowedFd<'_>, place: u64) -> Option<[u64; N]> {
    let mut bytes = vec![0; N * 8];
    (pread(memory, &mut bytes, place).ok()? == bytes.len()).then_some(())?;
    let mut words = [0; N];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = chunk.try_into().map_or(0, u64::from_ne_bytes);
    }
    Some(words)
}

/// Largest message, time-out, and what waits. It is read as it is, without a lock; what has
/// changed meanwhile is read once more.
fn state_in(memory: BorrowedFd<'_>) -> Option<(u32, u32, Waiting)> {
    const TRIES: u32 = 100;
    fcntl_get_seals(memory).ok().filter(|seals| seals.contains(SealFlags::SHRINK))?;
    (u64::try_from(fstat(memory).ok()?.st_size) == Ok(layout::TOTAL_BYTES)).then_some(())?;
    let read = || words_at::<{ layout::WORDS }>(memory, 0);
    let entry = |position: u64| {
        let offset = (position & !7) % layout::RING_BYTES as u64;
        words_at::<{ ENTRY_HEAD as usize / 8 }>(memory, layout::HEADER_BYTES as u64 + offset)
    };
    for _ in 0..TRIES {
        let words = read()?;
        (words[layout::MAGIC_AT] == layout::MAGIC).then_some(())?;
        let resolve = |position: u64| match position == words[layout::JUMP_FROM] {
            true => words[layout::JUMP_TO],
            false => position,
        };
        let [head, tail] = [layout::HEAD, layout::TAIL].map(|place| resolve(words[place]));
        let waiting = match head == tail {
            true => Waiting::default(),
            false => {
                let [first, end] = [entry(head)?, entry(tail)?];
                let next = Some(u32::try_from(first[2]).unwrap_or(u32::MAX));
                let messages = end[0].wrapping_sub(first[0]);
                Waiting { messages, bytes: end[1].wrapping_sub(first[1]), next }
            }
        };
        let places = [layout::HEAD, layout::TAIL, layout::JUMP_FROM];
        let now = read()?;
        if places.iter().all(|&place| words[place] == now[place]) {
            let [maximum, timeout] =
                [layout::MAXIMUM_AT, layout::TIMEOUT_AT].map(|place| words[place] as u32);
            return Some((maximum, timeout, waiting));
        }
    }
    None
}
