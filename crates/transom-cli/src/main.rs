//! The `transom` program.
#![deny(unsafe_code)]

mod tour;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use tour::text::Language;

/// Win32 handles, pipes and processes, native on Linux.
#[derive(Debug, Parser)]
#[command(name = "transom", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show handles, inheritance, pipes and the rest at work between real processes.
    ///
    /// Every table is read back from the system, and every claim is checked; the exit code is 0
    /// only if all of them hold.
    Tour {
        /// The language of the explanations; otherwise what LC_ALL, LC_MESSAGES or LANG ask for.
        #[arg(long, value_enum)]
        lang: Option<Language>,
    },
    /// A child process of the tour: does what its standard input says.
    #[command(name = tour::ROLE, hide = true)]
    TourChild,
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Tour { lang } => tour::run(lang.unwrap_or_else(Language::of_environment)),
        Command::TourChild => tour::role::play(),
    }
}
