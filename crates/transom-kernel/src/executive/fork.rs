//! What happens when the program itself calls `fork`.
//!
//! The new process keeps its handles, as Unix keeps descriptors, under a record of its own. It
//! has no service thread until it needs one, and shares no lock with its parent: the locks are
//! taken before the fork and let go on both sides, so each finds the state whole.

use super::current::{CurrentProcess, Own, current_if_joined};
use super::service;
use super::startup::Registered;
use crate::environment;
use crate::handle::published::PublishedTable;
use crate::handle::table::Lines;
use crate::io::{gate, pool, synchronous};
use crate::memory;
use crate::object::ObjectId;
use crate::pipe::channel::holder;
use crate::pipe::named;
use crate::process::image;
use crate::sync::{apc, arena, identity, registered};
use crate::thread::{fiber_local, local, present};
use std::cell::RefCell;
use std::sync::{PoisonError, RwLockWriteGuard};
use transom_sys::startup::{self, AtFork};
use transom_sys::suspension;

pub(super) const HOOKS: AtFork = AtFork { before, in_parent, in_child };

/// What must not change while the process is copied, or one of its threads is stopped for good:
/// every lock of the executive, in the order they are taken.
pub(crate) struct Still {
    _io: gate::Frozen,
    own: RwLockWriteGuard<'static, Own>,
    lines: RwLockWriteGuard<'static, Lines>,
    service: service::Frozen,
    arena: arena::Frozen,
    apcs: apc::Frozen,
    registered: registered::Frozen,
    synchronous: synchronous::Frozen,
    _pool: pool::Frozen,
    _image: image::Frozen,
    _environment: environment::Frozen,
    _memory: memory::Frozen,
    threads: present::Frozen,
    _local: local::Frozen,
    fiber_local: fiber_local::Frozen,
}

/// Everything that is held around a `fork`.
struct Frozen {
    still: Still,
    suspensions: suspension::Frozen,
    pipes: named::Frozen,
}

thread_local! {
    static FROZEN: RefCell<Option<Frozen>> = const { RefCell::new(None) };
}

/// Takes every lock of the executive, so that no other thread has one.
pub(crate) fn freeze() -> Option<Still> {
    let process = current_if_joined()?;
    let io = gate::freeze();
    let own = process.own().write().unwrap_or_else(PoisonError::into_inner);
    let lines = process.table().lock();
    Some(Still {
        _io: io,
        own,
        lines,
        service: service::freeze(),
        arena: arena::freeze(),
        apcs: apc::freeze(),
        registered: registered::freeze(),
        synchronous: synchronous::freeze(),
        _pool: pool::freeze(),
        _image: image::freeze(),
        _environment: environment::freeze(),
        _memory: memory::freeze(),
        threads: present::freeze(),
        _local: local::freeze(),
        fiber_local: fiber_local::freeze(),
    })
}

fn before() {
    if current_if_joined().is_some() {
        crate::namespace::note_fork();
    }
    // Changing how many instances there are takes the other locks, for a moment each.
    let pipes = named::freeze();
    let Some(still) = freeze() else { return };
    let frozen = Frozen { still, suspensions: suspension::freeze(), pipes };
    FROZEN.with(|place| place.replace(Some(frozen)));
}

fn in_parent() {
    drop(FROZEN.with(|place| place.take()));
}

fn in_child() {
    let Some(frozen) = FROZEN.with(|place| place.take()) else { return };
    frozen.suspensions.start_anew();
    let mut pipes = frozen.pipes;
    pipes.start_anew();
    startup::forget_service_threads();
    let mut frozen = frozen.still;
    frozen.threads.start_anew();
    frozen.fiber_local.start_anew();
    CurrentProcess::forget_start_time();
    ObjectId::start_anew();
    identity::start_anew();
    holder::start_anew();
    frozen.service.start_anew();
    frozen.arena.start_anew();
    frozen.apcs.start_anew();
    frozen.registered.start_anew();
    frozen.synchronous.start_anew();
    *frozen.own = Own::default();
    let registered = current_if_joined()
        .and_then(|process| process.namespace().ok())
        .and_then(|namespace| Registered::join(namespace, None).ok());
    match registered {
        Some(registered) => {
            let published = registered.published();
            frozen.lines.publish_in(published, registered.mailbox.unwrap_or_default());
            frozen.own.record = Some(registered.record);
            frozen.own.header = Some(registered.header);
        }
        None => {
            frozen.lines.publish_in(PublishedTable::default(), super::mailbox::Mailbox::default())
        }
    }
}
