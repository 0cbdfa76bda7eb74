//! Threads as objects: with a handle that other processes can hold, an exit code, a priority, and
//! a start that can wait.
//!
//! For work alone, [`std::thread`] is the better choice: it borrows, and hands results back.
//! These threads are for what it does not have. `ExitThread` and `TerminateThread` are not here:
//! they leave the frames of a thread without destroying what is in them, which other threads may
//! have borrowed; who needs them calls the Win32 functions, which are unsafe.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/procthread/processes-and-threads>

use crate::error::{Result, Win32Error};
use crate::handle::{AsHandle, BorrowedHandle, OwnedHandle, pseudo};
use crate::wait::wait_one;
use bitflags::bitflags;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;
use transom_kernel::thread::{self as kernel, NewThread, open, priority, stop};
use windows_sys::Win32::System::Threading as rights;

/// What a thread that panicked ends with, as Rust's programs do.
const PANICKED: u32 = 101;

bitflags! {
    /// What a handle to a thread may be used for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Access: u32 {
        /// `THREAD_QUERY_LIMITED_INFORMATION`: its id, exit code, priority.
        const QUERY = rights::THREAD_QUERY_LIMITED_INFORMATION;
        /// `SYNCHRONIZE`: waiting for its end.
        const SYNCHRONIZE = rights::THREAD_SYNCHRONIZE;
        /// `THREAD_SET_LIMITED_INFORMATION`: changing its priority.
        const SET_INFORMATION = rights::THREAD_SET_LIMITED_INFORMATION;
        /// `THREAD_SUSPEND_RESUME`: stopping it and letting it go on.
        const SUSPEND_RESUME = rights::THREAD_SUSPEND_RESUME;
        /// `THREAD_ALL_ACCESS`.
        const ALL = rights::THREAD_ALL_ACCESS;
        const _ = !0;
    }
}

/// How a thread ranks among those of its process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Priority {
    /// Runs when nothing else does.
    Idle = rights::THREAD_PRIORITY_IDLE,
    /// Two below normal.
    Lowest = rights::THREAD_PRIORITY_LOWEST,
    /// One below normal.
    BelowNormal = rights::THREAD_PRIORITY_BELOW_NORMAL,
    /// As its process.
    Normal = rights::THREAD_PRIORITY_NORMAL,
    /// One above normal.
    AboveNormal = rights::THREAD_PRIORITY_ABOVE_NORMAL,
    /// Two above normal.
    Highest = rights::THREAD_PRIORITY_HIGHEST,
    /// Before all others.
    TimeCritical = rights::THREAD_PRIORITY_TIME_CRITICAL,
}

impl Priority {
    /// From the lowest to the highest.
    pub const ALL: [Self; 7] = [
        Self::Idle,
        Self::Lowest,
        Self::BelowNormal,
        Self::Normal,
        Self::AboveNormal,
        Self::Highest,
        Self::TimeCritical,
    ];
}

/// `CreateThread`: starts a thread that ends with the code the closure returns.
///
/// ```
/// use transom::thread;
/// let thread = thread::spawn(|| 0xC0DE_CAFE)?;
/// assert!(thread.wait(None)?);
/// assert_eq!(thread.exit_code()?, Some(0xC0DE_CAFE)); // all 32 bits
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// As for [`Builder::spawn`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createthread>
pub fn spawn(routine: impl FnOnce() -> u32 + Send + 'static) -> Result<Thread> {
    Thread::builder().spawn(routine)
}

/// A thread that is to be started; from [`Thread::builder`].
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "there is no thread before `spawn`"]
pub struct Builder {
    new: NewThread,
}

impl Builder {
    /// Whether it waits to be [resumed](Thread::resume) before it begins.
    pub const fn suspended(mut self, suspended: bool) -> Self {
        self.new.suspended = suspended;
        self
    }

    /// Whether children inherit its handle.
    pub const fn inheritable(mut self, inheritable: bool) -> Self {
        self.new.inherit = inheritable;
        self
    }

    /// How many bytes its stack has, in steps of 64 KiB; otherwise as many as Linux gives.
    pub const fn stack_size(mut self, bytes: usize) -> Self {
        self.new.stack_bytes = bytes;
        self.new.exact_stack = true;
        self
    }

