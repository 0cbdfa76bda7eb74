//! What all steps share: which processes were started, and a limit to how long they may take.

use super::Outcome;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use transom::{Child, Command};

/// How long the whole tour may take; it takes less than a second.
const LIMIT: Duration = Duration::from_secs(100);
/// How long, after its children were ended, the tour may take to say so.
const GRACE: Duration = Duration::from_secs(10);

/// The processes that run for the tour.
#[derive(Debug)]
pub(super) struct Stage {
    children: Arc<Mutex<Vec<Weak<Child>>>>,
    started: Mutex<Vec<u32>>,
    /// Dropped with the stage, which tells the watchman to go.
    _watch: Sender<()>,
}

impl Stage {
    pub(super) fn new() -> Self {
        let children = Arc::new(Mutex::new(Vec::new()));
        let (sender, receiver) = channel();
        let watched = Arc::clone(&children);
        // The tour works without a watchman as well.
        let _ = std::thread::Builder::new()
            .name("watchman".into())
            .spawn(move || watch(&receiver, &watched));
        Self { children, started: Mutex::new(Vec::new()), _watch: sender }
    }

    /// Starts a program; it is ended if the tour takes too long.
    pub(super) fn start(&self, command: &Command<'_>) -> Outcome<Arc<Child>> {
        let child = Arc::new(command.spawn()?);
        let mut children = self.children.lock().unwrap_or_else(PoisonError::into_inner);
        children.retain(|child| child.strong_count() > 0);
        children.push(Arc::downgrade(&child));
        self.note(child.id());
        Ok(child)
    }

    /// Remembers a process somebody started for the tour.
    pub(super) fn note(&self, id: u32) {
        self.started.lock().unwrap_or_else(PoisonError::into_inner).push(id);
    }

    /// The ids of all processes that were started.
    pub(super) fn started(&self) -> Vec<u32> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Ends the children of a tour that hangs, which makes the step they are in fail.
fn watch(end: &Receiver<()>, children: &Mutex<Vec<Weak<Child>>>) {
    if end.recv_timeout(LIMIT) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    for child in children.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        if let Some(child) = child.upgrade() {
            // It may have ended already.
            let _ = child.terminate(1);
        }
    }
    if end.recv_timeout(GRACE) == Err(RecvTimeoutError::Timeout) {
        transom::process::exit(1);
    }
}
