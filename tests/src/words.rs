//! Reading an assistant's commands and writing its answers.

use crate::win32::Outcome;
use std::fmt::Display;
use std::str::{FromStr, SplitAsciiWhitespace};

/// The next word, if it is a number.
pub fn number<T: FromStr>(words: &mut SplitAsciiWhitespace<'_>) -> Option<T> {
    words.next()?.parse().ok()
}

/// A result and the last error.
pub fn said<T: Display>((result, error): Outcome<T>) -> Option<String> {
    Some(format!("{result} {error}"))
}
