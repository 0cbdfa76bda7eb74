//! One end of a connection, as a process holds it.

use super::bell::{ANY, Bell, NEVER, Struck};
use super::holder::{self, Identity};
use super::layout::{self, DOORBELLS_AT, PROCESSORS_AT};
use super::line::Line;
use super::lock::{self, Attempt, Release};
use super::queue::{Queue, Spoilt};
use super::segment::Segment;
use super::state::{Side, State};
use super::wait::{LOOK_AGAIN_MS, Patience, watch};
use crate::error::{Result, Win32Error};
use rustix::net::{SendFlags, send};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use transom_sys::futex::{self, Scope};
use transom_sys::processor;

/// How often a lock is tried before sleeping on it: it is mostly held for some instructions.
const LOCK_TRIES: u32 = 50;
/// A ring that used no more than this keeps its memory.
pub(super) const KEPT_BYTES: u64 = 64 * 1024;

/// One end of a connection. All threads of a process that use the end share one of these; another
/// process that inherits the end has its own for the same segment.
///
/// ```
/// use std::sync::Arc;
/// use transom_kernel::pipe::channel::{End, Patience, ReadMode, Segment, Settings, Side};
///
/// let settings = Settings { messages: true, to_client_quota: 4096, to_server_quota: 4096 };
/// let segment = Segment::create(settings)?;
/// // The client would be another process, to which `segment.fd()` was sent.
/// let client = End::new(Segment::open(segment.fd().try_clone_to_owned()?)?, Side::Client);
/// let server = End::new(segment, Side::Server);
/// server.segment().connect()?;
///
/// client.write(b"question", Patience::FOREVER)?;
/// let mut buffer = [0; 4];
/// let taken = server.read(&mut buffer[..], ReadMode::Message, Patience::FOREVER)?;
/// assert_eq!((taken.bytes, taken.more), (4, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct End {
    pub(super) segment: Arc<Segment>,
    pub(super) side: Side,
    pub(super) readers: Line,
    pub(super) writers: Line,
    pub(super) seen: Seen,
    /// The socket that leads to the other side.
    lifeline: OnceLock<Arc<OwnedFd>>,
}

/// What this process last saw of the other side's counters, so that it need not look at memory
/// that the other processor is changing each time.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) tail: AtomicU64,
    pub(super) jump: AtomicU64,
    pub(super) freed: AtomicU64,
    pub(super) passed: AtomicU64,
}

/// Whether a lock could be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Locked {
    /// It is ours.
    Taken,
    /// It is ours; its last holder died with it, at whatever it was doing.
    FromTheDead,
    /// Somebody else has it for longer.
    Busy,
}

/// Whether to wait for a lock that is held for long.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entering<'a> {
    /// No; what needs the lock for longer does not begin.
    Try,
    /// No; but the lock is kept by what needs it for longer.
    Hold,
    /// Yes.
    Wait(Patience<'a>),
}

impl End {
    /// The end of a segment that belongs to a side.
    #[must_use]
    pub fn new(segment: impl Into<Arc<Segment>>, side: Side) -> Self {
        Self {
            segment: segment.into(),
            side,
            readers: Line::default(),
            writers: Line::default(),
            seen: Seen { jump: AtomicU64::new(u64::MAX), ..Seen::default() },
            lifeline: OnceLock::new(),
        }
    }

    /// `End::tie`: gives the end its lifeline, a socket whose other end only the other side has.
    /// The kernel hangs it up when the last holder of the other side is gone, and a byte that comes
    /// over it is the doorbell: some bell of this side has been struck.
    ///
    /// # Errors
    /// `ERROR_PIPE_CONNECTED` when it has one.
    pub fn tie(&self, lifeline: OwnedFd) -> Result<()> {
        self.lifeline.set(Arc::new(lifeline)).map_err(|_| Win32Error::PIPE_CONNECTED)
    }

    /// The lifeline.
    #[must_use]
    #[inline]
    pub fn lifeline(&self) -> Option<&Arc<OwnedFd>> {
        self.lifeline.get()
    }

