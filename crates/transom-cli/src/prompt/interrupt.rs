//! Ctrl-C.
//!
//! The terminal sends it to everything in the foreground. Programs end by it; the prompt only
//! notes it, when somebody types: the rest of the line is then not run, and `wait` returns.
//! A prompt that reads no terminal ends by it like any program.

use rustix::termios::{OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::SIGINT;
use signal_hook::iterator::Signals;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use transom::Event;

/// Whether Ctrl-C was pressed, once somebody watches for it.
#[derive(Debug, Default)]
pub struct Interrupt {
    watched: Option<Watched>,
}

#[derive(Debug)]
struct Watched {
    pressed: Arc<AtomicBool>,
    event: Arc<Event>,
    terminal: Option<Terminal>,
}

#[derive(Debug)]
struct Terminal {
    /// As it was when the prompt began.
    before: Termios,
    /// As the prompt's programs find it: without Ctrl-Z, since nobody could let a stopped job go
    /// on.
    during: Termios,
}

impl Terminal {
    fn take() -> Option<Self> {
        let before = tcgetattr(rustix::stdio::stdin()).ok()?;
        let mut during = before.clone();
        during.special_codes[SpecialCodeIndex::VSUSP] = 0;
        let terminal = Self { before, during };
        terminal.set(&terminal.during);
        Some(terminal)
    }

    fn set(&self, how: &Termios) {
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Drain, how);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.set(&self.before);
    }
}

impl Interrupt {
    /// Takes Ctrl-C from now on, and Ctrl-Z off the terminal.
    ///
    /// # Errors
    /// What the operating system reports.
    pub fn watch() -> io::Result<Self> {
        let pressed = Arc::new(AtomicBool::new(false));
        let event = Arc::new(Event::manual()?);
        let mut signals = Signals::new([SIGINT])?;
        let noted = (Arc::clone(&pressed), Arc::clone(&event));
        std::thread::Builder::new().name("ctrl-c".into()).spawn(move || {
            for _ in signals.forever() {
                noted.0.store(true, Ordering::SeqCst);
                let _ = noted.1.set();
            }
        })?;
        let terminal = Terminal::take();
        Ok(Self { watched: Some(Watched { pressed, event, terminal }) })
    }

    /// Whether it was pressed since the last time this was cleared.
    #[must_use]
    pub fn happened(&self) -> bool {
        self.watched.as_ref().is_some_and(|watched| watched.pressed.load(Ordering::SeqCst))
    }

    /// Forgets that it was pressed.
    pub fn clear(&self) {
        if let Some(watched) = &self.watched {
            watched.pressed.store(false, Ordering::SeqCst);
            let _ = watched.event.reset();
        }
    }

    /// What is signalled when it is pressed.
    #[must_use]
    pub fn event(&self) -> Option<&Event> {
        self.watched.as_ref().map(|watched| &*watched.event)
    }

    /// Puts the terminal back to how jobs find it: one that was killed may have left it otherwise.
    pub(super) fn after_job(&self) {
        if let Some(terminal) = self.watched.as_ref().and_then(|watched| watched.terminal.as_ref())
        {
            terminal.set(&terminal.during);
        }
    }
}
