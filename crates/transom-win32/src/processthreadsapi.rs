//! `processthreadsapi.h`: processes that exist. (Starting one is in
//! [`process_creation`](crate::process_creation), threads are in
//! [`processthreadsapi_thread`](crate::processthreadsapi_thread).)

use crate::abi::{from_handle, or_else, raw_to_handle, same_signature, store, succeeds, to_handle};
use std::ptr::null_mut;
use std::sync::OnceLock;
use transom_kernel::executive::{self, StandardHandle, current};
use transom_kernel::handle::{Handle, PseudoHandle, information};
use transom_kernel::process::{self, open, own_image, startup_information, times};
use transom_kernel::thread::current_thread_id;
use transom_kernel::{Result, Win32Error, text};
use windows_sys::Win32::Foundation::{FILETIME, HANDLE};
use windows_sys::Win32::System::Threading::{
    self as official, PROCESS_ACCESS_RIGHTS, PROCESS_CREATION_FLAGS, STARTUPINFOA, STARTUPINFOW,
};
use windows_sys::core::BOOL;

/// `GetCurrentProcess`: the pseudo handle of the calling process, -1.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentprocess>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCurrentProcess() -> HANDLE {
    to_handle(Handle::Pseudo(PseudoHandle::CurrentProcess))
}
same_signature!(official::GetCurrentProcess, GetCurrentProcess, fn() -> _);

/// `GetCurrentThread`: the pseudo handle of the calling thread, -2.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentthread>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCurrentThread() -> HANDLE {
    to_handle(Handle::Pseudo(PseudoHandle::CurrentThread))
}
same_signature!(official::GetCurrentThread, GetCurrentThread, fn() -> _);

/// `GetCurrentProcessId`: the id of the calling process, which is its Linux one.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentprocessid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCurrentProcessId() -> u32 {
    std::process::id()
}
same_signature!(official::GetCurrentProcessId, GetCurrentProcessId, fn() -> _);

/// `GetCurrentThreadId`: the id of the calling thread, which is its Linux one.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentthreadid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCurrentThreadId() -> u32 {
    current_thread_id()
}
same_signature!(official::GetCurrentThreadId, GetCurrentThreadId, fn() -> _);

/// `GetProcessId`: the id of a handle's process; 0 on failure.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no process. `ERROR_ACCESS_DENIED`: the handle may not query it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getprocessid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetProcessId(process: HANDLE) -> u32 {
    or_else(from_handle(process).and_then(open::id_of), 0)
}
same_signature!(official::GetProcessId, GetProcessId, fn(_) -> _);

/// The session of a process: the id of its Linux session, which begins with a log-on.
pub(crate) fn session_of(pid: u32) -> Result<u32> {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    let pid = pid.ok_or(Win32Error::INVALID_PARAMETER)?;
    let session = rustix::process::getsid(Some(pid)).map_err(|error| match error {
        rustix::io::Errno::SRCH => Win32Error::INVALID_PARAMETER,
        error => error.into(),
    })?;
    Ok(session.as_raw_nonzero().get().cast_unsigned())
}

/// `ProcessIdToSessionId`: the session of a process: the id of its Linux session.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: no such process. `ERROR_NOACCESS`: `session` is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-processidtosessionid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ProcessIdToSessionId(process: u32, session: *mut u32) -> BOOL {
    // SAFETY: `session` is NULL or writable, by the caller's contract.
    succeeds(session_of(process).and_then(|found| unsafe { store(session, found) }))
}
same_signature!(
    windows_sys::Win32::System::RemoteDesktop::ProcessIdToSessionId,
    ProcessIdToSessionId,
    fn(_, _) -> _
);

/// `GetProcessHandleCount`: how many handles a process has open. A program that knows nothing of
/// Transom has none.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no process. `ERROR_ACCESS_DENIED`: the handle may not query it.
/// `ERROR_NOACCESS`: `count` is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getprocesshandlecount>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetProcessHandleCount(process: HANDLE, count: *mut u32) -> BOOL {
    let found = from_handle(process).and_then(information::handle_count);
    // SAFETY: `count` is NULL or writable, by the caller's contract.
    succeeds(found.and_then(|found| unsafe { store(count, found) }))
}
same_signature!(official::GetProcessHandleCount, GetProcessHandleCount, fn(_, _) -> _);

/// `OpenProcess`: a handle to a process of this machine; NULL on failure.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such process. `ERROR_ACCESS_DENIED`: the caller may not
/// have that access to it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openprocess>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenProcess(
    access: PROCESS_ACCESS_RIGHTS,
    inherit: BOOL,
    process_id: u32,
) -> HANDLE {
    or_else(open::open(access, inherit != 0, process_id).map(to_handle), null_mut())
}
same_signature!(official::OpenProcess, OpenProcess, fn(_, _, _) -> _);

/// `TerminateProcess`: ends a process at once, with this exit code.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no process. `ERROR_ACCESS_DENIED`: the handle lacks
/// `PROCESS_TERMINATE`, or the process has ended already.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminateprocess>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn TerminateProcess(process: HANDLE, exit_code: u32) -> BOOL {
    succeeds(from_handle(process).and_then(|process| open::terminate(process, exit_code)))
}
same_signature!(official::TerminateProcess, TerminateProcess, fn(_, _) -> _);

/// `ExitProcess`: ends the calling process with this exit code, all 32 bits of it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-exitprocess>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ExitProcess(exit_code: u32) -> ! {
    executive::exit(exit_code)
}
same_signature!(official::ExitProcess, ExitProcess, fn(_) -> !);

