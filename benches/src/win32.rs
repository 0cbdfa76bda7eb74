//! The Win32 calls that are measured, as thin as they can be.

use std::ptr::{null, null_mut};
use transom_win32 as _;
use windows_sys::Win32::Foundation as foundation;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem as file;
use windows_sys::Win32::System::Environment as environment;
use windows_sys::Win32::System::IO as io;
use windows_sys::Win32::System::Pipes as pipes;
use windows_sys::Win32::System::Threading as threading;

/// `INFINITE`.
pub const FOREVER: u32 = threading::INFINITE;

/// A handle, as the number that it is.
pub type Handle = isize;

/// The pseudo handle of this process.
pub const OWN_PROCESS: Handle = -1;

#[inline]
fn h(handle: Handle) -> HANDLE {
    std::ptr::without_provenance_mut(handle.cast_unsigned())
}

#[inline]
fn v(handle: HANDLE) -> Handle {
    handle.addr().cast_signed()
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
pub fn close(handle: Handle) {
    // SAFETY: takes a number.
    let closed = unsafe { foundation::CloseHandle(h(handle)) };
    assert_eq!(closed, 1);
}

/// `DuplicateHandle` with the same access.
#[inline]
#[must_use]
pub fn duplicate(source: Handle, target_process: Handle) -> Handle {
    let mut target = null_mut();
    // SAFETY: the out-pointer is to a live variable.
    let done = unsafe {
        foundation::DuplicateHandle(
            h(OWN_PROCESS),
            h(source),
            h(target_process),
            &raw mut target,
            0,
            0,
            foundation::DUPLICATE_SAME_ACCESS,
        )
    };
    assert_eq!(done, 1);
    v(target)
}

/// `DuplicateHandle` without a target: closes a handle of another process.
pub fn close_in(process: Handle, handle: Handle) {
    // SAFETY: no pointers but NULL.
    let done = unsafe {
        foundation::DuplicateHandle(
            h(process),
            h(handle),
            null_mut(),
            null_mut(),
            0,
            0,
            foundation::DUPLICATE_CLOSE_SOURCE,
        )
    };
    assert_eq!(done, 1);
}

/// `CreateEventW`: an unsignalled auto-reset event.
#[inline]
#[must_use]
pub fn create_event(inherit: bool) -> Handle {
    let attributes = attributes(inherit);
    // SAFETY: the attributes live across the call.
    let event = unsafe { threading::CreateEventW(&raw const attributes, 0, 0, null()) };
    assert!(!event.is_null());
    v(event)
}

/// `SetEvent`.
#[inline]
pub fn set_event(event: Handle) {
    // SAFETY: takes a number.
    let set = unsafe { threading::SetEvent(h(event)) };
    assert_eq!(set, 1);
}

/// `WaitForSingleObject`, expected to succeed.
#[inline]
pub fn wait(handle: Handle, milliseconds: u32) {
    // SAFETY: takes numbers.
    let waited = unsafe { threading::WaitForSingleObject(h(handle), milliseconds) };
    assert_eq!(waited, foundation::WAIT_OBJECT_0);
}

/// `CreateMutexW`: one that nobody owns.
#[must_use]
pub fn create_mutex() -> Handle {
    // SAFETY: NULL asks for nothing in particular.
    let mutex = unsafe { threading::CreateMutexW(null(), 0, null()) };
    assert!(!mutex.is_null());
    v(mutex)
}

/// `ReleaseMutex`.
#[inline]
pub fn release_mutex(mutex: Handle) {
    // SAFETY: takes a number.
    let released = unsafe { threading::ReleaseMutex(h(mutex)) };
    assert_eq!(released, 1);
}

/// `CreateSemaphoreW`: an empty one.
#[must_use]
pub fn create_semaphore() -> Handle {
    // SAFETY: NULL asks for nothing in particular.
    let semaphore = unsafe { threading::CreateSemaphoreW(null(), 0, 1, null()) };
    assert!(!semaphore.is_null());
    v(semaphore)
}

/// `ReleaseSemaphore`, by one.
#[inline]
pub fn release_semaphore(semaphore: Handle) {
    // SAFETY: takes numbers; NULL asks for no count.
    let released = unsafe { threading::ReleaseSemaphore(h(semaphore), 1, null_mut()) };
    assert_eq!(released, 1);
}

/// `CreateMutexW` with a name.
#[must_use]
pub fn create_named_mutex(name: &[u16]) -> Handle {
    // SAFETY: the name is terminated.
    let mutex = unsafe { threading::CreateMutexW(null(), 0, name.as_ptr()) };
    assert!(!mutex.is_null());
    v(mutex)
}

/// `WaitForMultipleObjects` for one of several: its number.
#[inline]
#[must_use]
pub fn wait_many(handles: &[HANDLE], milliseconds: u32) -> u32 {
    let count = handles.len() as u32;
    // SAFETY: as many handles as said.
    unsafe { threading::WaitForMultipleObjects(count, handles.as_ptr(), 0, milliseconds) }
}

/// A handle as the pointer that Win32 takes.
#[must_use]
pub fn pointer(handle: Handle) -> HANDLE {
    h(handle)
}

/// `CreatePipe`: read end, write end; which of them are inheritable.
#[inline]
#[must_use]
pub fn create_pipe(inherit: [bool; 2]) -> [Handle; 2] {
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
    [v(read), v(write)]
}

/// `ReadFile`: how much was read; `None` at the end.
#[inline]
pub fn read(handle: Handle, buffer: &mut [u8]) -> Option<usize> {
    let mut count = 0;
    let length = buffer.len() as u32;
    // SAFETY: the buffer is as long as said, the count lives.
    let done = unsafe {
        file::ReadFile(h(handle), buffer.as_mut_ptr(), length, &raw mut count, null_mut())
    };
    (done == 1).then_some(count as usize)
}

/// `WriteFile`, all of it; `false` when nobody reads any more.
#[inline]
pub fn write(handle: Handle, buffer: &[u8]) -> bool {
    let mut count = 0;
    let length = buffer.len() as u32;
    // SAFETY: the buffer is as long as said, the count lives.
    let done =
        unsafe { file::WriteFile(h(handle), buffer.as_ptr(), length, &raw mut count, null_mut()) };
    done == 1 && count == length
}

/// `CreateProcessW`: handles to the process and its first thread.
#[must_use]
pub fn create_process(application: &[u16], line: &mut [u16], inherit: bool) -> [Handle; 2] {
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
    [v(made.hProcess), v(made.hThread)]
}

/// `TerminateProcess`.
pub fn terminate(process: Handle) {
    // SAFETY: takes numbers. One that has ended already is no error.
    unsafe { threading::TerminateProcess(h(process), 0) };
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

/// `CreateIoCompletionPort` without a file.
#[must_use]
pub fn create_port() -> Handle {
    // SAFETY: takes numbers.
    let port = unsafe { io::CreateIoCompletionPort(h(-1), null_mut(), 0, 0) };
    assert!(!port.is_null());
    v(port)
}

/// `CreateIoCompletionPort` with a file.
pub fn associate(file: Handle, port: Handle) {
    // SAFETY: takes numbers.
    let told = unsafe { io::CreateIoCompletionPort(h(file), h(port), 0, 0) };
    assert_eq!(v(told), port);
}

/// `PostQueuedCompletionStatus` with a key.
#[inline]
pub fn post(port: Handle, key: usize) {
    // SAFETY: takes numbers.
    let posted = unsafe { io::PostQueuedCompletionStatus(h(port), 0, key, null()) };
    assert_eq!(posted, 1);
}

/// `GetQueuedCompletionStatus`; the key.
#[inline]
#[must_use]
pub fn get(port: Handle) -> usize {
    let (mut bytes, mut key, mut overlapped) = (0, 0, null_mut());
    let (bytes, place) = (&raw mut bytes, &raw mut overlapped);
    // SAFETY: the out-pointers are to live variables.
    let got =
        unsafe { io::GetQueuedCompletionStatus(h(port), bytes, &raw mut key, place, FOREVER) };
    assert_eq!(got, 1);
    key
}

/// `CreateFile` for overlapped reads.
#[must_use]
pub fn open_overlapped(name: &str) -> Handle {
    let name = wide(name);
    let (read, flags) = (file::FILE_GENERIC_READ, file::FILE_FLAG_OVERLAPPED);
    // SAFETY: the name ends with a NUL.
    let opened = unsafe {
        file::CreateFileW(name.as_ptr(), read, 7, null(), file::OPEN_EXISTING, flags, null_mut())
    };
    assert_ne!(v(opened), -1);
    v(opened)
}

/// Begins to read a byte that is not there yet; it is when `complete` returns.
#[inline]
pub fn with_pending_read(handle: Handle, complete: impl FnOnce()) {
    let mut overlapped = io::OVERLAPPED::default();
    let mut byte = 0;
    let place = &raw mut overlapped;
    // SAFETY: buffer and structure live until the read is done.
    let begun = unsafe { file::ReadFile(h(handle), &raw mut byte, 1, null_mut(), place) };
    assert_eq!(begun, 0);
    complete();
    assert_eq!(overlapped.Internal, 0);
}
