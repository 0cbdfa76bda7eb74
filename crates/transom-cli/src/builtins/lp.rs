//! `lp`: the processes of the machine.

use super::arguments::{self, Arguments};
use super::columns::Columns;
use super::{Builtin, Call, Outcome, subject};
use crate::language::{Language, words};
use crate::prompt::{Failure, Shell};
use clap::Arg;
use serde_json::{Value, json};
use transom::snapshot::{self, ProcessEntry};

pub(super) const LP: Builtin = Builtin {
    name: "lp",
    aliases: &["tasklist"],
    outside: true,
    define: |language| {
        let about = words(
            "Lists the processes of the machine, from a Toolhelp snapshot",
            "Toolhelp 스냅샷으로 컴퓨터의 프로세스 목록을 보인다",
        );
        arguments::command(language, "lp", about.of(language))
            .visible_alias("tasklist")
            .arg(
                Arg::new("NAME|PID").num_args(0..).help(
                    words("Only these, by name or process id", "이름이나 프로세스 ID로 고른 것만")
                        .of(language),
                ),
            )
            .arg(arguments::json(language))
    },
    run: lp,
};

fn lp(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let Arguments::Given(matches) = arguments::read(shell, &LP, call)? else { return Ok(Some(0)) };
    let language = shell.language;
    let mut processes = snapshot::processes()
        .map_err(|error| Failure::of(language, "CreateToolhelp32Snapshot", error))?;
    let wanted: Vec<&String> = matches.get_many("NAME|PID").into_iter().flatten().collect();
    if !wanted.is_empty() {
        for name in &wanted {
            if !processes.iter().any(|process| subject::is_meant(process, name)) {
                return Err(subject::nobody(language, name));
            }
        }
        processes.retain(|process| wanted.iter().any(|name| subject::is_meant(process, name)));
    }
    let text = if matches.get_flag("json") {
        format!("{:#}\n", processes.iter().map(value).collect::<Value>())
    } else {
        table(language, &processes)
    };
    call.print(language, text)?;
    Ok(Some(0))
}

fn value(process: &ProcessEntry) -> Value {
    json!({
        "pid": process.id,
        "parent": process.parent_id,
        "threads": process.threads,
        "priority": process.base_priority,
        "name": process.name.to_string_lossy(),
    })
}

/// The list as text.
pub fn table(language: Language, processes: &[ProcessEntry]) -> String {
    let headings = match language {
        Language::En => ["PID", "PARENT", "THREADS", "PRIORITY", "NAME"],
        Language::Ko => ["PID", "부모", "스레드", "우선순위", "이름"],
    };
    let mut columns = Columns::new(headings, [true, true, true, true, false]);
    for process in processes {
        columns.row([
            process.id.to_string(),
            process.parent_id.to_string(),
            process.threads.to_string(),
            process.base_priority.to_string(),
            subject::printable(&process.name),
        ]);
    }
    columns.text()
}
