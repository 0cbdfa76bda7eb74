//! `exit`, and what moves about in scripts: `call`, `goto`.

use super::{Builtin, Call, Outcome, arguments};
use crate::grammar::{Node, parse, split_first_word};
use crate::language::{say, words};
use crate::prompt::{Ending, Failure, SYNTAX, Shell};
use clap::Arg;

pub(super) const EXIT: Builtin = Builtin {
    name: "exit",
    aliases: &[],
    outside: false,
    define: |language| {
        let about = words(
            "Ends the prompt, or with /b only the script",
            "프롬프트를 끝낸다. /b이면 스크립트만 끝낸다",
        );
        arguments::command(language, "exit", about.of(language))
            .arg(
                Arg::new("b")
                    .short('b')
                    .long("b")
                    .num_args(0)
                    .help(words("Only the script", "스크립트만").of(language)),
            )
            .arg(
                Arg::new("CODE").allow_hyphen_values(true).help(
                    words(
                        "The exit code, 32 bits; otherwise %ERRORLEVEL%",
                        "32비트 종료 코드. 없으면 %ERRORLEVEL%",
                    )
                    .of(language),
                ),
            )
    },
    run: exit,
};

fn exit(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let mut words = call.words().into_iter().map(|word| word.text()).peekable();
    if words.peek().is_some_and(|word| word == "/?") {
        call.print(shell.language, (EXIT.define)(shell.language).render_help().to_string())?;
        return Ok(None);
    }
    let script_only = words.next_if(|word| word.eq_ignore_ascii_case("/b")).is_some();
    let code = match words.next() {
        None => shell.errorlevel(),
        Some(word) => code_of(&word).ok_or_else(|| {
            let text = say!(
                shell.language,
                "exit: {word} is not an exit code of 32 bits",
                "exit: {word}은(는) 32비트 종료 코드가 아니다"
            );
            Failure::new(SYNTAX, text)
        })?,
    };
    shell.set_errorlevel(code);
    shell.end(if script_only { Ending::ExitScript(code) } else { Ending::Exit(code) });
    Ok(Some(code))
}

/// An exit code, written as a signed or unsigned number, or with `0x`.
fn code_of(word: &str) -> Option<u32> {
    if let Some(digits) = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        return u32::from_str_radix(digits, 16).ok();
    }
    word.parse().ok().or_else(|| word.parse::<i32>().ok().map(i32::cast_unsigned))
}

pub(super) const GOTO: Builtin = Builtin {
    name: "goto",
    aliases: &[],
    outside: false,
    define: |language| {
        let about = words(
            "Goes on at a label of the script; `goto :eof` ends it",
            "스크립트의 레이블로 간다. `goto :eof`는 스크립트를 끝낸다",
        );
        arguments::command(language, "goto", about.of(language)).arg(
            Arg::new("LABEL").required(true).help(
                words("The label, with or without `:`", "레이블(`:`은 있어도 없어도 된다)")
                    .of(language),
            ),
        )
    },
    run: |shell, call| {
        let Some(label) = call.words().first().map(|word| word.text()) else {
            let text = say!(shell.language, "goto: which label?", "goto: 어느 레이블인가?");
            return Err(Failure::new(SYNTAX, text));
        };
        shell.go_to(&label)?;
        Ok(None)
    },
};

pub(super) const CALL: Builtin = Builtin {
    name: "call",
    aliases: &[],
    outside: false,
    define: |language| {
        let about = words(
            "Runs a script, or the part of this one that begins at a label, and comes back",
            "스크립트를, 또는 이 스크립트의 레이블부터를 실행하고 돌아온다",
        );
        arguments::command(language, "call", about.of(language))
            .arg(
                Arg::new("COMMAND")
                    .required(true)
                    .help(words("A command, or `:label`", "명령, 또는 `:레이블`").of(language)),
            )
            .arg(
                Arg::new("ARGUMENT")
                    .num_args(0..)
                    .help(words("%1 to %9 there", "그곳에서 %1부터 %9까지").of(language)),
            )
    },
    run: call,
};

fn call(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let Some((word, rest)) = split_first_word(call.text) else {
        let text = say!(shell.language, "call: what?", "call: 무엇을?");
        return Err(Failure::new(SYNTAX, text));
    };
    if word.raw().starts_with(':') {
        return shell.call_label(&word.text(), rest, call.streams).map(Some);
    }
    // As with cmd, the line is expanded once more.
    let line = shell.expand(call.trimmed());
    match parse(&line) {
        Ok(Some(node @ Node::Command(_))) => Ok(Some(shell.run(&node, call.streams))),
        Ok(None | Some(Node::Comment { .. })) => Ok(None),
        Ok(Some(_)) => {
            let text = say!(
                shell.language,
                "call: one command, without operators",
                "call: 연산자 없는 명령 하나만 쓸 수 있다"
            );
            Err(Failure::new(SYNTAX, text))
        }
        Err(error) => {
            shell.refuse(&error, call.streams);
            Ok(Some(SYNTAX))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::code_of;

    #[test]
    fn exit_codes_have_32_bits() {
        assert_eq!(code_of("300"), Some(300));
        assert_eq!(code_of("-1"), Some(u32::MAX));
        assert_eq!(code_of("0xC000013A"), Some(0xC000_013A));
        assert_eq!(code_of("4294967296"), None);
        assert_eq!(code_of("x"), None);
    }
}
