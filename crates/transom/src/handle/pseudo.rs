//! Pseudo handles: constants that mean the process or thread that uses them.
//!
//! They are in no handle table, are never closed, and mean something else in every process. What
//! [`duplicate`](AsHandle::duplicate) makes of one is a real handle.
//!
//! ```
//! use transom::{AsHandle, handle::pseudo};
//! let pseudo = pseudo::current_process();
//! assert_eq!(pseudo.as_raw(), -1);
//! let real = pseudo.duplicate()?;
//! assert!(real.as_raw() > 0);
//! assert!(real.same_object_as(&pseudo)?);
//! # Ok::<(), transom::Win32Error>(())
//! ```

#[cfg(doc)]
use super::AsHandle;
use super::BorrowedHandle;
use transom_kernel::handle::{Handle, PseudoHandle};

/// `GetCurrentProcess`: -1, the process that uses it.
///
/// ```
/// use transom::{AsHandle, handle::{ObjectType, pseudo}};
/// assert_eq!(pseudo::current_process().kind()?, ObjectType::Process);
/// assert_eq!(pseudo::current_process().set_inheritable(true).unwrap_err().code(), 5);
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentprocess>
#[must_use]
pub const fn current_process() -> BorrowedHandle<'static> {
    BorrowedHandle::of(Handle::Pseudo(PseudoHandle::CurrentProcess))
}

/// `GetCurrentThread`: -2, the thread that uses it.
///
/// ```
/// use transom::{AsHandle, handle::pseudo};
/// let here = pseudo::current_thread().duplicate()?; // now it means this thread everywhere
/// let there = std::thread::spawn(|| pseudo::current_thread().object_id()).join().unwrap()?;
/// assert_ne!(here.object_id()?, there);
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentthread>
#[must_use]
pub const fn current_thread() -> BorrowedHandle<'static> {
    BorrowedHandle::of(Handle::Pseudo(PseudoHandle::CurrentThread))
}
