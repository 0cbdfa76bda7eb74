//! What this process keeps of objects that have no place of their own for a descriptor.

use crate::object::{ObjectHeader, ObjectId};
use crate::security::SecurityDescriptor;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

static KEPT: Mutex<Option<HashMap<ObjectId, SecurityDescriptor>>> = Mutex::new(None);

fn lock() -> MutexGuard<'static, Option<HashMap<ObjectId, SecurityDescriptor>>> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps an object's descriptor until the object is dropped.
#[cold]
pub(crate) fn keep(object: &ObjectHeader, descriptor: &SecurityDescriptor) {
    object.note_descriptor();
    lock().get_or_insert_default().insert(object.id(), descriptor.clone());
}

/// What is kept of an object.
pub(super) fn of(object: &ObjectHeader) -> Option<SecurityDescriptor> {
    lock().as_ref()?.get(&object.id()).cloned()
}

/// The object is no more.
#[cold]
pub(crate) fn forget(id: ObjectId) {
    if let Some(kept) = &mut *lock() {
        kept.remove(&id);
    }
}
