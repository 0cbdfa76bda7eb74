//! Calls that wait, and can be told to stop waiting by another thread.
//!
//! A call that sleeps on a word also sleeps on its [`Cancel`]. One that waits in a system call is
//! interrupted by a signal, again and again until it has noticed, since a signal that comes a moment
//! before the call is lost.

use super::worker;
use crate::error::{Result, Win32Error};
use crate::pipe::channel::Cancel;
use crate::thread::current_thread_id;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use transom_sys::interruption;

/// The threads that ever waited, by their ids.
static THREADS: Mutex<BTreeMap<u32, Arc<Waiter>>> = Mutex::new(BTreeMap::new());

/// How often a thread is interrupted that does not notice: it has blocked the signal.
const MOST_INTERRUPTIONS: u32 = 200;

thread_local! {
    static OWN: OnceCell<Own> = const { OnceCell::new() };
}

/// A thread that may wait.
#[derive(Debug)]
struct Waiter {
    cancel: Cancel,
    /// It waits in a system call.
    in_system_call: AtomicBool,
    /// Held while a signal is sent, so that none comes when the call is over.
    sending: Mutex<()>,
}

/// A thread's place in the list, which ends with the thread.
struct Own {
    tid: u32,
    waiter: Arc<Waiter>,
}

impl Drop for Own {
    fn drop(&mut self) {
        let mut threads = threads();
        if threads.get(&self.tid).is_some_and(|waiter| Arc::ptr_eq(waiter, &self.waiter)) {
            threads.remove(&self.tid);
        }
    }
}

fn threads() -> MutexGuard<'static, BTreeMap<u32, Arc<Waiter>>> {
    THREADS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn register() -> Own {
    let waiter = Arc::new(Waiter {
        cancel: Cancel::unused(),
        in_system_call: AtomicBool::new(false),
        sending: Mutex::new(()),
    });
    let tid = current_thread_id();
    threads().insert(tid, Arc::clone(&waiter));
    Own { tid, waiter }
}

/// Makes a call that may wait on words, and that `CancelSynchronousIo` may end: whatever waits in
/// it gives up with `ERROR_OPERATION_ABORTED` when the cancel says so. One such call within another
/// is part of it.
#[inline]
pub fn interruptible<T>(call: impl FnOnce(&Cancel) -> T) -> T {
    with_waiter(false, call)
}

/// As [`interruptible`], for a call that waits in system calls: when one of them is interrupted,
/// the cancel says whether to give up.
#[inline]
pub(crate) fn in_system_call<T>(call: impl FnOnce(&Cancel) -> T) -> T {
    with_waiter(true, call)
}

#[inline]
fn with_waiter<T>(in_system_call: bool, call: impl FnOnce(&Cancel) -> T) -> T {
    let mut call = Some(call);
    let done = OWN.try_with(|own| {
        let waiter = &*own.get_or_init(register).waiter;
        let call = call.take()?;
        if in_system_call {
            waiter.in_system_call.store(true, Ordering::Relaxed);
        }
        if !waiter.cancel.begin() {
            // A part of another call.
            let before = waiter.in_system_call.load(Ordering::Relaxed);
            waiter.in_system_call.store(before || in_system_call, Ordering::SeqCst);
            let done = call(&waiter.cancel);
            waiter.in_system_call.store(before, Ordering::SeqCst);
            return Some(done);
        }
        let _pause = worker::pause();
        let begun = Begun(waiter);
        Some(call(&begun.0.cancel))
    });
    match (done, call) {
        (Ok(Some(done)), _) => done,
        // The thread is just ending, and nobody finds it any more.
        (_, Some(call)) => call(&Cancel::new()),
        (_, None) => unreachable!("a call that was made has a result"),
    }
}

/// A call that is being made.
struct Begun<'a>(&'a Waiter);

impl Drop for Begun<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.0.cancel.end() {
            self.0.end_cancelled();
        }
        self.0.in_system_call.store(false, Ordering::Relaxed);
    }
}

impl Waiter {
    /// A call that was cancelled is over, be it that it had succeeded by then.
    #[cold]
    fn end_cancelled(&self) {
        let _nobody_sends = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        self.cancel.end_cancelled();
        // A signal that was sent comes at the end of a system call at the latest.
        std::thread::yield_now();
    }
}

/// Ends the wait of a thread of this process.
///
/// # Errors
/// `ERROR_NOT_FOUND` when it makes no call that could be ended.
pub(super) fn cancel(tid: u32) -> Result<()> {
    let waiter = threads().get(&tid).cloned().ok_or(Win32Error::NOT_FOUND)?;
    if !waiter.cancel.cancel_if_begun() {
        return Err(Win32Error::NOT_FOUND);
    }
    for _ in 0..MOST_INTERRUPTIONS {
        let is_over = {
            let _sending = waiter.sending.lock().unwrap_or_else(PoisonError::into_inner);
            !waiter.in_system_call.load(Ordering::SeqCst)
                || !waiter.cancel.is_cancelled()
                || !interruption::interrupt(tid)
        };
        if is_over {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// The list, locked around a `fork`.
pub(crate) struct Frozen(MutexGuard<'static, BTreeMap<u32, Arc<Waiter>>>);

pub(crate) fn freeze() -> Frozen {
    Frozen(threads())
}

impl Frozen {
    /// The new process has one thread, under another id.
    pub(crate) fn start_anew(&mut self) {
        self.0.clear();
        let _ = OWN.try_with(|own| {
            if let Some(own) = own.get() {
                self.0.insert(current_thread_id(), Arc::clone(&own.waiter));
            }
        });
    }
}
