//! Ordinary files, consoles and the standard streams: what `ReadFile` and `WriteFile` work on;
//! and [Win32 paths](path).

pub mod adoption;
pub mod attributes;
pub(crate) mod deletion;
mod descriptor;
pub(crate) mod object;
pub mod open;
pub mod path;
pub mod position;
pub(crate) mod share;
mod stream;

pub use descriptor::StandardStream;
pub(crate) use descriptor::{Descriptor, StandardSet};
pub(crate) use object::FLAVOUR;
pub use object::File;
pub use open::create;
pub use stream::{
    FileType, ReadTarget, Stream, check_readable, check_writable, file_type, flush, read,
    read_bytes, write,
};
