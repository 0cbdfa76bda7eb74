//! `threadpoolapiset.h`: work, timers and waits of thread pools.
//!
//! What was created is known by a number. A number that is none does nothing.

use crate::abi::{from_file_time, from_handle, load, or_else, same_signature, succeeds};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use transom_kernel::handle::Handle;
use transom_kernel::pool::{Calls, Pool, Timer, default_pool};
use transom_kernel::sync::registered::{self, Completion, Terms};
use transom_kernel::sync::{event, mutex, semaphore};
use transom_kernel::{Result, Win32Error, time};
use windows_sys::Win32::Foundation::{FILETIME, HANDLE, WAIT_OBJECT_0, WAIT_TIMEOUT};
use windows_sys::Win32::System::Threading::{
    self as official, LPTHREAD_START_ROUTINE, PTP_CALLBACK_INSTANCE, PTP_CLEANUP_GROUP, PTP_POOL,
    PTP_SIMPLE_CALLBACK, PTP_TIMER, PTP_TIMER_CALLBACK, PTP_WAIT, PTP_WAIT_CALLBACK, PTP_WORK,
    PTP_WORK_CALLBACK, TP_CALLBACK_ENVIRON_V3, WORKER_THREAD_FLAGS,
};
use windows_sys::core::BOOL;

/// A caller's pointer that goes to its callback.
#[derive(Clone, Copy)]
struct Context(*mut c_void);

// SAFETY: the pointer is only handed to the callback, which the caller wants called on another
// thread.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}

impl Context {
    /// The pointer; a method, so that closures take the whole.
    const fn get(&self) -> *mut c_void {
        self.0
    }
}

/// Calls the callback, with the reason for it.
type Call = dyn Fn(u32) + Send + Sync;

/// Something that makes calls.
struct Member {
    pool: Pool,
    calls: Calls,
    call: Box<Call>,
    timer: Mutex<Option<Timer>>,
    /// The registered wait.
    wait: Mutex<Option<u64>>,
    context: Context,
    group: PTP_CLEANUP_GROUP,
}

struct Numbers {
    members: BTreeMap<isize, Arc<Member>>,
    pools: BTreeMap<isize, Pool>,
    groups: BTreeMap<isize, official::PTP_CLEANUP_GROUP_CANCEL_CALLBACK>,
    next: isize,
}

const FIRST: isize = 0x7EA3_0000_0000;
const STEP: isize = 16;

static NUMBERS: Mutex<Numbers> = Mutex::new(Numbers {
    members: BTreeMap::new(),
    pools: BTreeMap::new(),
    groups: BTreeMap::new(),
    next: FIRST,
});

fn numbers() -> MutexGuard<'static, Numbers> {
    NUMBERS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Numbers {
    fn new_number(&mut self) -> isize {
        let number = self.next;
        self.next += STEP;
        number
    }
}

fn member(number: isize) -> Option<Arc<Member>> {
    numbers().members.get(&number).cloned()
}

impl Member {
    /// Has the call made on a thread of the pool.
    fn submit(self: &Arc<Self>, reason: u32) -> Result<()> {
        let own = Arc::clone(self);
        let ticket = self.calls.announce();
        let job = move || own.calls.make(ticket, || with_instance(|| (own.call)(reason)));
        self.pool.submit(Box::new(job)).inspect_err(|_| self.calls.withdraw(ticket))
    }

    fn stop(&self) {
        if let Some(timer) = &*self.timer.lock().unwrap_or_else(PoisonError::into_inner) {
            timer.stop();
        }
        let wait = self.wait.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(wait) = wait {
            // It has ended, or ends now.
            let _ = registered::unregister(wait, Completion::Ignore);
        }
    }
}

/// What is to be done when a callback returns.
#[derive(Default)]
struct AtReturn {
    events: Vec<Handle>,
    semaphores: Vec<(Handle, u32)>,
    mutexes: Vec<Handle>,
}

thread_local! {
    static AT_RETURN: RefCell<Vec<AtReturn>> = const { RefCell::new(Vec::new()) };
}

