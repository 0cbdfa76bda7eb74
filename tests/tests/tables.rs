//! Handle tables under load: many handles, many threads, and what others see of them.

use std::collections::BTreeSet;
use transom_kernel::handle::published;
use transom_tests::win32::{self, SELF, UNTOUCHED};

#[test]
fn ten_thousand_handles_at_once() {
    let _alone = transom_tests::alone();
    let before = win32::handle_count(SELF);
    let events: Vec<isize> = (0..10_000).map(|_| win32::create_event(true, false, false)).collect();
    assert_eq!(win32::handle_count(SELF), before + 10_000);
    let distinct: BTreeSet<isize> = events.iter().copied().collect();
    assert_eq!(distinct.len(), 10_000);
    assert!(events.iter().all(|event| event % 4 == 0 && *event > 0));
    // Every one is its own object.
    win32::set_event(events[5_000]);
    let signalled: Vec<usize> =
        (0..10_000).filter(|&index| win32::wait(events[index], 0).0 == 0).collect();
    assert_eq!(signalled, [5_000]);
    // Others see them all.
    let shown = published::of_process(std::process::id()).unwrap();
    let shown: BTreeSet<isize> = shown.iter().map(|line| line.value.get() as isize).collect();
    assert!(distinct.is_subset(&shown));
    // The lowest free value is used again.
    win32::close(events[9_000]);
    win32::close(events[100]);
    assert_eq!(win32::create_event(true, false, false), events[100]);
    assert_eq!(win32::create_event(true, false, false), events[9_000]);
    for event in events {
        assert_eq!(win32::close(event), (1, UNTOUCHED));
    }
    assert_eq!(win32::handle_count(SELF), before);
}

#[test]
fn sixteen_threads_use_one_table() {
    let _alone = transom_tests::alone();
    let shared = win32::create_event(true, true, false);
    std::thread::scope(|scope| {
        for thread in 0..16 {
            scope.spawn(move || {
                for round in 0..500 {
                    let own = win32::create_event(false, false, round % 2 == 0);
                    assert_eq!(win32::handle_flags(own).0, (1, u32::from(round % 2 == 0)));
                    let ((result, copy), error) = win32::duplicate(SELF, own, SELF, 0, true, 2);
                    assert_eq!((result, error), (1, UNTOUCHED), "thread {thread}");
                    assert_eq!(win32::set_event(copy).0, 1);
                    assert_eq!(win32::wait(own, 0).0, 0, "the same object");
                    assert_eq!(win32::wait(own, 0).0, 258, "taken once");
                    assert_eq!(win32::wait(shared, 0).0, 0);
                    let (read, write) = win32::create_pipe(0, false);
                    assert_eq!(win32::write(write, b"x").0, (1, 1));
                    assert_eq!(win32::read(read, 1).0, (1, b"x".to_vec()));
                    for handle in [own, copy, read, write] {
                        assert_eq!(win32::close(handle).0, 1);
                    }
                }
            });
        }
    });
    assert_eq!(win32::close(shared).0, 1);
    assert_eq!(win32::close(shared), (0, 6));
}

#[test]
fn an_auto_reset_event_lets_one_waiter_through() {
    let _alone = transom_tests::alone();
    let event = win32::create_event(false, false, false);
    let done = win32::create_event(true, false, false);
    let passed = std::sync::atomic::AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while win32::wait_many(&[event, done], false, u32::MAX).0 == 0 {
                    passed.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                }
            });
        }
        for round in 1..=200 {
            win32::set_event(event);
            while passed.load(std::sync::atomic::Ordering::SeqCst) < round {
                std::thread::yield_now();
            }
        }
        win32::set_event(done);
    });
    assert_eq!(passed.into_inner(), 200);
    win32::close(event);
    win32::close(done);
}
