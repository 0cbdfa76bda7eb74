//! `aclapi.h`: access control lists by who is to have what. These functions return the error and leave
//! the last error alone.

use crate::abi::{ansi_string, load, same_signature, store, store_optional, wide_string};
use crate::security;
use crate::winbase_heap::allocate;
use std::ffi::c_void;
use std::ptr::null_mut;
use transom_kernel::security::entries::{self, Change, Mode};
use transom_kernel::security::{Acl, Sid, names};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::WIN32_ERROR;
use windows_sys::Win32::Security::Authorization::{
    self as official, ACCESS_MODE, EXPLICIT_ACCESS_A, EXPLICIT_ACCESS_W, NO_MULTIPLE_TRUSTEE,
    TRUSTEE_A, TRUSTEE_FORM, TRUSTEE_IS_NAME, TRUSTEE_IS_SID, TRUSTEE_IS_UNKNOWN, TRUSTEE_W,
};
use windows_sys::Win32::Security::{ACE_FLAGS, ACL, PSID};

/// Who is meant.
///
/// # Safety
/// `name` is an identifier or a string, as `form` says.
pub(crate) unsafe fn trustee(
    form: TRUSTEE_FORM,
    name: *const c_void,
    string: impl FnOnce() -> Option<Vec<u16>>,
) -> Result<Sid> {
    match form {
        // SAFETY: the same contract.
        official::TRUSTEE_IS_SID => unsafe { security::sid(name) },
        official::TRUSTEE_IS_NAME => {
            let name = string().ok_or(Win32Error::INVALID_PARAMETER)?;
            names::of_name(&name).map(|(sid, _)| sid).ok_or(Win32Error::NONE_MAPPED)
        }
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}

fn change(mode: ACCESS_MODE, mask: u32, flags: ACE_FLAGS, sid: Sid) -> Result<Change> {
    let mode = match mode {
        official::GRANT_ACCESS => Mode::Grant,
        official::SET_ACCESS => Mode::Set,
        official::DENY_ACCESS => Mode::Deny,
        official::REVOKE_ACCESS => Mode::Revoke,
        // Auditing lists are not kept.
        official::SET_AUDIT_SUCCESS | official::SET_AUDIT_FAILURE => {
            return Err(Win32Error::NOT_SUPPORTED);
        }
        _ => return Err(Win32Error::INVALID_PARAMETER),
    };
    Ok(Change { mode, mask, flags: flags as u8, sid })
}

/// # Safety
/// `old` is NULL or a readable list, `place` is NULL or writable.
unsafe fn give(changes: Result<Vec<Change>>, old: *const ACL, place: *mut *mut ACL) -> WIN32_ERROR {
    let make = || {
        let changes = changes?;
        let old = if old.is_null() {
            Acl::default()
        } else {
            // SAFETY: the same contract.
            Acl::from_bytes(&unsafe { security::acl_bytes(old) }?)?
        };
        let bytes = entries::changed(&old, &changes).to_bytes()?;
        let block = allocate(bytes.len(), false)?.cast::<u8>();
        for (index, &byte) in bytes.iter().enumerate() {
            // SAFETY: the block is as long as the bytes.
            unsafe { block.wrapping_add(index).write(byte) };
        }
        // SAFETY: the same contract.
        unsafe { store(place, block.cast()) }
    };
    if place.is_null() {
        return Win32Error::INVALID_PARAMETER.code();
    }
    make().map_or_else(Win32Error::code, |()| 0)
}

/// `SetEntriesInAcl`: makes a list from another (or none) and what somebody is to be allowed or denied;
/// a block for `LocalFree`.
///
/// Returns 0, or `ERROR_INVALID_PARAMETER`, `ERROR_INVALID_SID`, `ERROR_INVALID_ACL`,
/// `ERROR_NONE_MAPPED` for a name that nobody has, `ERROR_NOT_SUPPORTED` for auditing.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-setentriesinaclw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetEntriesInAclW(
    count: u32,
    list: *const EXPLICIT_ACCESS_W,
    old: *const ACL,
    place: *mut *mut ACL,
) -> WIN32_ERROR {
    let changes = (0..count as usize).map(|index| {
        // SAFETY: NULL or so many entries, by the caller's contract.
        let entry = unsafe { load(list.wrapping_add(index)) }.filter(|_| !list.is_null());
        let entry = entry.ok_or(Win32Error::INVALID_PARAMETER)?;
        let who = entry.Trustee;
        // SAFETY: NULL or a string, where it is used, by the caller's contract.
        let string = || unsafe { string_wide(who.ptstrName) };
        // SAFETY: as its form says, by the caller's contract.
        let sid = unsafe { trustee(who.TrusteeForm, who.ptstrName.cast(), string) }?;
        change(entry.grfAccessMode, entry.grfAccessPermissions, entry.grfInheritance, sid)
    });
    // SAFETY: by the caller's contract.
    unsafe { give(changes.collect(), old, place) }
}
same_signature!(official::SetEntriesInAclW, SetEntriesInAclW, fn(_, _, _, _) -> _);

