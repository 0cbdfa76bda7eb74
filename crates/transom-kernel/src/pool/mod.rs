//! Thread pools: work that is called on threads nobody made for it, at once, at a time, or when an
//! object is signalled.
//!
//! A process that is forked has none of the threads, and what was to be called is forgotten there.

mod calls;
mod timers;
mod workers;

pub use calls::{Calls, Ticket};
pub use timers::Timer;
pub use workers::{Pool, default_pool};
