//! `winbase.h`: the string functions that check their pointers: NULL is no crash, but 0 or NULL.

use crate::abi::{elements, load, same_signature};
use std::cmp::Ordering;
use std::ptr::null_mut;
use transom_kernel::nls::compare::linguistic;
use transom_kernel::text;
use windows_sys::Win32::Globalization as official;

/// The length of a string; 0 for NULL.
///
/// # Safety
/// `string` is NULL or points to a NUL-terminated string.
unsafe fn length<T: Copy + Default + PartialEq>(string: *const T) -> usize {
    let mut length = 0;
    // SAFETY: no earlier element was the terminator, so this one is still of the string.
    while unsafe { load(string.wrapping_add(length)) }.is_some_and(|unit| unit != T::default()) {
        length += 1;
        if string.is_null() {
            break;
        }
    }
    length
}

/// # Safety
/// `from` is a NUL-terminated string, and `to` has room for its first `most` elements and a NUL.
unsafe fn copy<T: Copy + Default + PartialEq>(to: *mut T, from: *const T, most: usize) -> *mut T {
    if to.is_null() || from.is_null() {
        return null_mut();
    }
    // SAFETY: the same contract.
    let length = unsafe { length(from) }.min(most);
    // SAFETY: both have so many bytes, which may overlap, and bytes need no alignment.
    unsafe { std::ptr::copy(from.cast::<u8>(), to.cast::<u8>(), length * size_of::<T>()) };
    // SAFETY: the room is for one more.
    unsafe { to.wrapping_add(length).write_unaligned(T::default()) };
    to
}

/// # Safety
/// Each is NULL or points to a NUL-terminated string.
unsafe fn compare_wide(left: *const u16, right: *const u16, ignore_case: bool) -> i32 {
    // SAFETY: NULL or a string, by the same contract.
    let left_length = unsafe { length(left) };
    // SAFETY: as long as was just found.
    let left = unsafe { elements(left, left_length) };
    // SAFETY: NULL or a string, by the same contract.
    let right_length = unsafe { length(right) };
    // SAFETY: as long as was just found.
    let right = unsafe { elements(right, right_length) };
    linguistic(&left, &right, ignore_case) as i32
}

/// # Safety
/// Each is NULL or points to a NUL-terminated string.
unsafe fn compare_ansi(left: *const u8, right: *const u8, ignore_case: bool) -> i32 {
    // SAFETY: NULL or a string, by the same contract.
    let left_length = unsafe { length(left) };
    // SAFETY: as long as was just found.
    let left = unsafe { elements(left, left_length) };
    // SAFETY: NULL or a string, by the same contract.
    let right_length = unsafe { length(right) };
    // SAFETY: as long as was just found.
    let right = unsafe { elements(right, right_length) };
    let order: Ordering = linguistic(&text::to_wide(&left), &text::to_wide(&right), ignore_case);
    order as i32
}

/// `lstrlen`: how many characters a string has, its NUL not counted; 0 for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lstrlenw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn lstrlenW(string: *const u16) -> i32 {
    // SAFETY: NULL or a string, by the caller's contract.
    i32::try_from(unsafe { length(string) }).unwrap_or(i32::MAX)
}
same_signature!(official::lstrlenW, lstrlenW, fn(_) -> _);

/// `lstrlenA`: as [`lstrlenW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lstrlena>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn lstrlenA(string: *const u8) -> i32 {
    // SAFETY: NULL or a string, by the caller's contract.
    i32::try_from(unsafe { length(string) }).unwrap_or(i32::MAX)
}
same_signature!(official::lstrlenA, lstrlenA, fn(_) -> _);

/// `lstrcpy`: copies a string and its NUL; `to`, or NULL if one of them is.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lstrcpyw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn lstrcpyW(to: *mut u16, from: *const u16) -> *mut u16 {
    // SAFETY: NULL, or a string and room for it, by the caller's contract.
    unsafe { copy(to, from, usize::MAX) }
}
same_signature!(official::lstrcpyW, lstrcpyW, fn(_, _) -> _);

