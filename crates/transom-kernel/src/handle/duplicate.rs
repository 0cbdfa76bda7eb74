//! `DuplicateHandle`: from any process into any process.
//!
//! - Within this process it is a second line in the table.
//! - Out of another process: its published line says what the handle is; the descriptors are
//!   taken with `pidfd_getfd`. The other process does not notice, and need not run.
//! - Into another process: a request in its mailbox; see [`crate::executive::mailbox`].
//!
//! Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-duplicatehandle>

use super::published::read_line;
use super::{Entry, Handle, HandleFlags, HandleValue, Origin, PseudoHandle};
use crate::error::{Result, Win32Error};
use crate::executive::{current, mailbox};
use crate::object::record::Record;
use crate::object::{KernelObject, ObjectType, arrival, with_shape};
use crate::process::record::ProcessRecord;
use crate::process::subject::Subject;
use crate::process::{self, Process};
use crate::thread;
use rustix::fs::fstat;
use rustix::io::Errno;
use rustix::process::{PidfdGetfdFlags, geteuid, pidfd_getfd};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;
use windows_sys::Win32::System::Threading::PROCESS_DUP_HANDLE;

/// `DUPLICATE_CLOSE_SOURCE`.
pub const CLOSE_SOURCE: u32 = 1;
/// `DUPLICATE_SAME_ACCESS`.
pub const SAME_ACCESS: u32 = 2;

/// How often a line of another process is read until it can be taken.
const PATIENCE: u32 = 1000;

/// What to duplicate, and how.
#[derive(Clone, Copy, Debug)]
pub struct Duplication {
    /// The process that has the handle.
    pub source_process: Handle,
    /// The handle, as that process knows it.
    pub source: Result<Handle>,
    /// The process that is to have the new one.
    pub target_process: Result<Handle>,
    /// The access of the new handle, unless `SAME_ACCESS`.
    pub access: u32,
    /// Whether the new handle is inheritable.
    pub inherit: bool,
    /// [`CLOSE_SOURCE`] and [`SAME_ACCESS`].
    pub options: u32,
}

/// One of the two processes of a duplication.
enum Party {
    Ourselves,
    Other(Arc<Process>),
}

impl Party {
    fn of(process: Handle) -> Result<Self> {
        match process {
            Handle::Pseudo(PseudoHandle::CurrentProcess) => Ok(Self::Ourselves),
            Handle::Pseudo(_) => Err(Win32Error::INVALID_HANDLE),
            Handle::Real(_) => {
                let process: Arc<Process> =
                    current().table().object(process, PROCESS_DUP_HANDLE)?;
                if process.pid() == std::process::id() {
                    Ok(Self::Ourselves)
                } else {
                    Ok(Self::Other(process))
                }
            }
        }
    }
}

/// Duplicates a handle; the new handle's value in the target process.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for a handle of a process or a source that is not open;
/// `ERROR_ACCESS_DENIED` for a process handle without `PROCESS_DUP_HANDLE`, a target that has
/// exited or is no Transom program, and an access the object's type does not have;
/// `ERROR_NOT_SUPPORTED` for an object that cannot leave its process;
/// `ERROR_NO_SYSTEM_RESOURCES` when a table or mailbox is full.
pub fn duplicate(request: &Duplication) -> Result<isize> {
    let source_party = Party::of(request.source_process)?;
    if let Some(moved) = move_here(&source_party, request)? {
        return Ok(moved);
    }
    let result = duplicate_from(&source_party, request);
    if request.options & CLOSE_SOURCE != 0
        && let Ok(Handle::Real(source)) = request.source
    {
        // The source is closed also when duplicating failed; one that is protected stays.
        let _ = close_in(&source_party, source);
    }
    result
}

/// A handle of this process that takes the place of itself: it stays as it is, but for whether it is
/// inherited. One that is protected cannot be moved.
fn move_here(source_party: &Party, request: &Duplication) -> Result<Option<isize>> {
    const MOVES: u32 = CLOSE_SOURCE | SAME_ACCESS;
    let (Party::Ourselves, Ok(Handle::Real(source)), Ok(target)) =
        (source_party, request.source, request.target_process)
    else {
        return Ok(None);
    };
    if request.options & MOVES != MOVES || !matches!(Party::of(target), Ok(Party::Ourselves)) {
        return Ok(None);
    }
    let flags = if request.inherit { HandleFlags::INHERIT } else { HandleFlags::empty() };
    let moved = current().table().set_flags_unless_protected(source, flags)?;
    Ok(moved.then_some(source.get() as isize))
}

