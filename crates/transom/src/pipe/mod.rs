//! Pipes: bytes or messages from one process to another.
//!
//! An [anonymous] pipe joins processes that are related: a parent and its child, or two children
//! of one parent. A [named] pipe joins any two, in both directions.

pub mod anonymous;
pub mod named;

pub use anonymous::{PipeReader, PipeWriter};
pub use named::{NamedPipeClient, NamedPipeEnd, NamedPipeServer};
