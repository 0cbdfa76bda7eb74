//! What can be asked of any handle.

use super::{Handle, HandleFlags, PseudoHandle};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::object::ObjectId;
use crate::process::Process;
use crate::{process, thread};
use std::sync::Arc;
use windows_sys::Win32::System::Threading::PROCESS_QUERY_LIMITED_INFORMATION;

/// `GetHandleInformation`: the flags of a handle. Pseudo handles have none.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` when it is not open.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-gethandleinformation>
pub fn flags(handle: Handle) -> Result<HandleFlags> {
    match handle {
        Handle::Pseudo(_) => Ok(HandleFlags::empty()),
        Handle::Real(_) => current().table().with(handle, |entry| entry.flags),
    }
}

/// `SetHandleInformation`: sets those flags of a handle that the mask names. Bits that are no
/// flags are ignored.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` for a pseudo handle, `ERROR_INVALID_HANDLE` when it is not open.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-sethandleinformation>
pub fn set_flags(handle: Handle, mask: u32, flags: u32) -> Result<()> {
    let bits = |bits: u32| HandleFlags::from_bits_truncate((bits & 0xFF) as u8);
    match handle {
        Handle::Pseudo(_) => Err(Win32Error::ACCESS_DENIED),
        Handle::Real(_) => current().table().set_flags(handle, bits(mask), bits(flags)),
    }
}

/// The object a handle refers to, pseudo handles included.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` when it is not open.
pub fn object_id(handle: Handle) -> Result<ObjectId> {
    use crate::object::KernelObject;
    match handle {
        Handle::Pseudo(PseudoHandle::CurrentProcess) => {
            Ok(process::current_process()?.header().id())
        }
        Handle::Pseudo(PseudoHandle::CurrentThread) => Ok(thread::current_thread()?.header().id()),
        Handle::Pseudo(PseudoHandle::Token(_)) => Err(Win32Error::INVALID_HANDLE),
        Handle::Real(_) => current().table().with(handle, |entry| entry.object.header().id()),
    }
}

/// `CompareObjectHandles`: whether two handles refer to the same object.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` when one is not open.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-compareobjecthandles>
pub fn same_object(first: Handle, second: Handle) -> Result<bool> {
    Ok(object_id(first)? == object_id(second)?)
}

/// `GetProcessHandleCount`: how many handles a process has open.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no process, `ERROR_ACCESS_DENIED` for a handle without
/// `PROCESS_QUERY_LIMITED_INFORMATION` or another user's process. A process that is no Transom
/// program has no handles: 0.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getprocesshandlecount>
pub fn handle_count(process: Handle) -> Result<u32> {
    let count = match process {
        Handle::Pseudo(PseudoHandle::CurrentProcess) => current().table().len(),
        Handle::Pseudo(_) => return Err(Win32Error::INVALID_HANDLE),
        Handle::Real(_) => {
            let process: Arc<Process> =
                current().table().object(process, PROCESS_QUERY_LIMITED_INFORMATION)?;
            if process.pid() == std::process::id() {
                current().table().len()
            } else {
                match super::published::of_process(process.pid()) {
                    Ok(lines) => lines.len(),
                    Err(Win32Error::FILE_NOT_FOUND | Win32Error::INVALID_PARAMETER) => 0,
                    Err(error) => return Err(error),
                }
            }
        }
    };
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
