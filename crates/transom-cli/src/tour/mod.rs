//! The tour: every capability at work between real processes, each claim checked.
//!
//! The other processes are this same program in a [`role`]; an [`actor`] is the tour's side of
//! one. They tell each other that they are ready through pipes, so nothing ever sleeps, and a
//! child whose pipe ends (because the tour is gone, in whatever way) ends too.

mod actor;
pub(crate) mod role;
mod screen;
mod stage;
mod steps;
mod text;

use crate::language::Language;
use screen::Screen;
use stage::Stage;

/// The subcommand that starts a child.
pub(crate) const ROLE: &str = "tour-child";

/// What a step comes to: nothing, or why it could not be shown to its end.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Shows everything; whether every check held.
pub(crate) fn run(language: Language) -> bool {
    let mut screen = Screen::new(language);
    let stage = Stage::new();
    let shown = show(&mut screen, &stage);
    shown.is_ok() && screen.all_held()
}

/// Fails only when there is nobody to show to any more.
fn show(screen: &mut Screen, stage: &Stage) -> std::io::Result<()> {
    screen.opening()?;
    for (number, step) in (1..).zip(&steps::ALL) {
        screen.step(number, &step.text)?;
        // A step that breaks off has ended its processes by then; the others are still shown.
        if let Err(error) = (step.show)(screen, stage) {
            screen.broke_off(&*error)?;
        }
    }
    screen.closing()
}
