//! Who may use a pipe: what its first instance was given, or what was set since, for all instances in
//! all processes.
//!
//! The descriptor is in the file of the name. A process that serves the name keeps it, with the
//! number of changes that the file says; who comes to the door is measured by the newest.

use super::NamedPipe;
use super::list::find_file;
use super::registry::NameFile;
use super::served::strangers_may_serve;
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::security::SecurityDescriptor;
use std::sync::{PoisonError, RwLock};

/// A descriptor as the file had it when it was looked at last.
#[derive(Debug)]
pub(super) struct Security {
    known: RwLock<(u64, SecurityDescriptor)>,
}

impl Security {
    /// A descriptor, and the file's word about it.
    pub(super) const fn new(word: u64, descriptor: SecurityDescriptor) -> Self {
        Self { known: RwLock::new((word, descriptor)) }
    }

    /// Looks at the descriptor as it is now.
    ///
    /// # Errors
    /// What reading the name's file reports.
    pub(super) fn with<R>(
        &self,
        file: &NameFile,
        look: impl FnOnce(&SecurityDescriptor) -> R,
    ) -> Result<R> {
        let word = file.security_word()?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.0 == word {
            return Ok(look(&known.1));
        }
        drop(known);
        let newest = file.newest_security()?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = newest;
        Ok(look(&known.1))
    }
}

fn file_of(pipe: &NamedPipe, write: bool) -> Result<NameFile> {
    let namespace = current().namespace()?;
    let found = find_file(namespace, pipe.name_file(), write)?;
    found.map(|(file, _)| file).ok_or(Win32Error::FILE_NOT_FOUND)
}

/// The descriptor of a pipe, and the user who made the name.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND` when nobody serves the pipe any more.
pub(crate) fn of(pipe: &NamedPipe) -> Result<(SecurityDescriptor, u32)> {
    let file = file_of(pipe, false)?;
    let (_, security) = file.newest_security()?;
    Ok((security, file.owner()?))
}

/// Changes the descriptor of a pipe, for clients and instances that come from now on.
///
/// # Errors
/// As for [`of`], and what `change` reports; `ERROR_ACCESS_DENIED` where another user's file would
/// have to be changed.
pub(crate) fn change(
    pipe: &NamedPipe,
    change: impl FnOnce(&mut SecurityDescriptor) -> Result<()>,
) -> Result<()> {
    let file = file_of(pipe, true)?;
    let turn = file.turn()?;
    let listing = file.listing()?;
    let mut security = file.security(&listing)?;
    change(&mut security)?;
    file.set_security(&turn, &listing, &security, strangers_may_serve(&security))
}
