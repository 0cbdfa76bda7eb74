//! The exported functions, called as a `windows-sys` program calls them: what they do within one
//! process, and that bad input gives an error code and never a crash.
//!
//! The tests share one handle table, and some look at which handle comes next: they take turns.

mod apcs;
mod clock;
mod completion_ports;
mod console;
mod directories;
mod events;
mod files;
mod handles;
mod mailslots;
mod memory;
mod modules;
mod native;
mod overlapped;
mod pipe_names;
mod pipes;
mod pools;
mod process_environment;
mod processes;
mod registered_waits;
mod sections;
mod synchronization;
mod text;
mod threads;
mod tokens;

use std::ptr::{null, null_mut, without_provenance_mut};
use std::sync::{Mutex, MutexGuard, PoisonError};
use transom_win32 as _;
use windows_sys::Win32::Foundation::{CloseHandle, HANDLE};
use windows_sys::Win32::System::Pipes::CreatePipe;
use windows_sys::Win32::System::Threading::CreateEventW;

/// What the last error is before each call: a code that no function leaves.
const UNTOUCHED: u32 = 0xDEAD;
/// A handle value that no table has.
const UNKNOWN: isize = 0xDEAD0;

/// Calls a function with a known last error; gives its result and the last error it leaves.
macro_rules! win32 {
    ($call:expr) => {{
        // SAFETY: takes a number.
        unsafe { windows_sys::Win32::Foundation::SetLastError(crate::UNTOUCHED) };
        // SAFETY: pointers of the tests are NULL or lead to variables of theirs, of the lengths
        // that they say, unless the function leaves the looking to Linux.
        let result = unsafe { $call };
        // SAFETY: takes nothing.
        (result, unsafe { windows_sys::Win32::Foundation::GetLastError() })
    }};
}
pub(crate) use win32;

/// Success that leaves the last error alone.
const TRUE: (i32, u32) = (1, UNTOUCHED);

static TURN: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A number as a handle.
fn raw(number: isize) -> HANDLE {
    without_provenance_mut(number.cast_unsigned())
}

/// A new event that is reset by hand.
fn event() -> HANDLE {
    let (event, error) = win32!(CreateEventW(null(), 1, 0, null()));
    assert!(!event.is_null(), "error {error}");
    event
}

/// A new pipe: its read end and its write end.
fn pipe(size: u32) -> [HANDLE; 2] {
    let (mut reader, mut writer) = (null_mut(), null_mut());
    assert_eq!(win32!(CreatePipe(&raw mut reader, &raw mut writer, null(), size)), TRUE);
    [reader, writer]
}

fn close<const N: usize>(handles: [HANDLE; N]) {
    for handle in handles {
        assert_eq!(win32!(CloseHandle(handle)), TRUE, "{handle:?}");
    }
}

/// The units of a text and a NUL.
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// A place for a `T` at an odd address.
#[repr(C, align(16))]
struct Misaligned<T> {
    bytes: [u8; 1],
    room: [u8; 256],
    kind: std::marker::PhantomData<T>,
}

impl<T> Misaligned<T> {
    const fn new() -> Self {
        assert!(size_of::<T>() <= 256);
        Self { bytes: [0], room: [0; 256], kind: std::marker::PhantomData }
    }

    fn place(&mut self) -> *mut T {
        let place = self.room.as_mut_ptr().cast::<T>();
        assert!(!place.is_aligned());
        place
    }

    fn get(&mut self) -> T {
        // SAFETY: the room is larger than a `T`, and the tests use types that any bytes make.
        unsafe { self.place().read_unaligned() }
    }

    fn with(value: T) -> Self {
        let mut this = Self::new();
        // SAFETY: the room is larger than a `T`.
        unsafe { this.place().write_unaligned(value) };
        this
    }
}

#[test]
fn a_misaligned_place_is_misaligned() {
    let mut place = Misaligned::with(7_u64);
    assert_eq!((place.get(), place.bytes), (7, [0]));
}
