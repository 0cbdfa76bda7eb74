//! Whose child a process is.
//!
//! Linux gives a child whose parent has ended to another process, and knows nothing of a substitute
//! parent. What `CreateProcess` was told stays in the child's record.

use super::proc_stat::ProcStat;
use super::record::{Field, ProcessRecord};
use crate::executive::current;
use std::ffi::OsString;

/// The processes that have a record, at one moment.
pub(super) struct Recorded {
    /// In ascending order.
    pids: Vec<u32>,
}

impl Recorded {
    pub(super) fn now() -> Self {
        let entries = current().namespace().ok().map(|namespace| namespace.processes_path());
        let names = entries.and_then(|path| std::fs::read_dir(path).ok()).into_iter().flatten();
        let pid_of = |name: OsString| name.to_str()?.parse().ok();
        let mut pids: Vec<u32> =
            names.flatten().filter_map(|entry| pid_of(entry.file_name())).collect();
        pids.sort_unstable();
        Self { pids }
    }

    /// The id of a process's parent, which may have ended.
    pub(super) fn parent_of(&self, stat: &ProcStat<'_>) -> u32 {
        let recorded = || {
            self.pids.binary_search(&stat.id).ok()?;
            let record = ProcessRecord::open(current().namespace().ok()?, stat.id).ok()?;
            let header = record.header().ok()?;
            let parent = u32::try_from(header.get(Field::Parent)).ok()?;
            (parent != 0 && header.is_of(stat.id, stat.start_ticks)).then_some(parent)
        };
        recorded().unwrap_or(stat.parent)
    }
}
