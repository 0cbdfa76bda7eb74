//! Completion ports: packets, in which order and to whom they come, and how ports end.

use crate::overlapped::{Fifo, PENDING, Request};
use crate::{TRUE, UNTOUCHED, alone, close, event, raw, win32};
use std::collections::BTreeSet;
use std::ptr::{null, null_mut, without_provenance, without_provenance_mut};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use windows_sys::Win32::Foundation::{
    CloseHandle, DUPLICATE_SAME_ACCESS, DuplicateHandle, ERROR_ABANDONED_WAIT_0, ERROR_HANDLE_EOF,
    ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, ERROR_NOACCESS, ERROR_OPERATION_ABORTED, HANDLE,
    INVALID_HANDLE_VALUE, STATUS_CANCELLED, STATUS_PENDING, WAIT_IO_COMPLETION, WAIT_OBJECT_0,
    WAIT_TIMEOUT,
};
use windows_sys::Win32::Storage::FileSystem::{
    CreateFileW, FILE_FLAG_OVERLAPPED, OPEN_EXISTING, ReadFileEx, SYNCHRONIZE,
    SetFileCompletionNotificationModes,
};
use windows_sys::Win32::System::IO::{
    CancelIo, CancelIoEx, CreateIoCompletionPort, GetQueuedCompletionStatus,
    GetQueuedCompletionStatusEx, OVERLAPPED, OVERLAPPED_ENTRY, PostQueuedCompletionStatus,
};
use windows_sys::Win32::System::Threading::{
    INFINITE, QueueUserAPC, SetEvent, WaitForMultipleObjects, WaitForSingleObject,
};

const GENERIC_READ: u32 = 0x8000_0000;
const CURRENT_THREAD: isize = -2;

/// What a packet said: the bytes, the key, and the address.
type Packet = (u32, usize, usize);

fn port(threads: u32) -> HANDLE {
    let (port, error) =
        win32!(CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, threads));
    assert_eq!((port.is_null(), error), (false, UNTOUCHED));
    port
}

fn associate(file: HANDLE, port: HANDLE, key: usize) -> (HANDLE, u32) {
    win32!(CreateIoCompletionPort(file, port, key, 0))
}

fn post(port: HANDLE, (bytes, key, address): Packet) -> (i32, u32) {
    win32!(PostQueuedCompletionStatus(port, bytes, key, without_provenance(address)))
}

fn get(port: HANDLE, milliseconds: u32) -> ((i32, u32), Packet) {
    let (mut bytes, mut key, mut overlapped) = (0x55, 0x55, without_provenance_mut(0x55));
    let done = win32!(GetQueuedCompletionStatus(
        port,
        &raw mut bytes,
        &raw mut key,
        &raw mut overlapped,
        milliseconds
    ));
    (done, (bytes, key, overlapped.addr()))
}

fn get_ex(port: HANDLE, most: u32, milliseconds: u32, alertable: i32) -> ((i32, u32), Vec<Packet>) {
    let mut entries = vec![OVERLAPPED_ENTRY::default(); most as usize];
    let mut count = 0x55;
    let done = win32!(GetQueuedCompletionStatusEx(
        port,
        entries.as_mut_ptr(),
        most,
        &raw mut count,
        milliseconds,
        alertable
    ));
    // Windows says 1 where the time was over, or calls were made.
    assert!(done.0 != 0 || count == 1 || !matches!(done.1, WAIT_TIMEOUT | WAIT_IO_COMPLETION));
    let packets = entries.iter().take(if done.0 == 0 { 0 } else { count as usize });
    let packet = |entry: &OVERLAPPED_ENTRY| {
        (entry.dwNumberOfBytesTransferred, entry.lpCompletionKey, entry.lpOverlapped.addr())
    };
    (done, packets.map(packet).collect())
}

const NONE: ((i32, u32), Packet) = ((0, WAIT_TIMEOUT), (0x55, 0x55, 0));

