//! The operating-system layer of Transom: everything that needs `unsafe` to talk to Linux.
//!
//! Each module wraps one facility in a safe interface and argues every unsafe block. Nothing
//! here knows what a handle is; `transom-kernel` decides, this crate does.

pub mod errno;