fn duplicate_from(source_party: &Party, request: &Duplication) -> Result<isize> {
    let source = request.source?;
    let target = request.target_process;
    let flags = if request.inherit { HandleFlags::INHERIT } else { HandleFlags::empty() };
    if let (Party::Ourselves, Handle::Real(value), Ok(target)) = (source_party, source, target)
        && matches!(Party::of(target)?, Party::Ourselves)
    {
        let access = |entry: &Entry| new_access(entry, request);
        let value = current().table().duplicate(value, flags, access)?;
        return Ok(value.get() as isize);
    }
    let found = match source_party {
        Party::Ourselves => find_here(source)?,
        Party::Other(process) => find_there(process, source)?,
    };
    let access = new_access(&found, request)?;
    let target = Party::of(target?)?;
    let origin = match (&source_party, &target) {
        (Party::Other(process), Party::Ourselves) => Origin::Duplicated(process.pid()),
        (Party::Ourselves, Party::Ourselves) => Origin::Created,
        _ => Origin::Duplicated(std::process::id()),
    };
    let handle = match target {
        Party::Ourselves => {
            let entry = Entry { access, flags, origin, ..found };
            current().table().insert(entry)?.get()
        }
        Party::Other(process) => {
            put_into(&process, &Entry { access, flags, origin, ..found })?.get()
        }
    };
    Ok(handle as isize)
}

/// Closes a handle in the process it belongs to, which may be another: what `DuplicateHandle`
/// does with `DUPLICATE_CLOSE_SOURCE` and no target.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for a handle that is not open there or is protected, and for what is
/// no process; `ERROR_ACCESS_DENIED` for a process handle without `PROCESS_DUP_HANDLE`, and a
/// process that has ended or is no Transom program.
pub fn close_source(process: Handle, source: Handle) -> Result<()> {
    let party = Party::of(process)?;
    match source {
        Handle::Real(value) => close_in(&party, value),
        Handle::Pseudo(_) => Ok(()),
    }
}

/// The access of the new handle.
fn new_access(source: &Entry, request: &Duplication) -> Result<u32> {
    if request.options & SAME_ACCESS != 0 {
        return Ok(source.access);
    }
    source.object.header().kind().specific_access(request.access)
}

/// A line of our own table; pseudo handles become what they stand for.
fn find_here(handle: Handle) -> Result<Entry> {
    let object: Arc<dyn KernelObject> = match handle {
        Handle::Real(_) => return current().table().entry(handle),
        Handle::Pseudo(PseudoHandle::CurrentProcess) => process::current_process()?,
        Handle::Pseudo(PseudoHandle::CurrentThread) => thread::current_thread()?,
        Handle::Pseudo(PseudoHandle::Token(_)) => return Err(Win32Error::INVALID_HANDLE),
    };
    let access = object.header().kind().all_access();
    Ok(Entry { object, access, flags: HandleFlags::empty(), origin: Origin::Created })
}

/// A line of another process's table, with the object brought here.
fn find_there(process: &Process, handle: Handle) -> Result<Entry> {
    let subject = process.subject();
    let value = match handle {
        Handle::Real(value) => value,
        // To the other process, the constant means itself.
        Handle::Pseudo(PseudoHandle::CurrentProcess) => {
            let object = Arc::new(Process::of(Arc::clone(subject)));
            let access = ObjectType::Process.all_access();
            let flags = HandleFlags::empty();
            return Ok(Entry { object, access, flags, origin: Origin::Created });
        }
        Handle::Pseudo(_) => return Err(Win32Error::INVALID_HANDLE),
    };
    let record = record_of(subject)?;
    for round in 0..PATIENCE {
        let line = read_line(record, value)?;
        let entry = take(subject, &line);
        if entry.as_ref().is_err_and(|error| *error == Win32Error::NOT_READY)
            && round + 1 < PATIENCE
        {
            // On its way into that process, which collects it in a moment, if it runs.
            std::thread::sleep(Duration::from_millis(1));
            continue;
        }
        // A handle that was closed, or became another, while we took its descriptors.
        if read_line(record, value) == Ok(line) {
            return entry;
        }
    }
    Err(Win32Error::INVALID_HANDLE)
}

/// The record of a process that may be reached.
fn record_of(subject: &Subject) -> Result<&ProcessRecord> {
    if subject.has_ended() {
        return Err(Win32Error::ACCESS_DENIED);
    }
    // One without a record is no Transom program, and was not started by one.
    subject.record().map_err(|_| Win32Error::ACCESS_DENIED)
}

/// Brings the object of another process's line here.
fn take(subject: &Subject, line: &Record) -> Result<Entry> {
    let fds = descriptors(subject, line)?;
    let object = arrival::object(line, fds)?;
    Ok(Entry { object, access: line.access, flags: line.flags, origin: line.origin })
}