/// Makes a call, and what it has asked for behind it.
fn with_instance(call: impl FnOnce()) {
    AT_RETURN.with_borrow_mut(|stack| stack.push(AtReturn::default()));
    call();
    let after = AT_RETURN.with_borrow_mut(Vec::pop).unwrap_or_default();
    // There is nobody to tell of a handle that is none.
    for handle in after.events {
        let _ = event::set(handle);
    }
    for (handle, count) in after.semaphores {
        let _ = semaphore::release(handle, count.cast_signed());
    }
    for handle in after.mutexes {
        let _ = mutex::release(handle);
    }
}

/// The one instance that a callback's thread has.
const INSTANCE: PTP_CALLBACK_INSTANCE = 1;

/// The pool and group that an environment names.
///
/// # Safety
/// `environment` is NULL or readable.
unsafe fn environment_of(
    environment: *const TP_CALLBACK_ENVIRON_V3,
) -> Result<(Pool, PTP_CLEANUP_GROUP)> {
    // SAFETY: the same contract.
    let Some(environment) = (unsafe { load(environment) }) else { return Ok((default_pool(), 0)) };
    let mut numbers = numbers();
    let pool = match environment.Pool {
        0 => default_pool(),
        number => numbers.pools.get(&number).cloned().ok_or(Win32Error::INVALID_PARAMETER)?,
    };
    if environment.CleanupGroup != 0 {
        let callback = environment.CleanupGroupCancelCallback;
        let group = numbers.groups.get_mut(&environment.CleanupGroup);
        *group.ok_or(Win32Error::INVALID_PARAMETER)? = callback;
    }
    Ok((pool, environment.CleanupGroup))
}

/// Creates something that makes calls; its number.
///
/// # Safety
/// `environment` is NULL or readable.
unsafe fn create(
    context: *mut c_void,
    environment: *const TP_CALLBACK_ENVIRON_V3,
    call: impl FnOnce(isize) -> Result<Box<Call>>,
) -> isize {
    // SAFETY: the same contract.
    let made = unsafe { environment_of(environment) }.and_then(|(pool, group)| {
        let number = numbers().new_number();
        let member = Member {
            pool,
            calls: Calls::default(),
            call: call(number)?,
            timer: Mutex::new(None),
            wait: Mutex::new(None),
            context: Context(context),
            group,
        };
        numbers().members.insert(number, Arc::new(member));
        Ok(number)
    });
    or_else(made, 0)
}

/// `CreateThreadpoolWork`: makes work of a callback; 0 on failure. Of the environment its pool and
/// cleanup group count.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no callback, or no such pool.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-createthreadpoolwork>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateThreadpoolWork(
    callback: PTP_WORK_CALLBACK,
    context: *mut c_void,
    environment: *const TP_CALLBACK_ENVIRON_V3,
) -> PTP_WORK {
    let own = Context(context);
    let call = |number| {
        let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
        let call = move |_: u32| {
            // SAFETY: the caller wants it called so, on another thread.
            unsafe { callback(INSTANCE, own.get(), number) };
        };
        Ok(Box::new(call) as Box<Call>)
    };
    // SAFETY: NULL or readable, by the caller's contract.
    unsafe { create(context, environment, call) }
}
same_signature!(official::CreateThreadpoolWork, CreateThreadpoolWork, fn(_, _, _) -> _);

/// `SubmitThreadpoolWork`: has the callback called once more.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-submitthreadpoolwork>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SubmitThreadpoolWork(work: PTP_WORK) {
    if let Some(member) = member(work) {
        // Without a thread it cannot be called, and nobody can be told.
        let _ = member.submit(0);
    }
}
same_signature!(official::SubmitThreadpoolWork, SubmitThreadpoolWork, fn(_));

fn wait_for(number: isize, cancel: BOOL) {
    if let Some(member) = member(number) {
        if cancel != 0 {
            member.calls.cancel();
        }
        member.calls.wait();
    }
}

fn close(number: isize) {
    let member = numbers().members.remove(&number);
    if let Some(member) = member {
        member.stop();
    }
}

/// `WaitForThreadpoolWorkCallbacks`: waits for the calls that were submitted; or calls off those that
/// have not begun, and waits for the others.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-waitforthreadpoolworkcallbacks>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WaitForThreadpoolWorkCallbacks(work: PTP_WORK, cancel: BOOL) {
    wait_for(work, cancel);
}
same_signature!(official::WaitForThreadpoolWorkCallbacks, WaitForThreadpoolWorkCallbacks, fn(_, _));

