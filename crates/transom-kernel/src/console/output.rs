//! Writing to a console: text, colours, the cursor.

use super::input::pending;
use super::terminal::{Raw, output, own};
use crate::error::{Result, Win32Error};
use crate::handle::Handle;
use crate::process::own_image;
use crate::text;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::tcgetwinsize;
use std::fmt::Write;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// White on black.
const USUAL: u16 = 7;

/// What this process has done to the screen.
#[derive(Debug)]
struct State {
    attribute: u16,
    cursor: (i16, i16),
    /// Where was filled last, with what and how far.
    filled: Option<(u16, (i16, i16), usize)>,
    title: Option<Vec<u16>>,
}

static STATE: Mutex<State> =
    Mutex::new(State { attribute: USUAL, cursor: (0, 0), filled: None, title: None });

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn put(fd: BorrowedFd<'_>, mut bytes: &[u8]) -> Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(fd, bytes) {
            Err(Errno::INTR) => {}
            other => bytes = &bytes[other?..],
        }
    }
    Ok(())
}

/// `WriteConsole`: writes text.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no terminal, `ERROR_ACCESS_DENIED` for a handle that may not
/// write.
///
/// Reference: <https://learn.microsoft.com/windows/console/writeconsole>
pub fn write_text(handle: Handle, wide: &[u16]) -> Result<()> {
    let file = output(handle)?;
    state().filled = None;
    put(file.fd(), &text::to_bytes(wide))
}

/// The control sequence of an attribute: four bits for each of the two colours, in the order blue,
/// green, red, bright.
fn sequence_of(attribute: u16) -> String {
    const COLOURS: [u8; 8] = [0, 4, 2, 6, 1, 5, 3, 7];
    if attribute == USUAL {
        return "\x1b[0m".into();
    }
    let colour = |bits: u16, normal: u8| {
        let bright = if bits & 8 != 0 { 60 } else { 0 };
        COLOURS[usize::from(bits & 7)] + normal + bright
    };
    let (front, back) = (colour(attribute & 15, 30), colour(attribute >> 4 & 15, 40));
    let reverse = if attribute & 0x4000 != 0 { ";7" } else { "" };
    let underline = if attribute & 0x8000 != 0 { ";4" } else { "" };
    format!("\x1b[0;{front};{back}{reverse}{underline}m")
}

/// `SetConsoleTextAttribute`: sets the colours of what is written from now on.
///
/// # Errors
/// As for [`write_text`].
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsoletextattribute>
pub fn set_attribute(handle: Handle, attribute: u16) -> Result<()> {
    let file = output(handle)?;
    put(file.fd(), sequence_of(attribute).as_bytes())?;
    state().attribute = attribute;
    Ok(())
}

/// What `GetConsoleScreenBufferInfo` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Columns and rows.
    pub size: (i16, i16),
    /// Where the cursor is, from 0 on.
    pub cursor: (i16, i16),
    /// The colours of what is written.
    pub attribute: u16,
}

fn size_of(fd: BorrowedFd<'_>) -> Result<(i16, i16)> {
    let size = tcgetwinsize(fd)?;
    // A terminal that does not know is as large as terminals once were.
    let known = |cells: u16, usual| match i16::try_from(cells) {
        Ok(cells @ 1..) => cells,
        _ => usual,
    };
    Ok((known(size.ws_col, 80), known(size.ws_row, 25)))
}

/// `GetConsoleScreenBufferInfo`: tells of the screen. The terminal is asked where the cursor is; if it
/// does not answer, it is where this process has put it last.
///
/// # Errors
/// As for [`write_text`].
///
/// Reference: <https://learn.microsoft.com/windows/console/getconsolescreenbufferinfo>
pub fn screen(handle: Handle) -> Result<Screen> {
    let file = output(handle)?;
    let size = size_of(file.fd())?;
    let asked = own().ok().and_then(|terminal| ask_for_cursor(terminal.as_fd()));
    let state = state();
    Ok(Screen { size, cursor: asked.unwrap_or(state.cursor), attribute: state.attribute })
}

