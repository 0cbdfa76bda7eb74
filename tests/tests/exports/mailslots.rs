//! `winbase.h` on mailslots: facts 38 to 40.

use crate::alone;
use std::time::{Duration, Instant};
use transom_tests::assistant::Assistant;
use transom_tests::files::{self, file_type};
use transom_tests::mailslots::{
    FOREVER, check, create, create_ansi, information, name, open, open_for_both, set_timeout,
};
use transom_tests::win32::{self, UNTOUCHED, close};
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_ALREADY_EXISTS, ERROR_BAD_NETPATH, ERROR_FILE_EXISTS,
    ERROR_FILE_NOT_FOUND, ERROR_HANDLE_EOF, ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_HANDLE,
    ERROR_INVALID_NAME, ERROR_INVALID_PARAMETER, ERROR_IO_PENDING, ERROR_OPERATION_ABORTED,
    ERROR_PATH_NOT_FOUND, ERROR_SEM_TIMEOUT, GENERIC_ALL, GENERIC_READ, GENERIC_WRITE,
};
use windows_sys::Win32::Storage::FileSystem::{
    CREATE_ALWAYS, CREATE_NEW, FILE_FLAG_OVERLAPPED, OPEN_ALWAYS, OPEN_EXISTING, ReadFile,
    WriteFile,
};
use windows_sys::Win32::System::IO::{CancelIoEx, GetOverlappedResult, OVERLAPPED};

fn nothing(error: u32) -> ((i32, Vec<u8>), u32) {
    ((0, Vec::new()), error)
}

