//! `synchapi.h`: unnamed events, waits and sleeping.

use crate::{Misaligned, TRUE, UNKNOWN, UNTOUCHED, alone, close, event, pipe, raw, win32};
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, GetHandleInformation,
    HANDLE, HANDLE_FLAG_INHERIT, WAIT_FAILED, WAIT_OBJECT_0, WAIT_TIMEOUT,
};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem::SYNCHRONIZE;
use windows_sys::Win32::System::Threading::{
    CREATE_EVENT_INITIAL_SET, CREATE_EVENT_MANUAL_RESET, CreateEventA, CreateEventExA,
    CreateEventExW, CreateEventW, EVENT_ALL_ACCESS, ResetEvent, SetEvent, Sleep, SleepEx,
    WaitForMultipleObjects, WaitForMultipleObjectsEx, WaitForSingleObject, WaitForSingleObjectEx,
};

const TIMED_OUT: (u32, u32) = (WAIT_TIMEOUT, UNTOUCHED);
const SIGNALLED: (u32, u32) = (WAIT_OBJECT_0, UNTOUCHED);
const WRONG_WAIT: (u32, u32) = (WAIT_FAILED, ERROR_INVALID_PARAMETER);
const NO_HANDLE: (u32, u32) = (WAIT_FAILED, ERROR_INVALID_HANDLE);

fn look(event: HANDLE) -> (u32, u32) {
    win32!(WaitForSingleObject(event, 0))
}

#[test]
fn events_are_set_reset_and_taken() {
    let _alone = alone();
    let (by_hand, error) = win32!(CreateEventA(null(), 2, 0, null()));
    assert_eq!(error, 0, "success sets the last error to 0");
    let (by_wait, error) = win32!(CreateEventW(null(), 0, 2, [0].as_ptr()));
    assert_eq!(error, 0, "an empty name is none");
    assert_eq!((look(by_wait), look(by_wait)), (SIGNALLED, TIMED_OUT));
    assert_eq!(look(by_hand), TIMED_OUT);
    for _ in 0..2 {
        assert_eq!(win32!(SetEvent(by_hand)), TRUE);
    }
    assert_eq!((look(by_hand), look(by_hand)), (SIGNALLED, SIGNALLED));
    assert_eq!(win32!(ResetEvent(by_hand)), TRUE);
    assert_eq!(win32!(WaitForSingleObjectEx(by_hand, 1, 1)), TIMED_OUT);
    close([by_hand, by_wait]);
}

#[test]
fn an_event_can_be_made_with_flags_and_access() {
    let _alone = alone();
    const BOTH: u32 = CREATE_EVENT_INITIAL_SET | CREATE_EVENT_MANUAL_RESET;
    let (set, error) = win32!(CreateEventExW(null(), null(), BOTH, EVENT_ALL_ACCESS));
    assert_eq!(error, 0);
    assert_eq!((look(set), look(set)), (SIGNALLED, SIGNALLED));
    let (waits_only, error) = win32!(CreateEventExA(null(), null(), 0, SYNCHRONIZE));
    assert_eq!(error, 0);
    assert_eq!(win32!(SetEvent(waits_only)), (0, ERROR_ACCESS_DENIED));
    assert_eq!(look(waits_only), TIMED_OUT);
    let unknown_flag = win32!(CreateEventExW(null(), null(), 4, EVENT_ALL_ACCESS));
    assert_eq!(unknown_flag, (null_mut(), ERROR_INVALID_PARAMETER));
    let unknown_right = win32!(CreateEventExW(null(), null(), 0, 0x10));
    assert_eq!(unknown_right, (null_mut(), ERROR_ACCESS_DENIED));
    close([set, waits_only]);
}

#[test]
fn attributes_may_lie_anywhere() {
    let _alone = alone();
    let attributes = SECURITY_ATTRIBUTES { bInheritHandle: 1, ..Default::default() };
    let mut place = Misaligned::with(attributes);
    let (handle, error) = win32!(CreateEventW(place.place(), 0, 0, null()));
    assert_eq!(error, 0);
    let mut flags = 0;
    assert_eq!(win32!(GetHandleInformation(handle, &raw mut flags)), TRUE);
    assert_eq!(flags, HANDLE_FLAG_INHERIT);
    close([handle]);
}

