//! `consoleapi.h`, `consoleapi2.h` and `consoleapi3.h`: the console, which is a terminal.

use crate::abi::{
    Unit, ansi_string, elements, from_handle, load, or_else, same_signature, store, store_optional,
    store_string, succeeds, wide_string,
};
use std::collections::VecDeque;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use transom_kernel::console::{self, Key, control};
use transom_kernel::handle::Handle;
use transom_kernel::nls::code_page::{CodePage, SYSTEM};
use transom_kernel::{Result, Win32Error, text};
use windows_sys::Win32::Foundation::{HANDLE, HWND};
use windows_sys::Win32::System::Console::{
    self as official, CONSOLE_CHARACTER_ATTRIBUTES, CONSOLE_CURSOR_INFO, CONSOLE_MODE,
    CONSOLE_READCONSOLE_CONTROL, CONSOLE_SCREEN_BUFFER_INFO, COORD, INPUT_RECORD, INPUT_RECORD_0,
    KEY_EVENT, KEY_EVENT_RECORD, KEY_EVENT_RECORD_0, PHANDLER_ROUTINE, SMALL_RECT,
};
use windows_sys::Win32::System::Diagnostics::Debug as debug;
use windows_sys::core::BOOL;

/// `GetConsoleMode`: the modes of a console's input or output.
///
/// # Errors
/// Those of [`console::mode`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/console/getconsolemode>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetConsoleMode(handle: HANDLE, place: *mut CONSOLE_MODE) -> BOOL {
    // SAFETY: NULL or writable, by the caller's contract.
    let give = |mode| unsafe { store(place, mode) };
    succeeds(from_handle(handle).and_then(console::mode).and_then(give))
}
same_signature!(official::GetConsoleMode, GetConsoleMode, fn(_, _) -> _);

/// `SetConsoleMode`: sets the modes of a console's input or output.
///
/// # Errors
/// Those of [`console::set_mode`].
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsolemode>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetConsoleMode(handle: HANDLE, mode: CONSOLE_MODE) -> BOOL {
    succeeds(from_handle(handle).and_then(|handle| console::set_mode(handle, mode)))
}
same_signature!(official::SetConsoleMode, SetConsoleMode, fn(_, _) -> _);

/// `WriteConsoleW`: writes text; how many units is stored in `written`.
///
/// # Errors
/// Those of [`console::write_text`]; `ERROR_NOACCESS` for a NULL text.
///
/// Reference: <https://learn.microsoft.com/windows/console/writeconsole>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WriteConsoleW(
    handle: HANDLE,
    text: *const u16,
    count: u32,
    written: *mut u32,
    _reserved: *const c_void,
) -> BOOL {
    succeeds(from_handle(handle).and_then(|handle| {
        if text.is_null() && count != 0 {
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: so long, by the caller's contract.
        console::write_text(handle, &unsafe { elements(text, count as usize) })?;
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store_optional(written, count) };
        Ok(())
    }))
}
same_signature!(official::WriteConsoleW, WriteConsoleW, fn(_, _, _, _, _) -> _);

/// `WriteConsoleA`: as [`WriteConsoleW`], in the console's output code page.
///
/// Reference: <https://learn.microsoft.com/windows/console/writeconsole>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WriteConsoleA(
    handle: HANDLE,
    text: *const u8,
    count: u32,
    written: *mut u32,
    _reserved: *const c_void,
) -> BOOL {
    succeeds(from_handle(handle).and_then(|handle| {
        if text.is_null() && count != 0 {
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: so long, by the caller's contract.
        let bytes = unsafe { elements(text, count as usize) };
        console::write_text(handle, &decoded(&OUTPUT_PAGE, &bytes)?)?;
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store_optional(written, count) };
        Ok(())
    }))
}
same_signature!(official::WriteConsoleA, WriteConsoleA, fn(_, _, _, _, _) -> _);

static INPUT_PAGE: AtomicU32 = AtomicU32::new(SYSTEM);
static OUTPUT_PAGE: AtomicU32 = AtomicU32::new(SYSTEM);

