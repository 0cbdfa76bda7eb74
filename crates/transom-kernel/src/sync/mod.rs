//! Waitable objects and waiting.
//!
//! An object's state is a slot of the [arena](arena), which processes share; the
//! [machine](machine) says what happens to it. Waiting is in [`wait`].

pub mod apc;
pub(crate) mod arena;
pub(crate) mod dispatcher;
pub mod event;
pub(crate) mod identity;
pub mod inspect;
pub(crate) mod machine;
#[cfg(test)]
mod model;
pub(crate) mod moment;
pub mod mutex;
pub mod registered;
pub mod semaphore;
pub mod sleep;
pub(crate) mod state_word;
pub mod timer;
pub mod wait;

pub use event::Event;
pub use mutex::Mutex;
pub use semaphore::Semaphore;
pub use timer::Timer;
