//! Starting a program, at the cost of `vfork` whatever the size of the parent.
//!
//! The child borrows the parent's memory until it has executed the program (`CLONE_VM` and
//! `CLONE_VFORK`), so nothing is copied and an error of `exec` is known before [`Spawn::start`]
//! returns. Between `clone` and `exec` only system calls are made: no allocation, no lock.
//!
//! Nothing is passed on but what is named: every descriptor from 3 up becomes close-on-exec in
//! the child, whoever opened it, and then those in [`Spawn::keep`] are opened to it again.

use crate::signal::{self, BlockedSignals};
use rustix::process::Pid;
use rustix::time::{ClockId, clock_gettime};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

const CHILD_STACK_BYTES: usize = 64 * 1024;

/// Where the child stands among the processes of its terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Group {
    /// In the parent's process group.
    #[default]
    Parents,
    /// In a new process group of the parent's session.
    New,
    /// In a new session without a terminal.
    NewSession,
}

/// A file of the parent's that becomes the child's record: the child writes its process id into
/// it and gives it its id as name, before the program is executed.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The file.
    pub file: BorrowedFd<'a>,
    /// Where in the file the process id goes, as four bytes.
    pub pid_offset: u64,
    /// The directory of both names.
    pub directory: BorrowedFd<'a>,
    /// The name it has until then.
    pub name: &'a CStr,
    /// Another file of that directory that is renamed with it: its name until then, and what
    /// follows the id in its new name.
    pub companion: Option<(&'a CStr, &'a CStr)>,
}

/// A program to start.
#[derive(Debug)]
pub struct Spawn<'a> {
    /// The path of the program.
    pub program: &'a CStr,
    /// Its arguments, the name it is called by first.
    pub arguments: &'a [CString],
    /// Its environment, as `NAME=value`.
    pub environment: &'a [CString],
    /// Its current directory, if not the parent's.
    pub directory: Option<&'a CStr>,
    /// What becomes its descriptors 0, 1 and 2.
    pub standard: [BorrowedFd<'a>; 3],
    /// Descriptors, all above 2, that it finds open under the same numbers.
    pub keep: &'a [BorrowedFd<'a>],
    /// Its place among the processes of the terminal.
    pub group: Group,
    /// Its nice value, if not the parent's.
    pub nice: Option<i32>,
    /// Its soft limit of open files, if not the parent's.
    pub open_files: Option<u64>,
    /// Its record.
    pub record: Option<Record<'a>>,
    /// Whether it is stopped before its first instruction, until `SIGCONT`.
    pub stopped: bool,
}

/// A program that was started.
#[derive(Debug)]
pub struct Spawned {
    /// The new process's id.
    pub pid: Pid,
    /// A pidfd of it, close-on-exec.
    pub pidfd: OwnedFd,
    /// It began to exist between these two times of `CLOCK_BOOTTIME`, in nanoseconds.
    pub born_ns: [u64; 2],
}

/// A program could not be started.
#[derive(Debug)]
pub struct SpawnError {
    /// What went wrong.
    pub error: io::Error,
    /// At which step.
    pub step: Step,
    /// The record's new name, when the child had given it one before it failed.
    pub pid: Option<Pid>,
}

/// The steps of starting a program that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Making the new process.
    Clone,
    /// Arranging its descriptors, group, priority or record.
    Arrange,
    /// Entering its current directory.
    Directory,
    /// Executing the program.
    Execute,
}

/// What the child needs, all prepared before `clone`, and where it leaves its error.
struct Plan<'a> {
    spawn: &'a Spawn<'a>,
    argv: Vec<*const c_char>,
    envp: Vec<*const c_char>,
    keep: Vec<RawFd>,
    reset_signals: u64,
    /// When the child took its first step.
    alive_ns: u64,
    failed: Option<(Step, c_int)>,
}

/// The clock by which Linux notes when a process started.
fn boot_time_ns() -> u64 {
    let now = clock_gettime(ClockId::Boottime);
    now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs()
}

fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([std::ptr::null()]).collect()
}

impl Spawn<'_> {
    /// Starts the program.
    ///
    /// # Errors
    /// The operating system's error and the step at which it occurred; no process is left then.
    pub fn start(&self) -> Result<Spawned, SpawnError> {
        let mut plan = Plan {
            spawn: self,
            argv: pointers(self.arguments),
            envp: pointers(self.environment),
            keep: self.keep.iter().map(AsRawFd::as_raw_fd).collect(),
            reset_signals: signal::to_be_reset(),
            alive_ns: 0,
            failed: None,
        };
        let failure =
            |step, error, pid| SpawnError { error: io::Error::from_raw_os_error(error), step, pid };
        let stack = ChildStack::new().map_err(|error| failure(Step::Clone, error, None))?;
        let mut pidfd: c_int = -1;
        let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;
        let blocked = BlockedSignals::all();
        let before_ns = boot_time_ns();
        // SAFETY: the child runs `run_child` on its own stack in our memory while this thread
        // sleeps (CLONE_VFORK) until it has executed a program or exited, so `plan` and the stack
        // outlive it, and nothing else of this thread's runs meanwhile. All signals are blocked,
        // so no handler of the program runs in the child. The function makes system calls only.
        let pid = unsafe {
            libc::clone(run_child, stack.top(), flags, (&raw mut plan).cast(), &raw mut pidfd)
        };
        let clone_error = io::Error::last_os_error().raw_os_error().unwrap_or(0);
        drop(blocked);
        let Some(pid) = Pid::from_raw(pid).filter(|_| pid > 0) else {
            return Err(failure(Step::Clone, clone_error, None));
        };
        // SAFETY: `clone` succeeded with CLONE_PIDFD, so it stored a new descriptor that is ours.
        let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
        if let Some((step, error)) = plan.failed {
            reap(pid);
            return Err(failure(step, error, Some(pid)));
        }
        if self.stopped {
            leave_stopped(pid);
        }
        Ok(Spawned { pid, pidfd, born_ns: [before_ns, plan.alive_ns] })
    }
}

/// Collects the child that failed before its program.
fn reap(pid: Pid) {
    let pid = pid.as_raw_nonzero().get();
    // SAFETY: waits for our own child; a NULL status pointer is allowed.
    while unsafe { libc::waitpid(pid, std::ptr::null_mut(), libc::__WALL) } == -1
        && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
    {}
}

/// The child traced itself, so `exec` has stopped it (or will in a moment) before the program's
/// first instruction. Lets go of it, leaving it stopped by an ordinary `SIGSTOP`.
fn leave_stopped(pid: Pid) {
    let pid = pid.as_raw_nonzero().get();
    loop {
        let mut status = 0;
        // SAFETY: asks about our own child without blocking; the out-pointer is to a live int.
        let waited = unsafe { libc::waitpid(pid, &raw mut status, libc::__WALL | libc::WNOHANG) };
        // SAFETY: detaches from our own tracee; the signal number travels as the data word.
        let detached =
            unsafe { libc::ptrace(libc::PTRACE_DETACH, pid, 0, libc::SIGSTOP as *mut c_void) };
        let gone = waited == pid && (libc::WIFEXITED(status) || libc::WIFSIGNALED(status));
        if detached == 0 {
            await_stop(pid);
            return;
        }
        if gone || (waited == -1 && detached == -1) {
            return;
        }
        std::thread::yield_now();
    }
}

/// Waits a moment until the `SIGSTOP` is seen to have stopped the child. It runs no instruction
/// of its program before, so nothing is lost if that is never seen.
fn await_stop(pid: c_int) {
    const LOOKS: u32 = 100_000;
    let options = libc::WSTOPPED | libc::WEXITED | libc::WNOWAIT | libc::WNOHANG;
    for _ in 0..LOOKS {
        // SAFETY: zeroed is a value of the type.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let id = pid.unsigned_abs();
        // SAFETY: asks about our own child without blocking; the out-pointer is to a live value.
        let result = unsafe { libc::waitid(libc::P_PID, id, &raw mut info, options) };
        // SAFETY: `waitid` fills this field, or leaves the zero of "nothing has changed".
        if result != 0 || unsafe { info.si_pid() } != 0 {
            return;
        }
        std::thread::yield_now();
    }
}

