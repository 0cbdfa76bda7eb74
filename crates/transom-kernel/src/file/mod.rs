//! Ordinary files, consoles and the standard streams: what `ReadFile` and `WriteFile` work on.

mod descriptor;
mod object;
mod stream;

pub use descriptor::StandardStream;
pub(crate) use descriptor::Descriptor;
pub use object::File;
pub use stream::{FileType, Stream, read, write};
