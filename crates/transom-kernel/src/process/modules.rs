//! The modules of a process: the program and the shared libraries in its memory.
//!
//! A module is a file of which some part is mapped executable. Its base is the lowest address of
//! the run of mappings of that file, its size reaches to the end of the run; the zeroed memory
//! after it has no file and is not counted.
//!
//! Reference: proc_pid_maps(5)

use crate::error::{Result, Win32Error};
use rustix::{
    fs::{Mode, OFlags},
    io::Errno,
};
use std::{ffi::CStr, os::fd::BorrowedFd};

/// A module, as a snapshot holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleEntry {
    /// The process in whose memory the module is.
    pub process_id: u32,
    /// The address of its first byte, in that process.
    pub base: u64,
    /// How many bytes it spans.
    pub size: u64,
    /// The Linux path of its file.
    pub path: Vec<u8>,
}

impl ModuleEntry {
    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.path.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
    }
}

/// `GetMappedFileName`: the Linux path of the file that is mapped at an address of a process.
///
/// # Errors
/// `ERROR_UNEXP_NET_ERR` (59) where no file is; `ERROR_ACCESS_DENIED` for a process whose memory this one may not
/// look at, and one that has ended.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmappedfilenamew>
pub fn mapped_file(process_id: u32, address: usize) -> Result<Vec<u8>> {
    let maps =
        std::fs::read(format!("/proc/{process_id}/maps")).map_err(|_| Win32Error::ACCESS_DENIED)?;
    let path_at = |line: &[u8]| -> Option<Vec<u8>> {
        let mut fields = line.splitn(6, |&byte| byte == b' ');
        let range = str::from_utf8(fields.next()?).ok()?;
        let (start, end) = range.split_once('-')?;
        let number = |digits| usize::from_str_radix(digits, 16).ok();
        let is_here = (number(start)?..number(end)?).contains(&address);
        is_here.then(|| fields.nth(4).unwrap_or_default().trim_ascii_start().to_vec())
    };
    let found = maps.split(|&byte| byte == b'\n').find_map(path_at);
    let found = found.filter(|path| path.starts_with(b"/") && !path.starts_with(b"/memfd:"));
    found.ok_or(Win32Error::UNEXP_NET_ERR)
}

/// Reads the modules of a process, the program itself first.
///
/// `maps` and `exe` are the paths of those files below the directory `proc`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for a process that does not exist, `ERROR_ACCESS_DENIED` for one
/// whose memory the caller may not look at.
pub(super) fn modules_of(
    proc: BorrowedFd<'_>,
    process_id: u32,
    maps: &CStr,
    exe: &CStr,
) -> Result<Vec<ModuleEntry>> {
    let maps = read_whole(proc, maps).map_err(|errno| match errno {
        Errno::NOENT | Errno::SRCH => Win32Error::INVALID_PARAMETER,
        other => other.into(),
    })?;
    let mut modules = parse_maps(process_id, &maps);
    let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
    if let Ok((program, _)) = rustix::fs::readlinkat_raw(proc, exe, &mut buffer)
        && let Some(index) = modules.iter().position(|module| *module.path == *program)
    {
        modules[..=index].rotate_right(1);
    }
    for module in &mut modules {
        forget_deletion(&mut module.path);
    }
    Ok(modules)
}

/// The kernel appends ` (deleted)` to the path of a file that was removed or replaced.
fn forget_deletion(path: &mut Vec<u8>) {
    if path.ends_with(b" (deleted)") && rustix::fs::stat(path.as_slice()).is_err() {
        path.truncate(path.len() - b" (deleted)".len());
    }
}

