//! What the functions that make and open objects with names have in common.
//!
//! Names in `A` form are UTF-8 and at most 259 characters long; in `W` form they may be longer.

use crate::abi::{or_else, to_handle};
use crate::security::Attributes;
use std::borrow::Cow;
use std::ptr::null_mut;
use transom_kernel::handle::HandleValue;
use transom_kernel::object::creation::{Created, Creation};
use transom_kernel::{Result, Win32Error, last_error};
use windows_sys::Win32::Foundation::{ERROR_ALREADY_EXISTS, HANDLE};

/// The longest name of an `A` function.
const LONGEST_ANSI_NAME: usize = 259;

pub(crate) type Name<'a> = Result<Option<Cow<'a, [u16]>>>;

/// Checks a name of an `A` function.
pub(crate) fn ansi_name(name: Name<'_>) -> Name<'_> {
    match name {
        Ok(Some(name)) if name.len() > LONGEST_ANSI_NAME => Err(Win32Error::FILENAME_EXCED_RANGE),
        other => other,
    }
}

/// An object to be made: its name, the handle's access and whether it is inherited.
pub(crate) fn create(
    name: Name<'_>,
    access: u32,
    attributes: Result<Attributes>,
    make: impl FnOnce(&Creation<'_>) -> Result<Created>,
) -> HANDLE {
    // Looked at where they are: moving them takes longer than the rest of this.
    let made = match (&name, &attributes) {
        (Err(error), _) | (_, Err(error)) => Err(*error),
        (Ok(name), Ok(Attributes { inherit, descriptor })) => make(&Creation {
            name: name.as_deref(),
            access,
            inherit: *inherit,
            security: descriptor.as_deref(),
        }),
    };
    or_else(
        made.map(|created| {
            // 183 says that there was one of this name already.
            last_error::set(if created.existed { ERROR_ALREADY_EXISTS } else { 0 });
            to_handle(created.handle)
        }),
        null_mut(),
    )
}

/// An object to be opened; NULL is no name.
pub(crate) fn open(name: Name<'_>, open: impl FnOnce(&[u16]) -> Result<HandleValue>) -> HANDLE {
    let opened = name.and_then(|name| open(&name.ok_or(Win32Error::INVALID_PARAMETER)?));
    or_else(opened.map(to_handle), null_mut())
}

/// Fails for flags that are not among the known ones.
pub(crate) fn known_flags(flags: u32, known: u32) -> Result<u32> {
    if flags & !known == 0 { Ok(flags) } else { Err(Win32Error::INVALID_PARAMETER) }
}
