//! The environment, through the exported functions.
//!
//! The tests of this file share the environment of one process: each uses names of its own, and
//! those that replace the whole take turns with all others.

use std::os::unix::ffi::OsStrExt;
use std::process::Command;
use std::ptr::{null, null_mut};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use transom_kernel::environment::{Source, to_linux};
use transom_win32 as _;
use windows_sys::Win32::Foundation::{
    ERROR_ENVVAR_NOT_FOUND, ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_PARAMETER, GetLastError,
    SetLastError,
};
use windows_sys::Win32::System::Environment::{
    ExpandEnvironmentStringsA, ExpandEnvironmentStringsW, FreeEnvironmentStringsA,
    FreeEnvironmentStringsW, GetEnvironmentStrings, GetEnvironmentStringsW,
    GetEnvironmentVariableA, GetEnvironmentVariableW, SetEnvironmentStringsW,
    SetEnvironmentVariableA, SetEnvironmentVariableW,
};

/// What the last error is before each call: a code that no function leaves.
const UNTOUCHED: u32 = 0xDEAD;

static ENVIRONMENT: RwLock<()> = RwLock::new(());

fn shared() -> RwLockReadGuard<'static, ()> {
    ENVIRONMENT.read().unwrap_or_else(PoisonError::into_inner)
}

fn alone() -> RwLockWriteGuard<'static, ()> {
    ENVIRONMENT.write().unwrap_or_else(PoisonError::into_inner)
}

/// Calls a function with a known last error; gives its result and the last error it leaves.
fn call<T>(function: impl FnOnce() -> T) -> (T, u32) {
    // SAFETY: takes a number.
    unsafe { SetLastError(UNTOUCHED) };
    let result = function();
    // SAFETY: takes nothing.
    (result, unsafe { GetLastError() })
}

/// The units of a text and a NUL.
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// The bytes of a text and a NUL.
fn ansi(text: &str) -> Vec<u8> {
    [text.as_bytes(), b"\0"].concat()
}

fn set(name: &str, value: Option<&str>) -> (i32, u32) {
    let (name, value) = (wide(name), value.map(wide));
    let value = value.as_ref().map_or(null(), |value| value.as_ptr());
    // SAFETY: a string, and NULL or a string.
    call(|| unsafe { SetEnvironmentVariableW(name.as_ptr(), value) })
}

fn set_ansi(name: &str, value: Option<&str>) -> (i32, u32) {
    let (name, value) = (ansi(name), value.map(ansi));
    let value = value.as_ref().map_or(null(), |value| value.as_ptr());
    // SAFETY: a string, and NULL or a string.
    call(|| unsafe { SetEnvironmentVariableA(name.as_ptr(), value) })
}

/// `GetEnvironmentVariableW` with `size` units of room: result, last error, and the buffer.
fn get_into(name: &str, size: u32) -> ((u32, u32), Vec<u16>) {
    let (name, mut buffer) = (wide(name), vec![0x2323; 40_000]);
    // SAFETY: a string, and a buffer of at least `size` units.
    let result =
        call(|| unsafe { GetEnvironmentVariableW(name.as_ptr(), buffer.as_mut_ptr(), size) });
    (result, buffer)
}

fn get(name: &str) -> Option<String> {
    let ((length, error), buffer) = get_into(name, 40_000);
    (error != ERROR_ENVVAR_NOT_FOUND)
        .then(|| String::from_utf16(&buffer[..length as usize]).unwrap())
}

/// `GetEnvironmentVariableA` with `size` bytes of room: result, last error, and the buffer.
fn get_ansi_into(name: &str, size: u32) -> ((u32, u32), Vec<u8>) {
    let (name, mut buffer) = (ansi(name), vec![b'#'; 40_000]);
    // SAFETY: a string, and a buffer of at least `size` bytes.
    let result =
        call(|| unsafe { GetEnvironmentVariableA(name.as_ptr(), buffer.as_mut_ptr(), size) });
    (result, buffer)
}

/// The strings of the block that `GetEnvironmentStringsW` gives.
fn strings() -> Vec<String> {
    // SAFETY: takes nothing.
    let block = unsafe { GetEnvironmentStringsW() };
    assert!(!block.is_null());
    let mut strings = vec![];
    let mut place = block;
    loop {
        let mut units = vec![];
        // SAFETY: the block ends with an empty string, which ends the loop.
        while let unit @ 1.. = unsafe { place.read() } {
            units.push(unit);
            place = place.wrapping_add(1);
        }
        if units.is_empty() {
            break;
        }
        strings.push(String::from_utf16_lossy(&units));
        place = place.wrapping_add(1);
    }
    // SAFETY: the block is not used any more.
    assert_eq!(unsafe { FreeEnvironmentStringsW(block) }, 1);
    strings
}

