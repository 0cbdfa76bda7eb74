//! A process that this one has started.

use crate::error::{Result, Win32Error};
use crate::handle::{AsHandle, BorrowedHandle, OwnedHandle};
use crate::process::Process;
use crate::wait::wait_one;
use std::time::Duration;
use transom_kernel::process::Created;
use transom_kernel::thread::{open, stop};
use windows_sys::Win32::System::Threading::THREAD_SUSPEND_RESUME;

/// A process that [`Command::spawn`](crate::Command::spawn) has started: handles to it and to its
/// first thread. Dropping it closes the handles; the process runs on.
///
/// ```
/// use transom::Command;
/// let child = Command::new("sh").args(["-c", "exit 7"]).spawn()?;
/// assert_eq!(child.wait()?, 7);
/// # Ok::<(), transom::Win32Error>(())
/// ```
#[derive(Debug)]
pub struct Child {
    process: Process,
    thread: OwnedHandle,
    id: u32,
    thread_id: u32,
}

impl Child {
    pub(super) fn of(created: Created) -> Result<Self> {
        let thread = OwnedHandle::of(created.thread);
        let process = Process::from_handle(OwnedHandle::of(created.process))?;
        Ok(Self { process, thread, id: created.process_id, thread_id: created.thread_id })
    }

    /// The process id.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The id of its first thread.
    #[must_use]
    pub const fn thread_id(&self) -> u32 {
        self.thread_id
    }

    /// The process.
    #[must_use]
    pub const fn process(&self) -> &Process {
        &self.process
    }

    /// The handle to its first thread.
    #[must_use]
    pub const fn thread(&self) -> &OwnedHandle {
        &self.thread
    }

    /// Only the process; the thread's handle is closed.
    #[must_use]
    pub fn into_process(self) -> Process {
        self.process
    }

    /// `ResumeThread`: lets a child that was started [`suspended`](crate::Command::suspended)
    /// run; how often it was suspended.
    ///
    /// ```
    /// use transom::Command;
    /// use std::time::Duration;
    /// let child = Command::new("true").suspended(true).spawn()?;
    /// assert_eq!(child.wait_timeout(Duration::from_millis(1))?, None); // it has not begun
    /// assert_eq!(child.resume()?, 1);
    /// assert_eq!(child.wait()?, 0);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the child runs as another user by now.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-resumethread>
    pub fn resume(&self) -> Result<u32> {
        stop::resume(&*open::thread_of(self.thread.as_handle().kernel(), THREAD_SUSPEND_RESUME)?)
    }

    /// `WaitForSingleObject` and `GetExitCodeProcess`: waits until it has ended; its exit code.
    ///
    /// # Errors
    /// `ERROR_NOT_SUPPORTED`: other code of this program collected the child and its code.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getexitcodeprocess>
    pub fn wait(&self) -> Result<u32> {
        self.wait_until(None)?.ok_or(Win32Error::GEN_FAILURE)
    }

    /// Waits until it has ended, but not longer than that; its exit code, or `None` if it still
    /// runs.
    ///
    /// # Errors
    /// As for [`wait`](Self::wait).
    pub fn wait_timeout(&self, timeout: Duration) -> Result<Option<u32>> {
        self.wait_until(Some(timeout))
    }

    /// Its exit code if it has ended, without waiting.
    ///
    /// # Errors
    /// As for [`wait`](Self::wait).
    pub fn try_wait(&self) -> Result<Option<u32>> {
        self.wait_until(Some(Duration::ZERO))
    }

    fn wait_until(&self, timeout: Option<Duration>) -> Result<Option<u32>> {
        if wait_one(&self.process, timeout)? { self.process.exit_code() } else { Ok(None) }
    }

    /// `TerminateProcess`: ends it at once, with this exit code.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: it has ended already, or the user may not end it.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminateprocess>
    pub fn terminate(&self, code: u32) -> Result<()> {
        self.process.terminate(code)
    }
}

/// The process, for waiting and duplicating.
impl AsHandle for Child {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.process.as_handle()
    }
}
