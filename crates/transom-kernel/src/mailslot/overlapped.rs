//! Requests that go on while their callers do other things.
//!
//! A read that finds no message waits in its lane. While one waits, a thread of this process sleeps
//! on the mailslot's bell like any reader, and pumps the lane when it is woken; it ends with the last
//! request. So a writer, which may be in any process, does nothing more than for a reader that waits.

use super::client::MailslotClient;
use super::server::MailslotServer;
use crate::error::{Result, Win32Error};
use crate::file::{ReadTarget, Transfer, WriteSource};
use crate::io::{Lane, Operation, Progress};
use crate::pipe::channel::Patience;
use crate::sync::wait::clock;
use crate::thread::present;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The thread that waits for a process's requests, if there is one.
#[derive(Debug, Default)]
pub(super) struct Watcher {
    /// One more than the age of the process it is a thread of; 0 if there is none. A process that was
    /// forked has none.
    runs: AtomicU64,
    /// When the first request has waited long enough, on the monotonic clock; [`NEVER`] if it waits
    /// for ever.
    deadline_ns: AtomicU64,
}

/// A time that does not come.
pub(super) const NEVER: u64 = u64::MAX;

impl Watcher {
    fn own_age() -> u64 {
        u64::from(present::age()) + 1
    }

    /// Whether it became this caller's to run the thread.
    fn claim(&self) -> bool {
        let now = self.runs.load(Ordering::SeqCst);
        let own = Self::own_age();
        now != own
            && self.runs.compare_exchange(now, own, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// Notes when the first request ends; whether that is news.
    fn note(&self, deadline_ns: u64) -> bool {
        self.deadline_ns.swap(deadline_ns, Ordering::SeqCst) != deadline_ns
    }

    /// Waits and pumps until nothing waits any more.
    fn run(server: &Arc<MailslotServer>) {
        let watcher = server.watcher();
        loop {
            if server.requests().is_idle(Lane::Read) {
                watcher.runs.store(0, Ordering::SeqCst);
                // A request may have come in between, and counts on this thread.
                if server.requests().is_idle(Lane::Read) || !watcher.claim() {
                    return;
                }
            }
            let patience = match watcher.deadline_ns.load(Ordering::SeqCst) {
                NEVER => Patience::FOREVER,
                deadline_ns => Patience::milliseconds(milliseconds_until(deadline_ns)),
            };
            // Whatever it says: there may be something to do.
            let _ = server.wait(patience);
            server.requests().pump_lane(Lane::Read);
        }
    }

    /// Sees to it that the thread runs.
    fn start(server: &Arc<MailslotServer>) -> Result<()> {
        if !server.watcher().claim() {
            return Ok(());
        }
        let watched = Arc::clone(server);
        transom_sys::startup::spawn_service_thread("transom", move || Self::run(&watched)).map_err(
            |_| {
                server.watcher().runs.store(0, Ordering::SeqCst);
                Win32Error::NO_SYSTEM_RESOURCES
            },
        )
    }
}

/// How many milliseconds there are until then, begun ones included.
fn milliseconds_until(deadline_ns: u64) -> u32 {
    let left_ns = deadline_ns.saturating_sub(clock::now());
    u32::try_from(left_ns.div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

/// A read.
pub(super) struct Read {
    server: Arc<MailslotServer>,
    target: Box<dyn ReadTarget + Send>,
    deadline_ns: u64,
}

impl Read {
    pub(super) fn new(server: Arc<MailslotServer>, target: Box<dyn ReadTarget + Send>) -> Self {
        let deadline_ns = server.deadline_ns();
        Self { server, target, deadline_ns }
    }

    fn try_read(&mut self) -> Result<Option<Transfer>> {
        if let Some(count) = self.server.read_now(&mut *self.target)? {
            return Ok(Some(count.into()));
        }
        if self.deadline_ns <= clock::now() {
            return Err(Win32Error::SEM_TIMEOUT);
        }
        if self.server.watcher().note(self.deadline_ns) {
            // The thread may sleep until another time.
            self.server.wake();
        }
        Watcher::start(&self.server)?;
        Ok(None)
    }
}

impl Operation for Read {
    fn step(&mut self) -> Progress {
        match self.try_read() {
            Ok(None) => Progress::Blocked,
            Ok(Some(transfer)) => Progress::Done(Ok(transfer).into()),
            Err(error) => Progress::Done(Err::<usize, _>(error).into()),
        }
    }
}

/// A write, which never waits.
pub(super) struct Write {
    pub(super) client: Arc<MailslotClient>,
    pub(super) source: Box<dyn WriteSource>,
}

impl Operation for Write {
    fn step(&mut self) -> Progress {
        let message = self.source.bytes();
        Progress::Done(self.client.send(message).map(|()| message.len()).into())
    }
}
