//! The prompt's state, and running one line.

use super::failure::{Failure, SYNTAX, UNKNOWN_COMMAND};
use super::interrupt::Interrupt;
use super::jobs::Jobs;
use super::lookup::{self, Found};
use super::script::{Frame, ScriptCall};
use super::start::{Place, Started};
use super::streams::Streams;
use crate::builtins::{self, Call};
use crate::grammar::{
    Command, Node, ScriptArguments, SyntaxError, expand_interactive, expand_script, parse,
};
use crate::language::{Language, say};
use std::rc::Rc;
use transom::{AsHandle, Result, env, pipe::anonymous, standard};

/// Why the prompt does not go on with what it was doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// `exit`: the prompt ends with this code.
    Exit(u32),
    /// `exit /b`: the script ends with this code.
    ExitScript(u32),
    /// `goto`: the script goes on at this label, as it was written.
    GoTo(String),
    /// Ctrl-C: what was typed ends.
    Interrupted,
}

/// A command prompt.
pub struct Shell {
    /// What it speaks.
    pub language: Language,
    /// The process whose handles `handles` shows and whose commands these are: of a child prompt
    /// that runs a stage of a pipeline, its parent.
    pub process_id: u32,
    /// What runs in the background.
    pub jobs: Jobs,
    /// Whether lines of scripts are shown before they run.
    pub echo: bool,
    /// Whether somebody types.
    pub interactive: bool,
    /// Whether it runs lines, and not only one built-in command of the program.
    pub is_prompt: bool,
    /// What Ctrl-C does.
    pub interrupt: Interrupt,
    pub(super) frames: Vec<Frame>,
    arguments: Option<ScriptArguments>,
    errorlevel: u32,
    ending: Option<Ending>,
}

impl Shell {
    /// A prompt that reads no terminal.
    #[must_use]
    pub fn new(language: Language) -> Self {
        // A child gets those of the prompt's standard handles that are its own standard handles,
        // and not the others beside them: see `start`.
        for handle in
            [standard::input(), standard::output(), standard::error()].into_iter().flatten()
        {
            let _ = handle.set_inheritable(false);
        }
        Self {
            language,
            process_id: std::process::id(),
            jobs: Jobs::default(),
            echo: false,
            interactive: false,
            is_prompt: true,
            interrupt: Interrupt::default(),
            frames: Vec::new(),
            arguments: None,
            errorlevel: 0,
            ending: None,
        }
    }

    /// `%ERRORLEVEL%`: the exit code of the last command that has one.
    #[must_use]
    pub const fn errorlevel(&self) -> u32 {
        self.errorlevel
    }

    /// Sets `%ERRORLEVEL%`.
    pub const fn set_errorlevel(&mut self, code: u32) {
        self.errorlevel = code;
    }

    /// Stops what the prompt is doing.
    pub fn end(&mut self, ending: Ending) {
        self.ending = Some(ending);
    }

    /// Why the prompt stopped, which it forgets by being asked.
    pub fn take_ending(&mut self) -> Option<Ending> {
        self.ending.take()
    }

    /// Whether it stops here.
    #[must_use]
    pub fn stops(&mut self) -> bool {
        if self.ending.is_none() && self.interrupt.happened() {
            self.ending = Some(Ending::Interrupted);
        }
        self.ending.is_some()
    }

    /// Sets `%0` to `%9` of lines that are no script's.
    pub fn set_arguments(&mut self, arguments: ScriptArguments) {
        self.arguments = Some(arguments);
    }

    /// Replaces `%NAME%` in a line.
    #[must_use]
    pub fn expand(&self, line: &str) -> String {
        let script = self.frames.last().map(|frame| &frame.arguments);
        match script.or(self.arguments.as_ref()) {
            Some(arguments) => expand_script(line, arguments, |name| self.value(name)),
            None => expand_interactive(line, |name| self.value(name)),
        }
    }

    /// The value of a variable, or of a name that is always there unless a variable hides it.
    fn value(&self, name: &str) -> Option<String> {
        if let Ok(value) = env::var(name) {
            return Some(value.to_string_lossy().into_owned());
        }
        if name.eq_ignore_ascii_case("ERRORLEVEL") {
            return Some(self.errorlevel.cast_signed().to_string());
        }
        if name.eq_ignore_ascii_case("CD") {
            return env::current_dir().ok().map(|path| path.to_string_lossy().into_owned());
        }
        None
    }

    /// Runs a line that was expanded; the code its last command ended with.
    ///
    /// # Errors
    /// What [`parse`] reports: the line has no meaning, or is only a part of one. Nothing was run.
    pub fn run_line(&mut self, line: &str, streams: &Streams) -> Result<u32, SyntaxError> {
        Ok(parse(line)?.map_or(0, |node| self.run(&node, streams)))
    }

    /// Tells of a line that has no meaning; its code, which becomes `%ERRORLEVEL%`.
    pub fn refuse(&mut self, error: &SyntaxError, streams: &Streams) -> u32 {
        let text = match self.language {
            Language::En => error.to_string(),
            Language::Ko => error.in_korean(),
        };
        self.fail(&Failure::new(SYNTAX, text), streams)
    }

