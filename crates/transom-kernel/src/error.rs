//! The one error type of the kernel: a Win32 error code.
//!
//! Every failure carries exactly the code that Windows leaves in `GetLastError` for it, so the
//! export layer never translates and a test can compare numbers. Operating-system errors become
//! Win32 codes at the place where they happen ([`From<Errno>`] knows the usual meaning; a call
//! site that knows better says so). Nothing in the kernel panics because of a caller or a peer.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/debug/system-error-codes>

use rustix::io::Errno;
use std::{fmt, io};
use windows_sys::Win32::Foundation as code;

/// What the kernel's functions return.
pub type Result<T, E = Win32Error> = std::result::Result<T, E>;

/// A Win32 error code, as `GetLastError` reports it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Win32Error(u32);

macro_rules! named_codes {
    ($($name:ident = $constant:ident, $text:literal;)*) => {
        impl Win32Error {
            $(#[doc = concat!("`", stringify!($constant), "`: ", $text, ".")]
            pub const $name: Self = Self(code::$constant);)*

            /// The constant's Microsoft name and a short English sentence, where this kernel
            /// knows the code.
            #[must_use]
            pub const fn describe(self) -> Option<(&'static str, &'static str)> {
                match self.0 {
                    $(code::$constant => Some((stringify!($constant), $text)),)*
                    _ => None,
                }
            }
        }
    };
}

