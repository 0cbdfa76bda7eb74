//! A process that keeps a job: it waits until nobody holds the job any more, and ends the job's
//! processes if that is wanted, or waits until they have ended by themselves.
//!
//! It is a copy of the process that starts it, made without the C library's knowledge: other threads
//! may have held any lock at that moment. So it only makes system calls, and works on its stack.

use crate::record_lock;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, RawDir, SeekFrom, openat, seek};
use rustix::io::pread;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

/// The descriptor under which a keeper has the job's memory.
pub const MEMORY: RawFd = 0;
/// That of the directory of records.
const RECORDS: RawFd = 1;

/// Where things are in a job's memory and in the records of processes: offsets in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The bytes that all who hold the job have locked.
    pub holders: [u64; 2],
    /// Of the job's flags.
    pub flags: u64,
    /// The flag that says that the processes are to be ended.
    pub kill: u64,
    /// Of the word that tells the job in a process's record.
    pub job: u64,
    /// Of the process's start time in its record, 0 if nobody has told it.
    pub start_time: u64,
    /// The job.
    pub id: u64,
    /// Where in the job's memory the keeper's process id is put.
    pub keeper: u64,
}

/// Starts a keeper: it is nobody's child, and has nothing open but the two files. `memory` must be of
/// an open file description that has no lock.
///
/// # Errors
/// What Linux says when it has no room for processes.
pub fn start(memory: BorrowedFd<'_>, records: BorrowedFd<'_>, layout: Layout) -> io::Result<()> {
    let (memory, records) = (memory.as_raw_fd(), records.as_raw_fd());
    // SAFETY: a process without shared memory; both sides go on from here. The new one makes only
    // system calls and never returns.
    let first = unsafe { libc::syscall(libc::SYS_clone, 0, 0, 0, 0, 0) };
    match first {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            // SAFETY: as above; its parent ends at once, so that it is nobody's child.
            let second = unsafe { libc::syscall(libc::SYS_clone, 0, 0, 0, 0, 0) };
            if second == 0 {
                keep(memory, records, layout);
            }
            // SAFETY: the number of a descriptor that the copied table has.
            let memory = unsafe { BorrowedFd::borrow_raw(memory) };
            let pid = u64::try_from(second).unwrap_or(0).to_ne_bytes();
            let told = second > 0 && rustix::io::pwrite(memory, &pid, layout.keeper) == Ok(8);
            leave(if told { 0 } else { 1 })
        }
        pid => {
            let mut status = 0;
            loop {
                // SAFETY: the place lives across the call.
                let waited = unsafe { libc::waitpid(pid as i32, &raw mut status, libc::__WALL) };
                if waited >= 0 {
                    break;
                }
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
            if status == 0 { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) }
        }
    }
}

fn leave(code: i32) -> ! {
    // SAFETY: ends the process at once.
    unsafe { libc::_exit(code) }
}

/// What the keeper does.
fn keep(memory: RawFd, records: RawFd, layout: Layout) -> ! {
    let mut all = [u8::MAX; 8];
    let mask = all.as_mut_ptr();
    // SAFETY: the mask lives; nothing of the program runs here any more that could want a signal.
    unsafe { libc::syscall(libc::SYS_rt_sigprocmask, libc::SIG_SETMASK, mask, 0, 8) };
    let _ = rustix::process::setsid();
    let _ = rustix::thread::set_name(c"transom-job");
    let _ = rustix::process::chdir(c"/");
    // Above where both go.
    // SAFETY: numbers; the program's descriptors belong to nobody here.
    let memory = unsafe { libc::fcntl(memory, libc::F_DUPFD, 3) };
    // SAFETY: as above.
    let records = unsafe { libc::fcntl(records, libc::F_DUPFD, 3) };
    for (from, to) in [(memory, MEMORY), (records, RECORDS)] {
        // SAFETY: as above.
        if unsafe { libc::dup2(from, to) } != to {
            leave(1);
        }
    }
    // SAFETY: as above: the two that stay are below.
    if unsafe { libc::syscall(libc::SYS_close_range, 2_u32, u32::MAX, 0) } != 0 {
        leave(1);
    }
    // SAFETY: it was put there just now and stays open.
    let memory = unsafe { BorrowedFd::borrow_raw(MEMORY) };
    // SAFETY: it was put there just now and stays open.
    let records = unsafe { BorrowedFd::borrow_raw(RECORDS) };
    let [start, end] = layout.holders;
    loop {
        match record_lock::wait_exclusive(memory, &Range { start, end }) {
            Ok(()) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Unknown who holds it, so nobody is ended.
            Err(_) => leave(1),
        }
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    // With a place of its own in the directory.
    let Ok(records) = openat(records, c".", flags, Mode::empty()) else { leave(1) };
    loop {
        let kill = word(memory, layout.flags).is_some_and(|flags| flags & layout.kill != 0);
        match some_member(&records, layout, kill) {
            None => leave(0),
            Some(member) => {
                let mut fds = [PollFd::new(&member, PollFlags::IN)];
                let _ = poll(&mut fds, None);
            }
        }
    }
}

/// Looks at all processes of the job, ends them if that is wanted, and gives one that runs.
fn some_member(records: &OwnedFd, layout: Layout, kill: bool) -> Option<OwnedFd> {
    let _ = seek(records, SeekFrom::Start(0));
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut directory = RawDir::new(records, &mut buffer);
    let mut found = None;
    while let Some(Ok(entry)) = directory.next() {
        let Some(pid) = number(entry.file_name()) else { continue };
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let Ok(record) = openat(records, entry.file_name(), flags, Mode::empty()) else { continue };
        if word(record.as_fd(), layout.job) != Some(layout.id) {
            continue;
        }
        let Some(linux) = Pid::from_raw(pid) else { continue };
        let Ok(process) = pidfd_open(linux, PidfdFlags::empty()) else { continue };
        let started = word(record.as_fd(), layout.start_time).unwrap_or(0);
        let other = started != 0 && start_time(pid) != Some(started);
        if other || has_ended(&process) {
            continue;
        }
        if kill {
            let _ = pidfd_send_signal(&process, Signal::KILL);
        }
        found = Some(process);
    }
    found
}

fn has_ended(process: &OwnedFd) -> bool {
    let mut fds = [PollFd::new(process, PollFlags::IN)];
    poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|ready| ready > 0)
}

fn word(file: BorrowedFd<'_>, offset: u64) -> Option<u64> {
    let mut bytes = [0; 8];
    (pread(file, &mut bytes[..], offset) == Ok(8)).then(|| u64::from_ne_bytes(bytes))
}

/// A process id, as the name of a file.
fn number(name: &CStr) -> Option<i32> {
    name.to_str().ok()?.parse().ok()
}

/// When a process started, in ticks.
fn start_time(pid: i32) -> Option<u64> {
    let mut path = [0_u8; 32];
    let mut rest = &mut path[..];
    // Into the array on the stack.
    io::Write::write_fmt(&mut rest, format_args!("/proc/{pid}/stat\0")).ok()?;
    let path = CStr::from_bytes_until_nul(&path).ok()?;
    let file = rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let mut line = [0; 1024];
    let length = rustix::io::read(&file, &mut line[..]).ok()?;
    let line = line.get(..length)?;
    let behind = line.iter().rposition(|&byte| byte == b')')? + 2;
    let text = std::str::from_utf8(line.get(behind..)?).ok()?;
    text.split(' ').nth(19)?.parse().ok()
}
