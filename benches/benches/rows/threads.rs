//! Threads: starting one and waiting for its end, and what each has of its own.

use rustix::thread::gettid;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use transom_benches::placement::{on_cpu, placements};
use transom_benches::{Harness, Limit, Size, each, win32};
use windows_sys::Win32::System::Threading as threading;

const THREADS: Size = Size { rounds: 31, iterations: 500 };
const QUICK: Size = Size { rounds: 51, iterations: 20_000 };

unsafe extern "system" fn nothing(_parameter: *mut c_void) -> u32 {
    0
}

extern "C" fn raw_nothing(parameter: *mut c_void) -> *mut c_void {
    parameter
}

pub(crate) fn rows(harness: &mut Harness) {
    // A new thread runs where its maker may: on its one processor, or wherever Linux puts it.
    let own = placements()[0].own;
    on_cpu(own, || create(harness, "thread-create-wait-close-one-cpu"));
    create(harness, "thread-create-wait-close-any-cpu");
    local(harness);
    harness.row(
        "thread-id",
        Limit::Micros(0.01),
        QUICK,
        // SAFETY: takes nothing.
        &mut |n| each(n, || assert_ne!(unsafe { threading::GetCurrentThreadId() }, 0)),
        &mut |n| each(n, || assert!(gettid().as_raw_nonzero().get() != 0)),
    );
}

fn create(harness: &mut Harness, name: &str) {
    harness.row(
        name,
        Limit::Ratio(1.2),
        THREADS,
        &mut |n| {
            each(n, || {
                // SAFETY: a routine that uses no parameter.
                let thread = unsafe {
                    threading::CreateThread(null(), 0, Some(nothing), null(), 0, null_mut())
                };
                let thread = thread.addr().cast_signed();
                win32::wait(thread, win32::FOREVER);
                win32::close(thread);
            })
        },
        &mut |n| {
            each(n, || {
                let mut thread = 0;
                // SAFETY: the out-pointer is live; a routine that uses no parameter.
                let made = unsafe {
                    libc::pthread_create(&raw mut thread, null(), raw_nothing, null_mut())
                };
                assert_eq!(made, 0);
                // SAFETY: joins a thread that was just made.
                unsafe { libc::pthread_join(thread, null_mut()) };
            })
        },
    );
}

fn local(harness: &mut Harness) {
    // SAFETY: takes nothing.
    let index = unsafe { threading::TlsAlloc() };
    let mut key = 0;
    // SAFETY: the out-pointer is live; there is no destructor.
    assert_eq!(unsafe { libc::pthread_key_create(&raw mut key, None) }, 0);
    let value = std::ptr::without_provenance::<c_void>(8);
    harness.row(
        "tls-set-get",
        Limit::Micros(0.02),
        QUICK,
        &mut |n| {
            each(n, || {
                // SAFETY: takes numbers.
                unsafe { threading::TlsSetValue(index, value) };
                // SAFETY: takes a number.
                assert_eq!(unsafe { threading::TlsGetValue(index) }.cast_const(), value);
            })
        },
        &mut |n| {
            each(n, || {
                // SAFETY: a key that exists.
                unsafe { libc::pthread_setspecific(key, value) };
                // SAFETY: a key that exists.
                assert_eq!(unsafe { libc::pthread_getspecific(key) }.cast_const(), value);
            })
        },
    );
    // SAFETY: takes a number.
    unsafe { threading::TlsFree(index) };
    // SAFETY: a key that exists.
    unsafe { libc::pthread_key_delete(key) };
}
