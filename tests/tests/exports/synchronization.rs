//! `synchapi.h`: mutexes, semaphores, timers and the names of objects, within one process.

use crate::{TRUE, UNTOUCHED, alone, close, event, raw, win32};
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{HANDLE, WAIT_TIMEOUT};
use windows_sys::Win32::Storage::FileSystem::SYNCHRONIZE;
use windows_sys::Win32::System::Threading::{
    CREATE_MUTEX_INITIAL_OWNER, CREATE_WAITABLE_TIMER_MANUAL_RESET, CancelWaitableTimer,
    CreateEventA, CreateEventW, CreateMutexA, CreateMutexExA, CreateMutexExW, CreateMutexW,
    CreateSemaphoreA, CreateSemaphoreExA, CreateSemaphoreExW, CreateSemaphoreW, CreateThread,
    CreateWaitableTimerA, CreateWaitableTimerExA, CreateWaitableTimerExW, CreateWaitableTimerW,
    MUTEX_ALL_ACCESS, OpenEventA, OpenEventW, OpenWaitableTimerA, OpenWaitableTimerW, PulseEvent,
    ReleaseMutex, ReleaseSemaphore, ResetEvent, SEMAPHORE_ALL_ACCESS, SetEvent, SetWaitableTimer,
    SetWaitableTimerEx, SignalObjectAndWait, TIMER_ALL_ACCESS, WaitForMultipleObjects,
    WaitForSingleObject,
};

const TIMED_OUT: (u32, u32) = (WAIT_TIMEOUT, UNTOUCHED);
const TAKEN: (u32, u32) = (0, UNTOUCHED);
const ABANDONED: (u32, u32) = (0x80, UNTOUCHED);

fn look(handle: HANDLE) -> (u32, u32) {
    win32!(WaitForSingleObject(handle, 0))
}

/// What a thread of its own finds, that then ends.
fn look_elsewhere(handle: HANDLE) -> (u32, u32) {
    let number = handle.addr().cast_signed();
    std::thread::spawn(move || look(raw(number))).join().expect("it ends")
}

fn mutex(owned: bool) -> HANDLE {
    let (mutex, error) = win32!(CreateMutexW(null(), owned.into(), null()));
    assert!(!mutex.is_null() && error == 0);
    mutex
}

#[test]
fn fact_42_mutexes_are_owned_several_times_over() {
    let _alone = alone();
    let mutex = mutex(true);
    assert_eq!(look(mutex), TAKEN);
    assert_eq!(look_elsewhere(mutex), TIMED_OUT);
    assert_eq!([(); 2].map(|()| win32!(ReleaseMutex(mutex))), [TRUE; 2]);
    assert_eq!(win32!(ReleaseMutex(mutex)), (0, 288));
    // A thread that ends with it leaves it abandoned.
    assert_eq!(look_elsewhere(mutex), TAKEN);
    assert_eq!(win32!(WaitForSingleObject(mutex, 10_000)), ABANDONED);
    assert_eq!(look(mutex), TAKEN);
    let elsewhere = {
        let number = mutex.addr().cast_signed();
        std::thread::spawn(move || win32!(ReleaseMutex(raw(number)))).join().expect("it ends")
    };
    assert_eq!(elsewhere, (0, 288));
    close([mutex]);
}

#[test]
fn fact_42_a_thread_that_has_been_seen_to_end_has_left_its_mutexes() {
    let _alone = alone();
    let mutex = mutex(false);
    for round in 0..500 {
        let thread = win32!(CreateThread(null(), 0, Some(takes), mutex, 0, null_mut())).0;
        assert_eq!(win32!(WaitForSingleObject(thread, 10_000)), TAKEN);
        // No time to wait for: it is free already.
        assert_eq!(look(mutex), ABANDONED, "round {round}");
        assert_eq!(win32!(ReleaseMutex(mutex)), TRUE);
        close([thread]);
    }
    close([mutex]);
}

unsafe extern "system" fn takes(mutex: *mut c_void) -> u32 {
    look(mutex).0
}

