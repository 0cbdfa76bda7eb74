//! How a request ended, as an `OVERLAPPED` says it.

use crate::error::Win32Error;
use crate::status;
use windows_sys::Win32::Foundation as code;

/// A status of the kernel's own kind, as an `OVERLAPPED` carries it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NtStatus(i32);

impl NtStatus {
    /// `STATUS_SUCCESS`.
    pub const SUCCESS: Self = Self(code::STATUS_SUCCESS);
    /// `STATUS_PENDING`: the request is in flight.
    pub const PENDING: Self = Self(code::STATUS_PENDING);

    /// The status with this number.
    #[must_use]
    pub const fn from_code(code: i32) -> Self {
        Self(code)
    }

    /// Its number.
    #[must_use]
    pub const fn code(self) -> i32 {
        self.0
    }

    /// The status that becomes this Win32 code.
    #[must_use]
    pub fn of(error: Win32Error) -> Self {
        Self(status::of_error(error))
    }

    /// `NT_SUCCESS`: success or information, neither warning nor error.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 >= 0
    }

    /// `NT_ERROR`: an error, not only a warning.
    #[must_use]
    pub const fn is_error(self) -> bool {
        self.0.cast_unsigned() >> 30 == 3
    }

    /// The Win32 code it becomes; for one that is not known, `ERROR_MR_MID_NOT_FOUND` (317).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-rtlntstatustodoserror>
    #[must_use]
    pub fn to_win32(self) -> Win32Error {
        Win32Error::from_code(status::to_code(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{NtStatus, code};
    use crate::Win32Error;
    use crate::status::TABLE;

    #[test]
    fn a_win32_code_survives_the_way_there_and_back() {
        for error in (0..20_000).map(Win32Error::from_code) {
            assert_eq!(NtStatus::of(error).to_win32(), error);
        }
    }

    #[test]
    fn every_status_is_in_the_table_once() {
        for (index, (status, win32)) in TABLE.iter().enumerate() {
            assert!(TABLE[..index].iter().all(|(other, _)| other != status), "{status:#x}");
            assert_eq!(NtStatus::from_code(*status).to_win32().code(), *win32);
        }
        assert_eq!(NtStatus::from_code(0xC0DE_F00D_u32.cast_signed()).to_win32().code(), 317);
    }

    #[test]
    fn what_programs_compare_with_is_what_windows_has() {
        let of = |code: u32| NtStatus::of(Win32Error::from_code(code)).code().cast_unsigned();
        assert_eq!(of(995), 0xC000_0120);
        assert_eq!(of(109), 0xC000_014B);
        assert_eq!(of(234), 0x8000_0005);
        assert_eq!(of(232), 0xC000_00B1);
        assert_eq!(of(38), 0xC000_0011);
        let warning = NtStatus::of(Win32Error::MORE_DATA);
        assert!(!warning.is_success() && !warning.is_error());
        assert!(NtStatus::of(Win32Error::BROKEN_PIPE).is_error());
        assert!(NtStatus::PENDING.is_success() && !NtStatus::PENDING.is_error());
        assert_eq!(code::STATUS_PENDING, 0x103);
    }
}
