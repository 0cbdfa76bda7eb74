//! Mailslots: whole messages from many writers to one reader, who is never waited for.
//!
//! A mailslot is a [`queue`](mod@queue) in memory that its reading ends and its writers share, and
//! a name that the reading ends hold as named objects are held (see
//! [`namespace`](crate::namespace)): with a lock that passes on with the reading end, to
//! inheriting children and in duplications. So the kernel knows whether somebody can still read,
//! whatever became of the reader, and each write asks it.
//!
//! - Writers of the reader's user, and root, have the memory. They trust each other as far as
//!   processes of one user must; what is read of it is checked all the same.
//! - Writers of another user never get it. Their messages go through the mailbox of a process that
//!   holds the reading end, whose service thread looks at the socket's credentials and the
//!   security descriptor, and puts the message into the queue.
//!
//! Reference: <https://learn.microsoft.com/windows/win32/ipc/mailslots>

mod broadcast;
mod client;
pub(crate) mod delivery;
mod inspect;
mod layout;
mod lock;
mod open;
mod overlapped;
mod queue;
mod segment;
mod server;
mod slot;

#[cfg(test)]
mod properties;

pub(crate) use inspect::name_of;
pub use inspect::{Listed, list, state_of};
pub(crate) use open::{arrived, open};
pub use queue::Waiting;
pub use server::{Information, MailslotServer, Settings, create, information, set_read_timeout};

/// `MAILSLOT_WAIT_FOREVER`: a read waits until a message comes.
pub const WAIT_FOREVER: u32 = u32::MAX;
/// What may wait in a mailslot: messages, with 24 bytes for each, its length filled up to a
/// multiple of eight.
pub const CAPACITY: u64 = layout::CAPACITY;
/// As [`CAPACITY`], for messages of other users.
pub const CAPACITY_FOR_OTHERS: u64 = layout::CAPACITY_FOR_OTHERS;

/// What makes the reading end among the objects of type "File" (the first number of its shape).
const SERVER_FLAVOUR: u64 = 4;
/// What makes a writer.
pub(crate) const CLIENT_FLAVOUR: u64 = 5;
/// What makes a writer to all mailslots of a name.
const BROADCAST_FLAVOUR: u64 = 6;

/// Whether a shape's first number is that of an end of a mailslot.
pub(crate) const fn has_flavour(flavour: u64) -> bool {
    matches!(flavour, SERVER_FLAVOUR | CLIENT_FLAVOUR | BROADCAST_FLAVOUR)
}