    /// `CreateThread`: starts it. One that panics ends with code 101.
    ///
    /// ```
    /// use transom::thread::Thread;
    /// let thread = Thread::builder().stack_size(256 * 1024).spawn(|| panic!("on purpose"))?;
    /// assert!(thread.wait(None)?);
    /// assert_eq!(thread.exit_code()?, Some(101));
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_NOT_ENOUGH_MEMORY`: Linux starts no more threads, or has no such stack.
    /// `ERROR_NO_SYSTEM_RESOURCES`, `ERROR_TOO_MANY_OPEN_FILES`: there is no room.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createthread>
    pub fn spawn(self, routine: impl FnOnce() -> u32 + Send + 'static) -> Result<Thread> {
        // Nobody sees what the closure leaves half done: it is dropped with it.
        let caught = move || catch_unwind(AssertUnwindSafe(routine)).unwrap_or(PANICKED);
        let (handle, _) = kernel::create(&self.new, caught)?;
        Ok(Thread { handle: OwnedHandle::of(handle) })
    }
}

/// A handle to a thread, running or ended. Dropping it closes the handle; the thread runs on.
///
/// ```
/// use transom::{AsHandle, thread::Thread};
/// use std::time::Duration;
/// let thread = Thread::builder().suspended(true).spawn(|| 7)?;
/// assert!(!thread.wait(Duration::from_millis(1))?); // it has not begun
/// assert_eq!(thread.exit_code()?, None);
/// assert_eq!(thread.resume()?, 1);
/// assert!(thread.wait(None)?);
/// assert_eq!(thread.exit_code()?, Some(7));
/// # Ok::<(), transom::Win32Error>(())
/// ```
#[derive(Debug)]
pub struct Thread {
    handle: OwnedHandle,
}

impl Thread {
    /// A thread to be started, private and at once until said otherwise.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// `OpenThread`: a handle to the thread with an id, of this or another process.
    ///
    /// ```
    /// use transom::thread::{Access, Thread};
    /// let own = Thread::open(Thread::current()?.id()?, Access::QUERY)?;
    /// assert_eq!(own.exit_code()?, None);
    /// assert_eq!(own.suspend().unwrap_err().code(), 5); // that right was not asked for
    /// assert_eq!(Thread::open(0, Access::QUERY).unwrap_err().code(), 87);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER`: there is no such thread. `ERROR_ACCESS_DENIED`: the user may not
    /// do to it what is asked for.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openthread>
    pub fn open(id: u32, access: Access) -> Result<Self> {
        Ok(Self { handle: OwnedHandle::of(open::open(access.bits(), false, id)?) })
    }

    /// A real handle to the calling thread, whoever started it, made of the
    /// [pseudo handle](pseudo::current_thread).
    ///
    /// ```
    /// use transom::thread::Thread;
    /// let main = Thread::current()?;
    /// let seen = std::thread::spawn(move || main.exit_code()).join().expect("no panic")?;
    /// assert_eq!(seen, None); // it runs, wherever it is asked for
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_TOO_MANY_OPEN_FILES`, `ERROR_NO_SYSTEM_RESOURCES`: there is no room.
    pub fn current() -> Result<Self> {
        Ok(Self { handle: pseudo::current_thread().duplicate()? })
    }

    /// The thread of a handle that was inherited or duplicated.
    ///
    /// ```
    /// use transom::{Event, thread::Thread};
    /// let event = Event::manual()?.into_handle();
    /// assert_eq!(Thread::from_handle(event).unwrap_err().code(), 6);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it is no thread. The handle is closed.
    pub fn from_handle(handle: OwnedHandle) -> Result<Self> {
        // Any right will do to find out that it is a thread.
        open::thread_of(handle.as_handle().kernel(), u32::MAX)?;
        Ok(Self { handle })
    }

    fn object(&self, access: Access) -> Result<Arc<kernel::Thread>> {
        open::thread_of(self.as_handle().kernel(), access.bits())
    }

    /// `GetThreadId`: its id.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle was opened without [`Access::QUERY`].
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getthreadid>
    pub fn id(&self) -> Result<u32> {
        Ok(self.object(QUERY)?.tid())
    }

