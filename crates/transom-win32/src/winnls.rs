//! `winnls.h` and `stringapiset.h`: code pages, and comparing strings.

use crate::abi::{elements, load, or_else, same_signature, store, store_string, succeeds};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::ffi::CStr;
use transom_kernel::nls::code_page::{CodePage, SYSTEM};
use transom_kernel::nls::compare;
use transom_kernel::{Result, Win32Error, text};
use windows_sys::Win32::Globalization::{
    self as official, COMPARESTRING_RESULT, CPINFO, CPINFOEXA, CPINFOEXW, CSTR_EQUAL,
    CSTR_GREATER_THAN, CSTR_LESS_THAN, LINGUISTIC_IGNORECASE, MULTI_BYTE_TO_WIDE_CHAR_FLAGS,
    NORM_IGNORECASE, SORT_STRINGSORT,
};
use windows_sys::core::BOOL;

fn page(number: u32) -> Result<CodePage> {
    CodePage::find(number).ok_or(Win32Error::INVALID_PARAMETER)
}

/// A text of the caller's of `count` elements, or up to and with its NUL for -1.
///
/// # Safety
/// `text` is NULL or points to so many readable elements, or to a NUL-terminated string.
unsafe fn given<'a, T: Copy + Default + PartialEq>(
    text: *const T,
    count: i32,
) -> Result<Cow<'a, [T]>> {
    const LONGEST: usize = 1 << 30;
    if text.is_null() || count == 0 || count < -1 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let length = match usize::try_from(count) {
        Ok(length) => length,
        Err(_) => (0..LONGEST)
            // SAFETY: no earlier element was the terminator, so this one is still of the string.
            .find(|&index| unsafe { load(text.wrapping_add(index)) } == Some(T::default()))
            .map(|index| index + 1)
            .ok_or(Win32Error::INVALID_PARAMETER)?,
    };
    // SAFETY: by this function's own contract.
    Ok(unsafe { elements(text, length) })
}

/// Gives a text, or with no room asked for the room it needs.
///
/// # Safety
/// `buffer` is NULL or points to `room` writable elements.
unsafe fn give<T: Copy>(text: &[T], buffer: *mut T, room: i32) -> Result<i32> {
    let room = usize::try_from(room).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    let length = i32::try_from(text.len()).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    if room == 0 {
        return Ok(length);
    }
    if buffer.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    for (index, &element) in text.iter().take(room).enumerate() {
        // SAFETY: within the room; an unaligned write asks no alignment.
        unsafe { buffer.wrapping_add(index).write_unaligned(element) };
    }
    if text.len() > room { Err(Win32Error::INSUFFICIENT_BUFFER) } else { Ok(length) }
}

/// `MultiByteToWideChar`: turns bytes of a code page into UTF-16; how many units that is. With a
/// `room` of 0 nothing is stored.
///
/// # Errors
/// 0, with `ERROR_INVALID_PARAMETER`: no text, no such code page, or both buffers are one;
/// `ERROR_INSUFFICIENT_BUFFER`: `room` is too little, and what fits is stored; and those of
/// [`CodePage::decode`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/stringapiset/nf-stringapiset-multibytetowidechar>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MultiByteToWideChar(
    number: u32,
    flags: MULTI_BYTE_TO_WIDE_CHAR_FLAGS,
    bytes: *const u8,
    count: i32,
    buffer: *mut u16,
    room: i32,
) -> i32 {
    let convert = || {
        if bytes.addr() == buffer.addr() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: by the caller's contract.
        let bytes = unsafe { given(bytes, count) }?;
        let wide = page(number)?.decode(flags, &bytes)?;
        // SAFETY: by the caller's contract.
        unsafe { give(&wide, buffer, room) }
    };
    or_else(convert(), 0)
}
same_signature!(official::MultiByteToWideChar, MultiByteToWideChar, fn(_, _, _, _, _, _) -> _);

