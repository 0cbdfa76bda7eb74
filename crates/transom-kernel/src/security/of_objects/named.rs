//! Descriptors of what is only named: files by their paths, other objects by their names.

use super::Parts;
use super::get_and_set::{change_object, get, of_object, set};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::file::open::{self, Request};
use crate::handle::HandleValue;
use crate::namespace::{Found, ObjectName, Turn, open as open_name};
use crate::security::SecurityDescriptor;
use windows_sys::Win32::Storage::FileSystem as win;

/// Opens a file, directory, device or pipe only for its descriptor.
fn open_file(name: &[u16], access: u32) -> Result<HandleValue> {
    let request = Request {
        access,
        share: win::FILE_SHARE_READ | win::FILE_SHARE_WRITE | win::FILE_SHARE_DELETE,
        inherit: false,
        disposition: win::OPEN_EXISTING,
        flags: win::FILE_FLAG_BACKUP_SEMANTICS,
        mode: None,
    };
    open::create(name, &request).map(|opened| opened.handle)
}

/// `GetFileSecurity`: parts of the descriptor of a file or directory.
///
/// # Errors
/// As for [`open::create`] and [`get`]; `ERROR_PRIVILEGE_NOT_HELD` for an auditing list.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getfilesecuritya>
pub fn get_of_file(name: &[u16], parts: Parts) -> Result<SecurityDescriptor> {
    let handle = open_file(name, parts.rights_to_get())?;
    let descriptor = get(handle.into(), parts);
    current().table().close(handle.into())?;
    descriptor
}

/// `SetFileSecurity`: changes parts of the descriptor of a file or directory.
///
/// # Errors
/// As for [`open::create`] and [`set`]; `ERROR_PRIVILEGE_NOT_HELD` for an auditing list.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setfilesecuritya>
pub fn set_of_file(name: &[u16], parts: Parts, new: &SecurityDescriptor) -> Result<()> {
    let handle = open_file(name, parts.rights_to_set())?;
    let changed = set(handle.into(), parts, new);
    current().table().close(handle.into())?;
    changed
}

/// Finds the object of a name that grants these rights.
fn find(name: &[u16], rights: u32) -> Result<Found> {
    let name = ObjectName::parse(name)?;
    let turn = Turn::wait(&name)?;
    let found = open_name(&turn, &name)?.ok_or(Win32Error::FILE_NOT_FOUND)?;
    drop(turn);
    let granted = found.object.header().kind().rights_among(found.granted);
    if rights & !granted != 0 { Err(Win32Error::ACCESS_DENIED) } else { Ok(found) }
}

/// `GetNamedSecurityInfo` for `SE_KERNEL_OBJECT`: parts of the descriptor of an event, mutex,
/// semaphore, timer, section or job with a name.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` when nothing has the name, `ERROR_ACCESS_DENIED` when its descriptor does
/// not let this user read it, `ERROR_PRIVILEGE_NOT_HELD` for an auditing list, and as for names in
/// [`creation`](crate::object::creation).
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-getnamedsecurityinfow>
pub fn get_of_name(name: &[u16], parts: Parts) -> Result<SecurityDescriptor> {
    check_audit(parts)?;
    let found = find(name, parts.rights_to_get())?;
    of_object(&*found.object, parts)
}

/// `SetNamedSecurityInfo` for `SE_KERNEL_OBJECT`: changes parts of the descriptor of an object with a
/// name.
///
/// # Errors
/// As for [`get_of_name`] and [`set`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-setnamedsecurityinfow>
pub fn set_of_name(name: &[u16], parts: Parts, new: &SecurityDescriptor) -> Result<()> {
    check_audit(parts)?;
    let found = find(name, parts.rights_to_set())?;
    change_object(&*found.object, parts, new)
}

fn check_audit(parts: Parts) -> Result<()> {
    if parts.contains(Parts::SACL) { Err(Win32Error::PRIVILEGE_NOT_HELD) } else { Ok(()) }
}