#[test]
fn setting_and_waiting_for_what_is_no_event() {
    let _alone = alone();
    for bad in [0, UNKNOWN, -7, 0xFFFF_FFFF] {
        assert_eq!(win32!(SetEvent(raw(bad))), (0, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(ResetEvent(raw(bad))), (0, ERROR_INVALID_HANDLE));
        assert_eq!(look(raw(bad)), NO_HANDLE);
        assert_eq!(win32!(WaitForSingleObjectEx(raw(bad), 0, 0)), NO_HANDLE);
    }
    assert_eq!((look(raw(-3)), look(raw(-4))), (NO_HANDLE, NO_HANDLE));
    let [reader, writer] = pipe(0);
    assert_eq!((look(reader), look(writer)), (SIGNALLED, SIGNALLED));
    close([reader, writer]);
}

#[test]
fn waits_for_many_look_at_nothing_before_the_count() {
    let _alone = alone();
    let bad = without_memory();
    for count in [0, 65, u32::MAX] {
        assert_eq!(win32!(WaitForMultipleObjects(count, bad, 0, 0)), WRONG_WAIT);
        assert_eq!(win32!(WaitForMultipleObjectsEx(count, bad, 0, 0, 1)), WRONG_WAIT);
    }
    assert_eq!(win32!(WaitForMultipleObjects(1, null(), 0, 0)), WRONG_WAIT);
}

fn without_memory() -> *const HANDLE {
    std::ptr::without_provenance(8)
}

#[test]
fn waits_for_one_of_many_and_for_all() {
    let _alone = alone();
    let [first, second] = [0; 2].map(|_| win32!(CreateEventW(null(), 0, 1, null())).0);
    let list = [first, second];
    let wait = |all: i32| win32!(WaitForMultipleObjects(2, list.as_ptr(), all, 0));
    assert_eq!((wait(0), wait(0), wait(0)), (SIGNALLED, (1, UNTOUCHED), TIMED_OUT));
    assert_eq!(win32!(SetEvent(second)), TRUE);
    assert_eq!(wait(1), TIMED_OUT);
    assert_eq!(win32!(SetEvent(first)), TRUE);
    assert_eq!((wait(1), wait(1)), (SIGNALLED, TIMED_OUT));

    let mut misaligned = Misaligned::with(list);
    assert_eq!(win32!(SetEvent(second)), TRUE);
    assert_eq!(win32!(WaitForMultipleObjects(2, misaligned.place().cast(), 0, 0)).0, 1);

    // One bad handle spoils the wait, though another is signalled.
    assert_eq!(win32!(SetEvent(first)), TRUE);
    for bad in [null_mut(), raw(UNKNOWN), raw(-1)] {
        let list = [first, bad];
        assert_eq!(win32!(WaitForMultipleObjects(2, list.as_ptr(), 0, 0)), NO_HANDLE);
    }
    assert_eq!(look(first), SIGNALLED);
    let twice = [first, first];
    assert_eq!(win32!(WaitForMultipleObjects(2, twice.as_ptr(), 1, 0)), WRONG_WAIT);

    let many = [0; 64].map(|_| event());
    assert_eq!(win32!(SetEvent(many[63])), TRUE);
    assert_eq!(win32!(WaitForMultipleObjects(64, many.as_ptr(), 0, 0)), (63, UNTOUCHED));
    close(many);
    close([first, second]);
}

#[test]
fn sleeping_leaves_the_last_error_alone() {
    assert_eq!(win32!(Sleep(0)), ((), UNTOUCHED));
    assert_eq!(win32!(Sleep(1)), ((), UNTOUCHED));
    assert_eq!(win32!(SleepEx(1, 1)), (0, UNTOUCHED));
}
