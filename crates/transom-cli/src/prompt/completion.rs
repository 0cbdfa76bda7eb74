//! What the Tab key completes.
//!
//! A command's first word: built-in commands, programs and scripts of `PATH`, files. `%`: variables.
//! After `kp`, `lp` and `handles`: processes. After `mailslot`: what it does, and mailslots. After `help`: commands. A `-` after a built-in
//! command: its options. Everywhere else: files.

use crate::builtins;
use crate::language::Language;
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper};
use std::collections::BTreeSet;
use std::path::Path;
use transom::{env, file, process, snapshot};

/// Completes what stands before the cursor.
#[derive(Debug, Default)]
pub(super) struct Completion;

impl Helper for Completion {}
impl Highlighter for Completion {}
impl Hinter for Completion {
    type Hint = String;
}
impl Validator for Completion {}

impl Completer for Completion {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        Ok(complete(line.get(..position).unwrap_or(line)))
    }
}

/// Where the word before the cursor begins, and what it may become.
fn complete(before: &str) -> (usize, Vec<Pair>) {
    let place = Place::of(before);
    let word = &before[place.word_start..];
    if let Some(percent) = open_percent(word) {
        let start = place.word_start + percent;
        return (start, variables(&before[start + 1..]));
    }
    let typed = word.trim_start_matches('"');
    let candidates = match place.command {
        None => commands(typed),
        Some(command) => arguments(command, typed),
    };
    (place.word_start, candidates)
}

/// What the word before the cursor is.
struct Place<'line> {
    word_start: usize,
    /// The command whose argument it is; it is the command itself, if none.
    command: Option<&'line str>,
}

impl<'line> Place<'line> {
    fn of(before: &'line str) -> Self {
        let mut quoted = false;
        let (mut word_start, mut first_word) = (0, None);
        for (index, character) in before.char_indices() {
            let next = index + character.len_utf8();
            match character {
                '"' => quoted = !quoted,
                _ if quoted => {}
                '&' | '|' | '(' | ')' => (word_start, first_word) = (next, None),
                ' ' | '\t' | '<' | '>' | '=' | ',' | ';' => {
                    if first_word.is_none() && word_start < index && !matches!(character, '<' | '>')
                    {
                        first_word = Some(&before[word_start..index]);
                    }
                    word_start = next;
                }
                _ => {}
            }
        }
        // After < or > stands a file, whatever comes before.
        let redirected = before[..word_start].trim_end().ends_with(['<', '>']);
        let command = if redirected { Some("") } else { first_word };
        Self { word_start, command: command.map(|word| word.trim_start_matches('@')) }
    }
}

/// Where a `%` stands that no other one closes.
fn open_percent(word: &str) -> Option<usize> {
    let odd = word.matches('%').count() % 2 == 1;
    odd.then(|| word.rfind('%')).flatten()
}

fn plain(text: impl Into<String>) -> Pair {
    let text = text.into();
    Pair { display: text.clone(), replacement: text }
}

fn begins(name: &str, typed: &str) -> bool {
    name.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

fn variables(typed: &str) -> Vec<Pair> {
    let names = env::vars().map(|(name, _)| name.to_string_lossy().into_owned());
    let fixed = ["ERRORLEVEL", "CD"].map(str::to_owned);
    let mut found: Vec<String> =
        names.chain(fixed).filter(|name| begins(name, typed) && !name.starts_with('=')).collect();
    found.sort();
    found.dedup();
    found.into_iter().map(|name| plain(format!("%{name}%"))).collect()
}

fn commands(typed: &str) -> Vec<Pair> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    if !typed.contains(['/', '\\']) {
        found.extend(builtins::names().filter(|name| begins(name, typed)).map(str::to_owned));
        for directory in process::search_path() {
            let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
            for entry in entries {
                let name = entry.file_name().to_string_lossy().into_owned();
                if !typed.is_empty() && name.starts_with(typed) && is_program(&entry.path()) {
                    found.insert(name);
                }
            }
        }
    }
    let mut pairs: Vec<Pair> = found.into_iter().map(plain).collect();
    pairs.extend(files(typed));
    pairs
}

fn is_program(path: &Path) -> bool {
    process::program_at(path).is_ok()
        || path.extension().is_some_and(|extension| extension == "cmd" || extension == "bat")
}

