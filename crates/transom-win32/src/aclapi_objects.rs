//! `aclapi.h`: the descriptors of objects, part by part. These functions return the error and leave
//! the last error alone.

use crate::abi::{ansi_string, from_handle, same_signature, store_optional, wide_string};
use crate::security;
use crate::winbase_heap::allocate;
use std::borrow::Cow;
use transom_kernel::security::of_objects::{self, Parts};
use transom_kernel::security::{Acl, Dacl, SecurityDescriptor};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::{HANDLE, WIN32_ERROR};
use windows_sys::Win32::Security::Authorization::{self as official, SE_OBJECT_TYPE};
use windows_sys::Win32::Security::{ACL, OBJECT_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID};

/// What a descriptor belongs to, of what there is on Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    KernelObject,
}

fn kind_of(kind: SE_OBJECT_TYPE) -> Result<Kind> {
    match kind {
        official::SE_FILE_OBJECT => Ok(Kind::File),
        official::SE_KERNEL_OBJECT => Ok(Kind::KernelObject),
        official::SE_SERVICE..=official::SE_REGISTRY_WOW64_32KEY => Err(Win32Error::NOT_SUPPORTED),
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}

/// Where the caller wants the parts of a descriptor, and the descriptor.
#[derive(Clone, Copy, Debug)]
struct Places {
    owner: *mut PSID,
    group: *mut PSID,
    dacl: *mut *mut ACL,
    sacl: *mut *mut ACL,
    whole: *mut PSECURITY_DESCRIPTOR,
}

impl Places {
    const fn wants_nothing(&self) -> bool {
        self.owner.is_null()
            && self.group.is_null()
            && self.dacl.is_null()
            && self.sacl.is_null()
            && self.whole.is_null()
    }

    /// Gives a descriptor in a block of its own, and pointers into it.
    ///
    /// # Safety
    /// Each place is NULL or writable.
    unsafe fn give(self, descriptor: &SecurityDescriptor) -> Result<()> {
        let bytes = descriptor.to_self_relative()?;
        let block = allocate(bytes.len(), false)?;
        // SAFETY: the block is as long as the bytes.
        unsafe { bytes.as_ptr().copy_to_nonoverlapping(block.cast(), bytes.len()) };
        // SAFETY: the block now is a descriptor.
        let parts = unsafe { security::parts(block) }?;
        for (place, part) in [(self.owner, parts.owner), (self.group, parts.group)] {
            // SAFETY: NULL or writable, by the contract.
            unsafe { store_optional(place, part) };
        }
        for (place, part) in [(self.dacl, parts.dacl), (self.sacl, parts.sacl)] {
            // SAFETY: as above.
            unsafe { store_optional(place, part) };
        }
        // SAFETY: as above.
        unsafe { store_optional(self.whole, block) };
        Ok(())
    }
}

/// # Safety
/// As for [`Places::give`].
unsafe fn get(places: Places, read: impl FnOnce() -> Result<SecurityDescriptor>) -> WIN32_ERROR {
    if places.wants_nothing() {
        return Win32Error::INVALID_PARAMETER.code();
    }
    // SAFETY: the same contract.
    let given = read().and_then(|descriptor| unsafe { places.give(&descriptor) });
    given.map_or_else(Win32Error::code, |()| 0)
}

/// What a caller wants a descriptor to be.
///
/// # Safety
/// `owner` and `group` are NULL or identifiers, `dacl` is NULL or a list.
unsafe fn new(
    parts: Parts,
    owner: PSID,
    group: PSID,
    dacl: *const ACL,
) -> Result<SecurityDescriptor> {
    let identifier = |part: Parts, sid: PSID| {
        let is_wanted = parts.contains(part) && !sid.is_null();
        // SAFETY: it is one, by the contract.
        is_wanted.then(|| unsafe { security::sid(sid) }).transpose()
    };
    let dacl = if !parts.contains(Parts::DACL) {
        Dacl::Absent
    } else if dacl.is_null() {
        Dacl::Null
    } else {
        // SAFETY: a list, by the contract.
        Dacl::List(Acl::from_bytes(&unsafe { security::acl_bytes(dacl) }?)?)
    };
    let (owner, group) = (identifier(Parts::OWNER, owner)?, identifier(Parts::GROUP, group)?);
    Ok(SecurityDescriptor { owner, group, dacl, control: 0 })
}

/// `GetSecurityInfo`: parts of the descriptor of a handle's object: pointers into one block that is given
/// at `whole`, for `LocalFree`. Parts that are not asked for are NULL.
///
/// Returns 0, or the errors of [`of_objects::get`]; `ERROR_INVALID_PARAMETER`: no place, or no type;
/// `ERROR_NOT_SUPPORTED`: a type that is neither `SE_FILE_OBJECT` nor `SE_KERNEL_OBJECT`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-getsecurityinfo>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSecurityInfo(
    handle: HANDLE,
    kind: SE_OBJECT_TYPE,
    parts: OBJECT_SECURITY_INFORMATION,
    owner: *mut PSID,
    group: *mut PSID,
    dacl: *mut *mut ACL,
    sacl: *mut *mut ACL,
    whole: *mut PSECURITY_DESCRIPTOR,
) -> WIN32_ERROR {
    let read = || {
        kind_of(kind)?;
        of_objects::get(from_handle(handle)?, Parts::of(parts)?)
    };
    // SAFETY: the caller's contract.
    unsafe { get(Places { owner, group, dacl, sacl, whole }, read) }
}
same_signature!(official::GetSecurityInfo, GetSecurityInfo, fn(_, _, _, _, _, _, _, _) -> _);

