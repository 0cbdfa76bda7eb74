//! How threads end: by themselves, or ended by others.
//!
//! A thread that ends runs the callbacks of its fiber-local storage, then the destructors of its
//! thread-local variables, and tells its end last of all.
//!
//! When the first thread of a process ends on its own, Linux would leave a half-dead process
//! behind, whose descriptors nobody can take. So that thread stays asleep until all others have
//! ended, and then ends the process with the code of the last.

use super::create;
use super::present::{self, current_thread, current_thread_id, present_if_known};
use super::{Thread, about, fiber, fiber_local};
use crate::error::{Result, Win32Error};
use crate::executive;
use crate::process::task::pid_of;
use crate::sync::mutex;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Dir, Mode, OFlags};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use transom_sys::suspension::{self, Refused};
use transom_sys::{startup, thread as native};

/// The last end that was told: the thread's id, and in the low half its code.
static LAST: AtomicU64 = AtomicU64::new(0);

/// How long the first look at the other threads is good for; each further one twice as long.
const FIRST_LOOK_MS: i64 = 1;
const LAST_LOOK_MS: i64 = 512;
/// How long a thread that is to end may take until somebody else waits for it.
const PATIENCE_MS: u32 = 50;

/// `ExitThread`: ends the calling thread with this code. Its thread-local variables are
/// destroyed, what is in the frames of its functions is not. The process goes on; when it was
/// the last thread, the process ends with the code.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-exitthread>
pub fn exit(code: u32) -> ! {
    // Without an object (there is no room for one) it ends all the same.
    drop(current_thread());
    finish(code);
    native::leave()
}

/// The calling thread is done: what comes before the destruction of its variables. The first
/// thread of the process does not come back.
pub(super) fn finish(code: u32) {
    fiber_local::run_callbacks();
    fiber::thread_ends();
    crate::io::thread_ends();
    let thread = present_if_known();
    if let Some(kept) = thread.as_ref().and_then(|thread| thread.as_kept()) {
        kept.set_exit_code(code);
    }
    let tid = current_thread_id();
    LAST.store(u64::from(tid) << 32 | u64::from(code), Ordering::SeqCst);
    // Asking for the process's id is a system call, and its object knows it.
    let process = thread.as_ref().map_or_else(std::process::id, |thread| thread.process_id());
    if tid == process {
        // To others it seems to be alive as long as it sleeps.
        match thread {
            Some(thread) => leave(&thread),
            None => mutex::thread_ends(),
        }
        await_the_others();
    }
}

/// The calling thread ends now: it tells so.
pub(super) fn leave(thread: &Arc<Thread>) {
    mutex::thread_ends();
    let Some(kept) = thread.as_own() else { return };
    about::note_times(thread);
    present::forget(thread);
    suspension::forget(thread.tid());
    create::let_stack_go(&kept.stack);
    // Last: whoever is woken does not meet us at a lock.
    kept.tell_end();
}

/// Sleeps until no other thread of the program runs, then ends the process.
fn await_the_others() -> ! {
    let mut seen = Vec::new();
    let mut look_ms = FIRST_LOOK_MS;
    loop {
        let others = others();
        let Some(&other) = others.first() else { break };
        match pid_of(other).map(transom_sys::pidfd::open_thread) {
            Some(Ok(pidfd)) => {
                let mut fds = [PollFd::new(&pidfd, PollFlags::IN)];
                // It has ended, or it is time to look again: it may be a thread of Transom's own
                // that had not yet said so.
                let _ = poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: look_ms * 1_000_000 }));
                look_ms = (look_ms * 2).min(LAST_LOOK_MS);
            }
            // It has ended meanwhile, or the kernel is older than 6.9.
            _ => std::thread::sleep(std::time::Duration::from_millis(5)),
        }
        seen = others;
    }
    seen.retain(|&tid| !startup::is_service_thread(tid));
    let last = LAST.load(Ordering::SeqCst);
    let (tid, code) = ((last >> 32) as u32, (last & 0xFFFF_FFFF) as u32);
    // The last thread may be one that told nothing, since Transom never heard of it.
    executive::exit(if seen.is_empty() || seen.contains(&tid) { code } else { 0 })
}

