//! Semaphores: a count that waits take from and releases add to.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/sync/semaphore-objects>

use crate::error::Result;
use crate::handle::{AsHandle, BorrowedHandle, OwnedHandle};
use crate::named;
use crate::wait::wait_one;
use std::time::Duration;
use transom_kernel::executive::current;
use transom_kernel::object::ObjectType;
use transom_kernel::security::SecurityDescriptor;
use transom_kernel::sync::semaphore;

/// A semaphore.
///
/// ```
/// use std::time::Duration;
/// use transom::Semaphore;
/// let places = Semaphore::builder(2).count(1).create()?;
/// assert!(places.acquire(None)?);
/// assert!(!places.acquire(Duration::ZERO)?); // there is none left
/// assert_eq!(places.release(2)?, 0); // what it was before
/// assert_eq!(places.release(1).unwrap_err().code(), 298); // more than its maximum
/// # Ok::<(), transom::Win32Error>(())
/// ```
#[derive(Debug)]
pub struct Semaphore {
    handle: OwnedHandle,
}

/// A semaphore that is to be made; from [`Semaphore::builder`].
#[derive(Clone, Copy, Debug)]
#[must_use = "there is no semaphore before `create`"]
pub struct Builder<'a> {
    count: i32,
    maximum: i32,
    new: named::New<'a>,
}

impl<'a> Builder<'a> {
    /// What its count is in the beginning; otherwise the maximum.
    pub const fn count(mut self, count: i32) -> Self {
        self.count = count;
        self
    }

    /// Whether children inherit its handle.
    pub const fn inheritable(mut self, inheritable: bool) -> Self {
        self.new.inheritable = inheritable;
        self
    }

    /// Who may open it by its name; otherwise this user, and root. Of an object that others may
    /// open, all who can get it can change it: its memory is shared.
    pub const fn security(mut self, security: &'a SecurityDescriptor) -> Self {
        self.new.security = Some(security);
        self
    }

    /// Its name, by which other processes open it.
    pub const fn name(mut self, name: &'a str) -> Self {
        self.new.name = Some(name);
        self
    }

    /// `CreateSemaphore`: makes the semaphore, or opens the one of its name, as it is.
    ///
    /// # Errors
    /// As for [`event::Builder::create`](crate::event::Builder::create), and
    /// `ERROR_INVALID_PARAMETER`: the maximum is not positive, or the count is negative or more.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createsemaphorew>
    pub fn create(self) -> Result<Semaphore> {
        self.make(false)
    }

    /// `CreateSemaphore`: makes the semaphore, which must not be there yet.
    ///
    /// # Errors
    /// As for [`create`](Self::create), and `ERROR_ALREADY_EXISTS`: there is one of its name.
    pub fn create_new(self) -> Result<Semaphore> {
        self.make(true)
    }

    fn make(self, only_new: bool) -> Result<Semaphore> {
        Ok(Semaphore {
            handle: self.new.make(ObjectType::Semaphore, only_new, |new| {
                semaphore::create_ex(self.count, self.maximum, new)
            })?,
        })
    }
}

impl Semaphore {
    /// A semaphore to be made, full and private until said otherwise.
    pub fn builder<'a>(maximum: i32) -> Builder<'a> {
        Builder { count: maximum, maximum, new: named::New::default() }
    }

    /// `OpenSemaphore`: the semaphore of a name, which some process has made.
    ///
    /// # Errors
    /// `ERROR_FILE_NOT_FOUND`: there is none. Else as for [`Builder::create`].
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-opensemaphorew>
    pub fn open(name: &str) -> Result<Self> {
        Ok(Self { handle: named::open(name, ObjectType::Semaphore, semaphore::open)? })
    }

    /// The semaphore of a handle that was inherited or duplicated.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it is no semaphore. The handle is closed.
    pub fn from_handle(handle: OwnedHandle) -> Result<Self> {
        let kernel = handle.as_handle().kernel();
        let object = current().table().object::<semaphore::Semaphore>(kernel, 0);
        object.map(|_| Self { handle })
    }

    /// `WaitForSingleObject`: waits until the count is more than zero, or so long, and takes one
    /// from it; whether it did. `None` waits without end.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle has no `SYNCHRONIZE`.
    pub fn acquire(&self, timeout: impl Into<Option<Duration>>) -> Result<bool> {
        wait_one(self, timeout)
    }

    /// `ReleaseSemaphore`: adds to the count; what it was before.
    ///
    /// # Errors
    /// `ERROR_TOO_MANY_POSTS`: it would be more than the maximum; it stays then.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-releasesemaphore>
    pub fn release(&self, times: i32) -> Result<u32> {
        semaphore::release(self.as_handle().kernel(), times)
    }

    /// Its handle alone.
    #[must_use]
    pub fn into_handle(self) -> OwnedHandle {
        self.handle
    }
}

impl AsHandle for Semaphore {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}