#[test]
fn packets_come_in_their_order_with_what_was_posted() {
    let _alone = alone();
    let port = port(0);
    assert_eq!(get(port, 0), NONE);
    assert_eq!(get(port, 1), NONE);
    let packets = [(1, 2, 3), (u32::MAX, usize::MAX, usize::MAX), (0, 0, 0)];
    for packet in packets {
        assert_eq!(post(port, packet), TRUE);
    }
    for packet in packets {
        assert_eq!(get(port, INFINITE), (TRUE, packet));
    }
    for key in 0..5 {
        assert_eq!(post(port, (9, key, 0)), TRUE);
    }
    assert_eq!(get_ex(port, 3, 0, 0), (TRUE, vec![(9, 0, 0), (9, 1, 0), (9, 2, 0)]));
    assert_eq!(get_ex(port, 3, 0, 0), (TRUE, vec![(9, 3, 0), (9, 4, 0)]));
    assert_eq!(get_ex(port, 3, 0, 0), ((0, WAIT_TIMEOUT), vec![]));
    close([port]);
}

#[test]
fn wrong_parameters_have_their_errors() {
    let _alone = alone();
    let fifo = Fifo::new();
    let (port, signal, reader) = (port(0), event(), fifo.reader());
    let synchronous = fifo.open(GENERIC_READ, 0);
    let invalid_handle = (null_mut(), ERROR_INVALID_HANDLE);
    let invalid = (null_mut(), ERROR_INVALID_PARAMETER);
    assert_eq!(associate(INVALID_HANDLE_VALUE, port, 1), invalid);
    assert_eq!(associate(null_mut(), port, 1), invalid_handle);
    assert_eq!(associate(signal, port, 1), invalid_handle);
    assert_eq!(associate(reader, signal, 1), invalid_handle);
    assert_eq!(associate(reader, raw(0x4000), 1), invalid_handle);
    assert_eq!(associate(synchronous, port, 1), invalid);
    let [pipe_reader, pipe_writer] = crate::pipe(0);
    assert_eq!(associate(pipe_reader, port, 1), invalid);
    assert_eq!(associate(synchronous, null_mut(), 1), invalid);
    assert_eq!(associate(reader, port, 1), (port, UNTOUCHED));
    assert_eq!(associate(reader, port, 1), invalid);
    assert_eq!(associate(reader, null_mut(), 1), invalid);
    // With a file and no port there is a new one.
    let second = fifo.reader();
    let (new, error) = associate(second, null_mut(), 5);
    assert_eq!((new.is_null(), error), (false, UNTOUCHED));

    assert_eq!(post(signal, (0, 0, 0)), (0, ERROR_INVALID_HANDLE));
    assert_eq!(get(signal, 0).0, (0, ERROR_INVALID_HANDLE));
    assert_eq!(get(raw(0), 0).0, (0, ERROR_INVALID_HANDLE));
    let nowhere = win32!(GetQueuedCompletionStatus(port, null_mut(), null_mut(), null_mut(), 0));
    assert_eq!(nowhere, (0, ERROR_NOACCESS));
    let mut count = 0;
    let none = win32!(GetQueuedCompletionStatusEx(port, null_mut(), 1, &raw mut count, 0, 0));
    assert_eq!(none, (0, ERROR_NOACCESS));
    assert_eq!(get_ex(port, 0, 0, 0).0, (0, ERROR_INVALID_PARAMETER));

    // A handle that may only be waited on.
    let mut only = null_mut();
    let own = raw(-1);
    let waits = SYNCHRONIZE;
    let dup = win32!(DuplicateHandle(own, port, own, &raw mut only, waits, 0, 0));
    assert_eq!(dup, TRUE);
    assert_eq!(post(only, (0, 0, 0)), (0, 5));
    assert_eq!(get(only, 0).0, (0, 5));
    close([only, new, second, reader, synchronous, pipe_reader, pipe_writer, signal, port]);
}

