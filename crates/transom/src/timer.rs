//! Waitable timers: signalled when a time has come.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/sync/waitable-timer-objects>

use crate::error::{Result, Win32Error};
use crate::handle::{AsHandle, BorrowedHandle, OwnedHandle};
use crate::named;
use crate::wait::wait_one;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use transom_kernel::executive::current;
use transom_kernel::object::ObjectType;
use transom_kernel::security::SecurityDescriptor;
use transom_kernel::sync::timer;

/// A waitable timer.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use transom::Timer;
/// let timer = Timer::builder().create()?;
/// assert!(!timer.wait(Duration::ZERO)?); // it is not set
/// timer.set(Duration::from_millis(1))?;
/// assert!(timer.wait(None)?);
/// timer.set_periodic(Duration::ZERO, Duration::from_millis(1))?;
/// assert!(timer.wait(None)? && timer.wait(None)?);
/// timer.set_at(SystemTime::now() + Duration::from_secs(3600))?;
/// timer.cancel()?;
/// assert!(!timer.wait(Duration::ZERO)?);
/// # Ok::<(), transom::Win32Error>(())
/// ```
#[derive(Debug)]
pub struct Timer {
    handle: OwnedHandle,
}

/// A timer that is to be made; from [`Timer::builder`].
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "there is no timer before `create`"]
pub struct Builder<'a> {
    manual_reset: bool,
    new: named::New<'a>,
}

impl<'a> Builder<'a> {
    /// Whether it stays signalled until it is set again; otherwise the first wait that succeeds
    /// takes the signal.
    pub const fn manual_reset(mut self, manual_reset: bool) -> Self {
        self.manual_reset = manual_reset;
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

    /// `CreateWaitableTimer`: makes the timer, or opens the one of its name, as it is.
    ///
    /// # Errors
    /// As for [`event::Builder::create`](crate::event::Builder::create).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createwaitabletimerw>
    pub fn create(self) -> Result<Timer> {
        self.make(false)
    }

    /// `CreateWaitableTimer`: makes the timer, which must not be there yet.
    ///
    /// # Errors
    /// As for [`create`](Self::create), and `ERROR_ALREADY_EXISTS`: there is one of its name.
    pub fn create_new(self) -> Result<Timer> {
        self.make(true)
    }

    fn make(self, only_new: bool) -> Result<Timer> {
        Ok(Timer {
            handle: self.new.make(ObjectType::Timer, only_new, |new| {
                timer::create_ex(self.manual_reset, new)
            })?,
        })
    }
}

/// In units of 100 ns, rounded up, as far as they go.
fn units(time: Duration) -> i64 {
    i64::try_from(time.as_nanos().div_ceil(100)).unwrap_or(i64::MAX)
}

impl Timer {
    /// A timer to be made, private and taken by the first wait until said otherwise.
    pub fn builder<'a>() -> Builder<'a> {
        Builder::default()
    }

    /// `OpenWaitableTimer`: the timer of a name, which some process has made.
    ///
    /// # Errors
    /// `ERROR_FILE_NOT_FOUND`: there is none. Else as for [`Builder::create`].
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-openwaitabletimerw>
    pub fn open(name: &str) -> Result<Self> {
        Ok(Self { handle: named::open(name, ObjectType::Timer, timer::open)? })
    }

    /// The timer of a handle that was inherited or duplicated.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: it is no timer. The handle is closed.
    pub fn from_handle(handle: OwnedHandle) -> Result<Self> {
        let object = current().table().object::<timer::Timer>(handle.as_handle().kernel(), 0);
        object.map(|_| Self { handle })
    }

    fn set_units(&self, due: i64, period: Duration) -> Result<()> {
        let period = i32::try_from(period.as_nanos().div_ceil(1_000_000));
        let period = period.map_err(|_| Win32Error::INVALID_PARAMETER)?;
        timer::set(self.as_handle().kernel(), due, period, None)
    }

    /// `SetWaitableTimer`: it will be signalled after so long, and is not before.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle has no `TIMER_MODIFY_STATE`.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-setwaitabletimer>
    pub fn set(&self, after: Duration) -> Result<()> {
        self.set_periodic(after, Duration::ZERO)
    }

    /// `SetWaitableTimer`: as [`set`](Self::set), and from then on again and again, rounded up to
    /// milliseconds.
    ///
    /// # Errors
    /// As for [`set`](Self::set), and `ERROR_INVALID_PARAMETER`: the period is longer than 24 days.
    pub fn set_periodic(&self, after: Duration, period: Duration) -> Result<()> {
        // Nothing from now is the first moment that has passed.
        let due = -units(after);
        if due == 0 { self.set_units(-1, period) } else { self.set_units(due, period) }
    }

    /// `SetWaitableTimer`: it will be signalled when the system's clock shows this time, also if
    /// the clock is set meanwhile.
    ///
    /// # Errors
    /// As for [`set`](Self::set).
    pub fn set_at(&self, time: SystemTime) -> Result<()> {
        /// The year 1970, counted from 1601.
        const YEAR_1970: i64 = 116_444_736_000_000_000;
        let since_1970 = time.duration_since(UNIX_EPOCH).map_or(0, units);
        self.set_units(since_1970.saturating_add(YEAR_1970), Duration::ZERO)
    }

    /// `CancelWaitableTimer`: it will not be signalled any more; if it is, it stays so.
    ///
    /// # Errors
    /// As for [`set`](Self::set).
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-cancelwaitabletimer>
    pub fn cancel(&self) -> Result<()> {
        timer::cancel(self.as_handle().kernel())
    }

    /// `WaitForSingleObject`: waits until it is signalled, or so long; whether it was. `None`
    /// waits without end.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: the handle has no `SYNCHRONIZE`.
    pub fn wait(&self, timeout: impl Into<Option<Duration>>) -> Result<bool> {
        wait_one(self, timeout)
    }

    /// Its handle alone.
    #[must_use]
    pub fn into_handle(self) -> OwnedHandle {
        self.handle
    }
}

impl AsHandle for Timer {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}
