//! The native calls of `ntdll`.

use crate::{UNKNOWN, alone, close, event, pipe, raw, wide, win32};
use std::ffi::c_void;
use std::ptr::{null_mut, without_provenance_mut};
use windows_sys::Wdk::Foundation::{
    NtClose, NtQueryObject, ObjectBasicInformation, ObjectTypeInformation,
};
use windows_sys::Wdk::Storage::FileSystem::{
    FILE_ACCESS_INFORMATION, FileAccessInformation, NtDuplicateObject, NtFsControlFile,
    NtQueryInformationFile,
};
use windows_sys::Wdk::System::SystemInformation::{
    NtQuerySystemInformation, SystemProcessInformation,
};
use windows_sys::Wdk::System::SystemServices::RtlGetVersion;
use windows_sys::Wdk::System::Threading::{
    NtOpenProcess, NtQueryInformationProcess, NtWaitForSingleObject, ProcessBasicInformation,
    ProcessHandleCount, ProcessImageFileNameWin32,
};
use windows_sys::Win32::Foundation::{
    DuplicateHandle, GENERIC_ALL, GENERIC_EXECUTE, GENERIC_READ, GENERIC_WRITE, HANDLE,
    HANDLE_FLAG_PROTECT_FROM_CLOSE, NTSTATUS, RtlNtStatusToDosError, STATUS_ACCESS_DENIED,
    STATUS_BUFFER_OVERFLOW, STATUS_HANDLE_NOT_CLOSABLE, STATUS_INFO_LENGTH_MISMATCH,
    STATUS_INVALID_CID, STATUS_INVALID_DEVICE_REQUEST, STATUS_INVALID_HANDLE,
    STATUS_INVALID_INFO_CLASS, STATUS_INVALID_PARAMETER_MIX, STATUS_OBJECT_TYPE_MISMATCH,
    STATUS_SUCCESS, STATUS_TIMEOUT, SetHandleInformation, UNICODE_STRING,
};
use windows_sys::Win32::Storage::FileSystem::{WRITE_DAC, WRITE_OWNER};
use windows_sys::Win32::System::IO::IO_STATUS_BLOCK;
use windows_sys::Win32::System::Pipes::CreateNamedPipeW;
use windows_sys::Win32::System::SystemInformation::OSVERSIONINFOW;
use windows_sys::Win32::System::Threading::{
    CreateEventW, GetCurrentProcess, GetCurrentThread, PROCESS_BASIC_INFORMATION, SetEvent,
};
use windows_sys::Win32::System::WindowsProgramming::{
    CLIENT_ID, PUBLIC_OBJECT_BASIC_INFORMATION, RtlInitUnicodeString, SYSTEM_PROCESS_INFORMATION,
};

/// A buffer of a mebibyte that structures can stand in.
fn room() -> Vec<u128> {
    vec![0; 1 << 16]
}

fn text(string: &UNICODE_STRING) -> String {
    // SAFETY: the call has just put so many units there.
    let units = unsafe { std::slice::from_raw_parts(string.Buffer, string.Length as usize / 2) };
    String::from_utf16_lossy(units)
}

#[test]
fn handles_are_closed_and_duplicated() {
    let _alone = alone();
    let handle = event();
    let (own, _) = win32!(GetCurrentProcess());
    let mut twin = null_mut();
    let made = win32!(NtDuplicateObject(own, handle, own, &raw mut twin, 0, 2, 2));
    assert_eq!(made.0, STATUS_SUCCESS);
    let protect = HANDLE_FLAG_PROTECT_FROM_CLOSE;
    win32!(SetHandleInformation(twin, protect, protect));
    assert_eq!(win32!(NtClose(twin)).0, STATUS_HANDLE_NOT_CLOSABLE);
    win32!(SetHandleInformation(twin, protect, 0));
    assert_eq!(win32!(NtClose(twin)).0, STATUS_SUCCESS);
    assert_eq!(win32!(NtClose(twin)).0, STATUS_INVALID_HANDLE);
    assert_eq!(win32!(NtClose(raw(UNKNOWN))).0, STATUS_INVALID_HANDLE);
    close([handle]);
}

fn access_of(handle: HANDLE) -> u32 {
    let mut basic = PUBLIC_OBJECT_BASIC_INFORMATION::default();
    let (place, size) = (&raw mut basic, size_of_val(&basic) as u32);
    let queried =
        win32!(NtQueryObject(handle, ObjectBasicInformation, place.cast(), size, null_mut()));
    assert_eq!(queried.0, STATUS_SUCCESS);
    basic.GrantedAccess
}