#[test]
fn fact_38_names_of_servers_and_clients() {
    let _alone = alone();
    let name = name("Names\\Nested é");
    let (slot, error) = create(&name, 0, 0, false);
    assert!(slot != -1 && error == 0, "{error}");
    assert_eq!(create(&name, 5, 5, true), (-1, ERROR_ALREADY_EXISTS));
    assert_eq!(create(&name.to_uppercase(), 0, 0, false), (-1, ERROR_ALREADY_EXISTS));
    assert_eq!(create_ansi(Some(&name.to_lowercase())), (-1, ERROR_ALREADY_EXISTS));
    assert_eq!(create_ansi(None), (-1, ERROR_PATH_NOT_FOUND));
    assert_eq!(create_ansi(Some("")), (-1, ERROR_PATH_NOT_FOUND));
    for other in ["name", r"\\.\pipe\x", r"\\*\mailslot\x", r"\\.\mailslot\", r"\\host\mailslot\x"]
    {
        assert_eq!(create_ansi(Some(other)), (-1, ERROR_INVALID_NAME), "{other}");
    }
    // Since Vista, in any share mode, and for reading too; however many.
    let host = rustix::system::uname().nodename().to_str().unwrap().to_owned();
    let by_host = |host: &str| name.replacen(r"\\.\", &format!(r"\\{host}\"), 1);
    for spelled in [name.to_uppercase(), by_host(&host), by_host("localhost"), by_host("?")] {
        let clients = [open(&spelled).0, open_for_both(&spelled).0];
        for client in clients {
            assert_eq!(win32::write(client, spelled.as_bytes()).0.0, 1, "{spelled}");
            assert_eq!(win32::read(slot, 500).0, (1, spelled.clone().into_bytes()));
        }
        clients.into_iter().for_each(|client| {
            close(client);
        });
    }
    assert_eq!(open(&format!("{name}x")), (-1, ERROR_FILE_NOT_FOUND));
    assert_eq!(open(&by_host("surely-another")), (-1, ERROR_BAD_NETPATH));
    for disposition in [OPEN_EXISTING, OPEN_ALWAYS, CREATE_ALWAYS] {
        let (client, error) = files::create(&name, GENERIC_WRITE, 0, disposition, 0);
        assert!(client != -1 && error == 0, "{error}");
        close(client);
    }
    assert_eq!(files::create(&name, GENERIC_WRITE, 0, CREATE_NEW, 0), (-1, ERROR_FILE_EXISTS));
    assert_eq!(
        files::create(&name, GENERIC_WRITE, 8, OPEN_EXISTING, 0),
        (-1, ERROR_INVALID_PARAMETER)
    );
    close(slot);
    assert_eq!(open(&name), (-1, ERROR_FILE_NOT_FOUND));
    let (again, _) = create_ansi(Some(&name.to_uppercase()));
    assert_ne!(again, -1);
    close(again);
}

#[test]
fn fact_38_the_oddest_names() {
    let _alone = alone();
    for label in [r#"<>*?|"/%"#, r"a\", "이름🔒", "\u{1}\u{7f}", &"é".repeat(900), "."] {
        let name = name(label);
        let (slot, error) = create(&name, 0, 0, false);
        assert_ne!(slot, -1, "{label}: {error}");
        assert_eq!(create(&name, 0, 0, false), (-1, ERROR_ALREADY_EXISTS), "{label}");
        let (client, error) = open(&name);
        assert_ne!(client, -1, "{label}: {error}");
        assert_eq!(win32::write(client, label.as_bytes()).0.0, 1);
        assert_eq!(win32::read(slot, 2000).0, (1, label.into()));
        close(client);
        close(slot);
    }
}

#[test]
fn fact_39_servers_read_and_clients_write() {
    let _alone = alone();
    let name = name("directions");
    let (slot, _) = create(&name, 10, 0, false);
    let (client, _) = open_for_both(&name);
    let (reader, _) = files::create(&name, GENERIC_READ, 0, OPEN_EXISTING, 0);
    let (full, _) = files::create(&name, GENERIC_ALL, 0, OPEN_EXISTING, 0);
    assert_eq!(win32::write(slot, b"x"), ((0, 0), ERROR_ACCESS_DENIED));
    for client in [client, full] {
        assert_eq!(win32::read(client, 1), nothing(ERROR_ACCESS_DENIED));
        assert_eq!(win32::write(client, b"").0, (1, 0));
    }
    assert_eq!(win32::write(reader, b"x"), ((0, 0), ERROR_ACCESS_DENIED));
    // Empty messages count.
    assert_eq!(information(slot), ((1, [10, 0, 2, 0]), UNTOUCHED));
    assert_eq!(win32::write(client, b"0123456789"), ((1, 10), UNTOUCHED));
    assert_eq!(win32::write(client, b"0123456789a"), ((0, 0), ERROR_INVALID_PARAMETER));
    assert_eq!(win32::read(slot, 0), ((1, Vec::new()), UNTOUCHED));
    assert_eq!(win32::read(slot, 5), ((1, Vec::new()), UNTOUCHED));
    assert_eq!(information(slot).0, (1, [10, 10, 1, 0]));
    for _ in 0..2 {
        assert_eq!(win32::read(slot, 9), nothing(ERROR_INSUFFICIENT_BUFFER));
    }
    assert_eq!(win32::read(slot, 10), ((1, b"0123456789".to_vec()), UNTOUCHED));
    assert_eq!(win32::read(slot, 10), nothing(ERROR_SEM_TIMEOUT));
    assert_eq!((file_type(slot), file_type(client)), (0, 0));
    close(slot);
    assert_eq!(win32::write(client, b"x"), ((0, 0), ERROR_HANDLE_EOF));
    assert_eq!(win32::write(client, b""), ((0, 0), ERROR_HANDLE_EOF));
    // A new mailslot of the name is another one.
    let (again, _) = create(&name, 0, 0, false);
    assert_eq!(win32::write(client, b"x"), ((0, 0), ERROR_HANDLE_EOF));
    for handle in [client, reader, full, again] {
        assert_eq!(close(handle).0, 1);
    }
}

#[test]
fn fact_39_and_40_time_outs() {
    let _alone = alone();
    let name = name("time-outs");
    let (slot, _) = create(&name, 0, 30, false);
    let begun = Instant::now();
    assert_eq!(win32::read(slot, 1), nothing(ERROR_SEM_TIMEOUT));
    // It may take longer, but not less.
    assert!(begun.elapsed() >= Duration::from_millis(29));
    assert_eq!(set_timeout(slot, 0), (1, UNTOUCHED));
    assert_eq!(win32::read(slot, 1), nothing(ERROR_SEM_TIMEOUT));
    assert_eq!(set_timeout(slot, FOREVER).0, 1);
    assert_eq!(information(slot).0, (1, [0, FOREVER, 0, FOREVER]));
    let (client, _) = open(&name);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| win32::read(slot, 9));
        assert_eq!(win32::write(client, b"awaited").0, (1, 7));
        assert_eq!(reading.join().unwrap().0, (1, b"awaited".to_vec()));
    });
    assert_eq!(check(slot).0, 1);
    for other in [client, 0, -1, 0xDEAD0, win32::create_event(false, false, false)] {
        assert_eq!(check(other), (0, ERROR_INVALID_HANDLE), "{other}");
        assert_eq!(set_timeout(other, 5), (0, ERROR_INVALID_HANDLE), "{other}");
    }
    close(client);
    close(slot);
}

