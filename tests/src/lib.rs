//! What the cross-process tests share: the Win32 calls, and the assistant, one program of many
//! roles that the tests start as child, grandchild or stranger.

pub mod assistant;
pub mod files;
pub mod jobs;
pub mod mailslots;
pub mod objects;
pub mod pipes;
pub mod random;
pub mod requests;
pub mod stress;
pub mod threads;
pub mod users;
pub mod win32;
pub mod words;

use transom_win32 as _;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many descriptors this process has.
pub fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("proc is mounted").count()
}

static ALONE: Mutex<()> = Mutex::new(());

/// Keeps the other tests of the same program waiting: they share its handle table, and a child
/// started by one would inherit what another has marked as inheritable.
pub fn alone() -> MutexGuard<'static, ()> {
    // A test that failed does not keep the others from running.
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
