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
use windows_sys::Win32::Storage::FileSystem::{
    CreateFileW, FILE_FLAG_OVERLAPPED, OPEN_EXISTING, PIPE_ACCESS_DUPLEX, ReadFile,
};
use windows_sys::Win32::System::IO::{
    CreateIoCompletionPort, GetQueuedCompletionStatus, OVERLAPPED,
};
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
    instance_with(name, messages, 0)
}

/// An instance for requests.
#[must_use]
pub fn overlapped_instance(name: &str) -> Handle {
    instance_with(name, true, FILE_FLAG_OVERLAPPED)
}

fn instance_with(name: &str, messages: bool, flags: u32) -> Handle {
    let mode = if messages { pipes::PIPE_TYPE_MESSAGE | pipes::PIPE_READMODE_MESSAGE } else { 0 };
    let path = path(name);
    // SAFETY: the name is terminated, and NULL attributes are allowed.
    let made = unsafe {
        pipes::CreateNamedPipeW(
            path.as_ptr(),
            PIPE_ACCESS_DUPLEX | flags,
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

/// An instance that waits for its client while others are served.
struct Waiting {
    server: Handle,
    event: Handle,
    overlapped: Box<OVERLAPPED>,
}

impl Waiting {
    fn new(name: &str) -> Self {
        let server = overlapped_instance(name);
        let event = win32::create_event(false);
        let overlapped = OVERLAPPED { hEvent: pointer(event), ..OVERLAPPED::default() };
        let mut waiting = Self { server, event, overlapped: Box::new(overlapped) };
        waiting.begin();
        waiting
    }

    fn begin(&mut self) {
        // SAFETY: a handle, and a structure that stays where it is until the event is set.
        unsafe { pipes::ConnectNamedPipe(pointer(self.server), &raw mut *self.overlapped) };
    }
}

/// Serves clients one after the other: a byte is sent back, and the client goes.
pub fn serve(name: &str) {
    let mut instances: Vec<Waiting> = (0..INSTANCES).map(|_| Waiting::new(name)).collect();
    println!("ready");
    let mut byte = [0];
    for index in (0..INSTANCES).cycle() {
        let instance = &mut instances[index];
        win32::wait(instance.event, win32::FOREVER);
        while win32::read(instance.server, &mut byte).is_some() {
            win32::write(instance.server, &byte);
        }
        disconnect(instance.server);
        instance.begin();
    }
}

/// Answers many clients by one completion port: each message is sent back.
pub fn serve_many(name: &str, clients: usize, length: usize) {
    // SAFETY: no file and no port.
    let port = unsafe { CreateIoCompletionPort(pointer(-1), null_mut(), 0, 0) };
    let mut instances: Vec<(Handle, Box<OVERLAPPED>, Vec<u8>)> = Vec::new();
    for key in 0..clients {
        let server = overlapped_instance(name);
        // SAFETY: two handles.
        unsafe { CreateIoCompletionPort(pointer(server), port, key, 0) };
        instances.push((server, Box::new(OVERLAPPED::default()), vec![0; length]));
    }
    println!("ready");
    let read = |(server, overlapped, buffer): &mut (Handle, Box<OVERLAPPED>, Vec<u8>)| {
        let (place, size) = (buffer.as_mut_ptr(), buffer.len() as u32);
        // SAFETY: buffer and structure stay where they are.
        unsafe { ReadFile(pointer(*server), place, size, null_mut(), &raw mut **overlapped) };
    };
    for instance in &mut instances {
        await_client(instance.0);
        read(instance);
    }
    loop {
        let (mut bytes, mut key, mut which) = (0, 0, null_mut());
        // SAFETY: live places.
        let got = unsafe {
            GetQueuedCompletionStatus(port, &raw mut bytes, &raw mut key, &raw mut which, u32::MAX)
        };
        if got == 0 {
            // The other clients' reads are still under way: their places must stay.
            std::mem::forget(instances);
            return;
        }
        let instance = &mut instances[key];
        win32::write(instance.0, &instance.2[..bytes as usize]);
        read(instance);
    }
}

/// As [`serve_many`], with sockets and epoll.
pub fn raw_serve_many(name: &str, clients: usize, length: usize) {
    use rustix::event::epoll;
    let socket = stream();
    bind(&socket, &abstract_name(name)).expect("the name is free");
    listen(&socket, 256).expect("it is bound");
    println!("ready");
    let events = epoll::create(epoll::CreateFlags::CLOEXEC).expect("a descriptor is left");
    let sockets: Vec<OwnedFd> = (0..clients as u64)
        .map(|key| {
            let client = accept_with(&socket, SocketFlags::CLOEXEC).expect("a client comes");
            let data = epoll::EventData::new_u64(key);
            epoll::add(&events, &client, data, epoll::EventFlags::IN).expect("it is new");
            client
        })
        .collect();
    let mut buffer = vec![0; length];
    let nothing =
        epoll::Event { flags: epoll::EventFlags::empty(), data: epoll::EventData::new_u64(0) };
    let mut ready = [nothing; 64];
    loop {
        let count = epoll::wait(&events, &mut ready, None).expect("it is no signal's time");
        for event in &ready[..count] {
            let socket = &sockets[event.data.u64() as usize];
            match rustix::io::read(socket, &mut *buffer) {
                Ok(count @ 1..) => {
                    rustix::io::write(socket, &buffer[..count]).expect("it waits for it");
                }
                _ => return,
            }
        }
    }
}

/// A client of [`raw_serve_many`].
#[must_use]
pub fn raw_open(name: &str) -> OwnedFd {
    let socket = stream();
    connect(&socket, &abstract_name(name)).expect("it is served");
    socket
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
