//! `securitybaseapi.h`: the descriptors of objects and files.

use crate::abi::{ansi_string, from_handle, same_signature, store, succeeds, wide_string};
use crate::security;
use std::borrow::Cow;
use transom_kernel::security::SecurityDescriptor;
use transom_kernel::security::of_objects::{self, Parts};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::{
    self as official, OBJECT_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR,
};
use windows_sys::core::BOOL;

/// Gives a descriptor in the caller's buffer, and how many bytes it takes.
///
/// # Safety
/// `buffer` is NULL or has room for `length` bytes, `needed` is NULL or writable.
unsafe fn give(
    descriptor: Result<SecurityDescriptor>,
    buffer: PSECURITY_DESCRIPTOR,
    length: u32,
    needed: *mut u32,
) -> BOOL {
    let give = || {
        let bytes = descriptor?.to_self_relative()?;
        // A list and two identifiers: less than 4 GiB.
        // SAFETY: NULL or writable, by the contract.
        unsafe { store(needed, bytes.len() as u32) }?;
        if buffer.is_null() || (length as usize) < bytes.len() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        // SAFETY: the buffer has room for them.
        unsafe { bytes.as_ptr().copy_to_nonoverlapping(buffer.cast(), bytes.len()) };
        Ok(())
    };
    succeeds(give())
}

/// `GetKernelObjectSecurity`: a self-relative copy of parts of the descriptor of a handle's object.
/// `*needed` is how many bytes it takes.
///
/// # Errors
/// Those of [`of_objects::get`]; `ERROR_INSUFFICIENT_BUFFER`: there is no room. `ERROR_NOACCESS`: `needed` is
/// NULL. `ERROR_NOT_SUPPORTED`: parts that are not kept are asked for.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getkernelobjectsecurity>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetKernelObjectSecurity(
    handle: HANDLE,
    parts: OBJECT_SECURITY_INFORMATION,
    descriptor: PSECURITY_DESCRIPTOR,
    length: u32,
    needed: *mut u32,
) -> BOOL {
    let get = || of_objects::get(from_handle(handle)?, Parts::of(parts)?);
    // SAFETY: the caller's contract.
    unsafe { give(get(), descriptor, length, needed) }
}
same_signature!(official::GetKernelObjectSecurity, GetKernelObjectSecurity, fn(_, _, _, _, _) -> _);

/// `SetKernelObjectSecurity`: changes parts of the descriptor of a handle's object.
///
/// # Errors
/// Those of [`of_objects::set`]; `ERROR_NOACCESS`: no descriptor. `ERROR_INVALID_SECURITY_DESCR`,
/// `ERROR_UNKNOWN_REVISION`, `ERROR_INVALID_ACL`, `ERROR_INVALID_SID`: it is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-setkernelobjectsecurity>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetKernelObjectSecurity(
    handle: HANDLE,
    parts: OBJECT_SECURITY_INFORMATION,
    descriptor: PSECURITY_DESCRIPTOR,
) -> BOOL {
    // SAFETY: NULL or a descriptor, by the caller's contract.
    let new = unsafe { given(descriptor) };
    succeeds(new.and_then(|new| of_objects::set(from_handle(handle)?, Parts::of(parts)?, &new)))
}
same_signature!(official::SetKernelObjectSecurity, SetKernelObjectSecurity, fn(_, _, _) -> _);

/// # Safety
/// `descriptor` is NULL or a descriptor.
unsafe fn given(descriptor: PSECURITY_DESCRIPTOR) -> Result<SecurityDescriptor> {
    if descriptor.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: the same contract.
    unsafe { security::descriptor(descriptor) }
}

/// What a path is given as; NULL is none.
fn path(name: Option<Cow<'_, [u16]>>) -> Result<Cow<'_, [u16]>> {
    name.ok_or(Win32Error::INVALID_NAME)
}

/// `GetFileSecurity`: a self-relative copy of parts of the descriptor of a file or directory, made from
/// its Linux owner, group and mode. `*needed` is how many bytes it takes.
///
/// # Errors
/// Those of [`of_objects::get_of_file`]; `ERROR_INVALID_NAME`: NULL; as for [`GetKernelObjectSecurity`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getfilesecurityw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFileSecurityW(
    name: *const u16,
    parts: OBJECT_SECURITY_INFORMATION,
    descriptor: PSECURITY_DESCRIPTOR,
    length: u32,
    needed: *mut u32,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = path(unsafe { wide_string(name) });
    let found = name.and_then(|name| of_objects::get_of_file(&name, Parts::of(parts)?));
    // SAFETY: the caller's contract.
    unsafe { give(found, descriptor, length, needed) }
}
same_signature!(official::GetFileSecurityW, GetFileSecurityW, fn(_, _, _, _, _) -> _);

/// `GetFileSecurityA`: as [`GetFileSecurityW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getfilesecuritya>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFileSecurityA(
    name: *const u8,
    parts: OBJECT_SECURITY_INFORMATION,
    descriptor: PSECURITY_DESCRIPTOR,
    length: u32,
    needed: *mut u32,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = path(unsafe { ansi_string(name) }.map(Cow::Owned));
    let found = name.and_then(|name| of_objects::get_of_file(&name, Parts::of(parts)?));
    // SAFETY: the caller's contract.
    unsafe { give(found, descriptor, length, needed) }
}
same_signature!(official::GetFileSecurityA, GetFileSecurityA, fn(_, _, _, _, _) -> _);

/// `SetFileSecurity`: gives a file or directory the Linux owner, group and mode that a descriptor speaks of.
///
/// # Errors
/// Those of [`of_objects::set_of_file`]; `ERROR_INVALID_NAME`: NULL; as for [`SetKernelObjectSecurity`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-setfilesecurityw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetFileSecurityW(
    name: *const u16,
    parts: OBJECT_SECURITY_INFORMATION,
    descriptor: PSECURITY_DESCRIPTOR,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = path(unsafe { wide_string(name) });
    // SAFETY: NULL or a descriptor, by the caller's contract.
    let new = unsafe { given(descriptor) };
    succeeds(name.and_then(|name| of_objects::set_of_file(&name, Parts::of(parts)?, &new?)))
}
same_signature!(official::SetFileSecurityW, SetFileSecurityW, fn(_, _, _) -> _);

/// `SetFileSecurityA`: as [`SetFileSecurityW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setfilesecuritya>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetFileSecurityA(
    name: *const u8,
    parts: OBJECT_SECURITY_INFORMATION,
    descriptor: PSECURITY_DESCRIPTOR,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = path(unsafe { ansi_string(name) }.map(Cow::Owned));
    // SAFETY: NULL or a descriptor, by the caller's contract.
    let new = unsafe { given(descriptor) };
    succeeds(name.and_then(|name| of_objects::set_of_file(&name, Parts::of(parts)?, &new?)))
}
same_signature!(official::SetFileSecurityA, SetFileSecurityA, fn(_, _, _) -> _);
