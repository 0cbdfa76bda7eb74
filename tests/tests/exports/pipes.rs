//! `namedpipeapi.h` on anonymous pipes: facts 19 to 22.

use crate::files::{read, write};
use crate::{Misaligned, TRUE, UNKNOWN, UNTOUCHED, alone, close, event, pipe, raw, win32};
use std::ffi::c_void;
use std::ptr::{null, null_mut, without_provenance_mut};
use windows_sys::Win32::Foundation::{
    DUPLICATE_SAME_ACCESS, DuplicateHandle, ERROR_ACCESS_DENIED, ERROR_BROKEN_PIPE,
    ERROR_INVALID_FUNCTION, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, ERROR_NO_DATA,
    ERROR_NOACCESS, ERROR_NOT_SUPPORTED, HANDLE,
};
use windows_sys::Win32::System::Pipes::{
    ConnectNamedPipe, CreatePipe, DisconnectNamedPipe, GetNamedPipeHandleStateA,
    GetNamedPipeHandleStateW, GetNamedPipeInfo, PIPE_NOWAIT, PIPE_READMODE_MESSAGE,
    PIPE_SERVER_END, PeekNamedPipe, SetNamedPipeHandleState,
};

const BROKEN: (i32, u32, u32) = (0, ERROR_BROKEN_PIPE, 0);
const NO_DATA: (i32, u32, u32) = (0, ERROR_NO_DATA, 0);
const DENIED: (i32, u32, u32) = (0, ERROR_ACCESS_DENIED, 0);
const NO_HANDLE: (i32, u32) = (0, ERROR_INVALID_HANDLE);
/// What out-parameters hold before a call.
const BEFORE: u32 = 0x55;

/// Flags, sizes and instances.
fn info(pipe: HANDLE) -> ((i32, u32), [u32; 4]) {
    let mut told = [BEFORE; 4];
    let [flags, out, input, most] = told.each_mut().map(std::ptr::from_mut);
    let done = win32!(GetNamedPipeInfo(pipe, flags, out, input, most));
    (done, told)
}

/// Mode and instances.
fn state(pipe: HANDLE) -> ((i32, u32), [u32; 2]) {
    let mut told = [BEFORE; 2];
    let [mode, instances] = told.each_mut().map(std::ptr::from_mut);
    let (none, no_name) = (null_mut(), null_mut());
    let done = win32!(GetNamedPipeHandleStateW(pipe, mode, instances, none, none, no_name, 0));
    (done, told)
}

/// Read, available and left.
fn peek(pipe: HANDLE, buffer: *mut c_void, size: u32) -> ((i32, u32), [u32; 3]) {
    let mut told = [BEFORE; 3];
    let [read, available, left] = told.each_mut().map(std::ptr::from_mut);
    let done = win32!(PeekNamedPipe(pipe, buffer, size, read, available, left));
    (done, told)
}

fn set_mode(pipe: HANDLE, mode: u32) -> (i32, u32) {
    win32!(SetNamedPipeHandleState(pipe, &raw const mode, null(), null()))
}

#[test]
fn fact_19_ends_sizes_and_rights() {
    let _alone = alone();
    for (size, quota) in [(0, 4096), (1, 1), (65_536, 65_536), (u32::MAX, u32::MAX)] {
        let [reader, writer] = pipe(size);
        assert_eq!(info(reader), (TRUE, [PIPE_SERVER_END, quota, quota, 1]));
        assert_eq!(info(writer), (TRUE, [0, quota, quota, 1]));
        close([reader, writer]);
    }
    // A hint about memory must not break a program that writes more.
    let [reader, writer] = pipe(1);
    assert_eq!(write(writer, &[7; 3000]), (1, UNTOUCHED, 3000));
    let mut buffer = [0; 4000];
    assert_eq!(read(reader, &mut buffer), (1, UNTOUCHED, 3000));
    assert_eq!(buffer[..3000], [7; 3000]);
    // The read handle may write attributes, and the write handle read them.
    assert_eq!((set_mode(reader, 0), set_mode(writer, 0)), (TRUE, TRUE));
    assert_eq!(state(writer), (TRUE, [0, 1]));
    close([reader, writer]);
}

