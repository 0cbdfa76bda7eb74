//! `threadpoollegacyapiset.h`: timers in queues, whose callbacks are called by the process's pool.

use crate::abi::{from_handle, raw_to_handle, same_signature, store, succeeds};
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use transom_kernel::handle::Handle;
use transom_kernel::pool::{Calls, Timer, default_pool};
use transom_kernel::sync::event;
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Threading::{
    self as official, WAITORTIMERCALLBACK, WORKER_THREAD_FLAGS, WT_EXECUTEONLYONCE,
};
use windows_sys::core::BOOL;

/// A caller's pointer that goes to its callback.
struct Context(*const c_void);

// SAFETY: the pointer is only handed to the callback, which the caller wants called on another
// thread.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}

struct Entry {
    timer: Timer,
    calls: Arc<Calls>,
    shots: Arc<Shots>,
    once: bool,
    queue: usize,
}

/// Whether a timer goes on.
#[derive(Default)]
struct Shots {
    has_period: AtomicBool,
    /// It had no period, and its time has come.
    over: AtomicBool,
}

impl Entry {
    fn set(&self, due: u32, period: u32) -> Result<()> {
        let period = if self.once { 0 } else { period };
        self.shots.has_period.store(period != 0, Ordering::SeqCst);
        set(&self.timer, due, period)
    }
}

struct Queues {
    timers: BTreeMap<usize, Arc<Entry>>,
    queues: Vec<usize>,
    next: usize,
}

const FIRST: usize = 0x7EA4_0000_0000;
const STEP: usize = 16;

static QUEUES: Mutex<Queues> =
    Mutex::new(Queues { timers: BTreeMap::new(), queues: Vec::new(), next: FIRST });

fn queues() -> MutexGuard<'static, Queues> {
    QUEUES.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queues {
    fn new_number(&mut self) -> usize {
        let number = self.next;
        self.next += STEP;
        number
    }

    /// The number of a queue; 0 is the process's own.
    fn queue(&self, queue: HANDLE) -> Result<usize> {
        let number = queue.addr();
        if number == 0 || self.queues.contains(&number) {
            Ok(number)
        } else {
            Err(Win32Error::INVALID_HANDLE)
        }
    }
}

/// `CreateTimerQueue`: makes a queue for timers.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoollegacyapiset/nf-threadpoollegacyapiset-createtimerqueue>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateTimerQueue() -> HANDLE {
    let mut queues = queues();
    let number = queues.new_number();
    queues.queues.push(number);
    raw_to_handle(number.cast_signed())
}
same_signature!(official::CreateTimerQueue, CreateTimerQueue, fn() -> _);

/// `CreateTimerQueueTimer`: has a callback called after so many milliseconds, and then with a period
/// unless it is 0 or `WT_EXECUTEONLYONCE` is among the flags; the others choose nothing. A queue of
/// NULL is the process's own.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no callback. `ERROR_INVALID_HANDLE`: there is no such queue.
/// `ERROR_NOACCESS`: `place` is NULL. `ERROR_NO_SYSTEM_RESOURCES`: there is no thread left.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoollegacyapiset/nf-threadpoollegacyapiset-createtimerqueuetimer>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateTimerQueueTimer(
    place: *mut HANDLE,
    queue: HANDLE,
    callback: WAITORTIMERCALLBACK,
    parameter: *const c_void,
    due: u32,
    period: u32,
    flags: WORKER_THREAD_FLAGS,
) -> BOOL {
    let context = Arc::new(Context(parameter));
    let make = || {
        let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
        if place.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        let calls = Arc::new(Calls::default());
        let own = Arc::clone(&calls);
        let shots = Arc::new(Shots::default());
        let shot = Arc::clone(&shots);
        let timer = Timer::new(move || {
            if !shot.has_period.load(Ordering::SeqCst) {
                shot.over.store(true, Ordering::SeqCst);
            }
            let (calls, context) = (Arc::clone(&own), Arc::clone(&context));
            let ticket = own.announce();
            let job = move || {
                calls.make(ticket, || {
                    // SAFETY: the caller wants it called so, on another thread.
                    unsafe { callback(context.0.cast_mut(), true) };
                });
            };
            if default_pool().submit(Box::new(job)).is_err() {
                own.withdraw(ticket);
            }
        });
        let once = flags & WT_EXECUTEONLYONCE != 0;
        let (number, entry) = {
            let mut queues = queues();
            let queue = queues.queue(queue)?;
            let number = queues.new_number();
            // It is known before its callback may use it.
            // SAFETY: not NULL, so writable by the caller's contract.
            unsafe { store(place, raw_to_handle(number.cast_signed())) }?;
            let entry = Arc::new(Entry { timer, calls, shots, once, queue });
            queues.timers.insert(number, Arc::clone(&entry));
            (number, entry)
        };
        entry.set(due, period).inspect_err(|_| {
            queues().timers.remove(&number);
        })
    };
    succeeds(make())
}
same_signature!(
    official::CreateTimerQueueTimer,
    CreateTimerQueueTimer,
    fn(_, _, _, _, _, _, _) -> _
);

