//! `processthreadsapi.h`: facts 14 to 17, as far as children that know nothing of Transom show
//! them.

use crate::{Misaligned, TRUE, UNKNOWN, UNTOUCHED, alone, close, event, raw, wide, win32};
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use transom_kernel::process::snapshot::Snapshot;
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_BAD_LENGTH, ERROR_DIRECTORY, ERROR_FILE_NOT_FOUND,
    ERROR_GEN_FAILURE, ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER,
    ERROR_NOACCESS, ERROR_NOT_SUPPORTED, ERROR_OBJECT_NAME_EXISTS, FILETIME, HANDLE, WAIT_FAILED,
    WAIT_OBJECT_0, WAIT_TIMEOUT,
};
use windows_sys::Win32::System::Diagnostics::ToolHelp::TH32CS_SNAPPROCESS;
use windows_sys::Win32::System::Threading::{
    CREATE_SUSPENDED, CREATE_UNICODE_ENVIRONMENT, CreateProcessA, CreateProcessW,
    DeleteProcThreadAttributeList, EXTENDED_STARTUPINFO_PRESENT, GetCurrentProcess,
    GetCurrentThread, GetCurrentThreadId, GetExitCodeProcess, GetExitCodeThread, GetPriorityClass,
    GetProcessId, GetProcessIdOfThread, GetProcessTimes, GetThreadId, INFINITE,
    InitializeProcThreadAttributeList, NORMAL_PRIORITY_CLASS, OpenProcess,
    PROC_THREAD_ATTRIBUTE_HANDLE_LIST, PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY,
    PROC_THREAD_ATTRIBUTE_PARENT_PROCESS, PROCESS_ALL_ACCESS, PROCESS_INFORMATION,
    PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SYNCHRONIZE, PROCESS_TERMINATE, ResumeThread,
    STARTUPINFOA, STARTUPINFOEXW, STARTUPINFOW, SetPriorityClass, TerminateProcess,
    UpdateProcThreadAttribute, WaitForSingleObject,
};

const WRONG: (i32, u32) = (0, ERROR_INVALID_PARAMETER);
const NO_HANDLE: (i32, u32) = (0, ERROR_INVALID_HANDLE);
const DENIED: (i32, u32) = (0, ERROR_ACCESS_DENIED);
const STILL_ACTIVE: u32 = 259;
const HANDLE_LIST: usize = PROC_THREAD_ATTRIBUTE_HANDLE_LIST as usize;
const PARENT_PROCESS: usize = PROC_THREAD_ATTRIBUTE_PARENT_PROCESS as usize;

/// What a test tells `CreateProcessW`, beside the command line.
#[derive(Default)]
struct Start<'a> {
    flags: u32,
    inherit: bool,
    environment: Option<&'a [u16]>,
    directory: Option<&'a str>,
    extended: STARTUPINFOEXW,
}

impl Start<'_> {
    fn run(&self, line: &str) -> ((i32, u32), PROCESS_INFORMATION) {
        let mut line = wide(line);
        let directory = self.directory.map(wide);
        let directory = directory.as_ref().map_or(null(), |path| path.as_ptr());
        let environment = self.environment.map_or(null(), |block| block.as_ptr().cast());
        let startup = (&raw const self.extended).cast();
        let mut child = PROCESS_INFORMATION::default();
        let done = win32!(CreateProcessW(
            null(),
            line.as_mut_ptr(),
            null(),
            null(),
            self.inherit.into(),
            self.flags,
            environment,
            directory,
            startup,
            &raw mut child,
        ));
        (done, child)
    }
}

/// Starts a program that must start.
fn start(line: &str) -> PROCESS_INFORMATION {
    let (done, child) = Start::default().run(line);
    assert_eq!(done, (1, 0), "{line}");
    child
}

/// Waits for the end of a child; its exit code.
fn end(child: PROCESS_INFORMATION) -> u32 {
    assert_eq!(win32!(WaitForSingleObject(child.hProcess, INFINITE)).0, WAIT_OBJECT_0);
    let code = exit_code(child.hProcess);
    close([child.hProcess, child.hThread]);
    code
}

