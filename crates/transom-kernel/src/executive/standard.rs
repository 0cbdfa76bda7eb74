//! The three standard handles.

use crate::file::{Descriptor, File, StandardStream};
use crate::handle::{Entry, HandleFlags, Origin};
use crate::object::{KernelObject, ObjectId};
use crate::pipe::{PipeEnd, anonymous};
use rustix::fs::{FileType, Mode, OFlags, fcntl_getfl, fstat, open};
use rustix::io::{Errno, fcntl_getfd};
use std::os::fd::{AsFd, BorrowedFd, IntoRawFd};
use std::sync::Arc;
use windows_sys::Win32::Storage::FileSystem::{
    FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_WRITE_DATA,
};
use windows_sys::Win32::System::Console;

/// Which standard handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandardHandle {
    /// `STD_INPUT_HANDLE`, -10.
    Input = 0,
    /// `STD_OUTPUT_HANDLE`, -11.
    Output = 1,
    /// `STD_ERROR_HANDLE`, -12.
    Error = 2,
}

/// The three, in the order of their Linux descriptors.
pub const STANDARD_STREAMS: [StandardHandle; 3] =
    [StandardHandle::Input, StandardHandle::Output, StandardHandle::Error];

impl StandardHandle {
    /// Reads the id that `GetStdHandle` takes.
    #[must_use]
    pub const fn from_id(id: u32) -> Option<Self> {
        match id {
            Console::STD_INPUT_HANDLE => Some(Self::Input),
            Console::STD_OUTPUT_HANDLE => Some(Self::Output),
            Console::STD_ERROR_HANDLE => Some(Self::Error),
            _ => None,
        }
    }

    /// Reads an id that was passed where a handle is expected, sign-extended or not.
    pub(super) fn from_id_as_handle(raw: isize) -> Option<Self> {
        let id = i32::try_from(raw).map(i32::cast_unsigned).or_else(|_| u32::try_from(raw)).ok()?;
        Self::from_id(id)
    }
}

/// Puts `/dev/null` where the program was started without a standard stream: the next file opened
/// anywhere would otherwise be read or written as one. Which streams there were not.
pub(super) fn occupy_closed() -> [bool; 3] {
    STANDARD_STREAMS.map(|which| {
        let stream = StandardStream::of(which);
        let closed = fcntl_getfd(stream.as_fd()) == Err(Errno::BADF);
        if closed && let Ok(nothing) = open(c"/dev/null", OFlags::RDWR, Mode::empty()) {
            // The lowest free number is this one, which stays taken.
            let _ = nothing.into_raw_fd();
        }
        closed
    })
}

/// A line for a stream the program was started with; `None` when it is closed.
pub(super) fn entry_of(stream: StandardStream) -> Option<Entry> {
    let fd = stream.as_fd();
    let stat = fstat(fd).ok()?;
    let id = ObjectId::of_file(stat.st_dev, stat.st_ino);
    let descriptor = Descriptor::Standard(stream.into());
    let access = access_of_descriptor(fd);
    let (object, access): (Arc<dyn KernelObject>, u32) =
        if FileType::from_raw_mode(stat.st_mode).is_fifo() {
            let writes = access & FILE_WRITE_DATA != 0;
            let end = PipeEnd::arrived(id, descriptor, PipeEnd::payload_of(fd, writes));
            (Arc::new(end), anonymous::access_of_end(writes))
        } else {
            (Arc::new(File::arrived(id, descriptor, 0).ok()?), access)
        };
    Some(Entry { object, access, flags: HandleFlags::INHERIT, origin: Origin::Created })
}

/// The rights that go with the way a file was opened.
pub(crate) fn access_of_descriptor(fd: BorrowedFd<'_>) -> u32 {
    match fcntl_getfl(fd).unwrap_or(OFlags::RDONLY) & OFlags::RWMODE {
        OFlags::WRONLY => FILE_GENERIC_WRITE,
        OFlags::RDWR => FILE_GENERIC_READ | FILE_GENERIC_WRITE,
        _ => FILE_GENERIC_READ,
    }
}
