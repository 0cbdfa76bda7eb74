//! Usage counts: up with every handle, down with every close, and the end of an object.

use super::child;
use crate::tour::Outcome;
use crate::tour::screen::Screen;
use crate::tour::stage::Stage;
use crate::tour::text;
use transom::{AsHandle, Event, table};

pub(super) fn usage_counts(screen: &mut Screen, stage: &Stage) -> Outcome {
    let event = Event::builder().inheritable(true).create()?;
    let object = event.object_id()?;
    let mut counts = vec![screen.count(text::COUNT_CREATED, object)?];
    let mut child = child(stage, true)?;
    counts.push(screen.count(text::COUNT_CHILD, object)?);
    stage.note(child.ask("spawn")?.parse()?);
    counts.push(screen.count(text::COUNT_GRANDCHILD, object)?);
    let copy = event.duplicate()?;
    counts.push(screen.count(text::COUNT_DUPLICATE, object)?);
    drop(copy);
    counts.push(screen.count(text::COUNT_CLOSED_COPY, object)?);
    child.ask("dismiss")?;
    counts.push(screen.count(text::COUNT_GRANDCHILD_ENDED, object)?);
    let closed = child.ask(&format!("close {}", event.as_raw()))?;
    counts.push(screen.count(text::COUNT_CHILD_CLOSED, object)?);
    screen.check(text::COUNTS_FOLLOW, closed == "ok" && counts == [1, 2, 3, 4, 3, 2, 1])?;
    let number = event.as_raw();
    drop(event);
    let left = screen.count(text::COUNT_LAST_CLOSED, object)?;
    screen
        .check(text::COUNT_DESTROYED, left == 0 && table::of_current()?.line(number).is_none())?;
    child.end()?;
    Ok(())
}
