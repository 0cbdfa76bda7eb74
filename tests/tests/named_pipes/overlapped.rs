//! Fact 36: requests on pipes that go on while their caller does something else.

use crate::{DONE, message, name, refused, send};
use std::ptr::null_mut;
use transom_tests::alone;
use transom_tests::assistant::Assistant;
use transom_tests::files;
use transom_tests::pipes::{BOTH, DUPLEX, Pipe, client, disconnect, path};
use transom_tests::win32::{
    SELF, UNTOUCHED, call, close, create_event, duplicate, h, v, wait, write,
};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_OVERLAPPED, OPEN_EXISTING, ReadFile, ReadFileEx, WriteFile,
};
use windows_sys::Win32::System::IO::{
    CancelIo, CancelIoEx, CancelSynchronousIo, CreateIoCompletionPort, GetOverlappedResult,
    GetQueuedCompletionStatus, OVERLAPPED,
};
use windows_sys::Win32::System::Pipes::{ConnectNamedPipe, TransactNamedPipe};
use windows_sys::Win32::System::Threading::SleepEx;

pub(crate) const PENDING: (i32, u32) = (0, 997);

/// A request's place and buffer, which stay where they are.
pub(crate) struct Request {
    overlapped: Box<OVERLAPPED>,
    buffer: Vec<u8>,
    pub(crate) event: isize,
}

impl Request {
    pub(crate) fn new(size: usize) -> Self {
        let event = create_event(true, false, false);
        let overlapped = Box::new(OVERLAPPED { hEvent: h(event), ..OVERLAPPED::default() });
        Self { overlapped, buffer: vec![0; size], event }
    }

    pub(crate) fn read(&mut self, pipe: isize) -> (i32, u32) {
        let (place, size) = (self.buffer.as_mut_ptr(), self.buffer.len() as u32);
        let overlapped = &raw mut *self.overlapped;
        // SAFETY: both live until the request is done: each test waits for that.
        call(|| unsafe { ReadFile(h(pipe), place, size, null_mut(), overlapped) })
    }

    pub(crate) fn write(&mut self, pipe: isize) -> (i32, u32) {
        let (place, size) = (self.buffer.as_ptr(), self.buffer.len() as u32);
        let overlapped = &raw mut *self.overlapped;
        // SAFETY: both live until the request is done: each test waits for that.
        call(|| unsafe { WriteFile(h(pipe), place, size, null_mut(), overlapped) })
    }

    pub(crate) fn connect(&mut self, pipe: isize) -> (i32, u32) {
        let overlapped = &raw mut *self.overlapped;
        // SAFETY: it lives until the request is done: each test waits for that.
        call(|| unsafe { ConnectNamedPipe(h(pipe), overlapped) })
    }

    pub(crate) fn cancel(&mut self, pipe: isize) -> (i32, u32) {
        let overlapped = &raw const *self.overlapped;
        // SAFETY: it is only compared with.
        call(|| unsafe { CancelIoEx(h(pipe), overlapped) })
    }

    pub(crate) const fn event(&self) -> isize {
        self.event
    }

    /// The result, how many bytes, and the last error.
    pub(crate) fn result(&mut self, pipe: isize, wait: bool) -> (i32, u32, u32) {
        let mut bytes = 0;
        let overlapped = &raw mut *self.overlapped;
        // SAFETY: both live.
        let (done, error) = call(|| unsafe {
            GetOverlappedResult(h(pipe), overlapped, &raw mut bytes, wait.into())
        });
        (done, bytes, error)
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        close(self.event);
    }
}

pub(crate) fn overlapped_server(name: &str) -> isize {
    Pipe { open_mode: DUPLEX | FILE_FLAG_OVERLAPPED, ..Pipe::messages(name) }.server()
}

