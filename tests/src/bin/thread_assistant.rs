//! The assistant of the tests of threads: answers each line it reads with one line.

use std::ffi::c_void;
use std::io::{BufRead, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use transom_tests::threads;
use transom_tests::win32::{self, Outcome};
use transom_tests::words::number;
use windows_sys::Win32::System::Threading::{INFINITE, THREAD_ALL_ACCESS};

fn main() {
    let mut lines = std::io::stdin().lock().lines();
    while let Some(Ok(line)) = lines.next() {
        let answer = answer(&line).unwrap_or_else(|| format!("? {line}"));
        say(&answer);
    }
}

fn say(answer: &str) {
    let mut output = std::io::stdout().lock();
    if writeln!(output, "{answer}").and_then(|()| output.flush()).is_err() {
        // Nobody listens any more: that is the end.
        std::process::exit(0);
    }
}

fn outcome<T: std::fmt::Display>((result, error): Outcome<T>) -> Option<String> {
    Some(format!("{result} {error}"))
}

/// What a thread of `start` ends with.
static CODE: AtomicU32 = AtomicU32::new(0);

unsafe extern "system" fn await_event(event: *mut c_void) -> u32 {
    win32::wait(event.addr().cast_signed(), INFINITE);
    CODE.load(Ordering::SeqCst)
}

unsafe extern "system" fn sleep_for_ever(_parameter: *mut c_void) -> u32 {
    loop {
        std::thread::park();
    }
}

unsafe extern "system" fn fork_and_return(_parameter: *mut c_void) -> u32 {
    // SAFETY: the new process only returns from the thread that forked.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        return 7;
    }
    let mut status = 0;
    // SAFETY: waits for our own child; the out-pointer is to a live variable.
    unsafe { libc::waitpid(pid, &raw mut status, 0) };
    if libc::WIFEXITED(status) { libc::WEXITSTATUS(status).unsigned_abs() } else { u32::MAX }
}

/// Ends the first thread from another one; that one then ends with CODE when EVENT is set.
unsafe extern "system" fn end_the_first(event: *mut c_void) -> u32 {
    let first = FIRST.load(Ordering::SeqCst) as isize;
    let terminated = threads::terminate(first, 5);
    let waited = win32::wait(first, 10_000);
    say(&format!("{} {} {}", terminated.0, waited.0, threads::exit_code(first).0.1));
    win32::wait(event.addr().cast_signed(), INFINITE);
    CODE.load(Ordering::SeqCst)
}

static FIRST: AtomicU32 = AtomicU32::new(0);

fn answer(line: &str) -> Option<String> {
    let mut words = line.split_ascii_whitespace();
    let words = &mut words;
    match words.next()? {
        "hello" => Some("hello".into()),
        "close" => outcome(win32::close(number(words)?)),
        "set" => outcome(win32::set_event(number(words)?)),
        "wait" => outcome(win32::wait(number(words)?, number(words)?)),
        // A thread that ends with CODE when EVENT is set.
        "start" => {
            CODE.store(number(words)?, Ordering::SeqCst);
            let event: usize = number(words)?;
            let ((handle, id), error) = threads::create(await_event, event, 0, 0, true);
            Some(format!("{handle} {id} {error}"))
        }
        "many" => {
            let count: u32 = number(words)?;
            let started = (0..count).filter(|_| threads::start(sleep_for_ever, 0).0 != 0).count();
            Some(started.to_string())
        }
        "open" => outcome(threads::open(THREAD_ALL_ACCESS, number(words)?)),
        "code" => {
            let ((result, code), error) = threads::exit_code(number(words)?);
            Some(format!("{result} {code} {error}"))
        }
        "id" => outcome(threads::id_of(number(words)?)),
        "event" => Some(win32::create_event(true, false, false).to_string()),
        "terminate-thread" => outcome(threads::terminate(number(words)?, number(words)?)),
        "suspend" => outcome(threads::suspend(number(words)?)),
        // The first thread ends; the others go on.
        "exit-thread" => {
            say("exiting");
            threads::exit(number(words)?)
        }
        "end-the-first" => {
            CODE.store(number(words)?, Ordering::SeqCst);
            let event: usize = number(words)?;
            let ((_, first), _) = win32::duplicate(win32::SELF, -2, win32::SELF, 0, false, 2);
            FIRST.store(u32::try_from(first).ok()?, Ordering::SeqCst);
            assert_ne!(threads::start(end_the_first, event).0, 0);
            loop {
                std::thread::park();
            }
        }
        // Owns a mutex that it never releases.
        "own" => outcome(win32::wait(number(words)?, 0)),
        // A thread that Transom knows nothing of, which ends when EVENT is set.
        "std-thread" => {
            let event = number(words)?;
            std::thread::spawn(move || win32::wait(event, INFINITE));
            Some("started".into())
        }
        "fork-in-thread" => {
            let (thread, _) = threads::start(fork_and_return, 0);
            win32::wait(thread, INFINITE);
            Some(threads::exit_code(thread).0.1.to_string())
        }
        _ => None,
    }
}
