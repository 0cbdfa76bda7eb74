//! A server's end while it listens: on memory that is new, or on that of the connection before,
//! offered once more to the client which had it.

use super::connection::Connection;
use super::object::{NamedPipe, Traits, traits_of};
use super::served::{self, ServedName, lock};
use crate::error::{Result, Win32Error};
use crate::io::Lane;
use crate::pipe::channel::{Segment, Settings, Side, State};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// What only a server's end has.
#[derive(Debug)]
pub(super) struct Instance {
    /// The name, if it is this process that hands the instance out.
    served: Mutex<Option<Arc<ServedName>>>,
    /// Held while this process takes the instance over from another, and while it goes on from one
    /// connection to the next.
    changing: Mutex<()>,
    /// Since when it listens, 0 when it does not.
    listening_since: AtomicU64,
    settings: Settings,
}

/// How a server's end is to be.
pub(super) struct NewServer {
    pub(super) served: Arc<ServedName>,
    pub(super) settings: Settings,
    pub(super) traits: Traits,
    pub(super) mode: Traits,
}

/// New memory, for this process to hand out.
fn fresh(settings: Settings) -> Result<Arc<Connection>> {
    let segment = Segment::create(settings)?;
    segment.set_acceptor(std::process::id());
    Ok(Connection::new(segment, Side::Server, None))
}

impl Instance {
    pub(super) const fn new(served: Option<Arc<ServedName>>, settings: Settings) -> Self {
        Self {
            served: Mutex::new(served),
            changing: Mutex::new(()),
            listening_since: AtomicU64::new(0),
            settings,
        }
    }

    /// The name, if this process has served it.
    pub(super) fn served(&self) -> Option<Arc<ServedName>> {
        lock(&self.served).clone()
    }
}

impl NamedPipe {
    /// An instance that listens from now on.
    ///
    /// # Errors
    /// `ERROR_TOO_MANY_OPEN_FILES`, `ERROR_NOT_ENOUGH_MEMORY` when there is no room.
    pub(super) fn serve(new: NewServer) -> Result<Arc<Self>> {
        let connection = fresh(new.settings)?;
        let traits = new.traits | new.mode | traits_of(new.served.terms());
        let instance = Instance::new(Some(Arc::clone(&new.served)), new.settings);
        let pipe = Self::server(traits, new.served.identity(), connection, instance);
        pipe.begin_listening(&new.served)?;
        Ok(pipe)
    }

    fn instance(&self) -> Result<&Instance> {
        self.server.as_ref().ok_or(Win32Error::INVALID_FUNCTION)
    }

    fn begin_listening(&self, served: &ServedName) -> Result<()> {
        self.listen_since(served, served.next_since())
    }

    fn listen_since(&self, served: &ServedName, since: u64) -> Result<()> {
        self.instance()?.listening_since.store(since, Ordering::SeqCst);
        served.listen(since, self.weak())
    }

    /// Goes on listening, after a client was not let in for want of room.
    pub(super) fn listen_still(&self, served: &ServedName) {
        let since =
            self.server.as_ref().map(|server| server.listening_since.load(Ordering::SeqCst));
        if let Some(since) = since.filter(|since| *since != 0) {
            // What the file says can be wrong for a while.
            let _ = self.listen_since(served, since);
        }
    }

    /// A client is about to be given the other end. From then on somebody may take this end out of
    /// the process, so its lifeline must be shown.
    pub(super) fn show_connected(&self) {
        if let Some(server) = &self.server {
            server.listening_since.store(0, Ordering::SeqCst);
        }
        self.publish_again();
    }

    /// Finds out whether the client of before has claimed what it was offered: then the instance
    /// does not listen any more. Whether that is new.
    pub(super) fn note_claim(&self) -> bool {
        let Some(server) = &self.server else { return false };
        // In this order: it is since then that the connection listens.
        let since = server.listening_since.load(Ordering::SeqCst);
        if since == 0 || self.borrow().end().state() == State::Listening {
            return false;
        }
        let (order, place) = (Ordering::SeqCst, &server.listening_since);
        let is_first = place.compare_exchange(since, 0, order, order).is_ok();
        if is_first && let Some(served) = server.served() {
            served.stop_listening(since);
        }
        is_first
    }

    /// A client has been given the other end: whoever waits for that is woken.
    pub(super) fn connected(&self) {
        self.requests().pump_lane(Lane::Control);
    }

