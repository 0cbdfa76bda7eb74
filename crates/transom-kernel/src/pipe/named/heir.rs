//! Instances that several processes have. One of them, the acceptor, hands the instance out while
//! it listens; the others, its heirs, do so when that one is gone.

use super::object::NamedPipe;
use crate::executive::{Ready, Watch, watch};
use crate::handle::published;
use crate::object::KernelObject;
use crate::pipe::channel::State;
use rustix::event::epoll::EventFlags;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
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

/// Sees to it that an instance that came from another process is handed out by this one when the
/// process that does so now is gone.
pub(super) fn watch_acceptor(pipe: &Arc<NamedPipe>) {
    let connection = pipe.connection();
    if connection.end().state() != State::Listening {
        return;
    }
    let number = connection.end().segment().acceptor();
    let pid = i32::try_from(number).ok().and_then(Pid::from_raw);
    let Some(Ok(acceptor)) = pid.map(|pid| pidfd_open(pid, PidfdFlags::empty())) else {
        // Gone already. If the name is gone, too, nobody can come any more.
        let _ = pipe.hand_out();
        return;
    };
    let heir = Arc::new(Heir { pipe: Arc::downgrade(pipe), watch: Mutex::new(None) });
    let target: Weak<dyn Ready> = Arc::downgrade(&heir) as _;
    if let Ok(watching) = watch(Arc::new(acceptor), EventFlags::IN, target) {
        *heir.watch.lock().unwrap_or_else(PoisonError::into_inner) = Some(watching);
        let mut heirs = HEIRS.lock().unwrap_or_else(PoisonError::into_inner);
        heirs.retain(|heir| heir.pipe.strong_count() > 0);
        heirs.push(heir);
    }
}

impl Ready for Heir {
    fn on_ready(self: Arc<Self>, _events: EventFlags) {
        drop(self.watch.lock().unwrap_or_else(PoisonError::into_inner).take());
        HEIRS
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|heir| !Arc::ptr_eq(heir, &self));
        if let Some(pipe) = self.pipe.upgrade()
            && pipe.connection().end().state() == State::Listening
        {
            // One of several heirs is first; the others find that it is not theirs any more.
            let _ = pipe.hand_out();
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