#[test]
fn closing_ends_a_read_that_waits() {
    let _alone = alone();
    let name = name("closed");
    let (slot, _) = create(&name, 0, FOREVER, false);
    let (begun, is_begun) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        begun.send(()).unwrap();
        win32::read(slot, 9)
    });
    is_begun.recv().unwrap();
    close(slot);
    // Aborted if it had begun; otherwise the handle is none.
    let (_, error) = reading.join().unwrap();
    assert!(error == 995 || error == ERROR_INVALID_HANDLE, "{error}");
    let (again, _) = create(&name, 0, 0, false);
    assert_ne!(again, -1, "the name is free");
    close(again);
}

#[test]
fn handles_of_mailslots_are_handles() {
    let _alone = alone();
    let name = name("handles");
    let (slot, _) = create(&name, 0, 0, true);
    let (client, _) = open(&name);
    assert_eq!(win32::handle_flags(slot).0, (1, 1));
    assert_eq!(win32::handle_flags(client).0, (1, 0));
    let copy = win32::duplicate(-1, slot, -1, 0, false, 2).0.1;
    assert_eq!(win32::same_object(slot, copy).0, 1);
    assert_eq!(win32::wait(slot, 0).0, 0);
    close(slot);
    assert_eq!(win32::write(client, b"still").0, (1, 5));
    assert_eq!(win32::read(copy, 9).0, (1, b"still".to_vec()));
    close(copy);
    close(client);
}

/// A read that need not be done when it is begun.
struct Request {
    overlapped: Box<OVERLAPPED>,
    buffer: Vec<u8>,
    event: isize,
    slot: isize,
}

impl Request {
    /// Begins it; the last error, 0 if it is done.
    fn begin(slot: isize, length: u32) -> (Self, u32) {
        let event = win32::create_event(true, false, false);
        let overlapped = Box::new(OVERLAPPED { hEvent: win32::h(event), ..Default::default() });
        let mut request = Self { overlapped, buffer: vec![0; length as usize], event, slot };
        let buffer = request.buffer.as_mut_ptr();
        let (done, error) = crate::win32!(ReadFile(
            win32::h(slot),
            buffer,
            length,
            std::ptr::null_mut(),
            &raw mut *request.overlapped
        ));
        (request, if done == 1 { 0 } else { error })
    }

    /// How it has ended, once it has: bytes and error.
    fn result(&mut self) -> (Vec<u8>, u32) {
        assert_eq!(win32::wait(self.event, 20_000).0, 0);
        let mut count = 0;
        let place = &raw const *self.overlapped;
        let (done, error) =
            crate::win32!(GetOverlappedResult(win32::h(self.slot), place, &raw mut count, 1));
        (self.buffer[..count as usize].to_vec(), if done == 1 { 0 } else { error })
    }

    fn cancel(&self) -> i32 {
        crate::win32!(CancelIoEx(win32::h(self.slot), &raw const *self.overlapped)).0
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        close(self.event);
    }
}