/// The other threads of the program: without the first one and Transom's own.
fn others() -> Vec<u32> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let Ok(tasks) = rustix::fs::open("/proc/self/task", flags, Mode::empty()).and_then(Dir::new)
    else {
        return Vec::new();
    };
    let (first, own) = (std::process::id(), current_thread_id());
    tasks
        .filter_map(|entry| entry.ok()?.file_name().to_str().ok()?.parse().ok())
        .filter(|&tid| tid != first && tid != own && !startup::is_service_thread(tid))
        .collect()
}

/// `TerminateThread`: ends a thread at once, wherever it is, with this code. Nothing of it is
/// destroyed but its stack. It is not ended in the middle of a function of Transom's that holds
/// one of its locks; what it holds of the program's (a critical section, memory) stays so.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` when it has ended; `ERROR_NOT_SUPPORTED` for a thread of another
/// process, unless it is the only one there; `ERROR_NO_SYSTEM_RESOURCES` when the program has
/// left no real-time signal to do it with.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminatethread>
pub fn terminate(thread: &Arc<Thread>, code: u32) -> Result<()> {
    if thread.has_ended() {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let tid = thread.tid();
    if thread.process_id() != std::process::id() {
        return terminate_of_another(thread, code);
    }
    if tid == current_thread_id() {
        exit(code);
    }
    // Another process may have handed us the handle, and known less of the thread.
    let thread = &present::find(tid).unwrap_or_else(|| Arc::clone(thread));
    let mut stack = None;
    if let Some(kept) = thread.as_own().filter(|kept| kept.native.get().is_some()) {
        stack = create::take_stack(&kept.stack, kept.native.get());
        if stack.is_none() {
            // It ends by itself this moment.
            return Err(Win32Error::ACCESS_DENIED);
        }
    }
    {
        // While these are held, it holds none of them.
        let _still = executive::freeze();
        match suspension::doom(tid) {
            // Its own end was faster; the stack is still ours to give back.
            Ok(()) | Err(Refused::Gone) => {}
            Err(_) => return Err(Win32Error::NO_SYSTEM_RESOURCES),
        }
        await_end(tid, PATIENCE_MS);
    }
    crate::io::thread_was_terminated(tid);
    let doomed = Doomed { thread: Arc::clone(thread), stack, code };
    if runs(tid) {
        // It has blocked the signal; it ends when it does no more.
        return startup::spawn_service_thread("transom", move || {
            await_end(tid, u32::MAX);
            doomed.has_ended();
        })
        .map_err(Win32Error::from);
    }
    doomed.has_ended();
    Ok(())
}

/// A thread that was ended from outside, and cannot tell so itself.
struct Doomed {
    thread: Arc<Thread>,
    stack: Option<native::NativeThread>,
    code: u32,
}

impl Doomed {
    fn has_ended(self) {
        if let Some(stack) = self.stack {
            stack.join();
        }
        let tid = self.thread.tid();
        let first = tid == std::process::id();
        if !first {
            suspension::forget(tid);
        }
        if let Some(kept) = self.thread.as_own()
            && !self.thread.has_ended()
        {
            kept.set_exit_code(self.code);
            present::forget(&self.thread);
            kept.tell_end();
        }
        LAST.store(u64::from(tid) << 32 | u64::from(self.code), Ordering::SeqCst);
        if first {
            // It sleeps for good: somebody else ends the process after the last thread.
            let _ = startup::spawn_service_thread("transom", || await_the_others());
        }
    }
}

/// Whether a thread that is to end still does something.
fn runs(tid: u32) -> bool {
    if tid == std::process::id() {
        return !suspension::is_parked(tid);
    }
    crate::process::task::look_at_thread(std::process::id(), tid).is_ok()
}

/// Waits until a thread that is to end does nothing any more, about so many milliseconds.
fn await_end(tid: u32, patience_ms: u32) {
    // It takes some microseconds, of which no descriptor would tell for the first thread.
    for _ in 0..patience_ms {
        for _ in 0..20 {
            if !runs(tid) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_micros(50));
        }
    }
}

/// A thread of another process can be ended if the process ends with it.
fn terminate_of_another(thread: &Thread, code: u32) -> Result<()> {
    let process = thread.process();
    let threads = std::fs::read_dir(format!("/proc/{}/task", process.pid()))
        .map_err(|_| Win32Error::ACCESS_DENIED)?
        .count();
    if thread.tid() == process.pid() && threads == 1 {
        return process.terminate(code);
    }
    Err(Win32Error::NOT_SUPPORTED)
}
