//! Asynchronous procedure calls: who makes them, when, and in which order.

use crate::{TRUE, UNTOUCHED, alone, close, event, raw, win32};
use std::cell::RefCell;
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{DUPLICATE_SAME_ACCESS, DuplicateHandle, HANDLE};
use windows_sys::Win32::System::Threading::{
    CancelWaitableTimer, CreateWaitableTimerW, QueueUserAPC, SetEvent, SetWaitableTimer,
    SignalObjectAndWait, Sleep, SleepEx, WaitForMultipleObjectsEx, WaitForSingleObject,
    WaitForSingleObjectEx,
};

const ALERTED: (u32, u32) = (192, UNTOUCHED);
const TIMED_OUT: (u32, u32) = (258, UNTOUCHED);
const SELF: isize = -2;

thread_local! {
    static CALLED: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

unsafe extern "system" fn note(data: usize) {
    CALLED.with_borrow_mut(|called| called.push(data));
}

/// Queues another call to this thread.
unsafe extern "system" fn note_and_queue(data: usize) {
    CALLED.with_borrow_mut(|called| called.push(data));
    assert_eq!(queue(data + 1), (1, UNTOUCHED));
}

unsafe extern "system" fn note_time(data: *const core::ffi::c_void, low: u32, high: u32) {
    // It is later than 2020.
    assert!(high > 0x01D5_0000, "{high:#x} {low:#x}");
    CALLED.with_borrow_mut(|called| called.push(data.addr()));
}

fn queue(data: usize) -> (u32, u32) {
    win32!(QueueUserAPC(Some(note), raw(SELF), data))
}

fn called() -> Vec<usize> {
    CALLED.with_borrow_mut(std::mem::take)
}

#[test]
fn calls_are_made_in_alertable_waits_in_their_order() {
    let _alone = alone();
    let event = event();
    assert_eq!([queue(1), queue(2)], [(1, UNTOUCHED); 2]);
    assert_eq!(win32!(WaitForSingleObject(event, 0)), TIMED_OUT);
    assert_eq!(win32!(WaitForSingleObjectEx(event, 0, 0)), TIMED_OUT);
    assert_eq!(win32!(Sleep(1)), ((), UNTOUCHED));
    assert_eq!(win32!(SleepEx(1, 0)), (0, UNTOUCHED));
    assert_eq!(called(), []);
    // An object that is signalled comes first.
    assert_eq!(win32!(SetEvent(event)), TRUE);
    assert_eq!(win32!(WaitForSingleObjectEx(event, 0, 1)), (0, UNTOUCHED));
    assert_eq!(called(), []);
    assert_eq!(win32!(SleepEx(0, 1)), ALERTED);
    assert_eq!(called(), [1, 2]);
    assert_eq!(win32!(SleepEx(0, 1)), (0, UNTOUCHED));

    let unsignalled = [crate::event(), crate::event()];
    let first = unsignalled[0];
    for wait in 0..5 {
        let data = 10 * wait;
        let queued = win32!(QueueUserAPC(Some(note_and_queue), raw(SELF), data));
        assert_eq!(queued, (1, UNTOUCHED));
        let waited = match wait {
            0 => win32!(WaitForSingleObjectEx(first, u32::MAX, 1)),
            1 => win32!(WaitForMultipleObjectsEx(2, unsignalled.as_ptr(), 0, u32::MAX, 1)),
            2 => win32!(WaitForMultipleObjectsEx(2, unsignalled.as_ptr(), 1, u32::MAX, 1)),
            3 => win32!(SignalObjectAndWait(event, first, u32::MAX, 1)),
            _ => win32!(SleepEx(u32::MAX, 1)),
        };
        assert_eq!(waited, ALERTED);
        assert_eq!(called(), [data, data + 1], "what a call queues is made in the same wait");
    }
    close(unsignalled);
    close([event]);
}

/// A real handle to this thread, as a number.
fn own_thread() -> isize {
    let mut thread = null_mut();
    let (done, _) = win32!(DuplicateHandle(
        raw(-1),
        raw(SELF),
        raw(-1),
        &raw mut thread,
        0,
        0,
        DUPLICATE_SAME_ACCESS
    ));
    assert_eq!(done, 1);
    thread.addr().cast_signed()
}

#[test]
fn another_thread_is_interrupted_where_it_sleeps() {
    let _alone = alone();
    for wait in 0..3 {
        let (tell, told) = std::sync::mpsc::channel();
        let event = event().addr().cast_signed();
        let sleeper = std::thread::spawn(move || {
            tell.send(own_thread()).expect("somebody listens");
            let waited = match wait {
                0 => win32!(SleepEx(u32::MAX, 1)),
                1 => win32!(WaitForSingleObjectEx(raw(event), u32::MAX, 1)),
                // Descriptors and words together.
                _ => {
                    let both = [raw(event), raw(own_thread())];
                    win32!(WaitForMultipleObjectsEx(2, both.as_ptr(), 0, u32::MAX, 1))
                }
            };
            (waited, called())
        });
        let thread = told.recv().expect("it speaks");
        assert_eq!(win32!(QueueUserAPC(Some(note), raw(thread), 7)), (1, UNTOUCHED));
        assert_eq!(sleeper.join().expect("it ends"), (ALERTED, vec![7]));
        // It has ended.
        assert_eq!(win32!(WaitForSingleObject(raw(thread), 10_000)).0, 0);
        assert_eq!(win32!(QueueUserAPC(Some(note), raw(thread), 7)), (0, 31));
        close([raw(thread), raw(event)]);
    }
    let event = event();
    for wrong in [event, raw(0), raw(-1)] {
        assert_eq!(win32!(QueueUserAPC(Some(note), wrong, 7)), (0, 6));
    }
    assert_eq!(win32!(QueueUserAPC(None, raw(SELF), 7)), (0, 87));
    close([event]);
}

fn set(timer: HANDLE, due: i64, period: i32, data: usize) {
    let data = std::ptr::without_provenance(data);
    let set = win32!(SetWaitableTimer(timer, &raw const due, period, Some(note_time), data, 0));
    assert_eq!(set, TRUE);
}

#[test]
fn completion_routines_are_called_in_the_thread_that_set_the_timer() {
    let _alone = alone();
    let (timer, _) = win32!(CreateWaitableTimerW(null(), 0, null()));
    set(timer, -1, 0, 1);
    assert_eq!(win32!(WaitForSingleObject(timer, 10_000)), (0, UNTOUCHED));
    assert_eq!(called(), []);
    assert_eq!(win32!(SleepEx(u32::MAX, 1)), ALERTED);
    assert_eq!(called(), [1]);
    // A wait ends for it, though nothing else happens.
    set(timer, -50_000, 0, 2);
    assert_eq!(win32!(SleepEx(u32::MAX, 1)), ALERTED);
    assert_eq!(called(), [2]);
    set(timer, -1, 1, 3);
    for _ in 0..3 {
        assert_eq!(win32!(SleepEx(u32::MAX, 1)), ALERTED);
        assert!(called().iter().all(|data| *data == 3));
    }
    // Neither one that was set again nor one that was cancelled is called for.
    set(timer, 0, 0, 4);
    set(timer, -600_000_000, 0, 5);
    assert_eq!(win32!(SleepEx(0, 1)), (0, UNTOUCHED));
    set(timer, 0, 0, 6);
    assert_eq!(win32!(CancelWaitableTimer(timer)), TRUE);
    assert_eq!(win32!(SleepEx(5, 1)), (0, UNTOUCHED));
    assert_eq!(called(), []);
    close([timer]);
}
