//! The directory where processes meet.
//!
//! `$TRANSOM_NAMESPACE`, else `/run/transom` where an administrator made it, else
//! `$XDG_RUNTIME_DIR/transom`, else `/dev/shm/transom-<uid>`. Nothing outside it is written, and
//! everything in it can be rebuilt: whoever finds what a dead process left removes it.
//!
//! - `process/<pid>`: the process's [record](crate::process::record) with its handle table.
//! - `process/<pid>.mail`: the socket where others leave [requests](crate::executive::mailbox).
//! - `process/<pid>.door`: the socket where clients of its named pipes [connect](crate::pipe::named).
//! - `object/<name>`: where a named object is found; see [`objects`].
//! - `pipe/<name>`: which processes serve a named pipe.
//! - `naming`: empty; who makes or opens a name locks the byte that stands for it.
//! - `opening`: empty; who opens a file locks the byte that stands for it, one at a time.

pub(crate) mod device_name;
mod file_name;
pub(crate) mod objects;
mod sweep;

pub(crate) use objects::{
    Closed, Found, ObjectName, Rendezvous, Seen, Turn, begin, change_security, describe, forks,
    granted_to, is_held, is_unheld, keepers_in, look, look_at_all, may_open, name_in, name_in_file,
    note_fork, note_keeper, open, security_in, sweep_objects,
};
pub(crate) use sweep::{owner_of, sweep};

use crate::error::{Result, Win32Error};
use rustix::fs::{AtFlags, CWD, Mode, OFlags, chmodat, fstat, mkdirat, openat, unlinkat};
use rustix::io::Errno;
use std::ffi::OsString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The name of the variable that says which directory to use.
pub(crate) const VARIABLE: &str = "TRANSOM_NAMESPACE";

const DIRECTORY: OFlags =
    OFlags::DIRECTORY.union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW).union(OFlags::RDONLY);
const STICKY: u32 = 0o1000;

/// The namespace directory, opened.
#[derive(Debug)]
pub(crate) struct Namespace {
    path: PathBuf,
    processes: OwnedFd,
    objects: OnceLock<OwnedFd>,
    pipes: OnceLock<OwnedFd>,
}

impl Namespace {
    /// Opens the namespace directory, making it if need be: the given one (of the process that
    /// started this one), or the usual.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED` when the directory belongs to another user or others may write to
    /// it without its being shared (mode 1777); otherwise what the file system reports.
    pub(crate) fn open(given: Option<PathBuf>) -> Result<Self> {
        let path = given.unwrap_or_else(Self::path);
        let directory = open_or_make(CWD, &path, 0o700)?;
        let shared = check_owner(&directory)?;
        let mode = if shared { 0o1777 } else { 0o700 };
        let processes = open_or_make(directory.as_fd(), Path::new("process"), mode)?;
        check_owner(&processes)?;
        Ok(Self { path, processes, objects: OnceLock::new(), pipes: OnceLock::new() })
    }

    /// Where the namespace directory is, or would be.
    #[must_use]
    fn path() -> PathBuf {
        let variable = |name: &str| -> Option<OsString> {
            let value = std::env::var_os(name)?;
            (!value.is_empty() && !transom_sys::startup::is_privileged()).then_some(value)
        };
        if let Some(path) = variable(VARIABLE) {
            return path.into();
        }
        let system = Path::new("/run/transom");
        if system.is_dir() {
            return system.into();
        }
        match variable("XDG_RUNTIME_DIR") {
            Some(runtime) if Path::new(&runtime).is_dir() => Path::new(&runtime).join("transom"),
            _ => format!("/dev/shm/transom-{}", rustix::process::geteuid().as_raw()).into(),
        }
    }

