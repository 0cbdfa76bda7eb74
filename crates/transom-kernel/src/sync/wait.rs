//! Waiting for one object, any of several, or all of several.
//!
//! An object is waited for through a futex word in memory or through a descriptor that becomes
//! readable. Waits on words alone sleep in `futex_waitv`, waits on descriptors alone in `poll`;
//! where both kinds meet, the service thread turns the descriptors into words.
//!
//! A wait for all takes nothing until it can take everything: the words it would change are
//! locked (in the order of their addresses), looked at, changed or not, and unlocked.

use crate::error::{Result, Win32Error};
use crate::executive::{current, watch_until_ready};
use crate::handle::{Entry, Handle, PseudoHandle};
use crate::object::{KernelObject, SYNCHRONIZE};
use crate::{process, thread};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use rustix::thread::futex;
use rustix::time::{ClockId, clock_gettime};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The most objects one wait takes: `MAXIMUM_WAIT_OBJECTS`.
pub const MOST_OBJECTS: usize = 64;
/// `INFINITE`: no time-out.
pub const INFINITE: u32 = u32::MAX;

/// The bit of a state word that says "signalled".
pub(crate) const SIGNALLED: u32 = 1;
/// The bit of a state word that says "locked"; the bits above it are the locker's thread id.
pub(crate) const LOCKED: u32 = 2;
const LOCKER_SHIFT: u32 = 2;

/// What an object is waited for through.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// Nothing to wait for: it is always signalled.
    Always,
    /// A word in shared memory.
    Word(WordSource<'a>),
    /// A descriptor that becomes readable, and stays so until somebody reads.
    Readable(BorrowedFd<'a>),
}

/// A futex word and who sleeps on it.
#[derive(Clone, Copy, Debug)]
pub struct WordSource<'a> {
    /// Has bit 0 set while the object is signalled.
    pub(crate) state: &'a AtomicU32,
    /// How many sleep, so that signalling costs no system call when nobody does.
    pub(crate) sleepers: &'a AtomicU32,
    /// Whether a wait that succeeds makes the object unsignalled.
    pub(crate) taken_by_wait: bool,
}

impl Source<'_> {
    /// Whether the descriptor is readable now, or the word says signalled.
    pub(crate) fn is_ready(&self) -> bool {
        match self {
            Self::Always => true,
            Self::Word(word) => word.state.load(Ordering::Acquire) & SIGNALLED != 0,
            Self::Readable(fd) => {
                let mut fds = [PollFd::from_borrowed_fd(*fd, PollFlags::IN)];
                poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))
                    .is_ok_and(|ready| ready > 0)
            }
        }
    }
}

/// An object that can be waited on.
pub trait Waitable: Send + Sync {
    /// Whether it is signalled now.
    fn is_signalled(&self) -> bool;

    /// Satisfies a wait if it is signalled, with the effect that has on the object.
    fn try_take(&self) -> bool {
        self.is_signalled()
    }

    /// How to sleep until it may be signalled.
    fn source(&self) -> Source<'_>;
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// `WAIT_OBJECT_0` plus this number (0 for a wait for all).
    Object(u32),
    /// `WAIT_TIMEOUT`.
    TimedOut,
}

/// A point in time, or never.
#[derive(Clone, Copy, Debug)]
struct Deadline(Option<Timespec>);

impl Deadline {
    fn after(timeout_ms: u32) -> Self {
        if timeout_ms == INFINITE {
            return Self(None);
        }
        let now = clock_gettime(ClockId::Monotonic);
        let ns = now.tv_nsec + i64::from(timeout_ms % 1000) * 1_000_000;
        Self(Some(Timespec {
            tv_sec: now.tv_sec + i64::from(timeout_ms / 1000) + ns / 1_000_000_000,
            tv_nsec: ns % 1_000_000_000,
        }))
    }

    /// What is left; `None` for no limit, zero when it has passed.
    fn left(self) -> Option<Timespec> {
        let end = self.0?;
        let now = clock_gettime(ClockId::Monotonic);
        let ns = (end.tv_sec - now.tv_sec) * 1_000_000_000 + (end.tv_nsec - now.tv_nsec);
        let ns = ns.max(0);
        Some(Timespec { tv_sec: ns / 1_000_000_000, tv_nsec: ns % 1_000_000_000 })
    }

