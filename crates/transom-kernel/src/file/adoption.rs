//! Between handles and Linux descriptors: for programs, and C runtimes, that have both.

use super::{Descriptor, File};
use crate::error::{Result, Win32Error};
use crate::executive::{access_of_descriptor, current};
use crate::handle::{Entry, Handle, HandleFlags, HandleValue, Origin};
use crate::object::{KernelObject, ObjectId};
use crate::pipe::{PipeEnd, anonymous};
use rustix::fs::{FileType, fstat};
use rustix::io::fcntl_dupfd_cloexec;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use windows_sys::Win32::Storage::FileSystem::FILE_WRITE_DATA;

/// A handle to what a descriptor is, through a descriptor of its own. It is not inherited.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` if the descriptor is not open, and what a full table reports.
pub fn handle_of(fd: BorrowedFd<'_>) -> Result<HandleValue> {
    let stat = fstat(fd).map_err(|_| Win32Error::INVALID_HANDLE)?;
    let id = ObjectId::of_file(stat.st_dev, stat.st_ino);
    let access = access_of_descriptor(fd);
    // The standard streams' numbers stay free for them.
    let own = fcntl_dupfd_cloexec(fd, 3)?;
    let (object, access): (Arc<dyn KernelObject>, u32) =
        if FileType::from_raw_mode(stat.st_mode).is_fifo() {
            let writes = access & FILE_WRITE_DATA != 0;
            let payload = PipeEnd::payload_of(fd, writes);
            let end = PipeEnd::arrived(id, Descriptor::Own(own), payload);
            (Arc::new(end), anonymous::access_of_end(writes))
        } else {
            (Arc::new(File::arrived(id, Descriptor::Own(own), 0)?), access)
        };
    let entry = Entry { object, access, flags: HandleFlags::empty(), origin: Origin::Created };
    current().table().insert(entry)
}

/// A second descriptor of what a handle to a file or pipe is. It is not inherited.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for a handle that is not open, or of something that is no descriptor.
pub fn descriptor_of(handle: Handle) -> Result<OwnedFd> {
    let entry = current().table().entry(handle)?;
    let Some(fd) = entry.object.shape().fds[0] else { return Err(Win32Error::INVALID_HANDLE) };
    Ok(fcntl_dupfd_cloexec(fd.as_fd(), 3)?)
}

#[cfg(test)]
mod tests {
    use super::{descriptor_of, handle_of};
    use crate::executive::current;
    use crate::handle::Handle;
    use rustix::fs::fstat;
    use std::os::fd::AsFd;

    #[test]
    fn a_descriptor_becomes_a_handle_and_back() {
        let file = std::fs::File::open("/dev/null").expect("it is there");
        let value = handle_of(file.as_fd()).expect("it is open");
        let again = descriptor_of(Handle::Real(value)).expect("it has a descriptor");
        let inode = |fd: std::os::fd::BorrowedFd<'_>| fstat(fd).expect("open").st_ino;
        assert_eq!(inode(again.as_fd()), inode(file.as_fd()));
        current().close_handle(value.get() as isize).expect("it closes");
        assert!(descriptor_of(Handle::Real(value)).is_err());
    }
}