fn exit_code(process: HANDLE) -> u32 {
    let mut code = 0x55;
    assert_eq!(win32!(GetExitCodeProcess(process, &raw mut code)), TRUE);
    code
}

fn has_ended(child: PROCESS_INFORMATION) {
    assert_eq!(win32!(WaitForSingleObject(child.hProcess, INFINITE)).0, WAIT_OBJECT_0);
}

#[test]
fn fact_14_attribute_lists_and_their_errors() {
    let _alone = alone();
    let mut size = 0_usize;
    for (count, expected) in [(0, 24), (1, 48), (2, 72), (28, 696), (u32::MAX, 103_079_215_104)] {
        let done = win32!(InitializeProcThreadAttributeList(null_mut(), count, 0, &raw mut size));
        assert_eq!((done, size), ((0, ERROR_INSUFFICIENT_BUFFER), expected));
    }
    let mut memory = [0_u64; 32];
    // Anywhere in memory will do.
    for list in [memory.as_mut_ptr().cast(), memory.as_mut_ptr().wrapping_byte_add(3).cast()] {
        size = 47;
        let done = win32!(InitializeProcThreadAttributeList(list, 1, 0, &raw mut size));
        assert_eq!((done, size), ((0, ERROR_INSUFFICIENT_BUFFER), 48));
        assert_eq!(win32!(InitializeProcThreadAttributeList(list, 1, 1, &raw mut size)), WRONG);
        let done = win32!(InitializeProcThreadAttributeList(list, 1, 0, null_mut()));
        assert_eq!(done, (0, ERROR_NOACCESS));

        size = 200;
        assert_eq!(win32!(InitializeProcThreadAttributeList(list, 2, 0, &raw mut size)), TRUE);
        let handles = [event(), event()];
        let value: *const c_void = handles.as_ptr().cast();
        let add = |attribute: usize, size: usize| {
            win32!(UpdateProcThreadAttribute(list, 0, attribute, value, size, null_mut(), null()))
        };
        for unknown in [0, 2, 0xDEAD, HANDLE_LIST | 0x10000, usize::MAX] {
            assert_eq!(add(unknown, 8), (0, ERROR_NOT_SUPPORTED));
        }
        assert_eq!(
            add(PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY as usize, 8),
            (0, ERROR_NOT_SUPPORTED)
        );
        for (attribute, size) in
            [(HANDLE_LIST, 0), (HANDLE_LIST, 4), (HANDLE_LIST, 9), (PARENT_PROCESS, 16)]
        {
            assert_eq!(add(attribute, size), (0, ERROR_BAD_LENGTH));
        }
        assert_eq!(add(HANDLE_LIST, 16), TRUE);
        assert_eq!(add(HANDLE_LIST, 8), (0, ERROR_OBJECT_NAME_EXISTS));
        assert_eq!(add(PARENT_PROCESS, 8), TRUE);
        assert_eq!(add(HANDLE_LIST, 4), (0, ERROR_GEN_FAILURE));
        win32!(DeleteProcThreadAttributeList(list));
        assert_eq!(add(HANDLE_LIST, 8), WRONG);
        close(handles);
    }
    let none = null_mut();
    let done = win32!(UpdateProcThreadAttribute(none, 0, HANDLE_LIST, null(), 8, none, null()));
    assert_eq!(done, WRONG);
    win32!(DeleteProcThreadAttributeList(null_mut()));
}

/// An attribute list with one attribute, and the start-up structure with it.
fn with_attribute(attribute: usize, value: &[HANDLE], memory: &mut [u64; 6]) -> STARTUPINFOEXW {
    let list = memory.as_mut_ptr().cast();
    let mut size = 48;
    assert_eq!(win32!(InitializeProcThreadAttributeList(list, 1, 0, &raw mut size)), TRUE);
    let (place, size) = (value.as_ptr().cast(), size_of_val(value));
    let none = null_mut();
    let done = win32!(UpdateProcThreadAttribute(list, 0, attribute, place, size, none, null()));
    assert_eq!(done, TRUE);
    let mut extended = STARTUPINFOEXW { lpAttributeList: list, ..Default::default() };
    extended.StartupInfo.cb = size_of::<STARTUPINFOEXW>() as u32;
    extended
}