#[test]
fn generic_rights_are_those_of_windows() {
    let _alone = alone();
    let (process, thread) = (win32!(GetCurrentProcess()).0, win32!(GetCurrentThread()).0);
    let rights = |object, generic| {
        let mut twin = null_mut();
        let place = &raw mut twin;
        assert_eq!(
            win32!(DuplicateHandle(process, object, process, place, generic, 0, 0)).0,
            1,
            "{generic:x}"
        );
        let access = access_of(twin);
        close([twin]);
        access
    };
    let all = [GENERIC_READ, GENERIC_WRITE, GENERIC_EXECUTE, GENERIC_ALL];
    // Of a process, querying includes querying a little.
    let of_process = all.map(|generic| rights(process, generic) & !0x1000);
    assert_eq!(of_process, [0x2_0410, 0x2_0BEA, 0x12_0001, 0x1F_EFFF]);
    let of_thread = all.map(|generic| rights(thread, generic) & !0x800);
    assert_eq!(of_thread, [0x2_0048, 0x2_0437, 0x12_1000, 0x1F_F7FF]);
    for (mode, expected) in
        [(1, 0x12_0089), (2 | WRITE_DAC, 0x16_0116), (3 | WRITE_OWNER, 0x1A_019F)]
    {
        let name = wide(r"\\.\pipe\exports-access");
        let (server, _) =
            win32!(CreateNamedPipeW(name.as_ptr(), mode, 0, 1, 9, 9, 0, std::ptr::null()));
        assert_eq!(access_of(server), expected);
        close([server]);
    }
}

#[test]
fn objects_tell_what_they_are() {
    let _alone = alone();
    let name = wide(&format!("transom-native-{}", std::process::id()));
    let (handle, _) = win32!(CreateEventW(std::ptr::null(), 1, 0, name.as_ptr()));
    let mut room = room();
    let place = room.as_mut_ptr().cast::<c_void>();
    let mut length = 0;
    let mut query =
        |class, size| win32!(NtQueryObject(handle, class, place, size, &raw mut length)).0;
    assert_eq!(query(ObjectBasicInformation, 56), STATUS_SUCCESS);
    // SAFETY: the call has put it there.
    let basic = unsafe { place.cast::<PUBLIC_OBJECT_BASIC_INFORMATION>().read() };
    assert_eq!((basic.GrantedAccess, basic.HandleCount), (0x1F_0003, 1));
    assert_eq!(query(ObjectTypeInformation, 1000), STATUS_SUCCESS);
    // SAFETY: as above.
    assert_eq!(text(unsafe { &*place.cast() }), "Event");
    assert_eq!(query(1, 1000), STATUS_SUCCESS);
    // SAFETY: as above.
    let shown = text(unsafe { &*place.cast() });
    assert!(shown.starts_with(r"\Sessions\1\BaseNamedObjects\transom-native-"), "{shown}");
    assert_eq!(query(1, 20), STATUS_BUFFER_OVERFLOW);
    assert_eq!(query(1, 4), STATUS_INFO_LENGTH_MISMATCH);
    assert_eq!(query(ObjectBasicInformation, 55), STATUS_INFO_LENGTH_MISMATCH);
    assert_eq!(query(77, 1000), STATUS_INVALID_INFO_CLASS);
    let none = win32!(NtQueryObject(raw(UNKNOWN), 0, place, 56, null_mut())).0;
    assert_eq!(none, STATUS_INVALID_HANDLE);
    close([handle]);
}

