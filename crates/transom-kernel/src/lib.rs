//! The object manager of Transom.
//!
//! The rooms are NT's own division. Each folder is one subsystem; its `mod.rs` says what it is
//! for. Data flows one way: the export layer converts and checks, this crate decides,
//! `transom-sys` does.
//!
//! 1. **The Linux kernel counts the references.** A kernel object is a set of file descriptors
//!    and shared pages; a process that is killed lets go of all of them, with nobody to tell.
//! 2. **Type before access.** A handle of the wrong type is `ERROR_INVALID_HANDLE`, whatever it
//!    may do; only then is a missing right `ERROR_ACCESS_DENIED`.
//! 3. **Look up, clone the reference, drop the lock, then act.** No lock is held across anything
//!    that can block.
//! 4. **Other processes are not believed.** Whatever is read from a file, socket or page that
//!    another process can write is checked before it is used.
#![deny(unsafe_code)]

pub mod console;
pub mod environment;
pub mod error;
pub mod executive;
pub mod file;
pub mod handle;
pub mod io;
pub mod job;
pub mod last_error;
pub mod locks;
pub mod mailslot;
pub mod memory;
pub mod message;
mod namespace;
pub mod nls;
pub mod object;
pub mod pipe;
pub mod pool;
pub mod process;
pub mod profile;
pub mod section;
pub mod security;
pub mod status;
pub mod sync;
pub mod system;
pub mod text;
pub mod thread;
pub mod time;

pub use error::{Result, Win32Error};

transom_sys::at_load!(executive::join, b"Transom\0");
