//! Which pipes there are.

use super::object::{FLAVOUR, Traits};
use super::registry::{FileIdentity, NameFile, Server, Terms};
use crate::error::Result;
use crate::executive::current;
use crate::handle::published::{self, PublishedHandle};
use crate::namespace::Namespace;
use crate::object::ObjectType;
use crate::sync::wait::clock;
use rustix::fs::{AtFlags, Dir, Mode, OFlags, RawDir, fstat, openat, statat};
use std::ffi::CString;
use std::mem::MaybeUninit;

/// A pipe, as its name's file tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The name, without `\\.\pipe\`, as the first instance spelled it.
    pub name: Vec<u16>,
    /// `PIPE_ACCESS_INBOUND`, `PIPE_ACCESS_OUTBOUND` or `PIPE_ACCESS_DUPLEX`.
    pub direction: u32,
    /// Whether the first instance is of messages.
    pub messages: bool,
    /// The most instances there may be; 255 for no limit.
    pub most_instances: u32,
    /// How many instances there are.
    pub instances: u32,
    /// Whether some instance listens.
    pub listens: bool,
    /// The processes that have made instances, and how many.
    pub servers: Vec<(u32, u32)>,
}

/// The device that all names' files are on.
pub(super) fn device() -> Option<u64> {
    let directory = current().namespace().ok()?.pipes_if_there()?;
    Some(fstat(directory).ok()?.st_dev)
}

fn entries(namespace: &Namespace) -> Result<Vec<CString>> {
    let Some(directory) = namespace.pipes_if_there() else { return Ok(Vec::new()) };
    let names =
        Dir::read_from(directory)?.filter_map(|entry| Some(entry.ok()?.file_name().to_owned()));
    Ok(names.filter(|name| !name.to_bytes().starts_with(b".")).collect())
}

/// The file with an identity, and its name.
pub(super) fn find_file(
    namespace: &Namespace,
    identity: FileIdentity,
    write: bool,
) -> Result<Option<(NameFile, String)>> {
    let Some(directory) = namespace.pipes_if_there() else { return Ok(None) };
    for name in entries(namespace)? {
        let is_it = statat(directory, &*name, AtFlags::SYMLINK_NOFOLLOW)
            .is_ok_and(|stat| stat.st_ino == identity.inode && stat.st_dev == identity.device);
        let Some(name) = name.to_str().ok().filter(|_| is_it) else { continue };
        return Ok(NameFile::open(namespace, name, write)?.map(|file| (file, name.to_owned())));
    }
    Ok(None)
}

/// Whether some process (but for one) has a server's end of a name, whoever hands it out. It looks at all tables
/// that this user may see, so it is only for names that nobody seems to serve.
pub(super) fn is_held(namespace: &Namespace, identity: FileIdentity, but_for: Option<u32>) -> bool {
    let is_end = |handle: &PublishedHandle| {
        let [traits, inode] = handle.details;
        handle.kind == ObjectType::File
            && traits & 0xFF == FLAVOUR
            && !Traits::from_bits_retain(traits).contains(Traits::CLIENT)
            && inode == identity.inode
    };
    published::processes_in(namespace).is_ok_and(|processes| {
        processes.into_iter().filter(|&pid| Some(pid) != but_for).any(|pid| {
            published::of_process_in(namespace, pid).is_ok_and(|handles| handles.iter().any(is_end))
        })
    })
}

/// Which pipes there are. Those that another user does not let us see are not among them.
///
/// # Errors
/// What reading the namespace directory reports.
pub fn pipes() -> Result<Vec<Listed>> {
    let namespace = current().namespace()?;
    let mut found = Vec::new();
    for file_name in entries(namespace)? {
        let Ok(file_name) = file_name.into_string() else { continue };
        let Ok(Some(file)) = NameFile::open(namespace, &file_name, false) else { continue };
        let Ok(listing) = file.listing() else { continue };
        let servers: Vec<Server> =
            listing.servers.iter().copied().filter(Server::is_alive).collect();
        let (Ok(name), false) = (file.name(&listing), servers.is_empty()) else { continue };
        let Terms { direction, messages, most_instances, .. } = listing.terms;
        found.push(Listed {
            name,
            direction,
            messages,
            most_instances,
            instances: servers.iter().map(|server| server.instances).sum(),
            listens: servers.iter().any(|server| server.listening_since != 0),
            servers: servers.iter().map(|server| (server.pid, server.instances)).collect(),
        });
    }
    found.sort_by(|first, second| first.name.cmp(&second.name));
    Ok(found)
}

/// The name of a pipe, by the file that an end of it names.
pub(super) fn name_of_file(inode: u64) -> Option<Vec<u16>> {
    let namespace = current().namespace().ok()?;
    let identity = FileIdentity { device: device()?, inode };
    let (file, _) = find_file(namespace, identity, true).ok()??;
    let listing = file.listing().ok()?;
    file.name(&listing).ok()
}

/// Looks at so many of the names and removes those whose servers are all dead. The cost does not
/// grow with the directory; what one sweep does not meet, a later one does.
pub(crate) fn sweep_pipes(namespace: &Namespace, most: usize) {
    let Some(directory) = namespace.pipes_if_there() else { return };
    // As many as one system call brings.
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let Ok(directory) = openat(directory, c".", OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
    else {
        return;
    };
    let mut directory = RawDir::new(&directory, &mut buffer);
    let mut names = Vec::new();
    while let Some(Ok(entry)) = directory.next() {
        if let Some(name) = entry.file_name().to_str().ok().filter(|name| !name.starts_with('.')) {
            names.push(name.to_owned());
        }
        if directory.is_buffer_empty() {
            break;
        }
    }
    // Names that stay must not always be those that are looked at.
    let start = (clock::now() >> 10) as usize % names.len().max(1);
    for name in names.iter().cycle().skip(start).take(most.min(names.len())) {
        let Ok(Some(file)) = NameFile::open(namespace, name, true) else { continue };
        // Without the lock first: most are alive.
        let dead = match file.listing() {
            Ok(listing) => !listing.servers.iter().any(Server::is_alive),
            Err(_) => true,
        };
        if dead {
            file.remove_if_dead(namespace, name);
        }
    }
}
