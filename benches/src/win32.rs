//! The Win32 calls that are measured, as thin as they can be.

use std::ptr::{null, null_mut};
use transom_win32 as _;
use windows_sys::Win32::Foundation as foundation;
pub use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem as file;
use windows_sys::Win32::System::Environment as environment;
use windows_sys::Win32::System::Pipes as pipes;
use windows_sys::Win32::System::Threading as threading;

/// `INFINITE`.
pub const FOREVER: u32 = threading::INFINITE;

/// The pseudo handle of this process.
#[must_use]
pub fn own_process() -> HANDLE {
    std::ptr::without_provenance_mut(usize::MAX)
}

/// A handle from the command line.
#[must_use]
pub fn handle(number: &str) -> HANDLE {
    std::ptr::without_provenance_mut(number.parse().expect("a handle is a number"))
}

/// A string as Win32 wants it.
#[must_use]
pub fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

fn attributes(inherit: bool) -> SECURITY_ATTRIBUTES {
    SECURITY_ATTRIBUTES {
        nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
        lpSecurityDescriptor: null_mut(),
        bInheritHandle: inherit.into(),
    }
}

/// `CloseHandle`.
#[inline]
pub fn close(handle: HANDLE) {
    // SAFETY: takes a number.
    let closed = unsafe { foundation::CloseHandle(handle) };
    assert_eq!(closed, 1);
}

/// `DuplicateHandle` with the same access.
#[inline]
#[must_use]
pub fn duplicate(source: HANDLE, target_process: HANDLE) -> HANDLE {
    let (own, mut target) = (own_process(), null_mut());
    // SAFETY: the out-pointer is to a live variable.
    let done = unsafe {
        foundation::DuplicateHandle(
            own,
            source,
            target_process,
            &raw mut target,
            0,
            0,
            foundation::DUPLICATE_SAME_ACCESS,
        )
    };
    assert_eq!(done, 1);
    target
}

/// `DuplicateHandle` without a target: closes a handle of another process.
pub fn close_in(process: HANDLE, handle: HANDLE) {
    // SAFETY: no pointers but NULL.
    let done = unsafe {
        foundation::DuplicateHandle(
            process,
            handle,
            null_mut(),
            null_mut(),
            0,
            0,
            foundation::DUPLICATE_CLOSE_SOURCE,
        )
    };
    let _ = done;
}

/// `CreateEventW`: an unsignalled auto-reset event.
#[inline]
#[must_use]
pub fn create_event(inherit: bool) -> HANDLE {
    let attributes = attributes(inherit);
    // SAFETY: the attributes live across the call.
    let event = unsafe { threading::CreateEventW(&raw const attributes, 0, 0, null()) };
    assert!(!event.is_null());
    event
}

/// `SetEvent`.
#[inline]
pub fn set_event(event: HANDLE) {
    // SAFETY: takes a number.
    let set = unsafe { threading::SetEvent(event) };
    assert_eq!(set, 1);
}

/// `WaitForSingleObject`, expected to succeed.
#[inline]
pub fn wait(handle: HANDLE, milliseconds: u32) {
    // SAFETY: takes numbers.
    let waited = unsafe { threading::WaitForSingleObject(handle, milliseconds) };
    assert_eq!(waited, foundation::WAIT_OBJECT_0);
}

/// `CreatePipe`: read end, write end; which of them are inheritable.
#[inline]
#[must_use]
pub fn create_pipe(inherit: [bool; 2]) -> [HANDLE; 2] {
    let (mut read, mut write) = (null_mut(), null_mut());
    // SAFETY: the out-pointers are to live variables.
    let made = unsafe { pipes::CreatePipe(&raw mut read, &raw mut write, null(), 0) };
    assert_eq!(made, 1);
    for (end, inherit) in [read, write].into_iter().zip(inherit) {
        if inherit {
            // SAFETY: takes numbers.
            unsafe { foundation::SetHandleInformation(end, 1, 1) };
        }
    }
    [read, write]
}

/// `ReadFile`: how much was read; `None` at the end.
#[inline]
pub fn read(handle: HANDLE, buffer: &mut [u8]) -> Option<usize> {
    let mut count = 0;
    let length = buffer.len() as u32;
    // SAFETY: the buffer is as long as said, the count lives.
    let done =
        unsafe { file::ReadFile(handle, buffer.as_mut_ptr(), length, &raw mut count, null_mut()) };
    (done == 1).then_some(count as usize)
}

/// `WriteFile`, all of it; `false` when nobody reads any more.
#[inline]
pub fn write(handle: HANDLE, buffer: &[u8]) -> bool {
    let mut count = 0;
    let length = buffer.len() as u32;
    // SAFETY: the buffer is as long as said, the count lives.
    let done =
        unsafe { file::WriteFile(handle, buffer.as_ptr(), length, &raw mut count, null_mut()) };
    done == 1 && count == length
}

/// `CreateProcessW`: handles to the process and its first thread.
#[must_use]
pub fn create_process(application: &[u16], line: &mut [u16], inherit: bool) -> [HANDLE; 2] {
    let startup = threading::STARTUPINFOW {
        cb: size_of::<threading::STARTUPINFOW>() as u32,
        ..Default::default()
    };
    let mut made = threading::PROCESS_INFORMATION::default();
    // SAFETY: the strings are terminated, the structures live, the rest may be NULL.
    let done = unsafe {
        threading::CreateProcessW(
            application.as_ptr(),
            line.as_mut_ptr(),
            null(),
            null(),
            inherit.into(),
            0,
            null(),
            null(),
            &raw const startup,
            &raw mut made,
        )
    };
    assert_eq!(done, 1, "{}", String::from_utf16_lossy(line));
    [made.hProcess, made.hThread]
}

/// `TerminateProcess`.
pub fn terminate(process: HANDLE) {
    // SAFETY: takes numbers. One that has ended already is no error.
    unsafe { threading::TerminateProcess(process, 0) };
}

/// `SetEnvironmentVariableW`.
#[inline]
pub fn set_variable(name: &[u16], value: &[u16]) {
    // SAFETY: two terminated strings.
    let set = unsafe { environment::SetEnvironmentVariableW(name.as_ptr(), value.as_ptr()) };
    assert_eq!(set, 1);
}

/// `GetEnvironmentVariableW`: the value's length.
#[inline]
pub fn variable(name: &[u16], buffer: &mut [u16]) -> u32 {
    let length = buffer.len() as u32;
    // SAFETY: a terminated string, and a buffer as long as said.
    unsafe { environment::GetEnvironmentVariableW(name.as_ptr(), buffer.as_mut_ptr(), length) }
}

/// `SetEnvironmentVariableA`.
#[inline]
pub fn set_variable_a(name: &std::ffi::CStr, value: &std::ffi::CStr) {
    let (name, value) = (name.to_bytes_with_nul(), value.to_bytes_with_nul());
    // SAFETY: two terminated strings.
    let set = unsafe { environment::SetEnvironmentVariableA(name.as_ptr(), value.as_ptr()) };
    assert_eq!(set, 1);
}

/// `GetEnvironmentVariableA`: the value's length.
#[inline]
pub fn variable_a(name: &std::ffi::CStr, buffer: &mut [u8]) -> u32 {
    let (name, length) = (name.to_bytes_with_nul(), buffer.len() as u32);
    // SAFETY: a terminated string, and a buffer as long as said.
    unsafe { environment::GetEnvironmentVariableA(name.as_ptr(), buffer.as_mut_ptr(), length) }
}