    fn has_passed(self) -> bool {
        self.left().is_some_and(|left| left.tv_sec == 0 && left.tv_nsec == 0)
    }
}

/// The object of a handle that may be waited on. Pseudo handles mean the process and thread.
fn waitable_object(handle: Handle) -> Result<Arc<dyn KernelObject>> {
    match handle {
        Handle::Pseudo(PseudoHandle::CurrentProcess) => Ok(process::current_process()?),
        Handle::Pseudo(PseudoHandle::CurrentThread) => Ok(thread::current_thread()?),
        Handle::Pseudo(PseudoHandle::Token(_)) => Err(Win32Error::INVALID_HANDLE),
        Handle::Real(_) => check(current().table().entry(handle)?),
    }
}

fn check(entry: Entry) -> Result<Arc<dyn KernelObject>> {
    if entry.object.waitable().is_none() {
        return Err(Win32Error::INVALID_HANDLE);
    }
    if entry.access & SYNCHRONIZE == 0 {
        return Err(Win32Error::ACCESS_DENIED);
    }
    Ok(entry.object)
}

/// `WaitForSingleObject`: waits until an object is signalled.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what cannot be waited on, `ERROR_ACCESS_DENIED` for a handle
/// without `SYNCHRONIZE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitforsingleobject>
pub fn one(handle: Handle, timeout_ms: u32) -> Result<Waited> {
    // Most waits find the object signalled, or only ask: those cost one look at the table.
    let at_once = current().table().with(handle, |entry| {
        let takes = entry.access & SYNCHRONIZE != 0
            && entry.object.waitable().is_some_and(|waitable| {
                matches!(waitable.source(), Source::Word(_)) && waitable.try_take()
            });
        takes.then_some(())
    });
    if at_once == Ok(Some(())) {
        return Ok(Waited::Object(0));
    }
    let object = waitable_object(handle)?;
    let waitable = object.waitable().ok_or(Win32Error::INVALID_HANDLE)?;
    match waitable.source() {
        // Sleeping on a descriptor asks first whether it is ready: one system call, not two.
        source @ Source::Readable(_) => one_descriptor(source, timeout_ms),
        Source::Word(word) => one_word(waitable, word, Deadline::after(timeout_ms)),
        Source::Always => any(&[waitable], Deadline::after(timeout_ms)),
    }
}

/// Waits for an object that is a word, as [`any`] would, without lists of one.
fn one_word(waitable: &dyn Waitable, word: WordSource<'_>, deadline: Deadline) -> Result<Waited> {
    let sources = [Source::Word(word)];
    loop {
        if waitable.try_take() {
            return Ok(Waited::Object(0));
        }
        if deadline.has_passed() {
            return Ok(Waited::TimedOut);
        }
        let _counted = Sleeping::count(&sources);
        match word.state.load(Ordering::SeqCst) {
            // Signalled between the last look and being counted as sleeping: do not sleep.
            now if now & SIGNALLED != 0 => {}
            now if now & LOCKED != 0 => std::thread::yield_now(),
            now => sleep_on_words(&[(word.state, now)], deadline)?,
        }
    }
}

/// Waits until a descriptor is readable.
fn one_descriptor(source: Source<'_>, timeout_ms: u32) -> Result<Waited> {
    let deadline = Deadline::after(timeout_ms);
    loop {
        if sleep_on_descriptors(&[source], deadline)? {
            return Ok(Waited::Object(0));
        }
        if deadline.has_passed() {
            return Ok(Waited::TimedOut);
        }
    }
}

