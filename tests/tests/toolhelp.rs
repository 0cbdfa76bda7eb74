//! The Toolhelp functions as a `windows-sys` program calls them. The end of the process closes the
//! handles.

use std::collections::BTreeSet;
use transom_win32 as _;
use windows_sys::Win32::{
    Foundation::{
        ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER,
        ERROR_NO_MORE_FILES, GetLastError, HANDLE, INVALID_HANDLE_VALUE,
    },
    System::Diagnostics::ToolHelp::{
        CreateToolhelp32Snapshot, MODULEENTRY32W, Module32FirstW, PROCESSENTRY32, PROCESSENTRY32W,
        Process32First, Process32FirstW, Process32Next, Process32NextW, TH32CS_SNAPHEAPLIST,
        TH32CS_SNAPMODULE, TH32CS_SNAPPROCESS, TH32CS_SNAPTHREAD, THREADENTRY32, Thread32First,
        Thread32Next,
    },
};

fn last_error() -> u32 {
    // SAFETY: may always be called.
    unsafe { GetLastError() }
}

fn snapshot(flags: u32) -> HANDLE {
    // SAFETY: takes numbers.
    let handle = unsafe { CreateToolhelp32Snapshot(flags, 0) };
    assert_ne!(handle, INVALID_HANDLE_VALUE, "error {}", last_error());
    handle
}

fn wide_entry() -> PROCESSENTRY32W {
    PROCESSENTRY32W { dwSize: size_of::<PROCESSENTRY32W>() as u32, ..Default::default() }
}

#[test]
fn fact_18_flags_sizes_and_the_end_of_the_list() {
    // SAFETY: takes numbers.
    let nothing = unsafe { CreateToolhelp32Snapshot(0, 0) };
    assert_eq!((nothing, last_error()), (INVALID_HANDLE_VALUE, ERROR_INVALID_PARAMETER));

    let handle = snapshot(TH32CS_SNAPPROCESS);
    let mut entry = wide_entry();
    entry.dwSize -= 1;
    // SAFETY: the structure is larger than it says.
    assert_eq!(unsafe { Process32FirstW(handle, &raw mut entry) }, 0);
    assert_eq!(last_error(), ERROR_INSUFFICIENT_BUFFER);
    entry = PROCESSENTRY32W { cntUsage: 1, dwFlags: 1, ..wide_entry() };
    // SAFETY: the structure is as large as it says.
    assert_ne!(unsafe { Process32FirstW(handle, &raw mut entry) }, 0);
    let mut ids = BTreeSet::new();
    loop {
        assert!(ids.insert(entry.th32ProcessID));
        assert_eq!(entry.dwSize, wide_entry().dwSize);
        assert_eq!((entry.cntUsage, entry.th32DefaultHeapID), (0, 0));
        assert_eq!((entry.th32ModuleID, entry.dwFlags), (0, 0));
        // SAFETY: as above.
        if unsafe { Process32NextW(handle, &raw mut entry) } == 0 {
            break;
        }
    }
    assert_eq!(last_error(), ERROR_NO_MORE_FILES);
    assert!(ids.contains(&std::process::id()));

    // The A form walks the same list, with the same cursor.
    let size = size_of::<PROCESSENTRY32>() as u32;
    let mut ansi = PROCESSENTRY32 { dwSize: size, ..Default::default() };
    // SAFETY: as above.
    assert_eq!(unsafe { Process32Next(handle, &raw mut ansi) }, 0);
    // SAFETY: as above.
    assert_ne!(unsafe { Process32First(handle, &raw mut ansi) }, 0);
    assert!(ids.contains(&ansi.th32ProcessID));
}

#[test]
fn fact_18_lists_that_were_not_asked_for_are_empty() {
    for flags in [TH32CS_SNAPTHREAD, TH32CS_SNAPMODULE, TH32CS_SNAPHEAPLIST] {
        let handle = snapshot(flags);
        let mut entry = wide_entry();
        // SAFETY: the structure is as large as it says.
        assert_eq!(unsafe { Process32FirstW(handle, &raw mut entry) }, 0);
        assert_eq!(last_error(), ERROR_NO_MORE_FILES);
    }
}

#[test]
fn threads_and_modules_are_walked() {
    let handle = snapshot(TH32CS_SNAPTHREAD | TH32CS_SNAPMODULE);
    let size = size_of::<THREADENTRY32>() as u32;
    let mut thread = THREADENTRY32 { dwSize: size, ..Default::default() };
    // SAFETY: the structure is as large as it says.
    let mut found = unsafe { Thread32First(handle, &raw mut thread) } != 0;
    let mut own = BTreeSet::new();
    while found {
        if thread.th32OwnerProcessID == std::process::id() {
            own.insert(thread.th32ThreadID);
        }
        // SAFETY: as above.
        found = unsafe { Thread32Next(handle, &raw mut thread) } != 0;
    }
    assert_eq!(last_error(), ERROR_NO_MORE_FILES);
    let this = rustix::thread::gettid().as_raw_nonzero().get();
    assert!(own.contains(&this.cast_unsigned()));

    let size = size_of::<MODULEENTRY32W>() as u32;
    let mut module = MODULEENTRY32W { dwSize: size, ..Default::default() };
    // SAFETY: as above.
    assert_ne!(unsafe { Module32FirstW(handle, &raw mut module) }, 0);
    let program = std::env::current_exe().expect("/proc is mounted");
    let name = program.file_name().and_then(|name| name.to_str()).expect("UTF-8");
    let length = module.szModule.iter().position(|&unit| unit == 0).expect("terminated");
    assert_eq!(String::from_utf16_lossy(&module.szModule[..length]), name);
}

#[test]
fn fact_5_what_is_no_snapshot_is_an_invalid_handle() {
    for handle in [std::ptr::null_mut(), INVALID_HANDLE_VALUE, 0x7FFC as HANDLE] {
        let mut entry = wide_entry();
        // SAFETY: the structure is as large as it says.
        assert_eq!(unsafe { Process32FirstW(handle, &raw mut entry) }, 0);
        assert_eq!(last_error(), ERROR_INVALID_HANDLE);
    }
}
