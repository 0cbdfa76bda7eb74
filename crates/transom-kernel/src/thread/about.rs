//! What a thread tells of itself: its times, its name, the processors it runs on.

use super::Thread;
use crate::error::{Result, Win32Error};
use crate::process::task::pid_of;
use crate::process::times::{self, Times};
use crate::text;
use rustix::io::Errno;
use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
use std::sync::PoisonError;

/// How many processors a mask names.
const MASK_BITS: usize = 64;

/// `GetThreadTimes`: when a thread began and ended (0 while it runs), and how long it ran.
///
/// # Errors
/// `ERROR_NOT_SUPPORTED` for a thread of another process that has ended, of which Linux keeps
/// no times.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getthreadtimes>
pub fn times(thread: &Thread) -> Result<Times> {
    if let Some(times) = thread.as_kept().and_then(|kept| kept.times.get()) {
        return Ok(*times);
    }
    if thread.has_ended() {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    let path = format!("/proc/{}/task/{}/stat", thread.process_id(), thread.tid());
    let line = std::fs::read(path).map_err(|_| Win32Error::NOT_SUPPORTED)?;
    let mut found = times::of_stat(&line)?;
    if let Some(begun) = thread.as_kept().and_then(|kept| kept.begun.get()) {
        found.creation = *begun;
    }
    Ok(found)
}

/// Notes the times of the calling thread, which ends.
pub(super) fn note_times(thread: &Thread) {
    let Some(kept) = thread.as_own() else { return };
    let (Some(&creation), Some([user_us, kernel_us])) =
        (kept.begun.get(), transom_sys::thread::processor_times())
    else {
        return;
    };
    let (kernel, user) = (kernel_us.saturating_mul(10), user_us.saturating_mul(10));
    let _ = kept.times.set(Times { creation, exit: times::now(), kernel, user });
}

/// `SetThreadDescription`: names a thread of this process. Linux shows the first 15 bytes of the
/// name.
///
/// # Errors
/// `ERROR_NOT_SUPPORTED` for a thread of another process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setthreaddescription>
pub fn set_description(thread: &Thread, description: &[u16]) -> Result<()> {
    let kept = thread.as_own().ok_or(Win32Error::NOT_SUPPORTED)?;
    *kept.name.lock().unwrap_or_else(PoisonError::into_inner) = Some(description.to_vec());
    let bytes = text::to_bytes(description);
    let end =
        (0..=bytes.len().min(15)).rev().find(|&end| std::str::from_utf8(&bytes[..end]).is_ok());
    if let Some(end) = end.filter(|&end| end > 0 && !thread.has_ended()) {
        // The name is kept also where Linux does not show it.
        let _ = std::fs::write(format!("/proc/self/task/{}/comm", thread.tid()), &bytes[..end]);
    }
    Ok(())
}

/// `GetThreadDescription`: the name that was given to a thread, or none. Of another process's
/// thread it is what Linux shows, if that is not the program's name.
///
/// # Errors
/// None: of a thread that has ended without a name, the name is empty.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getthreaddescription>
pub fn description(thread: &Thread) -> Result<Vec<u16>> {
    if let Some(kept) = thread.as_own() {
        let name = kept.name.lock().unwrap_or_else(PoisonError::into_inner);
        return Ok(name.clone().unwrap_or_default());
    }
    let (pid, tid) = (thread.process_id(), thread.tid());
    let shown = std::fs::read(format!("/proc/{pid}/task/{tid}/comm")).unwrap_or_default();
    let program = std::fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
    let name = shown.strip_suffix(b"\n").unwrap_or(&shown);
    Ok(if shown == program { Vec::new() } else { text::to_wide(name) })
}

/// `SetThreadAffinityMask`: the processors a thread may run on; those it might before. All bits
/// mean all processors.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for none, or some the machine does not have;
/// `ERROR_ACCESS_DENIED` for another user's thread, and one that has ended.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setthreadaffinitymask>
pub fn set_affinity(thread: &Thread, mask: usize) -> Result<usize> {
    if thread.has_ended() {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let tid = pid_of(thread.tid());
    let refused = |errno| match errno {
        Errno::SRCH => Win32Error::ACCESS_DENIED,
        other => other.into(),
    };
    let before = sched_getaffinity(tid).map_err(refused)?;
    let named = |processor: &usize| mask >> processor & 1 != 0;
    let mut wanted = CpuSet::new();
    (0..MASK_BITS).filter(named).for_each(|processor| wanted.set(processor));
    let all = mask == usize::MAX;
    let processors = std::fs::read_to_string("/sys/devices/system/cpu/present")
        .ok()
        .and_then(|list| list.trim().rsplit(['-', ',']).next()?.parse::<usize>().ok())
        .map_or(MASK_BITS, |last| last + 1);
    if !all && (mask == 0 || (processors..MASK_BITS).any(|processor| named(&processor))) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    sched_setaffinity(tid, &wanted).map_err(refused)?;
    Ok((0..MASK_BITS)
        .filter(|&processor| before.is_set(processor))
        .fold(0, |mask, bit| mask | 1 << bit))
}

/// `GetCurrentProcessorNumber`: the processor the calling thread runs on.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentprocessornumber>
#[must_use]
pub fn current_processor() -> u32 {
    u32::try_from(sched_getcpu()).unwrap_or(0)
}
