//! The data path of named pipes, beside the Unix sockets that could be used instead.

use crate::PARTNER;
use rustix::io::{read, write};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::time::Instant;
use transom_benches::partner::RawPartner;
use transom_benches::placement::{Placement, on_cpu, placements};
use transom_benches::{Harness, Limit, Size, each};
use transom_kernel::pipe::channel::{End, Patience, ReadMode, Segment, Settings, Side};

/// As a server would ask for that expects much.
const QUOTA: u32 = 256 * 1024;

pub(crate) fn rows(harness: &mut Harness) {
    for placement in placements() {
        // With one processor each the limit in microseconds is what counts.
        let apart = placement.own != placement.partner;
        let small = if apart { Limit::Micros(0.6) } else { Limit::Ratio(0.75) };
        round_trip(harness, placement, 64, small);
        round_trip(harness, placement, 1024, Limit::Ratio(0.75));
        one_way(harness, placement, 64, SocketType::SEQPACKET, Limit::Speed(10.0));
        one_way(harness, placement, 1024, SocketType::SEQPACKET, Limit::Speed(3.0));
        one_way(harness, placement, 64 * 1024, SocketType::STREAM, Limit::Speed(1.5));
        one_way(harness, placement, 1024 * 1024, SocketType::STREAM, Limit::Speed(1.5));
    }
}

fn size_name(length: usize) -> String {
    match length {
        1_048_576.. => format!("{}MiB", length >> 20),
        1024.. => format!("{}KiB", length >> 10),
        _ => format!("{length}B"),
    }
}

fn round_trip(harness: &mut Harness, placement: Placement, length: usize, limit: Limit) {
    let name = format!("channel-round-trip-{}-{}", size_name(length), placement.name);
    if !harness.wants(&name) {
        return;
    }
    let (end, _partner) = server(placement, &format!("channel-echo {length}"));
    let kind = SocketType::SEQPACKET;
    let (socket, _raw_partner) = raw(placement, kind, &format!("raw-seqpacket-echo {length}"));
    let [ours, raw] = [&mut vec![7; length], &mut vec![7; length]];
    on_cpu(placement.own, || {
        harness.row(
            &name,
            limit,
            Size { rounds: 31, iterations: 5_000 },
            &mut |n| {
                each(n, || {
                    assert_eq!(end.write(ours, Patience::FOREVER), Ok(length));
                    let taken = end.read(&mut ours[..], ReadMode::Message, Patience::FOREVER);
                    assert_eq!(taken.map(|taken| taken.bytes), Ok(length));
                })
            },
            &mut |n| {
                each(n, || {
                    assert_eq!(write(&socket, raw), Ok(length));
                    assert_eq!(read(&socket, &mut raw[..]), Ok(length));
                })
            },
        );
    });
    end.close();
}

/// The time ends with the answer that says that everything was read.
fn one_way(
    harness: &mut Harness,
    placement: Placement,
    length: usize,
    kind: SocketType,
    limit: Limit,
) {
    let name = format!("channel-one-way-{}-{}", size_name(length), placement.name);
    if !harness.wants(&name) {
        return;
    }
    let (end, _partner) = server(placement, &format!("channel-sink {length}"));
    let (socket, _raw_partner) = raw(placement, kind, &format!("raw-socket-sink {length}"));
    let data = vec![0; length];
    let total = if length < 4096 { 20_000 * 64 } else { 64 << 20 };
    let iterations = u32::try_from(total / length).unwrap_or(1);
    on_cpu(placement.own, || {
        harness.row(
            &name,
            limit,
            Size { rounds: 21, iterations },
            &mut |n| {
                let start = Instant::now();
                each(n, || assert_eq!(end.write(&data, Patience::FOREVER), Ok(length)));
                end.write(b"!", Patience::FOREVER).expect("somebody reads");
                let taken = end.read(&mut [0; 9][..], ReadMode::Message, Patience::FOREVER);
                assert_eq!(taken.map(|taken| taken.bytes), Ok(1));
                start.elapsed()
            },
            &mut |n| {
                let start = Instant::now();
                each(n, || write_all(&socket, &data));
                write_all(&socket, &[1]);
                assert_eq!(read(&socket, &mut [0; 9]), Ok(1));
                start.elapsed()
            },
        );
    });
    end.close();
}

fn write_all(socket: &OwnedFd, mut data: &[u8]) {
    while !data.is_empty() {
        data = &data[write(socket, data).expect("somebody reads")..];
    }
}

fn server(placement: Placement, role: &str) -> (End, RawPartner) {
    let settings = Settings { messages: true, to_client_quota: QUOTA, to_server_quota: QUOTA };
    let segment = Segment::create(settings).expect("there is memory");
    segment.connect().expect("it is new");
    let file = segment.fd().try_clone_to_owned().expect("a descriptor is left");
    let partner = RawPartner::start(PARTNER, placement.partner, role, file, Stdio::null());
    (End::new(segment, Side::Server), partner)
}

fn raw(placement: Placement, kind: SocketType, role: &str) -> (OwnedFd, RawPartner) {
    let (own, theirs) = socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None)
        .expect("a descriptor is left");
    (own, RawPartner::start(PARTNER, placement.partner, role, theirs, Stdio::null()))
}
