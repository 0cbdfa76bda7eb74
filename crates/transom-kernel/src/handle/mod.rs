//! Handles: the numbers programs hold, and the table that says what they mean.
//!
//! The seed's picture of a process handle table, and where its columns are:
//!
//! | handle | address | inherit |
//! |---|---|---|
//! | [`HandleValue`] | [`ObjectId`](crate::object::ObjectId) | [`HandleFlags::INHERIT`] |
//! | 256 | 0x2400 | Y |
//!
//! Each process has its own table ([`table`]), and shows it to others in a file ([`published`]).
//! Handles reach other processes when a child [inherits](inherit) them or when somebody
//! [duplicates](duplicate) them.

pub mod duplicate;
mod entry;
pub mod information;
pub mod inherit;
pub mod names;
pub mod published;
mod slots;
pub mod table;
mod value;

pub use entry::{Entry, HandleFlags, Origin};
pub use value::{Handle, HandleValue, PseudoHandle};
pub(crate) use value::{INCOMING_SLOTS, Slot};
