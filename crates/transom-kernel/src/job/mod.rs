//! Jobs: sets of processes that have limits in common and can be ended together.
//!
//! A job is a page of memory that its holders share. Which processes belong to it is told by their
//! [records](crate::process::record), so a process is in it from before its first instruction, and
//! what is killed is in it no more. From its first process on a job has a keeper, a process that does
//! nothing but wait: it has the memory open for members that hold no handle, and sees when the last
//! holder is gone, however that came, since each holder's descriptor has a lock on the memory.

mod limits;
pub(crate) mod membership;
mod object;

pub use limits::{Accounting, Limits, accounting, limits, process_ids, set_limits};
pub use membership::{assign, contains, terminate};
pub use object::{Job, create, open};
