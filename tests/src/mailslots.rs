//! Mailslots, with tuples for pointers; and what the assistant does with them.

use crate::files;
use crate::objects::with_security;
use crate::win32::{self, Outcome, call, h, v, wide};
use crate::words::{number, said};
use std::collections::HashMap;
use std::ptr::null;
use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE};
use windows_sys::Win32::Storage::FileSystem::{FILE_SHARE_READ, FILE_SHARE_WRITE, OPEN_EXISTING};
use windows_sys::Win32::System::Mailslots as mailslots;

/// `MAILSLOT_WAIT_FOREVER`, and `MAILSLOT_NO_MESSAGE`.
pub const FOREVER: u32 = u32::MAX;
/// The longest message of the writers that are killed.
pub const LONGEST: usize = 20_000;

/// A name of this process's own.
#[must_use]
pub fn name(label: &str) -> String {
    format!(r"\\.\mailslot\transom-test\{}\{label}", std::process::id())
}

/// `CreateMailslotW`.
pub fn create(name: &str, maximum: u32, timeout_ms: u32, inherit: bool) -> Outcome<isize> {
    let (name, attributes) = (wide(name), win32::attributes(inherit));
    // SAFETY: the name is terminated; both live across the call.
    call(|| unsafe {
        v(mailslots::CreateMailslotW(name.as_ptr(), maximum, timeout_ms, &raw const attributes))
    })
}

/// `CreateMailslotA` without security attributes; `None` is NULL.
pub fn create_ansi(name: Option<&str>) -> Outcome<isize> {
    let name = name.map(|name| std::ffi::CString::new(name).expect("no NUL"));
    let pointer = name.as_ref().map_or(null(), |name| name.as_ptr().cast());
    // SAFETY: the name is NULL or terminated, and lives across the call.
    call(|| unsafe { v(mailslots::CreateMailslotA(pointer, 0, 0, null())) })
}

/// `CreateMailslotW` with a security descriptor, given as text.
pub fn create_secured(sddl: &str, name: &str) -> Outcome<isize> {
    let name = wide(name);
    with_security(sddl, |attributes| {
        // SAFETY: the name is terminated; the attributes are valid and live across the call.
        call(|| unsafe { v(mailslots::CreateMailslotW(name.as_ptr(), 0, FOREVER, attributes)) })
    })
}

/// `CreateFileW` for writing.
pub fn open(name: &str) -> Outcome<isize> {
    files::create(name, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING, 0)
}

/// `CreateFileW` for both, as programs of before Vista did not.
pub fn open_for_both(name: &str) -> Outcome<isize> {
    files::create(name, GENERIC_READ | GENERIC_WRITE, 0, OPEN_EXISTING, 0)
}

/// `GetMailslotInfo`: largest message, size of the next, count, time-out.
pub fn information(handle: isize) -> Outcome<(i32, [u32; 4])> {
    let mut found = [0; 4];
    let [maximum, next, count, timeout] = &mut found;
    // SAFETY: all pointers are to live variables.
    let (result, error) =
        call(|| unsafe { mailslots::GetMailslotInfo(h(handle), maximum, next, count, timeout) });
    ((result, found), error)
}

/// `GetMailslotInfo` that asks for nothing.
pub fn check(handle: isize) -> Outcome<i32> {
    let nothing = std::ptr::null_mut();
    // SAFETY: every place may be NULL.
    call(|| unsafe { mailslots::GetMailslotInfo(h(handle), nothing, nothing, nothing, nothing) })
}

/// `SetMailslotInfo`.
pub fn set_timeout(handle: isize, timeout_ms: u32) -> Outcome<i32> {
    // SAFETY: no pointers.
    call(|| unsafe { mailslots::SetMailslotInfo(h(handle), timeout_ms) })
}

/// How many messages wait.
#[must_use]
pub fn count(handle: isize) -> u32 {
    information(handle).0.1[2]
}