fn read_whole(proc: BorrowedFd<'_>, path: &CStr) -> Result<Vec<u8>, Errno> {
    let file = rustix::fs::openat(proc, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    let mut content = Vec::new();
    loop {
        content.reserve(16 * 1024);
        match rustix::io::read(&file, rustix::buffer::spare_capacity(&mut content)) {
            Ok(0) => return Ok(content),
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

/// One line of the file.
struct Mapping<'line> {
    start: u64,
    end: u64,
    executable: bool,
    offset: u64,
    /// Device and inode: what makes two mappings parts of one file.
    file: (&'line [u8], &'line [u8]),
    path: &'line [u8],
}

impl<'line> Mapping<'line> {
    fn parse(line: &'line [u8]) -> Option<Self> {
        let mut fields = line.splitn(6, |&byte| byte == b' ');
        let mut range = fields.next()?.split(|&byte| byte == b'-');
        let (start, end) = (hexadecimal(range.next()?)?, hexadecimal(range.next()?)?);
        let executable = fields.next()?.get(2) == Some(&b'x');
        let offset = hexadecimal(fields.next()?)?;
        let file = (fields.next()?, fields.next()?);
        let path = fields.next()?.trim_ascii_start();
        (start < end && file.1 != b"0" && path.starts_with(b"/")).then_some(Self {
            start,
            end,
            executable,
            offset,
            file,
            path,
        })
    }
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    u64::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

/// Gathers the mappings of each file into modules, in the order of their addresses.
fn parse_maps(process_id: u32, maps: &[u8]) -> Vec<ModuleEntry> {
    let mut modules = Vec::new();
    let mut lines = maps.split(|&byte| byte == b'\n').filter_map(Mapping::parse).peekable();
    while let Some(first) = lines.next() {
        let (mut end, mut offset, mut executable) = (first.end, first.offset, first.executable);
        // An offset that goes back is the same file mapped a second time.
        while let Some(next) =
            lines.next_if(|next| next.file == first.file && next.offset >= offset)
        {
            (end, offset) = (next.end, next.offset);
            executable |= next.executable;
        }
        if executable {
            let path = without_escapes(first.path);
            modules.push(ModuleEntry {
                process_id,
                base: first.start,
                size: end - first.start,
                path,
            });
        }
    }
    modules
}

/// A line feed in a path is written as `\012`, and nothing else is escaped.
fn without_escapes(path: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&byte, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(b"\\012") {
            plain.push(b'\n');
            rest = after;
        } else {
            plain.push(byte);
            rest = after;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{ModuleEntry, parse_maps};
    use proptest::prelude::*;

    const MAPS: &[u8] = b"\
55d0c0000000-55d0c0002000 r--p 00000000 08:01 100                        /tmp/a b\\012c\n\
55d0c0002000-55d0c0007000 r-xp 00002000 08:01 100                        /tmp/a b\\012c\n\
55d0c0008000-55d0c0009000 rw-p 00007000 08:01 100                        /tmp/a b\\012c\n\
55d0c0009000-55d0c002a000 rw-p 00000000 00:00 0                          [heap]\n\
7f0000000000-7f0000010000 r--p 00000000 08:01 200                        /usr/lib/locale/archive\n\
7f0000020000-7f0000021000 r-xp 00000000 08:01 300                        /lib/twice.so\n\
7f0000021000-7f0000022000 rw-p 00001000 08:01 300                        /lib/twice.so\n\
7f0000030000-7f0000031000 r-xp 00000000 08:01 300                        /lib/twice.so\n\
7f0000040000-7f0000041000 rwxs 00000000 00:01 400                        anon_inode:[x]\n\
7ffd00000000-7ffd00001000 r-xp 00000000 00:00 0                          [vdso]\n";

    #[test]
    fn modules_are_runs_of_mappings_of_one_executable_file() {
        let module = |base, size, path: &[u8]| ModuleEntry {
            process_id: 7,
            base,
            size,
            path: path.to_vec(),
        };
        assert_eq!(
            parse_maps(7, MAPS),
            [
                module(0x55d0_c000_0000, 0x9000, b"/tmp/a b\nc"),
                module(0x7f00_0002_0000, 0x2000, b"/lib/twice.so"),
                module(0x7f00_0003_0000, 0x1000, b"/lib/twice.so"),
            ]
        );
        assert_eq!(parse_maps(7, MAPS)[0].name(), b"a b\nc");
    }

    proptest! {
        #[test]
        fn nonsense_never_panics(
            bytes in proptest::collection::vec(prop_oneof![Just(b'-'), Just(b' '), Just(b'\n'),
                Just(b'/'), Just(b'0'), Just(b'f'), Just(b'x'), any::<u8>()], 0..300),
            cut in 0_usize..400,
        ) {
            let _ = parse_maps(1, &bytes);
            let _ = parse_maps(1, &MAPS[cut..]);
        }
    }
}
