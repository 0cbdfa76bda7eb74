//! Mailslots between two processes, beside Unix datagrams.

use crate::PARTNER;
use rustix::io::{read, write};
use rustix::pipe::{PipeFlags, pipe_with};
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::time::Instant;
use transom_benches::mailslots::{answers, create, open, raw_receiver, raw_sender};
use transom_benches::partner::{Partner, RawPartner};
use transom_benches::placement::{Placement, on_cpu, placements};
use transom_benches::{Harness, Limit, Size, win32};

const MANY: usize = 1000;

pub(crate) fn rows(harness: &mut Harness) {
    for placement in placements() {
        one_way(harness, placement, 64, 1, Limit::Speed(3.0));
        one_way(harness, placement, 1024, 1, Limit::Speed(2.0));
        one_way(harness, placement, 64 * 1024, 1, Limit::Speed(1.0));
        one_way(harness, placement, 64, MANY, Limit::Speed(3.0));
    }
}

/// The writers take turns. The time ends with the answer that says that everything was read.
fn one_way(
    harness: &mut Harness,
    placement: Placement,
    length: usize,
    writers: usize,
    limit: Limit,
) {
    let size = if length < 1024 { format!("{length}B") } else { format!("{}KiB", length >> 10) };
    let many = if writers > 1 { "-from-1000" } else { "" };
    let name = format!("mailslot-{size}{many}-{}", placement.name);
    if !harness.wants(&name) {
        return;
    }
    let slot = format!("transom-bench\\{}\\{name}", std::process::id());
    let answered = create(&answers(&slot));
    let role = format!("mailslot-sink {slot} {length}");
    let _partner = Partner::start(PARTNER, placement.partner, &role, &[]);
    let handles: Vec<_> = (0..writers).map(|_| open(&slot)).collect();

    let receiver = raw_receiver(&slot);
    let sockets: Vec<OwnedFd> = (0..writers).map(|_| raw_sender(&slot)).collect();
    let (raw_answered, raw_answers) = pipe_with(PipeFlags::CLOEXEC).expect("descriptors are left");
    let role = format!("raw-datagram-sink {length}");
    let output = Stdio::from(raw_answers);
    let _raw_partner = RawPartner::start(PARTNER, placement.partner, &role, receiver, output);

    let data = vec![0; length];
    let iterations = if length < 4096 { 20_000 } else { 500 };
    on_cpu(placement.own, || {
        harness.row(
            &name,
            limit,
            Size { rounds: 15, iterations },
            &mut |n| {
                let start = Instant::now();
                let turns = handles.iter().cycle().take(n as usize);
                turns.for_each(|&handle| assert!(win32::write(handle, &data)));
                assert!(win32::write(handles[0], b"!"));
                assert_eq!(win32::read(answered, &mut [0; 9]), Some(1));
                start.elapsed()
            },
            &mut |n| {
                let start = Instant::now();
                let turns = sockets.iter().cycle().take(n as usize);
                turns.for_each(|socket| assert_eq!(write(socket, &data), Ok(length)));
                assert_eq!(write(&sockets[0], b"!"), Ok(1));
                assert_eq!(read(&raw_answered, &mut [0; 9]), Ok(1));
                start.elapsed()
            },
        );
    });
    handles.into_iter().chain([answered]).for_each(win32::close);
}
