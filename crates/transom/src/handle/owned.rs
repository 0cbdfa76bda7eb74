//! Handles that are closed when they are dropped, and those that are not.

use super::{AsHandle, RemoteHandle};
use crate::error::{Result, Win32Error};
use crate::process::Process;
use std::fmt;
use std::marker::PhantomData;
use transom_kernel::executive::current;
use transom_kernel::handle::duplicate::{Duplication, SAME_ACCESS, duplicate};
use transom_kernel::handle::{Handle, HandleValue, PseudoHandle};

/// A handle of this process, closed when it is dropped.
#[derive(PartialEq, Eq, Hash)]
pub struct OwnedHandle {
    value: HandleValue,
}

impl OwnedHandle {
    /// A handle the kernel has just given out.
    pub(crate) const fn of(value: HandleValue) -> Self {
        Self { value }
    }

    /// Takes over a handle by its number: one that this program was started with, or that
    /// another process duplicated into it. The caller says that nobody else closes it.
    ///
    /// ```
    /// use transom::{AsHandle, Event, OwnedHandle};
    /// let number = Event::manual()?.into_handle().into_raw(); // open, and nobody's
    /// let handle = OwnedHandle::from_raw(number)?;
    /// assert_eq!(handle.as_raw(), number);
    /// drop(handle);
    /// assert_eq!(OwnedHandle::from_raw(number).unwrap_err().code(), 6);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: no handle of this number is open, or it is a pseudo handle.
    pub fn from_raw(raw: isize) -> Result<Self> {
        match Handle::from_raw(raw)? {
            Handle::Pseudo(_) => Err(Win32Error::INVALID_HANDLE),
            handle @ Handle::Real(value) => current().table().with(handle, |_| Self { value }),
        }
    }

    /// The number, of a handle that stays open from now on until somebody closes it.
    #[must_use]
    pub fn into_raw(self) -> isize {
        let raw = self.value.get() as isize;
        std::mem::forget(self);
        raw
    }

    /// `CloseHandle`: closes the handle and tells whether that worked, which dropping it does
    /// not.
    ///
    /// ```
    /// use transom::{AsHandle, Event};
    /// let handle = Event::manual()?.into_handle();
    /// handle.set_protected(true)?;
    /// let (handle, error) = handle.close().unwrap_err(); // and here it is again
    /// assert_eq!(error.code(), 6);
    /// handle.set_protected(false)?;
    /// assert!(handle.close().is_ok());
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// The handle and `ERROR_INVALID_HANDLE`: it is protected from closing.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-closehandle>
    pub fn close(self) -> std::result::Result<(), (Self, Win32Error)> {
        match current().table().close(self.value.into()) {
            Ok(()) => {
                std::mem::forget(self);
                Ok(())
            }
            Err(error) => Err((self, error)),
        }
    }

    /// `DuplicateHandle` out of another process: a handle of this process to the object that
    /// `value` means in that one. The other process need not help, nor run.
    ///
    /// ```
    /// use transom::{AsHandle, Command, Event, OwnedHandle, RemoteHandle};
    /// let event = Event::builder().inheritable(true).create()?;
    /// let child = Command::new("sleep").arg("60").inherit_handles(true).spawn()?;
    /// // The child inherited the event under the same number.
    /// let there = RemoteHandle::from_raw(event.as_raw())?;
    /// let back = OwnedHandle::take_from(child.process(), there)?;
    /// assert_eq!(back.object_id()?, event.object_id()?);
    /// child.terminate(0)?;
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: no such handle is open there. `ERROR_ACCESS_DENIED`: `process` was
    /// opened without [`DUP_HANDLE`](crate::process::Access::DUP_HANDLE), has ended, or is no
    /// Transom program. `ERROR_NOT_SUPPORTED`: the object cannot leave its process.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-duplicatehandle>
    pub fn take_from(process: &Process, value: RemoteHandle) -> Result<Self> {
        let raw = duplicate(&Duplication {
            source_process: process.as_handle().kernel(),
            source: Handle::from_raw(value.as_raw()),
            target_process: Ok(Handle::Pseudo(PseudoHandle::CurrentProcess)),
            access: 0,
            inherit: false,
            options: SAME_ACCESS,
        })?;
        Self::from_raw(raw)
    }
}

impl Drop for OwnedHandle {
    fn drop(&mut self) {
        // A handle that is protected from closing stays open, as the program asked.
        let _ = current().table().close(self.value.into());
    }
}

impl AsHandle for OwnedHandle {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        BorrowedHandle::of(self.value.into())
    }
}

impl fmt::Debug for OwnedHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnedHandle({})", self.value)
    }
}

/// A handle that somebody else closes, or a [pseudo handle](super::pseudo) that nobody does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BorrowedHandle<'a> {
    handle: Handle,
    owner: PhantomData<&'a OwnedHandle>,
}

impl BorrowedHandle<'_> {
    pub(crate) const fn of(handle: Handle) -> Self {
        Self { handle, owner: PhantomData }
    }

    pub(crate) const fn kernel(self) -> Handle {
        self.handle
    }
}

impl AsHandle for BorrowedHandle<'_> {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        *self
    }
}

impl fmt::Debug for BorrowedHandle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.handle {
            Handle::Real(value) => write!(f, "BorrowedHandle({value})"),
            Handle::Pseudo(pseudo) => write!(f, "BorrowedHandle({})", pseudo.raw()),
        }
    }
}