#[test]
fn fact_20_wrong_ends_and_ends_that_are_gone() {
    let _alone = alone();
    let [reader, writer] = pipe(0);
    for length in [0, 5] {
        assert_eq!(write(reader, &vec![1; length]), DENIED);
        assert_eq!(read(writer, &mut vec![1; length]), DENIED);
    }
    assert_eq!(peek(writer, null_mut(), 0), ((0, ERROR_ACCESS_DENIED), [BEFORE; 3]));

    assert_eq!(write(writer, b"ab"), (1, UNTOUCHED, 2));
    close([writer]);
    let mut one = [0];
    assert_eq!(peek(reader, null_mut(), 0), (TRUE, [0, 2, 0]));
    assert_eq!(read(reader, &mut one), (1, UNTOUCHED, 1));
    assert_eq!(read(reader, &mut []), (1, UNTOUCHED, 0));
    assert_eq!(read(reader, &mut one), (1, UNTOUCHED, 1));
    assert_eq!(read(reader, &mut one), BROKEN);
    assert_eq!(read(reader, &mut []), BROKEN);
    assert_eq!(peek(reader, null_mut(), 0), ((0, ERROR_BROKEN_PIPE), [BEFORE; 3]));
    close([reader]);

    let [reader, writer] = pipe(0);
    close([reader]);
    assert_eq!(write(writer, b"abc"), NO_DATA);
    assert_eq!(write(writer, b""), NO_DATA);
    assert_eq!(state(writer), (TRUE, [0, 0]));
    close([writer]);
}

#[test]
fn fact_20_the_last_handle_to_an_end_counts() {
    let _alone = alone();
    let us = raw(-1);
    let [reader, writer] = pipe(0);
    let mut second = null_mut();
    let place = &raw mut second;
    assert_eq!(win32!(DuplicateHandle(us, writer, us, place, 0, 0, DUPLICATE_SAME_ACCESS)), TRUE);
    close([writer]);
    assert_eq!(peek(reader, null_mut(), 0), (TRUE, [0; 3]));
    close([second]);
    assert_eq!(peek(reader, null_mut(), 0).0, (0, ERROR_BROKEN_PIPE));
    close([reader]);
}

#[test]
fn fact_21_ends_that_do_not_wait() {
    let _alone = alone();
    let [reader, writer] = pipe(0);
    assert_eq!(set_mode(reader, PIPE_NOWAIT), TRUE);
    assert_eq!(state(reader), (TRUE, [PIPE_NOWAIT, 1]));
    assert_eq!(state(writer), (TRUE, [0, 1]));
    let mut buffer = [0; 10];
    assert_eq!(read(reader, &mut buffer), NO_DATA);
    assert_eq!(read(reader, &mut []), NO_DATA);
    assert_eq!(peek(reader, null_mut(), 0), (TRUE, [0; 3]));

    assert_eq!(set_mode(writer, PIPE_NOWAIT), TRUE);
    assert_eq!(write(writer, b"abc"), (1, UNTOUCHED, 3));
    assert_eq!(write(writer, &[0; 5000]), (1, UNTOUCHED, 0));
    assert_eq!(write(writer, &[0; 4093]), (1, UNTOUCHED, 4093));
    assert_eq!(write(writer, b"d"), (1, UNTOUCHED, 0));
    assert_eq!(read(reader, &mut buffer), (1, UNTOUCHED, 10));
    assert_eq!(write(writer, &[0; 100]), (1, UNTOUCHED, 0));
    assert_eq!(peek(reader, null_mut(), 0), (TRUE, [0, 4086, 0]));

    for (end, mode) in [(reader, PIPE_READMODE_MESSAGE), (writer, 2), (reader, 3), (reader, 4)] {
        assert_eq!(set_mode(end, mode), (0, ERROR_INVALID_PARAMETER));
    }
    close([reader, writer]);
}