/// A message that tells whose it is, which, and whether it is whole.
#[must_use]
pub fn message(writer: u64, number: u64) -> Vec<u8> {
    let mixed = (writer << 32 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let length = match mixed >> 60 {
        0..=11 => (mixed >> 20) % 200,
        12..=14 => (mixed >> 20) % 5000,
        _ => (mixed >> 20) % LONGEST as u64,
    };
    let mut bytes = Vec::with_capacity(16 + length as usize);
    bytes.extend(writer.to_le_bytes());
    bytes.extend(number.to_le_bytes());
    bytes.extend((0..length).map(|index| (mixed >> (index % 56)) as u8));
    bytes
}

/// Whose and which message it is; it must be whole.
#[must_use]
pub fn whose(bytes: &[u8]) -> (u64, u64) {
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
    let (writer, number) = (word(0), word(8));
    assert!(bytes == message(writer, number), "{writer} {number}: {} bytes", bytes.len());
    (writer, number)
}

/// Who has written what so far.
#[derive(Debug, Default)]
pub struct Received {
    last: HashMap<u64, u64>,
    /// How many messages.
    pub count: u64,
}

impl Received {
    /// Notes a message: whole, and the next one of its writer.
    pub fn note(&mut self, bytes: &[u8]) {
        let (writer, number) = whose(bytes);
        let before = self.last.insert(writer, number);
        assert_eq!(number, before.map_or(0, |last| last + 1), "writer {writer}");
        self.count += 1;
    }
}

/// Reads what waits, down to nothing.
pub fn drain(handle: isize, received: &mut Received) {
    loop {
        match win32::read(handle, LONGEST + 16) {
            ((1, bytes), _) => received.note(&bytes),
            (_, error) => {
                assert_eq!(error, 121);
                return;
            }
        }
    }
}

/// The assistant's answer to a command about mailslots.
#[must_use]
pub fn answer(line: &str) -> Option<String> {
    let mut words = line.split_ascii_whitespace();
    let words = &mut words;
    match words.next()? {
        "mailslot" => said(create(words.next()?, number(words)?, number(words)?, false)),
        "mailslot-secured" => said(create_secured(words.next()?, words.next()?)),
        "mailslot-open" => said(open(words.next()?)),
        "mailslot-count" => Some(count(number(words)?).to_string()),
        // So many messages of a writer; how many could be written, and the last error.
        "mailslot-send" => {
            let (handle, writer, messages) = (number(words)?, number(words)?, number(words)?);
            let mut error = 0;
            let written = (0..messages).take_while(|&which| {
                let ((result, _), now) = win32::write(handle, &message(writer, which));
                error = now;
                result == 1
            });
            Some(format!("{} {error}", written.count()))
        }
        // A message of so many bytes.
        "mailslot-write" => {
            let (handle, length) = (number(words)?, number(words)?);
            let ((result, count), error) = win32::write(handle, &vec![7; length]);
            Some(format!("{result} {error} {count}"))
        }
        // Large messages until one is refused; how many were written, and the error.
        "mailslot-fill" => {
            let (handle, length) = (number(words)?, number(words)?);
            let bytes = vec![9; length];
            for written in 0_u32.. {
                let ((result, _), error) = win32::write(handle, &bytes);
                if result == 0 {
                    return Some(format!("{written} {error}"));
                }
            }
            None
        }
        // Writes without end.
        "mailslot-flood" => {
            let (handle, writer) = (number(words)?, number(words)?);
            let _ = (0..)
                .take_while(|&which| win32::write(handle, &message(writer, which)).0.0 == 1)
                .count();
            Some("refused".into())
        }
        // Reads without end; tells what came when there is nothing more.
        "mailslot-receive" => {
            let (handle, messages) = (number(words)?, number(words)?);
            let mut received = Received::default();
            while received.count < messages {
                let ((result, bytes), error) = win32::read(handle, LONGEST + 16);
                if result == 0 {
                    return Some(format!("{} {error}", received.count));
                }
                received.note(&bytes);
            }
            Some(format!("{} 0", received.count))
        }
        // The next message: whose and which.
        "mailslot-next" => {
            let ((result, bytes), error) = win32::read(number(words)?, LONGEST + 16);
            if result == 0 {
                return Some(format!("error {error}"));
            }
            let (writer, which) = whose(&bytes);
            Some(format!("{writer} {which}"))
        }
        // Passes messages on to another mailslot, and says nothing.
        "mailslot-pass-on" => {
            let (handle, (to, _)) = (number(words)?, open(words.next()?));
            loop {
                let ((result, bytes), _) = win32::read(handle, LONGEST + 16);
                if result == 0 || win32::write(to, &bytes).0.0 == 0 {
                    return Some("done".into());
                }
            }
        }
        _ => None,
    }
}