#[test]
fn fact_36_what_is_done_is_told_and_what_fails_at_once_is_not() {
    let _alone = alone();
    let fifo = Fifo::new();
    let (port, reader) = (port(0), fifo.reader());
    assert_eq!(associate(reader, port, 77).0, port);
    let request = Request::new(4);
    let address = request.place.addr();
    assert_eq!(request.read(reader), PENDING);
    assert_eq!(get(port, 0), NONE);
    fifo.put(b"abc");
    assert_eq!(get(port, INFINITE), (TRUE, (3, 77, address)));
    assert_eq!(request.bytes(), b"abc\0");
    // At once.
    fifo.put(b"de");
    assert_eq!(request.read(reader), TRUE);
    assert_eq!(get(port, 0), (TRUE, (2, 77, address)));
    // One that fails.
    assert_eq!(request.read(reader), PENDING);
    assert_eq!(win32!(CancelIoEx(reader, null())), TRUE);
    assert_eq!(get(port, 0), ((0, ERROR_OPERATION_ABORTED), (0, 77, address)));
    assert_eq!(request.internal(), STATUS_CANCELLED.cast_unsigned() as usize);
    // One that fails at once.
    let unreadable = Request::new(0);
    let read = win32!(windows_sys::Win32::Storage::FileSystem::ReadFile(
        reader,
        without_provenance_mut(8),
        4,
        null_mut(),
        unreadable.place
    ));
    assert_eq!(read, (0, ERROR_NOACCESS));
    assert_eq!(get(port, 0), NONE);
    fifo.put(b"x");
    // Nor is there a packet of a request with the lowest bit of its event set.
    let signal = event();
    let silent = Request::with_event(1, signal.map_addr(|bits| bits | 1));
    assert_eq!(silent.read(reader), TRUE);
    assert_eq!(get(port, 0), NONE);
    assert_eq!(win32!(WaitForSingleObject(signal, 0)).0, WAIT_OBJECT_0);
    // A completion routine and a port exclude each other.
    let routine = win32!(ReadFileEx(reader, silent.buffer.cast(), 1, silent.place, Some(never)));
    assert_eq!(routine, (0, ERROR_INVALID_PARAMETER));
    // Success at once need not be told.
    assert_eq!(win32!(SetFileCompletionNotificationModes(reader, 1)), TRUE);
    fifo.put(b"y");
    assert_eq!(request.read(reader), TRUE);
    assert_eq!(get(port, 0), NONE);
    assert_eq!(request.read(reader), PENDING);
    fifo.put(b"z");
    assert_eq!(get(port, INFINITE), (TRUE, (1, 77, address)));
    // Closing cancels, and the port is told.
    assert_eq!(request.read(reader), PENDING);
    close([reader]);
    assert_eq!(get(port, 0), ((0, ERROR_OPERATION_ABORTED), (0, 77, address)));
    close([port, signal]);
}

unsafe extern "system" fn never(_error: u32, _bytes: u32, _overlapped: *mut OVERLAPPED) {
    panic!("it was refused");
}

#[test]
fn the_requests_of_a_thread_that_ends_go_on_if_a_port_is_told() {
    let _alone = alone();
    let fifo = Fifo::new();
    let (port, reader) = (port(0), fifo.reader());
    assert_eq!(associate(reader, port, 1).0, port);
    let handle = reader.addr().cast_signed();
    let other = std::thread::spawn(move || {
        let request = Request::new(1);
        assert_eq!(request.read(raw(handle)), PENDING);
        request
    });
    let request = other.join().expect("it ends");
    assert_eq!(request.internal(), STATUS_PENDING as usize);
    fifo.put(b"a");
    assert_eq!(get(port, INFINITE), (TRUE, (1, 1, request.place.addr())));
    close([reader, port]);
}

/// Whether a thread of this process sleeps.
pub(crate) fn sleeps(tid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/self/task/{tid}/stat"));
    stat.is_ok_and(|stat| stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" S")))
}

