//! Events: making, setting and taking, and going back and forth between threads and processes.

use crate::PARTNER;
use rustix::event::{EventfdFlags, eventfd};
use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::thread::futex::Flags;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use transom_benches::partner::{Partner, RawPartner};
use transom_benches::placement::{Placement, on_cpu, pin, placements};
use transom_benches::win32::HANDLE;
use transom_benches::{Harness, Limit, Size, each, linux, win32};
use transom_sys::mapping::SharedWords;

const QUICK: Size = Size { rounds: 51, iterations: 20_000 };
const ROUND_TRIPS: Size = Size { rounds: 31, iterations: 2_000 };

pub(crate) fn rows(harness: &mut Harness) {
    harness.row(
        "event-create-close",
        Limit::Micros(0.10),
        QUICK,
        &mut |n| each(n, || win32::close(win32::create_event(false))),
        &mut |n| each(n, || drop(eventfd(0, EventfdFlags::CLOEXEC))),
    );
    let event = win32::create_event(false);
    let file = eventfd(0, EventfdFlags::CLOEXEC).expect("a file");
    harness.row(
        "event-set-wait",
        Limit::Micros(0.05),
        QUICK,
        &mut |n| {
            each(n, || {
                win32::set_event(event);
                win32::wait(event, 0);
            })
        },
        &mut |n| {
            each(n, || {
                rustix::io::write(&file, &1_u64.to_ne_bytes()).expect("it has room");
                rustix::io::read(&file, &mut [0; 8]).expect("it was set");
            })
        },
    );
    win32::close(event);
    for placement in placements() {
        between_threads(harness, placement);
        between_processes(harness, placement);
    }
}

/// A handle as a thread may take it along.
fn number(handle: HANDLE) -> usize {
    handle.addr()
}

fn between_threads(harness: &mut Harness, placement: Placement) {
    let name = format!("event-round-trip-threads-{}", placement.name);
    if !harness.wants(&name) {
        return;
    }
    let [ping, pong] = [win32::create_event(false), win32::create_event(false)];
    let numbers = [number(ping), number(pong)];
    let words = [AtomicU32::new(0), AtomicU32::new(0)];
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            pin(placement.partner);
            let [ping, pong] = numbers.map(std::ptr::without_provenance_mut);
            loop {
                win32::wait(ping, win32::FOREVER);
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                win32::set_event(pong);
            }
        });
        scope.spawn(|| {
            pin(placement.partner);
            loop {
                linux::await_signal(&words[0], Flags::PRIVATE);
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                linux::signal(&words[1], Flags::PRIVATE);
            }
        });
        on_cpu(placement.own, || {
            harness.row(
                &name,
                Limit::Ratio(1.1),
                ROUND_TRIPS,
                &mut |n| round_trips(n, ping, pong),
                &mut |n| raw_round_trips(n, &words[0], &words[1], Flags::PRIVATE),
            );
        });
        stop.store(true, Ordering::SeqCst);
        win32::set_event(ping);
        linux::signal(&words[0], Flags::PRIVATE);
    });
    win32::close(ping);
    win32::close(pong);
}

fn round_trips(n: u32, ping: HANDLE, pong: HANDLE) -> std::time::Duration {
    each(n, || {
        win32::set_event(ping);
        win32::wait(pong, win32::FOREVER);
    })
}

fn raw_round_trips(
    n: u32,
    ping: &AtomicU32,
    pong: &AtomicU32,
    flags: Flags,
) -> std::time::Duration {
    each(n, || {
        linux::signal(ping, flags);
        linux::await_signal(pong, flags);
    })
}

fn between_processes(harness: &mut Harness, placement: Placement) {
    let name = format!("event-round-trip-processes-{}", placement.name);
    if !harness.wants(&name) {
        return;
    }
    let theirs = [win32::create_event(true), win32::create_event(true)];
    let own = win32::own_process();
    let [ping, pong] = theirs.map(|event| win32::duplicate(event, own));
    let partner = Partner::start(PARTNER, placement.partner, "events", &theirs);
    let memory = memfd_create("bench", MemfdFlags::CLOEXEC).expect("shared memory");
    ftruncate(&memory, 4096).expect("shared memory grows");
    let words: SharedWords<AtomicU32> = SharedWords::map(&memory, 0, 1024).expect("it is mapped");
    let words = words.words();
    let raw = RawPartner::start(PARTNER, placement.partner, "raw-events", memory, Stdio::inherit());
    on_cpu(placement.own, || {
        harness.row(
            &name,
            Limit::Ratio(1.1),
            ROUND_TRIPS,
            &mut |n| round_trips(n, ping, pong),
            &mut |n| raw_round_trips(n, &words[0], &words[16], Flags::empty()),
        );
    });
    drop((partner, raw));
    win32::close(ping);
    win32::close(pong);
}
