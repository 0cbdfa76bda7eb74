//! Handles: duplicating and closing, here and into another process.

use crate::PARTNER;
use rustix::fd::AsFd;
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
    sendmsg, socketpair,
};
use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::process::Stdio;
use transom_benches::partner::{Partner, RawPartner};
use transom_benches::placement::{Placement, on_cpu, placements};
use transom_benches::{Harness, Limit, Size, each, win32};

const QUICK: Size = Size { rounds: 51, iterations: 20_000 };
const MANY: usize = 10_000;

pub(crate) fn rows(harness: &mut Harness) {
    let event = win32::create_event(false);
    let file = rustix::event::eventfd(0, rustix::event::EventfdFlags::CLOEXEC).expect("a file");
    let own = win32::own_process();
    let mut duplicate = |n| each(n, || win32::close(win32::duplicate(event, own)));
    harness.row("handle-duplicate-close", Limit::Micros(0.06), QUICK, &mut duplicate, &mut |n| {
        each(n, || drop(rustix::io::fcntl_dupfd_cloexec(&file, 0)))
    });
    harness.row(
        "handle-duplicate-close-10000-open",
        Limit::Ratio(1.5),
        Size { rounds: 31, iterations: 20_000 },
        &mut |n| {
            let open: Vec<_> = (0..MANY).map(|_| win32::duplicate(event, own)).collect();
            let time = each(n, || win32::close(win32::duplicate(event, own)));
            open.into_iter().for_each(win32::close);
            time
        },
        &mut |n| each(n, || win32::close(win32::duplicate(event, own))),
    );
    win32::close(event);
    for placement in placements() {
        into_child(harness, placement);
    }
}

/// Only the sending is timed; the children take what they get and close it in their own time.
fn into_child(harness: &mut Harness, placement: Placement) {
    let name = format!("handle-duplicate-into-child-{}", placement.name);
    if !harness.wants(&name) {
        return;
    }
    let child = {
        let theirs = win32::create_event(true);
        let ours = win32::duplicate(theirs, win32::own_process());
        let child = Partner::start(PARTNER, placement.partner, "sleep", &[theirs]);
        win32::wait(ours, win32::FOREVER);
        win32::close(ours);
        child
    };
    let (socket, theirs) =
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
            .expect("a socket pair");
    let receiver =
        RawPartner::start(PARTNER, placement.partner, "raw-receive", theirs, Stdio::inherit());
    let [read, write] = win32::create_pipe([false; 2]);
    let (raw_read, _raw_write) = rustix::pipe::pipe().expect("a pipe");
    let mut given = Vec::new();
    on_cpu(placement.own, || {
        harness.row(
            &name,
            Limit::Micros(5.0),
            Size { rounds: 51, iterations: 100 },
            &mut |n| {
                let time = each(n, || given.push(win32::duplicate(read, child.process())));
                for handle in given.drain(..) {
                    win32::close_in(child.process(), handle);
                }
                time
            },
            &mut |n| {
                each(n, || {
                    let fds = [raw_read.as_fd()];
                    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
                    let mut ancillary = SendAncillaryBuffer::new(&mut space);
                    ancillary.push(SendAncillaryMessage::ScmRights(&fds));
                    let bytes = [IoSlice::new(b"!")];
                    sendmsg(&socket, &bytes, &mut ancillary, SendFlags::empty())
                        .expect("the receiver reads");
                })
            },
        );
    });
    drop(receiver);
    win32::close(read);
    win32::close(write);
}
