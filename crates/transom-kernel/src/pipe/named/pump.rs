//! Ends of named pipes as the standard streams of a child.
//!
//! A program of Linux reads and writes descriptors, and a named pipe is none. So the child gets
//! an end of a pipe of Linux, and this process, which starts it, pumps: from the named pipe to the
//! child's input, from its output to the named pipe. A pump is a holder of the end as a handle is,
//! so the handle may be closed when the child runs, and the other side sees the end of the pipe
//! when the child has closed its streams or is gone.
//!
//! - Towards the child goes only what fits into its pipe at once, so that what it leaves unread is
//!   at most what is in there. When the child's end is closed, a read that waits is cancelled and
//!   the rest stays in the named pipe.
//! - From the child, each write of up to 4096 bytes is one message, if the pipe is one of messages.
//!   When the other side is gone, the child's next write fails as one to any pipe does.

use super::connection::Connection;
use super::object::NamedPipe;
use crate::error::{Result, Win32Error};
use crate::executive::{Ready, Watch, watch};
use crate::pipe::channel::{Cancel, Patience, ReadMode};
use rustix::event::epoll::EventFlags;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, read, write};
use rustix::pipe::{PIPE_BUF, PipeFlags, pipe_with};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use transom_sys::startup;

/// How much of the child's output is taken at once.
const MOST_AT_ONCE: usize = 64 * 1024;
/// As much as a pipe that is ready takes at once.
const ALWAYS_FITS: usize = PIPE_BUF;

/// Which way the bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the named pipe to the child's input.
    ToChild,
    /// From the child's output to the named pipe.
    FromChild,
}

/// A pump that is ready. Dropped without [`start`](Self::start), it has taken nothing.
#[derive(Debug)]
pub(crate) struct Pump {
    pipe: Arc<NamedPipe>,
    direction: Direction,
    /// The child's end of the Linux pipe.
    childs: OwnedFd,
    go: SyncSender<()>,
}

/// An end's holder, for as long as it is pumped.
#[derive(Debug)]
struct Guest(Arc<NamedPipe>);

impl Guest {
    fn of(pipe: &Arc<NamedPipe>) -> Self {
        pipe.add_guest();
        Self(Arc::clone(pipe))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.0.drop_guest();
    }
}

impl Pump {
    /// Makes everything ready: the pipe, and a thread that waits for the start.
    ///
    /// # Errors
    /// `ERROR_TOO_MANY_OPEN_FILES`, `ERROR_NO_SYSTEM_RESOURCES` when there is no room.
    pub(crate) fn prepare(pipe: &Arc<NamedPipe>, direction: Direction) -> Result<Self> {
        let guest = Guest::of(pipe);
        let (go, gone) = sync_channel(1);
        let (childs, work): (_, Box<dyn FnOnce() + Send>) = match direction {
            Direction::ToChild => {
                let (childs, ours) = pipe_with(PipeFlags::CLOEXEC)?;
                let feeder = Feeder::watching(ours)?;
                (childs, Box::new(move || feeder.feed(&guest.0)))
            }
            Direction::FromChild => {
                let (ours, childs) = output_pipe(pipe.has_messages())?;
                (childs, Box::new(move || drain(&guest.0, &ours)))
            }
        };
        startup::spawn_service_thread("transom-pump", move || {
            // Without a start there is no child. Either way the work is dropped with its holder.
            if gone.recv().is_ok() {
                work();
            }
        })
        .map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)?;
        Ok(Self { pipe: Arc::clone(pipe), direction, childs, go })
    }

    /// Whether it pumps this end this way.
    pub(crate) fn is(&self, pipe: &Arc<NamedPipe>, direction: Direction) -> bool {
        Arc::ptr_eq(&self.pipe, pipe) && self.direction == direction
    }

    /// The end of the named pipe.
    pub(crate) const fn pipe(&self) -> &Arc<NamedPipe> {
        &self.pipe
    }

    /// What becomes the child's stream.
    pub(crate) fn childs_end(&self) -> BorrowedFd<'_> {
        self.childs.as_fd()
    }

    /// The child runs: it pumps from now on.
    pub(crate) fn start(self) {
        // There is room for one, and the thread waits for it.
        let _ = self.go.send(());
    }
}

