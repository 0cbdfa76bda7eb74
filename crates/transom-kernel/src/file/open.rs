//! `CreateFile`: opening files, directories and devices.
//!
//! | Win32 | Linux |
//! |---|---|
//! | `FILE_APPEND_DATA` without `FILE_WRITE_DATA` | `O_APPEND` |
//! | `FILE_FLAG_WRITE_THROUGH` | `O_DSYNC` |
//! | `FILE_FLAG_NO_BUFFERING` | `O_DIRECT`, where the file system has it |
//! | `FILE_FLAG_SEQUENTIAL_SCAN`, `FILE_FLAG_RANDOM_ACCESS` | `posix_fadvise` |
//! | `FILE_FLAG_BACKUP_SEMANTICS` | a directory may be opened |
//! | `FILE_FLAG_OPEN_REPARSE_POINT` | a symbolic link itself is opened, for its attributes |
//! | `FILE_FLAG_OVERLAPPED` | each read and write names its place; what is no ordinary file does not block (`O_NONBLOCK`) |
//! | `FILE_FLAG_DELETE_ON_CLOSE` | see [deletion](super::deletion) |
//! | `FILE_ATTRIBUTE_READONLY` | no write bits in the mode |
//!
//! Linux files have no place for the other attributes; names are case-sensitive, with or without
//! `FILE_FLAG_POSIX_SEMANTICS`. `CreateFile` ignores the flags of other kinds of objects, and
//! hints about what Linux does not have (`OPEN_NO_RECALL`, `SESSION_AWARE`).
//!
//! Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew>

use super::object::Traits;
use super::path::{self, Win32Path};
use super::share::{self, Opening, Terms};
use super::{Descriptor, File, attributes, deletion};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::HandleValue;
use crate::mailslot;
use crate::namespace::device_name::{Device, DeviceName};
use crate::object::{MAXIMUM_ALLOWED, ObjectId, ObjectType, SYNCHRONIZE};
use crate::pipe::named;
use rustix::fs::{
    AtFlags, CWD, FileType as LinuxType, Mode, OFlags, Stat, fadvise, fchmod, fstat, ftruncate,
    openat, statat,
};
use rustix::io::Errno;
use std::ffi::CStr;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use windows_sys::Win32::Foundation::{GENERIC_ALL, GENERIC_WRITE};
use windows_sys::Win32::Storage::FileSystem as win;

/// What `CreateFile` takes besides the name.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// `dwDesiredAccess`.
    pub access: u32,
    /// `dwShareMode`.
    pub share: u32,
    /// Whether the handle is inheritable.
    pub inherit: bool,
    /// `dwCreationDisposition`.
    pub disposition: u32,
    /// `dwFlagsAndAttributes`.
    pub flags: u32,
    /// The mode of a file that is made; usually 0666 less the umask.
    pub mode: Option<u32>,
}

/// What `CreateFile` gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The handle.
    pub handle: HandleValue,
    /// Whether `CREATE_ALWAYS` or `OPEN_ALWAYS` found the file there; the last error is then
    /// `ERROR_ALREADY_EXISTS`, and 0 otherwise.
    pub existed: bool,
}

/// Rights of access masks that no object has: they are asked for and not granted.
const NO_RIGHTS: u32 = 0x0CE0_FE00;
const ACCESS_SYSTEM_SECURITY: u32 = 0x0100_0000;
const WRITES: u32 = win::FILE_WRITE_DATA | win::FILE_APPEND_DATA;
/// How often a name that changes under our hands is looked at again.
const MOST_TRIES: u32 = 16;

/// A request that was checked.
#[derive(Clone, Copy, Debug)]
struct Plan {
    access: u32,
    share: u32,
    /// Whether less than everything will do (`MAXIMUM_ALLOWED`).
    maximum: bool,
    disposition: u32,
    flags: u32,
    /// The mode of a new file, whatever the umask.
    mode: Option<u32>,
}