/// `WideCharToMultiByte`: turns UTF-16 into bytes of a code page; how many that is. With a `room` of
/// 0 nothing is stored. `used` tells whether the default character was needed.
///
/// # Errors
/// 0, with `ERROR_INVALID_PARAMETER`: no text, no such code page, both buffers are one, or a default
/// character of UTF-8; `ERROR_INSUFFICIENT_BUFFER`: `room` is too little, and what fits is stored;
/// and those of [`CodePage::encode`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/stringapiset/nf-stringapiset-widechartomultibyte>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WideCharToMultiByte(
    number: u32,
    flags: u32,
    wide: *const u16,
    count: i32,
    buffer: *mut u8,
    room: i32,
    default: *const u8,
    used: *mut BOOL,
) -> i32 {
    let convert = || {
        if wide.addr() == buffer.addr() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: by the caller's contract.
        let wide = unsafe { given(wide, count) }?;
        let page = page(number)?;
        if !used.is_null() && page.is_utf8() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let default = (!default.is_null())
            // SAFETY: not NULL, so a string by the caller's contract.
            .then(|| unsafe { CStr::from_ptr(default.cast()) }.to_bytes());
        let (bytes, needed) = page.encode(flags, &wide, default)?;
        if !used.is_null() {
            // SAFETY: not NULL, so writable by the caller's contract.
            unsafe { store(used, needed.into()) }?;
        }
        // SAFETY: by the caller's contract.
        unsafe { give(&bytes, buffer, room) }
    };
    or_else(convert(), 0)
}
same_signature!(
    official::WideCharToMultiByte,
    WideCharToMultiByte,
    fn(_, _, _, _, _, _, _, _) -> _
);

/// `GetACP`: the code page of "ANSI" text: 65001, UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-getacp>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetACP() -> u32 {
    SYSTEM
}
same_signature!(official::GetACP, GetACP, fn() -> _);

/// `GetOEMCP`: the code page of "OEM" text: 65001, UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-getoemcp>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetOEMCP() -> u32 {
    SYSTEM
}
same_signature!(official::GetOEMCP, GetOEMCP, fn() -> _);

/// `IsValidCodePage`: whether there is a code page of this number.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-isvalidcodepage>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsValidCodePage(number: u32) -> BOOL {
    // The names of the system's own pages are none of numbers.
    (number > 3 && CodePage::find(number).is_some()).into()
}
same_signature!(official::IsValidCodePage, IsValidCodePage, fn(_) -> _);

fn lead_bytes(page: CodePage) -> [u8; 12] {
    let mut bytes = [0; 12];
    for (place, &(first, last)) in bytes.chunks_exact_mut(2).zip(page.lead_bytes()) {
        place.copy_from_slice(&[first, last]);
    }
    bytes
}

/// `GetCPInfo`: tells of a code page.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is none, or `place` is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-getcpinfo>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCPInfo(number: u32, place: *mut CPINFO) -> BOOL {
    succeeds(page(number).and_then(|page| {
        let information = CPINFO {
            MaxCharSize: page.longest(),
            DefaultChar: [b'?', 0],
            LeadByte: lead_bytes(page),
        };
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(place, information) }.map_err(|_| Win32Error::INVALID_PARAMETER)
    }))
}
same_signature!(official::GetCPInfo, GetCPInfo, fn(_, _) -> _);

/// `GetCPInfoEx`: tells of a code page, and what it is called.
///
/// # Errors
/// As for [`GetCPInfo`]; also for flags that are not 0.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-getcpinfoexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCPInfoExW(number: u32, flags: u32, place: *mut CPINFOEXW) -> BOOL {
    succeeds(page(number).and_then(|page| {
        if flags != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut information = CPINFOEXW {
            MaxCharSize: page.longest(),
            DefaultChar: [b'?', 0],
            LeadByte: lead_bytes(page),
            UnicodeDefaultChar: page.unicode_default(),
            CodePage: page.number(),
            CodePageName: [0; 260],
        };
        let name = format!("{} ({})", page.number(), page.name());
        for (to, from) in information.CodePageName.iter_mut().zip(name.bytes()) {
            *to = from as _;
        }
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(place, information) }.map_err(|_| Win32Error::INVALID_PARAMETER)
    }))
}
same_signature!(official::GetCPInfoExW, GetCPInfoExW, fn(_, _, _) -> _);

