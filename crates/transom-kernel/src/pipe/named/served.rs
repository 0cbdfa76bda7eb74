//! The names that this process serves: how many instances it has of each, and which of them
//! listen, in the order in which they began to.

use super::door;
use super::hangup;
use super::object::NamedPipe;
use super::registry::{FileIdentity, Listing, NameFile, Server, Terms, Turn, wait_a_moment};
use super::security::Security;
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::namespace::Namespace;
use crate::namespace::device_name::DeviceName;
use crate::object::{ObjectType, downcast};
use crate::pipe::channel::Side;
use crate::security::{SecurityDescriptor, Subject, access_check};
use crate::sync::wait::clock;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use windows_sys::Win32::Storage::FileSystem::FILE_CREATE_PIPE_INSTANCE;

/// What `nMaxInstances` says for as many as there can be.
pub(crate) const UNLIMITED_INSTANCES: u32 = 255;
/// How many may wait for an instance of a name at a process; more look again themselves.
const MOST_WAITING: usize = 4096;
/// How often a name that changes under our hands is looked at again.
const PATIENCE: u32 = 1000;

/// The names this process serves, by their files.
static SERVED: Mutex<Option<HashMap<FileIdentity, Arc<ServedName>>>> = Mutex::new(None);
/// One thread at a time changes how many instances there are: a file's lock does not keep threads
/// of one process apart.
static CHANGING: Mutex<()> = Mutex::new(());

/// A name that this process serves.
#[derive(Debug)]
pub(crate) struct ServedName {
    file: NameFile,
    file_name: String,
    terms: Terms,
    security: Security,
    /// Who made the name.
    owner: u32,
    line: usize,
    /// Which process it is: one that is forked from it serves nothing.
    pid: u32,
    /// Whether another process may have an instance.
    is_shared: AtomicBool,
    instances: Mutex<Instances>,
}

#[derive(Debug, Default)]
struct Instances {
    /// By the time they began to listen.
    listening: BTreeMap<u64, Weak<NamedPipe>>,
    /// When the last one began.
    newest: u64,
    /// What the file says.
    published: u64,
    /// Those who are to be told when an instance listens.
    waiting: Vec<OwnedFd>,
}

/// How a first instance, or a further one, is to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewInstance<'a> {
    pub(super) name: &'a DeviceName,
    pub(super) terms: Terms,
    pub(super) security: &'a SecurityDescriptor,
    /// `FILE_FLAG_FIRST_PIPE_INSTANCE`.
    pub(super) must_be_first: bool,
}

/// Locks a mutex, whatever became of who had it before.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The served name of a file.
pub(super) fn find(identity: FileIdentity) -> Option<Arc<ServedName>> {
    lock(&SERVED).as_ref()?.get(&identity).cloned()
}

/// Enters one more instance of a name that this process makes.
///
/// # Errors
/// - `ERROR_ACCESS_DENIED`: it is not the first although it must be, its direction is another than
///   the first one's, or the first one's security descriptor does not let this user make more.
/// - `ERROR_PIPE_BUSY`: there are as many as the first one allows.
/// - `ERROR_TIMEOUT`: somebody keeps the name's file locked.
pub(super) fn enter(new: &NewInstance<'_>) -> Result<Arc<ServedName>> {
    let namespace = current().namespace()?;
    let _changing = lock(&CHANGING);
    for attempt in 0..PATIENCE {
        if attempt > 0 {
            wait_a_moment(attempt);
        }
        let file = match NameFile::open(namespace, new.name.file(), true)? {
            Some(file) => file,
            None => match begin(namespace, new)? {
                Some(served) => return Ok(served),
                None => continue,
            },
        };
        if let Some(served) = find(file.identity()) {
            drop(file);
            served.add(new)?;
            return Ok(served);
        }
        let turn = file.turn()?;
        if !file.is_linked() {
            continue;
        }
        let listing = match file.listing() {
            Ok(listing) => listing,
            // Made by somebody who was killed before it was written.
            Err(Win32Error::FILE_CORRUPT) => {
                file.remove(&turn, namespace, new.name.file());
                continue;
            }
            Err(error) => return Err(error),
        };
        let (alive, dead): (Vec<Server>, Vec<Server>) =
            listing.servers.iter().partition(|server| server.is_alive());
        if alive.is_empty() && !super::list::is_held(namespace, file.identity(), None) {
            file.remove(&turn, namespace, new.name.file());
            continue;
        }
        for server in &dead {
            file.clear(&turn, server.line)?;
        }
        let listing = Listing { servers: alive, ..listing };
        let (security, owner) = (file.security(&listing)?, file.owner()?);
        check(new, &listing, &security, owner)?;
        let line = file.enter(&turn, &listing)?;
        drop(turn);
        let security = Security::new(listing.security_word, security);
        return Ok(register(file, new.name.file(), listing.terms, security, owner, line));
    }
    Err(Win32Error::TIMEOUT)
}