/// Asks a terminal where its cursor is.
fn ask_for_cursor(terminal: BorrowedFd<'_>) -> Option<(i16, i16)> {
    const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
    let mut pending = pending();
    let _raw = Raw::new(terminal).ok()?;
    put(terminal, b"\x1b[6n").ok()?;
    let mut answer = Vec::new();
    loop {
        let mut fds = [PollFd::from_borrowed_fd(terminal, PollFlags::IN)];
        if poll(&mut fds, Some(&PATIENCE)).ok()? == 0 {
            pending.bytes.extend(answer);
            return None;
        }
        let mut byte = [0];
        if rustix::io::read(terminal, &mut byte).ok()? == 0 {
            return None;
        }
        answer.extend(byte);
        if byte == *b"R"
            && let Some(start) = answer.windows(2).rposition(|pair| pair == b"\x1b[")
            && let Ok(numbers) = str::from_utf8(&answer[start + 2..answer.len() - 1])
            && let Some((row, column)) = numbers.split_once(';')
            && let (Ok(row), Ok(column)) = (row.parse::<i16>(), column.parse::<i16>())
        {
            // What somebody typed meanwhile is theirs.
            pending.bytes.extend(&answer[..start]);
            return Some((column.saturating_sub(1), row.saturating_sub(1)));
        }
    }
}

fn moved_to((column, row): (i16, i16)) -> String {
    format!("\x1b[{};{}H", i32::from(row) + 1, i32::from(column) + 1)
}

/// Checks a place of the screen.
fn check((column, row): (i16, i16), size: (i16, i16)) -> Result<()> {
    if (0..size.0).contains(&column) && (0..size.1).contains(&row) {
        Ok(())
    } else {
        Err(Win32Error::INVALID_PARAMETER)
    }
}

/// `SetConsoleCursorPosition`: moves the cursor.
///
/// # Errors
/// As for [`write_text`], and `ERROR_INVALID_PARAMETER` for a place that is not on the screen.
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsolecursorposition>
pub fn set_cursor_position(handle: Handle, place: (i16, i16)) -> Result<()> {
    let file = output(handle)?;
    check(place, size_of(file.fd())?)?;
    put(file.fd(), moved_to(place).as_bytes())?;
    state().cursor = place;
    Ok(())
}

/// `SetConsoleCursorInfo`: shows or hides the cursor. Its size is the terminal's affair.
///
/// # Errors
/// As for [`write_text`].
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsolecursorinfo>
pub fn set_cursor_visible(handle: Handle, visible: bool) -> Result<()> {
    let file = output(handle)?;
    put(file.fd(), if visible { b"\x1b[?25h" } else { b"\x1b[?25l" })
}

/// Writes text at a place, in rows as long as the screen is wide, and leaves the cursor where it was;
/// how many units there was room for.
fn write_rows(
    fd: BorrowedFd<'_>,
    wide: &[u16],
    place: (i16, i16),
    attribute: Option<u16>,
) -> Result<usize> {
    let (columns, rows) = size_of(fd)?;
    check(place, (columns, rows))?;
    let mut sequence = String::from("\x1b7");
    if let Some(attribute) = attribute {
        sequence += &sequence_of(attribute);
    }
    let (mut column, mut row) = place;
    let mut written = 0;
    while written < wide.len() && row < rows {
        let room = (columns - column) as usize;
        let part = &wide[written..wide.len().min(written + room)];
        // Writing into a string cannot fail.
        let _ = write!(sequence, "{}{}", moved_to((column, row)), String::from_utf16_lossy(part));
        written += part.len();
        (column, row) = (0, row + 1);
    }
    sequence += "\x1b8";
    put(fd, sequence.as_bytes())?;
    Ok(written)
}

