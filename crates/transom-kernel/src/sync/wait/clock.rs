//! Points in time, of two clocks: the one that only runs forward, and the one that is set.

use super::INFINITE;
use rustix::time::{ClockId, Timespec, clock_gettime};

/// No time at all: to ask the kernel what is ready and not to wait for it.
pub(crate) const AT_ONCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

const SECOND_NS: u64 = 1_000_000_000;
const MILLISECOND_NS: u64 = 1_000_000;

/// What the monotonic clock shows, in nanoseconds.
pub(crate) fn now() -> u64 {
    of_timespec(clock_gettime(ClockId::Monotonic))
}

/// What the system's clock shows, in nanoseconds since 1970.
pub(crate) fn system_now() -> u64 {
    of_timespec(clock_gettime(ClockId::Realtime))
}

fn of_timespec(time: Timespec) -> u64 {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds.saturating_mul(SECOND_NS).saturating_add(u64::try_from(time.tv_nsec).unwrap_or(0))
}

pub(crate) fn timespec(ns: u64) -> Timespec {
    let seconds = i64::try_from(ns / SECOND_NS).unwrap_or(i64::MAX);
    Timespec { tv_sec: seconds, tv_nsec: (ns % SECOND_NS) as i64 }
}

/// When a wait gives up: a point on the monotonic clock, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deadline(Option<u64>);

impl Deadline {
    pub(crate) fn after(timeout_ms: u32) -> Self {
        match timeout_ms {
            INFINITE => Self(None),
            // Over at once, whatever the clock says.
            0 => Self(Some(0)),
            _ => Self(Some(now() + u64::from(timeout_ms) * MILLISECOND_NS)),
        }
    }

    pub(crate) const fn at(ns: u64) -> Self {
        Self(Some(ns))
    }

    pub(crate) fn has_passed(self) -> bool {
        self.0.is_some_and(|end| end == 0 || end <= now())
    }

    /// How many milliseconds are left, begun ones counted whole; `INFINITE` for ever.
    pub(crate) fn left_ms(self) -> u32 {
        let Some(end) = self.0 else { return INFINITE };
        let left = end.saturating_sub(now()).div_ceil(MILLISECOND_NS);
        u32::try_from(left).unwrap_or(INFINITE - 1).min(INFINITE - 1)
    }

    pub(crate) const fn ns(self) -> Option<u64> {
        self.0
    }

    /// This, or so many milliseconds from now if that is earlier.
    pub(crate) fn or_after(self, timeout_ms: u32) -> Self {
        match (self.0, Self::after(timeout_ms).0) {
            (Some(this), Some(other)) => Self(Some(this.min(other))),
            (this, other) => Self(this.or(other)),
        }
    }
}

/// When something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// In nanoseconds of the monotonic clock.
    Monotonic(u64),
    /// In nanoseconds since 1970, whenever the system's clock shows that.
    System(u64),
}

impl Due {
    pub(crate) fn has_passed(self) -> bool {
        match self {
            Self::Monotonic(ns) => ns <= now(),
            Self::System(ns) => ns <= system_now(),
        }
    }

    /// How long ago it was.
    pub(crate) fn elapsed_ns(self) -> u64 {
        match self {
            Self::Monotonic(ns) => now().saturating_sub(ns),
            Self::System(ns) => system_now().saturating_sub(ns),
        }
    }
}

/// The end of a sleep: the earliest of several points in time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alarm {
    monotonic: Option<u64>,
    system: Option<u64>,
}

/// How long a sleep that has both clocks to mind goes on without looking whether one was set.
const BOTH_CLOCKS_MS: u32 = 1000;

impl Alarm {
    pub(crate) const fn at(deadline: Deadline) -> Self {
        Self { monotonic: deadline.0, system: None }
    }

    pub(crate) fn add(&mut self, due: Due) {
        let (place, ns) = match due {
            Due::Monotonic(ns) => (&mut self.monotonic, ns),
            Due::System(ns) => (&mut self.system, ns),
        };
        *place = Some(place.map_or(ns, |earlier| earlier.min(ns)));
    }

    /// The clock and its time that end a sleep.
    pub(crate) fn end(self) -> (ClockId, Option<Timespec>) {
        match (self.monotonic, self.system) {
            (None, Some(ns)) => (ClockId::Realtime, Some(timespec(ns))),
            (monotonic, None) => (ClockId::Monotonic, monotonic.map(timespec)),
            (Some(ns), Some(system)) => {
                let left = system.saturating_sub(system_now());
                let end = ns.min(now().saturating_add(left));
                let end = Deadline::at(end).or_after(BOTH_CLOCKS_MS).0;
                (ClockId::Monotonic, end.map(timespec))
            }
        }
    }

    /// How long until then, for `poll`.
    pub(crate) fn left(self) -> Option<Timespec> {
        let (clock, end) = self.end();
        let now = if clock == ClockId::Realtime { system_now() } else { now() };
        end.map(|end| timespec(of_timespec(end).saturating_sub(now)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Alarm, ClockId, Deadline, Due, INFINITE, now, system_now, timespec};

    #[test]
    fn an_alarm_rings_at_the_earliest_time() {
        let mut alarm = Alarm::at(Deadline::after(INFINITE));
        assert_eq!(alarm.end(), (ClockId::Monotonic, None));
        alarm.add(Due::System(7));
        assert_eq!(alarm.end(), (ClockId::Realtime, Some(timespec(7))));
        alarm.add(Due::Monotonic(3));
        assert_eq!(alarm.end(), (ClockId::Monotonic, Some(timespec(3))));
        let mut alarm = Alarm::at(Deadline::at(u64::MAX));
        alarm.add(Due::System(system_now()));
        let (clock, end) = alarm.end();
        assert_eq!(clock, ClockId::Monotonic);
        assert!(super::of_timespec(end.unwrap()) <= now());
        assert_eq!(alarm.left(), Some(timespec(0)));
    }

    #[test]
    fn deadlines_pass_or_never_do() {
        assert!(Deadline::after(0).has_passed() && !Deadline::after(INFINITE).has_passed());
        assert!(!Deadline::after(INFINITE - 1).has_passed());
        assert!(Deadline::after(1).ns() > Some(0));
        assert_eq!(Deadline::at(5).or_after(1000), Deadline::at(5));
        assert!(Due::Monotonic(1).has_passed() && !Due::System(u64::MAX).has_passed());
        assert!(Due::Monotonic(now() - 10).elapsed_ns() >= 10);
    }
}
