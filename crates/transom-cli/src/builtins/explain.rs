//! `explain`: what a handle value means in one process, and in the others.
//!
//! A handle is a number, and a number means something only in a process: in another one it is
//! another object, or nothing, or (a pseudo handle) that other process itself.

use super::arguments::{self, Arguments};
use super::handles::{self, Inventory};
use super::{Builtin, Call, Outcome};
use crate::language::{Language, say, words};
use crate::prompt::{Failure, SYNTAX, Shell};
use clap::Arg;
use std::fmt::Write;
use transom::table::{Line, Table};

pub(super) const EXPLAIN: Builtin = Builtin {
    name: "explain",
    aliases: &[],
    outside: true,
    define: |language| {
        let text = |english, korean| words(english, korean).of(language);
        arguments::command(
            language,
            "explain",
            text(
                "Tells what a handle means in a process, and the same number in others",
                "핸들이 한 프로세스에서, 같은 숫자가 다른 프로세스에서 무엇을 뜻하는지 설명한다",
            ),
        )
        .override_usage("explain HANDLE\n       explain PID HANDLE")
        .arg(
            Arg::new("PID")
                .required(true)
                .allow_hyphen_values(true)
                .help(text("The process; otherwise this prompt", "프로세스. 없으면 이 프롬프트")),
        )
        .arg(
            Arg::new("HANDLE")
                .allow_hyphen_values(true)
                .help(text("The number: 16, 0x10, -1", "숫자: 16, 0x10, -1")),
        )
    },
    run: explain,
};

fn explain(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let Arguments::Given(matches) = arguments::read(shell, &EXPLAIN, call)? else {
        return Ok(Some(0));
    };
    let language = shell.language;
    let first = matches.get_one::<String>("PID").map_or("", String::as_str);
    let (process, typed) = match matches.get_one::<String>("HANDLE") {
        None => (shell.process_id, first),
        Some(handle) => {
            let id = first.parse().map_err(|_| {
                let text = say!(
                    language,
                    "explain: {first} is no process id",
                    "explain: {first}은(는) 프로세스 ID가 아니다"
                );
                Failure::new(SYNTAX, text)
            })?;
            (id, handle.as_str())
        }
    };
    let raw = number(typed).ok_or_else(|| {
        let text = say!(
            language,
            "explain: {typed} is no handle; write a number, such as 16, 0x10 or -1",
            "explain: {typed}은(는) 핸들이 아니다. 16, 0x10, -1처럼 숫자로 쓴다"
        );
        Failure::new(SYNTAX, text)
    })?;
    let inventory = Inventory::take(language)?;
    let table =
        inventory.table(process).map_err(|error| handles::no_table(language, process, error))?;
    let text = match constant(language, raw) {
        Some(constant) => constant,
        None => in_tables(language, &inventory, table, raw),
    };
    call.print(language, text)?;
    Ok(Some(0))
}

/// A handle, decimal, hexadecimal or negative.
fn number(text: &str) -> Option<i64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok().map(u64::cast_signed),
        None => text.parse().ok(),
    }
}

/// Numbers that mean the same in every process, or nothing in any.
fn constant(language: Language, raw: i64) -> Option<String> {
    let pseudo = |name: &str, english: &str, korean: &str| {
        say!(
            language,
            "{raw} is a pseudo handle, {name}: {english}.\n\
             It is in no handle table and need not be closed. In every process the same number means\n\
             that process's own: passed to another one, it means something else there. DuplicateHandle\n\
             makes a real handle of it.\n",
            "{raw}은(는) 의사 핸들 {name}이다: {korean}.\n\
             핸들 테이블에 없으며 닫을 필요가 없다. 같은 숫자가 어느 프로세스에서나 그 프로세스 자신의 것을\n\
             뜻하므로, 다른 프로세스에 전달하면 그곳에서는 다른 것을 뜻한다. DuplicateHandle로 실제 핸들을\n\
             만들 수 있다.\n"
        )
    };
    let standard = |name: &str| {
        say!(
            language,
            "{raw} is {name}: no handle, but the number that GetStdHandle takes. Every process has a\n\
             standard handle of its own in that place.\n",
            "{raw}은(는) {name}이다. 핸들이 아니라 GetStdHandle에 주는 번호이며, 그 자리의 표준 핸들은\n\
             프로세스마다 따로 있다.\n"
        )
    };
    Some(match raw {
        -1 => pseudo(
            "GetCurrentProcess()",
            "the process that uses it (also INVALID_HANDLE_VALUE, by which CreateFile says that it failed)",
            "사용하는 프로세스 자신(CreateFile이 실패했을 때의 INVALID_HANDLE_VALUE와 같은 값)",
        ),
        -2 => pseudo("GetCurrentThread()", "the thread that uses it", "사용하는 스레드 자신"),
        -4 => pseudo(
            "GetCurrentProcessToken()",
            "the process's access token",
            "프로세스의 액세스 토큰",
        ),
        -5 => {
            pseudo("GetCurrentThreadToken()", "the thread's access token", "스레드의 액세스 토큰")
        }
        -6 => pseudo(
            "GetCurrentThreadEffectiveToken()",
            "the token that counts for the thread",
            "스레드에 적용되는 액세스 토큰",
        ),
        -10 => standard("STD_INPUT_HANDLE"),
        -11 => standard("STD_OUTPUT_HANDLE"),
        -12 => standard("STD_ERROR_HANDLE"),
        0 => say!(
            language,
            "0 is no handle in any process: the value of a handle that was never opened.\n",
            "0은 어느 프로세스에서도 핸들이 아니다. 연 적이 없는 핸들의 값이다.\n"
        ),
        0xFFFF_FFFF => say!(
            language,
            "4294967295 is -1 in 32 bits, without its sign: on 64 bits it is no pseudo handle, and no handle.\n",
            "4294967295는 부호 없이 32비트로 쓴 -1이다. 64비트에서는 의사 핸들도 핸들도 아니다.\n"
        ),
        raw if raw < 0 || raw > i64::from(u32::MAX) => say!(
            language,
            "{raw} is no handle in any process: handles are positive numbers of at most 32 bits.\n",
            "{raw}은(는) 어느 프로세스에서도 핸들이 아니다. 핸들은 32비트를 넘지 않는 양수이다.\n"
        ),
        _ => return None,
    })
}

