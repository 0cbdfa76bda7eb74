//! `psapi.h`, and what `winbase.h` and `processthreadsapi.h` tell of processes.

use crate::abi::{Unit, from_handle, load, or_else, same_signature, store, store_string, succeeds};
use crate::libloaderapi;
use std::ptr::{null_mut, with_exposed_provenance_mut};
use std::sync::Arc;
use transom_kernel::file::path::to_win32;
use transom_kernel::process::modules::ModuleEntry;
use transom_kernel::process::{Process, open, usage};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::{HANDLE, HMODULE};
use windows_sys::Win32::System::ProcessStatus::{
    self as official, ENUM_PROCESS_MODULES_EX_FLAGS, LIST_MODULES_32BIT, MODULEINFO,
    PROCESS_MEMORY_COUNTERS, PROCESS_MEMORY_COUNTERS_EX,
};
use windows_sys::Win32::System::SystemInformation::{
    IMAGE_FILE_MACHINE, IMAGE_FILE_MACHINE_AMD64, IMAGE_FILE_MACHINE_ARM64,
    IMAGE_FILE_MACHINE_UNKNOWN,
};
use windows_sys::Win32::System::Threading::{
    self as threading, IO_COUNTERS, PROCESS_NAME_FORMAT, PROCESS_NAME_NATIVE, PROCESS_NAME_WIN32,
    PROCESS_QUERY_INFORMATION, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SET_INFORMATION,
};
use windows_sys::core::BOOL;

const QUERY: u32 = PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION;

fn process_of(process: HANDLE) -> Result<Arc<Process>> {
    open::process_of(from_handle(process)?, QUERY)
}

/// Gives as many elements as `bytes` have room for, and how many bytes all have.
///
/// # Safety
/// `place` is NULL or points to `bytes` writable bytes, `needed` is NULL or writable.
unsafe fn give_list<T: Copy>(
    list: &[T],
    place: *mut T,
    bytes: u32,
    needed: *mut u32,
) -> Result<()> {
    let room = bytes as usize / size_of::<T>();
    for (index, &element) in list.iter().take(room).enumerate() {
        // SAFETY: the same contract.
        unsafe { store(place.wrapping_add(index), element) }?;
    }
    // SAFETY: the same contract.
    unsafe { store(needed, size_of_val(list) as u32) }
}

/// # Safety
/// As for [`give_list`].
unsafe fn give_ids(ids: *mut u32, bytes: u32, given: *mut u32) -> Result<()> {
    let mut list = usage::ids()?;
    list.truncate(bytes as usize / size_of::<u32>());
    // SAFETY: the same contract.
    unsafe { give_list(&list, ids, bytes, given) }
}

fn is_32_bit_only(filter: u32) -> bool {
    filter == LIST_MODULES_32BIT
}

/// The modules of a process, by the addresses they begin at.
fn modules_of(process: HANDLE, filter: u32) -> Result<Vec<HMODULE>> {
    let process = process_of(process)?;
    if is_32_bit_only(filter) {
        return Ok(Vec::new());
    }
    let modules = usage::modules(&process)?;
    Ok(modules.iter().map(|module| with_exposed_provenance_mut(module.base as usize)).collect())
}

/// A module of a process: the program for NULL.
fn module_of(process: HANDLE, module: HMODULE) -> Result<ModuleEntry> {
    let process = process_of(process)?;
    let base = module.addr() as u64;
    let mut modules = usage::modules(&process)?.into_iter();
    // One that this process has loaded is known by its number too.
    let path = match libloaderapi::path_of(module) {
        Ok(path) if process.pid() == std::process::id() && !module.is_null() => Some(path),
        _ => None,
    };
    let is_it = |entry: &ModuleEntry| {
        module.is_null() || entry.base == base || path.as_ref() == Some(&to_win32(&entry.path))
    };
    modules.find(is_it).ok_or(Win32Error::INVALID_HANDLE)
}