/// The pipe that a child's output comes through: reading end, writing end.
fn output_pipe(messages: bool) -> Result<(OwnedFd, OwnedFd)> {
    if messages {
        match pipe_with(PipeFlags::CLOEXEC | PipeFlags::DIRECT) {
            // A kernel that does not keep writes apart.
            Err(Errno::INVAL) => {}
            other => return Ok(other?),
        }
    }
    Ok(pipe_with(PipeFlags::CLOEXEC)?)
}

/// The pump to a child's input.
#[derive(Debug)]
struct Feeder {
    to: Arc<OwnedFd>,
    cancel: Cancel,
    watch: Mutex<Option<Watch>>,
}

impl Feeder {
    /// One that is told when the child has closed its input.
    fn watching(to: OwnedFd) -> Result<Arc<Self>> {
        let to = Arc::new(to);
        let feeder = Arc::new(Self { to, cancel: Cancel::new(), watch: Mutex::new(None) });
        let weak: Weak<dyn Ready> = Arc::downgrade(&feeder) as _;
        let mut place = feeder.watch.lock().unwrap_or_else(PoisonError::into_inner);
        *place = Some(watch(Arc::clone(&feeder.to), EventFlags::ERR, weak)?);
        drop(place);
        Ok(feeder)
    }

    fn stop_watching(&self) {
        drop(self.watch.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Pumps until either side has ended.
    fn feed(&self, pipe: &NamedPipe) {
        let mut buffer = [0; ALWAYS_FITS];
        while self.has_room() {
            let connection = pipe.connection();
            let patience =
                Patience::FOREVER.or_until(&self.cancel).preparing(&*connection as &Connection);
            // Reading nothing waits until there is something. It is taken only if the child is still
            // there then.
            let mut nothing = [0; 0];
            if connection.end().read(&mut nothing[..], ReadMode::Byte, patience).is_err()
                || !self.has_room()
            {
                return;
            }
            let taken = match connection.end().read_now(&mut buffer[..], ReadMode::Byte) {
                Ok(taken) => taken,
                // Another reader was faster.
                Err(Win32Error::NO_DATA) => continue,
                Err(_) => return,
            };
            pipe.note_read();
            // An empty message is no end.
            if taken.bytes > 0 && !write_all(&self.to, &buffer[..taken.bytes]) {
                return;
            }
        }
    }

    /// Waits until the child's pipe takes something; whether the child still has its end.
    fn has_room(&self) -> bool {
        loop {
            let mut fds = [PollFd::new(&self.to, PollFlags::OUT)];
            match poll(&mut fds, None) {
                Ok(_) => return !fds[0].revents().contains(PollFlags::ERR),
                Err(Errno::INTR) => {}
                Err(_) => return false,
            }
        }
    }
}

impl Ready for Feeder {
    fn on_ready(self: Arc<Self>, events: EventFlags) {
        if events.intersects(EventFlags::ERR | EventFlags::HUP) {
            self.stop_watching();
            self.cancel.cancel();
        }
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        self.stop_watching();
    }
}

/// Writes everything; whether it could. The thread has all signals blocked, `SIGPIPE` too.
fn write_all(to: &OwnedFd, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        match write(to, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
    true
}

/// Pumps a child's output until either side has ended.
fn drain(pipe: &NamedPipe, from: &OwnedFd) {
    let mut buffer = vec![0; MOST_AT_ONCE];
    loop {
        let connection = pipe.connection();
        if !has_output(from, &connection) {
            return;
        }
        let count = match read(from, &mut buffer[..]) {
            Ok(0) => return,
            Ok(count) => count,
            Err(Errno::INTR) => continue,
            Err(_) => return,
        };
        connection.check_peer();
        let patience = Patience::FOREVER.preparing(&*connection as &Connection);
        if connection.end().write(&buffer[..count], patience).is_err() {
            return;
        }
    }
}

/// Waits until the child has written something or closed its end; not when the other side of the
/// named pipe went before that.
fn has_output(from: &OwnedFd, connection: &Connection) -> bool {
    loop {
        let mut fds = vec![PollFd::new(from, PollFlags::IN)];
        // What it was sent over the lifeline is nothing to us, only its end is.
        fds.extend(
            connection
                .end()
                .lifeline()
                .map(|lifeline| PollFd::from_borrowed_fd(lifeline.as_fd(), PollFlags::RDHUP)),
        );
        match poll(&mut fds, None) {
            Ok(_) => return !fds[0].revents().is_empty(),
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}
