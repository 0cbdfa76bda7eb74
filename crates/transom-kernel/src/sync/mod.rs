//! Waitable objects and waiting.

pub(crate) mod arena;
pub mod event;
pub mod sleep;
pub mod wait;

pub use event::Event;
