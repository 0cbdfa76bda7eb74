//! Overlapped reads and writes on Linux pipes: what is pending, how it is told, and how it is taken
//! back. Fact 36.

use crate::{TRUE, UNTOUCHED, alone, close, event, raw, wide, win32};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::cell::RefCell;
use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Command;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};
use windows_sys::Win32::Foundation::{
    CloseHandle, DUPLICATE_SAME_ACCESS, DuplicateHandle, ERROR_INVALID_HANDLE,
    ERROR_INVALID_PARAMETER, ERROR_IO_INCOMPLETE, ERROR_IO_PENDING, ERROR_NO_DATA, ERROR_NOT_FOUND,
    ERROR_OPERATION_ABORTED, HANDLE, INVALID_HANDLE_VALUE, STATUS_CANCELLED, STATUS_PENDING,
    WAIT_IO_COMPLETION, WAIT_OBJECT_0, WAIT_TIMEOUT,
};
use windows_sys::Win32::Storage::FileSystem::{
    CreateFileW, FILE_FLAG_OVERLAPPED, OPEN_EXISTING, ReadFile, ReadFileEx,
    SetFileCompletionNotificationModes, WriteFile, WriteFileEx,
};
use windows_sys::Win32::System::IO::{
    BindIoCompletionCallback, CancelIo, CancelIoEx, CancelSynchronousIo, CreateIoCompletionPort,
    GetOverlappedResult, GetOverlappedResultEx, GetQueuedCompletionStatus, OVERLAPPED,
    PostQueuedCompletionStatus,
};
use windows_sys::Win32::System::Threading::{
    GetCurrentThread, INFINITE, SetEvent, SleepEx, TerminateThread, WaitForMultipleObjects,
    WaitForSingleObject, WaitForSingleObjectEx,
};

const GENERIC_READ: u32 = 0x8000_0000;
const GENERIC_WRITE: u32 = 0x4000_0000;
/// What a call that goes on leaves.
pub(crate) const PENDING: (i32, u32) = (0, ERROR_IO_PENDING);
const ABORTED: (i32, u32) = (0, ERROR_OPERATION_ABORTED);

/// A Linux pipe with a name, and a descriptor that holds it open at both ends.
pub(crate) struct Fifo {
    path: PathBuf,
    pub(crate) other: File,
}

impl Fifo {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("transom-fifo-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a new pipe");
        let other = File::options().read(true).write(true).open(&path).expect("it is there");
        Self { path, other }
    }

    pub(crate) fn open(&self, access: u32, flags: u32) -> HANDLE {
        let name = wide(self.path.to_str().expect("a name of text"));
        let (handle, error) =
            win32!(CreateFileW(name.as_ptr(), access, 7, null(), OPEN_EXISTING, flags, null_mut()));
        assert_ne!(handle, INVALID_HANDLE_VALUE, "error {error}");
        handle
    }

    pub(crate) fn reader(&self) -> HANDLE {
        self.open(GENERIC_READ, FILE_FLAG_OVERLAPPED)
    }

    pub(crate) fn writer(&self) -> HANDLE {
        self.open(GENERIC_WRITE, FILE_FLAG_OVERLAPPED)
    }

    pub(crate) fn put(&self, bytes: &[u8]) {
        (&self.other).write_all(bytes).expect("there is room");
    }
}

impl Drop for Fifo {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// An `OVERLAPPED` and a buffer that stay where they are.
pub(crate) struct Request {
    pub(crate) place: *mut OVERLAPPED,
    pub(crate) buffer: *mut [u8],
}

// SAFETY: the tests hand them from one thread to another, and only one uses them.
unsafe impl Send for Request {}

impl Request {
    pub(crate) fn new(size: usize) -> Self {
        Self::with_event(size, null_mut())
    }

    pub(crate) fn with_event(size: usize, event: HANDLE) -> Self {
        let place = Box::into_raw(Box::new(OVERLAPPED { hEvent: event, ..Default::default() }));
        Self { place, buffer: Box::into_raw(vec![0; size].into_boxed_slice()) }
    }

    pub(crate) fn read(&self, file: HANDLE) -> (i32, u32) {
        let size = self.buffer.len() as u32;
        win32!(ReadFile(file, self.buffer.cast(), size, null_mut(), self.place))
    }

