//! Running lines that nobody types: of an argument, and of the standard input.

use super::shell::{Ending, Shell};
use super::streams::Streams;
use transom::{Win32Error, file};

/// Runs the lines of a text, such as the argument of `-c`; the exit code.
pub fn run_text(shell: &mut Shell, text: &str) -> u32 {
    let mut lines = text.lines();
    run(shell, || Ok(lines.next().map(str::to_owned)))
}

/// Runs the lines of the standard input; the exit code. No byte is read that does not belong to
/// the line, so that what the line starts finds the rest.
pub fn run_input(shell: &mut Shell) -> u32 {
    run(shell, read_line)
}

/// Runs lines until there are no more, or one ends the prompt.
fn run(shell: &mut Shell, mut next: impl FnMut() -> Result<Option<String>, Win32Error>) -> u32 {
    let streams = Streams::own();
    let mut pending = String::new();
    // What the last line that did something ended with.
    let mut code = shell.errorlevel();
    loop {
        let line = match next() {
            Ok(line) => line,
            Err(error) => {
                streams.complain(&shell.language.error(error));
                return error.code();
            }
        };
        let ended = line.is_none();
        if let Some(line) = line {
            pending.push_str(&shell.expand(&line));
        }
        match shell.run_line(&pending, &streams) {
            // The line goes on in the next one, if there is one.
            Err(error) if error.is_incomplete() && !ended => {
                pending.push('\n');
                continue;
            }
            Err(error) => code = shell.refuse(&error, &streams),
            Ok(_) if pending.trim().is_empty() => {}
            Ok(result) => code = result,
        }
        pending.clear();
        match shell.take_ending() {
            Some(Ending::Exit(code) | Ending::ExitScript(code)) => return code,
            _ if ended => return code,
            _ => {}
        }
    }
}

/// Reads the standard input up to and with the next line feed.
fn read_line() -> Result<Option<String>, Win32Error> {
    let Some(input) = transom::standard::input() else { return Ok(None) };
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        match file::read(&input, &mut byte) {
            Ok(0) | Err(Win32Error::BROKEN_PIPE) if line.is_empty() => return Ok(None),
            Ok(0) | Err(Win32Error::BROKEN_PIPE) => break,
            Ok(_) if byte[0] == b'\n' => break,
            Ok(_) => line.push(byte[0]),
            Err(error) => return Err(error),
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(String::from_utf8_lossy(&line).into_owned()))
}
