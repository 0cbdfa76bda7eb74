//! What can be wrong with a line, in cmd's own words.

use std::{error, fmt};

/// Why a line does not parse, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    kind: SyntaxErrorKind,
    position: usize,
}

/// The ways in which a line can be wrong. `Display` gives cmd's English message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// Something is missing, such as a command after `|` or a file name after `>`.
    Incorrect,
    /// A token stands where it cannot: its text.
    Unexpected(String),
    /// The line is right so far but needs another one: an open parenthesis, a `^` at its end.
    Incomplete,
    /// Parentheses are nested deeper than [`MAXIMUM_DEPTH`](super::MAXIMUM_DEPTH).
    TooDeep,
    /// A construct of cmd's that this prompt does not have (`if`, `for`): its name.
    Unsupported(&'static str),
}

impl SyntaxError {
    pub(super) fn new(kind: SyntaxErrorKind, position: usize) -> Self {
        Self { kind, position }
    }

    pub(super) fn incorrect(position: usize) -> Self {
        Self::new(SyntaxErrorKind::Incorrect, position)
    }

    pub(super) fn unexpected(token: impl Into<String>, position: usize) -> Self {
        Self::new(SyntaxErrorKind::Unexpected(token.into()), position)
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &SyntaxErrorKind {
        &self.kind
    }

    /// Where the offending token begins: a byte offset into the parsed (expanded) text, always
    /// on a character boundary; its length where something is missing at the end.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Whether another line may still make this one right. Where there is no other line it is an
    /// error like any other.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.kind == SyntaxErrorKind::Incomplete
    }
}

impl fmt::Display for SyntaxErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incorrect | Self::Incomplete => {
                f.write_str("The syntax of the command is incorrect.")
            }
            Self::Unexpected(token) => write!(f, "{token} was unexpected at this time."),
            Self::TooDeep => f.write_str("The input line is too long."),
            Self::Unsupported(name) => write!(f, "'{name}' is not supported by this prompt."),
        }
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl SyntaxError {
    /// The message in Korean.
    #[must_use]
    pub fn in_korean(&self) -> String {
        match &self.kind {
            SyntaxErrorKind::Incorrect | SyntaxErrorKind::Incomplete => {
                "명령의 문법이 틀렸다.".to_owned()
            }
            SyntaxErrorKind::Unexpected(token) => format!("{token}이(가) 올 자리가 아니다."),
            SyntaxErrorKind::TooDeep => "입력한 줄이 너무 깊다.".to_owned(),
            SyntaxErrorKind::Unsupported(name) => {
                format!("'{name}'은(는) 이 프롬프트에 없는 명령이다.")
            }
        }
    }
}

impl error::Error for SyntaxError {}