    /// The directory of the processes' records.
    pub(crate) fn processes(&self) -> BorrowedFd<'_> {
        self.processes.as_fd()
    }

    /// Where the namespace directory is.
    pub(crate) fn directory(&self) -> &Path {
        &self.path
    }

    /// Where the processes' records are, as a path that stays valid if the namespace moves.
    pub(crate) fn processes_path(&self) -> PathBuf {
        self.path.join("process")
    }

    /// The directory of named objects, made when it is first asked for.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub(crate) fn objects(&self) -> Result<BorrowedFd<'_>> {
        self.room(&self.objects, "../object")
    }

    fn room<'a>(&'a self, place: &'a OnceLock<OwnedFd>, path: &str) -> Result<BorrowedFd<'a>> {
        if let Some(directory) = place.get() {
            return Ok(directory.as_fd());
        }
        let shared = fstat(&self.processes)?.st_mode & STICKY != 0;
        let mode = if shared { 0o1777 } else { 0o700 };
        let directory = open_or_make(self.processes.as_fd(), Path::new(path), mode)?;
        check_owner(&directory)?;
        Ok(place.get_or_init(|| directory).as_fd())
    }

    /// The directory of pipes' names, made when it is first asked for.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub(crate) fn pipes(&self) -> Result<BorrowedFd<'_>> {
        self.room(&self.pipes, "../pipe")
    }

    /// The directory of pipes' names, if somebody has made it.
    pub(crate) fn pipes_if_there(&self) -> Option<BorrowedFd<'_>> {
        if self.pipes.get().is_none() {
            openat(&self.processes, "../pipe", DIRECTORY, Mode::empty()).ok()?;
        }
        self.pipes().ok()
    }

    /// The directory of named objects, if somebody has made it.
    pub(crate) fn objects_if_there(&self) -> Option<BorrowedFd<'_>> {
        if self.objects.get().is_none() {
            openat(&self.processes, "../object", DIRECTORY, Mode::empty()).ok()?;
        }
        self.objects().ok()
    }

    /// The file in which who opens a file waits for his turn, freshly opened.
    ///
    /// # Errors
    /// What the file system reports.
    pub(crate) fn opening(&self) -> Result<OwnedFd> {
        self.turns("../opening")
    }

    /// The file in which who makes or opens a name waits for his turn, freshly opened.
    ///
    /// # Errors
    /// What the file system reports.
    pub(crate) fn naming(&self) -> Result<OwnedFd> {
        self.turns("../naming")
    }

    fn turns(&self, name: &str) -> Result<OwnedFd> {
        let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        match openat(&self.processes, name, flags, Mode::empty()) {
            Err(Errno::NOENT) => {}
            other => return Ok(other?),
        }
        // Whoever gets into the directory may lock; the umask must not take that away.
        let mode = Mode::from_raw_mode(0o666);
        let file = openat(&self.processes, name, flags | OFlags::CREATE, mode)?;
        let _ = rustix::fs::fchmod(&file, mode);
        Ok(file)
    }

    /// Removes what a process that has ended left.
    pub(crate) fn remove_process(&self, pid: u32) {
        self.remove_file(pid.to_string().as_bytes());
        self.remove_file(mail_name(pid).as_bytes());
        self.remove_file(door_name(pid).as_bytes());
    }

    /// Removes a file of the processes' directory.
    pub(crate) fn remove_file(&self, name: &[u8]) {
        // Somebody else may have removed it first.
        let _ = unlinkat(&self.processes, name, AtFlags::empty());
    }
}

/// The name of a process's socket.
pub(crate) fn mail_name(pid: u32) -> String {
    format!("{pid}.mail")
}

/// The name of the socket where clients of a process's pipes connect.
pub(crate) fn door_name(pid: u32) -> String {
    format!("{pid}.door")
}

fn open_or_make(parent: BorrowedFd<'_>, path: &Path, mode: u32) -> Result<OwnedFd> {
    match openat(parent, path, DIRECTORY, Mode::empty()) {
        Err(Errno::NOENT) => {}
        other => return Ok(other?),
    }
    match mkdirat(parent, path, Mode::from_raw_mode(mode)) {
        Ok(()) => {
            // The umask may have taken bits away.
            chmodat(parent, path, Mode::from_raw_mode(mode), AtFlags::empty())?;
        }
        Err(Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(openat(parent, path, DIRECTORY, Mode::empty())?)
}

/// Refuses a directory in which another user could replace our files; whether it is shared.
fn check_owner(directory: &OwnedFd) -> Result<bool> {
    let stat = fstat(directory)?;
    let shared = stat.st_mode & STICKY != 0;
    let owner = stat.st_uid;
    let ours = owner == rustix::process::geteuid().as_raw() || owner == 0;
    if ours && (shared || stat.st_mode & 0o022 == 0) {
        Ok(shared)
    } else {
        Err(Win32Error::ACCESS_DENIED)
    }
}
