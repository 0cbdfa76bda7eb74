//! `processthreadsapi.h`: threads.

use crate::abi::{
    asks_to_inherit, from_handle, or_else, same_signature, store, store_optional, succeeds,
    to_handle, wide_string,
};
use crate::processthreadsapi::file_time;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;
use transom_kernel::handle::{Handle, PseudoHandle};
use transom_kernel::process::open::process_of;
use transom_kernel::thread::open::thread_of;
use transom_kernel::thread::{self, NewThread, Thread, about, end, priority, stop};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::{FILETIME, HANDLE};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::Threading::{
    self as official, CREATE_SUSPENDED, LPPROC_THREAD_ATTRIBUTE_LIST, LPTHREAD_START_ROUTINE,
    PROCESS_CREATE_THREAD, STACK_SIZE_PARAM_IS_A_RESERVATION, THREAD_ACCESS_RIGHTS,
    THREAD_CREATION_FLAGS, THREAD_PRIORITY, THREAD_QUERY_INFORMATION,
    THREAD_QUERY_LIMITED_INFORMATION, THREAD_SET_INFORMATION, THREAD_SET_LIMITED_INFORMATION,
    THREAD_SUSPEND_RESUME, THREAD_TERMINATE,
};
use windows_sys::Win32::System::WindowsProgramming::THREAD_PRIORITY_ERROR_RETURN;
use windows_sys::core::{BOOL, HRESULT, PCWSTR, PWSTR};

const QUERY_THREAD: u32 = THREAD_QUERY_INFORMATION | THREAD_QUERY_LIMITED_INFORMATION;
const SET_THREAD: u32 = THREAD_SET_INFORMATION | THREAD_SET_LIMITED_INFORMATION;
/// What the functions that count suspensions return when they fail.
const NO_COUNT: u32 = u32::MAX;

/// What a thread is started with: the program's own pointer, which it wants handed over.
#[derive(Clone, Copy)]
struct Routine {
    start: unsafe extern "system" fn(*mut c_void) -> u32,
    parameter: *mut c_void,
}

// SAFETY: the pointer is only handed to the program's routine; what it leads to, and who may use
// it, is the program's affair.
unsafe impl Send for Routine {}

impl Routine {
    fn run(self) -> u32 {
        // SAFETY: routine and parameter are what the caller of `CreateThread` said belong
        // together.
        unsafe { (self.start)(self.parameter) }
    }
}

/// # Safety
/// `attributes` and `id` are NULL or lead to a `SECURITY_ATTRIBUTES` and to room for an id;
/// `start` may be called with `parameter`.
unsafe fn create_thread(
    attributes: *const SECURITY_ATTRIBUTES,
    stack_bytes: usize,
    start: LPTHREAD_START_ROUTINE,
    parameter: *const c_void,
    flags: THREAD_CREATION_FLAGS,
    id: *mut u32,
) -> Result<HANDLE> {
    if flags & !(CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION) != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let start = start.ok_or(Win32Error::INVALID_PARAMETER)?;
    let new = NewThread {
        stack_bytes,
        exact_stack: flags & STACK_SIZE_PARAM_IS_A_RESERVATION != 0,
        suspended: flags & CREATE_SUSPENDED != 0,
        // SAFETY: NULL or readable, by this function's contract.
        inherit: unsafe { asks_to_inherit(attributes) },
    };
    let routine = Routine { start, parameter: parameter.cast_mut() };
    let (handle, tid) = thread::create(&new, move || routine.run())?;
    // SAFETY: NULL or writable, by this function's contract.
    unsafe { store_optional(id, tid) };
    Ok(to_handle(handle))
}

/// `CreateThread`: starts a thread of this process at `start`, and gives a handle to it; NULL on
/// failure. The usual stack is that of Linux' threads. A stack with
/// `STACK_SIZE_PARAM_IS_A_RESERVATION` has exactly the size that was asked for, in steps of
/// 64 KiB; without it, at least that and at least the usual one.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: an unknown flag, or no `start`. `ERROR_NOT_ENOUGH_MEMORY`: Linux
/// starts no more threads, or has no room for such a stack. `ERROR_NO_SYSTEM_RESOURCES`: there
/// is no room for the handle, or 1,024 threads are suspended.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createthread>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateThread(
    attributes: *const SECURITY_ATTRIBUTES,
    stack_bytes: usize,
    start: LPTHREAD_START_ROUTINE,
    parameter: *const c_void,
    flags: THREAD_CREATION_FLAGS,
    id: *mut u32,
) -> HANDLE {
    // SAFETY: this function's contract is that function's.
    let made = unsafe { create_thread(attributes, stack_bytes, start, parameter, flags, id) };
    or_else(made, null_mut())
}
same_signature!(official::CreateThread, CreateThread, fn(_, _, _, _, _, _) -> _);

