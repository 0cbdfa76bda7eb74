//! Where the state of unnamed waitable objects lives: slots of 64 bytes in shared pages.
//!
//! All slots of a process are in one memfd, so creating an object costs no system call, and
//! another process that holds the memfd can hold the object. A slot that other processes may
//! know is not reused as soon as this process closes the object: it goes into limbo, until no
//! published handle table shows the object any more.
//!
//! A slot has eight words: the [state](super::state_word), the number of sleeping waiters, the
//! object's id, and what the type needs besides. A process that finds another id in a slot than
//! it expects knows that the object is gone.

use super::state_word::{SHARED, is_shared, may_count_waiters};
use crate::error::{Result, Win32Error};
use crate::namespace::{Closed, Rendezvous, is_unheld};
use crate::object::ObjectId;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, fstat, memfd_create};
use std::collections::{BTreeMap, HashSet};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use transom_sys::futex::{self, Scope};
use transom_sys::mapping::SharedWords;

/// The words of a slot.
pub(crate) const SLOT_WORDS: usize = 8;
/// The bytes of a slot.
pub(crate) const SLOT_BYTES: u64 = SLOT_WORDS as u64 * 8;
/// Slots of one part of the arena: 256 KiB.
const PART_SLOTS: u32 = 4096;
const PART_BYTES: u64 = PART_SLOTS as u64 * SLOT_BYTES;
/// The most parts an arena may have: four million objects.
const MOST_PARTS: u32 = 1024;
/// How many slots are in limbo before it is worth looking which can leave it.
const LIMBO_PATIENCE: usize = 256;
/// The same for objects with names, each of which keeps a descriptor open.
const HELD_PATIENCE: usize = 8;

/// The place of the state in a slot.
pub(crate) const STATE: usize = 0;
const SLEEPERS: usize = 1;
/// The place of the object's id in a slot.
pub(crate) const ID: usize = 2;
/// The place of the type's own three words.
pub(crate) const DETAILS: usize = 3;

type Part = SharedWords<AtomicU64>;

/// This process's arena.
static OWN: Mutex<Arena> = Mutex::new(Arena::new());
/// Arenas of other processes that we hold, by the inode of their memfd.
static FOREIGN: Mutex<BTreeMap<(u64, u64), Weak<ForeignArena>>> = Mutex::new(BTreeMap::new());

#[derive(Debug)]
struct Arena {
    file: OnceLock<&'static OwnedFd>,
    parts: Vec<&'static Part>,
    free: Vec<u32>,
    limbo: Vec<u32>,
    limbo_limit: usize,
    /// Slots of named objects that we have closed and others hold.
    held: Vec<(u32, OwnedFd)>,
    held_limit: usize,
    generation: u32,
}

/// An arena that another process made.
#[derive(Debug)]
struct ForeignArena {
    file: OwnedFd,
    parts: Mutex<BTreeMap<u32, Arc<Part>>>,
}

/// A slot: the shared state of one object.
#[derive(Debug)]
pub(crate) struct Slot {
    number: u32,
    place: Place,
    /// The object's name, which keeps it alive.
    name: Option<Rendezvous>,
}

#[derive(Debug)]
enum Place {
    /// Ours; the mapping and the memfd stay for as long as the process lives.
    Own {
        file: &'static OwnedFd,
        part: &'static Part,
        generation: u32,
    },
    Foreign {
        arena: Arc<ForeignArena>,
        part: Arc<Part>,
    },
}

fn own() -> MutexGuard<'static, Arena> {
    OWN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Arena {
    const fn new() -> Self {
        Self {
            file: OnceLock::new(),
            parts: Vec::new(),
            free: Vec::new(),
            limbo: Vec::new(),
            limbo_limit: LIMBO_PATIENCE,
            held: Vec::new(),
            held_limit: HELD_PATIENCE,
            generation: 0,
        }
    }

    /// Adds a part. Its memory is the process's for good: it is given back when it exits.
    #[cold]
    fn grow(&mut self) -> Result<()> {
        let number = u32::try_from(self.parts.len()).unwrap_or(MOST_PARTS);
        if number >= MOST_PARTS {
            return Err(Win32Error::NO_SYSTEM_RESOURCES);
        }
        let file = match self.file.get() {
            Some(file) => *file,
            None => {
                let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
                let file = memfd_create("transom-arena", flags)?;
                fcntl_add_seals(&file, SealFlags::SHRINK)?;
                *self.file.get_or_init(|| Box::leak(Box::new(file)))
            }
        };
        let offset = u64::from(number) * PART_BYTES;
        rustix::fs::ftruncate(file, offset + PART_BYTES)?;
        let part = SharedWords::map(file, offset, PART_SLOTS as usize * SLOT_WORDS)?;
        self.parts.push(Box::leak(Box::new(part)));
        let first = number * PART_SLOTS;
        self.free.extend((first..first + PART_SLOTS).rev());
        Ok(())
    }
}

