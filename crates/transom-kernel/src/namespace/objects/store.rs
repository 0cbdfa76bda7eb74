//! The files of names: making, finding and reading them.
//!
//! | bytes | content |
//! |---|---|
//! | 0 | magic |
//! | 8 | the object's type |
//! | 16 | its id |
//! | 24, 32 | device and inode of the memory it is in |
//! | 40, 48 | the type's own numbers |
//! | 56 | the name's length in units |
//! | 64 | eight times a process id and the number under which it has the memory open |
//! | 128 | the name |
//! | behind it, at a multiple of 8 | four bytes: the length of the security descriptor, and in the highest bit where it is; two
//! places for descriptors, one used and one for the next, of 256 KiB |

use super::name::ObjectName;
use super::rendezvous::{HOLDERS, Rendezvous, remove_if_unheld};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::executive::mailbox::{ask_for_memory, welcome_others};
use crate::handle::{HandleFlags, Origin, duplicate, published};
use crate::namespace::Namespace;
use crate::namespace::file_name::hash;
use crate::object::record::{Record, State};
use crate::object::{KernelObject, ObjectId, ObjectType, arrival};
use crate::process::subject::Subject as ProcessSubject;
use crate::security::{SecurityDescriptor, Subject, access_check};
use crate::sync::arena;
use crate::sync::sleep::wait_a_moment;
use crate::sync::wait::clock;
use rustix::fs::{Dir, FileType, Mode, OFlags, RawDir, fchmod, fstat, openat, stat};
use rustix::io::{Errno, pread, pwrite};
use std::mem::MaybeUninit;
use std::ops::Range;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use transom_sys::record_lock::{self, Kind};

const MAGIC: u64 = u64::from_le_bytes(*b"TRANSOMO");
const HEADER_WORDS: usize = 8;
const KEEPERS: u64 = 64;
const KEEPERS_COUNT: u64 = 8;
const NAME: u64 = 128;
/// How often to try to take a turn, or a name that somebody is just removing.
const PATIENCE: u32 = 2000;
/// How often to look at a file that says nonsense: whoever writes it may be at it.
const CORRUPT_PATIENCE: u32 = 50;
/// How often others are only let run before it is waited for longer.
const YIELDS: u32 = 20;
/// In how many attempts to find an object its holders' handle tables are looked at once.
const LOOK_INTO_TABLES: u32 = 16;
/// How many entries one sweep looks at.
const MOST_SWEPT: usize = 16;

const OPEN: OFlags =
    OFlags::RDWR.union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK);

/// The longest security descriptor.
const LONGEST_SECURITY: u32 = 1 << 18;
/// In the word before: the descriptor is in the second place.
const SECOND_PLACE: u32 = 1 << 31;

/// Where the file of a name of so many units says which security descriptor it has.
const fn security_at(units: usize) -> u64 {
    (NAME + units as u64 * 2).next_multiple_of(8)
}

/// Where the descriptor is that such a word speaks of.
const fn descriptor_at(word_at: u64, word: u32) -> u64 {
    word_at + 4 + if word & SECOND_PLACE == 0 { 0 } else { LONGEST_SECURITY as u64 }
}

/// The word about the security descriptor, which is at this place of a file.
fn security_word(file: &OwnedFd, place: u64) -> Result<u32> {
    let mut word = [0; 4];
    if pread(file, &mut word, place)? != word.len() {
        return Err(Win32Error::FILE_CORRUPT);
    }
    Ok(u32::from_ne_bytes(word))
}

/// The mode of the file of a name.
fn mode_for(others: bool) -> Mode {
    let own = Mode::RUSR | Mode::WUSR;
    // Who may not open the object need not see what its file says.
    if others { own | Mode::RGRP | Mode::WGRP | Mode::ROTH | Mode::WOTH } else { own }
}

/// One after another: no two processes make or open the same name at once.
pub(crate) struct Turn {
    file: OwnedFd,
    place: Range<u64>,
}

impl Turn {
    /// Waits for the turn at a name.
    ///
    /// # Errors
    /// `ERROR_TIMEOUT` when another process has it for seconds (it may be stopped); what opening
    /// the namespace reports.
    pub(crate) fn wait(name: &ObjectName) -> Result<Self> {
        Self::wait_for_file(name.file())
    }

