//! Instances that several processes have. One of them, the acceptor, hands the instance out while
//! it listens; the others, its heirs, do so when that one is gone.

use super::client::ask_holder;
use super::connection::Connection;
use super::door::{Enclosed, What, Wish};
use super::object::NamedPipe;
use crate::error::{Result, Win32Error};
use crate::executive::{Ready, Watch, watch};
use crate::handle::published;
use crate::object::{KernelObject, ObjectId};
use crate::pipe::channel::{End, Segment, State};
use rustix::event::epoll::EventFlags;
use rustix::net::sockopt;
use rustix::process::{Pid, PidfdFlags, geteuid, pidfd_open};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Instances without a handle in this process, which hands them out for others.
static KEPT: Mutex<Vec<Arc<NamedPipe>>> = Mutex::new(Vec::new());

/// Waits for the end of the process that hands an instance out.
#[derive(Debug)]
struct Heir {
    pipe: Weak<NamedPipe>,
    watch: Mutex<Option<Watch>>,
}

/// Those who wait. The service thread knows them by weak references only.
static HEIRS: Mutex<Vec<Arc<Heir>>> = Mutex::new(Vec::new());

/// More often than this only a peer that plays with the word changes it.
const MOST_TRIES: u32 = 16;

/// An instance came from another process.
pub(super) fn arrive(pipe: &Arc<NamedPipe>) {
    // Who hands it out may want to tell us that it does not any more.
    let _ = super::door::open();
    watch_acceptor(pipe);
    // It may have closed it just before, and keep it for us.
    let acceptor = pipe.connection().end().segment().acceptor();
    let id = pipe.header().id();
    let has_closed = acceptor != std::process::id()
        && published::of_process(acceptor)
            .is_ok_and(|handles| handles.iter().all(|handle| handle.object != id));
    if has_closed {
        let wish = Wish { file: pipe.name_file(), what: What::Claim(id) };
        if let Ok(connection) = ask_holder(acceptor, &wish, &[]) {
            take_on(pipe, connection);
        }
    }
}

/// This process hands an instance out from now on, and nobody else: who did so has gone as far as
/// this connection with it.
fn take_on(pipe: &NamedPipe, [memory, lifeline]: Enclosed) {
    if let Some(segment) = memory.and_then(|memory| Segment::open(memory).ok()) {
        pipe.take_up(segment, lifeline);
    }
    pipe.connection().end().segment().set_acceptor(std::process::id());
    // If the name cannot be served, nobody can come any more; who is here stays.
    let _ = pipe.hand_out();
}

/// Only processes of this user, and root's, may change who hands an instance out.
fn check_holder(visitor: &OwnedFd) -> Result<()> {
    let user = sockopt::socket_peercred(visitor)?.uid;
    if user == geteuid() || user.is_root() { Ok(()) } else { Err(Win32Error::ACCESS_DENIED) }
}

/// Another process has handed an instance out that this one has too, and closes it.
pub(super) fn accept_bequest(visitor: &OwnedFd, id: ObjectId, connection: Enclosed) -> Result<()> {
    check_holder(visitor)?;
    let heir = {
        let heirs = HEIRS.lock().unwrap_or_else(PoisonError::into_inner);
        heirs.iter().filter_map(|heir| heir.pipe.upgrade()).find(|pipe| pipe.header().id() == id)
    };
    let pipe = heir.ok_or(Win32Error::FILE_NOT_FOUND)?;
    take_on(&pipe, connection);
    Ok(())
}

/// Another process takes on an instance that this one keeps for it; its connection.
pub(super) fn give_up(visitor: &OwnedFd, id: ObjectId) -> Result<Arc<Connection>> {
    check_holder(visitor)?;
    let kept = {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|pipe| pipe.header().id() == id);
        place.map(|place| kept.swap_remove(place))
    };
    let pipe = kept.ok_or(Win32Error::FILE_NOT_FOUND)?;
    pipe.stop_serving(true);
    Ok(pipe.connection())
}

/// Leaves an instance that this process has closed to another one that has it; whether one does.
pub(super) fn bequeath(pipe: &NamedPipe) -> bool {
    let own = std::process::id();
    let wish = Wish { file: pipe.name_file(), what: What::Bequest(pipe.header().id()) };
    let connection = pipe.connection();
    let fds: Vec<_> = connection.descriptors().into_iter().flatten().collect();
    published::holders(pipe.header().id()).is_ok_and(|holders| {
        let mut others = holders.into_iter().map(|(pid, _)| pid).filter(|pid| *pid != own);
        others.any(|pid| ask_holder(pid, &wish, &fds).is_ok())
    })
}

