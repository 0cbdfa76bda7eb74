//! The handle table as other processes see it: lines in the process's
//! [record](crate::process::record).
//!
//! Only the owner writes its own part, one line after another, each under a sequence number
//! that is odd while the line changes. Readers copy the lines twice and keep those that did not
//! change in between; they never wait for the owner, which may be stopped or hung.

use super::{Handle, HandleFlags, HandleValue, INCOMING_SLOTS, Origin};
use crate::error::{Result, Win32Error};
use crate::namespace::{Namespace, owner_of};
use crate::object::record::{BYTES, Record, RecordChange, State, WORDS, words_of};
use crate::object::{ObjectId, ObjectType};
use crate::process::record::{
    FIRST_LINES, FIRST_LINES_COUNT, FURTHER_LINES, Field, ProcessRecord, incoming_line, own_line,
};
use crate::process::task;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use transom_sys::mapping::SharedWords;

/// The record's mapped beginning: header and first lines.
pub(crate) type MappedRecord = SharedWords<AtomicU64>;

/// Where this process publishes its table; nowhere, if it has no record.
#[derive(Debug, Default)]
pub(crate) struct PublishedTable {
    place: Option<Place>,
}

#[derive(Debug)]
struct Place {
    record: Arc<ProcessRecord>,
    first: Arc<MappedRecord>,
    /// The lines from 64, 128, 256, ... on.
    further: Vec<SharedWords<AtomicU64>>,
}

impl Place {
    /// The words of a line, mapping more of the file if need be.
    #[inline]
    fn line(&mut self, slot: u32) -> Result<&Line> {
        if slot < FIRST_LINES_COUNT {
            let start = (FIRST_LINES as usize / 8) + slot as usize * WORDS;
            return line_at(self.first.words(), start);
        }
        self.further_line(slot)
    }

    fn further_line(&mut self, slot: u32) -> Result<&Line> {
        let part = (slot / FIRST_LINES_COUNT).ilog2();
        while self.further.len() <= part as usize {
            let first = FIRST_LINES_COUNT << self.further.len();
            let offset = FURTHER_LINES + u64::from(first - FIRST_LINES_COUNT) * BYTES as u64;
            self.record.reserve(offset, u64::from(first) * BYTES as u64)?;
            let words = first as usize * WORDS;
            self.further.push(SharedWords::map(self.record.file(), offset, words)?);
        }
        let start = (slot - (FIRST_LINES_COUNT << part)) as usize * WORDS;
        line_at(self.further[part as usize].words(), start)
    }

    /// Writes a line under its next sequence number.
    #[inline]
    fn show(&mut self, slot: u32, words: &[u64; WORDS]) -> Result<()> {
        self.note_line(Field::OwnLines, slot);
        let line = self.line(slot)?;
        let sequence = next_even(line[0].load(Ordering::Relaxed));
        line[0].store(sequence - 1, Ordering::Relaxed);
        fence(Ordering::Release);
        for word in 1..WORDS {
            line[word].store(words[word], Ordering::Relaxed);
        }
        line[0].store(words[0] | sequence, Ordering::Release);
        Ok(())
    }

    fn note_line(&self, field: Field, slot: u32) {
        let lines = &self.first.words()[field as usize];
        if lines.load(Ordering::Relaxed) <= u64::from(slot) {
            lines.store(u64::from(slot) + 1, Ordering::Release);
        }
    }
}

type Line = [AtomicU64; WORDS];

#[inline]
fn line_at(words: &[AtomicU64], start: usize) -> Result<&Line> {
    words.get(start..).and_then(<[AtomicU64]>::first_chunk).ok_or(Win32Error::GEN_FAILURE)
}

/// The sequence number after this one that is even.
const fn next_even(word: u64) -> u64 {
    ((word & 0xFFFF_FFFF) + 2) & 0xFFFF_FFFE
}

impl PublishedTable {
    pub(crate) fn new(record: Arc<ProcessRecord>, first: Arc<MappedRecord>) -> Self {
        Self { place: Some(Place { record, first, further: Vec::new() }) }
    }

    /// Shows an open handle of the process's own part.
    #[inline]
    pub(crate) fn open(&mut self, slot: u32, record: &Record) -> Result<()> {
        let Some(place) = &mut self.place else { return Ok(()) };
        place.show(slot, &record.to_words())
    }

    /// Shows a second handle to what another line of the own part shows.
    #[inline]
    pub(crate) fn open_copy(
        &mut self,
        slot: u32,
        source: u32,
        change: &RecordChange,
    ) -> Result<()> {
        let Some(place) = &mut self.place else { return Ok(()) };
        let line = place.line(source)?;
        let mut words: [u64; WORDS] =
            std::array::from_fn(|word| line[word].load(Ordering::Relaxed));
        change.apply(&mut words);
        place.show(slot, &words)
    }

