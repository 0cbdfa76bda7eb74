//! A process's record: the file `process/<pid>` of the namespace.
//!
//! It holds what others may know of the process: who it is, how it ended, and its
//! [handle table](crate::handle::published). The process that starts another writes the new one's
//! record before it runs, so the table can be read from the first moment, also of programs that
//! know nothing of Transom.
//!
//! | bytes | content |
//! |---|---|
//! | 0 | [`Field`]s, eight bytes each |
//! | 4 KiB | the first 64 lines of the process's own part of its table |
//! | 8 KiB | the parameters it was started with |
//! | 264 KiB | the lines that other processes fill |
//! | 1288 KiB | the further lines of its own part |
//!
//! The file is sparse. The owner maps the first 8 KiB; everybody else reads and writes with
//! `pread` and `pwrite`, so that a file somebody cuts short is an error and never a crash.

use crate::error::{Result, Win32Error};
use crate::namespace::Namespace;
use crate::object::record::{BYTES, bytes_of};
use rustix::fs::{
    FlockOperation, Mode, OFlags, RenameFlags, fallocate, flock, ftruncate, openat, renameat,
    renameat_with,
};
use rustix::io::{Errno, pread, pwrite};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The first bytes of every record; the last digit is the layout's version.
pub(crate) const MAGIC: u64 = u64::from_le_bytes(*b"TRANSOM1");

/// A field of the header; its number times eight is its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Magic = 0,
    Pid = 1,
    StartTime = 2,
    /// The full exit code the process announced itself, with [`KNOWN`] set.
    ExitCode = 3,
    /// The exit code somebody gave to `TerminateProcess`, with [`KNOWN`] set.
    TerminateCode = 4,
    /// How often the process is suspended.
    Suspended = 5,
    /// How many lines of its own part were ever used.
    OwnLines = 6,
    /// How many lines of the others' part were ever used.
    IncomingLines = 7,
    /// Grows whenever somebody leaves a request in the mailbox.
    News = 8,
    /// [`REGISTERED`], [`HAS_MAILBOX`].
    Flags = 9,
    /// The number under which the process finds its mailbox open when it starts, plus one.
    MailboxFd = 10,
    /// Where the next sender begins to look for a free line of the others' part.
    IncomingBegin = 11,
    /// The object id of the job it belongs to, 0 for none.
    Job = 12,
    /// The process that keeps the job's memory.
    JobKeeper = 13,
    /// The process whose child it is, whoever takes care of it in Linux; 0 if nobody has said.
    Parent = 14,
}

/// Marks a code field that holds a code.
pub(crate) const KNOWN: u64 = 1 << 32;
/// The process itself has taken over its record: it is a Transom program that runs.
pub(crate) const REGISTERED: u64 = 1;
/// The socket `<pid>.mail` exists and the process holds it.
pub(crate) const HAS_MAILBOX: u64 = 2;

pub(crate) const FIRST_LINES: u64 = 4096;
pub(crate) const FIRST_LINES_COUNT: u32 = 64;
pub(crate) const MAPPED_BYTES: u64 = 8192;
pub(crate) const PARAMETERS: u64 = 8192;
pub(crate) const PARAMETERS_BYTES: u64 = 256 * 1024;
pub(crate) const INCOMING_LINES: u64 = PARAMETERS + PARAMETERS_BYTES;
pub(crate) const FURTHER_LINES: u64 =
    INCOMING_LINES + crate::handle::INCOMING_SLOTS as u64 * BYTES as u64;

/// How long to wait for another process that is just changing the same record.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// Where a line of the process's own part is.
pub(crate) const fn own_line(slot: u32) -> u64 {
    let line = BYTES as u64;
    if slot < FIRST_LINES_COUNT {
        FIRST_LINES + slot as u64 * line
    } else {
        FURTHER_LINES + (slot - FIRST_LINES_COUNT) as u64 * line
    }
}

/// Where a line that another process fills is.
pub(crate) const fn incoming_line(slot: u32) -> u64 {
    INCOMING_LINES + slot as u64 * BYTES as u64
}

/// A record, opened.
#[derive(Debug)]
pub(crate) struct ProcessRecord {
    file: OwnedFd,
}

/// The header, read at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    words: [u64; 16],
}

impl Header {
    pub(crate) const fn get(&self, field: Field) -> u64 {
        self.words[field as usize]
    }

    /// Whether this is the record of this very process, and not of an earlier one of its id.
    pub(crate) const fn is_of(&self, pid: u32, start_time: u64) -> bool {
        let recorded = self.get(Field::StartTime);
        self.get(Field::Magic) == MAGIC
            && self.get(Field::Pid) == pid as u64
            && (recorded == start_time || recorded == 0)
    }

    pub(crate) const fn has(&self, flag: u64) -> bool {
        self.get(Field::Flags) & flag != 0
    }
}

/// A record that has not got its process's id as name yet.
#[derive(Debug)]
pub(crate) struct NewRecord {
    pub(crate) record: ProcessRecord,
    pub(crate) name: String,
}