#[test]
fn fact_42_waits_for_several_say_which_mutex_was_abandoned() {
    let _alone = alone();
    let (mutex, event) = (mutex(false), event());
    let list = [event, mutex];
    let wait = |all: i32| win32!(WaitForMultipleObjects(2, list.as_ptr(), all, 10_000));
    assert_eq!(look_elsewhere(mutex), TAKEN);
    assert_eq!(wait(0), (0x81, UNTOUCHED));
    assert_eq!(win32!(ReleaseMutex(mutex)), TRUE);
    assert_eq!(look_elsewhere(mutex), TAKEN);
    assert_eq!(win32!(SetEvent(event)), TRUE);
    assert_eq!(wait(1), ABANDONED);
    // Ours already: taken once more.
    assert_eq!(wait(1), TAKEN);
    assert_eq!([(); 2].map(|()| win32!(ReleaseMutex(mutex))), [TRUE; 2]);
    assert_eq!(win32!(ReleaseMutex(mutex)), (0, 288));
    close([mutex, event]);
}

#[test]
fn fact_42_semaphores_count_up_to_their_maximum() {
    let _alone = alone();
    for (count, maximum) in [(-1, 1), (2, 1), (0, 0), (0, -1)] {
        let made = win32!(CreateSemaphoreW(null(), count, maximum, null()));
        assert_eq!(made, (null_mut(), 87), "{count} of {maximum}");
        assert_eq!(win32!(CreateSemaphoreA(null(), count, maximum, null())), (null_mut(), 87));
    }
    let (semaphore, error) = win32!(CreateSemaphoreA(null(), 1, 3, null()));
    assert_eq!(error, 0);
    let release = |times| {
        let mut before = -77;
        let (result, error) = win32!(ReleaseSemaphore(semaphore, times, &raw mut before));
        (result, error, before)
    };
    assert_eq!(release(0), (1, UNTOUCHED, 1));
    for too_many in [3, i32::MAX, -1] {
        assert_eq!(release(too_many), (0, 298, -77));
    }
    assert_eq!(release(2), (1, UNTOUCHED, 1));
    assert_eq!([(); 4].map(|()| look(semaphore)), [TAKEN, TAKEN, TAKEN, TIMED_OUT]);
    assert_eq!(win32!(ReleaseSemaphore(semaphore, 1, null_mut())), TRUE);
    close([semaphore]);
}

#[test]
fn fact_05_the_wrong_type_is_6_and_a_missing_right_5() {
    let _alone = alone();
    let mutex = mutex(false);
    let (semaphore, _) = win32!(CreateSemaphoreExW(null(), 0, 1, null(), 0, SYNCHRONIZE));
    let (timer, _) = win32!(CreateWaitableTimerExW(null(), null(), 0, SYNCHRONIZE));
    let due = 0;
    for wrong in [mutex, raw(0), raw(-1)] {
        assert_eq!(win32!(SetEvent(wrong)), (0, 6));
        assert_eq!(win32!(PulseEvent(wrong)), (0, 6));
        assert_eq!(win32!(ReleaseSemaphore(wrong, 1, null_mut())), (0, 6));
        assert_eq!(win32!(CancelWaitableTimer(wrong)), (0, 6));
        let set = win32!(SetWaitableTimer(wrong, &raw const due, 0, None, null(), 0));
        assert_eq!(set, (0, 6));
    }
    assert_eq!(win32!(ReleaseMutex(semaphore)), (0, 6));
    assert_eq!(win32!(ReleaseSemaphore(semaphore, 1, null_mut())), (0, 5));
    assert_eq!(win32!(CancelWaitableTimer(timer)), (0, 5));
    assert_eq!(win32!(SetWaitableTimer(timer, &raw const due, 0, None, null(), 0)), (0, 5));
    // A mutex may be given back by whoever owns it, whatever the handle allows.
    let (waits, error) =
        win32!(CreateMutexExW(null(), null(), CREATE_MUTEX_INITIAL_OWNER, SYNCHRONIZE));
    assert_eq!(error, 0);
    assert_eq!(win32!(ReleaseMutex(waits)), TRUE);
    for access in [0, 0x10] {
        let expected = if access == 0 { 0 } else { 5 };
        let (made, error) = win32!(CreateMutexExA(null(), null(), 0, access));
        assert_eq!(error, expected);
        if !made.is_null() {
            assert_eq!(look(made), (u32::MAX, 5));
            close([made]);
        }
    }
    close([mutex, semaphore, timer, waits]);
}

