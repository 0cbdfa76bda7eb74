//! `NTSTATUS` codes and the Win32 codes they become.

use crate::error::Win32Error;
use windows_sys::Win32::Foundation as code;

/// Win32 codes that have no status of their own travel in a status of this facility.
const FACILITY_WIN32: u32 = 0xC007_0000;
/// `ERROR_MR_MID_NOT_FOUND`: what a status becomes that nobody knows.
const UNKNOWN: u32 = code::ERROR_MR_MID_NOT_FOUND;

/// Each status with the Win32 code it becomes. A Win32 code becomes the first status it has here.
pub(crate) const TABLE: &[(i32, u32)] = &[
    (code::STATUS_SUCCESS, code::ERROR_SUCCESS),
    (code::STATUS_PENDING, code::ERROR_IO_PENDING),
    (code::STATUS_TIMEOUT, code::WAIT_TIMEOUT),
    (code::STATUS_BUFFER_OVERFLOW, code::ERROR_MORE_DATA),
    (code::STATUS_NO_MORE_FILES, code::ERROR_NO_MORE_FILES),
    (code::STATUS_NO_MORE_ENTRIES, code::ERROR_NO_MORE_ITEMS),
    (code::STATUS_DEVICE_BUSY, code::ERROR_BUSY),
    (code::STATUS_UNSUCCESSFUL, code::ERROR_GEN_FAILURE),
    (code::STATUS_INVALID_DEVICE_REQUEST, code::ERROR_INVALID_FUNCTION),
    (code::STATUS_NOT_IMPLEMENTED, code::ERROR_INVALID_FUNCTION),
    (code::STATUS_INFO_LENGTH_MISMATCH, code::ERROR_BAD_LENGTH),
    (code::STATUS_ACCESS_VIOLATION, code::ERROR_NOACCESS),
    (code::STATUS_INVALID_HANDLE, code::ERROR_INVALID_HANDLE),
    (code::STATUS_INVALID_PARAMETER, code::ERROR_INVALID_PARAMETER),
    (code::STATUS_INVALID_CID, code::ERROR_INVALID_PARAMETER),
    (code::STATUS_INVALID_INFO_CLASS, code::ERROR_INVALID_PARAMETER),
    (code::STATUS_NO_SUCH_FILE, code::ERROR_FILE_NOT_FOUND),
    (code::STATUS_END_OF_FILE, code::ERROR_HANDLE_EOF),
    (code::STATUS_NO_MEMORY, code::ERROR_NOT_ENOUGH_MEMORY),
    (code::STATUS_ACCESS_DENIED, code::ERROR_ACCESS_DENIED),
    (code::STATUS_PROCESS_IS_TERMINATING, code::ERROR_ACCESS_DENIED),
    (code::STATUS_BUFFER_TOO_SMALL, code::ERROR_INSUFFICIENT_BUFFER),
    (code::STATUS_OBJECT_TYPE_MISMATCH, code::ERROR_INVALID_HANDLE),
    (code::STATUS_OBJECT_NAME_INVALID, code::ERROR_INVALID_NAME),
    (code::STATUS_OBJECT_NAME_NOT_FOUND, code::ERROR_FILE_NOT_FOUND),
    (code::STATUS_OBJECT_NAME_COLLISION, code::ERROR_ALREADY_EXISTS),
    (code::STATUS_OBJECT_PATH_NOT_FOUND, code::ERROR_PATH_NOT_FOUND),
    (code::STATUS_SHARING_VIOLATION, code::ERROR_SHARING_VIOLATION),
    (code::STATUS_FILE_LOCK_CONFLICT, code::ERROR_LOCK_VIOLATION),
    (code::STATUS_INVALID_PAGE_PROTECTION, code::ERROR_INVALID_PARAMETER),
    (code::STATUS_MUTANT_NOT_OWNED, code::ERROR_NOT_OWNER),
    (code::STATUS_SEMAPHORE_LIMIT_EXCEEDED, code::ERROR_TOO_MANY_POSTS),
    (code::STATUS_DISK_FULL, code::ERROR_DISK_FULL),
    (code::STATUS_INSUFFICIENT_RESOURCES, code::ERROR_NO_SYSTEM_RESOURCES),
    (code::STATUS_COMMITMENT_LIMIT, code::ERROR_COMMITMENT_LIMIT),
    (code::STATUS_MAPPED_ALIGNMENT, code::ERROR_MAPPED_ALIGNMENT),
    (code::STATUS_CONFLICTING_ADDRESSES, code::ERROR_INVALID_ADDRESS),
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
    (code::STATUS_HANDLE_NOT_CLOSABLE, code::ERROR_INVALID_HANDLE),
    (code::STATUS_DLL_NOT_FOUND, code::ERROR_MOD_NOT_FOUND),
    (code::STATUS_ENTRYPOINT_NOT_FOUND, code::ERROR_PROC_NOT_FOUND),
    (code::STATUS_ILLEGAL_FUNCTION, code::ERROR_INVALID_FUNCTION),
    (code::STATUS_CANNOT_IMPERSONATE, code::ERROR_CANNOT_IMPERSONATE),
    (code::STATUS_ABANDONED, code::ERROR_ABANDONED_WAIT_0),
    (code::STATUS_USER_APC, code::WAIT_IO_COMPLETION),
];

/// The status of an error.
#[must_use]
pub fn of_error(error: Win32Error) -> i32 {
    let known = TABLE.iter().find(|(_, code)| *code == error.code()).map(|(status, _)| *status);
    known.unwrap_or((FACILITY_WIN32 | error.code() & 0xFFFF).cast_signed())
}

/// `RtlNtStatusToDosError`: the error of a status; `ERROR_MR_MID_NOT_FOUND` for one that nobody knows.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-rtlntstatustodoserror>
#[must_use]
pub fn to_code(status: i32) -> u32 {
    let number = status.cast_unsigned();
    if number & 0xFFFF_0000 == FACILITY_WIN32 || number & 0xFFFF_0000 == 0x8007_0000 {
        return number & 0xFFFF;
    }
    let known = TABLE.iter().find(|(known, _)| *known == status).map(|(_, code)| *code);
    known.unwrap_or(UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::{TABLE, Win32Error, code, of_error, to_code};

    #[test]
    fn statuses_and_errors_go_both_ways() {
        assert_eq!(of_error(Win32Error::ACCESS_DENIED), code::STATUS_ACCESS_DENIED);
        assert_eq!(to_code(code::STATUS_OBJECT_TYPE_MISMATCH), 6);
        assert_eq!(to_code(of_error(Win32Error::from_code(4321))), 4321);
        assert_eq!(to_code(0x4242_4242), 317);
        assert_eq!(of_error(Win32Error::INVALID_PARAMETER), code::STATUS_INVALID_PARAMETER);
        let none = Win32Error::INVALID_FUNCTION;
        assert_eq!(of_error(none), code::STATUS_INVALID_DEVICE_REQUEST);
        for &(_, code) in TABLE {
            assert_eq!(to_code(of_error(Win32Error::from_code(code))), code);
        }
    }
}
