//! `synchapi.h`: one-time initialisation, and waiting on an address.

use crate::abi::{load, same_signature, store_optional, succeeds};
use std::ffi::c_void;
use std::ptr::{null_mut, with_exposed_provenance_mut};
use std::sync::atomic::{AtomicU32, AtomicU64};
use transom_kernel::locks::address::{self, MOST_WORDS, WORD_BYTES, Watched};
use transom_kernel::locks::{Begun, Deadline, Once};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::System::Threading::{
    self as official, INIT_ONCE, INIT_ONCE_INIT_FAILED, PINIT_ONCE_FN,
};
use windows_sys::core::BOOL;

const _: () = assert!(size_of::<INIT_ONCE>() == 8);

/// # Safety
/// `once` points to an aligned `INIT_ONCE` that lives for `'a`, and that during it only the
/// functions of this file change.
unsafe fn words<'a>(once: *mut INIT_ONCE) -> Once<'a> {
    // SAFETY: eight aligned bytes.
    let state = unsafe { AtomicU64::from_ptr(once.cast()) };
    let low = once.cast::<u32>().wrapping_add(usize::from(cfg!(target_endian = "big")));
    // SAFETY: four of the eight, which the kernel compares and Rust code never reads.
    Once { state, low: unsafe { AtomicU32::from_ptr(low) } }
}

fn to_context(context: u64) -> *mut c_void {
    with_exposed_provenance_mut(context as usize)
}

/// `InitOnceInitialize`: makes it not begun, which zeros are, too.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-initonceinitialize>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitOnceInitialize(once: *mut INIT_ONCE) {
    // SAFETY: writable, by the caller's contract.
    unsafe { once.write(INIT_ONCE { Ptr: null_mut() }) };
}
same_signature!(official::InitOnceInitialize, InitOnceInitialize, fn(_));

/// `InitOnceBeginInitialize`: whether the initialisation is the caller's to do (`pending`), or
/// what its context is. Waits for another thread that does it.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: unknown flags, or asynchronous where it was begun otherwise, or the
/// other way round. `ERROR_GEN_FAILURE`: `INIT_ONCE_CHECK_ONLY`, and it is not done.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-initoncebegininitialize>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitOnceBeginInitialize(
    once: *mut INIT_ONCE,
    flags: u32,
    pending: *mut BOOL,
    context: *mut *mut c_void,
) -> BOOL {
    // SAFETY: an `INIT_ONCE`, by the caller's contract.
    let begun = unsafe { words(once) }.begin(flags);
    succeeds(begun.map(|begun| {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store_optional(pending, (begun == Begun::Pending).into()) };
        if let Begun::Done(value) = begun {
            // SAFETY: as above.
            unsafe { store_optional(context, to_context(value)) };
        }
    }))
}
same_signature!(official::InitOnceBeginInitialize, InitOnceBeginInitialize, fn(_, _, _, _) -> _);

/// `InitOnceComplete`: says that it is done, or has failed and is to be begun again.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: unknown flags or such that do not go together, one of the low two
/// bits of the context is set, or it was begun asynchronously and is not completed so.
/// `ERROR_GEN_FAILURE`: it was not begun, or another thread has completed it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-initoncecomplete>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitOnceComplete(
    once: *mut INIT_ONCE,
    flags: u32,
    context: *const c_void,
) -> BOOL {
    // SAFETY: an `INIT_ONCE`, by the caller's contract.
    succeeds(unsafe { words(once) }.complete(flags, context.expose_provenance() as u64))
}
same_signature!(official::InitOnceComplete, InitOnceComplete, fn(_, _, _) -> _);

