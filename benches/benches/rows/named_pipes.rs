//! Named pipes by the exported functions, beside the Unix sockets that could be used instead.

use crate::PARTNER;
use rustix::io::{read, write};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use transom_benches::partner::RawPartner;
use transom_benches::placement::{Placement, on_cpu, placements};
use transom_benches::win32::{self, Handle};
use transom_benches::{Harness, Limit, Size, each, pipes};

pub(crate) fn rows(harness: &mut Harness) {
    for placement in placements() {
        // With one processor each the limit in microseconds is what counts.
        let apart = placement.own != placement.partner;
        let small = if apart { Limit::Micros(0.6) } else { Limit::Ratio(0.75) };
        round_trip(harness, placement, 64, small);
        for messages in [true, false] {
            let kind = if messages { SocketType::SEQPACKET } else { SocketType::STREAM };
            one_way(harness, placement, 64, messages, kind, Limit::Speed(10.0));
            one_way(harness, placement, 1024, messages, kind, Limit::Speed(3.0));
            for length in [64 << 10, 1 << 20] {
                one_way(
                    harness,
                    placement,
                    length,
                    messages,
                    SocketType::STREAM,
                    Limit::Speed(1.5),
                );
            }
        }
        opening(harness, placement);
        for length in [64, 1024, 64 << 10] {
            many_clients(harness, placement, length);
        }
    }
    growth(harness);
    memory(harness);
}

fn size_name(length: usize) -> String {
    match length {
        1_048_576.. => format!("{}MiB", length >> 20),
        1024.. => format!("{}KiB", length >> 10),
        _ => format!("{length}B"),
    }
}

/// An instance whose client is a partner in a role.
fn server(placement: Placement, name: &str, messages: bool, role: &str) -> (Handle, RawPartner) {
    // The service thread begins here.
    let server = on_cpu(placement.own, || pipes::instance(name, messages));
    let input = std::fs::File::open("/dev/null").expect("it is there").into();
    let partner = RawPartner::start(PARTNER, placement.partner, role, input, Stdio::null());
    pipes::await_client(server);
    (server, partner)
}

fn raw(placement: Placement, kind: SocketType, role: &str) -> (OwnedFd, RawPartner) {
    let (own, theirs) = socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None)
        .expect("a descriptor is left");
    (own, RawPartner::start(PARTNER, placement.partner, role, theirs, Stdio::null()))
}

fn round_trip(harness: &mut Harness, placement: Placement, length: usize, limit: Limit) {
    let name = format!("named-pipe-round-trip-{}-{}", size_name(length), placement.name);
    if !harness.wants(&name) {
        return;
    }
    let (pipe, _partner) = server(placement, &name, true, &format!("pipe-echo {name} {length}"));
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
                    assert!(win32::write(pipe, ours));
                    assert_eq!(win32::read(pipe, ours), Some(length));
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
    win32::close(pipe);
}

/// The time ends with the answer that says that everything was read.
fn one_way(
    harness: &mut Harness,
    placement: Placement,
    length: usize,
    messages: bool,
    kind: SocketType,
    limit: Limit,
) {
    let what = if messages { "message" } else { "byte" };
    let name = format!("named-pipe-{what}-{}-{}", size_name(length), placement.name);
    if !harness.wants(&name) {
        return;
    }
    let role = format!("pipe-sink {name} {length} {}", u8::from(messages));
    let (pipe, _partner) = server(placement, &name, messages, &role);
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
                each(n, || assert!(win32::write(pipe, &data)));
                assert!(win32::write(pipe, &[1]));
                assert_eq!(win32::read(pipe, &mut [0; 9]), Some(1));
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
    win32::close(pipe);
}

fn write_all(socket: &OwnedFd, mut data: &[u8]) {
    while !data.is_empty() {
        data = &data[write(socket, data).expect("somebody reads")..];
    }
}

/// A partner that serves, and has said that it is ready.
struct Server(Child);