    /// Waits for the turn at the name that has this file.
    fn wait_for_file(name: &str) -> Result<Self> {
        let file = current().namespace()?.naming()?;
        let byte = hash(name, 0) >> 2;
        let place = byte..byte + 1;
        for attempt in 0..PATIENCE {
            if record_lock::try_lock(&file, Kind::Exclusive, &place)? {
                return Ok(Self { file, place });
            }
            wait_a_moment(attempt, YIELDS);
        }
        Err(Win32Error::TIMEOUT)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Said explicitly, since a process forked meanwhile has the descriptor too.
        let _ = record_lock::unlock(&self.file, &self.place);
    }
}

/// Opens the object of a name; `None` if there is none.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` when it is another user's and not for everyone; `ERROR_FILE_CORRUPT` when
/// its file says nonsense; `ERROR_NOT_READY` when no process that holds it can be asked for it
/// (it is on its way to one that has not looked yet).
pub(crate) fn open(_turn: &Turn, name: &ObjectName) -> Result<Option<Found>> {
    let namespace = current().namespace()?;
    for attempt in 0.. {
        let Some(file) = hold(namespace, name.file())? else { return Ok(None) };
        let error = match found(&file, name, attempt) {
            Ok(found) => return Ok(Some(found)),
            Err(error) => error,
        };
        let patience = match error {
            Win32Error::FILE_CORRUPT => CORRUPT_PATIENCE,
            Win32Error::NOT_READY => PATIENCE / 4,
            other => return Err(other),
        };
        // Whoever held it may be just ending, with the file half written or the object's memory
        // gone: then nobody will hold it, and it will be removed.
        if attempt >= patience && record_lock::find(&file, &HOLDERS)?.is_some() {
            return Err(error);
        }
        drop(file);
        wait_a_moment(attempt, YIELDS);
    }
    Err(Win32Error::TIMEOUT)
}

/// An object that was found by its name.
pub(crate) struct Found {
    pub(crate) object: Arc<dyn KernelObject>,
    /// What its security descriptor grants this process, generic rights as they stand in it.
    pub(crate) granted: u32,
}

/// The object that the file of a name leads to.
fn found(file: &OwnedFd, name: &ObjectName, attempt: u32) -> Result<Found> {
    let description = Description::read(file)?;
    if !name.is(&description.name) {
        return Err(Win32Error::FILE_CORRUPT);
    }
    let granted = access_check(&description.security, fstat(file)?.st_uid, &Subject::current());
    Ok(Found { object: description.object(file, attempt)?, granted })
}

/// Opens the file of a name and joins its holders, if there are any; removes it if not.
fn hold(namespace: &Namespace, name: &str) -> Result<Option<OwnedFd>> {
    let objects = namespace.objects()?;
    for attempt in 0..PATIENCE {
        let file = match openat(objects, name, OPEN, Mode::empty()) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::ACCESS | Errno::PERM) => return Err(Win32Error::ACCESS_DENIED),
            Err(_) => return Err(Win32Error::FILE_CORRUPT),
        };
        let stat = fstat(&file)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(Win32Error::FILE_CORRUPT);
        }
        // Locked for one alone: it is being removed, or found to be held.
        if stat.st_nlink == 0 || !record_lock::try_lock(&file, Kind::Shared, &HOLDERS)? {
            wait_a_moment(attempt, YIELDS);
            continue;
        }
        if record_lock::find(&file, &HOLDERS)?.is_some() {
            return Ok(Some(file));
        }
        remove_if_unheld(namespace, &file, name.as_bytes());
    }
    Err(Win32Error::TIMEOUT)
}

/// Makes the file of a name that nobody holds. It says nothing yet.
///
/// # Errors
/// What the file system reports.
pub(crate) fn begin(
    _turn: &Turn,
    name: &ObjectName,
    security: &SecurityDescriptor,
) -> Result<Rendezvous> {
    let namespace = current().namespace()?;
    sweep_objects(namespace);
    let mode = mode_for(is_for_others(security));
    for attempt in 0..PATIENCE {
        let flags = OPEN | OFlags::CREATE | OFlags::EXCL;
        let file = openat(namespace.objects()?, name.file(), flags, mode)?;
        fchmod(&file, mode)?;
        let locked = record_lock::try_lock(&file, Kind::Shared, &HOLDERS)?;
        // Somebody swept it away before it was locked.
        if locked && fstat(&file)?.st_nlink != 0 {
            return Ok(Rendezvous::new(file));
        }
        wait_a_moment(attempt, YIELDS);
    }
    Err(Win32Error::TIMEOUT)
}

