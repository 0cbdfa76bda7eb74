//! A process, as seen from any process: who it is, whether it runs, and how it ended.

use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::namespace::sweep_objects;
use crate::pipe::named::sweep_pipes;
use crate::process::proc_stat::ProcStat;
use crate::process::record::{Field, KNOWN, NewRecord, ProcessRecord};
use crate::process::task::{self, pid_of};
use crate::process::times::{self, Times};
use crate::sync::wait::clock::AT_ONCE;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, OnceLock, PoisonError};
use transom_sys::pidfd::{self, Ended};

/// `STILL_ACTIVE`: what `GetExitCodeProcess` says while the process runs.
pub const STILL_ACTIVE: u32 = 259;

/// A process of the machine.
#[derive(Debug)]
pub(crate) struct Subject {
    pid: u32,
    start_time: u64,
    pidfd: OwnedFd,
    record: OnceLock<ProcessRecord>,
    /// Our child: we are the ones to collect it.
    child: bool,
    ended: Mutex<Option<Ended>>,
    /// What was found when it was collected.
    times: OnceLock<Times>,
    nice: OnceLock<i32>,
}

impl Subject {
    /// A process another process told us of.
    pub(crate) fn arrived(
        pid: u32,
        start_time: u64,
        pidfd: OwnedFd,
        record: Option<OwnedFd>,
    ) -> Self {
        let subject = Self::new(pid, start_time, pidfd, false);
        if let Some(file) = record {
            let _ = subject.record.set(ProcessRecord::from_file(file));
        }
        subject
    }

    fn new(pid: u32, start_time: u64, pidfd: OwnedFd, child: bool) -> Self {
        let (record, ended) = (OnceLock::new(), Mutex::new(None));
        let (times, nice) = (OnceLock::new(), OnceLock::new());
        Self { pid, start_time, pidfd, record, child, ended, times, nice }
    }

    /// A child we have just started, between these two times since the machine did.
    pub(crate) fn child(
        pid: u32,
        pidfd: OwnedFd,
        born_ns: [u64; 2],
        record: Option<ProcessRecord>,
    ) -> Self {
        // Reading it from `/proc` takes longer than all else that is noted of a child.
        let [earliest, latest] = born_ns.map(times::ticks_of_ns);
        let start_time = if earliest == latest {
            earliest
        } else {
            task::look(pid).map_or(0, |task| task.start_time)
        };
        let subject = Self::new(pid, start_time, pidfd, true);
        if let Some(record) = record {
            // Lets others tell it from an earlier process of its id, if it does not itself.
            let _ = record.set(Field::StartTime, start_time);
            let _ = subject.record.set(record);
        }
        subject
    }

    /// A process of the machine, by its id.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` when there is none.
    pub(crate) fn open(pid: u32) -> Result<Self> {
        let linux = pid_of(pid).ok_or(Win32Error::INVALID_PARAMETER)?;
        let pidfd = pidfd_open(linux, PidfdFlags::empty()).map_err(|error| match error {
            rustix::io::Errno::MFILE | rustix::io::Errno::NFILE => Win32Error::from(error),
            // No such process, or the id is that of a thread.
            _ => Win32Error::INVALID_PARAMETER,
        })?;
        let task = task::look(pid)?;
        let subject = Self::new(pid, task.start_time, pidfd, false);
        // What is written there when it ends can be read when the file has gone. A child that its
        // Transom parent gave none has one from now on; the parent removes it.
        if subject.record().is_err_and(|error| error == Win32Error::FILE_NOT_FOUND)
            && current()
                .namespace()
                .is_ok_and(|here| ProcessRecord::open(here, task.parent).is_ok())
        {
            // Without it, an exit code above 255 is not seen in full.
            let _ = subject.make_record();
        }
        Ok(subject)
    }

    pub(crate) const fn pid(&self) -> u32 {
        self.pid
    }

    pub(crate) const fn start_time(&self) -> u64 {
        self.start_time
    }