fn page(place: &AtomicU32) -> Result<CodePage> {
    CodePage::find(place.load(Ordering::Relaxed)).ok_or(Win32Error::INVALID_PARAMETER)
}

fn decoded(place: &AtomicU32, bytes: &[u8]) -> Result<Vec<u16>> {
    match page(place)? {
        // Bytes that are no UTF-8 go through as they are.
        page if page.is_utf8() => Ok(text::to_wide(bytes)),
        page => page.decode(0, bytes),
    }
}

/// `ReadConsoleW`: reads text, at most `most` units; by lines, which end with CR and LF, if that is
/// the mode. At the end of the input it is none. Of `control` nothing counts.
///
/// # Errors
/// Those of [`console::read_text`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/console/readconsole>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReadConsoleW(
    handle: HANDLE,
    buffer: *mut c_void,
    most: u32,
    read: *mut u32,
    _control: *const CONSOLE_READCONSOLE_CONTROL,
) -> BOOL {
    succeeds(from_handle(handle).and_then(|handle| {
        if buffer.is_null() && most != 0 {
            return Err(Win32Error::NOACCESS);
        }
        let text = console::read_text(handle, most as usize)?;
        for (index, &unit) in text.iter().enumerate() {
            // SAFETY: there is room for `most`, by the caller's contract.
            unsafe { buffer.cast::<u16>().wrapping_add(index).write_unaligned(unit) };
        }
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store_optional(read, text.len() as u32) };
        Ok(())
    }))
}
same_signature!(official::ReadConsoleW, ReadConsoleW, fn(_, _, _, _, _) -> _);

/// Bytes of characters of which `ReadConsoleA` has given the first ones.
static LEFT: Mutex<VecDeque<u8>> = Mutex::new(VecDeque::new());

/// `ReadConsoleA`: as [`ReadConsoleW`], in the console's input code page: at most `most` bytes. The
/// rest of a character for which there was no room comes with the next call.
///
/// # Errors
/// As for [`ReadConsoleW`].
///
/// Reference: <https://learn.microsoft.com/windows/console/readconsole>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReadConsoleA(
    handle: HANDLE,
    buffer: *mut c_void,
    most: u32,
    read: *mut u32,
    _control: *const CONSOLE_READCONSOLE_CONTROL,
) -> BOOL {
    succeeds(from_handle(handle).and_then(|handle| {
        if buffer.is_null() && most != 0 {
            return Err(Win32Error::NOACCESS);
        }
        let page = page(&INPUT_PAGE)?;
        let longest = if page.is_utf8() { 3 } else { page.longest() };
        // Nothing is read, but what is no console is found out.
        console::read_text(handle, 0)?;
        let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
        if left.is_empty() && most > 0 {
            // Two at least, which a character beyond 16 bits has.
            let text = console::read_text(handle, (most / longest).max(2) as usize)?;
            *left = page.encode(0, &text, None)?.0.into();
        }
        let given = left.len().min(most as usize);
        for (index, byte) in left.drain(..given).enumerate() {
            // SAFETY: there is room for `most`, by the caller's contract.
            unsafe { buffer.cast::<u8>().wrapping_add(index).write(byte) };
        }
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store_optional(read, given as u32) };
        Ok(())
    }))
}
same_signature!(official::ReadConsoleA, ReadConsoleA, fn(_, _, _, _, _) -> _);

/// Two records for a key: pressed and let go.
fn records(keys: &[Key], ansi: bool) -> Vec<INPUT_RECORD> {
    let record = |key: &Key, down: i32| {
        // A byte of the "ANSI" form is an ASCII character.
        let unit = if ansi && key.unit > 0x7F { b'?'.into() } else { key.unit };
        INPUT_RECORD {
            EventType: KEY_EVENT as u16,
            Event: INPUT_RECORD_0 {
                KeyEvent: KEY_EVENT_RECORD {
                    bKeyDown: down,
                    wRepeatCount: 1,
                    wVirtualKeyCode: key.virtual_key,
                    wVirtualScanCode: 0,
                    uChar: KEY_EVENT_RECORD_0 { UnicodeChar: unit },
                    dwControlKeyState: key.state,
                },
            },
        }
    };
    keys.iter().flat_map(|key| [record(key, 1), record(key, 0)]).collect()
}

