//! `CreateProcess`.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw>

use super::command_line::{self, Dialect};
use super::parameters::{Parameters, StartupInformation};
use super::program_search::{SearchPlaces, find_program};
use super::record::{
    FIRST_LINES, FIRST_LINES_COUNT, Field, HAS_MAILBOX, MAGIC, NewRecord, ProcessRecord, own_line,
};
use super::standard::{ChildStreams, StandardSource};
use super::subject::Subject;
use super::{Process, image, open, priority};
use crate::environment;
use crate::error::{Result, Win32Error};
use crate::executive::{current, mailbox, watch_child};
use crate::handle::inherit::{self, Heirloom};
use crate::handle::{Entry, Handle, HandleFlags, HandleValue, Origin, Slot};
use crate::job::membership::{self, Joining};
use crate::namespace::Namespace;
use crate::object::ObjectType;
use crate::text;
use crate::thread::Thread;
use rustix::io::Errno;
use std::ffi::CString;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use transom_sys::spawn::{Group, Record as SpawnRecord, Spawn, SpawnError, Spawned, Step};
use windows_sys::Win32::System::Threading as flags;

/// The longest command line, in units.
const LONGEST_COMMAND_LINE: usize = 32_767;
/// The flags that take the child away from this terminal.
pub(super) const OFF_TERMINAL: u32 =
    flags::DETACHED_PROCESS | flags::CREATE_NEW_CONSOLE | flags::CREATE_NO_WINDOW;

/// The flags that promise what cannot be kept here: debugging, and protection from the user.
/// Those that concern what Linux programs do not have (16-bit machines, error modes) ask
/// for nothing; that the parent's processors are the child's is always so.
const UNSUPPORTED: u32 = flags::DEBUG_PROCESS
    | flags::DEBUG_ONLY_THIS_PROCESS
    | flags::CREATE_PROTECTED_PROCESS
    | flags::CREATE_SECURE_PROCESS;

/// Everything `CreateProcess` is told.
#[derive(Debug, Default)]
pub struct Creation<'a> {
    /// `lpApplicationName`.
    pub application: Option<&'a [u16]>,
    /// `lpCommandLine`.
    pub command_line: Option<&'a [u16]>,
    /// Whether the handle to the new process is inheritable.
    pub process_inheritable: bool,
    /// Whether the handle to its first thread is inheritable.
    pub thread_inheritable: bool,
    /// `bInheritHandles`.
    pub inherit_handles: bool,
    /// `dwCreationFlags`.
    pub flags: u32,
    /// `lpEnvironment`.
    pub environment: environment::Source<'a>,
    /// `lpCurrentDirectory`.
    pub directory: Option<&'a [u16]>,
    /// `hStdInput`, `hStdOutput`, `hStdError`, where `STARTF_USESTDHANDLES` is set.
    pub standard: Option<[isize; 3]>,
    /// The rest of `STARTUPINFO`.
    pub startup: StartupInformation,
    /// `PROC_THREAD_ATTRIBUTE_HANDLE_LIST`.
    pub handle_list: Option<Vec<isize>>,
    /// `PROC_THREAD_ATTRIBUTE_PARENT_PROCESS`.
    pub parent: Option<isize>,
}

/// A new process: `PROCESS_INFORMATION`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Created {
    /// A handle to the process.
    pub process: HandleValue,
    /// A handle to its first thread.
    pub thread: HandleValue,
    /// The process id.
    pub process_id: u32,
    /// The first thread's id.
    pub thread_id: u32,
}

