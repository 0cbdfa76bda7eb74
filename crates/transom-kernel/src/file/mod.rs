//! Ordinary files and standard handles, and how Win32 names them.

pub mod path;
