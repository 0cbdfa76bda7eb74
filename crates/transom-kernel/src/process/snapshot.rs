//! What `CreateToolhelp32Snapshot` takes a picture of: the processes and threads of the
//! machine, and the modules of one process.
//!
//! A picture costs one `openat`, `read` and `close` per process, relative to one descriptor of
//! `/proc` and through one buffer. Processes come and go while it is taken: one that vanishes
//! half-way is left out, never an error. Running out of descriptors or memory is one, because a
//! picture with silent holes would be wrong.
//!
//! A zombie is not in the picture: to Windows, a process is gone once it has ended, whoever
//! still holds a handle to it.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/api/tlhelp32/nf-tlhelp32-createtoolhelp32snapshot>

use crate::object::{KernelObject, ObjectHeader, ObjectType, Shape};
use crate::{
    error::{Result, Win32Error},
    process::{
        modules::{ModuleEntry, modules_of},
        parent::Recorded,
        proc_stat::{LONGEST_LINE, ProcStat},
        process_name::{LONGEST_COMM, ProcessName, whole_name},
    },
};
use rustix::{
    fs::{Mode, OFlags, RawDir},
    io::Errno,
};
use std::{
    ffi::CStr,
    mem::MaybeUninit,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    sync::atomic::{AtomicUsize, Ordering},
};
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    TH32CS_INHERIT, TH32CS_SNAPHEAPLIST, TH32CS_SNAPMODULE, TH32CS_SNAPMODULE32,
    TH32CS_SNAPPROCESS, TH32CS_SNAPTHREAD,
};

/// A process, as a snapshot holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessEntry {
    /// The process id.
    pub id: u32,
    /// The id of the process that it is a child of.
    pub parent_id: u32,
    /// How many threads it runs.
    pub threads: u32,
    /// The base priority of its threads, on Windows' scale of 1 to 31.
    pub base_priority: i32,
    /// When it started, in clock ticks (`_SC_CLK_TCK`) since the machine did.
    pub start_ticks: u64,
    /// The program's file name.
    pub name: ProcessName,
}

/// A thread, as a snapshot holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadEntry {
    /// The thread id.
    pub id: u32,
    /// The id of the process that it is part of.
    pub process_id: u32,
    /// Its base priority, on Windows' scale of 1 to 31.
    pub base_priority: i32,
}

/// A picture of the machine's processes, and a place in each of its lists.
#[derive(Debug)]
pub struct Snapshot {
    header: ObjectHeader,
    processes: Vec<ProcessEntry>,
    threads: Vec<ThreadEntry>,
    modules: Vec<ModuleEntry>,
    inheritable: bool,
    next_process: Cursor,
    next_thread: Cursor,
    next_module: Cursor,
}

impl KernelObject for Snapshot {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        Shape::LOCAL
    }
}

impl Snapshot {
    /// `CreateToolhelp32Snapshot`: takes the picture of what `flags` (`TH32CS_...`) ask for.
    /// `process_id` matters to the modules only; 0 there is the calling process. Heaps are not
    /// told: their list is empty.
    ///
    /// # Errors
    /// - `ERROR_INVALID_PARAMETER`: no flag asks for anything, or the process whose modules are
    ///   asked for does not exist.
    /// - `ERROR_ACCESS_DENIED`: the caller may not look at that process.
    /// - `ERROR_TOO_MANY_OPEN_FILES`, `ERROR_NOT_ENOUGH_MEMORY`.
    pub fn take(flags: u32, process_id: u32) -> Result<Self> {
        const MODULES: u32 = TH32CS_SNAPMODULE | TH32CS_SNAPMODULE32;
        const KNOWN: u32 = TH32CS_SNAPHEAPLIST | TH32CS_SNAPPROCESS | TH32CS_SNAPTHREAD | MODULES;
        if flags & KNOWN == 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut snapshot = Self {
            header: ObjectHeader::new(ObjectType::Snapshot),
            processes: Vec::new(),
            threads: Vec::new(),
            modules: Vec::new(),
            inheritable: flags & TH32CS_INHERIT != 0,
            next_process: Cursor::default(),
            next_thread: Cursor::default(),
            next_module: Cursor::default(),
        };
        if flags & (KNOWN & !TH32CS_SNAPHEAPLIST) == 0 {
            return Ok(snapshot);
        }
        let proc = open_directory(rustix::fs::CWD, c"/proc")?;
        if flags & MODULES != 0 {
            snapshot.modules = modules(proc.as_fd(), process_id)?;
        }
        let wanted = Wanted {
            processes: flags & TH32CS_SNAPPROCESS != 0,
            threads: flags & TH32CS_SNAPTHREAD != 0,
        };
        if wanted.processes || wanted.threads {
            snapshot.scan(proc.as_fd(), wanted)?;
        }
        Ok(snapshot)
    }

