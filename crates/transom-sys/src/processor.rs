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

#[cfg(test)]
mod tests {
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
