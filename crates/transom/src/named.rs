//! What making and opening objects with names has in common.

use crate::error::{Result, Win32Error};
use crate::handle::OwnedHandle;
use transom_kernel::handle::HandleValue;
use transom_kernel::object::ObjectType;
use transom_kernel::object::creation::{Created, Creation};
use transom_kernel::security::SecurityDescriptor;

/// An object to be made: its name, if it has one, whether children inherit its handle, and who may
/// open it by its name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct New<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) inheritable: bool,
    pub(crate) security: Option<&'a SecurityDescriptor>,
}

impl New<'_> {
    /// Makes it, with every access.
    pub(crate) fn make(
        self,
        kind: ObjectType,
        only_new: bool,
        make: impl FnOnce(&Creation<'_>) -> Result<Created>,
    ) -> Result<OwnedHandle> {
        let name: Option<Vec<u16>> = self.name.map(|name| name.encode_utf16().collect());
        let (access, inherit) = (kind.all_access(), self.inheritable);
        let security = self.security;
        let created = make(&Creation { name: name.as_deref(), access, inherit, security })?;
        let handle = OwnedHandle::of(created.handle);
        if created.existed && only_new { Err(Win32Error::ALREADY_EXISTS) } else { Ok(handle) }
    }
}

/// Opens the object of a name, with every access.
pub(crate) fn open(
    name: &str,
    kind: ObjectType,
    open: impl FnOnce(&[u16], u32, bool) -> Result<HandleValue>,
) -> Result<OwnedHandle> {
    let name: Vec<u16> = name.encode_utf16().collect();
    open(&name, kind.all_access(), false).map(OwnedHandle::of)
}
