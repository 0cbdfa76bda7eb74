//! What the `transom` program is made of, as a library so that tests can reach it.
#![deny(unsafe_code)]

pub mod prompt;