    pub(crate) fn pidfd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }

    /// Its record; opened when it is first asked for.
    pub(crate) fn record(&self) -> Result<&ProcessRecord> {
        if let Some(record) = self.record.get() {
            return Ok(record);
        }
        let namespace = current().namespace()?;
        let record = ProcessRecord::open_of(namespace, self.pid, self.start_time)?;
        Ok(self.record.get_or_init(|| record))
    }

    /// Its record if we have it open.
    pub(crate) fn known_record(&self) -> Option<&ProcessRecord> {
        self.record.get()
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&self) -> bool {
        let mut fds = [PollFd::from_borrowed_fd(self.pidfd(), PollFlags::IN)];
        poll(&mut fds, Some(&AT_ONCE)).is_ok_and(|ready| ready > 0)
    }

    /// Collects a child that has ended: removes what it left, then lets its id go.
    pub(crate) fn collect(&self) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.is_some() || !self.child || !self.has_ended() {
            return;
        }
        let _ = self.record();
        if let Ok(namespace) = current().namespace() {
            namespace.remove_process(self.pid);
            sweep_objects(namespace);
            sweep_pipes(namespace, 16);
        }
        // Linux forgets it with the process.
        if let Ok(nice) = rustix::process::getpriority_process(pid_of(self.pid)) {
            self.nice.get_or_init(|| nice);
        }
        if let Ok(Some(collected)) = pidfd::collect(&self.pidfd) {
            *ended = Some(collected.ended);
            self.times.get_or_init(|| Times {
                creation: times::of_start(self.start_time),
                exit: times::now(),
                kernel: collected.kernel_us.saturating_mul(10),
                user: collected.user_us.saturating_mul(10),
            });
        } else {
            // The program itself has waited for it; the kernel may still remember.
            *ended = pidfd::exit_status(&self.pidfd);
        }
    }

    /// How Linux says it ended; `None` while it runs, or when nothing says.
    fn ended(&self) -> Option<Ended> {
        if self.child {
            self.collect();
        }
        let known = *self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        known.or_else(|| pidfd::exit_status(&self.pidfd)).or_else(|| self.zombie_status())
    }

    /// The status of a process that has ended and waits to be collected by its parent.
    fn zombie_status(&self) -> Option<Ended> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).ok()?;
        let same = task::look(self.pid).is_ok_and(|task| task.start_time == self.start_time);
        let status: i32 = stat.split_ascii_whitespace().next_back()?.parse().ok()?;
        same.then(|| Ended::from_wait_status(status))
    }

    /// `GetExitCodeProcess`.
    ///
    /// # Errors
    /// `ERROR_NOT_SUPPORTED` when it has ended and nothing says how: it was no child of ours, no
    /// Transom program, and the kernel is older than 6.15.
    pub(crate) fn exit_code(&self) -> Result<u32> {
        if !self.has_ended() {
            return Ok(STILL_ACTIVE);
        }
        // The record may be removed as soon as it is collected.
        let header = self.record().ok().and_then(|record| record.header().ok());
        let announced = |field| {
            let word = header.map_or(0, |header| header.get(field));
            (word & KNOWN != 0).then_some((word & 0xFFFF_FFFF) as u32)
        };
        match self.ended() {
            Some(Ended::Exited(code)) => Ok(announced(Field::ExitCode)
                .filter(|full| full & 0xFF == u32::from(code))
                .unwrap_or(code.into())),
            Some(Ended::Killed(signal)) => Ok(announced(Field::TerminateCode)
                .filter(|_| signal == Signal::KILL.as_raw())
                .unwrap_or_else(|| code_of_signal(signal))),
            None => announced(Field::TerminateCode)
                .or(announced(Field::ExitCode))
                .ok_or(Win32Error::NOT_SUPPORTED),
        }
    }

    /// Its times. The exit time of one that has ended is when we first saw that it had.
    pub(crate) fn times(&self) -> Result<Times> {
        let ended = self.has_ended();
        if ended && self.child {
            self.collect();
        }
        if let Some(times) = self.times.get() {
            return Ok(*times);
        }
        let path = format!("/proc/{}/stat", self.pid);
        let line = std::fs::read(path).map_err(|_| Win32Error::NOT_SUPPORTED)?;
        let same = ProcStat::parse(&line).is_some_and(|stat| stat.start_ticks == self.start_time);
        if !same {
            return Err(Win32Error::NOT_SUPPORTED);
        }
        let mut times = times::of_stat(&line)?;
        if ended {
            times.exit = times::now();
            return Ok(*self.times.get_or_init(|| times));
        }
        Ok(times)
    }

    /// Its nice value; of a child that has ended, what it was then.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` for another one that has ended.
    pub(crate) fn nice(&self) -> Result<i32> {
        let ended = self.has_ended();
        if ended && self.child {
            self.collect();
        }
        if let Some(nice) = self.nice.get() {
            return Ok(*nice);
        }
        if ended {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        Ok(rustix::process::getpriority_process(pid_of(self.pid))?)
    }

    /// `TerminateProcess`.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED` when it has ended, or is another user's.
    pub(crate) fn terminate(&self, code: u32) -> Result<()> {
        if self.has_ended() {
            return Err(Win32Error::ACCESS_DENIED);
        }
        // A process that may not be killed keeps its record as it is.
        rustix::process::test_kill_process(pid_of(self.pid).ok_or(Win32Error::INVALID_PARAMETER)?)
            .map_err(|_| Win32Error::ACCESS_DENIED)?;
        if let Ok(record) = self.record().or_else(|_| self.make_record()) {
            let locked = record.lock()?;
            // The first of two codes stays, as the first TerminateProcess wins.
            if locked.header()?.get(Field::TerminateCode) & KNOWN == 0 {
                locked.set(Field::TerminateCode, KNOWN | u64::from(code))?;
            }
        }
        pidfd_send_signal(&self.pidfd, Signal::KILL).map_err(|_| Win32Error::ACCESS_DENIED)
    }

    /// Gives a process that has no record one, to keep its full exit code.
    pub(crate) fn make_record(&self) -> Result<&ProcessRecord> {
        let namespace = current().namespace()?;
        let new = NewRecord::create(namespace)?;
        new.record.set(Field::Magic, super::record::MAGIC)?;
        new.record.set(Field::Pid, self.pid.into())?;
        new.record.set(Field::StartTime, self.start_time)?;
        match new.publish_if_absent(namespace, self.pid) {
            Ok(record) => Ok(self.record.get_or_init(|| record)),
            // Somebody else was faster.
            Err(Win32Error::FILE_EXISTS) => self.record(),
            Err(error) => Err(error),
        }
    }
}

/// The exit code Windows programs know for what a signal means.
const fn code_of_signal(signal: i32) -> u32 {
    use windows_sys::Win32::Foundation as status;
    let status = match signal {
        2 => status::STATUS_CONTROL_C_EXIT,
        4 => status::STATUS_ILLEGAL_INSTRUCTION,
        5 => status::STATUS_BREAKPOINT,
        // `abort()` of Microsoft's C runtime exits with 3.
        6 => return 3,
        7 => status::STATUS_DATATYPE_MISALIGNMENT,
        8 => status::STATUS_INTEGER_DIVIDE_BY_ZERO,
        11 => status::STATUS_ACCESS_VIOLATION,
        // As a Unix shell reports it.
        other => return 128 + other.unsigned_abs(),
    };
    status.cast_unsigned()
}
