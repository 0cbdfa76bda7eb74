//! `winbase.h`: initialisation files.

use crate::abi::{Unit, ansi_string, same_signature, succeeds, wide_string};
use std::borrow::Cow;
use transom_kernel::{Result, Win32Error, last_error, profile};
use windows_sys::Win32::System::WindowsProgramming as official;
use windows_sys::core::BOOL;

type Text<'a> = Option<Cow<'a, [u16]>>;

fn file_of<'a>(file: &'a Text<'_>) -> Result<&'a [u16]> {
    file.as_deref().ok_or(Win32Error::FILE_NOT_FOUND)
}

/// Gives one string, cut where there is no room for it; how many units without the NUL.
///
/// # Safety
/// `buffer` has room for `size` units.
unsafe fn give<T: Unit>(string: &[T], buffer: *mut T, size: u32) -> u32 {
    let Some(room) = (size as usize).checked_sub(1) else { return 0 };
    if string.len() > room {
        last_error::set(Win32Error::MORE_DATA.code());
    }
    let kept = &string[..string.len().min(room)];
    for (index, &unit) in kept.iter().chain(&[T::default()]).enumerate() {
        // SAFETY: no more than `size` units.
        unsafe { buffer.wrapping_add(index).write_unaligned(unit) };
    }
    kept.len() as u32
}

/// Gives strings, each with its NUL, and one NUL more; how many units without that. Two NULs end what is cut.
///
/// # Safety
/// `buffer` has room for `size` units.
unsafe fn give_all<T: Unit>(strings: &[Vec<u16>], buffer: *mut T, size: u32) -> u32 {
    let whole = strings.iter().flat_map(|string| [T::encode(string), vec![T::default()]].concat());
    let mut units: Vec<T> = whole.collect();
    let size = size as usize;
    if units.len() + 1 > size {
        last_error::set(Win32Error::MORE_DATA.code());
        units.truncate(size.saturating_sub(2));
        let ends = [T::default(), T::default()];
        for (index, &unit) in units.iter().chain(&ends).take(size).enumerate() {
            // SAFETY: no more than `size` units.
            unsafe { buffer.wrapping_add(index).write_unaligned(unit) };
        }
        return units.len() as u32;
    }
    let count = units.len();
    units.resize((count + 2).min(size), T::default());
    for (index, &unit) in units.iter().enumerate() {
        // SAFETY: no more than `size` units.
        unsafe { buffer.wrapping_add(index).write_unaligned(unit) };
    }
    count as u32
}

/// A text without the blanks at its end.
fn without_blanks(text: &[u16]) -> &[u16] {
    let end = text.iter().rposition(|&unit| unit != b' '.into()).map_or(0, |last| last + 1);
    &text[..end]
}

/// # Safety
/// `buffer` is NULL or has room for `size` units.
unsafe fn get<T: Unit>(
    [section, key, default, file]: [Text<'_>; 4],
    buffer: *mut T,
    size: u32,
) -> u32 {
    last_error::set(0);
    let size = if buffer.is_null() { 0 } else { size };
    let names = match (&section, &key) {
        (None, _) => file_of(&file).and_then(profile::sections),
        (Some(section), None) => {
            let keys = file_of(&file).and_then(|file| profile::keys(file, section));
            keys.map(Option::unwrap_or_default)
        }
        (Some(section), Some(key)) => {
            let value = file_of(&file).and_then(|file| profile::value(file, section, key));
            let value = value.and_then(|value| value.ok_or(Win32Error::FILE_NOT_FOUND));
            let value = value.unwrap_or_else(|error| {
                last_error::record(error);
                without_blanks(default.as_deref().unwrap_or_default()).to_vec()
            });
            // SAFETY: the same contract.
            return unsafe { give(&T::encode(&value), buffer, size) };
        }
    };
    let names = names.unwrap_or_else(|error| {
        last_error::record(error);
        Vec::new()
    });
    // SAFETY: the same contract.
    unsafe { give_all(&names, buffer, size) }
}

/// `GetPrivateProfileString`: the value of a key of a section; the keys of a section if `key` is NULL; the sections if
/// `section` is NULL. What is not found is `default`, and the last error then is `ERROR_FILE_NOT_FOUND`; what does not fit
/// is cut, and it is `ERROR_MORE_DATA`. Else it is 0. How many units were stored, without the NUL at the end.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getprivateprofilestringw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetPrivateProfileStringW(
    section: *const u16,
    key: *const u16,
    default: *const u16,
    buffer: *mut u16,
    size: u32,
    file: *const u16,
) -> u32 {
    // SAFETY: NULL or strings, by the caller's contract.
    let texts = [section, key, default, file].map(|text| unsafe { wide_string(text) });
    // SAFETY: by the caller's contract.
    unsafe { get(texts, buffer, size) }
}
same_signature!(
    official::GetPrivateProfileStringW,
    GetPrivateProfileStringW,
    fn(_, _, _, _, _, _) -> _
);

