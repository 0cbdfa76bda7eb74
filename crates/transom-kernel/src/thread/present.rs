//! This thread, and the threads of this process by their ids.

use super::Thread;
use super::end;
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::process::subject::Subject;
use rustix::process::{PidfdFlags, pidfd_open};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How often this process was forked from another since it executed its program.
static AGE: AtomicU32 = AtomicU32::new(0);
static KNOWN: Mutex<Known> = Mutex::new(Known {
    threads: BTreeMap::new(),
    leaving: BTreeMap::new(),
    most_leaving: LEAST_LEAVING,
    process: None,
});

/// How long a thread that has told its end may still be seen by the kernel.
const LEAVING: Duration = Duration::from_secs(2);
/// How many of them are remembered before it is worth looking which are gone.
const LEAST_LEAVING: usize = 64;

/// The threads of this process that have an object.
#[derive(Debug)]
struct Known {
    threads: BTreeMap<u32, Weak<Thread>>,
    /// Threads that have told their end, and when: the kernel may still show them.
    leaving: BTreeMap<u32, Instant>,
    /// How many of these there are when it is next looked which are gone: twice as many as were left
    /// the last time, so that it costs each thread the same, however many end.
    most_leaving: usize,
    process: Option<Arc<Subject>>,
}

/// This thread's object; when it is dropped, the thread ends.
struct Present(RefCell<Option<Arc<Thread>>>);

impl Drop for Present {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            end::leave(&thread);
        }
    }
}

thread_local! {
    static PRESENT: Present = const { Present(RefCell::new(None)) };
    /// Asking the kernel takes longer than entering a critical section.
    static ID: Cell<u32> = const { Cell::new(0) };
}

fn known() -> MutexGuard<'static, Known> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn age() -> u32 {
    AGE.load(Ordering::Relaxed)
}

/// `GetCurrentThreadId`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentthreadid>
#[must_use]
#[inline]
pub fn current_thread_id() -> u32 {
    match ID.get() {
        0 => {
            let id = rustix::thread::gettid().as_raw_nonzero().get().cast_unsigned();
            ID.set(id);
            id
        }
        id => id,
    }
}

/// This process, as its threads' objects refer to it.
pub(super) fn own_process() -> Result<Arc<Subject>> {
    let mut known = known();
    if let Some(process) = &known.process {
        return Ok(Arc::clone(process));
    }
    let pidfd = pidfd_open(rustix::process::getpid(), PidfdFlags::empty())?;
    let start_time = current().start_time();
    let process = Arc::new(Subject::arrived(std::process::id(), start_time, pidfd, None));
    known.process = Some(Arc::clone(&process));
    Ok(process)
}

/// The object of this thread.
///
/// # Errors
/// `ERROR_NO_SYSTEM_RESOURCES` and the like when there is no room for one; also while the
/// thread's last destructors run.
pub(crate) fn current_thread() -> Result<Arc<Thread>> {
    match PRESENT.try_with(|present| present.0.borrow().clone()) {
        Ok(Some(thread)) => return Ok(thread),
        Ok(None) => {}
        Err(_) => return Err(Win32Error::NO_SYSTEM_RESOURCES),
    }
    let tid = current_thread_id();
    let thread = Arc::new(Thread::found(own_process()?, tid)?);
    become_present(&thread);
    note(&thread);
    Ok(thread)
}

/// Makes an object the calling thread's own.
pub(super) fn become_present(thread: &Arc<Thread>) {
    let _ = PRESENT.try_with(|present| present.0.replace(Some(Arc::clone(thread))));
}

/// The object of this thread, if it has one.
pub(super) fn present_if_known() -> Option<Arc<Thread>> {
    PRESENT.try_with(|present| present.0.borrow().clone()).ok().flatten()
}

/// Lets a thread be found by its id, unless it has ended.
pub(super) fn note(thread: &Arc<Thread>) {
    let mut known = known();
    if thread.as_own().is_some_and(|kept| !kept.leaves.load(Ordering::Relaxed)) {
        known.leaving.remove(&thread.tid());
        known.threads.insert(thread.tid(), Arc::downgrade(thread));
    }
}

/// Lets a thread that ends no longer be found.
pub(super) fn forget(thread: &Thread) {
    let mut known = known();
    if let Some(kept) = thread.as_own() {
        kept.leaves.store(true, Ordering::Relaxed);
    }
    let same =
        known.threads.get(&thread.tid()).is_some_and(|known| std::ptr::eq(known.as_ptr(), thread));
    if same {
        known.threads.remove(&thread.tid());
    }
    let now = Instant::now();
    if known.leaving.len() >= known.most_leaving {
        known.leaving.retain(|_, since| now.duration_since(*since) < LEAVING);
        known.most_leaving = LEAST_LEAVING.max(2 * known.leaving.len());
    }
    known.leaving.insert(thread.tid(), now);
}

/// Whether a thread of this process that the kernel still shows has told its end.
pub(super) fn leaves(tid: u32) -> bool {
    known().leaving.get(&tid).is_some_and(|since| since.elapsed() < LEAVING)
}

/// The thread of this process with this id, if it has an object.
pub(super) fn find(tid: u32) -> Option<Arc<Thread>> {
    known().threads.get(&tid)?.upgrade()
}

/// The list of threads, locked around a `fork`.
pub(crate) struct Frozen(MutexGuard<'static, Known>);

pub(crate) fn freeze() -> Frozen {
    Frozen(known())
}

impl Frozen {
    /// In the new process only the thread that forked goes on, under another id.
    pub(crate) fn start_anew(&mut self) {
        AGE.fetch_add(1, Ordering::Relaxed);
        ID.set(0);
        // Its object, if it had one, stays that of the parent's thread, which has not ended.
        let _ = PRESENT.try_with(|present| present.0.take());
        self.0.threads.clear();
        self.0.leaving.clear();
        self.0.process = None;
    }
}