named_codes! {
    INVALID_FUNCTION = ERROR_INVALID_FUNCTION, "the object does not know this operation";
    FILE_NOT_FOUND = ERROR_FILE_NOT_FOUND, "no such file, program or name";
    PATH_NOT_FOUND = ERROR_PATH_NOT_FOUND, "a directory of the path does not exist";
    TOO_MANY_OPEN_FILES = ERROR_TOO_MANY_OPEN_FILES, "the process has no file descriptor left";
    ACCESS_DENIED = ERROR_ACCESS_DENIED, "access is denied";
    INVALID_HANDLE = ERROR_INVALID_HANDLE, "the handle is invalid";
    NOT_ENOUGH_MEMORY = ERROR_NOT_ENOUGH_MEMORY, "not enough memory";
    BAD_ENVIRONMENT = ERROR_BAD_ENVIRONMENT, "the environment block is not valid";
    NO_MORE_ITEMS = ERROR_NO_MORE_ITEMS, "there are no more of these to have";
    SIGNAL_REFUSED = ERROR_SIGNAL_REFUSED, "the thread is suspended too often already";
    NO_MORE_FILES = ERROR_NO_MORE_FILES, "there are no more entries";
    WRITE_PROTECT = ERROR_WRITE_PROTECT, "the medium is write protected";
    NOT_READY = ERROR_NOT_READY, "the device is not ready";
    BAD_LENGTH = ERROR_BAD_LENGTH, "a length does not fit its purpose";
    WRITE_FAULT = ERROR_WRITE_FAULT, "writing to the device failed";
    READ_FAULT = ERROR_READ_FAULT, "reading from the device failed";
    GEN_FAILURE = ERROR_GEN_FAILURE, "the operating system reported a failure without a Win32 equivalent";
    SHARING_VIOLATION = ERROR_SHARING_VIOLATION, "the file is in use with a share mode that forbids this";
    LOCK_VIOLATION = ERROR_LOCK_VIOLATION, "another process has locked this part of the file";
    HANDLE_EOF = ERROR_HANDLE_EOF, "the end of the file was reached";
    HANDLE_DISK_FULL = ERROR_HANDLE_DISK_FULL, "the disk is full";
    NOT_SUPPORTED = ERROR_NOT_SUPPORTED, "the request is not supported";
    BAD_NETPATH = ERROR_BAD_NETPATH, "the network path was not found";
    FILE_EXISTS = ERROR_FILE_EXISTS, "the file exists";
    INVALID_PARAMETER = ERROR_INVALID_PARAMETER, "a parameter is wrong";
    BROKEN_PIPE = ERROR_BROKEN_PIPE, "the other end of the pipe was closed";
    DISK_FULL = ERROR_DISK_FULL, "there is not enough space on the disk";
    CALL_NOT_IMPLEMENTED = ERROR_CALL_NOT_IMPLEMENTED, "this function is not implemented";
    SEM_TIMEOUT = ERROR_SEM_TIMEOUT, "the time-out has expired";
    INSUFFICIENT_BUFFER = ERROR_INSUFFICIENT_BUFFER, "the buffer is too small";
    INVALID_NAME = ERROR_INVALID_NAME, "the name's syntax is wrong";
    MOD_NOT_FOUND = ERROR_MOD_NOT_FOUND, "the module was not found";
    NEGATIVE_SEEK = ERROR_NEGATIVE_SEEK, "the file pointer cannot move before the beginning of the file";
    DIR_NOT_EMPTY = ERROR_DIR_NOT_EMPTY, "the directory is not empty";
    BAD_PATHNAME = ERROR_BAD_PATHNAME, "the path is not valid";
    BUSY = ERROR_BUSY, "the resource is in use";
    ALREADY_EXISTS = ERROR_ALREADY_EXISTS, "an object or file of this name exists already";
    BAD_EXE_FORMAT = ERROR_BAD_EXE_FORMAT, "the file is not a program this machine can run";
    ENVVAR_NOT_FOUND = ERROR_ENVVAR_NOT_FOUND, "the environment variable is not set";
    FILENAME_EXCED_RANGE = ERROR_FILENAME_EXCED_RANGE, "the name or path is too long";
    BAD_PIPE = ERROR_BAD_PIPE, "the pipe is in a state that forbids this";
    PIPE_LOCAL = ERROR_PIPE_LOCAL, "the other end of the pipe is on this machine";
    CANNOT_IMPERSONATE = ERROR_CANNOT_IMPERSONATE, "nothing was read from the client of the pipe yet";
    PIPE_BUSY = ERROR_PIPE_BUSY, "all instances of the pipe are busy";
    NO_DATA = ERROR_NO_DATA, "the pipe is empty or being closed";
    PIPE_NOT_CONNECTED = ERROR_PIPE_NOT_CONNECTED, "nobody is at the other end of the pipe";
    MORE_DATA = ERROR_MORE_DATA, "more data is available than fits the buffer";
    NO_WORK_DONE = ERROR_NO_WORK_DONE, "there was nothing to do";
    WAIT_TIMEOUT = WAIT_TIMEOUT, "the wait timed out";
    DIRECTORY = ERROR_DIRECTORY, "the directory name is not valid";
    OBJECT_NAME_EXISTS = ERROR_OBJECT_NAME_EXISTS, "this attribute is in the list already";
    NOT_OWNER = ERROR_NOT_OWNER, "the caller does not own the mutex";
    TOO_MANY_POSTS = ERROR_TOO_MANY_POSTS, "the semaphore's count would exceed its maximum";
    MUTANT_LIMIT_EXCEEDED = ERROR_MUTANT_LIMIT_EXCEEDED, "the mutex is owned too many times";
    PIPE_CONNECTED = ERROR_PIPE_CONNECTED, "a client is connected already";
    PIPE_LISTENING = ERROR_PIPE_LISTENING, "the pipe waits for a client";
    OPERATION_ABORTED = ERROR_OPERATION_ABORTED, "the operation was cancelled";
    IO_INCOMPLETE = ERROR_IO_INCOMPLETE, "the overlapped operation has not completed";
    IO_PENDING = ERROR_IO_PENDING, "the overlapped operation is in progress";
    NOACCESS = ERROR_NOACCESS, "a pointer does not lead to accessible memory";
    INVALID_FLAGS = ERROR_INVALID_FLAGS, "a flag is not known";
    NO_UNICODE_TRANSLATION = ERROR_NO_UNICODE_TRANSLATION, "the text cannot be converted";
    CANT_RESOLVE_FILENAME = ERROR_CANT_RESOLVE_FILENAME, "the path has too many symbolic links";
    NO_SYSTEM_RESOURCES = ERROR_NO_SYSTEM_RESOURCES, "the system has no room for this";
    NOT_FOUND = ERROR_NOT_FOUND, "there is nothing of the kind";
    ABANDONED_WAIT_0 = ERROR_ABANDONED_WAIT_0, "what was waited for has been closed";
    TIMEOUT = ERROR_TIMEOUT, "the operation timed out";
    NOT_ENOUGH_QUOTA = ERROR_NOT_ENOUGH_QUOTA, "more waits than there is room for";
    FILE_CORRUPT = ERROR_FILE_CORRUPT, "a file does not hold what it should";
    UNEXP_NET_ERR = ERROR_UNEXP_NET_ERR, "there is no file there";
    UNABLE_TO_REMOVE_REPLACED = ERROR_UNABLE_TO_REMOVE_REPLACED, "the file to be replaced cannot be removed";
    UNABLE_TO_MOVE_REPLACEMENT = ERROR_UNABLE_TO_MOVE_REPLACEMENT, "the replacing file cannot be moved";
    UNABLE_TO_MOVE_REPLACEMENT_2 = ERROR_UNABLE_TO_MOVE_REPLACEMENT_2, "the replacing file cannot be moved, nor the replaced one back";
    INVALID_OWNER = ERROR_INVALID_OWNER, "this owner may not be set";
    INVALID_PRIMARY_GROUP = ERROR_INVALID_PRIMARY_GROUP, "this group may not be set";
    UNKNOWN_REVISION = ERROR_UNKNOWN_REVISION, "the revision is not known";
    REVISION_MISMATCH = ERROR_REVISION_MISMATCH, "the revisions do not fit each other";
    INVALID_ACL = ERROR_INVALID_ACL, "the access control list is not valid";
    INVALID_SID = ERROR_INVALID_SID, "the security identifier is not valid";
    BAD_DESCRIPTOR_FORMAT = ERROR_BAD_DESCRIPTOR_FORMAT, "the security descriptor has the other form";
    BAD_TOKEN_TYPE = ERROR_BAD_TOKEN_TYPE, "the token is of the other type";
    INVALID_SECURITY_DESCR = ERROR_INVALID_SECURITY_DESCR, "the security descriptor is not valid";
    ALLOTTED_SPACE_EXCEEDED = ERROR_ALLOTTED_SPACE_EXCEEDED, "there is no room left in the list";
    PRIVILEGE_NOT_HELD = ERROR_PRIVILEGE_NOT_HELD, "the caller lacks a privilege this needs";
    REQUEST_ABORTED = ERROR_REQUEST_ABORTED, "the request was given up";
    INVALID_ADDRESS = ERROR_INVALID_ADDRESS, "nothing that this is for is at this address";
    NOT_LOCKED = ERROR_NOT_LOCKED, "it is not locked";
    FILE_INVALID = ERROR_FILE_INVALID, "the file was changed from outside and is no longer what was opened";
    USER_MAPPED_FILE = ERROR_USER_MAPPED_FILE, "a part of the file is mapped into memory";
    MAPPED_ALIGNMENT = ERROR_MAPPED_ALIGNMENT, "the address or place is no multiple of what it should be";
    COMMITMENT_LIMIT = ERROR_COMMITMENT_LIMIT, "there is not enough memory for all that was promised";
    PROC_NOT_FOUND = ERROR_PROC_NOT_FOUND, "the module has no function of this name";
    INVALID_FLAG_NUMBER = ERROR_INVALID_FLAG_NUMBER, "the flag number is not right";
    BAD_ARGUMENTS = ERROR_BAD_ARGUMENTS, "the arguments are wrong";
    SAME_DRIVE = ERROR_SAME_DRIVE, "both paths are on one drive";
    NOT_SAME_DEVICE = ERROR_NOT_SAME_DEVICE, "the file cannot be moved to another disk";
    CURRENT_DIRECTORY = ERROR_CURRENT_DIRECTORY, "the directory is the current one";
    INVALID_DRIVE = ERROR_INVALID_DRIVE, "there is no such drive";
    BUFFER_OVERFLOW = ERROR_BUFFER_OVERFLOW, "the file name is too long";
    INVALID_LEVEL = ERROR_INVALID_LEVEL, "this level of information is not known";
    NO_MORE_SEARCH_HANDLES = ERROR_NO_MORE_SEARCH_HANDLES, "there is no search left";
    INVALID_DATA = ERROR_INVALID_DATA, "the data is not valid";
    INVALID_ACCESS = ERROR_INVALID_ACCESS, "the kind of access is not valid";
    INVALID_TARGET_HANDLE = ERROR_INVALID_TARGET_HANDLE, "the target is not valid";
    INVALID_ORDINAL = ERROR_INVALID_ORDINAL, "the number is not valid";
    NONE_MAPPED = ERROR_NONE_MAPPED, "no name has this identifier";
    NO_TOKEN = ERROR_NO_TOKEN, "the thread acts for nobody else";
    NO_SUCH_PRIVILEGE = ERROR_NO_SUCH_PRIVILEGE, "there is no privilege of this name";
    NOT_ALL_ASSIGNED = ERROR_NOT_ALL_ASSIGNED, "not all of the privileges asked for are held";
    NO_IMPERSONATION_TOKEN = ERROR_NO_IMPERSONATION_TOKEN, "the token is not one to act for somebody with";
    GENERIC_NOT_MAPPED = ERROR_GENERIC_NOT_MAPPED, "generic rights must be mapped first";
    BAD_IMPERSONATION_LEVEL = ERROR_BAD_IMPERSONATION_LEVEL, "acting for others is not allowed as far as that";
    CANT_OPEN_ANONYMOUS = ERROR_CANT_OPEN_ANONYMOUS, "who is not known has no token";
    MR_MID_NOT_FOUND = ERROR_MR_MID_NOT_FOUND, "there is no text for this message number";
    RESOURCE_LANG_NOT_FOUND = ERROR_RESOURCE_LANG_NOT_FOUND, "there is no text in this language";
    INVALID_MESSAGE = ERROR_INVALID_MESSAGE, "the message is not valid";
    ALREADY_FIBER = ERROR_ALREADY_FIBER, "the thread is a fiber already";
    ALREADY_THREAD = ERROR_ALREADY_THREAD, "the thread is one already";
    PROCESS_ABORTED = ERROR_PROCESS_ABORTED, "the process has ended meanwhile";
    DLL_INIT_FAILED = ERROR_DLL_INIT_FAILED, "a library could not be prepared";
    NOT_A_REPARSE_POINT = ERROR_NOT_A_REPARSE_POINT, "it is no link";
    JOB_NO_CONTAINER = ERROR_JOB_NO_CONTAINER, "there is no room for a job";
    PARTIAL_COPY = ERROR_PARTIAL_COPY, "only a part could be copied";
    TOO_MANY_LINKS = ERROR_TOO_MANY_LINKS, "the file has too many names";
    CANNOT_MAKE = ERROR_CANNOT_MAKE, "it cannot be made";
    INVALID_BLOCK = ERROR_INVALID_BLOCK, "the block of memory is not valid";
    OUTOFMEMORY = ERROR_OUTOFMEMORY, "there is not enough room for this";
    ARENA_TRASHED = ERROR_ARENA_TRASHED, "the lists of the memory are spoiled";
    BAD_FORMAT = ERROR_BAD_FORMAT, "the form is not right";
    INVALID_DATATYPE = ERROR_INVALID_DATATYPE, "the kind of data is not right";
    DEVICE_IN_USE = ERROR_DEVICE_IN_USE, "the device is in use";
    BAD_UNIT = ERROR_BAD_UNIT, "there is no such device";
    BAD_COMMAND = ERROR_BAD_COMMAND, "the device does not know this command";
    CRC = ERROR_CRC, "the data was read with an error";
    SEEK = ERROR_SEEK, "the place on the medium was not found";
    BAD_DEV_TYPE = ERROR_BAD_DEV_TYPE, "the kind of device is wrong";
    NETWORK_UNREACHABLE = ERROR_NETWORK_UNREACHABLE, "the network cannot be reached";
    NETNAME_DELETED = ERROR_NETNAME_DELETED, "the name on the network is gone";
    INVALID_PASSWORD = ERROR_INVALID_PASSWORD, "the password is wrong";
    NET_WRITE_FAULT = ERROR_NET_WRITE_FAULT, "writing over the network failed";
    NO_PROC_SLOTS = ERROR_NO_PROC_SLOTS, "no more processes can be started";
    TOO_MANY_SEMAPHORES = ERROR_TOO_MANY_SEMAPHORES, "no more semaphores can be made";
    SEM_NOT_FOUND = ERROR_SEM_NOT_FOUND, "there is no such semaphore";
    OPEN_FAILED = ERROR_OPEN_FAILED, "the file or device could not be opened";
    INVALID_VERIFY_SWITCH = ERROR_INVALID_VERIFY_SWITCH, "the switch for checking is wrong";
    PATH_BUSY = ERROR_PATH_BUSY, "the path cannot be used now";
    RING2_STACK_IN_USE = ERROR_RING2_STACK_IN_USE, "the stack is in use";
    MAX_THRDS_REACHED = ERROR_MAX_THRDS_REACHED, "no more threads can be made";
    VC_DISCONNECTED = ERROR_VC_DISCONNECTED, "the session was ended";
    EA_LIST_INCONSISTENT = ERROR_EA_LIST_INCONSISTENT, "the list of attributes is wrong";
    STACK_OVERFLOW = ERROR_STACK_OVERFLOW, "the stack has no room left";
    STATIC_INIT = ERROR_STATIC_INIT, "the preparation could not be done";
    PROCESS_MODE_NOT_BACKGROUND = ERROR_PROCESS_MODE_NOT_BACKGROUND, "the process is not in the background";
    DEVICE_NOT_CONNECTED = ERROR_DEVICE_NOT_CONNECTED, "the device is not connected";
    CONNECTION_REFUSED = ERROR_CONNECTION_REFUSED, "the other side refused the connection";
    CONNECTION_ABORTED = ERROR_CONNECTION_ABORTED, "the connection was broken off";
    NOT_LOGGED_ON = ERROR_NOT_LOGGED_ON, "nobody is logged on";
    LOGON_FAILURE = ERROR_LOGON_FAILURE, "the user name or password is wrong";
    SERVICE_DOES_NOT_EXIST = ERROR_SERVICE_DOES_NOT_EXIST, "there is no such service";
    SERVICE_NOT_ACTIVE = ERROR_SERVICE_NOT_ACTIVE, "the service does not run";
    CLASS_DOES_NOT_EXIST = ERROR_CLASS_DOES_NOT_EXIST, "there is no such class";
    INVALID_WINDOW_HANDLE = ERROR_INVALID_WINDOW_HANDLE, "there is no such window";
    UNHANDLED_EXCEPTION = ERROR_UNHANDLED_EXCEPTION, "an exception was not dealt with";
    CONTROL_C_EXIT = ERROR_CONTROL_C_EXIT, "the program was ended with Ctrl+C";
}