/// The descriptors of another process's handle as they are now, for whoever has the object itself.
/// Only a process of this user is believed.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` when it is not open there, `ERROR_ACCESS_DENIED` when the process has
/// ended, is no Transom program or another user's.
pub(crate) fn descriptors_of(pid: u32, value: HandleValue) -> Result<[Option<OwnedFd>; 2]> {
    let subject = Subject::open(pid)?;
    let record = record_of(&subject)?;
    if fstat(record.file())?.st_uid != geteuid().as_raw() {
        return Err(Win32Error::ACCESS_DENIED);
    }
    for _ in 0..PATIENCE {
        let line = read_line(record, value)?;
        let fds = descriptors(&subject, &line);
        // A handle that was closed, or became another, while we took its descriptors.
        if read_line(record, value) == Ok(line) {
            return fds;
        }
    }
    Err(Win32Error::INVALID_HANDLE)
}

/// Takes the descriptors of another process's line.
fn descriptors(subject: &Subject, line: &Record) -> Result<[Option<OwnedFd>; 2]> {
    if line.state != crate::object::record::State::Open {
        // Its descriptors are still on their way to that process.
        return Err(Win32Error::NOT_READY);
    }
    let mut fds: [Option<OwnedFd>; 2] = [None, None];
    for (own, number) in fds.iter_mut().zip(line.fds) {
        let Some(number) = number else { continue };
        match pidfd_getfd(subject.pidfd(), number, PidfdGetfdFlags::empty()) {
            Ok(fd) => *own = Some(fd),
            Err(Errno::BADF) => return Err(Win32Error::INVALID_HANDLE),
            Err(Errno::MFILE) => return Err(Win32Error::TOO_MANY_OPEN_FILES),
            // The kernel does not let us (Yama, or a process that may not be traced).
            Err(Errno::PERM) => return descriptors_by_asking(subject, line),
            Err(_) => return Err(Win32Error::ACCESS_DENIED),
        }
    }
    if fds[0].is_some() { Ok(fds) } else { Err(Win32Error::NOT_SUPPORTED) }
}

/// Takes them by asking the other process.
fn descriptors_by_asking(subject: &Subject, line: &Record) -> Result<[Option<OwnedFd>; 2]> {
    let value = HandleValue::new(line.value).ok_or(Win32Error::INVALID_HANDLE)?;
    let namespace = current().namespace()?;
    let record = record_of(subject)?;
    let (answer, fds) = mailbox::ask_for(namespace, record, subject.pid(), value)?;
    if answer.id != line.id {
        return Err(Win32Error::INVALID_HANDLE);
    }
    Ok(fds)
}

/// Puts a handle into another process's table.
fn put_into(process: &Process, entry: &Entry) -> Result<HandleValue> {
    let subject = process.subject();
    let record = record_of(subject)?;
    let is_portable = with_shape(&*entry.object, |shape| shape.portable).unwrap_or(false);
    if !is_portable {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    entry.object.leaving();
    let line = Record::of_object(&*entry.object, 0, entry.access, entry.flags, entry.origin);
    let namespace = current().namespace()?;
    with_shape(&*entry.object, |shape| {
        let fds: Vec<_> = shape.fds.into_iter().flatten().collect();
        mailbox::give(namespace, record, process.pid(), line, &fds)
    })
    .unwrap_or(Err(Win32Error::NOT_SUPPORTED))
}

/// Closes a handle in the process it belongs to.
fn close_in(party: &Party, value: HandleValue) -> Result<()> {
    match party {
        Party::Ourselves => current().table().close(value.into()),
        Party::Other(process) => {
            let record = record_of(process.subject())?;
            let line = read_line(record, value)?;
            if line.flags.contains(HandleFlags::PROTECT_FROM_CLOSE) {
                return Err(Win32Error::INVALID_HANDLE);
            }
            let namespace = current().namespace()?;
            mailbox::ask_to_close(namespace, record, process.pid(), value, line.id)
        }
    }
}

/// The handles of another process that a child of ours inherits when that process is to count
/// as its parent.
pub(crate) fn inheritable_of(process: &Process) -> Result<Vec<(HandleValue, Entry)>> {
    let subject = process.subject();
    let record = record_of(subject)?;
    let lines = super::published::read_lines(record)?;
    // One that was closed meanwhile, or cannot leave its process, is not inherited.
    Ok(lines
        .into_iter()
        .filter(|line| line.flags.contains(HandleFlags::INHERIT))
        .filter_map(|line| Some((HandleValue::new(line.value)?, take(subject, &line).ok()?)))
        .collect())
}

/// A handle of another process as it stands, with the object brought here.
pub(crate) fn borrow(holder: &Arc<Subject>, value: HandleValue) -> Result<Entry> {
    find_there(&Process::of(Arc::clone(holder)), value.into())
}
