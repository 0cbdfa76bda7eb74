//! What a program holds: a number, checked once at the boundary.

use crate::error::{Result, Win32Error};
use std::fmt;

/// The first handle number that another process may choose for this one. Below it the process
/// numbers its own handles, so neither side ever has to ask the other for a free slot.
pub(crate) const FIRST_INCOMING: u32 = 0x0100_0000;

/// How many handles that other processes duplicated into this one can be open at once.
pub(crate) const INCOMING_SLOTS: u32 = 16_384;

/// A handle number that can stand in a table: a multiple of 4, not zero.
///
/// The two low bits of what a program passes are ignored, as Windows ignores them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HandleValue(u32);

impl HandleValue {
    /// The handle of the `index`th slot of a process's own part of its table.
    pub(crate) const fn of_slot(index: u32) -> Self {
        Self((index + 1) * 4)
    }

    /// The handle of the `index`th slot that other processes fill.
    pub(crate) const fn of_incoming(index: u32) -> Self {
        Self(FIRST_INCOMING + (index + 1) * 4)
    }

    /// Which slot the handle names.
    pub(crate) const fn slot(self) -> Slot {
        if self.0 > FIRST_INCOMING {
            Slot::Incoming((self.0 - FIRST_INCOMING) / 4 - 1)
        } else {
            Slot::Own(self.0 / 4 - 1)
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The handle with this number; `None` for 0 (and 1 to 3, whose low bits do not count).
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        let number = number & !3;
        if number == 0 { None } else { Some(Self(number)) }
    }
}

impl fmt::Debug for HandleValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl fmt::Display for HandleValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// The two parts of a handle table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Filled by the process itself.
    Own(u32),
    /// Filled by other processes.
    Incoming(u32),
}

/// What a program passed as a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    /// A handle of the table.
    Real(HandleValue),
    /// One of the constants that mean something without being in any table.
    Pseudo(PseudoHandle),
}

/// The handles that are constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PseudoHandle {
    /// -1, `GetCurrentProcess()`; also `INVALID_HANDLE_VALUE`, which is the same number.
    CurrentProcess,
    /// -2, `GetCurrentThread()`.
    CurrentThread,
    /// -3 to -6: the session's and the tokens', which close successfully and do nothing here.
    Token(i8),
}

impl PseudoHandle {
    /// The constant's value.
    #[must_use]
    pub const fn raw(self) -> isize {
        match self {
            Self::CurrentProcess => -1,
            Self::CurrentThread => -2,
            Self::Token(number) => number as isize,
        }
    }
}

impl Handle {
    /// Reads what a program passed as `HANDLE`.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE` for NULL and for numbers no handle can have, among them
    /// `0xFFFFFFFF` that was not sign-extended.
    pub fn from_raw(raw: isize) -> Result<Self> {
        match raw {
            -1 => Ok(Self::Pseudo(PseudoHandle::CurrentProcess)),
            -2 => Ok(Self::Pseudo(PseudoHandle::CurrentThread)),
            -6..=-3 => Ok(Self::Pseudo(PseudoHandle::Token(raw as i8))),
            _ => u32::try_from(raw)
                .ok()
                .filter(|&number| number <= i32::MAX.cast_unsigned())
                .and_then(HandleValue::new)
                .map(Self::Real)
                .ok_or(Win32Error::INVALID_HANDLE),
        }
    }

    /// The number as a program holds it.
    #[must_use]
    pub const fn raw(self) -> isize {
        match self {
            Self::Real(value) => value.get() as isize,
            Self::Pseudo(pseudo) => pseudo.raw(),
        }
    }
}

impl From<HandleValue> for Handle {
    fn from(value: HandleValue) -> Self {
        Self::Real(value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Handle, HandleValue, PseudoHandle, Slot};

    #[test]
    fn fact_1_the_two_low_bits_are_ignored() {
        let plain = Handle::from_raw(8);
        for low_bits in 1..4 {
            assert_eq!(Handle::from_raw(8 | low_bits), plain);
        }
        assert_eq!(Handle::from_raw(3), Handle::from_raw(0));
    }

    #[test]
    fn fact_3_only_a_sign_extended_constant_is_a_pseudo_handle() {
        assert_eq!(Handle::from_raw(-1), Ok(Handle::Pseudo(PseudoHandle::CurrentProcess)));
        assert!(Handle::from_raw(0xFFFF_FFFF).is_err());
        assert!(Handle::from_raw(-7).is_err());
        assert!(Handle::from_raw(isize::MIN).is_err());
    }

    #[test]
    fn every_slot_has_its_number() {
        for slot in [Slot::Own(0), Slot::Own(4_000_000), Slot::Incoming(0), Slot::Incoming(99)] {
            let value = match slot {
                Slot::Own(index) => HandleValue::of_slot(index),
                Slot::Incoming(index) => HandleValue::of_incoming(index),
            };
            assert_eq!(value.slot(), slot);
            assert_eq!(value.get() % 4, 0);
        }
    }
}