impl Arena {
    /// Frees the slots of named objects that nobody holds any more, if there are many.
    fn free_unheld(&mut self) {
        if self.held.len() < self.held_limit {
            return;
        }
        for (number, file) in std::mem::take(&mut self.held) {
            if is_unheld(&file) {
                let part = self.parts[(number / PART_SLOTS) as usize].words();
                part[(number % PART_SLOTS) as usize * SLOT_WORDS + ID].store(0, Ordering::Relaxed);
                self.free.push(number);
            } else {
                self.held.push((number, file));
            }
        }
        self.held_limit = (self.held.len() * 2).max(HELD_PATIENCE);
    }
}

/// Takes a slot for a new object.
#[inline]
pub(crate) fn allocate(
    id: ObjectId,
    state: u64,
    details: [u64; 3],
    name: Option<Rendezvous>,
) -> Result<Slot> {
    if name.as_ref().is_some_and(Rendezvous::is_for_others) {
        let slot = Slot { number: 0, place: apart()?, name };
        return Ok(slot.begin(id, state, details));
    }
    let mut arena = own();
    let number = loop {
        match arena.free.pop() {
            Some(number) => break number,
            None => arena.grow()?,
        }
    };
    let part = arena.parts[(number / PART_SLOTS) as usize];
    let generation = arena.generation;
    let file = *arena.file.get().ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
    drop(arena);
    let slot = Slot { number, place: Place::Own { file, part, generation }, name };
    Ok(slot.begin(id, state, details))
}

