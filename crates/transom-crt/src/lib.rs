//! The C runtime that Windows programs use, for Linux: `libtransom-crt.a`.
//!
//! The runtime is C (`crt/`), and so are its users; this crate's build script compiles it and leaves
//! the archive beside the programs that cargo builds, where `transom cc` looks for it. Rust code has
//! no use for it: the crate has only the archive's name.
//!
//! Every function has a name of its own for the linker (`transom_printf`), which the headers in
//! `include/` give to the names of the sources. So glibc's functions of those names stay what they
//! are for all other code of a program.

/// The archive's file name.
pub const ARCHIVE: &str = "libtransom-crt.a";
