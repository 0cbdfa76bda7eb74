//! One line of a handle table.

use crate::object::KernelObject;
use bitflags::bitflags;
use std::sync::Arc;

bitflags! {
    /// What `SetHandleInformation` sets.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct HandleFlags: u8 {
        /// `HANDLE_FLAG_INHERIT`: a child started with `bInheritHandles` gets it too.
        const INHERIT = 1;
        /// `HANDLE_FLAG_PROTECT_FROM_CLOSE`: closing it fails.
        const PROTECT_FROM_CLOSE = 2;
    }
}

/// How a handle came into its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The process created or opened it.
    Created,
    /// It was inherited from the process with this id.
    Inherited(u32),
    /// It was duplicated by, or from, the process with this id.
    Duplicated(u32),
}

impl Origin {
    pub(crate) const fn parts(self) -> (u8, u32) {
        match self {
            Self::Created => (0, 0),
            Self::Inherited(pid) => (1, pid),
            Self::Duplicated(pid) => (2, pid),
        }
    }

    pub(crate) const fn from_parts(kind: u8, pid: u32) -> Self {
        match kind {
            1 => Self::Inherited(pid),
            2 => Self::Duplicated(pid),
            _ => Self::Created,
        }
    }
}

/// A line of a handle table: the object, what this handle may do with it, and its flags.
#[derive(Clone)]
pub struct Entry {
    /// The object the handle refers to.
    pub object: Arc<dyn KernelObject>,
    /// The access that was granted, as specific rights.
    pub access: u32,
    /// Inherit and protect.
    pub flags: HandleFlags,
    /// Where it came from.
    pub origin: Origin,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("object", &self.object.header())
            .field("access", &format_args!("{:#x}", self.access))
            .field("flags", &self.flags)
            .field("origin", &self.origin)
            .finish()
    }
}
