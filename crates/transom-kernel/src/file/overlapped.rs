//! Requests on files, devices and Linux pipes that go on while their caller does other things.
//!
//! Those on ordinary files are done at once, by the calls that wait. What can keep one waiting is a descriptor that does
//! not block: who gets nothing from it asks the service thread to be called when there may be more.

use super::{File, ReadTarget, WriteSource};
use crate::error::{Result, Win32Error};
use crate::executive::{Ready, Watch, watch};
use crate::io::{Operation, Outcome, Progress, gate};
use crate::sync::wait::clock::AT_ONCE;
use rustix::event::epoll::EventFlags;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a file waits for.
#[derive(Debug, Default)]
pub(super) struct Watching(Mutex<Wanted>);

#[derive(Debug)]
struct Wanted {
    watch: Option<Watch>,
    events: EventFlags,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { watch: None, events: EventFlags::empty() }
    }
}

impl Watching {
    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl File {
    /// Has the file pumped when it is ready for something.
    fn pump_when(self: &Arc<Self>, events: EventFlags) -> Result<()> {
        let mut wanted = self.watching().wanted();
        wanted.events |= events;
        let events = wanted.events | EventFlags::ONESHOT;
        if let Some(watch) = wanted.watch.as_ref().filter(|watch| watch.is_current()) {
            return watch.rearm(events);
        }
        let fd = Arc::new(self.fd().try_clone_to_owned().map_err(Win32Error::from)?);
        let file: Arc<dyn Ready> = Arc::<Self>::clone(self);
        wanted.watch = Some(watch(fd, events, Arc::downgrade(&file))?);
        Ok(())
    }
}

impl Ready for File {
    fn on_ready(self: Arc<Self>, _events: EventFlags) {
        {
            let _inside = gate::enter();
            self.watching().wanted().events = EventFlags::empty();
        }
        self.requests().pump();
    }
}

/// Whether a Linux pipe that gave no bytes has come to its end, and does not only have no writer
/// yet.
pub(super) fn has_ended(file: &File) -> Result<bool> {
    let fd = file.fd();
    let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::IN)];
    poll(&mut fds, Some(&AT_ONCE))?;
    Ok(fds[0].revents().contains(PollFlags::HUP) || !file.is_pipe())
}

fn blocked(waiting: Result<()>, bytes: usize) -> Progress {
    match waiting {
        Ok(()) => Progress::Blocked,
        Err(error) => Progress::Done(Outcome { error: Some(error), bytes }),
    }
}

/// A read.
pub(super) struct FileRead {
    pub(super) file: Arc<File>,
    pub(super) target: Box<dyn ReadTarget + Send>,
}

impl Operation for FileRead {
    fn step(&mut self) -> Progress {
        loop {
            match self.target.fill(0..self.target.len(), self.file.fd(), None) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return blocked(self.file.pump_when(EventFlags::IN), 0),
                Err(error) => return Progress::Done(Err::<usize, _>(error.into()).into()),
                Ok(0) if !self.target.is_empty() => match has_ended(&self.file) {
                    Ok(false) => return blocked(self.file.pump_when(EventFlags::IN), 0),
                    ended => return Progress::Done(ended.map(|_| 0).into()),
                },
                Ok(bytes) => return Progress::Done(Ok(bytes).into()),
            }
        }
    }
}

/// A write.
pub(super) struct FileWrite {
    pub(super) file: Arc<File>,
    pub(super) source: Box<dyn WriteSource>,
    pub(super) written: usize,
}

impl Operation for FileWrite {
    fn step(&mut self) -> Progress {
        let bytes = self.source.bytes();
        while self.written < bytes.len() {
            match rustix::io::write(self.file.fd(), &bytes[self.written..]) {
                Ok(count) => self.written += count,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    return blocked(self.file.pump_when(EventFlags::OUT), self.written);
                }
                Err(error) => {
                    let outcome = Outcome { error: Some(error.into()), bytes: self.written };
                    return Progress::Done(outcome);
                }
            }
        }
        Progress::Done(Ok(self.written).into())
    }

    /// What Linux has taken cannot be had back.
    fn cancel(&mut self) -> Option<Outcome> {
        Some(Outcome { bytes: self.written, ..Outcome::CANCELLED })
    }
}
