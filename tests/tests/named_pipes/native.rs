//! The native calls on pipes, between two processes.

use crate::{message, name, send};
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use transom_tests::alone;
use transom_tests::assistant::Assistant;
use transom_tests::pipes::{BOTH, Pipe, client, connect, disconnect};
use transom_tests::win32::{close, h};
use windows_sys::Wdk::Storage::FileSystem::{
    FILE_PIPE_INFORMATION, FILE_PIPE_LOCAL_INFORMATION, FSCTL_PIPE_DISCONNECT,
    FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE, FSCTL_PIPE_GET_PIPE_ATTRIBUTE, FSCTL_PIPE_IMPERSONATE,
    FSCTL_PIPE_LISTEN, FSCTL_PIPE_PEEK, FSCTL_PIPE_TRANSCEIVE, FSCTL_PIPE_WAIT,
    FilePipeInformation, FilePipeLocalInformation, FilePipeRemoteInformation, NtFsControlFile,
    NtQueryInformationFile, NtSetInformationFile,
};
use windows_sys::Win32::Foundation::{
    NTSTATUS, STATUS_BUFFER_OVERFLOW, STATUS_CANNOT_IMPERSONATE, STATUS_ILLEGAL_FUNCTION,
    STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_DEVICE_REQUEST, STATUS_INVALID_PARAMETER,
    STATUS_INVALID_READ_MODE, STATUS_NOT_FOUND, STATUS_PENDING, STATUS_PIPE_BUSY,
    STATUS_PIPE_CLOSING, STATUS_PIPE_CONNECTED, STATUS_PIPE_DISCONNECTED, STATUS_PIPE_LISTENING,
    STATUS_SUCCESS, WAIT_OBJECT_0,
};
use windows_sys::Win32::Storage::FileSystem::FILE_FLAG_OVERLAPPED;
use windows_sys::Win32::System::IO::IO_STATUS_BLOCK;
use windows_sys::Win32::System::Threading::{CreateEventW, WaitForSingleObject};

/// A control code: its status and what it wrote.
fn control(pipe: isize, code: u32, input: &[u8], most: usize) -> (NTSTATUS, Vec<u8>) {
    let mut block = IO_STATUS_BLOCK::default();
    let mut output = vec![0_u8; most];
    // SAFETY: all places live across the call, which does not go on: the handle waits.
    let status = unsafe {
        NtFsControlFile(
            h(pipe),
            null_mut(),
            None,
            null(),
            &raw mut block,
            code,
            input.as_ptr().cast(),
            input.len() as u32,
            output.as_mut_ptr().cast(),
            most as u32,
        )
    };
    output.truncate(block.Information);
    (status, output)
}

fn query<T: Default>(pipe: isize, class: i32, size: usize) -> (NTSTATUS, T) {
    let mut block = IO_STATUS_BLOCK::default();
    let mut found = T::default();
    let place: *mut c_void = (&raw mut found).cast();
    // SAFETY: both places live.
    let status =
        unsafe { NtQueryInformationFile(h(pipe), &raw mut block, place, size as u32, class) };
    (status, found)
}

fn local(pipe: isize) -> [u32; 10] {
    let (status, found) = query::<FILE_PIPE_LOCAL_INFORMATION>(pipe, FilePipeLocalInformation, 40);
    assert_eq!(status, STATUS_SUCCESS);
    [
        found.NamedPipeType,
        found.NamedPipeConfiguration,
        found.MaximumInstances,
        found.CurrentInstances,
        found.InboundQuota,
        found.ReadDataAvailable,
        found.OutboundQuota,
        found.WriteQuotaAvailable,
        found.NamedPipeState,
        found.NamedPipeEnd,
    ]
}

fn modes(pipe: isize) -> [u32; 2] {
    let (status, found) = query::<FILE_PIPE_INFORMATION>(pipe, FilePipeInformation, 8);
    assert_eq!(status, STATUS_SUCCESS);
    [found.ReadMode, found.CompletionMode]
}

