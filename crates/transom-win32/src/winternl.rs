//! `winternl.h` and `ntifs.h`: the native calls that programs use to look at handles, objects and
//! processes. They return an `NTSTATUS` and leave the last error alone.

use crate::abi::{from_handle, load, raw_to_handle, same_signature, store, store_optional};
use crate::fileapi_information::room_and_name;
use crate::winternl_lists as lists;
use crate::winternl_pipes as pipes;
use std::ffi::c_void;
use std::ptr::null_mut;
use transom_kernel::file::{information, position};
use transom_kernel::handle::duplicate::{
    CLOSE_SOURCE, Duplication, SAME_ACCESS, close_source, duplicate,
};
use transom_kernel::handle::{
    Handle, HandleFlags, information as handle_information, names, published,
};
use transom_kernel::object::ObjectType;
use transom_kernel::process::{open, usage};
use transom_kernel::sync::wait::{Waited, one_ex};
use transom_kernel::{Result, Win32Error, executive, status, sync, system};
use windows_sys::Wdk::Foundation as wdk;
use windows_sys::Wdk::Foundation::{OBJECT_ATTRIBUTES, OBJECT_INFORMATION_CLASS};
use windows_sys::Wdk::Storage::FileSystem as files;
use windows_sys::Wdk::Storage::FileSystem::{
    FILE_ACCESS_INFORMATION, FILE_BASIC_INFORMATION, FILE_INFORMATION_CLASS,
    FILE_POSITION_INFORMATION, FILE_STANDARD_INFORMATION,
};
use windows_sys::Wdk::System::SystemServices as services;
use windows_sys::Wdk::System::Threading as threads;
use windows_sys::Wdk::System::Threading::PROCESSINFOCLASS;
use windows_sys::Win32::Foundation::{
    HANDLE, NTSTATUS, STATUS_ABANDONED, STATUS_BUFFER_OVERFLOW, STATUS_HANDLE_NOT_CLOSABLE,
    STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_CID, STATUS_INVALID_INFO_CLASS,
    STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER_MIX, STATUS_OBJECT_TYPE_MISMATCH,
    STATUS_SUCCESS, STATUS_TIMEOUT, STATUS_USER_APC, UNICODE_STRING,
};
use windows_sys::Win32::Storage::FileSystem::FILE_ATTRIBUTE_DIRECTORY;
use windows_sys::Win32::System::IO::{IO_STATUS_BLOCK, IO_STATUS_BLOCK_0};
use windows_sys::Win32::System::SystemInformation::OSVERSIONINFOW;
use windows_sys::Win32::System::Threading::PROCESS_BASIC_INFORMATION;
use windows_sys::Win32::System::WindowsProgramming as programming;
use windows_sys::Win32::System::WindowsProgramming::{
    CLIENT_ID, PUBLIC_OBJECT_BASIC_INFORMATION, PUBLIC_OBJECT_TYPE_INFORMATION,
};

/// What a native call gives: a status is a success or says why not.
pub(crate) type Native<T> = std::result::Result<T, NTSTATUS>;

/// An error's status. A handle that is open, and of the wrong type, has a status of its own.
pub(crate) fn status_for(handle: HANDLE, error: Win32Error) -> NTSTATUS {
    let is_open = from_handle(handle).is_ok_and(|handle| match handle {
        Handle::Pseudo(_) => true,
        Handle::Real(_) => handle_information::flags(handle).is_ok(),
    });
    if error == Win32Error::INVALID_HANDLE && is_open {
        STATUS_OBJECT_TYPE_MISMATCH
    } else {
        status::of_error(error)
    }
}

pub(crate) fn status_of(result: Native<()>) -> NTSTATUS {
    result.err().unwrap_or(STATUS_SUCCESS)
}

fn native<T>(result: Result<T>) -> Native<T> {
    result.map_err(status::of_error)
}

/// `NtClose`: closes a handle.
///
/// `STATUS_INVALID_HANDLE`: it is not open. `STATUS_HANDLE_NOT_CLOSABLE`: it is protected.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntclose>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NtClose(handle: HANDLE) -> NTSTATUS {
    let closed = from_handle(handle).and_then(|handle| {
        let flags = handle_information::flags(handle);
        if flags.is_ok_and(|flags| flags.contains(HandleFlags::PROTECT_FROM_CLOSE)) {
            return Ok(STATUS_HANDLE_NOT_CLOSABLE);
        }
        let raw = handle.raw();
        executive::current().close_handle(raw).map(|()| STATUS_SUCCESS)
    });
    closed.unwrap_or_else(status::of_error)
}
same_signature!(wdk::NtClose, NtClose, fn(_) -> _);

