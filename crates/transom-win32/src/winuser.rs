//! `winuser.h`: characters, and messages to whoever sits there.

use crate::abi::{ansi_string, same_signature, wide_string};
use std::io::Write;
use std::ptr::without_provenance_mut;
use transom_kernel::nls::case::{self, change_bytes, lower_unit, upper_unit};
use transom_kernel::text;
use windows_sys::Win32::Foundation::HWND;
use windows_sys::Win32::UI::WindowsAndMessaging::{
    self as official, IDABORT, IDCANCEL, IDOK, IDYES, MESSAGEBOX_RESULT, MESSAGEBOX_STYLE,
};
use windows_sys::core::BOOL;

/// A pointer whose high bits are 0 is a character instead.
const LAST_CHARACTER: usize = 0xFFFF;

/// # Safety
/// `string` points to `length` units that can be changed.
unsafe fn change_wide(string: *mut u16, length: usize, change: fn(u16) -> u16) {
    for place in (0..length).map(|index| string.wrapping_add(index)) {
        // SAFETY: within the string.
        let unit = unsafe { place.read_unaligned() };
        // SAFETY: within the string.
        unsafe { place.write_unaligned(change(unit)) };
    }
}

/// # Safety
/// `string` points to `length` bytes that can be changed.
unsafe fn change_ansi(string: *mut u8, length: usize, change: fn(u16) -> u16) {
    if length != 0 {
        // SAFETY: the same contract; nobody else changes it meanwhile.
        change_bytes(unsafe { std::slice::from_raw_parts_mut(string, length) }, change);
    }
}

/// # Safety
/// `string` is a character, or points to a NUL-terminated string that can be changed.
unsafe fn change_string_wide(string: *mut u16, change: fn(u16) -> u16) -> *mut u16 {
    if string.addr() <= LAST_CHARACTER {
        return without_provenance_mut(change(string.addr() as u16).into());
    }
    // SAFETY: not a character, so a string.
    let length = unsafe { wide_string(string) }.map_or(0, |string| string.len());
    // SAFETY: as long as was just found.
    unsafe { change_wide(string, length, change) };
    string
}

/// # Safety
/// As for [`change_string_wide`].
unsafe fn change_string_ansi(string: *mut u8, change: fn(u16) -> u16) -> *mut u8 {
    if string.addr() <= LAST_CHARACTER {
        let unit = string.addr() as u16;
        // A byte that is a character by itself is an ASCII one.
        let changed = if unit < 0x80 { change(unit) } else { unit };
        return without_provenance_mut(changed.into());
    }
    // SAFETY: not a character, so a string.
    let length = unsafe { std::ffi::CStr::from_ptr(string.cast()) }.count_bytes();
    // SAFETY: as long as was just found.
    unsafe { change_ansi(string, length, change) };
    string
}

/// `CharUpper`: makes a string upper-case where it is, or a character (a "pointer" below 0x10000).
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-charupperw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharUpperW(string: *mut u16) -> *mut u16 {
    // SAFETY: a character or a string, by the caller's contract.
    unsafe { change_string_wide(string, upper_unit) }
}
same_signature!(official::CharUpperW, CharUpperW, fn(_) -> _);

/// `CharUpperA`: as [`CharUpperW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-charuppera>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharUpperA(string: *mut u8) -> *mut u8 {
    // SAFETY: a character or a string, by the caller's contract.
    unsafe { change_string_ansi(string, upper_unit) }
}
same_signature!(official::CharUpperA, CharUpperA, fn(_) -> _);

/// `CharLower`: as [`CharUpperW`], lower-case.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-charlowerw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharLowerW(string: *mut u16) -> *mut u16 {
    // SAFETY: a character or a string, by the caller's contract.
    unsafe { change_string_wide(string, lower_unit) }
}
same_signature!(official::CharLowerW, CharLowerW, fn(_) -> _);

/// `CharLowerA`: as [`CharLowerW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-charlowera>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharLowerA(string: *mut u8) -> *mut u8 {
    // SAFETY: a character or a string, by the caller's contract.
    unsafe { change_string_ansi(string, lower_unit) }
}
same_signature!(official::CharLowerA, CharLowerA, fn(_) -> _);

