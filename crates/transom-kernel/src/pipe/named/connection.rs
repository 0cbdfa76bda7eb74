//! One end of a connection, as this process holds it: the channel, the lifeline that leads to the
//! other side, and the requests that wait.

use super::hangup;
use super::object::NamedPipe;
use crate::error::Result;
use crate::executive::{Appointment, Ready, Watch, call_at, watch};
use crate::pipe::channel::{BeforeSleep, End, Segment, Side, State};
use crate::sync::moment::Moment;
use crate::sync::wait::clock;
use rustix::event::epoll::EventFlags;
use rustix::net::{RecvFlags, recv};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

/// One end of a connection.
#[derive(Debug)]
pub(crate) struct Connection {
    end: End,
    me: Weak<Self>,
    /// When an operation last showed that the other side is there.
    looked: Moment,
    /// Whether something was written since something was read.
    has_spoken: AtomicBool,
    /// The lifeline's place among all of this process, once it was looked at.
    place: OnceLock<Option<hangup::Place>>,
    is_lost: AtomicBool,
    watch: Mutex<Watching>,
    /// The object whose end it is.
    owner: Mutex<Weak<NamedPipe>>,
    /// Whether it was offered to a client of before, and that was taken back.
    withdrawn: AtomicBool,
    /// When requests are stepped though nobody rings.
    look: Mutex<Option<(u64, Appointment)>>,
    /// How often somebody slept without the lifeline being watched.
    sleeps: AtomicU32,
}

#[derive(Debug)]
enum Watching {
    NotYet,
    Since(Watch),
    /// The other side is gone.
    Over,
}

impl Connection {
    /// An end of a segment, and its lifeline if somebody is at the other.
    pub(crate) fn new(segment: Segment, side: Side, lifeline: Option<OwnedFd>) -> Arc<Self> {
        let end = End::new(segment, side);
        if let Some(lifeline) = lifeline {
            // A new end has none.
            let _ = end.tie(lifeline);
        }
        Arc::new_cyclic(|me| Self {
            end,
            me: Weak::clone(me),
            looked: Moment::long_ago(),
            has_spoken: AtomicBool::new(false),
            place: OnceLock::new(),
            is_lost: AtomicBool::new(false),
            watch: Mutex::new(Watching::NotYet),
            owner: Mutex::new(Weak::new()),
            withdrawn: AtomicBool::new(false),
            look: Mutex::new(None),
            sleeps: AtomicU32::new(0),
        })
    }

    /// The channel.
    #[inline]
    pub(crate) const fn end(&self) -> &End {
        &self.end
    }

    /// What makes it up in another process: its memory, and its lifeline if it has one.
    pub(super) fn descriptors(&self) -> [Option<BorrowedFd<'_>>; 2] {
        let lifeline = self.end.lifeline().map(|lifeline| lifeline.as_fd());
        [Some(self.end.segment().fd()), lifeline]
    }

    /// The state, after a look at the lifeline: a peer that was killed is gone.
    pub(crate) fn state_now(&self) -> State {
        if self.end.state() == State::Connected {
            self.look_at_peer();
        }
        self.end.state()
    }

    /// Finds out whether the other side is gone, unless that was done just now.
    #[inline]
    pub(crate) fn check_peer(&self) {
        if !self.looked.is_recent() {
            self.look();
        }
    }

    /// As [`check_peer`](Self::check_peer), before something is written.
    #[inline]
    pub(super) fn check_peer_to_write(&self) {
        self.check_peer();
        self.has_spoken.store(true, Ordering::Relaxed);
    }

    fn look(&self) {
        let Some(lifeline) = self.end.lifeline() else { return };
        let enter = || {
            let place = hangup::enter(lifeline, &self.me).ok();
            hangup::ask();
            place
        };
        let place = self.place.get_or_init(enter).as_ref().filter(|place| place.is_current());
        match place.and_then(hangup::Place::look) {
            Some(when) => self.looked.set(when),
            None => self.look_at_peer(),
        }
        if self.is_lost.load(Ordering::Relaxed) {
            // It may have been lost while the instance listened, or was disconnected.
            self.lose_peer();
        }
    }

    /// Whether the kernel had not hung the lifeline up a moment ago.
    pub(super) fn has_peer(&self) -> bool {
        self.look();
        !self.is_lost.load(Ordering::Relaxed)
    }

    /// Notes that the kernel has hung the lifeline up.
    pub(super) fn lose_peer(&self) {
        self.is_lost.store(true, Ordering::Relaxed);
        // An instance that listens does so for others, too.
        if !self.end.is_offered() {
            self.end.peer_is_gone();
        }
    }

    /// Notes that an operation went well just now.
    #[inline]
    pub(crate) fn note_alive(&self) {
        self.looked.set(Moment::now());
    }

    /// Notes that something was read. When that was is of interest only to who asks and is answered
    /// by turns, and the clock costs as much as a lock.
    #[inline]
    pub(super) fn note_read(&self) {
        if self.has_spoken.load(Ordering::Relaxed) {
            self.has_spoken.store(false, Ordering::Relaxed);
            self.note_alive();
        }
    }