/// `NtDuplicateObject`: as `DuplicateHandle`; of the attributes `OBJ_INHERIT` counts.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/ntifs/nf-ntifs-ntduplicateobject>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NtDuplicateObject(
    source_process: HANDLE,
    source: HANDLE,
    target_process: HANDLE,
    target: *mut HANDLE,
    access: u32,
    attributes: u32,
    options: u32,
) -> NTSTATUS {
    const OBJ_INHERIT: u32 = 2;
    const SAME_ATTRIBUTES: u32 = 4;
    let made = from_handle(source_process).and_then(|source_process| {
        if target_process.is_null() && options & CLOSE_SOURCE != 0 {
            return close_source(source_process, from_handle(source)?).map(|()| 0);
        }
        let flags = from_handle(source).and_then(handle_information::flags);
        let keeps = options & SAME_ATTRIBUTES != 0;
        let inherits = flags.is_ok_and(|flags| flags.contains(HandleFlags::INHERIT));
        duplicate(&Duplication {
            source_process,
            source: from_handle(source),
            target_process: from_handle(target_process),
            access,
            inherit: if keeps { inherits } else { attributes & OBJ_INHERIT != 0 },
            options: options & (CLOSE_SOURCE | SAME_ACCESS),
        })
    });
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { store_optional(target, made.map_or(null_mut(), raw_to_handle)) };
    made.map_or_else(status::of_error, |_| STATUS_SUCCESS)
}
same_signature!(files::NtDuplicateObject, NtDuplicateObject, fn(_, _, _, _, _, _, _) -> _);

/// Stores a structure, if there is room, and says how long it is.
///
/// # Safety
/// `place` is NULL or points to `size` writable bytes, `length` is NULL or writable.
unsafe fn put<T>(place: *mut c_void, size: u32, length: *mut u32, value: T) -> Native<()> {
    // SAFETY: the same contract.
    unsafe { store_optional(length, size_of::<T>() as u32) };
    if (size as usize) < size_of::<T>() {
        return Err(STATUS_INFO_LENGTH_MISMATCH);
    }
    // SAFETY: the same contract.
    native(unsafe { store(place.cast(), value) })
}

/// Stores a structure that begins with a string, and the string with a NUL behind it.
///
/// # Safety
/// `place` is NULL or points to `size` writable bytes, `length` is NULL or writable.
unsafe fn put_string<T>(
    place: *mut c_void,
    size: u32,
    length: *mut u32,
    string: &[u16],
    refusal: NTSTATUS,
    make: impl FnOnce(UNICODE_STRING) -> T,
) -> Native<()> {
    let head = size_of::<T>();
    let bytes = size_of_val(string);
    let all = if string.is_empty() { head } else { head + bytes + 2 };
    // SAFETY: the same contract.
    unsafe { store_optional(length, all as u32) };
    if (size as usize) < head {
        return Err(STATUS_INFO_LENGTH_MISMATCH);
    }
    if (size as usize) < all {
        return Err(refusal);
    }
    let buffer = place.wrapping_byte_add(head).cast::<u16>();
    let text = UNICODE_STRING {
        Length: bytes as u16,
        MaximumLength: if string.is_empty() { 0 } else { bytes as u16 + 2 },
        Buffer: if string.is_empty() { null_mut() } else { buffer },
    };
    // SAFETY: the same contract.
    native(unsafe { store(place.cast(), make(text)) })?;
    if !string.is_empty() {
        for (index, &unit) in string.iter().chain(&[0]).enumerate() {
            // SAFETY: there is room for the string and its NUL.
            unsafe { buffer.wrapping_add(index).write_unaligned(unit) };
        }
    }
    Ok(())
}