/// Whether threads can be started in a process: in this one.
fn check_own(process: HANDLE) -> Result<()> {
    match from_handle(process)? {
        Handle::Pseudo(PseudoHandle::CurrentProcess) => Ok(()),
        handle => match process_of(handle, PROCESS_CREATE_THREAD)?.pid() {
            pid if pid == std::process::id() => Ok(()),
            _ => Err(Win32Error::NOT_SUPPORTED),
        },
    }
}

/// `CreateRemoteThread`: as [`CreateThread`], for a process that must be this one: Linux starts
/// no threads in others.
///
/// # Errors
/// As for [`CreateThread`], and `ERROR_INVALID_HANDLE`: no process; `ERROR_ACCESS_DENIED`: the
/// handle lacks `PROCESS_CREATE_THREAD`; `ERROR_NOT_SUPPORTED`: another process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createremotethread>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateRemoteThread(
    process: HANDLE,
    attributes: *const SECURITY_ATTRIBUTES,
    stack_bytes: usize,
    start: LPTHREAD_START_ROUTINE,
    parameter: *const c_void,
    flags: u32,
    id: *mut u32,
) -> HANDLE {
    let made = check_own(process).and_then(|()| {
        // SAFETY: this function's contract is that function's.
        unsafe { create_thread(attributes, stack_bytes, start, parameter, flags, id) }
    });
    or_else(made, null_mut())
}
same_signature!(official::CreateRemoteThread, CreateRemoteThread, fn(_, _, _, _, _, _, _) -> _);

/// `CreateRemoteThreadEx`: as [`CreateRemoteThread`], without attributes.
///
/// # Errors
/// As for [`CreateRemoteThread`], and `ERROR_NOT_SUPPORTED`: there is an attribute list.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createremotethreadex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateRemoteThreadEx(
    process: HANDLE,
    attributes: *const SECURITY_ATTRIBUTES,
    stack_bytes: usize,
    start: LPTHREAD_START_ROUTINE,
    parameter: *const c_void,
    flags: u32,
    list: LPPROC_THREAD_ATTRIBUTE_LIST,
    id: *mut u32,
) -> HANDLE {
    let made = check_own(process).and_then(|()| {
        if !list.is_null() {
            return Err(Win32Error::NOT_SUPPORTED);
        }
        // SAFETY: this function's contract is that function's.
        unsafe { create_thread(attributes, stack_bytes, start, parameter, flags, id) }
    });
    or_else(made, null_mut())
}
same_signature!(
    official::CreateRemoteThreadEx,
    CreateRemoteThreadEx,
    fn(_, _, _, _, _, _, _, _) -> _
);

/// `ExitThread`: ends the calling thread. The callbacks of its fiber-local storage run, and its
/// thread-local variables are destroyed; what is in the frames of its functions is not. After
/// the last thread the process ends, with that thread's code.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-exitthread>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ExitThread(exit_code: u32) -> ! {
    end::exit(exit_code)
}
same_signature!(official::ExitThread, ExitThread, fn(_) -> !);

/// `TerminateThread`: ends a thread at once, wherever it is. What it holds (memory, a critical
/// section) it goes on holding.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no thread. `ERROR_ACCESS_DENIED`: the handle lacks
/// `THREAD_TERMINATE`, or the thread has ended. `ERROR_NOT_SUPPORTED`: a thread of another
/// process, and not the only one there. `ERROR_NO_SYSTEM_RESOURCES`: the program uses all
/// real-time signals itself.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminatethread>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TerminateThread(thread: HANDLE, exit_code: u32) -> BOOL {
    succeeds(of_thread(thread, THREAD_TERMINATE, |thread| end::terminate(thread, exit_code)))
}
same_signature!(official::TerminateThread, TerminateThread, fn(_, _) -> _);

/// `OpenThread`: a handle to a thread of this machine; NULL on failure.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such thread. `ERROR_ACCESS_DENIED`: the caller may not
/// have that access to it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openthread>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenThread(
    access: THREAD_ACCESS_RIGHTS,
    inherit: BOOL,
    thread_id: u32,
) -> HANDLE {
    or_else(thread::open::open(access, inherit != 0, thread_id).map(to_handle), null_mut())
}
same_signature!(official::OpenThread, OpenThread, fn(_, _, _) -> _);