/// The child, in the parent's memory: arranges itself, executes the program, or leaves its error
/// in the plan and exits.
extern "C" fn run_child(plan: *mut c_void) -> c_int {
    // SAFETY: the pointer `start` passed; the parent does not touch the plan while we run.
    let plan = unsafe { &mut *plan.cast::<Plan<'_>>() };
    plan.alive_ns = boot_time_ns();
    let Err(step) = arrange_and_execute(plan);
    // Reads errno, which we share with the thread whose memory we borrow; allocates nothing.
    let error = io::Error::last_os_error().raw_os_error().unwrap_or(0);
    plan.failed = Some((step, error));
    // SAFETY: ends only the child.
    unsafe { libc::_exit(127) }
}

/// Turns -1 into the step that failed.
fn check(step: Step, result: c_int) -> Result<c_int, Step> {
    if result == -1 { Err(step) } else { Ok(result) }
}

fn arrange_and_execute(plan: &Plan<'_>) -> Result<std::convert::Infallible, Step> {
    let spawn = plan.spawn;
    if let Some(record) = &spawn.record {
        write_record(record)?;
    }
    match spawn.group {
        Group::Parents => {}
        // SAFETY: a system call on integers.
        Group::New => drop(check(Step::Arrange, unsafe { libc::setpgid(0, 0) })?),
        // SAFETY: a system call without arguments.
        Group::NewSession => drop(check(Step::Arrange, unsafe { libc::setsid() })?),
    }
    if let Some(nice) = spawn.nice {
        // SAFETY: a system call on integers. A priority the user may not have is not an error:
        // the child runs with the nearest it may, as on Windows.
        unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, nice) };
    }
    if let Some(soft) = spawn.open_files {
        // SAFETY: zeroed limits are a value.
        let mut limit: libc::rlimit = unsafe { std::mem::zeroed() };
        // SAFETY: the out-pointer is to a live structure.
        check(Step::Arrange, unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) })?;
        limit.rlim_cur = soft.min(limit.rlim_max);
        // SAFETY: the pointer is to a live structure.
        check(Step::Arrange, unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) })?;
    }
    arrange_descriptors(plan)?;
    if let Some(directory) = spawn.directory {
        // SAFETY: a NUL-terminated path that outlives the call.
        check(Step::Directory, unsafe { libc::chdir(directory.as_ptr()) })?;
    }
    if spawn.stopped {
        // SAFETY: this request takes no other arguments.
        let traced = unsafe { libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) };
        check(Step::Arrange, if traced == -1 { -1 } else { 0 })?;
    }
    restore_signals(plan);
    // SAFETY: a NUL-terminated path and two NULL-terminated arrays of such, all alive.
    unsafe { libc::execve(spawn.program.as_ptr(), plan.argv.as_ptr(), plan.envp.as_ptr()) };
    Err(Step::Execute)
}

/// Writes the child's id into its record and names the record after it.
fn write_record(record: &Record<'_>) -> Result<(), Step> {
    // SAFETY: a system call without arguments.
    let pid = unsafe { libc::getpid() };
    let bytes = pid.to_ne_bytes();
    let offset = record.pid_offset.cast_signed();
    // SAFETY: the buffer is four live bytes.
    let written =
        unsafe { libc::pwrite(record.file.as_raw_fd(), bytes.as_ptr().cast(), 4, offset) };
    check(Step::Arrange, if written == 4 { 0 } else { -1 })?;
    let rename = |from: &CStr, suffix: &CStr| {
        let mut name = [0; NAME_BYTES];
        let name =
            decimal(pid.unsigned_abs(), suffix.to_bytes(), &mut name).ok_or(Step::Arrange)?;
        let directory = record.directory.as_raw_fd();
        // SAFETY: two NUL-terminated names that outlive the call.
        let result = unsafe { libc::renameat(directory, from.as_ptr(), directory, name.as_ptr()) };
        check(Step::Arrange, result)
    };
    if let Some((companion, suffix)) = record.companion {
        rename(companion, suffix)?;
    }
    rename(record.name, c"")?;
    Ok(())
}