/// What the object manager calls an object.
fn object_name(line: &published::PublishedHandle) -> Vec<u16> {
    use std::os::unix::ffi::OsStrExt;
    let Some(name) = names::name_of(std::process::id(), line) else { return Vec::new() };
    if line.kind == ObjectType::File
        && let Some((device, name)) = room_and_name(&name.to_string_lossy())
    {
        return device.encode_utf16().chain(name.encode_utf16()).collect();
    }
    let name = transom_kernel::text::to_wide(name.as_bytes());
    let below =
        |room: &str, name: &[u16]| room.encode_utf16().chain(name.iter().copied()).collect();
    match line.kind {
        ObjectType::File if name.first() == Some(&b'/'.into()) => {
            let path = transom_kernel::file::path::to_win32(&transom_kernel::text::to_bytes(&name));
            below(r"\Device\HarddiskVolume1", &path[2..])
        }
        ObjectType::Process | ObjectType::Thread | ObjectType::File => Vec::new(),
        _ => {
            let global: Vec<u16> = r"Global\".encode_utf16().collect();
            match name.strip_prefix(&global[..]) {
                Some(rest) => below(r"\BaseNamedObjects\", rest),
                None => below(r"\Sessions\1\BaseNamedObjects\", &name),
            }
        }
    }
}

/// `NtQueryObject`: tells of the object of a handle: how the handle is and how many there are (class
/// 0), its name (1), its type (2).
///
/// `STATUS_INVALID_HANDLE`; `STATUS_INFO_LENGTH_MISMATCH`, `STATUS_BUFFER_OVERFLOW` (for a name): the
/// buffer is too small; `STATUS_INVALID_INFO_CLASS`: another class.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntqueryobject>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NtQueryObject(
    handle: HANDLE,
    class: OBJECT_INFORMATION_CLASS,
    place: *mut c_void,
    size: u32,
    length: *mut u32,
) -> NTSTATUS {
    const NAME: i32 = 1;
    let query = || -> Native<()> {
        let line = native(from_handle(handle).and_then(published::of_own_handle))?;
        match class {
            wdk::ObjectBasicInformation => {
                let holders = native(published::holders(line.object))?.len().max(1) as u32;
                let information = PUBLIC_OBJECT_BASIC_INFORMATION {
                    Attributes: lists::attributes_of(line.flags).into(),
                    GrantedAccess: line.access,
                    HandleCount: holders,
                    PointerCount: holders,
                    Reserved: [0; 10],
                };
                // SAFETY: by the caller's contract.
                unsafe { put(place, size, length, information) }
            }
            NAME => {
                let name = object_name(&line);
                // SAFETY: by the caller's contract.
                unsafe {
                    put_string(place, size, length, &name, STATUS_BUFFER_OVERFLOW, |text| text)
                }
            }
            wdk::ObjectTypeInformation => {
                let name: Vec<u16> = line.kind.name().encode_utf16().collect();
                let make =
                    |text| PUBLIC_OBJECT_TYPE_INFORMATION { TypeName: text, Reserved: [0; 22] };
                // SAFETY: by the caller's contract.
                unsafe { put_string(place, size, length, &name, STATUS_INFO_LENGTH_MISMATCH, make) }
            }
            _ => Err(STATUS_INVALID_INFO_CLASS),
        }
    };
    status_of(query())
}
same_signature!(wdk::NtQueryObject, NtQueryObject, fn(_, _, _, _, _) -> _);

/// `NtQueryInformationProcess`: tells of a process: its id, its parent and exit status (class 0), how
/// many handles it has (20), its program (27, 43).
///
/// `STATUS_INVALID_HANDLE`, `STATUS_OBJECT_TYPE_MISMATCH`, `STATUS_ACCESS_DENIED`;
/// `STATUS_INFO_LENGTH_MISMATCH`: the buffer is too small; `STATUS_INVALID_INFO_CLASS`: another class.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntqueryinformationprocess>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NtQueryInformationProcess(
    process: HANDLE,
    class: PROCESSINFOCLASS,
    place: *mut c_void,
    size: u32,
    length: *mut u32,
) -> NTSTATUS {
    use windows_sys::Win32::System::Threading::{
        PROCESS_QUERY_INFORMATION, PROCESS_QUERY_LIMITED_INFORMATION,
    };
    const QUERY: u32 = PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION;
    let query = || -> Native<()> {
        let refused = |error| status_for(process, error);
        let handle = from_handle(process).map_err(refused)?;
        let found = open::process_of(handle, QUERY).map_err(refused)?;
        match class {
            threads::ProcessBasicInformation => {
                let exit = open::exit_code(handle).map_err(refused)?;
                let (parent, base) = lists::parent_and_priority(found.pid());
                let information = PROCESS_BASIC_INFORMATION {
                    ExitStatus: exit.cast_signed(),
                    PebBaseAddress: null_mut(),
                    AffinityMask: usage::affinity(&found).unwrap_or(0),
                    BasePriority: base,
                    UniqueProcessId: found.pid() as usize,
                    InheritedFromUniqueProcessId: parent as usize,
                };
                // SAFETY: by the caller's contract.
                unsafe { put(place, size, length, information) }
            }
            threads::ProcessHandleCount => {
                let count = handle_information::handle_count(handle).map_err(refused)?;
                // SAFETY: by the caller's contract.
                unsafe { put(place, size, length, count) }
            }
            threads::ProcessImageFileName | threads::ProcessImageFileNameWin32 => {
                let path = native(usage::image(&found))?;
                let device: Vec<u16> = r"\Device\HarddiskVolume1".encode_utf16().collect();
                let path = if class == threads::ProcessImageFileName {
                    [&device, path.get(2..).unwrap_or_default()].concat()
                } else {
                    path
                };
                // SAFETY: by the caller's contract.
                unsafe {
                    put_string(place, size, length, &path, STATUS_INFO_LENGTH_MISMATCH, |text| text)
                }
            }
            _ => Err(STATUS_INVALID_INFO_CLASS),
        }
    };
    status_of(query())
}
same_signature!(
    threads::NtQueryInformationProcess,
    NtQueryInformationProcess,
    fn(_, _, _, _, _) -> _
);

