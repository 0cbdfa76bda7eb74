//! A server's end that several processes have, after one of them has gone on to another client.
//!
//! The new connection has memory of its own. Who still has the old one finds the new in the
//! published tables of the others, where the end is shown with its descriptors, by the object's id.
//! The same way a holder gets the lifeline of a client whom another has let in.

use super::connection::Connection;
use super::object::NamedPipe;
use crate::handle::duplicate::descriptors_of;
use crate::handle::published;
use crate::object::KernelObject;
use crate::pipe::channel::{End, Segment, Side, State};
use rustix::fs::fstat;
use std::os::fd::OwnedFd;
use std::sync::{Arc, RwLockReadGuard};

/// Whether two ends are of the same connection.
fn is_same(one: &Segment, other: &Segment) -> bool {
    match (fstat(one.fd()), fstat(other.fd())) {
        (Ok(one), Ok(other)) => (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino),
        _ => false,
    }
}

/// Whether the other holders may know more of a connection than this process.
fn is_behind(end: &End) -> bool {
    match end.state() {
        State::Disconnected => true,
        State::Connected | State::Closing => end.lifeline().is_none(),
        State::Listening | State::Broken => false,
    }
}

impl NamedPipe {
    /// The connection an operation is about: on an end that other processes have, the one that they
    /// have gone on to.
    #[inline]
    pub(super) fn keep_up(&self) -> RwLockReadGuard<'_, Arc<Connection>> {
        let connection = self.borrow();
        if self.side() == Side::Client || !is_behind(connection.end()) {
            return connection;
        }
        drop(connection);
        if self.is_shared() {
            self.look_at_holders();
        }
        self.borrow()
    }

    #[cold]
    fn look_at_holders(&self) {
        let own = std::process::id();
        let Ok(holders) = published::holders(self.header().id()) else { return };
        for (pid, handle) in holders.into_iter().filter(|(pid, _)| *pid != own) {
            let Ok([Some(memory), lifeline]) = descriptors_of(pid, handle.value) else { continue };
            let Ok(segment) = Segment::open(memory) else { continue };
            if self.take_up(segment, lifeline) {
                return;
            }
        }
    }

    /// What another holder has; whether it is news.
    pub(super) fn take_up(&self, segment: Segment, lifeline: Option<OwnedFd>) -> bool {
        let connection = self.connection();
        let end = connection.end();
        if is_same(end.segment(), &segment) {
            return lifeline.is_some_and(|lifeline| end.tie(lifeline).is_ok());
        }
        if end.state() != State::Disconnected || segment.state(Side::Server) == State::Disconnected
        {
            return false;
        }
        let was_counted = end.segment().acceptor() == std::process::id();
        self.replace(Connection::new(segment, Side::Server, lifeline));
        self.stop_serving(was_counted);
        if let Some(me) = self.this() {
            super::heir::watch_acceptor(&me);
        }
        true
    }
}