/// `GetCPInfoExA`: as [`GetCPInfoExW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-getcpinfoexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCPInfoExA(number: u32, flags: u32, place: *mut CPINFOEXA) -> BOOL {
    succeeds(page(number).and_then(|page| {
        if flags != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut information = CPINFOEXA {
            MaxCharSize: page.longest(),
            DefaultChar: [b'?', 0],
            LeadByte: lead_bytes(page),
            UnicodeDefaultChar: page.unicode_default(),
            CodePage: page.number(),
            CodePageName: [0; 260],
        };
        let name = format!("{} ({})", page.number(), page.name());
        for (to, from) in information.CodePageName.iter_mut().zip(name.bytes()) {
            *to = from as _;
        }
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(place, information) }.map_err(|_| Win32Error::INVALID_PARAMETER)
    }))
}
same_signature!(official::GetCPInfoExA, GetCPInfoExA, fn(_, _, _) -> _);

/// `IsDBCSLeadByte`: whether a byte begins a character of two bytes in the system's code page, which
/// has none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-isdbcsleadbyte>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsDBCSLeadByte(byte: u8) -> BOOL {
    CodePage::find(SYSTEM).is_some_and(|page| page.is_lead_byte(byte)).into()
}
same_signature!(official::IsDBCSLeadByte, IsDBCSLeadByte, fn(_) -> _);

/// `IsDBCSLeadByteEx`: whether a byte begins a character of two bytes.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such code page.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-isdbcsleadbyteex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsDBCSLeadByteEx(number: u32, byte: u8) -> BOOL {
    or_else(page(number).map(|page| page.is_lead_byte(byte)), false).into()
}
same_signature!(official::IsDBCSLeadByteEx, IsDBCSLeadByteEx, fn(_, _) -> _);

const fn outcome(order: Ordering) -> COMPARESTRING_RESULT {
    match order {
        Ordering::Less => CSTR_LESS_THAN,
        Ordering::Equal => CSTR_EQUAL,
        Ordering::Greater => CSTR_GREATER_THAN,
    }
}

/// A text to compare, without its NUL if it ends with one.
///
/// # Safety
/// As for [`given`].
unsafe fn compared<'a, T: Copy + Default + PartialEq>(
    text: *const T,
    count: i32,
) -> Result<Cow<'a, [T]>> {
    if count == 0 && !text.is_null() {
        return Ok(Cow::Borrowed(&[]));
    }
    // SAFETY: the same contract.
    let mut text = unsafe { given(text, count.max(-1)) }?;
    if count < 0 {
        text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[..text.len() - 1]),
            Cow::Owned(text) => Cow::Owned(text[..text.len() - 1].to_vec()),
        };
    }
    Ok(text)
}

fn compare(flags: u32, left: &[u16], right: &[u16]) -> Result<COMPARESTRING_RESULT> {
    if flags & !(NORM_IGNORECASE | LINGUISTIC_IGNORECASE | SORT_STRINGSORT) != 0 {
        return Err(Win32Error::INVALID_FLAGS);
    }
    let ignore_case = flags & (NORM_IGNORECASE | LINGUISTIC_IGNORECASE) != 0;
    Ok(outcome(compare::linguistic(left, right, ignore_case)))
}

/// `CompareStringW`: compares two texts as [`compare`](transom_kernel::nls::compare) describes; 1, 2
/// or 3 for less, equal or greater. All locales have the same order.
///
/// # Errors
/// 0, with `ERROR_INVALID_PARAMETER`: a text is NULL; `ERROR_INVALID_FLAGS`: other flags than those
/// that ignore the case or sort marks as such.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/stringapiset/nf-stringapiset-comparestringw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CompareStringW(
    _locale: u32,
    flags: u32,
    left: *const u16,
    left_count: i32,
    right: *const u16,
    right_count: i32,
) -> COMPARESTRING_RESULT {
    // SAFETY: by the caller's contract.
    let left = unsafe { compared(left, left_count) };
    // SAFETY: by the caller's contract.
    let right = unsafe { compared(right, right_count) };
    or_else(left.and_then(|left| compare(flags, &left, &right?)), 0)
}
same_signature!(official::CompareStringW, CompareStringW, fn(_, _, _, _, _, _) -> _);

