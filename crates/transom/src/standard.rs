//! The three standard handles of this process.
//!
//! ```
//! use transom::{AsHandle, file, handle::ObjectType, standard};
//! if let Some(output) = standard::output() {
//!     assert_eq!(output.kind()?, ObjectType::File);
//!     file::write_all(&output, b"hello\n")?;
//! }
//! # Ok::<(), transom::Win32Error>(())
//! ```
//!
//! Reference: <https://learn.microsoft.com/windows/console/getstdhandle>

use crate::handle::{AsHandle, BorrowedHandle};
use transom_kernel::executive::{StandardHandle, current};
use transom_kernel::handle::Handle;

/// `GetStdHandle(STD_INPUT_HANDLE)`: what the process reads; `None` if it was started without.
#[must_use]
pub fn input() -> Option<BorrowedHandle<'static>> {
    of(StandardHandle::Input)
}

/// `GetStdHandle(STD_OUTPUT_HANDLE)`: what the process writes; `None` if it was started without.
#[must_use]
pub fn output() -> Option<BorrowedHandle<'static>> {
    of(StandardHandle::Output)
}

/// `GetStdHandle(STD_ERROR_HANDLE)`: where the process writes what went wrong; `None` if it was
/// started without.
#[must_use]
pub fn error() -> Option<BorrowedHandle<'static>> {
    of(StandardHandle::Error)
}

/// The handle, as long as it is open.
fn of(which: StandardHandle) -> Option<BorrowedHandle<'static>> {
    match Handle::from_raw(current().standard_handle(which)) {
        Ok(handle @ Handle::Real(_)) => {
            let handle = BorrowedHandle::of(handle);
            handle.kind().is_ok().then_some(handle)
        }
        _ => None,
    }
}