#[test]
fn fact_13_a_handle_list_is_checked() {
    let _alone = alone();
    let private = event();
    for listed in [private, raw(-1), null_mut(), raw(UNKNOWN)] {
        let mut memory = [0; 6];
        let list = [listed];
        let extended = with_attribute(HANDLE_LIST, &list, &mut memory);
        let flags = EXTENDED_STARTUPINFO_PRESENT;
        let start = Start { flags, inherit: true, extended, ..Default::default() };
        assert_eq!(start.run("true").0, WRONG, "{listed:?}");
        assert_eq!(Start { inherit: false, ..start }.run("true").0, WRONG);
    }
    for (parent, error) in [
        (null_mut(), ERROR_INVALID_HANDLE),
        (raw(UNKNOWN), ERROR_INVALID_HANDLE),
        (private, ERROR_INVALID_HANDLE),
        (win32!(OpenProcess(PROCESS_SYNCHRONIZE, 0, std::process::id())).0, ERROR_ACCESS_DENIED),
    ] {
        let mut memory = [0; 6];
        let list = [parent];
        let extended = with_attribute(PARENT_PROCESS, &list, &mut memory);
        let flags = EXTENDED_STARTUPINFO_PRESENT;
        let start = Start { flags, extended, ..Default::default() };
        assert_eq!(start.run("true").0, (0, error), "{parent:?}");
    }
    // This process may be named as well.
    for parent in [raw(-1), win32!(OpenProcess(PROCESS_ALL_ACCESS, 0, std::process::id())).0] {
        let mut memory = [0; 6];
        let list = [parent];
        let extended = with_attribute(PARENT_PROCESS, &list, &mut memory);
        let flags = EXTENDED_STARTUPINFO_PRESENT;
        let (done, child) = Start { flags, extended, ..Default::default() }.run("true");
        assert_eq!((done, end(child)), ((1, 0), 0), "{parent:?}");
    }
    close([private]);
}

#[test]
fn a_substitute_parent_is_the_parent_that_is_told() {
    let _alone = alone();
    let parent = start("sleep 100");
    let mut memory = [0; 6];
    let list = [parent.hProcess];
    let extended = with_attribute(PARENT_PROCESS, &list, &mut memory);
    let flags = EXTENDED_STARTUPINFO_PRESENT;
    let (done, child) = Start { flags, extended, ..Default::default() }.run("sleep 100");
    assert_eq!(done, (1, 0));
    let parent_of = |id: u32| {
        let snapshot = Snapshot::take(TH32CS_SNAPPROCESS, 0).expect("a snapshot");
        let found = snapshot.processes().iter().find(|process| process.id == id);
        found.expect("it runs").parent_id
    };
    assert_eq!(parent_of(child.dwProcessId), parent.dwProcessId);
    assert_eq!(parent_of(parent.dwProcessId), std::process::id());
    for ended in [parent, child] {
        assert_eq!(win32!(TerminateProcess(ended.hProcess, 3)), TRUE);
        assert_eq!(end(ended), 3);
    }
}

#[test]
fn fact_15_programs_that_are_not_there() {
    let _alone = alone();
    assert_eq!(Start::default().run("nosuch.exe a b").0, (0, ERROR_FILE_NOT_FOUND));
    let startup = STARTUPINFOA::default();
    let mut child = PROCESS_INFORMATION::default();
    let mut create = |application: *const u8, line: *mut u8| {
        let (information, startup) = (&raw mut child, &raw const startup);
        let none = null();
        let place = null();
        win32!(CreateProcessA(
            application,
            line,
            none,
            none,
            0,
            0,
            null(),
            place,
            startup,
            information
        ))
    };
    let missing = create(c"nosuch.exe".as_ptr().cast(), null_mut());
    assert_eq!(missing, (0, ERROR_FILE_NOT_FOUND));
    assert_eq!(create(null(), null_mut()), WRONG);
    assert_eq!(create(null(), [0].as_mut_ptr()), WRONG);
    assert_eq!(create(c"".as_ptr().cast(), null_mut()).0, 0);
    // With an application the last error stays, without one it becomes 0.
    assert_eq!(create(c"C:\\usr\\bin\\true".as_ptr().cast(), null_mut()), TRUE);
    assert_eq!(end(child), 0);
    let odd = [0xD800, 0xDFFF, 0x22, 0xDC41, 0];
    let wide_line: Vec<u16> = odd.to_vec();
    let mut wide_line = wide_line;
    let startup = STARTUPINFOW::default();
    let mut child = PROCESS_INFORMATION::default();
    let (line, place) = (wide_line.as_mut_ptr(), &raw mut child);
    let none = null();
    let startup = &raw const startup;
    let done =
        win32!(CreateProcessW(null(), line, none, none, 0, 0, null(), null(), startup, place));
    assert_eq!(done, (0, ERROR_FILE_NOT_FOUND));
}