impl Win32Error {
    /// The error with this code.
    #[must_use]
    pub const fn from_code(code: u32) -> Self {
        Self(code)
    }

    /// The number `GetLastError` reports.
    #[must_use]
    pub const fn code(self) -> u32 {
        self.0
    }

    /// The standard library's kind for this code, as Rust's own Windows port maps it.
    #[must_use]
    pub const fn kind(self) -> io::ErrorKind {
        match self {
            Self::ACCESS_DENIED | Self::PRIVILEGE_NOT_HELD => io::ErrorKind::PermissionDenied,
            Self::FILE_NOT_FOUND | Self::PATH_NOT_FOUND | Self::ENVVAR_NOT_FOUND => {
                io::ErrorKind::NotFound
            }
            Self::ALREADY_EXISTS | Self::FILE_EXISTS => io::ErrorKind::AlreadyExists,
            Self::BROKEN_PIPE | Self::NO_DATA => io::ErrorKind::BrokenPipe,
            Self::INVALID_PARAMETER | Self::INVALID_NAME => io::ErrorKind::InvalidInput,
            Self::NOT_ENOUGH_MEMORY => io::ErrorKind::OutOfMemory,
            Self::SEM_TIMEOUT | Self::WAIT_TIMEOUT | Self::TIMEOUT | Self::OPERATION_ABORTED => {
                io::ErrorKind::TimedOut
            }
            Self::CALL_NOT_IMPLEMENTED | Self::NOT_SUPPORTED => io::ErrorKind::Unsupported,
            Self::PIPE_BUSY | Self::BUSY => io::ErrorKind::ResourceBusy,
            Self::DIR_NOT_EMPTY => io::ErrorKind::DirectoryNotEmpty,
            Self::DISK_FULL | Self::HANDLE_DISK_FULL => io::ErrorKind::StorageFull,
            Self::WRITE_PROTECT => io::ErrorKind::ReadOnlyFilesystem,
            Self::FILENAME_EXCED_RANGE => io::ErrorKind::InvalidFilename,
            _ => io::ErrorKind::Other,
        }
    }
}

