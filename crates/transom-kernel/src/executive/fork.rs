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
use crate::object::ObjectId;
use crate::pipe::channel::holder;
use crate::process::image;
use crate::sync::arena;
use std::cell::RefCell;
use std::sync::{PoisonError, RwLockWriteGuard};
use transom_sys::startup::AtFork;

pub(super) const HOOKS: AtFork = AtFork { before, in_parent, in_child };

/// Everything that must not change while the process is copied, in the order it is locked.
struct Frozen {
    own: RwLockWriteGuard<'static, Own>,
    lines: RwLockWriteGuard<'static, Lines>,
    service: service::Frozen,
    arena: arena::Frozen,
    _image: image::Frozen,
    _environment: environment::Frozen,
}

thread_local! {
    static FROZEN: RefCell<Option<Frozen>> = const { RefCell::new(None) };
}

fn before() {
    let Some(process) = current_if_joined() else { return };
    let own = process.own().write().unwrap_or_else(PoisonError::into_inner);
    let lines = process.table().lock();
    let frozen = Frozen {
        own,
        lines,
        service: service::freeze(),
        arena: arena::freeze(),
        _image: image::freeze(),
        _environment: environment::freeze(),
    };
    FROZEN.with(|place| place.replace(Some(frozen)));
}

fn in_parent() {
    drop(FROZEN.with(|place| place.take()));
}

fn in_child() {
    let Some(mut frozen) = FROZEN.with(|place| place.take()) else { return };
    CurrentProcess::forget_start_time();
    ObjectId::start_anew();
    holder::start_anew();
    frozen.service.start_anew();
    frozen.arena.start_anew();
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
