//! The three standard handles.

use crate::file::{File, StandardStream};
use crate::handle::{Entry, HandleFlags, Origin};
use std::sync::Arc;
use windows_sys::Win32::System::Console;

/// Which standard handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandardHandle {
    /// `STD_INPUT_HANDLE`, -10.
    Input = 0,
    /// `STD_OUTPUT_HANDLE`, -11.
    Output = 1,
    /// `STD_ERROR_HANDLE`, -12.
    Error = 2,
}

/// The three, in the order of their Linux descriptors.
pub const STANDARD_STREAMS: [StandardHandle; 3] =
    [StandardHandle::Input, StandardHandle::Output, StandardHandle::Error];

impl StandardHandle {
    /// Reads the id that `GetStdHandle` takes.
    #[must_use]
    pub const fn from_id(id: u32) -> Option<Self> {
        match id {
            Console::STD_INPUT_HANDLE => Some(Self::Input),
            Console::STD_OUTPUT_HANDLE => Some(Self::Output),
            Console::STD_ERROR_HANDLE => Some(Self::Error),
            _ => None,
        }
    }

    /// Reads an id that was passed where a handle is expected, sign-extended or not.
    pub(super) fn from_id_as_handle(raw: isize) -> Option<Self> {
        let id = i32::try_from(raw).map(i32::cast_unsigned).or_else(|_| u32::try_from(raw)).ok()?;
        Self::from_id(id)
    }
}

/// A line for a stream the program was started with; `None` when it is closed.
pub(super) fn entry_of(stream: StandardStream) -> Option<Entry> {
    let file = File::standard(stream)?;
    let access = file.full_access();
    let object = Arc::new(file);
    Some(Entry { object, access, flags: HandleFlags::INHERIT, origin: Origin::Created })
}