/// `GetExitCodeProcess`: the exit code of a process, 259 (`STILL_ACTIVE`) while it runs.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no process. `ERROR_ACCESS_DENIED`: the handle may not query it.
/// `ERROR_NOACCESS`: `exit_code` is NULL. `ERROR_NOT_SUPPORTED`: Linux did not keep the code.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getexitcodeprocess>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetExitCodeProcess(process: HANDLE, exit_code: *mut u32) -> BOOL {
    let found = from_handle(process).and_then(open::exit_code);
    // SAFETY: `exit_code` is NULL or writable, by the caller's contract.
    succeeds(found.and_then(|found| unsafe { store(exit_code, found) }))
}
same_signature!(official::GetExitCodeProcess, GetExitCodeProcess, fn(_, _) -> _);

/// `GetProcessTimes`: when a process started and ended (0 while it runs), and how long it ran in
/// the kernel and in user mode, in units of 100 ns.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no process. `ERROR_ACCESS_DENIED`: the handle may not query it.
/// `ERROR_NOACCESS`: a pointer is NULL; nothing is stored then.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getprocesstimes>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetProcessTimes(
    process: HANDLE,
    creation: *mut FILETIME,
    exit: *mut FILETIME,
    kernel: *mut FILETIME,
    user: *mut FILETIME,
) -> BOOL {
    let found = from_handle(process).and_then(times::of).and_then(|found| {
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
same_signature!(official::GetProcessTimes, GetProcessTimes, fn(_, _, _, _, _) -> _);

pub(crate) fn file_time(time: u64) -> FILETIME {
    FILETIME { dwLowDateTime: (time & 0xFFFF_FFFF) as u32, dwHighDateTime: (time >> 32) as u32 }
}

/// `GetPriorityClass`: the priority class of a process; 0 on failure.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no process. `ERROR_ACCESS_DENIED`: the handle may not query it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getpriorityclass>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetPriorityClass(process: HANDLE) -> u32 {
    or_else(from_handle(process).and_then(open::priority_class), 0)
}
same_signature!(official::GetPriorityClass, GetPriorityClass, fn(_) -> _);

/// `SetPriorityClass`: gives a process the nice value of a priority class.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: no priority class, which is found out first.
/// `ERROR_INVALID_HANDLE`: no process. `ERROR_ACCESS_DENIED`: the handle lacks
/// `PROCESS_SET_INFORMATION`. `ERROR_PRIVILEGE_NOT_HELD`: Linux lets this user not raise it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setpriorityclass>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetPriorityClass(
    process: HANDLE,
    class: PROCESS_CREATION_FLAGS,
) -> BOOL {
    if process::priority::nice_of_class(class).is_none() {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    }
    succeeds(from_handle(process).and_then(|process| open::set_priority_class(process, class)))
}
same_signature!(official::SetPriorityClass, SetPriorityClass, fn(_, _) -> _);

/// The strings of the start-up information with their NUL; they stay for the whole life of the
/// process, since programs keep pointers to them.
struct StartupStrings {
    desktop: (Vec<u16>, Vec<u8>),
    title: (Vec<u16>, Vec<u8>),
}

fn startup_strings() -> &'static StartupStrings {
    static STRINGS: OnceLock<StartupStrings> = OnceLock::new();
    let both = |string: &[u16]| {
        ([string, &[0]].concat(), [text::to_bytes(string).as_slice(), b"\0"].concat())
    };
    STRINGS.get_or_init(|| {
        let startup = startup_information();
        // Windows names a window after its program if nobody has named it.
        let title = startup.title.clone().or_else(|| own_image().ok()).unwrap_or_default();
        StartupStrings { desktop: both(&startup.desktop), title: both(&title) }
    })
}

/// Defines the two forms of `GetStartupInfo`.
macro_rules! get_startup_info {
    ($($name:ident($structure:ident, $form:tt), $doc:literal, $page:literal;)*) => {
        $(#[doc = $doc]
        ///
        /// Its strings stay valid for the life of the process. A NULL `startup` is left alone.
        ///
        #[doc = concat!("Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-", $page, ">")]
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $name(startup: *mut $structure) {
            let known = startup_information();
            let strings = startup_strings();
            let [x, y, width, height, columns, rows, fill] = known.numbers;
            let standard = |which| raw_to_handle(current().standard_handle(which));
            let information = $structure {
                cb: size_of::<$structure>() as u32,
                lpReserved: null_mut(),
                lpDesktop: strings.desktop.$form.as_ptr().cast_mut(),
                lpTitle: strings.title.$form.as_ptr().cast_mut(),
                dwX: x,
                dwY: y,
                dwXSize: width,
                dwYSize: height,
                dwXCountChars: columns,
                dwYCountChars: rows,
                dwFillAttribute: fill,
                dwFlags: known.flags,
                wShowWindow: known.show_window,
                cbReserved2: 0,
                lpReserved2: null_mut(),
                hStdInput: standard(StandardHandle::Input),
                hStdOutput: standard(StandardHandle::Output),
                hStdError: standard(StandardHandle::Error),
            };
            // SAFETY: `startup` is NULL or writable, by the caller's contract.
            unsafe { crate::abi::store_optional(startup, information) };
        }
        same_signature!(official::$name, $name, fn(_));)*
    };
}

get_startup_info! {
    GetStartupInfoW(STARTUPINFOW, 0),
        "`GetStartupInfoW`: how the calling process was to be started.", "getstartupinfow";
    GetStartupInfoA(STARTUPINFOA, 1),
        "`GetStartupInfoA`: as [`GetStartupInfoW`], in UTF-8.", "getstartupinfoa";
}
