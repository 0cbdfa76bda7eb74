//! Making an object of this process from what another process sent or left open for us.

use super::record::Record;
use super::{KernelObject, ObjectType};
use crate::error::{Result, Win32Error};
use crate::file::{self, Descriptor, File};
use crate::job::Job;
use crate::mailslot;
use crate::pipe::named::{self, NamedPipe};
use crate::pipe::{PipeEnd, anonymous};
use crate::process::Process;
use crate::section::Section;
use crate::sync::{Event, Mutex, Semaphore, Timer};
use crate::thread::Thread;
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// The object a record describes, with the descriptors that came with it.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` when the descriptors do not fit the record,
/// `ERROR_NOT_SUPPORTED` for a type that never leaves its process.
pub(crate) fn object(
    record: &Record,
    [first, second]: [Option<OwnedFd>; 2],
) -> Result<Arc<dyn KernelObject>> {
    let first = first.ok_or(Win32Error::INVALID_PARAMETER)?;
    match record.kind {
        ObjectType::Process => Ok(Arc::new(Process::arrived(record.payload, first, second)?)),
        ObjectType::Thread => {
            Ok(Arc::new(Thread::arrived(record.id, record.payload, first, second)?))
        }
        ObjectType::Event => {
            Ok(Arc::new(Event::arrived(record.id, record.payload, first, second)?))
        }
        ObjectType::Mutex => {
            Ok(Arc::new(Mutex::arrived(record.id, record.payload, first, second)?))
        }
        ObjectType::Semaphore => {
            Ok(Arc::new(Semaphore::arrived(record.id, record.payload, first, second)?))
        }
        ObjectType::Timer => {
            Ok(Arc::new(Timer::arrived(record.id, record.payload, first, second)?))
        }
        ObjectType::File if mailslot::has_flavour(record.payload[0]) => {
            mailslot::arrived(record, first, second)
        }
        ObjectType::File if record.payload[0] & 0xFF == named::FLAVOUR => {
            Ok(NamedPipe::arrived(record.id, record.payload, first, second)?)
        }
        ObjectType::File => stream(record, Descriptor::Own(first)),
        ObjectType::Section => {
            Ok(Arc::new(Section::arrived(record.id, record.payload, first, second)?))
        }
        ObjectType::Job => Ok(Arc::new(Job::arrived(record.id, first, second)?)),
        ObjectType::Snapshot | ObjectType::IoCompletion | ObjectType::Token => {
            Err(Win32Error::NOT_SUPPORTED)
        }
    }
}

/// The object of type "File" a record describes.
pub(crate) fn stream(record: &Record, descriptor: Descriptor) -> Result<Arc<dyn KernelObject>> {
    let [flavour, detail] = record.payload;
    match flavour {
        file::FLAVOUR => Ok(Arc::new(File::arrived(record.id, descriptor, detail)?)),
        anonymous::FLAVOUR => Ok(Arc::new(PipeEnd::arrived(record.id, descriptor, detail))),
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}
