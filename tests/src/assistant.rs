//! Talking to the assistant: the one program of many roles that the cross-process tests start.

use crate::win32::{self, Start, Started};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// An assistant that answers a line with a line.
#[derive(Debug)]
pub struct Assistant {
    /// Its process id.
    pub pid: u32,
    link: Link,
}

#[derive(Debug)]
enum Link {
    /// Started with Linux' own means: a process that only happens to run.
    Linux { child: Child, answers: BufReader<std::process::ChildStdout> },
    /// Started with `CreateProcess`; our ends of its standard pipes.
    Win32 { started: Started, questions: isize, answers: isize },
}

/// The path of a program of this package.
#[must_use]
pub fn program(name: &str) -> String {
    let mut path = std::env::current_exe().expect("a test has a program file");
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    path.push(name);
    path.to_str().expect("the build directory's name is text").to_owned()
}

/// Copies one of these programs. Another one does it: were the copy open for writing here, a child that
/// another test starts at this moment would keep it so, and it could not be executed.
pub fn copy_program(name: &str, to: &Path) {
    let copied = Command::new("cp").arg(program(name)).arg(to).status().expect("there is cp");
    assert!(copied.success(), "{copied}");
}

impl Assistant {
    /// Starts one that is no child in the sense of `CreateProcess`.
    #[must_use]
    pub fn unrelated() -> Self {
        Self::unrelated_as(&mut Command::new(program("assistant")))
    }

    /// Starts one as the command says: as another user, from another directory.
    #[must_use]
    pub fn unrelated_as(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the assistant starts");
        let answers = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let mut assistant = Self { pid: child.id(), link: Link::Linux { child, answers } };
        assistant.greet();
        assistant
    }

    /// Starts a child that inherits all inheritable handles.
    #[must_use]
    pub fn child() -> Self {
        Self::started_by(&Start { inherit: true, ..Start::default() }, "")
    }

    /// Starts a child as `start` says, its standard handles aside.
    #[must_use]
    pub fn started_by(start: &Start<'_>, arguments: &str) -> Self {
        let mut assistant = Self::started_silently(start, arguments);
        assistant.greet();
        assistant
    }

    /// Starts a child and does not wait until it speaks (it may be suspended).
    #[must_use]
    pub fn started_silently(start: &Start<'_>, arguments: &str) -> Self {
        let line = format!("\"{}\" {arguments}", program("assistant"));
        let (started, questions, answers) = start_with_pipes(start, &line);
        Self { pid: started.pid, link: Link::Win32 { started, questions, answers } }
    }

    /// Starts any command line with the assistant at the other end of its standard pipes.
    #[must_use]
    pub fn behind(start: &Start<'_>, command_line: &str) -> Self {
        let (started, questions, answers) = start_with_pipes(start, command_line);
        let mut assistant =
            Self { pid: started.pid, link: Link::Win32 { started, questions, answers } };
        assistant.greet();
        assistant
    }

    /// Waits until it speaks.
    pub fn greet(&mut self) {
        assert_eq!(self.ask("hello"), "hello");
    }

    /// The handles `CreateProcess` gave.
    #[must_use]
    pub fn started(&self) -> Started {
        match &self.link {
            Link::Win32 { started, .. } => *started,
            Link::Linux { .. } => panic!("it was not started with CreateProcess"),
        }
    }

    /// Sends a line.
    pub fn tell(&mut self, question: &str) {
        let line = format!("{question}\n");
        match &mut self.link {
            Link::Linux { child, .. } => child
                .stdin
                .as_mut()
                .expect("its input is a pipe")
                .write_all(line.as_bytes())
                .expect("the assistant reads"),
            Link::Win32 { questions, .. } => {
                let ((result, _), error) = win32::write(*questions, line.as_bytes());
                assert_eq!(result, 1, "the assistant reads: error {error}");
            }
        }
    }

    /// Waits for a line.
    pub fn hear(&mut self) -> String {
        match &mut self.link {
            Link::Linux { answers, .. } => {
                let mut line = String::new();
                answers.read_line(&mut line).expect("the assistant speaks");
                line.trim_end().to_owned()
            }
            Link::Win32 { answers, .. } => {
                let mut line = Vec::new();
                loop {
                    let ((result, byte), error) = win32::read(*answers, 1);
                    assert_eq!(result, 1, "the assistant speaks: error {error}");
                    match byte[0] {
                        b'\n' => return String::from_utf8_lossy(&line).into_owned(),
                        byte => line.push(byte),
                    }
                }
            }
        }
    }

    /// Sends a line and waits for the answer.
    pub fn ask(&mut self, question: &str) -> String {
        self.tell(question);
        self.hear()
    }

    /// Asks and expects a number as the answer's first word.
    pub fn number(&mut self, question: &str) -> i64 {
        let answer = self.ask(question);
        let first = answer.split(' ').next().unwrap_or_default();
        first.parse().unwrap_or_else(|_| panic!("{question} -> {answer}"))
    }

    /// Kills it with `SIGKILL`, from outside Transom, and waits until it is gone.
    pub fn kill(&mut self) {
        let pid = i32::try_from(self.pid).ok().and_then(rustix::process::Pid::from_raw);
        let pid = pid.expect("a process id");
        // It may have ended by itself.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        match &mut self.link {
            Link::Linux { child, .. } => drop(child.wait()),
            Link::Win32 { started, .. } => {
                assert_eq!(win32::wait(started.process, 10_000).0, 0, "it dies");
            }
        }
    }
}

impl Drop for Assistant {
    fn drop(&mut self) {
        match &mut self.link {
            Link::Linux { child, .. } => {
                drop(child.stdin.take());
                // One that hangs is not waited for.
                let _ = child.kill();
                let _ = child.wait();
            }
            Link::Win32 { started, questions, answers } => {
                win32::terminate(started.process, 0);
                win32::wait(started.process, 10_000);
                for handle in [started.process, started.thread, *questions, *answers] {
                    win32::close(handle);
                }
            }
        }
    }
}

/// Starts a program with pipes as its standard input and output; our ends are not inheritable.
fn start_with_pipes(start: &Start<'_>, command_line: &str) -> (Started, isize, isize) {
    let (input, questions) = win32::create_pipe(0, false);
    let (answers, output) = win32::create_pipe(0, false);
    for theirs in [input, output] {
        assert_eq!(win32::set_handle_flags(theirs, 1, 1).0, 1);
    }
    let errors = win32::standard(windows_sys::Win32::System::Console::STD_ERROR_HANDLE);
    let standard = Some([input, output, errors]);
    let started = Start { standard, ..start.clone() }
        .run(command_line)
        .unwrap_or_else(|error| panic!("{command_line}: error {error}"));
    win32::close(input);
    win32::close(output);
    (started, questions, answers)
}