#[test]
fn fact_43_names_fold_case_and_keep_the_case_they_were_set_with() {
    let _shared = shared();
    assert_eq!(set("F43_Case_é", Some("one")), (1, UNTOUCHED));
    assert_eq!(get("f43_CASE_É").as_deref(), Some("one"));
    assert_eq!(set("F43_CASE_É", Some("two")), (1, UNTOUCHED));
    let ours: Vec<_> = strings().into_iter().filter(|s| s.starts_with("F43_C")).collect();
    assert_eq!(ours, ["F43_Case_é=two"]);
    assert_eq!(set("f43_case_é", None), (1, UNTOUCHED));
    assert_eq!(get("F43_Case_é"), None);
}

#[test]
fn fact_43_an_empty_value_is_0_with_the_last_error_set_to_0() {
    let _shared = shared();
    assert_eq!(set("F43_EMPTY", Some("")), (1, UNTOUCHED));
    let (result, buffer) = get_into("F43_EMPTY", 1);
    assert_eq!((result, buffer[0]), ((0, 0), 0));
    let (result, buffer) = get_ansi_into("F43_EMPTY", 10);
    assert_eq!((result, buffer[0]), ((0, 0), 0));
    assert_eq!(get_into("F43_EMPTY", 0).0, (1, UNTOUCHED));
    assert!(strings().contains(&"F43_EMPTY=".to_owned()));
}

#[test]
fn fact_43_an_absent_variable_is_0_and_203() {
    let _shared = shared();
    assert_eq!(get_into("F43_ABSENT", 100), ((0, ERROR_ENVVAR_NOT_FOUND), vec![0x2323; 40_000]));
    assert_eq!(get_ansi_into("F43_ABSENT", 100).0, (0, ERROR_ENVVAR_NOT_FOUND));
    for name in ["", "a=b", "PATH="] {
        assert_eq!(get_into(name, 100).0, (0, ERROR_ENVVAR_NOT_FOUND), "{name:?}");
    }
}

#[test]
fn fact_43_a_buffer_too_small_is_untouched_and_the_size_needed_returned() {
    let _shared = shared();
    set("F43_SIZE", Some("문hello"));
    for size in [0, 1, 6] {
        assert_eq!(get_into("F43_SIZE", size), ((7, UNTOUCHED), vec![0x2323; 40_000]));
    }
    for size in [0, 1, 8] {
        assert_eq!(get_ansi_into("F43_SIZE", size), ((9, UNTOUCHED), vec![b'#'; 40_000]));
    }
    let (result, buffer) = get_into("F43_SIZE", 7);
    assert_eq!((result, &buffer[..8]), ((6, UNTOUCHED), &*[&*wide("문hello"), &[0x2323]].concat()));
    let (result, buffer) = get_ansi_into("F43_SIZE", 9);
    assert_eq!((result, &buffer[..10]), ((8, UNTOUCHED), "문hello\0#".as_bytes()));
    let name = wide("F43_SIZE");
    // SAFETY: a string and no buffer.
    let sized = call(|| unsafe { GetEnvironmentVariableW(name.as_ptr(), null_mut(), 100) });
    assert_eq!(sized, (7, UNTOUCHED));
}

#[test]
fn fact_43_both_forms_see_the_same_variables() {
    let _shared = shared();
    assert_eq!(set_ansi("F43_Båth", Some("큰 값")), (1, UNTOUCHED));
    assert_eq!(get("f43_bÅth").as_deref(), Some("큰 값"));
    let long = "x".repeat(5000);
    assert_eq!(set_ansi("F43_LONG", Some(&long)), (1, UNTOUCHED));
    let (result, buffer) = get_ansi_into("f43_long", 5001);
    assert_eq!((result, &buffer[..5001]), ((5000, UNTOUCHED), &*ansi(&long)));
    assert_eq!(set_ansi("f43_LONG", None), (1, UNTOUCHED));
    assert_eq!(get("F43_LONG"), None);
}

