//! `securitybaseapi.h`: security descriptors in their absolute form, and access control lists.

use crate::abi::{load, same_signature, store, store_optional, succeeds};
use crate::security::{self, acl_bytes, parts};
use std::ffi::c_void;
use std::ptr::null_mut;
use transom_kernel::security::{ACL_REVISION, ACL_REVISION_DS, Ace, AceKind, Acl};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Security as official;
use windows_sys::Win32::Security::{
    ACE_FLAGS, ACE_REVISION, ACL, ACL_INFORMATION_CLASS, ACL_REVISION_INFORMATION,
    ACL_SIZE_INFORMATION, AclRevisionInformation, AclSizeInformation, PSECURITY_DESCRIPTOR, PSID,
    SE_DACL_DEFAULTED, SE_DACL_PRESENT, SE_GROUP_DEFAULTED, SE_OWNER_DEFAULTED, SE_SACL_PRESENT,
    SE_SELF_RELATIVE, SECURITY_DESCRIPTOR,
};
use windows_sys::core::BOOL;

/// `SECURITY_DESCRIPTOR_REVISION`.
const REVISION: u32 = 1;

/// `InitializeSecurityDescriptor`: makes an absolute descriptor that says nothing yet.
///
/// `ERROR_UNKNOWN_REVISION`: not `SECURITY_DESCRIPTOR_REVISION`.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-initializesecuritydescriptor>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitializeSecurityDescriptor(
    descriptor: PSECURITY_DESCRIPTOR,
    revision: u32,
) -> BOOL {
    if revision != REVISION {
        return succeeds(Err(Win32Error::UNKNOWN_REVISION));
    }
    let empty = SECURITY_DESCRIPTOR { Revision: 1, ..SECURITY_DESCRIPTOR::default() };
    // SAFETY: NULL or the caller's structure.
    succeeds(unsafe { store(descriptor.cast(), empty) })
}
same_signature!(
    official::InitializeSecurityDescriptor,
    InitializeSecurityDescriptor,
    fn(_, _) -> _
);

/// `IsValidSecurityDescriptor`: whether a descriptor and its parts are what they should be.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-isvalidsecuritydescriptor>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsValidSecurityDescriptor(descriptor: PSECURITY_DESCRIPTOR) -> BOOL {
    // SAFETY: NULL or a descriptor, by the caller's contract.
    i32::from(unsafe { security::descriptor(descriptor) }.is_ok())
}
same_signature!(official::IsValidSecurityDescriptor, IsValidSecurityDescriptor, fn(_) -> _);

/// How many bytes a descriptor and its parts take.
///
/// # Safety
/// `descriptor` is NULL or a descriptor.
unsafe fn length_of(descriptor: PSECURITY_DESCRIPTOR) -> Result<u32> {
    // SAFETY: the same contract.
    let parts = unsafe { parts(descriptor) }?;
    let relative = parts.control & SE_SELF_RELATIVE != 0;
    let mut length = if relative { 20 } else { size_of::<SECURITY_DESCRIPTOR>() };
    for sid in [parts.owner, parts.group].into_iter().filter(|sid| !sid.is_null()) {
        // SAFETY: a part that is there is an identifier.
        length += unsafe { security::sid_bytes(sid) }?.len();
    }
    let lists = [(SE_DACL_PRESENT, parts.dacl), (SE_SACL_PRESENT, parts.sacl)];
    for (present, list) in lists {
        if parts.control & present != 0 && !list.is_null() {
            // SAFETY: a list that is there is one.
            length += unsafe { acl_bytes(list) }?.len();
        }
    }
    // Five parts of at most 64 KiB.
    Ok(length as u32)
}

/// `GetSecurityDescriptorLength`: how many bytes a descriptor and its parts take; 0 for what is
/// none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getsecuritydescriptorlength>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSecurityDescriptorLength(descriptor: PSECURITY_DESCRIPTOR) -> u32 {
    // SAFETY: NULL or a descriptor, by the caller's contract.
    unsafe { length_of(descriptor) }.unwrap_or(0)
}
same_signature!(official::GetSecurityDescriptorLength, GetSecurityDescriptorLength, fn(_) -> _);