/// Says in the file of a name which object it is.
///
/// # Errors
/// What the file system reports; the name then goes with the object.
pub(crate) fn describe(
    _turn: &Turn,
    name: &ObjectName,
    object: &dyn KernelObject,
    security: &SecurityDescriptor,
) -> Result<()> {
    let shape = object.shape();
    let [Some(memory), Some(file)] = shape.fds else { return Err(Win32Error::NOT_SUPPORTED) };
    let stat = fstat(memory)?;
    let header = [
        MAGIC,
        object.header().kind() as u64,
        object.header().id().get(),
        stat.st_dev,
        stat.st_ino,
        shape.payload[0],
        shape.payload[1],
        name.units().len() as u64,
    ];
    let mut bytes: Vec<u8> = header.iter().flat_map(|word| word.to_ne_bytes()).collect();
    bytes.resize(NAME as usize, 0);
    bytes.extend(name.units().iter().flat_map(|unit| unit.to_ne_bytes()));
    bytes.resize(security_at(name.units().len()) as usize, 0);
    let for_others = is_for_others(security);
    let security = security.to_self_relative()?;
    bytes.extend(u32::try_from(security.len()).unwrap_or(u32::MAX).to_ne_bytes());
    bytes.extend(security);
    if pwrite(file, &bytes, 0)? != bytes.len() {
        return Err(Win32Error::NO_SYSTEM_RESOURCES);
    }
    note_keeper(file, memory);
    if for_others { welcome_others(current().namespace()?) } else { Ok(()) }
}

/// Notes where this process has an object's memory open. Only a hint: who does not find it there
/// looks into the handle tables.
pub(crate) fn note_keeper(file: BorrowedFd<'_>, memory: BorrowedFd<'_>) {
    let pid = std::process::id();
    let keeper = u64::from(pid) | u64::from(memory.as_raw_fd().cast_unsigned()) << 32;
    let place = KEEPERS + u64::from(pid) % KEEPERS_COUNT * 8;
    let _ = pwrite(file, &keeper.to_ne_bytes(), place);
}

/// What the file of a name says.
struct Description {
    record: Record,
    /// Device and inode.
    memory: (u64, u64),
    keepers: [u64; KEEPERS_COUNT as usize],
    security: SecurityDescriptor,
    name: Vec<u16>,
}

/// The security descriptor at a place of a file.
fn read_security(file: &OwnedFd, place: u64) -> Result<SecurityDescriptor> {
    let word = security_word(file, place)?;
    let length = Some(word & !SECOND_PLACE).filter(|length| *length <= LONGEST_SECURITY);
    let mut bytes = vec![0; length.ok_or(Win32Error::FILE_CORRUPT)? as usize];
    if pread(file, &mut bytes, descriptor_at(place, word))? != bytes.len() {
        return Err(Win32Error::FILE_CORRUPT);
    }
    SecurityDescriptor::from_self_relative(&bytes).map_err(|_| Win32Error::FILE_CORRUPT)
}

/// Whether the file of a name is for other users, and the descriptor in it grants somebody anything.
///
/// # Errors
/// `ERROR_FILE_CORRUPT` when the file says nonsense.
pub(crate) fn may_open(file: BorrowedFd<'_>, subject: &Subject) -> Result<bool> {
    // An object that is not for others may have its memory together with others that are not.
    let is_for_others = fstat(file)?.st_mode & Mode::WOTH.bits() != 0;
    Ok(is_for_others && granted_to(file, subject)? != 0)
}

/// Whether a descriptor grants something to users who are not named in it.
fn is_for_others(security: &SecurityDescriptor) -> bool {
    // An id that no user has.
    const NOBODY: u32 = u32::MAX;
    let stranger = Subject { uid: NOBODY, gids: Vec::new() };
    access_check(security, NOBODY - 1, &stranger) != 0
}