#[test]
fn fact_44_an_equals_sign_is_legal_in_the_first_place_only() {
    let _shared = shared();
    assert_eq!(set("=Q:", Some("Q:\\dir")), (1, UNTOUCHED));
    assert_eq!(get("=q:").as_deref(), Some("Q:\\dir"));
    assert_eq!(set("=", Some("x")), (1, UNTOUCHED));
    assert_eq!(set("=", None), (1, UNTOUCHED));
    for name in ["", "a=b", "a=", "==", "=Q:="] {
        for value in [Some("x"), None] {
            assert_eq!(set(name, value), (0, ERROR_INVALID_PARAMETER), "{name:?}");
            assert_eq!(set_ansi(name, value), (0, ERROR_INVALID_PARAMETER), "{name:?}");
        }
    }
}

#[test]
fn fact_44_a_null_name_is_203() {
    let _shared = shared();
    let (value, value_ansi) = (wide("x"), ansi("x"));
    let expected = (0, ERROR_ENVVAR_NOT_FOUND);
    // SAFETY: NULL and strings, in this and the next calls.
    assert_eq!(call(|| unsafe { SetEnvironmentVariableW(null(), value.as_ptr()) }), expected);
    // SAFETY: as above.
    assert_eq!(call(|| unsafe { SetEnvironmentVariableW(null(), null()) }), expected);
    // SAFETY: as above.
    assert_eq!(call(|| unsafe { SetEnvironmentVariableA(null(), value_ansi.as_ptr()) }), expected);
    // SAFETY: as above.
    let read = call(|| unsafe { GetEnvironmentVariableW(null(), null_mut(), 0) });
    assert_eq!(read, (0, ERROR_ENVVAR_NOT_FOUND));
    // SAFETY: as above.
    let read = call(|| unsafe { GetEnvironmentVariableA(null(), null_mut(), 0) });
    assert_eq!(read, (0, ERROR_ENVVAR_NOT_FOUND));
}

#[test]
fn fact_44_deleting_what_is_absent_succeeds() {
    let _shared = shared();
    assert_eq!(set("F44_ABSENT", None), (1, UNTOUCHED));
    assert_eq!(set_ansi("F44_ABSENT", None), (1, UNTOUCHED));
}

#[test]
fn fact_44_an_over_long_value_is_refused_and_the_old_one_stays() {
    let _shared = shared();
    let (longest, longer) = ("y".repeat(32_767), "z".repeat(32_768));
    assert_eq!(set("F44_LONG", Some(&longest)), (1, UNTOUCHED));
    assert_eq!(set("F44_LONG", Some(&longer)), (0, ERROR_INVALID_PARAMETER));
    assert_eq!(set_ansi("F44_LONG", Some(&longer)), (0, ERROR_INVALID_PARAMETER));
    assert_eq!(get_into("F44_LONG", 32_767).0, (32_768, UNTOUCHED));
    assert_eq!(get("F44_LONG"), Some(longest));
    assert_eq!(set("F44_LONG", None), (1, UNTOUCHED));
}

#[test]
fn fact_45_expansion_leaves_unknown_names_and_lone_percents_alone() {
    let _shared = shared();
    set("F45_V", Some("hello"));
    set("F45_N", Some("%F45_V%"));
    for (source, result) in [
        ("x%f45_v%y", "xhelloy"),
        ("%F45_V%%F45_V%", "hellohello"),
        ("%F45_NOPE%", "%F45_NOPE%"),
        ("%", "%"),
        ("a%b", "a%b"),
        ("%%", "%%"),
        ("%%F45_V%%", "%%F45_V%%"),
        ("%%%F45_V%", "%%hello"),
        ("%F45_NOPE%F45_V%", "%F45_NOPE%F45_V%"),
        ("%F45_N%", "%F45_V%"),
        ("", ""),
    ] {
        let (from, from_ansi) = (wide(source), ansi(source));
        let (mut buffer, mut buffer_ansi) = ([0x2323; 50], [b'#'; 50]);
        // SAFETY: a string and a buffer of 50 units.
        let got =
            call(|| unsafe { ExpandEnvironmentStringsW(from.as_ptr(), buffer.as_mut_ptr(), 50) });
        let length = result.len() + 1;
        assert_eq!((got.0 as usize, got.1), (length, UNTOUCHED), "{source}");
        assert_eq!(buffer[..length], wide(result), "{source}");
        // SAFETY: a string and a buffer of 50 bytes.
        let got = call(|| unsafe {
            ExpandEnvironmentStringsA(from_ansi.as_ptr(), buffer_ansi.as_mut_ptr(), 50)
        });
        assert_eq!((got.0 as usize, got.1), (length, UNTOUCHED), "{source}");
        assert_eq!(buffer_ansi[..length], ansi(result), "{source}");
    }
}

