//! The program's own command line, and what is made from its definition: help, the manual page
//! and the completions of other shells.

use crate::builtins::{self, Call};
use crate::cc;
use crate::grammar::{ScriptArguments, Word};
use crate::language::{Language, say, words};
use crate::prompt::{Found, ScriptCall, Shell, Streams, find, interactive, lines, stage};
use crate::tour;
use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell as CompletionShell;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

/// The program's definition.
#[must_use]
pub fn definition(language: Language) -> Command {
    let text = |english, korean| words(english, korean).of(language);
    let command = Command::new("transom")
        .version(env!("CARGO_PKG_VERSION"))
        .about(text(
            "Win32 handles, pipes and processes, native on Linux: a command prompt",
            "리눅스에서 그대로 동작하는 Win32 핸들, 파이프, 프로세스: 명령 프롬프트",
        ))
        .after_help(text(
            "Without arguments: a prompt, if the standard input is a terminal; otherwise its lines are run.",
            "인수가 없으면 표준 입력이 터미널일 때는 프롬프트를 열고, 아니면 그 줄들을 실행한다.",
        ))
        .override_usage(
            "transom [--lang LANG]\n       transom -c LINE [ARGUMENT]...\n       \
             transom SCRIPT [ARGUMENT]...\n       transom COMMAND",
        )
        .disable_help_subcommand(true)
        .args_conflicts_with_subcommands(true)
        .subcommand_value_name("COMMAND")
        .subcommand_help_heading(text("Commands", "명령"))
        .arg(Arg::new("line").short('c').value_name("LINE").value_parser(value_parser!(OsString)).help(text(
            "Runs a line (or several) of the prompt",
            "프롬프트의 한 줄(또는 여러 줄)을 실행한다",
        )))
        .arg(
            Arg::new("lang")
                .long("lang")
                .value_name("LANG")
                .value_parser(value_parser!(Language))
                .global(true)
                .help(text(
                    "The language; otherwise what LC_ALL, LC_MESSAGES or LANG ask for",
                    "언어. 없으면 LC_ALL, LC_MESSAGES, LANG을 따른다",
                )),
        )
        .arg(
            Arg::new("script")
                .value_name("SCRIPT")
                .num_args(0..)
                .trailing_var_arg(true)
                .value_parser(value_parser!(OsString))
                .help(text(
                    "A script (.cmd), and its arguments %1 to %9",
                    "스크립트(.cmd)와 그 인수 %1부터 %9까지",
                )),
        );
    let command = builtins::ALL
        .iter()
        .filter(|builtin| builtin.outside)
        .fold(command, |command, builtin| command.subcommand((builtin.define)(language)));
    let tour = Command::new("tour")
        .about(text(
            "Shows handles, inheritance, pipes and the rest at work between real processes",
            "핸들, 상속, 파이프 등이 실제 프로세스 사이에서 동작하는 모습을 보인다",
        ))
        .long_about(text(
            "Shows handles, inheritance, pipes and the rest at work between real processes. Every \
             table is read back from the system, and every claim is checked; the exit code is 0 only \
             if all of them hold.",
            "핸들, 상속, 파이프 등이 실제 프로세스 사이에서 동작하는 모습을 보인다. 모든 테이블은 \
             시스템에서 다시 읽은 것이고 모든 주장은 확인된다. 전부 맞을 때만 종료 코드가 0이다.",
        ));
    let words =
        || Arg::new("ARGUMENTS").num_args(0..).trailing_var_arg(true).allow_hyphen_values(true);
    let compile = Command::new("cc").arg(words()).about(text(
        "Compiles C and C++ sources of Windows programs; options are gcc's",
        "Windows 프로그램의 C와 C++ 소스를 컴파일한다. 옵션은 gcc와 같다",
    ));
    let run = Command::new("run").arg(words()).about(text(
        "Starts a program with Transom's library in reach",
        "Transom의 라이브러리를 찾을 수 있게 하여 프로그램을 실행한다",
    ));
    let install = Command::new("install").arg(words()).about(text(
        "Puts headers, libraries and this program into a directory tree",
        "헤더, 라이브러리와 이 프로그램을 디렉터리 트리에 설치한다",
    ));
    let completions = Command::new("completions")
        .about(text("Prints completions for another shell", "다른 셸을 위한 자동 완성을 출력한다"))
        .arg(Arg::new("SHELL").required(true).value_parser(value_parser!(CompletionShell)));
    let manual = Command::new("man")
        .about(text("Prints the manual page, as roff", "매뉴얼 페이지를 roff로 출력한다"));
    let command = command
        .subcommands([tour, compile, run, install, completions, manual])
        .subcommand(Command::new(tour::ROLE).hide(true));
    builtins::headings(language, command)
}

