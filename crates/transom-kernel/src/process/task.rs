//! What `/proc` says about one process or thread of the machine.

use crate::error::{Result, Win32Error};
use rustix::process::{Pid, test_kill_process};

/// A running task, told apart from earlier ones of the same id by when it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    /// In clock ticks since the machine started.
    pub(crate) start_time: u64,
    /// The state letter of `/proc/<pid>/stat`.
    pub(crate) state: u8,
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
    let stat = std::fs::read(path).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    parse(&stat).ok_or(Win32Error::INVALID_PARAMETER)
}

/// Reads the fields after the name, which ends with the last parenthesis.
fn parse(stat: &[u8]) -> Option<Task> {
    let name_end = stat.iter().rposition(|&byte| byte == b')')?;
    let rest = std::str::from_utf8(stat.get(name_end + 2..)?).ok()?;
    let mut fields = rest.split_ascii_whitespace();
    let state = *fields.next()?.as_bytes().first()?;
    let parent = fields.next()?.parse().ok()?;
    // The start time is field 22; the state was field 3, the parent 4.
    let start_time = fields.nth(22 - 5)?.parse().ok()?;
    Some(Task { start_time, state, parent })
}

/// Whether a process of this id exists (it may be one that has ended and was not collected).
pub(crate) fn exists(pid: u32) -> bool {
    let Some(pid) = pid_of(pid) else { return false };
    test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
}

/// The number as a Linux process id.
pub(crate) fn pid_of(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::{exists, look, look_at_thread, parse};

    #[test]
    fn this_process_is_found_and_pid_0_is_not() -> crate::Result<()> {
        let pid = std::process::id();
        assert_eq!(look(pid)?.start_time, look_at_thread(pid, pid)?.start_time);
        assert!(exists(pid));
        assert!(!exists(0));
        assert!(look(0).is_err());
        assert!(look(u32::MAX).is_err());
        Ok(())
    }

    #[test]
    fn a_name_with_parentheses_does_not_mislead() {
        let stat = b"7 (a) b (c) R 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0 0";
        assert_eq!(parse(stat).map(|task| (task.start_time, task.parent)), Some((4711, 1)));
        assert_eq!(parse(b"7 (a"), None);
        assert_eq!(parse(b""), None);
    }
}
