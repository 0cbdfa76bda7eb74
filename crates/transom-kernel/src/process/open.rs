//! Handles to processes that run already, and what they tell.

use super::Process;
use super::priority;
use super::subject::Subject;
use super::task::pid_of;
use crate::error::{Result, Win32Error};
use crate::executive::{collect_child, current};
use crate::handle::{Entry, Handle, HandleFlags, HandleValue, Origin, PseudoHandle};
use crate::object::{KernelObject, ObjectType, downcast};
use rustix::io::Errno;
use std::sync::Arc;
use windows_sys::Win32::System::Threading as rights;

/// `OpenProcess`: a handle to a process of the machine. One that has ended can be opened as long
/// as some process of this namespace that may be reached holds a handle to it.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` when there is no such process, `ERROR_ACCESS_DENIED` for rights the
/// user does not have over it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openprocess>
pub fn open(access: u32, inherit: bool, pid: u32) -> Result<HandleValue> {
    let access = ObjectType::Process.specific_access(access)?;
    let found = Subject::open(pid).and_then(|subject| {
        if access & !READ_RIGHTS != 0 {
            // It may be collected in the meantime, which is to be gone like before.
            check_power_over(pid)?;
        }
        Ok(subject)
    });
    let object = match found {
        // Of one that is just being collected, who holds it knows more than its leftovers tell.
        Ok(subject) if subject.has_ended() => {
            let held = held_somewhere(pid).ok();
            match held.filter(|held| held.subject().start_time() == subject.start_time()) {
                Some(held) => held,
                // One that nobody has collected yet can still be opened; our own need not wait.
                None => {
                    collect_child(pid);
                    Arc::new(Process::of(Arc::new(Subject::open(pid)?)))
                }
            }
        }
        Ok(subject) => Arc::new(Process::of(Arc::new(subject))),
        Err(Win32Error::INVALID_PARAMETER) => held_somewhere(pid)?,
        Err(error) => return Err(error),
    };
    current().table().create(object, access, inherit)
}

/// Rights that change nothing: every user has them over every process that can be seen.
pub(crate) const READ_RIGHTS: u32 = rights::PROCESS_QUERY_LIMITED_INFORMATION
    | rights::PROCESS_QUERY_INFORMATION
    | crate::object::SYNCHRONIZE
    | windows_sys::Win32::Storage::FileSystem::READ_CONTROL;

/// Refuses a process that this user may not signal.
fn check_power_over(pid: u32) -> Result<()> {
    let pid = pid_of(pid).ok_or(Win32Error::INVALID_PARAMETER)?;
    match rustix::process::test_kill_process(pid) {
        Ok(()) => Ok(()),
        Err(Errno::SRCH) => Err(Win32Error::INVALID_PARAMETER),
        Err(_) => Err(Win32Error::ACCESS_DENIED),
    }
}

/// A process that has ended, from whoever still holds a handle to it: ourselves, or another.
fn held_somewhere(pid: u32) -> Result<Arc<Process>> {
    let own = current().table().entries().into_iter().find_map(|(_, entry)| {
        downcast::<Process>(entry.object).ok().filter(|process| process.pid() == pid)
    });
    if let Some(process) = own {
        return Ok(process);
    }
    for holder in crate::handle::published::processes().unwrap_or_default() {
        let Ok(lines) = crate::handle::published::of_process(holder) else { continue };
        let line = lines
            .iter()
            .find(|line| line.kind == ObjectType::Process && line.details[0] == u64::from(pid));
        if let Some(line) = line
            && let Ok(subject) = Subject::open(holder)
            && let Ok(entry) = crate::handle::duplicate::borrow(&Arc::new(subject), line.value)
        {
            return downcast(entry.object);
        }
    }
    Err(Win32Error::INVALID_PARAMETER)
}

