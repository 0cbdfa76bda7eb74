//! Fibers: stacks that the program switches between by itself.
//!
//! A fiber is known by the address of a word that holds its data, which is where Windows' headers look for
//! it. Its fiber-local values go with it; everything else of a thread stays with the thread.

use super::end;
use super::fiber_local::{self, Values};
use crate::error::{Result, Win32Error};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use transom_sys::fiber::{self as native, Fiber as Native};

/// The exit code of a thread whose fiber has returned or was deleted while it ran.
const RETURNED: u32 = 1;

/// A fiber of the program.
struct Fiber {
    native: Arc<Native>,
    /// The word it is known by.
    data: Box<usize>,
    /// What it keeps, while no thread runs it.
    values: Values,
}

static FIBERS: Mutex<BTreeMap<usize, Fiber>> = Mutex::new(BTreeMap::new());

fn fibers() -> MutexGuard<'static, BTreeMap<usize, Fiber>> {
    FIBERS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn enter(native: Arc<Native>, data: usize) -> usize {
    let data = Box::new(data);
    let address = std::ptr::from_ref(&*data).expose_provenance();
    native.number().store(address, Ordering::Relaxed);
    fibers().insert(address, Fiber { native, data, values: Values::default() });
    address
}

/// `ConvertThreadToFiber`: makes the calling thread a fiber; its address.
///
/// # Errors
/// `ERROR_ALREADY_FIBER`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-convertthreadtofiber>
pub fn convert(data: usize) -> Result<usize> {
    let native = native::convert().ok_or(Win32Error::ALREADY_FIBER)?;
    Ok(enter(native, data))
}

/// `ConvertFiberToThread`: makes the fiber that the calling thread runs a thread again, which goes on with
/// the stack it has and with what the fiber kept.
///
/// # Errors
/// `ERROR_ALREADY_THREAD`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-convertfibertothread>
pub fn convert_back() -> Result<()> {
    let address = current();
    drop(native::convert_back().ok_or(Win32Error::ALREADY_THREAD)?);
    if let Some(address) = address {
        fibers().remove(&address);
    }
    Ok(())
}

/// `CreateFiber`: a fiber that calls `main` with its data when it is first switched to, with a stack of
/// about so many bytes (0: the usual size); its address. When `main` returns its thread ends.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createfiber>
pub fn create(bytes: usize, data: usize, main: Box<dyn Fn(usize) + Send + Sync>) -> Result<usize> {
    let run = Box::new(move || {
        main(data);
        end::exit(RETURNED)
    });
    let native = Native::new(bytes, run).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
    Ok(enter(native, data))
}

/// The address of the fiber that the calling thread runs.
#[must_use]
pub fn current() -> Option<usize> {
    native::current().map(|native| native.number().load(Ordering::Relaxed))
}

/// The data that the calling thread's fiber was made with.
#[must_use]
pub fn data() -> Option<usize> {
    let address = current()?;
    fibers().get(&address).map(|fiber| *fiber.data)
}

/// `SwitchToFiber`: leaves the fiber that the calling thread runs for another; returns when some thread
/// comes back. To itself it does nothing.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: no such fiber, or a thread runs it; `ERROR_ALREADY_THREAD`: the calling
/// thread is no fiber.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-switchtofiber>
pub fn switch(address: usize) -> Result<()> {
    let own = current().ok_or(Win32Error::ALREADY_THREAD)?;
    if own == address {
        return Ok(());
    }
    let claimed = {
        let mut fibers = fibers();
        let to = fibers.get_mut(&address).ok_or(Win32Error::INVALID_PARAMETER)?;
        let claimed = to.native.claim().ok_or(Win32Error::INVALID_PARAMETER)?;
        let kept = fiber_local::exchange(std::mem::take(&mut to.values));
        if let Some(from) = fibers.get_mut(&own) {
            from.values = kept;
        }
        claimed
    };
    claimed.enter().map_err(|_| Win32Error::ALREADY_THREAD)
}

/// The calling thread ends, and with it the fiber it runs.
pub(super) fn thread_ends() {
    if let Some(address) = current() {
        fibers().remove(&address);
    }
}

/// `DeleteFiber`: gives a fiber up, with its stack and what it keeps. The one that the calling thread runs
/// ends the thread.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: no such fiber, or another thread runs it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-deletefiber>
pub fn delete(address: usize) -> Result<()> {
    if current() == Some(address) {
        end::exit(RETURNED);
    }
    let (fiber, claimed) = {
        let mut fibers = fibers();
        let fiber = fibers.get(&address).ok_or(Win32Error::INVALID_PARAMETER)?;
        let claimed = fiber.native.claim().ok_or(Win32Error::INVALID_PARAMETER)?;
        (fibers.remove(&address), claimed)
    };
    if let Some(fiber) = fiber {
        fiber_local::give_up(&fiber.values);
    }
    drop(claimed);
    Ok(())
}