impl Plan {
    fn of(request: &Request) -> Result<Self> {
        let Request { share, disposition, flags, mode, .. } = *request;
        if !(win::CREATE_NEW..=win::TRUNCATE_EXISTING).contains(&disposition)
            || share & !share::ALL != 0
        {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        if request.access & ACCESS_SYSTEM_SECURITY != 0 {
            return Err(Win32Error::PRIVILEGE_NOT_HELD);
        }
        let asked = request.access & !NO_RIGHTS;
        if disposition == win::TRUNCATE_EXISTING
            && asked & (GENERIC_WRITE | GENERIC_ALL | win::FILE_WRITE_DATA) == 0
        {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut access = ObjectType::File.specific_access(asked)?;
        access |= SYNCHRONIZE | win::FILE_READ_ATTRIBUTES;
        if flags & win::FILE_FLAG_DELETE_ON_CLOSE != 0 {
            access |= win::DELETE;
        }
        Ok(Self { access, share, maximum: asked & MAXIMUM_ALLOWED != 0, disposition, flags, mode })
    }

    const fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    const fn overwrites(&self) -> bool {
        matches!(self.disposition, win::CREATE_ALWAYS | win::TRUNCATE_EXISTING)
    }

    /// The mode that a new file is asked to have.
    fn mode_of_new(&self) -> Mode {
        let read_only = self.has(win::FILE_ATTRIBUTE_READONLY);
        let mode = self.mode.unwrap_or(0o666);
        Mode::from_raw_mode(if read_only { mode & 0o555 } else { mode })
    }

    /// The ways to open the file, each with the access it gives; the first that the file's
    /// permissions allow is taken.
    fn ways(&self) -> Vec<(OFlags, u32)> {
        let reads = self.access & win::FILE_READ_DATA != 0;
        let writes = self.access & WRITES != 0;
        let mut ways = match (reads, writes) {
            (true, true) => vec![(OFlags::RDWR, self.access)],
            (false, true) => vec![(OFlags::WRONLY, self.access)],
            (true, false) => vec![(OFlags::RDONLY, self.access)],
            // To look at it, no permission is needed; but a file that can be read also can be
            // marked, and has a file pointer.
            (false, false) => {
                vec![(OFlags::RDONLY | OFlags::NONBLOCK, self.access), (OFlags::PATH, self.access)]
            }
        };
        if self.maximum {
            let write_rights =
                WRITES | win::FILE_WRITE_EA | win::FILE_WRITE_ATTRIBUTES | win::FILE_DELETE_CHILD;
            ways.push((OFlags::RDONLY, self.access & !write_rights));
        }
        ways
    }

    fn linux_flags(&self) -> OFlags {
        let mut flags = OFlags::CLOEXEC | OFlags::NOCTTY;
        if self.appends() {
            flags |= OFlags::APPEND;
        }
        if self.has(win::FILE_FLAG_OVERLAPPED) {
            // What is not there yet is waited for elsewhere. Of ordinary files it changes nothing.
            flags |= OFlags::NONBLOCK;
        }
        if self.has(win::FILE_FLAG_WRITE_THROUGH) {
            flags |= OFlags::DSYNC;
        }
        if self.has(win::FILE_FLAG_NO_BUFFERING) {
            flags |= OFlags::DIRECT;
        }
        if self.has(win::FILE_FLAG_OPEN_REPARSE_POINT) {
            flags |= OFlags::NOFOLLOW;
        }
        flags
    }

    const fn appends(&self) -> bool {
        self.access & WRITES == win::FILE_APPEND_DATA
    }

    fn traits(&self) -> Traits {
        let mut traits = Traits::empty();
        traits.set(Traits::OVERLAPPED, self.has(win::FILE_FLAG_OVERLAPPED));
        traits.set(Traits::APPEND, self.appends());
        traits.set(Traits::DELETE_ON_CLOSE, self.has(win::FILE_FLAG_DELETE_ON_CLOSE));
        traits
    }
}

/// `CreateFile`: opens or creates a file, directory or device.
///
/// # Errors
/// - `ERROR_INVALID_PARAMETER`: the disposition or a share bit is unknown, or
///   `TRUNCATE_EXISTING` without the right to write. Found out before the name is looked at.
/// - `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`: there is no such file, or no such directory
///   on the way.
/// - `ERROR_INVALID_NAME`: a separator ends the name of what is no directory, or the name is not
///   there and has a character that Windows forbids.
/// - `ERROR_FILENAME_EXCED_RANGE`: a name has more than 255 bytes, or the path more than 4095.
/// - `ERROR_FILE_EXISTS`: `CREATE_NEW`, and it does.
/// - `ERROR_ACCESS_DENIED`: Linux refuses; or it is a directory without
///   `FILE_FLAG_BACKUP_SEMANTICS`; or a read-only file to be written or deleted.
/// - `ERROR_SHARING_VIOLATION`: it is open in a way that [share modes](share) forbid, or is a
///   program that runs.
/// - `ERROR_INVALID_HANDLE`: a console, and the process has no terminal.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew>
pub fn create(name: &[u16], request: &Request) -> Result<Opened> {
    if let Some(name) = DeviceName::in_path(name) {
        let plan = Plan::of(request)?;
        return open_named(&name?, &plan, request);
    }
    let (file, access, existed) = open(name, request)?;
    let handle = current().table().create(Arc::new(file), access, request.inherit)?;
    Ok(Opened { handle, existed })
}

/// Opens a file that needs no handle.
pub(super) fn open_unlisted(name: &[u16], request: &Request) -> Result<File> {
    open(name, request).map(|(file, ..)| file)
}

fn open(name: &[u16], request: &Request) -> Result<(File, u32, bool)> {
    let plan = Plan::of(request)?;
    match path::to_linux(name)? {
        Win32Path::File(path) => open_file(&path, &plan),
        Win32Path::Nul => open_device(c"/dev/null", &plan),
        Win32Path::Con | Win32Path::ConIn | Win32Path::ConOut => {
            // What Linux says about a terminal that is not there has one name here.
            open_device(c"/dev/tty", &plan).map_err(|error| match error {
                Win32Error::TOO_MANY_OPEN_FILES => error,
                _ => Win32Error::INVALID_HANDLE,
            })
        }
        // These are no files.
        Win32Path::Pipe(_) | Win32Path::Mailslot(_) => Err(Win32Error::FILE_NOT_FOUND),
    }
}

/// A pipe. The disposition and share modes do not concern it.
fn open_named(name: &DeviceName, plan: &Plan, request: &Request) -> Result<Opened> {
    let handle = match name.device() {
        Device::Pipe => {
            let (access, inherit, flags) = (plan.access, request.inherit, plan.flags);
            named::open(name, &named::ClientRequest { access, inherit, flags })?
        }
        Device::Mailslot => mailslot::open(name, request, plan.access)?,
    };
    Ok(Opened { handle, existed: false })
}

/// A device is there, whatever the disposition, and share modes do not concern it.
fn open_device(path: &CStr, plan: &Plan) -> Result<(File, u32, bool)> {
    let traits = plan.traits() - Traits::DELETE_ON_CLOSE;
    let flags = plan.linux_flags() - OFlags::DIRECT - OFlags::NOFOLLOW;
    let mut refused = Win32Error::ACCESS_DENIED;
    // A terminal that is not there still has its name.
    for (way, access) in plan.ways().into_iter().filter(|(way, _)| !way.contains(OFlags::PATH)) {
        match retrying(|| openat(CWD, path, flags | way, Mode::empty())) {
            Ok(fd) => return Ok((File::new(Descriptor::Own(fd), traits)?, access, false)),
            Err(error) => refused = error.into(),
        }
    }
    Err(refused)
}

fn open_file(path: &Path, plan: &Plan) -> Result<(File, u32, bool)> {
    let (path, must_be_directory) = without_trailing_separators(path);
    let mut tries = 0;
    let (fd, access, existed) = loop {
        let (found, access, existed) = find(path, must_be_directory, plan)?;
        match take(&found, path, access, existed, plan) {
            // Deleted between opening and marking it.
            Ok(Taken::Gone) if tries < MOST_TRIES => tries += 1,
            Ok(_) => break (found.fd, access, existed),
            Err(error) => return Err(error),
        }
    };
    if !existed && plan.mode.is_some() {
        // The umask may have taken something away.
        fchmod(&fd, plan.mode_of_new())?;
    }
    let advice = [
        (win::FILE_FLAG_SEQUENTIAL_SCAN, rustix::fs::Advice::Sequential),
        (win::FILE_FLAG_RANDOM_ACCESS, rustix::fs::Advice::Random),
    ];
    for (flag, advice) in advice {
        if plan.has(flag) {
            // A hint; what cannot take it does without.
            let _ = fadvise(&fd, 0, None, advice);
        }
    }
    let tells = matches!(plan.disposition, win::CREATE_ALWAYS | win::OPEN_ALWAYS);
    let file = File::new(Descriptor::Own(fd), plan.traits())?;
    Ok((file, access, existed && tells))
}

/// A file that is open in the Linux way only.
struct Found {
    fd: OwnedFd,
    stat: Stat,
    way: OFlags,
}

impl Found {
    fn kind(&self) -> LinuxType {
        LinuxType::from_raw_mode(self.stat.st_mode)
    }

    fn readable(&self) -> bool {
        !self.way.contains(OFlags::WRONLY)
    }

    fn writable(&self) -> bool {
        self.way.intersects(OFlags::WRONLY | OFlags::RDWR)
    }
}

/// Opens the file, or creates it; with the access that could be had, and whether it existed.
fn find(path: &Path, must_be_directory: bool, plan: &Plan) -> Result<(Found, u32, bool)> {
    let mut refused = Errno::ACCESS;
    for (way, access) in plan.ways() {
        match open_or_create(path, way, must_be_directory, plan) {
            Ok((fd, existed)) => {
                let stat = fstat(&fd)?;
                return Ok((Found { fd, stat, way }, access, existed));
            }
            Err(
                error @ (Errno::ACCESS | Errno::PERM | Errno::ROFS | Errno::TXTBSY | Errno::NXIO),
            ) => refused = error,
            // Linux opens no directory for writing; making files in it needs no such thing.
            Err(Errno::ISDIR) if plan.has(win::FILE_FLAG_BACKUP_SEMANTICS) => {
                let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
                let fd = openat(CWD, path, flags, Mode::empty())?;
                let stat = fstat(&fd)?;
                return Ok((Found { fd, stat, way: OFlags::RDONLY }, access, true));
            }
            Err(error) => return Err(why_not(path, must_be_directory, error)),
        }
    }
    Err(why_not(path, must_be_directory, refused))
}

fn open_or_create(
    path: &Path,
    way: OFlags,
    must_be_directory: bool,
    plan: &Plan,
) -> Result<(OwnedFd, bool), Errno> {
    let mut flags = plan.linux_flags() | way;
    if must_be_directory {
        flags |= OFlags::DIRECTORY;
    }
    let open = |more: OFlags| open_once(path, flags | more, plan);
    let creatable = !must_be_directory && !has_forbidden_characters(path);
    match plan.disposition {
        win::CREATE_NEW if !creatable => match statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if must_be_directory && !is_directory(&stat) => Err(Errno::NOTDIR),
            Ok(_) => Err(Errno::EXIST),
            Err(error) => Err(error),
        },
        win::CREATE_NEW => open(OFlags::CREATE | OFlags::EXCL).map(|fd| (fd, false)),
        win::OPEN_EXISTING | win::TRUNCATE_EXISTING => open(OFlags::empty()).map(|fd| (fd, true)),
        _ => {
            for _ in 0..MOST_TRIES {
                match open(OFlags::empty()) {
                    Err(Errno::NOENT) if creatable => {}
                    other => return other.map(|fd| (fd, true)),
                }
                match open(OFlags::CREATE | OFlags::EXCL) {
                    Err(Errno::EXIST) => {}
                    other => return other.map(|fd| (fd, false)),
                }
            }
            // There and not there: a symbolic link to what is to be created.
            open(OFlags::CREATE).map(|fd| (fd, false))
        }
    }
}

fn open_once(path: &Path, flags: OFlags, plan: &Plan) -> Result<OwnedFd, Errno> {
    let mode = plan.mode_of_new();
    match retrying(|| openat(CWD, path, flags, mode)) {
        // The file system cannot do without its buffers.
        Err(Errno::INVAL) if flags.contains(OFlags::DIRECT) => {
            retrying(|| openat(CWD, path, flags - OFlags::DIRECT, mode))
        }
        // It is the symbolic link that was asked for.
        Err(Errno::LOOP) if flags.contains(OFlags::NOFOLLOW) => {
            let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            retrying(|| openat(CWD, path, flags, mode))
        }
        other => other,
    }
}

fn retrying<T>(mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            other => return other,
        }
    }
}

