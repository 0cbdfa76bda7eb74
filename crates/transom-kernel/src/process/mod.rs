//! Processes: how they are started, what the machine runs, how they end.

pub mod command_line;
pub mod modules;
pub mod priority;
pub mod proc_stat;
pub mod process_name;
pub mod program_search;
pub mod snapshot;