/// `GetThreadId`: the id of a handle's thread; 0 on failure.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no thread. `ERROR_ACCESS_DENIED`: the handle may not query it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getthreadid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetThreadId(thread: HANDLE) -> u32 {
    or_else(of_thread(thread, QUERY_THREAD, |thread| Ok(thread.tid())), 0)
}
same_signature!(official::GetThreadId, GetThreadId, fn(_) -> _);

/// `GetProcessIdOfThread`: the id of the process of a handle's thread; 0 on failure.
///
/// # Errors
/// As for [`GetThreadId`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getprocessidofthread>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetProcessIdOfThread(thread: HANDLE) -> u32 {
    or_else(of_thread(thread, QUERY_THREAD, |thread| Ok(thread.process_id())), 0)
}
same_signature!(official::GetProcessIdOfThread, GetProcessIdOfThread, fn(_) -> _);

/// What a handle's thread tells, if the handle has one of the rights.
fn of_thread<T>(
    thread: HANDLE,
    access: u32,
    tell: impl FnOnce(&Arc<Thread>) -> Result<T>,
) -> Result<T> {
    tell(&thread_of(from_handle(thread)?, access)?)
}

/// `GetExitCodeThread`: the exit code of a thread, 259 (`STILL_ACTIVE`) while it runs.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no thread. `ERROR_ACCESS_DENIED`: the handle may not query it.
/// `ERROR_NOACCESS`: `exit_code` is NULL. `ERROR_NOT_SUPPORTED`: a thread of another process that
/// nobody there has a handle to, and that ended before its process did.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getexitcodethread>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetExitCodeThread(thread: HANDLE, exit_code: *mut u32) -> BOOL {
    let found = of_thread(thread, QUERY_THREAD, |thread| thread.exit_code());
    // SAFETY: `exit_code` is NULL or writable, by the caller's contract.
    succeeds(found.and_then(|found| unsafe { store(exit_code, found) }))
}
same_signature!(official::GetExitCodeThread, GetExitCodeThread, fn(_, _) -> _);

/// `ResumeThread`: lets a suspended thread run when it was resumed as often as suspended; how
/// often it was suspended before, or `u32::MAX` on failure.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no thread. `ERROR_ACCESS_DENIED`: the handle lacks
/// `THREAD_SUSPEND_RESUME`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-resumethread>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ResumeThread(thread: HANDLE) -> u32 {
    or_else(of_thread(thread, THREAD_SUSPEND_RESUME, |thread| stop::resume(thread)), NO_COUNT)
}
same_signature!(official::ResumeThread, ResumeThread, fn(_) -> _);

/// `SuspendThread`: stops a thread; how often it was suspended before, or `u32::MAX` on failure.
/// When it returns, a thread of this process has stopped. Of another process all threads stop.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no thread. `ERROR_ACCESS_DENIED`: the handle lacks
/// `THREAD_SUSPEND_RESUME`, or the thread has ended. `ERROR_SIGNAL_REFUSED`: it is suspended 127
/// times. `ERROR_NO_SYSTEM_RESOURCES`: 1,024 threads are suspended, or the program uses all
/// real-time signals itself. `ERROR_NOT_SUPPORTED`: a process that Transom keeps nothing of.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-suspendthread>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SuspendThread(thread: HANDLE) -> u32 {
    or_else(of_thread(thread, THREAD_SUSPEND_RESUME, |thread| stop::suspend(thread)), NO_COUNT)
}
same_signature!(official::SuspendThread, SuspendThread, fn(_) -> _);

/// `SwitchToThread`: lets another thread run. Whether one did, Linux does not say: TRUE.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-switchtothread>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SwitchToThread() -> BOOL {
    std::thread::yield_now();
    1
}
same_signature!(official::SwitchToThread, SwitchToThread, fn() -> _);

/// `SetThreadPriority`: gives a thread the nice value of its process's class and this priority.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no thread. `ERROR_ACCESS_DENIED`: the handle lacks
/// `THREAD_SET_INFORMATION`, or it is another user's. `ERROR_INVALID_PARAMETER`: no priority, or
/// one of the background mode. `ERROR_PRIVILEGE_NOT_HELD`: Linux lets this user not raise it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setthreadpriority>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetThreadPriority(thread: HANDLE, level: THREAD_PRIORITY) -> BOOL {
    succeeds(of_thread(thread, SET_THREAD, |thread| priority::set(thread, level)))
}
same_signature!(official::SetThreadPriority, SetThreadPriority, fn(_, _) -> _);