/// `GetPrivateProfileStringA`: as [`GetPrivateProfileStringW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getprivateprofilestringa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetPrivateProfileStringA(
    section: *const u8,
    key: *const u8,
    default: *const u8,
    buffer: *mut u8,
    size: u32,
    file: *const u8,
) -> u32 {
    // SAFETY: NULL or strings, by the caller's contract.
    let texts =
        [section, key, default, file].map(|text| unsafe { ansi_string(text) }.map(Cow::Owned));
    // SAFETY: by the caller's contract.
    unsafe { get(texts, buffer, size) }
}
same_signature!(
    official::GetPrivateProfileStringA,
    GetPrivateProfileStringA,
    fn(_, _, _, _, _, _) -> _
);

/// The number that a text begins with: decimal, or with `0x`, `0o` or `0b`.
fn number(text: &[u16]) -> u32 {
    let text = String::from_utf16_lossy(text);
    let (negative, digits) = match text.trim_start().strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.trim_start().trim_start_matches('+')),
    };
    let radix = match digits.get(..2) {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        _ => 10,
    };
    let digits = if radix == 10 { digits } else { &digits[2..] };
    let value = digits
        .chars()
        .map_while(|digit| digit.to_digit(radix))
        .fold(0_u32, |value, digit| value.wrapping_mul(radix).wrapping_add(digit));
    if negative { value.wrapping_neg() } else { value }
}

fn get_number([section, key, file]: [Text<'_>; 3], default: i32) -> u32 {
    let value = file_of(&file).and_then(|file| match (&section, &key) {
        (Some(section), Some(key)) => profile::value(file, section, key),
        _ => Ok(None),
    });
    match value {
        Ok(Some(value)) if !value.is_empty() => number(&value),
        _ => default.cast_unsigned(),
    }
}

/// `GetPrivateProfileInt`: the number that a value begins with, 0 if it begins with none; `default` where there is no
/// value.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getprivateprofileintw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetPrivateProfileIntW(
    section: *const u16,
    key: *const u16,
    default: i32,
    file: *const u16,
) -> i32 {
    // SAFETY: NULL or strings, by the caller's contract.
    let texts = [section, key, file].map(|text| unsafe { wide_string(text) });
    get_number(texts, default).cast_signed()
}
same_signature!(official::GetPrivateProfileIntW, GetPrivateProfileIntW, fn(_, _, _, _) -> _);

/// `GetPrivateProfileIntA`: as [`GetPrivateProfileIntW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getprivateprofileinta>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetPrivateProfileIntA(
    section: *const u8,
    key: *const u8,
    default: i32,
    file: *const u8,
) -> u32 {
    // SAFETY: NULL or strings, by the caller's contract.
    let texts = [section, key, file].map(|text| unsafe { ansi_string(text) }.map(Cow::Owned));
    get_number(texts, default)
}
same_signature!(official::GetPrivateProfileIntA, GetPrivateProfileIntA, fn(_, _, _, _) -> _);

fn set([section, key, value, file]: [Text<'_>; 4]) -> BOOL {
    let set = || {
        let section = section.as_deref().ok_or(Win32Error::INVALID_PARAMETER)?;
        profile::set(file_of(&file)?, section, key.as_deref(), value.as_deref())
    };
    succeeds(set())
}

/// `WritePrivateProfileString`: gives a key of a section a value; takes the key away if `value` is NULL, and the section if
/// `key` is. The file is made if it is missing.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: no section. `ERROR_PATH_NOT_FOUND`, `ERROR_ACCESS_DENIED`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-writeprivateprofilestringw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WritePrivateProfileStringW(
    section: *const u16,
    key: *const u16,
    value: *const u16,
    file: *const u16,
) -> BOOL {
    // SAFETY: NULL or strings, by the caller's contract.
    set([section, key, value, file].map(|text| unsafe { wide_string(text) }))
}
same_signature!(
    official::WritePrivateProfileStringW,
    WritePrivateProfileStringW,
    fn(_, _, _, _) -> _
);

/// `WritePrivateProfileStringA`: as [`WritePrivateProfileStringW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-writeprivateprofilestringa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WritePrivateProfileStringA(
    section: *const u8,
    key: *const u8,
    value: *const u8,
    file: *const u8,
) -> BOOL {
    // SAFETY: NULL or strings, by the caller's contract.
    set([section, key, value, file].map(|text| unsafe { ansi_string(text) }.map(Cow::Owned)))
}
same_signature!(
    official::WritePrivateProfileStringA,
    WritePrivateProfileStringA,
    fn(_, _, _, _) -> _
);
