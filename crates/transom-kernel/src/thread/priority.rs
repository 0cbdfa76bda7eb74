//! Windows' thread priorities and Linux' nice values, of which each thread has one.
//!
//! A thread's nice value is that of its process's class and a difference for its own priority.
//! Lowering it needs a right that most users lack on Linux, so a priority above normal, and the
//! way back from a low one, may be refused.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/procthread/scheduling-priorities>

use super::Thread;
use super::present::{self, present_if_known};
use crate::error::{Result, Win32Error};
use crate::process::task::pid_of;
use rustix::io::Errno;
use rustix::process::{getpriority_process, setpriority_process};
use std::sync::atomic::{AtomicBool, Ordering};
use windows_sys::Win32::System::Threading as official;

/// A priority that programs set, and how much it adds to the nice value of the class.
const DIFFERENCES: [(i32, i32); 7] = [
    (official::THREAD_PRIORITY_IDLE, 39),
    (official::THREAD_PRIORITY_LOWEST, 10),
    (official::THREAD_PRIORITY_BELOW_NORMAL, 5),
    (official::THREAD_PRIORITY_NORMAL, 0),
    (official::THREAD_PRIORITY_ABOVE_NORMAL, -5),
    (official::THREAD_PRIORITY_HIGHEST, -10),
    (official::THREAD_PRIORITY_TIME_CRITICAL, -39),
];

/// Whether some thread ever had another priority than normal, so that a new thread may have it
/// from its creator.
static INHERITED: AtomicBool = AtomicBool::new(false);

fn difference_of(priority: i32) -> Option<i32> {
    DIFFERENCES.iter().find(|(known, _)| *known == priority).map(|(_, difference)| *difference)
}

/// The priority whose difference is nearest to one that is found.
fn nearest(difference: i32) -> i32 {
    DIFFERENCES
        .iter()
        .min_by_key(|(_, known)| (known - difference).abs())
        .map_or(official::THREAD_PRIORITY_NORMAL, |(priority, _)| *priority)
}

fn nice_of(tid: u32) -> Result<i32> {
    match getpriority_process(pid_of(tid)) {
        Err(Errno::SRCH) => Err(Win32Error::ACCESS_DENIED),
        other => Ok(other?),
    }
}

/// The nice value of the class of a thread's process.
fn nice_of_class(thread: &Thread) -> Result<i32> {
    let first = thread.process_id();
    let nice = nice_of(first)?;
    // The class is read from the first thread, which may have a priority of its own.
    let own = (first == std::process::id()).then(|| present::find(first)).flatten();
    let own =
        own.and_then(|first| first.as_own().map(|kept| kept.priority.load(Ordering::Relaxed)));
    Ok(nice - difference_of(own.unwrap_or(0).cast_signed()).unwrap_or(0))
}

/// `SetThreadPriority`: gives a thread the nice value of its class and this priority.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for what is no priority, and for those of the background mode;
/// `ERROR_PRIVILEGE_NOT_HELD` when Linux does not let this user raise it; `ERROR_ACCESS_DENIED`
/// for another user's thread and one that has ended.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setthreadpriority>
pub fn set(thread: &Thread, priority: i32) -> Result<()> {
    let difference = difference_of(priority).ok_or(Win32Error::INVALID_PARAMETER)?;
    if thread.has_ended() {
        // Windows takes it, for a thread that will never run.
        return note(thread, priority);
    }
    let nice = (nice_of_class(thread)? + difference).clamp(-20, 19);
    match setpriority_process(pid_of(thread.tid()), nice) {
        Err(Errno::ACCESS) => return Err(Win32Error::PRIVILEGE_NOT_HELD),
        Err(Errno::SRCH) => return Err(Win32Error::ACCESS_DENIED),
        other => other?,
    }
    note(thread, priority)
}

fn note(thread: &Thread, priority: i32) -> Result<()> {
    if priority != official::THREAD_PRIORITY_NORMAL {
        INHERITED.store(true, Ordering::Relaxed);
    }
    if let Some(kept) = thread.as_kept() {
        kept.priority.store(priority.cast_unsigned(), Ordering::Relaxed);
    }
    Ok(())
}

/// `GetThreadPriority`: a thread's priority. Of another process's thread it is what its nice
/// value is nearest to.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` for another process's thread that has ended.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getthreadpriority>
pub fn get(thread: &Thread) -> Result<i32> {
    let kept = thread.as_own().or_else(|| thread.as_kept().filter(|_| thread.has_ended()));
    if let Some(kept) = kept {
        return Ok(kept.priority.load(Ordering::Relaxed).cast_signed());
    }
    Ok(nearest(nice_of(thread.tid())? - nice_of_class(thread)?))
}

/// A new thread begins with normal priority, not with that of the thread that made it.
pub(super) fn begin() {
    let Some(thread) = present_if_known() else { return };
    let own = thread.as_own().map_or(0, |kept| kept.priority.load(Ordering::Relaxed));
    if own != 0 {
        // Its creator has given it one while it was suspended.
        return;
    }
    if INHERITED.load(Ordering::Relaxed) {
        // Where Linux does not let it go back up, it stays.
        let _ = set(&thread, official::THREAD_PRIORITY_NORMAL);
    }
}

#[cfg(test)]
mod tests {
    use super::{DIFFERENCES, difference_of, nearest};

    #[test]
    fn a_priority_that_was_set_is_the_priority_that_is_read() {
        for (priority, difference) in DIFFERENCES {
            assert_eq!(nearest(difference), priority);
            assert_eq!(difference_of(priority), Some(difference));
        }
        for no_priority in [3, -3, 7, 100, 0x1_0000, 0x2_0000] {
            assert_eq!(difference_of(no_priority), None);
        }
    }
}
