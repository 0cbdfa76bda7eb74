//! What becomes a child's standard input, output and error output.

use super::Process;
use super::create::OFF_TERMINAL;
use crate::error::Result;
use crate::executive::{STANDARD_STREAMS, current};
use crate::handle::Handle;
use crate::handle::inherit::Heirloom;
use crate::object::{KernelObject, ObjectType};
use rustix::fs::{Mode, OFlags, open};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

/// Where a child's standard handles come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StandardSource {
    /// What `STARTUPINFO` says, where it says so; else this process's own.
    pub(crate) given: Option<[isize; 3]>,
    /// The creation flags: a child taken off the terminal does not keep our console.
    pub(crate) flags: u32,
}

/// A child's standard streams.
#[derive(Debug)]
pub(crate) struct ChildStreams {
    sources: [Stream; 3],
    /// The handles that are the child's standard handles, 0 for none.
    pub(crate) values: [u32; 3],
}

/// What keeps the descriptor of a stream open until the child has it.
enum Stream {
    Object(Arc<dyn KernelObject>),
    Fd(OwnedFd),
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Stream").field(&self.fd()).finish()
    }
}

impl Stream {
    fn fd(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::Object(object) => object.shape().fds[0],
            Self::Fd(fd) => Some(fd.as_fd()),
        }
    }

    /// What a program without this stream finds in its place: a number that is not open would
    /// become the next file it opens.
    fn nothing() -> Result<Self> {
        Ok(Self::Fd(open(c"/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?))
    }
}

impl ChildStreams {
    /// The descriptors.
    pub(crate) fn fds(&self) -> [BorrowedFd<'_>; 3] {
        // Every stream was made with a descriptor.
        [0, 1, 2].map(|index: usize| {
            self.sources[index].fd().unwrap_or_else(|| NULL_STREAMS[index].as_fd())
        })
    }
}

use crate::file::StandardStream;
static NULL_STREAMS: [StandardStream; 3] =
    [StandardStream::Input, StandardStream::Output, StandardStream::Error];

impl StandardSource {
    /// Finds the three streams. A standard handle that the child also inherits is one and the
    /// same there: its record is changed to name the stream.
    pub(crate) fn resolve(
        self,
        parent: Option<&Process>,
        heirlooms: &mut [Heirloom],
    ) -> Result<ChildStreams> {
        let mut values = [0; 3];
        let mut sources = Vec::with_capacity(3);
        for (number, which) in (0..).zip(STANDARD_STREAMS) {
            let raw = match self.given {
                Some(given) => given[number as usize],
                None => current().standard_handle(which),
            };
            let handle = Handle::from_raw(raw);
            // A substitute parent's handles are meant, where one is given.
            if let (Some(_), Some(_), Ok(Handle::Real(value))) = (parent, self.given, handle)
                && let Some(heirloom) =
                    heirlooms.iter_mut().find(|heirloom| heirloom.record.value == value.get())
                && let Some(fd) = &heirloom.fds[0]
            {
                sources.push(Stream::Fd(fd.try_clone()?));
                values[number as usize] = value.get();
                continue;
            }
            let entry =
                handle.and_then(|handle| current().table().entry(handle)).ok().filter(|entry| {
                    entry.object.header().kind() == ObjectType::File && self.reaches(&*entry.object)
                });
            let Some(entry) = entry else {
                sources.push(Stream::nothing()?);
                continue;
            };
            if let Ok(Handle::Real(value)) = handle
                && heirlooms.iter().any(|heirloom| heirloom.record.value == value.get())
            {
                values[number as usize] = value.get();
            }
            sources.push(Stream::Object(entry.object));
        }
        for heirloom in heirlooms.iter_mut() {
            let stream = values.iter().position(|&value| value == heirloom.record.value);
            if let Some(number) = stream.and_then(|number| i32::try_from(number).ok()) {
                heirloom.record.fds[0] = Some(number);
            } else {
                for (number, fd) in heirloom.record.fds.iter_mut().zip(&heirloom.fds) {
                    use std::os::fd::AsRawFd;
                    *number = fd.as_ref().map(AsRawFd::as_raw_fd);
                }
            }
        }
        let sources: [Stream; 3] = match sources.try_into() {
            Ok(sources) => sources,
            Err(_) => [Stream::nothing()?, Stream::nothing()?, Stream::nothing()?],
        };
        Ok(ChildStreams { sources, values })
    }

    /// Whether the child may have this stream: one that is taken off our terminal does not get
    /// it by default.
    fn reaches(self, object: &dyn KernelObject) -> bool {
        if self.given.is_some() || self.flags & OFF_TERMINAL == 0 {
            return true;
        }
        !object.shape().fds[0].is_some_and(rustix::termios::isatty)
    }
}
