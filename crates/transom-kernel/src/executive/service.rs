//! The service thread: one loop over everything of this process that others can touch.
//!
//! It exists only where there is something to serve: children to collect, handles that another
//! process gave to this one, or a wait that mixes futex words with descriptors.

use super::current::current;
use crate::error::{Result, Win32Error};
use crate::namespace::forks;
use crate::process::subject::Subject;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use std::collections::HashMap;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use transom_sys::futex::{self, Scope};

static SERVICE: Mutex<Option<Service>> = Mutex::new(None);

/// What the thread and those who give it work share.
#[derive(Debug)]
struct Service {
    epoll: Arc<OwnedFd>,
    watched: HashMap<u64, Watched>,
    next: u64,
}

#[derive(Debug)]
enum Watched {
    Mailbox,
    Child(Arc<Subject>),
    /// The word becomes 1 when the descriptor is ready, and its waiters are woken.
    Word(Arc<AtomicU64>),
    /// Somebody is told, each time.
    Object(Weak<dyn Ready>),
}

/// Who is told when a descriptor is ready.
pub(crate) trait Ready: std::fmt::Debug + Send + Sync {
    /// The service thread calls this, as long as the descriptor is ready. It must not block.
    fn ready(self: Arc<Self>, flags: EventFlags);
}

/// A descriptor that the service thread watches for an object.
#[derive(Debug)]
pub(crate) struct Watch {
    token: u64,
    /// How often the process had been forked when it began.
    forks: u32,
}

impl Watch {
    /// Whether it goes on: the service thread stays behind when the process is forked.
    pub(crate) fn is_on(&self) -> bool {
        self.forks == forks()
    }

    /// Stops watching. It must be done before the descriptor is closed: other processes may have
    /// the same open file, and it would be watched for as long as they have.
    pub(crate) fn end(self, fd: BorrowedFd<'_>) {
        if self.is_on()
            && let Some(service) = lock().as_mut()
            && service.watched.remove(&self.token).is_some()
        {
            let _ = epoll::delete(&*service.epoll, fd);
        }
    }
}

/// Has an object told whenever a descriptor is ready, until [`Watch::end`].
///
/// # Errors
/// `ERROR_NO_SYSTEM_RESOURCES` when the service thread cannot be started or watch more.
pub(crate) fn watch(
    fd: BorrowedFd<'_>,
    flags: EventFlags,
    object: Weak<dyn Ready>,
) -> Result<Watch> {
    let mut service = running()?;
    let service = service.as_mut().ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
    let token = service.add(fd, Watched::Object(object), flags)?;
    Ok(Watch { token, forks: forks() })
}

fn lock() -> MutexGuard<'static, Option<Service>> {
    SERVICE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    fn add(&mut self, fd: BorrowedFd<'_>, watched: Watched, once: EventFlags) -> Result<u64> {
        let token = self.next;
        self.next += 1;
        let flags = EventFlags::IN | once;
        epoll::add(&*self.epoll, fd, EventData::new_u64(token), flags)?;
        self.watched.insert(token, watched);
        Ok(token)
    }
}

/// The running service, started if need be.
fn running() -> Result<MutexGuard<'static, Option<Service>>> {
    // Asked for before: the table's lock comes before this one.
    let mailbox = current().table().mailbox();
    let mut service = lock();
    if service.is_some() {
        return Ok(service);
    }
    let epoll = Arc::new(epoll::create(CreateFlags::CLOEXEC)?);
    let mut new = Service { epoll: Arc::clone(&epoll), watched: HashMap::new(), next: 0 };
    if let Some(socket) = mailbox.socket() {
        new.add(socket, Watched::Mailbox, EventFlags::empty())?;
    }
    transom_sys::startup::spawn_service_thread("transom", move || serve(&epoll))
        .map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)?;
    *service = Some(new);
    Ok(service)
}

/// Starts the service thread, if it does not run. Without it the process still serves requests
/// whenever it uses a handle, so that it cannot be started is no error.
pub(super) fn start() {
    drop(running());
}