#[test]
fn nothing_is_told_of_what_was_not_started() {
    let _alone = alone();
    let mut line = wide("nosuch.exe");
    let startup = STARTUPINFOW::default();
    let mut child = PROCESS_INFORMATION { dwProcessId: 5, dwThreadId: 5, ..Default::default() };
    let (line, startup, place) = (line.as_mut_ptr(), &raw const startup, &raw mut child);
    let none = null();
    let done =
        win32!(CreateProcessW(null(), line, none, none, 0, 0, null(), null(), startup, place));
    assert_eq!(done, (0, ERROR_FILE_NOT_FOUND));
    assert_eq!((child.dwProcessId, child.dwThreadId), (0, 0));
}

#[test]
fn structures_that_are_not_there_are_refused() {
    let _alone = alone();
    let mut line = wide("true");
    let line = line.as_mut_ptr();
    let mut startup = STARTUPINFOW::default();
    let mut child = Misaligned::<PROCESS_INFORMATION>::new();
    let create = |flags: u32, startup: *const STARTUPINFOW, child: *mut PROCESS_INFORMATION| {
        let none = null();
        win32!(CreateProcessW(null(), line, none, none, 0, flags, null(), null(), startup, child))
    };
    let given = &raw const startup;
    assert_eq!(create(0, null(), child.place()), WRONG);
    assert_eq!(create(0, given, null_mut()), WRONG);
    for wrong_size in [0, 4, size_of::<STARTUPINFOW>() as u32, 1000] {
        startup.cb = wrong_size;
        assert_eq!(create(EXTENDED_STARTUPINFO_PRESENT, given, child.place()), WRONG);
    }
    let mut misaligned = Misaligned::with(startup);
    assert_eq!(create(0, misaligned.place(), child.place()), (1, 0));
    assert_eq!(end(child.get()), 0);

    let directory = Some("C:\\nodir-of-transom");
    assert_eq!(Start { directory, ..Default::default() }.run("true").0, (0, ERROR_DIRECTORY));
    let too_long = "true ".to_string() + &"x".repeat(40_000);
    assert_eq!(Start::default().run(&too_long).0.0, 0);
    // A list that was never initialised.
    let mut extended = STARTUPINFOEXW::default();
    let mut memory = [0_u64; 6];
    extended.lpAttributeList = memory.as_mut_ptr().cast();
    extended.StartupInfo.cb = size_of::<STARTUPINFOEXW>() as u32;
    let flags = EXTENDED_STARTUPINFO_PRESENT;
    assert_eq!(Start { flags, extended, ..Default::default() }.run("true").0, WRONG);
    let unended = vec![b'A'.into(); 1 << 24];
    let start = Start {
        flags: CREATE_UNICODE_ENVIRONMENT,
        environment: Some(&unended),
        ..Default::default()
    };
    assert_eq!(start.run("true").0, WRONG);
}

#[test]
fn a_given_environment_and_directory_reach_the_child() {
    let _alone = alone();
    let block: Vec<u16> = "A=1\0B=two\0\0".encode_utf16().collect();
    let start = Start {
        flags: CREATE_UNICODE_ENVIRONMENT,
        environment: Some(&block),
        directory: Some("C:\\usr"),
        ..Default::default()
    };
    let line = "/bin/sh -c \"test $A$B = 1two && test $(pwd) = /usr && exit 7\"";
    let (done, child) = start.run(line);
    assert_eq!((done, end(child)), ((1, 0), 7));
}