/// `CreateProcess`: starts a program.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` or `ERROR_PATH_NOT_FOUND` for a program that is not there,
/// `ERROR_BAD_EXE_FORMAT` for a file that is no program, `ERROR_ACCESS_DENIED` for one that may
/// not be run, `ERROR_DIRECTORY` for a current directory that is none,
/// `ERROR_INVALID_PARAMETER` for flags that exclude each other, a handle list without
/// `bInheritHandles`, or with a handle that is not inheritable; `ERROR_FILENAME_EXCED_RANGE` for
/// a command line over 32,767 units; `ERROR_NOT_SUPPORTED` for the flags that ask to debug or to
/// protect the process; `ERROR_ACCESS_DENIED` for leaving a job that does not allow it and
/// `ERROR_NOT_ENOUGH_QUOTA` when the job has as many processes as it may; what the operating system reports when it has no room.
pub fn create(creation: &Creation<'_>) -> Result<Created> {
    const EXCLUSIVE: u32 = flags::DETACHED_PROCESS | flags::CREATE_NEW_CONSOLE;
    if creation.flags & EXCLUSIVE == EXCLUSIVE {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if creation.flags & UNSUPPORTED != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    if creation.handle_list.is_some() && !creation.inherit_handles {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if creation.command_line.is_some_and(|line| line.len() >= LONGEST_COMMAND_LINE) {
        return Err(Win32Error::FILENAME_EXCED_RANGE);
    }
    let program = find(creation)?;
    let parent = creation.parent.map(substitute_parent).transpose()?.flatten();
    // Others wait to add to the job, so that it does not grow beyond its limit.
    let job = membership::of_child(creation.flags, parent.as_deref())?;
    let prepared = Prepared::of(creation, &program, parent.as_deref(), job.as_ref())?;
    let subject = Arc::new(prepared.start(creation, &program)?);
    if let Some(job) = job {
        job.joined();
    }
    let created = handles_of(creation, &subject).inspect_err(|_| {
        // Without handles the caller could never reach it.
        let _ = subject.terminate(1);
    });
    watch_child(&subject)?;
    created
}

fn find(creation: &Creation<'_>) -> Result<std::path::PathBuf> {
    let path_variable: Vec<u16> = "PATH".encode_utf16().collect();
    let path = environment::get(&path_variable).ok();
    // Where this program was loaded from, also when its file is moved later.
    static EXECUTABLE: LazyLock<Option<PathBuf>> = LazyLock::new(|| std::env::current_exe().ok());
    let places = SearchPlaces {
        application_directory: EXECUTABLE.as_deref().and_then(Path::parent),
        path: path.as_deref(),
    };
    find_program(creation.application, creation.command_line, places)
}

/// The process that is to count as the parent, unless it is this one.
fn substitute_parent(handle: isize) -> Result<Option<Arc<Process>>> {
    let process = open::process_of(Handle::from_raw(handle)?, flags::PROCESS_CREATE_PROCESS)?;
    if process.pid() == std::process::id() {
        return Ok(None);
    }
    if process.subject().has_ended() {
        return Err(Win32Error::ACCESS_DENIED);
    }
    Ok(Some(process))
}

/// A C string of a Linux byte string.
fn c_string(bytes: Vec<u8>) -> Result<CString> {
    CString::new(bytes).map_err(|_| Win32Error::INVALID_PARAMETER)
}

/// All that is made ready before the child exists.
struct Prepared {
    arguments: Vec<CString>,
    environment: Vec<CString>,
    directory: Option<CString>,
    streams: ChildStreams,
    heirlooms: Vec<Heirloom>,
    memfd: Option<OwnedFd>,
    place: Option<ChildPlace>,
}

impl Prepared {
    fn of(
        creation: &Creation<'_>,
        program: &Path,
        parent: Option<&Process>,
        job: Option<&Joining>,
    ) -> Result<Self> {
        let command_line = match creation.command_line {
            Some(line) if !line.is_empty() => line.to_vec(),
            _ => quoted(creation.application.unwrap_or_default()),
        };
        let arguments = command_line::parse(&command_line, Dialect::CRuntime)
            .iter()
            .map(|argument| c_string(text::to_bytes(argument)))
            .collect::<Result<Vec<_>>>()?;
        let directory = creation.directory.map(directory_path).transpose()?;
        let mut heirlooms = heirlooms(creation, parent)?;
        let source = StandardSource { given: creation.standard, flags: creation.flags };
        let joins = image::joins(program);
        let streams = source.resolve(parent, &mut heirlooms, joins)?;
        // A program that does not join may start one that does, which then wants its handles;
        // standard streams it finds by itself.
        let memfd = if heirlooms.is_empty() || !(joins || creation.inherit_handles) {
            None
        } else {
            Some(inherit::above_standard(inherit::seal(&heirlooms, streams.values)?.as_fd())?)
        };
        let namespace = current().namespace().ok();
        let mut environment = environment::to_linux(creation.environment)?;
        let mut own = format!("{}=", inherit::VARIABLE).into_bytes();
        own.extend(inherit::variable(
            memfd.as_ref().map(AsFd::as_fd),
            namespace.map(Namespace::directory),
        ));
        environment.push(c_string(own)?);
        let startup = creation.startup.clone();
        let parameters = Parameters { command_line, startup };
        // A program that does not join, has none of our handles and runs at once needs no record:
        // whoever ends it with a full exit code makes one.
        let suspended = creation.flags & flags::CREATE_SUSPENDED != 0;
        let needs_record =
            joins || suspended || job.is_some() || parent.is_some() || !heirlooms.is_empty();
        let parent_id = parent.map_or_else(std::process::id, Process::pid);
        let place = namespace
            .filter(|_| needs_record)
            .map(|namespace| {
                let told = (creation, &parameters, parent_id);
                ChildPlace::make(namespace, told, &heirlooms, joins)
            })
            .transpose()?;
        if let (Some(job), Some(place)) = (job, &place) {
            job.note_in(&place.new.record).inspect_err(|_| place.abandon())?;
        }
        Ok(Self { arguments, environment, directory, streams, heirlooms, memfd, place })
    }

    fn start(self, creation: &Creation<'_>, program: &Path) -> Result<Subject> {
        let program = c_string(program.as_os_str().as_bytes().to_vec())?;
        let mut keep: Vec<BorrowedFd<'_>> =
            self.heirlooms.iter().flat_map(Heirloom::kept).collect();
        keep.extend(self.memfd.as_ref().map(AsFd::as_fd));
        keep.extend(self.place.as_ref().and_then(|place| place.mailbox.as_ref()).map(AsFd::as_fd));
        let spawn = Spawn {
            program: &program,
            arguments: &self.arguments,
            environment: &self.environment,
            directory: self.directory.as_deref(),
            standard: self.streams.fds(),
            keep: &keep,
            group: group_of(creation.flags),
            nice: priority::nice_of_class(creation.flags & PRIORITY_CLASSES),
            open_files: current().open_files(),
            record: self.place.as_ref().and_then(|place| place.spawn_record().ok()),
            stopped: creation.flags & flags::CREATE_SUSPENDED != 0,
        };
        match spawn.start() {
            Ok(Spawned { pid, pidfd, born_ns }) => {
                self.streams.start();
                let pid = pid.as_raw_nonzero().get().cast_unsigned();
                let record = self.place.map(ChildPlace::into_record);
                Ok(Subject::child(pid, pidfd, born_ns, record))
            }
            Err(error) => {
                if let (Ok(namespace), Some(pid)) = (current().namespace(), error.pid) {
                    namespace.remove_process(pid.as_raw_nonzero().get().cast_unsigned());
                }
                if let Some(place) = &self.place {
                    place.abandon();
                }
                Err(meaning(&error))
            }
        }
    }
}

const PRIORITY_CLASSES: u32 = flags::IDLE_PRIORITY_CLASS
    | flags::BELOW_NORMAL_PRIORITY_CLASS
    | flags::NORMAL_PRIORITY_CLASS
    | flags::ABOVE_NORMAL_PRIORITY_CLASS
    | flags::HIGH_PRIORITY_CLASS
    | flags::REALTIME_PRIORITY_CLASS;

fn group_of(creation_flags: u32) -> Group {
    if creation_flags & OFF_TERMINAL != 0 {
        Group::NewSession
    } else if creation_flags & flags::CREATE_NEW_PROCESS_GROUP != 0 {
        Group::New
    } else {
        Group::Parents
    }
}

/// The command line of a program that was given none.
fn quoted(application: &[u16]) -> Vec<u16> {
    let quote = u16::from(b'"');
    [&[quote], application, &[quote]].concat()
}

fn directory_path(directory: &[u16]) -> Result<CString> {
    let path = crate::file::path::to_linux(directory)
        .ok()
        .and_then(crate::file::path::Win32Path::into_file)
        .filter(|path| path.is_dir())
        .ok_or(Win32Error::DIRECTORY)?;
    c_string(path.into_os_string().as_encoded_bytes().to_vec())
}

/// The handles the child inherits.
fn heirlooms(creation: &Creation<'_>, parent: Option<&Process>) -> Result<Vec<Heirloom>> {
    if !creation.inherit_handles {
        // Nothing but the standard handles it is given.
        let standard = creation.standard.filter(|_| parent.is_none());
        return standard
            .map_or(Ok(Vec::new()), |standard| inherit::of_standard(current().table(), standard));
    }
    let list = creation
        .handle_list
        .as_ref()
        .map(|list| {
            list.iter()
                .map(|&raw| match Handle::from_raw(raw) {
                    Ok(Handle::Real(value)) => Ok(value),
                    _ => Err(Win32Error::INVALID_PARAMETER),
                })
                .collect::<Result<Vec<_>>>()
        })
        .transpose()?;
    let Some(parent) = parent else {
        return inherit::of_this_process(current().table(), list.as_deref());
    };
    let mut heirlooms = Vec::new();
    for (value, entry) in crate::handle::duplicate::inheritable_of(parent)? {
        if list.as_ref().is_none_or(|list| list.contains(&value)) {
            heirlooms.push(Heirloom::of(value, &entry, parent.pid())?);
        }
    }
    match list {
        Some(list) if list.len() != heirlooms.len() => Err(Win32Error::INVALID_PARAMETER),
        _ => Ok(heirlooms),
    }
}

/// The child's record and mailbox, before they have its id as name.
struct ChildPlace {
    new: NewRecord,
    name: CString,
    mailbox: Option<OwnedFd>,
    mailbox_name: CString,
}

/// How a process is made, what it is told, and whose child it is.
type Told<'a> = (&'a Creation<'a>, &'a Parameters, u32);

impl ChildPlace {
    fn make(
        namespace: &Namespace,
        told: Told<'_>,
        heirlooms: &[Heirloom],
        joins: bool,
    ) -> Result<Self> {
        let new = NewRecord::create(namespace)?;
        let name = c_string(new.name.clone().into_bytes())?;
        let mailbox_name = c_string(format!("{}.mail", new.name).into_bytes())?;
        let mut place = Self { new, name, mailbox: None, mailbox_name };
        let filled = place.fill(namespace, told, heirlooms, joins);
        filled.inspect_err(|_| place.abandon())?;
        Ok(place)
    }

    fn fill(
        &mut self,
        namespace: &Namespace,
        (creation, parameters, parent): Told<'_>,
        heirlooms: &[Heirloom],
        joins: bool,
    ) -> Result<()> {
        if joins {
            let name = format!("{}.mail", self.new.name);
            let socket = mailbox::make_socket(namespace, &name)?;
            self.mailbox = Some(inherit::above_standard(socket.as_fd())?);
            parameters.write(&self.new.record)?;
        }
        // Header and first lines in one write.
        let mut start = vec![0; FIRST_LINES as usize];
        let mut set = |field: Field, value: u64| {
            let at = field as usize * 8;
            start[at..at + 8].copy_from_slice(&value.to_ne_bytes());
        };
        set(Field::Magic, MAGIC);
        set(Field::Parent, parent.into());
        set(Field::Suspended, u64::from(creation.flags & flags::CREATE_SUSPENDED != 0));
        if let Some(mailbox) = &self.mailbox {
            set(Field::Flags, HAS_MAILBOX);
            set(Field::MailboxFd, u64::from(mailbox.as_raw_fd().unsigned_abs()) + 1);
        }
        let mut own_lines = 0;
        let mut incoming_lines = 0;
        for Heirloom { record, .. } in heirlooms {
            match HandleValue::new(record.value).map(HandleValue::slot) {
                Some(Slot::Own(slot)) => own_lines = own_lines.max(slot + 1),
                Some(Slot::Incoming(slot)) => incoming_lines = incoming_lines.max(slot + 1),
                None => {}
            }
        }
        set(Field::OwnLines, own_lines.into());
        set(Field::IncomingLines, incoming_lines.into());
        start.resize((FIRST_LINES + u64::from(own_lines.min(FIRST_LINES_COUNT)) * 64) as usize, 0);
        for Heirloom { record, .. } in heirlooms {
            let at = match HandleValue::new(record.value).map(HandleValue::slot) {
                Some(Slot::Own(slot)) => own_line(slot),
                Some(Slot::Incoming(slot)) => super::record::incoming_line(slot),
                None => continue,
            };
            let line = record.to_bytes();
            match start.get_mut(at as usize..at as usize + line.len()) {
                Some(place) => place.copy_from_slice(&line),
                None => self.new.record.write(at, &line)?,
            }
        }
        self.new.record.write(0, &start)
    }

    fn spawn_record(&self) -> Result<SpawnRecord<'_>> {
        Ok(SpawnRecord {
            file: self.new.record.file(),
            pid_offset: Field::Pid as u64 * 8,
            directory: current().namespace()?.processes(),
            name: &self.name,
            companion: self.mailbox.is_some().then_some((self.mailbox_name.as_c_str(), c".mail")),
        })
    }

    /// Removes what no child has taken.
    fn abandon(&self) {
        let Ok(namespace) = current().namespace() else { return };
        for name in [&self.name, &self.mailbox_name] {
            // The child may have renamed it already, or it was never made.
            let _ = rustix::fs::unlinkat(
                namespace.processes(),
                name.as_c_str(),
                rustix::fs::AtFlags::empty(),
            );
        }
    }

    fn into_record(self) -> ProcessRecord {
        self.new.record
    }
}

