//! The seed's first pictures: a handle table, and what a child has of it.

use super::{PATIENCE, child};
use crate::tour::Outcome;
use crate::tour::screen::Screen;
use crate::tour::stage::Stage;
use crate::tour::text;
use transom::{AsHandle, Event, table};

/// An event that children inherit, and one that they do not.
fn two_events() -> Outcome<(Event, Event)> {
    Ok((Event::builder().inheritable(true).create()?, Event::auto()?))
}

pub(super) fn one_table(screen: &mut Screen, _stage: &Stage) -> Outcome {
    let (shared, private) = two_events()?;
    let table = table::of_current()?;
    screen.show(&table)?;
    let line_of = |event: &Event| table.line(event.as_raw());
    screen.check(
        text::TABLE_HAS_BOTH,
        line_of(&shared).is_some_and(|line| line.is_inheritable())
            && line_of(&private).is_some_and(|line| !line.is_inheritable()),
    )?;
    screen.check(
        text::TABLE_NUMBERS,
        table.lines.iter().all(|line| line.handle > 0 && line.handle % 4 == 0),
    )?;
    screen.check(text::TABLE_ADDRESSES, shared.object_id()? != private.object_id()?)?;
    Ok(())
}

pub(super) fn inherited(screen: &mut Screen, stage: &Stage) -> Outcome {
    let (shared, private) = two_events()?;
    let mut child = child(stage, true)?;
    let (ours, theirs) = (table::of_current()?, table::of(child.id())?);
    let titles = [screen.say(text::PARENT), screen.say(text::CHILD)];
    screen.show(ours.beside(&theirs).titled(titles[0], titles[1]))?;
    let inherited = theirs.line(shared.as_raw());
    screen.check(
        text::INHERITED_SAME,
        inherited.is_some_and(|line| Some(line.object) == shared.object_id().ok()),
    )?;
    screen.check(text::INHERITED_FLAG, inherited.is_some_and(|line| line.is_inheritable()))?;
    screen.check(
        text::INHERITED_NOT_PRIVATE,
        theirs.lines_of(private.object_id()?).next().is_none(),
    )?;
    let answer = child.ask(&format!("set {}", shared.as_raw()))?;
    screen.check(text::INHERITED_USED, answer == "ok" && shared.wait(PATIENCE)?)?;
    child.end()?;
    Ok(())
}

pub(super) fn not_inherited(screen: &mut Screen, stage: &Stage) -> Outcome {
    let (shared, private) = two_events()?;
    let mut child = child(stage, false)?;
    let (ours, theirs) = (table::of_current()?, table::of(child.id())?);
    let titles = [screen.say(text::PARENT), screen.say(text::CHILD)];
    screen.show(ours.beside(&theirs).titled(titles[0], titles[1]))?;
    screen.check(
        text::NOTHING_INHERITED,
        theirs.lines_of(shared.object_id()?).next().is_none()
            && theirs.lines_of(private.object_id()?).next().is_none(),
    )?;
    // The number means nothing there: 6 is ERROR_INVALID_HANDLE.
    let answer = child.ask(&format!("set {}", shared.as_raw()))?;
    screen.check(text::NUMBER_MEANS_NOTHING, answer == "error 6" && !shared.is_signalled()?)?;
    child.end()?;
    Ok(())
}

pub(super) fn grandchild(screen: &mut Screen, stage: &Stage) -> Outcome {
    let (shared, _private) = two_events()?;
    let mut child = child(stage, true)?;
    let grandchild: u32 = child.ask("spawn")?.parse()?;
    stage.note(grandchild);
    let (childs, grandchilds) = (table::of(child.id())?, table::of(grandchild)?);
    let titles = [screen.say(text::CHILD), screen.say(text::GRANDCHILD_TITLE)];
    screen.show(childs.beside(&grandchilds).titled(titles[0], titles[1]))?;
    let object = shared.object_id()?;
    screen.check(
        text::GRANDCHILD_SAME,
        [&childs, &grandchilds].iter().all(|table| {
            table
                .line(shared.as_raw())
                .is_some_and(|line| line.object == object && line.is_inheritable())
        }),
    )?;
    let answer = child.ask(&format!("tell set {}", shared.as_raw()))?;
    screen.check(text::GRANDCHILD_USED, answer == "ok" && shared.wait(PATIENCE)?)?;
    child.ask("dismiss")?;
    child.end()?;
    Ok(())
}
