//! Anonymous pipes.

use crate::PARTNER;
use rustix::pipe::{PipeFlags, pipe_with};
use std::process::Stdio;
use transom_benches::partner::{CHUNK, Partner, RawPartner};
use transom_benches::placement::{Placement, on_cpu, placements};
use transom_benches::{Harness, Limit, Size, each, win32};

const ROUND_TRIPS: Size = Size { rounds: 31, iterations: 2_000 };
const CHUNKS: Size = Size { rounds: 31, iterations: 1_000 };

pub(crate) fn rows(harness: &mut Harness) {
    harness.row(
        "pipe-create-close",
        Limit::Ratio(1.2),
        Size { rounds: 51, iterations: 2_000 },
        &mut |n| each(n, || win32::create_pipe([false; 2]).into_iter().for_each(win32::close)),
        &mut |n| each(n, || drop(pipe_with(PipeFlags::CLOEXEC))),
    );
    for placement in placements() {
        round_trip(harness, placement);
        throughput(harness, placement);
    }
}

fn round_trip(harness: &mut Harness, placement: Placement) {
    let name = format!("pipe-round-trip-{}", placement.name);
    if harness.wants(&name) {
        talk(harness, placement, "echo", |harness, ends, raw_ends| {
            let [ours, raw] = [&mut [0], &mut [0]];
            harness.row(
                &name,
                Limit::Ratio(1.1),
                ROUND_TRIPS,
                &mut |n| {
                    each(n, || {
                        assert!(win32::write(ends[1], ours));
                        assert_eq!(win32::read(ends[0], ours), Some(1));
                    })
                },
                &mut |n| {
                    each(n, || {
                        assert_eq!(rustix::io::write(raw_ends.1, raw), Ok(1));
                        assert_eq!(rustix::io::read(raw_ends.0, &mut *raw), Ok(1));
                    })
                },
            );
        });
    }
}

/// The time ends with the byte that says that everything was read.
fn throughput(harness: &mut Harness, placement: Placement) {
    let name = format!("pipe-64KiB-chunks-{}", placement.name);
    if harness.wants(&name) {
        let role = format!("sink {}", harness.iterations(CHUNKS));
        talk(harness, placement, &role, |harness, ends, raw_ends| {
            let chunk = vec![7; CHUNK];
            harness.row(
                &name,
                Limit::Speed(0.97),
                CHUNKS,
                &mut |n| {
                    let start = std::time::Instant::now();
                    each(n, || assert!(win32::write(ends[1], &chunk)));
                    assert_eq!(win32::read(ends[0], &mut [0]), Some(1));
                    start.elapsed()
                },
                &mut |n| {
                    let start = std::time::Instant::now();
                    each(n, || assert_eq!(rustix::io::write(raw_ends.1, &chunk), Ok(CHUNK)));
                    assert_eq!(rustix::io::read(raw_ends.0, &mut [0]), Ok(1));
                    start.elapsed()
                },
            );
        });
    }
}

type RawEnds<'a> = (rustix::fd::BorrowedFd<'a>, rustix::fd::BorrowedFd<'a>);

/// Starts a partner for each side with a pipe to it and one back.
fn talk(
    harness: &mut Harness,
    placement: Placement,
    role: &str,
    talk: impl FnOnce(&mut Harness, [win32::HANDLE; 2], RawEnds<'_>),
) {
    use rustix::fd::AsFd;
    let [their_input, to] = win32::create_pipe([true, false]);
    let [from, their_output] = win32::create_pipe([false, true]);
    let partner = Partner::start(PARTNER, placement.partner, role, &[their_input, their_output]);
    let pipe = || pipe_with(PipeFlags::CLOEXEC).expect("a pipe");
    let ((their_input, raw_to), (raw_from, their_output)) = (pipe(), pipe());
    let raw = format!("raw-{role}");
    let raw =
        RawPartner::start(PARTNER, placement.partner, &raw, their_input, Stdio::from(their_output));
    on_cpu(placement.own, || talk(harness, [from, to], (raw_from.as_fd(), raw_to.as_fd())));
    drop((partner, raw));
    win32::close(to);
    win32::close(from);
}
