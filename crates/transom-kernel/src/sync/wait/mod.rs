//! Waiting for one object, any of several, or all of several.
//!
//! An object is waited for through a futex word in memory (events, mutexes, semaphores, timers)
//! or through a descriptor that becomes readable (processes, threads). Waits on words alone sleep
//! in `futex_waitv`, waits on descriptors alone in `poll`; where both kinds meet, the service
//! thread turns the descriptors into words.
//!
//! A waiter enlists with its objects before it sleeps and leaves their lists when it is done, so
//! that signalling costs no system call when nobody waits.
//!
//! A wait for all takes nothing until it can take everything: the words it would change are
//! locked (in the order of the objects' ids, which is the same in every process), looked at,
//! changed or not, and unlocked.

mod all;
mod any;
mod call;
pub(crate) mod clock;
mod sleeper;
mod source;

pub(crate) use any::{any, for_apcs};
pub(crate) use call::waitable_object;
pub use call::{many, many_ex, one, one_ex, signal_and_wait};
pub(crate) use clock::Deadline;
pub use source::{INFINITE, MOST_OBJECTS, Source, Waitable, Waited};
