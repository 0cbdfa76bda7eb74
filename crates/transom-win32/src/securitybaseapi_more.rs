//! `securitybaseapi.h`: entries as they are, and the two forms of a descriptor.

use crate::abi::{elements, load, same_signature, store, succeeds};
use crate::security::{self, Parts, acl_bytes, parts, sid_bytes};
use crate::securitybaseapi::{change, is_revision, with};
use std::ffi::c_void;
use std::ptr::null_mut;
use transom_kernel::security::Acl;
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Security::{
    self as official, ACE_REVISION, ACL, PSECURITY_DESCRIPTOR, PSID, SE_DACL_AUTO_INHERIT_REQ,
    SE_DACL_AUTO_INHERITED, SE_DACL_PRESENT, SE_DACL_PROTECTED, SE_SACL_AUTO_INHERIT_REQ,
    SE_SACL_AUTO_INHERITED, SE_SACL_DEFAULTED, SE_SACL_PRESENT, SE_SACL_PROTECTED,
    SE_SELF_RELATIVE, SECURITY_DESCRIPTOR, SECURITY_DESCRIPTOR_CONTROL,
};
use windows_sys::core::BOOL;

/// How many entries some bytes are, which they must be without a rest.
fn count_entries(mut bytes: &[u8]) -> Result<u16> {
    let mut count = 0_u16;
    while !bytes.is_empty() {
        let header: [u8; 4] = *bytes.first_chunk().ok_or(Win32Error::INVALID_PARAMETER)?;
        let length = usize::from(u16::from_le_bytes([header[2], header[3]]));
        if length < header.len() || length > bytes.len() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        bytes = &bytes[length..];
        count = count.checked_add(1).ok_or(Win32Error::INVALID_PARAMETER)?;
    }
    Ok(count)
}

/// `AddAce`: puts entries, `length` bytes of them, into a list: before the one with this index, or at the
/// end if there is none.
///
/// `ERROR_INVALID_PARAMETER`: the bytes are no entries, or the revision is not known.
/// `ERROR_INSUFFICIENT_BUFFER`: the list has no room. `ERROR_INVALID_ACL`: it is no list.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-addace>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn AddAce(
    acl: *mut ACL,
    revision: ACE_REVISION,
    index: u32,
    entries: *const c_void,
    length: u32,
) -> BOOL {
    let add = || -> Result<()> {
        // SAFETY: NULL or a list, by the caller's contract.
        let list = unsafe { acl_bytes(acl) }?;
        let (places, end) = Acl::places(&list)?;
        let asked = u8::try_from(revision).ok().filter(|&revision| is_revision(revision));
        let asked = asked.ok_or(Win32Error::INVALID_PARAMETER)?;
        if entries.is_null() && length != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // A copy: they may be in this list.
        // SAFETY: so many bytes, by the caller's contract.
        let new = unsafe { elements(entries.cast::<u8>(), length as usize) }.into_owned();
        let count = count_entries(&new)?;
        if list.len() - end < new.len() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        let start = places.get(index as usize).map_or(end, |place| place.start);
        drop(list);
        let at = |offset: usize| acl.cast::<u8>().wrapping_add(offset);
        // SAFETY: both lie within the list, which has room for the new entries behind the old ones.
        unsafe { at(start).copy_to(at(start + new.len()), end - start) };
        // SAFETY: the room was just made.
        unsafe { new.as_ptr().copy_to_nonoverlapping(at(start), new.len()) };
        // SAFETY: the list's header.
        let mut header = unsafe { load(acl) }.ok_or(Win32Error::INVALID_ACL)?;
        header.AceCount += count;
        header.AclRevision = header.AclRevision.max(asked);
        // SAFETY: the same.
        unsafe { store(acl, header) }
    };
    succeeds(add())
}
same_signature!(official::AddAce, AddAce, fn(_, _, _, _, _) -> _);

/// `FindFirstFreeAce`: a pointer to where the next entry of a list would begin, also if there is no room.
///
/// `ERROR_INVALID_ACL`: it is no list. `ERROR_NOACCESS`: there is no place for the pointer.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-findfirstfreeace>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FindFirstFreeAce(acl: *const ACL, entry: *mut *mut c_void) -> BOOL {
    // SAFETY: NULL or a list, by the caller's contract.
    let places = unsafe { acl_bytes(acl) }.and_then(|bytes| Acl::places(&bytes));
    succeeds(places.and_then(|(_, end)| {
        // SAFETY: the caller's place.
        unsafe { store(entry, acl.cast_mut().cast::<c_void>().wrapping_byte_add(end)) }
    }))
}
same_signature!(official::FindFirstFreeAce, FindFirstFreeAce, fn(_, _) -> _);