#[test]
fn fact_45_expansion_into_too_small_a_buffer_says_how_much_it_needs() {
    let _shared = shared();
    set("F45_S", Some("hello"));
    let source = wide("ab%F45_S%");
    for (size, kept) in [(0, None), (1, Some("")), (4, Some("abh")), (7, Some("abhell"))] {
        let mut buffer = [0x2323_u16; 10];
        // SAFETY: a string and a buffer of 10 units.
        let result = call(|| unsafe {
            ExpandEnvironmentStringsW(source.as_ptr(), buffer.as_mut_ptr(), size)
        });
        assert_eq!(result, (8, ERROR_INSUFFICIENT_BUFFER));
        let mut expected = kept.map(wide).unwrap_or_default();
        expected.resize(10, 0x2323);
        assert_eq!(buffer[..], expected);
    }
    // SAFETY: NULL where a string or a buffer could be.
    let none = call(|| unsafe { ExpandEnvironmentStringsW(source.as_ptr(), null_mut(), 0) });
    assert_eq!(none, (8, ERROR_INSUFFICIENT_BUFFER));
    let mut buffer = [0x2323_u16; 2];
    // SAFETY: as above, and a buffer of 2 units.
    let empty = call(|| unsafe { ExpandEnvironmentStringsW(null(), buffer.as_mut_ptr(), 2) });
    assert_eq!((empty, buffer), ((1, UNTOUCHED), [0, 0x2323]));
}

#[test]
fn fact_45_blocks_are_sorted_by_upper_cased_name() {
    let _shared = shared();
    for name in ["f45_b", "F45_A", "f45_a_", "F45_c", "F45_C1", "=Z:f45_"] {
        set(name, Some("1"));
    }
    let all = strings();
    let ours: Vec<_> =
        all.iter().filter(|s| s.to_uppercase().contains("F45_") && s.ends_with("=1")).collect();
    assert_eq!(ours, ["=Z:f45_=1", "F45_A=1", "f45_a_=1", "f45_b=1", "F45_c=1", "F45_C1=1"]);
}

#[test]
fn fact_45_a_null_environment_inherits_and_a_given_block_replaces() {
    let _shared = shared();
    set("F45_Mine", Some("안"));
    let contains = |source: Source<'_>, string: &str| {
        to_linux(source).unwrap().iter().any(|made| made.to_bytes() == string.as_bytes())
    };
    assert!(contains(Source::Inherited, "F45_Mine=안"));
    let block = wide("OTHER=1\0");
    assert!(contains(Source::Wide(&block), "OTHER=1"));
    assert!(!contains(Source::Wide(&block), "F45_Mine=안"));
    assert!(contains(Source::Bytes("X=안\0\0".as_bytes()), "X=안"));
}

#[test]
fn blocks_are_given_back_once() {
    let _shared = shared();
    // SAFETY: takes nothing.
    let block = unsafe { GetEnvironmentStringsW() };
    // SAFETY: takes nothing.
    let other = unsafe { GetEnvironmentStrings() };
    let invalid = (0, ERROR_INVALID_PARAMETER);
    // SAFETY: no address but a block's leads to anything being freed; here and in what follows.
    assert_eq!(call(|| unsafe { FreeEnvironmentStringsW(block.wrapping_add(1)) }), invalid);
    // SAFETY: as above.
    assert_eq!(call(|| unsafe { FreeEnvironmentStringsW(block) }), (1, UNTOUCHED));
    // SAFETY: as above.
    assert_eq!(call(|| unsafe { FreeEnvironmentStringsW(block) }), invalid);
    // SAFETY: as above.
    assert_eq!(call(|| unsafe { FreeEnvironmentStringsA(other) }), (1, UNTOUCHED));
    // SAFETY: as above.
    assert_eq!(call(|| unsafe { FreeEnvironmentStringsA(null()) }), (1, UNTOUCHED));
    // SAFETY: as above.
    assert_eq!(call(|| unsafe { FreeEnvironmentStringsW(null()) }), (1, UNTOUCHED));
    // SAFETY: as above.
    assert_eq!(call(|| unsafe { FreeEnvironmentStringsW(3 as _) }), invalid);
}

