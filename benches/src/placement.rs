//! Which CPUs the two sides of a conversation run on. Left to the scheduler, ping-pong is
//! bistable: it takes 4 or 50 microseconds, whichever way the first wake-up went.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Where we and our partner run.
#[derive(Clone, Copy, Debug)]
pub struct Placement {
    /// What the row's name ends with.
    pub name: &'static str,
    /// Our CPU.
    pub own: usize,
    /// Our partner's.
    pub partner: usize,
}

/// Both on one CPU, and (where there are two) one CPU each.
#[must_use]
pub fn placements() -> Vec<Placement> {
    let allowed = sched_getaffinity(None).expect("this thread exists");
    let mut cpus = (0..CpuSet::MAX_CPU).filter(|&cpu| allowed.is_set(cpu));
    let own = cpus.next().unwrap_or(0);
    let mut placements = vec![Placement { name: "one-cpu", own, partner: own }];
    placements.extend(cpus.next().map(|partner| Placement { name: "cpu-each", own, partner }));
    placements
}

/// Keeps this thread, and what it starts, on one CPU.
pub fn pin(cpu: usize) {
    let mut set = CpuSet::new();
    set.set(cpu);
    sched_setaffinity(None, &set).expect("it is one of our CPUs");
}

/// Does something on one CPU.
pub fn on_cpu<R>(cpu: usize, action: impl FnOnce() -> R) -> R {
    let before = sched_getaffinity(None).expect("this thread exists");
    pin(cpu);
    let result = action();
    sched_setaffinity(None, &before).expect("we came from there");
    result
}
