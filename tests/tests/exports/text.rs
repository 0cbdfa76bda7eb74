//! Strings, code pages and `FormatMessage`.

use crate::{TRUE, UNTOUCHED, wide, win32};
use std::ptr::{null, null_mut, without_provenance_mut};
use windows_sys::Win32::Foundation::{
    ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_FLAGS, ERROR_INVALID_PARAMETER,
    ERROR_MR_MID_NOT_FOUND, ERROR_NO_UNICODE_TRANSLATION, LocalFree,
};
use windows_sys::Win32::Globalization::{
    CP_ACP, CP_UTF8, CPINFO, CSTR_EQUAL, CSTR_GREATER_THAN, CSTR_LESS_THAN, CompareStringOrdinal,
    CompareStringW, GetACP, GetCPInfo, IsDBCSLeadByteEx, IsValidCodePage, MB_ERR_INVALID_CHARS,
    MultiByteToWideChar, NORM_IGNORECASE, WC_NO_BEST_FIT_CHARS, WideCharToMultiByte, lstrcatW,
    lstrcmpW, lstrcmpiA, lstrcpyA, lstrcpynW, lstrlenA, lstrlenW,
};
use windows_sys::Win32::System::Diagnostics::Debug::{
    FORMAT_MESSAGE_ALLOCATE_BUFFER, FORMAT_MESSAGE_ARGUMENT_ARRAY, FORMAT_MESSAGE_FROM_HMODULE,
    FORMAT_MESSAGE_FROM_STRING, FORMAT_MESSAGE_FROM_SYSTEM, FORMAT_MESSAGE_IGNORE_INSERTS,
    FormatMessageA, FormatMessageW,
};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    CharLowerA, CharNextA, CharUpperBuffW, CharUpperW, IDOK, IDYES, IsCharAlphaW, MB_YESNO,
    MessageBoxA, MessageBoxW,
};

#[test]
fn lstr_functions_check_their_pointers() {
    let text = wide("abc");
    assert_eq!(win32!(lstrlenW(text.as_ptr())).0, 3);
    assert_eq!(win32!(lstrlenW(null())).0, 0);
    assert_eq!(win32!(lstrlenA(c"문".as_ptr().cast())).0, 3);
    let mut buffer = [0xFFFF_u16; 8];
    assert_eq!(win32!(lstrcpynW(buffer.as_mut_ptr(), text.as_ptr(), 3)).0, buffer.as_mut_ptr());
    assert_eq!(buffer[..4], [97, 98, 0, 0xFFFF]);
    assert!(win32!(lstrcpynW(buffer.as_mut_ptr(), text.as_ptr(), 0)).0.is_null());
    win32!(lstrcatW(buffer.as_mut_ptr(), text.as_ptr()));
    assert_eq!(buffer[..6], [97, 98, 97, 98, 99, 0]);
    assert!(win32!(lstrcpyA(null_mut(), c"a".as_ptr().cast())).0.is_null());
    let [b, upper_a] = [wide("b"), wide("A")];
    assert!(win32!(lstrcmpW(upper_a.as_ptr(), b.as_ptr())).0 < 0);
    assert!(win32!(lstrcmpW(wide("a").as_ptr(), upper_a.as_ptr())).0 < 0);
    assert_eq!(win32!(lstrcmpiA(c"Ab".as_ptr().cast(), c"aB".as_ptr().cast())).0, 0);
    assert!(win32!(lstrcmpW(null(), b.as_ptr())).0 < 0);
}

#[test]
fn characters_change_their_case() {
    let mut text = wide("aß가ä");
    win32!(CharUpperW(text.as_mut_ptr()));
    assert_eq!(text, wide("Aß가Ä"));
    assert_eq!(win32!(CharUpperW(without_provenance_mut(97))).0.addr(), 65);
    let mut ansi = *"ÄB가\0".as_bytes().first_chunk::<7>().unwrap();
    win32!(CharLowerA(ansi.as_mut_ptr()));
    assert_eq!(&ansi, "äb가\0".as_bytes());
    assert_eq!(win32!(CharUpperBuffW(wide("xy").as_mut_ptr(), 1)).0, 1);
    let korean = c"가나";
    let second = win32!(CharNextA(korean.as_ptr().cast())).0;
    assert_eq!(second.addr() - korean.as_ptr().addr(), 3);
    assert_eq!(win32!(IsCharAlphaW(0xAC00)).0, 1);
    assert_eq!(win32!(IsCharAlphaW(b'1'.into())).0, 0);
    assert_eq!(win32!(MessageBoxA(null_mut(), c"text".as_ptr().cast(), null(), 0)).0, IDOK);
    assert_eq!(win32!(MessageBoxW(null_mut(), null(), null(), MB_YESNO)).0, IDYES);
}

