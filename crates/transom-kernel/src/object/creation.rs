//! Making and opening objects that can have a name.

use super::{KernelObject, MAXIMUM_ALLOWED, ObjectType};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::table::HandleTable;
use crate::handle::{HandleFlags, HandleValue};
use crate::namespace::{Found, ObjectName, Rendezvous, Turn, begin, describe, open as open_name};
use crate::security::{SecurityDescriptor, of_objects};
use std::sync::Arc;

/// The right to read and set the auditing list, which needs a privilege that nobody has here.
const ACCESS_SYSTEM_SECURITY: u32 = 0x0100_0000;

/// How an object is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Creation<'a> {
    /// Its name, if it has one; an empty one is none.
    pub name: Option<&'a [u16]>,
    /// The access of the handle.
    pub access: u32,
    /// Whether children inherit the handle.
    pub inherit: bool,
    /// Who may open it by its name; otherwise the user who made it, and root. Whoever is given a
    /// handle has what the handle grants.
    pub security: Option<&'a SecurityDescriptor>,
}

impl Creation<'_> {
    /// An object without a name, and a handle to it that is not inherited.
    #[must_use]
    pub const fn unnamed(access: u32) -> Self {
        Self { name: None, access, inherit: false, security: None }
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Created {
    /// A handle to the object.
    pub handle: HandleValue,
    /// Whether there was one of this name, and the handle is to that.
    pub existed: bool,
}

/// Makes an object, or opens the one of its name.
///
/// # Errors
/// - `ERROR_ACCESS_DENIED` for an access that the type does not have, or that the security
///   descriptor of the object of this name does not grant.
/// - `ERROR_INVALID_HANDLE` when an object of another type has the name.
/// - `ERROR_PATH_NOT_FOUND` for a `\` in the name that does not end `Global\` or `Local\`,
///   `ERROR_INVALID_NAME` for such a prefix alone.
/// - `ERROR_FILE_CORRUPT` when somebody has spoiled the name's file.
/// - `ERROR_NO_SYSTEM_RESOURCES` when there is no room.
pub(crate) fn create<T: KernelObject>(
    kind: ObjectType,
    new: &Creation<'_>,
    make: impl FnOnce(Option<Rendezvous>) -> Result<T>,
) -> Result<Created> {
    let access = kind.specific_access(new.access)?;
    let Some(name) = new.name.filter(|name| !name.is_empty()) else {
        let object = Arc::new(make(None)?);
        if let Some(security) = new.security {
            of_objects::keep(object.header(), security);
        }
        let handle = current().table().create(object, access, new.inherit)?;
        return Ok(Created { handle, existed: false });
    };
    create_named(kind, name, access, new, make)
}

#[cold]
fn create_named<T: KernelObject>(
    kind: ObjectType,
    name: &[u16],
    access: u32,
    new: &Creation<'_>,
    make: impl FnOnce(Option<Rendezvous>) -> Result<T>,
) -> Result<Created> {
    let table = current().table();
    let default = SecurityDescriptor::default();
    let security = new.security.unwrap_or(&default);
    let name = ObjectName::parse(name)?;
    let turn = Turn::wait(&name)?;
    if let Some(found) = open_name(&turn, &name)? {
        let access = found.access(kind, new.access)?;
        let handle = table.create(found.object, access, new.inherit)?;
        return Ok(Created { handle, existed: true });
    }
    let object = Arc::new(make(Some(begin(&turn, &name, security)?))?);
    describe(&turn, &name, &*object, security)?;
    let handle = table.create(object, access, new.inherit)?;
    Ok(Created { handle, existed: false })
}

/// Opens the object of a name.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` when there is none; `ERROR_ACCESS_DENIED` also for no access at all;
/// `ERROR_PRIVILEGE_NOT_HELD` for the right to the auditing list; and as for [`create`].
pub(crate) fn open(
    kind: ObjectType,
    name: &[u16],
    access: u32,
    inherit: bool,
) -> Result<HandleValue> {
    if access & ACCESS_SYSTEM_SECURITY == 0 {
        kind.specific_access(access)?;
    }
    let name = ObjectName::parse(name)?;
    let turn = Turn::wait(&name)?;
    let found = open_name(&turn, &name)?.ok_or(Win32Error::FILE_NOT_FOUND)?;
    drop(turn);
    let access = found.access(kind, access)?;
    current().table().create(found.object, access, inherit)
}

impl Found {
    /// The access of a handle to it, if it is of this type and its security descriptor grants what
    /// is asked for.
    fn access(&self, kind: ObjectType, asked: u32) -> Result<u32> {
        if self.object.header().kind() != kind {
            return Err(Win32Error::INVALID_HANDLE);
        }
        if asked & ACCESS_SYSTEM_SECURITY != 0 {
            return Err(Win32Error::PRIVILEGE_NOT_HELD);
        }
        if asked == 0 {
            return Err(Win32Error::ACCESS_DENIED);
        }
        let granted = kind.rights_among(self.granted);
        let access = kind.specific_access(asked & !MAXIMUM_ALLOWED)?;
        if access & !granted != 0 || asked & MAXIMUM_ALLOWED != 0 && granted == 0 {
            return Err(Win32Error::ACCESS_DENIED);
        }
        Ok(if asked & MAXIMUM_ALLOWED != 0 { granted } else { access })
    }
}

/// Closes the handles to objects with names, at the end of the process, so that no name stays
/// behind.
pub(crate) fn close_names(table: &HandleTable) {
    for (value, entry) in table.entries() {
        let named = entry.object.has_name();
        drop(entry);
        if named {
            let protection = HandleFlags::PROTECT_FROM_CLOSE;
            // A handle that another thread closes meanwhile is closed.
            let _ = table.set_flags(value.into(), protection, HandleFlags::empty());
            let _ = table.close(value.into());
        }
    }
}
