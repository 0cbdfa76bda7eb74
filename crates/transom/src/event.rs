//! Events: flags that threads and processes wait for.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/sync/event-objects>

use crate::error::{Result, Win32Error};
use crate::handle::{AsHandle, BorrowedHandle, OwnedHandle};
use crate::named;
use crate::wait::wait_one;
use std::time::Duration;
use transom_kernel::executive::current;
use transom_kernel::object::ObjectType;
use transom_kernel::security::SecurityDescriptor;
use transom_kernel::sync::event;

/// An event: signalled or not, and waited for.
///
/// ```
/// use transom::Event;
/// use std::time::Duration;
/// let event = Event::auto()?;
/// assert!(!event.wait(Duration::ZERO)?);
/// std::thread::scope(|scope| {
///     scope.spawn(|| event.set());
///     event.wait(None)
/// })?;
/// assert!(!event.wait(Duration::ZERO)?); // the wait has taken the signal
/// # Ok::<(), transom::Win32Error>(())
/// ```
#[derive(Debug)]
pub struct Event {
    handle: OwnedHandle,
}

/// An event that is to be made; from [`Event::builder`].
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "there is no event before `create`"]
pub struct Builder<'a> {
    manual_reset: bool,
    signalled: bool,
    new: named::New<'a>,
}

impl<'a> Builder<'a> {
    /// Whether it stays signalled until it is reset; otherwise the first wait that succeeds
    /// takes the signal.
    pub const fn manual_reset(mut self, manual_reset: bool) -> Self {
        self.manual_reset = manual_reset;
        self
    }

    /// Whether it is signalled from the beginning.
    pub const fn signalled(mut self, signalled: bool) -> Self {
        self.signalled = signalled;
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

    /// Its name, by which other processes open it; see [`Event::open`].
    pub const fn name(mut self, name: &'a str) -> Self {
        self.new.name = Some(name);
        self
    }

    /// `CreateEvent`: makes the event, or opens the one of its name, as it is.
    ///
    /// # Errors
    /// `ERROR_NO_SYSTEM_RESOURCES`, `ERROR_TOO_MANY_OPEN_FILES`: there is no room.
    /// `ERROR_INVALID_HANDLE`: something else has the name. `ERROR_PATH_NOT_FOUND`: the name has a
    /// `\` that does not end `Global\` or `Local\`.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createeventw>
    pub fn create(self) -> Result<Event> {
        self.make(false)
    }

    /// `CreateEvent`: makes the event, which must not be there yet.
    ///
    /// # Errors
    /// As for [`create`](Self::create), and `ERROR_ALREADY_EXISTS`: there is one of its name.
    pub fn create_new(self) -> Result<Event> {
        self.make(true)
    }

    fn make(self, only_new: bool) -> Result<Event> {
        let Self { manual_reset, signalled, new } = self;
        Ok(Event {
            handle: new.make(ObjectType::Event, only_new, |new| {
                event::create_ex(manual_reset, signalled, new)
            })?,
        })
    }
}

impl Event {
    /// An event to be made, auto-reset and private until said otherwise.
    pub fn builder<'a>() -> Builder<'a> {
        Builder::default()
    }

    /// `CreateEvent`: an event that stays signalled until it is reset.
    ///
    /// ```
    /// use transom::Event;
    /// let event = Event::manual()?;
    /// event.set()?;
    /// assert!(event.is_signalled()? && event.wait(None)? && event.is_signalled()?);
    /// event.reset()?;
    /// assert!(!event.is_signalled()?);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Builder::create`].
    pub fn manual() -> Result<Self> {
        Self::builder().manual_reset(true).create()
    }

    /// `CreateEvent`: an event of which each signal lets one wait through.
    ///
    /// # Errors
    /// As for [`Builder::create`].
    pub fn auto() -> Result<Self> {
        Self::builder().create()
    }

    /// `OpenEvent`: the event of a name, which some process has made.
    ///
    /// ```
    /// use transom::Event;
    /// let name = format!("transom-doc-{}", std::process::id());
    /// let event = Event::builder().name(&name).create_new()?;
    /// let same = Event::open(&name)?;
    /// event.set()?;
    /// assert!(same.wait(None)?);
    /// assert_eq!(Event::builder().name(&name).create_new().unwrap_err().code(), 183);
    /// drop((event, same)); // the last handle takes the name with it
    /// assert_eq!(Event::open(&name).unwrap_err().code(), 2);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_FILE_NOT_FOUND`: there is none. Else as for [`Builder::create`].
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-openeventw>
    pub fn open(name: &str) -> Result<Self> {
        Ok(Self { handle: named::open(name, ObjectType::Event, event::open)? })
    }

    /// The event of a handle that was inherited or duplicated.
    ///
    /// ```
    /// use transom::{AsHandle, Event, OwnedHandle, handle::pseudo};
    /// let event = Event::manual()?;
    /// let same = Event::from_handle(event.duplicate()?)?;
    /// event.set()?;
    /// assert!(same.is_signalled()?);
    /// let process = pseudo::current_process().duplicate()?;
    /// assert_eq!(Event::from_handle(process).unwrap_err().code(), 6);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it is no event. The handle is closed.
    pub fn from_handle(handle: OwnedHandle) -> Result<Self> {
        let event = Self { handle };
        event.object().map(|_| event)
    }

    fn object(&self) -> Result<std::sync::Arc<event::Event>> {
        current().table().object(self.as_handle().kernel(), 0)
    }

    /// `SetEvent`: signals it.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle has no `EVENT_MODIFY_STATE`.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-setevent>
    pub fn set(&self) -> Result<()> {
        event::set(self.as_handle().kernel())
    }

    /// `ResetEvent`: makes it unsignalled.
    ///
    /// # Errors
    /// As for [`set`](Self::set).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-resetevent>
    pub fn reset(&self) -> Result<()> {
        event::reset(self.as_handle().kernel())
    }

    /// `PulseEvent`: releases who waits for it now (of an auto-reset event, one), and leaves it
    /// unsignalled.
    ///
    /// # Errors
    /// As for [`set`](Self::set).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-pulseevent>
    pub fn pulse(&self) -> Result<()> {
        event::pulse(self.as_handle().kernel())
    }

    /// `WaitForSingleObject`: waits until it is signalled, or so long; whether it was. `None`
    /// waits without end.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle has no `SYNCHRONIZE`.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitforsingleobject>
    pub fn wait(&self, timeout: impl Into<Option<Duration>>) -> Result<bool> {
        wait_one(self, timeout)
    }

    /// Whether it is signalled, without taking the signal.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: somebody closed the handle by its number.
    pub fn is_signalled(&self) -> Result<bool> {
        use transom_kernel::object::KernelObject;
        let object = self.object()?;
        Ok(object.waitable().ok_or(Win32Error::INVALID_HANDLE)?.is_signalled())
    }

    /// Whether it stays signalled until it is reset.
    ///
    /// # Errors
    /// As for [`is_signalled`](Self::is_signalled).
    pub fn is_manual_reset(&self) -> Result<bool> {
        Ok(self.object()?.is_manual_reset())
    }

    /// Its handle alone.
    #[must_use]
    pub fn into_handle(self) -> OwnedHandle {
        self.handle
    }
}

impl AsHandle for Event {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}
