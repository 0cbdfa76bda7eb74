//! Which processes are in a job.

use super::limits::{self, apply};
use super::object::{HOLDERS, Job, Locked, Memory, Word};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::Handle;
use crate::namespace::Namespace;
use crate::object::{JOB_OBJECT_ASSIGN_PROCESS, JOB_OBJECT_QUERY, JOB_OBJECT_TERMINATE};
use crate::process::open::process_of;
use crate::process::record::{Field, ProcessRecord};
use crate::process::subject::Subject;
use crate::process::{Process, current_process};
use rustix::fs::{Dir, Mode, OFlags};
use std::os::fd::AsFd;
use std::sync::Arc;
use transom_sys::keeper;
use windows_sys::Win32::System::JobObjects as job;
use windows_sys::Win32::System::Threading as threading;

/// How often a job is gone through to end processes that start others meanwhile.
const MOST_ROUNDS: u32 = 1000;

/// The job of a record: its id and its keeper.
fn job_of(record: &ProcessRecord) -> Result<Option<[u64; 2]>> {
    let header = record.header()?;
    let id = header.get(Field::Job);
    Ok((id != 0).then(|| [id, header.get(Field::JobKeeper)]))
}

/// The memory of a job, from its keeper.
fn memory_of([id, keeper]: [u64; 2]) -> Result<Memory> {
    let path = format!("/proc/{keeper}/fd/{}", keeper::MEMORY);
    let file = rustix::fs::open(path, OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    Memory::check(file, id)
}

/// The running processes of a job.
pub(super) fn members(id: u64) -> Result<Vec<Subject>> {
    let namespace = current().namespace()?;
    let mut found = Vec::new();
    for entry in Dir::read_from(namespace.processes())? {
        let entry = entry?;
        let Some(pid) = entry.file_name().to_str().ok().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let Ok(record) = ProcessRecord::open(namespace, pid) else { continue };
        if !job_of(&record).is_ok_and(|job| job.is_some_and(|job| job[0] == id)) {
            continue;
        }
        let Ok(subject) = Subject::open(pid) else { continue };
        let is_it = record.header().is_ok_and(|header| header.is_of(pid, subject.start_time()));
        if is_it && !subject.has_ended() {
            found.push(subject);
        }
    }
    Ok(found)
}

/// The job of a handle with these rights; none is that of this process.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`, the latter also when this process is in no job.
pub(super) fn asked(handle: Option<Handle>, access: u32) -> Result<(u64, Arc<Memory>)> {
    let Some(handle) = handle else {
        let own = job_of(current_process()?.subject().record()?)?;
        let own = own.ok_or(Win32Error::ACCESS_DENIED)?;
        return Ok((own[0], Arc::new(memory_of(own)?)));
    };
    let job: Arc<Job> = current().table().object(handle, access)?;
    Ok((job.id(), Arc::new(Memory(job.memory.0.as_fd().try_clone_to_owned()?))))
}

/// The keeper of a job, which is started if there is none.
fn keeper_of(locked: &Locked, id: u64) -> Result<u64> {
    let keeper = locked.memory.get(Word::Keeper)?;
    if keeper != 0 && memory_of([id, keeper]).is_ok() {
        return Ok(keeper);
    }
    let memory = locked.memory.reopen()?;
    let layout = keeper::Layout {
        holders: [HOLDERS.start, HOLDERS.end],
        flags: Word::Flags.offset(),
        kill: job::JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE.into(),
        job: Field::Job as u64 * 8,
        start_time: Field::StartTime as u64 * 8,
        id,
        keeper: Word::Keeper.offset(),
    };
    keeper::start(memory.as_fd(), current().namespace()?.processes(), layout)?;
    let keeper = locked.memory.get(Word::Keeper)?;
    // It moves the memory to its place first.
    for _ in 0..100_000 {
        if memory_of([id, keeper]).is_ok() {
            return Ok(keeper);
        }
        std::thread::yield_now();
    }
    Err(Win32Error::NO_SYSTEM_RESOURCES)
}

fn count_one(memory: &Memory, word: Word) -> Result<()> {
    memory.set(word, memory.get(word)?.saturating_add(1))
}

/// `AssignProcessToJobObject`: puts a process into a job, which it does not leave.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`; `ERROR_ACCESS_DENIED` for handles without the rights, a process that has
/// ended or is in another job; `ERROR_NOT_ENOUGH_QUOTA` when the job has as many processes as it may:
/// then the process is ended.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-assignprocesstojobobject>
pub fn assign(job: Handle, process: Handle) -> Result<()> {
    let job: Arc<Job> = current().table().object(job, JOB_OBJECT_ASSIGN_PROCESS)?;
    let process = process_of(process, threading::PROCESS_SET_QUOTA)
        .and_then(|_| process_of(process, threading::PROCESS_TERMINATE))?;
    let subject = process.subject();
    if subject.has_ended() {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let locked = job.memory.lock()?;
    let record = subject.record().or_else(|_| subject.make_record())?;
    match job_of(record)? {
        Some([id, _]) if id == job.id() => return Ok(()),
        Some(_) => return Err(Win32Error::ACCESS_DENIED),
        None => {}
    }
    let limits = limits::read(&locked.memory)?;
    if is_full(&limits, job.id())? {
        count_one(&locked.memory, Word::TotalTerminated)?;
        subject.terminate(Win32Error::NOT_ENOUGH_QUOTA.code())?;
        return Err(Win32Error::NOT_ENOUGH_QUOTA);
    }
    let keeper = keeper_of(&locked, job.id())?;
    apply(&limits, subject)?;
    record.set(Field::JobKeeper, keeper)?;
    record.set(Field::Job, job.id())?;
    count_one(&locked.memory, Word::TotalProcesses)
}

fn is_full(limits: &limits::Limits, id: u64) -> Result<bool> {
    let limited = limits.flags & job::JOB_OBJECT_LIMIT_ACTIVE_PROCESS != 0;
    Ok(limited && members(id)?.len() >= limits.most_processes as usize)
}

/// A child that is to be in its parent's job.
#[derive(Debug)]
pub(crate) struct Joining {
    words: [u64; 2],
    locked: Locked,
}

impl Joining {
    /// Says so in the child's record.
    pub(crate) fn note_in(&self, record: &ProcessRecord) -> Result<()> {
        let [id, keeper] = self.words;
        record.set(Field::JobKeeper, keeper)?;
        record.set(Field::Job, id)
    }

    /// The child runs.
    pub(crate) fn joined(self) {
        // A number that is told, and nothing depends on.
        let _ = count_one(&self.locked.memory, Word::TotalProcesses);
    }
}

/// The job that a new process is to be in, if any.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` for a breakaway that the job does not allow, `ERROR_NOT_ENOUGH_QUOTA` when it
/// has as many processes as it may.
pub(crate) fn of_child(flags: u32, parent: Option<&Process>) -> Result<Option<Joining>> {
    let own;
    let parent = match parent {
        Some(parent) => parent,
        None => {
            let Ok(process) = current_process() else { return Ok(None) };
            own = process;
            &own
        }
    };
    // Who has no record is in no job.
    let Ok(record) = parent.subject().record() else { return Ok(None) };
    let Some(words) = job_of(record)? else { return Ok(None) };
    let locked = match memory_of(words) {
        Ok(memory) => memory.lock()?,
        // The keeper was killed, and with it the job.
        Err(_) => return Ok(None),
    };
    let limits = limits::read(&locked.memory)?;
    if limits.flags & job::JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK != 0 {
        return Ok(None);
    }
    if flags & threading::CREATE_BREAKAWAY_FROM_JOB != 0 {
        let allowed = limits.flags & job::JOB_OBJECT_LIMIT_BREAKAWAY_OK != 0;
        return if allowed { Ok(None) } else { Err(Win32Error::ACCESS_DENIED) };
    }
    if is_full(&limits, words[0])? {
        return Err(Win32Error::NOT_ENOUGH_QUOTA);
    }
    Ok(Some(Joining { words, locked }))
}

/// The job that a process is in which has not got its record from its parent: that of the program it
/// takes the place of, or of the process that forked it.
/// `before` is that program's record.
pub(crate) fn taken_over(
    namespace: &Namespace,
    before: Option<&ProcessRecord>,
) -> Option<[u64; 2]> {
    before.and_then(|record| job_of(record).ok()?).or_else(|| {
        let parent = rustix::process::getppid()?.as_raw_nonzero().get().cast_unsigned();
        let record = ProcessRecord::open(namespace, parent).ok()?;
        let words = job_of(&record).ok()??;
        let started = crate::process::task::look(parent).ok()?.start_time;
        record.header().ok().filter(|header| header.is_of(parent, started))?;
        let limits = limits::read(&memory_of(words).ok()?).ok()?;
        let stays = limits.flags & job::JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK == 0;
        stays.then_some(words)
    })
}

/// `IsProcessInJob`: whether a process is in a job, or in any.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/jobapi/nf-jobapi-isprocessinjob>
pub fn contains(job: Option<Handle>, process: Handle) -> Result<bool> {
    const QUERY: u32 =
        threading::PROCESS_QUERY_INFORMATION | threading::PROCESS_QUERY_LIMITED_INFORMATION;
    let process = process_of(process, QUERY)?;
    let wanted = job.map(|job| asked(Some(job), JOB_OBJECT_QUERY)).transpose()?;
    let found = match process.subject().record() {
        Ok(record) => job_of(record)?,
        Err(_) => None,
    };
    Ok(found.is_some_and(|[id, _]| wanted.is_none_or(|(wanted, _)| wanted == id)))
}

/// `TerminateJobObject`: ends all processes of a job with this exit code; the calling one, if it is
/// among them, last.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`; `ERROR_ACCESS_DENIED` for a handle without `JOB_OBJECT_TERMINATE`, and for
/// processes that this user may not end.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-terminatejobobject>
pub fn terminate(job: Handle, code: u32) -> Result<()> {
    let (id, _) = asked(Some(job), JOB_OBJECT_TERMINATE)?;
    let own = std::process::id();
    let mut has_own = false;
    for _ in 0..MOST_ROUNDS {
        let found = members(id)?;
        has_own |= found.iter().any(|member| member.pid() == own);
        let others: Vec<_> = found.into_iter().filter(|member| member.pid() != own).collect();
        if others.is_empty() {
            break;
        }
        for member in others {
            match member.terminate(code) {
                // It has ended by itself.
                Err(_) if member.has_ended() => {}
                other => other?,
            }
        }
        std::thread::yield_now();
    }
    if has_own {
        crate::process::open::terminate(
            Handle::Pseudo(crate::handle::PseudoHandle::CurrentProcess),
            code,
        )?;
    }
    Ok(())
}
