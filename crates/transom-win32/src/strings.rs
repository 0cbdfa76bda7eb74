//! Strings of the caller's, where NULL and a string that does not end are different things.

use crate::abi;
use std::borrow::Cow;
use transom_kernel::{Result, Win32Error};

/// Reads a UTF-16 string; `None` for NULL, `ERROR_INVALID_PARAMETER` for one that does not end.
///
/// # Safety
/// As for [`abi::wide_string`].
pub(crate) unsafe fn wide<'a>(string: *const u16) -> Result<Option<Cow<'a, [u16]>>> {
    // SAFETY: the same contract.
    given(string.is_null(), unsafe { abi::wide_string(string) })
}

/// Reads an "ANSI" string as UTF-16; `None` for NULL, `ERROR_INVALID_PARAMETER` for one that does
/// not end.
///
/// # Safety
/// As for [`abi::ansi_string`].
pub(crate) unsafe fn ansi<'a>(string: *const u8) -> Result<Option<Cow<'a, [u16]>>> {
    // SAFETY: the same contract.
    given(string.is_null(), unsafe { abi::ansi_string(string) }.map(Cow::Owned))
}

/// A string that cannot be read although there is one does not end.
fn given<T>(is_null: bool, string: Option<T>) -> Result<Option<T>> {
    if string.is_none() && !is_null { Err(Win32Error::INVALID_PARAMETER) } else { Ok(string) }
}
