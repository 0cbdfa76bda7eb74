//! Ordinary files, consoles and the standard streams: what `ReadFile` and `WriteFile` work on;
//! and [Win32 paths](path).

mod descriptor;
mod object;
pub mod path;
mod stream;

pub(crate) use descriptor::Descriptor;
pub use descriptor::StandardStream;
pub use object::File;
pub(crate) use object::FLAVOUR;
pub use stream::{FileType, Stream, read, write};
