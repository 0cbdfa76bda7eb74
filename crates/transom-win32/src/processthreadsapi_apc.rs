//! `processthreadsapi.h`: asynchronous procedure calls.

use crate::abi::{from_handle, or_else, same_signature};
use transom_kernel::Win32Error;
use transom_kernel::sync::apc;
use windows_sys::Win32::Foundation::{HANDLE, PAPCFUNC};
use windows_sys::Win32::System::Threading as official;

/// `QueueUserAPC`: has a thread of this process call a function when it next waits and is
/// alertable; 0 on failure.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no thread. `ERROR_ACCESS_DENIED`: the handle lacks
///   `THREAD_SET_CONTEXT`.
/// - `ERROR_GEN_FAILURE`: the thread has ended.
/// - `ERROR_NOT_SUPPORTED`: it is another process's.
/// - `ERROR_INVALID_PARAMETER`: there is no function.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-queueuserapc>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn QueueUserAPC(function: PAPCFUNC, thread: HANDLE, data: usize) -> u32 {
    let queued = from_handle(thread).and_then(|thread| {
        let function = function.ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: the caller wants the function called so, in that thread.
        apc::queue(thread, Box::new(move || unsafe { function(data) }))
    });
    or_else(queued.map(|()| 1), 0)
}
same_signature!(official::QueueUserAPC, QueueUserAPC, fn(_, _, _) -> _);