enum Taken {
    Ours,
    Gone,
}

/// Makes an open file ours: checks what it is, enters it among its other openers, and empties it
/// where that was asked.
fn take(found: &Found, path: &Path, access: u32, existed: bool, plan: &Plan) -> Result<Taken> {
    let deletes = plan.has(win::FILE_FLAG_DELETE_ON_CLOSE);
    let overwrites = existed && plan.overwrites();
    match found.kind() {
        LinuxType::Directory => {
            if !plan.has(win::FILE_FLAG_BACKUP_SEMANTICS) || plan.overwrites() {
                return Err(Win32Error::ACCESS_DENIED);
            }
        }
        LinuxType::RegularFile => {
            let changes = overwrites || deletes || access & WRITES != 0;
            if existed && changes && attributes::is_read_only(found.stat.st_mode) {
                return Err(Win32Error::ACCESS_DENIED);
            }
        }
        _ => return Ok(Taken::Ours),
    }
    if deletes {
        deletion::check_directory(path)?;
    }
    let mut terms = Terms::new(access, plan.share);
    if deletes {
        terms = terms.deleting();
    }
    let opening = Opening {
        fd: found.fd.as_fd(),
        readable: found.readable(),
        file: ObjectId::of_file(found.stat.st_dev, found.stat.st_ino),
        terms,
        overwrites,
    };
    let mut taken = Taken::Ours;
    share::enter(opening, || {
        if fstat(&found.fd)?.st_nlink == 0 {
            taken = Taken::Gone;
        } else if overwrites {
            overwrite(found, plan)?;
        }
        Ok(())
    })?;
    Ok(taken)
}