/// `GetThreadPriority`: the priority of a thread; `THREAD_PRIORITY_ERROR_RETURN` on failure.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no thread. `ERROR_ACCESS_DENIED`: the handle may not query it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getthreadpriority>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetThreadPriority(thread: HANDLE) -> i32 {
    let found = of_thread(thread, QUERY_THREAD, |thread| priority::get(thread));
    or_else(found, THREAD_PRIORITY_ERROR_RETURN.cast_signed())
}
same_signature!(official::GetThreadPriority, GetThreadPriority, fn(_) -> _);

/// `GetThreadTimes`: when a thread began and ended (0 while it runs), and how long it ran in the
/// kernel and in user mode, in units of 100 ns.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no thread. `ERROR_ACCESS_DENIED`: the handle may not query it.
/// `ERROR_NOACCESS`: a pointer is NULL; nothing is stored then. `ERROR_NOT_SUPPORTED`: a thread
/// that has ended, and that Transom did not start or that was another process's.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getthreadtimes>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetThreadTimes(
    thread: HANDLE,
    creation: *mut FILETIME,
    exit: *mut FILETIME,
    kernel: *mut FILETIME,
    user: *mut FILETIME,
) -> BOOL {
    let found = of_thread(thread, QUERY_THREAD, |thread| about::times(thread)).and_then(|found| {
        let places = [creation, exit, kernel, user];
        if places.iter().any(|place| place.is_null()) {
            return Err(Win32Error::NOACCESS);
        }
        let times = [found.creation, found.exit, found.kernel, found.user];
        for (place, time) in places.into_iter().zip(times) {
            // SAFETY: writable, by the caller's contract.
            unsafe { store(place, file_time(time)) }?;
        }
        Ok(())
    });
    succeeds(found)
}
same_signature!(official::GetThreadTimes, GetThreadTimes, fn(_, _, _, _, _) -> _);

/// `HRESULT_FROM_NT(STATUS_SUCCESS)`, which is what the two functions below give on Windows.
const DESCRIBED: HRESULT = 0x1000_0000;

/// The error as an `HRESULT`; of a bad handle the one that Windows gives.
fn to_hresult(error: Win32Error) -> HRESULT {
    match error {
        Win32Error::INVALID_HANDLE => 0xD000_0008_u32.cast_signed(),
        Win32Error::ACCESS_DENIED => 0xD000_0022_u32.cast_signed(),
        error => (0x8007_0000 | error.code() & 0xFFFF).cast_signed(),
    }
}

/// `SetThreadDescription`: names a thread of this process; an `HRESULT`. Linux shows the first 15
/// bytes of the name. NULL is the empty name.
///
/// # Errors
/// `0xD0000008`: no thread. `0xD0000022`: the handle lacks `THREAD_SET_LIMITED_INFORMATION`.
/// `0x80070032` (not supported): a thread of another process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setthreaddescription>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetThreadDescription(thread: HANDLE, description: PCWSTR) -> HRESULT {
    // SAFETY: NULL or a string, by the caller's contract.
    let description = unsafe { wide_string(description) }.unwrap_or_default();
    let done = of_thread(thread, SET_THREAD, |thread| about::set_description(thread, &description));
    done.map_or_else(to_hresult, |()| DESCRIBED)
}
same_signature!(official::SetThreadDescription, SetThreadDescription, fn(_, _) -> _);

/// `GetThreadDescription`: a thread's name, in memory that `LocalFree` frees; an `HRESULT`.
///
/// # Errors
/// `0xD0000008`: no thread. `0xD0000022`: the handle may not query it. `0x800703E6`: `description`
/// is NULL. `0x80070008`: no memory.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getthreaddescription>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetThreadDescription(
    thread: HANDLE,
    description: *mut PWSTR,
) -> HRESULT {
    let found = of_thread(thread, QUERY_THREAD, |thread| about::description(thread));
    let stored = found.and_then(|mut name| {
        if description.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        name.push(0);
        let bytes = size_of_val(name.as_slice());
        let memory: *mut u16 = crate::winbase_heap::allocate(bytes, false)?.cast();
        // SAFETY: new memory of so many bytes.
        unsafe { std::ptr::copy_nonoverlapping(name.as_ptr(), memory, name.len()) };
        // SAFETY: not NULL, so writable by the caller's contract.
        unsafe { store(description, memory) }
    });
    stored.map_or_else(to_hresult, |()| DESCRIBED)
}
same_signature!(official::GetThreadDescription, GetThreadDescription, fn(_, _) -> _);

/// `GetCurrentProcessorNumber`: the processor the calling thread runs on.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentprocessornumber>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCurrentProcessorNumber() -> u32 {
    about::current_processor()
}
same_signature!(official::GetCurrentProcessorNumber, GetCurrentProcessorNumber, fn() -> _);
