//! `processthreadsapi.h` and `winbase.h`: what is asked of processes and processors seldom.

use crate::abi::{from_handle, or_else, same_signature, store, succeeds};
use transom_kernel::process::open;
use transom_kernel::{Win32Error, system};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::Threading::{
    self as official, PROCESS_QUERY_INFORMATION, PROCESS_QUERY_LIMITED_INFORMATION,
};
use windows_sys::core::BOOL;

/// `IsProcessCritical`: whether the machine stops when a process ends: Linux' first one.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no process. `ERROR_ACCESS_DENIED`: the handle may not query. `ERROR_NOACCESS`: no place.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-isprocesscritical>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsProcessCritical(process: HANDLE, critical: *mut BOOL) -> BOOL {
    const FIRST: u32 = 1;
    let rights = PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION;
    let process = from_handle(process).and_then(|process| open::process_of(process, rights));
    // SAFETY: NULL or writable, by the caller's contract.
    succeeds(
        process.and_then(|process| unsafe { store(critical, (process.pid() == FIRST).into()) }),
    )
}
same_signature!(official::IsProcessCritical, IsProcessCritical, fn(_, _) -> _);

/// `GetActiveProcessorCount`: how many processors this process may run on. They are one group, 0.
///
/// # Errors
/// 0, with `ERROR_INVALID_PARAMETER`: another group, and not all (0xFFFF).
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getactiveprocessorcount>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetActiveProcessorCount(group: u16) -> u32 {
    const ALL_GROUPS: u16 = 0xFFFF;
    let count = match group {
        0 | ALL_GROUPS => Ok(system::processors()),
        _ => Err(Win32Error::INVALID_PARAMETER),
    };
    or_else(count, 0)
}
same_signature!(official::GetActiveProcessorCount, GetActiveProcessorCount, fn(_) -> _);
