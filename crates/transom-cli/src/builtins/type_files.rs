//! `type`.

use super::{Builtin, Call, Outcome, arguments};
use crate::language::{say, words};
use crate::prompt::{Failure, SYNTAX, Shell};
use clap::Arg;
use transom::{File, Win32Error, file};

pub(super) const TYPE: Builtin = Builtin {
    name: "type",
    aliases: &[],
    outside: false,
    define: |language| {
        let about = words(
            "Prints files; of several, their names to the standard error as well",
            "파일을 출력한다. 여럿이면 이름도 표준 오류로 보인다",
        );
        arguments::command(language, "type", about.of(language)).arg(
            Arg::new("FILE")
                .num_args(1..)
                .required(true)
                .help(words("The files", "파일들").of(language)),
        )
    },
    run: type_files,
};

fn type_files(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let files = call.words();
    if files.iter().any(|word| word.raw() == "/?") {
        call.print(shell.language, (TYPE.define)(shell.language).render_help().to_string())?;
        return Ok(None);
    }
    if files.is_empty() {
        let text = say!(shell.language, "type: which file?", "type: 어느 파일인가?");
        return Err(Failure::new(SYNTAX, text));
    }
    let mut code = 0;
    for word in &files {
        let name = word.text();
        if files.len() > 1 {
            call.streams.complain(&format!("\n{name}\n\n"));
        }
        match copy(shell, call, &name) {
            Ok(()) => {}
            // The others are still of use.
            Err(failure) if files.len() > 1 && !failure.text.is_empty() => {
                code = shell.fail(&failure, call.streams);
            }
            Err(failure) => return Err(failure),
        }
        if shell.stops() {
            break;
        }
    }
    Ok(Some(code))
}

/// Copies a file to the standard output.
fn copy(shell: &mut Shell, call: &Call<'_>, name: &str) -> Result<(), Failure> {
    let language = shell.language;
    let failure = |error| Failure::of(language, name, error);
    let source = File::open(name).map_err(failure)?;
    let mut buffer = vec![0; 1 << 16];
    while !shell.stops() {
        match file::read(&source, &mut buffer) {
            Ok(0) | Err(Win32Error::BROKEN_PIPE) => break,
            Ok(count) => call.print(language, &buffer[..count])?,
            Err(error) => return Err(failure(error)),
        }
    }
    Ok(())
}
