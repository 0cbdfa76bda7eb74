//! `kp`: ends processes.
//!
//! From a name to the process ids, from each id to a handle, and with that `TerminateProcess`.

use super::arguments::{self, Arguments};
use super::{Builtin, Call, Outcome, subject};
use crate::language::{Language, say, words};
use crate::prompt::{Failure, Shell};
use clap::{Arg, ArgAction, value_parser};
use std::time::Duration;
use transom::process::Access;
use transom::snapshot::{self, ProcessEntry};
use transom::{Process, Result, Win32Error};

pub(super) const KP: Builtin = Builtin {
    name: "kp",
    aliases: &["taskkill"],
    outside: true,
    define: |language| {
        let text = |english, korean| words(english, korean).of(language);
        arguments::command(
            language,
            "kp",
            text(
                "Ends processes: from names to ids, to handles, to TerminateProcess",
                "프로세스를 끝낸다: 이름 → ID → 핸들 → TerminateProcess",
            ),
        )
        .visible_alias("taskkill")
        .arg(Arg::new("NAME|PID").num_args(1..).help(text(
            "Names, each meaning all processes of that name, or process ids",
            "이름(그 이름의 모든 프로세스) 또는 프로세스 ID",
        )))
        .arg(
            Arg::new("im")
                .long("im")
                .value_name("NAME")
                .action(ArgAction::Append)
                .help(text("A name, as taskkill has it", "taskkill 방식의 이름")),
        )
        .arg(
            Arg::new("pid")
                .long("pid")
                .value_name("PID")
                .action(ArgAction::Append)
                .value_parser(value_parser!(u32))
                .help(text("A process id, as taskkill has it", "taskkill 방식의 프로세스 ID")),
        )
        .arg(
            Arg::new("force")
                .short('f')
                .long("f")
                .visible_alias("force")
                .action(ArgAction::SetTrue)
                .help(text(
                    "Nothing more: ending a process is always by force",
                    "달라지는 것은 없다. 프로세스는 언제나 강제로 끝난다",
                )),
        )
        .arg(
            Arg::new("code")
                .long("code")
                .value_name("CODE")
                .default_value("1")
                .value_parser(value_parser!(u32))
                .help(text("The exit code they end with", "프로세스가 끝나는 종료 코드")),
        )
        .group(
            clap::ArgGroup::new("who")
                .args(["NAME|PID", "im", "pid"])
                .multiple(true)
                .required(true),
        )
    },
    run: kp,
};

fn kp(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let Arguments::Given(matches) = arguments::read(shell, &KP, call)? else { return Ok(Some(0)) };
    let code = matches.get_one::<u32>("code").copied().unwrap_or(1);
    let names = ["NAME|PID", "im"].map(|group| matches.get_many::<String>(group));
    let ids = matches.get_many::<u32>("pid").into_iter().flatten().map(u32::to_string);
    let wanted: Vec<String> = names.into_iter().flatten().flatten().cloned().chain(ids).collect();
    let mut killing = Killing { shell, call, code, ended: 0, result: 0 };
    for name in &wanted {
        match name.parse() {
            Ok(id) => killing.by_id(id)?,
            Err(_) => killing.by_name(name)?,
        }
    }
    let Killing { ended, result, .. } = killing;
    if ended > 0 {
        let plural = if ended == 1 { "process" } else { "processes" };
        let language = shell.language;
        let text = say!(language, "{ended} {plural} ended\n", "프로세스 {ended}개를 끝냈다\n");
        call.print(language, text)?;
    }
    Ok(Some(result))
}

struct Killing<'a> {
    shell: &'a mut Shell,
    call: &'a Call<'a>,
    code: u32,
    ended: u32,
    /// The exit code so far: that of the last failure.
    result: u32,
}

impl Killing<'_> {
    /// Ends the process of an id, which may be the prompt itself.
    fn by_id(&mut self, id: u32) -> Result<(), Failure> {
        let language = self.shell.language;
        let process = match Process::open(id, Access::TERMINATE | Access::SYNCHRONIZE) {
            Ok(process) => process,
            Err(Win32Error::INVALID_PARAMETER) => {
                self.failed(&subject::nobody(language, &id.to_string()));
                return Ok(());
            }
            Err(error) => {
                self.failed(&Failure::of(language, &id.to_string(), error));
                return Ok(());
            }
        };
        let name = snapshot::processes().ok().and_then(|all| {
            all.iter()
                .find(|process| process.id == id)
                .map(|process| subject::printable(&process.name))
        });
        if id == std::process::id() {
            // What is said afterwards, nobody would hear.
            self.tell(name.as_deref(), id)?;
        }
        match process.terminate(self.code) {
            Ok(()) => self.tell(name.as_deref(), id)?,
            Err(error) => {
                let gone = process.wait(Duration::ZERO).unwrap_or(false);
                self.failed(&refused(language, &id.to_string(), error, gone));
            }
        }
        Ok(())
    }

    /// Ends all processes of a name, except this prompt.
    fn by_name(&mut self, name: &str) -> Result<(), Failure> {
        let language = self.shell.language;
        let found = snapshot::find_by_name(name)
            .map_err(|error| Failure::of(language, "CreateToolhelp32Snapshot", error))?;
        let ours = [std::process::id(), self.shell.process_id];
        let (own, others): (Vec<_>, Vec<_>) =
            found.iter().partition(|process| ours.contains(&process.id));
        for process in own {
            let id = process.id;
            self.call.streams.complain(&say!(
                language,
                "{id}: this prompt itself, left out; its id would end it",
                "{id}: 이 프롬프트 자신이라 제외했다. ID로는 끝낼 수 있다"
            ));
        }
        let mut met = 0;
        for process in others {
            if let Some(result) = end(process, self.code) {
                met += 1;
                match result {
                    Ok(()) => self.tell(Some(&subject::printable(&process.name)), process.id)?,
                    Err(error) => {
                        let subject =
                            format!("{} ({})", subject::printable(&process.name), process.id);
                        self.failed(&refused(language, &subject, error, false));
                    }
                }
            }
        }
        if met == 0 {
            self.failed(&subject::nobody(language, name));
        }
        Ok(())
    }

    fn tell(&mut self, name: Option<&str>, id: u32) -> Result<(), Failure> {
        self.ended += 1;
        let name = name.unwrap_or("?");
        let language = self.shell.language;
        let text = say!(language, "{name} ({id}) ended\n", "{name} ({id})을(를) 끝냈다\n");
        self.call.print(language, text)
    }

    fn failed(&mut self, failure: &Failure) {
        self.result = self.shell.fail(failure, self.call.streams);
    }
}

/// Ends a process of a snapshot; `None` for one that has ended by itself meanwhile.
fn end(process: &ProcessEntry, code: u32) -> Option<Result<()>> {
    let handle = match process.open(Access::TERMINATE | Access::SYNCHRONIZE) {
        Err(Win32Error::INVALID_PARAMETER) => return None,
        Err(error) => return Some(Err(error)),
        Ok(handle) => handle,
    };
    match handle.terminate(code) {
        Err(Win32Error::ACCESS_DENIED) if handle.wait(Duration::ZERO) == Ok(true) => None,
        result => Some(result),
    }
}

fn refused(language: Language, subject: &str, error: Win32Error, gone: bool) -> Failure {
    if gone {
        let reason = language.error(error);
        let text = say!(
            language,
            "{subject}: it has ended already: {reason}",
            "{subject}: 이미 끝난 프로세스이다: {reason}"
        );
        return Failure::new(error.code(), text);
    }
    Failure::of(language, subject, error)
}