/// `GetSecurityDescriptorControl`: the control word and the revision.
///
/// `ERROR_UNKNOWN_REVISION`, `ERROR_INVALID_SECURITY_DESCR`: it is no descriptor.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getsecuritydescriptorcontrol>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSecurityDescriptorControl(
    descriptor: PSECURITY_DESCRIPTOR,
    control: *mut u16,
    revision: *mut u32,
) -> BOOL {
    // SAFETY: NULL or a descriptor, by the caller's contract.
    let parts = unsafe { parts(descriptor) };
    succeeds(parts.and_then(|parts| {
        // SAFETY: the caller's place.
        unsafe { store(control, parts.control) }?;
        // SAFETY: the caller's place.
        unsafe { store(revision, REVISION) }
    }))
}
same_signature!(
    official::GetSecurityDescriptorControl,
    GetSecurityDescriptorControl,
    fn(_, _, _) -> _
);

/// Changes an absolute descriptor; `ERROR_INVALID_SECURITY_DESCR` for a self-relative one.
///
/// # Safety
/// `descriptor` is NULL or a descriptor that may be written.
pub(crate) unsafe fn change(
    descriptor: PSECURITY_DESCRIPTOR,
    change: impl FnOnce(&mut SECURITY_DESCRIPTOR),
) -> Result<()> {
    // SAFETY: the same contract.
    if unsafe { parts(descriptor) }?.control & SE_SELF_RELATIVE != 0 {
        return Err(Win32Error::INVALID_SECURITY_DESCR);
    }
    let place = descriptor.cast::<SECURITY_DESCRIPTOR>();
    // SAFETY: it is of the absolute form, which is this structure.
    let mut whole = unsafe { load(place) }.ok_or(Win32Error::INVALID_SECURITY_DESCR)?;
    change(&mut whole);
    // SAFETY: as above, and it may be written.
    unsafe { store(place, whole) }
}

/// Sets bits of a control word where `set`, else clears them.
pub(crate) const fn with(control: u16, bits: u16, set: bool) -> u16 {
    if set { control | bits } else { control & !bits }
}

/// `SetSecurityDescriptorDacl`: gives an absolute descriptor a list, which is not copied. A list that
/// is present and NULL lets everyone do everything.
///
/// `ERROR_INVALID_SECURITY_DESCR`: it is self-relative, or none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-setsecuritydescriptordacl>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetSecurityDescriptorDacl(
    descriptor: PSECURITY_DESCRIPTOR,
    present: BOOL,
    dacl: *const ACL,
    defaulted: BOOL,
) -> BOOL {
    // SAFETY: NULL or a descriptor, by the caller's contract.
    succeeds(unsafe {
        change(descriptor, |whole| {
            whole.Control = with(whole.Control, SE_DACL_PRESENT, present != 0);
            if present != 0 {
                whole.Dacl = dacl.cast_mut();
                whole.Control = with(whole.Control, SE_DACL_DEFAULTED, defaulted != 0);
            }
        })
    })
}
same_signature!(
    official::SetSecurityDescriptorDacl,
    SetSecurityDescriptorDacl,
    fn(_, _, _, _) -> _
);

/// `GetSecurityDescriptorDacl`: a descriptor's list; whether it has one, and whether it is a default.
///
/// `ERROR_UNKNOWN_REVISION`, `ERROR_INVALID_SECURITY_DESCR`: it is no descriptor.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getsecuritydescriptordacl>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSecurityDescriptorDacl(
    descriptor: PSECURITY_DESCRIPTOR,
    present: *mut BOOL,
    dacl: *mut *mut ACL,
    defaulted: *mut BOOL,
) -> BOOL {
    // SAFETY: NULL or a descriptor, by the caller's contract.
    let parts = unsafe { parts(descriptor) };
    succeeds(parts.and_then(|parts| {
        let is_present = parts.control & SE_DACL_PRESENT != 0;
        // SAFETY: the caller's place.
        unsafe { store(present, i32::from(is_present)) }?;
        if is_present {
            // SAFETY: the caller's place.
            unsafe { store(dacl, parts.dacl) }?;
            let is_default = parts.control & SE_DACL_DEFAULTED != 0;
            // SAFETY: the caller's place.
            unsafe { store(defaulted, i32::from(is_default)) }?;
        }
        Ok(())
    }))
}
same_signature!(
    official::GetSecurityDescriptorDacl,
    GetSecurityDescriptorDacl,
    fn(_, _, _, _) -> _
);

