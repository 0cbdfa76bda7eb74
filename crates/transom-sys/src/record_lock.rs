//! Locks on ranges of bytes that belong to an open file description, and a note on one.
//!
//! All descriptors of one description (duplicates, inherited ones, ones sent over a socket) hold
//! such a lock together; the kernel lets go of it with the last of them, also when a process is
//! killed. They are advisory: who does not ask is not stopped.
//!
//! Reference: <https://man7.org/linux/man-pages/man2/F_OFD_SETLK.2const.html>

use std::io;
use std::ops::Range;
use std::os::fd::{AsFd, AsRawFd};

/// What a lock keeps away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Write locks. Needs a descriptor open for reading.
    Shared,
    /// All other locks. Needs a descriptor open for writing.
    Exclusive,
}

/// A lock of another description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The bytes it covers.
    pub range: Range<u64>,
    /// Whether a process holds it (the older kind of locks), not an open file description.
    pub of_process: bool,
    /// What it keeps away.
    pub kind: Kind,
}

fn request(kind: i32, range: &Range<u64>) -> io::Result<libc::flock> {
    let number = |value: u64| i64::try_from(value).map_err(|_| io::ErrorKind::InvalidInput);
    // SAFETY: the structure is plain integers, for which zero is a value.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    // The constants are 0, 1 and 2.
    lock.l_type = kind as i16;
    lock.l_whence = libc::SEEK_SET as i16;
    lock.l_start = number(range.start)?;
    lock.l_len = number(range.end.saturating_sub(range.start).max(1))?;
    Ok(lock)
}

fn control(fd: impl AsFd, command: i32, lock: &mut libc::flock) -> io::Result<()> {
    let number = fd.as_fd().as_raw_fd();
    // SAFETY: the commands of this module take a `flock`, which lives across the call.
    let result = unsafe { libc::fcntl(number, command, &raw mut *lock) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Locks a range without waiting; `false` when another description's lock is in the way.
///
/// # Errors
/// `EBADF` when the descriptor is not open the way the kind needs, and what the file system
/// reports, which may know no locks.
pub fn try_lock(fd: impl AsFd, kind: Kind, range: &Range<u64>) -> io::Result<bool> {
    let kind = match kind {
        Kind::Shared => libc::F_RDLCK,
        Kind::Exclusive => libc::F_WRLCK,
    };
    match control(fd, libc::F_OFD_SETLK, &mut request(kind, range)?) {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::EACCES)) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Locks a range exclusively as soon as no other description has a lock there.
///
/// # Errors
/// `EINTR`, and what the file system reports.
pub fn wait_exclusive(fd: impl AsFd, range: &Range<u64>) -> io::Result<()> {
    control(fd, libc::F_OFD_SETLKW, &mut request(libc::F_WRLCK, range)?)
}

/// Gives the locks on a range up, for all descriptors of the description.
///
/// # Errors
/// What the file system reports.
pub fn unlock(fd: impl AsFd, range: &Range<u64>) -> io::Result<()> {
    control(fd, libc::F_OFD_SETLK, &mut request(libc::F_UNLCK, range)?)
}

/// Some lock on the range that another description or process holds. The descriptor may be open
/// in any way but `O_PATH`.
///
/// # Errors
/// What the file system reports.
pub fn find(fd: impl AsFd, range: &Range<u64>) -> io::Result<Option<Found>> {
    let mut lock = request(libc::F_WRLCK, range)?;
    control(fd, libc::F_OFD_GETLK, &mut lock)?;
    if i32::from(lock.l_type) == libc::F_UNLCK {
        return Ok(None);
    }
    let start = u64::try_from(lock.l_start).unwrap_or(0);
    let end = match u64::try_from(lock.l_len) {
        // To the end, wherever that is.
        Ok(0) | Err(_) => u64::MAX,
        Ok(length) => start.saturating_add(length),
    };
    let kind = match i32::from(lock.l_type) {
        libc::F_WRLCK => Kind::Exclusive,
        _ => Kind::Shared,
    };
    Ok(Some(Found { range: start..end, of_process: lock.l_pid >= 0, kind }))
}

/// The signal for input notices, set and asked for (`fcntl(2)`; not in the libc crate).
const F_SETSIG: i32 = 10;
const F_GETSIG: i32 = 11;

/// Notes on the open file description that another process holds it too. All its holders can
/// read the note.
///
/// Linux has no place for such notes. The signal for input notices is kept there, and does
/// nothing on a descriptor that asks for no notices; the note is to set it.
///
/// # Errors
/// `EBADF` for a descriptor opened with `O_PATH`.
pub fn note_shared(fd: impl AsFd) -> io::Result<()> {
    let number = fd.as_fd().as_raw_fd();
    // SAFETY: the command takes a signal number.
    let result = unsafe { libc::fcntl(number, F_SETSIG, libc::SIGIO) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Whether [`note_shared`] was called on this open file description, by whatever process.
#[must_use]
pub fn is_noted_shared(fd: impl AsFd) -> bool {
    // SAFETY: the command takes no argument.
    unsafe { libc::fcntl(fd.as_fd().as_raw_fd(), F_GETSIG) > 0 }
}

#[cfg(test)]
mod tests {
    use super::{Kind, find, is_noted_shared, note_shared, try_lock, unlock};
    use rustix::fs::{MemfdFlags, Mode, OFlags, memfd_create, open};
    use std::os::fd::{AsRawFd, OwnedFd};

    fn two_descriptions() -> (OwnedFd, OwnedFd) {
        let first = memfd_create("locks", MemfdFlags::CLOEXEC).unwrap();
        let path = format!("/proc/self/fd/{}", first.as_raw_fd());
        let second = open(path, OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()).unwrap();
        (first, second)
    }

    #[test]
    fn a_lock_is_of_the_description_and_goes_with_its_last_descriptor() {
        let (first, second) = two_descriptions();
        assert!(try_lock(&first, Kind::Shared, &(5..6)).unwrap());
        assert_eq!(find(&first, &(0..10)).unwrap(), None);
        let found = find(&second, &(0..10)).unwrap().unwrap();
        assert_eq!((found.range, found.of_process, found.kind), (5..6, false, Kind::Shared));
        assert!(try_lock(&second, Kind::Shared, &(5..6)).unwrap());
        assert!(!try_lock(&second, Kind::Exclusive, &(5..6)).unwrap());
        let duplicate = first.try_clone().unwrap();
        drop(first);
        assert!(!try_lock(&second, Kind::Exclusive, &(5..6)).unwrap());
        drop(duplicate);
        assert!(try_lock(&second, Kind::Exclusive, &(5..6)).unwrap());
    }

    #[test]
    fn unlocking_makes_room_and_ranges_out_of_reach_are_refused() {
        let (first, second) = two_descriptions();
        assert!(try_lock(&first, Kind::Exclusive, &(0..1)).unwrap());
        assert_eq!(find(&second, &(0..1)).unwrap().unwrap().kind, Kind::Exclusive);
        unlock(&first, &(0..1)).unwrap();
        assert!(try_lock(&second, Kind::Exclusive, &(0..1)).unwrap());
        assert!(try_lock(&first, Kind::Shared, &(u64::MAX - 1..u64::MAX)).is_err());
    }

    #[test]
    fn a_note_is_seen_through_every_descriptor_of_the_description() {
        let (first, second) = two_descriptions();
        let duplicate = first.try_clone().unwrap();
        assert!(!is_noted_shared(&duplicate));
        note_shared(&first).unwrap();
        assert!(is_noted_shared(&duplicate) && !is_noted_shared(&second));
    }
}
