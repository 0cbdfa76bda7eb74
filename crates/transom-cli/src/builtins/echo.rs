//! `echo` and `cls`.

use super::{Builtin, Call, Outcome, arguments};
use crate::language::{Language, words};
use crate::prompt::Shell;
use clap::Arg;
use transom::file::{self, FileType};

pub(super) const ECHO: Builtin = Builtin {
    name: "echo",
    aliases: &[],
    outside: false,
    define: |language| {
        let about = words(
            "Prints text; `echo.` prints an empty line, `echo on` shows the lines of scripts",
            "텍스트를 출력한다. `echo.`은 빈 줄을, `echo on`은 스크립트의 줄을 보인다",
        );
        arguments::command(language, "echo", about.of(language)).arg(Arg::new("TEXT").help(
            words("What is printed, as it is written", "쓴 그대로 출력할 텍스트").of(language),
        ))
    },
    run: echo,
};

fn echo(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let trimmed = call.trimmed();
    match trimmed.to_ascii_lowercase().as_str() {
        "on" => shell.echo = true,
        "off" => shell.echo = false,
        "" if call.text.trim_start_matches([' ', '\t']).is_empty() => {
            let state = match (shell.language, shell.echo) {
                (Language::En, true) => "ECHO is on.\n",
                (Language::En, false) => "ECHO is off.\n",
                (Language::Ko, true) => "ECHO가 켜져 있다.\n",
                (Language::Ko, false) => "ECHO가 꺼져 있다.\n",
            };
            call.print(shell.language, state)?;
        }
        "/?" => {
            call.print(shell.language, (ECHO.define)(shell.language).render_help().to_string())?
        }
        _ => {
            // The one character after the name separates, whatever it is.
            let mut text = call.text.chars();
            text.next();
            call.print(shell.language, format!("{}\n", text.as_str()))?;
        }
    }
    Ok(None)
}

pub(super) const CLS: Builtin = Builtin {
    name: "cls",
    aliases: &[],
    outside: false,
    define: |language| {
        let about = words("Clears the screen", "화면을 지운다");
        arguments::command(language, "cls", about.of(language))
    },
    run: |shell, call| {
        let is_screen =
            call.streams.get(1).is_some_and(|output| file::kind(&&**output) == Ok(FileType::Char));
        // Elsewhere a form feed, as with cmd.
        let text = if is_screen { "\u{1B}[2J\u{1B}[3J\u{1B}[H" } else { "\u{C}" };
        call.print(shell.language, text)?;
        Ok(None)
    },
};
