//! `winbase.h` and `fileapi.h`: links, volumes, searching paths, starting programs simply; and a
//! product and quotient.

use crate::abi::{or_else, same_signature, store_optional, store_text, succeeds};
use crate::fileapi::{ansi_name, wide_name};
use crate::fileapi_names::give_path;
use crate::process_creation;
use std::borrow::Cow;
use std::ffi::CStr;
use std::ptr::null;
use transom_kernel::file::{attributes, change, information, names, path};
use transom_kernel::process::program_search::SYSTEM_DIRECTORY;
use transom_kernel::{Result, Win32Error, environment, last_error, text};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem::{self as official, SYMBOLIC_LINK_FLAGS};
use windows_sys::Win32::System::Threading::{self as threading, PROCESS_INFORMATION, STARTUPINFOA};
use windows_sys::Win32::System::WindowsProgramming as programming;
use windows_sys::core::BOOL;

/// `MulDiv`: a product of two numbers divided by a third, rounded to the nearest; -1 for a divisor of
/// 0 or a result of more than 32 bits.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-muldiv>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MulDiv(number: i32, numerator: i32, denominator: i32) -> i32 {
    let product = i64::from(number) * i64::from(numerator);
    let denominator = i64::from(denominator);
    if denominator == 0 {
        return -1;
    }
    let half = (denominator / 2).abs();
    let rounded = if product < 0 { product - half } else { product + half } / denominator;
    i32::try_from(rounded).unwrap_or(-1)
}
same_signature!(programming::MulDiv, MulDiv, fn(_, _, _) -> _);

/// `CreateHardLink`: gives a file one more name.
///
/// # Errors
/// Those of [`change::create_hard_link`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createhardlinkw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateHardLinkW(
    new: *const u16,
    existing: *const u16,
    _security: *const SECURITY_ATTRIBUTES,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let new = unsafe { wide_name(new) };
    // SAFETY: NULL or a string, by the caller's contract.
    let existing = unsafe { wide_name(existing) };
    succeeds(new.and_then(|new| change::create_hard_link(&new, &existing?)))
}
same_signature!(official::CreateHardLinkW, CreateHardLinkW, fn(_, _, _) -> _);

/// `CreateHardLinkA`: as [`CreateHardLinkW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createhardlinka>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateHardLinkA(
    new: *const u8,
    existing: *const u8,
    _security: *const SECURITY_ATTRIBUTES,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let new = unsafe { ansi_name(new) };
    // SAFETY: NULL or a string, by the caller's contract.
    let existing = unsafe { ansi_name(existing) };
    succeeds(new.and_then(|new| change::create_hard_link(&new, &existing?)))
}
same_signature!(official::CreateHardLinkA, CreateHardLinkA, fn(_, _, _) -> _);

/// `CreateSymbolicLink`: makes a link to a file or directory, which need not be there.
///
/// # Errors
/// Those of [`change::create_symbolic_link`]; `ERROR_INVALID_PARAMETER` for unknown flags.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createsymboliclinkw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateSymbolicLinkW(
    link: *const u16,
    target: *const u16,
    flags: SYMBOLIC_LINK_FLAGS,
) -> bool {
    const KNOWN: u32 = official::SYMBOLIC_LINK_FLAG_DIRECTORY
        | official::SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE;
    // SAFETY: NULL or a string, by the caller's contract.
    let link = unsafe { wide_name(link) };
    // SAFETY: NULL or a string, by the caller's contract.
    let target = unsafe { wide_name(target) };
    succeeds(link.and_then(|link| {
        if flags & !KNOWN != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        change::create_symbolic_link(&link, &target?)
    })) != 0
}
same_signature!(official::CreateSymbolicLinkW, CreateSymbolicLinkW, fn(_, _, _) -> _);

/// `CreateSymbolicLinkA`: as [`CreateSymbolicLinkW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createsymboliclinka>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateSymbolicLinkA(
    link: *const u8,
    target: *const u8,
    flags: SYMBOLIC_LINK_FLAGS,
) -> bool {
    const KNOWN: u32 = official::SYMBOLIC_LINK_FLAG_DIRECTORY
        | official::SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE;
    // SAFETY: NULL or a string, by the caller's contract.
    let link = unsafe { ansi_name(link) };
    // SAFETY: NULL or a string, by the caller's contract.
    let target = unsafe { ansi_name(target) };
    succeeds(link.and_then(|link| {
        if flags & !KNOWN != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        change::create_symbolic_link(&link, &target?)
    })) != 0
}
same_signature!(official::CreateSymbolicLinkA, CreateSymbolicLinkA, fn(_, _, _) -> _);

