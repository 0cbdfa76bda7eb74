//! `RegisterWaitForSingleObject`: callbacks for objects that are signalled.

use crate::{TRUE, alone, close, event, raw, win32};
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::mpsc::{Sender, channel};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Threading::{
    CreateEventW, RegisterWaitForSingleObject, SetEvent, UnregisterWait, UnregisterWaitEx,
    WT_EXECUTEDEFAULT, WT_EXECUTEINWAITTHREAD, WT_EXECUTEONLYONCE, WaitForSingleObject,
};

unsafe extern "system" fn tell(context: *mut c_void, timed_out: bool) {
    // SAFETY: the tests keep the sender until the wait is unregistered.
    let sender = unsafe { &*context.cast::<Sender<bool>>() };
    // The test may have heard enough.
    let _ = sender.send(timed_out);
}

/// Waits until it is let go.
unsafe extern "system" fn linger(context: *mut c_void, _: bool) {
    // SAFETY: the tests keep the handles until the wait is unregistered.
    let [entered, leave] = unsafe { *context.cast::<[isize; 2]>() };
    assert_eq!(win32!(SetEvent(raw(entered))).0, 1);
    assert_eq!(win32!(WaitForSingleObject(raw(leave), 10_000)).0, 0);
}

fn register<T>(object: HANDLE, context: &T, time: u32, flags: u32) -> HANDLE {
    let context = (&raw const *context).cast();
    let mut wait = null_mut();
    let registered = win32!(RegisterWaitForSingleObject(
        &raw mut wait,
        object,
        Some(tell),
        context,
        time,
        flags
    ));
    assert_eq!(registered, TRUE);
    wait
}

#[test]
fn a_callback_is_made_for_each_signal_or_once_or_when_time_is_over() {
    let _alone = alone();
    let (sender, told) = channel();
    let (object, _) = win32!(CreateEventW(null(), 0, 0, null()));
    let wait = register(object, &sender, u32::MAX, WT_EXECUTEDEFAULT);
    for _ in 0..3 {
        assert_eq!(win32!(SetEvent(object)), TRUE);
        assert_eq!(told.recv(), Ok(false));
    }
    assert_eq!(win32!(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE)), TRUE);
    assert_eq!(win32!(SetEvent(object)), TRUE);
    assert_eq!(win32!(WaitForSingleObject(object, 0)).0, 0, "nobody else took it");
    assert_eq!(win32!(UnregisterWait(wait)), (0, 6));

    let wait = register(object, &sender, 1, WT_EXECUTEDEFAULT);
    assert_eq!([told.recv(), told.recv()], [Ok(true); 2]);
    assert_eq!(win32!(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE)), TRUE);
    while told.try_recv().is_ok() {}

    let by_hand = event();
    assert_eq!(win32!(SetEvent(by_hand)), TRUE);
    let wait = register(by_hand, &sender, u32::MAX, WT_EXECUTEONLYONCE);
    assert_eq!(told.recv(), Ok(false));
    assert_eq!(win32!(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE)), TRUE);
    assert!(told.try_recv().is_err(), "once is once");
    close([object, by_hand]);
}

#[test]
fn a_wait_is_ended_while_its_callback_runs() {
    let _alone = alone();
    for how in 0..3 {
        let [object, entered, leave, done] = [0; 4].map(|_| event());
        let context = [entered, leave].map(|event| event.addr().cast_signed());
        let mut wait = null_mut();
        let registered = win32!(RegisterWaitForSingleObject(
            &raw mut wait,
            object,
            Some(linger),
            (&raw const context).cast(),
            u32::MAX,
            WT_EXECUTEONLYONCE
        ));
        assert_eq!(registered, TRUE);
        assert_eq!(win32!(SetEvent(object)), TRUE);
        assert_eq!(win32!(WaitForSingleObject(entered, 10_000)).0, 0);
        match how {
            0 => assert_eq!(win32!(UnregisterWait(wait)), (0, 997)),
            1 => assert_eq!(win32!(UnregisterWaitEx(wait, done)), (0, 997)),
            _ => {
                assert_eq!(win32!(SetEvent(leave)), TRUE);
                assert_eq!(win32!(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE)), TRUE);
            }
        }
        assert_eq!(win32!(UnregisterWait(wait)), (0, 6));
        assert_eq!(win32!(WaitForSingleObject(done, 0)).0, 258);
        assert_eq!(win32!(SetEvent(leave)), TRUE);
        if how == 1 {
            assert_eq!(win32!(WaitForSingleObject(done, 10_000)).0, 0);
        }
        // Its thread reads the handles no more when it has left.
        close([object, entered, done]);
    }
}

/// What a callback that ends its own wait is given, and leaves.
struct Own {
    wait: HANDLE,
    told: Sender<(i32, u32)>,
}

unsafe extern "system" fn end_itself(context: *mut c_void, _: bool) {
    // SAFETY: the test keeps it until it is told.
    let own = unsafe { &*context.cast::<Own>() };
    let _ = own.told.send(win32!(UnregisterWait(own.wait)));
}

#[test]
fn a_callback_knows_its_wait_and_ends_it() {
    let _alone = alone();
    let object = event();
    assert_eq!(win32!(SetEvent(object)), TRUE);
    for flags in [WT_EXECUTEDEFAULT, WT_EXECUTEONLYONCE, WT_EXECUTEINWAITTHREAD] {
        for _ in 0..30 {
            let (told, heard) = channel();
            let mut own = Own { wait: null_mut(), told };
            let own = &raw mut own;
            // SAFETY: it lives until the callback told of itself.
            let (place, context) = unsafe { (&raw mut (*own).wait, own.cast::<c_void>()) };
            let registered = win32!(RegisterWaitForSingleObject(
                place,
                object,
                Some(end_itself),
                context,
                u32::MAX,
                flags
            ));
            assert_eq!(registered, TRUE);
            let in_wait_thread = flags == WT_EXECUTEINWAITTHREAD;
            assert_eq!(heard.recv(), Ok(if in_wait_thread { TRUE } else { (0, 997) }));
        }
    }
    close([object]);
}

#[test]
fn what_cannot_be_registered() {
    let _alone = alone();
    let (object, mut wait) = (event(), null_mut());
    for bad in [raw(0), raw(0x7777_0000)] {
        let registered =
            win32!(RegisterWaitForSingleObject(&raw mut wait, bad, Some(tell), null(), 0, 0));
        assert_eq!(registered, (0, 6));
        assert_eq!(win32!(UnregisterWait(bad)), (0, 6));
        assert_eq!(win32!(UnregisterWaitEx(bad, INVALID_HANDLE_VALUE)), (0, 6));
    }
    let no_call = win32!(RegisterWaitForSingleObject(&raw mut wait, object, None, null(), 0, 0));
    assert_eq!(no_call, (0, 87));
    let no_place =
        win32!(RegisterWaitForSingleObject(null_mut(), object, Some(tell), null(), 0, 0));
    assert_eq!(no_place, (0, 998));
    close([object]);
}
