//! Events: a flag that threads wait for.

use super::arena::{self, Slot};
use super::dispatcher::{Dispatcher, number_of};
use super::machine::{Rule, Wake};
use super::state_word::SIGNALLED;
use super::wait::{Source, Waitable};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::{Handle, HandleValue};
use crate::namespace::Rendezvous;
use crate::object::creation::{self, Created, Creation};
use crate::object::{
    EVENT_MODIFY_STATE, KernelObject, ObjectHeader, ObjectId, ObjectType, Shape, downcast_ref,
};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use windows_sys::Win32::System::Threading::EVENT_ALL_ACCESS;

/// An event.
#[derive(Debug)]
pub struct Event {
    header: ObjectHeader,
    dispatcher: Dispatcher,
}

/// `CreateEvent` without a name: makes an event; a handle to it.
///
/// # Errors
/// `ERROR_NO_SYSTEM_RESOURCES` when there is no room.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createeventw>
pub fn create(manual_reset: bool, signalled: bool, inherit: bool) -> Result<HandleValue> {
    let creation = Creation { inherit, ..Creation::unnamed(EVENT_ALL_ACCESS) };
    create_ex(manual_reset, signalled, &creation).map(|created| created.handle)
}

/// `CreateEventEx`: makes an event, or opens the one of that name.
///
/// # Errors
/// As for [`creation::create`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createeventexw>
pub fn create_ex(manual_reset: bool, signalled: bool, new: &Creation<'_>) -> Result<Created> {
    creation::create(ObjectType::Event, new, |name| Event::new(manual_reset, signalled, name))
}

/// `OpenEvent`: opens the event of a name.
///
/// # Errors
/// As for [`creation::open`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-openeventw>
pub fn open(name: &[u16], access: u32, inherit: bool) -> Result<HandleValue> {
    creation::open(ObjectType::Event, name, access, inherit)
}

/// Does something to the event of a handle that may be set and reset.
#[inline]
fn with_event(handle: Handle, act: impl FnOnce(&Event) -> Wake) -> Result<()> {
    let sleeper = current().table().with(handle, |entry| {
        let event = downcast_ref::<Event>(&*entry.object)?;
        if entry.access & EVENT_MODIFY_STATE == 0 {
            return Err(Win32Error::ACCESS_DENIED);
        }
        // Waking is a system call: not under the table's lock.
        Ok(match act(event) {
            Wake::Nobody => None,
            wake => Some((Arc::clone(&entry.object), wake)),
        })
    })??;
    if let Some((object, wake)) = sleeper {
        downcast_ref::<Event>(&*object)?.dispatcher.wake(wake);
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
    with_event(handle, |event| event.dispatcher.machine().signal())
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
        event.dispatcher.machine().reset();
        Wake::Nobody
    })
}

/// `PulseEvent`: releases who waits for an event now (of an auto-reset event, one thread), and
/// makes it unsignalled.
///
/// # Errors
/// As for [`set`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-pulseevent>
pub fn pulse(handle: Handle) -> Result<()> {
    let event: Arc<Event> = current().table().object(handle, EVENT_MODIFY_STATE)?;
    let (wake, reset_if_none) = event.dispatcher.machine().pulse();
    if event.dispatcher.wake(wake) == 0 && reset_if_none {
        event.dispatcher.machine().reset();
    }
    Ok(())
}

impl Event {
    fn rule(manual_reset: bool) -> Rule {
        if manual_reset { Rule::ManualEvent } else { Rule::AutoEvent }
    }

    pub(super) fn new(
        manual_reset: bool,
        signalled: bool,
        name: Option<Rendezvous>,
    ) -> Result<Self> {
        Self::with_id(ObjectId::new(), manual_reset, signalled, name)
    }

    /// The end of a thread: an event that stays signalled, in a slot that is the thread's.
    pub(crate) fn of_thread(id: ObjectId) -> Result<Self> {
        Self::with_id(id, true, false, None)
    }

    /// Where its state is.
    pub(crate) const fn slot(&self) -> &Slot {
        self.dispatcher.slot()
    }

    #[inline]
    fn with_id(
        id: ObjectId,
        manual_reset: bool,
        signalled: bool,
        name: Option<Rendezvous>,
    ) -> Result<Self> {
        let state = if signalled { SIGNALLED } else { 0 };
        let slot = arena::allocate(id, state, [0; 3], name)?;
        let header = ObjectHeader::with_id(ObjectType::Event, id);
        Ok(Self { header, dispatcher: Dispatcher::new(slot, Self::rule(manual_reset)) })
    }

    /// An event that another process made.
    pub(crate) fn arrived(
        id: ObjectId,
        payload: [u64; 2],
        file: OwnedFd,
        name: Option<OwnedFd>,
    ) -> Result<Self> {
        let slot = arena::arrived(file, number_of(payload)?, id, name)?;
        let header = ObjectHeader::with_id(ObjectType::Event, id);
        Ok(Self { header, dispatcher: Dispatcher::new(slot, Self::rule(payload[1] & 1 != 0)) })
    }

    /// Whether it stays signalled until it is reset.
    #[must_use]
    pub fn is_manual_reset(&self) -> bool {
        self.dispatcher.rule() == Rule::ManualEvent
    }

    /// Signals it.
    pub(crate) fn set(&self) {
        self.dispatcher.signal();
    }

    /// Makes it unsignalled.
    pub(crate) fn reset(&self) {
        self.dispatcher.reset();
    }
}

impl KernelObject for Event {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        self.dispatcher.shape(self.is_manual_reset().into())
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

impl Waitable for Event {
    fn is_signalled(&self) -> bool {
        self.dispatcher.is_signalled()
    }

    #[inline]
    fn source(&self) -> Source<'_> {
        Source::Dispatcher(&self.dispatcher)
    }
}
