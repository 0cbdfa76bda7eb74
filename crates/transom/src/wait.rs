//! Waiting for processes, events and whatever else is signalled some time.
//!
//! A time-out is a [`Duration`], rounded up to milliseconds, or `None` to wait without end.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/sync/wait-functions>

use crate::error::Result;
use crate::handle::AsHandle;
use std::time::Duration;
use transom_kernel::sync::wait::{INFINITE, Waited, many, one};

/// The most objects that [`wait_any`] and [`wait_all`] take: `MAXIMUM_WAIT_OBJECTS`.
pub use transom_kernel::sync::wait::MOST_OBJECTS;

/// `WaitForSingleObject`: waits until an object is signalled, or so long; whether it was.
///
/// ```
/// use transom::{Command, wait::wait_one};
/// let child = Command::new("true").spawn()?;
/// assert!(wait_one(&child, None)?); // a process is signalled when it has ended
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: it cannot be waited on. `ERROR_ACCESS_DENIED`: the handle has no
/// `SYNCHRONIZE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitforsingleobject>
pub fn wait_one(object: &dyn AsHandle, timeout: impl Into<Option<Duration>>) -> Result<bool> {
    let waited = one(object.as_handle().kernel(), milliseconds(timeout.into()))?;
    Ok(matches!(waited, Waited::Object(_) | Waited::Abandoned(_)))
}

/// `WaitForMultipleObjects`: waits until one of several objects is signalled, or so long; which
/// one, the first if several are. A mutex is this thread's then, whether it was abandoned or not.
///
/// ```
/// use transom::{Command, Event, wait::wait_any};
/// use std::time::Duration;
/// let never = Event::manual()?;
/// let child = Command::new("true").spawn()?;
/// assert_eq!(wait_any(&[&never, &child], None)?, Some(1));
/// assert_eq!(wait_any(&[&never], Duration::from_millis(1))?, None);
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there are none, or more than 64. `ERROR_INVALID_HANDLE`: one is a
/// pseudo handle or cannot be waited on. `ERROR_ACCESS_DENIED`: a handle has no `SYNCHRONIZE`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitformultipleobjects>
pub fn wait_any(
    objects: &[&dyn AsHandle],
    timeout: impl Into<Option<Duration>>,
) -> Result<Option<usize>> {
    match wait(objects, false, timeout.into())? {
        Waited::Object(index) | Waited::Abandoned(index) => Ok(usize::try_from(index).ok()),
        Waited::TimedOut | Waited::Alerted => Ok(None),
    }
}

/// `WaitForMultipleObjects`: waits until all of several objects are signalled at one moment, or
/// so long; whether they were. Takes no signal before it can take them all.
///
/// ```
/// use transom::{Event, wait::wait_all};
/// use std::time::Duration;
/// let (first, second) = (Event::auto()?, Event::auto()?);
/// first.set()?;
/// assert!(!wait_all(&[&first, &second], Duration::ZERO)?);
/// assert!(first.is_signalled()?);
/// second.set()?;
/// assert!(wait_all(&[&first, &second], None)?);
/// assert!(!first.is_signalled()?);
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// As for [`wait_any`]; `ERROR_INVALID_PARAMETER` also for the same object twice.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitformultipleobjects>
pub fn wait_all(objects: &[&dyn AsHandle], timeout: impl Into<Option<Duration>>) -> Result<bool> {
    let waited = wait(objects, true, timeout.into())?;
    Ok(matches!(waited, Waited::Object(_) | Waited::Abandoned(_)))
}

fn wait(objects: &[&dyn AsHandle], all: bool, timeout: Option<Duration>) -> Result<Waited> {
    let handles: Vec<_> = objects.iter().map(|object| Ok(object.as_handle().kernel())).collect();
    many(&handles, all, milliseconds(timeout))
}

/// Rounded up, so that no wait is shorter than asked for; the longest is 49 days.
pub(crate) fn milliseconds(timeout: Option<Duration>) -> u32 {
    let Some(timeout) = timeout else { return INFINITE };
    let up = timeout.as_nanos().div_ceil(1_000_000);
    u32::try_from(up).unwrap_or(INFINITE).min(INFINITE - 1)
}

#[cfg(test)]
mod tests {
    use super::{Duration, INFINITE, milliseconds};

    #[test]
    fn time_outs_are_rounded_up_and_never_become_endless() {
        assert_eq!(milliseconds(None), INFINITE);
        assert_eq!(milliseconds(Some(Duration::ZERO)), 0);
        assert_eq!(milliseconds(Some(Duration::from_nanos(1))), 1);
        assert_eq!(milliseconds(Some(Duration::from_millis(7))), 7);
        assert_eq!(milliseconds(Some(Duration::MAX)), INFINITE - 1);
    }
}