/// `WriteConsoleOutputCharacter`: writes text at a place; how many units.
///
/// # Errors
/// As for [`set_cursor_position`].
///
/// Reference: <https://learn.microsoft.com/windows/console/writeconsoleoutputcharacter>
pub fn write_at(handle: Handle, wide: &[u16], place: (i16, i16)) -> Result<usize> {
    let file = output(handle)?;
    state().filled = None;
    write_rows(file.fd(), wide, place, None)
}

/// `FillConsoleOutputCharacter`: writes a character so many times from a place on; how many times.
///
/// # Errors
/// As for [`set_cursor_position`].
///
/// Reference: <https://learn.microsoft.com/windows/console/fillconsoleoutputcharacter>
pub fn fill(handle: Handle, unit: u16, length: usize, place: (i16, i16)) -> Result<usize> {
    let file = output(handle)?;
    let (columns, rows) = size_of(file.fd())?;
    let most = columns as usize * rows as usize;
    let count = write_rows(file.fd(), &vec![unit; length.min(most)], place, None)?;
    state().filled = Some((unit, place, count));
    Ok(count)
}

/// `FillConsoleOutputAttribute`: sets the colours of what is on the screen, which terminals cannot;
/// but what was filled with a character just before is written once more.
///
/// # Errors
/// `ERROR_NOT_SUPPORTED` for anything else; and as for [`set_cursor_position`].
///
/// Reference: <https://learn.microsoft.com/windows/console/fillconsoleoutputattribute>
pub fn fill_attribute(
    handle: Handle,
    attribute: u16,
    length: usize,
    place: (i16, i16),
) -> Result<usize> {
    let file = output(handle)?;
    let (columns, rows) = size_of(file.fd())?;
    let most = columns as usize * rows as usize;
    let (filled, current) = {
        let state = state();
        (state.filled, state.attribute)
    };
    let Some((unit, start, count)) = filled.filter(|&(_, start, _)| start == place) else {
        return Err(Win32Error::NOT_SUPPORTED);
    };
    if length.min(most) > count {
        let left = most - (start.1 as usize * columns as usize + start.0 as usize);
        if count < left {
            return Err(Win32Error::NOT_SUPPORTED);
        }
    }
    let written = write_rows(file.fd(), &vec![unit; length.min(count)], place, Some(attribute))?;
    put(file.fd(), sequence_of(current).as_bytes())?;
    Ok(written)
}

/// `SetConsoleTitle`: sets what stands above the terminal.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for a process without a terminal.
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsoletitle>
pub fn set_title(title: &[u16]) -> Result<()> {
    let terminal = own()?;
    let shown: Vec<u16> = title.iter().copied().filter(|&unit| unit >= 0x20).collect();
    let sequence = [b"\x1b]0;", &text::to_bytes(&shown)[..], b"\x07"].concat();
    put(terminal.as_fd(), &sequence)?;
    state().title = Some(title.to_vec());
    Ok(())
}

/// `GetConsoleTitle`: the title this process has set, or its program's path.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for a process without a terminal.
///
/// Reference: <https://learn.microsoft.com/windows/console/getconsoletitle>
pub fn title() -> Result<Vec<u16>> {
    own()?;
    match &state().title {
        Some(title) => Ok(title.clone()),
        None => own_image(),
    }
}

/// `Beep`: rings the terminal's bell, and waits so many milliseconds. Terminals have one tone.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for a tone that nobody hears.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/utilapiset/nf-utilapiset-beep>
pub fn beep(frequency: u32, milliseconds: u32) -> Result<()> {
    if !(37..=32767).contains(&frequency) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if let Ok(terminal) = own() {
        put(terminal.as_fd(), b"\x07")?;
    }
    std::thread::sleep(Duration::from_millis(milliseconds.into()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{moved_to, sequence_of};

    #[test]
    fn attributes_and_places_become_sequences() {
        assert_eq!(sequence_of(7), "\x1b[0m");
        // Bright red on blue.
        assert_eq!(sequence_of(0x1C), "\x1b[0;91;44m");
        assert_eq!(moved_to((4, 2)), "\x1b[3;5H");
    }
}