/// What a volume tells: its serial number, longest name and flags.
fn volume(name: Result<Cow<'_, [u16]>>) -> Result<(u32, u32, u32)> {
    let space = match name {
        // NULL is the current directory's.
        Err(Win32Error::PATH_NOT_FOUND) => information::space(&[b'\\'.into()])?,
        name => {
            let name = name?;
            if !name.last().copied().is_some_and(path::is_separator) {
                return Err(Win32Error::INVALID_NAME);
            }
            information::space(&name)?
        }
    };
    // Names keep their case and are told apart by it, and are Unicode.
    const PRESERVED: u32 = 0x2;
    const SENSITIVE: u32 = 0x1;
    const UNICODE: u32 = 0x4;
    const READ_ONLY: u32 = 0x0008_0000;
    let flags = PRESERVED | SENSITIVE | UNICODE | if space.read_only { READ_ONLY } else { 0 };
    let serial = (space.serial ^ space.serial >> 32) as u32;
    Ok((serial, u32::try_from(space.longest_name).unwrap_or(u32::MAX), flags))
}

/// `GetVolumeInformation`: tells of the disk that a root directory is on (NULL: drive C). It has no
/// label, and its file system is called `Linux`.
///
/// # Errors
/// `ERROR_INVALID_NAME`: the name does not end with a separator; `ERROR_PATH_NOT_FOUND`,
/// `ERROR_DIRECTORY`; `ERROR_BAD_LENGTH`: a buffer is too small.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getvolumeinformationw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetVolumeInformationW(
    root: *const u16,
    label: *mut u16,
    label_size: u32,
    serial: *mut u32,
    longest: *mut u32,
    flags: *mut u32,
    system: *mut u16,
    system_size: u32,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let found = volume(unsafe { wide_name(root) });
    succeeds(found.and_then(|(number, length, features)| {
        for (place, value) in [(serial, number), (longest, length), (flags, features)] {
            // SAFETY: NULL or writable, by the caller's contract.
            unsafe { store_optional(place, value) };
        }
        let texts = [(label, label_size, ""), (system, system_size, "Linux")];
        for (place, size, text) in texts {
            let units: Vec<u16> = text.encode_utf16().collect();
            // SAFETY: NULL or so much room, by the caller's contract.
            let length = unsafe { store_text::<u16>(Ok(units), place, size) };
            if !place.is_null() && length as usize != text.len() {
                return Err(Win32Error::BAD_LENGTH);
            }
        }
        Ok(())
    }))
}
same_signature!(
    official::GetVolumeInformationW,
    GetVolumeInformationW,
    fn(_, _, _, _, _, _, _, _) -> _
);

/// `GetVolumeInformationA`: as [`GetVolumeInformationW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getvolumeinformationa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetVolumeInformationA(
    root: *const u8,
    label: *mut u8,
    label_size: u32,
    serial: *mut u32,
    longest: *mut u32,
    flags: *mut u32,
    system: *mut u8,
    system_size: u32,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let found = volume(unsafe { ansi_name(root) });
    succeeds(found.and_then(|(number, length, features)| {
        for (place, value) in [(serial, number), (longest, length), (flags, features)] {
            // SAFETY: NULL or writable, by the caller's contract.
            unsafe { store_optional(place, value) };
        }
        let texts = [(label, label_size, ""), (system, system_size, "Linux")];
        for (place, size, text) in texts {
            let units: Vec<u16> = text.encode_utf16().collect();
            // SAFETY: NULL or so much room, by the caller's contract.
            let length = unsafe { store_text::<u8>(Ok(units), place, size) };
            if !place.is_null() && length as usize != text.len() {
                return Err(Win32Error::BAD_LENGTH);
            }
        }
        Ok(())
    }))
}
same_signature!(
    official::GetVolumeInformationA,
    GetVolumeInformationA,
    fn(_, _, _, _, _, _, _, _) -> _
);

