//! Messages of other users, which go through the mailbox of a process that reads.
//!
//! The message is in a sealed memfd. The process that reads looks at who has connected, at the
//! security descriptor and at the limits, copies the message into the queue, and answers: so it is
//! in the queue when the write returns, and its order is that of all others.

use super::client::put;
use super::layout::CAPACITY_FOR_OTHERS;
use super::server::MailslotServer;
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::executive::mailbox;
use crate::namespace::{granted_to, keepers_in};
use crate::object::{KernelObject, ObjectType};
use crate::security::Subject;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, memfd_create};
use rustix::io::{Errno, pread, pwrite};
use std::any::Any;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use windows_sys::Win32::Storage::FileSystem::{FILE_APPEND_DATA, FILE_WRITE_DATA};

const SEALS: SealFlags =
    SealFlags::SHRINK.union(SealFlags::GROW).union(SealFlags::WRITE).union(SealFlags::SEAL);
/// How much of a message is copied at once.
const AT_ONCE: usize = 64 << 10;

/// Asks a process that reads from the mailslot of a name to put a message into it.
///
/// # Errors
/// What that process says; `ERROR_HANDLE_EOF` when none is left, `ERROR_SEM_TIMEOUT` when it does
/// not answer: it is stopped.
pub(super) fn ask(name: BorrowedFd<'_>, message: &[u8]) -> Result<()> {
    let (id, keepers) = keepers_in(name)?;
    let sealed = sealed(message)?;
    let namespace = current().namespace()?;
    for pid in keepers {
        match mailbox::deliver(namespace, pid, id, message.len() as u64, sealed.as_fd()) {
            // Not there any more, or not one that holds it: another one may.
            Err(Win32Error::FILE_NOT_FOUND) => {}
            other => return other,
        }
    }
    Err(Win32Error::HANDLE_EOF)
}

fn sealed(message: &[u8]) -> Result<OwnedFd> {
    let file = memfd_create("transom-message", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    let mut written = 0;
    while written < message.len() {
        match pwrite(&file, &message[written..], written as u64) {
            Ok(0) => return Err(Win32Error::NOT_ENOUGH_MEMORY),
            Ok(count) => written += count,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    fcntl_add_seals(&file, SEALS)?;
    Ok(file)
}

/// Puts a message of somebody who has connected into a mailslot of this process.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` for what is no mailslot, `ERROR_ACCESS_DENIED` when the security
/// descriptor does not let them write, `ERROR_INVALID_PARAMETER` for what is no message or is too
/// large, `ERROR_NOT_ENOUGH_QUOTA` when too much waits.
pub(crate) fn accept(
    object: &dyn KernelObject,
    subject: &Subject,
    length: u64,
    message: Option<OwnedFd>,
) -> Result<()> {
    let any: &dyn Any = object;
    let server: &MailslotServer = any.downcast_ref().ok_or(Win32Error::FILE_NOT_FOUND)?;
    let name = server.name_file().ok_or(Win32Error::FILE_NOT_FOUND)?;
    let granted = ObjectType::File.rights_among(granted_to(name, subject)?);
    if granted & (FILE_WRITE_DATA | FILE_APPEND_DATA) == 0 {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let message = message.ok_or(Win32Error::INVALID_PARAMETER)?;
    // Reading anything else might wait.
    if !fcntl_get_seals(&message).is_ok_and(|seals| seals.contains(SEALS)) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    put(server.segment(), length, CAPACITY_FOR_OTHERS, |ring, at| {
        let mut buffer = vec![0; AT_ONCE.min(usize::try_from(length).unwrap_or(AT_ONCE))];
        let mut copied = 0;
        while copied < length {
            let most = usize::try_from(length - copied).unwrap_or(AT_ONCE).min(buffer.len());
            match pread(&message, &mut buffer[..most], copied) {
                Ok(0) => return Err(Win32Error::INVALID_PARAMETER),
                Ok(count) => {
                    ring.copy_in(at.wrapping_add(copied), &buffer[..count]);
                    copied += count as u64;
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    })
    .map(drop)
}
