//! The console, as a pseudo-terminal.

use crate::{TRUE, alone, close, event, pipe, wide, win32};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{
    ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, ERROR_NOT_SUPPORTED, GENERIC_READ,
    GENERIC_WRITE, HANDLE, INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::Storage::FileSystem::{
    CreateFileA, FILE_SHARE_READ, FILE_SHARE_WRITE, OPEN_EXISTING,
};
use windows_sys::Win32::System::Console::{
    CONSOLE_SCREEN_BUFFER_INFO, COORD, CTRL_BREAK_EVENT, CTRL_C_EVENT, ENABLE_ECHO_INPUT,
    ENABLE_LINE_INPUT, ENABLE_PROCESSED_INPUT, FillConsoleOutputAttribute,
    FillConsoleOutputCharacterW, FlushConsoleInputBuffer, GenerateConsoleCtrlEvent, GetConsoleCP,
    GetConsoleMode, GetConsoleScreenBufferInfo, GetConsoleWindow, GetNumberOfConsoleInputEvents,
    INPUT_RECORD, PeekConsoleInputW, ReadConsoleInputW, ReadConsoleW, SetConsoleCP,
    SetConsoleCtrlHandler, SetConsoleCursorPosition, SetConsoleMode, SetConsoleTextAttribute,
    WriteConsoleA, WriteConsoleW,
};
use windows_sys::Win32::System::Diagnostics::Debug::Beep;

/// A pseudo-terminal: who sits at it, and a handle to it.
fn terminal() -> (OwnedFd, HANDLE) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let size = Winsize { ws_row: 10, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&master, size).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let access = GENERIC_READ | GENERIC_WRITE;
    let share = FILE_SHARE_READ | FILE_SHARE_WRITE;
    let (console, error) = win32!(CreateFileA(
        name.as_ptr().cast(),
        access,
        share,
        null(),
        OPEN_EXISTING,
        0,
        null_mut()
    ));
    assert_ne!(console, INVALID_HANDLE_VALUE, "error {error}");
    (master, console)
}

fn shown(master: &OwnedFd, expected: &str) {
    let mut seen = Vec::new();
    let mut buffer = [0; 256];
    while seen.len() < expected.len() {
        let count = rustix::io::read(master, &mut buffer).unwrap();
        seen.extend(&buffer[..count]);
    }
    assert_eq!(String::from_utf8_lossy(&seen), expected);
}

#[test]
fn a_terminal_is_written_to() {
    let _alone = alone();
    let (master, console) = terminal();
    let mut written = 0;
    let text = wide("가나");
    let write = win32!(WriteConsoleW(console, text.as_ptr(), 2, &raw mut written, null()));
    assert_eq!((write, written), (TRUE, 2));
    shown(&master, "가나");
    assert_eq!(
        win32!(WriteConsoleA(console, c"a".as_ptr().cast(), 1, &raw mut written, null())),
        TRUE
    );
    shown(&master, "a");
    assert_eq!(win32!(SetConsoleTextAttribute(console, 0x0C)), TRUE);
    shown(&master, "\x1b[0;91;40m");
    assert_eq!(win32!(SetConsoleCursorPosition(console, COORD { X: 4, Y: 2 })), TRUE);
    shown(&master, "\x1b[3;5H");
    let outside = win32!(SetConsoleCursorPosition(console, COORD { X: 40, Y: 0 }));
    assert_eq!(outside, (0, ERROR_INVALID_PARAMETER));
    let mut information = CONSOLE_SCREEN_BUFFER_INFO::default();
    assert_eq!(win32!(GetConsoleScreenBufferInfo(console, &raw mut information)), TRUE);
    assert_eq!((information.dwSize.X, information.dwSize.Y), (40, 10));
    assert_eq!((information.srWindow.Right, information.wAttributes), (39, 0x0C));

    let at = COORD { X: 38, Y: 9 };
    let fill = win32!(FillConsoleOutputCharacterW(console, b'x'.into(), 50, at, &raw mut written));
    assert_eq!((fill, written), (TRUE, 2));
    shown(&master, "\x1b7\x1b[10;39Hxx\x1b8");
    let elsewhere = COORD { X: 0, Y: 0 };
    let refused = win32!(FillConsoleOutputAttribute(console, 7, 1, elsewhere, &raw mut written));
    assert_eq!(refused, (0, ERROR_NOT_SUPPORTED));
    assert_eq!(win32!(FillConsoleOutputAttribute(console, 7, 2, at, &raw mut written)), TRUE);
    close([console]);
}