fn set(timer: &Timer, due: u32, period: u32) -> Result<()> {
    if due == u32::MAX {
        timer.stop();
        return Ok(());
    }
    timer.set(Duration::from_millis(due.into()), Duration::from_millis(period.into()))
}

/// `ChangeTimerQueueTimer`: sets a timer anew, unless it had no period and its time has come. In which
/// queue it is does not matter.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: there is no such timer.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoollegacyapiset/nf-threadpoollegacyapiset-changetimerqueuetimer>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ChangeTimerQueueTimer(
    _queue: HANDLE,
    timer: HANDLE,
    due: u32,
    period: u32,
) -> BOOL {
    let entry = queues().timers.get(&timer.addr()).cloned();
    let change = |entry: Arc<Entry>| match entry.shots.over.load(Ordering::SeqCst) {
        true => Ok(()),
        false => entry.set(due, period),
    };
    succeeds(entry.ok_or(Win32Error::INVALID_HANDLE).and_then(change))
}
same_signature!(official::ChangeTimerQueueTimer, ChangeTimerQueueTimer, fn(_, _, _, _) -> _);

/// What deleting does about calls that are being made.
fn completion(event: HANDLE) -> Result<Option<Handle>> {
    match event {
        event if event.is_null() || event == INVALID_HANDLE_VALUE => Ok(None),
        event => from_handle(event).map(Some),
    }
}

/// Ends timers, and does about their calls what was asked for.
fn end(entries: Vec<Arc<Entry>>, event: HANDLE) -> Result<()> {
    let signal = completion(event)?;
    for entry in &entries {
        entry.timer.stop();
        entry.calls.cancel();
    }
    if event == INVALID_HANDLE_VALUE {
        for entry in entries {
            entry.calls.wait();
        }
        return Ok(());
    }
    let outstanding = entries.iter().any(|entry| entry.calls.are_outstanding());
    if let Some(signal) = signal {
        default_pool().submit(Box::new(move || {
            for entry in entries {
                entry.calls.wait();
            }
            // There is nobody to tell of a handle that was closed meanwhile.
            let _ = event::set(signal);
        }))?;
    }
    if outstanding { Err(Win32Error::IO_PENDING) } else { Ok(()) }
}

/// `DeleteTimerQueueTimer`: ends a timer. With `INVALID_HANDLE_VALUE` it waits for a call that is
/// being made, with an event it has that signalled when the call has ended.
///
/// # Errors
/// `ERROR_IO_PENDING`: a call is being made; the timer has ended. `ERROR_INVALID_HANDLE`: there is no
/// such timer. `ERROR_INVALID_PARAMETER`: NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoollegacyapiset/nf-threadpoollegacyapiset-deletetimerqueuetimer>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DeleteTimerQueueTimer(
    _queue: HANDLE,
    timer: HANDLE,
    event: HANDLE,
) -> BOOL {
    if timer.is_null() {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    }
    let entry = queues().timers.remove(&timer.addr());
    succeeds(entry.ok_or(Win32Error::INVALID_HANDLE).and_then(|entry| end(vec![entry], event)))
}
same_signature!(official::DeleteTimerQueueTimer, DeleteTimerQueueTimer, fn(_, _, _) -> _);

/// `DeleteTimerQueueEx`: ends a queue and its timers, as [`DeleteTimerQueueTimer`] does with one.
///
/// # Errors
/// `ERROR_IO_PENDING`: a call is being made. `ERROR_INVALID_HANDLE`: there is no such queue.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoollegacyapiset/nf-threadpoollegacyapiset-deletetimerqueueex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DeleteTimerQueueEx(queue: HANDLE, event: HANDLE) -> BOOL {
    let taken = {
        let mut queues = queues();
        queues.queue(queue).and_then(|number| {
            if number == 0 {
                return Err(Win32Error::INVALID_HANDLE);
            }
            queues.queues.retain(|&known| known != number);
            let (gone, kept) = std::mem::take(&mut queues.timers)
                .into_iter()
                .partition::<BTreeMap<_, _>, _>(|(_, entry)| entry.queue == number);
            queues.timers = kept;
            Ok(gone.into_values().collect::<Vec<_>>())
        })
    };
    succeeds(taken.and_then(|entries| end(entries, event)))
}
same_signature!(official::DeleteTimerQueueEx, DeleteTimerQueueEx, fn(_, _) -> _);

/// `DeleteTimerQueue`: ends a queue and its timers; calls that are being made go on.
///
/// # Errors
/// As for [`DeleteTimerQueueEx`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoollegacyapiset/nf-threadpoollegacyapiset-deletetimerqueue>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DeleteTimerQueue(queue: HANDLE) -> BOOL {
    // SAFETY: by the caller's contract.
    unsafe { DeleteTimerQueueEx(queue, null_mut()) }
}
same_signature!(official::DeleteTimerQueue, DeleteTimerQueue, fn(_) -> _);