#[test]
fn misaligned_strings_and_blocks_are_read_and_written() {
    let _alone = alone();
    let saved = strings();
    let name = misaligned(&wide("MISALIGNED"));
    let value = misaligned(&wide("v"));
    let name = name.as_ptr().wrapping_add(1).cast::<u16>();
    let value = value.as_ptr().wrapping_add(1).cast::<u16>();
    // SAFETY: strings, at odd addresses.
    assert_eq!(unsafe { SetEnvironmentVariableW(name, value) }, 1);
    let mut buffer = [0_u8; 9];
    let place = buffer.as_mut_ptr().wrapping_add(1).cast::<u16>();
    // SAFETY: a string, and a buffer of 4 units at an odd address.
    assert_eq!(unsafe { GetEnvironmentVariableW(name, place, 4) }, 1);
    assert_eq!(buffer, [0, b'v', 0, 0, 0, 0, 0, 0, 0]);
    let block = misaligned(&wide("ODD=1\0"));
    let block = block.as_ptr().wrapping_add(1).cast::<u16>();
    // SAFETY: a block, at an odd address.
    assert_eq!(unsafe { SetEnvironmentStringsW(block) }, 1);
    assert_eq!(strings(), ["ODD=1"]);
    restore(&saved);
}

/// The bytes of these units behind one byte, in memory whose beginning is aligned.
fn misaligned(units: &[u16]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(units.len() * 2 + 1);
    bytes.push(0);
    bytes.extend(units.iter().flat_map(|unit| unit.to_ne_bytes()));
    bytes
}

#[test]
fn a_name_may_lie_in_the_buffer_for_the_value() {
    let _shared = shared();
    set("OVERLAP", Some("a longer value"));
    let mut buffer = wide("OVERLAP");
    buffer.resize(30, 0);
    let place = buffer.as_mut_ptr();
    // SAFETY: a string, and the buffer of 30 units that it lies in.
    assert_eq!(unsafe { GetEnvironmentVariableW(place, place, 30) }, 14);
    assert_eq!(buffer[..15], wide("a longer value"));
}

fn set_strings(block: &str) -> (i32, u32) {
    let block = wide(block);
    // SAFETY: the block ends with an empty string: each text here ends with a NUL.
    call(|| unsafe { SetEnvironmentStringsW(block.as_ptr()) })
}

fn restore(saved: &[String]) {
    assert_eq!(set_strings("\0").0, 1);
    for string in saved {
        let equals = string[1..].find('=').unwrap() + 1;
        assert_eq!(set(&string[..equals], Some(&string[equals + 1..])).0, 1);
    }
}

#[test]
fn fact_45_the_whole_environment_can_be_replaced() {
    let _alone = alone();
    let saved = strings();
    assert_eq!(set_strings("B=2\0A=1\0c=\0"), (1, UNTOUCHED));
    assert_eq!(strings(), ["A=1", "B=2", "c="]);
    for block in ["NOEQ\0A=3\0", "=X=1\0A=3\0", "==\0A=3\0", "=\0A=3\0"] {
        assert_eq!(set_strings(block), (0, ERROR_INVALID_PARAMETER), "{block:?}");
    }
    // SAFETY: NULL is an error.
    let null = call(|| unsafe { SetEnvironmentStringsW(null()) });
    assert_eq!(null, (0, ERROR_INVALID_PARAMETER));
    assert_eq!(strings(), ["A=1", "B=2", "c="]);
    assert_eq!(set_strings("A=1\0a=2\0"), (1, UNTOUCHED));
    assert_eq!(strings(), ["a=2"]);
    assert_eq!(set_strings("\0"), (1, UNTOUCHED));
    assert_eq!(strings(), Vec::<String>::new());
    restore(&saved);
    assert_eq!(strings(), saved);
}

#[test]
fn sixteen_threads_set_and_read_at_once() {
    let _shared = shared();
    std::thread::scope(|scope| {
        for thread in 0..16 {
            scope.spawn(move || {
                let own = format!("THREAD_{thread}");
                for round in 0..200 {
                    let value = round.to_string().repeat(round % 7 + 1);
                    assert_eq!(set(&own, Some(&value)), (1, UNTOUCHED));
                    assert_eq!(set("THREAD_ALL", Some(&"ab".repeat(round % 50))), (1, UNTOUCHED));
                    assert_eq!(get(&own), Some(value));
                    assert!(get("THREAD_ALL").unwrap().replace("ab", "").is_empty());
                }
            });
        }
    });
}

/// What Linux hands over, seen by a process that begins with it.
#[test]
fn the_linux_environment_comes_in_whole_and_without_what_is_transoms_own() {
    let raw = std::ffi::OsStr::from_bytes(b"a\xFFb");
    let output = Command::new(transom_tests::assistant::program("environment_assistant"))
        .env_clear()
        .env("TRANSOM_INHERIT", "7")
        .env("RAW", raw)
        .env("http_proxy", "lower")
        .env("HTTP_PROXY", "upper")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
