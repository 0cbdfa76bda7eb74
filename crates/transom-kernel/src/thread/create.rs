//! `CreateThread`.

use super::end;
use super::present::{self, become_present, note, own_process};
use super::{Thread, priority};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::HandleValue;
use crate::object::ObjectType;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use transom_sys::suspension;
use transom_sys::thread::{self as native, NativeThread};

/// Whose it is to give back a thread's stack: nobody's yet, as the creator still uses it.
const CREATING: u32 = 0;
/// The thread's own, when it ends.
const RUNNING: u32 = 1;
/// It has ended; who finds this gives the stack back.
const ENDED: u32 = 2;
/// Somebody ends it from outside, and gives the stack back.
pub(super) const JOINED: u32 = 3;

/// How a stack is measured out.
const STACK_UNIT: usize = 64 * 1024;
/// What a stack has at least where only its first part was asked for.
const STACK_DEFAULT: usize = 1024 * 1024;

/// A thread to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewThread {
    /// The bytes of its stack; 0 for the usual number.
    pub stack_bytes: usize,
    /// `STACK_SIZE_PARAM_IS_A_RESERVATION`: those bytes are all it gets. Without it they are what
    /// Windows would commit at first, and the stack is at least as large as usual.
    pub exact_stack: bool,
    /// `CREATE_SUSPENDED`: it does not run before it is resumed.
    pub suspended: bool,
    /// Whether the handle is inheritable.
    pub inherit: bool,
}

impl NewThread {
    fn stack(&self) -> Option<usize> {
        match (self.stack_bytes, self.exact_stack) {
            (0, _) => None,
            (bytes, true) => Some(bytes.saturating_add(STACK_UNIT - 1) & !(STACK_UNIT - 1)),
            // The usual stack of Linux is large enough for what is asked for.
            (bytes, false) if bytes <= STACK_DEFAULT => None,
            (bytes, false) => Some(bytes.saturating_add(STACK_DEFAULT - 1) & !(STACK_DEFAULT - 1)),
        }
    }
}

/// What the new thread gets from its creator.
struct Begin<R> {
    thread: Arc<Thread>,
    /// Opened when the creator has said that the thread is suspended; nothing for one that runs.
    gate: Option<Arc<AtomicU32>>,
    routine: R,
}

/// `CreateThread`: starts a thread of this process that runs `routine` and ends with the code it
/// returns; a handle to it, and its id.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY` when Linux starts no more threads or has no such stack;
/// `ERROR_NO_SYSTEM_RESOURCES` when there is no room for the object or its handle, or too many
/// threads are suspended.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createthread>
pub fn create<R>(new: &NewThread, routine: R) -> Result<(HandleValue, u32)>
where
    R: FnOnce() -> u32 + Send + 'static,
{
    let thread = Arc::new(Thread::to_be(own_process()?)?);
    let table = current().table();
    let access = ObjectType::Thread.all_access();
    let object: Arc<Thread> = Arc::clone(&thread);
    // A thread cannot be taken back, so the handle comes first.
    let handle = table.create(object, access, new.inherit)?;
    let started = start(new, &thread, routine).inspect_err(|_| {
        // Nobody else knows it.
        let _ = table.close(handle.into());
    });
    let tid = started?;
    // Now its line tells its id, too.
    let _ = table.publish_again(handle);
    Ok((handle, tid))
}

fn start<R>(new: &NewThread, thread: &Arc<Thread>, routine: R) -> Result<u32>
where
    R: FnOnce() -> u32 + Send + 'static,
{
    let gate = new.suspended.then(|| Arc::new(AtomicU32::new(0)));
    let begin = Begin { thread: Arc::clone(thread), gate: gate.clone(), routine };
    let native =
        native::start(new.stack(), begin, run::<R>).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
    let kept = thread.as_kept().ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
    if let Some(tid) = native.id() {
        kept.set_tid(tid);
    }
    // One that has ended already has said its id itself.
    let tid = thread.tid();
    let held = match &gate {
        Some(gate) => {
            let held = suspension::hold(tid);
            gate.store(if held.is_ok() { 1 } else { REFUSED }, Ordering::SeqCst);
            // A word of this process cannot fault.
            let _ = rustix::thread::futex::wake(gate, rustix::thread::futex::Flags::PRIVATE, 1);
            held
        }
        None => Ok(()),
    };
    note(thread);
    let _ = kept.native.set(native);
    let (order, relaxed) = (Ordering::AcqRel, Ordering::Acquire);
    if kept.stack.compare_exchange(CREATING, RUNNING, order, relaxed).is_err() {
        native.detach();
    }
    held.map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)?;
    Ok(tid)
}

/// What the gate of a thread says that is to end before it has begun.
const REFUSED: u32 = 2;

/// The whole life of a thread.
fn run<R: FnOnce() -> u32>(Begin { thread, gate, routine }: Begin<R>) {
    if let Some(kept) = thread.as_kept() {
        kept.set_tid(present::current_thread_id());
    }
    // Before anything else that is destroyed with the thread: so it ends after all of that.
    become_present(&thread);
    drop(thread);
    if let Some(gate) = gate {
        while gate.load(Ordering::SeqCst) == 0 {
            let flags = rustix::thread::futex::Flags::PRIVATE;
            // Opened, or interrupted: look again.
            let _ = rustix::thread::futex::wait(&gate, flags, 0, None);
        }
        if gate.load(Ordering::SeqCst) == REFUSED {
            return;
        }
        drop(gate);
        suspension::pass();
    }
    priority::begin();
    // Calls that were queued for it before it began.
    crate::sync::apc::deliver();
    let code = routine();
    end::finish(code);
}

/// Whether a thread's end is the first to say so; its stack is then given back by it, or by who
/// is still creating it.
pub(super) fn let_stack_go(stack: &AtomicU32) {
    if stack.swap(ENDED, Ordering::AcqRel) == RUNNING {
        native::detach_this();
    }
}

/// Takes over a running thread's stack, to give it back when it has ended; `None` for one that
/// has ended, or whose end somebody else sees to.
pub(super) fn take_stack(stack: &AtomicU32, native: Option<&NativeThread>) -> Option<NativeThread> {
    let native = *native?;
    let (order, relaxed) = (Ordering::AcqRel, Ordering::Acquire);
    stack.compare_exchange(RUNNING, JOINED, order, relaxed).is_ok().then_some(native)
}

#[cfg(test)]
mod tests {
    use super::{NewThread, STACK_DEFAULT};

    #[test]
    fn stacks_are_rounded_as_windows_does() {
        let stack = |stack_bytes, exact_stack| {
            NewThread { stack_bytes, exact_stack, ..NewThread::default() }.stack()
        };
        assert_eq!((stack(0, false), stack(0, true)), (None, None));
        assert_eq!(stack(1, true), Some(0x1_0000));
        assert_eq!(stack(0x1_0001, true), Some(0x2_0000));
        assert_eq!(stack(4096, false), None);
        assert_eq!(stack(STACK_DEFAULT + 1, false), Some(2 * STACK_DEFAULT));
        assert!(stack(usize::MAX, true).is_some_and(|bytes| bytes > usize::MAX / 2));
    }
}
