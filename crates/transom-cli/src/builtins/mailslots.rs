//! `mailslots`: the mailslots of this machine; `mailslot`: writing to one, and reading from one.

use super::arguments::{self, Arguments};
use super::columns::Columns;
use super::{Builtin, Call, Outcome, subject};
use crate::language::{Language, words};
use crate::prompt::{Failure, Shell};
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use transom::mailslot::{self, Listed, Mailslot, MailslotWriter};
use transom::{Win32Error, file};

/// How often it is looked whether Ctrl-C was pressed, and whether a mailslot is there.
const MOMENT: Duration = Duration::from_millis(50);

pub(super) const MAILSLOTS: Builtin = Builtin {
    name: "mailslots",
    aliases: &[],
    outside: true,
    define: |language| {
        let text = |english, korean| words(english, korean).of(language);
        arguments::command(
            language,
            "mailslots",
            text(
                "Lists the mailslots that somebody reads from",
                "누군가 읽고 있는 메일슬롯의 목록을 보인다",
            ),
        )
        .arg(arguments::json(language))
        .after_help(text(
            "MAXIMUM: the largest message in bytes. COUNT and BYTES: what waits; NEXT: the size of the first.",
            "최대: 가장 긴 메시지의 바이트 수. 개수와 바이트: 기다리는 메시지. 다음: 첫 메시지의 크기.",
        ))
    },
    run: list,
};

pub(super) const MAILSLOT: Builtin = Builtin {
    name: "mailslot",
    aliases: &[],
    outside: true,
    define: |language| {
        let text = |english, korean| words(english, korean).of(language);
        arguments::command(
            language,
            "mailslot",
            text(
                "Sends messages to a mailslot, or makes one and receives them",
                "메일슬롯에 메시지를 보내거나, 메일슬롯을 만들어 받는다",
            ),
        )
        .arg(
            Arg::new("ACTION")
                .required(true)
                .value_parser(["send", "receive"])
                .help(text("What to do", "할 일")),
        )
        .arg(Arg::new("NAME").required(true).help(text(
            r"The name; \\.\mailslot\ in front of it may be left out",
            r"이름. 앞의 \\.\mailslot\은 생략할 수 있다",
        )))
        .arg(Arg::new("TEXT").num_args(0..).help(text(
            "send: the message; otherwise each line of the standard input is one",
            "send: 메시지. 없으면 표준 입력의 각 줄이 메시지이다",
        )))
        .arg(Arg::new("wait").long("wait").action(ArgAction::SetTrue).help(text(
            "send: waits until the mailslot is there",
            "send: 메일슬롯이 생길 때까지 기다린다",
        )))
        .arg(
            Arg::new("count")
                .long("count")
                .value_name("N")
                .default_value("1")
                .value_parser(value_parser!(u64))
                .help(text(
                    "receive: how many messages, each on a line; 0 for no end",
                    "receive: 한 줄에 하나씩 받을 메시지의 수. 0은 끝없이",
                )),
        )
        .arg(
            Arg::new("timeout")
                .long("timeout")
                .value_name("MS")
                .value_parser(value_parser!(u32))
                .help(text(
                    "receive: how long to wait for each message, in milliseconds",
                    "receive: 메시지마다 기다릴 시간, 밀리초",
                )),
        )
    },
    run: send_or_receive,
};

fn list(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let Arguments::Given(matches) = arguments::read(shell, &MAILSLOTS, call)? else {
        return Ok(Some(0));
    };
    let language = shell.language;
    let listed = mailslot::list().map_err(|error| Failure::of(language, "mailslots", error))?;
    let text = if matches.get_flag("json") {
        format!("{:#}\n", listed.iter().map(value).collect::<Value>())
    } else {
        table(language, &listed)
    };
    call.print(language, text)?;
    Ok(Some(0))
}

fn value(listed: &Listed) -> Value {
    json!({
        "name": String::from_utf16_lossy(&listed.name),
        "maximum": listed.maximum,
        "read_timeout_ms": listed.read_timeout_ms,
        "count": listed.waiting.messages,
        "bytes": listed.waiting.bytes,
        "next": listed.waiting.next,
        "readers": listed.readers,
    })
}

fn table(language: Language, listed: &[Listed]) -> String {
    let headings = match language {
        Language::En => ["MAXIMUM", "COUNT", "BYTES", "NEXT", "READER", "NAME"],
        Language::Ko => ["최대", "개수", "바이트", "다음", "읽는 PID", "이름"],
    };
    let mut columns = Columns::new(headings, [true, true, true, true, true, false]);
    for slot in listed {
        let any = words("any", "제한 없음").of(language);
        let readers: Vec<String> = slot.readers.iter().map(u32::to_string).collect();
        columns.row([
            if slot.maximum == 0 { any.to_owned() } else { slot.maximum.to_string() },
            slot.waiting.messages.to_string(),
            slot.waiting.bytes.to_string(),
            slot.waiting.next.map_or_else(|| "-".to_owned(), |next| next.to_string()),
            if readers.is_empty() { "?".to_owned() } else { readers.join(",") },
            subject::printable(String::from_utf16_lossy(&slot.name)),
        ]);
    }
    columns.text()
}