#[test]
fn fact_36_connecting_goes_on_until_a_client_comes() {
    let _alone = alone();
    let name = name("connect");
    let server = overlapped_server(&name);
    assert_eq!(wait(server, 0), (0, UNTOUCHED));
    let mut request = Request::new(0);
    assert_eq!(request.connect(server), PENDING);
    assert_eq!(request.result(server, false), (0, 0, 996));
    assert_eq!((wait(request.event, 0).0, wait(server, 0).0), (258, 258));
    let mut other = Assistant::unrelated();
    let handle = other.ask(&format!("pipe-open {BOTH} {name}"));
    assert_eq!(request.result(server, true), (1, 0, UNTOUCHED));
    assert_eq!(wait(request.event, 0).0, 0);
    // A client that is there already is no success.
    let mut again = Request::new(0);
    assert_eq!(again.connect(server), refused(535));
    let handle = handle.split_once(' ').unwrap().0;
    other.ask(&format!("close {handle}"));
    assert_eq!(again.connect(server), refused(232));
    assert_eq!(disconnect(server), DONE);
    assert_eq!(again.connect(server), PENDING);
    close(server);
    assert_eq!(again.result(server, true), (0, 0, 109));
}

#[test]
fn fact_36_a_read_goes_on_until_something_comes() {
    let _alone = alone();
    let name = name("read");
    let server = overlapped_server(&name);
    let mut other = Assistant::unrelated();
    let answer = other.ask(&format!("pipe-open {BOTH} {name}"));
    let handle = answer.split_once(' ').unwrap().0;
    let mut request = Request::new(100);
    assert_eq!(request.read(server), PENDING);
    assert_eq!(request.result(server, false), (0, 0, 996));
    other.ask(&format!("pipe-write {handle} 010203"));
    assert_eq!(request.result(server, true), (1, 3, UNTOUCHED));
    assert_eq!(request.buffer[..3], [1, 2, 3]);
    // What is there already is read at once, and the event set.
    other.ask(&format!("pipe-write {handle} 0405060708"));
    let mut short = Request::new(2);
    assert_eq!(short.read(server), refused(234));
    assert_eq!((short.result(server, false), wait(short.event, 0).0), ((0, 2, 234), 0));
    let mut rest = Request::new(10);
    assert_eq!(rest.read(server), (1, UNTOUCHED));
    assert_eq!(rest.result(server, true), (1, 3, UNTOUCHED));
    // Several wait in order.
    let mut many: Vec<Request> = (0..20).map(|_| Request::new(10)).collect();
    for request in &mut many {
        assert_eq!(request.read(server), PENDING);
    }
    for byte in 0..20 {
        other.ask(&format!("pipe-write {handle} {byte:02x}"));
    }
    for (byte, request) in (0..).zip(&mut many) {
        assert_eq!(request.result(server, true), (1, 1, UNTOUCHED));
        assert_eq!(request.buffer[0], byte);
    }
    // The client is killed.
    let mut last = Request::new(10);
    assert_eq!(last.read(server), PENDING);
    other.kill();
    assert_eq!(last.result(server, true), (0, 0, 109));
    assert_eq!(last.read(server), refused(109));
    close(server);
}

#[test]
fn fact_36_a_write_goes_on_until_it_is_read() {
    let _alone = alone();
    let name = name("write");
    let server = overlapped_server(&name);
    let reader = client(&name);
    for size in [5000, 100_000, 3 << 20] {
        let mut request = Request::new(size);
        request.buffer.fill(7);
        assert_eq!(request.write(server), PENDING, "{size}");
        assert_eq!(request.result(server, false), (0, 0, 996));
        let mut read = 0;
        while read < size {
            let bytes = message(reader);
            assert!(bytes.iter().all(|&byte| byte == 7));
            read += bytes.len();
        }
        assert_eq!(request.result(server, true), (1, size as u32, UNTOUCHED));
    }
    close(server);
    close(reader);
}

