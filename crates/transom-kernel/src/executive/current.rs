//! This process.

use super::mailbox::Mailbox;
use super::standard::StandardHandle;
use super::startup;
use crate::error::{Result, Win32Error};
use crate::handle::Handle;
use crate::handle::published::{MappedRecord, PublishedTable};
use crate::handle::table::HandleTable;
use crate::namespace::Namespace;
use crate::process::record::{Field, KNOWN, ProcessRecord};
use crate::process::task;
use std::sync::atomic::{AtomicIsize, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// What belongs to this process as a whole.
#[derive(Debug)]
pub struct CurrentProcess {
    table: HandleTable,
    standard: [AtomicIsize; 3],
    namespace: Result<Namespace>,
    own: RwLock<Own>,
    /// The soft limit of open files the program was started with.
    open_files: Option<u64>,
}

/// What changes when the process forks: the new one has its own.
#[derive(Debug, Default)]
pub(super) struct Own {
    pub(super) record: Option<Arc<ProcessRecord>>,
    pub(super) header: Option<Arc<MappedRecord>>,
}

static CURRENT: OnceLock<CurrentProcess> = OnceLock::new();
static START_TIME: AtomicU64 = AtomicU64::new(0);

/// This process. The first call joins the namespace; normally that was when the program was
/// loaded.
#[inline]
pub fn current() -> &'static CurrentProcess {
    CURRENT.get_or_init(startup::build)
}

/// The directory where this process meets others.
///
/// # Errors
/// Why it has none: what opening the directory reported.
pub fn namespace_directory() -> Result<std::path::PathBuf> {
    Ok(current().namespace()?.directory().to_owned())
}

/// This process, if it has joined already.
pub(super) fn current_if_joined() -> Option<&'static CurrentProcess> {
    CURRENT.get()
}

/// When this process started; asked for before it has joined, too.
pub(crate) fn own_start_time() -> Result<u64> {
    match START_TIME.load(Ordering::Relaxed) {
        0 => {
            let time = task::look(std::process::id())?.start_time;
            START_TIME.store(time, Ordering::Relaxed);
            Ok(time)
        }
        time => Ok(time),
    }
}

impl CurrentProcess {
    pub(super) fn new(
        namespace: Result<Namespace>,
        own: Own,
        published: PublishedTable,
        mailbox: Mailbox,
        open_files: Option<u64>,
    ) -> Self {
        Self {
            table: HandleTable::new(published, mailbox),
            standard: [const { AtomicIsize::new(0) }; 3],
            namespace,
            own: RwLock::new(own),
            open_files,
        }
    }

    /// The handle table.
    #[must_use]
    #[inline]
    pub const fn table(&self) -> &HandleTable {
        &self.table
    }

    /// Where this process meets others.
    ///
    /// # Errors
    /// Why it cannot: what opening the namespace directory reported.
    pub(crate) fn namespace(&self) -> Result<&Namespace> {
        self.namespace.as_ref().map_err(|error| *error)
    }

    /// This process's record.
    pub(crate) fn record(&self) -> Result<Arc<ProcessRecord>> {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        own.record.clone().ok_or(Win32Error::NOT_SUPPORTED)
    }

    pub(super) const fn own(&self) -> &RwLock<Own> {
        &self.own
    }

    pub(crate) const fn open_files(&self) -> Option<u64> {
        self.open_files
    }

    /// When this process started, in clock ticks since the machine did.
    pub(crate) fn start_time(&self) -> u64 {
        own_start_time().unwrap_or(0)
    }

    pub(super) fn forget_start_time() {
        START_TIME.store(0, Ordering::Relaxed);
    }

    /// `GetStdHandle`: a standard handle, as it was set; 0 when there is none.
    #[must_use]
    pub fn standard_handle(&self, which: StandardHandle) -> isize {
        self.standard[which as usize].load(Ordering::Relaxed)
    }

    /// `SetStdHandle`: any value is taken, as on Windows.
    pub fn set_standard_handle(&self, which: StandardHandle, handle: isize) {
        self.standard[which as usize].store(handle, Ordering::Relaxed);
    }

    /// `CloseHandle`, pseudo handles and standard handle ids included.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE` for what is no handle, or one that is protected from closing.
    pub fn close_handle(&self, raw: isize) -> Result<()> {
        if let Some(which) = StandardHandle::from_id_as_handle(raw) {
            self.table.close(Handle::from_raw(self.standard_handle(which))?)?;
            self.set_standard_handle(which, 0);
            return Ok(());
        }
        match Handle::from_raw(raw)? {
            Handle::Pseudo(_) => Ok(()),
            handle @ Handle::Real(_) => self.table.close(handle),
        }
    }

    /// Leaves the namespace: announces the full exit code, of which Linux itself keeps eight bits,
    /// and takes this process's files away.
    pub(crate) fn leave(&self, code: u32) {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(header) = &own.header {
            let word = KNOWN | u64::from(code);
            header.words()[Field::ExitCode as usize].store(word, Ordering::Release);
        }
        if let (Ok(namespace), Some(_)) = (&self.namespace, &own.record) {
            namespace.remove_process(std::process::id());
        }
    }
}