/// `SetEntriesInAclA`: as [`SetEntriesInAclW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-setentriesinacla>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetEntriesInAclA(
    count: u32,
    list: *const EXPLICIT_ACCESS_A,
    old: *const ACL,
    place: *mut *mut ACL,
) -> WIN32_ERROR {
    let changes = (0..count as usize).map(|index| {
        // SAFETY: NULL or so many entries, by the caller's contract.
        let entry = unsafe { load(list.wrapping_add(index)) }.filter(|_| !list.is_null());
        let entry = entry.ok_or(Win32Error::INVALID_PARAMETER)?;
        let who = entry.Trustee;
        // SAFETY: NULL or a string, where it is used, by the caller's contract.
        let string = || unsafe { string_ansi(who.ptstrName) };
        // SAFETY: as its form says, by the caller's contract.
        let sid = unsafe { trustee(who.TrusteeForm, who.ptstrName.cast(), string) }?;
        change(entry.grfAccessMode, entry.grfAccessPermissions, entry.grfInheritance, sid)
    });
    // SAFETY: by the caller's contract.
    unsafe { give(changes.collect(), old, place) }
}
same_signature!(official::SetEntriesInAclA, SetEntriesInAclA, fn(_, _, _, _) -> _);

/// # Safety
/// As for [`wide_string`].
pub(crate) unsafe fn string_wide(string: *const u16) -> Option<Vec<u16>> {
    // SAFETY: the same contract.
    unsafe { wide_string(string) }.map(|string| string.into_owned())
}

/// # Safety
/// As for [`ansi_string`].
pub(crate) unsafe fn string_ansi(string: *const u8) -> Option<Vec<u16>> {
    // SAFETY: the same contract.
    unsafe { ansi_string(string) }
}

const fn wide_trustee(form: TRUSTEE_FORM, name: *mut u16) -> TRUSTEE_W {
    TRUSTEE_W {
        pMultipleTrustee: null_mut(),
        MultipleTrusteeOperation: NO_MULTIPLE_TRUSTEE,
        TrusteeForm: form,
        TrusteeType: TRUSTEE_IS_UNKNOWN,
        ptstrName: name,
    }
}

const fn ansi_trustee(form: TRUSTEE_FORM, name: *mut u8) -> TRUSTEE_A {
    TRUSTEE_A {
        pMultipleTrustee: null_mut(),
        MultipleTrusteeOperation: NO_MULTIPLE_TRUSTEE,
        TrusteeForm: form,
        TrusteeType: TRUSTEE_IS_UNKNOWN,
        ptstrName: name,
    }
}

/// `BuildTrusteeWithSid`: fills a structure that names somebody by an identifier.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-buildtrusteewithsidw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn BuildTrusteeWithSidW(place: *mut TRUSTEE_W, sid: PSID) {
    // SAFETY: writable, by the caller's contract; NULL stores nothing.
    unsafe { store_optional(place, wide_trustee(TRUSTEE_IS_SID, sid.cast())) };
}
same_signature!(official::BuildTrusteeWithSidW, BuildTrusteeWithSidW, fn(_, _));

