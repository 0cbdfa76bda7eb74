//! Mutexes, semaphores, waits for many, and many events.

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::{FlockOperation, Mode, OFlags, flock, open, unlink};
use std::hint::black_box;
use std::sync::Mutex;
use transom_benches::{Harness, Limit, Size, each, win32};

const QUICK: Size = Size { rounds: 51, iterations: 20_000 };
const SLOW: Size = Size { rounds: 51, iterations: 500 };
const MANY: usize = 64;
const EVENTS: usize = 100_000;

pub(crate) fn rows(harness: &mut Harness) {
    let mutex = win32::create_mutex();
    let floor = Mutex::new(0_u32);
    harness.row(
        "mutex-acquire-release",
        Limit::Micros(0.04),
        QUICK,
        &mut |n| {
            each(n, || {
                win32::wait(mutex, win32::FOREVER);
                win32::release_mutex(mutex);
            })
        },
        &mut |n| each(n, || *black_box(&floor).lock().expect("nobody panics") += 1),
    );
    win32::close(mutex);
    let semaphore = win32::create_semaphore();
    let file = eventfd(0, EventfdFlags::SEMAPHORE).expect("a file");
    harness.row(
        "semaphore-release-wait",
        Limit::Micros(0.05),
        QUICK,
        &mut |n| {
            each(n, || {
                win32::release_semaphore(semaphore);
                win32::wait(semaphore, 0);
            })
        },
        &mut |n| {
            each(n, || {
                rustix::io::write(&file, &1_u64.to_ne_bytes()).expect("it has room");
                rustix::io::read(&file, &mut [0; 8]).expect("it was raised");
            })
        },
    );
    win32::close(semaphore);
    names(harness);
    one_of_many(harness);
    many_events(harness);
}

/// Making a name and giving it up, against making, locking and removing a file.
fn names(harness: &mut Harness) {
    let name = win32::wide(&format!("transom-bench-{}", std::process::id()));
    let path = format!("/dev/shm/transom-bench-{}", std::process::id());
    harness.row(
        "named-mutex-create-close",
        Limit::Ratio(10.0),
        SLOW,
        &mut |n| each(n, || win32::close(win32::create_named_mutex(&name))),
        &mut |n| {
            each(n, || {
                let file = open(&*path, OFlags::RDWR | OFlags::CREATE, Mode::RUSR).expect("a file");
                flock(&file, FlockOperation::NonBlockingLockShared).expect("nobody else locks it");
                unlink(&*path).expect("it is there");
            })
        },
    );
}

/// The last of 64 objects is signalled.
fn one_of_many(harness: &mut Harness) {
    let events: Vec<_> = (0..MANY).map(|_| win32::create_event(false)).collect();
    let handles: Vec<_> = events.iter().map(|event| win32::pointer(*event)).collect();
    let files: Vec<_> = (0..MANY)
        .map(|_| eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).expect("a file"))
        .collect();
    let mut fds: Vec<_> = files.iter().map(|file| PollFd::new(file, PollFlags::IN)).collect();
    harness.row(
        "wait-one-of-64",
        Limit::Micros(2.0),
        Size { rounds: 51, iterations: 2_000 },
        &mut |n| {
            each(n, || {
                win32::set_event(events[MANY - 1]);
                assert_eq!(win32::wait_many(&handles, win32::FOREVER), MANY as u32 - 1);
            })
        },
        &mut |n| {
            each(n, || {
                rustix::io::write(&files[MANY - 1], &1_u64.to_ne_bytes()).expect("it has room");
                let none = Timespec { tv_sec: 0, tv_nsec: 0 };
                assert_eq!(poll(&mut fds, Some(&none)), Ok(1));
                rustix::io::read(&files[MANY - 1], &mut [0; 8]).expect("it was set");
            })
        },
    );
    events.into_iter().for_each(win32::close);
}

/// The same with 100,000 events open as with few.
fn many_events(harness: &mut Harness) {
    const NAME: &str = "event-create-close-100000-open";
    if !harness.wants(NAME) {
        return;
    }
    harness.row(
        NAME,
        Limit::Ratio(1.5),
        Size { rounds: 5, iterations: 20_000 },
        &mut |n| {
            let open: Vec<_> = (0..EVENTS).map(|_| win32::create_event(false)).collect();
            let time = each(n, || win32::close(win32::create_event(false)));
            open.into_iter().for_each(win32::close);
            time
        },
        &mut |n| each(n, || win32::close(win32::create_event(false))),
    );
}
