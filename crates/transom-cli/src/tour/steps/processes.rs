//! The process list, and ending a process by its name; and that nothing of the tour is left.

use super::child;
use crate::tour::Outcome;
use crate::tour::screen::Screen;
use crate::tour::stage::Stage;
use crate::tour::text;
use std::fmt::Write;
use transom::{snapshot, table};

/// More than the eight bits that Linux keeps of an exit code.
const CODE: u32 = 300;

pub(super) fn list_and_kill(screen: &mut Screen, stage: &Stage) -> Outcome {
    let tour = std::process::id();
    // A name that no other process has, so that nobody else is ended.
    let name = format!("tour-{tour}");
    let mut victims = [child(stage, false)?, child(stage, false)?];
    for victim in &mut victims {
        victim.ask(&format!("rename {name}"))?;
    }
    let all = snapshot::processes()?;
    screen.fact(text::LIST_LENGTH, all.len())?;
    let mut list = String::from("    id  parent threads name");
    for process in all.iter().filter(|entry| entry.id == tour || entry.parent_id == tour) {
        let name = process.name.to_string_lossy();
        let (id, parent, threads) = (process.id, process.parent_id, process.threads);
        write!(list, "\n{id:>6}  {parent:>6} {threads:>7} {name}")?;
    }
    screen.show(list)?;
    let is_listed = |id: u32| all.iter().any(|entry| entry.id == id && entry.parent_id == tour);
    screen.check(text::LIST_HAS_ALL, victims.iter().all(|victim| is_listed(victim.id())))?;

    let mut found: Vec<u32> =
        snapshot::find_by_name(&name)?.iter().map(|process| process.id).collect();
    found.sort_unstable();
    let mut ids = victims.each_ref().map(|victim| victim.id());
    ids.sort_unstable();
    screen.fact(text::NAME_TO_ID, format!("{name} -> {found:?}"))?;
    screen.check(text::NAME_FOUND, found == ids)?;
    let killed = snapshot::kill_by_name(&name, CODE)?;
    screen.check(
        text::KILLED_BOTH,
        killed.len() == victims.len() && killed.iter().all(|killed| killed.result.is_ok()),
    )?;
    let codes = [victims[0].exit_code()?, victims[1].exit_code()?];
    screen.fact(text::KILLED_CODES, format!("{codes:?}"))?;
    screen.check(text::KILLED_CODE, codes == [CODE; 2])?;
    screen.check(text::KILLED_GONE, snapshot::find_by_name(&name)?.is_empty())?;
    // 5 is ERROR_ACCESS_DENIED.
    let again = victims[0].process().terminate(1).map_err(|error| error.code());
    let code = victims[0].exit_code()?;
    screen.check(text::KILLED_TWICE, again == Err(5) && code == CODE)?;
    Ok(())
}

pub(super) fn nothing_is_left(screen: &mut Screen, stage: &Stage) -> Outcome {
    let started = stage.started();
    let running = snapshot::processes()?;
    let published = table::processes()?;
    screen.fact(text::STARTED, started.len())?;
    screen.check(
        text::NO_PROCESS_LEFT,
        !started.is_empty() && started.iter().all(|id| running.iter().all(|p| p.id != *id)),
    )?;
    screen.check(text::NO_TABLE_LEFT, started.iter().all(|id| !published.contains(id)))?;
    Ok(())
}
