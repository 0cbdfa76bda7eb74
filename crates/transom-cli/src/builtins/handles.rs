//! `handles`: handle tables.

use super::arguments::{self, Arguments};
use super::columns::Columns;
use super::{Builtin, Call, Outcome, subject};
use crate::language::{Language, say, words};
use crate::prompt::{Failure, SYNTAX, Shell};
use clap::{Arg, ArgAction};
use serde_json::{Value, json};
use std::collections::HashMap;
use transom::handle::ObjectId;
use transom::snapshot;
use transom::table::{self, HandleFlags, Line, Origin, Table};
use transom::{Result, Win32Error};

pub(super) const HANDLES: Builtin = Builtin {
    name: "handles",
    aliases: &[],
    outside: true,
    define: |language| {
        let text = |english, korean| words(english, korean).of(language);
        arguments::command(
            language,
            "handles",
            text(
                "Shows handle tables: this prompt's, or those of other processes",
                "핸들 테이블을 보인다. 이 프롬프트의 것, 또는 다른 프로세스의 것",
            ),
        )
        .arg(Arg::new("NAME|PID").num_args(0..).help(text(
            "Processes, by name or process id; otherwise the prompt itself, or all outside of one",
            "이름이나 프로세스 ID로 고른 프로세스. 없으면 프롬프트 자신, 프롬프트 밖에서는 전부",
        )))
        .arg(Arg::new("all").short('a').long("all").action(ArgAction::SetTrue).help(text(
            "Every process that has a handle table",
            "핸들 테이블이 있는 모든 프로세스",
        )))
        .arg(Arg::new("beside").short('b').long("beside").action(ArgAction::SetTrue).help(text(
            "Two tables side by side; ~~~ joins what is the same object",
            "두 테이블을 나란히 보인다. ~~~는 같은 오브젝트를 잇는다",
        )))
        .arg(arguments::json(language))
        .after_help(text(
            "USES is the object's usage count: the number of handles to it in all processes.\nORIGIN: created, or inherited or duplicated from which process.\nSTATE: of what can be waited for: signalled or not, a count, the owner's process and thread.",
            "사용은 오브젝트의 사용 횟수, 곧 모든 프로세스에 있는 그 핸들의 수이다.\n유래: 생성, 또는 어느 프로세스에서 상속되거나 복제되었는가.\n상태: 기다릴 수 있는 오브젝트의 신호 여부, 횟수, 소유자의 프로세스와 스레드.",
        ))
    },
    run: handles,
};

fn handles(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let Arguments::Given(matches) = arguments::read(shell, &HANDLES, call)? else {
        return Ok(Some(0));
    };
    let language = shell.language;
    let inventory = Inventory::take(language)?;
    let wanted: Vec<&String> = matches.get_many("NAME|PID").into_iter().flatten().collect();
    let mut ids = Vec::new();
    for name in &wanted {
        ids.extend(subject::ids(language, name)?);
    }
    // A process that only shows tables has none worth seeing.
    if matches.get_flag("all") || wanted.is_empty() && !shell.is_prompt {
        ids = inventory.tables.iter().map(|table| table.process_id).collect();
    } else if wanted.is_empty() {
        // A stage of a pipeline has the pipe; the prompt has let go of it.
        ids.push(shell.process_id);
        ids.extend(Some(std::process::id()).filter(|own| *own != shell.process_id));
    }
    let mut shown: Vec<&Table> = Vec::new();
    let mut missing = None;
    for id in ids {
        if shown.iter().any(|table| table.process_id == id) {
            continue;
        }
        match inventory.table(id) {
            Ok(table) => shown.push(table),
            Err(error) => missing = Some(no_table(language, id, error)),
        }
    }
    // Of several processes of a name, some may have no table.
    if let Some(missing) = missing {
        if shown.is_empty() {
            return Err(missing);
        }
        call.streams.complain(&missing.text);
    }
    let text = if matches.get_flag("json") {
        format!("{:#}\n", shown.iter().map(|table| inventory.json(table)).collect::<Value>())
    } else if matches.get_flag("beside") {
        let [left, right] = shown[..] else {
            let text = say!(
                language,
                "handles: --beside needs two processes",
                "handles: --beside에는 프로세스 두 개가 필요하다"
            );
            return Err(Failure::new(SYNTAX, text));
        };
        let titles = [left, right].map(|table| name(table.process_id));
        format!("{}\n", left.beside(right).titled(&titles[0], &titles[1]))
    } else {
        let tables = shown.iter().map(|table| inventory.text(language, table));
        tables.collect::<Vec<_>>().join("\n")
    };
    call.print(language, text)?;
    Ok(Some(0))
}

