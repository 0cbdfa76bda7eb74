//! `handleapi.h`: facts 1 to 12, as far as one process shows them.

use crate::{Misaligned, TRUE, UNKNOWN, UNTOUCHED, alone, close, event, pipe, raw, win32};
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{
    CloseHandle, CompareObjectHandles, DUPLICATE_CLOSE_SOURCE, DUPLICATE_SAME_ACCESS,
    DuplicateHandle, ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE, ERROR_NOACCESS,
    ERROR_NOT_SAME_OBJECT, GetHandleInformation, HANDLE, HANDLE_FLAG_INHERIT,
    HANDLE_FLAG_PROTECT_FROM_CLOSE, SetHandleInformation, WAIT_FAILED, WAIT_TIMEOUT,
};
use windows_sys::Win32::Storage::FileSystem::ReadFile;
use windows_sys::Win32::System::Console::{GetStdHandle, STD_ERROR_HANDLE, SetStdHandle};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, GetCurrentProcessId, GetProcessHandleCount, GetProcessId, OpenProcess,
    PROCESS_QUERY_LIMITED_INFORMATION, SetEvent, WaitForMultipleObjects, WaitForSingleObject,
};

const INVALID: (i32, u32) = (0, ERROR_INVALID_HANDLE);
const DENIED: (i32, u32) = (0, ERROR_ACCESS_DENIED);
const OURSELVES: isize = -1;

fn flags(handle: HANDLE) -> (i32, u32, u32) {
    let mut flags = 0x77;
    let (result, error) = win32!(GetHandleInformation(handle, &raw mut flags));
    (result, error, flags)
}

fn is_open(handle: HANDLE) -> bool {
    flags(handle).0 != 0
}

/// Duplicates within this process; the result, the error, and the new handle.
fn duplicate(source: HANDLE, access: u32, inherit: bool, options: u32) -> (i32, u32, HANDLE) {
    duplicate_to(source, raw(OURSELVES), access, inherit, options)
}

fn duplicate_to(
    source: HANDLE,
    target: HANDLE,
    access: u32,
    inherit: bool,
    options: u32,
) -> (i32, u32, HANDLE) {
    let mut made = raw(UNKNOWN);
    let us = raw(OURSELVES);
    let place = &raw mut made;
    let (result, error) =
        win32!(DuplicateHandle(us, source, target, place, access, inherit.into(), options));
    (result, error, made)
}

#[test]
fn fact_1_values_are_multiples_of_4_and_the_lowest_is_reused() {
    let _alone = alone();
    let (first, second) = (event(), event());
    assert_eq!((first.addr() % 4, second.addr() % 4), (0, 0));
    close([second, first]);
    let again = [event(), event()];
    assert_eq!(again, [first, second]);
    for (low_bits, handle) in (2..).zip(again) {
        let odd = handle.map_addr(|address| address | low_bits);
        assert_eq!(win32!(SetEvent(odd)), TRUE);
        assert_eq!(win32!(CloseHandle(odd)), TRUE);
        assert!(!is_open(handle));
    }
    let handle = event();
    let high = handle.map_addr(|address| address | 0xABCD_0000_0000);
    assert_eq!(win32!(CloseHandle(high)), INVALID);
    close([handle]);
}

#[test]
fn fact_2_closing_what_is_no_handle() {
    let _alone = alone();
    for bad in [0, 1, 3, UNKNOWN, -7, -8, 0x7_FFFF_FFF0, isize::MIN, isize::MAX] {
        assert_eq!(win32!(CloseHandle(raw(bad))), INVALID, "{bad:#x}");
    }
    for pseudo in -6..=-1 {
        assert_eq!(win32!(CloseHandle(raw(pseudo))), TRUE, "{pseudo}");
    }
    let handle = event();
    close([handle]);
    assert_eq!(win32!(CloseHandle(handle)), INVALID);
}

