//! `cd`.

use super::{Builtin, arguments};
use crate::language::words;
use crate::prompt::Failure;
use clap::Arg;
use transom::env;

pub(super) const CD: Builtin = Builtin {
    name: "cd",
    aliases: &["chdir"],
    outside: false,
    define: |language| {
        let about =
            words("Shows the current directory, or changes it", "현재 디렉터리를 보이거나 바꾼다");
        arguments::command(language, "cd", about.of(language))
            .arg(
                Arg::new("d").short('d').long("d").num_args(0).help(
                    words(
                        "Changes the drive too (there is only C:)",
                        "드라이브도 바꾼다(C:뿐이다)",
                    )
                    .of(language),
                ),
            )
            .arg(
                Arg::new("DIRECTORY").help(
                    words("Where to go, as a Win32 or Linux path", "갈 곳의 Win32 또는 Linux 경로")
                        .of(language),
                ),
            )
    },
    run: |shell, call| {
        let mut text = call.trimmed();
        if text == "/?" {
            call.print(shell.language, (CD.define)(shell.language).render_help().to_string())?;
            return Ok(None);
        }
        if let Some(rest) =
            text.get(..2).filter(|start| start.eq_ignore_ascii_case("/d")).and(text.get(2..))
            && (rest.is_empty() || rest.starts_with([' ', '\t', '"']))
        {
            text = rest.trim_matches([' ', '\t']);
        }
        let path = text.replace('"', "");
        if path.is_empty() {
            let current =
                env::current_dir().map_err(|error| Failure::of(shell.language, "cd", error))?;
            call.print(shell.language, format!("{}\n", current.to_string_lossy()))?;
            return Ok(None);
        }
        env::set_current_dir(&path).map_err(|error| Failure::of(shell.language, &path, error))?;
        Ok(None)
    },
};
