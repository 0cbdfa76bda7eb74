//! What the tour prints, and the count of its checks.

use super::text::{self, Text};
use crate::language::{Language, Words};
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use transom::handle::ObjectId;
use transom::table;

/// The place the tour is shown at.
#[derive(Debug)]
pub(super) struct Screen {
    language: Language,
    colour: bool,
    held: usize,
    failed: usize,
}

/// How a piece of text is to look where there is colour.
#[derive(Clone, Copy)]
enum Look {
    Title,
    Good,
    Bad,
}

impl Screen {
    pub(super) fn new(language: Language) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = io::stdout().is_terminal() && !plain;
        Self { language, colour, held: 0, failed: 0 }
    }

    /// Whether every check held, and there were some.
    pub(super) fn all_held(&self) -> bool {
        self.failed == 0 && self.held > 0
    }

    /// The words in the tour's language.
    pub(super) fn say(&self, words: Words) -> &'static str {
        words.of(self.language)
    }

    fn look(&self, look: Look, text: &str) -> String {
        let code = match look {
            Look::Title => 1,
            Look::Good => 32,
            Look::Bad => 31,
        };
        if self.colour { format!("\u{1B}[{code}m{text}\u{1B}[0m") } else { text.into() }
    }

    /// Begins a step: its number, its title, its two lines.
    pub(super) fn step(&mut self, number: usize, text: &Text) -> io::Result<()> {
        let title = format!("{number}. {}", self.say(text.title));
        let title = self.look(Look::Title, &title);
        print(format_args!("\n{title}"))?;
        for line in text.lines {
            print(format_args!("   {}", self.say(line)))?;
        }
        Ok(())
    }

    /// Shows a picture of several lines.
    pub(super) fn show(&self, picture: impl Display) -> io::Result<()> {
        print(format_args!(""))?;
        for line in picture.to_string().lines() {
            print(format_args!("     {line}"))?;
        }
        print(format_args!(""))
    }

    /// Shows a fact that was found: what it is, and what was found.
    pub(super) fn fact(&self, words: Words, found: impl Display) -> io::Result<()> {
        print(format_args!("     {}: {found}", self.say(words)))
    }

    /// Shows who holds an object, as all tables say; how many handles that are.
    pub(super) fn count(&self, when: Words, object: ObjectId) -> super::Outcome<usize> {
        let holders = table::holders(object)?;
        let list: Vec<String> =
            holders.iter().map(|(process, line)| format!("{process}:{}", line.handle)).collect();
        let address = format!("{:#x}", object.get());
        let found = format!("{} ({address}) [{}]", holders.len(), list.join(", "));
        self.fact(when, found)?;
        Ok(holders.len())
    }

    /// Checks a claim and shows whether it holds.
    pub(super) fn check(&mut self, claim: Words, holds: bool) -> io::Result<()> {
        let verdict = if holds {
            self.held += 1;
            self.look(Look::Good, "ok    ")
        } else {
            self.failed += 1;
            self.look(Look::Bad, "FAILED")
        };
        print(format_args!("   {verdict} {}", self.say(claim)))
    }

    /// Shows that a step could not be shown to its end, which counts as a failed check.
    pub(super) fn broke_off(&mut self, error: &dyn std::error::Error) -> io::Result<()> {
        self.failed += 1;
        let verdict = self.look(Look::Bad, "FAILED");
        print(format_args!("   {verdict} {}: {error}", self.say(text::BROKE_OFF)))
    }

    pub(super) fn opening(&self) -> io::Result<()> {
        print(format_args!("{}", self.look(Look::Title, self.say(text::OPENING))))
    }

    pub(super) fn closing(&self) -> io::Result<()> {
        let (words, look) = if self.all_held() {
            (text::ALL_HELD, Look::Good)
        } else {
            (text::NOT_ALL_HELD, Look::Bad)
        };
        let checks = format!("{} / {}", self.held, self.held + self.failed);
        print(format_args!("\n{}: {checks}", self.look(look, self.say(words))))
    }
}

/// Prints a line; unlike `println!`, it does not panic when nobody reads.
fn print(line: std::fmt::Arguments<'_>) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}
