//! Asynchronous procedure calls: what a thread does when it waits and lets itself be interrupted.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/sync/asynchronous-procedure-calls>

use crate::error::Result;
use crate::handle::AsHandle;
use crate::wait::milliseconds;
use std::time::Duration;
use transom_kernel::sync::apc;
use transom_kernel::sync::sleep::sleep_alertable;

/// `QueueUserAPC`: has a thread of this process make a call when it next waits and lets itself be
/// interrupted, with [`sleep`] for instance.
///
/// ```
/// use std::sync::mpsc::channel;
/// use transom::{AsHandle, apc, handle::pseudo};
/// let (tell, told) = channel();
/// let own = pseudo::current_thread().duplicate()?;
/// std::thread::spawn(move || apc::queue(&own, move || tell.send(7).unwrap()));
/// assert!(apc::sleep(None)); // interrupted
/// assert_eq!(told.recv(), Ok(7));
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: it is no thread. `ERROR_GEN_FAILURE`: it has ended.
/// `ERROR_NOT_SUPPORTED`: it is another process's.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-queueuserapc>
pub fn queue(thread: &dyn AsHandle, call: impl FnOnce() + Send + 'static) -> Result<()> {
    apc::queue(thread.as_handle().kernel(), Box::new(call))
}

/// `SleepEx`: sleeps for so long, or until calls that were queued to this thread have been made;
/// whether some were. `None` sleeps until then.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-sleepex>
pub fn sleep(time: impl Into<Option<Duration>>) -> bool {
    sleep_alertable(milliseconds(time.into()))
}
