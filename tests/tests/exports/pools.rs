//! Thread pools, timer queues, interlocked lists.

use crate::{TRUE, alone, close, event, raw, win32};
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};
use windows_sys::Win32::Foundation::{
    ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, FILETIME, INVALID_HANDLE_VALUE, WAIT_OBJECT_0,
    WAIT_TIMEOUT,
};
use windows_sys::Win32::System::Kernel::{SLIST_ENTRY, SLIST_HEADER};
use windows_sys::Win32::System::Threading::{
    ChangeTimerQueueTimer, CloseThreadpool, CloseThreadpoolTimer, CloseThreadpoolWait,
    CloseThreadpoolWork, CreateThreadpool, CreateThreadpoolTimer, CreateThreadpoolWait,
    CreateThreadpoolWork, CreateTimerQueue, CreateTimerQueueTimer, DeleteTimerQueueEx,
    DeleteTimerQueueTimer, INFINITE, InitializeSListHead, InterlockedFlushSList,
    InterlockedPopEntrySList, InterlockedPushEntrySList, IsThreadpoolTimerSet,
    PTP_CALLBACK_INSTANCE, PTP_TIMER, PTP_WAIT, PTP_WORK, QueryDepthSList, QueueUserWorkItem,
    ResetEvent, SetEvent, SetThreadpoolThreadMaximum, SetThreadpoolTimer, SetThreadpoolWait,
    SetThreadpoolWaitEx, SubmitThreadpoolWork, TP_CALLBACK_ENVIRON_V3, TrySubmitThreadpoolCallback,
    WaitForSingleObject, WaitForThreadpoolTimerCallbacks, WaitForThreadpoolWaitCallbacks,
    WaitForThreadpoolWorkCallbacks,
};

/// What callbacks are given.
struct Shared {
    count: AtomicU32,
    reason: AtomicU32,
    done: usize,
}

impl Shared {
    fn new(done: *mut c_void) -> Self {
        Self { count: AtomicU32::new(0), reason: AtomicU32::new(77), done: done.addr() }
    }

    fn pointer(&self) -> *mut c_void {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    fn called(context: *mut c_void) -> &'static Self {
        // SAFETY: the tests wait for their callbacks before what they share goes.
        let shared = unsafe { &*context.cast::<Self>() };
        shared.count.fetch_add(1, Ordering::SeqCst);
        if shared.done != 0 {
            win32!(SetEvent(raw(shared.done.cast_signed())));
        }
        shared
    }
}

unsafe extern "system" fn work(_: PTP_CALLBACK_INSTANCE, context: *mut c_void, _: PTP_WORK) {
    Shared::called(context);
}

unsafe extern "system" fn simple(_: PTP_CALLBACK_INSTANCE, context: *mut c_void) {
    Shared::called(context);
}

unsafe extern "system" fn timer(_: PTP_CALLBACK_INSTANCE, context: *mut c_void, _: PTP_TIMER) {
    Shared::called(context);
}

unsafe extern "system" fn wait(
    _: PTP_CALLBACK_INSTANCE,
    context: *mut c_void,
    _: PTP_WAIT,
    reason: u32,
) {
    Shared::called(context).reason.store(reason, Ordering::SeqCst);
}

/// Waits for its event again, a hundred times.
unsafe extern "system" fn again(
    _: PTP_CALLBACK_INSTANCE,
    context: *mut c_void,
    wait: PTP_WAIT,
    _: u32,
) {
    let shared = Shared::called(context);
    if shared.count.load(Ordering::SeqCst) <= 100 {
        win32!(SetThreadpoolWait(wait, raw(shared.done.cast_signed()), null()));
    }
}

unsafe extern "system" fn legacy(context: *mut c_void, timed_out: bool) {
    Shared::called(context).reason.store(timed_out.into(), Ordering::SeqCst);
}

unsafe extern "system" fn thread(context: *mut c_void) -> u32 {
    Shared::called(context);
    0
}

