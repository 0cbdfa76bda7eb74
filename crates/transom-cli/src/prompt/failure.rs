//! Why a command did not do what it should.

use crate::language::Language;
use transom::Win32Error;

/// A command that failed: what it has to say about it, and the exit code it ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What is written to the standard error, without a line feed at the end; nothing if empty.
    pub text: String,
    /// The exit code, which becomes `%ERRORLEVEL%`.
    pub code: u32,
}

/// The exit code of a command that is not written as it must be.
pub const SYNTAX: u32 = 1;
/// The exit code of a command that nobody knows, as with cmd.
pub const UNKNOWN_COMMAND: u32 = 9009;

impl Failure {
    /// A failure with a sentence.
    pub fn new(code: u32, text: impl Into<String>) -> Self {
        Self { text: text.into(), code }
    }

    /// A failed Win32 call, about something that has a name. Its exit code is the error's.
    pub fn of(language: Language, subject: &str, error: Win32Error) -> Self {
        Self::new(error.code(), format!("{subject}: {}", language.error(error)))
    }

    /// A failed write of a command's own output. That a reader has seen enough is nothing to talk
    /// about.
    pub fn of_output(language: Language, error: Win32Error) -> Self {
        match error {
            Win32Error::NO_DATA | Win32Error::BROKEN_PIPE => Self::new(error.code(), ""),
            _ => Self::new(error.code(), language.error(error)),
        }
    }
}