fn read_words<const N: usize>(file: &OwnedFd, offset: u64) -> Result<[u64; N]> {
    let mut bytes = vec![0; N * 8];
    if pread(file, &mut bytes, offset)? != bytes.len() {
        return Err(Win32Error::FILE_CORRUPT);
    }
    let mut words = [0; N];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = chunk.try_into().map_or(0, u64::from_ne_bytes);
    }
    Ok(words)
}

impl Description {
    fn read(file: &OwnedFd) -> Result<Self> {
        const LONGEST_NAME: u64 = 0x8000;
        let header: [u64; HEADER_WORDS] = read_words(file, 0)?;
        let [magic, kind, id, device, inode, first, second, length] = header;
        let kind = u8::try_from(kind).ok().and_then(ObjectType::from_number);
        let Some(kind) = kind.filter(|_| magic == MAGIC && length <= LONGEST_NAME) else {
            return Err(Win32Error::FILE_CORRUPT);
        };
        let mut bytes = vec![0; length as usize * 2];
        if pread(file, &mut bytes, NAME)? != bytes.len() {
            return Err(Win32Error::FILE_CORRUPT);
        }
        let security = read_security(file, security_at(length as usize))?;
        let unit = |pair: &[u8]| u16::from_ne_bytes([pair[0], pair[1]]);
        let record = Record {
            state: State::Open,
            value: 0,
            kind,
            id: ObjectId::from_bits(id),
            access: 0,
            flags: HandleFlags::empty(),
            origin: Origin::Created,
            fds: [None; 2],
            payload: [first, second],
        };
        Ok(Self {
            record,
            memory: (device, inode),
            keepers: read_words(file, KEEPERS)?,
            security,
            name: bytes.chunks_exact(2).map(unit).collect(),
        })
    }

    /// The object, of which this process becomes a holder. The handle tables, which take time to
    /// read, are looked at in some attempts only.
    fn object(&self, file: &OwnedFd, attempt: u32) -> Result<Arc<dyn KernelObject>> {
        let known = arena::known_file(self.memory)
            .or_else(|| self.keepers.iter().find_map(|&keeper| self.keep(keeper)));
        let known = known.or_else(|| self.ask_keepers(file));
        let memory = match known {
            Some(memory) => memory,
            None if self.is_closed_to_us(file) => return Err(Win32Error::ACCESS_DENIED),
            None if !attempt.is_multiple_of(LOOK_INTO_TABLES) => return Err(Win32Error::NOT_READY),
            None => match self.keep_of_some_holder() {
                Some(memory) => memory,
                None => return self.object_of_some_holder().ok_or(Win32Error::NOT_READY),
            },
        };
        let file = file.try_clone().map_err(Win32Error::from)?;
        let object = match arrival::object(&self.record, [Some(memory), Some(file)]) {
            Err(Win32Error::INVALID_PARAMETER) => return Err(Win32Error::FILE_CORRUPT),
            other => other?,
        };
        if let [Some(memory), Some(file)] = object.shape().fds {
            note_keeper(file, memory);
        }
        if is_for_others(&self.security) {
            // Who cannot be asked is only not asked.
            let _ = welcome_others(current().namespace()?);
        }
        Ok(object)
    }

    /// The memory, if a process has it open under a number.
    fn keep(&self, keeper: u64) -> Option<OwnedFd> {
        let (pid, number) = (keeper & 0xFFFF_FFFF, keeper >> 32);
        if pid == 0 {
            return None;
        }
        // Looked at before it is opened: opening something else might do something.
        let path = format!("/proc/{pid}/fd/{number}");
        let is_it = |stat: &rustix::fs::Stat| (stat.st_dev, stat.st_ino) == self.memory;
        stat(&*path).ok().filter(is_it)?;
        let flags = OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let open = |way| rustix::fs::open(&*path, flags | way, Mode::empty()).ok();
        // A section may be over a file that this user can only read.
        let memory = open(OFlags::RDWR).or_else(|| open(OFlags::RDONLY))?;
        fstat(&memory).ok().filter(is_it).map(|_| memory)
    }