/// The first file of a name in a list of directories.
fn search(
    directories: Option<Cow<'_, [u16]>>,
    name: Result<Cow<'_, [u16]>>,
    extension: Option<Cow<'_, [u16]>>,
) -> Result<Vec<u16>> {
    const DOT: u16 = b'.' as u16;
    let mut name = name.map_err(|_| Win32Error::INVALID_PARAMETER)?.into_owned();
    let last = names::last_part(&name).unwrap_or(name.len());
    if let Some(extension) = extension
        && !name[last..].contains(&DOT)
    {
        name.extend(extension.iter());
    }
    let exists = |path: &[u16]| attributes::attributes(path).is_ok();
    if name.iter().copied().any(path::is_separator) {
        return if exists(&name) { names::full(&name) } else { Err(Win32Error::FILE_NOT_FOUND) };
    }
    let list = match directories {
        Some(list) => list.into_owned(),
        None => {
            // The current directory, the system's, those of PATH.
            let variable: Vec<u16> = "PATH".encode_utf16().collect();
            let mut list = vec![DOT, b';'.into()];
            list.extend(path::to_win32(SYSTEM_DIRECTORY.as_bytes()));
            list.push(b';'.into());
            list.extend(environment::get(&variable).unwrap_or_default());
            list
        }
    };
    // Linux' own lists are separated by colons; a drive's colon is followed by a separator.
    let text = text::to_bytes(&list);
    let is_linux = text.starts_with(b"/");
    let separates = |&unit: &u16| unit == b';'.into() || is_linux && unit == b':'.into();
    for directory in list.split(separates).filter(|directory| !directory.is_empty()) {
        let mut candidate = directory.to_vec();
        candidate.push(b'\\'.into());
        candidate.extend(&name);
        if exists(&candidate) {
            return names::full(&candidate);
        }
    }
    Err(Win32Error::FILE_NOT_FOUND)
}

/// `SearchPath`: the path of a file that is searched for in a list of directories, or (NULL) in the
/// current directory, the system's and those of `PATH`; its length, or the room needed.
///
/// # Errors
/// 0, with `ERROR_FILE_NOT_FOUND`; `ERROR_INVALID_PARAMETER`: no name.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-searchpathw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SearchPathW(
    directories: *const u16,
    name: *const u16,
    extension: *const u16,
    size: u32,
    buffer: *mut u16,
    part: *mut *mut u16,
) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let directories = unsafe { wide_name(directories) }.ok();
    // SAFETY: NULL or a string, by the caller's contract.
    let extension = unsafe { wide_name(extension) }.ok();
    // SAFETY: NULL or a string, by the caller's contract.
    let found = search(directories, unsafe { wide_name(name) }, extension);
    // SAFETY: by the caller's contract.
    unsafe { give_path(found, buffer, size, part) }
}
same_signature!(official::SearchPathW, SearchPathW, fn(_, _, _, _, _, _) -> _);

/// `SearchPathA`: as [`SearchPathW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-searchpatha>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SearchPathA(
    directories: *const u8,
    name: *const u8,
    extension: *const u8,
    size: u32,
    buffer: *mut u8,
    part: *mut *mut u8,
) -> u32 {
    // SAFETY: NULL or a string, by the caller's contract.
    let directories = unsafe { ansi_name(directories) }.ok();
    // SAFETY: NULL or a string, by the caller's contract.
    let extension = unsafe { ansi_name(extension) }.ok();
    // SAFETY: NULL or a string, by the caller's contract.
    let found = search(directories, unsafe { ansi_name(name) }, extension);
    // SAFETY: by the caller's contract.
    unsafe { give_path(found, buffer, size, part) }
}
same_signature!(official::SearchPathA, SearchPathA, fn(_, _, _, _, _, _) -> _);

/// `WinExec`: starts a program by its command line; 33, or the error's code below 32.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`, `ERROR_BAD_FORMAT` (11) for what is no program; 0
/// for anything else.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-winexec>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinExec(line: *const u8, _show: u32) -> u32 {
    const STARTED: u32 = 33;
    const LOWEST_SUCCESS: u32 = 32;
    if line.is_null() {
        return or_else(Err(Win32Error::FILE_NOT_FOUND), Win32Error::FILE_NOT_FOUND.code());
    }
    // SAFETY: not NULL, so a string by the caller's contract.
    let mut copy = unsafe { CStr::from_ptr(line.cast()) }.to_bytes_with_nul().to_vec();
    let startup = STARTUPINFOA { cb: size_of::<STARTUPINFOA>() as u32, ..Default::default() };
    let mut made = PROCESS_INFORMATION::default();
    let line = copy.as_mut_ptr();
    let (none, startup) = (null(), &raw const startup);
    // SAFETY: a line of our own, and structures that live across the call.
    let started = unsafe {
        process_creation::CreateProcessA(
            null(),
            line,
            none,
            none,
            0,
            0,
            null(),
            null(),
            startup,
            &raw mut made,
        )
    };
    if started == 0 {
        return match last_error::get() {
            code if code == Win32Error::BAD_EXE_FORMAT.code() => Win32Error::BAD_FORMAT.code(),
            code if code < LOWEST_SUCCESS => code,
            _ => 0,
        };
    }
    for handle in [made.hProcess, made.hThread] {
        // SAFETY: a handle that was just made, and is nobody else's.
        unsafe { crate::handleapi::CloseHandle(handle) };
    }
    STARTED
}
same_signature!(threading::WinExec, WinExec, fn(_, _) -> _);