/// # Safety
/// `buffer` is NULL or points to `length` writable records, `count` is NULL or writable.
unsafe fn give_keys(
    handle: HANDLE,
    keys: impl FnOnce(Handle, usize) -> Result<Vec<Key>>,
    ansi: bool,
    buffer: *mut INPUT_RECORD,
    length: u32,
    count: *mut u32,
) -> BOOL {
    let most = length.div_ceil(2) as usize;
    let keys = from_handle(handle).and_then(|handle| keys(handle, most));
    succeeds(keys.and_then(|keys| {
        let records = records(&keys, ansi);
        for (index, &record) in records.iter().take(length as usize).enumerate() {
            // SAFETY: within the length; the same contract.
            unsafe { store(buffer.wrapping_add(index), record) }?;
        }
        // SAFETY: the same contract.
        unsafe { store(count, (records.len() as u32).min(length)) }
    }))
}

/// `ReadConsoleInput`: takes keys, two records each: pressed and let go. Waits for the first. There
/// is no input of other kinds, and room for one record takes only the key's press.
///
/// # Errors
/// Those of [`console::events`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/console/readconsoleinput>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReadConsoleInputW(
    handle: HANDLE,
    buffer: *mut INPUT_RECORD,
    length: u32,
    count: *mut u32,
) -> BOOL {
    // SAFETY: by the caller's contract.
    unsafe { give_keys(handle, console::events, false, buffer, length, count) }
}
same_signature!(official::ReadConsoleInputW, ReadConsoleInputW, fn(_, _, _, _) -> _);

/// `ReadConsoleInputA`: as [`ReadConsoleInputW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/console/readconsoleinput>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReadConsoleInputA(
    handle: HANDLE,
    buffer: *mut INPUT_RECORD,
    length: u32,
    count: *mut u32,
) -> BOOL {
    // SAFETY: by the caller's contract.
    unsafe { give_keys(handle, console::events, true, buffer, length, count) }
}
same_signature!(official::ReadConsoleInputA, ReadConsoleInputA, fn(_, _, _, _) -> _);

/// `PeekConsoleInput`: the keys that were pressed and not read.
///
/// # Errors
/// Those of [`console::peek`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/console/peekconsoleinput>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PeekConsoleInputW(
    handle: HANDLE,
    buffer: *mut INPUT_RECORD,
    length: u32,
    count: *mut u32,
) -> BOOL {
    // SAFETY: by the caller's contract.
    unsafe { give_keys(handle, console::peek, false, buffer, length, count) }
}
same_signature!(official::PeekConsoleInputW, PeekConsoleInputW, fn(_, _, _, _) -> _);

/// `PeekConsoleInputA`: as [`PeekConsoleInputW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/console/peekconsoleinput>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PeekConsoleInputA(
    handle: HANDLE,
    buffer: *mut INPUT_RECORD,
    length: u32,
    count: *mut u32,
) -> BOOL {
    // SAFETY: by the caller's contract.
    unsafe { give_keys(handle, console::peek, true, buffer, length, count) }
}
same_signature!(official::PeekConsoleInputA, PeekConsoleInputA, fn(_, _, _, _) -> _);

/// `GetNumberOfConsoleInputEvents`: how many records there are to read.
///
/// # Errors
/// Those of [`console::number_of_events`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/console/getnumberofconsoleinputevents>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNumberOfConsoleInputEvents(
    handle: HANDLE,
    count: *mut u32,
) -> BOOL {
    succeeds(from_handle(handle).and_then(console::number_of_events).and_then(|keys| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(count, keys as u32 * 2) }
    }))
}
same_signature!(
    official::GetNumberOfConsoleInputEvents,
    GetNumberOfConsoleInputEvents,
    fn(_, _) -> _
);

