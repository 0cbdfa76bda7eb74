//! The handle table of this process.

use super::published::PublishedTable;
use super::slots::FreeSlots;
use super::{Entry, Handle, HandleFlags, HandleValue, Origin, Slot};
use crate::error::{Result, Win32Error};
use crate::executive::mailbox::Mailbox;
use crate::object::record::{Record, RecordChange};
use crate::object::{KernelObject, ObjectHeader, ObjectId, downcast};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Handles and what they refer to.
///
/// One lock guards the lines and the objects' handle counts; nothing blocks while it is held.
/// Every change is mirrored into the published table under the same lock.
#[derive(Debug)]
pub struct HandleTable {
    lines: RwLock<Lines>,
}

/// What the lock guards.
#[derive(Debug)]
pub(crate) struct Lines {
    own: Vec<Option<Entry>>,
    free: FreeSlots,
    /// Handles other processes put here; their numbers are theirs to choose.
    incoming: BTreeMap<u32, Entry>,
    open: usize,
    published: PublishedTable,
    mailbox: Arc<Mailbox>,
}

impl Lines {
    pub(crate) fn get(&self, value: HandleValue) -> Option<&Entry> {
        match value.slot() {
            Slot::Own(slot) => self.own.get(slot as usize)?.as_ref(),
            Slot::Incoming(slot) => self.incoming.get(&slot),
        }
    }

    fn get_mut(&mut self, value: HandleValue) -> Option<&mut Entry> {
        match value.slot() {
            Slot::Own(slot) => self.own.get_mut(slot as usize)?.as_mut(),
            Slot::Incoming(slot) => self.incoming.get_mut(&slot),
        }
    }

    /// Shows others a line as it is now.
    fn publish(&mut self, value: HandleValue) -> Result<()> {
        let entry = self.get(value).ok_or(Win32Error::INVALID_HANDLE)?;
        let record = Record::of_entry(value, entry);
        match value.slot() {
            Slot::Own(slot) => self.published.open(slot, &record),
            Slot::Incoming(slot) => {
                self.published.open_incoming(slot, &record);
                Ok(())
            }
        }
    }

    /// Puts an entry into a slot that was taken for it.
    fn fill(&mut self, slot: u32, entry: Entry) -> Result<HandleValue> {
        let value = HandleValue::of_slot(slot);
        if let Err(error) = self.published.open(slot, &Record::of_entry(value, &entry)) {
            self.free.give_back(slot);
            return Err(error);
        }
        self.put(slot, entry);
        Ok(value)
    }

    /// Puts an entry into a slot that is published.
    #[inline]
    fn put(&mut self, slot: u32, entry: Entry) {
        let index = slot as usize;
        if self.own.len() <= index {
            self.own.resize_with(index + 1, || None);
        }
        entry.object.header().handle_opened();
        self.own[index] = Some(entry);
        self.open += 1;
    }

    /// Adds a second line for the object of the first, whose published line has all but what
    /// differs: the object need not be asked.
    #[inline]
    fn insert_copy(&mut self, source: u32, entry: Entry) -> Result<HandleValue> {
        let slot = self.free.take_lowest().ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
        let value = HandleValue::of_slot(slot);
        let Entry { access, flags, origin, .. } = entry;
        let change = RecordChange { value, access, flags, origin };
        if let Err(error) = self.published.open_copy(slot, source, &change) {
            self.free.give_back(slot);
            return Err(error);
        }
        self.put(slot, entry);
        Ok(value)
    }

    fn insert(&mut self, entry: Entry) -> Result<HandleValue> {
        let slot = self.free.take_lowest().ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
        self.fill(slot, entry)
    }

