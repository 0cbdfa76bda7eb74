//! `transom cc`: compiles C and C++ sources of Windows programs with the system's compiler.
//!
//! | file | what it decides |
//! |---|---|
//! | [`options`] | what is asked for on the command line, and what goes to the compiler as it is |
//! | [`layout`] | where headers and libraries are |
//! | [`encoding`] | CP949, UTF-8 and UTF-16 become UTF-8 |
//! | [`source`] | what must change in a source's text before gcc reads it |
//! | [`includes`] | which file an `#include` means, whatever its case and slashes |
//! | [`build`] | wide or narrow text, C++ or C; running compiler and linker |
//! | [`install`] | the tree for others: headers, libraries, pkg-config and CMake files |
//! | [`run`] | starting a program with the library in reach |
//!
//! The user's sources are never changed: what has to be different is a copy in a temporary
//! directory, and `#line` keeps the user's names and lines in every message.

pub mod build;
pub mod encoding;
pub mod includes;
pub mod install;
pub mod layout;
pub mod options;
pub mod run;
pub mod source;

pub use build::main;
