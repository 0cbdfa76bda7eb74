//! The pseudo handle, and `DuplicateHandle`.

use super::{PATIENCE, child};
use crate::tour::Outcome;
use crate::tour::screen::Screen;
use crate::tour::stage::Stage;
use crate::tour::text;
use transom::handle::pseudo;
use transom::table::Origin;
use transom::{AsHandle, Event, table};

pub(super) fn pseudo_handle(screen: &mut Screen, stage: &Stage) -> Outcome {
    let pseudo = pseudo::current_process();
    let before = table::of_current()?;
    screen.fact(text::PSEUDO_VALUE, pseudo.as_raw())?;
    screen.check(
        text::PSEUDO_IN_NO_TABLE,
        pseudo.as_raw() == -1 && before.lines_of(pseudo.object_id()?).next().is_none(),
    )?;
    let real = pseudo.duplicate()?;
    let after = table::of_current()?;
    screen.show(&after)?;
    screen.check(
        text::PSEUDO_REAL,
        real.as_raw() > 0
            && after.line(real.as_raw()).is_some_and(|line| Ok(line.object) == pseudo.object_id())
            && real.same_object_as(&pseudo)?,
    )?;
    let mut child = child(stage, false)?;
    let minus_one = child.ask("identify -1")?;
    screen.check(text::PSEUDO_THERE, minus_one == child.id().to_string())?;
    let there = pseudo.duplicate_into(child.process())?;
    let known = child.ask(&format!("identify {there}"))?;
    screen.check(text::PSEUDO_SENT, known == std::process::id().to_string())?;
    child.end()?;
    Ok(())
}

pub(super) fn into_a_running_child(screen: &mut Screen, stage: &Stage) -> Outcome {
    // The child runs before there is an event, so it cannot have inherited it.
    let mut child = child(stage, false)?;
    let event = Event::auto()?;
    let object = event.object_id()?;
    let had = table::of(child.id())?.lines_of(object).count();
    let there = event.duplicate_into(child.process())?;
    let (ours, theirs) = (table::of_current()?, table::of(child.id())?);
    let titles = [screen.say(text::PARENT), screen.say(text::CHILD)];
    screen.show(ours.beside(&theirs).titled(titles[0], titles[1]))?;
    screen.fact(text::DUPLICATED_NUMBERS, format!("{} -> {there}", event.as_raw()))?;
    let line = theirs.line(there.as_raw());
    screen.check(
        text::DUPLICATED_ADDRESS,
        had == 0 && line.is_some_and(|line| line.object == object),
    )?;
    screen.check(text::DUPLICATED_OTHER_NUMBER, there.as_raw() != event.as_raw())?;
    screen.check(
        text::DUPLICATED_ORIGIN,
        line.is_some_and(|line| line.origin == Origin::Duplicated(std::process::id())),
    )?;
    screen.check(text::DUPLICATED_COUNT, event.usage_count()? == 2)?;
    // The child has to be told the number; then the handle is as good as any.
    let answer = child.ask(&format!("set {there}"))?;
    screen.check(text::DUPLICATED_USED, answer == "ok" && event.wait(PATIENCE)?)?;
    let closed = child.ask(&format!("close {there}"))?;
    screen.check(text::DUPLICATED_CLOSED, closed == "ok" && event.usage_count()? == 1)?;
    child.end()?;
    Ok(())
}
