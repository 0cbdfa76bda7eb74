//! What becomes a child's standard input, output and error output.

use super::Process;
use super::create::OFF_TERMINAL;
use crate::error::Result;
use crate::executive::{STANDARD_STREAMS, current};
use crate::handle::inherit::Heirloom;
use crate::handle::{Entry, Handle};
use crate::object::{KernelObject, ObjectId, ObjectType, arrival, downcast};
use crate::pipe::named::NamedPipe;
use crate::pipe::named::pump::{Direction, Pump};
use rustix::fs::{Mode, OFlags, open};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use windows_sys::Win32::Storage::FileSystem::{FILE_READ_DATA, FILE_WRITE_DATA};

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
    /// What brings bytes from named pipes and to them.
    pumps: Vec<Pump>,
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
    /// The child runs.
    pub(crate) fn start(self) {
        self.pumps.into_iter().for_each(Pump::start);
    }

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
        heirlooms: &mut Vec<Heirloom>,
        joins: bool,
    ) -> Result<ChildStreams> {
        let mut values = [0; 3];
        let mut sources = Vec::with_capacity(3);
        let mut pumped = Pumped::default();
        for (number, which) in (0..).zip(STANDARD_STREAMS) {
            let raw = match self.given {
                Some(given) => given[number],
                None => current().standard_handle(which),
            };
            let handle = Handle::from_raw(raw);
            let inherited = match handle {
                Ok(Handle::Real(value)) => {
                    heirlooms.iter().find(|heirloom| heirloom.record.value == value.get())
                }
                _ => None,
            };
            // A substitute parent's handles are meant, where one is given.
            let theirs = inherited.filter(|_| parent.is_some() && self.given.is_some());
            let found = match theirs {
                Some(heirloom) => Found::in_heirloom(heirloom, &pumped)?,
                None => handle
                    .and_then(|handle| current().table().entry(handle))
                    .ok()
                    .filter(|entry| self.reaches(&*entry.object))
                    .and_then(Found::in_entry),
            };
            let value = inherited.map_or(0, |heirloom| heirloom.record.value);
            let source = match found {
                None => Stream::nothing()?,
                Some(Found::Stream(stream)) => {
                    values[number] = value;
                    stream
                }
                // A program that knows messages reads them itself; what was not written for that
                // finds nothing to read, and writes to the same end.
                Some(Found::Pipe(pipe, access)) if joins && value != 0 && pipe.has_messages() => {
                    values[number] = value;
                    match number {
                        0 => Stream::nothing()?,
                        _ => pumped.stream(number, &pipe, access, 0)?,
                    }
                }
                Some(Found::Pipe(pipe, access)) => pumped.stream(number, &pipe, access, value)?,
            };
            sources.push(source);
        }
        pumped.take_place(heirlooms, &mut values)?;
        for heirloom in heirlooms.iter_mut() {
            let stream = values.iter().position(|&value| value == heirloom.record.value);
            let stream = stream.filter(|_| !heirloom.is_named_pipe());
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
        Ok(ChildStreams { sources, values, pumps: pumped.pumps })
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

/// What a standard handle leads to.
enum Found {
    /// Something with a descriptor.
    Stream(Stream),
    /// An end of a named pipe, and what the handle may do with it.
    Pipe(Arc<NamedPipe>, u32),
}

impl Found {
    fn in_entry(entry: Entry) -> Option<Self> {
        if entry.object.header().kind() != ObjectType::File {
            return None;
        }
        let object = Arc::clone(&entry.object);
        match downcast::<NamedPipe>(entry.object) {
            Ok(pipe) => Some(Self::Pipe(pipe, entry.access)),
            Err(_) => Some(Self::Stream(Stream::Object(object))),
        }
    }

    /// A handle of another process; an end that it gives twice is one end here.
    fn in_heirloom(heirloom: &Heirloom, pumped: &Pumped) -> Result<Option<Self>> {
        let copy = |fd: &Option<OwnedFd>| fd.as_ref().map(OwnedFd::try_clone).transpose();
        let Heirloom { record, fds } = heirloom;
        if !heirloom.is_named_pipe() {
            let first = copy(&fds[0])?.filter(|_| record.kind == ObjectType::File);
            return Ok(first.map(|fd| Self::Stream(Stream::Fd(fd))));
        }
        if let Some(pipe) = pumped.find(record.id) {
            return Ok(Some(Self::Pipe(pipe, record.access)));
        }
        let object = arrival::object(record, [copy(&fds[0])?, copy(&fds[1])?])?;
        Ok(downcast(object).ok().map(|pipe| Self::Pipe(pipe, record.access)))
    }
}

/// The streams that are pumped from and to named pipes.
#[derive(Default)]
struct Pumped {
    pumps: Vec<Pump>,
    /// Which pump's, which stream, and the handle that the child would inherit, 0 for none.
    streams: Vec<(usize, usize, u32)>,
}

impl Pumped {
    /// The stream of an end. Output and error output of the same end are one stream.
    fn stream(
        &mut self,
        number: usize,
        pipe: &Arc<NamedPipe>,
        access: u32,
        value: u32,
    ) -> Result<Stream> {
        let (direction, right, otherwise) = match number {
            0 => (Direction::ToChild, FILE_READ_DATA, OFlags::WRONLY),
            _ => (Direction::FromChild, FILE_WRITE_DATA, OFlags::RDONLY),
        };
        if access & right == 0 {
            // Reading or writing it fails, as with the handle.
            return Ok(Stream::Fd(open(c"/dev/null", otherwise | OFlags::CLOEXEC, Mode::empty())?));
        }
        let known = self.pumps.iter().position(|pump| number > 0 && pump.is(pipe, direction));
        let index = match known {
            Some(index) => index,
            None => {
                self.pumps.push(Pump::prepare(pipe, direction)?);
                self.pumps.len() - 1
            }
        };
        self.streams.push((index, number, value));
        Ok(Stream::Fd(self.pumps[index].childs_end().try_clone_to_owned()?))
    }

    fn find(&self, id: ObjectId) -> Option<Arc<NamedPipe>> {
        let pipes = self.pumps.iter().map(Pump::pipe);
        pipes.into_iter().find(|pipe| pipe.header().id() == id).map(Arc::clone)
    }

    /// The child would hold the end itself by a handle that it inherits, and the other side would
    /// not notice when it closes its streams. So that handle is the stream there; and where it is
    /// input and output, which a stream is not, the child does not have it.
    fn take_place(&self, heirlooms: &mut Vec<Heirloom>, values: &mut [u32; 3]) -> Result<()> {
        for &(index, number, value) in self.streams.iter().filter(|stream| stream.2 != 0) {
            let both = self.streams.iter().any(|other| other.2 == value && other.0 != index);
            if both {
                heirlooms.retain(|heirloom| heirloom.record.value != value);
                continue;
            }
            values[number] = value;
            let Some(pump) = self.pumps.get(index) else { continue };
            let place = heirlooms.iter_mut().find(|heirloom| heirloom.record.value == value);
            if let Some(heirloom) = place.filter(|heirloom| heirloom.is_named_pipe()) {
                heirloom.become_stream(pump.childs_end(), number != 0)?;
            }
        }
        Ok(())
    }
}
