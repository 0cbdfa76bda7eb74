//! The memory of one connection: a file without a name, sealed, that both sides map.

use super::layout;
use super::queue::Queue;
use super::state::{BROKEN, CONNECTED, DISCONNECTED, Side, State};
use crate::error::{Result, Win32Error};
use rustix::fs::{
    FallocateFlags, MemfdFlags, SealFlags, fallocate, fcntl_add_seals, fcntl_get_seals, fstat,
    ftruncate, memfd_create,
};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use transom_sys::futex::{self, Scope};
use transom_sys::shared_bytes::SharedBytes;

const SEALS: SealFlags = SealFlags::SHRINK.union(SealFlags::GROW).union(SealFlags::SEAL);
/// In a quota's word: the queue keeps messages apart.
pub(super) const MESSAGES: u64 = 1 << 32;
/// What this process knows of a segment, whatever the other side writes into it: it was found to be
/// spoilt.
const SPOILT: u64 = 1;
/// The server: a client has come.
const CAME: u64 = 2;
/// The server has disconnected it.
const LEFT: u64 = 4;

/// What a connection is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `PIPE_TYPE_MESSAGE`: messages are kept apart; otherwise bytes are.
    pub messages: bool,
    /// How many unread bytes the server may have written, as its `nOutBufferSize` says.
    pub to_client_quota: u32,
    /// How many unread bytes the client may have written, as the server's `nInBufferSize` says.
    pub to_server_quota: u32,
}

/// The shared memory of one connection.
#[derive(Debug)]
pub struct Segment {
    file: OwnedFd,
    memory: SharedBytes,
    settings: Settings,
    /// What this process knows, which the other side cannot take back.
    known: AtomicU64,
}