#[test]
fn fact_22_anonymous_pipes_connect_to_nobody() {
    let _alone = alone();
    let ends = pipe(0);
    for end in ends {
        assert_eq!(win32!(ConnectNamedPipe(end, null_mut())), (0, ERROR_INVALID_FUNCTION));
        assert_eq!(win32!(DisconnectNamedPipe(end)), (0, ERROR_NOT_SUPPORTED));
    }
    close(ends);
}

#[test]
fn peeking_copies_and_leaves() {
    let _alone = alone();
    let [reader, writer] = pipe(0);
    assert_eq!(write(writer, b"hello"), (1, UNTOUCHED, 5));
    let mut buffer = [0_u8; 50];
    let place = buffer.as_mut_ptr().cast();
    assert_eq!(peek(reader, place, 3), (TRUE, [3, 5, 0]));
    assert_eq!(buffer[..4], *b"hel\0");
    assert_eq!(peek(reader, place, 50), (TRUE, [5, 5, 0]));
    assert_eq!(peek(reader, null_mut(), 100), (TRUE, [5, 5, 0]));
    let nowhere = without_provenance_mut(8);
    assert_eq!(peek(reader, nowhere, 3), ((0, ERROR_NOACCESS), [BEFORE; 3]));
    let none = null_mut();
    assert_eq!(
        win32!(PeekNamedPipe(reader, none, u32::MAX, null_mut(), null_mut(), null_mut())),
        TRUE
    );
    assert_eq!(read(reader, &mut buffer), (1, UNTOUCHED, 5));
    close([reader, writer]);
}

#[test]
fn what_is_no_pipe_is_refused() {
    let _alone = alone();
    let other = event();
    for bad in [null_mut(), raw(UNKNOWN), raw(-1), other] {
        assert_eq!(info(bad), (NO_HANDLE, [BEFORE; 4]));
        assert_eq!(state(bad), (NO_HANDLE, [BEFORE; 2]));
        assert_eq!(peek(bad, null_mut(), 0), (NO_HANDLE, [BEFORE; 3]));
        assert_eq!(set_mode(bad, PIPE_NOWAIT), NO_HANDLE);
        assert_eq!(win32!(SetNamedPipeHandleState(bad, null(), null(), null())), NO_HANDLE);
        assert_eq!(win32!(ConnectNamedPipe(bad, null_mut())), NO_HANDLE);
        assert_eq!(win32!(DisconnectNamedPipe(bad)), NO_HANDLE);
    }
    close([other]);
}

#[test]
fn places_may_be_null_or_anywhere() {
    let _alone = alone();
    let mut handle = raw(UNKNOWN);
    let place = &raw mut handle;
    for (reader, writer) in [(null_mut(), place), (place, null_mut()), (null_mut(), null_mut())] {
        assert_eq!(win32!(CreatePipe(reader, writer, null(), 0)), (0, ERROR_NOACCESS));
        assert_eq!(handle, raw(UNKNOWN));
    }
    let (mut first, mut second) = (Misaligned::<HANDLE>::new(), Misaligned::<HANDLE>::new());
    assert_eq!(win32!(CreatePipe(first.place(), second.place(), null(), 0)), TRUE);
    let ends = [first.get(), second.get()];
    for end in ends {
        let none = null_mut();
        assert_eq!(win32!(GetNamedPipeInfo(end, none, none, none, none)), TRUE);
        let nameless = null_mut();
        let told = win32!(GetNamedPipeHandleStateA(end, none, none, none, none, nameless, 0));
        assert_eq!(told, TRUE);
        let mut name = [0];
        let named = name.as_mut_ptr();
        let told = win32!(GetNamedPipeHandleStateA(end, none, none, none, none, named, 1));
        assert_eq!(told, (0, ERROR_NOT_SUPPORTED));
        let mut mode = Misaligned::with(PIPE_NOWAIT);
        assert_eq!(win32!(SetNamedPipeHandleState(end, mode.place(), null(), null())), TRUE);
        assert_eq!(state(end).1[0], PIPE_NOWAIT);
    }
    close(ends);
}
