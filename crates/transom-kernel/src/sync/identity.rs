//! Who a thread is, so that a mutex it owns is found out when it dies.
//!
//! Linux uses thread ids again. So a thread is known by its id and 31 bits made of the time it
//! started.

use super::state_word::{Identity, MARK, Named};
use crate::process::task;
use rustix::process::Pid;
use std::cell::Cell;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU32, Ordering};

/// Grows with each `fork`, after which the thread is another.
static GENERATION: AtomicU32 = AtomicU32::new(1);

thread_local! {
    /// The generation it was found in, and the identity.
    static CURRENT: Cell<(u32, Identity)> = const { Cell::new((0, Identity { tid: 0, mark: 0 })) };
    /// Whether it may own a mutex: it has taken one at some time.
    static OWNER: Cell<bool> = const { Cell::new(false) };
}

/// This thread.
#[inline]
pub(crate) fn current() -> Identity {
    let (generation, identity) = CURRENT.with(Cell::get);
    if generation == GENERATION.load(Ordering::Relaxed) { identity } else { find() }
}

/// This thread, which is about to take a mutex.
#[inline]
pub(crate) fn owner() -> Identity {
    OWNER.with(|owner| owner.set(true));
    current()
}

/// Whether this thread has ever taken a mutex.
pub(crate) fn may_own() -> bool {
    OWNER.with(Cell::get)
}

#[cold]
fn find() -> Identity {
    let tid = rustix::thread::gettid().as_raw_nonzero().get().cast_unsigned();
    // Without `/proc` only the id tells threads apart.
    let mark = task::look(tid).map_or(0, |task| mark_of(task.start_time));
    let identity = Identity { tid, mark };
    CURRENT.with(|place| place.set((GENERATION.load(Ordering::Relaxed), identity)));
    identity
}

/// A thread of this process, by its id.
pub(crate) fn of_own_thread(tid: u32) -> Option<Identity> {
    let task = task::look_at_thread(std::process::id(), tid).ok()?;
    (!task.is_gone).then(|| Identity { tid, mark: mark_of(task.start_time) })
}

/// The process was forked: its thread is not the one it was.
pub(crate) fn start_anew() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// Spreads a start time over 31 bits.
const fn mark_of(start_time: u64) -> u32 {
    ((start_time ^ start_time >> 31).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33 & MARK) as u32
}

/// Whether a thread that is named in a word still runs.
pub(crate) fn is_alive(named: Named) -> bool {
    let same = |task: task::Task| {
        let bits = (1_u64 << named.bits) - 1;
        !task.is_gone && u64::from(mark_of(task.start_time) ^ named.mark) & bits == 0
    };
    // A thread can be looked at like a process.
    task::look(named.tid).is_ok_and(same)
}

/// What comes of watching a thread.
#[derive(Debug)]
pub(crate) enum Watch {
    /// It has ended.
    Gone,
    /// This becomes readable when it ends.
    Until(OwnedFd),
    /// It has to be looked at again and again: Linux before 6.9, or no descriptor is left.
    Unwatched,
}

/// Watches a thread that is named in a word.
pub(crate) fn watch(named: Named) -> Watch {
    let pid = Pid::from_raw(named.tid.cast_signed());
    let pidfd = pid.and_then(|pid| transom_sys::pidfd::open_thread(pid).ok());
    // The descriptor is of whoever has the id now; if that is the right thread, it is its.
    match (is_alive(named), pidfd) {
        (false, _) => Watch::Gone,
        (true, Some(pidfd)) => Watch::Until(pidfd),
        (true, None) => Watch::Unwatched,
    }
}

#[cfg(test)]
mod tests {
    use super::{Named, Watch, current, is_alive, watch};

    fn named(identity: super::Identity) -> Named {
        Named { tid: identity.tid, mark: identity.mark, bits: 31 }
    }

    #[test]
    fn a_thread_is_alive_until_it_ends_and_no_other_of_its_id_is_taken_for_it() {
        let (id, other) = std::thread::spawn(|| {
            let me = named(current());
            assert!(is_alive(me) && matches!(watch(me), Watch::Until(_) | Watch::Unwatched));
            let reborn = Named { mark: me.mark ^ 1, ..me };
            assert!(!is_alive(reborn) && matches!(watch(reborn), Watch::Gone));
            (me, named(current()))
        })
        .join()
        .unwrap();
        assert_eq!(id, other);
        // Joining returns when the thread has all but gone.
        while is_alive(id) {
            std::thread::yield_now();
        }
        assert!(matches!(watch(id), Watch::Gone));
        assert!(!is_alive(Named { tid: 0, mark: 0, bits: 31 }));
    }
}
