//! `winuser.h`: text in the "OEM" code page, which is UTF-8 as the other one is.

use crate::abi::{Unit, ansi_string, same_signature, wide_string};
use windows_sys::Win32::UI::WindowsAndMessaging as official;
use windows_sys::core::BOOL;

/// Writes a string and its NUL where the caller has room for it.
///
/// # Safety
/// `place` has room.
unsafe fn put<T: Unit>(string: &[T], place: *mut T) -> BOOL {
    for (index, &unit) in string.iter().chain(&[T::default()]).enumerate() {
        // SAFETY: the caller has room for all of them.
        unsafe { place.wrapping_add(index).write_unaligned(unit) };
    }
    1
}

/// Copies bytes up to their NUL, which may lie where they are to go.
///
/// # Safety
/// `from` is NULL or a string, `to` is NULL or has room for it.
unsafe fn copy(from: *const u8, to: *mut u8) -> BOOL {
    if from.is_null() || to.is_null() {
        return 0;
    }
    // SAFETY: a string, by the contract.
    let string = unsafe { std::ffi::CStr::from_ptr(from.cast()) }.to_bytes().to_vec();
    // SAFETY: room, by the contract.
    unsafe { put(&string, to) }
}

/// `CharToOemA`: copies a string, which is UTF-8 in both code pages.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-chartooema>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharToOemA(from: *const u8, to: *mut u8) -> BOOL {
    // SAFETY: the caller's contract.
    unsafe { copy(from, to) }
}
same_signature!(official::CharToOemA, CharToOemA, fn(_, _) -> _);

/// `OemToCharA`: as [`CharToOemA`], the other way.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-oemtochara>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OemToCharA(from: *const u8, to: *mut u8) -> BOOL {
    // SAFETY: the caller's contract.
    unsafe { copy(from, to) }
}
same_signature!(official::OemToCharA, OemToCharA, fn(_, _) -> _);

/// `CharToOemW`: converts a string to the "OEM" code page, UTF-8. The caller has room for three bytes a unit.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-chartooemw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CharToOemW(from: *const u16, to: *mut u8) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    match unsafe { wide_string(from) } {
        // SAFETY: room for the string, by the caller's contract.
        Some(string) if !to.is_null() => unsafe { put(&u8::encode(&string), to) },
        _ => 0,
    }
}
same_signature!(official::CharToOemW, CharToOemW, fn(_, _) -> _);

/// `OemToCharW`: converts a string from the "OEM" code page, UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-oemtocharw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OemToCharW(from: *const u8, to: *mut u16) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    match unsafe { ansi_string(from) } {
        // SAFETY: room for the string, by the caller's contract.
        Some(string) if !to.is_null() => unsafe { put(&string, to) },
        _ => 0,
    }
}
same_signature!(official::OemToCharW, OemToCharW, fn(_, _) -> _);