    /// Takes a line out; the entry is to be dropped after the lock. The second value is whether
    /// it was the object's last handle.
    fn remove(&mut self, value: HandleValue) -> Option<(Entry, bool)> {
        let entry = match value.slot() {
            Slot::Own(slot) => {
                let entry = self.own.get_mut(slot as usize)?.take()?;
                self.published.close(slot);
                self.free.give_back(slot);
                entry
            }
            Slot::Incoming(slot) => {
                let entry = self.incoming.remove(&slot)?;
                self.published.close_incoming(slot);
                entry
            }
        };
        self.open -= 1;
        let last = entry.object.header().handle_closed();
        Some((entry, last))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (HandleValue, &Entry)> {
        let own = (0..).zip(&self.own).filter_map(|(slot, entry)| {
            entry.as_ref().map(|entry| (HandleValue::of_slot(slot), entry))
        });
        let incoming =
            self.incoming.iter().map(|(&slot, entry)| (HandleValue::of_incoming(slot), entry));
        own.chain(incoming)
    }
}

impl HandleTable {
    pub(crate) fn new(published: PublishedTable, mailbox: Mailbox) -> Self {
        let lines = Lines {
            own: Vec::new(),
            free: FreeSlots::new(),
            incoming: BTreeMap::new(),
            open: 0,
            published,
            mailbox: Arc::new(mailbox),
        };
        Self { lines: RwLock::new(lines) }
    }

    fn read(&self) -> RwLockReadGuard<'_, Lines> {
        // Nothing under the lock panics; if something did, the lines are still whole.
        let lines = self.lines.read().unwrap_or_else(PoisonError::into_inner);
        if !lines.mailbox.has_news() {
            return lines;
        }
        drop(lines);
        self.collect_requests();
        self.lines.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Lines> {
        let lines = self.lock();
        if !lines.mailbox.has_news() {
            return lines;
        }
        drop(lines);
        self.collect_requests();
        self.lock()
    }

    /// The lines as they are, whatever others have asked for.
    pub(crate) fn lock(&self) -> RwLockWriteGuard<'_, Lines> {
        self.lines.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries out what other processes have asked of this table since the last look; whether
    /// one of them has still to write its request.
    #[cold]
    pub(crate) fn collect_requests(&self) -> bool {
        self.mailbox().collect(self)
    }

    /// Whether some handle was inherited.
    pub(crate) fn has_inherited(&self) -> bool {
        self.lock().iter().any(|(_, entry)| matches!(entry.origin, Origin::Inherited(_)))
    }

    /// Where other processes leave requests for this table.
    pub(crate) fn mailbox(&self) -> Arc<Mailbox> {
        Arc::clone(&self.lines.read().unwrap_or_else(PoisonError::into_inner).mailbox)
    }

    /// Adds a handle to an object this process created or opened.
    ///
    /// # Errors
    /// `ERROR_NO_SYSTEM_RESOURCES` when the table or the place it is published in is full.
    pub fn create(
        &self,
        object: Arc<dyn KernelObject>,
        access: u32,
        inherit: bool,
    ) -> Result<HandleValue> {
        let flags = if inherit { HandleFlags::INHERIT } else { HandleFlags::empty() };
        self.insert(Entry { object, access, flags, origin: Origin::Created })
    }

    /// Adds a line in the lowest free slot.
    ///
    /// # Errors
    /// As for [`create`](Self::create).
    pub fn insert(&self, entry: Entry) -> Result<HandleValue> {
        self.write().insert(entry)
    }

    /// Adds two lines, or none.
    ///
    /// # Errors
    /// As for [`create`](Self::create).
    pub fn insert_pair(&self, first: Entry, second: Entry) -> Result<[HandleValue; 2]> {
        let mut lines = self.write();
        let first = lines.insert(first)?;
        match lines.insert(second) {
            Ok(second) => Ok([first, second]),
            Err(error) => {
                let removed = lines.remove(first);
                drop(lines);
                drop(removed);
                Err(error)
            }
        }
    }

    /// Adds a line at the value it had in the parent.
    pub(crate) fn insert_at(&self, value: HandleValue, entry: Entry) -> Result<()> {
        let mut lines = self.lock();
        match value.slot() {
            Slot::Own(slot) if lines.free.take(slot) => lines.fill(slot, entry).map(drop),
            Slot::Own(_) => Err(Win32Error::INVALID_HANDLE),
            Slot::Incoming(slot) => lines.insert_incoming(slot, entry),
        }
    }

    /// Stops showing lines that the process's parent foresaw and that are not there.
    pub(crate) fn retract_missing(&self) {
        let mut lines = self.lock();
        let lines = &mut *lines;
        let mut published = std::mem::take(&mut lines.published);
        published.retract(|value| lines.get(value).is_some());
        lines.published = published;
    }

