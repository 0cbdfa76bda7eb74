//! Opening a mailslot to write to it, and taking over ends from other processes.

use super::broadcast::Broadcast;
use super::client::MailslotClient;
use super::server::MailslotServer;
use super::{BROADCAST_FLAVOUR, CLIENT_FLAVOUR, SERVER_FLAVOUR};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::file::open::Request;
use crate::handle::HandleValue;
use crate::namespace::device_name::DeviceName;
use crate::namespace::{ObjectName, Turn, look};
use crate::object::record::Record;
use crate::object::{KernelObject, MAXIMUM_ALLOWED, ObjectType, SYNCHRONIZE};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use windows_sys::Win32::Storage::FileSystem::{
    CREATE_NEW, FILE_FLAG_OVERLAPPED, FILE_READ_ATTRIBUTES,
};

/// `CreateFile` on `\\.\mailslot\name`: any share mode will do, and many may write at once.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` when there is none, `ERROR_ACCESS_DENIED` when its security descriptor
/// does not grant this, `ERROR_FILE_EXISTS` for `CREATE_NEW`.
///
/// `access` was checked against what files know.
pub(crate) fn open(name: &DeviceName, request: &Request, access: u32) -> Result<HandleValue> {
    let open = |object: Arc<dyn KernelObject>, access| {
        current().table().create(object, access, request.inherit)
    };
    if name.is_broadcast() {
        return open(Arc::new(Broadcast::new(name.clone())?), access);
    }
    let name = ObjectName::of_device(name);
    let turn = Turn::wait(&name)?;
    let seen = look(&turn, &name)?.ok_or(Win32Error::FILE_NOT_FOUND)?;
    if request.disposition == CREATE_NEW {
        return Err(Win32Error::FILE_EXISTS);
    }
    let granted = ObjectType::File.rights_among(seen.granted());
    // Everybody may see that it is there.
    let asked = access & !(SYNCHRONIZE | FILE_READ_ATTRIBUTES);
    let access = match request.access & MAXIMUM_ALLOWED != 0 {
        true => granted | access & (SYNCHRONIZE | FILE_READ_ATTRIBUTES),
        false if asked & !granted != 0 => return Err(Win32Error::ACCESS_DENIED),
        false => access,
    };
    drop(turn);
    open(Arc::new(MailslotClient::new(seen, request.flags & FILE_FLAG_OVERLAPPED != 0)?), access)
}

/// An end that another process has given us, or an object that is none.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` when the descriptors do not fit the record.
pub(crate) fn arrived(
    record: &Record,
    first: OwnedFd,
    second: Option<OwnedFd>,
) -> Result<Arc<dyn KernelObject>> {
    match (record.payload[0], second) {
        (SERVER_FLAVOUR, Some(name)) => {
            Ok(Arc::new(MailslotServer::arrived(record.id, first, name)?))
        }
        (CLIENT_FLAVOUR, memory) => {
            Ok(Arc::new(MailslotClient::arrived(record.id, record.payload[1], first, memory)?))
        }
        (BROADCAST_FLAVOUR, None) => Ok(Arc::new(Broadcast::arrived(record.id, first)?)),
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}