fn to_wide(page: u32, flags: u32, bytes: &[u8], room: i32) -> (i32, u32, Vec<u16>) {
    let mut buffer = [0xAAAA_u16; 16];
    let length = bytes.len() as i32;
    let (count, error) =
        win32!(MultiByteToWideChar(page, flags, bytes.as_ptr(), length, buffer.as_mut_ptr(), room));
    (count, error, buffer[..(count.max(0) as usize).min(16)].to_vec())
}

#[test]
fn bytes_and_units_are_converted() {
    assert_eq!(win32!(GetACP()).0, CP_UTF8);
    let korean = [0xB0, 0xA1, b'a'];
    assert_eq!(to_wide(949, MB_ERR_INVALID_CHARS, &korean, 16), (2, UNTOUCHED, vec![0xAC00, 97]));
    assert_eq!(to_wide(CP_ACP, 0, "가".as_bytes(), 16), (1, UNTOUCHED, vec![0xAC00]));
    assert_eq!(to_wide(1252, 0, &[0x80], 16).2, [0x20AC]);
    assert_eq!(to_wide(932, 0, &[0x82, 0xA0], 16).2, [0x3042]);
    assert_eq!(to_wide(CP_UTF8, 0, b"abc", 0), (3, UNTOUCHED, vec![0xAAAA; 3]));
    for (page, flags, bytes, room, error) in [
        (CP_UTF8, 0, &b"abc"[..], 2, ERROR_INSUFFICIENT_BUFFER),
        (CP_UTF8, 1, b"abc", 16, ERROR_INVALID_FLAGS),
        (CP_UTF8, MB_ERR_INVALID_CHARS, b"\xFF", 16, ERROR_NO_UNICODE_TRANSLATION),
        (437, 0, b"abc", 16, ERROR_INVALID_PARAMETER),
        (CP_UTF8, 0, b"", 16, ERROR_INVALID_PARAMETER),
        (CP_UTF8, 0, b"a", -1, ERROR_INVALID_PARAMETER),
    ] {
        let (count, found, _) = to_wide(page, flags, bytes, room);
        assert_eq!((count, found), (0, error), "{page} {flags} {bytes:?}");
    }
    let no_text = win32!(MultiByteToWideChar(CP_UTF8, 0, null(), -1, null_mut(), 0));
    assert_eq!(no_text, (0, ERROR_INVALID_PARAMETER));
    // With its NUL.
    let text = c"abc".as_ptr().cast();
    assert_eq!(win32!(MultiByteToWideChar(CP_UTF8, 0, text, -1, null_mut(), 0)).0, 4);

    let units = [0xAC00, 0x00E9];
    let mut bytes = [0_u8; 8];
    let mut used = 0;
    let mut convert = |page, flags, default: *const u8, used: *mut i32| {
        let to = bytes.as_mut_ptr();
        let (count, error) =
            win32!(WideCharToMultiByte(page, flags, units.as_ptr(), 2, to, 8, default, used));
        (count, error, bytes)
    };
    let (count, _, bytes) = convert(949, 0, c"!".as_ptr().cast(), &raw mut used);
    assert_eq!((count, &bytes[..3], used), (3, &[0xB0, 0xA1, b'!'][..], 1));
    let (count, ..) = convert(CP_UTF8, 0, null(), null_mut());
    assert_eq!(count, 5);
    let with_used = convert(CP_UTF8, 0, null(), &raw mut used);
    assert_eq!((with_used.0, with_used.1), (0, ERROR_INVALID_PARAMETER));
    assert_eq!(convert(CP_UTF8, WC_NO_BEST_FIT_CHARS, null(), null_mut()).1, ERROR_INVALID_FLAGS);

    let mut information = CPINFO::default();
    assert_eq!(win32!(GetCPInfo(949, &raw mut information)), TRUE);
    assert_eq!(
        (information.MaxCharSize, information.LeadByte[..2].to_vec()),
        (2, vec![0x81, 0xFE])
    );
    assert_eq!(win32!(GetCPInfo(1, null_mut())), (0, ERROR_INVALID_PARAMETER));
    assert_eq!(win32!(IsDBCSLeadByteEx(949, 0xB0)).0, 1);
    assert_eq!((win32!(IsValidCodePage(949)).0, win32!(IsValidCodePage(0)).0), (1, 0));
}