/// `WaitForMultipleObjects`: waits until one, or all, of up to 64 objects are signalled.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for none, for more than 64 and for the same object twice in a wait
/// for all; `ERROR_INVALID_HANDLE` for pseudo handles and what cannot be waited on;
/// `ERROR_ACCESS_DENIED` for a handle without `SYNCHRONIZE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitformultipleobjects>
pub fn many(handles: &[Result<Handle>], wait_for_all: bool, timeout_ms: u32) -> Result<Waited> {
    if handles.is_empty() || handles.len() > MOST_OBJECTS {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let mut objects = Vec::with_capacity(handles.len());
    for handle in handles {
        match (*handle)? {
            Handle::Pseudo(_) => return Err(Win32Error::INVALID_HANDLE),
            handle @ Handle::Real(_) => objects.push(check(current().table().entry(handle)?)?),
        }
    }
    let waitables: Vec<&dyn Waitable> =
        objects.iter().filter_map(|object| object.waitable()).collect();
    if !wait_for_all {
        return any(&waitables, Deadline::after(timeout_ms));
    }
    let mut ids: Vec<_> = objects.iter().map(|object| object.header().id()).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    all(&waitables, Deadline::after(timeout_ms))
}

fn any(waitables: &[&dyn Waitable], deadline: Deadline) -> Result<Waited> {
    loop {
        for (index, waitable) in (0..).zip(waitables) {
            if waitable.try_take() {
                return Ok(Waited::Object(index));
            }
        }
        if deadline.has_passed() {
            return Ok(Waited::TimedOut);
        }
        sleep(waitables, deadline)?;
    }
}

fn all(waitables: &[&dyn Waitable], deadline: Deadline) -> Result<Waited> {
    loop {
        match waitables.iter().find(|waitable| !waitable.is_signalled()) {
            None if take_all(waitables) => return Ok(Waited::Object(0)),
            None => {}
            Some(_) if deadline.has_passed() => return Ok(Waited::TimedOut),
            Some(missing) => sleep(&[*missing], deadline)?,
        }
    }
}

/// Takes all objects if all are signalled at one moment, else none.
fn take_all(waitables: &[&dyn Waitable]) -> bool {
    let mut words: Vec<&AtomicU32> = waitables
        .iter()
        .filter_map(|waitable| match waitable.source() {
            Source::Word(word) if word.taken_by_wait => Some(word.state),
            _ => None,
        })
        .collect();
    words.sort_unstable_by_key(|word| std::ptr::from_ref(*word));
    for word in &words {
        lock(word);
    }
    let ready = waitables.iter().all(|waitable| waitable.is_signalled());
    for word in &words {
        unlock(word, ready);
    }
    ready
}

/// Locks a state word: until it is unlocked, no other wait takes the object.
fn lock(word: &AtomicU32) {
    let mark =
        LOCKED | rustix::thread::gettid().as_raw_nonzero().get().cast_unsigned() << LOCKER_SHIFT;
    loop {
        let now = word.load(Ordering::Acquire);
        if now & LOCKED != 0 {
            await_unlock(word);
            continue;
        }
        let locked = now & SIGNALLED | mark;
        if word.compare_exchange(now, locked, Ordering::SeqCst, Ordering::Relaxed).is_ok() {
            return;
        }
    }
}

/// Unlocks a state word. Signals that came meanwhile stay.
fn unlock(word: &AtomicU32, take: bool) {
    let keep = if take { 0 } else { SIGNALLED };
    let before = word.fetch_and(keep, Ordering::SeqCst);
    debug_assert_ne!(before & LOCKED, 0);
    if before & keep != 0 {
        // Somebody may have gone to sleep on the locked word in spite of the signal.
        let _ = futex::wake(word, futex::Flags::empty(), i32::MAX.cast_unsigned());
    }
}

/// Waits for the holder of a locked state word, which holds it for some instructions only; and
/// frees it from a holder that died.
#[cold]
pub(crate) fn await_unlock(word: &AtomicU32) {
    for round in 0_u32.. {
        let now = word.load(Ordering::Acquire);
        if now & LOCKED == 0 {
            return;
        }
        std::thread::yield_now();
        if round % 1024 != 1023 {
            continue;
        }
        let locker = Pid::from_raw((now >> LOCKER_SHIFT).cast_signed());
        // A thread id can be asked for like a process id.
        if locker.is_none_or(|locker| test_kill_process(locker) == Err(Errno::SRCH)) {
            let _ =
                word.compare_exchange(now, now & SIGNALLED, Ordering::SeqCst, Ordering::Relaxed);
        }
    }
}

/// Sleeps until one of the objects may be signalled, or the time is over.
fn sleep(waitables: &[&dyn Waitable], deadline: Deadline) -> Result<()> {
    let sources: Vec<Source<'_>> = waitables.iter().map(|waitable| waitable.source()).collect();
    let words = sources.iter().filter(|source| matches!(source, Source::Word(_))).count();
    if words == 0 {
        return sleep_on_descriptors(&sources, deadline).map(drop);
    }
    // The same descriptor can be watched for one wait at a time: each wait has a duplicate.
    let mut duplicates = Vec::new();
    let mut bridges = Vec::new();
    for source in &sources {
        if let Source::Readable(fd) = source {
            duplicates.push(fd.try_clone_to_owned().map_err(Win32Error::from)?);
        }
    }
    for duplicate in &duplicates {
        bridges.push(watch_until_ready(duplicate.as_fd())?);
    }
    let sleeping = Sleeping::count(&sources);
    let mut futexes: Vec<(&AtomicU32, u32)> = Vec::with_capacity(sources.len());
    for word in sleeping.words() {
        futexes.push((word.state, word.state.load(Ordering::SeqCst)));
    }
    futexes.extend(bridges.iter().map(|bridge| (bridge.word(), 0)));
    // Signalled between the last look and being counted as sleeping: do not sleep.
    if futexes.iter().any(|(_, value)| value & SIGNALLED != 0) {
        return Ok(());
    }
    if futexes.iter().any(|(_, value)| value & LOCKED != 0) {
        std::thread::yield_now();
        return Ok(());
    }
    sleep_on_words(&futexes, deadline)
}

/// Counts this thread among the sleepers of some words, until dropped.
struct Sleeping<'a> {
    sources: &'a [Source<'a>],
}

