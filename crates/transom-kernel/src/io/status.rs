//! `NTSTATUS` codes and the Win32 codes they become.

use crate::error::Win32Error;
use windows_sys::Win32::Foundation as code;

/// A status of the kernel's own kind, as an `OVERLAPPED` carries it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NtStatus(i32);

/// Win32 codes that have no status of their own travel in a status of this facility.
const FACILITY_WIN32: u32 = 0xC007_0000;

/// Each status with the Win32 code it becomes. A Win32 code becomes the first status it has here.
const TABLE: &[(i32, u32)] = &[
    (code::STATUS_SUCCESS, code::ERROR_SUCCESS),
    (code::STATUS_PENDING, code::ERROR_IO_PENDING),
    (code::STATUS_TIMEOUT, code::WAIT_TIMEOUT),
    (code::STATUS_BUFFER_OVERFLOW, code::ERROR_MORE_DATA),
    (code::STATUS_NO_MORE_FILES, code::ERROR_NO_MORE_FILES),
    (code::STATUS_NO_MORE_ENTRIES, code::ERROR_NO_MORE_ITEMS),
    (code::STATUS_DEVICE_BUSY, code::ERROR_BUSY),
    (code::STATUS_UNSUCCESSFUL, code::ERROR_GEN_FAILURE),
    (code::STATUS_NOT_IMPLEMENTED, code::ERROR_INVALID_FUNCTION),
    (code::STATUS_INFO_LENGTH_MISMATCH, code::ERROR_BAD_LENGTH),
    (code::STATUS_ACCESS_VIOLATION, code::ERROR_NOACCESS),
    (code::STATUS_INVALID_HANDLE, code::ERROR_INVALID_HANDLE),
    (code::STATUS_INVALID_PARAMETER, code::ERROR_INVALID_PARAMETER),
    (code::STATUS_NO_SUCH_FILE, code::ERROR_FILE_NOT_FOUND),
    (code::STATUS_INVALID_DEVICE_REQUEST, code::ERROR_INVALID_FUNCTION),
    (code::STATUS_END_OF_FILE, code::ERROR_HANDLE_EOF),
    (code::STATUS_NO_MEMORY, code::ERROR_NOT_ENOUGH_MEMORY),
    (code::STATUS_ACCESS_DENIED, code::ERROR_ACCESS_DENIED),
    (code::STATUS_BUFFER_TOO_SMALL, code::ERROR_INSUFFICIENT_BUFFER),
    (code::STATUS_OBJECT_TYPE_MISMATCH, code::ERROR_INVALID_HANDLE),
    (code::STATUS_OBJECT_NAME_INVALID, code::ERROR_INVALID_NAME),
    (code::STATUS_OBJECT_NAME_NOT_FOUND, code::ERROR_FILE_NOT_FOUND),
    (code::STATUS_OBJECT_NAME_COLLISION, code::ERROR_ALREADY_EXISTS),
    (code::STATUS_OBJECT_PATH_NOT_FOUND, code::ERROR_PATH_NOT_FOUND),
    (code::STATUS_SHARING_VIOLATION, code::ERROR_SHARING_VIOLATION),
    (code::STATUS_FILE_LOCK_CONFLICT, code::ERROR_LOCK_VIOLATION),
    (code::STATUS_SEMAPHORE_LIMIT_EXCEEDED, code::ERROR_TOO_MANY_POSTS),
    (code::STATUS_MUTANT_NOT_OWNED, code::ERROR_NOT_OWNER),
    (code::STATUS_DISK_FULL, code::ERROR_DISK_FULL),
    (code::STATUS_INSUFFICIENT_RESOURCES, code::ERROR_NO_SYSTEM_RESOURCES),
    (code::STATUS_MEDIA_WRITE_PROTECTED, code::ERROR_WRITE_PROTECT),
    (code::STATUS_DEVICE_NOT_READY, code::ERROR_NOT_READY),
    (code::STATUS_PRIVILEGE_NOT_HELD, code::ERROR_PRIVILEGE_NOT_HELD),
    (code::STATUS_INSTANCE_NOT_AVAILABLE, code::ERROR_PIPE_BUSY),
    (code::STATUS_PIPE_NOT_AVAILABLE, code::ERROR_PIPE_BUSY),
    (code::STATUS_INVALID_PIPE_STATE, code::ERROR_BAD_PIPE),
    (code::STATUS_PIPE_BUSY, code::ERROR_PIPE_BUSY),
    (code::STATUS_PIPE_DISCONNECTED, code::ERROR_PIPE_NOT_CONNECTED),
    (code::STATUS_PIPE_CLOSING, code::ERROR_NO_DATA),
    (code::STATUS_PIPE_CONNECTED, code::ERROR_PIPE_CONNECTED),
    (code::STATUS_PIPE_LISTENING, code::ERROR_PIPE_LISTENING),
    (code::STATUS_INVALID_READ_MODE, code::ERROR_BAD_PIPE),
    (code::STATUS_IO_TIMEOUT, code::ERROR_SEM_TIMEOUT),
    (code::STATUS_NOT_SUPPORTED, code::ERROR_NOT_SUPPORTED),
    (code::STATUS_PIPE_EMPTY, code::ERROR_NO_DATA),
    (code::STATUS_PIPE_BROKEN, code::ERROR_BROKEN_PIPE),
    (code::STATUS_CANCELLED, code::ERROR_OPERATION_ABORTED),
    (code::STATUS_DIRECTORY_NOT_EMPTY, code::ERROR_DIR_NOT_EMPTY),
    (code::STATUS_NOT_A_DIRECTORY, code::ERROR_DIRECTORY),
    (code::STATUS_TOO_MANY_OPENED_FILES, code::ERROR_TOO_MANY_OPEN_FILES),
    (code::STATUS_INVALID_USER_BUFFER, code::ERROR_INVALID_USER_BUFFER),
    (code::STATUS_NOT_FOUND, code::ERROR_NOT_FOUND),
    (code::STATUS_ABANDONED, code::ERROR_ABANDONED_WAIT_0),
    (code::STATUS_USER_APC, code::WAIT_IO_COMPLETION),
];

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
        let found = TABLE.iter().find(|(_, win32)| *win32 == error.code());
        found
            .map_or(Self((FACILITY_WIN32 | error.code() & 0xFFFF).cast_signed()), |row| Self(row.0))
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
        let bits = self.0.cast_unsigned();
        if bits & 0xFFFF_0000 == FACILITY_WIN32 {
            return Win32Error::from_code(bits & 0xFFFF);
        }
        let found = TABLE.iter().find(|(status, _)| *status == self.0);
        Win32Error::from_code(found.map_or(code::ERROR_MR_MID_NOT_FOUND, |row| row.1))
    }
}

#[cfg(test)]
mod tests {
    use super::{NtStatus, TABLE, code};
    use crate::Win32Error;

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