#[test]
fn unknown_flags_are_87() {
    let _alone = alone();
    let refused = (null_mut(), 87);
    assert_eq!(win32!(CreateMutexExW(null(), null(), 2, MUTEX_ALL_ACCESS)), refused);
    let made = win32!(CreateSemaphoreExA(null(), 0, 1, null(), 1, SEMAPHORE_ALL_ACCESS));
    assert_eq!(made, refused);
    assert_eq!(win32!(CreateWaitableTimerExA(null(), null(), 4, TIMER_ALL_ACCESS)), refused);
}

#[test]
fn timers_are_signalled_when_their_time_has_come() {
    let _alone = alone();
    let set = |timer, due: i64, period| {
        win32!(SetWaitableTimer(timer, &raw const due, period, None, null(), 0))
    };
    let (by_hand, error) = win32!(CreateWaitableTimerW(null(), 1, null()));
    assert_eq!(error, 0);
    let (by_wait, error) = win32!(CreateWaitableTimerA(null(), 0, null()));
    assert_eq!(error, 0);
    for timer in [by_hand, by_wait] {
        assert_eq!(look(timer), TIMED_OUT, "not set");
        assert_eq!(set(timer, -100_000_000_000, 0), TRUE);
        assert_eq!(look(timer), TIMED_OUT, "in three hours");
        assert_eq!(set(timer, 0, 0), TRUE);
        assert_eq!(win32!(CancelWaitableTimer(timer)), TRUE);
    }
    // What is signalled stays so when it is cancelled.
    assert_eq!([look(by_hand), look(by_hand)], [TAKEN; 2]);
    assert_eq!([look(by_wait), look(by_wait)], [TAKEN, TIMED_OUT]);
    assert_eq!(set(by_hand, -10_000, 0), TRUE);
    assert_eq!(look(by_hand), TIMED_OUT, "set again, it is not signalled");
    assert_eq!(win32!(WaitForSingleObject(by_hand, 10_000)), TAKEN);
    // Each period lets one wait through; what was missed is not made up for.
    assert_eq!(set(by_wait, -1, 1), TRUE);
    for _ in 0..3 {
        assert_eq!(win32!(WaitForSingleObject(by_wait, 10_000)), TAKEN);
    }
    assert_eq!(win32!(CancelWaitableTimer(by_wait)), TRUE);
    let list = [by_hand, by_wait];
    assert_eq!(set(by_wait, -1, 0), TRUE);
    assert_eq!(win32!(WaitForMultipleObjects(2, list.as_ptr(), 1, 10_000)), TAKEN);
    assert_eq!(look(by_wait), TIMED_OUT);

    assert_eq!(set(by_wait, 0, -1), (0, 87));
    let nothing = win32!(SetWaitableTimer(by_wait, null(), 0, None, null(), 0));
    assert_eq!(nothing, (0, 998));
    let due = -100_000_000_i64;
    let resume = win32!(SetWaitableTimer(by_wait, &raw const due, 0, None, null(), 1));
    assert_eq!(resume, (1, 50), "nothing wakes the machine");
    let tolerant =
        win32!(SetWaitableTimerEx(by_wait, &raw const due, 0, None, null(), null(), 100));
    assert_eq!(tolerant, TRUE);
    close([by_hand, by_wait]);
}

/// A time of the system's clock, in units of 100 ns since 1601.
fn file_time(milliseconds_from_now: i64) -> i64 {
    let since_1970 = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("it is later than 1970");
    let units = i64::try_from(since_1970.as_nanos() / 100).expect("not that late");
    units + 116_444_736_000_000_000 + milliseconds_from_now * 10_000
}