/// The path of a module: of one in a list, or one that this process has loaded.
fn path_of(process: HANDLE, module: HMODULE) -> Result<Vec<u16>> {
    let own = process_of(process)?.pid() == std::process::id();
    if own
        && !module.is_null()
        && let Ok(path) = libloaderapi::path_of(module)
    {
        return Ok(path);
    }
    if module.is_null() {
        return usage::image(&*process_of(process)?);
    }
    module_of(process, module).map(|entry| to_win32(&entry.path))
}

fn base_name_of(process: HANDLE, module: HMODULE) -> Result<Vec<u16>> {
    let path = path_of(process, module)?;
    let name = path.rsplit(|&unit| unit == u16::from(b'\\')).next();
    Ok(name.unwrap_or_default().to_vec())
}

/// Gives a string, or as much as fits; how long it is, or `size` where it did not fit.
///
/// # Safety
/// `buffer` is NULL or points to `size` writable elements.
pub(crate) unsafe fn give_cut<T: Unit>(text: Result<Vec<u16>>, buffer: *mut T, size: u32) -> u32 {
    let given = text.and_then(|text| {
        if buffer.is_null() || size == 0 {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        let text = T::encode(&text);
        let kept = &text[..text.len().min(size as usize - 1)];
        // SAFETY: the same contract.
        let given = unsafe { store_string(kept, buffer, size) };
        Ok(if kept.len() < text.len() { size } else { given })
    });
    or_else(given, 0)
}

fn device_path(process: HANDLE) -> Result<Vec<u16>> {
    let path = usage::image(&*process_of(process)?)?;
    let device = r"\Device\HarddiskVolume1".encode_utf16();
    Ok(device.chain(path.get(2..).unwrap_or_default().iter().copied()).collect())
}

/// # Safety
/// `place` points to `size` writable bytes.
unsafe fn give_memory(
    process: HANDLE,
    place: *mut PROCESS_MEMORY_COUNTERS,
    size: u32,
) -> Result<()> {
    let memory = usage::memory(&*process_of(process)?)?;
    let counters = PROCESS_MEMORY_COUNTERS_EX {
        cb: size,
        PageFaultCount: memory.faults,
        PeakWorkingSetSize: memory.peak_resident,
        WorkingSetSize: memory.resident,
        PagefileUsage: memory.private,
        PeakPagefileUsage: memory.peak_space,
        PrivateUsage: memory.private,
        ..Default::default()
    };
    let short = size_of::<PROCESS_MEMORY_COUNTERS>();
    if size as usize >= size_of::<PROCESS_MEMORY_COUNTERS_EX>() {
        // SAFETY: so large, by the same contract.
        unsafe { store(place.cast(), counters) }
    } else if size as usize >= short {
        let counters = PROCESS_MEMORY_COUNTERS {
            cb: counters.cb,
            PageFaultCount: counters.PageFaultCount,
            PeakWorkingSetSize: counters.PeakWorkingSetSize,
            WorkingSetSize: counters.WorkingSetSize,
            PagefileUsage: counters.PagefileUsage,
            PeakPagefileUsage: counters.PeakPagefileUsage,
            ..Default::default()
        };
        // SAFETY: so large, by the same contract.
        unsafe { store(place, counters) }
    } else {
        Err(Win32Error::INSUFFICIENT_BUFFER)
    }
}

/// # Safety
/// `place` points to `size` writable bytes.
unsafe fn give_information(
    process: HANDLE,
    module: HMODULE,
    place: *mut MODULEINFO,
    size: u32,
) -> Result<()> {
    if (size as usize) < size_of::<MODULEINFO>() {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    let found = module_of(process, module)?;
    let information = MODULEINFO {
        lpBaseOfDll: with_exposed_provenance_mut(found.base as usize),
        SizeOfImage: u32::try_from(found.size).unwrap_or(u32::MAX),
        EntryPoint: null_mut(),
    };
    // SAFETY: so large, by the same contract.
    unsafe { store(place, information) }
}

/// `EnumProcesses`: the ids of all processes, as many as there is room for; how many bytes those
/// have is stored in `given`, so whoever is given as many as there was room for asks again.
///
/// # Errors
/// Those of [`usage::ids`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-enumprocesses>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn EnumProcesses(ids: *mut u32, bytes: u32, given: *mut u32) -> BOOL {
    // SAFETY: by the caller's contract.
    succeeds(unsafe { give_ids(ids, bytes, given) })
}
same_signature!(official::EnumProcesses, EnumProcesses, fn(_, _, _) -> _);

/// `EnumProcessModules`: where the modules of a process begin, the program first.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-enumprocessmodules>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn EnumProcessModules(
    process: HANDLE,
    modules: *mut HMODULE,
    bytes: u32,
    needed: *mut u32,
) -> BOOL {
    succeeds(modules_of(process, 0).and_then(|list| {
        // SAFETY: by the caller's contract.
        unsafe { give_list(&list, modules, bytes, needed) }
    }))
}