/// Runs the program with the arguments of this process; its exit code, which Win32 programs get
/// with all 32 bits.
#[must_use]
pub fn main() -> i32 {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    run(&arguments, Language::of_environment()).cast_signed()
}

/// Runs the program; its exit code.
fn run(arguments: &[OsString], language: Language) -> u32 {
    let words: Vec<Option<&str>> =
        arguments.iter().skip(1).take(3).map(|argument| argument.to_str()).collect();
    match words[..] {
        [] => return without_arguments(language),
        [Some("-c" | "/c" | "/C"), Some(line)] => {
            return lines::run_text(&mut Shell::new(language), line);
        }
        [Some(stage::ARGUMENT), Some(state), Some(line)] => {
            if let Some(code) = stage::run(language, state, line) {
                return code;
            }
        }
        [Some("cc"), ..] => return cc::main(&arguments[2..], language),
        [Some("run"), ..] => return cc::run::main(&arguments[2..]),
        [Some("install"), ..] => return cc::install::main(&arguments[2..]),
        [Some(name), ..] => {
            let builtin = builtins::named(name).filter(|builtin| builtin.outside);
            if let Some(builtin) = builtin {
                return outside(builtin, &arguments[2..], language);
            }
        }
        _ => {}
    }
    match definition(language).try_get_matches_from(arguments) {
        Ok(matches) => {
            let asked = matches.get_one::<Language>("lang").copied();
            dispatch(&matches, asked.unwrap_or(language))
        }
        Err(error) => {
            let _ = error.print();
            u32::try_from(error.exit_code()).unwrap_or(1)
        }
    }
}

fn dispatch(matches: &ArgMatches, language: Language) -> u32 {
    match matches.subcommand() {
        Some(("tour", _)) => u32::from(!tour::run(language)),
        Some((tour::ROLE, _)) => u32::from(!tour::role::play()),
        Some(("completions", given)) => {
            let shell = given.get_one::<CompletionShell>("SHELL").copied();
            let mut definition = definition(language);
            let mut text = Vec::new();
            if let Some(shell) = shell {
                clap_complete::generate(shell, &mut definition, "transom", &mut text);
            }
            print(&text)
        }
        Some(("man", _)) => print(&manual(language)),
        // The others were run before.
        Some(_) => 1,
        None => with_arguments(matches, language),
    }
}

fn without_arguments(language: Language) -> u32 {
    let mut shell = Shell::new(language);
    if !io::stdin().is_terminal() {
        return lines::run_input(&mut shell);
    }
    interactive::run(&mut shell).unwrap_or_else(|error| {
        eprintln!("transom: {error}");
        1
    })
}

