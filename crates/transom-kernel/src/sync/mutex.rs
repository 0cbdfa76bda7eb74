//! Mutexes: owned by one thread at a time, as often as it likes.
//!
//! A mutex knows its owner, so that the next who waits for it finds out when the owner has died
//! without giving it back: the wait succeeds, and says so.

use super::arena;
use super::dispatcher::{Dispatcher, number_of};
use super::identity;
use super::machine::{Rule, Wake};
use super::wait::{Source, Waitable};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::{Handle, HandleValue};
use crate::namespace::Rendezvous;
use crate::object::creation::{self, Created, Creation};
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape, downcast_ref};
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// A mutex.
#[derive(Debug)]
pub struct Mutex {
    header: ObjectHeader,
    dispatcher: Dispatcher,
}

/// `CreateMutexEx`: makes a mutex, owned by this thread or free; or opens the one of that name,
/// as it is.
///
/// # Errors
/// As for [`creation::create`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-createmutexexw>
pub fn create_ex(owned: bool, new: &Creation<'_>) -> Result<Created> {
    creation::create(ObjectType::Mutex, new, |name| Mutex::new(owned, name))
}

/// `OpenMutex`: opens the mutex of a name.
///
/// # Errors
/// As for [`creation::open`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-openmutexw>
pub fn open(name: &[u16], access: u32, inherit: bool) -> Result<HandleValue> {
    creation::open(ObjectType::Mutex, name, access, inherit)
}

/// `ReleaseMutex`: gives a mutex back, once. Needs no particular right.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no mutex, `ERROR_NOT_OWNER` when this thread does not own
/// it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-releasemutex>
#[inline]
pub fn release(handle: Handle) -> Result<()> {
    let sleeper = current().table().with(handle, |entry| -> Result<_> {
        let mutex = downcast_ref::<Mutex>(&*entry.object)?;
        Ok(match mutex.release()? {
            Wake::Nobody => None,
            wake => Some((Arc::clone(&entry.object), wake)),
        })
    })??;
    if let Some((object, wake)) = sleeper {
        downcast_ref::<Mutex>(&*object)?.dispatcher.wake(wake);
    }
    Ok(())
}

/// The calling thread ends: what it owns is abandoned now, so that whoever sees that it has ended
/// finds the mutexes free, though Linux shows the thread for a moment longer.
pub(crate) fn thread_ends() {
    if !identity::may_own() {
        return;
    }
    for (_, entry) in current().table().entries() {
        if let Some(dispatcher) = entry.object.dispatcher() {
            dispatcher.abandon_own();
        }
    }
}

impl Mutex {
    fn new(owned: bool, name: Option<Rendezvous>) -> Result<Self> {
        let header = ObjectHeader::new(ObjectType::Mutex);
        let slot = arena::allocate(header.id(), 0, [0; 3], name)?;
        let dispatcher = Dispatcher::new(slot, Rule::Mutex);
        if owned {
            dispatcher.take(None);
        }
        Ok(Self { header, dispatcher })
    }

    /// A mutex that another process made.
    pub(crate) fn arrived(
        id: ObjectId,
        payload: [u64; 2],
        file: OwnedFd,
        name: Option<OwnedFd>,
    ) -> Result<Self> {
        let slot = arena::arrived(file, number_of(payload)?, id, name)?;
        let header = ObjectHeader::with_id(ObjectType::Mutex, id);
        Ok(Self { header, dispatcher: Dispatcher::new(slot, Rule::Mutex) })
    }

    /// Gives it back once; whom to wake.
    #[inline]
    pub(crate) fn release(&self) -> Result<Wake> {
        self.dispatcher.machine().release_mutex(identity::current()).ok_or(Win32Error::NOT_OWNER)
    }

    pub(crate) const fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher
    }
}

impl KernelObject for Mutex {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        self.dispatcher.shape(0)
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

impl Waitable for Mutex {
    fn is_signalled(&self) -> bool {
        self.dispatcher.is_signalled() || self.dispatcher.is_abandoned()
    }

    #[inline]
    fn source(&self) -> Source<'_> {
        Source::Dispatcher(&self.dispatcher)
    }
}