fn set_modes(pipe: isize, [read, complete]: [u32; 2]) -> NTSTATUS {
    let wanted = FILE_PIPE_INFORMATION { ReadMode: read, CompletionMode: complete };
    let mut block = IO_STATUS_BLOCK::default();
    let place: *const c_void = (&raw const wanted).cast();
    // SAFETY: both places live.
    unsafe { NtSetInformationFile(h(pipe), &raw mut block, place, 8, FilePipeInformation) }
}

#[test]
fn native_calls_tell_of_both_ends() {
    let _alone = alone();
    let name = name("native");
    let server = Pipe { quota: 100, most: 7, ..Pipe::messages(&name) }.server();
    assert_eq!(local(server), [1, 2, 7, 1, 100, 0, 100, 100, 2, 1]);
    assert_eq!(control(server, FSCTL_PIPE_DISCONNECT, &[], 0).0, STATUS_PIPE_LISTENING);
    let mut other = Assistant::unrelated();
    let handle = other.ask(&format!("pipe-open {BOTH} {name}"));
    let (handle, _) = handle.split_once(' ').unwrap();
    assert_eq!(control(server, FSCTL_PIPE_LISTEN, &[], 0).0, STATUS_PIPE_CONNECTED);
    other.ask(&format!("pipe-write {handle} 616263"));
    assert_eq!(local(server), [1, 2, 7, 1, 100, 3, 100, 100, 3, 1]);
    send(server, b"0123456789");
    assert_eq!(local(server), [1, 2, 7, 1, 100, 3, 100, 90, 3, 1]);

    let told = |state, available, count, length| {
        [state, available, count, length].map(u32::to_ne_bytes).concat()
    };
    let peeked = control(server, FSCTL_PIPE_PEEK, &[], 18);
    assert_eq!(peeked, (STATUS_BUFFER_OVERFLOW, [&told(3, 3, 1, 3)[..], b"ab"].concat()));
    let peeked = control(server, FSCTL_PIPE_PEEK, &[], 40);
    assert_eq!(peeked, (STATUS_SUCCESS, [&told(3, 3, 1, 3)[..], b"abc"].concat()));
    assert_eq!(control(server, FSCTL_PIPE_PEEK, &[], 15).0, STATUS_INVALID_PARAMETER);
    assert_eq!(control(server, FSCTL_PIPE_TRANSCEIVE, b"x", 9).0, STATUS_PIPE_BUSY);
    assert_eq!(control(server, FSCTL_PIPE_IMPERSONATE, &[], 0).0, STATUS_CANNOT_IMPERSONATE);
    assert_eq!(message(server), b"abc");

    let id = |pid: u32| (STATUS_SUCCESS, pid.to_ne_bytes().to_vec());
    let client_id = control(server, FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE, b"ClientProcessId\0", 4);
    assert_eq!(client_id, id(u32::try_from(other.number("pid")).unwrap()));
    let server_id = control(server, FSCTL_PIPE_GET_PIPE_ATTRIBUTE, b"ServerProcessId\0", 4);
    assert_eq!(server_id, id(std::process::id()));
    let unknown = control(server, FSCTL_PIPE_GET_PIPE_ATTRIBUTE, b"Colour\0", 4);
    assert_eq!(unknown.0, STATUS_NOT_FOUND);

    other.kill();
    // What came before can be read; a message is left for nobody.
    assert_eq!(local(server)[8], 4);
    assert_eq!(control(server, FSCTL_PIPE_LISTEN, &[], 0).0, STATUS_PIPE_CLOSING);
    assert_eq!(control(server, FSCTL_PIPE_DISCONNECT, &[], 0).0, STATUS_SUCCESS);
    assert_eq!(local(server)[8], 1);
    assert_eq!(control(server, FSCTL_PIPE_DISCONNECT, &[], 0).0, STATUS_PIPE_DISCONNECTED);
    assert_eq!(control(server, FSCTL_PIPE_WAIT, &[], 0).0, STATUS_ILLEGAL_FUNCTION);
    assert_eq!(control(server, 0xDEAD, &[], 0).0, STATUS_INVALID_DEVICE_REQUEST);
    close(server);
}

