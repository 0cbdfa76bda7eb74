//! `winbase.h`: how the end of overlapped requests is told.

use crate::abi::{from_handle, same_signature, succeeds};
use std::ffi::c_void;
use std::ptr::with_exposed_provenance_mut;
use transom_kernel::Win32Error;
use transom_kernel::io::{self, Packet};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Storage::FileSystem;
use windows_sys::Win32::System::IO::{
    self as official, LPOVERLAPPED_COMPLETION_ROUTINE, OVERLAPPED,
};
use windows_sys::core::BOOL;

/// `SetFileCompletionNotificationModes`: has less told of a file's requests:
/// `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS`: no packet of what succeeds at once;
/// `FILE_SKIP_SET_EVENT_ON_HANDLE`: the file itself is not signalled. It cannot be taken back.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: another flag. `ERROR_INVALID_HANDLE`: no file.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setfilecompletionnotificationmodes>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetFileCompletionNotificationModes(file: HANDLE, flags: u8) -> BOOL {
    succeeds(from_handle(file).and_then(|file| io::set_notification_modes(file, flags)))
}
same_signature!(
    FileSystem::SetFileCompletionNotificationModes,
    SetFileCompletionNotificationModes,
    fn(_, _) -> _
);

type Routine = unsafe extern "system" fn(u32, u32, *mut OVERLAPPED);

/// Calls the routine whose address is the packet's key.
fn call(packet: Packet) {
    let routine: *mut c_void = with_exposed_provenance_mut(packet.key);
    // SAFETY: `BindIoCompletionCallback` made the key of such a function.
    let routine: Routine = unsafe { std::mem::transmute(routine) };
    let bytes = u32::try_from(packet.bytes).unwrap_or(u32::MAX);
    let status = packet.status.code().cast_unsigned();
    // SAFETY: the caller wants it called so, in a thread of the pool.
    unsafe { routine(status, bytes, with_exposed_provenance_mut(packet.address)) };
}

/// `BindIoCompletionCallback`: has a routine called, in a thread of a pool, for each request on a
/// file that is done: with its `NTSTATUS` (as Windows does, whatever the parameter is called), how
/// many bytes, and its `OVERLAPPED`. The flags choose nothing: there is one pool.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no routine, or the file is not overlapped, or belongs to a
/// completion port already. `ERROR_INVALID_HANDLE`: no file.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-bindiocompletioncallback>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn BindIoCompletionCallback(
    file: HANDLE,
    function: LPOVERLAPPED_COMPLETION_ROUTINE,
    _flags: u32,
) -> BOOL {
    succeeds(from_handle(file).and_then(|file| {
        let routine = function.ok_or(Win32Error::INVALID_PARAMETER)?;
        io::bind(file, (routine as *const c_void).expose_provenance(), call)
    }))
}
same_signature!(official::BindIoCompletionCallback, BindIoCompletionCallback, fn(_, _, _) -> _);