    /// The memory, from a process of another user that is asked for it.
    fn ask_keepers(&self, file: &OwnedFd) -> Option<OwnedFd> {
        if !self.is_closed_to_us(file) {
            return None;
        }
        let namespace = current().namespace().ok()?;
        let is_it = |file: &OwnedFd| {
            fstat(file).is_ok_and(|stat| (stat.st_dev, stat.st_ino) == self.memory)
        };
        self.keepers
            .iter()
            .map(|keeper| (keeper & 0xFFFF_FFFF) as u32)
            .filter(|&pid| pid != 0)
            .find_map(|pid| ask_for_memory(namespace, pid, self.record.id).ok().filter(is_it))
    }

    /// Whether it is another user's, whose processes we may not look into.
    fn is_closed_to_us(&self, file: &OwnedFd) -> bool {
        let user = rustix::process::geteuid();
        !user.is_root() && fstat(file).is_ok_and(|stat| stat.st_uid != user.as_raw())
    }

    /// The handles to it in the tables that can be read.
    fn holders(&self) -> Vec<(u32, published::PublishedHandle)> {
        published::holders(self.record.id).unwrap_or_default()
    }

    fn keep_of_some_holder(&self) -> Option<OwnedFd> {
        self.holders().into_iter().find_map(|(pid, handle)| {
            let number = handle.descriptors[0]?;
            self.keep(u64::from(pid) | u64::from(number.cast_unsigned()) << 32)
        })
    }

    /// The object, from a process that does not let us look at its descriptors and is asked.
    fn object_of_some_holder(&self) -> Option<Arc<dyn KernelObject>> {
        self.holders()
            .into_iter()
            .filter(|(pid, handle)| !handle.arriving && *pid != std::process::id())
            .find_map(|(pid, handle)| {
                let subject = Arc::new(ProcessSubject::open(pid).ok()?);
                let entry = duplicate::borrow(&subject, handle.value).ok()?;
                (entry.object.header().id() == self.record.id).then_some(entry.object)
            })
    }
}

/// A name that others hold, as somebody sees it who does not hold it.
pub(crate) struct Seen {
    file: OwnedFd,
    owner: u32,
    description: Description,
}

/// Looks at a name without holding it; `None` if nobody holds it.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` when it is another user's and not for everyone, `ERROR_FILE_CORRUPT` when
/// its file says nonsense.
pub(crate) fn look(_turn: &Turn, name: &ObjectName) -> Result<Option<Seen>> {
    let namespace = current().namespace()?;
    match openat(namespace.objects()?, name.file(), OPEN, Mode::empty()) {
        Ok(file) => Seen::of(namespace, file, name.file().as_bytes())?
            .map(|seen| match name.is(&seen.description.name) {
                true => Ok(seen),
                false => Err(Win32Error::FILE_CORRUPT),
            })
            .transpose(),
        Err(Errno::NOENT) => Ok(None),
        Err(Errno::ACCESS | Errno::PERM) => Err(Win32Error::ACCESS_DENIED),
        Err(_) => Err(Win32Error::FILE_CORRUPT),
    }
}

/// All held names whose files are called so, as far as this user may look.
pub(crate) fn look_at_all(room: &str) -> Result<Vec<Seen>> {
    let namespace = current().namespace()?;
    let Some(objects) = namespace.objects_if_there() else { return Ok(Vec::new()) };
    let directory = openat(objects, c".", super::super::DIRECTORY, Mode::empty())?;
    let mut seen = Vec::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_bytes().starts_with(room.as_bytes())
            && let Ok(file) = openat(objects, name, OPEN, Mode::empty())
        {
            seen.extend(Seen::of(namespace, file, name.to_bytes()).ok().flatten());
        }
    }
    Ok(seen)
}

/// Whether somebody holds the name of an open file.
#[inline]
pub(crate) fn is_held(file: BorrowedFd<'_>) -> Result<bool> {
    for attempt in 0.. {
        match record_lock::find(file, &HOLDERS)? {
            // Somebody finds out at this moment whether it is held; who is stopped at it holds it.
            Some(found) if found.kind == Kind::Exclusive && attempt < PATIENCE / 4 => {
                wait_a_moment(attempt, YIELDS);
            }
            found => return Ok(found.is_some()),
        }
    }
    Ok(true)
}

