//! The calling thread's `errno`.

/// Stores a number in `errno`, so that `std::io::Error::last_os_error()` reports it.
pub fn set(number: i32) {
    // SAFETY: glibc returns the address of the calling thread's own errno, valid for its lifetime.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: the address is that of this thread's `int`, which nobody else writes.
    unsafe { errno.write(number) };
}

/// The number in `errno`.
#[must_use]
pub fn get() -> i32 {
    // SAFETY: glibc returns the address of the calling thread's own errno, valid for its lifetime.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: the address is that of this thread's `int`.
    unsafe { errno.read() }
}
