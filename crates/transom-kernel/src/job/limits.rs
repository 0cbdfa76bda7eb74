//! What a job's processes may, and what is told of them.

use super::membership::{asked, members};
use super::object::{Memory, Word};
use crate::error::{Result, Win32Error};
use crate::handle::Handle;
use crate::object::{JOB_OBJECT_QUERY, JOB_OBJECT_SET_ATTRIBUTES};
use crate::process::priority;
use crate::process::subject::Subject;
use crate::process::task::pid_of;
use rustix::process::{Resource, Rlimit, prlimit, setpriority_process};
use windows_sys::Win32::System::JobObjects as job;

/// The limits of `JOBOBJECT_BASIC_LIMIT_INFORMATION` that can be kept here.
const BASIC: u32 = job::JOB_OBJECT_LIMIT_PROCESS_TIME
    | job::JOB_OBJECT_LIMIT_ACTIVE_PROCESS
    | job::JOB_OBJECT_LIMIT_PRIORITY_CLASS
    | job::JOB_OBJECT_LIMIT_BREAKAWAY_OK
    | job::JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
/// Those that only `JOBOBJECT_EXTENDED_LIMIT_INFORMATION` can set.
const EXTENDED: u32 =
    job::JOB_OBJECT_LIMIT_PROCESS_MEMORY | job::JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
const TICKS_PER_SECOND: u64 = 10_000_000;

/// The limits of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// `JOB_OBJECT_LIMIT_...`: which of them count.
    pub flags: u32,
    /// How long a process may run, in units of 100 ns.
    pub process_time: u64,
    /// How many processes there may be.
    pub most_processes: u32,
    /// `..._PRIORITY_CLASS`.
    pub priority_class: u32,
    /// How many bytes of memory a process may have.
    pub process_memory: u64,
}

/// What is told of a job's processes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accounting {
    /// What those that run have used of processors' time, in units of 100 ns.
    pub user_time: u64,
    /// What Linux has used for them.
    pub kernel_time: u64,
    /// How many there ever were.
    pub total: u32,
    /// How many run.
    pub active: u32,
    /// How many were ended because of a limit.
    pub terminated: u32,
}

fn narrow(word: u64) -> u32 {
    u32::try_from(word).unwrap_or(u32::MAX)
}

pub(super) fn read(memory: &Memory) -> Result<Limits> {
    Ok(Limits {
        flags: narrow(memory.get(Word::Flags)?),
        process_time: memory.get(Word::ProcessTime)?,
        most_processes: narrow(memory.get(Word::MostProcesses)?),
        priority_class: narrow(memory.get(Word::PriorityClass)?),
        process_memory: memory.get(Word::ProcessMemory)?,
    })
}

/// Has a process keep the limits that are Linux' to keep. A limit it has already is only lowered.
pub(super) fn apply(limits: &Limits, subject: &Subject) -> Result<()> {
    let pid = pid_of(subject.pid());
    let lower = |resource, most: u64| -> Result<()> {
        let before = prlimit(pid, resource, Rlimit { current: Some(most), maximum: Some(most) });
        before.map(drop).map_err(|_| Win32Error::ACCESS_DENIED)
    };
    if limits.flags & job::JOB_OBJECT_LIMIT_PROCESS_TIME != 0 {
        lower(Resource::Cpu, limits.process_time.div_ceil(TICKS_PER_SECOND).max(1))?;
    }
    if limits.flags & job::JOB_OBJECT_LIMIT_PROCESS_MEMORY != 0 {
        lower(Resource::Data, limits.process_memory)?;
    }
    if limits.flags & job::JOB_OBJECT_LIMIT_PRIORITY_CLASS != 0 {
        let nice = priority::nice_of_class(limits.priority_class);
        let nice = nice.ok_or(Win32Error::INVALID_PARAMETER)?;
        setpriority_process(pid, nice).map_err(|_| Win32Error::ACCESS_DENIED)?;
    }
    Ok(())
}

/// A job's limits; without a handle, those of this process's job.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`.
pub fn limits(job: Option<Handle>) -> Result<Limits> {
    read(&asked(job, JOB_OBJECT_QUERY)?.1)
}

/// Sets a job's limits, also for the processes that are in it. Of those that are not `extended` the
/// memory stays as it was.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`; `ERROR_NOT_SUPPORTED` for limits that cannot be kept
/// here; `ERROR_INVALID_PARAMETER` for one that is only in the extended structure, a limit of no
/// processes, or an unknown class; `ERROR_ACCESS_DENIED` for a priority that this user may not give.
pub fn set_limits(job: Handle, wanted: Limits, extended: bool) -> Result<()> {
    let (id, memory) = asked(Some(job), JOB_OBJECT_SET_ATTRIBUTES)?;
    if wanted.flags & !job::JOB_OBJECT_LIMIT_VALID_FLAGS != 0
        || !extended && wanted.flags & EXTENDED != 0
    {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if wanted.flags & !(BASIC | EXTENDED) != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    let has = |flag| wanted.flags & flag != 0;
    if has(job::JOB_OBJECT_LIMIT_ACTIVE_PROCESS) && wanted.most_processes == 0
        || has(job::JOB_OBJECT_LIMIT_PRIORITY_CLASS)
            && priority::nice_of_class(wanted.priority_class).is_none()
        || has(job::JOB_OBJECT_LIMIT_PROCESS_TIME) && wanted.process_time == 0
    {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let locked = memory.lock()?;
    let mut wanted = wanted;
    if !extended {
        wanted.flags |= read(&locked.memory)?.flags & EXTENDED;
        wanted.process_memory = locked.memory.get(Word::ProcessMemory)?;
    }
    for member in members(id)? {
        match apply(&wanted, &member) {
            Err(_) if member.has_ended() => {}
            other => other?,
        }
    }
    locked.memory.set(Word::ProcessTime, wanted.process_time)?;
    locked.memory.set(Word::MostProcesses, wanted.most_processes.into())?;
    locked.memory.set(Word::PriorityClass, wanted.priority_class.into())?;
    locked.memory.set(Word::ProcessMemory, wanted.process_memory)?;
    locked.memory.set(Word::Flags, wanted.flags.into())
}

/// What is told of a job's processes; without a handle, of this process's job.
///
/// # Errors
/// As for [`limits`].
pub fn accounting(job: Option<Handle>) -> Result<Accounting> {
    let (id, memory) = asked(job, JOB_OBJECT_QUERY)?;
    let members = members(id)?;
    let mut told = Accounting {
        total: narrow(memory.get(Word::TotalProcesses)?),
        terminated: narrow(memory.get(Word::TotalTerminated)?),
        active: narrow(members.len() as u64),
        ..Accounting::default()
    };
    // One that ends meanwhile has no times any more.
    for times in members.iter().filter_map(|member| member.times().ok()) {
        told.user_time = told.user_time.saturating_add(times.user);
        told.kernel_time = told.kernel_time.saturating_add(times.kernel);
    }
    Ok(told)
}

/// The ids of a job's running processes; without a handle, of this process's job.
///
/// # Errors
/// As for [`limits`].
pub fn process_ids(job: Option<Handle>) -> Result<Vec<u32>> {
    let (id, _) = asked(job, JOB_OBJECT_QUERY)?;
    let mut ids: Vec<u32> = members(id)?.iter().map(Subject::pid).collect();
    ids.sort_unstable();
    Ok(ids)
}