macro_rules! owners {
    ($($set:ident, $get:ident = $field:ident, $part:ident, $bit:ident, $page:literal;)*) => {$(
        #[doc = concat!(
            "`", stringify!($set), "`: gives an absolute descriptor an identifier, which is not copied.\n\n",
            "`ERROR_INVALID_SECURITY_DESCR`: it is self-relative, or none.\n\n",
            "Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-set", $page, ">"
        )]
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $set(
            descriptor: PSECURITY_DESCRIPTOR,
            sid: PSID,
            defaulted: BOOL,
        ) -> BOOL {
            // SAFETY: NULL or a descriptor, by the caller's contract.
            succeeds(unsafe {
                change(descriptor, |whole| {
                    whole.$field = sid;
                    whole.Control = with(whole.Control, $bit, defaulted != 0);
                })
            })
        }
        same_signature!(official::$set, $set, fn(_, _, _) -> _);

        #[doc = concat!(
            "`", stringify!($get), "`: the identifier, NULL for none, and whether it is a default.\n\n",
            "`ERROR_UNKNOWN_REVISION`, `ERROR_INVALID_SECURITY_DESCR`: it is no descriptor.\n\n",
            "Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-get", $page, ">"
        )]
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $get(
            descriptor: PSECURITY_DESCRIPTOR,
            sid: *mut PSID,
            defaulted: *mut BOOL,
        ) -> BOOL {
            // SAFETY: NULL or a descriptor, by the caller's contract.
            let parts = unsafe { parts(descriptor) };
            succeeds(parts.and_then(|parts| {
                // SAFETY: the caller's place.
                unsafe { store(sid, parts.$part) }?;
                // SAFETY: the caller's place.
                unsafe { store(defaulted, i32::from(parts.control & $bit != 0)) }
            }))
        }
        same_signature!(official::$get, $get, fn(_, _, _) -> _);
    )*};
}

owners! {
    SetSecurityDescriptorOwner, GetSecurityDescriptorOwner = Owner, owner, SE_OWNER_DEFAULTED, "securitydescriptorowner";
    SetSecurityDescriptorGroup, GetSecurityDescriptorGroup = Group, group, SE_GROUP_DEFAULTED, "securitydescriptorgroup";
}

/// `MakeSelfRelativeSD`: copies a descriptor into one block, without its auditing list.
///
/// `ERROR_INSUFFICIENT_BUFFER`: the buffer is too small; the size that is needed is stored.
/// `ERROR_INVALID_SECURITY_DESCR`: it is none. One that is self-relative already is copied.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-makeselfrelativesd>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MakeSelfRelativeSD(
    absolute: PSECURITY_DESCRIPTOR,
    relative: PSECURITY_DESCRIPTOR,
    length: *mut u32,
) -> BOOL {
    // SAFETY: the caller's contract.
    succeeds(unsafe { make_self_relative(absolute, relative, length) })
}
same_signature!(official::MakeSelfRelativeSD, MakeSelfRelativeSD, fn(_, _, _) -> _);

/// # Safety
/// As for [`MakeSelfRelativeSD`].
unsafe fn make_self_relative(
    absolute: PSECURITY_DESCRIPTOR,
    relative: PSECURITY_DESCRIPTOR,
    length: *mut u32,
) -> Result<()> {
    // SAFETY: NULL or a descriptor.
    let bytes = unsafe { security::descriptor(absolute) }?.to_self_relative()?;
    // SAFETY: the caller's place.
    let capacity = unsafe { load(length) }.ok_or(Win32Error::NOACCESS)?;
    // Less than 4 GiB.
    // SAFETY: the caller's place.
    unsafe { store(length, bytes.len() as u32) }?;
    if relative.is_null() || (capacity as usize) < bytes.len() {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    // SAFETY: the caller's buffer has room for them.
    unsafe { bytes.as_ptr().copy_to_nonoverlapping(relative.cast(), bytes.len()) };
    Ok(())
}

/// `InitializeAcl`: makes an empty list in a block of so many bytes.
///
/// `ERROR_INSUFFICIENT_BUFFER`: the block has no room for the header. `ERROR_INVALID_PARAMETER`: the
/// revision is not known, or the block larger than 65,535 bytes.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-initializeacl>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitializeAcl(
    acl: *mut ACL,
    length: u32,
    revision: ACE_REVISION,
) -> BOOL {
    if (length as usize) < size_of::<ACL>() {
        return succeeds(Err(Win32Error::INSUFFICIENT_BUFFER));
    }
    let known = u8::try_from(revision).ok().filter(|revision| is_revision(*revision));
    let (Ok(size), Some(revision)) = (u16::try_from(length), known) else {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    };
    let empty = ACL { AclRevision: revision, Sbz1: 0, AclSize: size, AceCount: 0, Sbz2: 0 };
    // SAFETY: NULL or the caller's block.
    succeeds(unsafe { store(acl, empty) })
}
same_signature!(official::InitializeAcl, InitializeAcl, fn(_, _, _) -> _);

