//! The `transom` program.
#![deny(unsafe_code)]
#![no_main]

transom_sys::entry!(transom_cli::program::main);