    /// `End::want_doorbell`: whether the other side is to ring the doorbell, too, when it strikes a
    /// bell that this side has armed.
    pub fn want_doorbell(&self, wanted: bool) {
        let place = &self.segment.words()[DOORBELLS_AT[self.side as usize]];
        if (place.load(Ordering::Relaxed) != 0) != wanted {
            place.store(wanted.into(), Ordering::SeqCst);
        }
    }

    /// Whether this side has asked for its doorbell.
    #[must_use]
    pub fn wants_doorbell(&self) -> bool {
        self.segment.words()[DOORBELLS_AT[self.side as usize]].load(Ordering::Relaxed) != 0
    }

    /// Rings the other side's doorbell, if it wants that.
    #[cold]
    pub fn ring(&self) {
        let place = DOORBELLS_AT[self.side.other() as usize];
        if self.segment.words()[place].load(Ordering::SeqCst) != 0
            && let Some(lifeline) = self.lifeline.get()
        {
            // Where there is no room, enough bytes lie there that were not noticed yet; where the
            // other side is gone, nobody waits.
            let _ = send(lifeline, &[1], SendFlags::DONTWAIT | SendFlags::NOSIGNAL);
        }
    }

    /// The memory it shares with the other end.
    #[must_use]
    pub const fn segment(&self) -> &Arc<Segment> {
        &self.segment
    }

    /// Which end it is.
    #[must_use]
    pub const fn side(&self) -> Side {
        self.side
    }

    /// The state of the connection.
    #[must_use]
    #[inline]
    pub fn state(&self) -> State {
        self.segment.state(self.side)
    }

