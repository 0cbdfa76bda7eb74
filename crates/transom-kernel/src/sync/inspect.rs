//! The state of an object in any process's table, looked at from outside.
//!
//! Nobody is asked and nothing is changed: the words are read from the memory that the holder has
//! open.

use super::arena::{DETAILS, ID, SLOT_BYTES, SLOT_WORDS, STATE};
use super::dispatcher::RECURSION;
use super::state_word::{self, SIGNALLED};
use super::wait::clock::Due;
use super::{identity, semaphore, timer};
use crate::handle::published::PublishedHandle;
use crate::mailslot::{self, Waiting};
use crate::namespace::name_in;
use crate::object::ObjectType;
use crate::pipe::named::{self, PipeState};
use crate::process::task;
use rustix::fs::{FileType, Mode, OFlags, SealFlags, fcntl_get_seals, fstat, open, stat};
use std::fmt;
use std::os::fd::{OwnedFd, RawFd};

/// What an object's words say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectState {
    /// An event.
    Event {
        /// Whether it stays signalled until it is reset.
        manual_reset: bool,
        /// Whether it is signalled.
        signalled: bool,
    },
    /// A mutex that nobody owns.
    FreeMutex {
        /// Whether its last owner died with it, and nobody has been told yet.
        abandoned: bool,
    },
    /// A mutex that a thread owns.
    OwnedMutex {
        /// The thread's process.
        process_id: u32,
        /// The thread.
        thread_id: u32,
        /// How often.
        times: u32,
    },
    /// A semaphore.
    Semaphore {
        /// Its count.
        count: u32,
        /// The most its count can be.
        maximum: u32,
    },
    /// A waitable timer.
    Timer {
        /// Whether it stays signalled until it is set again.
        manual_reset: bool,
        /// Whether it is signalled.
        signalled: bool,
        /// Whether it is set, and will be signalled or was.
        set: bool,
        /// Its period in milliseconds, 0 for none.
        period_ms: u32,
    },
    /// An end of a named pipe.
    NamedPipe(PipeState),
    /// A mailslot, from either end.
    Mailslot(Waiting),
}

impl ObjectState {
    /// Whether a wait for it would succeed at once, for a thread that does not own it.
    #[must_use]
    pub const fn is_signalled(&self) -> bool {
        match *self {
            Self::Event { signalled, .. } | Self::Timer { signalled, .. } => signalled,
            Self::FreeMutex { .. } => true,
            Self::OwnedMutex { .. } => false,
            Self::Semaphore { count, .. } => count > 0,
            // Its handle is signalled while nothing overlapped runs on it.
            Self::NamedPipe(_) | Self::Mailslot(_) => true,
        }
    }
}

/// In few words, for a table.
impl fmt::Display for ObjectState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signalled = if self.is_signalled() { "signalled" } else { "not signalled" };
        match *self {
            Self::Event { .. } | Self::Timer { period_ms: 0, .. } => f.write_str(signalled),
            Self::Timer { period_ms, .. } => write!(f, "{signalled}, every {period_ms} ms"),
            Self::FreeMutex { abandoned: false } => f.write_str("free"),
            Self::FreeMutex { abandoned: true } => f.write_str("abandoned"),
            Self::OwnedMutex { process_id, thread_id, times: 1 } => {
                write!(f, "owned by {process_id}/{thread_id}")
            }
            Self::OwnedMutex { process_id, thread_id, times } => {
                write!(f, "owned by {process_id}/{thread_id}, {times} times")
            }
            Self::Semaphore { count, maximum } => write!(f, "{count} of {maximum}"),
            Self::NamedPipe(state) => state.fmt(f),
            Self::Mailslot(Waiting { messages: 1, bytes, .. }) => {
                write!(f, "1 message, {bytes} bytes")
            }
            Self::Mailslot(Waiting { messages, bytes, .. }) => {
                write!(f, "{messages} messages, {bytes} bytes")
            }
        }
    }
}

