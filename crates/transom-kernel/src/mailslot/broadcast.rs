//! A writer to every mailslot of a name: `\\*\mailslot\name`.
//!
//! It is not bound to a mailslot. Each message goes to whoever reads under that name when it is
//! written; that nobody does is no error, as it is none that a datagram reaches nobody.

use super::BROADCAST_FLAVOUR;
use super::client::MailslotClient;
use crate::error::{Result, Win32Error};
use crate::file::{FileType, ReadTarget, Stream, Transfer};
use crate::namespace::device_name::{Device, DeviceName};
use crate::namespace::{ObjectName, Turn, look};
use crate::object::{KernelObject, ObjectHeader, ObjectId, ObjectType, Shape};
use crate::sync::wait::{Source, Waitable};
use rustix::fs::{MemfdFlags, fstat, memfd_create};
use rustix::io::{pread, pwrite};
use std::os::fd::{AsFd, OwnedFd};
use windows_sys::Win32::Storage::FileSystem::{FILE_APPEND_DATA, FILE_WRITE_DATA};

const LONGEST_NAME: u64 = 0x1_0000;

/// One who writes to all mailslots of a name.
#[derive(Debug)]
pub(super) struct Broadcast {
    header: ObjectHeader,
    name: DeviceName,
    /// The name, for a process that is given the handle.
    file: OwnedFd,
}

impl Broadcast {
    pub(super) fn new(name: DeviceName) -> Result<Self> {
        let file = memfd_create("transom-broadcast", MemfdFlags::CLOEXEC)?;
        let bytes: Vec<u8> = name.spelled().iter().flat_map(|unit| unit.to_ne_bytes()).collect();
        if pwrite(&file, &bytes, 0)? != bytes.len() {
            return Err(Win32Error::NOT_ENOUGH_MEMORY);
        }
        Ok(Self { header: ObjectHeader::new(ObjectType::File), name, file })
    }

    pub(super) fn arrived(id: ObjectId, file: OwnedFd) -> Result<Self> {
        let size = u64::try_from(fstat(&file)?.st_size).unwrap_or(u64::MAX);
        if size > LONGEST_NAME {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut bytes = vec![0; size as usize];
        if pread(&file, &mut bytes, 0)? != bytes.len() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let pair = |pair: &[u8]| u16::from_ne_bytes([pair[0], pair[1]]);
        let units: Vec<u16> = bytes.chunks_exact(2).map(pair).collect();
        let name = DeviceName::of_device(Device::Mailslot, &units)
            .map_err(|_| Win32Error::INVALID_PARAMETER)?;
        Ok(Self { header: ObjectHeader::with_id(ObjectType::File, id), name, file })
    }

    /// The mailslot of the name, if this user may write to it.
    fn find(&self) -> Result<Option<MailslotClient>> {
        let name = ObjectName::of_device(&self.name);
        let turn = Turn::wait(&name)?;
        let Some(seen) = look(&turn, &name)? else { return Ok(None) };
        let granted = ObjectType::File.rights_among(seen.granted());
        let may_write = granted & (FILE_WRITE_DATA | FILE_APPEND_DATA) != 0;
        may_write.then(|| MailslotClient::new(seen, false)).transpose()
    }

    fn send(&self, message: &[u8]) -> Result<()> {
        match self.find()? {
            Some(client) => client.send(message),
            None => Ok(()),
        }
    }
}

impl KernelObject for Broadcast {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        let fds = [Some(self.file.as_fd()), None];
        Shape { portable: true, fds, payload: [BROADCAST_FLAVOUR, 0] }
    }

    fn stream(&self) -> Option<&dyn Stream> {
        Some(self)
    }

    fn waitable(&self) -> Option<&dyn Waitable> {
        Some(self)
    }
}

impl Stream for Broadcast {
    fn read(&self, _buffer: &mut dyn ReadTarget, _offset: Option<u64>) -> Result<Transfer> {
        Err(Win32Error::ACCESS_DENIED)
    }

    fn write(&self, buffer: &[u8], _offset: Option<u64>) -> Result<usize> {
        match self.send(buffer) {
            // It is gone, or not for us: then it is none of those that are reached.
            Ok(()) | Err(Win32Error::HANDLE_EOF | Win32Error::ACCESS_DENIED) => Ok(buffer.len()),
            Err(Win32Error::FILE_NOT_FOUND) => Ok(buffer.len()),
            Err(error) => Err(error),
        }
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn file_type(&self) -> FileType {
        FileType::Unknown
    }
}

impl Waitable for Broadcast {
    fn is_signalled(&self) -> bool {
        true
    }

    fn source(&self) -> Source<'_> {
        Source::Always
    }
}