/// Empties an existing file, whose attributes then are those asked for.
fn overwrite(found: &Found, plan: &Plan) -> Result<()> {
    if found.writable() {
        ftruncate(&found.fd, 0)?;
    } else {
        // The handle may not write, but emptying was asked for with it.
        let flags = OFlags::WRONLY | OFlags::TRUNC | OFlags::CLOEXEC;
        openat(CWD, own_path(&found.fd), flags, Mode::empty())?;
    }
    if plan.disposition == win::CREATE_ALWAYS && plan.has(win::FILE_ATTRIBUTE_READONLY) {
        let mode = found.stat.st_mode & 0o7555;
        fchmod(&found.fd, Mode::from_raw_mode(mode))?;
    }
    Ok(())
}

/// The path by which an open file can be opened once more, whatever its name is now.
pub(super) fn own_path(fd: &impl AsFd) -> String {
    format!("/proc/self/fd/{}", fd.as_fd().as_raw_fd())
}

/// Splits a path and the separators at its end, which only a directory may have.
pub(super) fn without_trailing_separators(path: &Path) -> (&Path, bool) {
    let bytes = path.as_os_str().as_bytes();
    let length = bytes.iter().rposition(|&byte| byte != b'/').map_or(1, |last| last + 1);
    let name = Path::new(std::ffi::OsStr::from_bytes(&bytes[..length.min(bytes.len())]));
    (name, bytes.len() > length)
}

