//! Handles to processes.

use crate::error::Result;
use crate::handle::{AsHandle, BorrowedHandle, OwnedHandle, pseudo};
use crate::process::{PriorityClass, Times};
use crate::wait::wait_one;
use bitflags::bitflags;
use std::time::Duration;
use transom_kernel::process::{open, times};
use windows_sys::Win32::System::Threading as rights;

bitflags! {
    /// What a handle to a process may be used for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Access: u32 {
        /// `PROCESS_QUERY_LIMITED_INFORMATION`: its id, exit code, times, priority.
        const QUERY = rights::PROCESS_QUERY_LIMITED_INFORMATION;
        /// `SYNCHRONIZE`: waiting for its end.
        const SYNCHRONIZE = rights::PROCESS_SYNCHRONIZE;
        /// `PROCESS_TERMINATE`: ending it.
        const TERMINATE = rights::PROCESS_TERMINATE;
        /// `PROCESS_DUP_HANDLE`: duplicating handles into it and out of it.
        const DUP_HANDLE = rights::PROCESS_DUP_HANDLE;
        /// `PROCESS_SET_INFORMATION`: changing its priority.
        const SET_INFORMATION = rights::PROCESS_SET_INFORMATION;
        /// `PROCESS_CREATE_PROCESS`: being the parent of a process that somebody else starts.
        const CREATE_PROCESS = rights::PROCESS_CREATE_PROCESS;
        /// `PROCESS_ALL_ACCESS`.
        const ALL = rights::PROCESS_ALL_ACCESS;
        const _ = !0;
    }
}

/// A handle to a process, running or ended.
///
/// ```
/// use transom::{Command, Process, process::Access};
/// let child = Command::new("sleep").arg("60").spawn()?;
/// let process = Process::open(child.id(), Access::QUERY | Access::TERMINATE)?;
/// assert_eq!(process.id()?, child.id());
/// assert_eq!(process.exit_code()?, None); // it runs
/// process.terminate(0xC0DE_CAFE)?;
/// assert_eq!(child.wait()?, 0xC0DE_CAFE); // all 32 bits
/// # Ok::<(), transom::Win32Error>(())
/// ```
#[derive(Debug)]
pub struct Process {
    handle: OwnedHandle,
}

impl Process {
    /// `OpenProcess`: a handle to the process with an id. One that has ended can be opened for as
    /// long as somebody has a handle to it.
    ///
    /// ```
    /// use transom::{Process, process::Access};
    /// assert_eq!(Process::open(0, Access::QUERY).unwrap_err().code(), 87);
    /// let shy = Process::open(std::process::id(), Access::QUERY)?;
    /// assert_eq!(shy.wait(None).unwrap_err().code(), 5); // SYNCHRONIZE was not asked for
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER`: there is no such process. `ERROR_ACCESS_DENIED`: the user may
    /// not do to it what is asked for.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openprocess>
    pub fn open(id: u32, access: Access) -> Result<Self> {
        Ok(Self { handle: OwnedHandle::of(open::open(access.bits(), false, id)?) })
    }

    /// A real handle to this process, made of the [pseudo handle](pseudo::current_process).
    ///
    /// ```
    /// use transom::Process;
    /// assert_eq!(Process::current()?.id()?, std::process::id());
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_TOO_MANY_OPEN_FILES`, `ERROR_NO_SYSTEM_RESOURCES`: there is no room.
    pub fn current() -> Result<Self> {
        Ok(Self { handle: pseudo::current_process().duplicate()? })
    }

    /// The process of a handle that was inherited or duplicated.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it is no process. The handle is closed.
    pub fn from_handle(handle: OwnedHandle) -> Result<Self> {
        // Any right will do to find out that it is a process.
        open::process_of(handle.as_handle().kernel(), u32::MAX)?;
        Ok(Self { handle })
    }

    /// `GetProcessId`: its id.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle was opened without [`Access::QUERY`].
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getprocessid>
    pub fn id(&self) -> Result<u32> {
        open::id_of(self.as_handle().kernel())
    }

    /// `GetExitCodeProcess`: its exit code; `None` while it runs. (Win32 says 259 then, which is
    /// a code a process may end with as well; this asks Linux whether it runs.)
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle was opened without [`Access::QUERY`].
    /// `ERROR_NOT_SUPPORTED`: nobody kept the code; see the kernel's
    /// [`exit_code`](open::exit_code).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getexitcodeprocess>
    pub fn exit_code(&self) -> Result<Option<u32>> {
        open::final_exit_code(self.as_handle().kernel())
    }

    /// `TerminateProcess`: ends it at once, with this exit code. It gets no chance to clean up,
    /// but its handles are closed. It may take a moment: [`wait`](Self::wait) for it.
    ///
    /// ```
    /// use transom::Command;
    /// let child = Command::new("sleep").arg("60").spawn()?;
    /// child.process().terminate(300)?;
    /// assert_eq!(child.wait()?, 300);
    /// assert_eq!(child.process().terminate(1).unwrap_err().code(), 5); // it is dead already
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: it has ended, the user may not end it, or the handle was opened
    /// without [`Access::TERMINATE`].
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminateprocess>
    pub fn terminate(&self, code: u32) -> Result<()> {
        open::terminate(self.as_handle().kernel(), code)
    }

    /// `WaitForSingleObject`: waits until it has ended, or so long; whether it has. `None` waits
    /// without end.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle was opened without [`Access::SYNCHRONIZE`].
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitforsingleobject>
    pub fn wait(&self, timeout: impl Into<Option<Duration>>) -> Result<bool> {
        wait_one(self, timeout)
    }

    /// `GetPriorityClass`: how urgent its work is.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle was opened without [`Access::QUERY`].
    /// `ERROR_INVALID_PARAMETER`: it has ended.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getpriorityclass>
    pub fn priority(&self) -> Result<PriorityClass> {
        let flag = open::priority_class(self.as_handle().kernel())?;
        PriorityClass::from_flag(flag).ok_or(crate::Win32Error::GEN_FAILURE)
    }

    /// `SetPriorityClass`: says how urgent its work is.
    ///
    /// ```
    /// use transom::{Command, process::PriorityClass};
    /// let child = Command::new("sleep").arg("60").spawn()?;
    /// child.process().set_priority(PriorityClass::Idle)?;
    /// assert_eq!(child.process().priority()?, PriorityClass::Idle);
    /// child.terminate(0)?;
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: it is another user's, or the handle was opened without
    /// [`Access::SET_INFORMATION`]. `ERROR_PRIVILEGE_NOT_HELD`: Linux lets only privileged users
    /// do that. `ERROR_INVALID_PARAMETER`: it has ended.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setpriorityclass>
    pub fn set_priority(&self, class: PriorityClass) -> Result<()> {
        open::set_priority_class(self.as_handle().kernel(), class.flag())
    }

    /// `GetProcessTimes`: when it started and ended, and how long it ran, in units of 100 ns
    /// (points in time since 1601).
    ///
    /// ```
    /// let times = transom::Process::current()?.times()?;
    /// assert!(times.creation > 0 && times.exit == 0);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle was opened without [`Access::QUERY`].
    /// `ERROR_NOT_SUPPORTED`: it is gone and was no child of this process.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getprocesstimes>
    pub fn times(&self) -> Result<Times> {
        times::of(self.as_handle().kernel())
    }

    /// Its handle alone.
    #[must_use]
    pub fn into_handle(self) -> OwnedHandle {
        self.handle
    }
}

impl AsHandle for Process {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}
