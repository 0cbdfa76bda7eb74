//! Pipes.

pub mod anonymous;

pub use anonymous::{PipeEnd, create, peek};