    #[cold]
    fn look_at_peer(&self) {
        if self.end.lifeline().is_some_and(|lifeline| hangup::is_hung_up(lifeline)) {
            self.lose_peer();
        }
    }

    /// Has the service thread watch the lifeline, so that the other side's end and its doorbell are
    /// noticed.
    ///
    /// # Errors
    /// `ERROR_NO_SYSTEM_RESOURCES` when it cannot.
    pub(crate) fn watch_peer(&self) -> Result<()> {
        let Some(lifeline) = self.end.lifeline() else { return Ok(()) };
        let mut watching = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let is_on = match &*watching {
            Watching::NotYet => false,
            Watching::Since(watch) => watch.is_current(),
            Watching::Over => true,
        };
        if !is_on {
            let flags = EventFlags::IN | EventFlags::RDHUP;
            let me: Weak<dyn Ready> = Weak::clone(&self.me) as _;
            *watching = Watching::Since(watch(Arc::clone(lifeline), flags, me)?);
        }
        Ok(())
    }

    fn stop_watching(&self) {
        let mut watching = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *watching, Watching::Over);
        drop(watching);
        drop(before);
    }

    /// Says whose requests are stepped when the doorbell rings.
    pub(super) fn belong_to(&self, owner: &Weak<NamedPipe>) {
        *self.owner.lock().unwrap_or_else(PoisonError::into_inner) = Weak::clone(owner);
    }

    fn owner(&self) -> Option<Arc<NamedPipe>> {
        self.owner.lock().unwrap_or_else(PoisonError::into_inner).upgrade()
    }

    /// The instance goes on to another connection, still listening.
    pub(super) fn note_withdrawn(&self) {
        self.withdrawn.store(true, Ordering::SeqCst);
    }

    /// Whether it has done so.
    pub(super) fn is_withdrawn(&self) -> bool {
        self.withdrawn.load(Ordering::SeqCst)
    }

    /// Before a request waits: the other side is to ring, and the service thread to hear it.
    pub(super) fn expect_doorbell(&self) {
        self.end.want_doorbell(true);
        // If it cannot be watched, nobody steps the request: it is looked at from time to time.
        if self.watch_peer().is_err() {
            self.look_again_later();
        }
    }

    /// Whether other processes may take the doorbell's bytes.
    pub(super) fn is_shared(&self) -> bool {
        self.owner().is_some_and(|owner| owner.is_shared())
    }

    /// Has the requests stepped again after a while: somebody may have died, or another process
    /// that has the same end may have heard the doorbell.
    pub(super) fn look_again_later(&self) {
        self.look_again(Duration::from_millis(20));
    }

    /// Has the service thread step the requests as soon as it can.
    pub(super) fn look_again_soon(&self) {
        self.look_again(Duration::ZERO);
    }

    fn look_again(&self, after: Duration) {
        let mut place = self.look.lock().unwrap_or_else(PoisonError::into_inner);
        let at = clock::now().saturating_add(u64::try_from(after.as_nanos()).unwrap_or(u64::MAX));
        if place.as_ref().is_some_and(|(due, _)| *due <= at) {
            return;
        }
        let me: Weak<dyn Ready> = Weak::clone(&self.me) as _;
        *place = call_at(at, me).ok().map(|appointment| (at, appointment));
    }

    /// Steps the requests that wait.
    fn pump(&self) {
        if let Some(owner) = self.owner() {
            owner.pump();
        }
    }

    /// Takes the bytes that have rung the doorbell.
    fn silence(&self) {
        let Some(lifeline) = self.end.lifeline() else { return };
        // Where there are more, the service thread is told again.
        let _ = recv(lifeline, &mut [0; 256][..], RecvFlags::DONTWAIT);
    }
}

impl BeforeSleep for Connection {
    /// The first sleeps are short: many connections are over before it pays to have the lifeline
    /// watched. Then it is looked at.
    fn before_sleep(&self) -> Option<u32> {
        const SHORT_MS: u32 = 10;
        const SHORT_SLEEPS: u32 = 4;
        if self.sleeps.load(Ordering::Relaxed) < SHORT_SLEEPS {
            if self.sleeps.fetch_add(1, Ordering::Relaxed) > 0 {
                self.check_peer();
            }
            return Some(SHORT_MS);
        }
        // If it cannot be watched, the wait ends when the other side closes its end in order.
        let _ = self.watch_peer();
        None
    }
}

impl Ready for Connection {
    fn on_ready(self: Arc<Self>, events: EventFlags) {
        if events.is_empty() {
            self.look.lock().unwrap_or_else(PoisonError::into_inner).take();
        } else if events.intersects(EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR) {
            self.stop_watching();
            self.lose_peer();
        } else {
            self.silence();
        }
        self.pump();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.stop_watching();
    }
}