fn in_tables(language: Language, inventory: &Inventory, table: &Table, raw: i64) -> String {
    let mut text = String::new();
    let handle = raw & !3;
    if handle != raw {
        let _ = writeln!(
            text,
            "{}",
            say!(
                language,
                "{raw} means {handle}: handles are multiples of 4, and the two low bits are ignored.",
                "{raw}은(는) {handle}을(를) 뜻한다. 핸들은 4의 배수이며 아래 두 비트는 무시된다."
            )
        );
    }
    let id = table.process_id;
    let name = handles::name(id);
    let own = line_at(table, handle);
    let _ = match own {
        Some(line) => {
            let kind = what(table, line);
            let (address, inherit) = (handles::address(line.object), handles::inherit(line));
            let (origin, uses) =
                (handles::origin(language, line.origin), inventory.uses(line.object));
            let access = line.access;
            writeln!(
                text,
                "{}",
                say!(
                    language,
                    "In {name} ({id}), {handle} is a handle to the {kind}.\n  \
                 address {address}, access {access:#010x}, inherit {inherit}, {origin}, usage count {uses}",
                    "{name} ({id})에서 {handle}은(는) {kind}의 핸들이다.\n  \
                 주소 {address}, 접근 권한 {access:#010x}, 상속 {inherit}, {origin}, 사용 횟수 {uses}"
                )
            )
        }
        None => writeln!(
            text,
            "{}",
            say!(
                language,
                "In {name} ({id}), {handle} is a free slot: no handle. Using it is error 6, until some\n  \
             new handle gets this number.",
                "{name} ({id})에서 {handle}은(는) 빈 자리이며 핸들이 아니다. 사용하면 오류 6이고, 새 핸들이\n  \
             이 번호를 받을 수 있다."
            )
        ),
    };
    let others: Vec<_> =
        inventory.tables.iter().filter(|other| other.process_id != table.process_id).collect();
    if others.is_empty() {
        return text;
    }
    let heading = words("The same number elsewhere:", "다른 프로세스에서 같은 숫자:");
    let _ = writeln!(text, "{}", heading.of(language));
    for other in others {
        let id = other.process_id;
        let meaning = match (line_at(other, handle), own) {
            (None, _) => words("a free slot", "빈 자리").of(language).to_owned(),
            (Some(there), Some(own)) if there.object == own.object => {
                let origin = handles::origin(language, there.origin);
                say!(language, "the same object ({origin})", "같은 오브젝트 ({origin})")
            }
            (Some(there), _) => {
                let (kind, address) = (what(other, there), handles::address(there.object));
                say!(
                    language,
                    "another object: {kind} at {address}",
                    "다른 오브젝트: {address}의 {kind}"
                )
            }
        };
        let _ = writeln!(text, "  {} ({id}): {meaning}", handles::name(id));
    }
    text
}

fn line_at(table: &Table, handle: i64) -> Option<&Line> {
    table.line(isize::try_from(handle).ok()?)
}

/// Type and name of an object.
fn what(table: &Table, line: &Line) -> String {
    let name = table.name_of(line).map(super::subject::printable);
    match name {
        Some(name) => format!("{} {name}", line.kind.name()),
        None => line.kind.name().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, constant, number};

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(number("16"), Some(16));
        assert_eq!(number("0x10"), Some(16));
        assert_eq!(number("-1"), Some(-1));
        assert_eq!(number("0xFFFFFFFFFFFFFFFF"), Some(-1));
        assert_eq!(number("handle"), None);
    }

    #[test]
    fn fact_3_a_pseudo_handle_is_told_from_its_32_bits() {
        assert!(constant(Language::En, -1).unwrap().contains("pseudo handle"));
        assert!(constant(Language::En, 0xFFFF_FFFF).unwrap().contains("no pseudo handle"));
        assert!(constant(Language::En, 16).is_none());
    }
}
