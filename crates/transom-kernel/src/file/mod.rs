//! Ordinary files, consoles and the standard streams: what `ReadFile` and `WriteFile` work on;
//! and [Win32 paths](path).

pub mod adoption;
pub mod attributes;
pub mod change;
pub(crate) mod deletion;
mod descriptor;
pub mod find;
pub mod information;
pub mod lock;
pub mod names;
pub(crate) mod object;
pub mod open;
mod overlapped;
pub mod path;
pub mod position;
pub mod replace;
pub(crate) mod share;
mod stream;
mod wildcard;

pub use descriptor::StandardStream;
pub(crate) use descriptor::{Descriptor, StandardSet};
pub(crate) use object::FLAVOUR;
pub use object::File;
pub use open::create;
pub(crate) use stream::stream_of;
pub use stream::{
    FileType, ReadTarget, Stream, Transfer, WriteSource, check_readable, check_writable, file_type,
    flush, read, read_bytes, write,
};