/// `NtQueryInformationFile`: tells of an open file: its times and attributes (class 4), its size (5),
/// what the handle may do (8), where the file pointer is (14); of an end of a pipe: its modes (23), and
/// all else (24).
///
/// `STATUS_INVALID_HANDLE`, `STATUS_OBJECT_TYPE_MISMATCH`, `STATUS_ACCESS_DENIED`;
/// `STATUS_INFO_LENGTH_MISMATCH`: the buffer is too small; `STATUS_INVALID_INFO_CLASS`: another class.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/ntifs/nf-ntifs-ntqueryinformationfile>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NtQueryInformationFile(
    file: HANDLE,
    block: *mut IO_STATUS_BLOCK,
    place: *mut c_void,
    size: u32,
    class: FILE_INFORMATION_CLASS,
) -> NTSTATUS {
    let mut length = 0_u32;
    let mut query = || -> Native<()> {
        let refused = |error| status_for(file, error);
        let handle = from_handle(file).map_err(refused)?;
        let length = &raw mut length;
        let signed = |number: u64| number.cast_signed();
        match class {
            files::FileAccessInformation => {
                let entry = executive::current().table().entry(handle).map_err(refused)?;
                if entry.object.stream().is_none() {
                    return Err(STATUS_OBJECT_TYPE_MISMATCH);
                }
                let information = FILE_ACCESS_INFORMATION { AccessFlags: entry.access };
                // SAFETY: by the caller's contract.
                unsafe { put(place, size, length, information) }
            }
            files::FileBasicInformation => {
                let found = information::description(handle).map_err(refused)?;
                let information = FILE_BASIC_INFORMATION {
                    CreationTime: signed(found.created),
                    LastAccessTime: signed(found.accessed),
                    LastWriteTime: signed(found.written),
                    ChangeTime: signed(found.changed),
                    FileAttributes: found.attributes,
                };
                // SAFETY: by the caller's contract.
                unsafe { put(place, size, length, information) }
            }
            files::FileStandardInformation => {
                let found = information::description(handle).map_err(refused)?;
                let information = FILE_STANDARD_INFORMATION {
                    AllocationSize: signed(found.allocated),
                    EndOfFile: signed(found.size),
                    NumberOfLinks: found.links,
                    DeletePending: found.links == 0,
                    Directory: found.attributes & FILE_ATTRIBUTE_DIRECTORY != 0,
                };
                // SAFETY: by the caller's contract.
                unsafe { put(place, size, length, information) }
            }
            files::FilePositionInformation => {
                const FILE_CURRENT: u32 = 1;
                let most = i64::MAX.cast_unsigned();
                let at =
                    position::set_pointer(Ok(handle), 0, FILE_CURRENT, most).map_err(refused)?;
                let information = FILE_POSITION_INFORMATION { CurrentByteOffset: signed(at) };
                // SAFETY: by the caller's contract.
                unsafe { put(place, size, length, information) }
            }
            files::FilePipeInformation => {
                let information = pipes::modes(handle)?;
                // SAFETY: by the caller's contract.
                unsafe { put(place, size, length, information) }
            }
            files::FilePipeLocalInformation => {
                let information = pipes::local(handle)?;
                // SAFETY: by the caller's contract.
                unsafe { put(place, size, length, information) }
            }
            // All pipes are of this machine, and no other file has such information.
            files::FilePipeRemoteInformation => Err(STATUS_INVALID_PARAMETER),
            _ => Err(STATUS_INVALID_INFO_CLASS),
        }
    };
    let status = status_of(query());
    if status >= 0 {
        // SAFETY: writable, by the caller's contract; NULL stores nothing.
        unsafe { complete(block, status, length as usize) };
    }
    status
}
same_signature!(files::NtQueryInformationFile, NtQueryInformationFile, fn(_, _, _, _, _) -> _);