    /// All processes, in ascending order of their ids.
    #[must_use]
    pub fn processes(&self) -> &[ProcessEntry] {
        &self.processes
    }

    /// All threads, process by process.
    #[must_use]
    pub fn threads(&self) -> &[ThreadEntry] {
        &self.threads
    }

    /// The modules of the process asked for; the first one is its program.
    #[must_use]
    pub fn modules(&self) -> &[ModuleEntry] {
        &self.modules
    }

    /// Whether `TH32CS_INHERIT` asked for an inheritable handle.
    #[must_use]
    pub fn inheritable(&self) -> bool {
        self.inheritable
    }

    /// `Process32First`: goes to the first process. `ERROR_NO_MORE_FILES` if there is none.
    ///
    /// # Errors
    /// `ERROR_NO_MORE_FILES`.
    pub fn first_process(&self) -> Result<&ProcessEntry> {
        self.next_process.first(&self.processes)
    }

    /// `Process32Next`: goes to the next process.
    ///
    /// # Errors
    /// `ERROR_NO_MORE_FILES` past the last one.
    pub fn next_process(&self) -> Result<&ProcessEntry> {
        self.next_process.next(&self.processes)
    }

    /// `Thread32First`: goes to the first thread.
    ///
    /// # Errors
    /// `ERROR_NO_MORE_FILES` if there is none.
    pub fn first_thread(&self) -> Result<&ThreadEntry> {
        self.next_thread.first(&self.threads)
    }

    /// `Thread32Next`: goes to the next thread.
    ///
    /// # Errors
    /// `ERROR_NO_MORE_FILES` past the last one.
    pub fn next_thread(&self) -> Result<&ThreadEntry> {
        self.next_thread.next(&self.threads)
    }

    /// `Module32First`: goes to the first module.
    ///
    /// # Errors
    /// `ERROR_NO_MORE_FILES` if there is none.
    pub fn first_module(&self) -> Result<&ModuleEntry> {
        self.next_module.first(&self.modules)
    }

    /// `Module32Next`: goes to the next module.
    ///
    /// # Errors
    /// `ERROR_NO_MORE_FILES` past the last one.
    pub fn next_module(&self) -> Result<&ModuleEntry> {
        self.next_module.next(&self.modules)
    }

    fn scan(&mut self, proc: BorrowedFd<'_>, wanted: Wanted) -> Result<()> {
        let recorded = wanted.processes.then(Recorded::now);
        let mut line = [MaybeUninit::uninit(); LONGEST_LINE];
        for_each_id(proc, &mut |id| {
            let path = ProcPath::of(id);
            let Some(line) = read_line(proc, path.file(b"/stat").as_c_str(), &mut line)? else {
                return Ok(());
            };
            let Some(stat) = ProcStat::parse(line).filter(|stat| stat.id == id) else {
                return Ok(());
            };
            if stat.is_gone() {
                return Ok(());
            }
            if let Some(recorded) = &recorded {
                self.processes.push(ProcessEntry {
                    id,
                    parent_id: recorded.parent_of(&stat),
                    threads: stat.running_threads(),
                    base_priority: stat.base_priority(),
                    start_ticks: stat.start_ticks,
                    name: name_of(proc, &stat, path),
                });
            }
            if wanted.threads {
                if stat.threads <= 1 {
                    self.threads.push(thread_entry(id, &stat));
                } else {
                    self.scan_threads(proc, id, path)?;
                }
            }
            Ok(())
        })
    }

    /// Reads the threads of a process that has several.
    fn scan_threads(
        &mut self,
        proc: BorrowedFd<'_>,
        process_id: u32,
        path: ProcPath,
    ) -> Result<()> {
        let Some(tasks) = unless_vanished(open_directory(proc, path.file(b"/task").as_c_str()))?
        else {
            return Ok(());
        };
        let mut line = [MaybeUninit::uninit(); LONGEST_LINE];
        for_each_id(tasks.as_fd(), &mut |id| {
            let path = ProcPath::of(id);
            if let Some(line) = read_line(tasks.as_fd(), path.file(b"/stat").as_c_str(), &mut line)?
                && let Some(stat) = ProcStat::parse(line).filter(|stat| !stat.has_ended())
            {
                self.threads.push(thread_entry(process_id, &stat));
            }
            Ok(())
        })
    }
}

