//! `fileapi.h`: `ReadFile`, `WriteFile`, `FlushFileBuffers` and `GetFileType`.

use crate::{Misaligned, TRUE, UNKNOWN, UNTOUCHED, alone, close, event, pipe, raw, win32};
use std::fs::File;
use std::io::Write;
use std::process::{Command, Stdio};
use std::ptr::{null, null_mut, without_provenance_mut};
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_BROKEN_PIPE, ERROR_HANDLE_EOF, ERROR_INVALID_HANDLE,
    ERROR_INVALID_PARAMETER, ERROR_INVALID_USER_BUFFER, ERROR_NOACCESS, HANDLE, STATUS_END_OF_FILE,
    STATUS_PENDING, WAIT_OBJECT_0, WAIT_TIMEOUT,
};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_TYPE_DISK, FILE_TYPE_PIPE, FILE_TYPE_UNKNOWN, FlushFileBuffers, GetFileType, ReadFile,
    WriteFile,
};
use windows_sys::Win32::System::Console::{GetStdHandle, STD_ERROR_HANDLE, STD_INPUT_HANDLE};
use windows_sys::Win32::System::IO::OVERLAPPED;
use windows_sys::Win32::System::Threading::{SetEvent, WaitForSingleObject};

const NO_HANDLE: (i32, u32) = (0, ERROR_INVALID_HANDLE);

/// Reads; result, last error, and count.
pub(crate) fn read(file: HANDLE, buffer: &mut [u8]) -> (i32, u32, u32) {
    let mut count = 0x55;
    let size = buffer.len() as u32;
    let (result, error) =
        win32!(ReadFile(file, buffer.as_mut_ptr(), size, &raw mut count, null_mut()));
    (result, error, count)
}

/// Writes; result, last error, and count.
pub(crate) fn write(file: HANDLE, buffer: &[u8]) -> (i32, u32, u32) {
    let mut count = 0x55;
    let size = buffer.len() as u32;
    let (result, error) =
        win32!(WriteFile(file, buffer.as_ptr(), size, &raw mut count, null_mut()));
    (result, error, count)
}

#[test]
fn buffers_that_are_not_there_lose_nothing() {
    let _alone = alone();
    let [reader, writer] = pipe(0);
    assert_eq!(write(writer, b"abc"), (1, UNTOUCHED, 3));
    for nowhere in [null_mut(), without_provenance_mut(8)] {
        for size in [3, u32::MAX] {
            let mut count = 0x55;
            let place = &raw mut count;
            let done = win32!(ReadFile(reader, nowhere, size, place, null_mut()));
            assert_eq!((done, count), ((0, ERROR_NOACCESS), 0));
            count = 0x55;
            let done = win32!(WriteFile(writer, nowhere, size, &raw mut count, null_mut()));
            assert_eq!((done, count), ((0, ERROR_INVALID_USER_BUFFER), 0));
        }
        assert_eq!(win32!(ReadFile(reader, nowhere, 0, null_mut(), null_mut())), TRUE);
        assert_eq!(win32!(WriteFile(writer, nowhere, 0, null_mut(), null_mut())), TRUE);
        // The right to read is asked for first.
        let denied = win32!(ReadFile(writer, nowhere, 3, null_mut(), null_mut()));
        assert_eq!(denied, (0, ERROR_ACCESS_DENIED));
    }
    let mut buffer = [0; 10];
    let mut count = Misaligned::<u32>::new();
    let done = win32!(ReadFile(reader, buffer.as_mut_ptr(), 10, count.place(), null_mut()));
    assert_eq!((done, count.get()), (TRUE, 3));
    assert_eq!(buffer[..3], *b"abc");
    close([reader, writer]);
}

#[test]
fn what_is_no_file_is_refused() {
    let _alone = alone();
    let other = event();
    for bad in [null_mut(), raw(UNKNOWN), raw(-1), raw(-2), raw(-12), other] {
        assert_eq!(read(bad, &mut [0; 3]), (0, ERROR_INVALID_HANDLE, 0));
        assert_eq!(write(bad, b"abc"), (0, ERROR_INVALID_HANDLE, 0));
        assert_eq!(win32!(FlushFileBuffers(bad)), NO_HANDLE);
        if bad != raw(-12) {
            assert_eq!(win32!(GetFileType(bad)), (FILE_TYPE_UNKNOWN, ERROR_INVALID_HANDLE));
        }
    }
    // The id of a standard handle stands for it here.
    let (error_output, _) = win32!(GetStdHandle(STD_ERROR_HANDLE));
    assert_eq!(win32!(GetFileType(raw(-12))).0, win32!(GetFileType(error_output)).0);
    close([other]);
}

#[test]
fn pipes_are_flushed_from_the_write_end() {
    let _alone = alone();
    let [reader, writer] = pipe(0);
    assert_eq!(win32!(GetFileType(reader)), (FILE_TYPE_PIPE, UNTOUCHED));
    assert_eq!(win32!(GetFileType(writer)), (FILE_TYPE_PIPE, UNTOUCHED));
    assert_eq!(win32!(FlushFileBuffers(writer)), TRUE);
    assert_eq!(win32!(FlushFileBuffers(reader)), (0, ERROR_ACCESS_DENIED));
    assert_eq!(write(writer, b"x"), (1, UNTOUCHED, 1));
    // It returns no sooner than this reads, however late.
    let address = reader.addr();
    let late = std::thread::spawn(move || read(raw(address.cast_signed()), &mut [0]));
    assert_eq!(win32!(FlushFileBuffers(writer)), TRUE);
    assert_eq!(late.join().ok(), Some((1, UNTOUCHED, 1)));
    close([reader, writer]);
}

