//! Security descriptors: who may open an object by its name, and who may do what with a file.
//!
//! Users and groups of Linux are `S-1-22-1-uid` and `S-1-22-2-gid`, as with Samba; root is an
//! administrator too.
//!
//! ```
//! use transom::security::{SecurityDescriptor, Subject, access_check};
//! let descriptor = SecurityDescriptor::from_sddl("D:(A;;0x1f0003;;;S-1-22-2-100)")?;
//! let member = Subject { uid: 1000, gids: vec![100] };
//! assert_eq!(access_check(&descriptor, 0, &member), 0x1F_0003);
//! assert_eq!(descriptor.to_sddl(), "D:(A;;0x1f0003;;;S-1-22-2-100)");
//! # Ok::<(), transom::Win32Error>(())
//! ```
//!
//! Reference: <https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format>

pub use transom_kernel::security::of_objects::Parts;
pub use transom_kernel::security::{
    Ace, AceKind, Acl, Dacl, SecurityDescriptor, Sid, Subject, access_check,
};

use crate::error::Result;
use crate::handle::AsHandle;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use transom_kernel::security::of_objects;
use transom_kernel::text;

/// `GetSecurityInfo`: parts of the descriptor of a handle's object. One that nobody gave is made up:
/// its user and the system may do everything.
///
/// ```
/// use transom::security::{self, Parts, SecurityDescriptor};
/// use transom::Event;
/// let only_waiting = SecurityDescriptor::from_sddl("D:(A;;0x120000;;;WD)")?;
/// # let name = &format!("transom-doc-security-{}", std::process::id());
/// let event = Event::builder().name(name).create()?;
/// security::set(&event, Parts::DACL, &only_waiting)?;
/// assert_eq!(security::get(&event, Parts::DACL)?.to_sddl(), "D:(A;;0x120000;;;WD)");
/// let refused = Event::open(name).unwrap_err(); // it asks for everything
/// assert_eq!(refused.code(), 5);
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: the handle is not open any more.
/// - `ERROR_ACCESS_DENIED`: it was not opened with `READ_CONTROL`; or an auditing list is asked for.
/// - `ERROR_FILE_NOT_FOUND`: a named pipe that nobody serves any more.
/// - `ERROR_NOT_SUPPORTED`: a process that has ended and was none of Transom's.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-getsecurityinfo>
pub fn get(object: &dyn AsHandle, parts: Parts) -> Result<SecurityDescriptor> {
    of_objects::get(object.as_handle().kernel(), parts)
}

/// `SetSecurityInfo`: changes parts of the descriptor of a handle's object. It counts for who opens the
/// object from then on.
///
/// ```
/// use transom::security::{self, Parts, SecurityDescriptor};
/// use transom::{Event, Process};
/// let new = SecurityDescriptor::from_sddl("D:(A;;GA;;;WD)")?;
/// security::set(&Event::manual()?, Parts::DACL, &new)?;
/// let refused = security::set(&Process::current()?, Parts::DACL, &new).unwrap_err();
/// assert_eq!(refused.code(), 50);
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: the handle is not open any more.
/// - `ERROR_ACCESS_DENIED`: it was not opened with `WRITE_DAC` (for the list) or `WRITE_OWNER` (for
///   owner and group); an auditing list; Linux refuses.
/// - `ERROR_INVALID_SECURITY_DESCR`: `new` has no owner or group that is to be given.
/// - `ERROR_INVALID_OWNER`, `ERROR_INVALID_PRIMARY_GROUP`: this user may not give that one.
/// - `ERROR_NOT_SUPPORTED`: a process or thread, or what the mode of a file cannot say.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-setsecurityinfo>
pub fn set(object: &dyn AsHandle, parts: Parts, new: &SecurityDescriptor) -> Result<()> {
    of_objects::set(object.as_handle().kernel(), parts, new)
}

fn wide(path: &Path) -> Vec<u16> {
    text::to_wide(path.as_os_str().as_bytes())
}

/// `GetNamedSecurityInfo` of a file or directory: its Linux owner, group and mode as a descriptor.
///
/// ```
/// use transom::security::{self, Parts, Sid};
/// # let path = std::env::temp_dir().join(format!("transom-doc-of-file-{}", std::process::id()));
/// std::fs::write(&path, "text")?;
/// let descriptor = security::of_file(&path, Parts::OWNER | Parts::DACL)?;
/// assert!(descriptor.owner.and_then(|owner| owner.user()).is_some());
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`: there is none. `ERROR_PRIVILEGE_NOT_HELD`: an
/// auditing list is asked for.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-getnamedsecurityinfow>
pub fn of_file(path: impl AsRef<Path>, parts: Parts) -> Result<SecurityDescriptor> {
    of_objects::get_of_file(&wide(path.as_ref()), parts)
}

/// `SetNamedSecurityInfo` of a file or directory: gives it the Linux owner, group and mode that a
/// descriptor speaks of.
///
/// ```
/// use std::os::unix::fs::PermissionsExt;
/// use transom::security::{self, Parts, SecurityDescriptor};
/// # let path = std::env::temp_dir().join(format!("transom-doc-set-of-file-{}", std::process::id()));
/// std::fs::write(&path, "text")?;
/// let everyone_reads = SecurityDescriptor::from_sddl("D:(A;;FR;;;WD)")?;
/// security::set_of_file(&path, Parts::DACL, &everyone_reads)?;
/// assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o777, 0o444);
/// // One user more has no place in a mode.
/// let another = SecurityDescriptor::from_sddl("D:(A;;FR;;;S-1-22-1-99999)")?;
/// assert_eq!(security::set_of_file(&path, Parts::DACL, &another).unwrap_err().code(), 50);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As for [`of_file`] and [`set`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-setnamedsecurityinfow>
pub fn set_of_file(path: impl AsRef<Path>, parts: Parts, new: &SecurityDescriptor) -> Result<()> {
    of_objects::set_of_file(&wide(path.as_ref()), parts, new)
}
