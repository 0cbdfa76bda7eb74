//! `libloaderapi.h`: the program's own file.

use crate::abi::{or_else, same_signature, store_string};
use transom_kernel::process::own_image;
use transom_kernel::{Result, Win32Error, last_error, text};
use windows_sys::Win32::Foundation::HMODULE;
use windows_sys::Win32::System::LibraryLoader as official;

/// `GetModuleFileNameW`: copies the path of the program into `buffer`.
///
/// `module` must be NULL, the program itself. Returns the length without the NUL; or, where
/// `size` units do not hold the path and NUL, `size`, with the beginning of the path and a NUL in
/// `buffer` and `ERROR_INSUFFICIENT_BUFFER`. Success sets the last error to 0.
///
/// # Errors
/// `ERROR_MOD_NOT_FOUND`: `module` is not NULL. `ERROR_INSUFFICIENT_BUFFER`: see above; with a
/// `size` of 0 or no `buffer` the result is 0.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-getmodulefilenamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetModuleFileNameW(
    module: HMODULE,
    buffer: *mut u16,
    size: u32,
) -> u32 {
    // SAFETY: `buffer` is NULL or holds `size` units, by the caller's contract.
    unsafe { store_path(path_of(module), buffer, size) }
}
same_signature!(official::GetModuleFileNameW, GetModuleFileNameW, fn(_, _, _) -> _);

/// `GetModuleFileNameA`: as [`GetModuleFileNameW`], in UTF-8; lengths count bytes.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-getmodulefilenamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetModuleFileNameA(
    module: HMODULE,
    buffer: *mut u8,
    size: u32,
) -> u32 {
    let path = path_of(module).map(|path| text::to_bytes(&path));
    // SAFETY: `buffer` is NULL or holds `size` bytes, by the caller's contract.
    unsafe { store_path(path, buffer, size) }
}
same_signature!(official::GetModuleFileNameA, GetModuleFileNameA, fn(_, _, _) -> _);

fn path_of(module: HMODULE) -> Result<Vec<u16>> {
    if module.is_null() { own_image() } else { Err(Win32Error::MOD_NOT_FOUND) }
}

/// Stores a path, or as much of it as fits.
///
/// # Safety
/// `buffer` is NULL or points to `size` writable elements.
unsafe fn store_path<T: Copy + Default>(path: Result<Vec<T>>, buffer: *mut T, size: u32) -> u32 {
    let stored = path.and_then(|path| {
        if size == 0 || buffer.is_null() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        let fits = path.len() < size as usize;
        let kept = if fits { &path[..] } else { &path[..size as usize - 1] };
        // SAFETY: by this function's own contract.
        let length = unsafe { store_string(kept, buffer, size) };
        last_error::set(if fits { 0 } else { Win32Error::INSUFFICIENT_BUFFER.code() });
        Ok(if fits { length } else { size })
    });
    or_else(stored, 0)
}
