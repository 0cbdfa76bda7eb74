//! Making and opening objects that can have a name.

use super::{KernelObject, ObjectType};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::table::HandleTable;
use crate::handle::{HandleFlags, HandleValue};
use crate::namespace::{ObjectName, Rendezvous, Turn, begin, describe, open as open_name};
use std::sync::Arc;

/// How an object is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Creation<'a> {
    /// Its name, if it has one; an empty one is none.
    pub name: Option<&'a [u16]>,
    /// The access of the handle.
    pub access: u32,
    /// Whether children inherit the handle.
    pub inherit: bool,
}

impl Creation<'_> {
    /// An object without a name, and a handle to it that is not inherited.
    #[must_use]
    pub const fn unnamed(access: u32) -> Self {
        Self { name: None, access, inherit: false }
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
/// - `ERROR_ACCESS_DENIED` for an access that the type does not have, and for another user's
///   object.
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
        let handle = current().table().create(Arc::new(make(None)?), access, new.inherit)?;
        return Ok(Created { handle, existed: false });
    };
    create_named(kind, name, access, new.inherit, make)
}

#[cold]
fn create_named<T: KernelObject>(
    kind: ObjectType,
    name: &[u16],
    access: u32,
    inherit: bool,
    make: impl FnOnce(Option<Rendezvous>) -> Result<T>,
) -> Result<Created> {
    let table = current().table();
    let name = ObjectName::parse(name)?;
    let turn = Turn::wait(&name)?;
    if let Some(object) = open_name(&turn, &name)? {
        let handle = table.create(of_type(kind, object)?, access, inherit)?;
        return Ok(Created { handle, existed: true });
    }
    let object = Arc::new(make(Some(begin(&turn, &name)?))?);
    describe(&turn, &name, &*object)?;
    let handle = table.create(object, access, inherit)?;
    Ok(Created { handle, existed: false })
}

/// Opens the object of a name.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` when there is none, and as for [`create`].
pub(crate) fn open(
    kind: ObjectType,
    name: &[u16],
    access: u32,
    inherit: bool,
) -> Result<HandleValue> {
    let access = kind.specific_access(access)?;
    let name = ObjectName::parse(name)?;
    let turn = Turn::wait(&name)?;
    let object = open_name(&turn, &name)?.ok_or(Win32Error::FILE_NOT_FOUND)?;
    drop(turn);
    current().table().create(of_type(kind, object)?, access, inherit)
}

fn of_type(kind: ObjectType, object: Arc<dyn KernelObject>) -> Result<Arc<dyn KernelObject>> {
    if object.header().kind() == kind { Ok(object) } else { Err(Win32Error::INVALID_HANDLE) }
}

/// Closes the handles to objects with names, at the end of the process, so that no name stays
/// behind.
pub(crate) fn close_names(table: &HandleTable) {
    for (value, entry) in table.entries() {
        let dispatcher = entry.object.dispatcher();
        let named = dispatcher.is_some_and(|dispatcher| dispatcher.slot().rendezvous().is_some());
        drop(entry);
        if named {
            let protection = HandleFlags::PROTECT_FROM_CLOSE;
            // A handle that another thread closes meanwhile is closed.
            let _ = table.set_flags(value.into(), protection, HandleFlags::empty());
            let _ = table.close(value.into());
        }
    }
}
