//! Modules, and processes as `psapi.h` tells of them.

use crate::{TRUE, raw, wide, win32};
use std::ffi::c_void;
use std::ptr::null_mut;
use windows_sys::Win32::Foundation::{
    ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_HANDLE, ERROR_MOD_NOT_FOUND, ERROR_NOT_SUPPORTED,
    ERROR_PROC_NOT_FOUND, FreeLibrary, HMODULE,
};
use windows_sys::Win32::System::LibraryLoader::{
    DisableThreadLibraryCalls, GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
    GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, GetModuleFileNameW, GetModuleHandleA,
    GetModuleHandleExW, GetModuleHandleW, GetProcAddress, LOAD_LIBRARY_AS_DATAFILE, LoadLibraryA,
    LoadLibraryExW, LoadLibraryW,
};
use windows_sys::Win32::System::ProcessStatus::{
    EnumProcesses, GetProcessMemoryInfo, K32EnumProcessModules, K32GetModuleBaseNameW,
    K32GetModuleFileNameExW, PROCESS_MEMORY_COUNTERS,
};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, GetProcessAffinityMask, GetProcessIoCounters, IO_COUNTERS, IsWow64Process,
    QueryFullProcessImageNameW,
};

#[test]
fn transom_stands_for_the_libraries_of_windows() {
    let handles = ["kernel32.dll", "KERNEL32", r"C:\Windows\System32\kernel32.dll"]
        .map(|name| win32!(GetModuleHandleW(wide(name).as_ptr())).0);
    assert!(!handles[0].is_null() && handles.iter().all(|&handle| handle == handles[0]));
    let kernel = handles[0];
    let (advapi, _) = win32!(LoadLibraryA(c"advapi32.dll".as_ptr().cast()));
    assert!(!advapi.is_null() && advapi != kernel);
    let find = |module, name: &std::ffi::CStr| win32!(GetProcAddress(module, name.as_ptr().cast()));
    let (function, _) = find(kernel, c"GetCurrentProcessId");
    let function = function.expect("it is there");
    // SAFETY: the function takes nothing and gives a number.
    let function = unsafe {
        std::mem::transmute::<
            unsafe extern "system" fn() -> isize,
            unsafe extern "system" fn() -> u32,
        >(function)
    };
    // SAFETY: as above.
    assert_eq!(unsafe { function() }, std::process::id());
    // Also what nothing else in this program calls.
    assert!(find(kernel, c"GetTempFileNameA").0.is_some());
    assert_eq!(find(kernel, c"NoSuchFunction"), (None, ERROR_PROC_NOT_FOUND));
    assert_eq!(
        win32!(GetProcAddress(kernel, std::ptr::without_provenance(7))).1,
        ERROR_PROC_NOT_FOUND
    );
    assert_eq!(find(raw(0xDEAD0), c"CloseHandle"), (None, ERROR_INVALID_HANDLE));
    assert_eq!(win32!(FreeLibrary(advapi)), TRUE);
    assert_eq!(win32!(FreeLibrary(raw(0xDEAD0))), (0, ERROR_INVALID_HANDLE));
    assert_eq!(win32!(DisableThreadLibraryCalls(kernel)), TRUE);
}

