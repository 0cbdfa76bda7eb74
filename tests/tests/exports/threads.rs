//! `processthreadsapi.h` and `fibersapi.h`: what belongs to threads, and what can be asked of them.

use crate::{Misaligned, TRUE, UNKNOWN, UNTOUCHED, alone, close, event, raw, win32};
use std::ffi::c_void;
use std::ptr::{null, null_mut, without_provenance, without_provenance_mut};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_ALREADY_THREAD, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER,
    ERROR_NOACCESS, ERROR_NOT_SUPPORTED, FILETIME, HANDLE, LocalFree,
};
use windows_sys::Win32::System::Diagnostics::Debug::{GetThreadErrorMode, SetThreadErrorMode};
use windows_sys::Win32::System::Threading::{
    CREATE_SUSPENDED, ConvertFiberToThread, ConvertThreadToFiber, ConvertThreadToFiberEx,
    CreateFiber, CreateRemoteThread, CreateRemoteThreadEx, CreateThread, DeleteFiber, FlsAlloc,
    FlsFree, FlsGetValue, FlsSetValue, GetCurrentProcess, GetCurrentProcessId,
    GetCurrentProcessorNumber, GetCurrentThread, GetCurrentThreadId, GetExitCodeThread,
    GetProcessIdOfThread, GetThreadDescription, GetThreadId, GetThreadPriority, GetThreadTimes,
    INFINITE, OpenProcess, OpenThread, PROCESS_QUERY_INFORMATION, ResumeThread, SetEvent,
    SetThreadAffinityMask, SetThreadDescription, SetThreadPriority, SuspendThread, SwitchToFiber,
    SwitchToThread, THREAD_ALL_ACCESS, TLS_OUT_OF_INDEXES, TerminateThread, TlsAlloc, TlsFree,
    TlsGetValue, TlsSetValue, WaitForSingleObject,
};

unsafe extern "system" fn give_back(code: *mut c_void) -> u32 {
    code.addr() as u32
}

fn start(routine: unsafe extern "system" fn(*mut c_void) -> u32, parameter: usize) -> HANDLE {
    let parameter = without_provenance(parameter);
    let (thread, error) = win32!(CreateThread(null(), 0, Some(routine), parameter, 0, null_mut()));
    assert!(!thread.is_null(), "error {error}");
    thread
}

fn join(thread: HANDLE) -> u32 {
    assert_eq!(win32!(WaitForSingleObject(thread, INFINITE)), (0, UNTOUCHED));
    let mut code = 0;
    assert_eq!(win32!(GetExitCodeThread(thread, &raw mut code)), TRUE);
    close([thread]);
    code
}

#[test]
fn threads_in_this_process_only() {
    let _alone = alone();
    let routine = Some(give_back as unsafe extern "system" fn(*mut c_void) -> u32);
    let remote = |process, routine| {
        let parameter = without_provenance(5);
        win32!(CreateRemoteThread(process, null(), 0, routine, parameter, 0, null_mut()))
    };
    for bad in [0, UNKNOWN, -2] {
        assert_eq!(remote(raw(bad), routine), (null_mut(), ERROR_INVALID_HANDLE));
    }
    let own = win32!(GetCurrentProcess()).0;
    assert_eq!(remote(own, None), (null_mut(), ERROR_INVALID_PARAMETER));
    assert_eq!(join(remote(own, routine).0), 5);
    let id = std::process::id();
    let query = win32!(OpenProcess(PROCESS_QUERY_INFORMATION, 0, id)).0;
    assert_eq!(remote(query, routine), (null_mut(), ERROR_ACCESS_DENIED));
    let parent = win32!(OpenProcess(0x0002, 0, std::os::unix::process::parent_id())).0;
    assert_eq!(remote(parent, routine), (null_mut(), ERROR_NOT_SUPPORTED));
    let mut thread_id = Misaligned::<u32>::new();
    let (thread, _) = win32!(CreateRemoteThreadEx(
        own,
        null(),
        0,
        routine,
        without_provenance(6),
        0,
        null_mut(),
        thread_id.place()
    ));
    assert_eq!(win32!(GetThreadId(thread)), (thread_id.get(), UNTOUCHED));
    assert_eq!(win32!(GetProcessIdOfThread(thread)), (id, UNTOUCHED));
    assert_eq!(join(thread), 6);
    let list = without_provenance_mut(8);
    let listed = win32!(CreateRemoteThreadEx(own, null(), 0, routine, null(), 0, list, null_mut()));
    assert_eq!(listed, (null_mut(), ERROR_NOT_SUPPORTED));
    close([query, parent]);
}