fn send_or_receive(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let Arguments::Given(matches) = arguments::read(shell, &MAILSLOT, call)? else {
        return Ok(Some(0));
    };
    let given = |name: &str| matches.get_one::<String>(name).map_or("", String::as_str);
    let name = match given("NAME") {
        name if name.starts_with(r"\\") || name.starts_with("//") => name.to_owned(),
        name => format!(r"\\.\mailslot\{name}"),
    };
    match given("ACTION") {
        "send" => send(shell, call, &name, &matches),
        _ => receive(shell, call, &name, &matches),
    }
}

fn send(shell: &mut Shell, call: &Call<'_>, name: &str, matches: &ArgMatches) -> Outcome {
    let failure = |language, error| Failure::of(language, &format!("mailslot: {name}"), error);
    let writer = loop {
        match MailslotWriter::open(name) {
            Ok(writer) => break writer,
            Err(Win32Error::FILE_NOT_FOUND) if matches.get_flag("wait") && !shell.stops() => {
                std::thread::sleep(MOMENT);
            }
            Err(error) => return Err(failure(shell.language, error)),
        }
    };
    let texts: Vec<&str> =
        matches.get_many::<String>("TEXT").into_iter().flatten().map(String::as_str).collect();
    if !texts.is_empty() {
        let sent = writer.send(texts.join(" ").as_bytes());
        sent.map_err(|error| failure(shell.language, error))?;
        return Ok(Some(0));
    }
    let Some(input) = call.streams.get(0) else { return Ok(Some(0)) };
    let mut buffer = vec![0; 1 << 16];
    let mut line = Vec::new();
    while !shell.stops() {
        let count = match file::read(&**input, &mut buffer) {
            Ok(0) | Err(Win32Error::BROKEN_PIPE) => break,
            Ok(count) => count,
            Err(error) => return Err(failure(shell.language, error)),
        };
        for piece in buffer[..count].split_inclusive(|&byte| byte == b'\n') {
            line.extend_from_slice(piece);
            if let Some(message) = line.strip_suffix(b"\n") {
                writer.send(message).map_err(|error| failure(shell.language, error))?;
                line.clear();
            }
        }
    }
    if !line.is_empty() {
        writer.send(&line).map_err(|error| failure(shell.language, error))?;
    }
    Ok(Some(0))
}

fn receive(shell: &mut Shell, call: &Call<'_>, name: &str, matches: &ArgMatches) -> Outcome {
    let language = shell.language;
    let failure = |error| Failure::of(language, &format!("mailslot: {name}"), error);
    let slot = Mailslot::builder().read_timeout(MOMENT).create(name).map_err(failure)?;
    let patience = matches.get_one::<u32>("timeout");
    let patience = patience.map(|&timeout_ms| Duration::from_millis(timeout_ms.into()));
    let count = matches.get_one::<u64>("count").copied().unwrap_or(1);
    for number in 1.. {
        let begun = Instant::now();
        let mut message = loop {
            // It waits for moments only, so that Ctrl-C is noticed.
            let left = patience.map_or(MOMENT, |patience| patience.saturating_sub(begun.elapsed()));
            slot.set_read_timeout(left.min(MOMENT)).map_err(failure)?;
            match slot.receive() {
                Ok(message) => break message,
                Err(Win32Error::SEM_TIMEOUT) if shell.stops() => return Ok(None),
                Err(Win32Error::SEM_TIMEOUT) if !left.is_zero() => {}
                Err(error) => return Err(failure(error)),
            }
        };
        message.push(b'\n');
        call.print(language, message)?;
        if number == count {
            break;
        }
    }
    Ok(Some(0))
}

/// The names of mailslots that begin so, as they may be written.
pub(crate) fn beginning_with(typed: &str) -> Vec<String> {
    let listed = mailslot::list().unwrap_or_default();
    let names = listed.iter().map(|slot| String::from_utf16_lossy(&slot.name));
    let short = |name: String| match name.strip_prefix(r"\\.\mailslot\") {
        Some(short) if !typed.starts_with('\\') => short.to_owned(),
        _ => name,
    };
    let begins = |name: &String| {
        name.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
    };
    names.map(short).filter(begins).collect()
}
