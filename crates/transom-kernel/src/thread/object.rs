//! The kernel object "Thread".

use super::present;
use crate::error::{Result, Win32Error};
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape};
use crate::process::STILL_ACTIVE;
use crate::process::subject::Subject;
use crate::process::task::{self, pid_of};
use crate::process::times::{self, Times};
use crate::sync::event::Event;
use crate::sync::wait::{Source, Waitable};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use transom_sys::thread::NativeThread;

/// In a payload's second number: the first descriptor is an arena, and the rest of the number a
/// slot in it.
const IN_ARENA: u64 = 1 << 63;

/// A thread that handles refer to.
#[derive(Debug)]
pub struct Thread {
    header: ObjectHeader,
    process: Arc<Subject>,
    life: Life,
}

/// How its end is known.
#[derive(Debug)]
enum Life {
    /// It says so itself.
    Kept(Box<Kept>),
    /// Only the kernel says so.
    Watched(Watched),
}

/// A thread whose end is in an arena's slot.
#[derive(Debug)]
pub(super) struct Kept {
    /// Set when it has ended.
    end: Event,
    /// The age of the process it belongs to, if that is this one.
    age: Option<u32>,
    /// Of the thread, for waits in another process, which would not be told that it was killed.
    pidfd: OnceLock<Option<OwnedFd>>,
    pub(super) native: OnceLock<NativeThread>,
    /// Whose it is to give back the thread's stack.
    pub(super) stack: AtomicU32,
    /// It ends, and is no longer to be found by its id; changed under the list's lock.
    pub(super) leaves: AtomicBool,
    /// How it ranks among the threads of its process.
    pub(super) priority: AtomicU32,
    pub(super) name: Mutex<Option<Vec<u16>>>,
    /// When it began, if Transom started it, in units of 100 ns since 1601.
    pub(super) begun: OnceLock<u64>,
    /// Its times, when it has ended.
    pub(super) times: OnceLock<Times>,
}

/// Where in the slot's own words the exit code is, and the thread's id.
const CODE: usize = 1;
const TID: usize = 2;

impl Kept {
    fn new(end: Event, age: Option<u32>) -> Self {
        Self {
            end,
            age,
            pidfd: OnceLock::new(),
            native: OnceLock::new(),
            stack: AtomicU32::new(0),
            leaves: AtomicBool::new(false),
            priority: AtomicU32::new(0),
            name: Mutex::default(),
            begun: OnceLock::new(),
            times: OnceLock::new(),
        }
    }

    fn tid(&self) -> u32 {
        (self.end.slot().detail(TID).load(Ordering::Acquire) & 0xFFFF_FFFF) as u32
    }

    pub(super) fn set_tid(&self, tid: u32) {
        self.end.slot().detail(TID).store(tid.into(), Ordering::Release);
    }

    /// The code it will have ended with.
    pub(super) fn set_exit_code(&self, code: u32) {
        self.end.slot().detail(CODE).store(code.into(), Ordering::Release);
    }

    pub(super) fn code(&self) -> u32 {
        (self.end.slot().detail(CODE).load(Ordering::Acquire) & 0xFFFF_FFFF) as u32
    }

    /// Tells all who wait that it has ended.
    pub(super) fn tell_end(&self) {
        self.end.set();
    }

    /// Whether it is a thread of this process, and not of the one this was forked from.
    pub(super) fn is_ours(&self) -> bool {
        self.age == Some(present::age())
    }

    /// The thread itself, as long as it is surely this one.
    fn pidfd(&self) -> Option<BorrowedFd<'_>> {
        let open = || {
            let pidfd = transom_sys::pidfd::open_thread(pid_of(self.tid())?).ok()?;
            // Its id is another's only after it has ended, which it tells before.
            (!self.end.is_signalled()).then_some(pidfd)
        };
        self.pidfd.get_or_init(open).as_ref().map(AsFd::as_fd)
    }
}

/// A thread whose end only the kernel tells.
#[derive(Debug)]
struct Watched {
    /// Of the thread itself, where the kernel has such (6.9); else that of its process stands
    /// for it.
    pidfd: Option<OwnedFd>,
    tid: u32,
}

impl Thread {
    /// A thread of another process.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` when there is none of that id.
    pub(crate) fn open(process: Arc<Subject>, tid: u32) -> Result<Self> {
        let linux = pid_of(tid).ok_or(Win32Error::INVALID_PARAMETER)?;
        let id = identity(&process, tid)?;
        let pidfd = transom_sys::pidfd::open_thread(linux).ok();
        Ok(Self::watched(id, process, tid, pidfd))
    }

    /// The first thread of a process we have just started; it ends with its process.
    pub(crate) fn first_of(process: Arc<Subject>) -> Self {
        let (tid, start_time) = (process.pid(), process.start_time());
        Self::watched(ObjectId::of_task(tid, !start_time), process, tid, None)
    }

    /// A thread of this process that is about to be started.
    pub(super) fn to_be(process: Arc<Subject>) -> Result<Self> {
        let thread = Self::kept(ObjectHeader::new(ObjectType::Thread), process, 0)?;
        if let Some(kept) = thread.as_kept() {
            let _ = kept.begun.set(times::now());
        }
        Ok(thread)
    }