pub(super) fn is_directory(stat: &Stat) -> bool {
    LinuxType::from_raw_mode(stat.st_mode).is_dir()
}

/// The directory a path's last name is in.
pub(super) fn directory_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) => parent.to_path_buf(),
        None => path.to_path_buf(),
    }
}

/// What it means that Linux did not open a path.
pub(crate) fn why_not(path: &Path, must_be_directory: bool, error: Errno) -> Win32Error {
    match error {
        Errno::NOENT | Errno::NOTDIR => {
            let parent = statat(CWD, directory_of(path), AtFlags::empty());
            if !parent.is_ok_and(|stat| is_directory(&stat)) {
                Win32Error::PATH_NOT_FOUND
            } else if must_be_directory || has_forbidden_characters(path) {
                Win32Error::INVALID_NAME
            } else {
                Win32Error::FILE_NOT_FOUND
            }
        }
        Errno::TXTBSY => Win32Error::SHARING_VIOLATION,
        error => error.into(),
    }
}

/// Whether the last name has a character that no Windows name has. A Linux file may be called
/// so, and then can be opened; what is not there cannot be, nor be created.
pub(super) fn has_forbidden_characters(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.as_bytes().iter().any(|byte| b"<>\"|?*".contains(byte) || (1..32).contains(byte))
}