/// Memory for one object that other users are given: they get no other object of ours with it.
#[cold]
fn apart() -> Result<Place> {
    let file = memfd_create("transom-object", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    rustix::fs::ftruncate(&file, PART_BYTES)?;
    fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
    let stat = fstat(&file)?;
    foreign_part(file, 0, &stat)
}

/// A slot of another process's arena that we were handed; `ERROR_INVALID_PARAMETER` when the
/// descriptor is no arena or the object is gone from it.
pub(crate) fn arrived(
    file: OwnedFd,
    number: u32,
    id: ObjectId,
    name: Option<OwnedFd>,
) -> Result<Slot> {
    // An arena nobody can shrink under our feet.
    let sealed = fcntl_get_seals(&file).is_ok_and(|seals| seals.contains(SealFlags::SHRINK));
    if !sealed {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let stat = fstat(&file)?;
    let place = match own_part(number, stat.st_ino, stat.st_dev) {
        // It came home: an object of ours that another process held.
        Some(place) => place,
        None => foreign_part(file, number, &stat)?,
    };
    let slot = Slot { number, place, name: name.and_then(Rendezvous::arrived) };
    slot.mark_shared();
    if slot.id() == id { Ok(slot) } else { Err(Win32Error::INVALID_PARAMETER) }
}

/// The memfd of an arena, by its device and inode, if this process has it open.
pub(crate) fn known_file(identity: (u64, u64)) -> Option<OwnedFd> {
    let own = own().file.get().copied();
    let is_it =
        |file: &&OwnedFd| fstat(*file).is_ok_and(|stat| (stat.st_dev, stat.st_ino) == identity);
    if let Some(own) = own.filter(is_it) {
        return own.try_clone().ok();
    }
    let foreign = FOREIGN.lock().unwrap_or_else(PoisonError::into_inner);
    foreign.get(&identity).and_then(Weak::upgrade)?.file.try_clone().ok()
}

fn own_part(number: u32, inode: u64, device: u64) -> Option<Place> {
    let arena = own();
    let file: &'static OwnedFd = arena.file.get()?;
    let stat = fstat(file).ok()?;
    if (stat.st_ino, stat.st_dev) != (inode, device) {
        return None;
    }
    let part = *arena.parts.get((number / PART_SLOTS) as usize)?;
    // Its slot is freed by the object that was made here, not by this one.
    Some(Place::Own { file, part, generation: arena.generation.wrapping_sub(1) })
}

fn foreign_part(file: OwnedFd, number: u32, stat: &rustix::fs::Stat) -> Result<Place> {
    let size = stat.st_size.cast_unsigned();
    let part_number = number / PART_SLOTS;
    if u64::from(part_number + 1) * PART_BYTES > size {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let key = (stat.st_dev, stat.st_ino);
    let mut foreign = FOREIGN.lock().unwrap_or_else(PoisonError::into_inner);
    let arena = match foreign.get(&key).and_then(Weak::upgrade) {
        Some(arena) => arena,
        None => {
            foreign.retain(|_, arena| arena.strong_count() > 0);
            let arena = Arc::new(ForeignArena { file, parts: Mutex::default() });
            foreign.insert(key, Arc::downgrade(&arena));
            arena
        }
    };
    drop(foreign);
    let part = {
        let mut parts = arena.parts.lock().unwrap_or_else(PoisonError::into_inner);
        match parts.get(&part_number) {
            Some(part) => Arc::clone(part),
            None => {
                let offset = u64::from(part_number) * PART_BYTES;
                let words = PART_SLOTS as usize * SLOT_WORDS;
                let part = Arc::new(SharedWords::map(&arena.file, offset, words)?);
                parts.insert(part_number, Arc::clone(&part));
                part
            }
        }
    };
    Ok(Place::Foreign { arena, part })
}

/// Sets the mark of what other processes know.
fn share(state: &AtomicU64, sleepers: &AtomicU64) {
    let before = state.fetch_or(SHARED, Ordering::SeqCst);
    let sleepers = sleepers.load(Ordering::SeqCst) != 0;
    if !is_shared(before) && (sleepers || may_count_waiters(before)) {
        futex::wake(state, Scope::Private, futex::ALL);
    }
}

impl Slot {
    /// Fills a new slot.
    #[inline]
    fn begin(self, id: ObjectId, state: u64, details: [u64; 3]) -> Self {
        self.word(SLEEPERS).store(0, Ordering::Relaxed);
        for (index, detail) in details.into_iter().enumerate() {
            self.detail(index).store(detail, Ordering::Relaxed);
        }
        self.state().store(state, Ordering::Relaxed);
        if self.name.is_some() {
            self.mark_shared();
        }
        self.word(ID).store(id.get(), Ordering::Release);
        self
    }

    #[inline]
    fn word(&self, word: usize) -> &AtomicU64 {
        let part = match &self.place {
            Place::Own { part, .. } => part.words(),
            Place::Foreign { part, .. } => part.words(),
        };
        &part[(self.number % PART_SLOTS) as usize * SLOT_WORDS + word]
    }

    /// The word whose low half is the futex.
    #[inline]
    pub(crate) fn state(&self) -> &AtomicU64 {
        self.word(STATE)
    }

    /// How many threads sleep on the state, in all processes. One that was killed in its sleep
    /// stays counted; that costs a system call now and then, nothing else.
    #[inline]
    pub(crate) fn sleepers(&self) -> &AtomicU64 {
        self.word(SLEEPERS)
    }

    /// One of the type's own three words.
    #[inline]
    pub(crate) fn detail(&self, index: usize) -> &AtomicU64 {
        self.word(DETAILS + index)
    }

    /// The id of the object that is in the slot now.
    pub(crate) fn id(&self) -> ObjectId {
        ObjectId::from_bits(self.word(ID).load(Ordering::SeqCst))
    }

    /// Notes that other processes may know the object. Who sleeps on it goes back to sleep so
    /// that they can wake it.
    pub(crate) fn mark_shared(&self) {
        share(self.state(), self.sleepers());
    }

    /// Notes that another process is given the object.
    pub(crate) fn give(&self) {
        self.mark_shared();
        if let Some(name) = &self.name {
            name.note_given();
        }
    }

    /// Whether it has memory of its own, with which others are given no other object.
    pub(crate) fn is_apart(&self) -> bool {
        fcntl_get_seals(self.file()).is_ok_and(|seals| seals.contains(SealFlags::GROW))
    }

    /// The open file that holds the object's name, if it has one.
    pub(crate) fn rendezvous(&self) -> Option<BorrowedFd<'_>> {
        self.name.as_ref().map(Rendezvous::file)
    }

    /// The slot's number, by which another process finds it.
    pub(crate) const fn number(&self) -> u32 {
        self.number
    }

    /// The arena's descriptor.
    #[inline]
    pub(crate) fn file(&self) -> BorrowedFd<'_> {
        match &self.place {
            Place::Own { file, .. } => file.as_fd(),
            Place::Foreign { arena, .. } => arena.file.as_fd(),
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(name) = self.name.take() {
            return self.drop_named(name);
        }
        let Place::Own { generation, .. } = self.place else { return };
        // The published line was closed before. Whoever marks the slot as shared and then still
        // finds the line open has marked it before this, and we see the mark: a step that also
        // writes, though nothing new, comes before or after theirs.
        let mut state = self.state().load(Ordering::Relaxed);
        let (release, acquire) = (Ordering::AcqRel, Ordering::Acquire);
        while let Err(now) = self.state().compare_exchange_weak(state, state, release, acquire) {
            state = now;
        }
        let shared = is_shared(state);
        let mut arena = own();
        if arena.generation != generation {
            // Made by our parent before it forked, or held here a second time.
            return;
        }
        if !shared {
            self.word(ID).store(0, Ordering::Relaxed);
            arena.free.push(self.number);
            return;
        }
        arena.limbo.push(self.number);
        if arena.limbo.len() >= arena.limbo_limit {
            leave_limbo(arena);
        }
    }
}

impl Slot {
    /// Lets go of the name, and frees the slot if nobody else holds that.
    #[cold]
    fn drop_named(&self, name: Rendezvous) {
        let closed = name.close();
        let Place::Own { generation, .. } = self.place else { return };
        let mut arena = own();
        if arena.generation != generation {
            return;
        }
        match closed {
            Closed::Held(file) => {
                arena.held.push((self.number, file));
                arena.free_unheld();
            }
            // Its memory is given back when the process exits.
            Closed::Unknown => {}
            Closed::Last => {
                self.word(ID).store(0, Ordering::Relaxed);
                arena.free.push(self.number);
            }
        }
    }
}

/// Frees the slots that no process knows any more.
#[cold]
fn leave_limbo(mut arena: MutexGuard<'static, Arena>) {
    let candidates = std::mem::take(&mut arena.limbo);
    let generation = arena.generation;
    drop(arena);
    // Reading the tables takes files and time: not under the lock.
    let known = objects_in_tables();
    let mut arena = own();
    if arena.generation != generation {
        return;
    }
    for number in candidates {
        let part = arena.parts[(number / PART_SLOTS) as usize].words();
        let slot = &part[(number % PART_SLOTS) as usize * SLOT_WORDS..][..SLOT_WORDS];
        let id = slot[ID].load(Ordering::Relaxed);
        if known.as_ref().is_none_or(|known| known.contains(&id)) {
            arena.limbo.push(number);
        } else {
            slot[ID].store(0, Ordering::Relaxed);
            arena.free.push(number);
        }
    }
    arena.limbo_limit = (arena.limbo.len() * 2).max(LIMBO_PATIENCE);
}

/// The ids of all objects in the handle tables of this namespace; `None` if they cannot be read.
fn objects_in_tables() -> Option<HashSet<u64>> {
    let mut known = HashSet::new();
    for pid in crate::handle::published::processes().ok()? {
        match crate::handle::published::of_process(pid) {
            Ok(handles) => known.extend(handles.iter().map(|handle| handle.object.get())),
            // It has ended meanwhile.
            Err(Win32Error::INVALID_PARAMETER | Win32Error::FILE_NOT_FOUND) => {}
            Err(_) => return None,
        }
    }
    Some(known)
}

/// The arena's state, locked around a `fork`.
pub(crate) struct Frozen {
    own: MutexGuard<'static, Arena>,
    _foreign: MutexGuard<'static, BTreeMap<(u64, u64), Weak<ForeignArena>>>,
}

/// Keeps the arenas as they are, and notes that the new process will know all that is in ours.
pub(crate) fn freeze() -> Frozen {
    let own = own();
    for part in &own.parts {
        for slot in part.words().chunks_exact(SLOT_WORDS) {
            share(&slot[STATE], &slot[SLEEPERS]);
        }
    }
    let foreign = FOREIGN.lock().unwrap_or_else(PoisonError::into_inner);
    Frozen { own, _foreign: foreign }
}

impl Frozen {
    /// The new process begins an arena of its own; what it shares with its parent stays in the
    /// parent's.
    pub(crate) fn start_anew(&mut self) {
        let generation = self.own.generation.wrapping_add(2);
        *self.own = Arena { generation, ..Arena::new() };
    }
}
