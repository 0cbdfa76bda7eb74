//! Threads: how they begin, stop and end, and what belongs to each.
//!
//! A thread is one of the C library's. What Transom knows of it, its end and its exit code, is a
//! slot of the [arena](crate::sync), so that waiting for a thread of this process is waiting for
//! a word, and another process that holds a handle to it reads the same exit code. A thread that
//! Transom did not start (`pthread_create`, `std::thread`, the first one) gets its slot when it
//! first asks for itself.
//!
//! - [`create`](mod@create), [`end`], [`stop`]: the life of a thread;
//! - `present`: this thread, and the threads of this process by their ids;
//! - [`open`], [`priority`], [`about`]: what can be asked of one and changed;
//! - [`local`], [`fiber_local`]: thread-local and fiber-local storage; [`fiber`]: fibers.

pub mod about;
pub mod create;
pub mod end;
pub mod fiber;
pub mod fiber_local;
pub mod local;
mod object;
pub mod open;
pub(crate) mod present;
pub mod priority;
pub mod stop;

pub use create::{NewThread, create};
pub use object::Thread;
pub(crate) use present::current_thread;
pub use present::current_thread_id;
