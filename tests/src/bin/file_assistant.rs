//! The other process of the tests of files: answers each line it reads with one line. Numbers
//! are decimal; a name is the rest of its line.

use std::io::{BufRead, Write};
use std::os::fd::AsRawFd;
use transom_tests::{files, win32};

fn main() {
    let mut lines = std::io::stdin().lock().lines();
    while let Some(Ok(line)) = lines.next() {
        if line == "return" {
            // As programs end: no handle is closed one by one.
            return;
        }
        let answer = answer(&line).unwrap_or_else(|| format!("? {line}"));
        let mut output = std::io::stdout().lock();
        // Nobody listens any more: that is the end.
        if writeln!(output, "{answer}").and_then(|()| output.flush()).is_err() {
            return;
        }
    }
}

fn answer(line: &str) -> Option<String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "hello" => Some("hello".into()),
        "try" | "open" => {
            let mut parts = rest.splitn(5, ' ');
            let mut number = || parts.next()?.parse::<u32>().ok();
            let (access, share, disposition, flags) = (number()?, number()?, number()?, number()?);
            let (handle, error) = files::create(parts.next()?, access, share, disposition, flags);
            if word == "try" && handle != files::INVALID {
                win32::close(handle);
            }
            Some(format!("{handle} {error}"))
        }
        "close" => {
            let (result, error) = win32::close(rest.parse().ok()?);
            Some(format!("{result} {error}"))
        }
        "write" => {
            let (handle, text) = rest.split_once(' ')?;
            let ((result, count), error) = win32::write(handle.parse().ok()?, text.as_bytes());
            Some(format!("{result} {count} {error}"))
        }
        "delete" => {
            let (result, error) = files::delete(rest);
            Some(format!("{result} {error}"))
        }
        // From here on it has no terminal.
        "leave-terminal" => {
            rustix::process::setsid().ok()?;
            Some("left".into())
        }
        // From here on this is its terminal.
        "take-terminal" => {
            let terminal = std::fs::OpenOptions::new().read(true).write(true).open(rest).ok()?;
            // SAFETY: the request takes a number.
            let result = unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSCTTY, 0) };
            Some(format!("{result}"))
        }
        _ => None,
    }
}
