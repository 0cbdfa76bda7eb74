//! `psapi.h`: which file is in a process's memory.

use crate::abi::{from_handle, same_signature};
use crate::psapi::give_cut;
use std::ffi::c_void;
use transom_kernel::file::path::to_win32;
use transom_kernel::process::{modules, open};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::ProcessStatus as official;
use windows_sys::Win32::System::Threading::PROCESS_QUERY_INFORMATION;

/// The file at an address, as `\\Device\\HarddiskVolume1\\...`.
fn mapped(process: HANDLE, address: *const c_void, size: u32) -> Result<Vec<u16>> {
    let process = open::process_of(from_handle(process)?, PROCESS_QUERY_INFORMATION)?;
    if size == 0 {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    let path = to_win32(&modules::mapped_file(process.pid(), address.addr())?);
    let device = r"\Device\HarddiskVolume1".encode_utf16();
    Ok(device.chain(path.get(2..).unwrap_or_default().iter().copied()).collect())
}

/// `K32GetMappedFileNameW`: the path of the file that is mapped at an address of a process, cut where there is no room.
///
/// # Errors
/// Those of [`modules::mapped_file`]; `ERROR_INVALID_HANDLE`: no process; `ERROR_ACCESS_DENIED`: without
/// `PROCESS_QUERY_INFORMATION`; `ERROR_INSUFFICIENT_BUFFER`: no room at all.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmappedfilenamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn K32GetMappedFileNameW(
    process: HANDLE,
    address: *const c_void,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(mapped(process, address, size), buffer, size) }
}
same_signature!(official::K32GetMappedFileNameW, K32GetMappedFileNameW, fn(_, _, _, _) -> _);

/// `K32GetMappedFileNameA`: as [`K32GetMappedFileNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmappedfilenamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn K32GetMappedFileNameA(
    process: HANDLE,
    address: *const c_void,
    buffer: *mut u8,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(mapped(process, address, size), buffer, size) }
}
same_signature!(official::K32GetMappedFileNameA, K32GetMappedFileNameA, fn(_, _, _, _) -> _);

/// `GetMappedFileNameW`: as [`K32GetMappedFileNameW`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmappedfilenamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetMappedFileNameW(
    process: HANDLE,
    address: *const c_void,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(mapped(process, address, size), buffer, size) }
}

/// `GetMappedFileNameA`: as [`K32GetMappedFileNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/psapi/nf-psapi-getmappedfilenamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetMappedFileNameA(
    process: HANDLE,
    address: *const c_void,
    buffer: *mut u8,
    size: u32,
) -> u32 {
    // SAFETY: by the caller's contract.
    unsafe { give_cut(mapped(process, address, size), buffer, size) }
}
