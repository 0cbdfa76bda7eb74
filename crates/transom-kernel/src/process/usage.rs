//! What a process uses: memory, files, processors. All as `/proc` tells it.

use super::Process;
use super::modules::ModuleEntry;
use super::snapshot::Snapshot;
use crate::error::{Result, Win32Error};
use crate::file::path::to_win32;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::os::unix::ffi::OsStrExt;
use windows_sys::Win32::System::Diagnostics::ToolHelp::{TH32CS_SNAPMODULE, TH32CS_SNAPPROCESS};

/// A file of a process's in `/proc`.
fn read(process: &Process, file: &str) -> Result<String> {
    if process.subject().has_ended() {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let path = format!("/proc/{}/{file}", process.pid());
    std::fs::read_to_string(path).map_err(|_| Win32Error::ACCESS_DENIED)
}

/// The number behind a name in such a file.
fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Memory of a process, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// How often a page was missing.
    pub faults: u32,
    /// In memory.
    pub resident: usize,
    /// The most that ever was.
    pub peak_resident: usize,
    /// Its own, in memory or swapped out.
    pub private: usize,
    /// Addresses in use.
    pub space: usize,
    /// The most that ever were.
    pub peak_space: usize,
}

/// `GetProcessMemoryInfo`: how much memory a process uses.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` for one that has ended.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getprocessmemoryinfo>
pub fn memory(process: &Process) -> Result<Memory> {
    let status = read(process, "status")?;
    let stat = read(process, "stat")?;
    let bytes = |name| (number(&status, name) * 1024) as usize;
    // The tenth and twelfth fields; those behind the name are counted from the third.
    let behind = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let field = |place: usize| {
        behind.split_whitespace().nth(place - 3).and_then(|text| text.parse::<u64>().ok())
    };
    let faults = field(10).unwrap_or(0) + field(12).unwrap_or(0);
    Ok(Memory {
        faults: faults as u32,
        resident: bytes("VmRSS"),
        peak_resident: bytes("VmHWM"),
        private: bytes("RssAnon") + bytes("VmSwap"),
        space: bytes("VmSize"),
        peak_space: bytes("VmPeak"),
    })
}

/// Reads and writes of a process: how many, and how many bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transfers {
    /// Reads.
    pub reads: u64,
    /// Writes.
    pub writes: u64,
    /// Bytes read.
    pub bytes_read: u64,
    /// Bytes written.
    pub bytes_written: u64,
}

/// `GetProcessIoCounters`: what a process has read and written.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` for one that has ended or that this user may not look into.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getprocessiocounters>
pub fn transfers(process: &Process) -> Result<Transfers> {
    let io = read(process, "io")?;
    Ok(Transfers {
        reads: number(&io, "syscr"),
        writes: number(&io, "syscw"),
        bytes_read: number(&io, "rchar"),
        bytes_written: number(&io, "wchar"),
    })
}

/// The Win32 path of a process's program.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` for one that this user may not look into, `ERROR_GEN_FAILURE` for one that
/// has ended.
pub fn image(process: &Process) -> Result<Vec<u16>> {
    if process.subject().has_ended() {
        return Err(Win32Error::GEN_FAILURE);
    }
    let link = std::fs::read_link(format!("/proc/{}/exe", process.pid()));
    let link = link.map_err(|_| Win32Error::ACCESS_DENIED)?;
    let bytes = link.as_os_str().as_bytes();
    Ok(to_win32(bytes.strip_suffix(b" (deleted)").unwrap_or(bytes)))
}

/// The modules of a process, its program first.
///
/// # Errors
/// Those of [`Snapshot::take`]; `ERROR_INVALID_HANDLE` for one that has ended.
pub fn modules(process: &Process) -> Result<Vec<ModuleEntry>> {
    let snapshot = Snapshot::take(TH32CS_SNAPMODULE, process.pid());
    snapshot.map(|snapshot| snapshot.modules().to_vec()).map_err(|error| match error {
        Win32Error::INVALID_PARAMETER => Win32Error::INVALID_HANDLE,
        error => error,
    })
}

/// The ids of all processes.
///
/// # Errors
/// Those of [`Snapshot::take`].
pub fn ids() -> Result<Vec<u32>> {
    let snapshot = Snapshot::take(TH32CS_SNAPPROCESS, 0)?;
    Ok(snapshot.processes().iter().map(|process| process.id).collect())
}

fn mask_of(set: &CpuSet) -> usize {
    (0..64).filter(|&cpu| set.is_set(cpu)).fold(0, |mask, cpu| mask | 1 << cpu)
}

/// `GetProcessAffinityMask`: the first 64 processors that a process's first thread may run on.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for one that has ended.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getprocessaffinitymask>
pub fn affinity(process: &Process) -> Result<usize> {
    let pid = super::task::pid_of(process.pid());
    Ok(mask_of(&sched_getaffinity(pid)?))
}

/// The processors of the machine, as far as a process can be given them.
#[must_use]
pub fn all_processors() -> usize {
    let text = std::fs::read_to_string("/sys/devices/system/cpu/online").unwrap_or_default();
    let mut mask = 0_usize;
    for range in text.trim().split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        if let (Ok(first), Ok(last)) = (first.parse::<usize>(), last.parse::<usize>()) {
            for cpu in (first..=last).filter(|&cpu| cpu < 64) {
                mask |= 1 << cpu;
            }
        }
    }
    if mask == 0 { 1 } else { mask }
}

/// `SetProcessAffinityMask`: the processors that all threads of a process may run on.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for none, or one that the machine does not have; `ERROR_ACCESS_DENIED`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setprocessaffinitymask>
pub fn set_affinity(process: &Process, mask: usize) -> Result<()> {
    if mask == 0 || mask & !all_processors() != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let mut set = CpuSet::new();
    for cpu in (0..64).filter(|&cpu| mask & 1 << cpu != 0) {
        set.set(cpu);
    }
    let tasks = std::fs::read_dir(format!("/proc/{}/task", process.pid()));
    for task in tasks.map_err(|_| Win32Error::INVALID_PARAMETER)? {
        let id = task?.file_name().to_str().and_then(|name| name.parse().ok());
        match sched_setaffinity(id.and_then(super::task::pid_of), &set) {
            // It has ended meanwhile.
            Ok(()) | Err(rustix::io::Errno::SRCH) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
