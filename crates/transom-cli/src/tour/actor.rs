//! The tour's side of one of its children.

use super::{Outcome, ROLE};
use std::io::{BufRead, BufReader, Write};
use std::sync::Arc;
use std::time::Duration;
use transom::pipe::{PipeReader, PipeWriter, anonymous};
use transom::{AsHandle, Child, Command, Process};

/// How long a child may take to end when its input has ended.
const PATIENCE: Duration = Duration::from_secs(20);

/// A child that does what it is told, one line at a time. Dropping it ends the child.
#[derive(Debug)]
pub(super) struct Actor {
    child: Arc<Child>,
    /// `None` when the child was told to end.
    orders: Option<PipeWriter>,
    answers: BufReader<PipeReader>,
}

/// Starts a program; the stage of a tour does so, and so does a child that has no stage.
pub(super) type Start<'s> = &'s dyn Fn(&Command<'_>) -> Outcome<Arc<Child>>;

impl Actor {
    /// Starts a child that inherits all inheritable handles, or none, and waits until it is
    /// ready. `prepare` may change how it is started.
    pub(super) fn start(
        start: Start<'_>,
        inherit: bool,
        prepare: impl FnOnce(&mut Command<'_>),
    ) -> Outcome<Self> {
        let (input, orders) = anonymous::pipe()?;
        let (answers, output) = anonymous::pipe()?;
        // The ends that are the child's standard streams; ours stay private, or the child would
        // hold them too and its input would never end.
        input.set_inheritable(true)?;
        output.set_inheritable(true)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(ROLE).inherit_handles(inherit).stdin(&input).stdout(&output);
        prepare(&mut command);
        let child = start(&command)?;
        drop((input, output));
        let mut actor = Self { child, orders: Some(orders), answers: BufReader::new(answers) };
        actor.ask("hello")?;
        Ok(actor)
    }

    /// The process.
    pub(super) fn process(&self) -> &Process {
        self.child.process()
    }

    /// The process id.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells the child to do something; what it answers.
    pub(super) fn ask(&mut self, order: &str) -> Outcome<String> {
        let orders = self.orders.as_mut().ok_or("the child was told to end")?;
        orders.write_all(format!("{order}\n").as_bytes())?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        match answer.strip_suffix('\n') {
            Some(answer) => Ok(answer.into()),
            None => Err(format!("process {} ended instead of answering {order:?}", self.id()))?,
        }
    }

    /// Waits for the end of a child that somebody ends; its exit code.
    pub(super) fn exit_code(&self) -> Outcome<u32> {
        Ok(self.child.wait_timeout(PATIENCE)?.ok_or("the child did not end")?)
    }

    /// Tells the child to end and waits for that; its exit code.
    pub(super) fn end(mut self) -> Outcome<u32> {
        self.orders = None;
        self.exit_code()
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        self.orders = None;
        if !matches!(self.child.wait_timeout(PATIENCE), Ok(Some(_))) {
            // It may end at this very moment.
            let _ = self.child.terminate(1);
            let _ = self.child.wait_timeout(PATIENCE);
        }
    }
}