#[test]
fn native_calls_set_modes_and_transceive() {
    let _alone = alone();
    let name = name("modes");
    let server = Pipe::messages(&name).server();
    let client = client(&name);
    assert_eq!((modes(server), modes(client)), ([1, 0], [0, 0]));
    assert_eq!(control(client, FSCTL_PIPE_TRANSCEIVE, b"x", 9).0, STATUS_INVALID_READ_MODE);
    assert_eq!(control(client, FSCTL_PIPE_LISTEN, &[], 0).0, STATUS_ILLEGAL_FUNCTION);
    assert_eq!(control(client, FSCTL_PIPE_DISCONNECT, &[], 0).0, STATUS_ILLEGAL_FUNCTION);
    assert_eq!(set_modes(client, [2, 0]), STATUS_INVALID_PARAMETER);
    assert_eq!(set_modes(client, [1, 0]), STATUS_SUCCESS);
    assert_eq!(modes(client), [1, 0]);
    let short = query::<FILE_PIPE_INFORMATION>(client, FilePipeInformation, 7).0;
    assert_eq!(short, STATUS_INFO_LENGTH_MISMATCH);
    let remote = query::<[u32; 8]>(client, FilePipeRemoteInformation, 32).0;
    assert_eq!(remote, STATUS_INVALID_PARAMETER);
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| {
            assert_eq!(message(server), b"question");
            send(server, b"answer");
        });
        let transceived = control(client, FSCTL_PIPE_TRANSCEIVE, b"question", 4);
        assert_eq!(transceived, (STATUS_BUFFER_OVERFLOW, b"answ".to_vec()));
        answer.join().unwrap();
    });
    assert_eq!(message(client), b"er");
    close(client);
    close(server);
    let bytes = Pipe::bytes(&name).server();
    assert_eq!(set_modes(bytes, [1, 0]), STATUS_INVALID_PARAMETER);
    assert_eq!(local(bytes)[..4], [0, 2, u32::MAX, 1]);
    close(bytes);
}

#[test]
fn listening_goes_on_while_the_caller_does_other_things() {
    let _alone = alone();
    let name = name("listening");
    let open_mode = 3 | FILE_FLAG_OVERLAPPED;
    let server = Pipe { open_mode, ..Pipe::messages(&name) }.server();
    // SAFETY: NULL for what is not wanted.
    let event = unsafe { CreateEventW(null(), 1, 0, null()) };
    let mut block = IO_STATUS_BLOCK::default();
    let place = &raw mut block;
    // SAFETY: the block lives until the event is signalled.
    let status = unsafe {
        let none = null_mut();
        NtFsControlFile(
            h(server),
            event,
            None,
            null(),
            place,
            FSCTL_PIPE_LISTEN,
            null(),
            0,
            none,
            0,
        )
    };
    assert_eq!(status, STATUS_PENDING);
    let mut other = Assistant::unrelated();
    other.ask(&format!("pipe-open {BOTH} {name}"));
    // SAFETY: a handle and a number.
    assert_eq!(unsafe { WaitForSingleObject(event, 60_000) }, WAIT_OBJECT_0);
    // SAFETY: the request is done, and the block lives.
    let block = unsafe { place.read() };
    // SAFETY: a status was written.
    assert_eq!(unsafe { block.Anonymous.Status }, STATUS_SUCCESS);
    assert_eq!(connect(server).1, 535);
    assert_eq!(disconnect(server).0, 1);
    close(transom_tests::win32::v(event));
    close(server);
}
