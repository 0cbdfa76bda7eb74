//! What `PAGE_...` constants mean.

use crate::error::{Result, Win32Error};
use transom_sys::memory::Access;
use windows_sys::Win32::System::Memory as win;

/// The access a protection stands for.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for what is none; `ERROR_NOT_SUPPORTED` for guard pages and for
/// caching that Linux does not have.
pub fn access_of(protection: u32) -> Result<Access> {
    if protection & (win::PAGE_GUARD | win::PAGE_NOCACHE | win::PAGE_WRITECOMBINE) != 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    let (read, write, execute) = match protection {
        win::PAGE_NOACCESS => (false, false, false),
        win::PAGE_READONLY => (true, false, false),
        win::PAGE_READWRITE | win::PAGE_WRITECOPY => (true, true, false),
        win::PAGE_EXECUTE => (false, false, true),
        win::PAGE_EXECUTE_READ => (true, false, true),
        win::PAGE_EXECUTE_READWRITE | win::PAGE_EXECUTE_WRITECOPY => (true, true, true),
        _ => return Err(Win32Error::INVALID_PARAMETER),
    };
    Ok(Access { read, write, execute })
}

/// The protection that stands for an access.
pub(super) const fn protection_of(access: Access) -> u32 {
    match (access.read, access.write, access.execute) {
        (false, false, false) => win::PAGE_NOACCESS,
        (_, true, false) => win::PAGE_READWRITE,
        (true, false, false) => win::PAGE_READONLY,
        (_, true, true) => win::PAGE_EXECUTE_READWRITE,
        (true, false, true) => win::PAGE_EXECUTE_READ,
        (false, false, true) => win::PAGE_EXECUTE,
    }
}

/// Whether a protection shares no changes.
pub(super) const fn copies(protection: u32) -> bool {
    protection & (win::PAGE_WRITECOPY | win::PAGE_EXECUTE_WRITECOPY) != 0
}
