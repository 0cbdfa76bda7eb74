//! `debugapi.h`, and what `errhandlingapi.h` says about exceptions and the process's error mode.

use crate::abi::{ansi_string, from_handle, same_signature, store, succeeds, wide_string};
use std::io::Write;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use transom_kernel::process::open;
use transom_kernel::{Win32Error, executive, text};
use windows_sys::Win32::Foundation::{HANDLE, STATUS_NONCONTINUABLE_EXCEPTION};
use windows_sys::Win32::System::Diagnostics::Debug::{
    self as official, EXCEPTION_POINTERS, LPTOP_LEVEL_EXCEPTION_FILTER, THREAD_ERROR_MODE,
};
use windows_sys::Win32::System::Threading::PROCESS_QUERY_LIMITED_INFORMATION;
use windows_sys::core::BOOL;

/// Writes what is for a debugger to the error output, where `TRANSOM_DEBUG` asks for it.
fn output(text: &[u16]) {
    let name: Vec<u16> = "TRANSOM_DEBUG".encode_utf16().collect();
    if transom_kernel::environment::get(&name).is_ok_and(|value| !value.is_empty()) {
        // Who closed the error output does not want to know.
        let _ = std::io::stderr().write_all(&text::to_bytes(text));
    }
}

/// `OutputDebugString`: writes to the error output if the environment variable `TRANSOM_DEBUG` is
/// set, and otherwise nowhere.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/debugapi/nf-debugapi-outputdebugstringw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OutputDebugStringW(string: *const u16) {
    // SAFETY: NULL or a string, by the caller's contract.
    if let Some(string) = unsafe { wide_string(string) } {
        output(&string);
    }
}
same_signature!(official::OutputDebugStringW, OutputDebugStringW, fn(_));

/// `OutputDebugStringA`: as [`OutputDebugStringW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/debugapi/nf-debugapi-outputdebugstringa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OutputDebugStringA(string: *const u8) {
    // SAFETY: NULL or a string, by the caller's contract.
    if let Some(string) = unsafe { ansi_string(string) } {
        output(&string);
    }
}
same_signature!(official::OutputDebugStringA, OutputDebugStringA, fn(_));

/// Whether somebody traces a process.
fn is_traced(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|tracer| tracer.trim() != "0")
}

/// `IsDebuggerPresent`: whether somebody traces this process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/debugapi/nf-debugapi-isdebuggerpresent>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsDebuggerPresent() -> BOOL {
    is_traced(std::process::id()).into()
}
same_signature!(official::IsDebuggerPresent, IsDebuggerPresent, fn() -> _);

/// `CheckRemoteDebuggerPresent`: whether somebody traces a process.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`; `ERROR_INVALID_PARAMETER` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/debugapi/nf-debugapi-checkremotedebuggerpresent>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CheckRemoteDebuggerPresent(
    process: HANDLE,
    place: *mut BOOL,
) -> BOOL {
    let process = from_handle(process)
        .and_then(|process| open::process_of(process, PROCESS_QUERY_LIMITED_INFORMATION));
    succeeds(process.and_then(|process| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(place, is_traced(process.pid()).into()) }
            .map_err(|_| Win32Error::INVALID_PARAMETER)
    }))
}
same_signature!(official::CheckRemoteDebuggerPresent, CheckRemoteDebuggerPresent, fn(_, _) -> _);

/// `DebugBreak`: raises `SIGTRAP`, which stops a program in its debugger and ends one without.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/debugapi/nf-debugapi-debugbreak>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DebugBreak() {
    // SAFETY: raises a signal in the calling thread.
    unsafe { libc::raise(libc::SIGTRAP) };
}
same_signature!(official::DebugBreak, DebugBreak, fn());

static ERROR_MODE: AtomicU32 = AtomicU32::new(0);

/// `SetErrorMode`: sets the process's error mode, of which Linux needs none; the one before.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-seterrormode>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetErrorMode(mode: THREAD_ERROR_MODE) -> THREAD_ERROR_MODE {
    ERROR_MODE.swap(mode, Ordering::Relaxed)
}
same_signature!(official::SetErrorMode, SetErrorMode, fn(_) -> _);

/// `GetErrorMode`: the process's error mode.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-geterrormode>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetErrorMode() -> u32 {
    ERROR_MODE.load(Ordering::Relaxed)
}
same_signature!(official::GetErrorMode, GetErrorMode, fn() -> _);

static FILTER: AtomicUsize = AtomicUsize::new(0);

/// `SetUnhandledExceptionFilter`: notes the filter and gives the one before. No exception of Linux'
/// calls it; [`RaiseException`] does not either.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-setunhandledexceptionfilter>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetUnhandledExceptionFilter(
    filter: LPTOP_LEVEL_EXCEPTION_FILTER,
) -> LPTOP_LEVEL_EXCEPTION_FILTER {
    let new = filter.map_or(0, |filter| filter as *const () as usize);
    let before = std::ptr::with_exposed_provenance::<()>(FILTER.swap(new, Ordering::AcqRel));
    // SAFETY: NULL, or such a function that was stored here before.
    unsafe { std::mem::transmute(before) }
}
same_signature!(official::SetUnhandledExceptionFilter, SetUnhandledExceptionFilter, fn(_) -> _);

/// `UnhandledExceptionFilter`: 1 (`EXCEPTION_EXECUTE_HANDLER`): the process is to end.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-unhandledexceptionfilter>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn UnhandledExceptionFilter(
    _exception: *const EXCEPTION_POINTERS,
) -> i32 {
    1
}
same_signature!(official::UnhandledExceptionFilter, UnhandledExceptionFilter, fn(_) -> _);

/// `RaiseException`: ends the process with the exception's code as its exit code: there are no
/// handlers for exceptions. 0 is `STATUS_NONCONTINUABLE_EXCEPTION`. What only informs a debugger (a
/// code from 0x40000000 to 0x7FFFFFFF, such as that which names a thread) does nothing.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-raiseexception>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RaiseException(
    code: u32,
    _flags: u32,
    _count: u32,
    _arguments: *const usize,
) {
    const SEVERITY: u32 = 0xC000_0000;
    const INFORMATIONAL: u32 = 0x4000_0000;
    if code & SEVERITY == INFORMATIONAL {
        return;
    }
    let code = if code == 0 { STATUS_NONCONTINUABLE_EXCEPTION.cast_unsigned() } else { code };
    executive::exit(code);
}
same_signature!(official::RaiseException, RaiseException, fn(_, _, _, _));

/// `FatalAppExit`: prints a message to the error output and ends the process with exit code 1.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-fatalappexitw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FatalAppExitW(_action: u32, message: *const u16) {
    // SAFETY: NULL or a string, by the caller's contract.
    let mut line = text::to_bytes(&unsafe { wide_string(message) }.unwrap_or_default());
    line.push(b'\n');
    // Who closed the error output does not want to know.
    let _ = std::io::stderr().write_all(&line);
    executive::exit(1);
}
same_signature!(official::FatalAppExitW, FatalAppExitW, fn(_, _));

/// `FatalAppExitA`: as [`FatalAppExitW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-fatalappexita>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FatalAppExitA(_action: u32, message: *const u8) {
    // SAFETY: NULL or a string, by the caller's contract.
    let mut line = text::to_bytes(&unsafe { ansi_string(message) }.unwrap_or_default());
    line.push(b'\n');
    // Who closed the error output does not want to know.
    let _ = std::io::stderr().write_all(&line);
    executive::exit(1);
}
same_signature!(official::FatalAppExitA, FatalAppExitA, fn(_, _));