#[test]
fn timers_follow_the_clock() {
    let _alone = alone();
    let flags = CREATE_WAITABLE_TIMER_MANUAL_RESET;
    let (timer, _) = win32!(CreateWaitableTimerExW(null(), null(), flags, TIMER_ALL_ACCESS));
    for (from_now, first) in [(-1000, TAKEN), (3_600_000, TIMED_OUT), (20, TIMED_OUT)] {
        let due = file_time(from_now);
        assert_eq!(win32!(SetWaitableTimer(timer, &raw const due, 0, None, null(), 0)), TRUE);
        assert_eq!(look(timer), first, "{from_now}");
    }
    assert_eq!(win32!(WaitForSingleObject(timer, u32::MAX)), TAKEN);
    let due = file_time(20);
    assert_eq!(win32!(SetWaitableTimer(timer, &raw const due, 0, None, null(), 0)), TRUE);
    assert_eq!(win32!(WaitForSingleObject(timer, 10_000)), TAKEN);
    close([timer]);
}

#[test]
fn an_event_that_is_reset_at_once_has_released_who_waited() {
    let _alone = alone();
    let (auto, _) = win32!(CreateEventW(null(), 0, 0, null()));
    let manual = event();
    for (event, release, released) in [
        (manual, [SetEvent, ResetEvent], 3),
        (manual, [PulseEvent, ResetEvent], 3),
        (auto, [SetEvent, ResetEvent], 1),
        (auto, [PulseEvent, ResetEvent], 1),
        (auto, [SetEvent, SetEvent], 2),
    ] {
        let number = event.addr().cast_signed();
        let waiters: Vec<_> = (0..3)
            .map(|_| {
                let (ready, told) = std::sync::mpsc::channel();
                let waiter = std::thread::spawn(move || {
                    let tid = rustix::thread::gettid();
                    ready.send(tid).expect("somebody listens");
                    win32!(WaitForSingleObject(raw(number), u32::MAX))
                });
                (waiter, told.recv().expect("it speaks"))
            })
            .collect();
        let futex = format!("{} ", libc::SYS_futex);
        for (_, tid) in &waiters {
            // It sleeps in the wait.
            let state = format!("/proc/self/task/{}/syscall", tid.as_raw_nonzero());
            while !std::fs::read_to_string(&state).is_ok_and(|call| call.starts_with(&futex)) {
                std::thread::yield_now();
            }
        }
        for release in release {
            assert_eq!(win32!(release(event)), TRUE);
        }
        let finished = || waiters.iter().filter(|(waiter, _)| waiter.is_finished()).count();
        while finished() < released {
            std::thread::yield_now();
        }
        assert_eq!(look(event), TIMED_OUT);
        assert_eq!(finished(), released);
        for _ in released..3 {
            assert_eq!(win32!(SetEvent(event)), TRUE);
        }
        for (waiter, _) in waiters {
            assert_eq!(waiter.join().expect("it ends"), TAKEN);
        }
    }
    // Nobody waits: a pulse is lost.
    for event in [auto, manual] {
        assert_eq!(win32!(PulseEvent(event)), TRUE);
        assert_eq!(look(event), TIMED_OUT);
        assert_eq!(win32!(SetEvent(event)), TRUE);
        assert_eq!(win32!(PulseEvent(event)), TRUE);
        assert_eq!(look(event), TIMED_OUT);
    }
    close([auto, manual]);
}