pub(crate) const fn is_revision(revision: u8) -> bool {
    revision >= ACL_REVISION && revision <= ACL_REVISION_DS
}

/// `IsValidAcl`: whether a list is one, entries included.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-isvalidacl>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsValidAcl(acl: *const ACL) -> BOOL {
    // SAFETY: NULL or a list, by the caller's contract.
    i32::from(unsafe { acl_bytes(acl) }.and_then(|bytes| Acl::from_bytes(&bytes)).is_ok())
}
same_signature!(official::IsValidAcl, IsValidAcl, fn(_) -> _);

/// Writes an entry behind the last one.
///
/// # Safety
/// `acl` is NULL or a list that may be written; `sid` is NULL or an identifier.
unsafe fn add(
    acl: *mut ACL,
    revision: ACE_REVISION,
    kind: AceKind,
    flags: u32,
    mask: u32,
    sid: PSID,
) -> Result<()> {
    // SAFETY: NULL or an identifier.
    let sid = unsafe { security::sid(sid) }?;
    // SAFETY: NULL or a list.
    let bytes = unsafe { acl_bytes(acl) }?;
    // A list is not made one of an older revision by an entry.
    let asked = u8::try_from(revision).ok().filter(|revision| *revision <= ACL_REVISION_DS);
    let asked = asked.ok_or(Win32Error::REVISION_MISMATCH)?;
    let (_, end) = Acl::places(&bytes)?;
    let flags = u8::try_from(flags).map_err(|_| Win32Error::INVALID_PARAMETER)?;
    let entry = Ace { kind, flags, mask, sid }.to_bytes();
    if bytes.len() - end < entry.len() {
        return Err(Win32Error::ALLOTTED_SPACE_EXCEEDED);
    }
    drop(bytes);
    // SAFETY: the room behind the last entry belongs to the list, as was just looked at.
    unsafe {
        entry.as_ptr().copy_to_nonoverlapping(acl.cast::<u8>().wrapping_add(end), entry.len())
    };
    // SAFETY: the list's header.
    let mut header = unsafe { load(acl) }.ok_or(Win32Error::INVALID_ACL)?;
    header.AceCount += 1;
    header.AclRevision = header.AclRevision.max(asked);
    // SAFETY: the same.
    unsafe { store(acl, header) }
}

macro_rules! entries {
    ($($plain:ident, $extended:ident = $kind:ident, $what:literal, $page:literal;)*) => {$(
        #[doc = concat!(
            "`", stringify!($plain), "`: adds an entry that ", $what, ".\n\n",
            "`ERROR_ALLOTTED_SPACE_EXCEEDED`: the list has no room for it. `ERROR_INVALID_ACL`, \
             `ERROR_INVALID_SID`: what is passed is none. `ERROR_REVISION_MISMATCH`: an unknown revision.\n\n",
            "Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-", $page, ">"
        )]
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $plain(
            acl: *mut ACL,
            revision: ACE_REVISION,
            mask: u32,
            sid: PSID,
        ) -> BOOL {
            // SAFETY: the caller's contract.
            succeeds(unsafe { add(acl, revision, AceKind::$kind, 0, mask, sid) })
        }
        same_signature!(official::$plain, $plain, fn(_, _, _, _) -> _);

        #[doc = concat!(
            "`", stringify!($extended), "`: as [`", stringify!($plain), "`], with inheritance flags; \
             `ERROR_INVALID_PARAMETER` for those that do not fit a byte.\n\n",
            "Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-", $page, "ex>"
        )]
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $extended(
            acl: *mut ACL,
            revision: ACE_REVISION,
            flags: ACE_FLAGS,
            mask: u32,
            sid: PSID,
        ) -> BOOL {
            // SAFETY: the caller's contract.
            succeeds(unsafe { add(acl, revision, AceKind::$kind, flags, mask, sid) })
        }
        same_signature!(official::$extended, $extended, fn(_, _, _, _, _) -> _);
    )*};
}

entries! {
    AddAccessAllowedAce, AddAccessAllowedAceEx = Allow, "allows", "addaccessallowedace";
    AddAccessDeniedAce, AddAccessDeniedAceEx = Deny, "denies", "addaccessdeniedace";
}

