//! Kernel objects: what handles refer to.
//!
//! # Adding a type
//! 1. Give it a number, a name and its rights in [`ObjectType`].
//! 2. Write the object with an [`ObjectHeader`] inside, and implement [`KernelObject`]: `shape`
//!    says which file descriptors and numbers make it up in another process.
//! 3. Teach `object::arrival` to make the object from such a shape.
//!
//! ```
//! use std::sync::Arc;
//! use transom_kernel::object::{KernelObject, ObjectHeader, ObjectType, Shape};
//! use transom_kernel::{Result, executive};
//!
//! struct Counter {
//!     header: ObjectHeader,
//! }
//!
//! impl KernelObject for Counter {
//!     fn header(&self) -> &ObjectHeader {
//!         &self.header
//!     }
//!
//!     // Nothing but memory of this process: it cannot be handed to another.
//!     fn shape(&self) -> Shape<'_> {
//!         Shape::LOCAL
//!     }
//! }
//!
//! let counter = Arc::new(Counter { header: ObjectHeader::new(ObjectType::Snapshot) });
//! let table = executive::current().table();
//! let handle = table.create(counter, 0, false)?;
//! assert_eq!(table.entry(handle.into())?.object.header().kind(), ObjectType::Snapshot);
//! table.close(handle.into())?;
//! # Ok::<(), transom_kernel::Win32Error>(())
//! ```

pub(crate) mod arrival;
pub mod creation;
mod id;
mod kind;
pub(crate) mod record;

pub use id::ObjectId;
pub use kind::{
    EVENT_MODIFY_STATE, GENERIC_RIGHTS, GenericMapping, IO_COMPLETION_MODIFY_STATE,
    JOB_OBJECT_ASSIGN_PROCESS, JOB_OBJECT_QUERY, JOB_OBJECT_SET_ATTRIBUTES, JOB_OBJECT_TERMINATE,
    MAXIMUM_ALLOWED, ObjectType, SYNCHRONIZE,
};

use crate::error::{Result, Win32Error};
use crate::file::Stream;
use crate::security::of_objects;
use crate::sync::dispatcher::Dispatcher;
use crate::sync::wait::Waitable;
use std::any::Any;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// What every kernel object begins with.
#[derive(Debug)]
pub struct ObjectHeader {
    id: ObjectId,
    kind: ObjectType,
    /// Whether this process keeps a security descriptor for it.
    has_descriptor: AtomicBool,
    /// Handles to it in this process's table; changed under the table's lock only.
    handles: AtomicU32,
}

impl Drop for ObjectHeader {
    #[inline]
    fn drop(&mut self) {
        if *self.has_descriptor.get_mut() {
            of_objects::forget(self.id);
        }
    }
}

impl ObjectHeader {
    /// The header of a new object.
    #[must_use]
    pub fn new(kind: ObjectType) -> Self {
        Self::with_id(kind, ObjectId::new())
    }

    /// The header of an object that has its identity already.
    pub(crate) const fn with_id(kind: ObjectType, id: ObjectId) -> Self {
        let has_descriptor = AtomicBool::new(false);
        Self { id, kind, has_descriptor, handles: AtomicU32::new(0) }
    }

    /// The object's address.
    #[must_use]
    pub const fn id(&self) -> ObjectId {
        self.id
    }

    /// The object's type.
    #[must_use]
    pub const fn kind(&self) -> ObjectType {
        self.kind
    }

    /// How many handles to it this process has.
    #[must_use]
    pub fn handles(&self) -> u32 {
        self.handles.load(Ordering::Relaxed)
    }

    /// Notes that a descriptor is kept for it, as long as it is there.
    pub(crate) fn note_descriptor(&self) {
        self.has_descriptor.store(true, Ordering::Relaxed);
    }

    /// Counts a handle. The table's lock makes load and store one step.
    pub(crate) fn handle_opened(&self) {
        self.handles.store(self.handles().wrapping_add(1), Ordering::Relaxed);
    }

    /// Stops counting a handle; whether it was the last. The table's lock makes load and store
    /// one step.
    pub(crate) fn handle_closed(&self) -> bool {
        let left = self.handles().wrapping_sub(1);
        self.handles.store(left, Ordering::Relaxed);
        left == 0
    }
}

/// What makes up an object, so that another process can hold it too.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    /// Whether it can leave this process at all.
    pub portable: bool,
    /// Its file descriptors.
    pub fds: [Option<BorrowedFd<'a>>; 2],
    /// Its numbers; what they mean is the type's affair.
    pub payload: [u64; 2],
}

impl Shape<'_> {
    /// The shape of an object that cannot leave its process.
    pub const LOCAL: Self = Self { portable: false, fds: [None; 2], payload: [0; 2] };
}

/// An object that handles can refer to.
pub trait KernelObject: Any + Send + Sync {
    /// Its header.
    fn header(&self) -> &ObjectHeader;

    /// What makes it up.
    fn shape(&self) -> Shape<'_>;

    /// Shows what makes it up: for objects whose descriptors change, as long as it is looked at.
    fn show(&self, look: &mut dyn FnMut(Shape<'_>)) {
        look(self.shape());
    }

    /// Called before another process learns of it.
    fn leaving(&self) {}

    /// Called when this process's last handle to it was closed, while operations may still be
    /// in progress on it.
    fn last_handle_closed(&self) {}

    /// Its bytes, if it can be read and written.
    fn stream(&self) -> Option<&dyn Stream> {
        None
    }

    /// The words that waits dispatch on, if it has such: its type's shortest way to them.
    fn dispatcher(&self) -> Option<&Dispatcher> {
        None
    }

    /// Whether this process holds a name with it.
    fn has_name(&self) -> bool {
        self.dispatcher().is_some_and(|dispatcher| dispatcher.slot().rendezvous().is_some())
    }

    /// How to wait on it, if it can be waited on.
    fn waitable(&self) -> Option<&dyn Waitable> {
        None
    }
}

/// Looks at what makes an object up.
pub(crate) fn with_shape<R>(
    object: &dyn KernelObject,
    look: impl FnOnce(Shape<'_>) -> R,
) -> Option<R> {
    let mut look = Some(look);
    let mut seen = None;
    object.show(&mut |shape| {
        if let Some(look) = look.take() {
            seen = Some(look(shape));
        }
    });
    seen
}

/// The object as its own type.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` when it is of another type.
pub fn downcast<T: KernelObject>(object: Arc<dyn KernelObject>) -> Result<Arc<T>> {
    let any: Arc<dyn Any + Send + Sync> = object;
    any.downcast().map_err(|_| Win32Error::INVALID_HANDLE)
}

/// The object as its own type, borrowed.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` when it is of another type.
pub fn downcast_ref<T: KernelObject>(object: &dyn KernelObject) -> Result<&T> {
    let any: &dyn Any = object;
    any.downcast_ref().ok_or(Win32Error::INVALID_HANDLE)
}
