//! One end of a connection, as this process holds it: the channel, the lifeline that leads to the
//! other side, and the requests that wait.

use crate::error::Result;
use crate::executive::{Ready, Watch, watch};
use crate::pipe::channel::{BeforeSleep, End, Segment, Side, State};
use rustix::event::epoll::EventFlags;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{RecvFlags, recv};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use transom_sys::processor;

/// After so many ticks (some ten microseconds) without a look, the lifeline is looked at before
/// an operation is believed to have somebody at the other end.
const TRUSTED_TICKS: u64 = 60_000;

/// One end of a connection.
#[derive(Debug)]
pub(crate) struct Connection {
    end: End,
    me: Weak<Self>,
    /// When the lifeline was last looked at.
    looked: AtomicU64,
    watch: Mutex<Watching>,
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
            looked: AtomicU64::new(0),
            watch: Mutex::new(Watching::NotYet),
        })
    }

    /// The channel.
    #[inline]
    pub(crate) const fn end(&self) -> &End {
        &self.end
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
        let now = processor::ticks();
        if now.wrapping_sub(self.looked.load(Ordering::Relaxed)) > TRUSTED_TICKS {
            self.look_at_peer();
            self.looked.store(now, Ordering::Relaxed);
        }
    }

    /// Notes that an operation went well just now.
    #[inline]
    pub(crate) fn note_alive(&self) {
        self.looked.store(processor::ticks(), Ordering::Relaxed);
    }

    #[cold]
    fn look_at_peer(&self) {
        let Some(lifeline) = self.end.lifeline() else { return };
        let mut fds = [PollFd::new(lifeline, PollFlags::RDHUP)];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        if poll(&mut fds, Some(&at_once)).is_ok_and(|ready| ready > 0) {
            self.end.peer_is_gone();
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
            Watching::Since(watch) => watch.is_on(),
            Watching::Over => true,
        };
        if !is_on {
            let flags = EventFlags::IN | EventFlags::RDHUP;
            let me: Weak<dyn Ready> = Weak::clone(&self.me) as _;
            *watching = Watching::Since(watch(lifeline.as_fd(), flags, me)?);
        }
        Ok(())
    }

    fn stop_watching(&self) {
        let mut watching = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *watching, Watching::Over);
        if let (Watching::Since(watch), Some(lifeline)) = (before, self.end.lifeline()) {
            watch.end(lifeline.as_fd());
        }
    }

    /// Takes the bytes that have rung the doorbell.
    fn silence(&self) {
        let Some(lifeline) = self.end.lifeline() else { return };
        let mut bytes = [0; 64];
        // A peer that rings without an end is answered a number of times, and again later.
        for _ in 0..64 {
            match recv(lifeline, &mut bytes[..], RecvFlags::DONTWAIT) {
                Ok((count, _)) if count > 0 => {}
                _ => break,
            }
        }
    }
}

impl BeforeSleep for Connection {
    fn before_sleep(&self) {
        // If it cannot be watched, the wait ends when the other side closes its end in order.
        let _ = self.watch_peer();
    }
}

impl Ready for Connection {
    fn ready(self: Arc<Self>, flags: EventFlags) {
        if flags.intersects(EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR) {
            self.stop_watching();
            self.end.peer_is_gone();
        } else {
            self.silence();
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.stop_watching();
    }
}
