//! Input and output that goes on while its caller does other things.
//!
//! A request that cannot be done at once is an [`Operation`] in a [`Lane`] of its object's
//! [`FileIo`]: first come, first served, together with callers that wait. Whoever learns that an
//! object has got further (its own calls, the [service thread](crate::executive)) *pumps* it: the
//! operation in front is stepped until it has to wait. What is done is told, in this order, by the
//! caller's [`StatusBlock`], an event or the object's own signal, and a packet for a completion
//! port or a call queued to the thread.
//!
//! # An object with requests in flight
//! 1. It has a [`FileIo`] inside, and its [`Stream::io`](crate::file::Stream::io) gives it.
//! 2. `Stream::read_operation` and `write_operation` make operations that hold the object and
//!    never block. Before one says [`Progress::Blocked`], it sees to it that
//!    [`FileIo::pump`] is called when it is worth a try.
//! 3. `KernelObject::last_handle_closed` calls [`FileIo::close`], and `Waitable` asks
//!    [`FileIo::source`] and [`FileIo::is_signalled`].
//! 4. What else can be pending (connecting, say) is an operation given to [`FileIo::submit`] or
//!    [`submit`].
//!
//! ```
//! use std::sync::{Arc, Mutex};
//! use transom_kernel::file::{FileType, ReadTarget, Stream, Transfer};
//! use transom_kernel::io::{
//!     Completion, FileIo, Lane, NtStatus, Operation, Outcome, Progress, Started, StatusBlock, submit,
//! };
//! use transom_kernel::object::{KernelObject, ObjectHeader, ObjectType, Shape};
//! use transom_kernel::{Result, Win32Error};
//!
//! struct Bell {
//!     header: ObjectHeader,
//!     io: FileIo,
//!     rings: Mutex<u32>,
//! }
//!
//! impl Bell {
//!     /// It has got further: whoever waits may go on. No lock that a step takes is held.
//!     fn ring(&self) {
//!         *self.rings.lock().unwrap() += 1;
//!         self.io.pump_lane(Lane::Control);
//!     }
//! }
//!
//! /// Waits for a ring, and takes it.
//! struct Await(Arc<Bell>);
//!
//! impl Operation for Await {
//!     fn step(&mut self) -> Progress {
//!         let mut rings = self.0.rings.lock().unwrap();
//!         let Some(left) = rings.checked_sub(1) else { return Progress::Blocked };
//!         *rings = left;
//!         Progress::Done(Outcome { error: None, bytes: 0 })
//!     }
//! }
//!
//! impl KernelObject for Bell {
//!     fn header(&self) -> &ObjectHeader {
//!         &self.header
//!     }
//!
//!     fn shape(&self) -> Shape<'_> {
//!         Shape::LOCAL
//!     }
//!
//!     fn last_handle_closed(&self) {
//!         self.io.close();
//!     }
//!
//!     fn stream(&self) -> Option<&dyn Stream> {
//!         Some(self)
//!     }
//! }
//!
//! impl Stream for Bell {
//!     fn io(&self) -> Option<&FileIo> {
//!         Some(&self.io)
//!     }
//!
//!     fn read(&self, _: &mut dyn ReadTarget, _: Option<u64>) -> Result<Transfer> {
//!         Err(Win32Error::INVALID_FUNCTION)
//!     }
//!
//!     fn write(&self, _: &[u8], _: Option<u64>) -> Result<usize> {
//!         Err(Win32Error::INVALID_FUNCTION)
//!     }
//!
//!     fn flush(&self) -> Result<()> {
//!         Ok(())
//!     }
//!
//!     fn file_type(&self) -> FileType {
//!         FileType::Char
//!     }
//! }
//!
//! /// In place of an `OVERLAPPED`.
//! struct Status(Arc<Mutex<NtStatus>>);
//!
//! impl StatusBlock for Status {
//!     fn address(&self) -> usize {
//!         Arc::as_ptr(&self.0).addr()
//!     }
//!
//!     fn set_pending(&self) {
//!         *self.0.lock().unwrap() = NtStatus::PENDING;
//!     }
//!
//!     fn store(&self, status: NtStatus, _information: usize) {
//!         *self.0.lock().unwrap() = status;
//!     }
//! }
//!
//! let header = ObjectHeader::new(ObjectType::File);
//! let bell = Arc::new(Bell { header, io: FileIo::new(true), rings: Mutex::new(0) });
//! let object: Arc<dyn KernelObject> = bell.clone();
//! let status = Arc::new(Mutex::new(NtStatus::SUCCESS));
//! let completion = Completion::new(Box::new(Status(status.clone())));
//! let started = submit(&object, Lane::Control, Box::new(Await(bell.clone())), completion)?;
//! assert_eq!((started, *status.lock().unwrap()), (Started::Pending, NtStatus::PENDING));
//! assert!(!bell.io.is_signalled());
//! bell.ring();
//! assert_eq!(*status.lock().unwrap(), NtStatus::SUCCESS);
//! assert!(bell.io.is_signalled());
//! # Ok::<(), Win32Error>(())
//! ```

mod cancel;
mod completion;
mod file_io;
pub(crate) mod gate;
mod lane;
#[cfg(test)]
mod model;
mod operation;
pub(crate) mod pool;
mod port;
mod request;
mod signal;
mod status;
pub mod synchronous;
pub(crate) mod worker;

pub(crate) use cancel::thread_was_terminated;
pub use cancel::{cancel, cancel_all, cancel_synchronous, thread_ends};
pub use completion::{Completion, StatusBlock};
pub(crate) use file_io::in_turn;
pub use file_io::{FileIo, Turn};
pub use lane::Lane;
pub use operation::{Operation, Outcome, Progress};
pub use pool::{Call, bind};
pub use port::{CompletionPort, Got, Packet, associate, create_port, get, post};
pub(crate) use request::wait_for;
pub use request::{Started, catch_up, read, set_notification_modes, submit, write};
pub use status::NtStatus;
