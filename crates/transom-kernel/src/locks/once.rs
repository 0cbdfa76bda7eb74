//! One-time initialisation: zero is not begun.
//!
//! The state is 64 bits, of which the low two say how far it is, and the rest is the context
//! when it is done. Who waits sleeps on the low half.

use super::word::{Deadline, Word};
use crate::error::{Result, Win32Error};
use std::sync::atomic::Ordering::{AcqRel, Acquire};
use std::sync::atomic::{AtomicU32, AtomicU64};
use windows_sys::Win32::System::Threading::{
    INIT_ONCE_ASYNC, INIT_ONCE_CHECK_ONLY, INIT_ONCE_INIT_FAILED,
};

const NOT_BEGUN: u64 = 0;
/// One thread does it, the others wait.
const BEGUN: u64 = 1;
/// The same, and some do wait.
const AWAITED: u64 = 5;
const DONE: u64 = 2;
/// Some threads do it, and the first to complete wins.
const RACED: u64 = 3;
const PHASE: u64 = 3;

/// An `INIT_ONCE`.
#[derive(Clone, Copy, Debug)]
pub struct Once<'a> {
    /// All of it.
    pub state: &'a AtomicU64,
    /// Its low half, which is only slept on, and never read or written.
    pub low: &'a AtomicU32,
}

/// What a thread finds that wants it initialised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is this thread's to do.
    Pending,
    /// It is done, with this context.
    Done(u64),
}

impl Once<'_> {
    /// `InitOnceBeginInitialize`: begins, or waits for who has begun, or finds it done.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` for unknown flags, "check only" with "asynchronous", and an
    /// asynchronous beginning of what was begun otherwise, or the other way round.
    /// `ERROR_GEN_FAILURE` when it is only checked and not done.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-initoncebegininitialize>
    pub fn begin(&self, flags: u32) -> Result<Begun> {
        let (check_only, raced) = match flags {
            0 => (false, false),
            INIT_ONCE_CHECK_ONLY => (true, false),
            INIT_ONCE_ASYNC => (false, true),
            _ => return Err(Win32Error::INVALID_PARAMETER),
        };
        loop {
            let state = self.state.load(Acquire);
            let next = match state {
                done if done & PHASE == DONE => return Ok(Begun::Done(done & !PHASE)),
                _ if check_only => return Err(Win32Error::GEN_FAILURE),
                NOT_BEGUN => {
                    if raced {
                        RACED
                    } else {
                        BEGUN
                    }
                }
                RACED if raced => return Ok(Begun::Pending),
                BEGUN if !raced => AWAITED,
                AWAITED if !raced => {
                    self.low.wait(AWAITED as u32, &Deadline::NEVER);
                    continue;
                }
                _ => return Err(Win32Error::INVALID_PARAMETER),
            };
            let changed = self.state.compare_exchange(state, next, AcqRel, Acquire).is_ok();
            if changed && state == NOT_BEGUN {
                return Ok(Begun::Pending);
            }
        }
    }

    /// `InitOnceComplete`: says that it is done, or has failed and is to be begun again.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` for unknown flags, "asynchronous" with "failed", a context with
    /// one of its low two bits set or beside "failed", and one that was begun asynchronously
    /// and is to be completed otherwise. `ERROR_GEN_FAILURE` when it was not begun, or another
    /// thread has completed it.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-initoncecomplete>
    pub fn complete(&self, flags: u32, context: u64) -> Result<()> {
        let failed = flags & INIT_ONCE_INIT_FAILED != 0;
        let raced = flags & INIT_ONCE_ASYNC != 0;
        let known = flags & !(INIT_ONCE_INIT_FAILED | INIT_ONCE_ASYNC) == 0;
        if !known || (failed && raced) || context & PHASE != 0 || (failed && context != 0) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let next = if failed { NOT_BEGUN } else { context | DONE };
        loop {
            let state = self.state.load(Acquire);
            match state {
                RACED if !raced => return Err(Win32Error::INVALID_PARAMETER),
                BEGUN | AWAITED | RACED => {}
                _ => return Err(Win32Error::GEN_FAILURE),
            }
            if self.state.compare_exchange(state, next, AcqRel, Acquire).is_ok() {
                if state == AWAITED {
                    self.low.wake_all();
                }
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Begun, Once};
    use crate::error::Win32Error;
    use proptest::prelude::*;
    use std::sync::atomic::{AtomicU32, AtomicU64};

    const WRONG: Win32Error = Win32Error::INVALID_PARAMETER;
    const FAILS: Win32Error = Win32Error::GEN_FAILURE;

    /// What Windows' rules say of one thread's calls, where none has to wait.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Model {
        NotBegun,
        Begun,
        Raced,
        Done(u64),
    }

    impl Model {
        fn begin(&mut self, flags: u32) -> Result<Begun, Win32Error> {
            match (*self, flags) {
                (_, 3..) => Err(WRONG),
                (Self::Done(context), _) => Ok(Begun::Done(context)),
                (_, 1) => Err(FAILS),
                (Self::NotBegun, _) => {
                    *self = if flags == 2 { Self::Raced } else { Self::Begun };
                    Ok(Begun::Pending)
                }
                (Self::Raced, 2) => Ok(Begun::Pending),
                _ => Err(WRONG),
            }
        }

        fn complete(&mut self, flags: u32, context: u64) -> Result<(), Win32Error> {
            if !matches!(flags, 0 | 2 | 4)
                || !context.is_multiple_of(4)
                || (flags == 4 && context != 0)
            {
                return Err(WRONG);
            }
            match self {
                Self::NotBegun | Self::Done(_) => return Err(FAILS),
                Self::Raced if flags != 2 => return Err(WRONG),
                Self::Begun | Self::Raced => {}
            }
            *self = if flags == 4 { Self::NotBegun } else { Self::Done(context) };
            Ok(())
        }
    }

    proptest! {
        #[test]
        fn one_threads_calls_follow_the_rules(
            calls in proptest::collection::vec((any::<bool>(), 0_u32..9, 0_u64..12), 0..40),
        ) {
            let (state, low) = (AtomicU64::new(0), AtomicU32::new(0));
            let once = Once { state: &state, low: &low };
            let mut model = Model::NotBegun;
            for (begin, flags, context) in calls {
                if !begin {
                    prop_assert_eq!(once.complete(flags, context), model.complete(flags, context));
                } else if model != Model::Begun || flags != 0 {
                    // It would wait for itself.
                    prop_assert_eq!(once.begin(flags), model.begin(flags));
                }
            }
        }
    }
}
