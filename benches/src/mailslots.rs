//! Mailslots, and the datagram sockets that are their floor: making them, and what the partner
//! does.

use crate::win32::{self, FOREVER, Handle, wide};
use rustix::io::{read, write};
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, connect, socket_with,
};
use rustix::stdio::{stdin, stdout};
use std::os::fd::OwnedFd;
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::GENERIC_WRITE;
use windows_sys::Win32::Storage::FileSystem::{CreateFileW, OPEN_EXISTING};
use windows_sys::Win32::System::Mailslots::CreateMailslotW;

/// `\\.\mailslot\` and a name.
#[must_use]
pub fn path(name: &str) -> Vec<u16> {
    wide(&format!(r"\\.\mailslot\{name}"))
}

/// A mailslot for messages of any size.
#[must_use]
pub fn create(name: &str) -> Handle {
    let path = path(name);
    // SAFETY: the name is terminated, and NULL attributes are allowed.
    let slot = unsafe { CreateMailslotW(path.as_ptr(), 0, FOREVER, null()) };
    assert_ne!(slot.addr().cast_signed(), -1);
    slot.addr().cast_signed()
}

/// A writer, once the mailslot is there.
#[must_use]
pub fn open(name: &str) -> Handle {
    let path = path(name);
    loop {
        // SAFETY: the name is terminated, and NULL attributes are allowed.
        let opened = unsafe {
            CreateFileW(path.as_ptr(), GENERIC_WRITE, 0, null(), OPEN_EXISTING, 0, null_mut())
        };
        match opened.addr().cast_signed() {
            -1 => std::thread::yield_now(),
            handle => return handle,
        }
    }
}

/// The name of the mailslot for answers.
#[must_use]
pub fn answers(name: &str) -> String {
    format!("{name}-answers")
}

/// Reads messages of this length and answers each shorter one.
pub fn sink(name: &str, length: usize) {
    let slot = create(name);
    let answers = open(&answers(name));
    let mut buffer = vec![0; length];
    while let Some(count) = win32::read(slot, &mut buffer) {
        if count < length {
            assert!(win32::write(answers, b"!"));
        }
    }
}

/// A datagram socket under an abstract name.
#[must_use]
pub fn raw_receiver(name: &str) -> OwnedFd {
    let socket = raw_socket();
    bind(&socket, &raw_address(name)).expect("the name is free");
    socket
}

/// A socket that sends there.
#[must_use]
pub fn raw_sender(name: &str) -> OwnedFd {
    let socket = raw_socket();
    connect(&socket, &raw_address(name)).expect("it is there");
    socket
}

fn raw_socket() -> OwnedFd {
    socket_with(AddressFamily::UNIX, SocketType::DGRAM, SocketFlags::CLOEXEC, None)
        .expect("a descriptor is left")
}

fn raw_address(name: &str) -> SocketAddrUnix {
    SocketAddrUnix::new_abstract_name(name.as_bytes()).expect("it is short")
}

/// Receives datagrams of this length and answers each shorter one.
pub fn raw_sink(length: usize) {
    let mut buffer = vec![0; length];
    while let Ok(count) = read(stdin(), &mut *buffer) {
        if count < length {
            write(stdout(), b"!").expect("they wait for it");
        }
    }
}
