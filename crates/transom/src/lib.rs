//! Win32 handles, pipes and processes in idiomatic Rust, native on Linux.

pub mod env;