/// `EqualPrefixSid`: whether two identifiers differ in their last number at most.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-equalprefixsid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn EqualPrefixSid(first: PSID, second: PSID) -> BOOL {
    let compare = || -> Result<bool> {
        // SAFETY: NULL or identifiers, by the caller's contract.
        let [first, second] = [unsafe { sid_bytes(first) }?, unsafe { sid_bytes(second) }?];
        // An identifier has eight bytes before its numbers, of four bytes each.
        let prefix = first.len().saturating_sub(4).max(8);
        Ok(first.len() == second.len() && first[..prefix] == second[..prefix])
    };
    i32::from(compare().unwrap_or(false))
}
same_signature!(official::EqualPrefixSid, EqualPrefixSid, fn(_, _) -> _);

/// `SetSecurityDescriptorSacl`: gives an absolute descriptor an auditing list, which is not copied, and
/// which no object keeps.
///
/// `ERROR_INVALID_SECURITY_DESCR`: it is self-relative, or none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-setsecuritydescriptorsacl>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetSecurityDescriptorSacl(
    descriptor: PSECURITY_DESCRIPTOR,
    present: BOOL,
    sacl: *const ACL,
    defaulted: BOOL,
) -> BOOL {
    // SAFETY: NULL or a descriptor, by the caller's contract.
    succeeds(unsafe {
        change(descriptor, |whole| {
            whole.Control = with(whole.Control, SE_SACL_PRESENT, present != 0);
            if present != 0 {
                whole.Sacl = sacl.cast_mut();
                whole.Control = with(whole.Control, SE_SACL_DEFAULTED, defaulted != 0);
            }
        })
    })
}
same_signature!(
    official::SetSecurityDescriptorSacl,
    SetSecurityDescriptorSacl,
    fn(_, _, _, _) -> _
);

/// `SetSecurityDescriptorControl`: sets and clears bits of a descriptor's control word that are about
/// inheritance, in either form of it.
///
/// `ERROR_INVALID_PARAMETER`: other bits, or a bit that is to be set and is not of interest.
/// `ERROR_UNKNOWN_REVISION`, `ERROR_INVALID_SECURITY_DESCR`: it is no descriptor.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-setsecuritydescriptorcontrol>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetSecurityDescriptorControl(
    descriptor: PSECURITY_DESCRIPTOR,
    of_interest: SECURITY_DESCRIPTOR_CONTROL,
    to_be_set: SECURITY_DESCRIPTOR_CONTROL,
) -> BOOL {
    const SETTABLE: u16 = SE_DACL_AUTO_INHERIT_REQ
        | SE_SACL_AUTO_INHERIT_REQ
        | SE_DACL_AUTO_INHERITED
        | SE_SACL_AUTO_INHERITED
        | SE_DACL_PROTECTED
        | SE_SACL_PROTECTED;
    let set = || -> Result<()> {
        if of_interest & !SETTABLE != 0 || to_be_set & !of_interest != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: NULL or a descriptor, by the caller's contract.
        let control = unsafe { parts(descriptor) }?.control & !of_interest | to_be_set;
        // In both forms it is the third and fourth byte.
        // SAFETY: a descriptor that may be written, by the caller's contract.
        unsafe { store(descriptor.wrapping_byte_add(2).cast(), control) }
    };
    succeeds(set())
}
same_signature!(
    official::SetSecurityDescriptorControl,
    SetSecurityDescriptorControl,
    fn(_, _, _) -> _
);

/// Room that a caller has for a part: where, and how many bytes.
type Room = (*mut c_void, *mut u32);

