//! `securitybaseapi.h`: what a descriptor grants, and masks of rights.

use crate::abi::{from_handle, load, same_signature, store, succeeds};
use crate::security;
use transom_kernel::object::{GENERIC_RIGHTS, GenericMapping};
use transom_kernel::security::{access_check, token};
use transom_kernel::{Result, Win32Error, last_error};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::{
    self as official, GENERIC_MAPPING, PRIVILEGE_SET, PSECURITY_DESCRIPTOR, SecurityIdentification,
    TOKEN_QUERY,
};
use windows_sys::core::BOOL;

/// `MAXIMUM_ALLOWED`: whatever is granted.
const WHATEVER: u32 = 0x0200_0000;

/// The mapping as the kernel has it.
const fn mapping_of(mapping: &GENERIC_MAPPING) -> GenericMapping {
    GenericMapping {
        read: mapping.GenericRead,
        write: mapping.GenericWrite,
        execute: mapping.GenericExecute,
        all: mapping.GenericAll,
    }
}

/// `MapGenericMask`: puts the rights of a type of object in the place of generic ones.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-mapgenericmask>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MapGenericMask(mask: *mut u32, mapping: *const GENERIC_MAPPING) {
    // SAFETY: NULL or readable, by the caller's contract.
    let now = unsafe { load(mask) };
    // SAFETY: as above.
    let mapping = unsafe { load(mapping) };
    if let Some((now, mapping)) = now.zip(mapping) {
        // SAFETY: not NULL, so writable by the caller's contract. It cannot fail then.
        let _ = unsafe { store(mask, mapping_of(&mapping).map(now)) };
    }
}
same_signature!(official::MapGenericMask, MapGenericMask, fn(_, _));

/// `AreAllAccessesGranted`: whether all rights of the second mask are in the first.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-areallaccessesgranted>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn AreAllAccessesGranted(granted: u32, desired: u32) -> BOOL {
    (desired & !granted == 0).into()
}
same_signature!(official::AreAllAccessesGranted, AreAllAccessesGranted, fn(_, _) -> _);

/// `AreAnyAccessesGranted`: whether a right of the second mask is in the first.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-areanyaccessesgranted>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn AreAnyAccessesGranted(granted: u32, desired: u32) -> BOOL {
    (desired & granted != 0).into()
}
same_signature!(official::AreAnyAccessesGranted, AreAnyAccessesGranted, fn(_, _) -> _);

/// What a descriptor grants the user of a token of what is asked for; nothing if not all of it.
///
/// # Safety
/// `descriptor` is NULL or one.
unsafe fn granted(
    descriptor: PSECURITY_DESCRIPTOR,
    client: HANDLE,
    desired: u32,
    mapping: &GENERIC_MAPPING,
) -> Result<u32> {
    let token = token::of(from_handle(client)?, TOKEN_QUERY)?;
    let level = token.level().ok_or(Win32Error::NO_IMPERSONATION_TOKEN)?;
    if level < SecurityIdentification {
        return Err(Win32Error::BAD_IMPERSONATION_LEVEL);
    }
    if desired & GENERIC_RIGHTS != 0 {
        return Err(Win32Error::GENERIC_NOT_MAPPED);
    }
    // SAFETY: the same contract.
    let mut descriptor = unsafe { security::descriptor(descriptor) }?;
    if descriptor.owner.is_none() || descriptor.group.is_none() {
        return Err(Win32Error::INVALID_SECURITY_DESCR);
    }
    let mapping = mapping_of(mapping);
    descriptor.map_masks(|mask| mapping.map(mask));
    // It has an owner.
    let all = access_check(&descriptor, token.who().uid, token.who());
    let asked = desired & !WHATEVER;
    Ok(if asked & !all != 0 {
        0
    } else if desired & WHATEVER != 0 {
        all & (mapping.all | asked)
    } else {
        asked
    })
}

/// `AccessCheck`: whether a descriptor grants the user of a token what is asked for. `status` says so; if it
/// does not, the last error is `ERROR_ACCESS_DENIED`, though the function succeeds. No privilege grants
/// more.
///
/// # Errors
/// `ERROR_NO_IMPERSONATION_TOKEN` (1309): a process's own token. `ERROR_BAD_IMPERSONATION_LEVEL`: an anonymous
/// one. `ERROR_GENERIC_NOT_MAPPED` (1360): generic rights are asked for. `ERROR_INVALID_SECURITY_DESCR`: it is
/// none, or has no owner or group. `ERROR_INSUFFICIENT_BUFFER`: no room for a set of privileges.
/// `ERROR_NOACCESS`: NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-accesscheck>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn AccessCheck(
    descriptor: PSECURITY_DESCRIPTOR,
    client: HANDLE,
    desired: u32,
    mapping: *const GENERIC_MAPPING,
    privileges: *mut PRIVILEGE_SET,
    privileges_length: *mut u32,
    granted_access: *mut u32,
    status: *mut BOOL,
) -> BOOL {
    const ROOM: u32 = size_of::<PRIVILEGE_SET>() as u32;
    let check = || -> Result<()> {
        // SAFETY: NULL or readable, by the caller's contract.
        let mapping = unsafe { load(mapping) }.ok_or(Win32Error::NOACCESS)?;
        // SAFETY: as above.
        let length = unsafe { load(privileges_length) }.ok_or(Win32Error::NOACCESS)?;
        if length < ROOM {
            // SAFETY: not NULL, so writable by the caller's contract.
            unsafe { store(privileges_length, ROOM) }?;
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        // SAFETY: the caller's contract.
        let granted = unsafe { granted(descriptor, client, desired, &mapping) }?;
        // SAFETY: NULL or so much room, by the caller's contract.
        unsafe { store(privileges, PRIVILEGE_SET::default()) }?;
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(granted_access, granted) }?;
        let is_granted = granted != 0 || desired == 0;
        if !is_granted {
            last_error::set(Win32Error::ACCESS_DENIED.code());
        }
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(status, is_granted.into()) }
    };
    succeeds(check())
}
same_signature!(official::AccessCheck, AccessCheck, fn(_, _, _, _, _, _, _, _) -> _);
