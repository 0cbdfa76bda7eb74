//! `who`: who holds each unit of an object's usage count.

use super::arguments::{self, Arguments};
use super::columns::Columns;
use super::handles::{self, Inventory};
use super::{Builtin, Call, Outcome};
use crate::language::{Language, say, words};
use crate::prompt::{Failure, SYNTAX, Shell};
use clap::Arg;
use transom::Win32Error;

pub(super) const WHO: Builtin = Builtin {
    name: "who",
    aliases: &[],
    outside: true,
    define: |language| {
        let text = |english, korean| words(english, korean).of(language);
        arguments::command(
            language,
            "who",
            text(
                "Shows who holds each unit of an object's usage count",
                "오브젝트의 사용 횟수를 누가 하나씩 가지고 있는지 보인다",
            ),
        )
        .arg(Arg::new("OBJECT").required(true).help(text(
            "The object's address, as `handles` shows it",
            "`handles`가 보이는 오브젝트의 주소",
        )))
    },
    run: who,
};

fn who(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let Arguments::Given(matches) = arguments::read(shell, &WHO, call)? else {
        return Ok(Some(0));
    };
    let language = shell.language;
    let typed = matches.get_one::<String>("OBJECT").map_or("", String::as_str);
    let Some(wanted) = address_of(typed) else {
        let text = say!(
            language,
            "who: {typed} is no address; `handles` shows them, such as 0x8c07771fe5fa0952",
            "who: {typed}은(는) 주소가 아니다. `handles`가 0x8c07771fe5fa0952 같은 주소를 보인다"
        );
        return Err(Failure::new(SYNTAX, text));
    };
    let inventory = Inventory::take(language)?;
    let headings = match language {
        Language::En => ["PID", "PROCESS", "HANDLE", "INHERIT", "ACCESS", "ORIGIN"],
        Language::Ko => ["PID", "프로세스", "핸들", "상속", "접근 권한", "유래"],
    };
    let mut columns = Columns::new(headings, [true, false, true, false, false, false]);
    let mut kind = None;
    let mut uses = 0;
    for table in &inventory.tables {
        for line in table.lines.iter().filter(|line| line.object.get() == wanted) {
            uses += 1;
            kind = kind.or_else(|| {
                let name = table.name_of(line).map(super::subject::printable);
                Some(
                    [Some(line.kind.name().to_owned()), name]
                        .into_iter()
                        .flatten()
                        .collect::<Vec<_>>()
                        .join(" "),
                )
            });
            columns.row([
                table.process_id.to_string(),
                handles::name(table.process_id),
                line.handle.to_string(),
                handles::inherit(line).to_owned(),
                format!("{:#010x}", line.access),
                handles::origin(language, line.origin),
            ]);
        }
    }
    let Some(kind) = kind else {
        let text = say!(
            language,
            "who: no process has a handle to {wanted:#018x}; the object is gone, or never was (for a handle, see explain)",
            "who: {wanted:#018x}의 핸들을 가진 프로세스가 없다. 없어졌거나 없던 오브젝트이다(핸들이라면 explain 참고)"
        );
        return Err(Failure::new(Win32Error::FILE_NOT_FOUND.code(), text));
    };
    let text = say!(
        language,
        "{kind} at {wanted:#018x}, usage count {uses}\n{}",
        "{wanted:#018x}의 {kind}, 사용 횟수 {uses}\n{}",
        columns.text()
    );
    call.print(language, text)?;
    Ok(Some(0))
}

/// An address, hexadecimal with or without `0x`.
fn address_of(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    u64::from_str_radix(digits, 16).ok()
}