impl<'a> Sleeping<'a> {
    fn count(sources: &'a [Source<'a>]) -> Self {
        let sleeping = Self { sources };
        for word in sleeping.words() {
            word.sleepers.fetch_add(1, Ordering::SeqCst);
        }
        sleeping
    }

    fn words(&self) -> impl Iterator<Item = WordSource<'a>> {
        self.sources.iter().filter_map(|source| match source {
            Source::Word(word) => Some(*word),
            _ => None,
        })
    }
}

impl Drop for Sleeping<'_> {
    fn drop(&mut self) {
        for word in self.words() {
            word.sleepers.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

fn sleep_on_words(futexes: &[(&AtomicU32, u32)], deadline: Deadline) -> Result<()> {
    let result = match futexes {
        [(word, value)] => {
            let left = deadline.left();
            futex::wait(word, futex::Flags::empty(), *value, left.as_ref())
        }
        _ => {
            let waiters: Vec<futex::Wait> = futexes
                .iter()
                .map(|(word, value)| {
                    let mut wait = futex::Wait::new();
                    wait.val = u64::from(*value);
                    wait.uaddr = futex::WaitPtr::new(word.as_ptr().cast());
                    wait.flags = futex::WaitFlags::SIZE_U32;
                    wait
                })
                .collect();
            let flags = futex::WaitvFlags::empty();
            futex::waitv(&waiters, flags, deadline.0.as_ref(), ClockId::Monotonic).map(drop)
        }
    };
    match result {
        // Woken, changed before we slept, interrupted, or late: the caller looks again.
        Ok(()) | Err(Errno::AGAIN | Errno::INTR | Errno::TIMEDOUT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Sleeps until one of the descriptors is readable, or the time is over; whether one is.
fn sleep_on_descriptors(sources: &[Source<'_>], deadline: Deadline) -> Result<bool> {
    let mut fds: Vec<PollFd<'_>> = sources
        .iter()
        .filter_map(|source| match source {
            Source::Readable(fd) => Some(PollFd::from_borrowed_fd(*fd, PollFlags::IN)),
            _ => None,
        })
        .collect();
    match poll(&mut fds, deadline.left().as_ref()) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