/// What a failure to start means in Win32.
fn meaning(failure: &SpawnError) -> Win32Error {
    let errno = Errno::from_io_error(&failure.error).unwrap_or(Errno::IO);
    match (failure.step, errno) {
        (Step::Directory, _) => Win32Error::DIRECTORY,
        (Step::Execute, Errno::NOEXEC | Errno::LIBBAD) => Win32Error::BAD_EXE_FORMAT,
        (Step::Execute, Errno::TOOBIG) => Win32Error::FILENAME_EXCED_RANGE,
        (Step::Clone, Errno::AGAIN) => Win32Error::NO_SYSTEM_RESOURCES,
        (_, errno) => errno.into(),
    }
}

/// Handles to the new process and its first thread.
fn handles_of(creation: &Creation<'_>, subject: &Arc<Subject>) -> Result<Created> {
    let entry = |object, kind: ObjectType, inherit| Entry {
        object,
        access: kind.all_access(),
        flags: if inherit { HandleFlags::INHERIT } else { HandleFlags::empty() },
        origin: Origin::Created,
    };
    let thread = Thread::first_of(Arc::clone(subject));
    let process = Arc::new(Process::of(Arc::clone(subject)));
    let [process, thread] = current().table().insert_pair(
        entry(process, ObjectType::Process, creation.process_inheritable),
        entry(Arc::new(thread), ObjectType::Thread, creation.thread_inheritable),
    )?;
    let id = subject.pid();
    Ok(Created { process, thread, process_id: id, thread_id: id })
}

#[cfg(test)]
mod tests {
    use super::{Creation, create};
    use crate::Result;
    use crate::executive::current;
    use crate::process::{Process, task};
    use std::sync::Arc;

    #[test]
    fn a_childs_start_time_is_what_proc_says() -> Result<()> {
        let line: Vec<u16> = "/bin/sleep 1000".encode_utf16().collect();
        for _ in 0..40 {
            let creation = Creation { command_line: Some(&line), ..Creation::default() };
            let created = create(&creation)?;
            let table = current().table();
            let process: Arc<Process> = table.object(created.process.into(), 0)?;
            let expected = task::look(created.process_id).map(|task| task.start_time);
            process.subject().terminate(0)?;
            table.close(created.process.into())?;
            table.close(created.thread.into())?;
            assert_eq!(Ok(process.start_ticks()), expected);
        }
        Ok(())
    }
}
