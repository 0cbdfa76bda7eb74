//! Timers that submit work. One thread, `transom-timer`, waits for all of them.

use crate::error::{Result, Win32Error};
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

type Action = dyn Fn() + Send + Sync;

/// A timer.
#[derive(Clone)]
pub struct Timer(Arc<Inner>);

struct Inner {
    action: Box<Action>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Its place among those that run.
    place: Option<(Instant, u64)>,
    period: Duration,
}

struct Schedule {
    due: BTreeMap<(Instant, u64), Timer>,
    next: u64,
    /// The process whose thread waits; none before it is started.
    process: Option<u32>,
}

struct Clock {
    schedule: Mutex<Schedule>,
    changed: Condvar,
}

static CLOCK: LazyLock<Clock> = LazyLock::new(|| Clock {
    schedule: Mutex::new(Schedule { due: BTreeMap::new(), next: 0, process: None }),
    changed: Condvar::new(),
});

fn schedule() -> MutexGuard<'static, Schedule> {
    CLOCK.schedule.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Timer {
    /// A timer that does this when it is due, which must not take long.
    pub fn new(action: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner { action: Box::new(action), state: Mutex::default() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets it: first due after this time, then with this period unless it is zero.
    ///
    /// # Errors
    /// `ERROR_NO_SYSTEM_RESOURCES` when there is no thread left.
    pub fn set(&self, after: Duration, period: Duration) -> Result<()> {
        let mut schedule = schedule();
        let process = std::process::id();
        if schedule.process != Some(process) {
            // The first timer, or the process was forked.
            schedule.due.clear();
            let started = thread::Builder::new().name("transom-timer".into()).spawn(run);
            started.map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)?;
            schedule.process = Some(process);
        }
        let mut state = self.state();
        if let Some(place) = state.place.take() {
            schedule.due.remove(&place);
        }
        let farthest = Duration::from_secs(u32::MAX.into());
        let due = Instant::now() + after.min(farthest);
        self.insert(&mut schedule, &mut state, due);
        state.period = period;
        CLOCK.changed.notify_one();
        Ok(())
    }

    fn insert(&self, schedule: &mut Schedule, state: &mut State, due: Instant) {
        let place = (due, schedule.next);
        schedule.next += 1;
        schedule.due.insert(place, self.clone());
        state.place = Some(place);
    }

    /// Stops it.
    pub fn stop(&self) {
        let mut schedule = schedule();
        if let Some(place) = self.state().place.take() {
            schedule.due.remove(&place);
        }
    }

    /// Whether it will be due.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.state().place.is_some()
    }
}

fn run() {
    let mut schedule = schedule();
    loop {
        let now = Instant::now();
        let Some((&place, _)) = schedule.due.first_key_value() else {
            schedule = CLOCK.changed.wait(schedule).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        if place.0 > now {
            let (woken, _) = CLOCK
                .changed
                .wait_timeout(schedule, place.0 - now)
                .unwrap_or_else(PoisonError::into_inner);
            schedule = woken;
            continue;
        }
        let Some(timer) = schedule.due.remove(&place) else { continue };
        {
            let mut state = timer.state();
            state.place = None;
            if !state.period.is_zero() {
                // Periods that have passed meanwhile are not made up for.
                let due = (place.0 + state.period).max(now);
                timer.insert(&mut schedule, &mut state, due);
            }
        }
        drop(schedule);
        (timer.0.action)();
        schedule = self::schedule();
    }
}

#[cfg(test)]
mod tests {
    use super::Timer;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    #[test]
    fn timers_are_due_in_their_order_and_again() {
        let (sender, receiver) = channel();
        let own = sender.clone();
        let late = Timer::new(move || own.send('b').expect("it is waited for"));
        let early = Timer::new(move || _ = sender.send('a'));
        late.set(Duration::from_millis(40), Duration::ZERO).unwrap();
        early.set(Duration::ZERO, Duration::from_millis(1)).unwrap();
        let order: String = receiver.iter().take(3).collect();
        assert!(order.starts_with("aa"), "{order}");
        assert!(receiver.iter().any(|letter| letter == 'b'));
        assert!(!late.is_set() && early.is_set());
        early.stop();
        assert!(!early.is_set());
    }
}