    /// The calling thread, which Transom has not started.
    pub(super) fn found(process: Arc<Subject>, tid: u32) -> Result<Self> {
        // The same number that other processes compute.
        let id = identity(&process, tid)?;
        Self::kept(ObjectHeader::with_id(ObjectType::Thread, id), process, tid)
    }

    fn kept(header: ObjectHeader, process: Arc<Subject>, tid: u32) -> Result<Self> {
        let kept = Kept::new(Event::of_thread(header.id())?, Some(present::age()));
        kept.set_exit_code(0);
        kept.set_tid(tid);
        Ok(Self { header, process, life: Life::Kept(Box::new(kept)) })
    }

    fn watched(id: ObjectId, process: Arc<Subject>, tid: u32, pidfd: Option<OwnedFd>) -> Self {
        let header = ObjectHeader::with_id(ObjectType::Thread, id);
        Self { header, process, life: Life::Watched(Watched { pidfd, tid }) }
    }

    /// A thread another process told us of.
    pub(crate) fn arrived(
        id: ObjectId,
        payload: [u64; 2],
        first: OwnedFd,
        process: Option<OwnedFd>,
    ) -> Result<Self> {
        let process = process.ok_or(Win32Error::INVALID_PARAMETER)?;
        let (pid, tid) = ((payload[0] >> 32) as u32, (payload[0] & 0xFFFF_FFFF) as u32);
        let process_start = task::look(pid).map_or(0, |task| task.start_time);
        let process = Arc::new(Subject::arrived(pid, process_start, process, None));
        if payload[1] & IN_ARENA == 0 {
            return Ok(Self::watched(id, process, tid, Some(first)));
        }
        let end = Event::arrived(id, [payload[1] & !IN_ARENA, 1], first, None)?;
        let age = (pid == std::process::id()).then(present::age);
        let life = Life::Kept(Box::new(Kept::new(end, age)));
        Ok(Self { header: ObjectHeader::with_id(ObjectType::Thread, id), process, life })
    }

    pub(super) fn as_kept(&self) -> Option<&Kept> {
        match &self.life {
            Life::Kept(kept) => Some(kept),
            Life::Watched(_) => None,
        }
    }

    /// What is kept of it, if it is a thread of this process.
    pub(super) fn as_own(&self) -> Option<&Kept> {
        self.as_kept().filter(|kept| kept.is_ours())
    }

    pub(crate) fn process(&self) -> &Arc<Subject> {
        &self.process
    }

    /// The thread id.
    #[must_use]
    pub fn tid(&self) -> u32 {
        match &self.life {
            Life::Kept(kept) => kept.tid(),
            Life::Watched(watched) => watched.tid,
        }
    }

    /// The id of its process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.pid()
    }

    /// Whether it has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        match &self.life {
            Life::Kept(kept) if kept.is_ours() => kept.end.is_signalled(),
            Life::Kept(kept) => kept.end.is_signalled() || self.process.has_ended(),
            Life::Watched(_) => self.source().is_ready() || self.process.has_ended(),
        }
    }

    /// `GetExitCodeThread`: 259 while it runs.
    ///
    /// # Errors
    /// `ERROR_NOT_SUPPORTED` for a thread that ended before its process did, and of which
    /// nobody kept the code: it was opened by its id from another process.
    pub fn exit_code(&self) -> Result<u32> {
        if let Life::Kept(kept) = &self.life
            && kept.end.is_signalled()
        {
            return Ok(kept.code());
        }
        if !self.has_ended() {
            return Ok(STILL_ACTIVE);
        }
        match self.process.exit_code()? {
            STILL_ACTIVE if !self.process.has_ended() => Err(Win32Error::NOT_SUPPORTED),
            code => Ok(code),
        }
    }
}

/// The identity of a thread that Transom did not start, which every process computes alike; not
/// that of the process of the same number.
fn identity(process: &Subject, tid: u32) -> Result<ObjectId> {
    let start_time = if tid == process.pid() {
        process.start_time()
    } else {
        task::look_at_thread(process.pid(), tid)?.start_time
    };
    Ok(ObjectId::of_task(tid, !start_time))
}

impl KernelObject for Thread {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        let ids = u64::from(self.process.pid()) << 32 | u64::from(self.tid());
        let (first, how) = match &self.life {
            Life::Kept(kept) => {
                (kept.end.slot().file(), IN_ARENA | u64::from(kept.end.slot().number()))
            }
            Life::Watched(watched) => {
                (watched.pidfd.as_ref().map_or(self.process.pidfd(), AsFd::as_fd), 0)
            }
        };
        let fds = [Some(first), Some(self.process.pidfd())];
        Shape { portable: true, fds, payload: [ids, how] }
    }

    fn leaving(&self) {
        if let Life::Kept(kept) = &self.life {
            kept.end.leaving();
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
        match &self.life {
            Life::Kept(kept) if kept.is_ours() || kept.end.is_signalled() => kept.end.source(),
            Life::Kept(kept) => match kept.pidfd() {
                Some(pidfd) => Source::Readable(pidfd),
                // It has ended just now.
                None if kept.end.is_signalled() => kept.end.source(),
                None => Source::Readable(self.process.pidfd()),
            },
            Life::Watched(watched) => {
                Source::Readable(watched.pidfd.as_ref().map_or(self.process.pidfd(), AsFd::as_fd))
            }
        }
    }
}