#[test]
fn fact_36_cancelled_requests() {
    let _alone = alone();
    let name = name("cancel");
    let server = overlapped_server(&name);
    let writer = client(&name);
    let mut requests: Vec<Request> = (0..3).map(|_| Request::new(10)).collect();
    for request in &mut requests {
        assert_eq!(request.read(server), PENDING);
    }
    let second = &raw mut *requests[1].overlapped;
    // SAFETY: a handle and a live place.
    assert_eq!(call(|| unsafe { CancelIoEx(h(server), second) }), DONE);
    assert_eq!(requests[1].result(server, true), (0, 0, 995));
    // SAFETY: a handle and a live place.
    assert_eq!(call(|| unsafe { CancelIoEx(h(server), second) }), refused(1168));
    send(writer, b"a");
    assert_eq!(requests[0].result(server, true), (1, 1, UNTOUCHED));
    // SAFETY: a handle.
    assert_eq!(call(|| unsafe { CancelIo(h(server)) }), DONE);
    assert_eq!(requests[2].result(server, true), (0, 0, 995));
    // What was cancelled has taken nothing.
    send(writer, b"b");
    let mut last = Request::new(10);
    assert_eq!(last.read(server), (1, UNTOUCHED));
    // A write that is over the quota takes its message back.
    let mut long = Request::new(5000);
    assert_eq!(long.write(server), PENDING);
    // SAFETY: a handle.
    assert_eq!(call(|| unsafe { CancelIo(h(server)) }), DONE);
    assert_eq!(long.result(server, true), (0, 0, 995));
    let mut short = Request::new(1);
    assert_eq!(short.write(server), (1, UNTOUCHED));
    assert_eq!(message(writer).len(), 1);
    close(server);
    close(writer);
}

#[test]
fn fact_36_a_port_tells_of_many_clients() {
    let _alone = alone();
    let name = name("port");
    let (instances, rounds) = (20, 25);
    // SAFETY: no file, no port.
    let port = unsafe { CreateIoCompletionPort(h(-1), null_mut(), 0, 0) };
    let mut servers: Vec<(isize, Box<OVERLAPPED>, Vec<u8>)> = (0..instances)
        .map(|key| {
            let server = overlapped_server(&name);
            // SAFETY: two handles.
            let same = unsafe { CreateIoCompletionPort(h(server), port, key, 0) };
            assert_eq!(v(same), v(port));
            (server, Box::new(OVERLAPPED::default()), vec![0; 100])
        })
        .collect();
    let mut others: Vec<Assistant> = (0..4).map(|_| Assistant::unrelated()).collect();
    for (index, (server, overlapped, buffer)) in servers.iter_mut().enumerate() {
        let other = &mut others[index % 4];
        other.ask(&format!("pipe-open {BOTH} {name}"));
        let (place, size) = (buffer.as_mut_ptr(), buffer.len() as u32);
        // SAFETY: both live until the last packet has come.
        let begun = call(|| unsafe {
            ReadFile(h(*server), place, size, null_mut(), &raw mut **overlapped)
        });
        assert_eq!(begun, PENDING);
    }
    let clients: Vec<Vec<isize>> = others
        .iter_mut()
        .map(|other| {
            let names = other.ask("pipe-handles");
            names.split_ascii_whitespace().map(|word| word.parse().unwrap()).collect()
        })
        .collect();
    let mut told = vec![0; instances];
    for round in 0..rounds {
        for (other, handles) in others.iter_mut().zip(&clients) {
            for handle in handles {
                other.ask(&format!("pipe-write {handle} {round:02x}"));
            }
        }
        for _ in 0..instances {
            let (mut bytes, mut key, mut which) = (0, 0, null_mut());
            // SAFETY: live places.
            let got = call(|| unsafe {
                GetQueuedCompletionStatus(
                    port,
                    &raw mut bytes,
                    &raw mut key,
                    &raw mut which,
                    10_000,
                )
            });
            assert_eq!((got, bytes), (DONE, 1));
            let (server, overlapped, buffer) = &mut servers[key];
            assert_eq!(which, &raw mut **overlapped);
            assert_eq!(buffer[0], round);
            told[key] += 1;
            let (place, size) = (buffer.as_mut_ptr(), buffer.len() as u32);
            // SAFETY: both live until the last packet has come.
            let begun = call(|| unsafe {
                ReadFile(h(*server), place, size, null_mut(), &raw mut **overlapped)
            });
            assert_eq!(begun, PENDING);
        }
    }
    assert_eq!(told, vec![usize::from(rounds); instances]);
    for (server, ..) in &servers {
        close(*server);
    }
    for _ in 0..instances {
        let (mut bytes, mut key, mut which) = (0, 0, null_mut());
        // SAFETY: live places.
        let got = call(|| unsafe {
            GetQueuedCompletionStatus(port, &raw mut bytes, &raw mut key, &raw mut which, 10_000)
        });
        assert_eq!((got, which.is_null()), (refused(109), false));
    }
    close(v(port));
}