impl NewRecord {
    /// Makes an empty record under a name of its own.
    pub(crate) fn create(namespace: &Namespace) -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        for _ in 0..100 {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let name = format!("new-{}-{number}", std::process::id());
            match openat(namespace.processes(), &*name, flags, Mode::RUSR | Mode::WUSR) {
                // An earlier process of our id left it, or a fork counted the same.
                Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
                Ok(file) => return Ok(Self { record: ProcessRecord { file }, name }),
            }
        }
        Err(Win32Error::NO_SYSTEM_RESOURCES)
    }

    /// Names it after its process, replacing what was there.
    pub(crate) fn publish(self, namespace: &Namespace, pid: u32) -> Result<ProcessRecord> {
        let directory = namespace.processes();
        renameat(directory, &*self.name, directory, pid.to_string())?;
        Ok(self.record)
    }
}

impl NewRecord {
    /// Names it after its process, unless there is a record of that name.
    ///
    /// # Errors
    /// `ERROR_FILE_EXISTS` when there is one; this one is gone then.
    pub(crate) fn publish_if_absent(
        self,
        namespace: &Namespace,
        pid: u32,
    ) -> Result<ProcessRecord> {
        let directory = namespace.processes();
        let flags = RenameFlags::NOREPLACE;
        match renameat_with(directory, &*self.name, directory, pid.to_string(), flags) {
            Ok(()) => Ok(self.record),
            Err(error) => {
                namespace.remove_file(self.name.as_bytes());
                Err(error.into())
            }
        }
    }
}

impl ProcessRecord {
    /// Opens the record of a process.
    ///
    /// # Errors
    /// `ERROR_FILE_NOT_FOUND` when it has none, `ERROR_ACCESS_DENIED` when it is another user's.
    pub(crate) fn open(namespace: &Namespace, pid: u32) -> Result<Self> {
        let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = openat(namespace.processes(), pid.to_string(), flags, Mode::empty())?;
        Ok(Self { file })
    }

    /// Opens the record of a process if it is of this very one.
    pub(crate) fn open_of(namespace: &Namespace, pid: u32, start_time: u64) -> Result<Self> {
        let record = Self::open(namespace, pid)?;
        if record.header()?.is_of(pid, start_time) {
            Ok(record)
        } else {
            Err(Win32Error::FILE_NOT_FOUND)
        }
    }

    /// A record that another process opened.
    pub(crate) const fn from_file(file: OwnedFd) -> Self {
        Self { file }
    }

    pub(crate) fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// Gives the file room for the part its owner maps, so that touching it cannot fail later.
    pub(crate) fn reserve(&self, offset: u64, length: u64) -> Result<()> {
        match fallocate(&self.file, rustix::fs::FallocateFlags::empty(), offset, length) {
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => {
                let size = rustix::fs::fstat(&self.file)?.st_size.cast_unsigned();
                Ok(ftruncate(&self.file, size.max(offset + length))?)
            }
            other => Ok(other?),
        }
    }

    pub(crate) fn header(&self) -> Result<Header> {
        let mut bytes = [0; 128];
        let length = pread(&self.file, &mut bytes, 0)?;
        let mut words = [0; 16];
        for (word, chunk) in words.iter_mut().zip(bytes[..length].chunks_exact(8)) {
            *word = chunk.try_into().map_or(0, u64::from_ne_bytes);
        }
        Ok(Header { words })
    }

    pub(crate) fn set(&self, field: Field, value: u64) -> Result<()> {
        self.write(field as u64 * 8, &value.to_ne_bytes())
    }

    pub(crate) fn write(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        match pwrite(&self.file, bytes, offset)? {
            written if written == bytes.len() => Ok(()),
            _ => Err(Win32Error::NO_SYSTEM_RESOURCES),
        }
    }

    /// Reads as much as there is.
    pub(crate) fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        let mut filled = 0;
        while filled < length {
            match pread(&self.file, &mut bytes[filled..], offset + filled as u64)? {
                0 => break,
                count => filled += count,
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }

    pub(crate) fn write_line(&self, offset: u64, words: &[u64; 8]) -> Result<()> {
        self.write(offset, &bytes_of(words))
    }

    /// Keeps other processes from changing the record at the same time. The owner's own lines
    /// are not affected.
    ///
    /// # Errors
    /// `ERROR_TIMEOUT` when another process holds it for seconds (it may be stopped).
    pub(crate) fn lock(&self) -> Result<LockedRecord<'_>> {
        let deadline = Instant::now() + LOCK_PATIENCE;
        loop {
            match flock(&self.file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(LockedRecord { record: self }),
                Err(Errno::INTR) => {}
                Err(Errno::WOULDBLOCK) if Instant::now() < deadline => std::thread::yield_now(),
                Err(Errno::WOULDBLOCK) => return Err(Win32Error::TIMEOUT),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A record that only we change.
#[derive(Debug)]
pub(crate) struct LockedRecord<'a> {
    record: &'a ProcessRecord,
}

impl std::ops::Deref for LockedRecord<'_> {
    type Target = ProcessRecord;

    fn deref(&self) -> &ProcessRecord {
        self.record
    }
}

impl Drop for LockedRecord<'_> {
    fn drop(&mut self) {
        // Closing the file would unlock it as well.
        let _ = flock(&self.record.file, FlockOperation::Unlock);
    }
}