/// `FlushConsoleInputBuffer`: forgets what was typed and not read.
///
/// # Errors
/// Those of [`console::flush`].
///
/// Reference: <https://learn.microsoft.com/windows/console/flushconsoleinputbuffer>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FlushConsoleInputBuffer(handle: HANDLE) -> BOOL {
    succeeds(from_handle(handle).and_then(console::flush).map(|()| {
        LEFT.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }))
}
same_signature!(official::FlushConsoleInputBuffer, FlushConsoleInputBuffer, fn(_) -> _);

/// `GetConsoleScreenBufferInfo`: tells of the screen, which is the window too.
///
/// # Errors
/// Those of [`console::screen`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/console/getconsolescreenbufferinfo>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetConsoleScreenBufferInfo(
    handle: HANDLE,
    place: *mut CONSOLE_SCREEN_BUFFER_INFO,
) -> BOOL {
    succeeds(from_handle(handle).and_then(console::screen).and_then(|screen| {
        let (columns, rows) = screen.size;
        let size = COORD { X: columns, Y: rows };
        let information = CONSOLE_SCREEN_BUFFER_INFO {
            dwSize: size,
            dwCursorPosition: COORD { X: screen.cursor.0, Y: screen.cursor.1 },
            wAttributes: screen.attribute,
            srWindow: SMALL_RECT { Left: 0, Top: 0, Right: columns - 1, Bottom: rows - 1 },
            dwMaximumWindowSize: size,
        };
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(place, information) }
    }))
}
same_signature!(official::GetConsoleScreenBufferInfo, GetConsoleScreenBufferInfo, fn(_, _) -> _);

/// `SetConsoleTextAttribute`: sets the colours of what is written from now on.
///
/// # Errors
/// Those of [`console::set_attribute`].
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsoletextattribute>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetConsoleTextAttribute(
    handle: HANDLE,
    attribute: CONSOLE_CHARACTER_ATTRIBUTES,
) -> BOOL {
    succeeds(from_handle(handle).and_then(|handle| console::set_attribute(handle, attribute)))
}
same_signature!(official::SetConsoleTextAttribute, SetConsoleTextAttribute, fn(_, _) -> _);

/// `SetConsoleCursorPosition`: moves the cursor.
///
/// # Errors
/// Those of [`console::set_cursor_position`].
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsolecursorposition>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetConsoleCursorPosition(handle: HANDLE, place: COORD) -> BOOL {
    let place = (place.X, place.Y);
    succeeds(from_handle(handle).and_then(|handle| console::set_cursor_position(handle, place)))
}
same_signature!(official::SetConsoleCursorPosition, SetConsoleCursorPosition, fn(_, _) -> _);

/// `SetConsoleCursorInfo`: shows or hides the cursor; its size is the terminal's affair.
///
/// # Errors
/// Those of [`console::set_cursor_visible`]; `ERROR_INVALID_PARAMETER`: a size that is not 1 to 100;
/// `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsolecursorinfo>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetConsoleCursorInfo(
    handle: HANDLE,
    cursor: *const CONSOLE_CURSOR_INFO,
) -> BOOL {
    succeeds(from_handle(handle).and_then(|handle| {
        // SAFETY: NULL or readable, by the caller's contract.
        let cursor = unsafe { load(cursor) }.ok_or(Win32Error::NOACCESS)?;
        if !(1..=100).contains(&cursor.dwSize) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        console::set_cursor_visible(handle, cursor.bVisible != 0)
    }))
}
same_signature!(official::SetConsoleCursorInfo, SetConsoleCursorInfo, fn(_, _) -> _);

/// # Safety
/// `count` is NULL or writable.
unsafe fn counted(written: Result<usize>, count: *mut u32) -> BOOL {
    // SAFETY: the same contract.
    succeeds(written.and_then(|written| unsafe { store(count, written as u32) }))
}

/// `FillConsoleOutputCharacterW`: writes a character so many times from a place on; how many times
/// is stored in `count`.
///
/// # Errors
/// Those of [`console::fill`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/console/fillconsoleoutputcharacter>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FillConsoleOutputCharacterW(
    handle: HANDLE,
    unit: u16,
    length: u32,
    place: COORD,
    count: *mut u32,
) -> BOOL {
    let fill = |handle: Handle| console::fill(handle, unit, length as usize, (place.X, place.Y));
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { counted(from_handle(handle).and_then(fill), count) }
}
same_signature!(
    official::FillConsoleOutputCharacterW,
    FillConsoleOutputCharacterW,
    fn(_, _, _, _, _) -> _
);

