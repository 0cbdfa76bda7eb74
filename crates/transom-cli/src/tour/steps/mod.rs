//! The steps of the tour, in their order. Each starts its own processes and ends them.

mod copies;
mod counts;
mod environment;
mod inheritance;
mod mailslots;
mod mutexes;
mod named_pipes;
mod pipes;
mod processes;

use super::screen::Screen;
use super::stage::Stage;
use super::text::{self, Text};
use super::{Outcome, actor::Actor};
use std::time::Duration;
use transom::Command;

/// One step.
pub(super) struct Step {
    pub(super) text: Text,
    pub(super) show: fn(&mut Screen, &Stage) -> Outcome,
}

pub(super) const ALL: [Step; 16] = [
    Step { text: text::TABLE, show: inheritance::one_table },
    Step { text: text::INHERITED, show: inheritance::inherited },
    Step { text: text::NOT_INHERITED, show: inheritance::not_inherited },
    Step { text: text::GRANDCHILD, show: inheritance::grandchild },
    Step { text: text::COUNTS, show: counts::usage_counts },
    Step { text: text::PSEUDO, show: copies::pseudo_handle },
    Step { text: text::DUPLICATED, show: copies::into_a_running_child },
    Step { text: text::PIPES, show: pipes::between_parent_and_child },
    Step { text: text::MESSAGES, show: named_pipes::conversation },
    Step { text: text::BUSY, show: named_pipes::busy },
    Step { text: text::KILLED, show: named_pipes::killed_client },
    Step { text: text::MAILSLOTS, show: mailslots::many_writers_one_reader },
    Step { text: text::MUTEX, show: mutexes::abandoned },
    Step { text: text::ENVIRONMENT, show: environment::variables },
    Step { text: text::PROCESSES, show: processes::list_and_kill },
    Step { text: text::AFTERWARDS, show: processes::nothing_is_left },
];

/// How long to wait for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A child of the tour, with all inheritable handles or with none.
fn child(stage: &Stage, inherit: bool) -> Outcome<Actor> {
    child_with(stage, inherit, |_| ())
}

/// A child that is started in a special way.
fn child_with(
    stage: &Stage,
    inherit: bool,
    prepare: impl FnOnce(&mut Command<'_>),
) -> Outcome<Actor> {
    Actor::start(&|command| stage.start(command), inherit, prepare)
}