#[test]
fn fact_16_exit_codes() {
    let _alone = alone();
    for code in [42, 259, 300, 0xC000_0005, u32::MAX] {
        let child = start("sleep 1000");
        assert_eq!(exit_code(child.hProcess), STILL_ACTIVE);
        assert_eq!(win32!(WaitForSingleObject(child.hProcess, 0)).0, WAIT_TIMEOUT);
        assert_eq!(win32!(TerminateProcess(child.hProcess, code)), TRUE);
        has_ended(child);
        assert_eq!(exit_code(child.hProcess), code);
        assert_eq!(win32!(TerminateProcess(child.hProcess, 9)), DENIED);
        let mut of_thread = 0;
        assert_eq!(win32!(GetExitCodeThread(child.hThread, &raw mut of_thread)), TRUE);
        assert_eq!((end(child), of_thread), (code, code));
    }
    assert_eq!(end(start("/bin/sh -c \"exit 6\"")), 6);
    let (us, _) = win32!(GetCurrentProcess());
    assert_eq!(exit_code(us), STILL_ACTIVE);
    assert_eq!(win32!(GetExitCodeProcess(us, null_mut())), (0, ERROR_NOACCESS));
    let (thread, _) = win32!(GetCurrentThread());
    assert_eq!(win32!(GetExitCodeThread(thread, null_mut())), (0, ERROR_NOACCESS));
    let mut code = Misaligned::<u32>::new();
    assert_eq!(win32!(GetExitCodeThread(thread, code.place())), TRUE);
    assert_eq!(code.get(), STILL_ACTIVE);
}

#[test]
fn fact_17_rights_over_processes() {
    let _alone = alone();
    for id in [0, 0x7FFF_FFF0, 0xFFFF_FFF0, u32::MAX] {
        let none = (null_mut(), ERROR_INVALID_PARAMETER);
        assert_eq!(win32!(OpenProcess(PROCESS_ALL_ACCESS, 0, id)), none);
    }
    let child = start("sleep 1000");
    let id = child.dwProcessId;
    let open = |access: u32| win32!(OpenProcess(access, 0, id)).0;
    let terminates = open(PROCESS_TERMINATE);
    let waited = win32!(WaitForSingleObject(terminates, 0));
    assert_eq!(waited, (WAIT_FAILED, ERROR_ACCESS_DENIED));
    let mut code = 0;
    assert_eq!(win32!(GetExitCodeProcess(terminates, &raw mut code)), DENIED);
    assert_eq!(win32!(GetPriorityClass(terminates)), (0, ERROR_ACCESS_DENIED));
    assert_eq!(win32!(GetProcessId(terminates)), (0, ERROR_ACCESS_DENIED));
    let waits = open(PROCESS_SYNCHRONIZE);
    assert_eq!(win32!(WaitForSingleObject(waits, 0)), (WAIT_TIMEOUT, UNTOUCHED));
    assert_eq!(win32!(TerminateProcess(waits, 1)), DENIED);
    assert_eq!(win32!(SetPriorityClass(waits, NORMAL_PRIORITY_CLASS)), DENIED);
    let asks = open(PROCESS_QUERY_LIMITED_INFORMATION);
    assert_eq!(win32!(GetProcessId(asks)), (id, UNTOUCHED));
    assert_eq!(exit_code(asks), STILL_ACTIVE);

    assert_eq!(win32!(TerminateProcess(terminates, 3)), TRUE);
    has_ended(child);
    // It can be opened as long as somebody holds a handle to it.
    let (again, error) = win32!(OpenProcess(PROCESS_ALL_ACCESS, 0, id));
    assert!(!again.is_null(), "error {error}");
    assert_eq!(exit_code(again), 3);
    close([terminates, waits, asks, again]);
    assert_eq!(end(child), 3);
    let gone = win32!(OpenProcess(PROCESS_ALL_ACCESS, 0, id));
    assert_eq!(gone, (null_mut(), ERROR_INVALID_PARAMETER));
}