/// `FillConsoleOutputCharacterA`: as [`FillConsoleOutputCharacterW`], with an ASCII character.
///
/// Reference: <https://learn.microsoft.com/windows/console/fillconsoleoutputcharacter>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FillConsoleOutputCharacterA(
    handle: HANDLE,
    byte: i8,
    length: u32,
    place: COORD,
    count: *mut u32,
) -> BOOL {
    let unit = u16::from(byte.cast_unsigned());
    let fill = |handle: Handle| console::fill(handle, unit, length as usize, (place.X, place.Y));
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { counted(from_handle(handle).and_then(fill), count) }
}
same_signature!(
    official::FillConsoleOutputCharacterA,
    FillConsoleOutputCharacterA,
    fn(_, _, _, _, _) -> _
);

/// `FillConsoleOutputAttribute`: sets the colours of what was filled with a character just before.
///
/// # Errors
/// Those of [`console::fill_attribute`]: `ERROR_NOT_SUPPORTED` for anything else on the screen.
///
/// Reference: <https://learn.microsoft.com/windows/console/fillconsoleoutputattribute>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FillConsoleOutputAttribute(
    handle: HANDLE,
    attribute: u16,
    length: u32,
    place: COORD,
    count: *mut u32,
) -> BOOL {
    let place = (place.X, place.Y);
    let fill = |handle| console::fill_attribute(handle, attribute, length as usize, place);
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { counted(from_handle(handle).and_then(fill), count) }
}
same_signature!(
    official::FillConsoleOutputAttribute,
    FillConsoleOutputAttribute,
    fn(_, _, _, _, _) -> _
);

/// `WriteConsoleOutputCharacter`: writes text at a place, where the cursor does not go; how many
/// characters is stored in `count`.
///
/// # Errors
/// Those of [`console::write_at`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/console/writeconsoleoutputcharacter>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WriteConsoleOutputCharacterW(
    handle: HANDLE,
    characters: *const u16,
    length: u32,
    place: COORD,
    count: *mut u32,
) -> BOOL {
    let written = from_handle(handle).and_then(|handle| {
        if characters.is_null() && length != 0 {
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: so long, by the caller's contract.
        let characters = unsafe { elements(characters, length as usize) };
        console::write_at(handle, &to_wide_wide(&characters), (place.X, place.Y))
    });
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { counted(written, count) }
}
same_signature!(
    official::WriteConsoleOutputCharacterW,
    WriteConsoleOutputCharacterW,
    fn(_, _, _, _, _) -> _
);

/// `WriteConsoleOutputCharacterA`: as [`WriteConsoleOutputCharacterW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/console/writeconsoleoutputcharacter>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WriteConsoleOutputCharacterA(
    handle: HANDLE,
    characters: *const u8,
    length: u32,
    place: COORD,
    count: *mut u32,
) -> BOOL {
    let written = from_handle(handle).and_then(|handle| {
        if characters.is_null() && length != 0 {
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: so long, by the caller's contract.
        let characters = unsafe { elements(characters, length as usize) };
        console::write_at(handle, &to_wide_ansi(&characters), (place.X, place.Y))
    });
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { counted(written, count) }
}
same_signature!(
    official::WriteConsoleOutputCharacterA,
    WriteConsoleOutputCharacterA,
    fn(_, _, _, _, _) -> _
);

fn to_wide_wide(text: &[u16]) -> Vec<u16> {
    text.to_vec()
}

fn to_wide_ansi(text: &[u8]) -> Vec<u16> {
    text::to_wide(text)
}

/// `SetConsoleTitle`: sets what stands above the terminal.
///
/// # Errors
/// Those of [`console::set_title`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsoletitle>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetConsoleTitleW(title: *const u16) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let title = unsafe { wide_string(title) }.ok_or(Win32Error::NOACCESS);
    succeeds(title.and_then(|title| console::set_title(&title)))
}
same_signature!(official::SetConsoleTitleW, SetConsoleTitleW, fn(_) -> _);

