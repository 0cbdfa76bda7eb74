//! `jobs` and `wait`.

use super::arguments::{self, Arguments};
use super::columns::Columns;
use super::{Builtin, Call, Outcome, subject};
use crate::language::{Language, say, words};
use crate::prompt::jobs::Job;
use crate::prompt::{Ending, Failure, Shell};
use clap::{Arg, value_parser};
use transom::{AsHandle, Win32Error, wait};

pub(super) const JOBS: Builtin = Builtin {
    name: "jobs",
    aliases: &[],
    outside: false,
    define: |language| {
        let about = words(
            "Shows what `start` has put into the background",
            "`start`로 백그라운드에서 시작한 것을 보인다",
        );
        arguments::command(language, "jobs", about.of(language))
    },
    run: |shell, call| {
        let Arguments::Given(_) = arguments::read(shell, &JOBS, call)? else { return Ok(Some(0)) };
        let headings = match shell.language {
            Language::En => ["JOB", "PID", "STATE", "COMMAND"],
            Language::Ko => ["작업", "PID", "상태", "명령"],
        };
        let mut columns = Columns::new(headings, [true, true, false, false]);
        for job in shell.jobs.iter() {
            columns.row([
                job.number.to_string(),
                job.started.id.to_string(),
                state(shell.language, job),
                subject::printable(&job.line),
            ]);
        }
        if shell.jobs.iter().next().is_some() {
            call.print(shell.language, columns.text())?;
        }
        // Whoever has seen the end of a job need not be told again.
        shell.jobs.take_ended();
        Ok(Some(0))
    },
};

/// Whether a job runs, or what it ended with.
pub(crate) fn state(language: Language, job: &Job) -> String {
    match job.exit_code() {
        Ok(None) => words("running", "실행 중").of(language).to_owned(),
        Ok(Some(code)) => {
            let code = code.cast_signed();
            say!(language, "ended ({code})", "끝남 ({code})")
        }
        Err(error) => language.error(error),
    }
}

pub(super) const WAIT: Builtin = Builtin {
    name: "wait",
    aliases: &[],
    outside: false,
    define: |language| {
        let about = words(
            "Waits for jobs, or for all of them; %ERRORLEVEL% is the last one's exit code",
            "작업을, 또는 모든 작업을 기다린다. %ERRORLEVEL%은 마지막 작업의 종료 코드이다",
        );
        arguments::command(language, "wait", about.of(language)).arg(
            Arg::new("JOB|PID").num_args(0..).value_parser(value_parser!(u32)).help(
                words("Their numbers or process ids", "작업 번호나 프로세스 ID").of(language),
            ),
        )
    },
    run: wait_for_jobs,
};

fn wait_for_jobs(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let Arguments::Given(matches) = arguments::read(shell, &WAIT, call)? else {
        return Ok(Some(0));
    };
    let language = shell.language;
    let mut numbers = Vec::new();
    match matches.get_many::<u32>("JOB|PID") {
        None => numbers.extend(shell.jobs.iter().map(|job| job.number)),
        Some(wanted) => {
            for wanted in wanted {
                let job = shell.jobs.find(*wanted).ok_or_else(|| {
                    let text =
                        say!(language, "{wanted}: no such job", "{wanted}: 그런 작업이 없다");
                    Failure::new(Win32Error::INVALID_PARAMETER.code(), text)
                })?;
                numbers.push(job.number);
            }
        }
    }
    let mut code = 0;
    for number in numbers {
        let Some(job) = shell.jobs.find(number) else { continue };
        let failure = |error| Failure::of(language, &job.line, error);
        let ended = match shell.interrupt.event() {
            None => job.started.process.wait(None).map_err(failure)?,
            Some(pressed) => {
                let objects: [&dyn AsHandle; 2] = [&job.started.process, pressed];
                wait::wait_any(&objects, None).map_err(failure)? == Some(0)
            }
        };
        if !ended {
            shell.end(Ending::Interrupted);
            return Ok(Some(INTERRUPTED));
        }
        code = job.exit_code().map_err(failure)?.unwrap_or(0);
        shell.jobs.remove(number);
    }
    Ok(Some(code))
}

/// `STATUS_CONTROL_C_EXIT`.
const INTERRUPTED: u32 = 0xC000_013A;