#[derive(Clone, Copy)]
struct Wanted {
    processes: bool,
    threads: bool,
}

/// The place in a list. Threads that share a snapshot each get another entry.
#[derive(Debug, Default)]
struct Cursor(AtomicUsize);

impl Cursor {
    fn first<'list, T>(&self, list: &'list [T]) -> Result<&'list T> {
        self.0.store(1, Ordering::Relaxed);
        list.first().ok_or(Win32Error::NO_MORE_FILES)
    }

    fn next<'list, T>(&self, list: &'list [T]) -> Result<&'list T> {
        let step = |place: usize| (place < list.len()).then_some(place + 1);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, step)
            .ok()
            .and_then(|place| list.get(place))
            .ok_or(Win32Error::NO_MORE_FILES)
    }
}

fn thread_entry(process_id: u32, stat: &ProcStat<'_>) -> ThreadEntry {
    ThreadEntry { id: stat.id, process_id, base_priority: stat.base_priority() }
}

fn name_of(proc: BorrowedFd<'_>, stat: &ProcStat<'_>, path: ProcPath) -> ProcessName {
    let whole = (stat.comm.len() == LONGEST_COMM && !stat.is_kernel_thread()).then(|| {
        whole_name(
            proc,
            stat.comm,
            path.file(b"/exe").as_c_str(),
            path.file(b"/cmdline").as_c_str(),
        )
    });
    whole.flatten().unwrap_or_else(|| ProcessName::new(stat.comm))
}

fn modules(proc: BorrowedFd<'_>, process_id: u32) -> Result<Vec<ModuleEntry>> {
    let id = if process_id == 0 { std::process::id() } else { process_id };
    let path = ProcPath::of(id);
    let mut line = [MaybeUninit::uninit(); LONGEST_LINE];
    // A zombie still has its files, but is no process to Windows.
    let line = read_line(proc, path.file(b"/stat").as_c_str(), &mut line)?;
    if line.and_then(ProcStat::parse).is_none_or(|stat| stat.is_gone()) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    modules_of(proc, id, path.file(b"/maps").as_c_str(), path.file(b"/exe").as_c_str())
}

/// A path below `/proc` that begins with a number, built without allocating.
#[derive(Clone, Copy)]
struct ProcPath {
    bytes: [u8; 24],
    length: usize,
}

impl ProcPath {
    fn of(number: u32) -> Self {
        let mut digits = [0; 10];
        let mut start = digits.len();
        let mut rest = number;
        loop {
            start -= 1;
            digits[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let mut path = Self { bytes: [0; 24], length: 0 };
        path.push(&digits[start..]);
        path
    }

    /// Appends; at most ten digits and `/cmdline` ever stand here, which fits.
    fn push(&mut self, part: &[u8]) {
        if let Some(place) = self.bytes.get_mut(self.length..self.length + part.len()) {
            place.copy_from_slice(part);
            self.length += part.len();
        }
    }

    /// The path of a file below this one.
    fn file(&self, part: &[u8]) -> Self {
        let mut path = *self;
        path.push(part);
        path
    }

    fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default()
    }
}

fn open_directory(parent: BorrowedFd<'_>, path: &CStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::openat(parent, path, flags, Mode::empty())
}

/// Calls `visit` with every entry of the directory that is a number.
fn for_each_id(directory: BorrowedFd<'_>, visit: &mut dyn FnMut(u32) -> Result<()>) -> Result<()> {
    let mut buffer = [MaybeUninit::uninit(); 16 * 1024];
    let mut entries = RawDir::new(directory, &mut buffer);
    loop {
        match entries.next() {
            Some(Ok(entry)) => {
                if let Some(id) = decimal(entry.file_name().to_bytes()) {
                    visit(id)?;
                }
            }
            Some(Err(Errno::INTR)) => {}
            // The process whose threads these are has vanished.
            Some(Err(Errno::NOENT | Errno::SRCH)) | None => return Ok(()),
            Some(Err(errno)) => return Err(errno.into()),
        }
    }
}

fn decimal(name: &[u8]) -> Option<u32> {
    if name.is_empty() || name[0] == b'0' {
        return None;
    }
    name.iter().try_fold(0_u32, |value, &byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit <= 9).then(|| value.checked_mul(10)?.checked_add(digit.into())).flatten()
    })
}

