//! Input and output that goes on while its caller does other things.
//!
//! A request that cannot be done at once is an [`Operation`] in a [`Lane`] of its object's
//! [`FileIo`]: first come, first served, together with callers that wait. Whoever learns that an
//! object has got further (its own calls, the [service thread](crate::executive)) *pumps* it: the
//! operation in front is stepped until it has to wait. What is done is told, in this order, by the
//! caller's [`StatusBlock`], an event or the object's own signal, and a packet for a completion
//! port or a call queued to the thread.
//!
//! # An object with requests in flight
//! 1. It has a [`FileIo`] inside, and its [`Stream::io`](crate::file::Stream::io) gives it.
//! 2. `Stream::read_operation` and `write_operation` make operations that hold the object and
//!    never block. Before one says [`Progress::Blocked`], it sees to it that
//!    [`FileIo::pump`] is called when it is worth a try.
//! 3. `KernelObject::last_handle_closed` calls [`FileIo::close`], and `Waitable` asks
//!    [`FileIo::source`] and [`FileIo::is_signalled`].
//! 4. What else can be pending (connecting, say) is an operation given to [`FileIo::submit`] or
//!    [`submit`].

mod cancel;
mod completion;
mod file_io;
pub(crate) mod gate;
mod lane;
#[cfg(test)]
mod model;
mod operation;
pub(crate) mod pool;
mod port;
mod request;
mod signal;
mod status;
pub mod synchronous;
pub(crate) mod worker;

pub(crate) use cancel::thread_was_terminated;
pub use cancel::{cancel, cancel_all, cancel_synchronous, thread_ends};
pub use completion::{Completion, StatusBlock};
pub(crate) use file_io::in_turn;
pub use file_io::{FileIo, Turn};
pub use lane::Lane;
pub use operation::{Operation, Outcome, Progress};
pub use pool::{Call, bind};
pub use port::{CompletionPort, Got, Packet, associate, create_port, get, post};
pub(crate) use request::wait_for;
pub use request::{Started, read, set_notification_modes, submit, write};
pub use status::NtStatus;
