//! Who a thread is, so that one which dies while it holds a lock or writes a message is found out.
//!
//! Linux uses thread ids again. So a thread is known by its id and 31 bits made of the time it
//! started.

use crate::process::task;
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

/// A thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) tid: u32,
    /// 31 bits.
    pub(crate) mark: u32,
}

impl Identity {
    /// As one word.
    pub(crate) const fn packed(self) -> u64 {
        self.tid as u64 | (self.mark as u64) << 32
    }

    /// From a word that anybody may have written.
    pub(crate) const fn unpacked(word: u64) -> Self {
        Self { tid: word as u32, mark: (word >> 32) as u32 }
    }
}

/// Grows with each `fork`, after which the thread is another.
static GENERATION: AtomicU32 = AtomicU32::new(1);

thread_local! {
    /// The generation it was found in, and the identity.
    static CURRENT: Cell<(u32, Identity)> = const { Cell::new((0, Identity { tid: 0, mark: 0 })) };
}

/// This thread.
#[inline]
pub(crate) fn current() -> Identity {
    let (generation, identity) = CURRENT.with(Cell::get);
    if generation == GENERATION.load(Ordering::Relaxed) { identity } else { find() }
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

/// The process was forked: its thread is not the one it was.
pub(crate) fn start_anew() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// Spreads a start time over 31 bits.
const fn mark_of(start_time: u64) -> u32 {
    ((start_time ^ start_time >> 31).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) as u32
}

/// Whether a thread still runs. A thread can be looked at like a process.
pub(crate) fn runs(identity: Identity) -> bool {
    task::look(identity.tid)
        .is_ok_and(|task| !task.is_gone && mark_of(task.start_time) == identity.mark)
}

/// Whether a thread of this id exists: a question that costs little. One that ended may still be
/// there until its process is collected.
pub(crate) fn exists(identity: Identity) -> bool {
    task::exists(identity.tid)
}

#[cfg(test)]
mod tests {
    use super::{Identity, current, exists, runs};

    #[test]
    fn a_thread_runs_until_it_ends_and_no_other_of_its_id_is_taken_for_it() {
        let me = std::thread::spawn(|| {
            let me = current();
            assert!(runs(me) && exists(me));
            assert!(!runs(Identity { mark: me.mark ^ 1, ..me }));
            assert_eq!(Identity::unpacked(me.packed()), me);
            me
        })
        .join()
        .unwrap();
        // Joining returns when the thread has all but gone.
        while runs(me) {
            std::thread::yield_now();
        }
        assert!(!runs(Identity { tid: 0, mark: 0 }));
    }
}
