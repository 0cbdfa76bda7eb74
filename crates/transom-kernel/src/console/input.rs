//! Reading from a console: lines, and keys.

use super::keys::{Key, parse};
use super::terminal::{Raw, input};
use crate::error::Result;
use crate::file::File;
use crate::handle::Handle;
use crate::sync::wait::clock::AT_ONCE;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{LocalModes, QueueSelector, tcflush, tcgetattr};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What was read and is not yet handed out.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Bytes that are no whole character or key.
    pub(super) bytes: Vec<u8>,
    keys: VecDeque<Key>,
    /// The rest of a line.
    line: VecDeque<u16>,
}

static PENDING: Mutex<Pending> =
    Mutex::new(Pending { bytes: Vec::new(), keys: VecDeque::new(), line: VecDeque::new() });

pub(super) fn pending() -> MutexGuard<'static, Pending> {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long a key's sequence may take to come.
const SEQUENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 25_000_000 };

/// Whether there is something to read.
fn is_ready(file: &File, timeout: Option<&Timespec>) -> Result<bool> {
    let mut fds = [PollFd::from_borrowed_fd(file.fd(), PollFlags::IN)];
    loop {
        match poll(&mut fds, timeout) {
            Err(Errno::INTR) => {}
            other => return Ok(other? != 0),
        }
    }
}

/// Reads some bytes; none at the end.
fn read(file: &File) -> Result<Vec<u8>> {
    let mut buffer = [0; 4096];
    loop {
        match rustix::io::read(file.fd(), &mut buffer) {
            Err(Errno::INTR) => {}
            other => return Ok(buffer[..other?].to_vec()),
        }
    }
}

/// `ReadConsole`: reads text, at most so many UTF-16 units; by lines, which end with CR and LF, if
/// that is the mode. At the end of the input it is none.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no terminal, `ERROR_ACCESS_DENIED` for a handle that may not
/// read.
///
/// Reference: <https://learn.microsoft.com/windows/console/readconsole>
pub fn read_text(handle: Handle, most: usize) -> Result<Vec<u16>> {
    let file = input(handle)?;
    loop {
        {
            let mut pending = pending();
            let typed: Vec<u16> = pending.keys.drain(..).map(|key| key.unit).collect();
            pending.line.extend(typed.into_iter().filter(|&unit| unit != 0));
            if !pending.line.is_empty() {
                let count = most.min(pending.line.len());
                return Ok(pending.line.drain(..count).collect());
            }
        }
        if most == 0 {
            return Ok(Vec::new());
        }
        let by_lines = tcgetattr(file.fd())?.local_modes.contains(LocalModes::ICANON);
        let bytes = read(&file)?;
        if bytes.is_empty() {
            return Ok(Vec::new());
        }
        let mut pending = pending();
        pending.bytes.extend(bytes);
        let whole = match str::from_utf8(&pending.bytes) {
            Ok(text) => text.len(),
            // The rest of the last character comes with the next bytes.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => pending.bytes.len(),
        };
        let text: Vec<u8> = pending.bytes.drain(..whole).collect();
        for unit in String::from_utf8_lossy(&text).encode_utf16() {
            if by_lines && unit == u16::from(b'\n') {
                pending.line.push_back(b'\r'.into());
            }
            pending.line.push_back(unit);
        }
    }
}

/// Takes what keys there are, and waits for one if there are none and that is asked for.
fn collect(file: &File, wait: bool) -> Result<()> {
    let _raw = Raw::new(file.fd())?;
    loop {
        let has_keys = !pending().keys.is_empty();
        let timeout = if has_keys || !wait { Some(&AT_ONCE) } else { None };
        if !is_ready(file, timeout)? {
            return Ok(());
        }
        let bytes = read(file)?;
        if bytes.is_empty() {
            return Ok(());
        }
        let mut pending = pending();
        pending.bytes.extend(bytes);
        let mut bytes = std::mem::take(&mut pending.bytes);
        pending.keys.extend(parse(&mut bytes, false));
        if !bytes.is_empty() && !is_ready(file, Some(&SEQUENCE))? {
            pending.keys.extend(parse(&mut bytes, true));
        }
        pending.bytes = bytes;
    }
}

/// `ReadConsoleInput`: takes keys, at most so many; waits for the first. None at the end.
///
/// # Errors
/// As for [`read_text`].
///
/// Reference: <https://learn.microsoft.com/windows/console/readconsoleinput>
pub fn events(handle: Handle, most: usize) -> Result<Vec<Key>> {
    let file = input(handle)?;
    collect(&file, true)?;
    let mut pending = pending();
    let count = most.min(pending.keys.len());
    Ok(pending.keys.drain(..count).collect())
}

/// `PeekConsoleInput`: the keys that were pressed and not read, at most so many.
///
/// # Errors
/// As for [`read_text`].
///
/// Reference: <https://learn.microsoft.com/windows/console/peekconsoleinput>
pub fn peek(handle: Handle, most: usize) -> Result<Vec<Key>> {
    let file = input(handle)?;
    collect(&file, false)?;
    Ok(pending().keys.iter().take(most).copied().collect())
}

/// `GetNumberOfConsoleInputEvents`: how many keys were pressed and not read.
///
/// # Errors
/// As for [`read_text`].
///
/// Reference: <https://learn.microsoft.com/windows/console/getnumberofconsoleinputevents>
pub fn number_of_events(handle: Handle) -> Result<usize> {
    peek(handle, usize::MAX).map(|keys| keys.len())
}

/// `FlushConsoleInputBuffer`: forgets what was typed and not read.
///
/// # Errors
/// As for [`read_text`].
///
/// Reference: <https://learn.microsoft.com/windows/console/flushconsoleinputbuffer>
pub fn flush(handle: Handle) -> Result<()> {
    let file = input(handle)?;
    *pending() = Pending::default();
    Ok(tcflush(file.fd(), QueueSelector::IFlush)?)
}