#[test]
fn fact_3_pseudo_handles_are_sign_extended() {
    let _alone = alone();
    for zero_extended in [0xFFFF_FFFF, 0xFFFF_FFFE] {
        let handle = raw(zero_extended);
        assert_eq!(win32!(CloseHandle(handle)), INVALID);
        assert_eq!(flags(handle), (0, ERROR_INVALID_HANDLE, 0x77));
        assert_eq!(win32!(GetProcessId(handle)), (0, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(WaitForSingleObject(handle, 0)), (WAIT_FAILED, ERROR_INVALID_HANDLE));
    }
    let (us, _) = win32!(GetCurrentProcess());
    assert_eq!(us, raw(-1));
    assert_eq!(win32!(GetProcessId(us)), (std::process::id(), UNTOUCHED));
}

#[test]
fn fact_4_closing_a_standard_handles_id_closes_that_handle() {
    let _alone = alone();
    let (before, _) = win32!(GetStdHandle(STD_ERROR_HANDLE));
    for id in [0xFFFF_FFF4, -12] {
        let handle = event();
        assert_eq!(win32!(SetStdHandle(STD_ERROR_HANDLE, handle)), TRUE);
        assert_eq!(win32!(CloseHandle(raw(id))), TRUE);
        assert!(!is_open(handle));
        assert_eq!(win32!(GetStdHandle(STD_ERROR_HANDLE)), (null_mut(), UNTOUCHED));
        assert_eq!(win32!(CloseHandle(raw(id))), INVALID);
    }
    assert_eq!(win32!(SetStdHandle(STD_ERROR_HANDLE, before)), TRUE);
    // The id stands for the handle there only.
    assert_eq!(flags(raw(-12)), (0, ERROR_INVALID_HANDLE, 0x77));
}

#[test]
fn fact_5_the_type_is_checked_before_the_access() {
    let _alone = alone();
    let signal = event();
    let (_, _, without_rights) = duplicate(signal, 0, false, 0);
    assert_eq!(win32!(SetEvent(without_rights)), DENIED);
    let waited = win32!(WaitForSingleObject(without_rights, 0));
    assert_eq!(waited, (WAIT_FAILED, ERROR_ACCESS_DENIED));

    let (_, _, process) = duplicate(raw(OURSELVES), 0, false, 0);
    for no_event in [process, raw(-1), raw(-2), raw(0)] {
        assert_eq!(win32!(SetEvent(no_event)), INVALID);
    }
    let read = win32!(ReadFile(signal, null_mut(), 0, null_mut(), null_mut()));
    assert_eq!(read, INVALID);
    assert_eq!(win32!(GetProcessId(signal)), (0, ERROR_INVALID_HANDLE));
    assert_eq!(win32!(GetProcessId(process)), (0, ERROR_ACCESS_DENIED));
    close([signal, without_rights, process]);
}

#[test]
fn fact_6_flags_and_protection_from_closing() {
    let _alone = alone();
    const BOTH: u32 = HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE;
    let handle = event();
    assert_eq!(flags(handle), (1, UNTOUCHED, 0));
    for (mask, given, expected) in
        [(0, 3, 0), (4, 4, 0), (u32::MAX, u32::MAX, BOTH), (1, 0, 2), (3, 0, 0), (2, 3, 2)]
    {
        assert_eq!(win32!(SetHandleInformation(handle, mask, given)), TRUE);
        assert_eq!(flags(handle), (1, UNTOUCHED, expected));
    }
    assert_eq!(win32!(CloseHandle(handle)), INVALID);
    assert!(is_open(handle));
    assert_eq!(win32!(SetHandleInformation(handle, 2, 0)), TRUE);
    let null_place = win32!(GetHandleInformation(handle, null_mut()));
    assert_eq!(null_place, (0, ERROR_NOACCESS));
    let mut place = Misaligned::<u32>::with(7);
    assert_eq!(win32!(GetHandleInformation(handle, place.place())), TRUE);
    assert_eq!(place.get(), 0);
    close([handle]);

    for pseudo in [-1, -2, -4, -6] {
        assert_eq!(win32!(SetHandleInformation(raw(pseudo), 1, 1)), DENIED);
        assert_eq!(flags(raw(pseudo)), (1, UNTOUCHED, 0));
    }
    assert_eq!(win32!(SetHandleInformation(raw(UNKNOWN), 0, 0)), INVALID);
}

#[test]
fn fact_7_one_wait_takes_pseudo_handles_and_a_wait_for_many_does_not() {
    let _alone = alone();
    for pseudo in [-1, -2] {
        let one = win32!(WaitForSingleObject(raw(pseudo), 0));
        assert_eq!(one, (WAIT_TIMEOUT, UNTOUCHED));
        let list = [raw(pseudo)];
        let many = win32!(WaitForMultipleObjects(1, list.as_ptr(), 0, 0));
        assert_eq!(many, (WAIT_FAILED, ERROR_INVALID_HANDLE));
    }
}

#[test]
fn fact_8_closing_the_source_gives_it_new_flags() {
    let _alone = alone();
    const MOVE: u32 = DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE;
    let source = event();
    let (result, error, moved) = duplicate(source, 0, true, MOVE);
    assert_eq!((result, error), TRUE);
    assert_eq!(flags(moved).2, HANDLE_FLAG_INHERIT);
    assert!(moved == source || !is_open(source));

    assert_eq!(win32!(SetHandleInformation(moved, 2, 2)), TRUE);
    let (result, error, second) = duplicate(moved, 0, false, MOVE);
    assert_eq!((result, error), TRUE);
    assert_ne!(second, moved);
    assert!(is_open(moved));
    // A duplicate is neither protected nor inheritable because its source was.
    assert_eq!(flags(second).2, 0);
    assert_eq!(win32!(SetHandleInformation(moved, 2, 0)), TRUE);
    close([moved, second]);
}

#[test]
fn fact_9_the_source_is_closed_even_when_duplicating_fails() {
    let _alone = alone();
    let other = event();
    for bad_target in [raw(UNKNOWN), other, raw(-2), raw(0xFFFF_FFFF)] {
        let source = event();
        let made = duplicate_to(source, bad_target, 0, false, DUPLICATE_CLOSE_SOURCE);
        assert_eq!(made, (0, ERROR_INVALID_HANDLE, null_mut()));
        assert!(!is_open(source));
    }
    // With a bad source process nothing is known to close.
    let mut made = raw(UNKNOWN);
    let place = &raw mut made;
    let bad = raw(UNKNOWN);
    let failed = win32!(DuplicateHandle(bad, other, raw(OURSELVES), place, 0, 0, 3));
    assert_eq!((failed, made), (INVALID, null_mut()));
    assert!(is_open(other));

    let (result, error, real) = duplicate(raw(OURSELVES), 0, false, 3);
    assert_eq!((result, error), TRUE);
    assert_eq!(win32!(GetProcessId(real)), (std::process::id(), UNTOUCHED));
    close([other, real]);
}

#[test]
fn fact_10_bad_sources_and_no_place_for_the_new_handle() {
    let _alone = alone();
    let us = raw(OURSELVES);
    for bad in [0, UNKNOWN, -3, -5, -7, -10, -12, 0xFFFF_FFFF, isize::MIN] {
        let made = duplicate(raw(bad), 0, false, DUPLICATE_SAME_ACCESS);
        assert_eq!(made, (0, ERROR_INVALID_HANDLE, null_mut()), "{bad:#x}");
    }
    let source = event();
    let (mut before, mut after) = (0, 0);
    assert_eq!(win32!(GetProcessHandleCount(us, &raw mut before)), TRUE);
    assert_eq!(win32!(DuplicateHandle(us, source, us, null_mut(), 0, 0, 2)), TRUE);
    assert_eq!(win32!(GetProcessHandleCount(us, &raw mut after)), TRUE);
    assert_eq!(after, before + 1);
    let failed = win32!(DuplicateHandle(us, raw(UNKNOWN), us, null_mut(), 0, 0, 2));
    assert_eq!(failed, INVALID);
    // No target process, and the source is to be closed: it is.
    let closed =
        win32!(DuplicateHandle(us, source, null_mut(), null_mut(), 0, 0, DUPLICATE_CLOSE_SOURCE));
    assert!(matches!(closed, TRUE | INVALID));
    assert!(!is_open(source));

    let (us_without_right, _) =
        win32!(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, std::process::id()));
    let source = event();
    let denied = duplicate_to(source, us_without_right, 0, false, DUPLICATE_SAME_ACCESS);
    assert_eq!(denied, (0, ERROR_ACCESS_DENIED, null_mut()));
    let mut place = Misaligned::<HANDLE>::new();
    assert_eq!(win32!(DuplicateHandle(us, source, us, place.place(), 0, 0, 2)), TRUE);
    close([place.get(), source, us_without_right]);
}

