//! The built-in commands.
//!
//! Each is a [`Builtin`]: its names, a definition from which help, manual and completions are
//! made, and what it does. To add one, write it in a file of its own and put it into [`ALL`].

mod arguments;
mod columns;
mod control;
mod directory;
mod echo;
mod explain;
mod handles;
mod help;
mod jobs;
mod kp;
mod lp;
mod mailslots;
mod pipe;
mod pipes;
mod set;
mod start;
mod subject;
mod type_files;
mod who;

use crate::grammar::{Word, split_builtin, split_words};
use crate::language::Language;
use crate::prompt::{Failure, Shell, Streams};
use std::sync::LazyLock;

pub(crate) use arguments::headings;
pub(crate) use help::nearest;
pub use help::overview;
pub(crate) use jobs::state as state_of;
pub use lp::table as process_table;
pub(crate) use mailslots::beginning_with as mailslots_beginning_with;
pub(crate) use pipes::beginning_with as pipes_beginning_with;

/// What a built-in command comes to: the code it sets `%ERRORLEVEL%` to, or none if it succeeds
/// without touching it.
pub type Outcome = Result<Option<u32>, Failure>;

/// A built-in command.
#[derive(Clone, Copy)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// Other names it has.
    pub aliases: &'static [&'static str],
    /// Whether it is also a command of the program: `transom lp`.
    pub outside: bool,
    /// What is said of it, and which arguments it takes.
    pub define: fn(Language) -> clap::Command,
    /// Runs it.
    pub run: fn(&mut Shell, &Call<'_>) -> Outcome,
}

/// A built-in command that is called.
pub struct Call<'a> {
    /// The command's name.
    pub name: &'static str,
    /// Everything after it, as typed.
    pub text: &'a str,
    /// Its standard handles.
    pub streams: &'a Streams,
}

impl Call<'_> {
    /// The arguments.
    #[must_use]
    pub fn words(&self) -> Vec<Word> {
        split_words(self.text)
    }

    /// The text after the name without the blanks around it.
    #[must_use]
    pub fn trimmed(&self) -> &str {
        self.text.trim_matches([' ', '\t'])
    }

    /// Writes what the command has to say.
    ///
    /// # Errors
    /// That it could not be written.
    pub fn print(&self, language: Language, text: impl AsRef<[u8]>) -> Result<(), Failure> {
        self.streams.print(text.as_ref()).map_err(|error| Failure::of_output(language, error))
    }
}

/// Every built-in command.
pub const ALL: &[Builtin] = &[
    lp::LP,
    kp::KP,
    handles::HANDLES,
    explain::EXPLAIN,
    who::WHO,
    pipes::PIPES,
    pipe::PIPE,
    mailslots::MAILSLOTS,
    mailslots::MAILSLOT,
    start::START,
    jobs::JOBS,
    jobs::WAIT,
    set::SET,
    echo::ECHO,
    type_files::TYPE,
    directory::CD,
    echo::CLS,
    control::CALL,
    control::GOTO,
    control::EXIT,
    help::HELP,
];

/// Finds the built-in command at the beginning of a command's raw first word, and the rest of the
/// word.
#[must_use]
pub fn find(raw: &str) -> Option<(&'static Builtin, &str)> {
    static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| names().collect());
    let (name, rest) = split_builtin(raw, &NAMES)?;
    Some((named(name)?, rest))
}

/// The built-in command of a name, in whatever case.
#[must_use]
pub fn named(name: &str) -> Option<&'static Builtin> {
    ALL.iter().find(|builtin| {
        let mut names = builtin.aliases.iter().chain([&builtin.name]);
        names.any(|known| known.eq_ignore_ascii_case(name))
    })
}

/// Every name of every built-in command.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().flat_map(|builtin| builtin.aliases.iter().copied().chain([builtin.name]))
}

#[cfg(test)]
mod tests {
    use super::{ALL, Language, find, named, names};
    use std::collections::BTreeSet;

    #[test]
    fn every_name_is_one_commands() {
        let all: Vec<_> = names().collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert_eq!(find("TaskList").map(|(found, rest)| (found.name, rest)), Some(("lp", "")));
        assert_eq!(find("cd..").map(|(found, rest)| (found.name, rest)), Some(("cd", "..")));
        assert!(find("\"lp\"").is_none());
        assert!(named("no such command").is_none());
    }

    #[test]
    fn every_definition_is_sound_in_both_languages() {
        for builtin in ALL {
            for language in [Language::En, Language::Ko] {
                let definition = (builtin.define)(language);
                assert_eq!(definition.get_name(), builtin.name);
                assert!(definition.get_about().is_some(), "{}", builtin.name);
                definition.debug_assert();
            }
        }
    }
}
