//! `GetProcessTimes`.

use super::open::process_of;
use super::proc_stat::LONGEST_LINE;
use crate::error::{Result, Win32Error};
use crate::handle::Handle;
use rustix::time::{ClockId, clock_gettime};
use windows_sys::Win32::System::Threading as rights;

/// Between the beginning of Windows' time (1601) and Linux' (1970), in units of 100 ns.
const EPOCH_DIFFERENCE: u64 = 116_444_736_000_000_000;
const UNITS_PER_SECOND: u64 = 10_000_000;

/// The four times of a process, in units of 100 ns; points in time since 1601.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// When it started.
    pub creation: u64,
    /// When it ended; 0 while it runs.
    pub exit: u64,
    /// How long it ran in the kernel.
    pub kernel: u64,
    /// How long it ran in user mode.
    pub user: u64,
}

/// `GetProcessTimes`: when a process started and ended, and how long it ran.
///
/// # Errors
/// Those of [`process_of`]; `ERROR_NOT_SUPPORTED` for a process that is gone, of which Linux
/// keeps no times.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getprocesstimes>
pub fn of(process: Handle) -> Result<Times> {
    const QUERY: u32 =
        rights::PROCESS_QUERY_INFORMATION | rights::PROCESS_QUERY_LIMITED_INFORMATION;
    let process = process_of(process, QUERY)?;
    process.subject().times()
}

/// Reads the times from a line of `/proc/<pid>/stat`; the exit time is left 0.
pub(crate) fn of_stat(line: &[u8]) -> Result<Times> {
    parse(line).ok_or(Win32Error::NOT_SUPPORTED)
}

fn parse(line: &[u8]) -> Option<Times> {
    let line = line.get(..line.len().min(LONGEST_LINE))?;
    let name_end = line.iter().rposition(|&byte| byte == b')')?;
    let mut fields = std::str::from_utf8(line.get(name_end + 2..)?).ok()?.split_ascii_whitespace();
    // The state is field 3; utime and stime are fields 14 and 15; the start time is field 22.
    let user: u64 = fields.nth(14 - 3)?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    let start: u64 = fields.nth(22 - 16)?.parse().ok()?;
    let (kernel, user) = (units_of_ticks(kernel), units_of_ticks(user));
    Some(Times { creation: of_start(start), exit: 0, kernel, user })
}

fn units_of_ticks(ticks: u64) -> u64 {
    ticks.saturating_mul(UNITS_PER_SECOND) / rustix::param::clock_ticks_per_second().max(1)
}

/// How many whole clock ticks after the machine's start a time is, as Linux counts them.
pub(crate) fn ticks_of_ns(ns: u64) -> u64 {
    ns / (1_000_000_000 / rustix::param::clock_ticks_per_second().max(1))
}

/// The moment that lies this many clock ticks after the machine started.
pub(crate) fn of_start(ticks: u64) -> u64 {
    boot_time().saturating_add(units_of_ticks(ticks))
}

/// Now.
pub(crate) fn now() -> u64 {
    since_1601(clock_gettime(ClockId::Realtime))
}

fn boot_time() -> u64 {
    let since_boot = clock_gettime(ClockId::Boottime);
    now().saturating_sub(units_of(since_boot))
}

fn units_of(time: rustix::time::Timespec) -> u64 {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let fraction = u64::try_from(time.tv_nsec).unwrap_or(0) / 100;
    seconds.saturating_mul(UNITS_PER_SECOND).saturating_add(fraction)
}

fn since_1601(time: rustix::time::Timespec) -> u64 {
    EPOCH_DIFFERENCE + units_of(time)
}