/// `SetConsoleTitleA`: as [`SetConsoleTitleW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsoletitle>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetConsoleTitleA(title: *const u8) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let title = unsafe { ansi_string(title) }.ok_or(Win32Error::NOACCESS);
    succeeds(title.and_then(|title| console::set_title(&title)))
}
same_signature!(official::SetConsoleTitleA, SetConsoleTitleA, fn(_) -> _);

/// `GetConsoleTitle`: the title this process has set, or its program's path; the length, and as much
/// as fits.
///
/// # Errors
/// Those of [`console::title`].
///
/// Reference: <https://learn.microsoft.com/windows/console/getconsoletitle>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetConsoleTitleW(buffer: *mut u16, size: u32) -> u32 {
    let title = console::title().map(|title| {
        let title = <u16 as Unit>::encode(&title);
        let kept = &title[..title.len().min((size as usize).saturating_sub(1))];
        // SAFETY: NULL or so much room, by the caller's contract.
        unsafe { store_string(kept, buffer, size) };
        title.len() as u32
    });
    or_else(title, 0)
}
same_signature!(official::GetConsoleTitleW, GetConsoleTitleW, fn(_, _) -> _);

/// `GetConsoleTitleA`: as [`GetConsoleTitleW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/console/getconsoletitle>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetConsoleTitleA(buffer: *mut u8, size: u32) -> u32 {
    let title = console::title().map(|title| {
        let title = <u8 as Unit>::encode(&title);
        let kept = &title[..title.len().min((size as usize).saturating_sub(1))];
        // SAFETY: NULL or so much room, by the caller's contract.
        unsafe { store_string(kept, buffer, size) };
        title.len() as u32
    });
    or_else(title, 0)
}
same_signature!(official::GetConsoleTitleA, GetConsoleTitleA, fn(_, _) -> _);

/// `GetConsoleCP`: the code page of what is read: UTF-8, unless [`SetConsoleCP`] set another.
///
/// Reference: <https://learn.microsoft.com/windows/console/getconsolecp>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetConsoleCP() -> u32 {
    INPUT_PAGE.load(Ordering::Relaxed)
}
same_signature!(official::GetConsoleCP, GetConsoleCP, fn() -> _);

/// `GetConsoleOutputCP`: the code page of what is written: UTF-8, unless [`SetConsoleOutputCP`] set
/// another.
///
/// Reference: <https://learn.microsoft.com/windows/console/getconsoleoutputcp>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetConsoleOutputCP() -> u32 {
    OUTPUT_PAGE.load(Ordering::Relaxed)
}
same_signature!(official::GetConsoleOutputCP, GetConsoleOutputCP, fn() -> _);

fn set_page(place: &AtomicU32, number: u32) -> BOOL {
    let page = CodePage::find(number).filter(|_| number > 3).ok_or(Win32Error::INVALID_PARAMETER);
    succeeds(page.map(|page| place.store(page.number(), Ordering::Relaxed)))
}

/// `SetConsoleCP`: sets the code page that [`ReadConsoleA`] of this process gives.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such code page.
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsolecp>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetConsoleCP(number: u32) -> BOOL {
    set_page(&INPUT_PAGE, number)
}
same_signature!(official::SetConsoleCP, SetConsoleCP, fn(_) -> _);

/// `SetConsoleOutputCP`: sets the code page that [`WriteConsoleA`] of this process takes.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such code page.
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsoleoutputcp>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetConsoleOutputCP(number: u32) -> BOOL {
    set_page(&OUTPUT_PAGE, number)
}
same_signature!(official::SetConsoleOutputCP, SetConsoleOutputCP, fn(_) -> _);