    /// Listens for another client, after a disconnection.
    ///
    /// # Errors
    /// `ERROR_INVALID_FUNCTION` for a client's end, and as for [`serve`](Self::serve).
    pub(super) fn listen_anew(&self) -> Result<()> {
        self.note_claim();
        let server = self.instance()?;
        let served = self.own_served()?;
        let _one_at_a_time = lock(&server.changing);
        if self.borrow().end().state() != State::Disconnected {
            // Another thread was first.
            return Ok(());
        }
        self.forget_read();
        if self.offer_again(&served)? {
            return Ok(());
        }
        if self.replace(fresh(server.settings)?) {
            self.begin_listening(&served)?;
        }
        Ok(())
    }

    /// Offers the connection's memory to the client that has just left it, if it has kept its side.
    fn offer_again(&self, served: &ServedName) -> Result<bool> {
        if self.is_shared() {
            return Ok(false);
        }
        let since = served.next_since();
        let connection = {
            let place = self.exchange();
            // Nobody must be within an operation on the connection of before.
            if Arc::strong_count(&place) != 1 || !place.end().offer(since) {
                return Ok(false);
            }
            Arc::clone(&place)
        };
        if self.requests().is_overlapped() || self.mode().1 {
            // No thread sleeps until it is claimed.
            connection.expect_doorbell();
        }
        self.listen_since(served, since)?;
        Ok(true)
    }

    /// Takes an offer back, because another client is there; the new connection for that one. `None`
    /// if the client of before was faster.
    ///
    /// # Errors
    /// As for [`serve`](Self::serve): then the offer stands.
    pub(super) fn withdraw(&self, offered: &Connection) -> Result<Option<Arc<Connection>>> {
        let server = self.instance()?;
        let new = fresh(server.settings)?;
        let _one_at_a_time = lock(&server.changing);
        if !offered.end().segment().withdraw() {
            return Ok(None);
        }
        offered.note_withdrawn();
        let is_new = self.replace(Arc::clone(&new));
        // Who sleeps until a client comes goes on to the new one.
        offered.end().segment().announce();
        Ok(is_new.then_some(new))
    }

    /// The connection to which the instance has gone on while somebody waited for a client on
    /// another; `None` if it was disconnected.
    pub(super) fn gone_on(&self, from: &Connection) -> Option<Arc<Connection>> {
        let server = self.server.as_ref()?;
        let _settled = lock(&server.changing);
        from.is_withdrawn().then(|| self.connection())
    }

    /// Goes on to another connection after a disconnection; `false` if another thread was first.
    pub(super) fn replace(&self, new: Arc<Connection>) -> bool {
        new.belong_to(self.weak());
        self.keep_shared();
        let old = {
            let mut place = self.exchange();
            if place.end().state() != State::Disconnected {
                return false;
            }
            std::mem::replace(&mut *place, new)
        };
        old.end().segment().retire();
        drop(old);
        self.publish_again();
        true
    }

    /// The name as one that this process serves: where another did so far, it is taken over.
    pub(super) fn own_served(&self) -> Result<Arc<ServedName>> {
        let mut place = lock(&self.instance()?.served);
        if let Some(served) = place.as_ref().filter(|served| served.is_of_this_process()) {
            return Ok(Arc::clone(served));
        }
        super::door::open()?;
        let served = served::take_over(self.name_file())?;
        *place = Some(Arc::clone(&served));
        Ok(served)
    }

    /// Sees to it that this process hands the instance out while it listens.
    ///
    /// # Errors
    /// As for [`served::take_over`].
    pub(super) fn hand_out(&self) -> Result<()> {
        let server = self.instance()?;
        let _one_at_a_time = lock(&server.changing);
        if server.served().is_some_and(|served| served.is_of_this_process()) {
            return Ok(());
        }
        let served = self.own_served()?;
        let connection = self.connection();
        let segment = connection.end().segment();
        let (before, own) = (segment.acceptor(), std::process::id());
        let listens = connection.end().state() == State::Listening;
        if listens {
            // First, so that there is no moment at which nobody listens.
            self.begin_listening(&served)?;
        }
        segment.set_acceptor(own);
        // Once a client has come, the word may be anything.
        if listens && before != own { served.take_from(before) } else { Ok(()) }
    }

    /// Clients do not find it any more through this process. `counted`: it is one of the instances
    /// that this process has.
    pub(super) fn stop_serving(&self, counted: bool) {
        let Some(server) = &self.server else { return };
        let Some(served) = lock(&server.served).take() else { return };
        let since = server.listening_since.swap(0, Ordering::SeqCst);
        if !served.is_of_this_process() {
            // The process that this one was forked from goes on serving it.
            return;
        }
        if self.is_shared() {
            served.share();
        }
        if since != 0 {
            served.stop_listening(since);
        }
        if counted {
            served.leave();
        }
    }
}
