//! Both sides of conversations over named pipes, by the exported functions, and of those over the
//! sockets that are their floor.

use crate::win32::{self, Handle, pointer, wide};
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, connect, listen,
    socket_with,
};
use std::os::fd::OwnedFd;
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE, HANDLE};
use windows_sys::Win32::Storage::FileSystem::{CreateFileW, OPEN_EXISTING, PIPE_ACCESS_DUPLEX};
use windows_sys::Win32::System::Pipes as pipes;

/// What a server asks for that expects much.
pub const QUOTA: u32 = 256 * 1024;
/// How many instances the server of the opening row has, so that one always listens.
pub const INSTANCES: usize = 4;

fn value(handle: HANDLE) -> Handle {
    handle.addr().cast_signed()
}

/// `\\.\pipe\` and a name.
#[must_use]
pub fn path(name: &str) -> Vec<u16> {
    wide(&format!(r"\\.\pipe\{name}"))
}

/// An instance, of messages or of bytes.
#[must_use]
pub fn instance(name: &str, messages: bool) -> Handle {
    let mode = if messages { pipes::PIPE_TYPE_MESSAGE | pipes::PIPE_READMODE_MESSAGE } else { 0 };
    let path = path(name);
    // SAFETY: the name is terminated, and NULL attributes are allowed.
    let made = unsafe {
        pipes::CreateNamedPipeW(
            path.as_ptr(),
            PIPE_ACCESS_DUPLEX,
            mode,
            255,
            QUOTA,
            QUOTA,
            0,
            null(),
        )
    };
    assert_ne!(value(made), -1, "the instance");
    value(made)
}

/// Waits for a client.
pub fn await_client(server: Handle) {
    // Its result does not matter: it may have come already.
    // SAFETY: a handle and NULL.
    unsafe { pipes::ConnectNamedPipe(pointer(server), null_mut()) };
}

/// Gets rid of a client.
pub fn disconnect(server: Handle) {
    // SAFETY: a handle.
    assert_ne!(unsafe { pipes::DisconnectNamedPipe(pointer(server)) }, 0);
}

/// A client's handle, once an instance is free.
#[must_use]
pub fn open(path: &[u16], messages: bool) -> Handle {
    let access = GENERIC_READ | GENERIC_WRITE;
    loop {
        // SAFETY: the name is terminated, and NULL attributes are allowed.
        let opened =
            unsafe { CreateFileW(path.as_ptr(), access, 0, null(), OPEN_EXISTING, 0, null_mut()) };
        if value(opened) != -1 {
            if messages {
                let mode = pipes::PIPE_READMODE_MESSAGE;
                // SAFETY: the mode lives; the others may be NULL.
                let set = unsafe {
                    pipes::SetNamedPipeHandleState(opened, &raw const mode, null(), null())
                };
                assert_ne!(set, 0);
            }
            return value(opened);
        }
        // SAFETY: the name is terminated.
        unsafe { pipes::WaitNamedPipeW(path.as_ptr(), pipes::NMPWAIT_WAIT_FOREVER) };
    }
}

/// Sends each message back.
pub fn echo(name: &str, length: usize) {
    let pipe = open(&path(name), true);
    let mut buffer = vec![0; length];
    while let Some(count) = win32::read(pipe, &mut buffer) {
        win32::write(pipe, &buffer[..count]);
    }
}

/// Reads until a byte of 1 ends what came, answers that with a byte, and so on.
pub fn sink(name: &str, length: usize, messages: bool) {
    let pipe = open(&path(name), messages);
    let mut buffer = vec![0; length];
    while let Some(count) = win32::read(pipe, &mut buffer) {
        if buffer[count - 1] == 1 {
            win32::write(pipe, b"!");
        }
    }
}

/// Serves clients one after the other: a byte is sent back, and the client goes.
pub fn serve(name: &str) {
    let instances: Vec<Handle> = (0..INSTANCES).map(|_| instance(name, true)).collect();
    println!("ready");
    let mut byte = [0];
    for &server in instances.iter().cycle() {
        await_client(server);
        while win32::read(server, &mut byte).is_some() {
            win32::write(server, &byte);
        }
        disconnect(server);
    }
}

/// Opens the pipe, has a byte sent back, and closes it.
pub fn visit(path: &[u16]) {
    let client = open(path, false);
    let mut byte = [7];
    assert!(win32::write(client, &byte));
    assert_eq!(win32::read(client, &mut byte), Some(1));
    win32::close(client);
}

/// A name in the abstract socket namespace.
fn abstract_name(name: &str) -> SocketAddrUnix {
    SocketAddrUnix::new_abstract_name(name.as_bytes()).expect("it is short")
}

fn stream() -> OwnedFd {
    socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
        .expect("a descriptor is left")
}

/// As [`serve`], with a socket.
pub fn raw_serve(name: &str) {
    let socket = stream();
    bind(&socket, &abstract_name(name)).expect("the name is free");
    listen(&socket, 64).expect("it is bound");
    println!("ready");
    let mut byte = [0];
    loop {
        let client = accept_with(&socket, SocketFlags::CLOEXEC).expect("a client comes");
        while let Ok(1) = rustix::io::read(&client, &mut byte) {
            rustix::io::write(&client, &byte).expect("it waits for it");
        }
    }
}

/// As [`visit`], with a socket.
pub fn raw_visit(name: &str) {
    let socket = stream();
    connect(&socket, &abstract_name(name)).expect("it is served");
    let mut byte = [7];
    assert_eq!(rustix::io::write(&socket, &byte), Ok(1));
    assert_eq!(rustix::io::read(&socket, &mut byte), Ok(1));
}
