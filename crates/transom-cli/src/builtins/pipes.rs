//! `pipes`: the named pipes of this machine.

use super::arguments::{self, Arguments};
use super::columns::Columns;
use super::{Builtin, Call, Outcome, subject};
use crate::language::{Language, words};
use crate::prompt::{Failure, Shell};
use serde_json::{Value, json};
use transom::pipe::named::{self, Instance, Listed};

pub(super) const PIPES: Builtin = Builtin {
    name: "pipes",
    aliases: &[],
    outside: true,
    define: |language| {
        let text = |english, korean| words(english, korean).of(language);
        arguments::command(
            language,
            "pipes",
            text(
                "Lists the named pipes that somebody serves",
                "누군가 서비스하는 명명된 파이프의 목록을 보인다",
            ),
        )
        .arg(arguments::json(language))
        .after_help(text(
            "Each line is an instance. OF: how many there are of the name, and the most there may be.\nUNREAD: bytes on the way to the server, and to the client. ?: other users' are not shown.",
            "한 줄이 인스턴스 하나이다. 개수: 그 이름의 인스턴스 수와 최대 수.\n읽지 않음: 서버로, 클라이언트로 가는 바이트 수. ?: 다른 사용자의 것은 보이지 않는다.",
        ))
    },
    run: list,
};

fn list(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let Arguments::Given(matches) = arguments::read(shell, &PIPES, call)? else {
        return Ok(Some(0));
    };
    let language = shell.language;
    let failure = |error| Failure::of(language, "pipes", error);
    let listed = named::list().map_err(failure)?;
    let mut instances = named::instances().map_err(failure)?;
    let pipes: Vec<(Listed, Vec<Instance>)> = listed
        .into_iter()
        .map(|pipe| {
            let instances = instances.remove(&pipe.name).unwrap_or_default();
            (pipe, instances)
        })
        .collect();
    let text = if matches.get_flag("json") {
        format!("{:#}\n", pipes.iter().map(value).collect::<Value>())
    } else {
        table(language, &pipes)
    };
    call.print(language, text)?;
    Ok(Some(0))
}

/// A pipe's name as programs use it.
fn name_of(pipe: &Listed) -> String {
    format!(r"\\.\pipe\{}", String::from_utf16_lossy(&pipe.name))
}

const fn kind_of(messages: bool) -> &'static str {
    if messages { "message" } else { "byte" }
}

fn value((pipe, instances): &(Listed, Vec<Instance>)) -> Value {
    let instance = |instance: &Instance| {
        json!({
            "address": super::handles::address(instance.object),
            "state": instance.state.word(),
            "type": kind_of(instance.state.messages),
            "to_server": instance.state.incoming,
            "to_client": instance.state.outgoing,
            "servers": instance.servers,
            "clients": instance.clients,
        })
    };
    // PIPE_ACCESS_INBOUND, PIPE_ACCESS_OUTBOUND.
    let direction = match pipe.direction {
        1 => "to server",
        2 => "to client",
        _ => "both",
    };
    json!({
        "name": name_of(pipe),
        "type": kind_of(pipe.messages),
        "direction": direction,
        "count": pipe.instances,
        "maximum": (pipe.most_instances < 255).then_some(pipe.most_instances),
        "servers": pipe.servers.iter().map(|(pid, _)| pid).collect::<Vec<_>>(),
        "instances": instances.iter().map(instance).collect::<Value>(),
    })
}

fn table(language: Language, pipes: &[(Listed, Vec<Instance>)]) -> String {
    let headings = match language {
        Language::En => ["OF", "TYPE", "STATE", "UNREAD", "SERVER", "CLIENT", "NAME"],
        Language::Ko => ["개수", "종류", "상태", "읽지 않음", "서버", "클라이언트", "이름"],
    };
    let mut columns = Columns::new(headings, [true, false, false, true, true, true, false]);
    let ids = |ids: &[u32]| match ids {
        [] => "-".to_owned(),
        ids => ids.iter().map(u32::to_string).collect::<Vec<_>>().join(","),
    };
    for (pipe, instances) in pipes {
        let most = match pipe.most_instances {
            255 => words("any", "제한 없음").of(language).to_owned(),
            most => most.to_string(),
        };
        let of = format!("{}/{most}", pipe.instances);
        let name = subject::printable(name_of(pipe));
        for instance in instances {
            let state = instance.state;
            columns.row([
                of.clone(),
                kind_of(state.messages).to_owned(),
                state.word().to_owned(),
                format!("{}/{}", state.incoming, state.outgoing),
                ids(&instance.servers),
                ids(&instance.clients),
                name.clone(),
            ]);
        }
        if instances.is_empty() {
            let unknown = || "?".to_owned();
            let servers: Vec<u32> = pipe.servers.iter().map(|&(pid, _)| pid).collect();
            let kind = kind_of(pipe.messages).to_owned();
            columns.row([of, kind, unknown(), unknown(), ids(&servers), unknown(), name]);
        }
    }
    columns.text()
}

/// The names of pipes that begin so, as they may be written.
pub(crate) fn beginning_with(typed: &str) -> Vec<String> {
    let listed = named::list().unwrap_or_default();
    let full = typed.starts_with('\\');
    let names = listed.iter().map(|pipe| match full {
        true => name_of(pipe),
        false => String::from_utf16_lossy(&pipe.name),
    });
    let begins = |name: &String| {
        name.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
    };
    names.filter(begins).collect()
}