#[test]
fn fact_34_a_transaction_goes_on_until_the_answer_comes() {
    let _alone = alone();
    let name = name("transact");
    let server = Pipe::messages(&name).server();
    let (client, _) = files::create(&path(&name), BOTH, 0, OPEN_EXISTING, FILE_FLAG_OVERLAPPED);
    transom_tests::pipes::set_mode(client, 2);
    let mut request = Request::new(10);
    let question = *b"question";
    let overlapped = &raw mut *request.overlapped;
    // SAFETY: everything lives until the request is done.
    let begun = call(|| unsafe {
        TransactNamedPipe(
            h(client),
            question.as_ptr().cast(),
            question.len() as u32,
            request.buffer.as_mut_ptr().cast(),
            10,
            null_mut(),
            overlapped,
        )
    });
    assert_eq!(begun, PENDING);
    assert_eq!(message(server), question);
    send(server, b"answer");
    assert_eq!(request.result(client, true), (1, 6, UNTOUCHED));
    assert_eq!(request.buffer[..6], *b"answer");
    assert_eq!(write(client, b"x"), ((1, 1), UNTOUCHED));
    close(server);
    close(client);
}

#[test]
fn calls_that_wait_can_be_cancelled_by_another_thread() {
    let _alone = alone();
    let name = name("synchronous");
    let server = Pipe::messages(&name).server();
    let cancelled = |call: fn(isize) -> (i32, u32), handle: isize| {
        let (tell, told) = std::sync::mpsc::channel();
        let waits = std::thread::spawn(move || {
            let ((_, thread), _) = duplicate(SELF, -2, SELF, 0, false, 2);
            tell.send(thread).unwrap();
            call(handle)
        });
        let thread = told.recv().unwrap();
        // SAFETY: a handle.
        while unsafe { CancelSynchronousIo(h(thread)) } == 0 {
            std::thread::yield_now();
        }
        close(thread);
        waits.join().unwrap()
    };
    let reads = |handle| {
        let ((result, _), error) = transom_tests::win32::read(handle, 10);
        (result, error)
    };
    let writes = |handle| {
        let ((result, _), error) = write(handle, &[7; 5000]);
        (result, error)
    };
    assert_eq!(cancelled(transom_tests::pipes::connect, server), refused(995));
    let peer = client(&name);
    assert_eq!(cancelled(reads, server), refused(995));
    assert_eq!(cancelled(writes, server), refused(995));
    // Nothing of it is left.
    send(server, b"next");
    assert_eq!(message(peer), b"next");
    close(peer);
    close(server);
}

thread_local! {
    static CALLED: std::cell::Cell<(u32, u32)> = const { std::cell::Cell::new((u32::MAX, 0)) };
}

unsafe extern "system" fn note(error: u32, bytes: u32, _overlapped: *mut OVERLAPPED) {
    CALLED.set((error, bytes));
}

#[test]
fn a_completion_routine_is_called_in_an_alertable_wait() {
    let _alone = alone();
    let name = name("routine");
    let server = overlapped_server(&name);
    let mut other = Assistant::unrelated();
    let answer = other.ask(&format!("pipe-open {BOTH} {name}"));
    let handle = answer.split_once(' ').unwrap().0;
    let mut request = Request::new(10);
    let place = request.buffer.as_mut_ptr();
    let overlapped = &raw mut *request.overlapped;
    // SAFETY: both live until the routine was called.
    let begun = unsafe { ReadFileEx(h(server), place, 10, overlapped, Some(note)) };
    assert_eq!((begun, CALLED.get().0), (1, u32::MAX));
    other.tell(&format!("pipe-write {handle} 010203"));
    // SAFETY: numbers.
    assert_eq!(unsafe { SleepEx(10_000, 1) }, 192);
    assert_eq!(CALLED.get(), (0, 3));
    assert_eq!(request.buffer[..3], [1, 2, 3]);
    other.hear();
    close(server);
}
