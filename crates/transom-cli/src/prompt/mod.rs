//! The command prompt: runs what the [`grammar`](crate::grammar) has made of a line.
//!
//! The prompt is a Win32 program: what it starts goes through Transom's `CreateProcess`, what it
//! joins through `CreatePipe`, and what it hands on are inheritable handles. A [`Shell`] holds its
//! state and runs one line after another; everything that runs at the same time is a process. So a
//! stage of a pipeline that is no program (a built-in command, a script, commands in parentheses)
//! runs in a child prompt, and what it changes there stays there, as with cmd.
//!
//! Lines come from an argument, a script, a file or pipe ([`lines`]), or from somebody who types
//! ([`interactive`]).

mod completion;
mod failure;
pub mod interactive;
mod interrupt;
pub mod jobs;
pub mod lines;
mod lookup;
mod script;
mod shell;
pub mod stage;
mod start;
mod streams;

pub use failure::{Failure, SYNTAX, UNKNOWN_COMMAND};
pub use interrupt::Interrupt;
pub use lookup::{Found, find};
pub use script::ScriptCall;
pub use shell::{Ending, Shell};
pub use start::{Place, Started};
pub use streams::{Stream, Streams};