#[test]
fn closing_the_port_wakes_who_waits() {
    let _alone = alone();
    for alertable in [0, 1] {
        let port = port(0);
        let handle = port.addr().cast_signed();
        let (tell, told) = std::sync::mpsc::channel();
        let waiters: Vec<_> = (0..5)
            .map(|number| {
                let tell = tell.clone();
                std::thread::spawn(move || {
                    // A first look, so that all that is left to do is to sleep.
                    assert_eq!(get(raw(handle), 0), NONE);
                    tell.send(rustix::thread::gettid()).expect("somebody listens");
                    match number {
                        0 => {
                            let (done, packet) = get(raw(handle), INFINITE);
                            assert_eq!(packet.2, 0);
                            done
                        }
                        _ => get_ex(raw(handle), 1, INFINITE, alertable).0,
                    }
                })
            })
            .collect();
        for _ in &waiters {
            let tid = told.recv().expect("it speaks").as_raw_nonzero().get().cast_unsigned();
            while !sleeps(tid) {
                std::thread::yield_now();
            }
        }
        close([port]);
        for waiter in waiters {
            assert_eq!(waiter.join().expect("it ends"), (0, ERROR_ABANDONED_WAIT_0));
        }
    }
}

#[test]
fn the_port_itself_is_signalled_while_there_are_packets() {
    let _alone = alone();
    let (port, signal) = (port(0), event());
    assert_eq!(win32!(WaitForSingleObject(port, 0)).0, WAIT_TIMEOUT);
    assert_eq!(post(port, (0, 1, 0)), TRUE);
    assert_eq!(win32!(WaitForSingleObject(port, INFINITE)).0, WAIT_OBJECT_0);
    assert_eq!(get(port, 0), (TRUE, (0, 1, 0)));
    assert_eq!(win32!(WaitForSingleObject(port, 0)).0, WAIT_TIMEOUT);
    let both = [signal, port];
    std::thread::scope(|scope| {
        let handle = port.addr().cast_signed();
        scope.spawn(move || assert_eq!(post(raw(handle), (0, 2, 0)), TRUE));
        assert_eq!(win32!(WaitForMultipleObjects(2, both.as_ptr(), 0, INFINITE)).0, 1);
    });
    assert_eq!(win32!(SetEvent(signal)), TRUE);
    assert_eq!(win32!(WaitForMultipleObjects(2, both.as_ptr(), 1, INFINITE)).0, 0);
    close([port, signal]);
}

unsafe extern "system" fn nothing(_data: usize) {}

#[test]
fn calls_interrupt_an_alertable_wait_for_packets() {
    let _alone = alone();
    let port = port(0);
    let queue = || win32!(QueueUserAPC(Some(nothing), raw(CURRENT_THREAD), 0));
    assert_eq!(queue(), (1, UNTOUCHED));
    assert_eq!(get_ex(port, 1, 0, 0), ((0, WAIT_TIMEOUT), vec![]));
    // What is there comes first.
    assert_eq!(post(port, (0, 1, 0)), TRUE);
    assert_eq!(get_ex(port, 1, INFINITE, 1), (TRUE, vec![(0, 1, 0)]));
    assert_eq!(get_ex(port, 1, INFINITE, 1), ((0, WAIT_IO_COMPLETION), vec![]));
    assert_eq!(get_ex(port, 1, 0, 1), ((0, WAIT_TIMEOUT), vec![]));
    // A call that is to be made is made also where there is no time to wait.
    assert_eq!(queue(), (1, UNTOUCHED));
    assert_eq!(get_ex(port, 1, 0, 1), ((0, WAIT_IO_COMPLETION), vec![]));
    close([port]);
}

#[test]
fn no_more_threads_work_than_wanted_unless_one_waits() {
    let _alone = alone();
    let port = port(1);
    let handle = port.addr().cast_signed();
    assert_eq!(post(port, (0, 1, 0)), TRUE);
    assert_eq!(get(port, 0), (TRUE, (0, 1, 0)));
    // This thread is at work now; another gets the next packet only because this one waits for it,
    // in one of Transom's ways or in another.
    for transom_knows in [true, false] {
        let done = event();
        let done_handle = done.addr().cast_signed();
        let other = std::thread::spawn(move || {
            let got = get(raw(handle), INFINITE);
            assert_eq!(win32!(SetEvent(raw(done_handle))), TRUE);
            got
        });
        assert_eq!(post(port, (0, 2, 0)), TRUE);
        if transom_knows {
            assert_eq!(win32!(WaitForSingleObject(done, INFINITE)).0, WAIT_OBJECT_0);
        }
        assert_eq!(other.join().expect("it ends"), (TRUE, (0, 2, 0)));
        close([done]);
    }
    close([port]);
}

