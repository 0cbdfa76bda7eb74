//! Pipes.

pub mod anonymous;
pub mod state;

pub use anonymous::{PipeEnd, create, peek};
