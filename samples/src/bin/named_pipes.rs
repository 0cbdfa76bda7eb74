//! A server of messages with several clients at once, in a program that knows only `windows-sys`.
//!
//! The server makes three instances of one pipe, each served by a thread. Five clients, which are
//! this same program, come as instances become free, ask what they have to ask, and print the
//! answers.
//!
//! `cargo run --bin named_pipes`

use std::ffi::c_void;
use std::process::{Command, ExitCode};
use std::ptr::{null, null_mut};
use transom_win32 as _;
use windows_sys::Win32::Foundation::{
    CloseHandle, ERROR_BROKEN_PIPE, ERROR_PIPE_BUSY, ERROR_PIPE_CONNECTED, GENERIC_READ,
    GENERIC_WRITE, GetLastError, HANDLE, INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::Storage::FileSystem::{
    CreateFileW, FlushFileBuffers, OPEN_EXISTING, PIPE_ACCESS_DUPLEX, ReadFile, WriteFile,
};
use windows_sys::Win32::System::Pipes::{
    ConnectNamedPipe, CreateNamedPipeW, DisconnectNamedPipe, GetNamedPipeClientProcessId,
    PIPE_READMODE_MESSAGE, PIPE_TYPE_MESSAGE, PIPE_WAIT, SetNamedPipeHandleState,
    TransactNamedPipe, WaitNamedPipeW,
};

const INSTANCES: u32 = 3;
const CLIENTS: u32 = 5;
const LONGEST: usize = 512;
const PATIENCE_MS: u32 = 20_000;

/// What a Win32 function says of itself; on failure the program ends with the last error.
fn check(succeeded: bool, what: &str) {
    if !succeeded {
        // SAFETY: may always be called.
        let error = unsafe { GetLastError() };
        eprintln!("{what} failed with error {error}");
        std::process::exit(1);
    }
}

fn last_error() -> u32 {
    // SAFETY: may always be called.
    unsafe { GetLastError() }
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [name, number] => client(name, number),
        _ => server(),
    }
    ExitCode::SUCCESS
}

fn server() {
    let name = format!(r"\\.\pipe\transom-sample-{}", std::process::id());
    // All instances are there before the first client comes.
    let instances: Vec<usize> = (0..INSTANCES).map(|_| instance(&name).addr()).collect();
    for instance in instances {
        // They serve until the program ends.
        std::thread::spawn(move || serve(std::ptr::without_provenance_mut(instance)));
    }
    let program = std::env::current_exe().expect("the program has a file");
    let clients: Vec<_> = (1..=CLIENTS)
        .map(|number| Command::new(&program).arg(&name).arg(number.to_string()).spawn())
        .collect();
    for client in clients {
        let status = client.and_then(|mut client| client.wait());
        assert!(status.is_ok_and(|status| status.success()), "a client failed");
    }
    println!("{CLIENTS} clients were served by {INSTANCES} instances");
}

fn instance(name: &str) -> HANDLE {
    let name = wide(name);
    // SAFETY: the name is terminated; without attributes.
    let pipe = unsafe {
        CreateNamedPipeW(
            name.as_ptr(),
            PIPE_ACCESS_DUPLEX,
            PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT,
            INSTANCES,
            4096,
            4096,
            0,
            null(),
        )
    };
    check(pipe != INVALID_HANDLE_VALUE, "CreateNamedPipeW");
    pipe
}

/// Serves one client after another.
fn serve(pipe: HANDLE) {
    loop {
        // SAFETY: the handle is a server's end; without an OVERLAPPED.
        let connected = unsafe { ConnectNamedPipe(pipe, null_mut()) } != 0;
        // A client may have come before it was waited for.
        check(connected || last_error() == ERROR_PIPE_CONNECTED, "ConnectNamedPipe");
        let mut client = 0;
        // SAFETY: a live place.
        check(unsafe { GetNamedPipeClientProcessId(pipe, &raw mut client) } != 0, "the client");
        let mut message = [0_u8; LONGEST];
        loop {
            let mut length = 0;
            // SAFETY: the buffer is as long as said, the count lives.
            let read = unsafe {
                ReadFile(pipe, message.as_mut_ptr(), LONGEST as u32, &raw mut length, null_mut())
            };
            if read == 0 {
                check(last_error() == ERROR_BROKEN_PIPE, "ReadFile");
                break;
            }
            let question = String::from_utf8_lossy(&message[..length as usize]).into_owned();
            let is_its_own = question.starts_with(&format!("{client} "));
            let answer = if is_its_own { question.to_uppercase() } else { "who?".to_owned() };
            let mut written = 0;
            // SAFETY: the answer is as long as said, the count lives.
            let wrote = unsafe {
                WriteFile(pipe, answer.as_ptr(), answer.len() as u32, &raw mut written, null_mut())
            };
            if wrote == 0 {
                break;
            }
        }
        // SAFETY: the handle is a server's end. Nothing is left to be read, so flushing fails.
        unsafe { FlushFileBuffers(pipe) };
        // SAFETY: as before.
        check(unsafe { DisconnectNamedPipe(pipe) } != 0, "DisconnectNamedPipe");
    }
}

/// Connects, waiting for an instance that is free.
fn connect(name: &str) -> HANDLE {
    let name = wide(name);
    loop {
        // SAFETY: the name is terminated; no attributes, no template.
        let pipe = unsafe {
            CreateFileW(
                name.as_ptr(),
                GENERIC_READ | GENERIC_WRITE,
                0,
                null(),
                OPEN_EXISTING,
                0,
                null_mut(),
            )
        };
        if pipe != INVALID_HANDLE_VALUE {
            return pipe;
        }
        check(last_error() == ERROR_PIPE_BUSY, "CreateFileW");
        // SAFETY: the name is terminated.
        check(unsafe { WaitNamedPipeW(name.as_ptr(), PATIENCE_MS) } != 0, "WaitNamedPipeW");
    }
}

fn client(name: &str, number: &str) {
    let pipe = connect(name);
    let mode = PIPE_READMODE_MESSAGE;
    // SAFETY: the mode lives; the others may be NULL.
    let set = unsafe { SetNamedPipeHandleState(pipe, &raw const mode, null(), null()) };
    check(set != 0, "SetNamedPipeHandleState");
    for word in ["handle", "pipe"] {
        let question = format!("{} {word}", std::process::id());
        let mut answer = [0_u8; LONGEST];
        let mut length = 0;
        // SAFETY: both buffers are as long as said, the count lives.
        let answered = unsafe {
            TransactNamedPipe(
                pipe,
                question.as_ptr().cast::<c_void>(),
                question.len() as u32,
                answer.as_mut_ptr().cast::<c_void>(),
                LONGEST as u32,
                &raw mut length,
                null_mut(),
            )
        };
        check(answered != 0, "TransactNamedPipe");
        let answer = String::from_utf8_lossy(&answer[..length as usize]).into_owned();
        assert_eq!(answer, question.to_uppercase(), "the answer to this very question");
        let (_, word) = answer.split_once(' ').unwrap_or_default();
        println!("client {number}: {word}");
    }
    // SAFETY: the handle is open, and used no more.
    check(unsafe { CloseHandle(pipe) } != 0, "CloseHandle");
}
