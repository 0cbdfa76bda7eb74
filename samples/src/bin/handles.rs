//! Handles that a child inherits, in a program that knows only `windows-sys`.
//!
//! The parent makes an event and a pipe that are inheritable, and starts itself once more. The
//! child finds both under the very same handle values: it writes into the pipe, sets the event,
//! and ends with an exit code.
//!
//! `cargo run --bin handles`

use std::process::ExitCode;
use std::ptr::{null, null_mut};
use transom_win32 as _;
use windows_sys::Win32::Foundation::{
    CloseHandle, GetHandleInformation, GetLastError, HANDLE, HANDLE_FLAG_INHERIT, WAIT_OBJECT_0,
};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem::{ReadFile, WriteFile};
use windows_sys::Win32::System::Environment::GetCommandLineW;
use windows_sys::Win32::System::LibraryLoader::GetModuleFileNameW;
use windows_sys::Win32::System::Pipes::CreatePipe;
use windows_sys::Win32::System::Threading::{
    CreateEventW, CreateProcessW, ExitProcess, GetExitCodeProcess, INFINITE, PROCESS_INFORMATION,
    STARTUPINFOW, SetEvent, WaitForSingleObject,
};

const CHILDS_EXIT_CODE: u32 = 300;

/// What a Win32 function says of itself; on failure the program ends with the last error.
fn check(succeeded: bool, what: &str) {
    if !succeeded {
        // SAFETY: may always be called.
        let error = unsafe { GetLastError() };
        eprintln!("{what} failed with error {error}");
        // SAFETY: may always be called.
        unsafe { ExitProcess(1) }
    }
}

fn main() -> ExitCode {
    let handles: Vec<usize> =
        std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    match handles[..] {
        [event, writer] => child(handle_of(event), handle_of(writer)),
        _ => parent(),
    }
}

/// A handle value that came as a number.
fn handle_of(number: usize) -> HANDLE {
    std::ptr::without_provenance_mut(number)
}

fn parent() -> ExitCode {
    let inheritable = SECURITY_ATTRIBUTES {
        nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
        lpSecurityDescriptor: null_mut(),
        bInheritHandle: 1,
    };
    // SAFETY: the attributes are valid; there is no name.
    let event = unsafe { CreateEventW(&raw const inheritable, 1, 0, null()) };
    check(!event.is_null(), "CreateEventW");
    let (mut reader, mut writer) = (null_mut(), null_mut());
    // SAFETY: all pointers are to variables.
    let made = unsafe { CreatePipe(&raw mut reader, &raw mut writer, &raw const inheritable, 0) };
    check(made != 0, "CreatePipe");
    println!("event {event:?}, pipe {reader:?} and {writer:?}");

    let mut path = [0; 32_768];
    // SAFETY: the buffer is as long as said.
    let length = unsafe { GetModuleFileNameW(null_mut(), path.as_mut_ptr(), 32_768) };
    check(length != 0, "GetModuleFileNameW");
    let program = String::from_utf16_lossy(&path[..length as usize]);
    let line = format!("\"{program}\" {} {}", event.addr(), writer.addr());
    let mut line: Vec<u16> = line.encode_utf16().chain([0]).collect();
    let startup = STARTUPINFOW { cb: size_of::<STARTUPINFOW>() as u32, ..STARTUPINFOW::default() };
    let mut child = PROCESS_INFORMATION::default();
    // SAFETY: the strings end with a NUL, and the structures are variables.
    let started = unsafe {
        CreateProcessW(
            path.as_ptr(),
            line.as_mut_ptr(),
            null(),
            null(),
            1,
            0,
            null(),
            null(),
            &raw const startup,
            &raw mut child,
        )
    };
    check(started != 0, "CreateProcessW");

    // SAFETY: takes a handle.
    let closed = unsafe { CloseHandle(writer) };
    check(closed != 0, "CloseHandle");
    // SAFETY: takes a handle.
    let set = unsafe { WaitForSingleObject(event, INFINITE) };
    check(set == WAIT_OBJECT_0, "WaitForSingleObject");
    println!("the child has set the event");
    let mut buffer = [0; 100];
    let mut count = 0;
    // SAFETY: the buffer is as long as said.
    let read = unsafe { ReadFile(reader, buffer.as_mut_ptr(), 100, &raw mut count, null_mut()) };
    check(read != 0, "ReadFile");
    println!("it wrote: {}", String::from_utf8_lossy(&buffer[..count as usize]));

    // SAFETY: takes a handle.
    let ended = unsafe { WaitForSingleObject(child.hProcess, INFINITE) };
    check(ended == WAIT_OBJECT_0, "WaitForSingleObject");
    let mut exit_code = 0;
    // SAFETY: the pointer is to a variable.
    let known = unsafe { GetExitCodeProcess(child.hProcess, &raw mut exit_code) };
    check(known != 0, "GetExitCodeProcess");
    println!("its exit code is {exit_code}");
    for handle in [event, reader, child.hProcess, child.hThread] {
        // SAFETY: takes a handle.
        let closed = unsafe { CloseHandle(handle) };
        check(closed != 0, "CloseHandle");
    }
    if exit_code == CHILDS_EXIT_CODE { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn child(event: HANDLE, writer: HANDLE) -> ExitCode {
    let mut flags = 0;
    // SAFETY: the pointer is to a variable.
    let known = unsafe { GetHandleInformation(event, &raw mut flags) };
    check(known != 0 && flags == HANDLE_FLAG_INHERIT, "GetHandleInformation");
    // SAFETY: takes nothing.
    let line = unsafe { GetCommandLineW() };
    let mut length = 0;
    // SAFETY: the string ends with a NUL, which was not reached yet.
    while unsafe { line.wrapping_add(length).read() } != 0 {
        length += 1;
    }
    let message = format!("hello through {writer:?}; {length} units of command line");
    let mut count = 0;
    // SAFETY: the buffer is as long as said.
    let written = unsafe {
        WriteFile(writer, message.as_ptr(), message.len() as u32, &raw mut count, null_mut())
    };
    check(written != 0 && count as usize == message.len(), "WriteFile");
    // SAFETY: takes a handle.
    check(unsafe { SetEvent(event) } != 0, "SetEvent");
    // SAFETY: takes a number.
    unsafe { ExitProcess(CHILDS_EXIT_CODE) }
}
