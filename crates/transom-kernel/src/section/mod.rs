//! Sections: memory that processes share by mapping it, of a file or of the "page file", which is
//! memory alone.
//!
//! A section is a descriptor that Linux maps: of a memfd that cannot be made smaller, or of the file
//! itself. A file that somebody cuts short while it is mapped ends who touches what is gone, with
//! `SIGBUS`; on Windows it could not be cut.

mod copy;
mod object;
mod view;

pub use copy::{read, size, write};
pub use object::{Section, create, open};
pub use view::{View, map};
