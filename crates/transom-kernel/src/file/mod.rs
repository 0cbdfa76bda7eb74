//! Ordinary files, consoles and the standard streams: what `ReadFile` and `WriteFile` work on;
//! and [Win32 paths](path).

mod descriptor;
pub(crate) mod object;
pub mod path;
pub mod positioned;
mod stream;

pub use descriptor::StandardStream;
pub(crate) use descriptor::{Descriptor, StandardSet};
pub(crate) use object::FLAVOUR;
pub use object::File;
pub use stream::{
    FileType, ReadTarget, Stream, check_readable, check_writable, file_type, flush, read,
    read_bytes, write,
};
