//! `memoryapi.h` and `processthreadsapi.h`: the memory of a process, which may be another one.

use crate::abi::{from_handle, same_signature, store_optional, succeeds};
use std::ffi::c_void;
use std::io;
use std::mem::MaybeUninit;
use std::sync::atomic::{Ordering, fence};
use transom_kernel::process::open;
use transom_kernel::{Result, Win32Error};
use transom_sys::remote_memory;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::Diagnostics::Debug as official;
use windows_sys::Win32::System::Threading::{
    PROCESS_VM_OPERATION, PROCESS_VM_READ, PROCESS_VM_WRITE,
};
use windows_sys::core::BOOL;

/// The id of a process that runs, of a handle that has all these rights.
fn process(handle: HANDLE, rights: u32) -> Result<u32> {
    let handle = from_handle(handle)?;
    // Each right alone, of which one would do together.
    for right in (0..32).map(|bit| 1 << bit).filter(|right| rights & right != 0) {
        open::process_of(handle, right)?;
    }
    let process = open::process_of(handle, rights)?;
    if process.has_ended() { Err(Win32Error::ACCESS_DENIED) } else { Ok(process.pid()) }
}

/// What a transfer of so many bytes came to, for one that is `short` if it is not whole.
fn outcome(done: io::Result<usize>, length: usize, short: Win32Error) -> (usize, Result<()>) {
    match done {
        Ok(count) if count == length => (count, Ok(())),
        Ok(count) => (count, Err(short)),
        Err(error) if error.raw_os_error() == Some(libc::EFAULT) => (0, Err(short)),
        Err(_) => (0, Err(Win32Error::ACCESS_DENIED)),
    }
}

/// `ReadProcessMemory`: copies memory of a process; how many bytes were copied. Linux decides who may look into
/// whom: a process of the same user, as far as `/proc/sys/kernel/yama/ptrace_scope` allows.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no process. `ERROR_ACCESS_DENIED`: without `PROCESS_VM_READ`, where Linux refuses, and of a
/// process that has ended. `ERROR_PARTIAL_COPY` (299): some of it is not there, or cannot be read.
/// `ERROR_NOACCESS`: there is no buffer.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-readprocessmemory>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ReadProcessMemory(
    handle: HANDLE,
    address: *const c_void,
    buffer: *mut c_void,
    length: usize,
    copied: *mut usize,
) -> BOOL {
    let (count, result) = match process(handle, PROCESS_VM_READ) {
        Err(error) => (0, Err(error)),
        Ok(_) if length == 0 => (0, Ok(())),
        Ok(_) if buffer.is_null() => (0, Err(Win32Error::NOACCESS)),
        Ok(pid) => {
            let place = buffer.cast::<MaybeUninit<u8>>();
            // SAFETY: the caller's buffer of so many bytes, which need not be initialised.
            let into = unsafe { std::slice::from_raw_parts_mut(place, length) };
            let done = remote_memory::read(pid, address.addr(), into);
            outcome(done, length, Win32Error::PARTIAL_COPY)
        }
    };
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { store_optional(copied, count) };
    succeeds(result)
}
same_signature!(official::ReadProcessMemory, ReadProcessMemory, fn(_, _, _, _, _) -> _);

/// `WriteProcessMemory`: writes to memory of a process; how many bytes were written. As for
/// [`ReadProcessMemory`], Linux decides who may.
///
/// # Errors
/// As there, with `PROCESS_VM_WRITE` and `PROCESS_VM_OPERATION`; `ERROR_NOACCESS`: some of it is not there or
/// cannot be written, or there is no buffer.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-writeprocessmemory>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WriteProcessMemory(
    handle: HANDLE,
    address: *const c_void,
    buffer: *const c_void,
    length: usize,
    written: *mut usize,
) -> BOOL {
    let (count, result) = match process(handle, PROCESS_VM_WRITE | PROCESS_VM_OPERATION) {
        Err(error) => (0, Err(error)),
        Ok(_) if length == 0 => (0, Ok(())),
        Ok(_) if buffer.is_null() => (0, Err(Win32Error::NOACCESS)),
        Ok(pid) => {
            // SAFETY: the caller's buffer of so many bytes.
            let from = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), length) };
            // SAFETY: what is written over is the caller's affair, by its contract.
            let done = unsafe { remote_memory::write(pid, address.addr(), from) };
            outcome(done, length, Win32Error::NOACCESS)
        }
    };
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { store_optional(written, count) };
    succeeds(result)
}
same_signature!(official::WriteProcessMemory, WriteProcessMemory, fn(_, _, _, _, _) -> _);

/// `FlushInstructionCache`: has processors run code as it is now. On x86-64 they do anyway; on other processors it is
/// done for this process.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`: no process. `ERROR_ACCESS_DENIED`: without `PROCESS_VM_WRITE`. `ERROR_NOT_SUPPORTED`: on
/// another processor than x86-64, another process.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-flushinstructioncache>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FlushInstructionCache(
    handle: HANDLE,
    address: *const c_void,
    length: usize,
) -> BOOL {
    succeeds(process(handle, PROCESS_VM_WRITE).and_then(|pid| flush(pid, address, length)))
}
same_signature!(official::FlushInstructionCache, FlushInstructionCache, fn(_, _, _) -> _);

#[cfg(target_arch = "x86_64")]
fn flush(_pid: u32, _address: *const c_void, _length: usize) -> Result<()> {
    fence(Ordering::SeqCst);
    Ok(())
}

#[cfg(not(target_arch = "x86_64"))]
fn flush(pid: u32, address: *const c_void, length: usize) -> Result<()> {
    unsafe extern "C" {
        fn __clear_cache(start: *mut c_void, end: *mut c_void);
    }
    if pid != std::process::id() {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    fence(Ordering::SeqCst);
    if !address.is_null() {
        // SAFETY: the caller's code, which is only read.
        unsafe { __clear_cache(address.cast_mut(), address.cast_mut().wrapping_byte_add(length)) };
    }
    Ok(())
}