    /// `GetProcessIdOfThread`: the id of its process.
    ///
    /// ```
    /// use transom::thread::Thread;
    /// assert_eq!(Thread::current()?.process_id()?, std::process::id());
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`id`](Self::id).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getprocessidofthread>
    pub fn process_id(&self) -> Result<u32> {
        Ok(self.object(QUERY)?.process_id())
    }

    /// `GetExitCodeThread`: the code it has ended with; `None` while it runs.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle was opened without [`Access::QUERY`].
    /// `ERROR_NOT_SUPPORTED`: it was another process's, and nobody kept the code.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getexitcodethread>
    pub fn exit_code(&self) -> Result<Option<u32>> {
        let thread = self.object(QUERY)?;
        if thread.has_ended() { thread.exit_code().map(Some) } else { Ok(None) }
    }

    /// `WaitForSingleObject`: waits until it has ended, or so long; whether it has. `None` waits
    /// without end.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle was opened without [`Access::SYNCHRONIZE`].
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitforsingleobject>
    pub fn wait(&self, timeout: impl Into<Option<Duration>>) -> Result<bool> {
        wait_one(self, timeout)
    }

    /// `SuspendThread`: stops it; how often it was suspended before. It may hold any lock of the
    /// program when it stops. Of another process, all threads stop.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use transom::thread;
    /// static TURNS: AtomicU32 = AtomicU32::new(0);
    /// let busy = thread::spawn(|| loop {
    ///     if TURNS.fetch_add(1, Ordering::SeqCst) == u32::MAX { return 0 }
    /// })?;
    /// assert_eq!(busy.suspend()?, 0);
    /// let turns = TURNS.load(Ordering::SeqCst);
    /// std::thread::yield_now();
    /// assert_eq!(TURNS.load(Ordering::SeqCst), turns); // it stands still
    /// assert_eq!(busy.resume()?, 1);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: it has ended, or the handle was opened without
    /// [`Access::SUSPEND_RESUME`]. `ERROR_SIGNAL_REFUSED`: it is suspended 127 times.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-suspendthread>
    pub fn suspend(&self) -> Result<u32> {
        stop::suspend(&*self.object(Access::SUSPEND_RESUME)?)
    }

    /// `ResumeThread`: undoes one suspension; how often it was suspended before.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle was opened without [`Access::SUSPEND_RESUME`].
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-resumethread>
    pub fn resume(&self) -> Result<u32> {
        stop::resume(&*self.object(Access::SUSPEND_RESUME)?)
    }

    /// `GetThreadPriority`: how it ranks.
    ///
    /// # Errors
    /// As for [`id`](Self::id).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getthreadpriority>
    pub fn priority(&self) -> Result<Priority> {
        let found = priority::get(&*self.object(QUERY)?)?;
        let known = Priority::ALL.into_iter().find(|&known| known as i32 == found);
        known.ok_or(Win32Error::GEN_FAILURE)
    }

    /// `SetThreadPriority`: says how it is to rank.
    ///
    /// ```
    /// use transom::thread::{Priority, Thread};
    /// let thread = Thread::builder().suspended(true).spawn(|| 0)?;
    /// assert_eq!(thread.priority()?, Priority::Normal);
    /// thread.set_priority(Priority::Lowest)?;
    /// assert_eq!(thread.priority()?, Priority::Lowest);
    /// thread.resume()?;
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: it is another user's, or the handle was opened without
    /// [`Access::SET_INFORMATION`]. `ERROR_PRIVILEGE_NOT_HELD`: Linux lets only privileged users
    /// raise it.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setthreadpriority>
    pub fn set_priority(&self, priority: Priority) -> Result<()> {
        priority::set(&*self.object(SET)?, priority as i32)
    }

    /// Its handle alone.
    #[must_use]
    pub fn into_handle(self) -> OwnedHandle {
        self.handle
    }
}

/// Either of the rights will do.
const QUERY: Access =
    Access::from_bits_retain(rights::THREAD_QUERY_INFORMATION).union(Access::QUERY);
const SET: Access =
    Access::from_bits_retain(rights::THREAD_SET_INFORMATION).union(Access::SET_INFORMATION);

impl AsHandle for Thread {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}