#[test]
fn fact_11_access_the_type_does_not_have_is_denied() {
    let _alone = alone();
    let source = event();
    assert_eq!(duplicate(source, 0x4, false, 0), (0, ERROR_ACCESS_DENIED, null_mut()));
    // More than the handle had, but not more than the type has.
    let (_, _, weak) = duplicate(source, 0, false, 0);
    let (result, error, strong) = duplicate(weak, 0x1F_0003, false, 0);
    assert_eq!((result, error), TRUE);
    assert_eq!(win32!(SetEvent(strong)), TRUE);
    close([source, weak, strong]);
}

#[test]
fn fact_12_a_duplicate_is_another_handle_to_the_same_object() {
    let _alone = alone();
    let source = event();
    let (_, _, second) = duplicate(source, 0, false, DUPLICATE_SAME_ACCESS);
    assert_ne!(source, second);
    assert_eq!(win32!(CompareObjectHandles(source, second)), TRUE);
    close([source]);
    assert_eq!(win32!(SetEvent(second)), TRUE);
    let [reader, writer] = pipe(0);
    for (first, other) in [(second, reader), (reader, writer), (raw(-1), raw(-2))] {
        assert_eq!(win32!(CompareObjectHandles(first, other)), (0, ERROR_NOT_SAME_OBJECT));
    }
    for bad in [0, UNKNOWN, -7] {
        assert_eq!(win32!(CompareObjectHandles(raw(bad), raw(bad))), INVALID);
        assert_eq!(win32!(CompareObjectHandles(second, raw(bad))), INVALID);
    }
    let (_, _, process) = duplicate(raw(-1), 0, false, DUPLICATE_SAME_ACCESS);
    assert_eq!(win32!(CompareObjectHandles(process, raw(-1))), TRUE);
    close([second, reader, writer, process]);
}

#[test]
fn the_number_of_handles_is_counted() {
    let _alone = alone();
    let us = raw(OURSELVES);
    let (mut before, mut after) = (0, Misaligned::<u32>::new());
    assert_eq!(win32!(GetProcessHandleCount(us, &raw mut before)), TRUE);
    let handle = event();
    assert_eq!(win32!(GetProcessHandleCount(us, after.place())), TRUE);
    assert_eq!(after.get(), before + 1);
    assert_eq!(win32!(GetProcessHandleCount(us, null_mut())), (0, ERROR_NOACCESS));
    for bad in [null_mut(), raw(UNKNOWN), raw(-2), handle] {
        assert_eq!(win32!(GetProcessHandleCount(bad, &raw mut before)), INVALID);
    }
    assert_eq!(win32!(GetCurrentProcessId()), (std::process::id(), UNTOUCHED));
    let none = win32!(WaitForMultipleObjects(0, null(), 0, 0)).0;
    assert_eq!(none, WAIT_FAILED);
    close([handle]);
}