/// # Safety
/// `block` is NULL or writable.
pub(crate) unsafe fn complete(block: *mut IO_STATUS_BLOCK, status: NTSTATUS, information: usize) {
    let done = IO_STATUS_BLOCK {
        Anonymous: IO_STATUS_BLOCK_0 { Status: status },
        Information: information,
    };
    // SAFETY: the same contract.
    unsafe { store_optional(block, done) };
}

/// How many milliseconds a native time-out is, rounded up: relative where it is negative; NULL is for
/// ever.
///
/// # Safety
/// `time` is NULL or readable.
unsafe fn milliseconds(time: *const i64) -> u32 {
    const LONGEST: u64 = u32::MAX as u64 - 1;
    // SAFETY: the same contract.
    let Some(time) = (unsafe { load(time) }) else { return u32::MAX };
    let ticks = match u64::try_from(time) {
        Ok(time) => time.saturating_sub(transom_kernel::time::precise_now()),
        Err(_) => time.unsigned_abs(),
    };
    ticks.div_ceil(10_000).min(LONGEST) as u32
}

/// `NtWaitForSingleObject`: waits for an object, at most until a time.
///
/// `STATUS_SUCCESS`: it was signalled. `STATUS_TIMEOUT`. `STATUS_ABANDONED`: a mutex whose owner has
/// died. `STATUS_USER_APC`: calls were made. `STATUS_INVALID_HANDLE`, `STATUS_ACCESS_DENIED`,
/// `STATUS_OBJECT_TYPE_MISMATCH`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntwaitforsingleobject>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NtWaitForSingleObject(
    handle: HANDLE,
    alertable: bool,
    timeout: *mut i64,
) -> NTSTATUS {
    // SAFETY: NULL or readable, by the caller's contract.
    let milliseconds = unsafe { milliseconds(timeout) };
    let waited = from_handle(handle).and_then(|handle| one_ex(handle, milliseconds, alertable));
    match waited {
        Ok(Waited::Object(_)) => STATUS_SUCCESS,
        Ok(Waited::Abandoned(_)) => STATUS_ABANDONED,
        Ok(Waited::TimedOut) => STATUS_TIMEOUT,
        Ok(_) => STATUS_USER_APC,
        Err(error) => status_for(handle, error),
    }
}
same_signature!(threads::NtWaitForSingleObject, NtWaitForSingleObject, fn(_, _, _) -> _);

/// `NtDelayExecution`: sleeps until a time. `STATUS_USER_APC`: calls were made meanwhile.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/ntifs/nf-ntifs-ntdelayexecution>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NtDelayExecution(alertable: bool, time: *const i64) -> NTSTATUS {
    // SAFETY: NULL or readable, by the caller's contract.
    let milliseconds = unsafe { milliseconds(time) };
    if !alertable {
        sync::sleep::sleep(milliseconds);
        return STATUS_SUCCESS;
    }
    if sync::sleep::sleep_alertable(milliseconds) { STATUS_USER_APC } else { STATUS_SUCCESS }
}