/// Why the table of a process cannot be shown.
pub(super) fn no_table(language: Language, id: u32, error: Win32Error) -> Failure {
    match error {
        Win32Error::INVALID_PARAMETER => subject::nobody(language, &id.to_string()),
        Win32Error::FILE_NOT_FOUND => {
            let name = name(id);
            let text = say!(
                language,
                "{name} ({id}): it has no handle table: it is no Transom program, and none has started it",
                "{name} ({id}): 핸들 테이블이 없다. Transom 프로그램이 아니고, 그런 프로그램이 시작하지도 않았다"
            );
            Failure::new(error.code(), text)
        }
        _ => Failure::of(language, &id.to_string(), error),
    }
}

/// The name of a process.
pub(super) fn name(id: u32) -> String {
    snapshot::name_of(id).map_or_else(|| "?".to_owned(), subject::printable)
}

/// All handle tables at one moment, as nearly as that can be had.
pub(super) struct Inventory {
    pub(super) tables: Vec<Table>,
    uses: HashMap<ObjectId, usize>,
}

impl Inventory {
    pub(super) fn take(language: Language) -> Result<Self, Failure> {
        let ids = table::processes().map_err(|error| Failure::of(language, "handles", error))?;
        // Those that end meanwhile, or are other users', are not there.
        let tables: Vec<Table> = ids.into_iter().filter_map(|id| table::of(id).ok()).collect();
        let mut uses = HashMap::new();
        for line in tables.iter().flat_map(|table| &table.lines) {
            *uses.entry(line.object).or_insert(0) += 1;
        }
        Ok(Self { tables, uses })
    }

    /// The table of a process.
    pub(super) fn table(&self, id: u32) -> Result<&Table> {
        match self.tables.iter().find(|table| table.process_id == id) {
            Some(table) => Ok(table),
            // Why not.
            None => Err(table::of(id).err().unwrap_or(Win32Error::INVALID_PARAMETER)),
        }
    }

    /// An object's usage count.
    pub(super) fn uses(&self, object: ObjectId) -> usize {
        self.uses.get(&object).copied().unwrap_or(0)
    }

    fn text(&self, language: Language, table: &Table) -> String {
        let headings = match language {
            Language::En => [
                "HANDLE", "ADDRESS", "INHERIT", "TYPE", "ACCESS", "USES", "ORIGIN", "STATE", "NAME",
            ],
            Language::Ko => {
                ["핸들", "주소", "상속", "종류", "접근 권한", "사용", "유래", "상태", "이름"]
            }
        };
        let to_the_right = [true, false, false, false, false, true, false, false, false];
        let mut columns = Columns::new(headings, to_the_right);
        for line in &table.lines {
            columns.row([
                line.handle.to_string(),
                address(line.object),
                inherit(line).to_string(),
                line.kind.name().to_owned(),
                format!("{:#010x}", line.access),
                self.uses(line.object).to_string(),
                origin(language, line.origin),
                table.state_of(line).map_or_else(String::new, |state| state.to_string()),
                table.name_of(line).map_or_else(String::new, subject::printable),
            ]);
        }
        format!("{} ({})\n{}", name(table.process_id), table.process_id, columns.text())
    }

    fn json(&self, table: &Table) -> Value {
        let handle = |line: &Line| {
            let (origin, process) = match line.origin {
                Origin::Created => ("created", None),
                Origin::Inherited(id) => ("inherited", Some(id)),
                Origin::Duplicated(id) => ("duplicated", Some(id)),
            };
            json!({
                "handle": line.handle,
                "address": address(line.object),
                "inherit": line.is_inheritable(),
                "protected": line.flags.contains(HandleFlags::PROTECT_FROM_CLOSE),
                "type": line.kind.name(),
                "access": format!("{:#010x}", line.access),
                "uses": self.uses(line.object),
                "origin": origin,
                "origin_pid": process,
                "arriving": line.arriving,
                "state": table.state_of(line).map(|state| state.to_string()),
                "name": table.name_of(line).map(|name| name.to_string_lossy().into_owned()),
            })
        };
        json!({
            "pid": table.process_id,
            "name": name(table.process_id),
            "handles": table.lines.iter().map(handle).collect::<Value>(),
        })
    }
}

/// An object's address, as it is shown and typed.
pub(super) fn address(object: ObjectId) -> String {
    format!("{:#018x}", object.get())
}

/// `Y` or `N`; with `P` where the handle is protected from closing.
pub(super) fn inherit(line: &Line) -> &'static str {
    match (line.is_inheritable(), line.flags.contains(HandleFlags::PROTECT_FROM_CLOSE)) {
        (true, false) => "Y",
        (false, false) => "N",
        (true, true) => "Y P",
        (false, true) => "N P",
    }
}

/// Where a handle came from.
pub(super) fn origin(language: Language, origin: Origin) -> String {
    match origin {
        Origin::Created => words("created", "생성").of(language).to_owned(),
        Origin::Inherited(id) => say!(language, "inherited from {id}", "{id}에서 상속"),
        Origin::Duplicated(id) => say!(language, "duplicated from {id}", "{id}에서 복제"),
    }
}
