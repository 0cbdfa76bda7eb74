//! The machine and who uses it.

mod account;
mod machine;

pub use account::{Account, group_name, group_number, groups_of, user, user_by_name};
pub use machine::{
    Memory, Times, computer_name, memory, processors, temporary_directory, times, version,
};