#[test]
fn overlapped_reads_go_on_in_their_order() {
    let _alone = alone();
    let name = name("overlapped");
    let (slot, _) = create(&name, 0, FOREVER, false);
    let (client, _) = open(&name);
    for _ in 0..3 {
        let (mut first, begun) = Request::begin(slot, 9);
        assert_eq!(begun, ERROR_IO_PENDING);
        let (mut second, begun) = Request::begin(slot, 9);
        assert_eq!(begun, ERROR_IO_PENDING);
        // The handle itself is not signalled while they run.
        assert_eq!(win32::wait(first.event, 0).0, 258);
        win32::write(client, b"first");
        win32::write(client, b"");
        assert_eq!(first.result(), (b"first".to_vec(), 0));
        assert_eq!(second.result(), (Vec::new(), 0));
        // What is there is read at once; what does not fit stays.
        win32::write(client, b"at once");
        assert_eq!(Request::begin(slot, 3).1, ERROR_INSUFFICIENT_BUFFER);
        let (mut third, begun) = Request::begin(slot, 9);
        assert_eq!((begun, third.result()), (0, (b"at once".to_vec(), 0)));
    }
    // A writer in another process.
    let mut other = Assistant::unrelated();
    let writer = other.number(&format!("mailslot-open {name}"));
    for _ in 0..50 {
        let (mut awaited, begun) = Request::begin(slot, 9);
        assert_eq!(begun, ERROR_IO_PENDING);
        assert!(other.ask(&format!("write {writer} theirs")).starts_with("1 "));
        assert_eq!(awaited.result(), (b"theirs".to_vec(), 0));
    }
    // One that waits and then does not fit.
    let (mut short, _) = Request::begin(slot, 3);
    win32::write(client, b"long");
    assert_eq!(short.result(), (Vec::new(), ERROR_INSUFFICIENT_BUFFER));
    assert_eq!(win32::read(slot, 9).0, (1, b"long".to_vec()));
    close(client);
    close(slot);
}

#[test]
fn overlapped_reads_are_cancelled_time_out_and_end_with_the_handle() {
    let _alone = alone();
    let name = name("cancelled");
    let (slot, _) = create(&name, 0, FOREVER, false);
    let (client, _) = open(&name);
    let (mut first, _) = Request::begin(slot, 9);
    let (mut second, _) = Request::begin(slot, 9);
    assert_eq!(first.cancel(), 1);
    assert_eq!(first.result(), (Vec::new(), ERROR_OPERATION_ABORTED));
    win32::write(client, b"for the second");
    assert_eq!(second.result().1, ERROR_INSUFFICIENT_BUFFER);
    assert_eq!(win32::read(slot, 20).0.0, 1);
    // One time-out after the other, and one that waits for ever behind them.
    set_timeout(slot, 20);
    let (mut first, _) = Request::begin(slot, 9);
    set_timeout(slot, FOREVER);
    let (mut last, begun) = Request::begin(slot, 9);
    assert_eq!(begun, ERROR_IO_PENDING);
    assert_eq!(first.result(), (Vec::new(), ERROR_SEM_TIMEOUT));
    set_timeout(slot, 0);
    assert_eq!(win32::wait(last.event, 0).0, 258);
    close(slot);
    assert_eq!(win32::wait(last.event, 20_000).0, 0);
    last.slot = client;
    assert_eq!(last.result(), (Vec::new(), ERROR_OPERATION_ABORTED));
    // The thread that waited for it lets go of the name in a moment.
    while open(&name).0 != -1 {
        std::thread::yield_now();
    }
    let (again, _) = create(&name, 0, 0, false);
    assert_ne!(again, -1);
    assert_eq!(Request::begin(again, 9).1, ERROR_SEM_TIMEOUT);
    close(again);
    close(client);
}

#[test]
fn overlapped_writes_are_done_at_once() {
    let _alone = alone();
    let name = name("overlapped-writes");
    let (slot, _) = create(&name, 0, 0, false);
    let (client, _) = files::create(&name, GENERIC_WRITE, 0, OPEN_EXISTING, FILE_FLAG_OVERLAPPED);
    let mut overlapped = OVERLAPPED::default();
    let (done, _) = crate::win32!(WriteFile(
        win32::h(client),
        b"now".as_ptr(),
        3,
        std::ptr::null_mut(),
        &raw mut overlapped
    ));
    assert_eq!((done, overlapped.InternalHigh), (1, 3));
    assert_eq!(win32::read(slot, 9).0, (1, b"now".to_vec()));
    close(slot);
    close(client);
}