/// `CharUpperBuff`: makes so many characters upper-case; how many.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-charupperbuffw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharUpperBuffW(string: *mut u16, length: u32) -> u32 {
    if string.is_null() {
        return 0;
    }
    // SAFETY: so long, by the caller's contract.
    unsafe { change_wide(string, length as usize, upper_unit) };
    length
}
same_signature!(official::CharUpperBuffW, CharUpperBuffW, fn(_, _) -> _);

/// `CharUpperBuffA`: as [`CharUpperBuffW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-charupperbuffa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharUpperBuffA(string: *mut u8, length: u32) -> u32 {
    if string.is_null() {
        return 0;
    }
    // SAFETY: so long, by the caller's contract.
    unsafe { change_ansi(string, length as usize, upper_unit) };
    length
}
same_signature!(official::CharUpperBuffA, CharUpperBuffA, fn(_, _) -> _);

/// `CharLowerBuff`: as [`CharUpperBuffW`], lower-case.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-charlowerbuffw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharLowerBuffW(string: *mut u16, length: u32) -> u32 {
    if string.is_null() {
        return 0;
    }
    // SAFETY: so long, by the caller's contract.
    unsafe { change_wide(string, length as usize, lower_unit) };
    length
}
same_signature!(official::CharLowerBuffW, CharLowerBuffW, fn(_, _) -> _);

/// `CharLowerBuffA`: as [`CharLowerBuffW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-charlowerbuffa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharLowerBuffA(string: *mut u8, length: u32) -> u32 {
    if string.is_null() {
        return 0;
    }
    // SAFETY: so long, by the caller's contract.
    unsafe { change_ansi(string, length as usize, lower_unit) };
    length
}
same_signature!(official::CharLowerBuffA, CharLowerBuffA, fn(_, _) -> _);

/// `CharNextW`: the next unit of a string, or its NUL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-charnextw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharNextW(string: *const u16) -> *mut u16 {
    // SAFETY: NULL or a string, by the caller's contract.
    let is_end = unsafe { crate::abi::load(string) }.is_none_or(|unit| unit == 0);
    if is_end { string.cast_mut() } else { string.wrapping_add(1).cast_mut() }
}
same_signature!(official::CharNextW, CharNextW, fn(_) -> _);

/// `CharNextA`: the next character of a string in UTF-8, or its NUL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-charnexta>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharNextA(string: *const u8) -> *mut u8 {
    // SAFETY: NULL or a string, by the caller's contract.
    if unsafe { crate::abi::load(string) }.is_none_or(|byte| byte == 0) {
        return string.cast_mut();
    }
    let mut place = string.wrapping_add(1);
    // SAFETY: the byte before was not the NUL.
    while unsafe { place.read() } & 0xC0 == 0x80 {
        place = place.wrapping_add(1);
    }
    place.cast_mut()
}
same_signature!(official::CharNextA, CharNextA, fn(_) -> _);

/// `CharPrevW`: the unit before another, or the beginning.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-charprevw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharPrevW(start: *const u16, current: *const u16) -> *mut u16 {
    if current > start { current.wrapping_sub(1).cast_mut() } else { start.cast_mut() }
}
same_signature!(official::CharPrevW, CharPrevW, fn(_, _) -> _);

/// `CharPrevA`: the character before another in UTF-8, or the beginning.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-charpreva>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharPrevA(start: *const u8, current: *const u8) -> *mut u8 {
    let mut place = current;
    while place > start {
        place = place.wrapping_sub(1);
        // SAFETY: between the beginning and a place in the string.
        if unsafe { place.read() } & 0xC0 != 0x80 {
            return place.cast_mut();
        }
    }
    start.cast_mut()
}
same_signature!(official::CharPrevA, CharPrevA, fn(_, _) -> _);

/// `IsCharAlphaW`: whether a unit is a letter.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-ischaralphaw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsCharAlphaW(unit: u16) -> BOOL {
    case::is_alphabetic(unit).into()
}
same_signature!(official::IsCharAlphaW, IsCharAlphaW, fn(_) -> _);

/// `IsCharAlphaA`: whether a byte is a letter: an ASCII one.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-ischaralphaa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsCharAlphaA(byte: i8) -> BOOL {
    byte.cast_unsigned().is_ascii_alphabetic().into()
}
same_signature!(official::IsCharAlphaA, IsCharAlphaA, fn(_) -> _);