impl fmt::Debug for Win32Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.describe() {
            Some((name, _)) => write!(f, "{name} ({})", self.0),
            None => write!(f, "Win32 error {}", self.0),
        }
    }
}

impl fmt::Display for Win32Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.describe() {
            Some((name, text)) => write!(f, "{text} ({name}, {})", self.0),
            None => write!(f, "Win32 error {}", self.0),
        }
    }
}

impl std::error::Error for Win32Error {}

impl From<Win32Error> for io::Error {
    fn from(error: Win32Error) -> Self {
        Self::new(error.kind(), error)
    }
}

/// The usual meaning of a Linux error number. `EFAULT` is a bad pointer of the caller's.
impl From<Errno> for Win32Error {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::NOENT => Self::FILE_NOT_FOUND,
            Errno::NOTDIR => Self::PATH_NOT_FOUND,
            Errno::ACCESS | Errno::PERM | Errno::ISDIR | Errno::TXTBSY => Self::ACCESS_DENIED,
            Errno::ROFS => Self::WRITE_PROTECT,
            Errno::BADF => Self::INVALID_HANDLE,
            Errno::NOMEM => Self::NOT_ENOUGH_MEMORY,
            Errno::MFILE | Errno::NFILE => Self::TOO_MANY_OPEN_FILES,
            Errno::AGAIN | Errno::NOBUFS | Errno::TOOMANYREFS => Self::NO_SYSTEM_RESOURCES,
            Errno::INVAL => Self::INVALID_PARAMETER,
            Errno::EXIST => Self::FILE_EXISTS,
            Errno::PIPE => Self::NO_DATA,
            Errno::NOSPC | Errno::DQUOT | Errno::FBIG => Self::DISK_FULL,
            Errno::NAMETOOLONG => Self::FILENAME_EXCED_RANGE,
            Errno::LOOP => Self::CANT_RESOLVE_FILENAME,
            Errno::NOTEMPTY => Self::DIR_NOT_EMPTY,
            Errno::BUSY => Self::BUSY,
            Errno::FAULT => Self::NOACCESS,
            Errno::NOEXEC => Self::BAD_EXE_FORMAT,
            Errno::SRCH => Self::INVALID_PARAMETER,
            Errno::SPIPE | Errno::NOTTY => Self::INVALID_FUNCTION,
            Errno::NOSYS | Errno::OPNOTSUPP => Self::NOT_SUPPORTED,
            Errno::TIMEDOUT => Self::TIMEOUT,
            Errno::NXIO | Errno::NODEV => Self::NOT_READY,
            Errno::IO => Self::GEN_FAILURE,
            Errno::CANCELED => Self::OPERATION_ABORTED,
            _ => Self::GEN_FAILURE,
        }
    }
}

impl From<io::Error> for Win32Error {
    fn from(error: io::Error) -> Self {
        match Errno::from_io_error(&error) {
            Some(errno) => errno.into(),
            None => Self::GEN_FAILURE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Errno, Win32Error, io};

    #[test]
    fn codes_carry_their_names_and_kinds() {
        assert_eq!(Win32Error::BROKEN_PIPE.code(), 109);
        assert_eq!(Win32Error::NO_DATA.kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(
            Win32Error::INVALID_HANDLE.to_string(),
            "the handle is invalid (ERROR_INVALID_HANDLE, 6)"
        );
        assert_eq!(Win32Error::from_code(77_777).to_string(), "Win32 error 77777");
    }

    #[test]
    fn a_linux_error_keeps_its_meaning() {
        assert_eq!(Win32Error::from(Errno::NOENT), Win32Error::FILE_NOT_FOUND);
        let error = io::Error::from_raw_os_error(rustix::io::Errno::MFILE.raw_os_error());
        assert_eq!(Win32Error::from(error), Win32Error::TOO_MANY_OPEN_FILES);
    }
}
