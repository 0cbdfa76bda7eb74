//! Which processor the calling thread runs on.

/// The number of the processor that the calling thread runs on; it may have moved on already.
/// glibc reads it from memory that the kernel keeps up to date, which costs next to nothing.
#[must_use]
#[inline]
pub fn current() -> u32 {
    // SAFETY: takes nothing and changes nothing.
    let number = unsafe { libc::sched_getcpu() };
    // It fails only where the kernel lacks it; then all threads seem to share one.
    u32::try_from(number).unwrap_or(0)
}

/// A counter that grows all the time, by one to several for each nanosecond; for telling a short
/// while from a long one at next to no cost.
#[must_use]
#[inline]
pub fn ticks() -> u64 {
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: every processor of this kind has the instruction, and it only reads a counter.
        unsafe { core::arch::x86_64::_rdtsc() }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: writes the time into the structure, which lives across the call.
        unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
        (now.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(now.tv_nsec as u64)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_counter_grows() {
        let start = super::ticks();
        while super::ticks() == start {}
    }

    #[test]
    fn a_thread_runs_where_it_is_pinned() {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        std::thread::spawn(|| {
            let allowed = sched_getaffinity(None).unwrap();
            let last = (0..CpuSet::MAX_CPU).rfind(|&cpu| allowed.is_set(cpu)).unwrap();
            let mut one = CpuSet::new();
            one.set(last);
            sched_setaffinity(None, &one).unwrap();
            assert_eq!(super::current() as usize, last);
        })
        .join()
        .unwrap();
    }
}