/// `CloseThreadpoolWork`: gives work up; calls that were submitted are still made.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-closethreadpoolwork>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CloseThreadpoolWork(work: PTP_WORK) {
    close(work);
}
same_signature!(official::CloseThreadpoolWork, CloseThreadpoolWork, fn(_));

/// `TrySubmitThreadpoolCallback`: has a callback called once.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no callback, or no such pool. `ERROR_NO_SYSTEM_RESOURCES`: the
/// pool has no thread and can have none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-trysubmitthreadpoolcallback>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TrySubmitThreadpoolCallback(
    callback: PTP_SIMPLE_CALLBACK,
    context: *mut c_void,
    environment: *const TP_CALLBACK_ENVIRON_V3,
) -> BOOL {
    let own = Context(context);
    // SAFETY: NULL or readable, by the caller's contract.
    succeeds(unsafe { environment_of(environment) }.and_then(|(pool, _)| {
        let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: the caller wants it called so, on another thread.
        let call = move || with_instance(|| unsafe { callback(INSTANCE, own.get()) });
        pool.submit(Box::new(call))
    }))
}
same_signature!(
    official::TrySubmitThreadpoolCallback,
    TrySubmitThreadpoolCallback,
    fn(_, _, _) -> _
);

/// `QueueUserWorkItem`: has a callback called once by the process's pool. The flags choose nothing.
///
/// # Errors
/// As for [`TrySubmitThreadpoolCallback`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoollegacyapiset/nf-threadpoollegacyapiset-queueuserworkitem>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn QueueUserWorkItem(
    callback: LPTHREAD_START_ROUTINE,
    context: *const c_void,
    _flags: WORKER_THREAD_FLAGS,
) -> BOOL {
    let own = Context(context.cast_mut());
    succeeds(callback.ok_or(Win32Error::INVALID_PARAMETER).and_then(|callback| {
        default_pool().submit(Box::new(move || {
            // SAFETY: the caller wants it called so, on another thread.
            unsafe { callback(own.get()) };
        }))
    }))
}
same_signature!(official::QueueUserWorkItem, QueueUserWorkItem, fn(_, _, _) -> _);

/// `CreateThreadpoolTimer`: makes a timer of a callback; 0 on failure.
///
/// # Errors
/// As for [`CreateThreadpoolWork`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-createthreadpooltimer>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateThreadpoolTimer(
    callback: PTP_TIMER_CALLBACK,
    context: *mut c_void,
    environment: *const TP_CALLBACK_ENVIRON_V3,
) -> PTP_TIMER {
    let own = Context(context);
    let call = |number| {
        let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
        let call = move |_: u32| {
            // SAFETY: the caller wants it called so, on another thread.
            unsafe { callback(INSTANCE, own.get(), number) };
        };
        Ok(Box::new(call) as Box<Call>)
    };
    // SAFETY: NULL or readable, by the caller's contract.
    unsafe { create(context, environment, call) }
}
same_signature!(official::CreateThreadpoolTimer, CreateThreadpoolTimer, fn(_, _, _) -> _);

/// How long it is until a time: from now on where it is negative.
fn until(time: u64) -> Duration {
    let signed = time.cast_signed();
    let ticks = match u64::try_from(signed) {
        Ok(time) => time.saturating_sub(time::precise_now()),
        Err(_) => signed.unsigned_abs(),
    };
    Duration::from_micros(ticks / 10)
}

/// Sets or stops a timer; whether it was set before.
fn set_timer(number: isize, due: Option<u64>, period: u32) -> bool {
    let Some(member) = member(number) else { return false };
    let weak = Arc::downgrade(&member);
    let mut place = member.timer.lock().unwrap_or_else(PoisonError::into_inner);
    let timer = place.get_or_insert_with(|| {
        Timer::new(move || {
            if let Some(member) = weak.upgrade() {
                // Without a thread it cannot be called, and nobody can be told.
                let _ = member.submit(0);
            }
        })
    });
    let before = timer.is_set();
    match due {
        Some(due) => {
            // As above.
            let _ = timer.set(until(due), Duration::from_millis(period.into()));
        }
        None => timer.stop(),
    }
    before
}

