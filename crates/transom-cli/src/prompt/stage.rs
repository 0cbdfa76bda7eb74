//! A child prompt: runs a stage of a pipeline, or a command in the background.
//!
//! It is this same program, told by its arguments what it runs and on whose behalf. What it runs
//! was expanded already.

use super::shell::{Ending, Shell};
use super::streams::Streams;
use crate::grammar::{Node, parse};
use crate::language::Language;
use serde_json::{Value, json};
use std::ffi::OsString;

/// The first argument of a child prompt.
pub const ARGUMENT: &str = "--stage";

/// The arguments that make this program a child prompt.
pub(super) fn arguments(shell: &Shell, node: &Node) -> [OsString; 3] {
    let state = json!({
        "process": shell.process_id,
        "errorlevel": shell.errorlevel(),
        "jobs": shell.jobs.to_json(),
    });
    [ARGUMENT.into(), state.to_string().into(), node.to_string().into()]
}

/// Runs what a prompt has asked for; the exit code. `None` if nothing that makes sense was asked.
#[must_use]
pub fn run(language: Language, state: &str, line: &str) -> Option<u32> {
    let state: Value = serde_json::from_str(state).ok()?;
    let number = |name: &str| state[name].as_u64().and_then(|number| u32::try_from(number).ok());
    let node = parse(line).ok()??;
    let mut shell = Shell::new(language);
    shell.process_id = number("process")?;
    shell.set_errorlevel(number("errorlevel")?);
    shell.jobs = super::jobs::Jobs::of_json(&state["jobs"]);
    let code = shell.run(&node, &Streams::own());
    match shell.take_ending() {
        Some(Ending::Exit(code) | Ending::ExitScript(code)) => Some(code),
        _ => Some(code),
    }
}
