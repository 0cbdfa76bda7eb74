//! The prompt that somebody types at: line editing, history and completion by rustyline.

use super::completion::Completion;
use super::interrupt::Interrupt;
use super::shell::{Ending, Shell};
use super::streams::Streams;
use crate::builtins;
use crate::language::{Language, say, words};
use rustyline::config::{BellStyle, CompletionType};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Config, Editor};
use std::io;
use std::path::PathBuf;
use transom::env;

/// The text before what is typed.
pub(super) fn prompt() -> String {
    let directory = env::current_dir().map(|path| path.to_string_lossy().into_owned());
    format!("{}>", directory.as_deref().unwrap_or("?"))
}

/// Runs what somebody types until they leave; the exit code.
///
/// # Errors
/// The terminal cannot be used.
pub fn run(shell: &mut Shell) -> io::Result<u32> {
    shell.interactive = true;
    shell.interrupt = Interrupt::watch()?;
    let streams = Streams::own();
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .bell_style(BellStyle::None)
        .auto_add_history(false)
        .build();
    let mut editor: Editor<Completion, FileHistory> =
        Editor::with_config(config).map_err(io::Error::other)?;
    editor.set_helper(Some(Completion));
    let history = history_file();
    if let Some(history) = &history {
        // None so far, or not to be read: it begins empty.
        let _ = editor.load_history(history);
    }
    let _ = streams.print(greeting(shell.language).as_bytes());
    let code = read(shell, &mut editor, &streams);
    if let Some(history) = &history {
        let directory = history.parent().map(std::fs::create_dir_all);
        if !matches!(directory, Some(Err(_))) {
            let _ = editor.append_history(history);
        }
    }
    Ok(code)
}

fn greeting(language: Language) -> String {
    let version = env!("CARGO_PKG_VERSION");
    say!(
        language,
        "Transom {version}. help lists the commands, exit ends.\n",
        "Transom {version}. help는 명령 목록을 보이고 exit는 끝낸다.\n"
    )
}

fn read(shell: &mut Shell, editor: &mut Editor<Completion, FileHistory>, streams: &Streams) -> u32 {
    let mut typed = String::new();
    let mut expanded = String::new();
    loop {
        tell_of_ended_jobs(shell, streams);
        let more = words("More? ", "계속? ").of(shell.language).to_owned();
        let before = if typed.is_empty() { prompt() } else { more };
        let line = match editor.readline(&before) {
            Ok(line) => line,
            // Ctrl-C leaves the line, Ctrl-D the prompt.
            Err(ReadlineError::Interrupted) => {
                typed.clear();
                expanded.clear();
                continue;
            }
            Err(ReadlineError::Eof) => return shell.errorlevel(),
            Err(ReadlineError::Signal(_)) => continue,
            Err(error) => {
                streams.complain(&error.to_string());
                return 1;
            }
        };
        if !typed.is_empty() {
            typed.push('\n');
            expanded.push('\n');
        }
        typed.push_str(&line);
        expanded.push_str(&shell.expand(&line));
        shell.interrupt.clear();
        match shell.run_line(&expanded, streams) {
            Err(error) if error.is_incomplete() => continue,
            Err(error) => {
                shell.refuse(&error, streams);
            }
            Ok(_) => {}
        }
        if !typed.trim().is_empty() {
            let _ = editor.add_history_entry(typed.replace('\n', " & "));
        }
        typed.clear();
        expanded.clear();
        if let Some(Ending::Exit(code)) = shell.take_ending() {
            return code;
        }
        if shell.interrupt.happened() {
            // After the ^C of the terminal.
            let _ = streams.print(b"\n");
        }
    }
}

fn tell_of_ended_jobs(shell: &mut Shell, streams: &Streams) {
    for job in shell.jobs.take_ended() {
        let state = builtins::state_of(shell.language, &job);
        streams.complain(&format!("[{}] {state}  {}", job.number, job.line));
    }
}

/// Where the history is kept: `TRANSOM_HISTORY`, or the user's directory for such things.
fn history_file() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(file) = variable("TRANSOM_HISTORY") {
        return Some(file.into());
    }
    let state = variable("XDG_STATE_HOME").map(PathBuf::from);
    let state = state.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".local/state")))?;
    Some(state.join("transom/history"))
}
