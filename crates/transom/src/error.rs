//! What can go wrong: always a Win32 error code.
//!
//! Every function of this crate fails with the one code that Windows leaves in `GetLastError`
//! for it. It becomes an [`std::io::Error`] by `?`, with the kind the standard library gives it
//! on Windows; what implements [`Read`](std::io::Read) and [`Write`](std::io::Write) fails with
//! such errors, and [`code_of`] finds the code in them again.
//!
//! ```
//! use transom::{OwnedHandle, Win32Error};
//! let error = OwnedHandle::from_raw(0x7770).unwrap_err();
//! assert_eq!(error, Win32Error::INVALID_HANDLE);
//! assert_eq!(error.code(), 6);
//! assert_eq!(error.to_string(), "the handle is invalid (ERROR_INVALID_HANDLE, 6)");
//! ```

pub use transom_kernel::{Result, Win32Error};

/// The Win32 code within an error of the standard library, if it is one of this crate's.
///
/// ```
/// use std::io::Write;
/// use transom::{Win32Error, error::code_of, pipe::anonymous};
/// let (reader, mut writer) = anonymous::pipe()?;
/// drop(reader);
/// let error = writer.write(b"to nobody").unwrap_err();
/// assert_eq!(code_of(&error), Some(Win32Error::NO_DATA));
/// # Ok::<(), Win32Error>(())
/// ```
#[must_use]
pub fn code_of(error: &std::io::Error) -> Option<Win32Error> {
    error.get_ref()?.downcast_ref().copied()
}
