//! Handles to threads that run already.

use super::present::{self, current_thread};
use super::{Thread, present::own_process};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::{Handle, HandleValue, PseudoHandle};
use crate::object::{ObjectType, downcast};
use crate::process::subject::Subject;
use crate::process::task::pid_of;
use rustix::io::Errno;
use std::sync::Arc;
use windows_sys::Win32::Storage::FileSystem::READ_CONTROL;
use windows_sys::Win32::System::Threading as rights;

/// The thread of a handle, if the handle grants one of the rights. The pseudo handle has every
/// right.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no thread, `ERROR_ACCESS_DENIED` without the access.
pub fn thread_of(handle: Handle, access: u32) -> Result<Arc<Thread>> {
    match handle {
        Handle::Pseudo(PseudoHandle::CurrentThread) => current_thread(),
        Handle::Pseudo(_) => Err(Win32Error::INVALID_HANDLE),
        // Each of the rights named will do alone.
        Handle::Real(_) => current().table().object_with_any(handle, access),
    }
}

/// Rights that change nothing: every user has them over every thread that can be seen.
pub(crate) const READ_RIGHTS: u32 = rights::THREAD_QUERY_LIMITED_INFORMATION
    | rights::THREAD_QUERY_INFORMATION
    | crate::object::SYNCHRONIZE
    | READ_CONTROL;

/// `OpenThread`: a handle to a thread of the machine. A thread of this process that has ended
/// can be opened as long as this process has a handle to it.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` when there is no such thread, `ERROR_ACCESS_DENIED` for rights the
/// user does not have over it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openthread>
pub fn open(access: u32, inherit: bool, tid: u32) -> Result<HandleValue> {
    let access = ObjectType::Thread.specific_access(access)?;
    let thread = match present::find(tid) {
        Some(thread) => thread,
        None => look_for(tid, access)?,
    };
    current().table().create(thread, access, inherit)
}

fn look_for(tid: u32, access: u32) -> Result<Arc<Thread>> {
    let running = process_of(tid).filter(|&pid| pid != std::process::id() || !present::leaves(tid));
    let Some(pid) = running else {
        return held_here(tid).ok_or(Win32Error::INVALID_PARAMETER);
    };
    if pid == std::process::id() {
        return Ok(Arc::new(Thread::open(own_process()?, tid)?));
    }
    if access & !READ_RIGHTS != 0 {
        check_power_over(pid)?;
    }
    let process = Arc::new(Subject::open(pid)?);
    if let Some(thread) = held_there(&process, tid) {
        return Ok(thread);
    }
    Ok(Arc::new(Thread::open(process, tid)?))
}

/// The process of a running thread.
fn process_of(tid: u32) -> Option<u32> {
    pid_of(tid)?;
    let status = std::fs::read_to_string(format!("/proc/{tid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("Tgid:"))?.trim().parse().ok()
}

/// Refuses a process that this user may not signal.
fn check_power_over(pid: u32) -> Result<()> {
    let pid = pid_of(pid).ok_or(Win32Error::INVALID_PARAMETER)?;
    match rustix::process::test_kill_process(pid) {
        Ok(()) => Ok(()),
        Err(Errno::SRCH) => Err(Win32Error::INVALID_PARAMETER),
        Err(_) => Err(Win32Error::ACCESS_DENIED),
    }
}

/// A thread this process has a handle to.
fn held_here(tid: u32) -> Option<Arc<Thread>> {
    current().table().entries().into_iter().find_map(|(_, entry)| {
        downcast::<Thread>(entry.object).ok().filter(|thread| thread.tid() == tid)
    })
}

/// A thread that its own process has a handle to: that handle leads to its exit code.
fn held_there(process: &Arc<Subject>, tid: u32) -> Option<Arc<Thread>> {
    let payload = u64::from(process.pid()) << 32 | u64::from(tid);
    let lines = crate::handle::published::of_process(process.pid()).ok()?;
    let line =
        lines.iter().find(|line| line.kind == ObjectType::Thread && line.details[0] == payload)?;
    let entry = crate::handle::duplicate::borrow(process, line.value).ok()?;
    downcast(entry.object).ok()
}