    /// Runs a node; the code that `&&` and `||` look at.
    pub fn run(&mut self, node: &Node, streams: &Streams) -> u32 {
        match node {
            Node::Sequence(parts) => self.run_while(parts, streams, |_| true),
            Node::Or(parts) => self.run_while(parts, streams, |code| code != 0),
            Node::And(parts) => self.run_while(parts, streams, |code| code == 0),
            Node::Pipeline(stages) => self.run_pipeline(stages, streams),
            Node::Group(group) => {
                match streams.clone().redirected(&group.redirections, self.language) {
                    Ok(streams) => self.run(&group.body, &streams),
                    Err(failure) => self.fail(&failure, streams),
                }
            }
            Node::Command(command) => self.run_command(command, streams),
            Node::Comment { .. } => 0,
        }
    }

    /// Runs one part after the other for as long as the last one's code says so.
    fn run_while(
        &mut self,
        parts: &[Node],
        streams: &Streams,
        goes_on: impl Fn(u32) -> bool,
    ) -> u32 {
        let mut code = 0;
        for part in parts {
            code = self.run(part, streams);
            if self.stops() || !goes_on(code) {
                break;
            }
        }
        code
    }

    fn run_command(&mut self, command: &Command, outer: &Streams) -> u32 {
        let streams = match outer.clone().redirected(&command.redirections, self.language) {
            Ok(streams) => streams,
            Err(failure) => return self.fail(&failure, outer),
        };
        if let Some((builtin, rest)) = builtins::find(command.program.raw()) {
            let text = format!("{rest}{}", command.arguments);
            let call = Call { name: builtin.name, text: &text, streams: &streams };
            return match (builtin.run)(self, &call) {
                Ok(Some(code)) => {
                    self.errorlevel = code;
                    code
                }
                Ok(None) => 0,
                Err(failure) => self.fail(&failure, &streams),
            };
        }
        match lookup::find(&command.program.text()) {
            Found::Script(path) => {
                let name = command.program.clone();
                let call = ScriptCall::new(path, name, &command.arguments);
                self.run_script(&call, &streams)
            }
            Found::Program(path) => {
                match self.start_program(&path, command, &streams, &Place::default()) {
                    Ok(child) => self.wait_for(&[child]),
                    Err(failure) => self.fail(&failure, &streams),
                }
            }
            Found::Nothing => self.fail(&unknown(self.language, command), &streams),
            Found::Refused(error) => {
                let failure = Failure::of(self.language, &command.program.text(), error);
                self.fail(&failure, &streams)
            }
        }
    }

    /// Starts every stage, each one's output being the next one's input, and waits for all.
    fn run_pipeline(&mut self, stages: &[Node], streams: &Streams) -> u32 {
        let mut children = Vec::with_capacity(stages.len());
        let mut failed = None;
        let mut input = streams.get(0).cloned();
        for (number, stage) in (1..).zip(stages) {
            let mut own = streams.clone().with(0, input.take());
            if number < stages.len() {
                match anonymous::pipe() {
                    Ok((reader, writer)) => {
                        input = Some(Rc::new(reader));
                        own = own.with(1, Some(Rc::new(writer)));
                    }
                    Err(error) => {
                        let failure = Failure::of(self.language, "CreatePipe", error);
                        failed = Some(self.fail(&failure, streams));
                        break;
                    }
                }
            }
            match self.start(stage, &own, &Place::default()) {
                Ok(child) => {
                    children.push(child);
                    failed = None;
                }
                Err(failure) => failed = Some(self.fail(&failure, &own)),
            }
        }
        drop(input);
        let code = self.wait_for(&children);
        match failed {
            Some(code) => {
                self.errorlevel = code;
                code
            }
            None => code,
        }
    }

    /// Waits until all have ended; the last one's code, which becomes `%ERRORLEVEL%`.
    pub fn wait_for(&mut self, children: &[Started]) -> u32 {
        let mut code = 0;
        for child in children {
            let ended = child.process.wait(None).and_then(|_| child.process.exit_code());
            // Not known only if other code of this program collected it.
            code = ended.ok().flatten().unwrap_or(1);
        }
        self.interrupt.after_job();
        self.errorlevel = code;
        code
    }

    /// Tells of a failure; its code, which becomes `%ERRORLEVEL%`.
    pub fn fail(&mut self, failure: &Failure, streams: &Streams) -> u32 {
        streams.complain(&failure.text);
        self.errorlevel = failure.code;
        failure.code
    }
}

/// What cmd says of a name that means nothing.
pub(super) fn unknown(language: Language, command: &Command) -> Failure {
    let name = command.program.text();
    let text = say!(
        language,
        "'{name}' is not recognized as an internal or external command,\noperable program or batch file.",
        "'{name}'은(는) 내부 또는 외부 명령, 실행할 수 있는 프로그램,\n또는 배치 파일이 아닙니다."
    );
    Failure::new(UNKNOWN_COMMAND, text)
}

/// The program's own file, to run a child prompt.
pub(super) fn own_program() -> Result<std::path::PathBuf> {
    transom::process::program_at(std::env::current_exe()?)
}
