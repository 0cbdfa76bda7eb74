//! `processenv.h` and its neighbours: command line, standard handles, directories, module names,
//! start-up information.

use crate::{Misaligned, TRUE, UNKNOWN, UNTOUCHED, alone, raw, wide, win32};
use std::ffi::CStr;
use std::path::{Path, PathBuf};
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{
    ERROR_DIRECTORY, ERROR_FILE_NOT_FOUND, ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_HANDLE,
    ERROR_INVALID_NAME, ERROR_MOD_NOT_FOUND, ERROR_PATH_NOT_FOUND, INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::System::Console::{GetStdHandle, STD_INPUT_HANDLE, SetStdHandle};
use windows_sys::Win32::System::Environment::{
    GetCommandLineA, GetCommandLineW, GetCurrentDirectoryA, GetCurrentDirectoryW,
    SetCurrentDirectoryA, SetCurrentDirectoryW,
};
use windows_sys::Win32::System::LibraryLoader::{GetModuleFileNameA, GetModuleFileNameW};
use windows_sys::Win32::System::SystemInformation::{
    GetSystemDirectoryA, GetSystemDirectoryW, GetWindowsDirectoryA, GetWindowsDirectoryW,
};
use windows_sys::Win32::System::Threading::{
    GetStartupInfoA, GetStartupInfoW, STARTUPINFOA, STARTUPINFOW,
};

#[test]
fn the_command_line_stays_where_it_is() {
    let (line, error) = win32!(GetCommandLineA());
    assert_eq!((win32!(GetCommandLineA()).0, error), (line, UNTOUCHED));
    assert_eq!(win32!(GetCommandLineW()).0, win32!(GetCommandLineW()).0);
    // SAFETY: the string ends with a NUL and stays.
    let line = unsafe { CStr::from_ptr(line.cast()) }.to_string_lossy();
    let program = std::env::args().next().unwrap_or_default();
    assert!(line.contains(&program), "{line} without {program}");
}

#[test]
fn standard_handles_take_any_value() {
    let _alone = alone();
    let (before, _) = win32!(GetStdHandle(STD_INPUT_HANDLE));
    for value in [raw(UNKNOWN), null_mut(), INVALID_HANDLE_VALUE] {
        assert_eq!(win32!(SetStdHandle(STD_INPUT_HANDLE, value)), TRUE);
        assert_eq!(win32!(GetStdHandle(STD_INPUT_HANDLE)), (value, UNTOUCHED));
    }
    assert_eq!(win32!(SetStdHandle(STD_INPUT_HANDLE, before)), TRUE);
    for id in [0, 1, -9_i32 as u32, -13_i32 as u32] {
        assert_eq!(win32!(GetStdHandle(id)), (INVALID_HANDLE_VALUE, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(SetStdHandle(id, before)), (0, ERROR_INVALID_HANDLE));
    }
}

/// Goes back to where the process was.
struct Back(PathBuf);

impl Drop for Back {
    fn drop(&mut self) {
        // What cannot be entered any more cannot be gone back to.
        let _ = std::env::set_current_dir(&self.0);
    }
}

fn go(path: &str) -> (i32, u32) {
    let ansi = [path.as_bytes(), b"\0"].concat();
    let path = wide(path);
    let (first, second) =
        (win32!(SetCurrentDirectoryW(path.as_ptr())), win32!(SetCurrentDirectoryA(ansi.as_ptr())));
    if second.0 == 0 {
        assert_eq!(first, second);
    }
    first
}

fn here() -> String {
    let mut buffer = [0; 500];
    let (length, error) = win32!(GetCurrentDirectoryW(500, buffer.as_mut_ptr()));
    assert_eq!(error, UNTOUCHED);
    String::from_utf16_lossy(&buffer[..length as usize])
}

#[test]
fn the_current_directory_goes_where_it_is_told() -> std::io::Result<()> {
    let _alone = alone();
    let _back = Back(std::env::current_dir()?);
    for path in ["C:\\usr\\bin", "c:/usr/bin/", "\\\\?\\C:\\usr\\bin", "/usr/lib/../bin", "."] {
        assert_eq!(go(path), TRUE, "{path}");
        assert_eq!(here(), "C:\\usr\\bin");
    }
    for (path, error) in [
        ("C:\\nodir-of-transom", ERROR_FILE_NOT_FOUND),
        ("nodir-of-transom", ERROR_FILE_NOT_FOUND),
        ("nodir-of-transom\\x", ERROR_PATH_NOT_FOUND),
        ("Q:\\", ERROR_PATH_NOT_FOUND),
        ("env", ERROR_DIRECTORY),
        ("env\\x", ERROR_PATH_NOT_FOUND),
        ("nul", ERROR_DIRECTORY),
        ("", ERROR_INVALID_NAME),
        (" ", ERROR_INVALID_NAME),
        ("x*", ERROR_INVALID_NAME),
    ] {
        assert_eq!(go(path), (0, error), "{path}");
    }
    assert_eq!(win32!(SetCurrentDirectoryW(null())), (0, ERROR_INVALID_NAME));
    assert_eq!(win32!(SetCurrentDirectoryA(null())), (0, ERROR_INVALID_NAME));
    let odd = [0xD800, 0xDFFF, 0xDC41, 0];
    assert_eq!(win32!(SetCurrentDirectoryW(odd.as_ptr())), (0, ERROR_FILE_NOT_FOUND));
    let long = wide(&"x".repeat(40_000));
    assert_eq!(win32!(SetCurrentDirectoryW(long.as_ptr())).0, 0);
    let mut misaligned =
        Misaligned::<[u16; 5]>::with([92, b'u'.into(), b's'.into(), b'r'.into(), 0]);
    assert_eq!(win32!(SetCurrentDirectoryW(misaligned.place().cast())), TRUE);
    assert_eq!(here(), "C:\\usr");
    assert_eq!(go("\\"), TRUE);
    assert_eq!(here(), "C:\\");

    assert_eq!(go("\\usr"), TRUE);
    let mut buffer = [b'#'; 8];
    let place = buffer.as_mut_ptr();
    for (size, place) in [(0, place), (1, place), (6, place), (100, null_mut())] {
        assert_eq!(win32!(GetCurrentDirectoryA(size, place)), (7, UNTOUCHED));
        assert_eq!(buffer, [b'#'; 8]);
    }
    assert_eq!(win32!(GetCurrentDirectoryA(7, place)), (6, UNTOUCHED));
    assert_eq!(buffer, *b"C:\\usr\0#");
    Ok(())
}

#[test]
fn a_directory_that_was_removed_has_no_path() -> std::io::Result<()> {
    let _alone = alone();
    let _back = Back(std::env::current_dir()?);
    let path = std::env::temp_dir().join(format!("transom-gone-{}", std::process::id()));
    std::fs::create_dir(&path)?;
    std::env::set_current_dir(&path)?;
    std::fs::remove_dir(&path)?;
    assert_eq!(win32!(GetCurrentDirectoryW(0, null_mut())), (0, ERROR_FILE_NOT_FOUND));
    Ok(())
}

#[test]
fn the_programs_name_is_cut_where_it_does_not_fit() -> std::io::Result<()> {
    let program = std::env::current_exe()?;
    let path = format!("C:{}", program.to_string_lossy().replace('/', "\\"));
    let length = path.len() as u32;
    let mut buffer = vec![b'#'; path.len() + 10];
    let mut get = |size: u32| {
        buffer.fill(b'#');
        let place = buffer.as_mut_ptr();
        (win32!(GetModuleFileNameA(null_mut(), place, size)), buffer.clone())
    };
    let (done, whole) = get(length + 1);
    assert_eq!(done, (length, 0));
    assert_eq!(whole[..=path.len()], *[path.as_bytes(), b"\0"].concat());
    assert_eq!(get(length + 5).0, (length, 0));
    let (done, cut) = get(length);
    assert_eq!(done, (length, ERROR_INSUFFICIENT_BUFFER));
    assert_eq!(cut[..path.len()], *[&path.as_bytes()[..path.len() - 1], b"\0"].concat());
    let (done, cut) = get(1);
    assert_eq!((done, &cut[..2]), ((1, ERROR_INSUFFICIENT_BUFFER), b"\0#".as_slice()));
    let (done, cut) = get(0);
    assert_eq!((done, cut[0]), ((0, ERROR_INSUFFICIENT_BUFFER), b'#'));

    let none = null_mut();
    for size in [0, 10, u32::MAX] {
        let done = win32!(GetModuleFileNameW(none, null_mut(), size));
        assert_eq!(done, (0, ERROR_INSUFFICIENT_BUFFER));
    }
    let mut buffer = [0_u16; 4000];
    let unknown = win32!(GetModuleFileNameW(raw(UNKNOWN), buffer.as_mut_ptr(), 100));
    assert_eq!(unknown, (0, ERROR_MOD_NOT_FOUND));
    let wide = win32!(GetModuleFileNameW(none, buffer.as_mut_ptr(), 4000));
    assert_eq!(wide.1, 0);
    assert_eq!(String::from_utf16_lossy(&buffer[..wide.0 as usize]), path);
    Ok(())
}

#[test]
fn the_systems_directories_have_their_sizes() {
    let mut wide = Misaligned::<[u16; 20]>::new();
    let mut ansi = [0_u8; 20];
    for (path, wide_form, ansi_form) in [
        (
            "C:\\usr\\bin",
            GetSystemDirectoryW as unsafe extern "system" fn(_, _) -> _,
            GetSystemDirectoryA as unsafe extern "system" fn(_, _) -> _,
        ),
        ("C:\\usr", GetWindowsDirectoryW, GetWindowsDirectoryA),
    ] {
        let length = path.len() as u32;
        let place: *mut u16 = wide.place().cast();
        assert_eq!(win32!(wide_form(place, length + 1)), (length, UNTOUCHED));
        assert_eq!(String::from_utf16_lossy(&wide.get()[..path.len()]), path);
        for size in [0, 1, length] {
            assert_eq!(win32!(wide_form(null_mut(), size)), (length + 1, UNTOUCHED));
            let place = ansi.as_mut_ptr();
            assert_eq!(win32!(ansi_form(place, size)), (length + 1, UNTOUCHED));
        }
        assert_eq!(win32!(ansi_form(ansi.as_mut_ptr(), u32::MAX)), (length, UNTOUCHED));
        assert_eq!(ansi[..path.len()], *path.as_bytes());
    }
}

#[test]
fn start_up_information_is_whole() {
    let _alone = alone();
    let mut startup = Misaligned::<STARTUPINFOW>::new();
    assert_eq!(win32!(GetStartupInfoW(startup.place())).1, UNTOUCHED);
    let wide = startup.get();
    assert_eq!(wide.cb as usize, size_of::<STARTUPINFOW>());
    assert_eq!(wide.hStdInput, win32!(GetStdHandle(STD_INPUT_HANDLE)).0);
    let mut startup = STARTUPINFOA::default();
    assert_eq!(win32!(GetStartupInfoA(&raw mut startup)).1, UNTOUCHED);
    assert_eq!(startup.cb as usize, size_of::<STARTUPINFOA>());
    // SAFETY: the string ends with a NUL and stays.
    let title = unsafe { CStr::from_ptr(startup.lpTitle.cast()) }.to_string_lossy();
    let program = std::env::current_exe().unwrap_or_default();
    assert_eq!(Path::new(&title.replace('\\', "/")[2..]), program);
    win32!(GetStartupInfoW(null_mut()));
    win32!(GetStartupInfoA(null_mut()));
}