/// `EnumProcessModulesEx`: as [`EnumProcessModules`]; there are none of 32 bits.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-enumprocessmodulesex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn EnumProcessModulesEx(
    process: HANDLE,
    modules: *mut HMODULE,
    bytes: u32,
    needed: *mut u32,
    filter: ENUM_PROCESS_MODULES_EX_FLAGS,
) -> BOOL {
    succeeds(modules_of(process, filter).and_then(|list| {
        // SAFETY: by the caller's contract.
        unsafe { give_list(&list, modules, bytes, needed) }
    }))
}

/// `GetModuleBaseName`: the file name of a process's module, or of its program (NULL), as much as
/// fits; its length.
///
/// # Errors
/// 0, with `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`, `ERROR_INSUFFICIENT_BUFFER` (no buffer).
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmodulebasenamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetModuleBaseNameW(
    process: HANDLE,
    module: HMODULE,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(base_name_of(process, module), buffer, size) }
}

/// `GetModuleBaseNameA`: as [`GetModuleBaseNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmodulebasenamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetModuleBaseNameA(
    process: HANDLE,
    module: HMODULE,
    buffer: *mut u8,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(base_name_of(process, module), buffer, size) }
}

/// `GetModuleFileNameEx`: as [`GetModuleBaseNameW`], the whole path.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmodulefilenameexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetModuleFileNameExW(
    process: HANDLE,
    module: HMODULE,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(path_of(process, module), buffer, size) }
}

/// `GetModuleFileNameExA`: as [`GetModuleFileNameExW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmodulefilenameexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetModuleFileNameExA(
    process: HANDLE,
    module: HMODULE,
    buffer: *mut u8,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(path_of(process, module), buffer, size) }
}

/// `GetProcessImageFileName`: the path of a process's program, as `\Device\HarddiskVolume1\...`.
///
/// # Errors
/// As for [`GetModuleBaseNameW`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getprocessimagefilenamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetProcessImageFileNameW(
    process: HANDLE,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(device_path(process), buffer, size) }
}

/// `GetProcessImageFileNameA`: as [`GetProcessImageFileNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getprocessimagefilenamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetProcessImageFileNameA(
    process: HANDLE,
    buffer: *mut u8,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(device_path(process), buffer, size) }
}

/// `GetModuleInformation`: where a module is and how large. The entry point is not told: NULL.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`, `ERROR_INSUFFICIENT_BUFFER`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmoduleinformation>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetModuleInformation(
    process: HANDLE,
    module: HMODULE,
    place: *mut MODULEINFO,
    size: u32,
) -> BOOL {
    // SAFETY: by the caller's contract.
    succeeds(unsafe { give_information(process, module, place, size) })
}