#[test]
fn processes_and_files_are_queried() {
    let _alone = alone();
    let (own, _) = win32!(GetCurrentProcess());
    let mut basic = PROCESS_BASIC_INFORMATION::default();
    let query = |handle: HANDLE, class, place: *mut c_void, size| -> NTSTATUS {
        win32!(NtQueryInformationProcess(handle, class, place, size, null_mut())).0
    };
    let size = size_of_val(&basic) as u32;
    let place = (&raw mut basic).cast();
    assert_eq!(query(own, ProcessBasicInformation, place, size), STATUS_SUCCESS);
    assert_eq!(basic.UniqueProcessId, std::process::id() as usize);
    assert_eq!(basic.InheritedFromUniqueProcessId, std::os::unix::process::parent_id() as usize);
    assert_eq!(query(own, ProcessBasicInformation, place, 3), STATUS_INFO_LENGTH_MISMATCH);
    assert_eq!(query(own, 9999, place, size), STATUS_INVALID_INFO_CLASS);
    let mut count = 0_u32;
    assert_eq!(query(own, ProcessHandleCount, (&raw mut count).cast(), 4), STATUS_SUCCESS);
    assert!(count >= 3);
    let mut room = room();
    let place = room.as_mut_ptr().cast::<c_void>();
    assert_eq!(query(own, ProcessImageFileNameWin32, place, 1000), STATUS_SUCCESS);
    // SAFETY: the call has put it there.
    assert!(text(unsafe { &*place.cast() }).starts_with(r"C:\"));
    let other = event();
    assert_eq!(query(other, ProcessBasicInformation, place, 48), STATUS_OBJECT_TYPE_MISMATCH);
    assert_eq!(query(raw(UNKNOWN), 0, place, 48), STATUS_INVALID_HANDLE);

    let [reader, writer] = pipe(0);
    let mut block = IO_STATUS_BLOCK::default();
    let mut access = FILE_ACCESS_INFORMATION::default();
    let to = (&raw mut access).cast();
    let class = FileAccessInformation;
    assert_eq!(
        win32!(NtQueryInformationFile(reader, &raw mut block, to, 4, class)).0,
        STATUS_SUCCESS
    );
    assert_eq!((access.AccessFlags & 3, block.Information), (1, 4));
    let refused = win32!(NtQueryInformationFile(other, &raw mut block, to, 4, class)).0;
    assert_eq!(refused, STATUS_OBJECT_TYPE_MISMATCH);
    let control = win32!(NtFsControlFile(
        writer,
        null_mut(),
        None,
        null_mut(),
        &raw mut block,
        0xDEAD,
        null_mut(),
        0,
        null_mut(),
        0
    ));
    assert_eq!(control.0, STATUS_INVALID_DEVICE_REQUEST);
    close([reader, writer, other]);
}

#[test]
fn waits_processes_and_strings() {
    let _alone = alone();
    let handle = event();
    let mut at_once = 0_i64;
    let mut wait = |handle| win32!(NtWaitForSingleObject(handle, false, &raw mut at_once)).0;
    assert_eq!(wait(handle), STATUS_TIMEOUT);
    win32!(SetEvent(handle));
    assert_eq!(wait(handle), STATUS_SUCCESS);
    assert_eq!(wait(raw(UNKNOWN)), STATUS_INVALID_HANDLE);
    close([handle]);

    let id = |pid: u32| CLIENT_ID {
        UniqueProcess: without_provenance_mut(pid as usize),
        UniqueThread: null_mut(),
    };
    let mut process = null_mut();
    let own = id(std::process::id());
    let query = 0x1000;
    let opened = win32!(NtOpenProcess(&raw mut process, query, std::ptr::null(), &raw const own)).0;
    assert_eq!(opened, STATUS_SUCCESS);
    // It may be queried, not ended.
    let ended = win32!(windows_sys::Wdk::System::Threading::NtTerminateProcess(process, 1)).0;
    assert_eq!(ended, STATUS_ACCESS_DENIED);
    close([process]);
    let none = id(0x3FFF_FFF0);
    let refused =
        win32!(NtOpenProcess(&raw mut process, query, std::ptr::null(), &raw const none)).0;
    assert_eq!(refused, STATUS_INVALID_CID);
    let refused =
        win32!(NtOpenProcess(&raw mut process, query, std::ptr::null(), std::ptr::null())).0;
    assert_eq!(refused, STATUS_INVALID_PARAMETER_MIX);

    assert_eq!(win32!(RtlNtStatusToDosError(STATUS_ACCESS_DENIED)).0, 5);
    assert_eq!(win32!(RtlNtStatusToDosError(0x1234_5678)).0, 317);
    let mut version = OSVERSIONINFOW { dwOSVersionInfoSize: 276, ..Default::default() };
    assert_eq!(win32!(RtlGetVersion(&raw mut version)).0, STATUS_SUCCESS);
    assert_eq!(version.dwMajorVersion, 10);
    let source = wide("text");
    let mut counted = UNICODE_STRING::default();
    win32!(RtlInitUnicodeString(&raw mut counted, source.as_ptr()));
    assert_eq!((counted.Length, counted.MaximumLength), (8, 10));
}

#[test]
fn the_system_lists_processes_and_handles() {
    let _alone = alone();
    let handle = event();
    let mut room = room();
    let place = room.as_mut_ptr().cast::<u8>();
    let mut length = 0;
    let mut query = |class, size| {
        let status = win32!(NtQuerySystemInformation(class, place.cast(), size, &raw mut length)).0;
        (status, length as usize)
    };
    assert_eq!(query(SystemProcessInformation, 10).0, STATUS_INFO_LENGTH_MISMATCH);
    assert_eq!(query(SystemProcessInformation, 1 << 20).0, STATUS_SUCCESS);
    let (mut at, mut seen) = (place, None);
    loop {
        // SAFETY: the call has put a structure here, and the next is where it says.
        let process = unsafe { at.cast::<SYSTEM_PROCESS_INFORMATION>().read() };
        if process.UniqueProcessId.addr() == std::process::id() as usize {
            seen = Some((text(&process.ImageName), process.NumberOfThreads));
        }
        if process.NextEntryOffset == 0 {
            break;
        }
        at = at.wrapping_add(process.NextEntryOffset as usize);
    }
    let (name, threads) = seen.expect("this process is listed");
    assert!(name.starts_with("exports") && threads >= 1, "{name} {threads}");

    let (status, length) = query(64, 1 << 20);
    assert_eq!(status, STATUS_SUCCESS);
    // SAFETY: the call has put numbers there.
    let count = unsafe { place.cast::<usize>().read() };
    assert_eq!(length, 16 + count * 40);
    let own = (0..count).any(|line| {
        // SAFETY: as above.
        let line = unsafe { place.wrapping_add(16 + line * 40).cast::<[usize; 3]>().read() };
        line[1] == std::process::id() as usize && line[2] == handle.addr()
    });
    assert!(own);
    assert_eq!(query(16, 1 << 20).1, 8 + count * 24);
    assert_eq!(query(9999, 10).0, STATUS_INVALID_INFO_CLASS);
    close([handle]);
}