#[test]
fn strings_are_compared() {
    let [a, b] = [wide("aB"), wide("Ab")];
    let compare = |flags| win32!(CompareStringW(0, flags, a.as_ptr(), -1, b.as_ptr(), 2)).0;
    assert_eq!(compare(0), CSTR_LESS_THAN);
    assert_eq!(compare(NORM_IGNORECASE), CSTR_EQUAL);
    assert_eq!(win32!(CompareStringW(0, 2, a.as_ptr(), -1, b.as_ptr(), -1)).1, ERROR_INVALID_FLAGS);
    assert_eq!(
        win32!(CompareStringOrdinal(a.as_ptr(), -1, b.as_ptr(), -1, 0)).0,
        CSTR_GREATER_THAN
    );
    assert_eq!(win32!(CompareStringOrdinal(a.as_ptr(), -1, b.as_ptr(), -1, 1)).0, CSTR_EQUAL);
    assert_eq!(
        win32!(CompareStringOrdinal(null(), 1, b.as_ptr(), 1, 1)).1,
        ERROR_INVALID_PARAMETER
    );
}

fn message(flags: u32, text: &str, code: u32, language: u32, arguments: &[usize]) -> (String, u32) {
    let mut buffer = [0_u16; 200];
    let text = wide(text);
    let (length, error) = win32!(FormatMessageW(
        flags,
        text.as_ptr().cast(),
        code,
        language,
        buffer.as_mut_ptr(),
        200,
        arguments.as_ptr().cast(),
    ));
    (String::from_utf16_lossy(&buffer[..length as usize]), error)
}

#[test]
fn error_codes_have_texts() {
    let system = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
    assert_eq!(message(system, "", 5, 0x409, &[]), ("Access is denied.\r\n".into(), UNTOUCHED));
    assert_eq!(message(system | 0xFF, "", 5, 0x409, &[]).0, "Access is denied. ");
    assert!(message(system, "", 5, 0x412, &[]).0.contains("거부"));
    assert_eq!(message(system, "", 5, 0x407, &[]).1, 1815);
    assert_eq!(message(system, "", 0xDEAD, 0, &[]), (String::new(), ERROR_MR_MID_NOT_FOUND));
    assert_eq!(message(FORMAT_MESSAGE_FROM_HMODULE, "", 5, 0, &[]).1, 1813);
    assert_eq!(message(0, "", 5, 0, &[]).1, ERROR_INVALID_PARAMETER);

    let mut place: *mut u8 = null_mut();
    let flags = system | FORMAT_MESSAGE_ALLOCATE_BUFFER;
    let to = (&raw mut place).cast();
    let (length, _) = win32!(FormatMessageA(flags, null(), 6, 0x409, to, 0, null()));
    // SAFETY: the block holds the message and a NUL.
    let text = unsafe { std::ffi::CStr::from_ptr(place.cast()) };
    assert_eq!(text.to_bytes(), b"The handle is invalid.\r\n");
    assert_eq!(length as usize, text.count_bytes());
    assert!(win32!(LocalFree(place.cast())).0.is_null());
    let mut small = [0_u8; 5];
    let short = win32!(FormatMessageA(system, null(), 6, 0x409, small.as_mut_ptr(), 5, null()));
    assert_eq!(short, (0, ERROR_INSUFFICIENT_BUFFER));
}

#[test]
fn inserts_are_filled() {
    let array = FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY;
    let name = wide("name");
    let arguments = [name.as_ptr().addr(), usize::MAX, 5, name.as_ptr().addr()];
    name.as_ptr().expose_provenance();
    let made = message(array, "%1 %2!d! [%3!3u!] %3!*.3s!%%", 0, 0, &arguments).0;
    assert_eq!(made, "name -1 [  5]   nam%");
    let kept = array | FORMAT_MESSAGE_IGNORE_INSERTS;
    assert_eq!(message(kept, "%1!d! %2", 0, 0, &arguments).0, "%1!d! %2");
    assert_eq!(message(array, "%1!d", 0, 0, &arguments).1, ERROR_INVALID_PARAMETER);

    // An argument list as C makes it: one register is left, the rest lies behind.
    #[repr(C)]
    struct List {
        general: u32,
        floating: u32,
        overflow: *const usize,
        saved: *const u8,
    }
    let (saved, overflow) = ([0_usize, 0, 0, 0, 0, 11], [22_usize, 33]);
    let saved = saved.as_ptr().cast();
    let list = List { general: 40, floating: 48, overflow: overflow.as_ptr(), saved };
    let text = wide("%2!d! %1!d! %3!d!");
    let mut buffer = [0_u16; 20];
    let (length, _) = win32!(FormatMessageW(
        FORMAT_MESSAGE_FROM_STRING,
        text.as_ptr().cast(),
        0,
        0,
        buffer.as_mut_ptr(),
        20,
        (&raw const list).cast(),
    ));
    assert_eq!(String::from_utf16_lossy(&buffer[..length as usize]), "22 11 33");
}
