//! Mutexes: owned by one thread at a time, in whatever process it is.
//!
//! Within one process, [`std::sync::Mutex`] is quicker. This one has a handle: it can be named,
//! inherited, duplicated, and waited for together with other objects.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/sync/mutex-objects>

use crate::error::{Result, Win32Error};
use crate::handle::{AsHandle, BorrowedHandle, OwnedHandle};
use crate::named;
use crate::wait::milliseconds;
use std::marker::PhantomData;
use std::time::Duration;
use transom_kernel::executive::current;
use transom_kernel::object::ObjectType;
use transom_kernel::security::SecurityDescriptor;
use transom_kernel::sync::mutex;
use transom_kernel::sync::wait::{Waited, one};

/// A mutex.
///
/// ```
/// use transom::Mutex;
/// let name = format!("transom-doc-mutex-{}", std::process::id());
/// let mutex = Mutex::builder().name(&name).create()?;
/// {
///     let _guard = mutex.lock()?;
///     let elsewhere = std::thread::spawn(move || {
///         Mutex::open(&name)?.try_lock(std::time::Duration::ZERO).map(|guard| guard.is_some())
///     });
///     assert!(!elsewhere.join().unwrap()?);
/// } // given back
/// assert!(mutex.try_lock(None)?.is_some());
/// # Ok::<(), transom::Win32Error>(())
/// ```
#[derive(Debug)]
pub struct Mutex {
    handle: OwnedHandle,
}

/// A mutex that is to be made; from [`Mutex::builder`].
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "there is no mutex before `create`"]
pub struct Builder<'a> {
    new: named::New<'a>,
}

/// That this thread owns a mutex; dropping it gives the mutex back. A thread may have several of
/// one mutex.
#[derive(Debug)]
#[must_use = "the mutex is given back when it is dropped"]
pub struct Guard<'a> {
    mutex: &'a Mutex,
    abandoned: bool,
    /// A mutex belongs to the thread that took it.
    _thread: PhantomData<*const ()>,
}

impl<'a> Builder<'a> {
    /// Whether children inherit its handle.
    pub const fn inheritable(mut self, inheritable: bool) -> Self {
        self.new.inheritable = inheritable;
        self
    }

    /// Who may open it by its name; otherwise this user, and root. Of an object that others may
    /// open, all who can get it can change it: its memory is shared.
    ///
    /// ```
    /// use transom::security::SecurityDescriptor;
    /// use transom::{Mutex, Win32Error};
    /// let name = format!("doctest-{}", std::process::id());
    /// let nobodys = SecurityDescriptor::from_sddl("D:")?;
    /// let mutex = Mutex::builder().name(&name).security(&nobodys).create()?;
    /// assert_eq!(Mutex::open(&name).unwrap_err(), Win32Error::ACCESS_DENIED);
    /// # Ok::<(), Win32Error>(())
    /// ```
    pub const fn security(mut self, security: &'a SecurityDescriptor) -> Self {
        self.new.security = Some(security);
        self
    }

    /// Its name, by which other processes open it.
    pub const fn name(mut self, name: &'a str) -> Self {
        self.new.name = Some(name);
        self
    }

    /// `CreateMutex`: makes the mutex, free; or opens the one of its name, as it is.
    ///
    /// # Errors
    /// As for [`event::Builder::create`](crate::event::Builder::create).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createmutexw>
    pub fn create(self) -> Result<Mutex> {
        self.make(false)
    }

    /// `CreateMutex`: makes the mutex, which must not be there yet.
    ///
    /// # Errors
    /// As for [`create`](Self::create), and `ERROR_ALREADY_EXISTS`: there is one of its name.
    pub fn create_new(self) -> Result<Mutex> {
        self.make(true)
    }

    fn make(self, only_new: bool) -> Result<Mutex> {
        Ok(Mutex {
            handle: self
                .new
                .make(ObjectType::Mutex, only_new, |new| mutex::create_ex(false, new))?,
        })
    }
}

impl Mutex {
    /// A mutex to be made, private until said otherwise.
    pub fn builder<'a>() -> Builder<'a> {
        Builder::default()
    }

    /// `CreateMutex`: a free mutex without a name.
    ///
    /// # Errors
    /// As for [`Builder::create`].
    pub fn new() -> Result<Self> {
        Self::builder().create()
    }

    /// `OpenMutex`: the mutex of a name, which some process has made.
    ///
    /// # Errors
    /// `ERROR_FILE_NOT_FOUND`: there is none. Else as for [`Builder::create`].
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-openmutexw>
    pub fn open(name: &str) -> Result<Self> {
        Ok(Self { handle: named::open(name, ObjectType::Mutex, mutex::open)? })
    }

    /// The mutex of a handle that was inherited or duplicated.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it is no mutex. The handle is closed.
    pub fn from_handle(handle: OwnedHandle) -> Result<Self> {
        let object = current().table().object::<mutex::Mutex>(handle.as_handle().kernel(), 0);
        object.map(|_| Self { handle })
    }

    /// `WaitForSingleObject`: waits until nobody else owns it, and owns it.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle has no `SYNCHRONIZE`.
    pub fn lock(&self) -> Result<Guard<'_>> {
        self.try_lock(None)?.ok_or(Win32Error::WAIT_TIMEOUT)
    }

    /// `WaitForSingleObject`: as [`lock`](Self::lock), for so long at most; `None` if that was too
    /// short. Without a limit it waits without end.
    ///
    /// # Errors
    /// As for [`lock`](Self::lock).
    pub fn try_lock(&self, timeout: impl Into<Option<Duration>>) -> Result<Option<Guard<'_>>> {
        let waited = one(self.as_handle().kernel(), milliseconds(timeout.into()))?;
        let guard = |abandoned| Guard { mutex: self, abandoned, _thread: PhantomData };
        Ok(match waited {
            Waited::Object(_) => Some(guard(false)),
            Waited::Abandoned(_) => Some(guard(true)),
            Waited::TimedOut | Waited::Alerted => None,
        })
    }

    /// `ReleaseMutex`: gives back what [`wait_any`](crate::wait::wait_any) or
    /// [`wait_all`](crate::wait::wait_all) has taken; a [`Guard`] does it itself.
    ///
    /// # Errors
    /// `ERROR_NOT_OWNER`: this thread does not own it.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-releasemutex>
    pub fn release(&self) -> Result<()> {
        mutex::release(self.as_handle().kernel())
    }

    /// Its handle alone.
    #[must_use]
    pub fn into_handle(self) -> OwnedHandle {
        self.handle
    }
}

impl Guard<'_> {
    /// Whether the last owner died without giving it back: what the mutex protects may be in any
    /// state.
    ///
    /// ```
    /// use transom::Mutex;
    /// let mutex = Mutex::new()?;
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| std::mem::forget(mutex.lock())).join().unwrap();
    /// });
    /// assert!(mutex.lock()?.was_abandoned());
    /// assert!(!mutex.lock()?.was_abandoned());
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    #[must_use]
    pub const fn was_abandoned(&self) -> bool {
        self.abandoned
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        // It is ours, unless somebody closed the handle by its number.
        let _ = self.mutex.release();
    }
}

impl AsHandle for Mutex {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}
