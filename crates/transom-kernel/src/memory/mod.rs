//! Memory by its addresses: what `VirtualAlloc` reserves and commits, and the views of sections.
//!
//! Both are ranges of addresses in one table. What else the process has in memory (programs,
//! stacks, the C library's heap) is Linux', and is only told about.

mod maps;
mod protection;
mod region;
mod table;

pub use protection::access_of;
pub(crate) use region::Region;
pub(crate) use table::{Frozen, freeze, insert_view};
pub use table::{Information, allocate, flush_view, free, lock, protect, query, unmap_view};

/// The size of a page.
pub const PAGE: usize = 4096;
/// What addresses of reservations and views are multiples of.
pub const GRANULARITY: usize = 65536;
