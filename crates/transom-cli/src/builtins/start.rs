//! `start`: commands in the background.

use super::{Builtin, Call, Outcome, arguments};
use crate::grammar::{Node, parse, split_first_word};
use crate::language::{say, words};
use crate::prompt::{Failure, Place, SYNTAX, Shell};
use clap::Arg;
use transom::process::PriorityClass;

pub(super) const START: Builtin = Builtin {
    name: "start",
    aliases: &[],
    outside: false,
    define: |language| {
        let text = |english, korean| words(english, korean).of(language);
        let flag = |name: &'static str, english, korean| {
            Arg::new(name).long(name).num_args(0).help(text(english, korean))
        };
        arguments::command(
            language,
            "start",
            text(
                "Starts a command in the background; see jobs and wait",
                "명령을 백그라운드에서 시작한다. jobs와 wait 참고",
            ),
        )
        .override_usage("start [\"title\"] [/d DIRECTORY] [/wait] [/low | /normal | ...] COMMAND")
        .arg(
            Arg::new("d")
                .long("d")
                .value_name("DIRECTORY")
                .help(text("The directory it starts in", "시작할 디렉터리")),
        )
        .arg(flag("wait", "Waits until it has ended", "끝날 때까지 기다린다"))
        .arg(flag(
            "b",
            "Nothing more: there is never a new window",
            "달라지는 것은 없다. 새 창은 열리지 않는다",
        ))
        .arg(flag(
            "low",
            "Priority class: /low, /belownormal, /normal, /abovenormal, /high, /realtime",
            "우선순위 클래스: /low, /belownormal, /normal, /abovenormal, /high, /realtime",
        ))
        .arg(
            Arg::new("COMMAND")
                .required(true)
                .help(text("The command and its arguments", "명령과 인수")),
        )
    },
    run: start,
};

/// What stands before the command.
#[derive(Debug, Default, PartialEq)]
struct Options {
    directory: Option<String>,
    wait: bool,
    priority: Option<PriorityClass>,
}

fn start(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let language = shell.language;
    if call.trimmed() == "/?" {
        call.print(language, (START.define)(language).render_help().to_string())?;
        return Ok(None);
    }
    let (options, line) = options_of(call.text).map_err(|word| {
        let text = say!(
            language,
            "start: {word} is not an option; start /? shows them",
            "start: {word}은(는) 옵션이 아니다. start /? 참고"
        );
        Failure::new(SYNTAX, text)
    })?;
    let node = match parse(line) {
        Ok(Some(node @ Node::Command(_))) => node,
        Ok(_) => {
            let text = say!(language, "start: which command?", "start: 어느 명령인가?");
            return Err(Failure::new(SYNTAX, text));
        }
        Err(error) => {
            shell.refuse(&error, call.streams);
            return Ok(Some(SYNTAX));
        }
    };
    let place = Place {
        background: !options.wait,
        directory: options.directory,
        priority: options.priority,
    };
    let started = shell.start(&node, call.streams, &place)?;
    if options.wait {
        return Ok(Some(shell.wait_for(&[started])));
    }
    let id = started.id;
    let number = shell.jobs.add(started, line.trim().to_owned());
    if shell.interactive {
        call.streams.complain(&format!("[{number}] {id}"));
    }
    Ok(None)
}

/// Takes a title and the options off; the command that is left. The word that is no option
/// otherwise.
fn options_of(text: &str) -> Result<(Options, &str), String> {
    let mut options = Options::default();
    let mut rest = text;
    let mut may_be_title = true;
    while let Some((word, after)) = split_first_word(rest) {
        let raw = word.raw();
        // The first word in quotes is a title, which no window shows.
        if std::mem::take(&mut may_be_title) && raw.starts_with('"') {
            rest = after;
            continue;
        }
        let Some(name) = raw.strip_prefix('/').filter(|name| is_option_like(name)) else { break };
        rest = after;
        match name.to_ascii_lowercase().as_str() {
            "b" => {}
            "w" | "wait" => options.wait = true,
            "d" => {
                let (directory, after) = split_first_word(rest).ok_or_else(|| raw.to_owned())?;
                options.directory = Some(directory.text());
                rest = after;
            }
            "low" => options.priority = Some(PriorityClass::Idle),
            "belownormal" => options.priority = Some(PriorityClass::BelowNormal),
            "normal" => options.priority = Some(PriorityClass::Normal),
            "abovenormal" => options.priority = Some(PriorityClass::AboveNormal),
            "high" => options.priority = Some(PriorityClass::High),
            "realtime" => options.priority = Some(PriorityClass::Realtime),
            _ => return Err(raw.to_owned()),
        }
    }
    Ok((options, rest))
}

/// `/name`, and not a Linux path.
fn is_option_like(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::{Options, PriorityClass, options_of};

    #[test]
    fn title_and_options_come_before_the_command() {
        let (options, rest) =
            options_of(" \"a title\" /D \"a b\" /WAIT /low sleep \"1\" /x").unwrap();
        let expected = Options {
            directory: Some("a b".into()),
            wait: true,
            priority: Some(PriorityClass::Idle),
        };
        assert_eq!((options, rest), (expected, " sleep \"1\" /x"));
        assert_eq!(options_of(" /bin/sleep 1").unwrap().1, " /bin/sleep 1");
        assert_eq!(options_of(" /nothing x").unwrap_err(), "/nothing");
    }
}
