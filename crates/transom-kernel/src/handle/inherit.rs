//! Inheritance: the handles a child starts with.
//!
//! The parent leaves the objects' descriptors open across `exec`, and beside them a sealed memfd
//! that says which handle each belongs to. One environment variable names the memfd. A program
//! in between that knows nothing of Transom (a shell) passes all of it on, so a grandchild finds
//! its grandparent's handles under their values.
//!
//! A child believes the memfd only if it is sealed and says what it should, and each descriptor
//! only if it is still the file it was when the record was written.

use super::{Entry, Handle, HandleFlags, HandleValue, Origin};
use crate::error::{Result, Win32Error};
use crate::executive::STANDARD_STREAMS;
use crate::file::{Descriptor, StandardSet};
use crate::handle::table::HandleTable;
use crate::object::record::{Record, WORDS, bytes_of, words_of};
use crate::object::{KernelObject, ObjectId, ObjectType, arrival, with_shape};
use crate::pipe::{PipeEnd, anonymous};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, fstat, memfd_create};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use transom_sys::inherited::InheritedFds;

pub use crate::environment::INTERNAL_VARIABLE as VARIABLE;

const MAGIC: u64 = u64::from_le_bytes(*b"TRANSOMI");
const SEALS: SealFlags =
    SealFlags::SEAL.union(SealFlags::SHRINK).union(SealFlags::GROW).union(SealFlags::WRITE);
/// The most that is read: as many handles as a table holds.
const MOST_RECORDS: usize = 1 << 22;

/// A handle that a child is to start with.
#[derive(Debug)]
pub(crate) struct Heirloom {
    pub(crate) record: Record,
    /// The descriptors, as they are open in this process; kept until the child has started.
    pub(crate) fds: [Option<OwnedFd>; 2],
}

impl Heirloom {
    /// A handle of the process `parent`, whose object this process holds.
    pub(crate) fn of(value: HandleValue, entry: &Entry, parent: u32) -> Result<Self> {
        entry.object.leaving();
        let mut record = Record::of_entry(value, entry);
        record.origin = Origin::Inherited(parent);
        let copied = with_shape(&*entry.object, |shape| {
            record.fds = shape.fds.map(|fd| fd.map(|fd| fd.as_raw_fd()));
            record.payload = shape.payload;
            let mut fds = [const { None }; 2];
            for (own, fd) in fds.iter_mut().zip(shape.fds) {
                *own = fd.map(above_standard).transpose()?;
            }
            Ok(fds)
        });
        Ok(Self { record, fds: copied.unwrap_or(Err(Win32Error::NOT_SUPPORTED))? })
    }

    /// Whether it is an end of a named pipe.
    pub(crate) fn is_named_pipe(&self) -> bool {
        self.record.kind == ObjectType::File
            && self.record.payload[0] & 0xFF == crate::pipe::named::FLAVOUR
    }

    /// In the child the handle is an end of this Linux pipe, which is one of its standard streams.
    pub(crate) fn become_stream(&mut self, end: BorrowedFd<'_>, writes: bool) -> Result<()> {
        let stat = fstat(end)?;
        self.record.id = ObjectId::of_file(stat.st_dev, stat.st_ino);
        self.record.access = anonymous::access_of_end(writes);
        self.record.payload = [anonymous::FLAVOUR, PipeEnd::payload_of(end, writes)];
        self.record.fds = [None; 2];
        self.fds = [Some(above_standard(end)?), None];
        Ok(())
    }

    /// The descriptors that stay open for the child under their numbers; not those that become
    /// its standard streams.
    pub(crate) fn kept(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.record.fds.iter().zip(&self.fds).filter_map(|(number, fd)| {
            fd.as_ref().filter(|fd| Some(fd.as_raw_fd()) == *number).map(AsFd::as_fd)
        })
    }
}

/// The standard handles that a child is given without inheriting anything else; what is no open
/// file is none.
///
/// # Errors
/// `ERROR_TOO_MANY_OPEN_FILES` when the process has no descriptor left.
pub(crate) fn of_standard(table: &HandleTable, standard: [isize; 3]) -> Result<Vec<Heirloom>> {
    let mut heirlooms: Vec<Heirloom> = Vec::new();
    for raw in standard {
        let Ok(Handle::Real(value)) = Handle::from_raw(raw) else { continue };
        let Ok(entry) = table.entry(value.into()) else { continue };
        let known = heirlooms.iter().any(|heirloom| heirloom.record.value == value.get());
        if entry.object.header().kind() == ObjectType::File && !known {
            heirlooms.push(Heirloom::of(value, &entry, std::process::id())?);
        }
    }
    Ok(heirlooms)
}

