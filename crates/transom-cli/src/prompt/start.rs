//! Starting programs and stages of pipelines.

use super::failure::Failure;
use super::lookup::{self, Found};
use super::shell::{Shell, own_program, unknown};
use super::stage;
use super::streams::Streams;
use crate::builtins;
use crate::grammar::{self, Node};
use std::path::Path;
use transom::process::PriorityClass;
use transom::{AsHandle, Command, File, Process, Result};

/// A process that the prompt has started.
#[derive(Debug)]
pub struct Started {
    /// Its id.
    pub id: u32,
    /// A handle to it.
    pub process: Process,
}

/// Where and how something is started.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// Whether Ctrl-C and what is typed are for others.
    pub background: bool,
    /// Its current directory, unless it is the prompt's.
    pub directory: Option<String>,
    /// Its priority class, unless it is the prompt's.
    pub priority: Option<PriorityClass>,
}

impl Shell {
    /// Starts one stage of a pipeline, or a command in the background: a program as itself, all
    /// else in a child prompt.
    ///
    /// # Errors
    /// That there is no such command, or why it cannot be started.
    pub fn start(&self, node: &Node, streams: &Streams, place: &Place) -> Result<Started, Failure> {
        if let Node::Command(command) = node
            && builtins::find(command.program.raw()).is_none()
        {
            let name = command.program.text();
            let own = || streams.clone().redirected(&command.redirections, self.language);
            let failure = match lookup::find(&name) {
                Found::Program(path) => return self.start_program(&path, command, &own()?, place),
                Found::Nothing => Some(unknown(self.language, command)),
                Found::Refused(error) => Some(Failure::of(self.language, &name, error)),
                Found::Script(_) => None,
            };
            if let Some(failure) = failure {
                // It is told where the command's own errors go.
                own()?.complain(&failure.text);
                return Err(Failure::new(failure.code, ""));
            }
        }
        let failure = |error| Failure::of(self.language, "transom", error);
        let mut command = Command::new(own_program().map_err(failure)?);
        command.args(stage::arguments(self, node));
        self.launch(&mut command, streams, place).map_err(failure)
    }

    /// Starts the program of a command, whose redirections `streams` has already.
    ///
    /// # Errors
    /// Why it cannot be started.
    pub(super) fn start_program(
        &self,
        path: &Path,
        command: &grammar::Command,
        streams: &Streams,
        place: &Place,
    ) -> Result<Started, Failure> {
        let mut program = Command::application(path, command.command_line());
        self.launch(&mut program, streams, place)
            .map_err(|error| Failure::of(self.language, &command.program.text(), error))
    }

    /// `CreateProcess` with `bInheritHandles`. What the child inherits is what this process itself
    /// inherited, and of the handles the prompt made only its three standard ones: those are
    /// inheritable for this moment.
    fn launch<'a>(
        &self,
        command: &mut Command<'a>,
        streams: &'a Streams,
        place: &Place,
    ) -> Result<Started> {
        command.inherit_handles(true);
        if let Some(directory) = &place.directory {
            command.current_dir(directory);
        }
        if let Some(priority) = place.priority {
            command.priority(priority);
        }
        let mut nothing = None;
        if place.background {
            command.new_group(self.interactive);
            // What the prompt reads is for the prompt.
            if streams.is_own(0) {
                nothing = Some(File::open("NUL")?);
            }
        }
        let mut lent: Vec<&dyn AsHandle> = Vec::with_capacity(3);
        let result = (|| {
            for number in 0..3 {
                let stream: &dyn AsHandle = match (number, &nothing, streams.get(number)) {
                    (0, Some(nothing), _) => nothing,
                    (_, _, Some(stream)) => &**stream,
                    _ => continue,
                };
                if !stream.is_inheritable()? {
                    stream.set_inheritable(true)?;
                    lent.push(stream);
                }
            }
            let mut command = command.clone();
            for number in 0..3 {
                let Some(stream) = streams.get(number) else { continue };
                match number {
                    0 => command.stdin(nothing.as_ref().map_or(&**stream, |file| file)),
                    1 => command.stdout(&**stream),
                    _ => command.stderr(&**stream),
                };
            }
            command.spawn()
        })();
        for stream in lent {
            let _ = stream.set_inheritable(false);
        }
        let child = result?;
        Ok(Started { id: child.id(), process: child.into_process() })
    }
}
