//! The name of a process, as a process list shows it.
//!
//! The kernel keeps 15 bytes of it. A name of exactly that length may be cut off; the rest is
//! then looked for in the program's path, and in the command line (of a script, the second
//! word; of another user's process, the only place one may read).

use super::proc_stat::{LONGEST_LINE, ProcStat};
use rustix::fs::{Mode, OFlags};
use std::{
    ffi::CStr,
    fmt,
    os::fd::{AsFd, BorrowedFd},
};

/// The longest command name the kernel keeps of a program.
pub const LONGEST_COMM: usize = 15;

/// A name in Linux' bytes. A short one, which nearly all are, needs no memory of its own.
#[derive(Clone, PartialEq, Eq)]
pub struct ProcessName(Storage);

#[derive(Clone, PartialEq, Eq)]
enum Storage {
    Short { length: u8, bytes: [u8; LONGEST_COMM] },
    Long(Box<[u8]>),
}

impl ProcessName {
    /// The name with these bytes.
    #[must_use]
    pub fn new(name: &[u8]) -> Self {
        let mut bytes = [0; LONGEST_COMM];
        match (bytes.get_mut(..name.len()), u8::try_from(name.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(name);
                Self(Storage::Short { length, bytes })
            }
            _ => Self(Storage::Long(name.into())),
        }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Storage::Short { length, bytes } => &bytes[..usize::from(*length)],
            Storage::Long(bytes) => bytes,
        }
    }
}

impl fmt::Debug for ProcessName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(self.as_bytes()), f)
    }
}

/// The name of a process, running or not collected yet; `None` where there is none of this id.
#[must_use]
pub fn of_process(pid: u32) -> Option<ProcessName> {
    let directory = format!("/proc/{pid}");
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let proc = rustix::fs::open(&*directory, flags, Mode::empty()).ok()?;
    let stat = rustix::fs::openat(&proc, c"stat", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
    let mut line = [0; LONGEST_LINE];
    let length = rustix::io::read(stat.ok()?, &mut line).ok()?;
    let stat = ProcStat::parse(&line[..length])?;
    let whole = (stat.comm.len() == LONGEST_COMM && !stat.is_kernel_thread())
        .then(|| whole_name(proc.as_fd(), stat.comm, c"exe", c"cmdline"));
    Some(whole.flatten().unwrap_or_else(|| ProcessName::new(stat.comm)))
}

/// The whole name behind a command name that may be cut off, if it can be found out.
/// `exe` and `cmdline` are the paths of those files below the directory `proc`.
pub(super) fn whole_name(
    proc: BorrowedFd<'_>,
    comm: &[u8],
    exe: &CStr,
    cmdline: &CStr,
) -> Option<ProcessName> {
    let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
    if let Ok((path, _)) = rustix::fs::readlinkat_raw(proc, exe, &mut buffer) {
        let path = path.strip_suffix(b" (deleted)").unwrap_or(path);
        if let Some(name) = continues(comm, path) {
            return Some(ProcessName::new(name));
        }
    }
    let file =
        rustix::fs::openat(proc, cmdline, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let (words, _) = rustix::io::read(&file, &mut buffer).ok()?;
    let whole = words.split(|&byte| byte == 0).take(2).find_map(|word| continues(comm, word))?;
    Some(ProcessName::new(whole))
}

/// The last part of a path, if it begins with the command name.
fn continues<'path>(comm: &[u8], path: &'path [u8]) -> Option<&'path [u8]> {
    path.rsplit(|&byte| byte == b'/').next().filter(|name| name.starts_with(comm))
}

#[cfg(test)]
mod tests {
    use super::{ProcessName, continues, of_process};

    #[test]
    fn a_long_name_is_found_whole() {
        let own = std::env::current_exe().unwrap();
        let name = of_process(std::process::id()).expect("this process has a name");
        assert_eq!(name.as_bytes(), own.file_name().unwrap().as_encoded_bytes());
        assert_eq!(of_process(u32::MAX), None);
    }

    #[test]
    fn names_of_any_length_are_kept() {
        for length in [0, 1, 14, 15, 16, 255, 300] {
            let name = vec![b'x'; length];
            assert_eq!(ProcessName::new(&name).as_bytes(), name);
        }
    }

    #[test]
    fn only_the_same_beginning_completes_a_name() {
        assert_eq!(
            continues(b"fifteen-bytes-o", b"/bin/fifteen-bytes-or-more"),
            Some(&b"fifteen-bytes-or-more"[..])
        );
        assert_eq!(continues(b"fifteen-bytes-o", b"/bin/sh"), None);
        assert_eq!(continues(b"fifteen-bytes-o", b""), None);
    }
}
