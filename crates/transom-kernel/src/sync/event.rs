//! Events: a flag that threads wait for.

use super::arena::{self, Slot};
use super::wait::{LOCKED, SIGNALLED, Source, Waitable, WordSource};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::{Handle, HandleValue};
use crate::object::{
    EVENT_MODIFY_STATE, KernelObject, ObjectHeader, ObjectId, ObjectType, Shape, downcast_ref,
};
use rustix::thread::futex;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use windows_sys::Win32::System::Threading::EVENT_ALL_ACCESS;

/// An event.
#[derive(Debug)]
pub struct Event {
    header: ObjectHeader,
    slot: Slot,
    manual_reset: bool,
}

/// `CreateEvent` without a name: makes an event; a handle to it.
///
/// # Errors
/// `ERROR_NO_SYSTEM_RESOURCES` when there is no room.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createeventw>
pub fn create(manual_reset: bool, signalled: bool, inherit: bool) -> Result<HandleValue> {
    create_with_access(manual_reset, signalled, EVENT_ALL_ACCESS, inherit)
}

/// `CreateEventEx` without a name: makes an event; a handle to it with this access.
///
/// # Errors
/// As for [`create`], and `ERROR_ACCESS_DENIED` for an access that events do not have.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createeventexw>
pub fn create_with_access(
    manual_reset: bool,
    signalled: bool,
    access: u32,
    inherit: bool,
) -> Result<HandleValue> {
    let access = ObjectType::Event.specific_access(access)?;
    let event = Arc::new(Event::new(manual_reset, signalled)?);
    current().table().create(event, access, inherit)
}

/// Does something to the event of a handle that may be set and reset.
#[inline]
fn with_event(handle: Handle, act: impl FnOnce(&Event) -> bool) -> Result<()> {
    let sleeper = current().table().with(handle, |entry| {
        let event = downcast_ref::<Event>(&*entry.object)?;
        if entry.access & EVENT_MODIFY_STATE == 0 {
            return Err(Win32Error::ACCESS_DENIED);
        }
        // Waking is a system call: not under the table's lock.
        Ok(act(event).then(|| Arc::clone(&entry.object)))
    })??;
    if let Some(object) = sleeper {
        downcast_ref::<Event>(&*object)?.wake();
    }
    Ok(())
}

/// `SetEvent`: signals an event.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no event, `ERROR_ACCESS_DENIED` without
/// `EVENT_MODIFY_STATE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-setevent>
#[inline]
pub fn set(handle: Handle) -> Result<()> {
    with_event(handle, Event::signal)
}

/// `ResetEvent`: makes an event unsignalled.
///
/// # Errors
/// As for [`set`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-resetevent>
#[inline]
pub fn reset(handle: Handle) -> Result<()> {
    with_event(handle, |event| {
        event.reset();
        false
    })
}

impl Event {
    /// A new event.
    pub(crate) fn new(manual_reset: bool, signalled: bool) -> Result<Self> {
        Self::with_header(ObjectHeader::new(ObjectType::Event), manual_reset, signalled)
    }

    /// The end of a thread: an event that stays signalled, in a slot that is the thread's.
    pub(crate) fn of_thread(id: ObjectId) -> Result<Self> {
        Self::with_header(ObjectHeader::with_id(ObjectType::Event, id), true, false)
    }

    /// Where its state is.
    pub(crate) const fn slot(&self) -> &Slot {
        &self.slot
    }

    fn with_header(header: ObjectHeader, manual_reset: bool, signalled: bool) -> Result<Self> {
        let slot = arena::allocate(header.id(), if signalled { SIGNALLED } else { 0 })?;
        Ok(Self { header, slot, manual_reset })
    }

    /// An event that another process made.
    pub(crate) fn arrived(id: ObjectId, payload: [u64; 2], file: OwnedFd) -> Result<Self> {
        let number = u32::try_from(payload[0]).map_err(|_| Win32Error::INVALID_PARAMETER)?;
        let slot = arena::arrived(file, number, id)?;
        let header = ObjectHeader::with_id(ObjectType::Event, id);
        Ok(Self { header, slot, manual_reset: payload[1] & 1 != 0 })
    }

    /// Whether it stays signalled until it is reset.
    #[must_use]
    pub const fn is_manual_reset(&self) -> bool {
        self.manual_reset
    }

    /// Signals it; whether somebody has to be woken.
    #[inline]
    pub(crate) fn signal(&self) -> bool {
        let before = self.slot.state().fetch_or(SIGNALLED, Ordering::SeqCst);
        before & SIGNALLED == 0 && self.slot.sleepers().load(Ordering::SeqCst) != 0
    }

    /// Makes it unsignalled.
    pub(crate) fn reset(&self) {
        self.slot.state().fetch_and(!SIGNALLED, Ordering::SeqCst);
    }

    /// Wakes the sleepers. All of them, also of an auto-reset event of which one will get it: a
    /// single one might be killed before it takes the signal, and the others would sleep on.
    pub(crate) fn wake(&self) {
        // The word is mapped: it cannot fault.
        let _ = futex::wake(self.slot.state(), futex::Flags::empty(), i32::MAX.cast_unsigned());
    }
}

impl KernelObject for Event {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        Shape {
            portable: true,
            fds: [Some(self.slot.file()), None],
            payload: [self.slot.number().into(), self.manual_reset.into()],
        }
    }

    fn leaving(&self) {
        self.slot.mark_shared();
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}

impl Waitable for Event {
    #[inline]
    fn is_signalled(&self) -> bool {
        self.slot.state().load(Ordering::Acquire) & SIGNALLED != 0
    }

    #[inline]
    fn try_take(&self) -> bool {
        if self.manual_reset {
            return self.is_signalled();
        }
        let state = self.slot.state();
        loop {
            match state.compare_exchange(SIGNALLED, 0, Ordering::SeqCst, Ordering::Acquire) {
                Ok(_) => return true,
                Err(now) if now & LOCKED != 0 => super::wait::await_unlock(state),
                Err(now) if now & SIGNALLED == 0 => return false,
                Err(_) => {}
            }
        }
    }

    fn source(&self) -> Source<'_> {
        Source::Word(WordSource {
            state: self.slot.state(),
            sleepers: self.slot.sleepers(),
            taken_by_wait: !self.manual_reset,
        })
    }
}
