//! Making and opening jobs, and their memory.

use crate::error::{Result, Win32Error};
use crate::handle::HandleValue;
use crate::namespace::Rendezvous;
use crate::object::creation::{self, Created, Creation};
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape};
use crate::sync::wait::{Source, Waitable};
use rustix::fs::{
    FlockOperation, MemfdFlags, Mode, OFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, flock,
    ftruncate, memfd_create,
};
use rustix::io::{pread, pwrite};
use std::ops::Range;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::{Duration, Instant};
use transom_sys::record_lock::{self, Kind};

const SIZE: u64 = 4096;
const MAGIC: u64 = u64::from_le_bytes(*b"TRANJOB1");
/// What every description that handles lead to has locked.
pub(super) const HOLDERS: Range<u64> = 4000..4001;
/// How long to wait for a process that is changing the job.
const PATIENCE: Duration = Duration::from_secs(10);

/// A word of a job's memory; its number times eight is its offset.
#[derive(Clone, Copy, Debug)]
pub(super) enum Word {
    Magic = 0,
    Id = 1,
    Keeper = 2,
    Flags = 3,
    ProcessTime = 4,
    MostProcesses = 5,
    PriorityClass = 6,
    ProcessMemory = 7,
    TotalProcesses = 8,
    TotalTerminated = 9,
    /// Whether it was terminated, which signals it for good.
    Signalled = 10,
}

impl Word {
    pub(super) const fn offset(self) -> u64 {
        self as u64 * 8
    }
}

/// The memory of a job.
#[derive(Debug)]
pub(crate) struct Memory(pub(super) OwnedFd);

impl Memory {
    fn create(id: ObjectId) -> Result<Self> {
        let file = memfd_create(c"transom-job", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        ftruncate(&file, SIZE)?;
        fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        let memory = Self(file);
        memory.set(Word::Magic, MAGIC)?;
        memory.set(Word::Id, id.get())?;
        record_lock::try_lock(&memory.0, Kind::Shared, &HOLDERS)?;
        Ok(memory)
    }

    /// Takes a file for what it must be.
    pub(super) fn check(file: OwnedFd, id: u64) -> Result<Self> {
        let sealed = fcntl_get_seals(&file).is_ok_and(|seals| seals.contains(SealFlags::SHRINK));
        let memory = Self(file);
        if sealed && memory.get(Word::Magic)? == MAGIC && memory.get(Word::Id)? == id {
            Ok(memory)
        } else {
            Err(Win32Error::INVALID_PARAMETER)
        }
    }

    /// It once more, with locks of its own.
    pub(super) fn reopen(&self) -> Result<OwnedFd> {
        let path = format!("/proc/self/fd/{}", self.0.as_raw_fd());
        Ok(rustix::fs::open(path, OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?)
    }

    pub(super) fn get(&self, word: Word) -> Result<u64> {
        let mut bytes = [0; 8];
        match pread(&self.0, &mut bytes[..], word.offset())? {
            8 => Ok(u64::from_ne_bytes(bytes)),
            _ => Err(Win32Error::INVALID_PARAMETER),
        }
    }

    pub(super) fn set(&self, word: Word, value: u64) -> Result<()> {
        match pwrite(&self.0, &value.to_ne_bytes(), word.offset())? {
            8 => Ok(()),
            _ => Err(Win32Error::NO_SYSTEM_RESOURCES),
        }
    }

    /// Keeps everybody else from changing the job, until it is dropped.
    ///
    /// # Errors
    /// `ERROR_BUSY` when another process does so for seconds; it may be stopped.
    pub(super) fn lock(&self) -> Result<Locked> {
        let memory = Self(self.reopen()?);
        let deadline = Instant::now() + PATIENCE;
        loop {
            match flock(&memory.0, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Locked { memory }),
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::WOULDBLOCK) if Instant::now() < deadline => {
                    std::thread::yield_now();
                }
                Err(rustix::io::Errno::WOULDBLOCK) => return Err(Win32Error::BUSY),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A job that nobody else changes: closing the file unlocks it.
#[derive(Debug)]
pub(crate) struct Locked {
    pub(super) memory: Memory,
}

/// A job.
#[derive(Debug)]
pub struct Job {
    header: ObjectHeader,
    pub(super) memory: Memory,
    /// Taken out when it is dropped.
    name: Option<Rendezvous>,
}

/// `CreateJobObject`: makes a job, or opens the one of its name.
///
/// # Errors
/// Those of [`creation::create`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-createjobobjectw>
pub fn create(new: &Creation<'_>) -> Result<Created> {
    creation::create(ObjectType::Job, new, |name| {
        let header = ObjectHeader::new(ObjectType::Job);
        let memory = Memory::create(header.id())?;
        Ok(Job { header, memory, name })
    })
}

/// `OpenJobObject`: opens the job of a name.
///
/// # Errors
/// As for [`creation::open`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-openjobobjectw>
pub fn open(name: &[u16], access: u32, inherit: bool) -> Result<HandleValue> {
    creation::open(ObjectType::Job, name, access, inherit)
}

impl Job {
    /// A job that another process made.
    pub(crate) fn arrived(id: ObjectId, file: OwnedFd, name: Option<OwnedFd>) -> Result<Self> {
        let memory = Memory::check(file, id.get())?;
        let header = ObjectHeader::with_id(ObjectType::Job, id);
        Ok(Self { header, memory, name: name.and_then(Rendezvous::arrived) })
    }

    pub(super) fn id(&self) -> u64 {
        self.header.id().get()
    }
}

impl KernelObject for Job {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        Shape {
            portable: true,
            fds: [Some(self.memory.0.as_fd()), self.name.as_ref().map(Rendezvous::file)],
            payload: [0; 2],
        }
    }

    fn leaving(&self) {
        if let Some(name) = &self.name {
            name.note_given();
        }
    }

    fn has_name(&self) -> bool {
        self.name.is_some()
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}

impl Waitable for Job {
    fn is_signalled(&self) -> bool {
        self.memory.get(Word::Signalled).is_ok_and(|word| word != 0)
    }

    fn source(&self) -> Source<'_> {
        Source::Looked
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if let Some(name) = self.name.take() {
            // Whether others hold it matters to nobody here.
            let _ = name.close();
        }
    }
}