/// The process of a handle, if the handle grants the access. The pseudo handle has every right.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no process, `ERROR_ACCESS_DENIED` without the access.
pub fn process_of(handle: Handle, access: u32) -> Result<Arc<Process>> {
    match handle {
        Handle::Pseudo(PseudoHandle::CurrentProcess) => super::current_process(),
        Handle::Pseudo(_) => Err(Win32Error::INVALID_HANDLE),
        // Each of the rights named will do alone.
        Handle::Real(_) => current().table().object_with_any(handle, access),
    }
}

const QUERY: u32 = rights::PROCESS_QUERY_INFORMATION | rights::PROCESS_QUERY_LIMITED_INFORMATION;

/// `GetExitCodeProcess`: 259 while it runs.
///
/// # Errors
/// Those of [`process_of`]; `ERROR_NOT_SUPPORTED` for one whose code nobody kept (it was no
/// child of ours and no Transom program, and the kernel is older than 6.15).
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getexitcodeprocess>
pub fn exit_code(process: Handle) -> Result<u32> {
    if process == Handle::Pseudo(PseudoHandle::CurrentProcess) {
        return Ok(super::STILL_ACTIVE);
    }
    process_of(process, QUERY)?.subject().exit_code()
}

/// The exit code of a process that has ended; `None` for one that runs, so that a process that
/// ended with 259 is told apart.
///
/// # Errors
/// As for [`exit_code`].
pub fn final_exit_code(process: Handle) -> Result<Option<u32>> {
    let process = process_of(process, QUERY)?;
    if !process.subject().has_ended() {
        return Ok(None);
    }
    process.subject().exit_code().map(Some)
}

/// `TerminateProcess`: ends a process at once, with this exit code.
///
/// # Errors
/// Those of [`process_of`]; `ERROR_ACCESS_DENIED` for one that has ended, or that this user may
/// not end.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminateprocess>
pub fn terminate(process: Handle, code: u32) -> Result<()> {
    let process = process_of(process, rights::PROCESS_TERMINATE)?;
    if process.pid() == std::process::id() {
        current().leave(code);
        transom_sys::startup::exit_now(code.cast_signed());
    }
    process.subject().terminate(code)
}

/// `GetProcessId`: the id of a handle's process.
///
/// # Errors
/// Those of [`process_of`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getprocessid>
pub fn id_of(process: Handle) -> Result<u32> {
    Ok(process_of(process, QUERY)?.pid())
}

/// `GetPriorityClass`: the priority class that goes with the process's nice value.
///
/// # Errors
/// Those of [`process_of`]; `ERROR_INVALID_PARAMETER` for one that has ended and was not started by
/// this process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getpriorityclass>
pub fn priority_class(process: Handle) -> Result<u32> {
    Ok(priority::class_of_nice(process_of(process, QUERY)?.subject().nice()?))
}

/// `SetPriorityClass`: gives the process the nice value of a class.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for what is no class, then those of [`process_of`];
/// `ERROR_ACCESS_DENIED` for another user's process. A class above normal needs a right on Linux
/// that most users lack (`CAP_SYS_NICE`): `ERROR_PRIVILEGE_NOT_HELD`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setpriorityclass>
pub fn set_priority_class(process: Handle, class: u32) -> Result<()> {
    let nice = priority::nice_of_class(class).ok_or(Win32Error::INVALID_PARAMETER)?;
    let process = process_of(process, rights::PROCESS_SET_INFORMATION)?;
    match rustix::process::setpriority_process(pid_of(process.pid()), nice) {
        Err(Errno::ACCESS) => Err(Win32Error::PRIVILEGE_NOT_HELD),
        other => Ok(other?),
    }
}

/// Adds a line for this process or thread as a real handle.
///
/// # Errors
/// `ERROR_NO_SYSTEM_RESOURCES` when the table is full.
pub fn insert(object: Arc<dyn KernelObject>, inherit: bool) -> Result<HandleValue> {
    let access = object.header().kind().all_access();
    let flags = if inherit { HandleFlags::INHERIT } else { HandleFlags::empty() };
    current().table().insert(Entry { object, access, flags, origin: Origin::Created })
}
