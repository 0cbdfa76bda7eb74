//! `fibersapi.h`: fiber-local storage; and fibers.

use crate::abi::{or_else, same_signature, succeeds};
use std::ffi::c_void;
use std::ptr::{null_mut, with_exposed_provenance, with_exposed_provenance_mut};
use std::sync::Arc;
use transom_kernel::thread::fiber;
use transom_kernel::thread::fiber_local::{self, Callback};
use transom_kernel::{Result, Win32Error, last_error};
use windows_sys::Win32::System::Threading::{
    self as official, FLS_OUT_OF_INDEXES, LPFIBER_START_ROUTINE, PFLS_CALLBACK_FUNCTION,
};
use windows_sys::core::BOOL;

/// `FlsAlloc`: an index under which each thread can keep a value, which is NULL at first;
/// `FLS_OUT_OF_INDEXES` on failure. The callback gets each value that is not NULL when its
/// thread ends, by whatever means but `TerminateThread`, and when the index is freed.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY`: all 4,079 are in use.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fibersapi/nf-fibersapi-flsalloc>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FlsAlloc(callback: PFLS_CALLBACK_FUNCTION) -> u32 {
    let callback = callback.map(|callback| -> Callback {
        Arc::new(move |value| {
            // SAFETY: the program's own function, with a value that it has stored.
            unsafe { callback(with_exposed_provenance(value)) }
        })
    });
    or_else(fiber_local::allocate(callback), FLS_OUT_OF_INDEXES)
}
same_signature!(official::FlsAlloc, FlsAlloc, fn(_) -> _);

/// `FlsFree`: gives an index back. Its callback gets what all threads keep there.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: the index is not in use.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fibersapi/nf-fibersapi-flsfree>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FlsFree(index: u32) -> BOOL {
    succeeds(fiber_local::free(index))
}
same_signature!(official::FlsFree, FlsFree, fn(_) -> _);

/// `FlsGetValue`: what the calling thread keeps under an index. Success sets the last error to 0,
/// since NULL may be a value.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such index. Whether it is in use is not asked.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fibersapi/nf-fibersapi-flsgetvalue>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FlsGetValue(index: u32) -> *mut c_void {
    let value = fiber_local::get(index).map(with_exposed_provenance_mut);
    if value.is_ok() {
        last_error::set(0);
    }
    or_else(value, null_mut())
}
same_signature!(official::FlsGetValue, FlsGetValue, fn(_) -> _);

/// `FlsSetValue`: has the calling thread keep a value under an index.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such index. Whether it is in use is not asked.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fibersapi/nf-fibersapi-flssetvalue>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FlsSetValue(index: u32, value: *const c_void) -> BOOL {
    succeeds(fiber_local::set(index, value.expose_provenance()))
}
same_signature!(official::FlsSetValue, FlsSetValue, fn(_, _) -> _);

/// `FIBER_FLAG_FLOAT_SWITCH`: the modes of floating point are kept too, as they always are here.
const FLOAT_SWITCH: u32 = 1;

fn check_flags(flags: u32) -> Result<()> {
    if flags & !FLOAT_SWITCH == 0 { Ok(()) } else { Err(Win32Error::INVALID_PARAMETER) }
}

fn address(fiber: Result<usize>) -> *mut c_void {
    or_else(fiber.map(with_exposed_provenance_mut), null_mut())
}

/// `ConvertThreadToFiber`: makes the calling thread a fiber, which can be switched from and to; its
/// address, or NULL.
///
/// # Errors
/// `ERROR_ALREADY_FIBER` (1280).
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-convertthreadtofiber>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ConvertThreadToFiber(data: *const c_void) -> *mut c_void {
    address(fiber::convert(data.expose_provenance()))
}
same_signature!(official::ConvertThreadToFiber, ConvertThreadToFiber, fn(_) -> _);

/// `ConvertThreadToFiberEx`: as [`ConvertThreadToFiber`].
///
/// # Errors
/// As there; `ERROR_INVALID_PARAMETER`: unknown flags.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-convertthreadtofiberex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ConvertThreadToFiberEx(
    data: *const c_void,
    flags: u32,
) -> *mut c_void {
    address(check_flags(flags).and_then(|()| fiber::convert(data.expose_provenance())))
}
same_signature!(official::ConvertThreadToFiberEx, ConvertThreadToFiberEx, fn(_, _) -> _);