#[test]
fn many_threads_get_each_packet_once() {
    let _alone = alone();
    const THREADS: usize = 4;
    const PACKETS: usize = 20_000;
    let port = port(THREADS as u32);
    let handle = port.addr().cast_signed();
    let taken = AtomicUsize::new(0);
    let start = Barrier::new(2 * THREADS);
    let seen: Vec<usize> = std::thread::scope(|scope| {
        for poster in 0..THREADS {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                for number in 0..PACKETS / THREADS {
                    let key = poster * (PACKETS / THREADS) + number;
                    assert_eq!(post(raw(handle), (0, key, 0)), TRUE);
                }
            });
        }
        let takers: Vec<_> = (0..THREADS)
            .map(|taker| {
                let (start, taken) = (&start, &taken);
                scope.spawn(move || {
                    let mut seen = Vec::new();
                    start.wait();
                    loop {
                        let packets = if taker % 2 == 0 {
                            match get(raw(handle), 1000) {
                                (TRUE, packet) => vec![packet],
                                _ => vec![],
                            }
                        } else {
                            get_ex(raw(handle), 7, 1000, 1).1
                        };
                        let end = packets.iter().any(|packet| packet.1 == usize::MAX);
                        seen.extend(packets.iter().map(|packet| packet.1));
                        let all = taken.fetch_add(packets.len(), Ordering::SeqCst);
                        if all + packets.len() >= PACKETS && !end {
                            for _ in 0..THREADS * 8 {
                                assert_eq!(post(raw(handle), (0, usize::MAX, 0)), TRUE);
                            }
                        }
                        if end {
                            break seen;
                        }
                    }
                })
            })
            .collect();
        takers.into_iter().flat_map(|taker| taker.join().expect("it ends")).collect()
    });
    let keys: Vec<usize> = seen.into_iter().filter(|key| *key != usize::MAX).collect();
    let different: BTreeSet<usize> = keys.iter().copied().collect();
    assert_eq!((keys.len(), different.len()), (PACKETS, PACKETS));
    close([port]);
}

