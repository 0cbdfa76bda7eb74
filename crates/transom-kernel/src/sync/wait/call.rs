//! The wait functions: from handles to objects.

use super::{Deadline, MOST_OBJECTS, Waitable, Waited, all, any};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::{Entry, Handle, PseudoHandle};
use crate::object::{EVENT_MODIFY_STATE, KernelObject, ObjectType, SYNCHRONIZE, downcast_ref};
use crate::process;
use crate::sync::apc::{self, Apcs};
use crate::sync::machine::Take;
use crate::sync::{Event, Mutex, Semaphore};
use std::sync::Arc;
use windows_sys::Win32::System::Threading::SEMAPHORE_MODIFY_STATE;

/// The object of a handle that may be waited on. Pseudo handles mean the process and thread.
pub(crate) fn waitable_object(handle: Handle) -> Result<Arc<dyn KernelObject>> {
    match handle {
        Handle::Pseudo(PseudoHandle::CurrentProcess) => Ok(process::current_process()?),
        Handle::Pseudo(PseudoHandle::CurrentThread) => Ok(crate::thread::current_thread()?),
        Handle::Pseudo(PseudoHandle::Token(_)) => Err(Win32Error::INVALID_HANDLE),
        Handle::Real(_) => {
            let entry = current().table().entry(handle)?;
            check(&entry)?;
            Ok(entry.object)
        }
    }
}

#[inline]
fn check(entry: &Entry) -> Result<()> {
    if entry.object.dispatcher().is_none() && entry.object.waitable().is_none() {
        return Err(Win32Error::INVALID_HANDLE);
    }
    if entry.access & SYNCHRONIZE == 0 { Err(Win32Error::ACCESS_DENIED) } else { Ok(()) }
}

/// The calls that may interrupt a wait of this thread.
fn apcs(alertable: bool) -> Option<Arc<Apcs>> {
    alertable.then(apc::of_this_thread)
}

/// Takes an object that waits for nothing but its words, if it is signalled and free.
#[inline]
fn take_at_once(entry: &Entry, index: u32) -> Option<Waited> {
    match entry.object.dispatcher()?.take_at_once(None) {
        Take::Taken => Some(Waited::Object(index)),
        Take::Abandoned => Some(Waited::Abandoned(index)),
        _ => None,
    }
}

/// `WaitForSingleObject`: waits until an object is signalled.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what cannot be waited on, `ERROR_ACCESS_DENIED` for a handle
/// without `SYNCHRONIZE`, `ERROR_MUTANT_LIMIT_EXCEEDED` for a mutex that is owned two thousand
/// million times.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitforsingleobject>
#[inline]
pub fn one(handle: Handle, timeout_ms: u32) -> Result<Waited> {
    one_ex(handle, timeout_ms, false)
}

/// `WaitForSingleObjectEx`: waits until an object is signalled, or until asynchronous procedure
/// calls were made, if that may interrupt the wait.
///
/// # Errors
/// As for [`one`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitforsingleobjectex>
#[inline]
pub fn one_ex(handle: Handle, timeout_ms: u32, alertable: bool) -> Result<Waited> {
    let Handle::Real(_) = handle else {
        return wait_for_object(&*waitable_object(handle)?, timeout_ms, alertable);
    };
    // Most waits find the object signalled, or only ask: those cost one look at the table.
    let object = current().table().with(handle, |entry| -> Result<_> {
        check(entry)?;
        Ok(match take_at_once(entry, 0) {
            Some(waited) => Err(waited),
            None => Ok(Arc::clone(&entry.object)),
        })
    })??;
    match object {
        Ok(object) => wait_for_object(&*object, timeout_ms, alertable),
        Err(waited) => Ok(waited),
    }
}

