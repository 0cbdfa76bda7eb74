//! Which lifelines the kernel has hung up, asked for all connections of this process at once.
//!
//! An operation on a connection must not go well after the other side was killed. Asking the
//! kernel about each connection before each operation costs as much as the operation. So all
//! lifelines are in one `epoll` set, and whoever has to know asks whether any was hung up since it
//! was asked last; if that was a moment ago, it is not asked.

use super::connection::Connection;
use crate::error::{Result, Win32Error};
use crate::namespace::forks;
use crate::sync::moment::Moment;
use crate::sync::sleep;
use crate::sync::wait::clock::AT_ONCE;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::event::{PollFd, PollFlags, poll};
use std::collections::HashMap;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// How many are told of at once.
const MOST: usize = 16;

static SET: Mutex<Option<Set>> = Mutex::new(None);
/// When the kernel was asked last.
static ASKED: Moment = Moment::long_ago();

#[derive(Debug)]
struct Set {
    epoll: Arc<OwnedFd>,
    /// A process that was forked from ours must not take our answers.
    forks: u32,
    connections: HashMap<u64, Weak<Connection>>,
    next: u64,
}

/// A lifeline's place in the set, until dropped.
#[derive(Debug)]
pub(super) struct Place {
    token: u64,
    epoll: Arc<OwnedFd>,
    lifeline: Arc<OwnedFd>,
    forks: u32,
}

/// The set, unless another thread has it for longer than it needs: one that was terminated has it
/// for good. Then everybody asks about his own connection.
fn lock_soon() -> Option<MutexGuard<'static, Option<Set>>> {
    sleep::lock_soon(&SET)
}

/// Enters a connection's lifeline.
///
/// # Errors
/// What `epoll` reports when there is no room.
pub(super) fn enter(lifeline: &Arc<OwnedFd>, connection: &Weak<Connection>) -> Result<Place> {
    let mut place = lock_soon().ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
    let forks = forks();
    if place.as_ref().is_none_or(|set| set.forks != forks) {
        let epoll = Arc::new(epoll::create(CreateFlags::CLOEXEC)?);
        *place = Some(Set { epoll, forks, connections: HashMap::new(), next: 0 });
    }
    let Some(set) = &mut *place else { return Err(Win32Error::NO_SYSTEM_RESOURCES) };
    let token = set.next;
    // Each is told of once.
    let flags = EventFlags::RDHUP | EventFlags::ET;
    epoll::add(&*set.epoll, &**lifeline, EventData::new_u64(token), flags)?;
    set.next += 1;
    set.connections.insert(token, Weak::clone(connection));
    Ok(Place { token, epoll: Arc::clone(&set.epoll), lifeline: Arc::clone(lifeline), forks })
}

/// Whether the kernel has hung one up now.
pub(super) fn is_hung_up(socket: &OwnedFd) -> bool {
    let mut fds = [PollFd::new(socket, PollFlags::RDHUP)];
    poll(&mut fds, Some(&AT_ONCE)).is_ok_and(|ready| ready > 0)
}

impl Place {
    /// Whether it is of this process, and not of the one this was forked from.
    pub(super) fn is_current(&self) -> bool {
        self.forks == forks()
    }

    /// Sees to it that the end of each connection's other side is known that came more than a
    /// moment ago; as of when it is known. `None` if that cannot be found out for all.
    #[inline]
    pub(super) fn look(&self) -> Option<u64> {
        if ASKED.is_recent() { Some(ASKED.get()) } else { ask() }
    }
}

/// Asks the kernel; when that was.
#[cold]
pub(super) fn ask() -> Option<u64> {
    let nothing = Event { flags: EventFlags::empty(), data: EventData::new_u64(0) };
    let mut events = [nothing; MOST];
    let mut lost = Vec::new();
    // Held until all is noted: another thread would not be told of the same again.
    let set = lock_soon()?;
    let set = set.as_ref().filter(|set| set.forks == forks())?;
    loop {
        let now = Moment::now();
        let count = epoll::wait(set.epoll.as_fd(), &mut events, Some(&AT_ONCE)).ok()?;
        for event in &events[..count] {
            let found = set.connections.get(&event.data.u64()).and_then(Weak::upgrade);
            found.iter().for_each(|connection| connection.lose_peer());
            lost.extend(found);
        }
        if count < MOST {
            ASKED.set(now);
            return Some(now);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.is_current() {
            return;
        }
        if let Some(set) = lock_soon().as_deref_mut().and_then(Option::as_mut) {
            set.connections.remove(&self.token);
        }
        // Another process may have the lifeline, too, so closing it is not enough.
        let _ = epoll::delete(&*self.epoll, &*self.lifeline);
    }
}

/// The lock of this room, around a `fork`.
pub(super) struct Frozen {
    _set: MutexGuard<'static, Option<Set>>,
}

/// Takes the lock.
pub(super) fn freeze() -> Frozen {
    Frozen { _set: SET.lock().unwrap_or_else(PoisonError::into_inner) }
}
