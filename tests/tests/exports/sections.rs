//! Sections: memory and files that processes share by mapping them.

use crate::{TRUE, UNKNOWN, alone, close, event, raw, wide, win32};
use std::ffi::c_void;
use std::process::Command;
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{
    DUPLICATE_SAME_ACCESS, DuplicateHandle, ERROR_ACCESS_DENIED, ERROR_ALREADY_EXISTS,
    ERROR_FILE_INVALID, ERROR_FILE_NOT_FOUND, ERROR_INVALID_ADDRESS, ERROR_INVALID_HANDLE,
    ERROR_INVALID_PARAMETER, ERROR_MAPPED_ALIGNMENT, ERROR_NOT_ENOUGH_MEMORY, ERROR_NOT_SUPPORTED,
    GENERIC_READ, GENERIC_WRITE, HANDLE, INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::Storage::FileSystem::{
    CREATE_ALWAYS, CreateFileA, FILE_SHARE_READ, FILE_SHARE_WRITE, OPEN_EXISTING,
};
use windows_sys::Win32::System::Memory::{
    CreateFileMappingA, CreateFileMappingW, FILE_MAP_ALL_ACCESS, FILE_MAP_COPY, FILE_MAP_READ,
    FILE_MAP_WRITE, FlushViewOfFile, MEM_COMMIT, MEM_MAPPED, MEMORY_BASIC_INFORMATION,
    MapViewOfFile, MapViewOfFileEx, OpenFileMappingA, OpenFileMappingW, PAGE_READONLY,
    PAGE_READWRITE, SEC_COMMIT, SEC_IMAGE, SEC_RESERVE, UnmapViewOfFile, VirtualProtect,
    VirtualQuery,
};
use windows_sys::Win32::System::Threading::GetCurrentProcess;

fn memory(size: u32, name: &str) -> (HANDLE, u32) {
    let name = wide(name);
    let name = if name.len() == 1 { null() } else { name.as_ptr() };
    win32!(CreateFileMappingW(INVALID_HANDLE_VALUE, null(), PAGE_READWRITE, 0, size, name))
}

fn view(section: HANDLE, access: u32) -> *mut u32 {
    let (view, error) = win32!(MapViewOfFile(section, access, 0, 0, 0));
    assert!(!view.Value.is_null(), "error {error}");
    view.Value.cast()
}

fn unmap(view: *mut u32) {
    let view =
        windows_sys::Win32::System::Memory::MEMORY_MAPPED_VIEW_ADDRESS { Value: view.cast() };
    assert_eq!(win32!(UnmapViewOfFile(view)), TRUE);
}

/// A file of the test's own, empty.
fn file(name: &str, access: u32) -> (std::path::PathBuf, HANDLE) {
    let path = std::env::temp_dir().join(format!("transom-{name}-{}", std::process::id()));
    let text = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
    let share = FILE_SHARE_READ | FILE_SHARE_WRITE;
    let (file, error) = win32!(CreateFileA(
        text.as_ptr().cast(),
        access,
        share,
        null(),
        if access == GENERIC_READ { OPEN_EXISTING } else { CREATE_ALWAYS },
        0,
        null_mut(),
    ));
    assert_ne!(file, INVALID_HANDLE_VALUE, "error {error}");
    (path, file)
}

#[test]
fn views_of_one_section_are_the_same_memory() {
    let _alone = alone();
    let (section, error) = memory(100_000, "");
    assert_eq!(error, 0);
    let (first, second) = (view(section, FILE_MAP_ALL_ACCESS), view(section, FILE_MAP_READ));
    // SAFETY: both views are as long as the section, and nobody else's.
    unsafe { first.write(42) };
    // SAFETY: as above.
    assert_eq!(unsafe { second.read() }, 42);
    let copy = view(section, FILE_MAP_COPY);
    // SAFETY: as above.
    unsafe { copy.write(7) };
    // SAFETY: as above.
    assert_eq!((unsafe { first.read() }, unsafe { copy.read() }), (42, 7));
    let mut found = MEMORY_BASIC_INFORMATION::default();
    win32!(VirtualQuery(second.cast(), &raw mut found, size_of_val(&found)));
    assert_eq!((found.Type, found.State, found.Protect), (MEM_MAPPED, MEM_COMMIT, PAGE_READONLY));
    assert_eq!(found.RegionSize, 102_400);
    let mut before = 0;
    let refused = win32!(VirtualProtect(second.cast(), 1, PAGE_READWRITE, &raw mut before));
    assert_eq!(refused, TRUE, "the section and the handle allow it");
    // A view outlives the handle.
    close([section]);
    // SAFETY: as above.
    assert_eq!(unsafe { second.read() }, 42);
    assert_eq!(win32!(FlushViewOfFile(first.cast(), 0)), TRUE);
    for view in [first, second, copy] {
        unmap(view);
    }
    assert_eq!(win32!(FlushViewOfFile(first.cast(), 0)), (0, ERROR_INVALID_ADDRESS));
}

#[test]
fn parts_begin_at_multiples_and_end_in_the_section() {
    let _alone = alone();
    let (section, _) = memory(0x30000, "");
    let map = |access, offset, length, address: usize| {
        let address = std::ptr::without_provenance::<c_void>(address);
        let (view, error) = win32!(MapViewOfFileEx(section, access, 0, offset, length, address));
        (view.Value.cast::<u32>(), error)
    };
    let (part, _) = map(FILE_MAP_WRITE, 0x10000, 0x10000, 0);
    // SAFETY: the part is mapped, and nobody else's.
    unsafe { part.write(9) };
    for (access, offset, length, address, error) in [
        (FILE_MAP_WRITE, 0x1000, 0, 0, ERROR_MAPPED_ALIGNMENT),
        (FILE_MAP_WRITE, 0, 0, 0x1000, ERROR_MAPPED_ALIGNMENT),
        (FILE_MAP_WRITE, 0x30000, 0, 0, ERROR_ACCESS_DENIED),
        (FILE_MAP_WRITE, 0, 0x30001, 0, ERROR_ACCESS_DENIED),
        (0, 0, 0, 0, ERROR_INVALID_PARAMETER),
        (FILE_MAP_WRITE, 0, 0, part.addr(), ERROR_INVALID_ADDRESS),
    ] {
        assert_eq!(
            map(access, offset, length, address),
            (null_mut(), error),
            "{access} {offset:x}"
        );
    }
    unmap(part);
    // Where nothing is on this platform.
    const FREE: usize = 0x6123_0000_0000;
    let (again, _) = map(FILE_MAP_READ, 0x10000, 0, FREE);
    assert_eq!(again.addr(), FREE);
    // SAFETY: the part is mapped.
    assert_eq!(unsafe { again.read() }, 9);
    unmap(again);
    close([section]);
    for bad in [null_mut(), raw(UNKNOWN)] {
        assert_eq!(win32!(MapViewOfFile(bad, FILE_MAP_READ, 0, 0, 0)).1, ERROR_INVALID_HANDLE);
    }
    let other = event();
    assert_eq!(win32!(MapViewOfFile(other, FILE_MAP_READ, 0, 0, 0)).1, ERROR_INVALID_HANDLE);
    close([other]);
}

#[test]
fn fact_41_names_of_sections_are_those_of_all_objects() {
    let _alone = alone();
    let name = format!("transom-section-{}", std::process::id());
    let (first, error) = memory(4096, &name);
    assert_eq!(error, 0);
    let (second, error) = memory(4096, &format!("Local\\{name}"));
    assert_eq!(error, ERROR_ALREADY_EXISTS);
    let (one, two) = (view(first, FILE_MAP_WRITE), view(second, FILE_MAP_WRITE));
    // SAFETY: both are mapped.
    unsafe { one.write(5) };
    // SAFETY: as above.
    assert_eq!(unsafe { two.read() }, 5);
    let wide_name = wide(&name);
    let event = win32!(windows_sys::Win32::System::Threading::CreateEventW(
        null(),
        1,
        0,
        wide_name.as_ptr()
    ));
    assert_eq!(event, (null_mut(), ERROR_INVALID_HANDLE));
    let (reader, _) = win32!(OpenFileMappingW(FILE_MAP_READ, 0, wide_name.as_ptr()));
    assert_eq!(win32!(MapViewOfFile(reader, FILE_MAP_WRITE, 0, 0, 0)).1, ERROR_ACCESS_DENIED);
    close([first, second, reader]);
    unmap(one);
    unmap(two);
    let gone = win32!(OpenFileMappingW(FILE_MAP_READ, 0, wide_name.as_ptr()));
    assert_eq!(gone, (null_mut(), ERROR_FILE_NOT_FOUND));
    assert_eq!(win32!(OpenFileMappingA(FILE_MAP_READ, 0, null())).1, ERROR_INVALID_PARAMETER);
}

#[test]
fn files_are_mapped_and_made_longer() {
    let _alone = alone();
    let (path, file) = file("mapped", GENERIC_READ | GENERIC_WRITE);
    let make =
        |protection, size| win32!(CreateFileMappingA(file, null(), protection, 0, size, null()));
    assert_eq!(make(PAGE_READWRITE, 0), (null_mut(), ERROR_FILE_INVALID));
    assert_eq!(make(PAGE_READONLY, 10), (null_mut(), ERROR_NOT_ENOUGH_MEMORY));
    let (section, _) = make(PAGE_READWRITE, 8);
    let mapped = view(section, FILE_MAP_WRITE);
    // SAFETY: the file has eight bytes.
    unsafe { mapped.write(u32::from_le_bytes(*b"abcd")) };
    assert_eq!(win32!(FlushViewOfFile(mapped.cast(), 4)), TRUE);
    assert_eq!(std::fs::read(&path).unwrap(), b"abcd\0\0\0\0");
    unmap(mapped);
    close([section]);
    let (read_only, _) = make(PAGE_READONLY, 0);
    assert_eq!(win32!(MapViewOfFile(read_only, FILE_MAP_WRITE, 0, 0, 0)).1, ERROR_ACCESS_DENIED);
    let copy = view(read_only, FILE_MAP_COPY);
    // SAFETY: the file has eight bytes, and the copy is this view's own.
    unsafe { copy.write(0) };
    assert_eq!(std::fs::read(&path).unwrap(), b"abcd\0\0\0\0");
    unmap(copy);
    close([read_only, file]);
    let (_, reader) = self::file("mapped", GENERIC_READ);
    let refused = win32!(CreateFileMappingA(reader, null(), PAGE_READWRITE, 0, 0, null()));
    assert_eq!(refused, (null_mut(), ERROR_ACCESS_DENIED));
    close([reader]);
    std::fs::remove_file(path).unwrap();
}

#[test]
fn what_is_no_section_is_refused() {
    let _alone = alone();
    let anything = INVALID_HANDLE_VALUE;
    for (file, flags, size, error) in [
        (anything, PAGE_READWRITE, 0, ERROR_INVALID_PARAMETER),
        (anything, 0x55, 1, ERROR_INVALID_PARAMETER),
        (anything, PAGE_READWRITE | SEC_COMMIT | SEC_RESERVE, 1, ERROR_INVALID_PARAMETER),
        (anything, PAGE_READONLY | SEC_IMAGE, 1, ERROR_NOT_SUPPORTED),
        (raw(UNKNOWN), PAGE_READWRITE, 1, ERROR_INVALID_HANDLE),
        (null_mut(), PAGE_READWRITE, 1, ERROR_INVALID_HANDLE),
    ] {
        let made = win32!(CreateFileMappingW(file, null(), flags, 0, size, null()));
        assert_eq!(made, (null_mut(), error), "{flags:x}");
    }
    let pipe = crate::pipe(0);
    assert_eq!(
        win32!(CreateFileMappingW(pipe[0], null(), PAGE_READONLY, 0, 0, null())),
        (null_mut(), windows_sys::Win32::Foundation::ERROR_BAD_EXE_FORMAT)
    );
    close(pipe);
}

/// Says to this test program, started once more, which section to write to.
const ROLE: &str = "TRANSOM_TEST_SECTION";

#[test]
fn a_section_is_opened_by_its_name_in_another_process() -> std::io::Result<()> {
    if let Ok(name) = std::env::var(ROLE) {
        let name = wide(&name);
        let (section, error) = win32!(OpenFileMappingW(FILE_MAP_ALL_ACCESS, 0, name.as_ptr()));
        assert!(!section.is_null(), "error {error}");
        let view = view(section, FILE_MAP_WRITE);
        // SAFETY: the view is mapped.
        assert_eq!(unsafe { view.read() }, 1);
        // SAFETY: as above.
        unsafe { view.write(2) };
        // It is killed, holding all.
        let myself = rustix::process::getpid();
        rustix::process::kill_process(myself, rustix::process::Signal::KILL)?;
        return Ok(());
    }
    let _alone = alone();
    let name = format!("Global\\transom-shared-{}", std::process::id());
    let (section, _) = memory(4096, &name);
    let mut twin = null_mut();
    let (own, _) = win32!(GetCurrentProcess());
    let (access, options) = (0, DUPLICATE_SAME_ACCESS);
    assert_eq!(win32!(DuplicateHandle(own, section, own, &raw mut twin, access, 0, options)), TRUE);
    close([section]);
    let view = view(twin, FILE_MAP_WRITE);
    // SAFETY: the view is mapped.
    unsafe { view.write(1) };
    let test = "sections::a_section_is_opened_by_its_name_in_another_process";
    let status = Command::new(std::env::current_exe()?)
        .args(["--exact", test, "--nocapture"])
        .env(ROLE, &name)
        .status()?;
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
    // SAFETY: the view is mapped.
    assert_eq!(unsafe { view.read_volatile() }, 2);
    unmap(view);
    close([twin]);
    // Nothing is left behind.
    let name = wide(&name);
    let gone = win32!(OpenFileMappingW(FILE_MAP_READ, 0, name.as_ptr()));
    assert_eq!(gone, (null_mut(), ERROR_FILE_NOT_FOUND));
    Ok(())
}

/// Says to this test program, started once more, which handle it has inherited.
const HEIR: &str = "TRANSOM_TEST_SECTION_HANDLE";

#[test]
fn fact_13_a_section_is_inherited_under_its_value() -> std::io::Result<()> {
    use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
    use windows_sys::Win32::System::Environment::SetEnvironmentVariableW;
    use windows_sys::Win32::System::Threading::{
        CreateProcessW, GetExitCodeProcess, INFINITE, PROCESS_INFORMATION, STARTUPINFOW,
        WaitForSingleObject,
    };
    if let Ok(value) = std::env::var(HEIR) {
        let section = raw(value.parse().expect("a number"));
        let view = view(section, FILE_MAP_WRITE);
        // SAFETY: the view is mapped.
        let found = unsafe { view.read() };
        // SAFETY: as above.
        unsafe { view.write(found + 1) };
        return Ok(());
    }
    let _alone = alone();
    let attributes = SECURITY_ATTRIBUTES {
        nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
        lpSecurityDescriptor: null_mut(),
        bInheritHandle: 1,
    };
    let (anything, access) = (INVALID_HANDLE_VALUE, PAGE_READWRITE);
    let (section, _) =
        win32!(CreateFileMappingW(anything, &raw const attributes, access, 0, 4096, null()));
    let view = view(section, FILE_MAP_WRITE);
    // SAFETY: the view is mapped.
    unsafe { view.write(41) };
    let (name, value) = (wide(HEIR), wide(&section.addr().to_string()));
    assert_eq!(win32!(SetEnvironmentVariableW(name.as_ptr(), value.as_ptr())).0, 1);
    let test = "sections::fact_13_a_section_is_inherited_under_its_value";
    let exe = std::env::current_exe()?;
    let mut line = wide(&format!("\"{}\" --exact {test}", exe.display()));
    let startup = STARTUPINFOW { cb: size_of::<STARTUPINFOW>() as u32, ..Default::default() };
    let mut made = PROCESS_INFORMATION::default();
    let none = null();
    let started = win32!(CreateProcessW(
        null(),
        line.as_mut_ptr(),
        none,
        none,
        1,
        0,
        null(),
        null(),
        &raw const startup,
        &raw mut made
    ));
    assert_eq!(win32!(SetEnvironmentVariableW(name.as_ptr(), null())).0, 1);
    assert_eq!(started.0, 1, "error {}", started.1);
    win32!(WaitForSingleObject(made.hProcess, INFINITE));
    let mut code = 7;
    assert_eq!(win32!(GetExitCodeProcess(made.hProcess, &raw mut code)).0, 1);
    // SAFETY: the view is mapped.
    assert_eq!((code, unsafe { view.read_volatile() }), (0, 42));
    unmap(view);
    close([section, made.hProcess, made.hThread]);
    Ok(())
}