fn wait_for_object(object: &dyn KernelObject, timeout_ms: u32, alertable: bool) -> Result<Waited> {
    if let Some(dispatcher) = object.dispatcher().filter(|_| !alertable)
        && any::is_plain(dispatcher)
    {
        return any::one_word(dispatcher, Deadline::after(timeout_ms));
    }
    let waitable = object.waitable().ok_or(Win32Error::INVALID_HANDLE)?;
    any::any(&[waitable], Deadline::after(timeout_ms), apcs(alertable).as_deref())
}

/// `WaitForMultipleObjects`: waits until one, or all, of up to 64 objects are signalled.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for none, for more than 64 and for the same object twice in a wait
/// for all; `ERROR_INVALID_HANDLE` for pseudo handles and what cannot be waited on;
/// `ERROR_ACCESS_DENIED` for a handle without `SYNCHRONIZE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitformultipleobjects>
pub fn many(handles: &[Result<Handle>], wait_for_all: bool, timeout_ms: u32) -> Result<Waited> {
    many_ex(handles, wait_for_all, timeout_ms, false)
}

/// `WaitForMultipleObjectsEx`: as [`many`], or until asynchronous procedure calls were made, if
/// that may interrupt the wait.
///
/// # Errors
/// As for [`many`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitformultipleobjectsex>
pub fn many_ex(
    handles: &[Result<Handle>],
    wait_for_all: bool,
    timeout_ms: u32,
    alertable: bool,
) -> Result<Waited> {
    if handles.is_empty() || handles.len() > MOST_OBJECTS {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let mut objects = Vec::new();
    let at_once = current().table().with_each(handles, |entries| -> Result<_> {
        for entry in entries {
            check(entry)?;
        }
        if !wait_for_all {
            for (index, entry) in (0..).zip(entries) {
                if let Some(waited) = take_at_once(entry, index) {
                    return Ok(Some(waited));
                }
            }
        }
        objects.extend(entries.iter().map(|entry| Arc::clone(&entry.object)));
        Ok(None)
    })??;
    if let Some(waited) = at_once {
        return Ok(waited);
    }
    let deadline = Deadline::after(timeout_ms);
    let apcs = apcs(alertable);
    if wait_for_all {
        return all::all(&objects, deadline, apcs.as_deref());
    }
    let waitables: Vec<&dyn Waitable> =
        objects.iter().filter_map(|object| object.waitable()).collect();
    any::any(&waitables, deadline, apcs.as_deref())
}

/// `SignalObjectAndWait`: signals an event, releases a mutex or adds one to a semaphore, and
/// waits for another object.
///
/// # Errors
/// Of the first object: `ERROR_INVALID_HANDLE` for another type, `ERROR_ACCESS_DENIED` without
/// the right to signal it, and what [`mutex::release`](crate::sync::mutex::release) and
/// [`semaphore::release`](crate::sync::semaphore::release) report. Of the second: as for [`one`].
/// Nothing is signalled when the second cannot be waited on.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-signalobjectandwait>
pub fn signal_and_wait(
    signal: Handle,
    wait: Handle,
    timeout_ms: u32,
    alertable: bool,
) -> Result<Waited> {
    let entry = current().table().entry(signal)?;
    let object = waitable_object(wait)?;
    let needs = |right: u32| {
        if entry.access & right == right { Ok(()) } else { Err(Win32Error::ACCESS_DENIED) }
    };
    match entry.object.header().kind() {
        ObjectType::Event => {
            needs(EVENT_MODIFY_STATE)?;
            downcast_ref::<Event>(&*entry.object)?.set();
        }
        ObjectType::Mutex => {
            let mutex = downcast_ref::<Mutex>(&*entry.object)?;
            let wake = mutex.release()?;
            mutex.dispatcher().wake(wake);
        }
        ObjectType::Semaphore => {
            needs(SEMAPHORE_MODIFY_STATE)?;
            let semaphore = downcast_ref::<Semaphore>(&*entry.object)?;
            let (_, wake) = semaphore.release(1)?;
            semaphore.dispatcher().wake(wake);
        }
        _ => return Err(Win32Error::INVALID_HANDLE),
    }
    wait_for_object(&*object, timeout_ms, alertable)
}