/// Writes what a child inherits into a sealed memfd. `standard` are the handles that are the
/// child's standard handles, 0 for none.
pub(crate) fn seal(heirlooms: &[Heirloom], standard: [u32; 3]) -> Result<OwnedFd> {
    let mut bytes = Vec::with_capacity((1 + 2 * heirlooms.len()) * WORDS * 8);
    let mut header = [0; WORDS];
    header[0] = MAGIC;
    header[1] = heirlooms.len() as u64;
    for (word, value) in header[2..].iter_mut().zip(standard) {
        *word = value.into();
    }
    header[5] = std::process::id().into();
    bytes.extend(bytes_of(&header));
    for Heirloom { record, fds } in heirlooms {
        let mut identities = [0; WORDS];
        for (pair, fd) in identities.chunks_exact_mut(2).zip(fds) {
            if let Some(fd) = fd {
                let stat = fstat(fd)?;
                (pair[0], pair[1]) = (stat.st_dev, stat.st_ino);
            }
        }
        bytes.extend(record.to_bytes());
        bytes.extend(bytes_of(&identities));
    }
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let memfd = memfd_create("transom-inherit", flags)?;
    let mut written = 0;
    while written < bytes.len() {
        written += rustix::io::write(&memfd, &bytes[written..])?;
    }
    fcntl_add_seals(&memfd, SEALS)?;
    Ok(memfd)
}

/// The variable's value: where the memfd is, if there is one, and where the namespace is.
pub(crate) fn variable(memfd: Option<BorrowedFd<'_>>, namespace: Option<&Path>) -> Vec<u8> {
    let mut value = memfd.map_or(String::new(), |fd| fd.as_raw_fd().to_string()).into_bytes();
    value.push(b':');
    value.extend(namespace.map_or(&b""[..], |path| path.as_os_str().as_bytes()));
    value
}

/// What this program was left by the process that started it.
#[derive(Debug, Default)]
pub(crate) struct Inheritance {
    /// The namespace directory of the process that started us.
    pub(crate) namespace: Option<PathBuf>,
    records: Vec<(Record, [u64; WORDS])>,
    standard: [u32; 3],
    parent: u32,
}

impl Inheritance {
    /// Reads what the variable names; nothing, where it names nothing we believe.
    pub(crate) fn find(fds: &mut InheritedFds, variable: Option<OsString>) -> Self {
        let mut found = Self::default();
        let Some(value) = variable.filter(|_| !transom_sys::startup::is_privileged()) else {
            return found;
        };
        let mut parts = value.as_bytes().splitn(2, |&byte| byte == b':');
        let memfd = parts
            .next()
            .and_then(|number| std::str::from_utf8(number).ok()?.parse::<RawFd>().ok())
            .filter(|&number| {
                fds.look(number)
                    .is_some_and(|fd| fcntl_get_seals(fd).is_ok_and(|seals| seals.contains(SEALS)))
            })
            .and_then(|number| fds.take(number));
        found.namespace = parts
            .next()
            .filter(|path| !path.is_empty())
            .map(|path| OsString::from_vec(path.to_vec()).into());
        if let Some(memfd) = memfd {
            found.read(&memfd);
        }
        found
    }

    fn read(&mut self, memfd: &OwnedFd) -> Option<()> {
        let size = usize::try_from(fstat(memfd).ok()?.st_size).ok()?;
        if size > (1 + 2 * MOST_RECORDS) * WORDS * 8 {
            return None;
        }
        let mut bytes = vec![0; size];
        let mut filled = 0;
        while filled < size {
            match rustix::io::pread(memfd, &mut bytes[filled..], filled as u64).ok()? {
                0 => return None,
                count => filled += count,
            }
        }
        let mut lines = words_of(&bytes);
        let header = lines.next().filter(|header| header[0] == MAGIC)?;
        while let (Some(record), Some(identities)) = (lines.next(), lines.next()) {
            self.records.extend(Record::from_words(&record).map(|record| (record, identities)));
        }
        for (value, word) in self.standard.iter_mut().zip(&header[2..]) {
            *value = u32::try_from(*word).unwrap_or(0);
        }
        self.parent = u32::try_from(header[5]).unwrap_or(0);
        Some(())
    }