#[test]
fn a_terminal_has_modes_and_is_read_from() {
    let _alone = alone();
    let (master, console) = terminal();
    let mut mode = 0;
    assert_eq!(win32!(GetConsoleMode(console, &raw mut mode)), TRUE);
    let lines = ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT;
    assert_eq!(mode & 7, lines);
    assert_eq!(win32!(SetConsoleMode(console, ENABLE_ECHO_INPUT)), (0, ERROR_INVALID_PARAMETER));
    assert_eq!(win32!(SetConsoleMode(console, lines & !ENABLE_ECHO_INPUT)), TRUE);
    rustix::io::write(&master, "줄\n".as_bytes()).unwrap();
    let (mut buffer, mut read) = ([0_u16; 10], 0);
    let text = win32!(ReadConsoleW(console, buffer.as_mut_ptr().cast(), 10, &raw mut read, null()));
    assert_eq!((text, String::from_utf16_lossy(&buffer[..read as usize])), (TRUE, "줄\r\n".into()));

    let mut count = 7;
    assert_eq!(win32!(GetNumberOfConsoleInputEvents(console, &raw mut count)), TRUE);
    assert_eq!(count, 0);
    rustix::io::write(&master, b"a\x1b[A").unwrap();
    let mut records = [INPUT_RECORD::default(); 8];
    while count < 4 {
        assert_eq!(
            win32!(PeekConsoleInputW(console, records.as_mut_ptr(), 8, &raw mut count)),
            TRUE
        );
    }
    assert_eq!(win32!(ReadConsoleInputW(console, records.as_mut_ptr(), 8, &raw mut count)), TRUE);
    assert_eq!(count, 4);
    // SAFETY: there are only keys.
    let keys = records.map(|record| unsafe { record.Event.KeyEvent });
    assert_eq!((keys[0].bKeyDown, keys[1].bKeyDown), (1, 0));
    assert_eq!((keys[0].wVirtualKeyCode, keys[2].wVirtualKeyCode), (0x41, 0x26));
    rustix::io::write(&master, b"forgotten\n").unwrap();
    while count != 0 {
        assert_eq!(win32!(FlushConsoleInputBuffer(console)), TRUE);
        assert_eq!(win32!(GetNumberOfConsoleInputEvents(console, &raw mut count)), TRUE);
    }
    close([console]);
}

#[test]
fn what_is_no_console_is_refused() {
    let _alone = alone();
    let (mut number, other, [reader, writer]) = (0, event(), pipe(0));
    for handle in [null_mut(), INVALID_HANDLE_VALUE, other, reader, writer] {
        let place = &raw mut number;
        assert_eq!(win32!(GetConsoleMode(handle, place)), (0, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(SetConsoleMode(handle, 7)), (0, ERROR_INVALID_HANDLE));
        let write = win32!(WriteConsoleW(handle, [97_u16].as_ptr(), 1, place, null()));
        assert_eq!(write, (0, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(SetConsoleTextAttribute(handle, 7)), (0, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(FlushConsoleInputBuffer(handle)), (0, ERROR_INVALID_HANDLE));
    }
    close([other, reader, writer]);
    assert!(win32!(GetConsoleWindow()).0.is_null());
    assert_eq!(win32!(SetConsoleCP(12345)), (0, ERROR_INVALID_PARAMETER));
    assert_eq!(win32!(SetConsoleCP(949)), TRUE);
    assert_eq!(win32!(GetConsoleCP()).0, 949);
    assert_eq!(win32!(SetConsoleCP(65001)), TRUE);
    assert_eq!(win32!(Beep(1, 0)), (0, ERROR_INVALID_PARAMETER));
}

unsafe extern "system" fn first(event: u32) -> i32 {
    say(&format!("first {event}"));
    (event == CTRL_BREAK_EVENT).into()
}

unsafe extern "system" fn last(event: u32) -> i32 {
    say(&format!("last {event}"));
    0
}

/// Tells the test that waits for it.
fn say(line: &str) {
    let mut output = std::io::stderr();
    writeln!(output, "{line}").expect("somebody reads it");
}

/// Says to this test program, started once more, that it is to be sent events.
const ROLE: &str = "TRANSOM_TEST_CONTROL";

#[test]
fn handlers_are_asked_from_the_last_to_the_first() -> std::io::Result<()> {
    if std::env::var_os(ROLE).is_some() {
        assert_eq!(win32!(SetConsoleCtrlHandler(Some(first), 0)), (0, ERROR_INVALID_PARAMETER));
        assert_eq!(win32!(SetConsoleCtrlHandler(Some(first), 1)), TRUE);
        assert_eq!(win32!(SetConsoleCtrlHandler(Some(last), 1)), TRUE);
        assert_eq!(win32!(GenerateConsoleCtrlEvent(9, 0)), (0, ERROR_INVALID_PARAMETER));
        say("ready");
        loop {
            std::thread::park();
        }
    }
    use std::io::{BufRead, BufReader};
    use std::os::unix::process::CommandExt;
    let test = "console::handlers_are_asked_from_the_last_to_the_first";
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--exact", test, "--nocapture"])
        .env(ROLE, "1")
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut next = || {
        loop {
            let line = lines.next().expect("it goes on").unwrap();
            if ["ready", "first", "last"].iter().any(|word| line.starts_with(word)) {
                return line;
            }
        }
    };
    assert_eq!(next(), "ready");
    assert_eq!(win32!(GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, child.id())), TRUE);
    assert_eq!([next(), next()], ["last 1", "first 1"]);
    // Nobody has dealt with this one: it ends with STATUS_CONTROL_C_EXIT, of which Linux keeps eight bits.
    assert_eq!(win32!(GenerateConsoleCtrlEvent(CTRL_C_EVENT, child.id())), TRUE);
    assert_eq!([next(), next()], ["last 0", "first 0"]);
    assert_eq!(child.wait()?.code(), Some(0x3A));
    Ok(())
}