/// `CompareStringA`: as [`CompareStringW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/stringapiset/nf-stringapiset-comparestringa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CompareStringA(
    _locale: u32,
    flags: u32,
    left: *const i8,
    left_count: i32,
    right: *const i8,
    right_count: i32,
) -> COMPARESTRING_RESULT {
    // SAFETY: by the caller's contract.
    let left = unsafe { compared(left.cast::<u8>(), left_count) };
    // SAFETY: by the caller's contract.
    let right = unsafe { compared(right.cast::<u8>(), right_count) };
    let compare =
        |left: &[u8], right: &[u8]| compare(flags, &text::to_wide(left), &text::to_wide(right));
    or_else(left.and_then(|left| compare(&left, &right?)), 0)
}
same_signature!(official::CompareStringA, CompareStringA, fn(_, _, _, _, _, _) -> _);

/// `CompareStringOrdinal`: compares two texts unit by unit, with or without their case.
///
/// # Errors
/// 0, with `ERROR_INVALID_PARAMETER`: a text is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/stringapiset/nf-stringapiset-comparestringordinal>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CompareStringOrdinal(
    left: *const u16,
    left_count: i32,
    right: *const u16,
    right_count: i32,
    ignore_case: BOOL,
) -> COMPARESTRING_RESULT {
    // SAFETY: by the caller's contract.
    let left = unsafe { compared(left, left_count) };
    // SAFETY: by the caller's contract.
    let right = unsafe { compared(right, right_count) };
    let ordered =
        left.and_then(|left| Ok(outcome(compare::ordinal(&left, &right?, ignore_case != 0))));
    or_else(ordered, 0)
}
same_signature!(official::CompareStringOrdinal, CompareStringOrdinal, fn(_, _, _, _, _) -> _);

const KOREAN: u16 = 0x0412;
const ENGLISH: u16 = 0x0409;

fn user_language() -> u16 {
    use transom_kernel::message::Language;
    if Language::of_user() == Language::Korean { KOREAN } else { ENGLISH }
}

/// `GetUserDefaultLangID`: Korean (0x412) where the environment says so, else English (0x409).
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-getuserdefaultlangid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetUserDefaultLangID() -> u16 {
    user_language()
}
same_signature!(official::GetUserDefaultLangID, GetUserDefaultLangID, fn() -> _);

/// `GetUserDefaultUILanguage`: as [`GetUserDefaultLangID`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-getuserdefaultuilanguage>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetUserDefaultUILanguage() -> u16 {
    user_language()
}
same_signature!(official::GetUserDefaultUILanguage, GetUserDefaultUILanguage, fn() -> _);

/// `GetSystemDefaultLangID`: as [`GetUserDefaultLangID`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-getsystemdefaultlangid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSystemDefaultLangID() -> u16 {
    user_language()
}
same_signature!(official::GetSystemDefaultLangID, GetSystemDefaultLangID, fn() -> _);

/// `GetUserDefaultLCID`: as [`GetUserDefaultLangID`], as a locale.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-getuserdefaultlcid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetUserDefaultLCID() -> u32 {
    user_language().into()
}
same_signature!(official::GetUserDefaultLCID, GetUserDefaultLCID, fn() -> _);

/// `GetSystemDefaultLCID`: as [`GetUserDefaultLCID`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-getsystemdefaultlcid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSystemDefaultLCID() -> u32 {
    user_language().into()
}
same_signature!(official::GetSystemDefaultLCID, GetSystemDefaultLCID, fn() -> _);

/// `GetUserDefaultLocaleName`: `ko-KR` or `en-US`; the length with the NUL.
///
/// # Errors
/// 0, with `ERROR_INSUFFICIENT_BUFFER`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnls/nf-winnls-getuserdefaultlocalename>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetUserDefaultLocaleName(buffer: *mut u16, room: i32) -> i32 {
    let name = if user_language() == KOREAN { "ko-KR" } else { "en-US" };
    let name: Vec<u16> = name.encode_utf16().collect();
    // SAFETY: NULL or so much room, by the caller's contract.
    let length = unsafe { store_string(&name, buffer, room.max(0).unsigned_abs()) };
    let fits = length as usize == name.len();
    or_else(if fits { Ok(length as i32 + 1) } else { Err(Win32Error::INSUFFICIENT_BUFFER) }, 0)
}
same_signature!(official::GetUserDefaultLocaleName, GetUserDefaultLocaleName, fn(_, _) -> _);
