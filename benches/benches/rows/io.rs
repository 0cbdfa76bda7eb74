//! Completion ports and overlapped reads, beside futex queues and epoll.

use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat, open};
use rustix::io::{read, write};
use std::collections::VecDeque;
use std::fs::File;
use std::sync::{Condvar, Mutex};
use transom_benches::placement::{Placement, on_cpu, pin, placements};
use transom_benches::{Harness, Limit, Size, each, win32};

const QUICK: Size = Size { rounds: 51, iterations: 20_000 };
const ROUND_TRIPS: Size = Size { rounds: 31, iterations: 2_000 };

/// What a program without completion ports would write.
#[derive(Default)]
struct Queue {
    numbers: Mutex<VecDeque<usize>>,
    more: Condvar,
}

impl Queue {
    fn post(&self, number: usize) {
        self.numbers.lock().expect("nobody panics").push_back(number);
        self.more.notify_one();
    }

    fn get(&self) -> usize {
        let mut numbers = self.numbers.lock().expect("nobody panics");
        loop {
            if let Some(number) = numbers.pop_front() {
                return number;
            }
            numbers = self.more.wait(numbers).expect("nobody panics");
        }
    }
}

pub(crate) fn rows(harness: &mut Harness) {
    let (port, queue) = (win32::create_port(), Queue::default());
    harness.row(
        "completion-port-post-get",
        Limit::Micros(0.15),
        QUICK,
        &mut |n| {
            each(n, || {
                win32::post(port, 1);
                assert_eq!(win32::get(port), 1);
            })
        },
        &mut |n| {
            each(n, || {
                queue.post(1);
                assert_eq!(queue.get(), 1);
            })
        },
    );
    win32::close(port);
    for placement in placements() {
        between_threads(harness, placement);
    }
    fifo(harness);
}

fn between_threads(harness: &mut Harness, placement: Placement) {
    let name = format!("completion-port-round-trip-{}", placement.name);
    if !harness.wants(&name) {
        return;
    }
    let ports = [win32::create_port(), win32::create_port()];
    let queues = [Queue::default(), Queue::default()];
    std::thread::scope(|scope| {
        scope.spawn(|| {
            pin(placement.partner);
            while win32::get(ports[0]) != 0 {
                win32::post(ports[1], 1);
            }
        });
        scope.spawn(|| {
            pin(placement.partner);
            while queues[0].get() != 0 {
                queues[1].post(1);
            }
        });
        on_cpu(placement.own, || {
            harness.row(
                &name,
                Limit::Ratio(1.1),
                ROUND_TRIPS,
                &mut |n| {
                    each(n, || {
                        win32::post(ports[0], 1);
                        let _ = win32::get(ports[1]);
                    })
                },
                &mut |n| {
                    each(n, || {
                        queues[0].post(1);
                        queues[1].get();
                    })
                },
            );
        });
        win32::post(ports[0], 0);
        queues[0].post(0);
    });
    ports.into_iter().for_each(win32::close);
}

/// A read that is pending until its byte is written: told by the service thread and a port, beside
/// `epoll_wait` and `read` in the same thread.
fn fifo(harness: &mut Harness) {
    let name = "overlapped-read-fifo";
    if !harness.wants(name) {
        return;
    }
    let path = std::env::temp_dir().join(format!("transom-bench-fifo-{}", std::process::id()));
    mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a new pipe");
    let other = File::options().read(true).write(true).open(&path).expect("it is there");
    let handle = win32::open_overlapped(path.to_str().expect("a name of text"));
    let port = win32::create_port();
    win32::associate(handle, port);
    let raw = open(&path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty());
    let raw = raw.expect("it is there");
    std::fs::remove_file(&path).expect("it is ours");
    let set = epoll::create(CreateFlags::CLOEXEC).expect("a set");
    epoll::add(&set, &raw, EventData::new_u64(0), EventFlags::IN).expect("a pipe can be watched");
    harness.row(
        name,
        // A thread more than the floor has takes part.
        Limit::ExtraMicros(60.0),
        Size { rounds: 31, iterations: 2_000 },
        &mut |n| {
            each(n, || {
                win32::with_pending_read(handle, || {
                    assert_eq!(write(&other, b"x"), Ok(1));
                    let _ = win32::get(port);
                });
            })
        },
        &mut |n| {
            each(n, || {
                let mut byte = [0];
                assert!(read(&raw, &mut byte).is_err());
                assert_eq!(write(&other, b"x"), Ok(1));
                let mut events =
                    [Event { flags: EventFlags::empty(), data: EventData::new_u64(0) }];
                assert_eq!(epoll::wait(&set, &mut events, None), Ok(1));
                assert_eq!(read(&raw, &mut byte), Ok(1));
            })
        },
    );
    win32::close(handle);
    win32::close(port);
}