/// `SetThreadpoolTimer`: has the callback called at a time, or from now on after a time (negative), and
/// then with a period in milliseconds; or no longer (NULL). The window is not made use of.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-setthreadpooltimer>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetThreadpoolTimer(
    timer: PTP_TIMER,
    due: *const FILETIME,
    period: u32,
    _window: u32,
) {
    // SAFETY: NULL or readable, by the caller's contract.
    set_timer(timer, unsafe { load(due) }.map(from_file_time), period);
}
same_signature!(official::SetThreadpoolTimer, SetThreadpoolTimer, fn(_, _, _, _));

/// `SetThreadpoolTimerEx`: as [`SetThreadpoolTimer`]; whether it was set before.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-setthreadpooltimerex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetThreadpoolTimerEx(
    timer: PTP_TIMER,
    due: *const FILETIME,
    period: u32,
    _window: u32,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    set_timer(timer, unsafe { load(due) }.map(from_file_time), period).into()
}
same_signature!(official::SetThreadpoolTimerEx, SetThreadpoolTimerEx, fn(_, _, _, _) -> _);

/// `IsThreadpoolTimerSet`: whether a timer is set.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-isthreadpooltimerset>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsThreadpoolTimerSet(timer: PTP_TIMER) -> BOOL {
    let is_set = |timer: &Option<Timer>| timer.as_ref().is_some_and(Timer::is_set);
    member(timer)
        .is_some_and(|member| is_set(&member.timer.lock().unwrap_or_else(PoisonError::into_inner)))
        .into()
}
same_signature!(official::IsThreadpoolTimerSet, IsThreadpoolTimerSet, fn(_) -> _);

/// `WaitForThreadpoolTimerCallbacks`: as [`WaitForThreadpoolWorkCallbacks`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-waitforthreadpooltimercallbacks>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WaitForThreadpoolTimerCallbacks(timer: PTP_TIMER, cancel: BOOL) {
    wait_for(timer, cancel);
}
same_signature!(
    official::WaitForThreadpoolTimerCallbacks,
    WaitForThreadpoolTimerCallbacks,
    fn(_, _)
);

/// `CloseThreadpoolTimer`: stops a timer and gives it up.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-closethreadpooltimer>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CloseThreadpoolTimer(timer: PTP_TIMER) {
    close(timer);
}
same_signature!(official::CloseThreadpoolTimer, CloseThreadpoolTimer, fn(_));

/// `CreateThreadpoolWait`: makes a wait of a callback; 0 on failure.
///
/// # Errors
/// As for [`CreateThreadpoolWork`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-createthreadpoolwait>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateThreadpoolWait(
    callback: PTP_WAIT_CALLBACK,
    context: *mut c_void,
    environment: *const TP_CALLBACK_ENVIRON_V3,
) -> PTP_WAIT {
    let own = Context(context);
    let call = |number| {
        let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
        let call = move |reason: u32| {
            // SAFETY: the caller wants it called so, on another thread.
            unsafe { callback(INSTANCE, own.get(), number, reason) };
        };
        Ok(Box::new(call) as Box<Call>)
    };
    // SAFETY: NULL or readable, by the caller's contract.
    unsafe { create(context, environment, call) }
}
same_signature!(official::CreateThreadpoolWait, CreateThreadpoolWait, fn(_, _, _) -> _);

/// Begins or ends a wait; whether there was one before.
fn set_wait(number: isize, object: HANDLE, timeout: Option<u64>) -> bool {
    let Some(member) = member(number) else { return false };
    // Held to the end: the callback may begin at once, and set the next wait.
    let mut set = member.wait.lock().unwrap_or_else(PoisonError::into_inner);
    let was_set =
        set.take().is_some_and(|wait| registered::unregister(wait, Completion::Ignore).is_ok());
    if object.is_null() {
        return was_set;
    }
    let weak = Arc::downgrade(&member);
    let own = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&own);
    let call = move |timed_out: bool| {
        if let Some(member) = weak.upgrade() {
            let own = told.load(Ordering::Relaxed);
            let _ = registered::unregister(own, Completion::Ignore);
            let mut set = member.wait.lock().unwrap_or_else(PoisonError::into_inner);
            set.take_if(|wait| *wait == own);
            drop(set);
            let reason = if timed_out { WAIT_TIMEOUT } else { WAIT_OBJECT_0 };
            // Without a thread it cannot be called, and nobody can be told.
            let _ = member.submit(reason);
        }
    };
    let milliseconds = timeout.map_or(u32::MAX, |timeout| {
        let milliseconds = until(timeout).as_millis();
        u32::try_from(milliseconds).unwrap_or(u32::MAX - 1)
    });
    let terms = Terms { timeout_ms: milliseconds, once: true, in_wait_thread: false };
    let tell = |number| own.store(number, Ordering::Relaxed);
    *set = from_handle(object)
        .and_then(|object| registered::register(object, terms, tell, Box::new(call)))
        .ok();
    was_set
}