    /// Puts the handles into the table, at the values they had; which of them are the standard
    /// handles. `closed` says which standard streams a program in between has closed.
    pub(crate) fn adopt(
        &self,
        table: &HandleTable,
        fds: &mut InheritedFds,
        closed: [bool; 3],
    ) -> [Option<HandleValue>; 3] {
        let mut objects: BTreeMap<ObjectId, Arc<dyn KernelObject>> = BTreeMap::new();
        let mut numbers = BTreeSet::new();
        for (record, identities) in &self.records {
            numbers.extend(record.fds.iter().flatten().copied().filter(|&fd| fd > 2));
            let Some(value) = HandleValue::new(record.value) else { continue };
            let known = objects.get(&record.id).cloned();
            let Some(object) = known.or_else(|| self.object(record, identities, fds, closed))
            else {
                continue;
            };
            objects.insert(record.id, Arc::clone(&object));
            let Record { access, flags, .. } = *record;
            let entry = Entry { object, access, flags, origin: Origin::Inherited(self.parent) };
            // A value that is taken (nothing has taken any yet) would be lost: it cannot be two.
            let _ = table.insert_at(value, entry);
        }
        // Each object has a descriptor of its own now. Those the parent left are ours to close,
        // unless they are no longer the ones it left.
        for number in numbers {
            let is_ours = self.records.iter().any(|(record, identities)| {
                (0..2).any(|index| {
                    record.fds[index] == Some(number)
                        && fds.look(number).is_some_and(|fd| is_same(fd, identities, index))
                })
            });
            if is_ours {
                drop(fds.take(number));
            }
        }
        self.standard
            .map(|value| HandleValue::new(value).filter(|&value| table.entry(value.into()).is_ok()))
    }

    fn object(
        &self,
        record: &Record,
        identities: &[u64; WORDS],
        fds: &InheritedFds,
        closed: [bool; 3],
    ) -> Option<Arc<dyn KernelObject>> {
        if let Some(number @ 0..=2) = record.fds[0] {
            // The standard streams whose handle this is, as far as they are still the same file.
            let streams = STANDARD_STREAMS
                .into_iter()
                .zip(self.standard)
                .zip(closed)
                .filter(|((_, value), closed)| *value == record.value && !closed)
                .map(|((which, _), _)| crate::file::StandardStream::of(which))
                .filter(|stream| is_same(stream.as_fd(), identities, 0));
            let set = StandardSet::of(streams).filter(|set| set.contains(number))?;
            if record.kind != ObjectType::File {
                return None;
            }
            return arrival::stream(record, Descriptor::Standard(set)).ok();
        }
        let mut own = [const { None }; 2];
        for (index, number) in record.fds.iter().enumerate() {
            if let Some(number) = number {
                let fd = fds.look(*number).filter(|fd| is_same(*fd, identities, index))?;
                own[index] = Some(fd.try_clone_to_owned().ok()?);
            }
        }
        arrival::object(record, own).ok()
    }
}

/// Whether a descriptor is still the file a record was written for.
fn is_same(fd: BorrowedFd<'_>, identities: &[u64; WORDS], index: usize) -> bool {
    fstat(fd).is_ok_and(|stat| {
        (stat.st_dev, stat.st_ino) == (identities[index * 2], identities[index * 2 + 1])
    })
}

/// The handles of this process that a child inherits: all that are marked so, or those of a
/// list.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` when the list names a handle that is not open, not marked, or
/// cannot leave this process.
pub(crate) fn of_this_process(
    table: &HandleTable,
    list: Option<&[HandleValue]>,
) -> Result<Vec<Heirloom>> {
    let mut heirlooms = Vec::new();
    let mut wanted: Option<BTreeSet<HandleValue>> = list.map(|list| list.iter().copied().collect());
    for (value, entry) in table.entries() {
        if !entry.flags.contains(HandleFlags::INHERIT) {
            continue;
        }
        if let Some(wanted) = &mut wanted
            && !wanted.remove(&value)
        {
            continue;
        }
        if with_shape(&*entry.object, |shape| shape.portable).unwrap_or(false) {
            heirlooms.push(Heirloom::of(value, &entry, std::process::id())?);
        }
    }
    match wanted {
        Some(missing) if !missing.is_empty() => Err(Win32Error::INVALID_PARAMETER),
        _ => Ok(heirlooms),
    }
}

/// A duplicate of a descriptor, so that it stays open until the child has it, with a number that
/// is no standard stream's.
pub(crate) fn above_standard(fd: BorrowedFd<'_>) -> Result<OwnedFd> {
    Ok(rustix::io::fcntl_dupfd_cloexec(fd, 3)?)
}
