//! The types of kernel objects, and which rights each type has.

use crate::error::{Result, Win32Error};
use windows_sys::Win32::Foundation::{GENERIC_ALL, GENERIC_EXECUTE, GENERIC_READ, GENERIC_WRITE};
use windows_sys::Win32::Storage::FileSystem as file;
use windows_sys::Win32::System::Threading as threading;

/// `SYNCHRONIZE`: the right to wait.
pub const SYNCHRONIZE: u32 = file::SYNCHRONIZE;
/// `MAXIMUM_ALLOWED`: asks for every right the caller can have.
pub const MAXIMUM_ALLOWED: u32 = 0x0200_0000;
/// `EVENT_MODIFY_STATE`: the right to set and reset.
pub const EVENT_MODIFY_STATE: u32 = 0x0002;
/// `IO_COMPLETION_MODIFY_STATE`: the right to post packets and to take them.
pub const IO_COMPLETION_MODIFY_STATE: u32 = 0x0002;
/// `IO_COMPLETION_ALL_ACCESS`.
const IO_COMPLETION_ALL_ACCESS: u32 = 0x001F_0003;
/// `JOB_OBJECT_ASSIGN_PROCESS`: the right to put processes into a job.
pub const JOB_OBJECT_ASSIGN_PROCESS: u32 = 0x0001;
/// `JOB_OBJECT_SET_ATTRIBUTES`: the right to set a job's limits.
pub const JOB_OBJECT_SET_ATTRIBUTES: u32 = 0x0002;
/// `JOB_OBJECT_QUERY`: the right to ask about a job.
pub const JOB_OBJECT_QUERY: u32 = 0x0004;
/// `JOB_OBJECT_TERMINATE`: the right to end a job's processes.
pub const JOB_OBJECT_TERMINATE: u32 = 0x0008;
/// `JOB_OBJECT_ALL_ACCESS`.
const JOB_OBJECT_ALL_ACCESS: u32 = 0x001F_003F;
const EVENT_QUERY_STATE: u32 = 0x0001;
/// `THREAD_ALERT`: no header has it.
const THREAD_ALERT: u32 = 0x0004;
const STANDARD_READ: u32 = file::READ_CONTROL;

/// The type of a kernel object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ObjectType {
    /// A process.
    Process = 1,
    /// A thread.
    Thread = 2,
    /// An event.
    Event = 3,
    /// An open file, console, or end of a pipe.
    File = 4,
    /// A Toolhelp snapshot (Windows makes it a section).
    Snapshot = 5,
    /// A mutex.
    Mutex = 6,
    /// A semaphore.
    Semaphore = 7,
    /// A waitable timer.
    Timer = 8,
    /// A completion port.
    IoCompletion = 9,
    /// A section: memory to map.
    Section = 10,
    /// Who a process is.
    Token = 11,
    /// A job: a set of processes.
    Job = 12,
}

/// Which specific rights the four generic ones stand for: `GENERIC_MAPPING`.
#[derive(Clone, Copy, Debug)]
pub struct GenericMapping {
    /// `GENERIC_READ`.
    pub read: u32,
    /// `GENERIC_WRITE`.
    pub write: u32,
    /// `GENERIC_EXECUTE`.
    pub execute: u32,
    /// `GENERIC_ALL`.
    pub all: u32,
}

/// The four generic rights.
pub const GENERIC_RIGHTS: u32 = GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL;

impl GenericMapping {
    /// `MapGenericMask`: puts specific rights in the place of generic ones.
    #[must_use]
    #[inline]
    pub fn map(&self, mask: u32) -> u32 {
        // Most ask for specific rights.
        if mask & GENERIC_RIGHTS == 0 {
            return mask;
        }
        let generic = [
            (GENERIC_READ, self.read),
            (GENERIC_WRITE, self.write),
            (GENERIC_EXECUTE, self.execute),
            (GENERIC_ALL, self.all),
        ];
        let meant = generic.into_iter().filter(|(right, _)| mask & right != 0);
        meant.fold(mask & !GENERIC_RIGHTS, |rights, (_, more)| rights | more)
    }
}

