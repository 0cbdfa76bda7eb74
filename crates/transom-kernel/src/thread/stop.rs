//! `SuspendThread` and `ResumeThread`.
//!
//! A thread of this process is stopped by itself. Of another process all threads are stopped,
//! since that is what Linux offers; the count is the process's.

use super::Thread;
use crate::error::{Result, Win32Error};
use crate::executive;
use crate::process::record::Field;
use rustix::process::{Signal, pidfd_send_signal};
use transom_sys::suspension::{self, MOST, Refused};

/// `SuspendThread`: stops a thread; how often it was suspended before. It does not stop while it
/// is in the middle of a function of Transom's that holds one of its locks.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` when it has ended, or is another user's; `ERROR_SIGNAL_REFUSED` when it
/// was suspended 127 times; `ERROR_NO_SYSTEM_RESOURCES` for more than 1,024 suspended threads;
/// `ERROR_NOT_SUPPORTED` for a process that Transom keeps nothing of.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-suspendthread>
pub fn suspend(thread: &Thread) -> Result<u32> {
    if thread.has_ended() {
        return Err(Win32Error::ACCESS_DENIED);
    }
    if thread.process_id() == std::process::id() {
        return suspension::suspend(thread.tid(), executive::freeze).map_err(|why| match why {
            Refused::TooOften => Win32Error::SIGNAL_REFUSED,
            Refused::NoRoom => Win32Error::NO_SYSTEM_RESOURCES,
            Refused::Gone => Win32Error::ACCESS_DENIED,
        });
    }
    let record = thread.process().record().map_err(|_| Win32Error::NOT_SUPPORTED)?;
    let locked = record.lock()?;
    let before = u32::try_from(locked.header()?.get(Field::Suspended)).unwrap_or(u32::MAX);
    if before >= MOST {
        return Err(Win32Error::SIGNAL_REFUSED);
    }
    pidfd_send_signal(thread.process().pidfd(), Signal::STOP)
        .map_err(|_| Win32Error::ACCESS_DENIED)?;
    locked.set(Field::Suspended, u64::from(before) + 1)?;
    Ok(before)
}

/// `ResumeThread`: undoes one suspension; how often the thread was suspended before.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` for another user's process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-resumethread>
pub fn resume(thread: &Thread) -> Result<u32> {
    if thread.process_id() == std::process::id() {
        return Ok(if thread.has_ended() { 0 } else { suspension::resume(thread.tid()) });
    }
    // A process without a record was never suspended through Transom.
    let Ok(record) = thread.process().record() else { return Ok(0) };
    let locked = record.lock()?;
    let before = u32::try_from(locked.header()?.get(Field::Suspended)).unwrap_or(u32::MAX);
    if before == 0 || thread.process().has_ended() {
        return Ok(0);
    }
    locked.set(Field::Suspended, u64::from(before) - 1)?;
    if before == 1 {
        pidfd_send_signal(thread.process().pidfd(), Signal::CONT)?;
    }
    Ok(before)
}