/// Collects a child when it ends, so that no zombie stays.
pub(crate) fn watch_child(child: &Arc<Subject>) -> Result<()> {
    let mut service = running()?;
    let service = service.as_mut().ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
    service.add(child.pidfd(), Watched::Child(Arc::clone(child)), EventFlags::ONESHOT)?;
    Ok(())
}

/// A descriptor whose readiness shows in a word for as long as this lives.
#[derive(Debug)]
pub(crate) struct ReadyWord<'a> {
    fd: BorrowedFd<'a>,
    token: u64,
    word: Arc<AtomicU64>,
}

impl ReadyWord<'_> {
    /// 0 until the descriptor was ready once, then 1.
    pub(crate) fn word(&self) -> &AtomicU64 {
        &self.word
    }
}

impl Drop for ReadyWord<'_> {
    fn drop(&mut self) {
        if let Some(service) = lock().as_mut() {
            service.watched.remove(&self.token);
            // It is registered under its own duplicate's number; gone already is fine.
            let _ = epoll::delete(&*service.epoll, self.fd);
        }
    }
}

/// Turns the readiness of a descriptor into a futex word. The descriptor must be the caller's
/// own, so that two waits do not share a registration.
pub(crate) fn watch_until_ready(fd: BorrowedFd<'_>) -> Result<ReadyWord<'_>> {
    let word = Arc::new(AtomicU64::new(0));
    let mut service = running()?;
    let service = service.as_mut().ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
    let token = service.add(fd, Watched::Word(Arc::clone(&word)), EventFlags::ONESHOT)?;
    Ok(ReadyWord { fd, token, word })
}

fn serve(epoll: &OwnedFd) {
    let mut events = [Event { flags: EventFlags::empty(), data: EventData::new_u64(0) }; 64];
    // How often to look again for a sender that has connected and not written yet.
    let mut patience = 0_u32;
    let again = Timespec { tv_sec: 0, tv_nsec: 5_000_000 };
    loop {
        let timeout = (patience > 0).then_some(&again);
        let count = match epoll::wait(epoll.as_fd(), &mut events, timeout) {
            Ok(count) => count,
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => return,
        };
        if count == 0 {
            patience = if current().table().collect_requests() { patience - 1 } else { 0 };
        }
        for event in &events[..count] {
            let (token, flags) = (event.data.u64(), event.flags);
            if act(token, flags) {
                patience = 400;
            }
        }
    }
}

/// Serves one ready descriptor; whether a sender is still about to write.
fn act(token: u64, flags: EventFlags) -> bool {
    let work = {
        let mut service = lock();
        let Some(service) = service.as_mut() else { return false };
        match service.watched.get(&token) {
            Some(Watched::Mailbox) => Watched::Mailbox,
            Some(Watched::Word(word)) => Watched::Word(Arc::clone(word)),
            Some(Watched::Object(object)) => Watched::Object(Weak::clone(object)),
            Some(Watched::Child(child)) => {
                let child = Arc::clone(child);
                service.watched.remove(&token);
                // Closing the last duplicate would do this too.
                let _ = epoll::delete(&*service.epoll, child.pidfd());
                Watched::Child(child)
            }
            None => return false,
        }
    };
    match work {
        Watched::Mailbox => return current().table().collect_requests(),
        Watched::Child(child) => child.collect(),
        Watched::Object(object) => {
            if let Some(object) = object.upgrade() {
                object.ready(flags);
            }
        }
        Watched::Word(word) => {
            word.store(1, Ordering::SeqCst);
            futex::wake(&word, Scope::Private, futex::ALL);
        }
    }
    false
}

/// The service's state, locked around a `fork`.
pub(super) struct Frozen(MutexGuard<'static, Option<Service>>);

pub(super) fn freeze() -> Frozen {
    Frozen(lock())
}

impl Frozen {
    /// In the new process there is no service thread, and no child of its parent's is its own.
    pub(super) fn start_anew(&mut self) {
        *self.0 = None;
    }
}