/// `AllocConsole`: nothing can be had that is not there.
///
/// # Errors
/// `ERROR_ACCESS_DENIED`: this process has a terminal. `ERROR_NOT_SUPPORTED`: it has none.
///
/// Reference: <https://learn.microsoft.com/windows/console/allocconsole>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn AllocConsole() -> BOOL {
    let has_one = console::has_console();
    succeeds(Err(if has_one { Win32Error::ACCESS_DENIED } else { Win32Error::NOT_SUPPORTED }))
}
same_signature!(official::AllocConsole, AllocConsole, fn() -> _);

/// `AttachConsole`: nothing can be had that is not there.
///
/// # Errors
/// `ERROR_ACCESS_DENIED`: this process has a terminal. `ERROR_NOT_SUPPORTED`: it has none.
///
/// Reference: <https://learn.microsoft.com/windows/console/attachconsole>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn AttachConsole(_process: u32) -> BOOL {
    let has_one = console::has_console();
    succeeds(Err(if has_one { Win32Error::ACCESS_DENIED } else { Win32Error::NOT_SUPPORTED }))
}
same_signature!(official::AttachConsole, AttachConsole, fn(_) -> _);

/// `FreeConsole`: a process keeps its terminal.
///
/// # Errors
/// `ERROR_NOT_SUPPORTED`: this process has a terminal. `ERROR_INVALID_PARAMETER`: it has none.
///
/// Reference: <https://learn.microsoft.com/windows/console/freeconsole>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FreeConsole() -> BOOL {
    let has_one = console::has_console();
    succeeds(Err(if has_one { Win32Error::NOT_SUPPORTED } else { Win32Error::INVALID_PARAMETER }))
}
same_signature!(official::FreeConsole, FreeConsole, fn() -> _);

/// `GetConsoleWindow`: NULL: there are no windows.
///
/// Reference: <https://learn.microsoft.com/windows/console/getconsolewindow>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetConsoleWindow() -> HWND {
    null_mut()
}
same_signature!(official::GetConsoleWindow, GetConsoleWindow, fn() -> _);

/// `SetConsoleCtrlHandler`: adds or removes a handler for `CTRL_C_EVENT` (`SIGINT`),
/// `CTRL_BREAK_EVENT` (`SIGQUIT`) and `CTRL_CLOSE_EVENT` (`SIGHUP`, `SIGTERM`). Handlers are called
/// in a thread of their own, the last first, until one returns TRUE; if none does, the process ends
/// with exit code 0xC000013A. NULL has this process and those it starts ignore Ctrl+C, or no longer.
///
/// # Errors
/// Those of [`control::set_handler`].
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsolectrlhandler>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetConsoleCtrlHandler(routine: PHANDLER_ROUTINE, add: BOOL) -> BOOL {
    succeeds(match routine {
        None => control::ignore_ctrl_c(add != 0),
        Some(routine) => {
            let key = routine as *const () as usize;
            let handler: control::Handler = Arc::new(move |event| {
                // SAFETY: the caller wants it called so, on another thread.
                unsafe { routine(event) != 0 }
            });
            control::set_handler(key, (add != 0).then_some(handler))
        }
    })
}
same_signature!(official::SetConsoleCtrlHandler, SetConsoleCtrlHandler, fn(_, _) -> _);

/// `GenerateConsoleCtrlEvent`: sends `CTRL_C_EVENT` or `CTRL_BREAK_EVENT` to a process group, or to
/// that of this process (0).
///
/// # Errors
/// Those of [`control::generate`].
///
/// Reference: <https://learn.microsoft.com/windows/console/generateconsolectrlevent>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GenerateConsoleCtrlEvent(event: u32, group: u32) -> BOOL {
    succeeds(control::generate(event, group))
}
same_signature!(official::GenerateConsoleCtrlEvent, GenerateConsoleCtrlEvent, fn(_, _) -> _);

/// `Beep`: rings the terminal's bell, and waits so many milliseconds.
///
/// # Errors
/// Those of [`console::beep`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/utilapiset/nf-utilapiset-beep>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Beep(frequency: u32, milliseconds: u32) -> BOOL {
    succeeds(console::beep(frequency, milliseconds))
}
same_signature!(debug::Beep, Beep, fn(_, _) -> _);