    /// Where in a file it is about.
    pub(crate) fn set_offset(&self, offset: u32) {
        let mut anonymous = OVERLAPPED::default().Anonymous;
        anonymous.Anonymous.Offset = offset;
        // SAFETY: it lives as long as this, and no request is in flight.
        unsafe { (*self.place).Anonymous = anonymous };
    }

    fn write(&self, file: HANDLE) -> (i32, u32) {
        let size = self.buffer.len() as u32;
        win32!(WriteFile(file, self.buffer.cast(), size, null_mut(), self.place))
    }

    /// What `GetOverlappedResult` says: result, last error, and count.
    pub(crate) fn result(&self, file: HANDLE, wait: bool) -> ((i32, u32), u32) {
        let mut count = 0x55;
        let done = win32!(GetOverlappedResult(file, self.place, &raw mut count, i32::from(wait)));
        (done, count)
    }

    pub(crate) fn internal(&self) -> usize {
        // SAFETY: it lives as long as this.
        let internal = unsafe { &raw const (*self.place).Internal };
        // SAFETY: a live field; another thread may be changing it.
        unsafe { internal.read_volatile() }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        // SAFETY: it lives as long as this, and the request is done.
        unsafe { (*self.buffer).to_vec() }
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if self.internal() == STATUS_PENDING as usize {
            // A test has failed; or the request failed at once, and somebody may look.
            return;
        }
        // SAFETY: made so by `new`; the request is done.
        drop(unsafe { Box::from_raw(self.place) });
        // SAFETY: as above.
        drop(unsafe { Box::from_raw(self.buffer) });
    }
}

fn signalled(object: HANDLE) -> bool {
    match win32!(WaitForSingleObject(object, 0)) {
        (WAIT_OBJECT_0, UNTOUCHED) => true,
        (WAIT_TIMEOUT, UNTOUCHED) => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn fact_36_a_pending_read_unsignals_the_handle_and_its_end_signals_it() {
    let _alone = alone();
    let fifo = Fifo::new();
    let reader = fifo.reader();
    assert!(signalled(reader));
    let request = Request::new(8);
    assert_eq!(request.read(reader), PENDING);
    assert_eq!(request.internal(), STATUS_PENDING as usize);
    assert!(!signalled(reader));
    assert_eq!(request.result(reader, false), ((0, ERROR_IO_INCOMPLETE), 0x55));
    fifo.put(b"abc");
    assert_eq!(request.result(reader, true), (TRUE, 3));
    assert_eq!((&request.bytes()[..3], request.internal()), (&b"abc"[..], 0));
    assert!(signalled(reader));
    // What is there already is had at once.
    fifo.put(b"def");
    assert_eq!(request.read(reader), TRUE);
    assert_eq!(request.result(reader, false), (TRUE, 3));
    assert!(signalled(reader));
    close([reader]);
}

#[test]
fn an_event_is_signalled_in_place_of_the_handle() {
    let _alone = alone();
    let fifo = Fifo::new();
    let (reader, signal) = (fifo.reader(), event());
    assert_eq!(win32!(SetEvent(signal)), TRUE);
    let request = Request::with_event(8, signal);
    assert_eq!(request.read(reader), PENDING);
    assert!(!signalled(signal) && !signalled(reader));
    fifo.put(b"x");
    assert_eq!(request.result(reader, true), (TRUE, 1));
    assert!(signalled(signal) && !signalled(reader));
    // The lowest bit is no part of the handle.
    let tagged = Request::with_event(8, signal.map_addr(|bits| bits | 1));
    assert_eq!(tagged.read(reader), PENDING);
    assert!(!signalled(signal));
    fifo.put(b"yz");
    assert_eq!(tagged.result(reader, true), (TRUE, 2));
    let wrong = Request::with_event(8, reader);
    assert_eq!(wrong.read(reader), (0, ERROR_INVALID_HANDLE));
    close([reader, signal]);
}

#[test]
fn requests_are_served_in_their_order() {
    let _alone = alone();
    let fifo = Fifo::new();
    let reader = fifo.reader();
    let requests: Vec<Request> = (0..50).map(|_| Request::with_event(1, event())).collect();
    for request in &requests {
        assert_eq!(request.read(reader), PENDING);
    }
    let bytes: Vec<u8> = (0..50).collect();
    fifo.put(&bytes);
    for (request, byte) in requests.iter().zip(&bytes) {
        assert_eq!(request.result(reader, true), (TRUE, 1));
        assert_eq!(request.bytes(), [*byte]);
        // SAFETY: the request is done.
        close([unsafe { (*request.place).hEvent }]);
    }
    close([reader]);
}

#[test]
fn waits_on_handles_mix_with_other_objects() {
    let _alone = alone();
    let fifo = Fifo::new();
    let (reader, signal) = (fifo.reader(), event());
    let request = Request::new(1);
    assert_eq!(request.read(reader), PENDING);
    let both = [signal, reader];
    let wait = |all: i32, ms| win32!(WaitForMultipleObjects(2, both.as_ptr(), all, ms)).0;
    assert_eq!(wait(0, 0), WAIT_TIMEOUT);
    std::thread::scope(|scope| {
        scope.spawn(|| fifo.put(b"1"));
        assert_eq!(wait(0, INFINITE), 1);
    });
    assert_eq!(wait(1, 0), WAIT_TIMEOUT);
    assert_eq!(win32!(SetEvent(signal)), TRUE);
    assert_eq!(wait(1, INFINITE), 0);
    close([reader, signal]);
}

#[test]
fn fact_36_cancelled_requests_end_with_995() {
    let _alone = alone();
    let fifo = Fifo::new();
    let reader = fifo.reader();
    assert_eq!(win32!(CancelIoEx(reader, null())), (0, ERROR_NOT_FOUND));
    assert_eq!(win32!(CancelIo(reader)), TRUE);
    let requests: Vec<Request> = (0..3).map(|_| Request::new(1)).collect();
    for request in &requests {
        assert_eq!(request.read(reader), PENDING);
    }
    // The one in the middle.
    assert_eq!(win32!(CancelIoEx(reader, requests[1].place)), TRUE);
    assert_eq!(requests[1].result(reader, false), (ABORTED, 0));
    assert_eq!(requests[1].internal(), STATUS_CANCELLED.cast_unsigned() as usize);
    assert_eq!(win32!(CancelIoEx(reader, requests[1].place)), (0, ERROR_NOT_FOUND));
    fifo.put(b"ab");
    let done = |request: &Request| {
        while request.internal() == STATUS_PENDING as usize {
            std::thread::yield_now();
        }
        (request.result(reader, false), request.bytes())
    };
    assert_eq!(done(&requests[0]), ((TRUE, 1), b"a".to_vec()));
    assert_eq!(done(&requests[2]), ((TRUE, 1), b"b".to_vec()));
    // `CancelIo` is about those of the calling thread.
    assert_eq!(requests[0].read(reader), PENDING);
    let handle = reader.addr();
    let other = std::thread::spawn(move || {
        let reader = raw(handle.cast_signed());
        assert_eq!(win32!(CancelIo(reader)), TRUE);
        // SAFETY: ...only an address is looked at.
        win32!(CancelIoEx(reader, null()))
    });
    assert_eq!(other.join().expect("it ends"), TRUE);
    assert_eq!(requests[0].result(reader, false), (ABORTED, 0));
    assert_eq!(requests[0].read(reader), PENDING);
    assert_eq!(win32!(CancelIo(reader)), TRUE);
    assert_eq!(requests[0].result(reader, false), (ABORTED, 0));
    let signal = event();
    assert_eq!(win32!(CancelIo(signal)), (0, ERROR_INVALID_HANDLE));
    assert_eq!(win32!(CancelIoEx(raw(0), null())), (0, ERROR_INVALID_HANDLE));
    close([reader, signal]);
}

#[test]
fn closing_the_last_handle_cancels_what_is_in_flight() {
    let _alone = alone();
    let fifo = Fifo::new();
    let (reader, signal) = (fifo.reader(), event());
    let mut second = null_mut();
    let own = raw(-1);
    assert_eq!(
        win32!(DuplicateHandle(own, reader, own, &raw mut second, 0, 0, DUPLICATE_SAME_ACCESS)),
        TRUE
    );
    let request = Request::with_event(1, signal);
    assert_eq!(request.read(reader), PENDING);
    close([reader]);
    assert_eq!(request.internal(), STATUS_PENDING as usize);
    close([second]);
    assert_eq!(request.result(reader, true), (ABORTED, 0));
    assert!(signalled(signal));
    close([signal]);
}

#[test]
fn a_thread_that_ends_takes_its_requests_along() {
    let _alone = alone();
    let fifo = Fifo::new();
    let reader = fifo.reader();
    let handle = reader.addr().cast_signed();
    let own = Request::new(1);
    assert_eq!(own.read(reader), PENDING);
    let other = std::thread::spawn(move || {
        let request = Request::new(1);
        assert_eq!(request.read(raw(handle)), PENDING);
        request
    });
    let request = other.join().expect("it ends");
    assert_eq!(request.result(reader, true), (ABORTED, 0));
    assert_eq!(own.internal(), STATUS_PENDING as usize);
    assert_eq!(win32!(CancelIo(reader)), TRUE);
    close([reader]);
}

#[test]
fn a_write_that_does_not_fit_goes_on_until_it_does() {
    let _alone = alone();
    let fifo = Fifo::new();
    let writer = fifo.writer();
    let (large, small) = (Request::new(200_000), Request::new(3));
    assert_eq!(large.write(writer), PENDING);
    assert_eq!(small.write(writer), PENDING);
    let mut all = vec![1; 200_003];
    (&fifo.other).read_exact(&mut all).expect("they are written");
    assert!(all.iter().all(|byte| *byte == 0));
    for (request, size) in [(&large, 200_000), (&small, 3)] {
        while request.internal() == STATUS_PENDING as usize {
            std::thread::yield_now();
        }
        assert_eq!(request.result(writer, false), (TRUE, size));
    }
    // What Linux has taken of a write that is cancelled is told.
    assert_eq!(large.write(writer), PENDING);
    assert_eq!(win32!(CancelIoEx(writer, large.place)), TRUE);
    assert_eq!(large.result(writer, false), (ABORTED, 65_536));
    close([writer]);
}

#[test]
fn a_write_that_waits_is_told_that_nobody_is_left_to_read() {
    let _alone = alone();
    let mut fifo = Fifo::new();
    let writer = fifo.writer();
    let request = Request::new(200_000);
    assert_eq!(request.write(writer), PENDING);
    fifo.other = File::open("/dev/null").expect("it is there");
    assert_eq!(request.result(writer, true), ((0, ERROR_NO_DATA), 65_536));
    assert_eq!(request.write(writer), (0, ERROR_NO_DATA));
    close([writer]);
}

#[test]
fn a_call_without_a_structure_waits_for_its_turn() {
    let _alone = alone();
    let fifo = Fifo::new();
    let reader = fifo.reader();
    let request = Request::new(1);
    assert_eq!(request.read(reader), PENDING);
    let handle = reader.addr().cast_signed();
    let waits = std::thread::spawn(move || {
        let mut byte = [0];
        (crate::files::read(raw(handle), &mut byte), byte)
    });
    fifo.put(b"1");
    assert_eq!(request.result(reader, true), (TRUE, 1));
    assert_eq!(request.bytes(), b"1");
    fifo.put(b"2");
    assert_eq!(waits.join().expect("it ends"), ((1, UNTOUCHED, 1), *b"2"));
    close([reader]);
}

thread_local! {
    static CALLED: RefCell<Vec<(u32, u32, usize)>> = const { RefCell::new(Vec::new()) };
}

unsafe extern "system" fn note(error: u32, bytes: u32, overlapped: *mut OVERLAPPED) {
    CALLED.with_borrow_mut(|called| called.push((error, bytes, overlapped.addr())));
}

fn called() -> Vec<(u32, u32, usize)> {
    CALLED.with_borrow_mut(std::mem::take)
}

fn read_ex(file: HANDLE, request: &Request) -> (i32, u32) {
    let size = request.buffer.len() as u32;
    win32!(ReadFileEx(file, request.buffer.cast(), size, request.place, Some(note)))
}

#[test]
fn completion_routines_are_called_in_alertable_waits() {
    let _alone = alone();
    let fifo = Fifo::new();
    let (reader, writer, signal) = (fifo.reader(), fifo.writer(), event());
    // Its event is the program's own.
    let request = Request::with_event(8, signal);
    let address = request.place.addr();
    assert_eq!(read_ex(reader, &request), (1, 0));
    assert_eq!(win32!(SleepEx(0, 1)), (0, UNTOUCHED));
    let hello = b"hello";
    let other = Request::new(0);
    let written = win32!(WriteFileEx(writer, hello.as_ptr(), 5, other.place, Some(note)));
    assert_eq!(written, (1, 0));
    assert_eq!(called(), []);
    let mut calls = Vec::new();
    while calls.len() < 2 {
        assert_eq!(win32!(WaitForSingleObjectEx(signal, INFINITE, 1)).0, WAIT_IO_COMPLETION);
        calls.extend(called());
    }
    calls.sort_unstable();
    let mut expected = [(0, 5, address), (0, 5, other.place.addr())];
    expected.sort_unstable();
    assert_eq!(calls, expected);
    assert!(!signalled(signal));
    assert_eq!(&request.bytes()[..5], hello);

    // A request that is done at once is told in the same way, and one that is cancelled.
    fifo.put(b"xy");
    assert_eq!(read_ex(reader, &request), (1, 0));
    assert_eq!(called(), []);
    assert_eq!(win32!(SleepEx(INFINITE, 1)), (WAIT_IO_COMPLETION, UNTOUCHED));
    assert_eq!(called(), [(0, 2, address)]);
    assert_eq!(read_ex(reader, &request), (1, 0));
    assert_eq!(win32!(CancelIo(reader)), TRUE);
    assert_eq!(win32!(SleepEx(INFINITE, 1)), (WAIT_IO_COMPLETION, UNTOUCHED));
    assert_eq!(called(), [(ERROR_OPERATION_ABORTED, 0, address)]);

    // `GetOverlappedResultEx` is such a wait, too.
    let plain = Request::with_event(1, signal);
    assert_eq!(plain.read(reader), PENDING);
    let ask = |ms, alertable| {
        win32!(GetOverlappedResultEx(reader, plain.place, &raw mut COUNT, ms, alertable))
    };
    static mut COUNT: u32 = 0;
    assert_eq!(ask(0, 1), (0, ERROR_IO_INCOMPLETE));
    assert_eq!(ask(1, 0), (0, WAIT_TIMEOUT));
    let second = Request::new(1);
    assert_eq!(read_ex(reader, &second), (1, 0));
    assert_eq!(win32!(CancelIoEx(reader, second.place)), TRUE);
    assert!(signalled(reader) && !signalled(signal));
    assert_eq!(ask(INFINITE, 1), (0, WAIT_IO_COMPLETION));
    assert_eq!(called().len(), 1);
    fifo.put(b"!");
    assert_eq!(ask(INFINITE, 1), TRUE);

    let synchronous = fifo.open(GENERIC_READ | GENERIC_WRITE, 0);
    assert_eq!(read_ex(synchronous, &second), (0, ERROR_INVALID_PARAMETER));
    let size = 1;
    let none = win32!(ReadFileEx(reader, second.buffer.cast(), size, second.place, None));
    assert_eq!(none, (0, ERROR_INVALID_PARAMETER));
    close([reader, writer, signal, synchronous]);
}

/// A real handle to this thread, as a number.
fn own_thread() -> isize {
    let mut thread = null_mut();
    let own = raw(-1);
    // SAFETY: takes nothing.
    let current = unsafe { GetCurrentThread() };
    assert_eq!(
        win32!(DuplicateHandle(own, current, own, &raw mut thread, 0, 0, DUPLICATE_SAME_ACCESS)),
        TRUE
    );
    thread.addr().cast_signed()
}

#[test]
fn a_call_that_waits_can_be_cancelled_by_another_thread() {
    let _alone = alone();
    let fifo = Fifo::new();
    let [pipe_reader, pipe_writer] = crate::pipe(0);
    let synchronous = fifo.open(GENERIC_READ | GENERIC_WRITE, 0);
    let overlapped = fifo.reader();
    for file in [synchronous, overlapped, pipe_reader] {
        let file = file.addr().cast_signed();
        let (tell, told) = std::sync::mpsc::channel();
        let waits = std::thread::spawn(move || {
            let thread = own_thread();
            tell.send(thread).expect("somebody listens");
            let mut byte = [0];
            let done = crate::files::read(raw(file), &mut byte);
            // It is not cancelled for good.
            let [reader, writer] = crate::pipe(0);
            assert_eq!(crate::files::write(writer, b"x"), (1, UNTOUCHED, 1));
            assert_eq!(crate::files::read(reader, &mut byte), (1, UNTOUCHED, 1));
            close([reader, writer]);
            done
        });
        let thread = raw(told.recv().expect("it speaks"));
        loop {
            match win32!(CancelSynchronousIo(thread)) {
                TRUE => break,
                (0, ERROR_NOT_FOUND) => std::thread::yield_now(),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(waits.join().expect("it ends"), (0, ERROR_OPERATION_ABORTED, 0));
        assert_eq!(win32!(CancelSynchronousIo(thread)), (0, ERROR_NOT_FOUND));
        close([thread]);
    }
    let signal = event();
    assert_eq!(win32!(CancelSynchronousIo(signal)), (0, ERROR_INVALID_HANDLE));
    assert_eq!(win32!(CancelSynchronousIo(raw(-2))), (0, ERROR_NOT_FOUND));
    close([synchronous, overlapped, pipe_reader, pipe_writer, signal]);
}

static BOUND: AtomicU32 = AtomicU32::new(0);

unsafe extern "system" fn bound(status: u32, bytes: u32, overlapped: *mut OVERLAPPED) {
    assert_eq!((status, bytes, overlapped.is_null()), (0, 1, false));
    BOUND.fetch_add(1, Ordering::SeqCst);
}

#[test]
fn callbacks_are_called_for_what_is_done() {
    let _alone = alone();
    let fifo = Fifo::new();
    let reader = fifo.reader();
    assert_eq!(win32!(BindIoCompletionCallback(reader, Some(bound), 0)), TRUE);
    let again = win32!(BindIoCompletionCallback(reader, Some(bound), 0));
    assert_eq!(again, (0, ERROR_INVALID_PARAMETER));
    let requests: Vec<Request> = (0..20).map(|_| Request::new(1)).collect();
    for request in &requests {
        assert_eq!(request.read(reader), PENDING);
    }
    fifo.put(&[7; 20]);
    while BOUND.load(Ordering::SeqCst) < 20 {
        std::thread::yield_now();
    }
    close([reader]);
}

#[test]
fn the_handle_is_not_signalled_if_that_is_not_wanted() {
    let _alone = alone();
    let fifo = Fifo::new();
    let reader = fifo.reader();
    assert_eq!(win32!(SetFileCompletionNotificationModes(reader, 4)), (0, ERROR_INVALID_PARAMETER));
    assert_eq!(win32!(SetFileCompletionNotificationModes(reader, 2)), TRUE);
    let request = Request::new(1);
    fifo.put(b"a");
    assert_eq!(request.read(reader), TRUE);
    assert!(!signalled(reader));
    assert_eq!(request.result(reader, false), (TRUE, 1));
    assert_eq!(win32!(CloseHandle(reader)), TRUE);
}

#[test]
fn another_process_completes_a_request_and_its_death_does() {
    let _alone = alone();
    let mut fifo = Fifo::new();
    let reader = fifo.reader();
    let shell = |script: &str| {
        let path = fifo.path.as_os_str();
        Command::new("sh").args(["-c", script, "sh"]).arg(path).spawn().expect("a shell")
    };
    let request = Request::new(8);
    assert_eq!(request.read(reader), PENDING);
    let mut writer = shell("printf abc > \"$1\"");
    assert_eq!(request.result(reader, true), (TRUE, 3));
    assert_eq!(&request.bytes()[..3], b"abc");
    writer.wait().expect("it ends");
    // The only writer is killed.
    assert_eq!(request.read(reader), PENDING);
    let mut writer = shell("exec 3> \"$1\"; printf x >&3; exec sleep 60");
    assert_eq!(request.result(reader, true), (TRUE, 1));
    fifo.other = File::open("/dev/null").expect("it is there");
    assert_eq!(request.read(reader), PENDING);
    writer.kill().expect("it runs");
    assert_eq!(request.result(reader, true), (TRUE, 0));
    writer.wait().expect("it ends");
    close([reader]);
}

#[test]
fn a_forked_process_starts_without_requests() {
    let _alone = alone();
    let [of_parent, of_child] = [Fifo::new(), Fifo::new()];
    let [reader, child_reader] = [of_parent.reader(), of_child.reader()];
    let port = win32!(CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 0)).0;
    assert_eq!(win32!(PostQueuedCompletionStatus(port, 1, 2, null())), TRUE);
    let [first, second, fresh] = [(); 3].map(|()| Request::new(1));
    assert_eq!(first.read(reader), PENDING);
    assert_eq!(second.read(child_reader), PENDING);
    let take = || {
        let (mut bytes, mut key, mut overlapped) = (0, 0, null_mut());
        let overlapped = &raw mut overlapped;
        win32!(GetQueuedCompletionStatus(port, &raw mut bytes, &raw mut key, overlapped, 0))
    };
    // What the parent has begun there stays its own: it must not take what is the child's.
    assert_eq!(win32!(CancelIoEx(child_reader, second.place)), TRUE);
    // SAFETY: the new process makes the calls below and ends; no other test runs.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let mut right = win32!(CancelIoEx(reader, null())) == (0, ERROR_NOT_FOUND);
        right &= first.internal() == STATUS_PENDING as usize;
        right &= take() == (0, WAIT_TIMEOUT);
        right &= fresh.read(child_reader) == PENDING;
        of_child.put(b"c");
        right &= fresh.result(child_reader, true) == (TRUE, 1);
        right &= win32!(CloseHandle(reader)) == TRUE;
        right &= first.internal() == STATUS_PENDING as usize;
        // SAFETY: ends the process.
        unsafe { libc::_exit(i32::from(!right)) };
    }
    let mut status = 0;
    // SAFETY: waits for our own child; the out-pointer is to a live variable.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    assert_eq!(status, 0);
    of_parent.put(b"p");
    assert_eq!(first.result(reader, true), (TRUE, 1));
    assert_eq!(take(), TRUE);
    close([reader, child_reader, port]);
}

#[test]
fn what_a_terminated_thread_leaves_in_queues_is_removed() {
    let _alone = alone();
    let fifo = Fifo::new();
    let (reader, second) = (fifo.reader(), Fifo::new());
    let other_reader = second.reader();
    let port = win32!(CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 1)).0;
    // One waits for a packet; one has a request in flight and waits for its turn behind it.
    let request = Request::new(1);
    let [handle, other, queue] = [reader, other_reader, port].map(|file| file.addr());
    let place = request.place.addr();
    let buffer = request.buffer.cast::<u8>().addr();
    let (tell, told) = std::sync::mpsc::channel();
    let tell_second = tell.clone();
    let start = |work: Box<dyn FnOnce() + Send>| std::thread::spawn(work);
    let _waits = start(Box::new(move || {
        tell.send((own_thread(), rustix::thread::gettid())).expect("somebody listens");
        let (mut bytes, mut key, mut overlapped) = (0, 0, null_mut());
        let port = raw(queue.cast_signed());
        let overlapped = &raw mut overlapped;
        win32!(GetQueuedCompletionStatus(port, &raw mut bytes, &raw mut key, overlapped, INFINITE));
        unreachable!("it is terminated");
    }));
    let _reads = start(Box::new(move || {
        let place = std::ptr::without_provenance_mut(place);
        let buffer = std::ptr::without_provenance_mut(buffer);
        let file = raw(other.cast_signed());
        assert_eq!(win32!(ReadFile(file, buffer, 1, null_mut(), place)), PENDING);
        let blocked = Request::new(1);
        assert_eq!(blocked.read(raw(handle.cast_signed())), PENDING);
        std::mem::forget(blocked);
        tell_second.send((own_thread(), rustix::thread::gettid())).expect("somebody listens");
        let mut byte = [0];
        crate::files::read(raw(handle.cast_signed()), &mut byte);
        unreachable!("it is terminated");
    }));
    for _ in 0..2 {
        let (thread, tid) = told.recv().expect("it speaks");
        while !crate::completion_ports::sleeps(tid.as_raw_nonzero().get().cast_unsigned()) {
            std::thread::yield_now();
        }
        assert_eq!(win32!(TerminateThread(raw(thread), 1)), TRUE);
        close([raw(thread)]);
    }
    assert_eq!(request.result(other_reader, true), (ABORTED, 0));
    // The packet comes to who is there, and so does the byte.
    assert_eq!(win32!(PostQueuedCompletionStatus(port, 1, 2, null())), TRUE);
    let (mut bytes, mut key, mut overlapped) = (0, 0, null_mut());
    let got = win32!(GetQueuedCompletionStatus(
        port,
        &raw mut bytes,
        &raw mut key,
        &raw mut overlapped,
        INFINITE
    ));
    assert_eq!((got, key), (TRUE, 2));
    let mine = Request::new(1);
    fifo.put(b"m");
    assert_eq!(mine.read(reader), TRUE);
    assert_eq!(mine.bytes(), b"m");
    close([reader, other_reader, port]);
}