#[test]
fn ten_thousand_requests_are_in_flight_at_once() {
    let _alone = alone();
    const REQUESTS: usize = 10_000;
    let fifo = Fifo::new();
    let (port, reader) = (port(0), fifo.reader());
    assert_eq!(associate(reader, port, 1).0, port);
    let requests: Vec<Request> = (0..REQUESTS).map(|_| Request::new(1)).collect();
    for request in &requests {
        assert_eq!(request.read(reader), PENDING);
    }
    // Every second one is taken back, from the end.
    for request in requests.iter().skip(1).step_by(2).rev() {
        assert_eq!(win32!(CancelIoEx(reader, request.place)), TRUE);
    }
    fifo.put(&[3; REQUESTS / 2]);
    let mut counts = [0; 2];
    for _ in 0..REQUESTS {
        match get(port, INFINITE) {
            (TRUE, (1, 1, _)) => counts[0] += 1,
            ((0, ERROR_OPERATION_ABORTED), (0, 1, _)) => counts[1] += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(counts, [REQUESTS / 2; 2]);
    for (index, request) in requests.iter().enumerate() {
        let expected = if index % 2 == 0 { (TRUE, 1) } else { ((0, ERROR_OPERATION_ABORTED), 0) };
        assert_eq!(request.result(reader, false), expected);
    }
    close([reader, port]);
}

#[test]
fn nothing_is_touched_after_its_end_was_told() {
    let _alone = alone();
    const ROUNDS: usize = 3000;
    const POISON: usize = 0x5A5A_5A5A;
    let fifo = Fifo::new();
    let (port, reader) = (port(0), fifo.reader());
    assert_eq!(associate(reader, port, 1).0, port);
    let handle = reader.addr().cast_signed();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let stop = &stop;
        scope.spawn(move || {
            while !stop.load(Ordering::SeqCst) {
                let _ = win32!(CancelIoEx(raw(handle), null()));
            }
        });
        scope.spawn(|| {
            while !stop.load(Ordering::SeqCst) {
                fifo.put(b"x");
                std::thread::yield_now();
                // Never more than the pipe holds.
                while !stop.load(Ordering::SeqCst)
                    && rustix::io::ioctl_fionread(&fifo.other).is_ok_and(|count| count > 64)
                {
                    std::thread::yield_now();
                }
            }
        });
        let requests: Vec<Request> = (0..8).map(|_| Request::new(1)).collect();
        let mut poisoned = [false; 8];
        for round in 0..ROUNDS {
            for (request, poisoned) in requests.iter().zip(&mut poisoned) {
                if *poisoned {
                    assert_eq!(request.internal(), POISON, "round {round}");
                    // SAFETY: the request is done.
                    assert_eq!(unsafe { (*request.place).InternalHigh }, POISON);
                }
                *poisoned = false;
                let begun = request.read(reader);
                assert!([TRUE, PENDING].contains(&begun) || begun.1 == ERROR_OPERATION_ABORTED);
            }
            for _ in 0..requests.len() {
                let (_, (_, _, address)) = get(port, INFINITE);
                let index = requests.iter().position(|request| request.place.addr() == address);
                let index = index.expect("one of ours");
                let place = requests[index].place;
                // SAFETY: the request is done.
                unsafe { (*place).Internal = POISON };
                // SAFETY: as above.
                unsafe { (*place).InternalHigh = POISON };
                poisoned[index] = true;
            }
        }
        stop.store(true, Ordering::SeqCst);
    });
    assert_eq!(win32!(CancelIo(reader)), TRUE);
    assert_eq!(win32!(CloseHandle(reader)), TRUE);
    close([port]);
}

#[test]
fn a_duplicate_of_a_port_is_the_same_port() {
    let _alone = alone();
    let port = port(0);
    let (own, mut second) = (raw(-1), null_mut());
    assert_eq!(
        win32!(DuplicateHandle(own, port, own, &raw mut second, 0, 0, DUPLICATE_SAME_ACCESS)),
        TRUE
    );
    assert_eq!(post(second, (1, 2, 3)), TRUE);
    close([second]);
    assert_eq!(get(port, 0), (TRUE, (1, 2, 3)));
    close([port]);
    assert_eq!(get(port, 0).0, (0, ERROR_INVALID_HANDLE));
}

#[test]
fn requests_on_an_ordinary_file_are_done_at_once_and_told() {
    let _alone = alone();
    let (port, signal) = (port(0), event());
    let name = format!("transom-port-file-{}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, b"0123456789").expect("a new file");
    let units = crate::wide(path.to_str().expect("a name of text"));
    let file = win32!(CreateFileW(
        units.as_ptr(),
        GENERIC_READ,
        7,
        null(),
        OPEN_EXISTING,
        FILE_FLAG_OVERLAPPED,
        null_mut()
    ));
    std::fs::remove_file(&path).expect("it is ours");
    let file = file.0;
    assert_eq!(associate(file, port, 4).0, port);
    let request = Request::with_event(4, signal);
    request.set_offset(3);
    assert_eq!(request.read(file), TRUE);
    assert_eq!(request.bytes(), b"3456");
    assert_eq!(win32!(WaitForSingleObject(signal, 0)).0, WAIT_OBJECT_0);
    assert_eq!(get(port, 0), (TRUE, (4, 4, request.place.addr())));
    // The end is an error that is known at once.
    request.set_offset(10);
    assert_eq!(request.read(file), (0, ERROR_HANDLE_EOF));
    assert_eq!(request.result(file, false), ((0, ERROR_HANDLE_EOF), 0));
    assert_eq!(get(port, 0), NONE);
    assert_eq!(win32!(CancelIo(file)), TRUE);
    close([file, port, signal]);
}