/// `GetProcessMemoryInfo`: how much memory a process uses. There are no pools: their fields are 0.
///
/// # Errors
/// Those of [`usage::memory`]; `ERROR_INSUFFICIENT_BUFFER`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getprocessmemoryinfo>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetProcessMemoryInfo(
    process: HANDLE,
    place: *mut PROCESS_MEMORY_COUNTERS,
    size: u32,
) -> BOOL {
    // SAFETY: by the caller's contract.
    succeeds(unsafe { give_memory(process, place, size) })
}
same_signature!(official::GetProcessMemoryInfo, GetProcessMemoryInfo, fn(_, _, _) -> _);

/// `K32EnumProcesses`: as [`EnumProcesses`].
///
/// # Errors
/// Those of [`usage::ids`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-enumprocesses>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn K32EnumProcesses(ids: *mut u32, bytes: u32, given: *mut u32) -> BOOL {
    // SAFETY: by the caller's contract.
    succeeds(unsafe { give_ids(ids, bytes, given) })
}
same_signature!(official::K32EnumProcesses, K32EnumProcesses, fn(_, _, _) -> _);

/// `K32EnumProcessModules`: where the modules of a process begin, the program first.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-enumprocessmodules>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn K32EnumProcessModules(
    process: HANDLE,
    modules: *mut HMODULE,
    bytes: u32,
    needed: *mut u32,
) -> BOOL {
    succeeds(modules_of(process, 0).and_then(|list| {
        // SAFETY: by the caller's contract.
        unsafe { give_list(&list, modules, bytes, needed) }
    }))
}
same_signature!(official::K32EnumProcessModules, K32EnumProcessModules, fn(_, _, _, _) -> _);

/// `K32EnumProcessModulesEx`: as [`K32EnumProcessModules`]; there are none of 32 bits.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-enumprocessmodulesex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn K32EnumProcessModulesEx(
    process: HANDLE,
    modules: *mut HMODULE,
    bytes: u32,
    needed: *mut u32,
    filter: ENUM_PROCESS_MODULES_EX_FLAGS,
) -> BOOL {
    succeeds(modules_of(process, filter).and_then(|list| {
        // SAFETY: by the caller's contract.
        unsafe { give_list(&list, modules, bytes, needed) }
    }))
}
same_signature!(official::K32EnumProcessModulesEx, K32EnumProcessModulesEx, fn(_, _, _, _, _) -> _);

/// `K32GetModuleBaseName`: the file name of a process's module, or of its program (NULL), as much as
/// fits; its length.
///
/// # Errors
/// 0, with `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`, `ERROR_INSUFFICIENT_BUFFER` (no buffer).
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmodulebasenamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn K32GetModuleBaseNameW(
    process: HANDLE,
    module: HMODULE,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(base_name_of(process, module), buffer, size) }
}
same_signature!(official::K32GetModuleBaseNameW, K32GetModuleBaseNameW, fn(_, _, _, _) -> _);

/// `K32GetModuleBaseNameA`: as [`K32GetModuleBaseNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmodulebasenamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn K32GetModuleBaseNameA(
    process: HANDLE,
    module: HMODULE,
    buffer: *mut u8,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(base_name_of(process, module), buffer, size) }
}
same_signature!(official::K32GetModuleBaseNameA, K32GetModuleBaseNameA, fn(_, _, _, _) -> _);

/// `K32GetModuleFileNameEx`: as [`K32GetModuleBaseNameW`], the whole path.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmodulefilenameexw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn K32GetModuleFileNameExW(
    process: HANDLE,
    module: HMODULE,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(path_of(process, module), buffer, size) }
}
same_signature!(official::K32GetModuleFileNameExW, K32GetModuleFileNameExW, fn(_, _, _, _) -> _);

/// `K32GetModuleFileNameExA`: as [`K32GetModuleFileNameExW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmodulefilenameexa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn K32GetModuleFileNameExA(
    process: HANDLE,
    module: HMODULE,
    buffer: *mut u8,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(path_of(process, module), buffer, size) }
}
same_signature!(official::K32GetModuleFileNameExA, K32GetModuleFileNameExA, fn(_, _, _, _) -> _);