/// The bytes of the parts of a descriptor: list, auditing list, owner, group.
///
/// # Safety
/// `parts` are those of a descriptor.
unsafe fn bytes_of(parts: &Parts) -> Result<[Vec<u8>; 4]> {
    let list = |present: u16, list: *mut ACL| -> Result<Vec<u8>> {
        if parts.control & present == 0 || list.is_null() {
            return Ok(Vec::new());
        }
        // SAFETY: a list that is there is one.
        Ok(unsafe { acl_bytes(list) }?.into_owned())
    };
    let sid = |sid: PSID| -> Result<Vec<u8>> {
        if sid.is_null() {
            return Ok(Vec::new());
        }
        // SAFETY: a part that is there is an identifier.
        Ok(unsafe { sid_bytes(sid) }?.into_owned())
    };
    Ok([
        list(SE_DACL_PRESENT, parts.dacl)?,
        list(SE_SACL_PRESENT, parts.sacl)?,
        sid(parts.owner)?,
        sid(parts.group)?,
    ])
}

/// `MakeAbsoluteSD`: copies a self-relative descriptor into a structure and four blocks.
///
/// `ERROR_INSUFFICIENT_BUFFER`: a block is too small; all sizes that are needed are stored.
/// `ERROR_BAD_DESCRIPTOR_FORMAT`: it is absolute. `ERROR_INVALID_SECURITY_DESCR`, `ERROR_UNKNOWN_REVISION`,
/// `ERROR_INVALID_ACL`, `ERROR_INVALID_SID`: it is none. `ERROR_NOACCESS`: a size is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-makeabsolutesd>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MakeAbsoluteSD(
    relative: PSECURITY_DESCRIPTOR,
    absolute: PSECURITY_DESCRIPTOR,
    absolute_size: *mut u32,
    dacl: *mut ACL,
    dacl_size: *mut u32,
    sacl: *mut ACL,
    sacl_size: *mut u32,
    owner: PSID,
    owner_size: *mut u32,
    group: PSID,
    group_size: *mut u32,
) -> BOOL {
    let rooms = [
        (dacl.cast(), dacl_size),
        (sacl.cast(), sacl_size),
        (owner, owner_size),
        (group, group_size),
    ];
    // SAFETY: the caller's contract.
    succeeds(unsafe { make_absolute(relative, (absolute, absolute_size), rooms) })
}
same_signature!(official::MakeAbsoluteSD, MakeAbsoluteSD, fn(_, _, _, _, _, _, _, _, _, _, _) -> _);

/// # Safety
/// As for [`MakeAbsoluteSD`].
unsafe fn make_absolute(
    relative: PSECURITY_DESCRIPTOR,
    whole: Room,
    rooms: [Room; 4],
) -> Result<()> {
    // SAFETY: NULL or a descriptor.
    let parts = unsafe { parts(relative) }?;
    if parts.control & SE_SELF_RELATIVE == 0 {
        return Err(Win32Error::BAD_DESCRIPTOR_FORMAT);
    }
    // SAFETY: the same.
    unsafe { security::descriptor(relative) }?;
    // SAFETY: its parts.
    let bytes = unsafe { bytes_of(&parts) }?;
    let needed = |room: usize| bytes.get(room).map_or(size_of::<SECURITY_DESCRIPTOR>(), Vec::len);
    let all = [rooms[0], rooms[1], rooms[2], rooms[3], whole];
    let mut fits = true;
    for (index, (block, size)) in all.into_iter().enumerate() {
        // SAFETY: NULL or readable, by the contract.
        let has = unsafe { load(size) }.ok_or(Win32Error::NOACCESS)?;
        let needs = needed(index);
        fits &= has as usize >= needs && (needs == 0 || !block.is_null());
    }
    if !fits {
        for (index, (_, size)) in all.into_iter().enumerate() {
            // Each at most 64 KiB.
            // SAFETY: not NULL, so writable by the contract.
            unsafe { store(size, needed(index) as u32) }?;
        }
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    let place = |index: usize| if bytes[index].is_empty() { null_mut() } else { rooms[index].0 };
    for (index, part) in bytes.iter().enumerate().filter(|(_, part)| !part.is_empty()) {
        // SAFETY: the block has room for them, and is none of the descriptor's.
        unsafe { part.as_ptr().copy_to_nonoverlapping(place(index).cast(), part.len()) };
    }
    let absolute = SECURITY_DESCRIPTOR {
        Revision: 1,
        Sbz1: 0,
        Control: parts.control & !SE_SELF_RELATIVE,
        Owner: place(2),
        Group: place(3),
        Sacl: place(1).cast(),
        Dacl: place(0).cast(),
    };
    // SAFETY: the block has room for it.
    unsafe { store(whole.0.cast(), absolute) }
}
