//! The kernel objects "Process" and "Thread".

use super::subject::{STILL_ACTIVE, Subject};
use super::task::{self, pid_of};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape};
use crate::process::record::Field;
use crate::sync::wait::{Source, Waitable};
use rustix::process::{PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

/// A process that handles refer to.
#[derive(Debug)]
pub struct Process {
    header: ObjectHeader,
    subject: Arc<Subject>,
}

impl Process {
    pub(crate) fn of(subject: Arc<Subject>) -> Self {
        let id = ObjectId::of_task(subject.pid(), subject.start_time());
        Self { header: ObjectHeader::with_id(ObjectType::Process, id), subject }
    }

    /// A process another process told us of.
    pub(crate) fn arrived(
        payload: [u64; 2],
        pidfd: OwnedFd,
        record: Option<OwnedFd>,
    ) -> Result<Self> {
        let pid = u32::try_from(payload[0]).map_err(|_| Win32Error::INVALID_PARAMETER)?;
        Ok(Self::of(Arc::new(Subject::arrived(pid, payload[1], pidfd, record))))
    }

    pub(crate) fn subject(&self) -> &Arc<Subject> {
        &self.subject
    }

    /// The process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.subject.pid()
    }

    /// When it started, in clock ticks since the machine did: with the id, who it is.
    #[must_use]
    pub fn start_ticks(&self) -> u64 {
        self.subject.start_time()
    }
}

impl KernelObject for Process {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        let record = self.subject.known_record().map(super::record::ProcessRecord::file);
        Shape {
            portable: true,
            fds: [Some(self.subject.pidfd()), record],
            payload: [self.subject.pid().into(), self.subject.start_time()],
        }
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}

impl Waitable for Process {
    fn is_signalled(&self) -> bool {
        self.subject.has_ended()
    }

    fn source(&self) -> Source<'_> {
        Source::Readable(self.subject.pidfd())
    }
}

/// A thread that handles refer to.
#[derive(Debug)]
pub struct Thread {
    header: ObjectHeader,
    /// Of the thread itself, where the kernel has such (6.9); else that of its process stands
    /// for it.
    pidfd: Option<OwnedFd>,
    tid: u32,
    process: Arc<Subject>,
}

impl Thread {
    /// A thread of a process.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` when there is none of that id.
    pub(crate) fn open(process: Arc<Subject>, tid: u32) -> Result<Self> {
        let linux = pid_of(tid).ok_or(Win32Error::INVALID_PARAMETER)?;
        let start_time = if tid == process.pid() {
            process.start_time()
        } else {
            task::look_at_thread(process.pid(), tid)?.start_time
        };
        let pidfd = transom_sys::pidfd::open_thread(linux).ok();
        Ok(Self::new(process, tid, start_time, pidfd))
    }

    /// The first thread of a process we have just started; it ends with its process.
    pub(crate) fn first_of(process: Arc<Subject>) -> Self {
        let (tid, start_time) = (process.pid(), process.start_time());
        Self::new(process, tid, start_time, None)
    }

    fn pidfd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_ref().map_or(self.process.pidfd(), AsFd::as_fd)
    }

    fn new(process: Arc<Subject>, tid: u32, start_time: u64, pidfd: Option<OwnedFd>) -> Self {
        // Apart from the process of the same id.
        let id = ObjectId::of_task(tid, !start_time);
        Self { header: ObjectHeader::with_id(ObjectType::Thread, id), pidfd, tid, process }
    }

    /// A thread another process told us of.
    pub(crate) fn arrived(
        payload: [u64; 2],
        pidfd: OwnedFd,
        process: Option<OwnedFd>,
    ) -> Result<Self> {
        let process = process.ok_or(Win32Error::INVALID_PARAMETER)?;
        let (pid, tid) = ((payload[0] >> 32) as u32, (payload[0] & 0xFFFF_FFFF) as u32);
        let process_start = task::look(pid).map_or(0, |task| task.start_time);
        let subject = Arc::new(Subject::arrived(pid, process_start, process, None));
        Ok(Self::new(subject, tid, payload[1], Some(pidfd)))
    }

    fn start_time(&self) -> u64 {
        if self.tid == self.process.pid() {
            return self.process.start_time();
        }
        task::look_at_thread(self.process.pid(), self.tid).map_or(0, |task| task.start_time)
    }

    /// The thread id.
    #[must_use]
    pub const fn tid(&self) -> u32 {
        self.tid
    }

    /// The id of its process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.pid()
    }

    /// Whether it has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.source().is_ready() || self.process.has_ended()
    }

    /// `GetExitCodeThread`, as far as it is known: the first thread ends with its process.
    ///
    /// # Errors
    /// `ERROR_NOT_SUPPORTED` for a thread that ended before its process did.
    pub fn exit_code(&self) -> Result<u32> {
        if !self.has_ended() {
            return Ok(STILL_ACTIVE);
        }
        match self.process.exit_code()? {
            STILL_ACTIVE if !self.process.has_ended() => Err(Win32Error::NOT_SUPPORTED),
            code => Ok(code),
        }
    }

    /// `ResumeThread`: how often it was suspended before. Linux suspends whole processes, so
    /// this is the count of the process a thread belongs to.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED` for another user's process.
    pub fn resume(&self) -> Result<u32> {
        // A process without a record was never suspended through Transom.
        let Ok(record) = self.process.record() else { return Ok(0) };
        let locked = record.lock()?;
        let before = u32::try_from(locked.header()?.get(Field::Suspended)).unwrap_or(u32::MAX);
        if before == 0 || self.process.has_ended() {
            return Ok(0);
        }
        locked.set(Field::Suspended, u64::from(before) - 1)?;
        if before == 1 {
            pidfd_send_signal(self.process.pidfd(), Signal::CONT)?;
        }
        Ok(before)
    }
}

impl KernelObject for Thread {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        let ids = u64::from(self.process.pid()) << 32 | u64::from(self.tid);
        Shape {
            portable: true,
            fds: [Some(self.pidfd()), Some(self.process.pidfd())],
            payload: [ids, self.start_time()],
        }
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}

impl Waitable for Thread {
    fn is_signalled(&self) -> bool {
        self.has_ended()
    }

    fn source(&self) -> Source<'_> {
        Source::Readable(self.pidfd())
    }
}

/// The object of this process.
///
/// # Errors
/// `ERROR_TOO_MANY_OPEN_FILES` when the process has no descriptor left.
pub(crate) fn current_process() -> Result<Arc<Process>> {
    Ok(Arc::new(Process::of(Arc::new(Subject::arrived(
        std::process::id(),
        current().start_time(),
        pidfd_open(rustix::process::getpid(), PidfdFlags::empty())?,
        None,
    )))))
}

/// The object of this thread.
///
/// # Errors
/// As for [`current_process`].
pub(crate) fn current_thread() -> Result<Arc<Thread>> {
    let process = Arc::clone(current_process()?.subject());
    Ok(Arc::new(Thread::open(process, current_thread_id())?))
}

/// `GetCurrentThreadId`.
#[must_use]
pub fn current_thread_id() -> u32 {
    // Not remembered: after a `fork` the thread is another.
    rustix::thread::gettid().as_raw_nonzero().get().cast_unsigned()
}
