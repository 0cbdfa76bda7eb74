//! `FormatMessage`: the texts of error codes, and messages with inserts.

mod format;
mod korean;
mod texts;

pub use format::{Arguments, Options, Target, format};
pub use texts::{Language, system_text};
