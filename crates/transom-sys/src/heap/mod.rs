//! Heaps: blocks of the C library's that know their size and which heap they are of.
//!
//! Before each block are thirty-two bytes that say so. They also carry a mark made from the block's
//! address, by which a pointer that is no block is told, as far as looking there is possible; and in
//! the process's heap the blocks before and behind.
//!
//! A heap can be locked: all other threads' operations then wait.

mod blocks;
mod chain;
mod gate;

pub use blocks::{Growth, Heap, compact};