/// `GetAce`: a pointer to an entry within the list.
///
/// `ERROR_INVALID_PARAMETER`: there is no such entry. `ERROR_INVALID_ACL`: it is no list.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getace>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetAce(acl: *const ACL, index: u32, entry: *mut *mut c_void) -> BOOL {
    // SAFETY: NULL or a list, by the caller's contract.
    let places = unsafe { acl_bytes(acl) }.and_then(|bytes| Acl::places(&bytes));
    succeeds(places.and_then(|(places, _)| {
        let place = places.get(index as usize).ok_or(Win32Error::INVALID_PARAMETER)?;
        let found = acl.cast_mut().cast::<c_void>().wrapping_byte_add(place.start);
        // SAFETY: the caller's place.
        unsafe { store(entry, found) }
    }))
}
same_signature!(official::GetAce, GetAce, fn(_, _, _) -> _);

/// `DeleteAce`: takes an entry out of a list.
///
/// `ERROR_INVALID_PARAMETER`: there is no such entry. `ERROR_INVALID_ACL`: it is no list.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-deleteace>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DeleteAce(acl: *mut ACL, index: u32) -> BOOL {
    // SAFETY: NULL or a list, by the caller's contract.
    let places = unsafe { acl_bytes(acl) }.and_then(|bytes| Acl::places(&bytes));
    succeeds(places.and_then(|(places, end)| {
        let place = places.get(index as usize).ok_or(Win32Error::INVALID_PARAMETER)?;
        let at = |offset: usize| acl.cast::<u8>().wrapping_add(offset);
        // SAFETY: both lie within the list, whose entries were just looked at.
        unsafe { at(place.end).copy_to(at(place.start), end - place.end) };
        // SAFETY: the list's header.
        let mut header = unsafe { load(acl) }.ok_or(Win32Error::INVALID_ACL)?;
        header.AceCount -= 1;
        // SAFETY: the same.
        unsafe { store(acl, header) }
    }))
}
same_signature!(official::DeleteAce, DeleteAce, fn(_, _) -> _);

/// `GetAclInformation`: a list's revision, or how many entries and bytes it has.
///
/// `ERROR_INVALID_PARAMETER`: an unknown class, or a buffer that is too small.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getaclinformation>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetAclInformation(
    acl: *const ACL,
    information: *mut c_void,
    length: u32,
    class: ACL_INFORMATION_CLASS,
) -> BOOL {
    // SAFETY: NULL or a list, by the caller's contract.
    let bytes = unsafe { acl_bytes(acl) };
    succeeds(bytes.and_then(|bytes| {
        let room = length as usize;
        if class == AclRevisionInformation && room >= size_of::<ACL_REVISION_INFORMATION>() {
            let revision = ACL_REVISION_INFORMATION { AclRevision: u32::from(bytes[0]) };
            // SAFETY: the caller's place, which has room.
            return unsafe { store(information.cast(), revision) };
        }
        if class == AclSizeInformation && room >= size_of::<ACL_SIZE_INFORMATION>() {
            let (places, end) = Acl::places(&bytes)?;
            // All at most 64 KiB.
            let size = ACL_SIZE_INFORMATION {
                AceCount: places.len() as u32,
                AclBytesInUse: end as u32,
                AclBytesFree: (bytes.len() - end) as u32,
            };
            // SAFETY: the caller's place, which has room.
            return unsafe { store(information.cast(), size) };
        }
        Err(Win32Error::INVALID_PARAMETER)
    }))
}
same_signature!(official::GetAclInformation, GetAclInformation, fn(_, _, _, _) -> _);

/// `GetSecurityDescriptorSacl`: whether a descriptor has an auditing list, and which.
///
/// `ERROR_UNKNOWN_REVISION`, `ERROR_INVALID_SECURITY_DESCR`: it is no descriptor.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getsecuritydescriptorsacl>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSecurityDescriptorSacl(
    descriptor: PSECURITY_DESCRIPTOR,
    present: *mut BOOL,
    sacl: *mut *mut ACL,
    defaulted: *mut BOOL,
) -> BOOL {
    // SAFETY: NULL or a descriptor, by the caller's contract.
    let parts = unsafe { parts(descriptor) };
    succeeds(parts.and_then(|parts| {
        let is_present = parts.control & SE_SACL_PRESENT != 0;
        // SAFETY: the caller's place.
        unsafe { store(present, i32::from(is_present)) }?;
        // SAFETY: the caller's place, or NULL.
        unsafe { store_optional(sacl, if is_present { parts.sacl } else { null_mut() }) };
        // SAFETY: the caller's place, or NULL.
        unsafe { store_optional(defaulted, 0) };
        Ok(())
    }))
}
same_signature!(
    official::GetSecurityDescriptorSacl,
    GetSecurityDescriptorSacl,
    fn(_, _, _, _) -> _
);
