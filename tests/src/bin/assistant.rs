//! The assistant of the cross-process tests: answers each line it reads with one line.
//!
//! A command is a word and its arguments, numbers in decimal. Most answers are the result of a
//! Win32 call and its last error.

use std::io::{BufRead, Write};
use std::str::SplitAsciiWhitespace;
use transom_tests::assistant::program;
use transom_tests::win32::{self, Outcome, Start};
use transom_tests::words::number;
use windows_sys::Win32::System::Console;

fn main() {
    let mut lines = std::io::stdin().lock().lines();
    while let Some(Ok(line)) = lines.next() {
        let answer = answer(&line)
            .or_else(|| transom_tests::objects::answer(&line))
            .or_else(|| transom_tests::pipes::answer(&line))
            .or_else(|| transom_tests::requests::answer(&line))
            .or_else(|| transom_tests::stress::answer(&line))
            .or_else(|| transom_tests::mailslots::answer(&line))
            .or_else(|| transom_tests::jobs::answer(&line))
            .unwrap_or_else(|| format!("? {line}"));
        let mut output = std::io::stdout().lock();
        // Nobody listens any more: that is the end.
        if writeln!(output, "{answer}").and_then(|()| output.flush()).is_err() {
            return;
        }
    }
}

fn outcome<T: std::fmt::Display>((result, error): Outcome<T>) -> Option<String> {
    Some(format!("{result} {error}"))
}

fn answer(line: &str) -> Option<String> {
    let mut words = line.split_ascii_whitespace();
    let words = &mut words;
    match words.next()? {
        "hello" => Some("hello".into()),
        "pid" => Some(std::process::id().to_string()),
        "parent" => Some(std::os::unix::process::parent_id().to_string()),
        "command-line" => Some(win32::command_line()),
        "arguments" => Some(format!("{:?}", std::env::args().skip(1).collect::<Vec<_>>())),
        "directory" => Some(std::env::current_dir().ok()?.display().to_string()),
        "linux-env" => Some(format!("{:?}", std::env::var(words.next()?))),
        "descriptors" => Some(descriptors()),
        "signals" => Some(signals()),
        "threads" => Some(std::fs::read_dir("/proc/self/task").ok()?.count().to_string()),
        "close" => outcome(win32::close(number(words)?)),
        "set" => outcome(win32::set_event(number(words)?)),
        "reset" => outcome(win32::reset_event(number(words)?)),
        "wait" => outcome(win32::wait(number(words)?, number(words)?)),
        "event" => {
            let flag = |words: &mut SplitAsciiWhitespace<'_>| Some(number::<u8>(words)? != 0);
            Some(win32::create_event(flag(words)?, flag(words)?, flag(words)?).to_string())
        }
        "pipe" => {
            let (read, write) = win32::create_pipe(0, number::<u8>(words)? != 0);
            Some(format!("{read} {write}"))
        }
        "flags" => {
            let ((result, flags), error) = win32::handle_flags(number(words)?);
            Some(format!("{result} {flags} {error}"))
        }
        "set-flags" => {
            outcome(win32::set_handle_flags(number(words)?, number(words)?, number(words)?))
        }
        "same" => outcome(win32::same_object(number(words)?, number(words)?)),
        "count" => Some(win32::handle_count(win32::SELF).to_string()),
        "standard" => Some(
            win32::standard(match words.next()? {
                "input" => Console::STD_INPUT_HANDLE,
                "output" => Console::STD_OUTPUT_HANDLE,
                _ => Console::STD_ERROR_HANDLE,
            })
            .to_string(),
        ),
        "read" => {
            let ((result, bytes), error) = win32::read(number(words)?, number(words)?);
            Some(format!("{result} {error} {}", String::from_utf8_lossy(&bytes)))
        }
        "write" => {
            let handle = number(words)?;
            let ((result, count), error) = win32::write(handle, words.next()?.as_bytes());
            Some(format!("{result} {error} {count}"))
        }
        "write-byte" => {
            let ((result, count), error) = win32::write(number(words)?, &[number(words)?]);
            Some(format!("{result} {error} {count}"))
        }
        "open" => outcome(win32::open_process(number(words)?, false, number(words)?)),
        "terminate" => outcome(win32::terminate(number(words)?, number(words)?)),
        "duplicate" => {
            let ((result, value), error) = win32::duplicate(
                number(words)?,
                number(words)?,
                number(words)?,
                number(words)?,
                number::<u8>(words)? != 0,
                number(words)?,
            );
            Some(format!("{value} {result} {error}"))
        }
        "spawn" => spawn(words),
        "fork" => fork(words),
        // Lets no process of the same user trace this one, as Yama does by default.
        "undumpable" => {
            // SAFETY: changes an attribute of this process.
            Some(unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0) }.to_string())
        }
        "exit" => win32::exit_process(number(words)?),
        "return" => std::process::exit(number(words)?),
        "abort" => std::process::abort(),
        "crash" => {
            // SAFETY: none: a wild write is what is asked for.
            unsafe { std::ptr::without_provenance_mut::<u8>(8).write_volatile(1) };
            None
        }
        // Sits in a system call that knows nothing of Transom, for good.
        "hang" => loop {
            std::thread::park();
        },
        _ => None,
    }
}

/// `spawn INHERIT INPUT OUTPUT`: starts another assistant with these standard handles.
fn spawn(words: &mut SplitAsciiWhitespace<'_>) -> Option<String> {
    let inherit = number::<u8>(words)? != 0;
    let standard = Some([number(words)?, number(words)?, 0]);
    let start = Start { inherit, standard, ..Start::default() };
    Some(match start.run(&format!("\"{}\"", program("assistant"))) {
        Ok(started) => format!("{} {} {}", started.pid, started.process, started.thread),
        Err(error) => format!("error {error}"),
    })
}

/// `fork HANDLE`: forks as a Unix program does; the new process closes the handle, looks at what
/// it has, and says so by its exit status (the number of its handles).
fn fork(words: &mut SplitAsciiWhitespace<'_>) -> Option<String> {
    let handle: isize = number(words)?;
    // SAFETY: the new process only makes the calls below and exits; the program has no other
    // thread that holds a lock of the standard library at this moment.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let (closed, _) = win32::close(handle);
        let count = win32::handle_count(win32::SELF);
        let fresh = win32::create_event(false, false, false);
        let works = closed == 1 && win32::set_event(fresh).0 == 1 && win32::wait(fresh, 0).0 == 0;
        let status = if works { i32::try_from(count).unwrap_or(255) } else { 255 };
        // SAFETY: ends the process.
        unsafe { libc::_exit(status) };
    }
    let mut status = 0;
    // SAFETY: waits for our own child; the out-pointer is to a live variable.
    unsafe { libc::waitpid(pid, &raw mut status, 0) };
    Some(libc::WEXITSTATUS(status).to_string())
}

/// The descriptors above 2 and what they are.
fn descriptors() -> String {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten() {
        let number: i32 =
            entry.file_name().to_str().and_then(|name| name.parse().ok()).unwrap_or(0);
        if let Ok(target) = std::fs::read_link(entry.path())
            && number > 2
        {
            found.push(format!("{number}={}", target.display()));
        }
    }
    found.join(" ")
}

/// The signal sets of `/proc/self/status`: blocked, ignored, handled.
fn signals() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let set = |name: &str| {
        status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("?").trim().to_owned()
    };
    format!("{} {}", set("SigBlk:"), set("SigIgn:"))
}
