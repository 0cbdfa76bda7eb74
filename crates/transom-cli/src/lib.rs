//! What the `transom` program is made of, as a library so that tests can reach it.
//!
//! | room | what it has |
//! |---|---|
//! | [`grammar`] | from a typed line to a tree |
//! | [`prompt`] | running such trees: programs, pipelines, redirections, jobs, scripts, line editing |
//! | [`builtins`] | the built-in commands, and what is said of them in help, manual and completions |
//! | [`cc`] | compiling C and C++ sources of Windows programs |
//! | [`program`] | the program's own command line |
//! | `tour` | every capability at work between real processes |
//! | [`language`] | English and Korean |
#![deny(unsafe_code)]

pub mod builtins;
pub mod cc;
pub mod grammar;
pub mod language;
pub mod program;
pub mod prompt;
mod tour;