/// `SetThreadpoolWait`: has the callback called once when an object is signalled or at a time; or no
/// longer (NULL). A mutex is taken by the thread that waits, and so is of no use here.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-setthreadpoolwait>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetThreadpoolWait(
    wait: PTP_WAIT,
    object: HANDLE,
    timeout: *const FILETIME,
) {
    // SAFETY: NULL or readable, by the caller's contract.
    set_wait(wait, object, unsafe { load(timeout) }.map(from_file_time));
}
same_signature!(official::SetThreadpoolWait, SetThreadpoolWait, fn(_, _, _));

/// `SetThreadpoolWaitEx`: as [`SetThreadpoolWait`]; whether it was set before.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-setthreadpoolwaitex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetThreadpoolWaitEx(
    wait: PTP_WAIT,
    object: HANDLE,
    timeout: *const FILETIME,
    _reserved: *const c_void,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    set_wait(wait, object, unsafe { load(timeout) }.map(from_file_time)).into()
}
same_signature!(official::SetThreadpoolWaitEx, SetThreadpoolWaitEx, fn(_, _, _, _) -> _);

/// `WaitForThreadpoolWaitCallbacks`: as [`WaitForThreadpoolWorkCallbacks`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-waitforthreadpoolwaitcallbacks>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WaitForThreadpoolWaitCallbacks(wait: PTP_WAIT, cancel: BOOL) {
    wait_for(wait, cancel);
}
same_signature!(official::WaitForThreadpoolWaitCallbacks, WaitForThreadpoolWaitCallbacks, fn(_, _));

/// `CloseThreadpoolWait`: ends a wait and gives it up.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-closethreadpoolwait>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CloseThreadpoolWait(wait: PTP_WAIT) {
    close(wait);
}
same_signature!(official::CloseThreadpoolWait, CloseThreadpoolWait, fn(_));

/// `CreateThreadpool`: makes a pool of its own; 0 if `reserved` is not NULL.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-createthreadpool>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateThreadpool(reserved: *const c_void) -> PTP_POOL {
    if !reserved.is_null() {
        return or_else(Err(Win32Error::INVALID_PARAMETER), 0);
    }
    let mut numbers = numbers();
    let number = numbers.new_number();
    numbers.pools.insert(number, Pool::new());
    number
}
same_signature!(official::CreateThreadpool, CreateThreadpool, fn(_) -> _);

/// `CloseThreadpool`: gives a pool up; its threads end when there is nothing to do any more.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-closethreadpool>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CloseThreadpool(pool: PTP_POOL) {
    let pool = numbers().pools.remove(&pool);
    if let Some(pool) = pool {
        pool.close();
    }
}
same_signature!(official::CloseThreadpool, CloseThreadpool, fn(_));

/// `SetThreadpoolThreadMaximum`: the most threads a pool may have; 500 otherwise.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-setthreadpoolthreadmaximum>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetThreadpoolThreadMaximum(pool: PTP_POOL, most: u32) {
    let pool = numbers().pools.get(&pool).cloned();
    if let Some(pool) = pool {
        pool.set_most(most as usize);
    }
}
same_signature!(official::SetThreadpoolThreadMaximum, SetThreadpoolThreadMaximum, fn(_, _));

/// `SetThreadpoolThreadMinimum`: the fewest threads a pool has.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such pool. `ERROR_NO_SYSTEM_RESOURCES`: there are not so
/// many threads left.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-setthreadpoolthreadminimum>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetThreadpoolThreadMinimum(pool: PTP_POOL, least: u32) -> BOOL {
    let pool = numbers().pools.get(&pool).cloned().ok_or(Win32Error::INVALID_PARAMETER);
    succeeds(pool.and_then(|pool| pool.set_least(least as usize)))
}
same_signature!(official::SetThreadpoolThreadMinimum, SetThreadpoolThreadMinimum, fn(_, _) -> _);

