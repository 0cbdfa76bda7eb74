//! Processes: starting, waiting for, ending them, and asking them things.
//!
//! - [`Command`] starts a program, of Transom's or any other, and gives a [`Child`].
//! - [`Process`] is a handle to a process that runs already.
//! - [`exit`] ends this one, with all 32 bits of its code.
//!
//! What the machine runs is told by [`snapshot`](crate::snapshot).

mod child;
mod command;
mod process_handle;
mod program;

pub use child::Child;
pub use command::Command;
pub use process_handle::{Access, Process};
pub use program::{program_at, search_path};
pub use transom_kernel::process::priority::PriorityClass;
pub use transom_kernel::process::times::Times;

/// `ExitProcess`: ends this process. Whoever has a handle to it gets the full code; Linux itself
/// keeps the low eight bits.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-exitprocess>
pub fn exit(code: u32) -> ! {
    transom_kernel::executive::exit(code)
}
