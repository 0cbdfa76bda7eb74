//! Win32 handles, pipes and processes in idiomatic Rust, native on Linux.
//!
//! A *handle* is a number in a process's handle table; the line it stands for names a kernel
//! *object* and says whether children *inherit* it. Objects live in no process: each handle, in
//! whatever process, counts one *usage*, and the last one that is closed ends the object.
//!
//! | module | what it has |
//! |---|---|
//! | [`handle`] | owned and borrowed handles, pseudo handles, `DuplicateHandle` |
//! | [`table`] | handle tables of this and other processes, side by side; who holds an object |
//! | [`process`] | `CreateProcess`, `OpenProcess`, exit codes, priorities, times |
//! | [`pipe`] | anonymous and named pipes, as [`Read`](std::io::Read) and [`Write`](std::io::Write) and with messages |
//! | [`mailslot`] | messages from many to one |
//! | [`file`](mod@file), [`standard`] | files and the standard handles |
//! | [`thread`], [`fiber`] | threads with handles, exit codes and priorities; functions that are left in their middle |
//! | [`Event`], [`Mutex`], [`Semaphore`], [`Timer`] | objects to wait for, with or without names |
//! | [`CompletionPort`] | a queue from which a few threads take what is done |
//! | [`Section`] | memory that processes share |
//! | [`security`] | who may open what has a name, and who may do what with files |
//! | [`wait`], [`apc`] | waiting for one or several objects; calls that interrupt a wait |
//! | [`snapshot`] | what the machine runs; finding and ending processes by name |
//! | [`mod@env`] | the environment |
//! | [`error`] | the one error type, a Win32 code |
//!
//! # A first program
//! A parent and its child see the same object under the same number:
//!
//! ```
//! use transom::{AsHandle, Command, Event, table};
//!
//! let shared = Event::builder().inheritable(true).create()?;
//! let private = Event::builder().create()?;
//! let child = Command::new("sleep").arg("60").inherit_handles(true).spawn()?;
//!
//! let theirs = table::of(child.id())?;
//! println!("{}", table::of_current()?.beside(&theirs));
//!
//! let inherited = theirs.line(shared.as_raw()).expect("the same number");
//! assert_eq!(inherited.object, shared.object_id()?); // the same object
//! assert!(inherited.is_inheritable()); // and grandchildren get it, too
//! assert!(theirs.lines_of(private.object_id()?).next().is_none());
//! assert_eq!(shared.usage_count()?, 2);
//!
//! child.terminate(300)?;
//! assert_eq!(child.wait()?, 300);
//! assert_eq!(shared.usage_count()?, 1);
//! # Ok::<(), transom::Win32Error>(())
//! ```
#![deny(unsafe_code)]

pub mod apc;
pub mod completion_port;
pub mod env;
pub mod error;
pub mod event;
pub mod fiber;
pub mod file;
pub mod handle;
pub mod mailslot;
pub mod mutex;
mod named;
pub mod pipe;
pub mod process;
pub mod section;
pub mod security;
pub mod semaphore;
pub mod snapshot;
pub mod standard;
pub mod table;
pub mod thread;
pub mod timer;
pub mod wait;

pub use completion_port::CompletionPort;
pub use error::{Result, Win32Error};
pub use event::Event;
pub use file::File;
pub use handle::{AsHandle, BorrowedHandle, OwnedHandle, RemoteHandle};
pub use mailslot::Mailslot;
pub use mutex::Mutex;
pub use process::{Child, Command, Process};
pub use section::Section;
pub use semaphore::Semaphore;
pub use timer::Timer;
