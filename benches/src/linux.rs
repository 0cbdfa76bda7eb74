//! The floor: the same jobs with raw Linux calls.

use rustix::fs::{Mode, OFlags, RawDir};
use rustix::thread::futex;
use std::ffi::{CStr, c_char};
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};

/// Signals a word that somebody waits for.
#[inline]
pub fn signal(word: &AtomicU32, flags: futex::Flags) {
    word.store(1, Ordering::SeqCst);
    futex::wake(word, flags, 1).expect("the word is mapped");
}

/// Waits until a word is signalled, and takes the signal.
#[inline]
pub fn await_signal(word: &AtomicU32, flags: futex::Flags) {
    while word.swap(0, Ordering::SeqCst) == 0 {
        // It was signalled meanwhile, or a signal handler ran: look again.
        let _ = futex::wait(word, flags, 0, None);
    }
}

/// `posix_spawn` and `waitpid`.
pub fn run(program: &CStr) {
    unsafe extern "C" {
        static environ: *const *mut c_char;
    }
    let arguments = [program.as_ptr().cast_mut(), null_mut()];
    let mut pid = 0;
    // SAFETY: reads a pointer that only this thread changes.
    let variables = unsafe { environ };
    // SAFETY: a terminated string and two terminated arrays of such.
    let result = unsafe {
        libc::posix_spawn(
            &raw mut pid,
            program.as_ptr(),
            null(),
            null(),
            arguments.as_ptr(),
            variables,
        )
    };
    assert_eq!(result, 0);
    let mut status = 0;
    // SAFETY: the out-pointer is to a live variable.
    let waited = unsafe { libc::waitpid(pid, &raw mut status, 0) };
    assert_eq!(waited, pid);
}

/// `setenv`. Nobody else uses the environment meanwhile.
#[inline]
pub fn set_variable(name: &CStr, value: &CStr) {
    // SAFETY: two terminated strings; no other thread reads the environment.
    let result = unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) };
    assert_eq!(result, 0);
}

/// `getenv`: the value's length.
#[inline]
pub fn variable(name: &CStr) -> usize {
    // SAFETY: a terminated string; no other thread changes the environment.
    let value = unsafe { libc::getenv(name.as_ptr()) };
    assert!(!value.is_null());
    // SAFETY: not NULL, so a terminated string.
    unsafe { CStr::from_ptr(value) }.count_bytes()
}

/// `clearenv`.
pub fn clear_variables() {
    // SAFETY: no other thread uses the environment.
    unsafe { libc::clearenv() };
}

/// Opens and reads every `/proc/<pid>/stat`; gives the number of processes.
#[must_use]
pub fn scan_processes() -> usize {
    let read_only = OFlags::RDONLY | OFlags::CLOEXEC;
    let proc = rustix::fs::open(c"/proc", read_only | OFlags::DIRECTORY, Mode::empty())
        .expect("/proc is mounted");
    let mut buffer = [MaybeUninit::uninit(); 32 * 1024];
    let mut line = [MaybeUninit::uninit(); 1536];
    let mut entries = RawDir::new(&proc, &mut buffer);
    let mut count = 0;
    while let Some(Ok(entry)) = entries.next() {
        let name = entry.file_name().to_bytes();
        if !name[0].is_ascii_digit() {
            continue;
        }
        let mut path = [0_u8; 32];
        path[..name.len()].copy_from_slice(name);
        path[name.len()..name.len() + 5].copy_from_slice(b"/stat");
        let path = &path[..name.len() + 5];
        if let Ok(file) = rustix::fs::openat(&proc, path, read_only, Mode::empty()) {
            count += usize::from(black_box(rustix::io::read(&file, &mut line)).is_ok());
        }
    }
    count
}
