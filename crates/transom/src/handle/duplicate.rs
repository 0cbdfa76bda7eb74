//! `DuplicateHandle`, within this process and into another.

#[cfg(doc)]
use super::AsHandle;
use super::{AsHandle as _, BorrowedHandle, OwnedHandle};
use crate::error::{Result, Win32Error};
use crate::process::Process;
use std::fmt;
use transom_kernel::handle::duplicate::{self as kernel, SAME_ACCESS};
use transom_kernel::handle::{Handle, HandleValue, PseudoHandle};

/// A duplicate that is to be made; from [`AsHandle::duplication`].
///
/// ```
/// use transom::{AsHandle, Event};
/// const SYNCHRONIZE: u32 = 0x0010_0000;
/// let event = Event::manual()?;
/// let watcher = event.duplication().access(SYNCHRONIZE).inheritable(true).here()?;
/// assert!(watcher.is_inheritable()?);
/// // It may be waited on, and not be set.
/// assert_eq!(Event::from_handle(watcher)?.set().unwrap_err().code(), 5);
/// # Ok::<(), transom::Win32Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is duplicated until it is said where"]
pub struct Duplication<'a> {
    source: BorrowedHandle<'a>,
    access: Option<u32>,
    inheritable: bool,
}

impl<'a> Duplication<'a> {
    pub(super) const fn of(source: BorrowedHandle<'a>) -> Self {
        Self { source, access: None, inheritable: false }
    }

    /// The access rights of the duplicate, generic ones included; otherwise those of the source.
    pub const fn access(mut self, access: u32) -> Self {
        self.access = Some(access);
        self
    }

    /// Whether children of the process that gets it inherit it; otherwise they do not.
    pub const fn inheritable(mut self, inheritable: bool) -> Self {
        self.inheritable = inheritable;
        self
    }

    fn make(self, target_process: Handle) -> Result<isize> {
        kernel::duplicate(&kernel::Duplication {
            source_process: Handle::Pseudo(PseudoHandle::CurrentProcess),
            source: Ok(self.source.kernel()),
            target_process: Ok(target_process),
            access: self.access.unwrap_or(0),
            inherit: self.inheritable,
            options: if self.access.is_none() { SAME_ACCESS } else { 0 },
        })
    }

    /// Makes the duplicate in this process.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: the source is not open any more. `ERROR_ACCESS_DENIED`: the
    /// object's type has no such access right. `ERROR_NO_SYSTEM_RESOURCES`: the table is full.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-duplicatehandle>
    pub fn here(self) -> Result<OwnedHandle> {
        OwnedHandle::from_raw(self.make(Handle::Pseudo(PseudoHandle::CurrentProcess))?)
    }

    /// Makes the duplicate in another process, which need not help: it may be stopped, or not
    /// have run its first instruction yet. The value has to reach it some other way.
    ///
    /// ```
    /// use transom::{AsHandle, Command, Event, OwnedHandle, Process};
    /// let event = Event::manual()?;
    /// // `sleep` is no Transom program: it could do nothing with a handle.
    /// let sleep = Command::new("sleep").arg("60").spawn()?;
    /// assert_eq!(event.duplicate_into(sleep.process()).unwrap_err().code(), 5);
    /// sleep.terminate(0)?;
    /// // This program is one.
    /// let there = event.duplicate_into(&Process::current()?)?;
    /// assert_eq!(OwnedHandle::from_raw(there.as_raw())?.object_id()?, event.object_id()?);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`here`](Self::here); `ERROR_ACCESS_DENIED` also where `process` was opened without
    /// [`DUP_HANDLE`](crate::process::Access::DUP_HANDLE), has ended, or is no Transom program;
    /// `ERROR_NOT_SUPPORTED`: the object cannot leave this process.
    pub fn into_process(self, process: &Process) -> Result<RemoteHandle> {
        RemoteHandle::from_raw(self.make(process.as_handle().kernel())?)
    }
}

/// The value of a handle in another process. In this one, the same number means something else,
/// or nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RemoteHandle(HandleValue);

impl RemoteHandle {
    /// The handle of another process with this number.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: no handle has this number.
    pub fn from_raw(raw: isize) -> Result<Self> {
        match Handle::from_raw(raw)? {
            Handle::Real(value) => Ok(Self(value)),
            Handle::Pseudo(_) => Err(Win32Error::INVALID_HANDLE),
        }
    }

    /// The number.
    #[must_use]
    pub const fn as_raw(self) -> isize {
        self.0.get() as isize
    }

    /// Closes the handle in the process it belongs to: `DuplicateHandle` with
    /// `DUPLICATE_CLOSE_SOURCE` and no target.
    ///
    /// ```
    /// use transom::{AsHandle, Event, OwnedHandle, Process};
    /// let event = Event::manual()?;
    /// let there = event.duplicate_into(&Process::current()?)?;
    /// assert_eq!(event.usage_count()?, 2);
    /// there.close_in(&Process::current()?)?;
    /// assert_eq!(event.usage_count()?, 1);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it is not open there, or protected. `ERROR_ACCESS_DENIED`:
    /// `process` was opened without [`DUP_HANDLE`](crate::process::Access::DUP_HANDLE), has
    /// ended, or is no Transom program.
    pub fn close_in(self, process: &Process) -> Result<()> {
        kernel::close_source(process.as_handle().kernel(), self.0.into())
    }
}

impl fmt::Display for RemoteHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.get())
    }
}

impl fmt::Debug for RemoteHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteHandle({self})")
    }
}