/// `ConvertFiberToThread`: makes the fiber that the calling thread runs a plain thread again.
///
/// # Errors
/// `ERROR_ALREADY_THREAD` (1281).
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-convertfibertothread>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ConvertFiberToThread() -> BOOL {
    succeeds(fiber::convert_back())
}
same_signature!(official::ConvertFiberToThread, ConvertFiberToThread, fn() -> _);

fn create(bytes: usize, start: LPFIBER_START_ROUTINE, data: *const c_void) -> Result<usize> {
    let start = start.ok_or(Win32Error::INVALID_PARAMETER)?;
    let main = Box::new(move |data| {
        // SAFETY: the program's own function, with what it has given for it.
        unsafe { start(with_exposed_provenance_mut(data)) }
    });
    fiber::create(bytes, data.expose_provenance(), main)
}

/// `CreateFiber`: makes a fiber with a stack of about so many bytes (0: 8 MiB, as threads have), which calls
/// `start` when it is first switched to; its address, or NULL. When `start` returns its thread ends.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY`; `ERROR_INVALID_PARAMETER`: there is no function.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createfiber>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateFiber(
    size: usize,
    start: LPFIBER_START_ROUTINE,
    data: *const c_void,
) -> *mut c_void {
    address(create(size, start, data))
}
same_signature!(official::CreateFiber, CreateFiber, fn(_, _, _) -> _);

/// `CreateFiberEx`: as [`CreateFiber`]; `reserved` is the stack's size, or `committed` if that is more:
/// pages are given when they are touched.
///
/// # Errors
/// As there; `ERROR_INVALID_PARAMETER`: unknown flags.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createfiberex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateFiberEx(
    committed: usize,
    reserved: usize,
    flags: u32,
    start: LPFIBER_START_ROUTINE,
    data: *const c_void,
) -> *mut c_void {
    address(check_flags(flags).and_then(|()| create(reserved.max(committed), start, data)))
}
same_signature!(official::CreateFiberEx, CreateFiberEx, fn(_, _, _, _, _) -> _);

/// `SwitchToFiber`: leaves the calling thread's fiber for another. What cannot be switched to is noticed: the
/// function returns at once, and the last error says why.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such fiber, or another thread runs it. `ERROR_ALREADY_THREAD`:
/// the calling thread is no fiber.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-switchtofiber>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SwitchToFiber(fiber: *const c_void) {
    or_else(fiber::switch(fiber.addr()), ());
}
same_signature!(official::SwitchToFiber, SwitchToFiber, fn(_));

/// `DeleteFiber`: gives a fiber up; the one that the calling thread runs ends the thread. One that another
/// thread runs is left alone.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such fiber, or another thread runs it.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-deletefiber>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DeleteFiber(fiber: *const c_void) {
    or_else(fiber::delete(fiber.addr()), ());
}
same_signature!(official::DeleteFiber, DeleteFiber, fn(_));

/// `IsThreadAFiber`: whether the calling thread runs a fiber.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fibersapi/nf-fibersapi-isthreadafiber>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsThreadAFiber() -> BOOL {
    fiber::current().is_some().into()
}
same_signature!(official::IsThreadAFiber, IsThreadAFiber, fn() -> _);

/// `GetCurrentFiber`: the address of the fiber that the calling thread runs; NULL for none. (A function of
/// Windows' headers there, and of the library here.)
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnt/nf-winnt-getcurrentfiber>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetCurrentFiber() -> *mut c_void {
    fiber::current().map_or(null_mut(), with_exposed_provenance_mut)
}

/// `GetFiberData`: what the calling thread's fiber was made with; NULL if it runs none. (A function of
/// Windows' headers there, and of the library here.)
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winnt/nf-winnt-getfiberdata>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFiberData() -> *mut c_void {
    fiber::data().map_or(null_mut(), with_exposed_provenance_mut)
}
