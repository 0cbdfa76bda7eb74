//! A mutex with a name, whose owner is ended.

use super::{PATIENCE, child};
use crate::tour::Outcome;
use crate::tour::screen::Screen;
use crate::tour::stage::Stage;
use crate::tour::text;
use std::time::Duration;
use transom::{AsHandle, Mutex, table};

pub(super) fn abandoned(screen: &mut Screen, stage: &Stage) -> Outcome {
    let name = format!("tour-{}", std::process::id());
    let [mut owner, mut heir] = [child(stage, false)?, child(stage, false)?];
    let made = owner.ask(&format!("own {name}"))?;
    screen.fact(text::MUTEX_NAME, &name)?;
    let mutex = Mutex::open(&name)?;
    let holders = table::holders(mutex.object_id()?)?;
    let [ours, theirs] =
        [std::process::id(), owner.id()].map(|id| holders.iter().any(|(holder, _)| *holder == id));
    screen.check(text::MUTEX_FOUND, made == "owned" && ours && theirs)?;
    let table = table::of_current()?;
    let state = table.line(mutex.as_raw()).and_then(|line| table.state_of(line));
    let owned = state.map(|state| state.to_string()).unwrap_or_default();
    screen.fact(text::MUTEX_STATE, &owned)?;
    screen.check(
        text::MUTEX_OWNED,
        owned.starts_with(&format!("owned by {}/", owner.id()))
            && mutex.try_lock(Duration::ZERO)?.is_none()
            && heir.ask(&format!("own {name}"))? == "busy",
    )?;
    owner.process().terminate(1)?;
    owner.exit_code()?;
    let guard = mutex.try_lock(PATIENCE)?;
    screen.check(
        text::MUTEX_ABANDONED,
        guard.as_ref().is_some_and(transom::mutex::Guard::was_abandoned),
    )?;
    drop(guard);
    screen.check(text::MUTEX_INHERITED, heir.ask(&format!("own {name}"))? == "owned")?;
    screen.check(text::MUTEX_RELEASED, heir.ask("disown")? == "ok")?;
    heir.end()?;
    drop(mutex);
    // 2 is ERROR_FILE_NOT_FOUND.
    let gone = Mutex::open(&name).map_err(|error| error.code());
    screen.check(text::MUTEX_GONE, gone.is_err_and(|code| code == 2))?;
    Ok(())
}
