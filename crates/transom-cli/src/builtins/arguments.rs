//! Reading the arguments of built-in commands that have options.

use super::{Builtin, Call};
use crate::grammar::Word;
use crate::language::{Language, words};
use crate::prompt::{Failure, SYNTAX, Shell};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};

/// What reading the arguments comes to.
pub(super) enum Arguments {
    /// The arguments.
    Given(ArgMatches),
    /// Help was asked for, and was shown.
    HelpShown,
}

/// The beginning of a definition.
pub(super) fn command(language: Language, name: &'static str, about: &'static str) -> Command {
    headings(language, Command::new(name))
        .about(about)
        .no_binary_name(true)
        .disable_version_flag(true)
        .disable_help_flag(true)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help(words("Shows this help", "이 도움말을 보인다").of(language)),
        )
}

/// The headings of help, in the language.
pub(crate) fn headings(language: Language, command: Command) -> Command {
    match language {
        Language::En => command,
        Language::Ko => command
            .help_template("{about-with-newline}\n사용법: {usage}\n\n{all-args}{after-help}")
            .next_help_heading("옵션과 인수"),
    }
}

/// An option `--json`.
pub(super) fn json(language: Language) -> Arg {
    Arg::new("json")
        .long("json")
        .action(ArgAction::SetTrue)
        .help(words("Prints JSON, for programs", "프로그램이 읽을 JSON으로 출력한다").of(language))
}

/// Reads the arguments of a call.
///
/// # Errors
/// What is wrong with them, with a hint.
pub(super) fn read(
    shell: &Shell,
    builtin: &Builtin,
    call: &Call<'_>,
) -> Result<Arguments, Failure> {
    let definition = (builtin.define)(shell.language);
    let words: Vec<String> = call.words().iter().map(|word| dashed(word, &definition)).collect();
    match definition.try_get_matches_from(words) {
        Ok(matches) => Ok(Arguments::Given(matches)),
        Err(error) if error.kind() == ErrorKind::DisplayHelp => {
            call.print(shell.language, error.to_string())?;
            Ok(Arguments::HelpShown)
        }
        Err(error) => Err(Failure::new(SYNTAX, error.to_string().trim_end())),
    }
}

/// An option as cmd writes it, `/name`, as `--name`; whatever is no known option stays.
fn dashed(word: &Word, definition: &Command) -> String {
    let text = word.text();
    let Some(name) = text.strip_prefix('/').filter(|_| !word.is_quoted()) else { return text };
    if name == "?" {
        return "--help".to_owned();
    }
    let known = definition.get_arguments().find_map(|argument| {
        let spellings = argument
            .get_long()
            .into_iter()
            .chain(argument.get_visible_aliases().unwrap_or_default());
        spellings.into_iter().find(|long| long.eq_ignore_ascii_case(name)).map(str::to_owned)
    });
    known.map_or(text, |long| format!("--{long}"))
}

#[cfg(test)]
mod tests {
    use super::{Word, dashed};
    use crate::builtins::named;
    use crate::language::Language;

    #[test]
    fn options_may_be_written_as_cmd_writes_them() {
        let definition = (named("kp").unwrap().define)(Language::En);
        let dashed = |word: &str| dashed(&Word::new(word), &definition);
        assert_eq!(dashed("/?"), "--help");
        assert_eq!(dashed("/PID"), "--pid");
        assert_eq!(dashed("/usr/bin/x"), "/usr/bin/x");
        assert_eq!(dashed("\"/pid\""), "/pid");
    }
}