/// `SetSecurityInfo`: changes parts of the descriptor of a handle's object. No list lets everyone do
/// everything.
///
/// Returns 0, or the errors of [`of_objects::set`]; `ERROR_INVALID_ACL`, `ERROR_INVALID_SID`: what is passed is
/// none; for types as [`GetSecurityInfo`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-setsecurityinfo>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetSecurityInfo(
    handle: HANDLE,
    kind: SE_OBJECT_TYPE,
    parts: OBJECT_SECURITY_INFORMATION,
    owner: PSID,
    group: PSID,
    dacl: *const ACL,
    _sacl: *const ACL,
) -> WIN32_ERROR {
    let set = || {
        kind_of(kind)?;
        let parts = Parts::of(parts)?;
        // SAFETY: the caller's contract. An auditing list is refused before it is looked at.
        let new = unsafe { new(parts, owner, group, dacl) }?;
        of_objects::set(from_handle(handle)?, parts, &new)
    };
    set().map_or_else(Win32Error::code, |()| 0)
}
same_signature!(official::SetSecurityInfo, SetSecurityInfo, fn(_, _, _, _, _, _, _) -> _);

fn of_name(
    name: Option<Cow<'_, [u16]>>,
    kind: SE_OBJECT_TYPE,
    parts: OBJECT_SECURITY_INFORMATION,
) -> Result<SecurityDescriptor> {
    let name = name.ok_or(Win32Error::INVALID_PARAMETER)?;
    match kind_of(kind)? {
        Kind::File => of_objects::get_of_file(&name, Parts::of(parts)?),
        Kind::KernelObject => of_objects::get_of_name(&name, Parts::of(parts)?),
    }
}

/// `GetNamedSecurityInfoW`: parts of the descriptor of a file, by its path (`SE_FILE_OBJECT`), or of
/// another object with a name (`SE_KERNEL_OBJECT`); as [`GetSecurityInfo`].
///
/// Returns 0, or the errors of [`of_objects::get_of_file`] and [`of_objects::get_of_name`];
/// `ERROR_INVALID_PARAMETER`: no name; for types and places as [`GetSecurityInfo`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-getnamedsecurityinfow>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNamedSecurityInfoW(
    name: *const u16,
    kind: SE_OBJECT_TYPE,
    parts: OBJECT_SECURITY_INFORMATION,
    owner: *mut PSID,
    group: *mut PSID,
    dacl: *mut *mut ACL,
    sacl: *mut *mut ACL,
    whole: *mut PSECURITY_DESCRIPTOR,
) -> WIN32_ERROR {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide_string(name) };
    let places = Places { owner, group, dacl, sacl, whole };
    // SAFETY: the caller's contract.
    unsafe { get(places, || of_name(name, kind, parts)) }
}
same_signature!(
    official::GetNamedSecurityInfoW,
    GetNamedSecurityInfoW,
    fn(_, _, _, _, _, _, _, _) -> _
);

