//! Processes: how they are started, what the machine runs, how they end.
//!
//! [`create`] starts a program; its [record] shows others who it is; a [`Process`] object stands
//! for one in a handle table.

pub mod command_line;
mod create;
pub mod current_directory;
pub(crate) mod image;
pub mod modules;
mod object;
pub mod open;
mod own_image;
mod parameters;
mod parent;
pub mod priority;
pub mod proc_stat;
pub mod process_name;
pub mod program_search;
pub(crate) mod record;
pub mod snapshot;
mod standard;
pub(crate) mod subject;
pub(crate) mod task;
pub mod times;
pub mod usage;

pub use create::{Created, Creation, create};
pub use image::NOTE_NAME;
pub use object::Process;
pub(crate) use object::current_process;
pub use own_image::own_image;
pub use parameters::{StartupInformation, command_line as own_command_line, startup_information};
pub use subject::STILL_ACTIVE;