/// `BuildTrusteeWithSidA`: as [`BuildTrusteeWithSidW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-buildtrusteewithsida>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn BuildTrusteeWithSidA(place: *mut TRUSTEE_A, sid: PSID) {
    // SAFETY: writable, by the caller's contract; NULL stores nothing.
    unsafe { store_optional(place, ansi_trustee(TRUSTEE_IS_SID, sid.cast())) };
}
same_signature!(official::BuildTrusteeWithSidA, BuildTrusteeWithSidA, fn(_, _));

/// `BuildTrusteeWithName`: fills a structure that names somebody, which is not copied.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-buildtrusteewithnamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn BuildTrusteeWithNameW(place: *mut TRUSTEE_W, name: *const u16) {
    // SAFETY: writable, by the caller's contract; NULL stores nothing.
    unsafe { store_optional(place, wide_trustee(TRUSTEE_IS_NAME, name.cast_mut())) };
}
same_signature!(official::BuildTrusteeWithNameW, BuildTrusteeWithNameW, fn(_, _));

/// `BuildTrusteeWithNameA`: as [`BuildTrusteeWithNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-buildtrusteewithnamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn BuildTrusteeWithNameA(place: *mut TRUSTEE_A, name: *const u8) {
    // SAFETY: writable, by the caller's contract; NULL stores nothing.
    unsafe { store_optional(place, ansi_trustee(TRUSTEE_IS_NAME, name.cast_mut())) };
}
same_signature!(official::BuildTrusteeWithNameA, BuildTrusteeWithNameA, fn(_, _));

/// `BuildExplicitAccessWithName`: fills a structure that says what somebody of this name is to have.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-buildexplicitaccesswithnamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn BuildExplicitAccessWithNameW(
    place: *mut EXPLICIT_ACCESS_W,
    name: *const u16,
    mask: u32,
    mode: ACCESS_MODE,
    inheritance: ACE_FLAGS,
) {
    let access = EXPLICIT_ACCESS_W {
        grfAccessPermissions: mask,
        grfAccessMode: mode,
        grfInheritance: inheritance,
        Trustee: TRUSTEE_W {
            pMultipleTrustee: null_mut(),
            MultipleTrusteeOperation: NO_MULTIPLE_TRUSTEE,
            TrusteeForm: TRUSTEE_IS_NAME,
            TrusteeType: TRUSTEE_IS_UNKNOWN,
            ptstrName: name.cast_mut(),
        },
    };
    // SAFETY: writable, by the caller's contract; NULL stores nothing.
    unsafe { store_optional(place, access) };
}
same_signature!(
    official::BuildExplicitAccessWithNameW,
    BuildExplicitAccessWithNameW,
    fn(_, _, _, _, _)
);

/// `BuildExplicitAccessWithNameA`: as [`BuildExplicitAccessWithNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-buildexplicitaccesswithnamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn BuildExplicitAccessWithNameA(
    place: *mut EXPLICIT_ACCESS_A,
    name: *const u8,
    mask: u32,
    mode: ACCESS_MODE,
    inheritance: ACE_FLAGS,
) {
    let access = EXPLICIT_ACCESS_A {
        grfAccessPermissions: mask,
        grfAccessMode: mode,
        grfInheritance: inheritance,
        Trustee: TRUSTEE_A {
            pMultipleTrustee: null_mut(),
            MultipleTrusteeOperation: NO_MULTIPLE_TRUSTEE,
            TrusteeForm: TRUSTEE_IS_NAME,
            TrusteeType: TRUSTEE_IS_UNKNOWN,
            ptstrName: name.cast_mut(),
        },
    };
    // SAFETY: writable, by the caller's contract; NULL stores nothing.
    unsafe { store_optional(place, access) };
}
same_signature!(
    official::BuildExplicitAccessWithNameA,
    BuildExplicitAccessWithNameA,
    fn(_, _, _, _, _)
);
