//! Pipes.

pub mod anonymous;
pub mod channel;
pub mod named;
pub mod state;

pub use anonymous::{PipeEnd, create, peek};
