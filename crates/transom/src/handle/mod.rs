//! Handles: numbers of this process that refer to kernel objects.
//!
//! An [`OwnedHandle`] is one line of the process's handle table, closed when it is dropped. A
//! [`BorrowedHandle`] is the number of one that somebody else closes; [`pseudo`] handles are
//! constants that are in no table. Whatever has a handle implements [`AsHandle`], which is where
//! the questions are that can be asked of any handle.
//!
//! ```
//! use transom::{AsHandle, Event};
//! let event = Event::builder().inheritable(true).create()?;
//! let second = event.duplicate()?;
//! assert_ne!(event.as_raw(), second.as_raw()); // another number,
//! assert_eq!(event.object_id()?, second.object_id()?); // the same object,
//! assert_eq!(event.usage_count()?, 2); // which is in use twice.
//! assert!(event.is_inheritable()? && !second.is_inheritable()?);
//! drop(second);
//! assert_eq!(event.usage_count()?, 1);
//! # Ok::<(), transom::Win32Error>(())
//! ```

mod as_handle;
mod duplicate;
mod owned;
pub mod pseudo;

pub use as_handle::AsHandle;
pub use duplicate::{Duplication, RemoteHandle};
pub use owned::{BorrowedHandle, OwnedHandle};
pub use transom_kernel::object::{ObjectId, ObjectType};
