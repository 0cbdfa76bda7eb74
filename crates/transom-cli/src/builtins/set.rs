//! `set`.

use super::{Builtin, Call, Outcome, arguments};
use crate::language::{say, words};
use crate::prompt::{Failure, SYNTAX, Shell};
use clap::Arg;
use std::fmt::Write;
use transom::{Win32Error, env, file};

pub(super) const SET: Builtin = Builtin {
    name: "set",
    aliases: &[],
    outside: false,
    define: |language| {
        let about = words(
            "Shows the environment variables, sets one, or deletes one",
            "환경 변수를 보이거나, 설정하거나, 지운다",
        );
        arguments::command(language, "set", about.of(language))
            .override_usage("set\n       set PREFIX\n       set NAME=VALUE\n       set \"NAME=VALUE\"\n       set NAME=\n       set /p NAME=TEXT")
            .arg(Arg::new("NAME=VALUE").help(
                words(
                    "Sets the variable; without a value deletes it; without `=` shows all whose names begin so",
                    "변수를 설정한다. 값이 없으면 지우고, `=`이 없으면 이름이 그렇게 시작하는 변수를 보인다",
                )
                .of(language),
            ))
            .arg(Arg::new("p").short('p').long("p").num_args(0).help(
                words(
                    "Prints the text and sets the variable to a line of the standard input",
                    "텍스트를 출력하고 표준 입력의 한 줄을 변수에 넣는다",
                )
                .of(language),
            ))
    },
    run: set,
};

fn set(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let text = call.text.trim_start_matches([' ', '\t', ',', ';', '=']);
    if text.trim_end() == "/?" {
        call.print(shell.language, (SET.define)(shell.language).render_help().to_string())?;
        return Ok(None);
    }
    if let Some(rest) = option(text, 'p') {
        return ask(shell, call, unquoted(rest));
    }
    if option(text, 'a').is_some() {
        let text = say!(
            shell.language,
            "set /a: this prompt does not calculate",
            "set /a: 이 프롬프트에는 계산 기능이 없다"
        );
        return Err(Failure::new(SYNTAX, text));
    }
    let text = unquoted(text);
    match split(text) {
        Some((name, value)) => assign(shell, name, value),
        None => show(shell, call, text.trim_end()),
    }
}

/// What follows `/p` or `/a`.
fn option(text: &str, letter: char) -> Option<&str> {
    let rest = text.strip_prefix('/')?;
    let first = rest.chars().next().filter(|first| first.eq_ignore_ascii_case(&letter))?;
    let rest = &rest[first.len_utf8()..];
    (rest.is_empty() || rest.starts_with([' ', '\t', '"'])).then(|| rest.trim_start())
}

/// `"NAME=VALUE"` without its quotes, and without what follows the last one.
fn unquoted(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('"') else { return text };
    inner.rfind('"').map_or(inner, |end| &inner[..end])
}

/// Name and value. A `=` in the first place belongs to the name, as in `=C:`.
fn split(text: &str) -> Option<(&str, &str)> {
    let first = text.chars().next()?.len_utf8();
    let equals = text[first..].find('=')? + first;
    Some((&text[..equals], &text[equals + 1..]))
}

fn assign(shell: &Shell, name: &str, value: &str) -> Outcome {
    let done = match value {
        "" => env::var(name).and_then(|_| env::remove_var(name)),
        value => env::set_var(name, value),
    };
    match done {
        Ok(()) => Ok(Some(0)),
        // Deleting what is not there, as with cmd.
        Err(Win32Error::ENVVAR_NOT_FOUND) => Ok(Some(1)),
        Err(error) => Err(Failure::of(shell.language, name, error)),
    }
}

/// Shows the variables whose names begin with a text, in whatever case.
fn show(shell: &Shell, call: &Call<'_>, prefix: &str) -> Outcome {
    let wanted = prefix.to_lowercase();
    let mut text = String::new();
    for (name, value) in env::vars() {
        let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
        // The hidden ones, such as `=C:`, are shown only if asked for.
        let hidden = name.starts_with('=') && !wanted.starts_with('=');
        if !hidden && name.to_lowercase().starts_with(&wanted) {
            let _ = writeln!(text, "{name}={value}");
        }
    }
    if text.is_empty() && !prefix.is_empty() {
        let text = say!(
            shell.language,
            "Environment variable {prefix} not defined",
            "환경 변수 {prefix}이(가) 정의되지 않았다"
        );
        return Err(Failure::new(1, text));
    }
    call.print(shell.language, text)?;
    Ok(Some(0))
}

/// `set /p NAME=TEXT`.
fn ask(shell: &Shell, call: &Call<'_>, text: &str) -> Outcome {
    let Some((name, question)) = split(text) else {
        let text =
            say!(shell.language, "set /p: NAME=TEXT is missing", "set /p: 이름=텍스트가 없다");
        return Err(Failure::new(SYNTAX, text));
    };
    call.print(shell.language, unquoted(question))?;
    let Some(input) = call.streams.get(0) else { return Ok(Some(1)) };
    let mut line = Vec::new();
    let mut byte = [0];
    // Byte by byte: the rest is for whoever reads next.
    while file::read(&&**input, &mut byte).is_ok_and(|count| count > 0) && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    let line = String::from_utf8_lossy(&line);
    let line = line.trim_end_matches('\r');
    // Nothing typed leaves the variable as it was.
    if line.is_empty() {
        return Ok(Some(1));
    }
    assign(shell, name, line)
}

#[cfg(test)]
mod tests {
    use super::{option, split, unquoted};

    #[test]
    fn names_and_values() {
        assert_eq!(split("A=b=c"), Some(("A", "b=c")));
        assert_eq!(split("=C:=x"), Some(("=C:", "x")));
        assert_eq!(split("A"), None);
        assert_eq!(split(""), None);
        assert_eq!(unquoted("\"A=b c\" trailing"), "A=b c");
        assert_eq!(unquoted("\"A=b"), "A=b");
        assert_eq!(unquoted("A=\"b\""), "A=\"b\"");
    }

    #[test]
    fn options_end_at_a_blank() {
        assert_eq!(option("/P x=y", 'p'), Some("x=y"));
        assert_eq!(option("/path", 'p'), None);
        assert_eq!(option("p", 'p'), None);
    }
}
