//! What `/proc` says about one process or thread of the machine.

use super::proc_stat::{LONGEST_LINE, ProcStat};
use crate::error::{Result, Win32Error};
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, test_kill_process};

/// A running task, told apart from earlier ones of the same id by when it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    /// In clock ticks since the machine started.
    pub(crate) start_time: u64,
    /// It has ended and waits to be collected.
    pub(crate) is_gone: bool,
    /// The parent's process id.
    pub(crate) parent: u32,
}

/// Looks at a process.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` when there is none of that id.
pub(crate) fn look(pid: u32) -> Result<Task> {
    read(&format!("/proc/{pid}/stat"))
}

/// Looks at a thread of a process.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` when there is none of these ids.
pub(crate) fn look_at_thread(pid: u32, tid: u32) -> Result<Task> {
    read(&format!("/proc/{pid}/task/{tid}/stat"))
}

fn read(path: &str) -> Result<Task> {
    let mut line = [0; LONGEST_LINE];
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let length = open(path, flags, Mode::empty())
        .and_then(|file| rustix::io::read(&file, &mut line))
        .map_err(|_| Win32Error::INVALID_PARAMETER)?;
    let stat = ProcStat::parse(&line[..length]).ok_or(Win32Error::INVALID_PARAMETER)?;
    Ok(Task { start_time: stat.start_ticks, is_gone: stat.is_gone(), parent: stat.parent })
}

/// Whether a process of this id exists (it may be one that has ended and was not collected).
pub(crate) fn exists(pid: u32) -> bool {
    let Some(pid) = pid_of(pid) else { return false };
    test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
}

/// Whether a process of this id runs: it exists, and is not only waiting to be collected.
pub(crate) fn runs(pid: u32) -> bool {
    look(pid).is_ok_and(|task| !task.is_gone)
}

/// The process that a thread of this id belongs to.
pub(crate) fn process_of(tid: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{tid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("Tgid:"))?.trim().parse().ok()
}

/// The number as a Linux process id.
pub(crate) fn pid_of(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::{exists, look, look_at_thread};

    #[test]
    fn this_process_is_found_and_pid_0_is_not() -> crate::Result<()> {
        let pid = std::process::id();
        assert_eq!(look(pid)?.start_time, look_at_thread(pid, pid)?.start_time);
        assert!(exists(pid));
        assert_eq!(super::process_of(pid), Some(pid));
        assert!(!exists(0));
        assert!(look(0).is_err());
        assert!(look(u32::MAX).is_err());
        Ok(())
    }
}
