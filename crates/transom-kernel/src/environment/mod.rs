//! The process's environment: a case-insensitive store, the blocks it travels in, expansion.
//!
//! - `store` holds the variables: one hash look-up finds one, whatever case it is asked in, and
//!   however many there are. It is filled from the Linux environment at its first use.
//! - `name` folds, hashes, compares and checks the names.
//! - `block` is the form in which a whole environment is handed over: `NAME=value` strings, each
//!   ended by a NUL, an empty one at the end; and the strings that `exec` wants.
//! - `expand` replaces `%NAME%` in a text.
//!
//! Text is UTF-16 here; what came from Linux as bytes goes back as the same bytes (see
//! [`text`](crate::text)).
//!
//! Reference: <https://learn.microsoft.com/windows/win32/procthread/environment-variables>

pub mod block;
mod expand;
mod name;
mod store;

pub use block::{Source, to_linux};
pub(crate) use store::{Frozen, freeze};
pub use store::{Reader, changed, expand, get, replace, set, variables, with_value};

/// The variable by which a process hands its child the record of inherited handles. It is
/// Transom's own: the store neither shows nor takes it, and [`to_linux`] leaves it out.
pub const INTERNAL_VARIABLE: &str = "TRANSOM_INHERIT";

/// The longest name or value that can be set, in UTF-16 units without a NUL.
pub const LONGEST_VALUE: usize = 32_767;

/// One variable of an environment, in UTF-16.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variable {
    /// The name, in the case it was set with; a `=` may stand in its first place only.
    pub name: Vec<u16>,
    /// The value, which may be empty.
    pub value: Vec<u16>,
}
