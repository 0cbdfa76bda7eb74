//! The kernel object "Process".

use super::subject::Subject;
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape};
use crate::sync::wait::{Source, Waitable};
use rustix::process::{PidfdFlags, pidfd_open};
use std::os::fd::OwnedFd;
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

    /// Whether it has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.subject.has_ended()
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