/// Room for a process id and a short suffix.
const NAME_BYTES: usize = 32;

/// A number and a suffix as a C string, without allocating.
fn decimal<'a>(
    mut number: u32,
    suffix: &[u8],
    buffer: &'a mut [u8; NAME_BYTES],
) -> Option<&'a CStr> {
    let mut start = NAME_BYTES.checked_sub(suffix.len() + 11)?;
    let digits_end = start + 10;
    buffer.get_mut(digits_end..digits_end + suffix.len())?.copy_from_slice(suffix);
    start = digits_end;
    loop {
        start -= 1;
        buffer[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    CStr::from_bytes_until_nul(&buffer[start..]).ok()
}

fn arrange_descriptors(plan: &Plan<'_>) -> Result<(), Step> {
    let mut sources = plan.spawn.standard.map(|fd| fd.as_raw_fd());
    for (target, source) in (0..).zip(&mut sources) {
        // One of 0, 1, 2 that is to become another of them could be overwritten before its turn.
        if *source < 3 && *source != target {
            // SAFETY: a system call on integers.
            let moved = unsafe { libc::fcntl(*source, libc::F_DUPFD_CLOEXEC, 3) };
            *source = check(Step::Arrange, moved)?;
        }
    }
    for (target, source) in (0..).zip(sources) {
        let result = if source == target {
            // SAFETY: a system call on integers.
            unsafe { libc::fcntl(target, libc::F_SETFD, 0) }
        } else {
            // SAFETY: a system call on integers.
            unsafe { libc::dup2(source, target) }
        };
        check(Step::Arrange, result)?;
    }
    // SAFETY: a system call on integers; the child's descriptor table is its own.
    let marked =
        unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    check(Step::Arrange, if marked == 0 { 0 } else { -1 })?;
    for &fd in &plan.keep {
        // SAFETY: a system call on integers.
        check(Step::Arrange, unsafe { libc::fcntl(fd, libc::F_SETFD, 0) })?;
    }
    Ok(())
}

/// Default dispositions for what the parent handles or ignores by its own choice (a handler would
/// run in the parent's memory), and then no signal blocked.
fn restore_signals(plan: &Plan<'_>) {
    for signal in (1..=64).filter(|signal| plan.reset_signals & 1 << (signal - 1) != 0) {
        // SAFETY: the default disposition needs no handler; the child's table is its own.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    // SAFETY: zeroed is a value of the type.
    let mut none: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: a live set.
    unsafe { libc::sigemptyset(&raw mut none) };
    // SAFETY: a live set; the old mask is not asked for.
    unsafe { libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut()) };
}

/// The stack the child runs on until its program has one.
struct ChildStack {
    start: *mut c_void,
}

impl ChildStack {
    fn new() -> Result<Self, c_int> {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK;
        // SAFETY: a new mapping at an address of the kernel's choice disturbs no other memory.
        let start =
            unsafe { libc::mmap(std::ptr::null_mut(), CHILD_STACK_BYTES, access, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error().raw_os_error().unwrap_or(libc::ENOMEM));
        }
        Ok(Self { start })
    }

    fn top(&self) -> *mut c_void {
        // SAFETY: one past the end of the mapping, which is where a descending stack begins.
        unsafe { self.start.byte_add(CHILD_STACK_BYTES) }
    }
}

impl Drop for ChildStack {
    fn drop(&mut self) {
        // SAFETY: exactly the mapping `new` made; the child has left it.
        unsafe { libc::munmap(self.start, CHILD_STACK_BYTES) };
    }
}
