//! `help`.

use super::{ALL, Builtin, Call, Outcome, arguments, named};
use crate::language::{Language, say, words};
use crate::program;
use crate::prompt::{Failure, Shell};
use clap::Arg;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

pub(super) const HELP: Builtin = Builtin {
    name: "help",
    aliases: &[],
    outside: true,
    define: |language| {
        let about = words(
            "Lists the commands, or tells about one",
            "명령 목록을, 또는 한 명령의 도움말을 보인다",
        );
        arguments::command(language, "help", about.of(language))
            .arg(Arg::new("COMMAND").help(words("The command", "명령").of(language)))
    },
    run: help,
};

fn help(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let language = shell.language;
    let Some(wanted) = call.words().first().map(|word| word.text()) else {
        call.print(language, overview(language))?;
        return Ok(Some(0));
    };
    let definition = match named(&wanted) {
        Some(builtin) => Some((builtin.define)(language)),
        None => program::definition(language).find_subcommand(&wanted).cloned(),
    };
    let Some(mut definition) = definition else {
        let hint = nearest(&wanted).map_or(String::new(), |near| {
            say!(language, "; did you mean `{near}`?", "; `{near}`을(를) 찾는가?")
        });
        let text = say!(
            language,
            "help: there is no command {wanted}{hint}",
            "help: {wanted}이라는 명령이 없다{hint}"
        );
        return Err(Failure::new(1, text));
    };
    call.print(language, definition.render_long_help().to_string())?;
    Ok(Some(0))
}

/// The known name that a misspelt one is nearest to.
pub(crate) fn nearest(wanted: &str) -> Option<&'static str> {
    let wanted = wanted.to_ascii_lowercase();
    let others = ["tour", "completions", "man"];
    let candidates = super::names().chain(others).map(|name| (distance(&wanted, name), name));
    candidates
        .min()
        .filter(|&(distance, name)| distance * 2 < name.len().max(3))
        .map(|found| found.1)
}

/// How many letters have to be changed, put in or left out to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in (1..).zip(one.chars()) {
        let mut diagonal = std::mem::replace(&mut row[0], line);
        for (column, counterpart) in (1..).zip(&other) {
            let changed = diagonal + usize::from(letter != *counterpart);
            diagonal = row[column];
            row[column] = changed.min(diagonal + 1).min(row[column - 1] + 1);
        }
    }
    row[other.len()]
}

/// All built-in commands with what they do, and the operators.
#[must_use]
pub fn overview(language: Language) -> String {
    let mut text = String::new();
    let title =
        words("Built-in commands (help COMMAND tells more):", "내장 명령 (자세한 것은 help 명령):");
    let _ = writeln!(text, "{}", title.of(language));
    for builtin in ALL {
        let definition = (builtin.define)(language);
        let names: Vec<_> = [builtin.name].iter().chain(builtin.aliases).copied().collect();
        let names = names.join(", ");
        let about = definition.get_about().map(ToString::to_string).unwrap_or_default();
        let gap = 16_usize.saturating_sub(names.width());
        let _ = writeln!(text, "  {names}{:gap$}{about}", "");
    }
    text.push_str(match language {
        Language::En => OPERATORS_EN,
        Language::Ko => OPERATORS_KO,
    });
    text
}

const OPERATORS_EN: &str = "
Everything else is a program, or a script (.cmd, .bat), of the current directory or PATH.

  a | b           b reads what a writes; any number of stages
  a & b           one after the other
  a && b          b only if a ended with 0
  a || b          b only if a did not end with 0
  ( a & b )       together, for | and redirections
  > f  >> f       the output goes to a file, or to its end; 2> f the error output
  < f             the input comes from a file
  2>&1            the error output goes where the output goes
  \"a b\"  ^&       quotes hold together; ^ takes the next character as it is
  %NAME%          a variable; %ERRORLEVEL% is the last exit code, %CD% the directory
";

const OPERATORS_KO: &str = "
그 밖의 것은 현재 디렉터리나 PATH에 있는 프로그램 또는 스크립트(.cmd, .bat)이다.

  a | b           a가 쓰는 것을 b가 읽는다. 단계의 수에 제한이 없다
  a & b           차례로 실행한다
  a && b          a가 0으로 끝났을 때만 b를 실행한다
  a || b          a가 0이 아닌 값으로 끝났을 때만 b를 실행한다
  ( a & b )       |와 리디렉션을 위해 묶는다
  > f  >> f       출력을 파일로, 또는 파일 끝에 보낸다. 2> f는 오류 출력
  < f             입력을 파일에서 읽는다
  2>&1            오류 출력을 출력과 같은 곳으로 보낸다
  \"a b\"  ^&       따옴표는 묶고, ^는 다음 글자를 그대로 쓴다
  %NAME%          변수. %ERRORLEVEL%은 마지막 종료 코드, %CD%는 현재 디렉터리
";

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn a_misspelt_name_gets_a_hint() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(nearest("handels"), Some("handles"));
        assert_eq!(nearest("tasklits"), Some("tasklist"));
        assert_eq!(nearest("xyzzy"), None);
    }
}
