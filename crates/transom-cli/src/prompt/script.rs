//! Scripts: files of lines, with arguments and labels.

use super::failure::Failure;
use super::shell::{Ending, Shell};
use super::streams::Streams;
use crate::grammar::{ScriptArguments, Word, label, parse};
use crate::language::say;
use std::path::PathBuf;
use std::rc::Rc;

/// How deep scripts may call each other: cmd gives up at about as many.
const DEEPEST: usize = 200;

/// A script that is to be run.
#[derive(Clone, Debug)]
pub struct ScriptCall {
    path: PathBuf,
    arguments: ScriptArguments,
}

impl ScriptCall {
    /// A script, the name it was called by, and the text after that.
    #[must_use]
    pub fn new(path: PathBuf, name: Word, arguments: &str) -> Self {
        Self { path, arguments: ScriptArguments::new(name, arguments) }
    }
}

/// A script that runs.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) arguments: ScriptArguments,
    path: PathBuf,
    lines: Rc<Vec<String>>,
}

impl Shell {
    /// Runs a script to its end; its exit code.
    pub fn run_script(&mut self, call: &ScriptCall, streams: &Streams) -> u32 {
        let text = match std::fs::read(&call.path) {
            Ok(text) => text,
            Err(error) => {
                let name = call.path.to_string_lossy();
                let failure = Failure::of(self.language, &name, error.into());
                return self.fail(&failure, streams);
            }
        };
        let text = String::from_utf8_lossy(&text);
        let lines = text.trim_start_matches('\u{FEFF}').lines().map(str::to_owned).collect();
        let arguments = call.arguments.clone();
        let frame = Frame { arguments, path: call.path.clone(), lines: Rc::new(lines) };
        self.run_frame(frame, 0, streams)
    }

    /// `call :label arguments`: runs the script that runs already from a label on.
    ///
    /// # Errors
    /// That there is no script, or no such label in it.
    pub fn call_label(
        &mut self,
        label: &str,
        arguments: &str,
        streams: &Streams,
    ) -> Result<u32, Failure> {
        let Some(frame) = self.frames.last() else { return Err(no_script(self, "call :label")) };
        let arguments = ScriptArguments::new(Word::new(label), arguments);
        let frame = Frame { arguments, ..frame.clone() };
        let line = frame.line_of(label).ok_or_else(|| no_label(self, label))?;
        Ok(self.run_frame(frame, line, streams))
    }

    /// `goto label`: goes on at a label of the script.
    ///
    /// # Errors
    /// That there is no script, or no such label in it.
    pub fn go_to(&mut self, label: &str) -> Result<(), Failure> {
        let Some(frame) = self.frames.last() else { return Err(no_script(self, "goto")) };
        if !is_end(label) {
            frame.line_of(label).ok_or_else(|| no_label(self, label))?;
        }
        self.end(Ending::GoTo(label.to_owned()));
        Ok(())
    }

    fn run_frame(&mut self, frame: Frame, mut next: usize, streams: &Streams) -> u32 {
        if self.frames.len() >= DEEPEST {
            let name = frame.path.to_string_lossy();
            let text = say!(
                self.language,
                "{name}: scripts call each other too deep",
                "{name}: 스크립트의 호출이 너무 깊다"
            );
            let code = self.fail(&Failure::new(1, text), streams);
            // All of them end, or each would fail in turn.
            self.end(Ending::Interrupted);
            return code;
        }
        let lines = Rc::clone(&frame.lines);
        self.frames.push(frame);
        while let Some(first) = lines.get(next) {
            next += 1;
            self.run_script_line(first, &lines, &mut next, streams);
            if !self.stops() {
                continue;
            }
            match self.take_ending() {
                Some(Ending::GoTo(label)) if is_end(&label) => break,
                Some(Ending::GoTo(label)) => {
                    let line = self.frames.last().and_then(|frame| frame.line_of(&label));
                    next = line.unwrap_or(lines.len());
                }
                Some(Ending::ExitScript(code)) => {
                    self.set_errorlevel(code);
                    break;
                }
                Some(other) => {
                    self.end(other);
                    break;
                }
                None => {}
            }
        }
        self.frames.pop();
        self.errorlevel()
    }

    /// Runs a line, with the lines after it as far as they belong to it.
    fn run_script_line(
        &mut self,
        first: &str,
        lines: &[String],
        next: &mut usize,
        streams: &Streams,
    ) {
        if label(first).is_some() {
            return;
        }
        let mut text = self.expand(first);
        let node = loop {
            match parse(&text) {
                Err(error) if error.is_incomplete() && *next < lines.len() => {
                    text.push('\n');
                    text.push_str(&self.expand(&lines[*next]));
                    *next += 1;
                }
                other => break other,
            }
        };
        match node {
            Ok(Some(node)) => {
                if self.echo && !node.is_quiet() {
                    let _ = streams
                        .print(format!("\n{}{node}\n", super::interactive::prompt()).as_bytes());
                }
                self.run(&node, streams);
            }
            Ok(None) => {}
            Err(error) => {
                self.refuse(&error, streams);
            }
        }
    }
}

impl Frame {
    /// The line after a label.
    fn line_of(&self, wanted: &str) -> Option<usize> {
        let wanted = wanted.trim_start_matches(':').trim();
        let is_it =
            |line: &String| label(line).is_some_and(|found| found.eq_ignore_ascii_case(wanted));
        self.lines.iter().position(is_it).map(|line| line + 1)
    }
}

/// `:eof` is the end of every script.
fn is_end(label: &str) -> bool {
    label.eq_ignore_ascii_case(":eof")
}

fn no_script(shell: &Shell, command: &str) -> Failure {
    let text = say!(
        shell.language,
        "{command}: this works in a script only",
        "{command}: 스크립트 안에서만 쓸 수 있다"
    );
    Failure::new(1, text)
}

fn no_label(shell: &Shell, label: &str) -> Failure {
    let text = say!(
        shell.language,
        "{label}: the script has no such label",
        "{label}: 스크립트에 그런 레이블이 없다"
    );
    Failure::new(1, text)
}
