//! Pipes: bytes from one process to another.
//!
//! An [anonymous] pipe joins processes that are related: a parent and its child, or two children
//! of one parent.

pub mod anonymous;

pub use anonymous::{PipeReader, PipeWriter};
