//! The time of day: file times, calendars, time zones.
//!
//! A file time counts tenths of a microsecond since the beginning of 1601.

mod calendar;
mod now;
mod zone;

pub use calendar::{SystemTime, from_unix, to_unix};
pub use now::{now, precise_now, ticks_ms};
pub use zone::{Zone, ZoneState};