impl ObjectType {
    /// Every type.
    pub const ALL: [Self; 12] = [
        Self::Process,
        Self::Thread,
        Self::Event,
        Self::File,
        Self::Snapshot,
        Self::Mutex,
        Self::Semaphore,
        Self::Timer,
        Self::IoCompletion,
        Self::Section,
        Self::Token,
        Self::Job,
    ];

    /// The type with this number in a record.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|&kind| kind as u8 == number)
    }

    /// The name Windows' object manager uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Process => "Process",
            Self::Thread => "Thread",
            Self::Event => "Event",
            Self::File => "File",
            Self::Snapshot | Self::Section => "Section",
            Self::Token => "Token",
            Self::Job => "Job",
            Self::Mutex => "Mutant",
            Self::Semaphore => "Semaphore",
            Self::Timer => "Timer",
            Self::IoCompletion => "IoCompletion",
        }
    }

    const fn generic_mapping(self) -> GenericMapping {
        match self {
            Self::Process => GenericMapping {
                read: STANDARD_READ
                    | threading::PROCESS_QUERY_INFORMATION
                    | threading::PROCESS_VM_READ,
                write: STANDARD_READ
                    | threading::PROCESS_CREATE_PROCESS
                    | threading::PROCESS_CREATE_THREAD
                    | threading::PROCESS_VM_OPERATION
                    | threading::PROCESS_VM_WRITE
                    | threading::PROCESS_DUP_HANDLE
                    | threading::PROCESS_SET_QUOTA
                    | threading::PROCESS_SET_INFORMATION
                    | threading::PROCESS_SUSPEND_RESUME,
                execute: STANDARD_READ
                    | SYNCHRONIZE
                    | threading::PROCESS_TERMINATE
                    | threading::PROCESS_QUERY_LIMITED_INFORMATION,
                all: threading::PROCESS_ALL_ACCESS,
            },
            Self::Thread => GenericMapping {
                read: STANDARD_READ
                    | threading::THREAD_GET_CONTEXT
                    | threading::THREAD_QUERY_INFORMATION,
                write: STANDARD_READ
                    | threading::THREAD_TERMINATE
                    | threading::THREAD_SUSPEND_RESUME
                    | THREAD_ALERT
                    | threading::THREAD_SET_CONTEXT
                    | threading::THREAD_SET_INFORMATION
                    | threading::THREAD_SET_LIMITED_INFORMATION,
                execute: STANDARD_READ
                    | SYNCHRONIZE
                    | threading::THREAD_QUERY_LIMITED_INFORMATION
                    | threading::THREAD_RESUME,
                all: threading::THREAD_ALL_ACCESS,
            },
            Self::Event => GenericMapping {
                read: STANDARD_READ | EVENT_QUERY_STATE,
                write: STANDARD_READ | EVENT_MODIFY_STATE,
                execute: STANDARD_READ | SYNCHRONIZE,
                all: threading::EVENT_ALL_ACCESS,
            },
            Self::File => GenericMapping {
                read: file::FILE_GENERIC_READ,
                write: file::FILE_GENERIC_WRITE,
                execute: file::FILE_GENERIC_EXECUTE,
                all: file::FILE_ALL_ACCESS,
            },
            Self::Snapshot | Self::Section => GenericMapping {
                read: STANDARD_READ | 0x5,
                write: STANDARD_READ | 0x2,
                execute: STANDARD_READ | 0x8,
                all: 0x000F_001F,
            },
            Self::Token => GenericMapping {
                read: STANDARD_READ | 0x001A,
                write: STANDARD_READ | 0x00E0,
                execute: STANDARD_READ | 0x0004,
                all: 0x000F_01FF,
            },
            Self::Job => GenericMapping {
                read: STANDARD_READ | JOB_OBJECT_QUERY,
                write: STANDARD_READ
                    | JOB_OBJECT_ASSIGN_PROCESS
                    | JOB_OBJECT_SET_ATTRIBUTES
                    | JOB_OBJECT_TERMINATE,
                execute: STANDARD_READ | SYNCHRONIZE,
                all: JOB_OBJECT_ALL_ACCESS,
            },
            // Query is 1 and modify 2, as for events.
            Self::Mutex => GenericMapping {
                read: STANDARD_READ | EVENT_QUERY_STATE,
                write: STANDARD_READ,
                execute: STANDARD_READ | SYNCHRONIZE,
                all: threading::MUTEX_ALL_ACCESS,
            },
            Self::Semaphore => GenericMapping {
                read: STANDARD_READ | EVENT_QUERY_STATE,
                write: STANDARD_READ | threading::SEMAPHORE_MODIFY_STATE,
                execute: STANDARD_READ | SYNCHRONIZE,
                all: threading::SEMAPHORE_ALL_ACCESS,
            },
            Self::Timer => GenericMapping {
                read: STANDARD_READ | EVENT_QUERY_STATE,
                write: STANDARD_READ | threading::TIMER_MODIFY_STATE,
                execute: STANDARD_READ | SYNCHRONIZE,
                all: threading::TIMER_ALL_ACCESS,
            },
            Self::IoCompletion => GenericMapping {
                read: STANDARD_READ | 0x1,
                write: STANDARD_READ | IO_COMPLETION_MODIFY_STATE,
                execute: STANDARD_READ | SYNCHRONIZE,
                all: IO_COMPLETION_ALL_ACCESS,
            },
        }
    }

    /// Every right an object of this type has.
    #[must_use]
    pub const fn all_access(self) -> u32 {
        self.generic_mapping().all
    }

    /// An access mask with specific rights in the place of generic ones.
    pub(crate) fn specific_rights(self, mask: u32) -> u32 {
        self.generic_mapping().map(mask)
    }

    /// The rights of this type among those of an access mask, generic ones mapped.
    pub(crate) fn rights_among(self, mask: u32) -> u32 {
        let mapping = self.generic_mapping();
        mapping.map(mask) & mapping.all
    }

    /// Turns what a caller asks for into specific rights: generic rights are mapped,
    /// `MAXIMUM_ALLOWED` becomes everything.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED` when a right is asked for that the type does not have.
    #[inline]
    pub fn specific_access(self, asked: u32) -> Result<u32> {
        let mapping = self.generic_mapping();
        let asked = match asked & MAXIMUM_ALLOWED {
            0 => asked,
            _ => asked & !MAXIMUM_ALLOWED | GENERIC_ALL,
        };
        let access = mapping.map(asked);
        // The old PROCESS_ALL_ACCESS and the like set fewer bits; more than `all` is no right.
        if access & !mapping.all == 0 { Ok(access) } else { Err(Win32Error::ACCESS_DENIED) }
    }
}

#[cfg(test)]
mod tests {
    use super::{GENERIC_READ, MAXIMUM_ALLOWED, ObjectType, SYNCHRONIZE, Win32Error};

    #[test]
    fn fact_11_rights_the_type_does_not_have_are_denied() {
        assert_eq!(ObjectType::Event.specific_access(0x10), Err(Win32Error::ACCESS_DENIED));
        assert_eq!(ObjectType::Event.specific_access(SYNCHRONIZE), Ok(SYNCHRONIZE));
    }

    #[test]
    fn generic_rights_become_specific_ones() {
        assert_eq!(ObjectType::Event.specific_access(MAXIMUM_ALLOWED), Ok(0x1F_0003));
        assert_eq!(ObjectType::File.specific_access(GENERIC_READ), Ok(0x12_0089));
        for kind in ObjectType::ALL {
            assert_eq!(ObjectType::from_number(kind as u8), Some(kind));
            assert_eq!(kind.specific_access(!0x0FFF_FFFF), Ok(kind.all_access()));
        }
    }
}