    /// Shows that a handle of the process's own part was closed.
    #[inline]
    pub(crate) fn close(&mut self, slot: u32) {
        let Some(place) = &mut self.place else { return };
        if let Ok(line) = place.line(slot) {
            line[0].store(next_even(line[0].load(Ordering::Relaxed)), Ordering::Release);
        }
    }

    /// Stops showing lines that this process does not have: those that its parent foresaw and that a
    /// program in between has closed. What other processes are just sending stays.
    pub(crate) fn retract(&mut self, has: impl Fn(HandleValue) -> bool) {
        let Some(place) = &self.place else { return };
        let Ok(shown) = read_lines(&place.record) else { return };
        for line in shown.iter().filter(|line| line.state == State::Open) {
            let Some(value) = HandleValue::new(line.value).filter(|&value| !has(value)) else {
                continue;
            };
            match value.slot() {
                super::Slot::Own(slot) => self.close(slot),
                super::Slot::Incoming(slot) => self.close_incoming(slot),
            }
        }
    }

    /// Shows an open handle that another process put here.
    pub(crate) fn open_incoming(&self, slot: u32, record: &Record) {
        let Some(place) = &self.place else { return };
        place.note_line(Field::IncomingLines, slot);
        // The sender wrote the line before; that it cannot be refreshed does not close it.
        let _ = place.record.write_line(incoming_line(slot), &record.to_words());
    }

    /// Makes the number free for other processes to use again.
    pub(crate) fn close_incoming(&self, slot: u32) {
        let Some(place) = &self.place else { return };
        // A number that cannot be freed is only not used again.
        let _ = place.record.write(incoming_line(slot), &[0; 8]);
        let begin = &place.first.words()[Field::IncomingBegin as usize];
        begin.fetch_min(slot.into(), Ordering::AcqRel);
    }
}

/// A line of some process's handle table, as its record shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedHandle {
    /// The handle.
    pub value: HandleValue,
    /// The object's address.
    pub object: ObjectId,
    /// The object's type.
    pub kind: ObjectType,
    /// The granted access.
    pub access: u32,
    /// Inherit and protect.
    pub flags: HandleFlags,
    /// Where it came from.
    pub origin: Origin,
    /// Sent by another process and not collected by the owner yet.
    pub arriving: bool,
    /// The type's own numbers; for a process, its id and start time.
    pub details: [u64; 2],
    /// The descriptors its owner has for it; none for one that was not collected yet.
    pub descriptors: [Option<RawFd>; 2],
}

impl PublishedHandle {
    fn from_record(record: &Record) -> Option<Self> {
        let arriving = record.state == State::Arriving;
        Some(Self {
            value: HandleValue::new(record.value)?,
            object: record.id,
            kind: record.kind,
            access: record.access,
            flags: record.flags,
            origin: record.origin,
            arriving,
            details: record.payload,
            descriptors: if arriving { [None; 2] } else { record.fds },
        })
    }
}

/// Reads all lines of a record.
pub(crate) fn read_lines(record: &ProcessRecord) -> Result<Vec<Record>> {
    let header = record.header()?;
    let own = u32::try_from(header.get(Field::OwnLines)).unwrap_or(u32::MAX).min(1 << 22);
    let incoming =
        u32::try_from(header.get(Field::IncomingLines)).unwrap_or(u32::MAX).min(INCOMING_SLOTS);
    let mut lines = Vec::new();
    let first = own.min(FIRST_LINES_COUNT);
    read_part(record, FIRST_LINES, first, &HandleValue::of_slot, &mut lines)?;
    let further = |slot: u32| HandleValue::of_slot(slot + FIRST_LINES_COUNT);
    read_part(record, FURTHER_LINES, own - first, &further, &mut lines)?;
    read_part(record, incoming_line(0), incoming, &HandleValue::of_incoming, &mut lines)?;
    Ok(lines)
}

fn read_part(
    record: &ProcessRecord,
    offset: u64,
    count: u32,
    value_of: &dyn Fn(u32) -> HandleValue,
    lines: &mut Vec<Record>,
) -> Result<()> {
    if count == 0 {
        return Ok(());
    }
    let bytes = record.read(offset, count as usize * BYTES)?;
    let again = record.read(offset, bytes.len())?;
    for (slot, (mut words, second)) in (0..).zip(words_of(&bytes).zip(words_of(&again))) {
        if words != second || words[0] & 1 != 0 {
            let place = offset + u64::from(slot) * BYTES as u64;
            match settled_line(record, place)? {
                Some(settled) => words = settled,
                None => continue,
            }
        }
        let value = value_of(slot);
        words[6] = value.get().into();
        lines.extend(Record::from_words(&words));
    }
    Ok(())
}