/// `lstrcpyA`: as [`lstrcpyW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lstrcpya>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn lstrcpyA(to: *mut u8, from: *const u8) -> *mut u8 {
    // SAFETY: NULL, or a string and room for it, by the caller's contract.
    unsafe { copy(to, from, usize::MAX) }
}
same_signature!(official::lstrcpyA, lstrcpyA, fn(_, _) -> _);

/// `lstrcpyn`: copies a string, or its beginning so that `room` characters hold it and a NUL; `to`,
/// or NULL if one of them is or there is no room.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lstrcpynw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn lstrcpynW(to: *mut u16, from: *const u16, room: i32) -> *mut u16 {
    match usize::try_from(room) {
        // SAFETY: NULL, or a string and so much room, by the caller's contract.
        Ok(room @ 1..) => unsafe { copy(to, from, room - 1) },
        _ => null_mut(),
    }
}
same_signature!(official::lstrcpynW, lstrcpynW, fn(_, _, _) -> _);

/// `lstrcpynA`: as [`lstrcpynW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lstrcpyna>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn lstrcpynA(to: *mut u8, from: *const u8, room: i32) -> *mut u8 {
    match usize::try_from(room) {
        // SAFETY: NULL, or a string and so much room, by the caller's contract.
        Ok(room @ 1..) => unsafe { copy(to, from, room - 1) },
        _ => null_mut(),
    }
}
same_signature!(official::lstrcpynA, lstrcpynA, fn(_, _, _) -> _);

/// `lstrcat`: copies a string behind another; `to`, or NULL if one of them is.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lstrcatw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn lstrcatW(to: *mut u16, from: *const u16) -> *mut u16 {
    if to.is_null() || from.is_null() {
        return null_mut();
    }
    // SAFETY: a string, by the caller's contract.
    let end = to.wrapping_add(unsafe { length(to) });
    // SAFETY: a string, and room for it behind the first, by the caller's contract.
    unsafe { copy(end, from, usize::MAX) };
    to
}
same_signature!(official::lstrcatW, lstrcatW, fn(_, _) -> _);

/// `lstrcatA`: as [`lstrcatW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lstrcata>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn lstrcatA(to: *mut u8, from: *const u8) -> *mut u8 {
    if to.is_null() || from.is_null() {
        return null_mut();
    }
    // SAFETY: a string, by the caller's contract.
    let end = to.wrapping_add(unsafe { length(to) });
    // SAFETY: a string, and room for it behind the first, by the caller's contract.
    unsafe { copy(end, from, usize::MAX) };
    to
}
same_signature!(official::lstrcatA, lstrcatA, fn(_, _) -> _);

/// `lstrcmp`: compares as [`compare`](transom_kernel::nls::compare) describes: less than, equal to or
/// greater than 0. NULL is an empty string.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lstrcmpw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn lstrcmpW(left: *const u16, right: *const u16) -> i32 {
    // SAFETY: NULL or strings, by the caller's contract.
    unsafe { compare_wide(left, right, false) }
}
same_signature!(official::lstrcmpW, lstrcmpW, fn(_, _) -> _);

/// `lstrcmpA`: as [`lstrcmpW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lstrcmpa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn lstrcmpA(left: *const u8, right: *const u8) -> i32 {
    // SAFETY: NULL or strings, by the caller's contract.
    unsafe { compare_ansi(left, right, false) }
}
same_signature!(official::lstrcmpA, lstrcmpA, fn(_, _) -> _);

/// `lstrcmpi`: as [`lstrcmpW`], whatever the case.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lstrcmpiw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn lstrcmpiW(left: *const u16, right: *const u16) -> i32 {
    // SAFETY: NULL or strings, by the caller's contract.
    unsafe { compare_wide(left, right, true) }
}
same_signature!(official::lstrcmpiW, lstrcmpiW, fn(_, _) -> _);

/// `lstrcmpiA`: as [`lstrcmpiW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lstrcmpia>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn lstrcmpiA(left: *const u8, right: *const u8) -> i32 {
    // SAFETY: NULL or strings, by the caller's contract.
    unsafe { compare_ansi(left, right, true) }
}
same_signature!(official::lstrcmpiA, lstrcmpiA, fn(_, _) -> _);