#[cfg(test)]
mod tests {
    use super::{
        Plan, Request, directory_of, has_forbidden_characters, without_trailing_separators,
    };
    use crate::error::Win32Error;
    use rustix::fs::OFlags;
    use std::path::Path;
    use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE};
    use windows_sys::Win32::Storage::FileSystem as win;

    fn plan(access: u32, share: u32, disposition: u32, flags: u32) -> Result<Plan, Win32Error> {
        Plan::of(&Request { access, share, inherit: false, disposition, flags, mode: None })
    }

    #[test]
    fn wrong_numbers_make_no_plan() {
        let wrong = Err(Win32Error::INVALID_PARAMETER);
        for (access, share, disposition) in
            [(0, 0, 0), (0, 0, 6), (0, 8, 3), (GENERIC_READ, 0, win::TRUNCATE_EXISTING)]
        {
            assert_eq!(plan(access, share, disposition, 0).map(drop), wrong);
        }
        assert!(plan(win::FILE_WRITE_DATA, 0, win::TRUNCATE_EXISTING, 0).is_ok());
    }

    #[test]
    fn access_and_flags_become_those_of_linux() {
        let plan = plan(win::FILE_APPEND_DATA, 0, 3, win::FILE_FLAG_WRITE_THROUGH).unwrap();
        assert!(plan.linux_flags().contains(OFlags::APPEND | OFlags::DSYNC | OFlags::CLOEXEC));
        assert_eq!(plan.ways()[0].0, OFlags::WRONLY);
        let plan = super::tests::plan(GENERIC_READ | GENERIC_WRITE, 0, 3, 0).unwrap();
        assert!(!plan.linux_flags().contains(OFlags::APPEND));
        assert_eq!(plan.ways(), [(OFlags::RDWR, plan.access)]);
        let flags = win::FILE_FLAG_DELETE_ON_CLOSE;
        let plan = super::tests::plan(GENERIC_READ, 0, 3, flags).unwrap();
        assert_ne!(plan.access & win::DELETE, 0);
    }

    #[test]
    fn paths_are_taken_apart() {
        for (path, name, separators) in
            [("/", "/", true), ("///", "/", true), ("a/", "a", true), ("/a/b", "/a/b", false)]
        {
            let (found, trailing) = without_trailing_separators(Path::new(path));
            assert_eq!(found, Path::new(name));
            assert!(trailing == separators || path == "/");
        }
        assert_eq!(directory_of(Path::new("a")), Path::new("."));
        assert_eq!(directory_of(Path::new("/a")), Path::new("/"));
        assert_eq!(directory_of(Path::new("/")), Path::new("/"));
        assert!(has_forbidden_characters(Path::new("/x/a?")));
        assert!(!has_forbidden_characters(Path::new("/x?/a")));
    }
}