#[test]
fn work_is_done_as_often_as_submitted() {
    let shared = Shared::new(null_mut());
    let (pool, _) = win32!(CreateThreadpool(null()));
    win32!(SetThreadpoolThreadMaximum(pool, 2));
    let environment = TP_CALLBACK_ENVIRON_V3 { Version: 3, Pool: pool, ..Default::default() };
    for environment in [null(), &raw const environment] {
        let (number, _) = win32!(CreateThreadpoolWork(Some(work), shared.pointer(), environment));
        for _ in 0..100 {
            win32!(SubmitThreadpoolWork(number));
        }
        win32!(WaitForThreadpoolWorkCallbacks(number, 0));
        assert_eq!(shared.count.swap(0, Ordering::SeqCst), 100);
        win32!(CloseThreadpoolWork(number));
        win32!(SubmitThreadpoolWork(number));
    }
    win32!(CloseThreadpool(pool));
    let gone = win32!(CreateThreadpoolWork(Some(work), null_mut(), &raw const environment));
    assert_eq!(gone, (0, ERROR_INVALID_PARAMETER));
    assert_eq!(
        win32!(CreateThreadpoolWork(None, null_mut(), null())),
        (0, ERROR_INVALID_PARAMETER)
    );
}

#[test]
fn callbacks_and_items_are_called_once() {
    let _alone = alone();
    let done = event();
    let shared = Shared::new(done);
    assert_eq!(win32!(TrySubmitThreadpoolCallback(Some(simple), shared.pointer(), null())), TRUE);
    assert_eq!(win32!(WaitForSingleObject(done, INFINITE)).0, WAIT_OBJECT_0);
    win32!(ResetEvent(done));
    assert_eq!(win32!(QueueUserWorkItem(Some(thread), shared.pointer(), 0)), TRUE);
    assert_eq!(win32!(WaitForSingleObject(done, INFINITE)).0, WAIT_OBJECT_0);
    assert_eq!(shared.count.load(Ordering::SeqCst), 2);
    assert_eq!(win32!(QueueUserWorkItem(None, null(), 0)), (0, ERROR_INVALID_PARAMETER));
    close([done]);
}

#[test]
fn timers_and_waits_call() {
    let _alone = alone();
    let done = event();
    let shared = Shared::new(done);
    let (number, _) = win32!(CreateThreadpoolTimer(Some(timer), shared.pointer(), null()));
    assert_eq!(win32!(IsThreadpoolTimerSet(number)).0, 0);
    let now = FILETIME { dwLowDateTime: u32::MAX, dwHighDateTime: u32::MAX };
    win32!(SetThreadpoolTimer(number, &raw const now, 1, 0));
    assert_eq!(win32!(IsThreadpoolTimerSet(number)).0, 1);
    while shared.count.load(Ordering::SeqCst) < 3 {
        std::thread::yield_now();
    }
    win32!(SetThreadpoolTimer(number, null(), 0, 0));
    win32!(WaitForThreadpoolTimerCallbacks(number, 1));
    let count = shared.count.load(Ordering::SeqCst);
    win32!(CloseThreadpoolTimer(number));
    assert_eq!(shared.count.load(Ordering::SeqCst), count);

    win32!(ResetEvent(done));
    let signal = event();
    let (number, _) = win32!(CreateThreadpoolWait(Some(wait), shared.pointer(), null()));
    win32!(SetThreadpoolWait(number, signal, null()));
    win32!(SetEvent(signal));
    assert_eq!(win32!(WaitForSingleObject(done, INFINITE)).0, WAIT_OBJECT_0);
    win32!(WaitForThreadpoolWaitCallbacks(number, 0));
    assert_eq!(shared.reason.load(Ordering::SeqCst), WAIT_OBJECT_0);
    win32!(ResetEvent(done));
    win32!(ResetEvent(signal));
    win32!(SetThreadpoolWait(number, signal, &raw const now));
    assert_eq!(win32!(WaitForSingleObject(done, INFINITE)).0, WAIT_OBJECT_0);
    win32!(WaitForThreadpoolWaitCallbacks(number, 0));
    assert_eq!(shared.reason.load(Ordering::SeqCst), WAIT_TIMEOUT);
    win32!(CloseThreadpoolWait(number));
    close([signal, done]);
}

