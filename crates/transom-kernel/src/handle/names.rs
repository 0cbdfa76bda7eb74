//! What an object is called, as far as somebody who looks at a table can find out.

use super::published::PublishedHandle;
use crate::mailslot;
use crate::object::ObjectType;
use crate::pipe::named;
use crate::process::process_name;
use crate::sync::inspect;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// The name of the object behind a line of the table of `owner`: of a file its Linux path, of a
/// pipe `pipe:[number]`, of a process its program and id, of a thread its id and its process.
/// Of an event, mutex, semaphore or timer what it was named. `None` for an object without a name, and where this user may not look.
#[must_use]
pub fn name_of(owner: u32, handle: &PublishedHandle) -> Option<OsString> {
    match handle.kind {
        ObjectType::File => {
            if let Some(name) = named::name_of(handle) {
                return Some(name.into());
            }
            if let Some(name) = mailslot::name_of(owner, handle) {
                return Some(OsString::from_vec(name));
            }
            let link = format!("/proc/{owner}/fd/{}", handle.descriptors[0]?);
            std::fs::read_link(link).ok().map(Into::into)
        }
        ObjectType::Process => Some(process_of(handle.details[0])),
        ObjectType::Thread => {
            let mut name = format!("{} of ", handle.details[0] & 0xFFFF_FFFF);
            name.push_str(&process_of(handle.details[0] >> 32).to_string_lossy());
            Some(name.into())
        }
        ObjectType::Event
        | ObjectType::Mutex
        | ObjectType::Semaphore
        | ObjectType::Timer
        | ObjectType::Section
        | ObjectType::Job => inspect::name_of(owner, handle).map(Into::into),
        ObjectType::Snapshot | ObjectType::IoCompletion | ObjectType::Token => None,
    }
}

/// Program and id; the id alone for a process that is gone.
fn process_of(id: u64) -> OsString {
    let name = u32::try_from(id).ok().and_then(process_name::of_process);
    let mut text = name.map_or(Vec::new(), |name| [name.as_bytes(), b" "].concat());
    text.extend(format!("({id})").bytes());
    OsString::from_vec(text)
}
