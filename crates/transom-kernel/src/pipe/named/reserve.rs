//! Connections that this process has closed as a client, and may use again.
//!
//! A short conversation costs less than what connecting for it does. So the memory of a connection
//! that was closed in order stays here for a while, with its lifeline. If the server listens again on the
//! same instance, and that is the one whose turn it is (the name's file says so), it is
//! [claimed](crate::pipe::channel::End::claim) without asking anybody.

use super::client::{ClientRequest, check_direction};
use super::connection::Connection;
use super::object::NamedPipe;
use super::registry::{FileIdentity, NameFile};
use crate::executive::current;
use crate::namespace::device_name::DeviceName;
use crate::sync::sleep;
use rustix::process::{getegid, geteuid};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many connections are kept of one name.
const MOST_OF_A_NAME: usize = 8;
/// Of how many names.
const MOST_NAMES: usize = 8;

/// What a client's end was opened with.
#[derive(Debug)]
pub(super) struct Opened {
    /// The name of the name's file.
    pub(super) name: String,
    pub(super) access: u32,
}

/// The names of which something is kept.
static NAMES: Mutex<Vec<Known>> = Mutex::new(Vec::new());

/// A name of which something is kept, or was a moment ago.
#[derive(Debug)]
struct Known {
    name: String,
    file: NameFile,
    kept: Vec<Kept>,
}

/// A connection that was closed.
#[derive(Debug)]
struct Kept {
    connection: Arc<Connection>,
    /// What the server has let this user do.
    access: u32,
    user: (u32, u32),
}

/// The names, unless a thread has them that was terminated: then nothing is kept any more.
fn names() -> Option<MutexGuard<'static, Vec<Known>>> {
    sleep::lock_soon(&NAMES)
}

/// Who the server would see.
fn user() -> (u32, u32) {
    (geteuid().as_raw(), getegid().as_raw())
}

/// Opens a connection of before once more; `None` if none is offered, or it is not its turn.
pub(super) fn open(name: &DeviceName, request: &ClientRequest) -> Option<Arc<NamedPipe>> {
    let mut names = names()?;
    let known =
        names.iter_mut().find(|known| known.name == name.file() && !known.kept.is_empty())?;
    // The file may be that of servers who are gone. Then nothing of it is offered.
    let listing = known.file.listing().ok()?;
    check_direction(listing.terms.direction, request.access).ok()?;
    let times = listing.servers.iter().map(|server| server.listening_since);
    let first = times.filter(|since| *since != 0).min()?;
    let (claimed, identity) = (known.claim(first, request.access), known.file.identity());
    drop(names);
    let connection = claimed.filter(|connection| connection.has_peer())?;
    connection.end().tell_of_claim();
    Some(NamedPipe::client(connection, name, request, listing.terms, identity))
}

/// Keeps a connection that was closed: of which name, and with what access it was opened.
pub(super) fn keep(opened: &Opened, identity: FileIdentity, connection: Arc<Connection>) {
    let new = Kept { connection, access: opened.access, user: user() };
    let Some(mut names) = names() else { return };
    let mut over = sort_out(&mut names, Some(identity));
    let place = names.iter().position(|known| known.file.identity() == identity);
    if let Some(known) = place.map(|place| &mut names[place]) {
        if known.kept.len() == MOST_OF_A_NAME {
            over.push(known.kept.remove(0));
        }
        known.kept.push(new);
    } else if let Some(file) = opened.file().filter(|file| file.identity() == identity)
        && names.len() < MOST_NAMES
    {
        names.push(Known { name: opened.name.clone(), file, kept: vec![new] });
    }
}

/// Lets go of what cannot be used again.
pub(super) fn tidy() {
    let over = names().map(|mut names| sort_out(&mut names, None));
    drop(over);
}

/// Takes out what servers will not offer any more, and names (but for one) of which nothing is kept.
fn sort_out(names: &mut Vec<Known>, but_for: Option<FileIdentity>) -> Vec<Kept> {
    let is_over = |kept: &mut Kept| kept.connection.end().is_retired();
    let over = names.iter_mut().flat_map(|known| known.kept.extract_if(.., is_over)).collect();
    names.retain(|known| !known.kept.is_empty() || Some(known.file.identity()) == but_for);
    over
}

impl Opened {
    fn file(&self) -> Option<NameFile> {
        NameFile::open(current().namespace().ok()?, &self.name, false).ok()?
    }
}

impl Known {
    /// Claims the connection that is offered since then.
    fn claim(&mut self, since: u64, access: u32) -> Option<Arc<Connection>> {
        let user = user();
        let may = |kept: &Kept| access & !kept.access == 0 && kept.user == user;
        let claims = |kept: &Kept| may(kept) && kept.connection.end().claim(since);
        let place = self.kept.iter().position(claims)?;
        Some(self.kept.remove(place).connection)
    }
}

/// The lock of this room, around a `fork`.
pub(super) struct Frozen(MutexGuard<'static, Vec<Known>>);

/// Takes the lock.
pub(super) fn freeze() -> Frozen {
    Frozen(NAMES.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Frozen {
    /// In the new process: the connections are its parent's to use again.
    pub(super) fn start_anew(&mut self) {
        self.0.clear();
    }
}