    #[inline]
    pub(super) fn incoming(&self) -> Result<Queue<'_>> {
        self.segment.queue(self.side.other())
    }

    #[inline]
    pub(super) fn outgoing(&self) -> Result<Queue<'_>> {
        self.segment.queue(self.side)
    }

    #[inline]
    pub(super) fn sound<T>(&self, result: Result<T, Spoilt>) -> Result<T> {
        match result {
            Ok(value) => Ok(value),
            Err(Spoilt) => Err(self.segment.break_off()),
        }
    }

    /// `End::close`: the last holder of this end lets go of it. The other side can read what was
    /// written, and is told that nobody is here any more. Writes that still wait must be cancelled
    /// before.
    pub fn close(&self) {
        self.segment.mark_closed(self.side);
        self.ring();
    }

    /// `End::disconnect`: the server disconnects, as [`Segment::disconnect`] says.
    ///
    /// # Errors
    /// As for that.
    pub fn disconnect(&self) -> Result<()> {
        self.segment.disconnect()?;
        self.ring();
        Ok(())
    }

    /// `End::await_client`: waits until a client has come, or the connection is over.
    ///
    /// # Errors
    /// `ERROR_OPERATION_ABORTED` and `ERROR_SEM_TIMEOUT` when patience is over, and when this side
    /// closes its end.
    pub fn await_client(&self, patience: Patience<'_>) -> Result<()> {
        let word = self.state_word();
        // Before the state is looked at: who changes it looks at this afterwards.
        self.segment.words()[layout::AWAITED_AT].store(1, Ordering::SeqCst);
        loop {
            let seen = word.load(Ordering::SeqCst);
            if self.segment.state(self.side) != State::Listening {
                return Ok(());
            }
            if self.is_closed() {
                return Err(Win32Error::OPERATION_ABORTED);
            }
            patience.sleep(word, seen, Scope::Shared, None)?;
        }
    }

    /// Whether another process has, or had, this end, too.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        let place = layout::SHARED_AT[self.side as usize];
        self.segment.words()[place].load(Ordering::SeqCst) != 0
    }

    /// Notes that another process has this end, too.
    pub fn set_shared(&self) {
        let place = layout::SHARED_AT[self.side as usize];
        self.segment.words()[place].store(1, Ordering::SeqCst);
    }

    /// Whether this side has closed its end.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.state_word().load(Ordering::SeqCst) & self.side.closed_bit() != 0
    }

    /// `End::peer_is_gone`: the other side died. Its unread writes that were not complete are
    /// removed; everybody who waits is woken.
    pub fn peer_is_gone(&self) {
        if matches!(self.state(), State::Closing | State::Disconnected | State::Broken) {
            return;
        }
        // Nobody writes any more: what lies further ahead of the reader than the quota allows
        // belongs to writes that had not completed.
        if let Ok(queue) = self.incoming() {
            let limit = queue.get(layout::PASSED).saturating_add(queue.quota).saturating_add(1);
            let place = queue.word(layout::LIMIT);
            // The first one who notices decides.
            let _ = place.compare_exchange(0, limit, Ordering::SeqCst, Ordering::SeqCst);
        }
        self.segment.mark_closed(self.side.other());
    }

    /// Takes one of the locks that the holders of this end share.
    pub(super) fn lock(
        &self,
        queue: &Queue<'_>,
        place: usize,
        me: Identity,
        entering: Entering<'_>,
    ) -> Result<Locked> {
        match queue.lock(place).attempt(me, false) {
            Attempt::Taken => Ok(Locked::Taken),
            Attempt::Held(_) => self.lock_slowly(queue, place, me, entering),
        }
    }

    #[cold]
    fn lock_slowly(
        &self,
        queue: &Queue<'_>,
        place: usize,
        me: Identity,
        entering: Entering<'_>,
    ) -> Result<Locked> {
        let lock = queue.lock(place);
        let mut woken = false;
        let mut tries = 0;
        loop {
            let Attempt::Held(seen) = lock.attempt(me, woken) else { return Ok(Locked::Taken) };
            let long = lock::is_long(seen);
            let may_wait = matches!(entering, Entering::Wait(_));
            if !may_wait && long {
                return match lock::holder(seen) {
                    Some(dead) if !holder::runs(dead) && lock.inherit(seen, me) => {
                        Ok(Locked::FromTheDead)
                    }
                    _ => Ok(Locked::Busy),
                };
            }
            if !long && tries < LOCK_TRIES {
                tries += 1;
                std::hint::spin_loop();
                continue;
            }
            // Whoever has it may have died, or died after it was woken to take it.
            match lock::holder(seen) {
                Some(other) if !holder::runs(other) => {
                    if lock.inherit(seen, me) {
                        return Ok(Locked::FromTheDead);
                    }
                    continue;
                }
                _ => {}
            }
            let Some(value) = lock.contend(seen) else { continue };
            match self.state() {
                State::Broken => return Err(Win32Error::BROKEN_PIPE),
                State::Disconnected => return Err(Win32Error::PIPE_NOT_CONNECTED),
                _ => {}
            }
            let patience = match entering {
                Entering::Try | Entering::Hold => Patience::FOREVER,
                Entering::Wait(patience) => patience,
            };
            let late = patience.sleep(queue.word(place), value, Scope::Shared, Some(LOOK_AGAIN_MS));
            woken = true;
            if late? && !may_wait {
                return Ok(Locked::Busy);
            }
        }
    }

    /// Lets go of a lock.
    #[inline]
    pub(super) fn unlock(&self, queue: &Queue<'_>, place: usize, me: Identity) {
        let lock = queue.lock(place);
        match lock.release(me) {
            Release::Done => {}
            Release::Wake => {
                let word = queue.word(place);
                if futex::wake(word, Scope::Shared, 1) == 0 && lock.calm() {
                    futex::wake(word, Scope::Shared, 1);
                }
            }
            Release::Lost => drop(self.segment.break_off()),
        }
    }

    /// Strikes a bell after counters were moved, and tells who waits for them.
    #[inline]
    pub(super) fn strike(&self, bell: &Bell<'_, AtomicU64>, reached: [u64; 2]) {
        let Struck { sleepers, requests } = bell.strike(reached);
        if sleepers {
            futex::wake(bell.word, Scope::Shared, futex::ALL);
        }
        if requests {
            self.ring();
        }
    }

    /// Says on which processor this end is at work.
    #[inline]
    pub(super) fn note_processor(&self) -> u64 {
        let number = u64::from(processor::current());
        let place = &self.segment.words()[PROCESSORS_AT[self.side as usize]];
        if place.load(Ordering::Relaxed) != number {
            place.store(number, Ordering::Relaxed);
        }
        number
    }

    /// Does a step again and again until it is done, sleeping in between until a bell is struck.
    ///
    /// `step` is told whether there is reason to suspect that somebody died. It gives what it
    /// waits for: marks of the bell.
    pub(super) fn until_done<T>(
        &self,
        bell: &Bell<'_, AtomicU64>,
        counter: &AtomicU64,
        patience: Patience<'_>,
        mut step: impl FnMut(bool) -> Result<Step<T>>,
    ) -> Result<T> {
        let mut armed: Option<(u64, [u64; 2])> = None;
        let mut suspicious = false;
        let mut has_watched = false;
        let mut idle = false;
        loop {
            let seen = counter.load(Ordering::Acquire);
            let marks = match step(suspicious)? {
                Step::Done(value) => return Ok(value),
                Step::Blocked(marks) => marks,
            };
            suspicious = false;
            match armed.take() {
                Some((value, armed_for)) if armed_for == marks => {
                    // A sleep with an end costs more, so it has one only if there is a reason.
                    let most_ms = match marks[1] == LOOK || !idle && self.has_memory_to_spare() {
                        true => Some(LOOK_AGAIN_MS),
                        false => None,
                    };
                    if patience.sleep(bell.word, value, Scope::Shared, most_ms)? {
                        suspicious = true;
                        if !idle {
                            idle = true;
                            self.trim();
                        }
                    }
                    has_watched = false;
                }
                _ => {
                    patience.check()?;
                    let processor = self.note_processor();
                    let theirs = PROCESSORS_AT[self.side.other() as usize];
                    let theirs = self.segment.words()[theirs].load(Ordering::Relaxed);
                    if !has_watched {
                        has_watched = true;
                        let has_moved = || counter.load(Ordering::Acquire) != seen;
                        // One that was not at work yet runs who knows where.
                        let moved = if theirs != processor && theirs != u64::MAX {
                            watch(has_moved)
                        } else {
                            // The other may be waiting for this very processor.
                            std::thread::yield_now();
                            has_moved()
                        };
                        if moved {
                            continue;
                        }
                    }
                    let value = bell.arm(marks);
                    let is_quiet = marks == [ANY, NEVER]
                        && counter.load(Ordering::SeqCst) == seen
                        && self.state() == State::Connected;
                    if is_quiet && !self.has_memory_to_spare() {
                        // The queue is as empty as it was: no need to take the lock again.
                        patience.sleep(bell.word, value, Scope::Shared, None)?;
                        has_watched = false;
                    } else {
                        armed = Some((value, marks));
                    }
                }
            }
        }
    }

    fn has_memory_to_spare(&self) -> bool {
        self.outgoing().is_ok_and(|queue| queue.get(layout::TOUCHED) > KEPT_BYTES)
    }

    /// Gives the memory of the outgoing ring back if nothing is in it and much of it was used.
    /// Only the writing end can do that: it owns the free part. A wait of some length does it by
    /// itself.
    pub fn trim(&self) {
        let Ok(queue) = self.outgoing() else { return };
        if queue.get(layout::TOUCHED) <= KEPT_BYTES {
            return;
        }
        let me = holder::current();
        if self.lock(&queue, layout::WRITE_LOCK, me, Entering::Try) != Ok(Locked::Taken) {
            // Somebody writes, or died; whoever comes next repairs.
            return;
        }
        if queue.get(layout::STREAMING) == 0
            && queue.get(layout::FREED) == queue.get(layout::TAIL)
            && self.segment.give_back(queue.offset, queue.size()).is_ok()
        {
            queue.set(layout::TOUCHED, 0);
        }
        self.unlock(&queue, layout::WRITE_LOCK, me);
    }
}

/// The second mark of a wait that must look again from time to time: it is never reached.
pub(super) const LOOK: u64 = u64::MAX - 1;

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<T> {
    /// It is done.
    Done(T),
    /// It waits until a bell is struck at one of these marks.
    Blocked([u64; 2]),
}
