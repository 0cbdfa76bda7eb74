//! Reading and changing the descriptor of a handle's object.

use super::Parts;
use super::seat::Seat;
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::{Handle, PseudoHandle};
use crate::object::KernelObject;
use crate::process;
use crate::security::{SecurityDescriptor, Sid};
use crate::thread;
use std::sync::Arc;

/// The object of a handle that has these rights. Pseudo handles have every right but the one to
/// auditing lists.
fn object_of(handle: Handle, rights: u32, pseudo: u32) -> Result<Arc<dyn KernelObject>> {
    let refused = |rights: u32| if rights == 0 { Ok(()) } else { Err(Win32Error::ACCESS_DENIED) };
    match handle {
        Handle::Pseudo(PseudoHandle::CurrentProcess) => {
            refused(rights & !pseudo)?;
            Ok(process::current_process()?)
        }
        Handle::Pseudo(PseudoHandle::CurrentThread) => {
            refused(rights & !pseudo)?;
            Ok(thread::current_thread()?)
        }
        Handle::Pseudo(_) => Err(Win32Error::INVALID_HANDLE),
        Handle::Real(_) => {
            let entry = current().table().entry(handle)?;
            refused(rights & !entry.access)?;
            Ok(entry.object)
        }
    }
}

/// `GetKernelObjectSecurity`: parts of the descriptor of a handle's object. An integrity level and
/// inheritance are no part of any.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE` for what is no handle.
/// - `ERROR_ACCESS_DENIED` for a handle without `READ_CONTROL`, and for an auditing list.
/// - `ERROR_FILE_NOT_FOUND` for a named pipe that nobody serves any more.
/// - `ERROR_NOT_SUPPORTED` for a process that has ended and was none of Transom's.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getkernelobjectsecurity>
pub fn get(handle: Handle, parts: Parts) -> Result<SecurityDescriptor> {
    let rights = parts.rights_to_get();
    let object = object_of(handle, rights, Parts::all().difference(Parts::SACL).rights_to_get())?;
    of_object(&*object, parts)
}

pub(super) fn of_object(object: &dyn KernelObject, parts: Parts) -> Result<SecurityDescriptor> {
    Ok(parts.among(Seat::of(object).read(object)?))
}

/// `SetKernelObjectSecurity`: changes parts of the descriptor of a handle's object. The handles that
/// there are keep what they may.
///
/// # Errors
/// - `ERROR_INVALID_HANDLE` for what is no handle.
/// - `ERROR_ACCESS_DENIED` for a handle without `WRITE_DAC` (for the list) or `WRITE_OWNER` (for owner
///   and group), for an auditing list, and where Linux refuses.
/// - `ERROR_INVALID_SECURITY_DESCR` when `new` has no owner or group that is to be given.
/// - `ERROR_INVALID_OWNER` for an owner who is not this user, unless this user is root.
/// - `ERROR_INVALID_PRIMARY_GROUP` for a file's group that is none of Linux', or none that this user
///   may give.
/// - `ERROR_NOT_SUPPORTED` for processes and threads, an integrity level, and what the mode of a file
///   cannot say.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-setkernelobjectsecurity>
pub fn set(handle: Handle, parts: Parts, new: &SecurityDescriptor) -> Result<()> {
    let rights = parts.rights_to_set();
    let object = object_of(handle, rights, Parts::all().difference(Parts::SACL).rights_to_set())?;
    change_object(&*object, parts, new)
}

pub(super) fn change_object(
    object: &dyn KernelObject,
    parts: Parts,
    new: &SecurityDescriptor,
) -> Result<()> {
    if parts.contains(Parts::LABEL) {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    if parts.contains(Parts::OWNER) {
        let owner = new.owner.as_ref().ok_or(Win32Error::INVALID_SECURITY_DESCR)?;
        let user = rustix::process::geteuid();
        if !user.is_root() && *owner != Sid::of_user(user.as_raw()) {
            return Err(Win32Error::INVALID_OWNER);
        }
    }
    Seat::of(object).change(object, parts, new)
}