impl Segment {
    /// `Segment::create`: makes a segment, in the state "listening".
    ///
    /// Only what is used takes memory: a page, and one more for each direction with some traffic.
    ///
    /// # Errors
    /// `ERROR_TOO_MANY_OPEN_FILES`, `ERROR_NOT_ENOUGH_MEMORY` when there is no room.
    pub fn create(settings: Settings) -> Result<Self> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = memfd_create("transom-pipe", flags)?;
        ftruncate(&file, total_bytes(settings))?;
        fcntl_add_seals(&file, SEALS)?;
        let segment = Self::map(file, settings)?;
        let words = segment.words();
        let set = |place: usize, value| words[place].store(value, Ordering::Relaxed);
        for (index, queue) in layout::QUEUES_AT.into_iter().enumerate() {
            set(layout::QUOTAS_AT + index, quota_word(settings, index));
            segment.begin_queue(queue);
        }
        for place in layout::PROCESSORS_AT {
            set(place, u64::MAX);
        }
        set(layout::VERSION_AT, layout::VERSION);
        words[layout::MAGIC_AT].store(layout::MAGIC, Ordering::Release);
        Ok(segment)
    }

    /// Gives the words of an empty queue what is not 0 in it.
    pub(super) fn begin_queue(&self, queue: usize) {
        let set = |place: usize, value| self.words()[queue + place].store(value, Ordering::Relaxed);
        set(layout::JUMP, u64::MAX);
        set(layout::OWN_JUMP, u64::MAX);
        for bell in [layout::DATA_BELL, layout::SPACE_BELL] {
            set(bell + 1, super::bell::NEVER);
            set(bell + 2, super::bell::NEVER);
        }
    }

    /// `Segment::open`: maps a segment that another process has made.
    ///
    /// The settings are read once and never again, so the other side cannot change them later.
    ///
    /// # Errors
    /// `ERROR_BROKEN_PIPE` when it is no segment: not sealed, of the wrong size, of another
    /// version.
    pub fn open(file: OwnedFd) -> Result<Self> {
        let broken = |_| Win32Error::BROKEN_PIPE;
        if !fcntl_get_seals(&file).map_err(broken)?.contains(SEALS) {
            return Err(Win32Error::BROKEN_PIPE);
        }
        let size = u64::try_from(fstat(&file)?.st_size).unwrap_or(0);
        if size < layout::HEADER_BYTES as u64 || size > layout::MOST_BYTES {
            return Err(Win32Error::BROKEN_PIPE);
        }
        // Sealed, so it stays as large as that.
        let memory = usize::try_from(size).map_err(|_| Win32Error::BROKEN_PIPE)?;
        let memory = SharedBytes::map(&file, memory).map_err(|_| Win32Error::BROKEN_PIPE)?;
        let words = memory.words::<{ layout::WORDS }>();
        let get = |place: usize| words[place].load(Ordering::Acquire);
        if get(layout::MAGIC_AT) != layout::MAGIC || get(layout::VERSION_AT) != layout::VERSION {
            return Err(Win32Error::BROKEN_PIPE);
        }
        let [to_client, to_server] = [0, 1].map(|index| get(layout::QUOTAS_AT + index));
        let settings = Settings {
            messages: to_client & MESSAGES != 0,
            to_client_quota: to_client as u32,
            to_server_quota: to_server as u32,
        };
        if size != total_bytes(settings) || [to_client, to_server] != quota_words(settings) {
            return Err(Win32Error::BROKEN_PIPE);
        }
        Ok(Self { file, memory, settings, known: AtomicU64::new(0) })
    }

    fn map(file: OwnedFd, settings: Settings) -> Result<Self> {
        let length =
            usize::try_from(total_bytes(settings)).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
        let memory = SharedBytes::map(&file, length)?;
        Ok(Self { file, memory, settings, known: AtomicU64::new(0) })
    }

    /// What it was made with.
    #[must_use]
    pub const fn settings(&self) -> Settings {
        self.settings
    }

    /// The descriptor that makes it up in another process.
    #[must_use]
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    #[inline]
    pub(super) fn words(&self) -> &[AtomicU64; layout::WORDS] {
        self.memory.words()
    }

    /// The queue that a side writes to.
    #[inline]
    pub(super) fn queue(&self, writer: Side) -> Result<Queue<'_>> {
        let index = writer as usize;
        let quotas = [self.settings.to_client_quota, self.settings.to_server_quota];
        let sizes = quotas.map(layout::ring_bytes);
        let offset = layout::HEADER_BYTES as u64 + if index == 0 { 0 } else { sizes[0] };
        let ring = self.memory.ring(offset as usize, sizes[index] as usize);
        Ok(Queue {
            words: self.words(),
            base: layout::QUEUES_AT[index],
            // The offsets are those the memory was mapped for.
            ring: ring.ok_or(Win32Error::BROKEN_PIPE)?,
            quota: quotas[index].min(layout::LARGEST_QUOTA).into(),
            offset,
        })
    }

    /// The state, as a side sees it.
    #[must_use]
    #[inline]
    pub fn state(&self, side: Side) -> State {
        let known = self.known.load(Ordering::Relaxed);
        let word = self.words()[layout::STATE_AT].load(Ordering::SeqCst);
        let usual = if side == Side::Server { CAME } else { 0 };
        if word == CONNECTED && known == usual {
            return State::Connected;
        }
        self.unusual_state(side, known, word)
    }

    /// The state, where it is another than before or not that both ends are open.
    fn unusual_state(&self, side: Side, known: u64, word: u64) -> State {
        if known & LEFT != 0 {
            return State::Disconnected;
        }
        if known & SPOILT != 0 {
            return State::Broken;
        }
        let has_come = word & CONNECTED != 0;
        if side == Side::Server && has_come != (known & CAME != 0) {
            if !has_come && word & DISCONNECTED == 0 {
                // Only the client can have taken that back.
                return self.broken();
            }
            if has_come {
                self.known.fetch_or(CAME, Ordering::Relaxed);
            }
        }
        State::seen(word, side)
    }

    #[cold]
    fn broken(&self) -> State {
        self.break_off();
        State::Broken
    }

    /// `Segment::connect`: a client has come. The server calls this, once, and then
    /// [`announce`](Self::announce).
    ///
    /// # Errors
    /// `ERROR_PIPE_CONNECTED` when one has come before, `ERROR_PIPE_NOT_CONNECTED` after a
    /// disconnection, `ERROR_NO_DATA` when either end was closed.
    pub fn connect(&self) -> Result<()> {
        let word = &self.words()[layout::STATE_AT];
        match word.compare_exchange(0, CONNECTED, Ordering::SeqCst, Ordering::SeqCst) {
            Ok(_) => Ok(()),
            Err(_) => match self.state(Side::Server) {
                State::Disconnected => Err(Win32Error::PIPE_NOT_CONNECTED),
                State::Connected => Err(Win32Error::PIPE_CONNECTED),
                State::Broken => Err(Win32Error::BROKEN_PIPE),
                State::Listening | State::Closing => Err(Win32Error::NO_DATA),
            },
        }
    }

    /// Wakes who waits for a client: until one has come, nobody sleeps on anything else.
    pub fn announce(&self) {
        futex::wake(&self.words()[layout::STATE_AT], Scope::Shared, futex::ALL);
    }

    /// The process that hands this connection out while it is listening; 0 if nobody has said so.
    #[must_use]
    pub fn acceptor(&self) -> u32 {
        self.words()[layout::ACCEPTOR_AT].load(Ordering::SeqCst) as u32
    }

    /// Says which process hands this connection out, if it was that one so far.
    pub(in crate::pipe) fn replace_acceptor(&self, before: u32, pid: u32) -> bool {
        let word = &self.words()[layout::ACCEPTOR_AT];
        let (before, pid) = (u64::from(before), u64::from(pid));
        word.compare_exchange(before, pid, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// Says which process hands this connection out.
    pub fn set_acceptor(&self, pid: u32) {
        self.words()[layout::ACCEPTOR_AT].store(pid.into(), Ordering::SeqCst);
    }

    /// `Segment::disconnect`: the server disconnects; what is unread is lost to both sides.
    ///
    /// # Errors
    /// `ERROR_PIPE_LISTENING` before a client came, `ERROR_PIPE_NOT_CONNECTED` the second time.
    pub fn disconnect(&self) -> Result<()> {
        match self.state(Side::Server) {
            State::Listening => return Err(Win32Error::PIPE_LISTENING),
            State::Disconnected => return Err(Win32Error::PIPE_NOT_CONNECTED),
            State::Connected | State::Closing | State::Broken => {}
        }
        let before = self.words()[layout::STATE_AT].fetch_or(DISCONNECTED, Ordering::SeqCst);
        let was_left = self.note_left();
        self.wake_everybody();
        // The word may say what the client has written there.
        let is_first = before & DISCONNECTED == 0 || self.is_spoilt() && !was_left;
        if is_first { Ok(()) } else { Err(Win32Error::PIPE_NOT_CONNECTED) }
    }

    /// Notes that this process does not use it any more; whether that was noted before.
    pub(super) fn note_left(&self) -> bool {
        self.known.fetch_or(LEFT, Ordering::SeqCst) & LEFT != 0
    }

    /// Forgets what was known: another connection begins.
    pub(super) fn forget_known(&self) {
        self.known.store(0, Ordering::SeqCst);
    }

    /// Whether this process has found it spoilt.
    pub(super) fn is_spoilt(&self) -> bool {
        self.known.load(Ordering::Relaxed) & SPOILT != 0
    }

    /// Marks a side as closed and tells everybody.
    pub(super) fn mark_closed(&self, side: Side) {
        self.words()[layout::STATE_AT].fetch_or(side.closed_bit(), Ordering::SeqCst);
        self.wake_everybody();
    }

    /// What was read from the segment cannot be: the pipe is broken from now on, for this process
    /// whatever the other side does.
    #[cold]
    pub(super) fn break_off(&self) -> Win32Error {
        self.known.fetch_or(SPOILT, Ordering::Relaxed);
        self.words()[layout::STATE_AT].fetch_or(BROKEN, Ordering::SeqCst);
        self.wake_everybody();
        Win32Error::BROKEN_PIPE
    }

    /// Wakes all that sleep on this segment; they look again.
    pub(super) fn wake_everybody(&self) {
        let words = self.words();
        // Once a client has come, nobody sleeps on the state.
        if words[layout::STATE_AT].load(Ordering::SeqCst) & CONNECTED == 0 {
            self.announce();
        }
        for queue in layout::QUEUES_AT {
            for bell in [layout::DATA_BELL, layout::SPACE_BELL] {
                // Also those who have armed the bell and do not sleep yet. One who has not armed
                // it looks at the state after arming.
                let word = &words[queue + bell];
                let now = word.load(Ordering::SeqCst);
                if super::bell::is_armed(now) {
                    word.store(super::bell::rung(now), Ordering::SeqCst);
                    futex::wake(word, Scope::Shared, futex::ALL);
                }
            }
            for lock in [layout::WRITE_LOCK, layout::READ_LOCK] {
                let word = &words[queue + lock];
                if super::lock::is_contended(word.load(Ordering::SeqCst)) {
                    futex::wake(word, Scope::Shared, futex::ALL);
                }
            }
        }
    }

    /// Gives the memory of a part of the file back; it reads as zeros from then on.
    pub(super) fn give_back(&self, offset: u64, length: u64) -> Result<()> {
        let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
        Ok(fallocate(&self.file, flags, offset, length)?)
    }
}

fn quota_words(settings: Settings) -> [u64; 2] {
    let messages = if settings.messages { MESSAGES } else { 0 };
    [settings.to_client_quota, settings.to_server_quota].map(|quota| u64::from(quota) | messages)
}

fn quota_word(settings: Settings, index: usize) -> u64 {
    quota_words(settings)[index]
}

fn total_bytes(settings: Settings) -> u64 {
    layout::HEADER_BYTES as u64
        + layout::ring_bytes(settings.to_client_quota)
        + layout::ring_bytes(settings.to_server_quota)
}

#[cfg(test)]
mod tests {
    use super::{Segment, Settings, Side, State, Win32Error};
    use rustix::fs::{FallocateFlags, MemfdFlags, fallocate, ftruncate, memfd_create};
    use std::os::fd::OwnedFd;

    const SETTINGS: Settings =
        Settings { messages: true, to_client_quota: 10, to_server_quota: 1 << 20 };

    fn opened(segment: &Segment) -> Segment {
        Segment::open(segment.fd().try_clone_to_owned().unwrap()).unwrap()
    }

    #[test]
    fn a_segment_is_the_same_to_both_sides_and_keeps_its_size() {
        let segment = Segment::create(SETTINGS).unwrap();
        let other = opened(&segment);
        assert_eq!(other.settings(), SETTINGS);
        segment.connect().unwrap();
        assert_eq!(other.state(Side::Client), State::Connected);
        assert!(ftruncate(other.fd(), 0).is_err());
        assert!(ftruncate(other.fd(), 1 << 30).is_err());
        assert!(fallocate(other.fd(), FallocateFlags::empty(), 1 << 30, 4096).is_err());
    }

    #[test]
    fn states_follow_each_other() {
        let segment = Segment::create(SETTINGS).unwrap();
        assert_eq!(segment.disconnect(), Err(Win32Error::PIPE_LISTENING));
        segment.connect().unwrap();
        assert_eq!(segment.connect(), Err(Win32Error::PIPE_CONNECTED));
        segment.mark_closed(Side::Client);
        assert_eq!(segment.connect(), Err(Win32Error::NO_DATA));
        segment.disconnect().unwrap();
        assert_eq!(segment.disconnect(), Err(Win32Error::PIPE_NOT_CONNECTED));
        assert_eq!(segment.state(Side::Client), State::Disconnected);
        assert_eq!(segment.break_off(), Win32Error::BROKEN_PIPE);
        assert_eq!(opened(&segment).state(Side::Client), State::Broken);
    }

    #[test]
    fn what_is_no_segment_is_refused() {
        let refused = |file: OwnedFd| Segment::open(file).unwrap_err();
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = memfd_create("not sealed", flags).unwrap();
        ftruncate(&file, 4096 + (512 << 10)).unwrap();
        assert_eq!(refused(file.try_clone().unwrap()), Win32Error::BROKEN_PIPE);
        rustix::fs::fcntl_add_seals(&file, super::SEALS).unwrap();
        // Sealed, but empty.
        assert_eq!(refused(file), Win32Error::BROKEN_PIPE);
        let segment = Segment::create(SETTINGS).unwrap();
        let place = &segment.words()[super::layout::QUOTAS_AT];
        place.store(u64::MAX, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(refused(segment.fd().try_clone_to_owned().unwrap()), Win32Error::BROKEN_PIPE);
        assert!(Segment::open(std::fs::File::open("/dev/null").unwrap().into()).is_err());
    }
}