impl Seen {
    fn of(namespace: &Namespace, file: OwnedFd, name: &[u8]) -> Result<Option<Self>> {
        let stat = fstat(&file)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(Win32Error::FILE_CORRUPT);
        }
        if !is_held(file.as_fd())? {
            remove_if_unheld(namespace, &file, name);
            return Ok(None);
        }
        let description = Description::read(&file)?;
        Ok(Some(Self { file, owner: stat.st_uid, description }))
    }

    /// Who made it.
    pub(crate) const fn owner(&self) -> u32 {
        self.owner
    }

    /// The name.
    pub(crate) fn name(&self) -> &[u16] {
        &self.description.name
    }

    /// What its security descriptor grants this process, generic rights as they stand in it.
    pub(crate) fn granted(&self) -> u32 {
        access_check(&self.description.security, self.owner, &Subject::current())
    }

    /// The object that has the name.
    pub(crate) const fn id(&self) -> ObjectId {
        self.description.record.id
    }

    /// The processes that hold it, as far as their tables can be read.
    pub(crate) fn holders(&self) -> Vec<u32> {
        let mut pids: Vec<u32> =
            self.description.holders().into_iter().map(|(pid, _)| pid).collect();
        pids.sort_unstable();
        pids.dedup();
        pids
    }

    /// The object's memory, taken from a process that has it.
    ///
    /// # Errors
    /// `ERROR_FILE_NOT_FOUND` when nobody holds it any more, `ERROR_NOT_READY` when it is on its
    /// way to a process that has not looked yet.
    pub(crate) fn memory(&self) -> Result<OwnedFd> {
        for attempt in 0..PATIENCE / 4 {
            let known = self.description.keepers.iter();
            if let Some(memory) =
                known.into_iter().find_map(|&keeper| self.description.keep(keeper))
            {
                return Ok(memory);
            }
            if attempt.is_multiple_of(LOOK_INTO_TABLES) {
                if let Some(memory) = self.description.keep_of_some_holder() {
                    return Ok(memory);
                }
                let object = self.description.object_of_some_holder();
                if let Some([Some(memory), _]) = object.as_ref().map(|object| object.shape().fds) {
                    return memory.try_clone_to_owned().map_err(Win32Error::from);
                }
            }
            if !is_held(self.file.as_fd())? {
                return Err(Win32Error::FILE_NOT_FOUND);
            }
            wait_a_moment(attempt, YIELDS);
        }
        Err(Win32Error::NOT_READY)
    }

    /// The file of the name.
    pub(crate) fn into_file(self) -> OwnedFd {
        self.file
    }
}

/// The object that the file of a name speaks of, and the processes that have noted that they have
/// it.
///
/// # Errors
/// `ERROR_FILE_CORRUPT` when the file says nonsense.
pub(crate) fn keepers_in(file: BorrowedFd<'_>) -> Result<(ObjectId, Vec<u32>)> {
    let file = file.try_clone_to_owned().map_err(Win32Error::from)?;
    let description = Description::read(&file)?;
    let pids = description.keepers.iter().map(|keeper| (keeper & 0xFFFF_FFFF) as u32);
    Ok((description.record.id, pids.filter(|&pid| pid != 0).collect()))
}

/// The security descriptor in the file of a name that this process holds, and whose file it is.
///
/// # Errors
/// `ERROR_FILE_CORRUPT` when the file says nonsense; as for [`Turn::wait`].
pub(crate) fn security_in(file: BorrowedFd<'_>) -> Result<(SecurityDescriptor, (u32, u32))> {
    let file = file.try_clone_to_owned().map_err(Win32Error::from)?;
    let _turn = Turn::wait_for_file(&name_of_file(&file)?)?;
    let stat = fstat(&file)?;
    Ok((Description::read(&file)?.security, (stat.st_uid, stat.st_gid)))
}