/// `K32GetProcessImageFileName`: the path of a process's program, as `\Device\HarddiskVolume1\...`.
///
/// # Errors
/// As for [`K32GetModuleBaseNameW`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getprocessimagefilenamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn K32GetProcessImageFileNameW(
    process: HANDLE,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(device_path(process), buffer, size) }
}
same_signature!(
    official::K32GetProcessImageFileNameW,
    K32GetProcessImageFileNameW,
    fn(_, _, _) -> _
);

/// `K32GetProcessImageFileNameA`: as [`K32GetProcessImageFileNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getprocessimagefilenamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn K32GetProcessImageFileNameA(
    process: HANDLE,
    buffer: *mut u8,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(device_path(process), buffer, size) }
}
same_signature!(
    official::K32GetProcessImageFileNameA,
    K32GetProcessImageFileNameA,
    fn(_, _, _) -> _
);

/// `K32GetModuleInformation`: where a module is and how large. The entry point is not told: NULL.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`, `ERROR_INSUFFICIENT_BUFFER`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmoduleinformation>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn K32GetModuleInformation(
    process: HANDLE,
    module: HMODULE,
    place: *mut MODULEINFO,
    size: u32,
) -> BOOL {
    // SAFETY: by the caller's contract.
    succeeds(unsafe { give_information(process, module, place, size) })
}
same_signature!(official::K32GetModuleInformation, K32GetModuleInformation, fn(_, _, _, _) -> _);

/// `K32GetProcessMemoryInfo`: how much memory a process uses. There are no pools: their fields are 0.
///
/// # Errors
/// Those of [`usage::memory`]; `ERROR_INSUFFICIENT_BUFFER`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getprocessmemoryinfo>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn K32GetProcessMemoryInfo(
    process: HANDLE,
    place: *mut PROCESS_MEMORY_COUNTERS,
    size: u32,
) -> BOOL {
    // SAFETY: by the caller's contract.
    succeeds(unsafe { give_memory(process, place, size) })
}
same_signature!(official::K32GetProcessMemoryInfo, K32GetProcessMemoryInfo, fn(_, _, _) -> _);

fn image_in_form(process: HANDLE, form: PROCESS_NAME_FORMAT) -> Result<Vec<u16>> {
    match form {
        PROCESS_NAME_WIN32 => usage::image(&*process_of(process)?),
        PROCESS_NAME_NATIVE => device_path(process),
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}

/// `QueryFullProcessImageName`: the path of a process's program; `size` is the room, and then the
/// length.
///
/// # Errors
/// Those of [`usage::image`]; `ERROR_INSUFFICIENT_BUFFER`; `ERROR_INVALID_PARAMETER` for another form
/// than the two.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-queryfullprocessimagenamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn QueryFullProcessImageNameW(
    process: HANDLE,
    form: PROCESS_NAME_FORMAT,
    buffer: *mut u16,
    size: *mut u32,
) -> BOOL {
    let give = || {
        let path = <u16 as Unit>::encode(&image_in_form(process, form)?);
        // SAFETY: NULL or readable, by the caller's contract.
        let room = unsafe { load(size) }.ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: NULL or so much room, by the caller's contract.
        let length = unsafe { store_string(&path, buffer, room) };
        if length as usize != path.len() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        // SAFETY: not NULL, so writable by the caller's contract.
        unsafe { store(size, length) }
    };
    succeeds(give())
}
same_signature!(
    threading::QueryFullProcessImageNameW,
    QueryFullProcessImageNameW,
    fn(_, _, _, _) -> _
);