#[test]
fn libraries_of_linux_are_loaded_and_freed() {
    let none = win32!(LoadLibraryW(wide("no-such-library.dll").as_ptr()));
    assert_eq!(none, (null_mut(), ERROR_MOD_NOT_FOUND));
    let absent = win32!(GetModuleHandleA(c"libutil.so.1".as_ptr().cast()));
    let (library, error) = win32!(LoadLibraryW(wide("libm.so.6").as_ptr()));
    assert!(!library.is_null(), "error {error}");
    assert_eq!(absent, (null_mut(), ERROR_MOD_NOT_FOUND));
    let cos = win32!(GetProcAddress(library, c"cos".as_ptr().cast())).0.expect("it is there");
    // SAFETY: the function takes and gives a number.
    let cos = unsafe {
        std::mem::transmute::<unsafe extern "system" fn() -> isize, unsafe extern "C" fn(f64) -> f64>(
            cos,
        )
    };
    // SAFETY: as above.
    assert!((unsafe { cos(0.0) } - 1.0).abs() < f64::EPSILON);
    assert_eq!(win32!(GetModuleHandleA(c"libm.so.6".as_ptr().cast())).0, library);
    let mut path = [0_u16; 300];
    let (length, _) = win32!(GetModuleFileNameW(library, path.as_mut_ptr(), 300));
    let shown = String::from_utf16_lossy(&path[..length as usize]);
    assert!(shown.starts_with(r"C:\") || shown.contains("libm"), "{shown}");
    assert_eq!(win32!(FreeLibrary(library)), TRUE);
    assert_eq!(win32!(FreeLibrary(library)), (0, ERROR_INVALID_HANDLE));
    let flags = LOAD_LIBRARY_AS_DATAFILE;
    let data = win32!(LoadLibraryExW(wide("libm.so.6").as_ptr(), null_mut(), flags));
    assert_eq!(data, (null_mut(), ERROR_NOT_SUPPORTED));
}

#[test]
fn the_program_is_a_module() {
    let (program, _) = win32!(GetModuleHandleW(std::ptr::null()));
    let mut found: HMODULE = null_mut();
    let flags =
        GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
    let here = the_program_is_a_module as *const () as *const u16;
    assert_eq!(win32!(GetModuleHandleExW(flags, here, &raw mut found)), TRUE);
    assert_eq!(found, program);
    let mut paths = [[0_u16; 300]; 2];
    let lengths = [null_mut(), program].map(|module| {
        win32!(GetModuleFileNameW(module, paths[usize::from(module.is_null())].as_mut_ptr(), 300)).0
    });
    assert_eq!(lengths[0], lengths[1]);
    assert_eq!(paths[0], paths[1]);
}

#[test]
fn processes_are_described() {
    let (own, _) = win32!(GetCurrentProcess());
    let (mut ids, mut needed) = ([0_u32; 4096], 0);
    assert_eq!(win32!(EnumProcesses(ids.as_mut_ptr(), 4096 * 4, &raw mut needed)), TRUE);
    assert!(ids[..needed as usize / 4].contains(&std::process::id()));
    let mut modules: [*mut c_void; 64] = [null_mut(); 64];
    let room = size_of_val(&modules) as u32;
    let list = win32!(K32EnumProcessModules(own, modules.as_mut_ptr(), room, &raw mut needed));
    assert_eq!(list, TRUE);
    assert!(needed as usize >= 2 * 8);
    let mut name = [0_u16; 300];
    let (length, _) = win32!(K32GetModuleBaseNameW(own, modules[0], name.as_mut_ptr(), 300));
    let base = String::from_utf16_lossy(&name[..length as usize]);
    let exe = std::env::current_exe().unwrap();
    assert_eq!(base, exe.file_name().unwrap().to_string_lossy());
    let (length, _) = win32!(K32GetModuleFileNameExW(own, null_mut(), name.as_mut_ptr(), 300));
    let whole = String::from_utf16_lossy(&name[..length as usize]);
    let mut size = 300;
    assert_eq!(win32!(QueryFullProcessImageNameW(own, 0, name.as_mut_ptr(), &raw mut size)), TRUE);
    assert_eq!(String::from_utf16_lossy(&name[..size as usize]), whole);
    size = 3;
    let short = win32!(QueryFullProcessImageNameW(own, 0, name.as_mut_ptr(), &raw mut size));
    assert_eq!(short, (0, ERROR_INSUFFICIENT_BUFFER));

    let mut memory = PROCESS_MEMORY_COUNTERS::default();
    let size = size_of_val(&memory) as u32;
    assert_eq!(win32!(GetProcessMemoryInfo(own, &raw mut memory, size)), TRUE);
    assert!(memory.PeakWorkingSetSize >= memory.WorkingSetSize && memory.WorkingSetSize > 0);
    assert_eq!(win32!(GetProcessMemoryInfo(own, &raw mut memory, 8)).1, ERROR_INSUFFICIENT_BUFFER);
    let mut counters = IO_COUNTERS::default();
    assert_eq!(win32!(GetProcessIoCounters(own, &raw mut counters)), TRUE);
    assert!(counters.ReadOperationCount > 0);
    let mut wow = 7;
    assert_eq!((win32!(IsWow64Process(own, &raw mut wow)), wow), (TRUE, 0));
    let (mut mask, mut system) = (0, 0);
    assert_eq!(win32!(GetProcessAffinityMask(own, &raw mut mask, &raw mut system)), TRUE);
    assert!(mask != 0 && mask & !system == 0);
    let other = crate::event();
    assert_eq!(win32!(IsWow64Process(other, &raw mut wow)), (0, ERROR_INVALID_HANDLE));
    crate::close([other]);
}