/// `GetNamedSecurityInfoA`: as [`GetNamedSecurityInfoW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-getnamedsecurityinfoa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNamedSecurityInfoA(
    name: *const u8,
    kind: SE_OBJECT_TYPE,
    parts: OBJECT_SECURITY_INFORMATION,
    owner: *mut PSID,
    group: *mut PSID,
    dacl: *mut *mut ACL,
    sacl: *mut *mut ACL,
    whole: *mut PSECURITY_DESCRIPTOR,
) -> WIN32_ERROR {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi_string(name) }.map(Cow::Owned);
    let places = Places { owner, group, dacl, sacl, whole };
    // SAFETY: the caller's contract.
    unsafe { get(places, || of_name(name, kind, parts)) }
}
same_signature!(
    official::GetNamedSecurityInfoA,
    GetNamedSecurityInfoA,
    fn(_, _, _, _, _, _, _, _) -> _
);

/// Changes the descriptor of what has a name.
///
/// # Safety
/// As for [`new`].
unsafe fn set_of_name(
    name: Option<Cow<'_, [u16]>>,
    kind: SE_OBJECT_TYPE,
    parts: OBJECT_SECURITY_INFORMATION,
    (owner, group, dacl): (PSID, PSID, *const ACL),
) -> WIN32_ERROR {
    let set = || {
        let name = name.ok_or(Win32Error::INVALID_PARAMETER)?;
        let kind = kind_of(kind)?;
        let parts = Parts::of(parts)?;
        // SAFETY: the same contract.
        let new = unsafe { new(parts, owner, group, dacl) }?;
        match kind {
            Kind::File => of_objects::set_of_file(&name, parts, &new),
            Kind::KernelObject => of_objects::set_of_name(&name, parts, &new),
        }
    };
    set().map_or_else(Win32Error::code, |()| 0)
}

/// `SetNamedSecurityInfoW`: changes parts of the descriptor of a file or another object with a name; as
/// [`SetSecurityInfo`]. What is in a directory keeps what it has.
///
/// Returns 0, or the errors of [`of_objects::set_of_file`] and [`of_objects::set_of_name`];
/// `ERROR_INVALID_PARAMETER`: no name; as [`SetSecurityInfo`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-setnamedsecurityinfow>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetNamedSecurityInfoW(
    name: *const u16,
    kind: SE_OBJECT_TYPE,
    parts: OBJECT_SECURITY_INFORMATION,
    owner: PSID,
    group: PSID,
    dacl: *const ACL,
    _sacl: *const ACL,
) -> WIN32_ERROR {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { wide_string(name) };
    // SAFETY: the caller's contract.
    unsafe { set_of_name(name, kind, parts, (owner, group, dacl)) }
}
same_signature!(
    official::SetNamedSecurityInfoW,
    SetNamedSecurityInfoW,
    fn(_, _, _, _, _, _, _) -> _
);

/// `SetNamedSecurityInfoA`: as [`SetNamedSecurityInfoW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-setnamedsecurityinfoa>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetNamedSecurityInfoA(
    name: *const u8,
    kind: SE_OBJECT_TYPE,
    parts: OBJECT_SECURITY_INFORMATION,
    owner: PSID,
    group: PSID,
    dacl: *const ACL,
    _sacl: *const ACL,
) -> WIN32_ERROR {
    // SAFETY: NULL or a string, by the caller's contract.
    let name = unsafe { ansi_string(name) }.map(Cow::Owned);
    // SAFETY: the caller's contract.
    unsafe { set_of_name(name, kind, parts, (owner, group, dacl)) }
}
same_signature!(
    official::SetNamedSecurityInfoA,
    SetNamedSecurityInfoA,
    fn(_, _, _, _, _, _, _) -> _
);
