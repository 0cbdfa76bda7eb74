//! The Win32 calls of the tests of threads, as in [`win32`](crate::win32).

use crate::win32::{Outcome, attributes, call, h, v};
use std::ffi::c_void;
use std::ptr::without_provenance;
use windows_sys::Win32::System::Threading as threading;

/// What a thread runs.
pub type Routine = unsafe extern "system" fn(*mut c_void) -> u32;

/// `CREATE_SUSPENDED`.
pub const SUSPENDED: u32 = threading::CREATE_SUSPENDED;

/// `CreateThread`: the handle and the id.
pub fn create(
    routine: Routine,
    parameter: usize,
    stack: usize,
    flags: u32,
    inherit: bool,
) -> Outcome<(isize, u32)> {
    let attributes = attributes(inherit);
    let mut id = 0;
    let (handle, error) = call(|| {
        // SAFETY: the attributes and the id live across the call; the routines of the tests take
        // a number.
        unsafe {
            threading::CreateThread(
                &raw const attributes,
                stack,
                Some(routine),
                without_provenance(parameter),
                flags,
                &raw mut id,
            )
        }
    });
    ((v(handle), id), error)
}

/// A running thread of the usual kind.
#[must_use]
pub fn start(routine: Routine, parameter: usize) -> (isize, u32) {
    let ((handle, id), error) = create(routine, parameter, 0, 0, false);
    assert_ne!(handle, 0, "error {error}");
    assert_ne!(id, 0);
    (handle, id)
}

/// `GetExitCodeThread`.
pub fn exit_code(thread: isize) -> Outcome<(i32, u32)> {
    let mut code = 0x7777;
    // SAFETY: the out-pointer is to a live variable.
    let (result, error) =
        call(|| unsafe { threading::GetExitCodeThread(h(thread), &raw mut code) });
    ((result, code), error)
}

/// `ExitThread`.
pub fn exit(code: u32) -> ! {
    // SAFETY: takes a number.
    unsafe { threading::ExitThread(code) }
}

/// `TerminateThread`.
pub fn terminate(thread: isize, code: u32) -> Outcome<i32> {
    // SAFETY: takes numbers.
    call(|| unsafe { threading::TerminateThread(h(thread), code) })
}

/// `OpenThread` with every right.
pub fn open(access: u32, id: u32) -> Outcome<isize> {
    // SAFETY: takes numbers.
    let (handle, error) = call(|| unsafe { threading::OpenThread(access, 0, id) });
    (v(handle), error)
}

/// `GetThreadId`.
pub fn id_of(thread: isize) -> Outcome<u32> {
    // SAFETY: takes a number.
    call(|| unsafe { threading::GetThreadId(h(thread)) })
}

/// `SuspendThread`.
pub fn suspend(thread: isize) -> Outcome<u32> {
    // SAFETY: takes a number.
    call(|| unsafe { threading::SuspendThread(h(thread)) })
}

/// `ResumeThread`.
pub fn resume(thread: isize) -> Outcome<u32> {
    // SAFETY: takes a number.
    call(|| unsafe { threading::ResumeThread(h(thread)) })
}