/// The state of an object, as a line of a process's table shows it; `None` for a type that has
/// none, and when it cannot be read (another user's process, or the handle was closed).
#[must_use]
pub fn state_of(pid: u32, handle: &PublishedHandle) -> Option<ObjectState> {
    if handle.kind == ObjectType::File {
        let pipe = named::state_of(pid, handle).map(ObjectState::NamedPipe);
        return pipe.or_else(|| mailslot::state_of(pid, handle).map(ObjectState::Mailslot));
    }
    let number = u32::try_from(handle.details[0]).ok()?;
    let file = open_descriptor(pid, handle, 0)?;
    // A memory of ours, and not something that reading would do something to.
    fcntl_get_seals(&file).ok().filter(|seals| seals.contains(SealFlags::SHRINK))?;
    let mut bytes = [0; SLOT_BYTES as usize];
    let length = rustix::io::pread(&file, &mut bytes, u64::from(number) * SLOT_BYTES).ok()?;
    if length != bytes.len() {
        return None;
    }
    let mut words = [0; SLOT_WORDS];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = chunk.try_into().map_or(0, u64::from_ne_bytes);
    }
    (words[ID] == handle.object.get()).then(|| of_words(handle, &words))?
}

fn of_words(handle: &PublishedHandle, words: &[u64; SLOT_WORDS]) -> Option<ObjectState> {
    let state = words[STATE];
    let detail = |index: usize| words[DETAILS + index];
    let manual_reset = handle.details[1] & 1 != 0;
    Some(match handle.kind {
        ObjectType::Event => ObjectState::Event { manual_reset, signalled: state & SIGNALLED != 0 },
        ObjectType::Mutex => match state_word::owner(state) {
            None => ObjectState::FreeMutex { abandoned: state_word::is_abandoned(state) },
            Some(owner) => match task::process_of(owner.tid) {
                Some(process_id) if identity::is_alive(owner) => {
                    let times = u32::try_from(detail(RECURSION)).unwrap_or(u32::MAX).max(1);
                    ObjectState::OwnedMutex { process_id, thread_id: owner.tid, times }
                }
                _ => ObjectState::FreeMutex { abandoned: true },
            },
        },
        ObjectType::Semaphore => {
            let maximum = u32::try_from(detail(semaphore::MAXIMUM)).unwrap_or(u32::MAX);
            ObjectState::Semaphore { count: state_word::count(state), maximum }
        }
        ObjectType::Timer => {
            let due = timer::decode(detail(timer::DUE));
            ObjectState::Timer {
                manual_reset,
                signalled: state & SIGNALLED != 0 || due.is_some_and(Due::has_passed),
                set: due.is_some(),
                period_ms: u32::try_from(detail(timer::PERIOD)).unwrap_or(u32::MAX),
            }
        }
        _ => return None,
    })
}

/// The name of an object, as a line of a process's table leads to it; with `Global\` where it is
/// of that room. `None` if it has none, or if it cannot be read.
#[must_use]
pub fn name_of(pid: u32, handle: &PublishedHandle) -> Option<String> {
    let file = open_descriptor(pid, handle, 1)?;
    name_in(&file, handle.object).map(|name| String::from_utf16_lossy(&name))
}

/// One of the two descriptors of a line, opened for reading; only a file is.
fn open_descriptor(pid: u32, handle: &PublishedHandle, index: usize) -> Option<OwnedFd> {
    let types = [ObjectType::Event, ObjectType::Mutex, ObjectType::Semaphore, ObjectType::Timer];
    if handle.arriving || !types.contains(&handle.kind) {
        return None;
    }
    open_memory(pid, handle.descriptors[index]?)
}

/// A descriptor of a process, opened for reading; only a file is, since opening something else may
/// do something.
pub(crate) fn open_memory(pid: u32, number: RawFd) -> Option<OwnedFd> {
    let path = format!("/proc/{pid}/fd/{number}");
    let is_file = |mode| FileType::from_raw_mode(mode) == FileType::RegularFile;
    stat(&*path).ok().filter(|stat| is_file(stat.st_mode))?;
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = open(&*path, flags, Mode::empty()).ok()?;
    fstat(&file).ok().filter(|stat| is_file(stat.st_mode)).map(|_| file)
}