/// Changes the security descriptor in the file of a name that this process holds.
///
/// # Errors
/// As for [`security_in`], and what `change` reports; `ERROR_ACCESS_DENIED` where another user's
/// file would have to be changed; `ERROR_NOT_SUPPORTED` where an object that is not `apart` would be
/// opened to other users, with all that is in the same memory.
pub(crate) fn change_security(
    file: BorrowedFd<'_>,
    apart: bool,
    change: impl FnOnce(&mut SecurityDescriptor) -> Result<()>,
) -> Result<()> {
    let file = file.try_clone_to_owned().map_err(Win32Error::from)?;
    let _turn = Turn::wait_for_file(&name_of_file(&file)?)?;
    let Description { name, mut security, .. } = Description::read(&file)?;
    change(&mut security)?;
    let mut others = is_for_others(&security);
    if others && !apart {
        let users_meet = fstat(current().namespace()?.objects()?)?.st_mode & Mode::WOTH.bits() != 0;
        if users_meet {
            return Err(Win32Error::NOT_SUPPORTED);
        }
        others = false;
    }
    let mode = mode_for(others);
    if Mode::from_raw_mode(fstat(&file)?.st_mode) != mode {
        fchmod(&file, mode)?;
    }
    let bytes = security.to_self_relative()?;
    let place = security_at(name.len());
    let other = security_word(&file, place)? & SECOND_PLACE ^ SECOND_PLACE;
    // A list and two identifiers are less than the room.
    let word = bytes.len() as u32 | other;
    // Who is killed in between has changed nothing.
    for (bytes, place) in [(&*bytes, descriptor_at(place, word)), (&word.to_ne_bytes(), place)] {
        if pwrite(&file, bytes, place)? != bytes.len() {
            return Err(Win32Error::NO_SYSTEM_RESOURCES);
        }
    }
    if others { welcome_others(current().namespace()?) } else { Ok(()) }
}

/// How an open file of a name is called.
fn name_of_file(file: &OwnedFd) -> Result<String> {
    let link = rustix::fs::readlink(format!("/proc/self/fd/{}", file.as_raw_fd()), Vec::new())?;
    let name = link.to_bytes().rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    String::from_utf8(name.to_vec()).map_err(|_| Win32Error::FILE_CORRUPT)
}

/// What the descriptor in the file of a name grants somebody, generic rights as they stand in it.
///
/// # Errors
/// `ERROR_FILE_CORRUPT` when the file says nonsense.
pub(crate) fn granted_to(file: BorrowedFd<'_>, subject: &Subject) -> Result<u32> {
    let file = file.try_clone_to_owned().map_err(Win32Error::from)?;
    let mut security = Description::read(&file)?.security;
    // Whoever asks has the turn at the name, so it is not taken here: what is just being changed
    // is read again instead.
    for attempt in 0..PATIENCE {
        let again = Description::read(&file)?.security;
        if again == security {
            return Ok(access_check(&security, fstat(&file)?.st_uid, subject));
        }
        security = again;
        wait_a_moment(attempt, YIELDS);
    }
    Err(Win32Error::FILE_CORRUPT)
}

/// The name that the file of a name has in it.
pub(crate) fn name_in(file: &OwnedFd, id: ObjectId) -> Option<Vec<u16>> {
    let description = Description::read(file).ok()?;
    (description.record.id == id).then_some(description.name)
}

/// The name that the file of a name has in it, of whatever object.
pub(crate) fn name_in_file(file: &OwnedFd) -> Option<Vec<u16>> {
    Description::read(file).ok().map(|description| description.name)
}

/// Looks at some of the names and removes those that nobody holds: what a killed process left.
/// The cost does not grow with the directory; what one sweep does not meet, a later one does.
pub(crate) fn sweep_objects(namespace: &Namespace) {
    let Some(objects) = namespace.objects_if_there() else { return };
    let Ok(directory) = openat(objects, c".", super::super::DIRECTORY, Mode::empty()) else {
        return;
    };
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut entries = RawDir::new(directory.as_fd(), &mut buffer);
    let mut names = Vec::new();
    while let Some(Ok(entry)) = entries.next() {
        names.push(entry.file_name().to_owned());
        if entries.is_buffer_empty() {
            break;
        }
    }
    // Names that stay must not always be those that are looked at.
    let start = (clock::now() >> 10) as usize % names.len().max(1);
    for name in names.iter().cycle().skip(start).take(MOST_SWEPT.min(names.len())) {
        if name.to_bytes().starts_with(b".") {
            continue;
        }
        if let Ok(file) = openat(objects, &**name, OPEN, Mode::empty()) {
            remove_if_unheld(namespace, &file, name.to_bytes());
        }
    }
}
