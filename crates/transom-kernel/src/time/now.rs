//! What time it is.

use super::from_unix;
use rustix::time::{ClockId, clock_gettime};

/// The time of day, as of the last tick of the clock.
#[must_use]
pub fn now() -> u64 {
    let now = clock_gettime(ClockId::RealtimeCoarse);
    from_unix(now.tv_sec, now.tv_nsec)
}

/// The time of day, as exactly as Linux has it.
#[must_use]
pub fn precise_now() -> u64 {
    let now = clock_gettime(ClockId::Realtime);
    from_unix(now.tv_sec, now.tv_nsec)
}

/// Milliseconds since the machine was started, times asleep included.
#[must_use]
pub fn ticks_ms() -> u64 {
    let now = clock_gettime(ClockId::Boottime);
    now.tv_sec.cast_unsigned() * 1000 + now.tv_nsec.cast_unsigned() / 1_000_000
}