/// Makes a name.
fn begin(namespace: &Namespace, new: &NewInstance<'_>) -> Result<Option<Arc<ServedName>>> {
    let others = strangers_may_serve(new.security);
    let NewInstance { name, terms, security, .. } = *new;
    let made = NameFile::create(namespace, name.file(), name.spelled(), terms, security, others)?;
    let Some(file) = made else { return Ok(None) };
    let turn = file.own_turn();
    let listing = file.listing()?;
    let line = file.enter(&turn, &listing)?;
    drop(turn);
    let owner = file.owner()?;
    let security = Security::new(listing.security_word, security.clone());
    Ok(Some(register(file, name.file(), terms, security, owner, line)))
}

fn register(
    file: NameFile,
    file_name: &str,
    terms: Terms,
    security: Security,
    owner: u32,
    line: usize,
) -> Arc<ServedName> {
    let identity = file.identity();
    let instances = Mutex::new(Instances::default());
    let file_name = file_name.to_owned();
    let (pid, is_shared) = (std::process::id(), AtomicBool::new(false));
    let served = Arc::new(ServedName {
        file,
        file_name,
        terms,
        security,
        owner,
        line,
        pid,
        is_shared,
        instances,
    });
    lock(&SERVED).get_or_insert_default().insert(identity, Arc::clone(&served));
    served
}