fn arguments(command: &str, typed: &str) -> Vec<Pair> {
    let builtin = builtins::find(command).map(|(builtin, _)| builtin);
    if let Some(builtin) = builtin
        && typed.starts_with('-')
    {
        let definition = (builtin.define)(Language::En);
        let long = definition.get_arguments().filter_map(|argument| argument.get_long());
        return long
            .map(|long| format!("--{long}"))
            .filter(|long| long.starts_with(typed))
            .map(plain)
            .collect();
    }
    match builtin.map(|builtin| builtin.name) {
        Some("kp" | "lp" | "handles") => processes(typed),
        Some("mailslot") => ["send", "receive"]
            .into_iter()
            .filter(|action| begins(action, typed))
            .map(plain)
            .chain(
                builtins::mailslots_beginning_with(typed)
                    .iter()
                    .map(|name| Pair { display: name.clone(), replacement: quoted(name) }),
            )
            .collect(),
        Some("pipe") => ["connect", "serve"]
            .into_iter()
            .filter(|action| begins(action, typed))
            .map(plain)
            .chain(
                builtins::pipes_beginning_with(typed)
                    .iter()
                    .map(|name| Pair { display: name.clone(), replacement: quoted(name) }),
            )
            .collect(),
        Some("help") => builtins::names().filter(|name| begins(name, typed)).map(plain).collect(),
        Some("cd") => {
            files(typed).into_iter().filter(|pair| pair.display.ends_with(['/', '\\'])).collect()
        }
        _ => files(typed),
    }
}

fn processes(typed: &str) -> Vec<Pair> {
    let all = snapshot::processes().unwrap_or_default();
    let names: BTreeSet<String> = all
        .iter()
        .map(|process| process.name.to_string_lossy().into_owned())
        .filter(|name| begins(name, typed))
        .collect();
    names.into_iter().map(|name| Pair { replacement: quoted(&name), display: name }).collect()
}

/// Files and directories that begin so; what has blanks or operators in it comes in quotes.
fn files(typed: &str) -> Vec<Pair> {
    let split = typed.rfind(['/', '\\']).map_or(0, |index| index + 1);
    let (directory, start) = typed.split_at(split);
    let place = if directory.is_empty() { "." } else { directory };
    let Ok(path) = file::linux_path(place) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with('.') && !start.starts_with('.');
        if hidden || !name.starts_with(start) {
            continue;
        }
        let separator = if directory.contains('\\') { "\\" } else { "/" };
        let end = if entry.path().is_dir() { separator } else { "" };
        let replacement = quoted(&format!("{directory}{name}{end}"));
        found.push(Pair { display: format!("{name}{end}"), replacement });
    }
    found.sort_by(|one, other| one.display.cmp(&other.display));
    found
}

fn quoted(text: &str) -> String {
    if text.contains([' ', '\t', '&', '|', '(', ')', '<', '>', '^', ',', ';', '=']) {
        format!("\"{text}\"")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::complete;

    fn replacements(before: &str) -> (usize, Vec<String>) {
        let (start, pairs) = complete(before);
        (start, pairs.into_iter().map(|pair| pair.replacement).collect())
    }

    #[test]
    fn a_first_word_becomes_a_command() {
        for before in ["expl", "lp & expl", "type x | expl", "(expl", "@expl"] {
            let (_, found) = replacements(before);
            let expected = if before.starts_with('@') { "" } else { "explain" };
            assert!(expected.is_empty() || found.contains(&expected.to_owned()), "{before}");
        }
    }

    #[test]
    fn arguments_become_options_commands_and_files() {
        assert_eq!(replacements("lp --js"), (3, vec!["--json".to_owned()]));
        assert_eq!(replacements("help expl").1, ["explain"]);
        assert!(replacements("mailslot s").1.contains(&"send".to_owned()));
        assert!(replacements("type /etc/pass").1.contains(&"/etc/passwd".to_owned()));
        assert!(replacements("lp >/etc/pass").1.contains(&"/etc/passwd".to_owned()));
        assert!(replacements("cd /et").1.contains(&"/etc/".to_owned()));
    }

    #[test]
    fn a_percent_sign_becomes_a_variable() {
        assert_eq!(replacements("echo a%ERRORL"), (6, vec!["%ERRORLEVEL%".to_owned()]));
        assert!(replacements("echo %CD%").1.is_empty());
    }
}