#[test]
fn an_overlapped_structure_on_a_pipe_tells_of_the_result() {
    let _alone = alone();
    let [reader, writer] = pipe(0);
    let signal = event();
    assert_eq!(win32!(SetEvent(signal)), TRUE);
    let mut request = OVERLAPPED { hEvent: signal, ..Default::default() };
    // The place means nothing to a pipe.
    request.Anonymous.Anonymous.Offset = 1;
    let mut place = Misaligned::with(request);
    let written = win32!(WriteFile(writer, b"abcd".as_ptr(), 4, null_mut(), place.place()));
    assert_eq!(written, TRUE);
    assert_eq!((place.get().Internal, place.get().InternalHigh), (0, 4));
    assert_eq!(win32!(WaitForSingleObject(signal, 0)).0, WAIT_OBJECT_0);
    let mut buffer = [0; 4];
    let into = buffer.as_mut_ptr();
    assert_eq!(win32!(ReadFile(reader, into, 4, null_mut(), place.place())), TRUE);
    assert_eq!((place.get().InternalHigh, buffer), (4, *b"abcd"));

    close([writer]);
    let failed = win32!(ReadFile(reader, into, 4, null_mut(), place.place()));
    assert_eq!(failed, (0, ERROR_BROKEN_PIPE));
    assert_eq!(place.get().Internal, STATUS_PENDING as usize);
    assert_eq!(win32!(WaitForSingleObject(signal, 0)).0, WAIT_TIMEOUT);
    request.hEvent = reader;
    let no_event = win32!(ReadFile(reader, into, 4, null_mut(), &raw mut request));
    assert_eq!(no_event, NO_HANDLE);
    close([reader, signal]);
}

/// Says to this test program, started once more, that its standard input is a file.
const ROLE: &str = "TRANSOM_TEST_STANDARD_INPUT";

#[test]
fn an_overlapped_structure_says_where_to_read_a_file() -> std::io::Result<()> {
    if std::env::var_os(ROLE).is_some() {
        read_standard_input();
        return Ok(());
    }
    let path = std::env::temp_dir().join(format!("transom-exports-{}", std::process::id()));
    File::create(&path)?.write_all(b"0123456789")?;
    let file = File::options().read(true).write(true).open(&path)?;
    std::fs::remove_file(&path)?;
    let name = "files::an_overlapped_structure_says_where_to_read_a_file";
    let output = Command::new(std::env::current_exe()?)
        .args(["--exact", name, "--nocapture"])
        .env(ROLE, "1")
        .stdin(Stdio::from(file))
        .output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn read_standard_input() {
    let (file, _) = win32!(GetStdHandle(STD_INPUT_HANDLE));
    assert_eq!(win32!(GetFileType(file)), (FILE_TYPE_DISK, UNTOUCHED));
    let mut buffer = [0; 10];
    let mut at = |offset: u64, size: u32| {
        let mut request = OVERLAPPED::default();
        request.Anonymous.Anonymous.Offset = offset as u32;
        request.Anonymous.Anonymous.OffsetHigh = (offset >> 32) as u32;
        let into = buffer.as_mut_ptr();
        let done = win32!(ReadFile(file, into, size, null_mut(), &raw mut request));
        (done, request.Internal, request.InternalHigh, buffer[0])
    };
    assert_eq!(at(5, 3), (TRUE, 0, 3, b'5'));
    assert_eq!(at(8, 10), (TRUE, 0, 2, b'8'));
    let end_of_file = STATUS_END_OF_FILE.cast_unsigned() as usize;
    assert_eq!(at(10, 10), ((0, ERROR_HANDLE_EOF), end_of_file, 0, b'8'));
    assert_eq!(at(50, 10), ((0, ERROR_HANDLE_EOF), end_of_file, 0, b'8'));
    assert_eq!(at(50, 0), (TRUE, 0, 0, b'8'));
    assert_eq!(at(u64::MAX, 1).0, (0, ERROR_INVALID_PARAMETER));
    // The file pointer moves along.
    assert_eq!(at(2, 2), (TRUE, 0, 2, b'2'));
    let mut one = [0];
    assert_eq!((read(file, &mut one), one), ((1, UNTOUCHED, 1), *b"4"));
    assert_eq!(win32!(ReadFile(file, null_mut(), 3, null_mut(), null_mut())).1, ERROR_NOACCESS);

    // All bits set is the end, for writing.
    let mut request = OVERLAPPED::default();
    request.Anonymous.Pointer = without_provenance_mut(usize::MAX);
    let written = win32!(WriteFile(file, b"Z".as_ptr(), 1, null_mut(), &raw mut request));
    assert_eq!(written, TRUE);
    assert_eq!(win32!(FlushFileBuffers(file)), TRUE);
    assert_eq!(at(10, 5), (TRUE, 0, 1, b'Z'));
    assert_eq!((read(file, &mut one), one[0]), ((1, UNTOUCHED, 0), b'4'));
    assert_eq!(win32!(WriteFile(file, null(), 1, null_mut(), null_mut())).0, 0);
}