/// `NtTerminateProcess`: ends a process with this exit status; NULL is the calling one.
///
/// `STATUS_INVALID_HANDLE`, `STATUS_OBJECT_TYPE_MISMATCH`; `STATUS_ACCESS_DENIED`, also for one that
/// has ended.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/ntifs/nf-ntifs-ntterminateprocess>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NtTerminateProcess(process: HANDLE, exit: NTSTATUS) -> NTSTATUS {
    const OWN: isize = -1;
    let handle = if process.is_null() { Handle::from_raw(OWN) } else { from_handle(process) };
    let ended = handle.and_then(|handle| open::terminate(handle, exit.cast_unsigned()));
    ended.map_or_else(|error| status_for(process, error), |()| STATUS_SUCCESS)
}
same_signature!(threads::NtTerminateProcess, NtTerminateProcess, fn(_, _) -> _);

/// `NtOpenProcess`: opens a process by its id. Of the attributes `OBJ_INHERIT` counts.
///
/// `STATUS_INVALID_PARAMETER_MIX`: there is no id. `STATUS_INVALID_CID`: there is no such process.
/// `STATUS_ACCESS_DENIED`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/ntddk/nf-ntddk-ntopenprocess>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NtOpenProcess(
    place: *mut HANDLE,
    access: u32,
    attributes: *const OBJECT_ATTRIBUTES,
    id: *const CLIENT_ID,
) -> NTSTATUS {
    const OBJ_INHERIT: u32 = 2;
    // SAFETY: NULL or readable, by the caller's contract.
    let Some(id) = (unsafe { load(id) }) else { return STATUS_INVALID_PARAMETER_MIX };
    // SAFETY: NULL or readable, by the caller's contract.
    let attributes = unsafe { load(attributes) }.map_or(0, |attributes| attributes.Attributes);
    let inherit = attributes & OBJ_INHERIT != 0;
    let pid = u32::try_from(id.UniqueProcess.addr()).map_err(|_| Win32Error::INVALID_PARAMETER);
    let opened = pid.and_then(|pid| open::open(access, inherit, pid));
    match opened {
        // SAFETY: writable, by the caller's contract.
        Ok(handle) => match unsafe { store(place, crate::abi::to_handle(handle)) } {
            Ok(()) => STATUS_SUCCESS,
            Err(error) => status::of_error(error),
        },
        Err(Win32Error::INVALID_PARAMETER) => STATUS_INVALID_CID,
        Err(error) => status::of_error(error),
    }
}
same_signature!(threads::NtOpenProcess, NtOpenProcess, fn(_, _, _, _) -> _);

/// `RtlNtStatusToDosError`: the Win32 error of a status; `ERROR_MR_MID_NOT_FOUND` for one that nobody
/// knows.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-rtlntstatustodoserror>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RtlNtStatusToDosError(status: NTSTATUS) -> u32 {
    status::to_code(status)
}
same_signature!(
    windows_sys::Win32::Foundation::RtlNtStatusToDosError,
    RtlNtStatusToDosError,
    fn(_) -> _
);

/// `RtlInitUnicodeString`: has a counted string be a terminated one.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-rtlinitunicodestring>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RtlInitUnicodeString(place: *mut UNICODE_STRING, string: *const u16) {
    const LONGEST: usize = 0xFFFC;
    // SAFETY: NULL or a string, by the caller's contract.
    let length = unsafe { crate::abi::wide_string(string) }.map_or(0, |string| string.len() * 2);
    let length = length.min(LONGEST) as u16;
    let counted = UNICODE_STRING {
        Length: length,
        MaximumLength: if string.is_null() { 0 } else { length + 2 },
        Buffer: string.cast_mut(),
    };
    // SAFETY: writable, by the caller's contract; NULL stores nothing.
    unsafe { store_optional(place, counted) };
}
same_signature!(programming::RtlInitUnicodeString, RtlInitUnicodeString, fn(_, _));

/// `RtlGetVersion`: that of Windows 10, build 19045.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/wdm/nf-wdm-rtlgetversion>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RtlGetVersion(place: *mut OSVERSIONINFOW) -> NTSTATUS {
    let (major, minor, build) = system::version();
    // SAFETY: readable, by the caller's contract.
    let size = unsafe { load(place.cast::<u32>()) }.unwrap_or(0);
    let version = OSVERSIONINFOW {
        dwOSVersionInfoSize: size,
        dwMajorVersion: major,
        dwMinorVersion: minor,
        dwBuildNumber: build,
        dwPlatformId: 2,
        ..Default::default()
    };
    // SAFETY: NULL or writable, by the caller's contract.
    status_of(native(unsafe { store(place, version) }))
}
same_signature!(services::RtlGetVersion, RtlGetVersion, fn(_) -> _);