/// `IsCharAlphaNumericW`: whether a unit is a letter or a digit.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-ischaralphanumericw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsCharAlphaNumericW(unit: u16) -> BOOL {
    case::is_alphanumeric(unit).into()
}
same_signature!(official::IsCharAlphaNumericW, IsCharAlphaNumericW, fn(_) -> _);

/// `IsCharAlphaNumericA`: whether a byte is a letter or a digit: an ASCII one.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-ischaralphanumerica>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsCharAlphaNumericA(byte: i8) -> BOOL {
    byte.cast_unsigned().is_ascii_alphanumeric().into()
}
same_signature!(official::IsCharAlphaNumericA, IsCharAlphaNumericA, fn(_) -> _);

/// `IsCharUpperW`: whether a unit is an upper-case letter.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-ischarupperw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsCharUpperW(unit: u16) -> BOOL {
    case::is_upper(unit).into()
}
same_signature!(official::IsCharUpperW, IsCharUpperW, fn(_) -> _);

/// `IsCharUpperA`: whether a byte is an upper-case letter: an ASCII one.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-ischaruppera>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsCharUpperA(byte: i8) -> BOOL {
    byte.cast_unsigned().is_ascii_uppercase().into()
}
same_signature!(official::IsCharUpperA, IsCharUpperA, fn(_) -> _);

/// `IsCharLowerW`: whether a unit is a lower-case letter. (windows-sys has it among the controls.)
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-ischarlowerw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsCharLowerW(unit: u16) -> BOOL {
    case::is_lower(unit).into()
}

/// `IsCharLowerA`: whether a byte is a lower-case letter: an ASCII one.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-ischarlowera>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsCharLowerA(byte: i8) -> BOOL {
    byte.cast_unsigned().is_ascii_lowercase().into()
}
same_signature!(official::IsCharLowerA, IsCharLowerA, fn(_) -> _);

/// Prints what a message box would show, and answers as its first button would.
fn show(text: &[u16], caption: &[u16], style: MESSAGEBOX_STYLE) -> MESSAGEBOX_RESULT {
    const BUTTONS: u32 = 0xF;
    let mut line = text::to_bytes(caption);
    if !line.is_empty() {
        line.extend_from_slice(b": ");
    }
    line.extend(text::to_bytes(text));
    line.push(b'\n');
    // Who closed the error output does not want to know.
    let _ = std::io::stderr().write_all(&line);
    match style & BUTTONS {
        official::MB_ABORTRETRYIGNORE => IDABORT,
        official::MB_YESNO | official::MB_YESNOCANCEL => IDYES,
        official::MB_RETRYCANCEL | official::MB_CANCELTRYCONTINUE => IDCANCEL,
        _ => IDOK,
    }
}

/// `MessageBoxW`: there are no windows: prints caption and text to the error output, and answers
/// `IDOK` or `IDYES` at once; where there is no such button, `IDABORT` or `IDCANCEL`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-messageboxw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MessageBoxW(
    _owner: HWND,
    text: *const u16,
    caption: *const u16,
    style: MESSAGEBOX_STYLE,
) -> MESSAGEBOX_RESULT {
    // SAFETY: NULL or a string, by the caller's contract.
    let text = unsafe { wide_string(text) }.unwrap_or_default();
    // SAFETY: NULL or a string, by the caller's contract.
    let caption = unsafe { wide_string(caption) };
    show(&text, caption.as_deref().unwrap_or(&text::to_wide(b"Error")), style)
}
same_signature!(official::MessageBoxW, MessageBoxW, fn(_, _, _, _) -> _);

/// `MessageBoxA`: as [`MessageBoxW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-messageboxa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MessageBoxA(
    _owner: HWND,
    text: *const u8,
    caption: *const u8,
    style: MESSAGEBOX_STYLE,
) -> MESSAGEBOX_RESULT {
    // SAFETY: NULL or a string, by the caller's contract.
    let text = unsafe { ansi_string(text) }.unwrap_or_default();
    // SAFETY: NULL or a string, by the caller's contract.
    let caption = unsafe { ansi_string(caption) };
    show(&text, caption.as_deref().unwrap_or(&text::to_wide(b"Error")), style)
}
same_signature!(official::MessageBoxA, MessageBoxA, fn(_, _, _, _) -> _);
