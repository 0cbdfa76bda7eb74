//! Named objects: one directory for all types, one file per name.
//!
//! The file is where processes meet; the object itself is in memory that its holders share. Each
//! holder has the file open with a shared lock on it, and passes that open file description on
//! with the object, to inheriting children and in duplications. So the kernel knows whether the
//! object is held, whatever becomes of the processes that hold it:
//! - who finds the file locked takes a lock too, and holds the object from then on;
//! - who finds it unlocked has found what a killed process left, and removes it;
//! - who closes the object tries to lock the file for itself alone; if it can, it was the last
//!   holder, and removes it.
//!
//! The file says which object it is and which processes have its memory open, from where an
//! opener takes it. Nothing in it is believed without a check: the memory must be a file of the
//! right device and number, sealed against shrinking, with the object's id at its place.

mod name;
mod rendezvous;
mod store;

pub(crate) use name::ObjectName;
pub(crate) use rendezvous::{Closed, Rendezvous, forks, is_unheld, note_fork};
pub(crate) use store::{
    Found, Seen, Turn, begin, change_security, describe, granted_to, is_held, keepers_in, look,
    look_at_all, may_open, name_in, name_in_file, note_keeper, open, security_in, sweep_objects,
};