/// `QueryFullProcessImageNameA`: as [`QueryFullProcessImageNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-queryfullprocessimagenamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn QueryFullProcessImageNameA(
    process: HANDLE,
    form: PROCESS_NAME_FORMAT,
    buffer: *mut u8,
    size: *mut u32,
) -> BOOL {
    let give = || {
        let path = <u8 as Unit>::encode(&image_in_form(process, form)?);
        // SAFETY: NULL or readable, by the caller's contract.
        let room = unsafe { load(size) }.ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: NULL or so much room, by the caller's contract.
        let length = unsafe { store_string(&path, buffer, room) };
        if length as usize != path.len() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        // SAFETY: not NULL, so writable by the caller's contract.
        unsafe { store(size, length) }
    };
    succeeds(give())
}
same_signature!(
    threading::QueryFullProcessImageNameA,
    QueryFullProcessImageNameA,
    fn(_, _, _, _) -> _
);

/// `GetProcessIoCounters`: what a process has read and written.
///
/// # Errors
/// Those of [`usage::transfers`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getprocessiocounters>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetProcessIoCounters(
    process: HANDLE,
    place: *mut IO_COUNTERS,
) -> BOOL {
    succeeds(process_of(process).and_then(|process| {
        let transfers = usage::transfers(&process)?;
        let counters = IO_COUNTERS {
            ReadOperationCount: transfers.reads,
            WriteOperationCount: transfers.writes,
            OtherOperationCount: 0,
            ReadTransferCount: transfers.bytes_read,
            WriteTransferCount: transfers.bytes_written,
            OtherTransferCount: 0,
        };
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(place, counters) }
    }))
}
same_signature!(threading::GetProcessIoCounters, GetProcessIoCounters, fn(_, _) -> _);

/// `IsWow64Process`: FALSE for every process: 32-bit programs have no layer of their own.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/wow64apiset/nf-wow64apiset-iswow64process>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsWow64Process(process: HANDLE, place: *mut BOOL) -> BOOL {
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(process_of(process).and_then(|_| unsafe { store(place, 0) }))
}
same_signature!(threading::IsWow64Process, IsWow64Process, fn(_, _) -> _);

/// `IsWow64Process2`: as [`IsWow64Process`], and which machine this is.
///
/// # Errors
/// As for [`IsWow64Process`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/wow64apiset/nf-wow64apiset-iswow64process2>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsWow64Process2(
    process: HANDLE,
    own: *mut IMAGE_FILE_MACHINE,
    native: *mut IMAGE_FILE_MACHINE,
) -> BOOL {
    const NATIVE: IMAGE_FILE_MACHINE = if cfg!(target_arch = "aarch64") {
        IMAGE_FILE_MACHINE_ARM64
    } else {
        IMAGE_FILE_MACHINE_AMD64
    };
    succeeds(process_of(process).and_then(|_| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { crate::abi::store_optional(native, NATIVE) };
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(own, IMAGE_FILE_MACHINE_UNKNOWN) }
    }))
}
same_signature!(threading::IsWow64Process2, IsWow64Process2, fn(_, _, _) -> _);

/// `GetProcessAffinityMask`: the processors a process may run on, and those of the machine.
///
/// # Errors
/// Those of [`usage::affinity`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getprocessaffinitymask>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetProcessAffinityMask(
    process: HANDLE,
    own: *mut usize,
    system: *mut usize,
) -> BOOL {
    succeeds(process_of(process).and_then(|process| {
        let mask = usage::affinity(&process)?;
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(own, mask) }?;
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(system, usage::all_processors()) }
    }))
}
same_signature!(threading::GetProcessAffinityMask, GetProcessAffinityMask, fn(_, _, _) -> _);

/// `SetProcessAffinityMask`: the processors that all threads of a process may run on.
///
/// # Errors
/// Those of [`usage::set_affinity`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setprocessaffinitymask>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetProcessAffinityMask(process: HANDLE, mask: usize) -> BOOL {
    let process =
        from_handle(process).and_then(|process| open::process_of(process, PROCESS_SET_INFORMATION));
    succeeds(process.and_then(|process| usage::set_affinity(&process, mask)))
}
same_signature!(threading::SetProcessAffinityMask, SetProcessAffinityMask, fn(_, _) -> _);