#[test]
fn what_is_no_process_or_thread_is_refused() {
    let _alone = alone();
    let other = event();
    let mut number = 0x55;
    let mut times = [FILETIME::default(); 4];
    let [creation, exit, kernel, user] = times.each_mut().map(std::ptr::from_mut);
    for bad in [null_mut(), raw(UNKNOWN), raw(-3), other] {
        assert_eq!(win32!(GetProcessId(bad)), (0, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(GetThreadId(bad)), (0, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(GetProcessIdOfThread(bad)), (0, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(TerminateProcess(bad, 1)), NO_HANDLE);
        assert_eq!(win32!(GetExitCodeProcess(bad, &raw mut number)), NO_HANDLE);
        assert_eq!(win32!(GetExitCodeProcess(bad, null_mut())), NO_HANDLE);
        assert_eq!(win32!(GetExitCodeThread(bad, &raw mut number)), NO_HANDLE);
        assert_eq!(win32!(GetProcessTimes(bad, creation, exit, kernel, user)), NO_HANDLE);
        assert_eq!(win32!(GetPriorityClass(bad)), (0, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(SetPriorityClass(bad, NORMAL_PRIORITY_CLASS)), NO_HANDLE);
        assert_eq!(win32!(SetPriorityClass(bad, 12345)), WRONG);
        assert_eq!(win32!(ResumeThread(bad)), (u32::MAX, ERROR_INVALID_HANDLE));
    }
    assert_eq!(number, 0x55);
    // A process is no thread, and a thread no process.
    assert_eq!(win32!(GetThreadId(raw(-1))), (0, ERROR_INVALID_HANDLE));
    assert_eq!(win32!(GetProcessId(raw(-2))), (0, ERROR_INVALID_HANDLE));
    assert_eq!(win32!(TerminateProcess(raw(-2), 1)), NO_HANDLE);
    close([other]);
}

#[test]
fn ids_times_and_priority_of_this_process() {
    let _alone = alone();
    let (us, thread) = (raw(-1), raw(-2));
    assert_eq!(win32!(GetThreadId(thread)), (win32!(GetCurrentThreadId()).0, UNTOUCHED));
    assert_eq!(win32!(GetProcessIdOfThread(thread)), (std::process::id(), UNTOUCHED));
    let mut creation = Misaligned::<FILETIME>::new();
    let mut times = [FILETIME { dwLowDateTime: 7, dwHighDateTime: 7 }; 3];
    let [exit, kernel, user] = times.each_mut().map(std::ptr::from_mut);
    assert_eq!(win32!(GetProcessTimes(us, creation.place(), exit, kernel, user)), TRUE);
    assert_eq!((times[0].dwLowDateTime, times[0].dwHighDateTime), (0, 0));
    // Later than 2020.
    assert!(creation.get().dwHighDateTime > 0x01D5_C000);
    let (none, creation) = (null_mut(), creation.place());
    for places in [[none, exit, kernel, user], [creation, exit, kernel, none]] {
        let [creation, exit, kernel, user] = places;
        let done = win32!(GetProcessTimes(us, creation, exit, kernel, user));
        assert_eq!(done, (0, ERROR_NOACCESS));
    }
    let (class, error) = win32!(GetPriorityClass(us));
    assert_eq!(error, UNTOUCHED);
    assert_eq!(win32!(SetPriorityClass(us, class)), TRUE);
    for wrong in [0, 1, 0x60, 0x0010_0000] {
        assert_eq!(win32!(SetPriorityClass(us, wrong)), WRONG);
    }
}

#[test]
fn a_suspended_child_runs_once_it_is_resumed() {
    let _alone = alone();
    let suspended = Start { flags: CREATE_SUSPENDED, ..Default::default() };
    let (done, child) = suspended.run("/bin/sh -c \"exit 3\"");
    assert_eq!(done, (1, 0));
    assert_eq!(exit_code(child.hProcess), STILL_ACTIVE);
    assert_eq!(win32!(ResumeThread(child.hThread)), (1, UNTOUCHED));
    assert_eq!(end(child), 3);
    let (_, child) = suspended.run("true");
    assert_eq!(win32!(TerminateProcess(child.hProcess, 55)), TRUE);
    assert_eq!(end(child), 55);
}
