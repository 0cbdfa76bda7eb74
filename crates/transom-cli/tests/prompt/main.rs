//! The command prompt as its users run it: real processes, real terminals, real kills.

mod ground;
mod leaks;
mod processes;
mod scripts;
mod terminal;
