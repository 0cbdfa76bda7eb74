//! The small executive each process carries: its handle table, its standard handles, its place
//! in the namespace, and, once it has children or shared handles, one service thread.
//!
//! A process joins when the program is loaded ([`startup`]) and leaves when it exits. If the
//! namespace cannot be used, the process still has its handles; it is only alone.

mod current;
mod fork;
pub(crate) mod mailbox;
mod service;
mod standard;
mod startup;

pub(crate) use current::own_start_time;
pub use current::{CurrentProcess, current, namespace_directory};
pub(crate) use fork::freeze;
pub(crate) use service::{Appointment, call_at, catch_up, in_service, lend_a_hand};
pub(crate) use service::{Ready, Watch, collect_child, watch, watch_child, watch_until_ready};
pub(crate) use standard::access_of_descriptor;
pub use standard::{STANDARD_STREAMS, StandardHandle};
pub use startup::{exit, join};
