//! What the machine runs: its processes, their threads and modules, at one moment.
//!
//! ```
//! let all = transom::snapshot::processes()?;
//! let this = all.iter().find(|process| process.id == std::process::id()).expect("this process");
//! println!("{} runs {} threads", this.name.display(), this.threads);
//! # Ok::<(), transom::Win32Error>(())
//! ```
//!
//! Reference: <https://learn.microsoft.com/windows/win32/toolhelp/about-tool-help-functions>

use crate::error::{Result, Win32Error};
use crate::handle::AsHandle;
use crate::process::{Access, Process};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;
use transom_kernel::process::open::process_of;
use transom_kernel::process::snapshot::Snapshot;
use transom_kernel::text;
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    TH32CS_SNAPMODULE, TH32CS_SNAPPROCESS, TH32CS_SNAPTHREAD,
};

/// A process of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessEntry {
    /// The process id.
    pub id: u32,
    /// The id of the process that it is a child of.
    pub parent_id: u32,
    /// How many threads it runs.
    pub threads: u32,
    /// The base priority of its threads, from 1 to 31.
    pub base_priority: i32,
    /// The program's file name.
    pub name: OsString,
    start_ticks: u64,
}

impl ProcessEntry {
    /// A handle to the process: to this one, and never to a later one that got its id.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER`: it has ended. `ERROR_ACCESS_DENIED`: the user may not do to it
    /// what is asked for.
    pub fn open(&self, access: Access) -> Result<Process> {
        let process = Process::open(self.id, access)?;
        let opened = process_of(process.as_handle().kernel(), u32::MAX)?;
        if opened.start_ticks() == self.start_ticks {
            Ok(process)
        } else {
            Err(Win32Error::INVALID_PARAMETER)
        }
    }
}

/// A thread of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadEntry {
    /// The thread id.
    pub id: u32,
    /// The id of the process that it is part of.
    pub process_id: u32,
    /// Its base priority, from 1 to 31.
    pub base_priority: i32,
}

/// A program or library in the memory of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleEntry {
    /// The last part of its path.
    pub name: OsString,
    /// Its Linux path.
    pub path: PathBuf,
    /// The address of its first byte, in that process.
    pub base: u64,
    /// How many bytes it spans.
    pub size: u64,
}

/// `CreateToolhelp32Snapshot` with `Process32First` and `Process32Next`: all processes that run,
/// in the order of their ids.
///
/// # Errors
/// `ERROR_TOO_MANY_OPEN_FILES`, `ERROR_NOT_ENOUGH_MEMORY`: there is no room.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/tlhelp32/nf-tlhelp32-createtoolhelp32snapshot>
pub fn processes() -> Result<Vec<ProcessEntry>> {
    let snapshot = Snapshot::take(TH32CS_SNAPPROCESS, 0)?;
    let entry = |process: &transom_kernel::process::snapshot::ProcessEntry| ProcessEntry {
        id: process.id,
        parent_id: process.parent_id,
        threads: process.threads,
        base_priority: process.base_priority,
        name: OsStr::from_bytes(process.name.as_bytes()).into(),
        start_ticks: process.start_ticks,
    };
    Ok(snapshot.processes().iter().map(entry).collect())
}

/// `CreateToolhelp32Snapshot` with `Thread32First` and `Thread32Next`: all threads that run,
/// process by process.
///
/// ```
/// let mine = transom::snapshot::threads()?
///     .into_iter()
///     .filter(|thread| thread.process_id == std::process::id());
/// assert!(mine.count() >= 1);
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// As for [`processes`].
pub fn threads() -> Result<Vec<ThreadEntry>> {
    let snapshot = Snapshot::take(TH32CS_SNAPTHREAD, 0)?;
    let entry = |thread: &transom_kernel::process::snapshot::ThreadEntry| ThreadEntry {
        id: thread.id,
        process_id: thread.process_id,
        base_priority: thread.base_priority,
    };
    Ok(snapshot.threads().iter().map(entry).collect())
}

/// `CreateToolhelp32Snapshot` with `Module32First` and `Module32Next`: the program and the
/// libraries in a process's memory, the program first.
///
/// ```
/// let program = &transom::snapshot::modules(std::process::id())?[0];
/// assert_eq!(program.path, std::env::current_exe().unwrap());
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such process. `ERROR_ACCESS_DENIED`: the user may not
/// look at it.
pub fn modules(process_id: u32) -> Result<Vec<ModuleEntry>> {
    let snapshot = Snapshot::take(TH32CS_SNAPMODULE, process_id)?;
    let entry = |module: &transom_kernel::process::modules::ModuleEntry| ModuleEntry {
        name: OsString::from_vec(module.name().to_vec()),
        path: OsString::from_vec(module.path.clone()).into(),
        base: module.base,
        size: module.size,
    };
    Ok(snapshot.modules().iter().map(entry).collect())
}

