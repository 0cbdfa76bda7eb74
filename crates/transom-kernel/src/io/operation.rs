//! What can be pending.

use super::NtStatus;
use crate::error::{Result, Win32Error};
use crate::file::Transfer;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Why it failed; `ERROR_MORE_DATA` where bytes came nevertheless.
    pub error: Option<Win32Error>,
    /// How many bytes were moved.
    pub bytes: usize,
}

impl Outcome {
    /// It was cancelled before it did anything.
    pub const CANCELLED: Self = Self { error: Some(Win32Error::OPERATION_ABORTED), bytes: 0 };

    /// The status it leaves in the caller's block.
    #[must_use]
    pub fn status(self) -> NtStatus {
        self.error.map_or(NtStatus::SUCCESS, NtStatus::of)
    }

    /// What the call gives that started it, if it is done at once.
    ///
    /// # Errors
    /// Why it failed; more data than fit is no failure.
    pub fn transfer(self) -> Result<Transfer> {
        match self.error {
            None => Ok(Transfer { bytes: self.bytes, more: false }),
            Some(Win32Error::MORE_DATA) => Ok(Transfer { bytes: self.bytes, more: true }),
            Some(error) => Err(error),
        }
    }
}

impl From<Result<Transfer>> for Outcome {
    fn from(result: Result<Transfer>) -> Self {
        match result {
            Ok(Transfer { bytes, more }) => {
                Self { error: more.then_some(Win32Error::MORE_DATA), bytes }
            }
            Err(error) => Self { error: Some(error), bytes: 0 },
        }
    }
}

impl From<Result<usize>> for Outcome {
    fn from(result: Result<usize>) -> Self {
        Self::from(result.map(Transfer::from))
    }
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is over.
    Done(Outcome),
    /// It waits. The operation has seen to it that its object is pumped when there is reason to
    /// try again.
    Blocked,
    /// As `Blocked`, but it has taken its place before all that come later, and will be over before
    /// they are: they need not wait for it to begin.
    Placed,
}

/// Something that can take a while: it is stepped by one thread at a time, until it is done or
/// cancelled.
///
/// A step must not block, nor use the [`FileIo`](super::FileIo) of its own or another object.
pub trait Operation: Send {
    /// Does what can be done now.
    fn step(&mut self) -> Progress;

    /// There are others before it that have not taken their places: how it ends nevertheless, if
    /// it is not one that waits.
    fn hurry(&mut self) -> Option<Outcome> {
        None
    }

    /// Takes back what has not been done: `None` if that is all of it, else how it ended. It is
    /// not stepped any more.
    fn cancel(&mut self) -> Option<Outcome> {
        None
    }
}
