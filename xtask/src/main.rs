//! Chores of this repository: `cargo xtask --help`.

mod oracle;
mod probes;
mod sanitize;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Chores of this repository")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Compares Transom with Wine: the programs of tests/oracle run on both, line by line
    ///
    /// A difference is right if tests/oracle/departures.txt says why. Needs Wine and MinGW: on Debian
    /// `apt-get install --no-install-recommends wine wine64 gcc-mingw-w64-x86-64`.
    Oracle(oracle::Options),
    /// Runs the samples and the programs of tests/oracle with the address sanitizer
    Sanitize,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().chore {
        Chore::Oracle(options) => oracle::run(&options),
        Chore::Sanitize => sanitize::run(),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("xtask: {trouble}");
            ExitCode::from(2)
        }
    }
}