/// Reads a `stat` file; `None` if the process has vanished or is hidden.
fn read_line<'buffer>(
    directory: BorrowedFd<'_>,
    path: &CStr,
    buffer: &'buffer mut [MaybeUninit<u8>; LONGEST_LINE],
) -> Result<Option<&'buffer [u8]>> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let opened = rustix::fs::openat(directory, path, flags, Mode::empty());
    let Some(file) = unless_vanished(opened)? else { return Ok(None) };
    let read = rustix::io::read(&file, &mut buffer[..]).map(|(line, _)| &*line);
    unless_vanished(read)
}

/// Sorts out the errors that only mean "not there any more" or "not for you to see".
fn unless_vanished<T>(result: Result<T, Errno>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Errno::NOENT | Errno::SRCH | Errno::ACCESS | Errno::PERM) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, ProcPath, Snapshot, decimal};
    use crate::error::Win32Error;
    use windows_sys::Win32::System::Diagnostics::ToolHelp::{
        TH32CS_INHERIT, TH32CS_SNAPHEAPLIST, TH32CS_SNAPMODULE, TH32CS_SNAPPROCESS,
        TH32CS_SNAPTHREAD,
    };

    #[test]
    fn fact_18_a_snapshot_of_nothing_is_refused() {
        for flags in [0, TH32CS_INHERIT, 0x100] {
            assert_eq!(Snapshot::take(flags, 0).err(), Some(Win32Error::INVALID_PARAMETER));
        }
        let heaps = Snapshot::take(TH32CS_SNAPHEAPLIST, 0).expect("an empty list");
        assert_eq!(heaps.first_process().err(), Some(Win32Error::NO_MORE_FILES));
    }

    #[test]
    fn only_what_was_asked_for_is_taken() {
        let processes = Snapshot::take(TH32CS_SNAPPROCESS, 0).expect("/proc is mounted");
        assert!(!processes.processes().is_empty() && processes.threads().is_empty());
        assert!(processes.modules().is_empty() && !processes.inheritable());
        let threads = Snapshot::take(TH32CS_SNAPTHREAD | TH32CS_INHERIT, 0).expect("as above");
        assert!(threads.processes().is_empty() && threads.inheritable());
        let own = std::process::id();
        assert!(
            threads.threads().iter().any(|thread| thread.id == own && thread.process_id == own)
        );
    }

    #[test]
    fn the_first_module_is_the_program() {
        let snapshot = Snapshot::take(TH32CS_SNAPMODULE, 0).expect("our own memory");
        let program = std::env::current_exe().expect("/proc is mounted");
        let first = snapshot.first_module().expect("there is a program");
        assert_eq!(first.path, program.as_os_str().as_encoded_bytes());
        assert_eq!(first.process_id, std::process::id());
        let here = Snapshot::take as *const () as u64;
        assert!((first.base..first.base + first.size).contains(&here));
        assert!(snapshot.modules().iter().any(|module| module.name().starts_with(b"libc.so")));
        let gone = Snapshot::take(TH32CS_SNAPMODULE, u32::MAX).err();
        assert_eq!(gone, Some(Win32Error::INVALID_PARAMETER));
    }

    #[test]
    fn fact_18_a_cursor_stays_past_the_end() {
        let (cursor, list) = (Cursor::default(), [1, 2]);
        assert_eq!(cursor.first(&list), Ok(&1));
        assert_eq!(cursor.next(&list), Ok(&2));
        for _ in 0..2 {
            assert_eq!(cursor.next(&list), Err(Win32Error::NO_MORE_FILES));
        }
        assert_eq!(cursor.first(&list), Ok(&1));
        let nothing: [u8; 0] = [];
        assert_eq!(cursor.first(&nothing), Err(Win32Error::NO_MORE_FILES));
        assert_eq!(cursor.next(&nothing), Err(Win32Error::NO_MORE_FILES));
    }

    #[test]
    fn numbers_are_paths_and_back() {
        for number in [1, 9, 10, 4711, u32::MAX] {
            let path = ProcPath::of(number);
            assert_eq!(decimal(&path.bytes[..path.length]), Some(number));
            let whole = path.file(b"/cmdline").as_c_str().to_str().map(str::to_owned);
            assert_eq!(whole, Ok(format!("{number}/cmdline")));
        }
        for name in [&b""[..], b"0", b"01", b"1x", b"self", b"4294967296"] {
            assert_eq!(decimal(name), None);
        }
    }
}
