//! The operating-system layer of Transom: everything that needs `unsafe` to talk to Linux.
//!
//! Each module wraps one facility in a safe interface and argues every unsafe block. Nothing
//! here knows what a handle is; `transom-kernel` decides, this crate does. What `rustix` offers
//! safely is used from there directly and not wrapped again.

pub mod address;
pub mod control;
pub mod errno;
pub mod fiber;
pub mod futex;
pub mod heap;
pub mod inherited;
pub mod interruption;
pub mod keeper;
pub mod library;
pub mod mapping;
pub mod memory;
pub mod pidfd;
pub mod processor;
pub mod reachable;
pub mod record_lock;
pub mod remote_memory;
pub mod shared_bytes;
pub mod signal;
pub mod spawn;
pub mod startup;
pub mod suspension;
pub mod thread;