#[test]
fn what_a_waiter_for_several_does_not_take_is_there_at_once() {
    let _alone = alone();
    for _ in 0..50 {
        let [first, second] = [0; 2].map(|_| win32!(CreateEventW(null(), 0, 0, null())).0);
        let numbers = [first, second].map(|event| event.addr().cast_signed());
        let (ready, told) = std::sync::mpsc::channel();
        let waiter = std::thread::spawn(move || {
            ready.send(rustix::thread::gettid()).expect("somebody listens");
            let list = numbers.map(raw);
            win32!(WaitForMultipleObjects(2, list.as_ptr(), 0, u32::MAX))
        });
        let tid = told.recv().expect("it speaks").as_raw_nonzero();
        let asleep = format!("{} ", libc::SYS_futex_waitv);
        let state = format!("/proc/self/task/{tid}/syscall");
        while !std::fs::read_to_string(&state).is_ok_and(|call| call.starts_with(&asleep)) {
            std::thread::yield_now();
        }
        assert_eq!(win32!(SetEvent(first)), TRUE);
        assert_eq!(win32!(SetEvent(second)), TRUE);
        // The first was the waiter's, however late it notices; so the second is ours.
        assert_eq!(look(second), TAKEN);
        assert_eq!(waiter.join().expect("it ends"), TAKEN);
        close([first, second]);
    }
}

#[test]
fn one_object_is_signalled_and_another_waited_for() {
    let _alone = alone();
    let (event, mutex) = (event(), mutex(true));
    let (semaphore, _) = win32!(CreateSemaphoreW(null(), 0, 1, null()));
    let both = |signal, wait| win32!(SignalObjectAndWait(signal, wait, 0, 0));
    assert_eq!(both(event, event), TAKEN);
    assert_eq!(both(mutex, event), TAKEN);
    assert_eq!(both(mutex, event), (u32::MAX, 288));
    assert_eq!(both(semaphore, semaphore), TAKEN);
    assert_eq!(both(semaphore, event), TAKEN);
    assert_eq!(both(semaphore, event), (u32::MAX, 298));
    assert_eq!(both(raw(0), event), (u32::MAX, 6));
    assert_eq!(both(raw(-1), event), (u32::MAX, 6));
    assert_eq!(win32!(ResetEvent(event)), TRUE);
    assert_eq!(both(event, raw(0)), (u32::MAX, 6));
    assert_eq!(look(event), TIMED_OUT, "nothing is signalled for a wait that cannot be");
    assert_eq!(both(event, raw(-1)), TIMED_OUT);
    close([event, mutex, semaphore]);
}

#[test]
fn fact_41_names_in_both_forms() {
    let _alone = alone();
    let name = format!("transom-exports-{}\0", std::process::id());
    let wide: Vec<u16> = name.encode_utf16().collect();
    let (made, error) = win32!(CreateEventA(null(), 1, 0, name.as_ptr()));
    assert!(!made.is_null() && error == 0);
    let (again, error) = win32!(CreateEventW(null(), 0, 0, wide.as_ptr()));
    assert!(!again.is_null() && error == 183);
    let (opened, error) = win32!(OpenEventW(SYNCHRONIZE, 0, wide.as_ptr()));
    assert!(!opened.is_null() && error == UNTOUCHED);
    let wrong = win32!(CreateMutexA(null(), 0, name.as_ptr()));
    assert_eq!(wrong, (null_mut(), 6));
    assert_eq!(win32!(OpenWaitableTimerA(SYNCHRONIZE, 0, name.as_ptr())), (null_mut(), 6));
    assert_eq!(win32!(SetEvent(made)), TRUE);
    assert_eq!([look(again), look(opened)], [TAKEN; 2], "the first one's type of event counts");
    assert_eq!(win32!(SetEvent(opened)), (0, 5));
    // NULL is no name, an empty one is the room of all names.
    assert_eq!(win32!(OpenEventW(SYNCHRONIZE, 0, null())), (null_mut(), 87));
    assert_eq!(win32!(OpenEventA(SYNCHRONIZE, 0, null())), (null_mut(), 87));
    assert_eq!(win32!(OpenWaitableTimerW(SYNCHRONIZE, 0, [0].as_ptr())), (null_mut(), 6));
    for (length, error) in [(259, 2), (260, 206)] {
        let long = "x".repeat(length) + "\0";
        assert_eq!(win32!(OpenEventA(SYNCHRONIZE, 0, long.as_ptr())), (null_mut(), error));
        let long: Vec<u16> = long.encode_utf16().collect();
        assert_eq!(win32!(OpenEventW(SYNCHRONIZE, 0, long.as_ptr())), (null_mut(), 2));
    }
    close([made, again, opened]);
}
