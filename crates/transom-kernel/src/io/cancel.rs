//! Taking requests back.

use super::lane::Which;
use super::port::CompletionPort;
use super::{FileIo, synchronous};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::{Handle, PseudoHandle};
use crate::object::{KernelObject, ObjectId, downcast_ref};
use crate::thread::{Thread, current_thread_id};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use windows_sys::Win32::System::Threading::THREAD_TERMINATE;

thread_local! {
    static IN_FLIGHT: InFlight = const { InFlight(RefCell::new(BTreeMap::new())) };
}

/// The objects on which a thread began requests that went on.
struct InFlight(RefCell<BTreeMap<ObjectId, Weak<dyn KernelObject>>>);

impl Drop for InFlight {
    fn drop(&mut self) {
        cancel_of_thread(self.0.take());
    }
}

fn io_of(object: &dyn KernelObject) -> Option<&FileIo> {
    object.stream()?.io()
}

/// A request of the calling thread goes on.
pub(super) fn note_in_flight(object: &Arc<dyn KernelObject>) {
    let id = object.header().id();
    // A thread that is ending has no list any more; what it begins now, closing ends.
    let _ = IN_FLIGHT.try_with(|list| {
        let mut list = list.0.borrow_mut();
        if list.contains_key(&id) {
            return;
        }
        if list.len() >= 16 && list.len().is_power_of_two() {
            list.retain(|_, object| object.strong_count() > 0);
        }
        list.insert(id, Arc::downgrade(object));
    });
}

/// The calling thread ends: its requests are cancelled, except those that are told to a completion
/// port.
pub fn thread_ends() {
    let _ = IN_FLIGHT.try_with(|list| cancel_of_thread(list.0.take()));
}

fn cancel_of_thread(objects: BTreeMap<ObjectId, Weak<dyn KernelObject>>) {
    let tid = current_thread_id();
    for object in objects.into_values().filter_map(|object| object.upgrade()) {
        if let Some(io) = io_of(&*object).filter(|io| !io.has_port()) {
            io.cancel(Which::OfThread(tid));
        }
    }
}

/// A thread of this process was terminated: what it leaves in queues is removed, as when it ends.
pub(crate) fn thread_was_terminated(tid: u32) {
    for (_, entry) in current().table().entries() {
        if let Some(io) = io_of(&*entry.object) {
            io.forget(tid);
        } else if let Ok(port) = downcast_ref::<CompletionPort>(&*entry.object) {
            port.forget(tid);
        }
    }
}

/// Cancels requests on the object of a handle; how many.
fn cancel_on(handle: Handle, which: Which) -> Result<usize> {
    let object = current().table().entry(handle)?.object;
    if object.stream().is_none() {
        return Err(Win32Error::INVALID_HANDLE);
    }
    Ok(io_of(&*object).map_or(0, |io| io.cancel(which)))
}

/// `CancelIo`: cancels the requests that the calling thread has begun on an object.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no file.
///
/// Reference: <https://learn.microsoft.com/windows/win32/fileio/cancelio>
pub fn cancel(handle: Handle) -> Result<()> {
    cancel_on(handle, Which::OfThread(current_thread_id())).map(drop)
}

/// `CancelIoEx`: cancels the request with this status block, or all, whoever began them.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no file, `ERROR_NOT_FOUND` when there is no such request.
///
/// Reference: <https://learn.microsoft.com/windows/win32/fileio/cancelioex-func>
pub fn cancel_all(handle: Handle, address: Option<usize>) -> Result<()> {
    match cancel_on(handle, address.map_or(Which::All, Which::At))? {
        0 => Err(Win32Error::NOT_FOUND),
        _ => Ok(()),
    }
}

/// `CancelSynchronousIo`: ends the call in which a thread waits for input or output.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no thread, `ERROR_ACCESS_DENIED` without `THREAD_TERMINATE`,
/// `ERROR_NOT_FOUND` when it makes no such call, `ERROR_NOT_SUPPORTED` for a thread of another
/// process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/fileio/cancelsynchronousio-func>
pub fn cancel_synchronous(thread: Handle) -> Result<()> {
    let tid = match thread {
        // It is not waiting: it calls this.
        Handle::Pseudo(PseudoHandle::CurrentThread) => return Err(Win32Error::NOT_FOUND),
        Handle::Pseudo(_) => return Err(Win32Error::INVALID_HANDLE),
        Handle::Real(_) => {
            let thread: Arc<Thread> = current().table().object(thread, THREAD_TERMINATE)?;
            if thread.has_ended() {
                return Err(Win32Error::NOT_FOUND);
            }
            if thread.process_id() != std::process::id() {
                return Err(Win32Error::NOT_SUPPORTED);
            }
            thread.tid()
        }
    };
    synchronous::cancel(tid)
}