/// `CreateThreadpoolCleanupGroup`: makes a group of things that are closed together.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-createthreadpoolcleanupgroup>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateThreadpoolCleanupGroup() -> PTP_CLEANUP_GROUP {
    let mut numbers = numbers();
    let number = numbers.new_number();
    numbers.groups.insert(number, None);
    number
}
same_signature!(official::CreateThreadpoolCleanupGroup, CreateThreadpoolCleanupGroup, fn() -> _);

/// `CloseThreadpoolCleanupGroupMembers`: closes all that was created for a group, after its calls were
/// made; or calls off those that have not begun, and tells the group's callback.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-closethreadpoolcleanupgroupmembers>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CloseThreadpoolCleanupGroupMembers(
    group: PTP_CLEANUP_GROUP,
    cancel: BOOL,
    context: *mut c_void,
) {
    let (members, callback) = {
        let mut numbers = numbers();
        let callback = numbers.groups.get(&group).copied().flatten();
        let (gone, kept) = std::mem::take(&mut numbers.members)
            .into_iter()
            .partition::<BTreeMap<_, _>, _>(|(_, member)| member.group == group && group != 0);
        numbers.members = kept;
        (gone, callback)
    };
    for member in members.into_values() {
        member.stop();
        if cancel != 0
            && member.calls.cancel() != 0
            && let Some(callback) = callback
        {
            // SAFETY: the caller wants it called so.
            unsafe { callback(member.context.get(), context) };
        }
        member.calls.wait();
    }
}
same_signature!(
    official::CloseThreadpoolCleanupGroupMembers,
    CloseThreadpoolCleanupGroupMembers,
    fn(_, _, _)
);

/// `CloseThreadpoolCleanupGroup`: gives a group up.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-closethreadpoolcleanupgroup>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CloseThreadpoolCleanupGroup(group: PTP_CLEANUP_GROUP) {
    numbers().groups.remove(&group);
}
same_signature!(official::CloseThreadpoolCleanupGroup, CloseThreadpoolCleanupGroup, fn(_));

/// `CallbackMayRunLong`: TRUE: pools make threads as they need them.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-callbackmayrunlong>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CallbackMayRunLong(_instance: PTP_CALLBACK_INSTANCE) -> BOOL {
    1
}
same_signature!(official::CallbackMayRunLong, CallbackMayRunLong, fn(_) -> _);

fn at_return(act: impl FnOnce(&mut AtReturn)) {
    AT_RETURN.with_borrow_mut(|stack| stack.last_mut().map(act));
}

/// `SetEventWhenCallbackReturns`: signals an event when the callback that calls this has returned.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-seteventwhencallbackreturns>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetEventWhenCallbackReturns(
    _instance: PTP_CALLBACK_INSTANCE,
    event: HANDLE,
) {
    if let Ok(event) = from_handle(event) {
        at_return(|after| after.events.push(event));
    }
}
same_signature!(official::SetEventWhenCallbackReturns, SetEventWhenCallbackReturns, fn(_, _));

/// `ReleaseSemaphoreWhenCallbackReturns`: releases a semaphore when the callback that calls this has
/// returned.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-releasesemaphorewhencallbackreturns>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReleaseSemaphoreWhenCallbackReturns(
    _instance: PTP_CALLBACK_INSTANCE,
    semaphore: HANDLE,
    count: u32,
) {
    if let Ok(semaphore) = from_handle(semaphore) {
        at_return(|after| after.semaphores.push((semaphore, count)));
    }
}
same_signature!(
    official::ReleaseSemaphoreWhenCallbackReturns,
    ReleaseSemaphoreWhenCallbackReturns,
    fn(_, _, _)
);

/// `ReleaseMutexWhenCallbackReturns`: releases a mutex when the callback that calls this has returned.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-releasemutexwhencallbackreturns>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReleaseMutexWhenCallbackReturns(
    _instance: PTP_CALLBACK_INSTANCE,
    mutex: HANDLE,
) {
    if let Ok(mutex) = from_handle(mutex) {
        at_return(|after| after.mutexes.push(mutex));
    }
}
same_signature!(
    official::ReleaseMutexWhenCallbackReturns,
    ReleaseMutexWhenCallbackReturns,
    fn(_, _)
);
