//! Semaphores: a count that waits take from and releases add to.

use super::arena;
use super::dispatcher::{Dispatcher, number_of};
use super::machine::{Rule, Wake};
use super::wait::{Source, Waitable};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::{Handle, HandleValue};
use crate::namespace::Rendezvous;
use crate::object::creation::{self, Created, Creation};
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use windows_sys::Win32::System::Threading::SEMAPHORE_MODIFY_STATE;

/// The detail of a slot that holds the maximum, for who looks from outside.
pub(super) const MAXIMUM: usize = 1;

/// A semaphore.
#[derive(Debug)]
pub struct Semaphore {
    header: ObjectHeader,
    dispatcher: Dispatcher,
    maximum: u32,
}

/// `CreateSemaphoreEx`: makes a semaphore with this count and maximum, or opens the one of that
/// name, as it is.
///
/// # Errors
/// As for [`creation::create`], and `ERROR_INVALID_PARAMETER` for a maximum that is not positive
/// and a count that is negative or more than the maximum.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createsemaphoreexw>
pub fn create_ex(count: i32, maximum: i32, new: &Creation<'_>) -> Result<Created> {
    let limits = u32::try_from(count).ok().zip(u32::try_from(maximum).ok());
    let (count, maximum) = limits
        .filter(|&(count, maximum)| maximum > 0 && count <= maximum)
        .ok_or(Win32Error::INVALID_PARAMETER)?;
    creation::create(ObjectType::Semaphore, new, |name| Semaphore::new(count, maximum, name))
}

/// `OpenSemaphore`: opens the semaphore of a name.
///
/// # Errors
/// As for [`creation::open`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-opensemaphorew>
pub fn open(name: &[u16], access: u32, inherit: bool) -> Result<HandleValue> {
    creation::open(ObjectType::Semaphore, name, access, inherit)
}

/// `ReleaseSemaphore`: adds to the count; what it was before.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no semaphore, `ERROR_ACCESS_DENIED` without
/// `SEMAPHORE_MODIFY_STATE`, `ERROR_TOO_MANY_POSTS` for a negative number and when the count would
/// be more than the maximum; it stays then.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-releasesemaphore>
pub fn release(handle: Handle, times: i32) -> Result<u32> {
    let semaphore: Arc<Semaphore> = current().table().object(handle, SEMAPHORE_MODIFY_STATE)?;
    let (before, wake) = semaphore.release(times)?;
    semaphore.dispatcher.wake(wake);
    Ok(before)
}

impl Semaphore {
    fn new(count: u32, maximum: u32, name: Option<Rendezvous>) -> Result<Self> {
        let header = ObjectHeader::new(ObjectType::Semaphore);
        let details = [0, maximum.into(), 0];
        let slot = arena::allocate(header.id(), count.into(), details, name)?;
        Ok(Self { header, dispatcher: Dispatcher::new(slot, Rule::Semaphore(maximum)), maximum })
    }

    /// A semaphore that another process made.
    pub(crate) fn arrived(
        id: ObjectId,
        payload: [u64; 2],
        file: OwnedFd,
        name: Option<OwnedFd>,
    ) -> Result<Self> {
        let maximum = i32::try_from(payload[1]).map_err(|_| Win32Error::INVALID_PARAMETER)?;
        let maximum = maximum.max(1).cast_unsigned();
        let slot = arena::arrived(file, number_of(payload)?, id, name)?;
        let header = ObjectHeader::with_id(ObjectType::Semaphore, id);
        Ok(Self { header, dispatcher: Dispatcher::new(slot, Rule::Semaphore(maximum)), maximum })
    }

    /// Adds to the count; what it was, and whom to wake.
    pub(crate) fn release(&self, times: i32) -> Result<(u32, Wake)> {
        let times = u32::try_from(times).map_err(|_| Win32Error::TOO_MANY_POSTS)?;
        let released = self.dispatcher.machine().release_semaphore(times, self.maximum);
        released.ok_or(Win32Error::TOO_MANY_POSTS)
    }

    pub(crate) const fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher
    }

    /// The most its count can be.
    #[must_use]
    pub const fn maximum(&self) -> u32 {
        self.maximum
    }
}

impl KernelObject for Semaphore {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        self.dispatcher.shape(self.maximum.into())
    }

    fn leaving(&self) {
        self.dispatcher.slot().give();
    }

    #[inline]
    fn dispatcher(&self) -> Option<&Dispatcher> {
        Some(&self.dispatcher)
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}

impl Waitable for Semaphore {
    fn is_signalled(&self) -> bool {
        self.dispatcher.is_signalled()
    }

    #[inline]
    fn source(&self) -> Source<'_> {
        Source::Dispatcher(&self.dispatcher)
    }
}