impl Server {
    fn start(placement: Placement, role: &str) -> Self {
        let mut command = Command::new(PARTNER);
        command.args(role.split(' ')).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = on_cpu(placement.partner, || command.spawn()).expect("it starts");
        let mut answer = [0; 5];
        let output = child.stdout.as_mut().expect("it is a pipe");
        std::io::Read::read_exact(output, &mut answer).expect("it says so");
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Opening a pipe, a byte there and back, closing.
fn opening(harness: &mut Harness, placement: Placement) {
    let name = format!("named-pipe-open-{}", placement.name);
    if !harness.wants(&name) {
        return;
    }
    let _server = Server::start(placement, &format!("pipe-serve {name}"));
    let _raw = Server::start(placement, &format!("raw-serve {name}"));
    let path = pipes::path(&name);
    on_cpu(placement.own, || {
        harness.row(
            &name,
            Limit::Ratio(1.3),
            Size { rounds: 31, iterations: 500 },
            &mut |n| each(n, || pipes::visit(&path)),
            &mut |n| each(n, || pipes::raw_visit(&name)),
        );
    });
}

/// A message to each of 100 clients' server and back, all answered through one completion port,
/// beside the same with sockets and epoll. A time is that of one message.
fn many_clients(harness: &mut Harness, placement: Placement, length: usize) {
    const CLIENTS: usize = 100;
    let name = format!("named-pipe-port-{}-{}", size_name(length), placement.name);
    if !harness.wants(&name) {
        return;
    }
    let role = format!("{name} {CLIENTS} {length}");
    let _server = Server::start(placement, &format!("pipe-serve-many {role}"));
    let _raw = Server::start(placement, &format!("raw-serve-many {role}"));
    let path = pipes::path(&name);
    on_cpu(placement.own, || {
        let clients: Vec<Handle> = (0..CLIENTS).map(|_| pipes::open(&path, true)).collect();
        let sockets: Vec<OwnedFd> = (0..CLIENTS).map(|_| pipes::raw_open(&name)).collect();
        let [ours, raw] = [&mut vec![7; length], &mut vec![7; length]];
        harness.row(
            &name,
            Limit::Ratio(1.0),
            Size { rounds: 21, iterations: 2_000 },
            &mut |n| {
                let start = Instant::now();
                for _ in 0..n.div_ceil(CLIENTS as u32) {
                    clients.iter().for_each(|&client| assert!(win32::write(client, ours)));
                    for &client in &clients {
                        assert_eq!(win32::read(client, ours), Some(length));
                    }
                }
                start.elapsed()
            },
            &mut |n| {
                let start = Instant::now();
                for _ in 0..n.div_ceil(CLIENTS as u32) {
                    sockets.iter().for_each(|socket| write_all(socket, raw));
                    for socket in &sockets {
                        assert_eq!(read(socket, &mut raw[..]), Ok(length));
                    }
                }
                start.elapsed()
            },
        );
        clients.into_iter().for_each(win32::close);
    });
}

/// Making an instance and closing it beside 10,000 others, against the same without them; and a
/// round trip beside 1,000 connections, against the same without those.
fn growth(harness: &mut Harness) {
    let one = |name: &str| win32::close(pipes::instance(name, true));
    if harness.wants("named-pipe-instance-among-10000") {
        let others: Vec<Handle> =
            (0..10_000).map(|_| pipes::instance("growth-many", true)).collect();
        harness.row(
            "named-pipe-instance-among-10000",
            Limit::Ratio(1.5),
            Size { rounds: 21, iterations: 500 },
            &mut |n| each(n, || one("growth-many")),
            &mut |n| each(n, || one("growth-alone")),
        );
        others.into_iter().for_each(win32::close);
    }
    if harness.wants("named-pipe-open-among-1000") {
        let open = |name: &str| {
            let server = pipes::instance(name, true);
            let client = pipes::open(&pipes::path(name), true);
            (server, client)
        };
        let others: Vec<_> = (0..1_000).map(|_| open("growth-clients")).collect();
        let visit = |name: &str| {
            let (server, client) = open(name);
            win32::close(client);
            win32::close(server);
        };
        harness.row(
            "named-pipe-open-among-1000",
            Limit::Ratio(1.5),
            Size { rounds: 21, iterations: 300 },
            &mut |n| each(n, || visit("growth-clients")),
            &mut |n| each(n, || visit("growth-no-clients")),
        );
        for (server, client) in others {
            win32::close(client);
            win32::close(server);
        }
    }
}

/// How much memory an idle connection takes, in this process, which has both ends.
fn memory(harness: &Harness) {
    const CONNECTIONS: usize = 1_000;
    if !harness.wants("named-pipe-memory") {
        return;
    }
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/status").expect("it is there");
        let of = |name: &str| -> usize {
            let line = status.lines().find(|line| line.starts_with(name)).expect("it is told");
            line.split_ascii_whitespace().nth(1).and_then(|word| word.parse().ok()).expect("KiB")
        };
        of("VmRSS:") + of("VmPTE:")
    };
    let open = || {
        let server = pipes::instance("memory", true);
        let client = pipes::open(&pipes::path("memory"), true);
        assert!(win32::write(client, &[7; 64]));
        assert_eq!(win32::read(server, &mut [0; 64]), Some(64));
        (server, client)
    };
    let first = open();
    let before = resident();
    let others: Vec<_> = (0..CONNECTIONS).map(|_| open()).collect();
    let each = (resident() - before) as f64 / CONNECTIONS as f64;
    println!("named-pipe-memory: both ends of an idle connection take {each:.1} KiB; limit 24");
    for (server, client) in others.into_iter().chain([first]) {
        win32::close(client);
        win32::close(server);
    }
}
