//! `winbase.h`: where threads run.

use crate::abi::{from_handle, or_else, same_signature};
use transom_kernel::thread::{about, open};
use windows_sys::Win32::{Foundation::HANDLE, System::Threading as threading};

/// `SetThreadAffinityMask`: the processors a thread may run on, one bit each; those it might run
/// on before, or 0 on failure. All bits mean all processors.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no thread. `ERROR_ACCESS_DENIED`: the handle lacks
/// `THREAD_SET_INFORMATION`, or the thread has ended. `ERROR_INVALID_PARAMETER`: no processor, or
/// one that the machine does not have.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setthreadaffinitymask>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetThreadAffinityMask(thread: HANDLE, mask: usize) -> usize {
    let rights = threading::THREAD_SET_INFORMATION | threading::THREAD_SET_LIMITED_INFORMATION;
    let before = from_handle(thread)
        .and_then(|thread| open::thread_of(thread, rights))
        .and_then(|thread| about::set_affinity(&thread, mask));
    or_else(before, 0)
}
same_signature!(threading::SetThreadAffinityMask, SetThreadAffinityMask, fn(_, _) -> _);