/// Reads one line until it does not change; `None` for one that never settles (its owner was
/// stopped or killed in the middle of changing it).
fn settled_line(record: &ProcessRecord, offset: u64) -> Result<Option<[u64; WORDS]>> {
    for _ in 0..100 {
        let first = record.read(offset, BYTES)?;
        let second = record.read(offset, BYTES)?;
        if let Some(words) = words_of(&first).next()
            && first == second
            && words[0] & 1 == 0
        {
            return Ok(Some(words));
        }
        std::thread::yield_now();
    }
    Ok(None)
}

/// Reads one line of a record.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` when the handle is not open there.
pub(crate) fn read_line(record: &ProcessRecord, value: HandleValue) -> Result<Record> {
    let offset = match value.slot() {
        super::Slot::Own(slot) => own_line(slot),
        super::Slot::Incoming(slot) if slot < INCOMING_SLOTS => incoming_line(slot),
        super::Slot::Incoming(_) => return Err(Win32Error::INVALID_HANDLE),
    };
    let mut words = settled_line(record, offset)?.ok_or(Win32Error::INVALID_HANDLE)?;
    words[6] = value.get().into();
    Record::from_words(&words).ok_or(Win32Error::INVALID_HANDLE)
}

/// The handle table of a process, as its record shows it now; it need not run for that.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` when there is no such process, `ERROR_FILE_NOT_FOUND` when it has
/// no record (it is no Transom program nor started by one), `ERROR_ACCESS_DENIED` when it is
/// another user's.
pub fn of_process(pid: u32) -> Result<Vec<PublishedHandle>> {
    of_process_in(crate::executive::current().namespace()?, pid)
}

/// As [`of_process`], also while this process is only just joining.
pub(crate) fn of_process_in(namespace: &Namespace, pid: u32) -> Result<Vec<PublishedHandle>> {
    let task = task::look(pid)?;
    if task.is_gone {
        // What it held is closed, although its parent has not collected it yet.
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let record = ProcessRecord::open_of(namespace, pid, task.start_time)?;
    let lines = read_lines(&record)?;
    Ok(lines.iter().filter_map(PublishedHandle::from_record).collect())
}

/// Who holds an object: every handle to it in the tables of all processes that may be read. Its
/// length is the object's usage count.
///
/// # Errors
/// What reading the namespace directory reports.
pub fn holders(object: ObjectId) -> Result<Vec<(u32, PublishedHandle)>> {
    let mut holders = Vec::new();
    for pid in processes()? {
        // It may have ended meanwhile, or be another user's.
        let Ok(handles) = of_process(pid) else { continue };
        holders.extend(
            handles
                .into_iter()
                .filter(|handle| handle.object == object)
                .map(|handle| (pid, handle)),
        );
    }
    Ok(holders)
}

pub use crate::sync::inspect::{ObjectState, name_of, state_of};

/// The handle of this process with its line, as this process shows it to others.
///
/// # Errors
/// As for [`of_process`], and `ERROR_INVALID_HANDLE` when it is not open.
pub fn of_own_handle(handle: Handle) -> Result<PublishedHandle> {
    let Handle::Real(value) = handle else { return Err(Win32Error::INVALID_HANDLE) };
    of_process(std::process::id())?
        .into_iter()
        .find(|line| line.value == value)
        .ok_or(Win32Error::INVALID_HANDLE)
}

/// The ids of all processes that have a record, in ascending order. Records of processes that
/// are gone are removed on the way.
///
/// # Errors
/// What reading the namespace directory reports.
pub fn processes() -> Result<Vec<u32>> {
    processes_in(crate::executive::current().namespace()?)
}

/// As [`processes`], also while this process is only just joining.
pub(crate) fn processes_in(namespace: &Namespace) -> Result<Vec<u32>> {
    let mut pids = Vec::new();
    for entry in std::fs::read_dir(namespace.processes_path())? {
        let name = entry?.file_name();
        let name = name.as_encoded_bytes();
        let Some(owner) = owner_of(name) else { continue };
        if !task::runs(owner) {
            namespace.remove_file(name);
        } else if name == owner.to_string().as_bytes() {
            pids.push(owner);
        }
    }
    pids.sort_unstable();
    Ok(pids)
}
