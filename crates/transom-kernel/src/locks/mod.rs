//! Locks in the program's own memory: critical sections, slim reader-writer locks, condition
//! variables, one-time initialisation, waiting on an address.
//!
//! None of them is a kernel object: a lock is some words wherever the program has put them, zero
//! where Windows says so, and costs no system call as long as nobody waits. The export layer
//! makes atomics of the words; here is what is done with them.
//!
//! The algorithms take [words](Word), which sleep and wake by private futexes, and in the model
//! checker's tests by what that offers instead.

pub mod address;
mod condition;
mod critical_section;
mod gate;
#[cfg(test)]
mod model;
mod once;
mod slim;
mod word;

pub use condition::ConditionVariable;
pub use critical_section::CriticalSection;
pub use once::{Begun, Once};
pub use slim::SlimLock;
pub use word::{Deadline, Word};