/// `InitOnceExecuteOnce`: calls a function, unless a call of it has succeeded before. When it gives
/// FALSE, so does this, with the last error it left.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: no function, or it left a context with one of the low two bits set;
/// or the initialisation was begun asynchronously.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-initonceexecuteonce>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitOnceExecuteOnce(
    once: *mut INIT_ONCE,
    function: PINIT_ONCE_FN,
    parameter: *mut c_void,
    context: *mut *mut c_void,
) -> BOOL {
    let Some(function) = function else {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    };
    // SAFETY: an `INIT_ONCE`, by the caller's contract.
    let state = unsafe { words(once) };
    match state.begin(0) {
        Err(error) => succeeds(Err(error)),
        Ok(Begun::Done(value)) => {
            // SAFETY: NULL or writable, by the caller's contract.
            unsafe { store_optional(context, to_context(value)) };
            1
        }
        Ok(Begun::Pending) => {
            // SAFETY: the caller's function, with what the caller passed for it.
            let done = unsafe { function(once, parameter, context) };
            // SAFETY: NULL or readable, by the caller's contract.
            let value =
                unsafe { load(context) }.map_or(0, |context| context.expose_provenance() as u64);
            let completed = if done != 0 {
                state.complete(0, value)
            } else {
                state.complete(INIT_ONCE_INIT_FAILED, 0)
            };
            if completed.is_err() {
                // So that nobody waits for ever; it may be completed already.
                let _ = state.complete(INIT_ONCE_INIT_FAILED, 0);
                return succeeds(completed);
            }
            done
        }
    }
}
same_signature!(official::InitOnceExecuteOnce, InitOnceExecuteOnce, fn(_, _, _, _) -> _);

/// `WaitOnAddress`: waits while the value at an address is the same as that at another, at most
/// so many milliseconds. It may end for no reason.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: the size is not 1, 2, 4 or 8, or a pointer is NULL. `ERROR_TIMEOUT`:
/// the time is over.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-waitonaddress>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WaitOnAddress(
    address: *const c_void,
    compare: *const c_void,
    size: usize,
    milliseconds: u32,
) -> BOOL {
    if !matches!(size, 1 | 2 | 4 | 8) || address.is_null() || compare.is_null() {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    }
    // SAFETY: two values of this size, by the caller's contract.
    succeeds(unsafe { wait_on(address, compare, size, milliseconds) })
}
same_signature!(official::WaitOnAddress, WaitOnAddress, fn(_, _, _, _) -> _);

/// # Safety
/// Both pointers lead to `size` readable bytes, at most eight.
unsafe fn wait_on(
    address: *const c_void,
    compare: *const c_void,
    size: usize,
    milliseconds: u32,
) -> Result<()> {
    let in_time = |woken: bool| if woken { Ok(()) } else { Err(Win32Error::TIMEOUT) };
    let deadline = Deadline::after(milliseconds);
    let value: *mut u32 = address.cast_mut().cast();
    if size == WORD_BYTES && value.is_aligned() {
        // SAFETY: four readable bytes, aligned by the test.
        let word = unsafe { AtomicU32::from_ptr(value) };
        // SAFETY: four readable bytes; an unaligned read asks no alignment.
        let undesired = unsafe { compare.cast::<u32>().read_unaligned() };
        return in_time(address::wait_word(word, undesired, &deadline));
    }
    let mut undesired = [0_u8; 8];
    // SAFETY: `size` readable bytes, and room for eight.
    unsafe { std::ptr::copy_nonoverlapping(compare.cast(), undesired.as_mut_ptr(), size) };
    let offset = address.addr() % WORD_BYTES;
    let first: *mut u32 = address.wrapping_byte_sub(offset).cast_mut().cast();
    let word = |index: usize| {
        // SAFETY: an aligned word that holds at least one byte of the value, so all of it is in
        // the same page, and readable.
        unsafe { AtomicU32::from_ptr(first.wrapping_add(index)) }
    };
    let mut words = [word(0); MOST_WORDS];
    let count = (offset + size).div_ceil(WORD_BYTES);
    for (index, place) in words.iter_mut().enumerate().take(count) {
        *place = word(index);
    }
    let watched = Watched { words: &words[..count], offset, undesired: &undesired[..size] };
    in_time(address::wait(&watched, &deadline))
}

/// `WakeByAddressSingle`: wakes the thread that waits on an address for the longest time.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-wakebyaddresssingle>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WakeByAddressSingle(address: *const c_void) {
    address::wake_one(address.addr());
}
same_signature!(official::WakeByAddressSingle, WakeByAddressSingle, fn(_));

/// `WakeByAddressAll`: wakes all threads that wait on an address.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/synchapi/nf-synchapi-wakebyaddressall>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WakeByAddressAll(address: *const c_void) {
    address::wake_all(address.addr());
}
same_signature!(official::WakeByAddressAll, WakeByAddressAll, fn(_));
