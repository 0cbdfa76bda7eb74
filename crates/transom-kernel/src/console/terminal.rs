//! Terminals and their modes.

use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::file::File;
use crate::handle::Handle;
use crate::object::downcast;
use rustix::fs::{Mode, OFlags};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios, isatty,
    tcgetattr, tcsetattr,
};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use windows_sys::Win32::Storage::FileSystem::{FILE_READ_DATA, FILE_WRITE_DATA};
use windows_sys::Win32::System::Console as win;

/// The terminal of a handle that grants one of these rights, and all it grants.
pub(super) fn terminal(handle: Handle, access: u32) -> Result<(Arc<File>, u32)> {
    let entry = current().table().entry(handle)?;
    let granted = entry.access;
    let file: Arc<File> = downcast(entry.object)?;
    if !isatty(file.fd()) {
        return Err(Win32Error::INVALID_HANDLE);
    }
    if granted & access == 0 {
        return Err(Win32Error::ACCESS_DENIED);
    }
    Ok((file, granted))
}

/// The terminal of a handle that may read.
pub(super) fn input(handle: Handle) -> Result<Arc<File>> {
    terminal(handle, FILE_READ_DATA).map(|(file, _)| file)
}

/// The terminal of a handle that may write.
pub(super) fn output(handle: Handle) -> Result<Arc<File>> {
    terminal(handle, FILE_WRITE_DATA).map(|(file, _)| file)
}

/// The terminal this process belongs to.
pub(super) fn own() -> Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOCTTY;
    rustix::fs::open(c"/dev/tty", flags, Mode::empty()).map_err(|_| Win32Error::INVALID_HANDLE)
}

/// Whether this process has a terminal.
#[must_use]
pub fn has_console() -> bool {
    own().is_ok()
}

/// Modes of input that every console has here, since they change nothing.
const INPUT_ALWAYS: u32 = win::ENABLE_EXTENDED_FLAGS | win::ENABLE_INSERT_MODE;

/// Whether a handle is for input; one for both is a standard stream, whose direction counts.
fn is_input(handle: Handle, granted: u32) -> bool {
    use crate::executive::StandardHandle;
    let standard = |which| current().standard_handle(which) == handle.raw();
    if standard(StandardHandle::Input) {
        return true;
    }
    if standard(StandardHandle::Output) || standard(StandardHandle::Error) {
        return false;
    }
    granted & FILE_READ_DATA != 0
}

/// `GetConsoleMode`: the modes of a console's input or output.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no terminal.
///
/// Reference: <https://learn.microsoft.com/windows/console/getconsolemode>
pub fn mode(handle: Handle) -> Result<u32> {
    let (file, granted) = terminal(handle, FILE_READ_DATA | FILE_WRITE_DATA)?;
    let state = tcgetattr(file.fd())?;
    Ok(if is_input(handle, granted) { input_mode(&state) } else { output_mode(&state) })
}

fn input_mode(state: &Termios) -> u32 {
    let mut mode = INPUT_ALWAYS;
    for (flag, bit) in [
        (LocalModes::ISIG, win::ENABLE_PROCESSED_INPUT),
        (LocalModes::ICANON, win::ENABLE_LINE_INPUT),
        (LocalModes::ECHO, win::ENABLE_ECHO_INPUT),
    ] {
        if state.local_modes.contains(flag) {
            mode |= bit;
        }
    }
    mode
}

fn output_mode(state: &Termios) -> u32 {
    let mode = win::ENABLE_WRAP_AT_EOL_OUTPUT | win::ENABLE_VIRTUAL_TERMINAL_PROCESSING;
    if state.output_modes.contains(OutputModes::OPOST) {
        mode | win::ENABLE_PROCESSED_OUTPUT
    } else {
        mode
    }
}

/// `SetConsoleMode`: sets the modes of a console's input or output.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no terminal, `ERROR_INVALID_PARAMETER` for unknown modes and
/// for an echo of what is not read by lines.
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsolemode>
pub fn set_mode(handle: Handle, mode: u32) -> Result<()> {
    let (file, granted) = terminal(handle, FILE_READ_DATA | FILE_WRITE_DATA)?;
    let mut state = tcgetattr(file.fd())?;
    if is_input(handle, granted) {
        const KNOWN: u32 = win::ENABLE_PROCESSED_INPUT
            | win::ENABLE_LINE_INPUT
            | win::ENABLE_ECHO_INPUT
            | win::ENABLE_WINDOW_INPUT
            | win::ENABLE_MOUSE_INPUT
            | win::ENABLE_QUICK_EDIT_MODE
            | win::ENABLE_VIRTUAL_TERMINAL_INPUT
            | INPUT_ALWAYS;
        let echoes_alone =
            mode & (win::ENABLE_ECHO_INPUT | win::ENABLE_LINE_INPUT) == win::ENABLE_ECHO_INPUT;
        if mode & !KNOWN != 0 || echoes_alone {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let by_lines = mode & win::ENABLE_LINE_INPUT != 0;
        state.local_modes.set(LocalModes::ISIG, mode & win::ENABLE_PROCESSED_INPUT != 0);
        state.local_modes.set(LocalModes::ICANON, by_lines);
        state.local_modes.set(LocalModes::ECHO, mode & win::ENABLE_ECHO_INPUT != 0);
        state.input_modes.set(InputModes::ICRNL, by_lines);
        if !by_lines {
            state.special_codes[SpecialCodeIndex::VMIN] = 1;
            state.special_codes[SpecialCodeIndex::VTIME] = 0;
        }
    } else {
        const KNOWN: u32 = win::ENABLE_PROCESSED_OUTPUT
            | win::ENABLE_WRAP_AT_EOL_OUTPUT
            | win::ENABLE_VIRTUAL_TERMINAL_PROCESSING
            | win::DISABLE_NEWLINE_AUTO_RETURN
            | win::ENABLE_LVB_GRID_WORLDWIDE;
        if mode & !KNOWN != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        state.output_modes.set(OutputModes::OPOST, mode & win::ENABLE_PROCESSED_OUTPUT != 0);
    }
    Ok(tcsetattr(file.fd(), OptionalActions::Now, &state)?)
}

/// A terminal that hands out single characters, without an echo, until this is dropped.
pub(super) struct Raw<'a> {
    fd: BorrowedFd<'a>,
    before: Termios,
}

impl<'a> Raw<'a> {
    pub(super) fn new(fd: BorrowedFd<'a>) -> Result<Self> {
        let before = tcgetattr(fd)?;
        let mut raw = before.clone();
        raw.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        raw.input_modes -= InputModes::ICRNL;
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(fd, OptionalActions::Now, &raw)?;
        Ok(Self { fd, before })
    }
}

impl Drop for Raw<'_> {
    fn drop(&mut self) {
        // A terminal that has gone has no modes any more.
        let _ = tcsetattr(self.fd, OptionalActions::Now, &self.before);
    }
}