#[test]
fn a_callback_sets_its_wait_again() {
    let _alone = alone();
    let signal = event();
    assert_eq!(win32!(SetEvent(signal)), TRUE);
    let shared = Shared::new(signal);
    let (number, _) = win32!(CreateThreadpoolWait(Some(again), shared.pointer(), null()));
    assert_eq!(win32!(SetThreadpoolWaitEx(number, signal, null(), null())).0, 0);
    while shared.count.load(Ordering::SeqCst) < 101 {
        std::thread::yield_now();
    }
    win32!(WaitForThreadpoolWaitCallbacks(number, 0));
    // The last one is no longer set, but was not ended.
    assert_eq!(win32!(SetThreadpoolWaitEx(number, signal, null(), null())).0, 0);
    while shared.count.load(Ordering::SeqCst) < 102 {
        std::thread::yield_now();
    }
    win32!(CloseThreadpoolWait(number));
    assert_eq!(shared.count.load(Ordering::SeqCst), 102);
    close([signal]);
}

#[test]
fn queues_have_timers() {
    let _alone = alone();
    let done = event();
    let shared = Shared::new(done);
    let (queue, _) = win32!(CreateTimerQueue());
    let mut number = null_mut();
    let place = &raw mut number;
    let context = shared.pointer().cast_const();
    assert_eq!(win32!(CreateTimerQueueTimer(place, queue, Some(legacy), context, 0, 1, 0)), TRUE);
    while shared.count.load(Ordering::SeqCst) < 2 {
        std::thread::yield_now();
    }
    // In which queue a timer is does not matter.
    assert_eq!(win32!(DeleteTimerQueueTimer(null_mut(), number, INVALID_HANDLE_VALUE)), TRUE);
    let wrong = win32!(DeleteTimerQueueTimer(queue, number, null_mut()));
    assert_eq!(wrong, (0, ERROR_INVALID_HANDLE));
    let count = shared.count.load(Ordering::SeqCst);
    win32!(ResetEvent(done));
    assert_eq!(win32!(CreateTimerQueueTimer(place, queue, Some(legacy), context, 0, 0, 0)), TRUE);
    assert_eq!(win32!(WaitForSingleObject(done, INFINITE)).0, WAIT_OBJECT_0);
    // It was to be called once, and was.
    assert_eq!(win32!(ChangeTimerQueueTimer(queue, number, 0, 1)), TRUE);
    assert_eq!(win32!(DeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE)), TRUE);
    assert_eq!(shared.count.load(Ordering::SeqCst), count + 1);
    assert_eq!(win32!(DeleteTimerQueueEx(queue, null_mut())), (0, ERROR_INVALID_HANDLE));
    assert_eq!(win32!(CreateTimerQueueTimer(place, null_mut(), None, context, 0, 0, 0)).0, 0);
    close([done]);
}

#[test]
fn lists_are_shared_by_threads() {
    #[repr(C, align(16))]
    struct Head([u64; 2]);
    #[repr(C, align(16))]
    struct Entry(SLIST_ENTRY);
    let mut head = Head([u64::MAX; 2]);
    let list: *mut SLIST_HEADER = (&raw mut head).cast();
    win32!(InitializeSListHead(list));
    assert!(win32!(InterlockedPopEntrySList(list)).0.is_null());
    let mut entries: Vec<Entry> =
        (0..400).map(|_| Entry(SLIST_ENTRY { Next: null_mut() })).collect();
    let (start, list) = (entries.as_mut_ptr().expose_provenance(), list.expose_provenance());
    std::thread::scope(|scope| {
        for part in 0..4 {
            scope.spawn(move || {
                let list = std::ptr::with_exposed_provenance_mut::<SLIST_HEADER>(list);
                for index in 0..100 {
                    let entry = start + (part * 100 + index) * size_of::<Entry>();
                    let entry = std::ptr::with_exposed_provenance_mut::<SLIST_ENTRY>(entry);
                    win32!(InterlockedPushEntrySList(list, entry));
                    if index % 2 == 0 {
                        let (popped, _) = win32!(InterlockedPopEntrySList(list));
                        win32!(InterlockedPushEntrySList(list, popped));
                    }
                }
            });
        }
    });
    let list = std::ptr::with_exposed_provenance_mut::<SLIST_HEADER>(list);
    assert_eq!(win32!(QueryDepthSList(list)).0, 400);
    let (mut entry, _) = win32!(InterlockedFlushSList(list));
    let mut count = 0;
    while !entry.is_null() {
        count += 1;
        // SAFETY: an entry of the list above.
        entry = unsafe { (*entry).Next };
    }
    assert_eq!((count, win32!(QueryDepthSList(list)).0), (400, 0));
}