    /// What a handle refers to. Pseudo handles are in no table: `ERROR_INVALID_HANDLE`.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE` when the table has no such line.
    pub fn entry(&self, handle: Handle) -> Result<Entry> {
        self.with(handle, Entry::clone)
    }

    /// Looks at a line where it stands. `look` must not block nor use the table.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE` when the table has no such line.
    #[inline]
    pub fn with<R>(&self, handle: Handle, look: impl FnOnce(&Entry) -> R) -> Result<R> {
        let Handle::Real(value) = handle else { return Err(Win32Error::INVALID_HANDLE) };
        self.read().get(value).map(look).ok_or(Win32Error::INVALID_HANDLE)
    }

    /// Looks at several lines at one moment. `look` must not block nor use the table.
    ///
    /// # Errors
    /// The error of the first handle that is none, and `ERROR_INVALID_HANDLE` when the table has
    /// no such line.
    pub(crate) fn with_each<R>(
        &self,
        handles: &[Result<Handle>],
        look: impl FnOnce(&[&Entry]) -> R,
    ) -> Result<R> {
        let lines = self.read();
        let mut entries = Vec::with_capacity(handles.len());
        for handle in handles {
            let Handle::Real(value) = (*handle)? else { return Err(Win32Error::INVALID_HANDLE) };
            entries.push(lines.get(value).ok_or(Win32Error::INVALID_HANDLE)?);
        }
        Ok(look(&entries))
    }

    /// The object of a handle, as its own type, if the handle grants the access.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE` when there is no such handle or it is of another type, then
    /// `ERROR_ACCESS_DENIED` when it lacks the access.
    pub fn object<T: KernelObject>(&self, handle: Handle, access: u32) -> Result<Arc<T>> {
        let entry = self.entry(handle)?;
        let object = downcast(entry.object)?;
        if entry.access & access == access { Ok(object) } else { Err(Win32Error::ACCESS_DENIED) }
    }

    /// The object of a handle, as its own type, if the handle grants at least one of the rights.
    ///
    /// # Errors
    /// As for [`object`](Self::object).
    pub fn object_with_any<T: KernelObject>(&self, handle: Handle, rights: u32) -> Result<Arc<T>> {
        let entry = self.entry(handle)?;
        let object = downcast(entry.object)?;
        if entry.access & rights != 0 { Ok(object) } else { Err(Win32Error::ACCESS_DENIED) }
    }

    /// `CloseHandle` on a table handle.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE` when there is no such handle or it is protected from closing.
    pub fn close(&self, handle: Handle) -> Result<()> {
        let Handle::Real(value) = handle else { return Err(Win32Error::INVALID_HANDLE) };
        self.close_if(value, |_| true)
    }

    /// Closes a handle if `still` holds of its line.
    fn close_if(&self, value: HandleValue, still: impl FnOnce(&Entry) -> bool) -> Result<()> {
        Self::close_in(self.write(), value, still)
    }

    /// Closes a handle because another process asks for it, if it is still of that object.
    pub(crate) fn close_requested(&self, value: HandleValue, id: ObjectId) -> Result<()> {
        Self::close_in(self.lock(), value, |entry| entry.object.header().id() == id)
    }

    fn close_in(
        mut lines: RwLockWriteGuard<'_, Lines>,
        value: HandleValue,
        still: impl FnOnce(&Entry) -> bool,
    ) -> Result<()> {
        let entry = lines.get(value).ok_or(Win32Error::INVALID_HANDLE)?;
        if entry.flags.contains(HandleFlags::PROTECT_FROM_CLOSE) || !still(entry) {
            return Err(Win32Error::INVALID_HANDLE);
        }
        let removed = lines.remove(value);
        drop(lines);
        if let Some((entry, true)) = removed {
            entry.object.last_handle_closed();
        }
        Ok(())
    }

    /// Changes the flags of a handle.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE` when there is no such handle.
    pub fn set_flags(&self, handle: Handle, mask: HandleFlags, flags: HandleFlags) -> Result<()> {
        let Handle::Real(value) = handle else { return Err(Win32Error::INVALID_HANDLE) };
        let mut lines = self.write();
        let entry = lines.get_mut(value).ok_or(Win32Error::INVALID_HANDLE)?;
        entry.flags = (entry.flags - mask) | (flags & mask);
        lines.publish(value)
    }

