//! The memory of a process, which may be another one.
//!
//! Reference: process_vm_readv(2)

use std::io;
use std::mem::MaybeUninit;

/// What Linux transfers at once at most.
const MOST: usize = 1 << 30;

/// Both sides of a transfer.
fn vectors(own: *mut u8, address: usize, length: usize) -> [libc::iovec; 2] {
    let remote = std::ptr::without_provenance_mut::<libc::c_void>(address);
    [
        libc::iovec { iov_base: own.cast(), iov_len: length },
        libc::iovec { iov_base: remote, iov_len: length },
    ]
}

/// Transfers part after part, until one is not whole: how many bytes went over.
fn all(
    length: usize,
    mut part: impl FnMut(usize, usize) -> io::Result<usize>,
) -> io::Result<usize> {
    let mut done = 0;
    while done < length {
        match part(done, (length - done).min(MOST)) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if done == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(done)
}

fn counted(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// Reads memory of a process, from an address on; how many bytes could be read.
///
/// # Errors
/// No byte could: `EFAULT` for memory that is not there, `EPERM` for a process that this one may not look into,
/// `ESRCH` for one that is gone.
pub fn read(pid: u32, address: usize, into: &mut [MaybeUninit<u8>]) -> io::Result<usize> {
    let length = into.len();
    all(length, |done, count| {
        let place = into[done..done + count].as_mut_ptr().cast::<u8>();
        let [own, remote] = vectors(place, address.wrapping_add(done), count);
        // SAFETY: the own side is a buffer of that length; the other side is looked at by Linux alone.
        counted(unsafe { libc::process_vm_readv(pid.cast_signed(), &own, 1, &remote, 1, 0) })
    })
}

/// Writes to memory of a process, from an address on; how many bytes could be written.
///
/// # Safety
/// If it is this process: nothing of the program relies on what these bytes were.
///
/// # Errors
/// As for [`read`].
pub unsafe fn write(pid: u32, address: usize, from: &[u8]) -> io::Result<usize> {
    all(from.len(), |done, count| {
        let place = from[done..done + count].as_ptr().cast_mut();
        let [own, remote] = vectors(place, address.wrapping_add(done), count);
        // SAFETY: the own side is a buffer of that length, which is only read; what is written is the
        // caller's affair.
        counted(unsafe { libc::process_vm_writev(pid.cast_signed(), &own, 1, &remote, 1, 0) })
    })
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use std::mem::MaybeUninit;

    #[test]
    fn own_memory_is_read_and_written_and_what_is_not_there_is_not() {
        let pid = std::process::id();
        let mut bytes = *b"before";
        let mut copy = [MaybeUninit::uninit(); 6];
        assert_eq!(read(pid, bytes.as_ptr().addr(), &mut copy).unwrap(), 6);
        // SAFETY: all six were read.
        assert_eq!(copy.map(|byte| unsafe { byte.assume_init() }), bytes);
        let place = bytes.as_mut_ptr().expose_provenance();
        // SAFETY: an array that is looked at only afterwards.
        assert_eq!(unsafe { write(pid, place, b"after!") }.unwrap(), 6);
        assert_eq!(std::hint::black_box(&bytes), b"after!");
        assert_eq!(read(pid, 8, &mut copy).unwrap_err().raw_os_error(), Some(libc::EFAULT));
        assert_eq!(read(pid, 8, &mut []).unwrap(), 0);
    }
}