/// The processes of a name, in whatever case; `.exe` may be left out, or added.
///
/// ```
/// use transom::{Command, snapshot};
/// let child = Command::new("sleep").arg("60").spawn()?;
/// let found = snapshot::find_by_name("SLEEP.exe")?;
/// assert!(found.iter().any(|process| process.id == child.id()));
/// child.terminate(0)?;
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// As for [`processes`].
pub fn find_by_name(name: impl AsRef<OsStr>) -> Result<Vec<ProcessEntry>> {
    let wanted = stem(name.as_ref());
    let is_wanted = |process: &ProcessEntry| text::equal_folded(&stem(&process.name), &wanted);
    Ok(processes()?.into_iter().filter(is_wanted).collect())
}

/// Whether two names are a process's under the rules of [`find_by_name`].
///
/// ```
/// assert!(transom::snapshot::same_name("sleep", "SLEEP.EXE"));
/// assert!(!transom::snapshot::same_name("sleep", "sleeper"));
/// ```
#[must_use]
pub fn same_name(one: impl AsRef<OsStr>, other: impl AsRef<OsStr>) -> bool {
    text::equal_folded(&stem(one.as_ref()), &stem(other.as_ref()))
}

/// The name of the process with an id, without a snapshot of all; `None` where there is none.
///
/// ```
/// use transom::{Command, snapshot};
/// let child = Command::new("sleep").arg("60").spawn()?;
/// assert_eq!(snapshot::name_of(child.id()).unwrap(), "sleep");
/// child.terminate(0)?;
/// # Ok::<(), transom::Win32Error>(())
/// ```
#[must_use]
pub fn name_of(process_id: u32) -> Option<OsString> {
    let name = transom_kernel::process::process_name::of_process(process_id)?;
    Some(OsStr::from_bytes(name.as_bytes()).into())
}

/// A name without `.exe`, in Win32's units.
fn stem(name: &OsStr) -> Vec<u16> {
    let bytes = name.as_bytes();
    let stem = match bytes.split_last_chunk::<4>() {
        Some((stem, extension)) if extension.eq_ignore_ascii_case(b".exe") => stem,
        _ => bytes,
    };
    text::to_wide(stem)
}

/// What became of a process that was to be ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Killed {
    /// The process.
    pub process: ProcessEntry,
    /// Whether it was ended; `ERROR_ACCESS_DENIED` for another user's.
    pub result: Result<()>,
}

/// Ends all processes of a name with an exit code: from the name to the ids, from each id to a
/// handle, and with that `TerminateProcess`. This process itself is left out, and one that ended
/// by itself meanwhile is not told of.
///
/// ```
/// use transom::{Command, snapshot};
/// # let name = format!("doctest-{}", std::process::id());
/// # let path = std::env::temp_dir().join(&name);
/// # std::os::unix::fs::symlink("/bin/sleep", &path).unwrap();
/// // `path` is a program of a name that no other process has.
/// let child = Command::new(&path).arg("60").spawn()?;
/// let killed = snapshot::kill_by_name(&name, 300)?;
/// assert_eq!(killed.len(), 1);
/// assert!(killed[0].result.is_ok());
/// assert_eq!(child.wait()?, 300);
/// assert!(snapshot::kill_by_name(&name, 300)?.is_empty());
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// As for [`processes`].
pub fn kill_by_name(name: impl AsRef<OsStr>, code: u32) -> Result<Vec<Killed>> {
    let mut killed = Vec::new();
    for process in find_by_name(name)? {
        if process.id == std::process::id() {
            continue;
        }
        let result = match process.open(Access::TERMINATE | Access::SYNCHRONIZE) {
            Err(Win32Error::INVALID_PARAMETER) => continue,
            Err(error) => Err(error),
            Ok(handle) => match handle.terminate(code) {
                Err(Win32Error::ACCESS_DENIED) if handle.wait(std::time::Duration::ZERO)? => {
                    continue;
                }
                result => result,
            },
        };
        killed.push(Killed { process, result });
    }
    Ok(killed)
}