    /// Gives a handle other flags; whether it may be closed, and so has them now.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE` when there is no such handle.
    pub(crate) fn set_flags_unless_protected(
        &self,
        value: HandleValue,
        flags: HandleFlags,
    ) -> Result<bool> {
        let mut lines = self.write();
        let entry = lines.get_mut(value).ok_or(Win32Error::INVALID_HANDLE)?;
        if entry.flags.contains(HandleFlags::PROTECT_FROM_CLOSE) {
            return Ok(false);
        }
        entry.flags = flags;
        lines.publish(value)?;
        Ok(true)
    }

    /// Shows others a handle's line as it is now, after its object's own numbers have changed.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE` when there is no such handle.
    pub(crate) fn publish_again(&self, value: HandleValue) -> Result<()> {
        self.set_flags(value.into(), HandleFlags::empty(), HandleFlags::empty())
    }

    /// Shows others an object as it is now, in every line that refers to it: its descriptors have
    /// changed. `first` is a handle that is likely to be the only one.
    ///
    /// # Errors
    /// What writing the published table reports.
    pub(crate) fn publish_object(
        &self,
        object: &ObjectHeader,
        first: Option<HandleValue>,
    ) -> Result<()> {
        let mut lines = self.lock();
        let lines = &mut *lines;
        let is_it = |entry: &Entry| entry.object.header().id() == object.id();
        let first = first.filter(|&value| lines.get(value).is_some_and(is_it));
        let values: Vec<HandleValue> = match (object.handles(), first) {
            (0, _) => return Ok(()),
            (1, Some(value)) => return lines.publish(value),
            _ => lines.iter().filter(|(_, entry)| is_it(entry)).map(|(value, _)| value).collect(),
        };
        values.into_iter().try_for_each(|value| lines.publish(value))
    }

    /// `DuplicateHandle` within this process: a second line for the same object.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE` for an unknown source, what `access` reports, and
    /// `ERROR_NO_SYSTEM_RESOURCES` when the table is full.
    pub(crate) fn duplicate(
        &self,
        source: HandleValue,
        flags: HandleFlags,
        access: impl FnOnce(&Entry) -> Result<u32>,
    ) -> Result<HandleValue> {
        let mut lines = self.write();
        let entry = lines.get(source).ok_or(Win32Error::INVALID_HANDLE)?;
        let access = access(entry)?;
        let object = Arc::clone(&entry.object);
        let entry = Entry { object, access, flags, origin: Origin::Created };
        match source.slot() {
            Slot::Own(source) => lines.insert_copy(source, entry),
            Slot::Incoming(_) => lines.insert(entry),
        }
    }

    /// How many handles are open.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().open
    }

    /// Whether no handle is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All lines, in the order of their handles.
    #[must_use]
    pub fn entries(&self) -> Vec<(HandleValue, Entry)> {
        self.read().iter().map(|(value, entry)| (value, entry.clone())).collect()
    }
}

impl Lines {
    /// Adds a line at a number another process chose.
    pub(crate) fn insert_incoming(&mut self, slot: u32, entry: Entry) -> Result<()> {
        if self.incoming.contains_key(&slot) {
            return Err(Win32Error::INVALID_HANDLE);
        }
        let value = HandleValue::of_incoming(slot);
        self.published.open_incoming(slot, &Record::of_entry(value, &entry));
        entry.object.header().handle_opened();
        self.incoming.insert(slot, entry);
        self.open += 1;
        Ok(())
    }

    /// Whether a number another process chose is in use.
    pub(crate) fn has_incoming(&self, slot: u32) -> bool {
        self.incoming.contains_key(&slot)
    }

    /// Publishes all lines in another place, after a `fork` gave this process its own.
    pub(crate) fn publish_in(&mut self, published: PublishedTable, mailbox: Mailbox) {
        self.mailbox = Arc::new(mailbox);
        self.published = published;
        for (slot, entry) in (0..).zip(&self.own) {
            if let Some(entry) = entry {
                let record = Record::of_entry(HandleValue::of_slot(slot), entry);
                // A line that cannot be shown is still a handle.
                let _ = self.published.open(slot, &record);
            }
        }
        for (&slot, entry) in &self.incoming {
            let record = Record::of_entry(HandleValue::of_incoming(slot), entry);
            self.published.open_incoming(slot, &record);
        }
    }
}
