//! Named pipes: names, instances, connecting, and the ends of connections.
//!
//! Each name has a file in the namespace directory, which says what all instances have in common
//! and which processes [serve](served) the name. A client finds a process there and comes in
//! through its [door], a listening socket; the service thread checks who it is and answers with
//! the memory of the connection. From then on the two sides use the
//! [channel](crate::pipe::channel) and nobody else is involved. The socket stays as the
//! connection's lifeline.
//!
//! A server's end has one connection after the other, each with memory of its own, so that a
//! client that was disconnected cannot see or touch what the next one writes. Only the same client
//! may use the memory of its last connection [again](reserve).

mod access;
mod calls;
mod client;
mod connection;
pub(crate) mod door;
mod following;
mod hangup;
mod heir;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod hostile;
mod impersonation;
mod inspect;
mod list;
mod listening;
mod object;
mod overlapped;
pub(crate) mod pump;
mod reading;
mod registry;
mod reserve;
pub(crate) mod security;
mod served;
mod server;

pub(in crate::pipe) use calls::end_of;
pub use calls::{call, client_computer, process_id, transact};
pub use client::wait;
pub(crate) use client::{ClientRequest, open};
pub use impersonation::{client_user, impersonate, revert};
pub(crate) use inspect::name_of;
pub use inspect::{Instance, PipeState, instances, state_of};
pub(crate) use list::sweep_pipes;
pub use list::{Listed, pipes};
pub(crate) use object::FLAVOUR;
pub use object::NamedPipe;
pub use overlapped::{connect_overlapped, transact_overlapped};
pub(crate) use served::leave_all;
pub use server::{NewPipe, create};

/// The locks of this room, held around a `fork`.
pub(crate) struct Frozen {
    served: served::Frozen,
    reserve: reserve::Frozen,
    _door: door::Frozen,
    _hangups: hangup::Frozen,
}

/// Takes the locks of this room.
pub(crate) fn freeze() -> Frozen {
    let door = door::freeze();
    let served = served::freeze();
    let reserve = reserve::freeze();
    Frozen { served, reserve, _door: door, _hangups: hangup::freeze() }
}

impl Frozen {
    /// In the new process: it serves nothing.
    pub(crate) fn start_anew(&mut self) {
        self.served.start_anew();
        self.reserve.start_anew();
    }
}