/// Sees to it that an instance that came from another process is handed out by this one when the
/// process that does so now is gone.
pub(super) fn watch_acceptor(pipe: &Arc<NamedPipe>) {
    for _ in 0..MOST_TRIES {
        let acceptor = pipe.connection().end().segment().acceptor();
        if acceptor == std::process::id() {
            return;
        }
        let pid = i32::try_from(acceptor).ok().and_then(Pid::from_raw);
        match pid.map(|pid| pidfd_open(pid, PidfdFlags::empty())) {
            Some(Ok(acceptor)) => return wait_for_end(pipe, acceptor),
            // Gone already.
            _ if inherit(pipe, acceptor) => return,
            _ => {}
        }
    }
}

fn wait_for_end(pipe: &Arc<NamedPipe>, acceptor: OwnedFd) {
    let heir = Arc::new(Heir { pipe: Arc::downgrade(pipe), watch: Mutex::new(None) });
    let target: Weak<dyn Ready> = Arc::downgrade(&heir) as _;
    if let Ok(watching) = watch(Arc::new(acceptor), EventFlags::IN, target) {
        *heir.watch.lock().unwrap_or_else(PoisonError::into_inner) = Some(watching);
        let mut heirs = HEIRS.lock().unwrap_or_else(PoisonError::into_inner);
        heirs.retain(|heir| heir.pipe.strong_count() > 0);
        heirs.push(heir);
    }
}

/// The process that handed an instance out is gone: this one does so from now on, unless another
/// heir was faster; whether it does.
fn inherit(pipe: &NamedPipe, dead: u32) -> bool {
    let connection = pipe.connection();
    let is_first = connection.end().segment().replace_acceptor(dead, std::process::id());
    if is_first {
        // If the name cannot be served, nobody can come any more; who is here stays.
        let _ = pipe.hand_out();
    }
    is_first
}

impl Ready for Heir {
    fn on_ready(self: Arc<Self>, _events: EventFlags) {
        drop(self.watch.lock().unwrap_or_else(PoisonError::into_inner).take());
        HEIRS
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|heir| !Arc::ptr_eq(heir, &self));
        if let Some(pipe) = self.pipe.upgrade() {
            // One of several heirs is first, and is whom the others watch from now on.
            watch_acceptor(&pipe);
        }
    }
}

/// Keeps an instance that this process has closed, if another process has it; whether one has.
pub(super) fn keep(pipe: &Weak<NamedPipe>) -> bool {
    let Some(pipe) = pipe.upgrade() else { return false };
    if !has_heirs(&pipe) {
        return false;
    }
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    // Those whose client has come and gone are of no use any more.
    let over: Vec<_> = kept
        .extract_if(.., |kept| {
            !matches!(kept.connection().end().state(), State::Listening | State::Connected)
        })
        .collect();
    kept.push(pipe);
    drop(kept);
    drop(over);
    true
}

/// Whether it is this process that hands an instance out which listens. The client to whom it is
/// offered again may have spoilt the word that says so: then it counts if the process has the instance.
pub(super) fn is_handed_out_here(pipe: &NamedPipe, end: &End) -> bool {
    let (acceptor, own) = (end.segment().acceptor(), std::process::id());
    let is_a_holder = || {
        published::holders(pipe.header().id())
            .is_ok_and(|holders| holders.iter().any(|(pid, _)| *pid == acceptor))
    };
    acceptor == own || end.is_offered() && !is_a_holder()
}

/// Whether another process has a handle to an instance.
fn has_heirs(pipe: &NamedPipe) -> bool {
    let own = std::process::id();
    published::holders(pipe.header().id())
        .is_ok_and(|holders| holders.iter().any(|(pid, _)| *pid != own))
}

/// An instance is about to be handed out: whether it still has a holder. One that was only kept
/// for others may have lost them.
pub(super) fn is_held(pipe: &Arc<NamedPipe>) -> bool {
    pipe.header().handles() > 0 || pipe.has_guests() || has_heirs(pipe)
}

/// Lets go of what was kept and is not needed any more.
pub(super) fn forget(pipe: &Arc<NamedPipe>) {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).retain(|kept| !Arc::ptr_eq(kept, pipe));
}