fn with_arguments(matches: &ArgMatches, language: Language) -> u32 {
    let mut shell = Shell::new(language);
    let mut words = matches.get_many::<OsString>("script").into_iter().flatten();
    if let Some(line) = matches.get_one::<OsString>("line") {
        let line = line.to_string_lossy();
        shell.set_arguments(ScriptArguments::new(Word::new("transom"), &joined(words)));
        return lines::run_text(&mut shell, &line);
    }
    let Some(script) = words.next() else { return without_arguments(language) };
    let name = script.to_string_lossy();
    let streams = Streams::own();
    // A script is told by being a file; its name need not end in .cmd.
    let path = match find(&name) {
        Found::Script(path) | Found::Program(path) => Some(path),
        Found::Nothing | Found::Refused(_) => transom::file::linux_path(script).ok(),
    };
    match path.filter(|path| path.is_file()) {
        Some(path) => {
            let call = ScriptCall::new(path, Word::new(quoted(&name)), &joined(words));
            let code = shell.run_script(&call, &streams);
            match shell.take_ending() {
                Some(crate::prompt::Ending::Exit(code)) => code,
                _ => code,
            }
        }
        None => {
            let hint = builtins::nearest(&name).map_or(String::new(), |near| {
                say!(language, "; did you mean `{near}`?", "; `{near}`을(를) 찾는가?")
            });
            let error = language.error(transom::Win32Error::FILE_NOT_FOUND);
            streams.complain(&say!(
                language,
                "transom: {name}: no such command, and no such script: {error}{hint}",
                "transom: {name}: 그런 명령도 스크립트도 없다: {error}{hint}"
            ));
            transom::Win32Error::FILE_NOT_FOUND.code()
        }
    }
}

/// A built-in command as a command of the program: `transom lp`.
fn outside(builtin: &builtins::Builtin, arguments: &[OsString], language: Language) -> u32 {
    let mut shell = Shell::new(language);
    shell.is_prompt = false;
    let streams = Streams::own();
    let text = joined(arguments.iter());
    let call = Call { name: builtin.name, text: &text, streams: &streams };
    match (builtin.run)(&mut shell, &call) {
        Ok(code) => code.unwrap_or(0),
        Err(failure) => shell.fail(&failure, &streams),
    }
}

/// Arguments as text, quoted where need be.
fn joined<'a>(words: impl Iterator<Item = &'a OsString>) -> String {
    words.map(|word| quoted(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    if word.is_empty() || word.contains([' ', '\t', '\n', ',', ';', '=']) {
        format!("\"{word}\"")
    } else {
        word.to_owned()
    }
}

/// The manual page: the program, and its built-in commands.
fn manual(language: Language) -> Vec<u8> {
    let mut page = Vec::new();
    let program = definition(language);
    // Writing into memory does not fail.
    let _ = clap_mangen::Man::new(program).render(&mut page);
    let heading = words("BUILT-IN COMMANDS", "내장 명령").of(language);
    let _ = writeln!(page, ".SH \"{heading}\"");
    for builtin in builtins::ALL {
        let mut definition = (builtin.define)(language);
        let names = [builtin.name].iter().chain(builtin.aliases).copied().collect::<Vec<_>>();
        let _ = writeln!(page, ".SS \"{}\"\n.nf", names.join(", "));
        for line in definition.render_help().to_string().lines() {
            // A line that begins with a dot or quote would be a request.
            let _ = writeln!(page, "\\&{}", line.replace('\\', "\\e").replace('-', "\\-"));
        }
        let _ = writeln!(page, ".fi");
    }
    page
}

fn print(text: &[u8]) -> u32 {
    let language = Language::of_environment();
    match Streams::own().print(text) {
        Ok(()) => 0,
        Err(error) => {
            let failure = crate::prompt::Failure::of_output(language, error);
            Streams::own().complain(&failure.text);
            failure.code
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, definition, manual};
    use crate::builtins;

    #[test]
    fn the_definition_is_sound() {
        for language in [Language::En, Language::Ko] {
            definition(language).debug_assert();
        }
    }

    #[test]
    fn the_manual_tells_of_every_builtin() {
        let page = String::from_utf8(manual(Language::En)).expect("text");
        for name in builtins::names() {
            assert!(page.contains(name), "{name}");
        }
    }
}
