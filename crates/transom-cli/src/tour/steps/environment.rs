//! Environment variables: set, inherited, given, and changed in the child only.

use super::{child, child_with};
use crate::tour::Outcome;
use crate::tour::screen::Screen;
use crate::tour::stage::Stage;
use crate::tour::text;
use transom::env;

const NAME: &str = "Tour_Greeting";

pub(super) fn variables(screen: &mut Screen, stage: &Stage) -> Outcome {
    env::set_var(NAME, "parent's")?;
    let shown = compare(screen, stage);
    env::remove_var(NAME)?;
    shown
}

fn compare(screen: &mut Screen, stage: &Stage) -> Outcome {
    let ours = || env::var(NAME).map(|value| value.to_string_lossy().into_owned());
    let mut heir = child(stage, false)?;
    let inherited = heir.ask(&format!("env {}", NAME.to_uppercase()))?;
    screen.fact(text::VARIABLE_INHERITED, &inherited)?;
    screen.check(text::VARIABLE_IS_INHERITED, inherited == ours()?)?;

    let mut given = child_with(stage, false, |command| {
        command.env(NAME, "given");
    })?;
    let value = given.ask(&format!("env {NAME}"))?;
    screen.fact(text::VARIABLE_GIVEN, &value)?;
    screen.check(text::VARIABLE_IS_GIVEN, value == "given" && ours()? == "parent's")?;
    given.end()?;

    heir.ask(&format!("setenv {NAME} child's"))?;
    let changed = heir.ask(&format!("env {NAME}"))?;
    screen.fact(text::VARIABLE_CHANGED, format!("{changed} / {}", ours()?))?;
    screen.check(text::VARIABLE_STAYS, changed == "child's" && ours()? == "parent's")?;
    heir.end()?;
    Ok(())
}