#[test]
fn what_is_no_thread() {
    let _alone = alone();
    let event = crate::event();
    for bad in [raw(0), raw(UNKNOWN), raw(-1), raw(-3), event] {
        let mut code = 0;
        let failed = (0, ERROR_INVALID_HANDLE);
        assert_eq!(win32!(GetExitCodeThread(bad, &raw mut code)), failed);
        assert_eq!(win32!(TerminateThread(bad, 0)), failed);
        assert_eq!(win32!(SuspendThread(bad)), (u32::MAX, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(ResumeThread(bad)), (u32::MAX, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(SetThreadPriority(bad, 0)), failed);
        assert_eq!(win32!(GetThreadPriority(bad)), (i32::MAX, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(SetThreadAffinityMask(bad, 1)), (0, ERROR_INVALID_HANDLE));
        assert_eq!(win32!(GetThreadId(bad)), (0, ERROR_INVALID_HANDLE));
        let mut name = null_mut();
        let described = win32!(GetThreadDescription(bad, &raw mut name));
        assert_eq!(described, (0xD000_0008_u32 as i32, UNTOUCHED));
        assert_eq!(win32!(SetThreadDescription(bad, null())), described);
    }
    assert_eq!(
        win32!(OpenThread(THREAD_ALL_ACCESS, 0, u32::MAX)),
        (null_mut(), ERROR_INVALID_PARAMETER)
    );
    // A thread of another process, which is not its first.
    let mut code = Misaligned::<u32>::new();
    let own = win32!(GetCurrentThread()).0;
    assert_eq!(win32!(GetExitCodeThread(own, code.place())), TRUE);
    assert_eq!(code.get(), 259);
    assert_eq!(win32!(GetExitCodeThread(own, null_mut())), (0, ERROR_NOACCESS));
    assert_eq!(win32!(WaitForSingleObject(own, 0)), (258, UNTOUCHED));
    close([event]);
}

#[test]
fn each_thread_keeps_its_own_values() {
    let _alone = alone();
    assert_eq!(win32!(TlsGetValue(1088)), (null_mut(), ERROR_INVALID_PARAMETER));
    assert_eq!(win32!(TlsSetValue(1088, null())), (0, ERROR_INVALID_PARAMETER));
    for not_used in [0, 1087, 5000] {
        assert_eq!(win32!(TlsFree(not_used)), (0, ERROR_INVALID_PARAMETER));
    }
    let (index, error) = win32!(TlsAlloc());
    assert_eq!((index == TLS_OUT_OF_INDEXES, error), (false, UNTOUCHED));
    assert_eq!(win32!(TlsGetValue(index)), (null_mut(), 0));
    assert_eq!(win32!(TlsSetValue(index, without_provenance(41))), TRUE);
    unsafe extern "system" fn look(index: *mut c_void) -> u32 {
        let index = index.addr() as u32;
        // SAFETY: takes a number.
        let found = unsafe { TlsGetValue(index) }.addr();
        // SAFETY: takes numbers.
        unsafe { TlsSetValue(index, without_provenance(42)) };
        // SAFETY: takes a number.
        (found * 100 + unsafe { TlsGetValue(index) }.addr()) as u32
    }
    assert_eq!(join(start(look, index as usize)), 42);
    assert_eq!(win32!(TlsGetValue(index)), (without_provenance_mut(41), 0));
    assert_eq!(win32!(TlsFree(index)), TRUE);
    assert_eq!(win32!(TlsGetValue(index)), (null_mut(), 0));
}

static CALLED_BACK: Mutex<Vec<usize>> = Mutex::new(Vec::new());

unsafe extern "system" fn note(value: *const c_void) {
    CALLED_BACK.lock().unwrap().push(value.addr());
}

#[test]
fn the_callback_gets_what_threads_leave() {
    let _alone = alone();
    for bad in [0, 4080, u32::MAX] {
        assert_eq!(win32!(FlsGetValue(bad)), (null_mut(), ERROR_INVALID_PARAMETER));
        assert_eq!(win32!(FlsSetValue(bad, null())), (0, ERROR_INVALID_PARAMETER));
        assert_eq!(win32!(FlsFree(bad)), (0, ERROR_INVALID_PARAMETER));
    }
    let (index, _) = win32!(FlsAlloc(Some(note)));
    static INDEX: AtomicU32 = AtomicU32::new(0);
    INDEX.store(index, Ordering::SeqCst);
    unsafe extern "system" fn keep(value: *mut c_void) -> u32 {
        // SAFETY: takes numbers.
        unsafe { FlsSetValue(INDEX.load(Ordering::SeqCst), value) };
        if value.addr() == 2 {
            // SAFETY: takes a number.
            unsafe { windows_sys::Win32::System::Threading::ExitThread(9) };
        }
        // The callback has not run while the thread does.
        CALLED_BACK.lock().unwrap().len() as u32
    }
    let taken = || std::mem::take(&mut *CALLED_BACK.lock().unwrap());
    assert_eq!((join(start(keep, 1)), taken()), (0, vec![1]));
    assert_eq!((join(start(keep, 2)), taken()), (9, vec![2]));
    assert_eq!((join(start(keep, 0)), taken()), (0, vec![]));
    // Made by others.
    let other = std::thread::spawn(|| {
        // SAFETY: takes numbers.
        unsafe { FlsSetValue(INDEX.load(Ordering::SeqCst), without_provenance(3)) };
    });
    other.join().unwrap();
    assert_eq!(taken(), [3]);
    assert_eq!(win32!(FlsSetValue(index, without_provenance(4))), TRUE);
    assert_eq!(win32!(FlsGetValue(index)), (without_provenance_mut(4), 0));
    assert_eq!(win32!(FlsFree(index)), TRUE);
    assert_eq!(taken(), [4]);
    assert_eq!(win32!(FlsGetValue(index)), (null_mut(), 0));
    assert_eq!(win32!(FlsFree(index)), (0, ERROR_INVALID_PARAMETER));
}

#[test]
fn a_thread_has_a_name() {
    let _alone = alone();
    let name_of = |thread| {
        let mut place = Misaligned::<*mut u16>::new();
        let (result, error) = win32!(GetThreadDescription(thread, place.place()));
        assert_eq!((result, error), (0x1000_0000, UNTOUCHED));
        let name = place.get();
        let mut units = Vec::new();
        // SAFETY: terminated, as the function says.
        while let unit @ 1.. = unsafe { name.wrapping_add(units.len()).read() } {
            units.push(unit);
        }
        // SAFETY: memory that the function has taken.
        unsafe { LocalFree(name.cast()) };
        String::from_utf16_lossy(&units)
    };
    std::thread::spawn(move || {
        let own = win32!(GetCurrentThread()).0;
        assert_eq!(name_of(own), "");
        let long = crate::wide("a name longer than fifteen bytes");
        assert_eq!(win32!(SetThreadDescription(own, long.as_ptr())), (0x1000_0000, UNTOUCHED));
        assert_eq!(name_of(own), "a name longer than fifteen bytes");
        let id = win32!(GetCurrentThreadId()).0;
        let shown = std::fs::read_to_string(format!("/proc/self/task/{id}/comm")).unwrap();
        assert_eq!(shown, "a name longer t\n");
        assert_eq!(win32!(SetThreadDescription(own, null())).0, 0x1000_0000);
        assert_eq!(name_of(own), "");
        assert_eq!(
            win32!(GetThreadDescription(own, null_mut())),
            (0x8007_03E6_u32 as i32, UNTOUCHED)
        );
    })
    .join()
    .unwrap();
}

#[test]
fn priorities_are_nice_values() {
    let _alone = alone();
    let flags = CREATE_SUSPENDED;
    let (thread, _) =
        win32!(CreateThread(null(), 0, Some(give_back), without_provenance(1), flags, null_mut()));
    let id = win32!(GetThreadId(thread)).0;
    let nice = || {
        let stat = std::fs::read_to_string(format!("/proc/self/task/{id}/stat")).unwrap();
        let after_name = stat.rsplit(')').next().unwrap();
        after_name.split_ascii_whitespace().nth(16).unwrap().parse::<i32>().unwrap()
    };
    let usual = nice();
    assert_eq!(win32!(GetThreadPriority(thread)), (0, UNTOUCHED));
    for bad in [3, -3, 7, 100, 0x1_0000, 0x2_0000, i32::MIN] {
        assert_eq!(win32!(SetThreadPriority(thread, bad)), (0, ERROR_INVALID_PARAMETER));
    }
    for (priority, difference) in [(-1, 5), (-2, 10), (-15, 39)] {
        assert_eq!(win32!(SetThreadPriority(thread, priority)), TRUE);
        assert_eq!(win32!(GetThreadPriority(thread)), (priority, UNTOUCHED));
        assert_eq!(nice(), (usual + difference).min(19));
    }
    win32!(ResumeThread(thread));
    assert_eq!(join(thread), 1);
}

#[test]
fn a_thread_has_times_while_it_runs_and_afterwards() {
    let _alone = alone();
    let times = |thread| {
        let mut times = [FILETIME::default(); 4];
        let [creation, exit, kernel, user] = times.each_mut().map(|time| &raw mut *time);
        let result = win32!(GetThreadTimes(thread, creation, exit, kernel, user));
        let number =
            |time: FILETIME| u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
        (result, times.map(number))
    };
    let (result, [creation, exit, ..]) = times(win32!(GetCurrentThread()).0);
    assert_eq!((result, creation > 0, exit), (TRUE, true, 0));
    let thread = start(give_back, 0);
    win32!(WaitForSingleObject(thread, INFINITE));
    let (result, [creation, exit, ..]) = times(thread);
    assert_eq!((result, creation > 0, exit >= creation), (TRUE, true, true));
    let mut time = FILETIME::default();
    let place = &raw mut time;
    assert_eq!(
        win32!(GetThreadTimes(thread, place, place, place, null_mut())),
        (0, ERROR_NOACCESS)
    );
    assert_eq!(times(raw(UNKNOWN)).0, (0, ERROR_INVALID_HANDLE));
    close([thread]);
}

#[test]
fn processors_modes_and_turns() {
    let _alone = alone();
    let own = win32!(GetCurrentThread()).0;
    let (all, error) = win32!(SetThreadAffinityMask(own, usize::MAX));
    assert_eq!((all != 0, error), (true, UNTOUCHED));
    let one = 1 << all.trailing_zeros();
    assert_eq!(win32!(SetThreadAffinityMask(own, one)).1, UNTOUCHED);
    assert_eq!(win32!(GetCurrentProcessorNumber()), (all.trailing_zeros(), UNTOUCHED));
    assert_eq!(win32!(SetThreadAffinityMask(own, 0)), (0, ERROR_INVALID_PARAMETER));
    assert_eq!(win32!(SetThreadAffinityMask(own, 1 << 63)), (0, ERROR_INVALID_PARAMETER));
    assert_eq!(win32!(SetThreadAffinityMask(own, all)), (one, UNTOUCHED));
    assert_eq!(win32!(SwitchToThread()), TRUE);
    let mut before = 7;
    assert_eq!(win32!(SetThreadErrorMode(1, &raw mut before)), TRUE);
    assert_eq!((before, win32!(GetThreadErrorMode())), (0, (1, UNTOUCHED)));
    for bad in [4, 0x1_0000] {
        assert_eq!(win32!(SetThreadErrorMode(bad, null_mut())), (0, ERROR_INVALID_PARAMETER));
    }
    assert_eq!(win32!(SetThreadErrorMode(0, null_mut())), TRUE);
    assert_eq!(win32!(GetCurrentProcessId()).0, std::process::id());
}

/// The fiber of another thread.
static PLACE: AtomicUsize = AtomicUsize::new(0);

unsafe extern "system" fn goes_home(home: *mut c_void) {
    loop {
        // SAFETY: any address may be given.
        unsafe { SwitchToFiber(home) };
    }
}

/// Runs a fiber, and holds it until it is let go.
unsafe extern "system" fn holds_a_fiber(go_on: *mut c_void) -> u32 {
    let (home, _) = win32!(ConvertThreadToFiber(null()));
    PLACE.store(home.expose_provenance(), Ordering::SeqCst);
    win32!(WaitForSingleObject(go_on, INFINITE)).0
}

#[test]
fn fibers_that_cannot_be_switched_to_are_left_alone() {
    let _alone = alone();
    let nothing = |fiber: *const c_void| win32!(SwitchToFiber(fiber)).1;
    assert_eq!(nothing(null()), ERROR_ALREADY_THREAD);
    let (home, _) = win32!(ConvertThreadToFiber(null()));
    assert!(!home.is_null());
    assert_eq!(win32!(ConvertThreadToFiberEx(null(), 8)).1, ERROR_INVALID_PARAMETER);
    for junk in [null(), without_provenance(1), without_provenance(0x7000)] {
        assert_eq!(nothing(junk), ERROR_INVALID_PARAMETER);
        assert_eq!(win32!(DeleteFiber(junk)).1, ERROR_INVALID_PARAMETER);
    }
    assert_eq!(nothing(home), UNTOUCHED, "it is here");

    // One that another thread runs.
    let go_on = event();
    PLACE.store(0, Ordering::SeqCst);
    let (thread, _) = win32!(CreateThread(null(), 0, Some(holds_a_fiber), go_on, 0, null_mut()));
    while PLACE.load(Ordering::SeqCst) == 0 {
        std::thread::yield_now();
    }
    let theirs = std::ptr::with_exposed_provenance(PLACE.load(Ordering::SeqCst));
    assert_eq!(nothing(theirs), ERROR_INVALID_PARAMETER);
    assert_eq!(win32!(DeleteFiber(theirs)).1, ERROR_INVALID_PARAMETER);
    assert_eq!(win32!(SetEvent(go_on)), TRUE);
    assert_eq!(join(thread), 0);
    assert_eq!(nothing(theirs), ERROR_INVALID_PARAMETER, "it went with its thread");

    // Many, each with a stack of its own.
    let fibers: Vec<_> =
        (0..1000).map(|_| win32!(CreateFiber(1, Some(goes_home), home)).0).collect();
    for _ in 0..3 {
        for &fiber in &fibers {
            assert_eq!(nothing(fiber), UNTOUCHED);
        }
    }
    for &fiber in &fibers {
        assert_eq!(win32!(DeleteFiber(fiber)).1, UNTOUCHED);
        assert_eq!(nothing(fiber), ERROR_INVALID_PARAMETER);
    }
    assert_eq!(win32!(CreateFiber(usize::MAX, Some(goes_home), home)), (null_mut(), 8));
    assert_eq!(win32!(CreateFiber(0, None, home)), (null_mut(), ERROR_INVALID_PARAMETER));
    assert_eq!(win32!(ConvertFiberToThread()), TRUE);
    assert_eq!(win32!(ConvertFiberToThread()), (0, ERROR_ALREADY_THREAD));
}