/// Whether a further instance may be made.
fn check(
    new: &NewInstance<'_>,
    listing: &Listing,
    security: &SecurityDescriptor,
    owner: u32,
) -> Result<()> {
    let granted = access_check(security, owner, &Subject::current());
    let may_serve = ObjectType::File.rights_among(granted) & FILE_CREATE_PIPE_INSTANCE != 0;
    if new.must_be_first || !may_serve {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let most = listing.terms.most_instances;
    let count: u64 = listing.servers.iter().map(|server| u64::from(server.instances)).sum();
    if most < UNLIMITED_INSTANCES && count >= most.into() {
        return Err(Win32Error::PIPE_BUSY);
    }
    let fits = new.terms.direction == listing.terms.direction;
    if fits { Ok(()) } else { Err(Win32Error::ACCESS_DENIED) }
}

/// Whether users who are not named in a descriptor may make instances.
pub(super) fn strangers_may_serve(security: &SecurityDescriptor) -> bool {
    const NOBODY: u32 = u32::MAX;
    let stranger = Subject { uid: NOBODY, gids: Vec::new() };
    let granted = access_check(security, NOBODY - 1, &stranger);
    ObjectType::File.rights_among(granted) & FILE_CREATE_PIPE_INSTANCE != 0
}

impl ServedName {
    /// What the first instance fixed.
    pub(crate) const fn terms(&self) -> Terms {
        self.terms
    }

    /// Whether it is this process that serves the name, and not the one that it was forked from.
    pub(super) fn is_of_this_process(&self) -> bool {
        self.pid == std::process::id()
    }

    /// Another process may have an instance from now on, and keep the name.
    pub(super) fn share(&self) {
        self.is_shared.store(true, Ordering::SeqCst);
    }

    /// Which file is the name's.
    pub(crate) const fn identity(&self) -> FileIdentity {
        self.file.identity()
    }

    /// Counts one more instance of this process.
    fn add(&self, new: &NewInstance<'_>) -> Result<()> {
        let security = self.security.with(&self.file, SecurityDescriptor::clone)?;
        let turn = self.file.turn()?;
        let mut listing = self.file.listing()?;
        // Reading about another server takes a while: only if it matters.
        if listing.terms.most_instances < UNLIMITED_INSTANCES {
            listing.servers.retain(Server::is_alive);
        }
        check(new, &listing, &security, self.owner)?;
        self.add_unchecked(&turn)
    }

    fn add_unchecked(&self, turn: &Turn<'_>) -> Result<()> {
        self.file.change_instances(turn, self.line, 1).map(drop)
    }

    /// Another process does not count an instance any more, which this one has taken over.
    pub(super) fn take_from(&self, pid: u32) -> Result<()> {
        let _changing = lock(&CHANGING);
        let turn = self.file.turn()?;
        let listing = self.file.listing()?;
        if let Some(server) = listing.servers.iter().find(|server| server.pid == pid) {
            self.file.change_instances(&turn, server.line, -1)?;
        }
        Ok(())
    }

    /// An instance of this process is gone. With its last one, the process no longer serves the
    /// name; if no other does, the name is gone.
    pub(super) fn leave(&self) {
        let _changing = lock(&CHANGING);
        // If the file cannot be written, its line lasts as long as this process.
        let Ok(turn) = self.file.turn() else { return };
        if self.file.change_instances(&turn, self.line, -1) == Ok(0) {
            let is_shared = self.is_shared.load(Ordering::SeqCst);
            let is_held = is_shared
                && current()
                    .namespace()
                    .is_ok_and(|namespace| super::list::is_held(namespace, self.identity(), None));
            self.end(&turn, is_held);
        }
    }

    /// This process does not serve the name any more.
    fn end(&self, turn: &Turn<'_>, is_held: bool) {
        if let Some(served) = lock(&SERVED).as_mut() {
            served.remove(&self.identity());
        }
        let alone = self.file.listing().is_ok_and(|listing| {
            !listing.servers.iter().any(|server| server.line != self.line && server.is_alive())
        });
        if let (true, Ok(namespace)) = (alone && !is_held, current().namespace()) {
            self.file.remove(turn, namespace, &self.file_name);
        }
    }

    /// A time for an instance that is about to listen: behind all that listen already.
    pub(super) fn next_since(&self) -> u64 {
        let mut instances = lock(&self.instances);
        instances.newest = clock::now().max(instances.newest + 1);
        instances.newest
    }

    /// An instance listens since then.
    pub(super) fn listen(&self, since: u64, instance: &Weak<NamedPipe>) -> Result<()> {
        let mut instances = lock(&self.instances);
        instances.listening.insert(since, Weak::clone(instance));
        self.publish(&mut instances)?;
        let waiting = std::mem::take(&mut instances.waiting);
        drop(instances);
        waiting.iter().for_each(door::tell_listening);
        Ok(())
    }

    /// Lets somebody wait until an instance listens; gives him back if one does now.
    pub(super) fn seat(&self, visitor: OwnedFd) -> Option<OwnedFd> {
        let mut instances = lock(&self.instances);
        if !instances.listening.is_empty() {
            return Some(visitor);
        }
        if instances.waiting.len() >= MOST_WAITING {
            // Those who have gone in the meantime.
            instances.waiting.retain(|waiting| !hangup::is_hung_up(waiting));
        }
        if instances.waiting.len() < MOST_WAITING {
            instances.waiting.push(visitor);
        }
        None
    }

    /// An instance does not listen any more.
    pub(super) fn stop_listening(&self, since: u64) {
        let mut instances = lock(&self.instances);
        if instances.listening.remove(&since).is_some() {
            let _ = self.publish(&mut instances);
        }
    }

    /// The instance that has listened for longest, which does not any more.
    pub(super) fn take_listening(&self) -> Option<Arc<NamedPipe>> {
        let mut instances = lock(&self.instances);
        let mut found = None;
        while found.is_none() {
            let Some((_, instance)) = instances.listening.pop_first() else { break };
            found = instance.upgrade();
        }
        let _ = self.publish(&mut instances);
        found
    }

    /// Says in the file since when somebody listens, if that has changed.
    fn publish(&self, instances: &mut Instances) -> Result<()> {
        let since = instances.listening.first_key_value().map_or(0, |(&since, _)| since);
        if since != instances.published {
            self.file.set_listening(self.line, since)?;
            instances.published = since;
        }
        Ok(())
    }

    /// How many instances there are, in all processes.
    pub(super) fn count_instances(&self) -> Result<u32> {
        count_instances(&self.file)
    }

    /// What the pipe grants a user; nothing if the name's file does not say.
    pub(super) fn granted(&self, subject: &Subject) -> u32 {
        let check = |security: &SecurityDescriptor| access_check(security, self.owner, subject);
        let granted = self.security.with(&self.file, check).unwrap_or(0);
        ObjectType::File.rights_among(granted)
    }

    /// The user who made the name.
    pub(super) const fn owner(&self) -> u32 {
        self.owner
    }
}

/// How many instances of a name there are, in all processes.
///
/// # Errors
/// What reading the name's file reports.
pub(super) fn count_instances(file: &NameFile) -> Result<u32> {
    let servers = file.listing()?.servers;
    Ok(servers.iter().filter(|server| server.is_alive()).map(|server| server.instances).sum())
}

/// Takes an instance over that came from another process, so that this one hands it out: because
/// it waits for a client, or because the one that did is gone.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` when the name's file is gone, and as for [`enter`].
pub(super) fn take_over(identity: FileIdentity) -> Result<Arc<ServedName>> {
    let namespace = current().namespace()?;
    let _changing = lock(&CHANGING);
    let (file, file_name) =
        super::list::find_file(namespace, identity, true)?.ok_or(Win32Error::FILE_NOT_FOUND)?;
    let turn = file.turn()?;
    if !file.is_linked() {
        return Err(Win32Error::FILE_NOT_FOUND);
    }
    if let Some(served) = find(identity) {
        drop(turn);
        served.add_unchecked(&served.file.turn()?)?;
        return Ok(served);
    }
    let listing = file.listing()?;
    let (security, owner) = (file.security(&listing)?, file.owner()?);
    let line = file.enter(&turn, &listing)?;
    drop(turn);
    let security = Security::new(listing.security_word, security);
    Ok(register(file, &file_name, listing.terms, security, owner, line))
}

/// The process exits: the names that nobody else serves go with it.
pub(crate) fn leave_all() {
    let served: Vec<_> = lock(&SERVED).take().unwrap_or_default().into_values().collect();
    if served.is_empty() {
        return;
    }
    let shared: HashSet<FileIdentity> = current()
        .table()
        .entries()
        .into_iter()
        .filter_map(|(_, entry)| downcast::<NamedPipe>(entry.object).ok())
        .filter(|pipe| pipe.side() == Side::Server && pipe.is_shared())
        .map(|pipe| pipe.name_file())
        .collect();
    for served in served {
        // An heir finds the name by its file, and this process gone.
        let is_shared =
            served.is_shared.load(Ordering::SeqCst) || shared.contains(&served.identity());
        let is_inherited = is_shared
            && current().namespace().is_ok_and(|namespace| {
                super::list::is_held(namespace, served.identity(), Some(std::process::id()))
            });
        if !is_inherited && let Ok(turn) = served.file.turn() {
            let _ = served.file.clear(&turn, served.line);
            served.end(&turn, false);
        }
    }
}

/// What must not change while the process is copied.
pub(crate) struct Frozen {
    served: MutexGuard<'static, Option<HashMap<FileIdentity, Arc<ServedName>>>>,
    _changing: MutexGuard<'static, ()>,
}

/// Takes the locks of this room.
pub(crate) fn freeze() -> Frozen {
    let changing = lock(&CHANGING);
    Frozen { served: lock(&SERVED), _changing: changing }
}

impl Frozen {
    /// In the new process: it serves nothing, the names are its parent's.
    pub(crate) fn start_anew(&mut self) {
        *self.served = None;
    }
}
