//! `sddl.h`: security identifiers and descriptors as text. What they give is freed by
//! [`LocalFree`](crate::winbase_heap::LocalFree).

use crate::abi::{same_signature, store, store_optional, succeeds};
use crate::{security, strings, winbase_heap};
use std::borrow::Cow;
use transom_kernel::security::{Dacl, SecurityDescriptor, Sid};
use transom_kernel::{Result, Win32Error, text};
use windows_sys::Win32::Security::{
    Authorization as official, DACL_SECURITY_INFORMATION, GROUP_SECURITY_INFORMATION,
    OBJECT_SECURITY_INFORMATION, OWNER_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID,
};
use windows_sys::core::{BOOL, PCSTR, PCWSTR, PSTR, PWSTR};

/// `SDDL_REVISION_1`, the only one.
const REVISION: u32 = 1;

/// Some elements in a block of the local heap.
fn block_of<T: Copy>(elements: &[T]) -> Result<*mut T> {
    let block = winbase_heap::allocate(size_of_val(elements), false)?.cast::<T>();
    // SAFETY: the block is new, aligned for anything, and has room for these elements.
    unsafe { elements.as_ptr().copy_to_nonoverlapping(block, elements.len()) };
    Ok(block)
}

fn wide_block(string: &str) -> Result<PWSTR> {
    block_of(&string.encode_utf16().chain([0]).collect::<Vec<u16>>())
}

fn ansi_block(string: &str) -> Result<PSTR> {
    block_of(&[string.as_bytes(), &[0]].concat())
}

/// The text of a caller's string; `ERROR_INVALID_PARAMETER` for NULL.
fn text_of(string: Option<Cow<'_, [u16]>>) -> Result<String> {
    let units = string.ok_or(Win32Error::INVALID_PARAMETER)?;
    // What is no text is no identifier or descriptor either.
    Ok(String::from_utf8_lossy(&text::to_bytes(&units)).into_owned())
}

fn parse_sid(string: Result<Option<Cow<'_, [u16]>>>, place: *mut PSID) -> Result<()> {
    if place.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let sid = Sid::parse(&text_of(string?)?)?;
    // SAFETY: the caller's place, which is not NULL.
    unsafe { store(place, block_of(&sid.to_bytes())?.cast()) }
}

/// `ConvertStringSidToSid`: makes an identifier of its text, `S-1-5-32-544` or two letters.
///
/// `ERROR_INVALID_SID`: the text is none. `ERROR_INVALID_PARAMETER`: a pointer is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sddl/nf-sddl-convertstringsidtosidw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ConvertStringSidToSidW(string: PCWSTR, sid: *mut PSID) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    succeeds(parse_sid(unsafe { strings::wide(string) }, sid))
}
same_signature!(official::ConvertStringSidToSidW, ConvertStringSidToSidW, fn(_, _) -> _);

/// `ConvertStringSidToSidA`: as [`ConvertStringSidToSidW`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ConvertStringSidToSidA(string: PCSTR, sid: *mut PSID) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    succeeds(parse_sid(unsafe { strings::ansi(string) }, sid))
}
same_signature!(official::ConvertStringSidToSidA, ConvertStringSidToSidA, fn(_, _) -> _);

/// `ConvertSidToStringSid`: the text of an identifier.
///
/// `ERROR_INVALID_SID`: it is none. `ERROR_INVALID_PARAMETER`: the place is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sddl/nf-sddl-convertsidtostringsidw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ConvertSidToStringSidW(sid: PSID, string: *mut PWSTR) -> BOOL {
    if string.is_null() {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    }
    // SAFETY: NULL or an identifier, by the caller's contract.
    let text = unsafe { security::sid(sid) }.and_then(|sid| wide_block(&sid.to_string()));
    // SAFETY: the caller's place, which is not NULL.
    succeeds(text.and_then(|text| unsafe { store(string, text) }))
}
same_signature!(official::ConvertSidToStringSidW, ConvertSidToStringSidW, fn(_, _) -> _);

/// `ConvertSidToStringSidA`: as [`ConvertSidToStringSidW`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ConvertSidToStringSidA(sid: PSID, string: *mut PSTR) -> BOOL {
    if string.is_null() {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    }
    // SAFETY: NULL or an identifier, by the caller's contract.
    let text = unsafe { security::sid(sid) }.and_then(|sid| ansi_block(&sid.to_string()));
    // SAFETY: the caller's place, which is not NULL.
    succeeds(text.and_then(|text| unsafe { store(string, text) }))
}
same_signature!(official::ConvertSidToStringSidA, ConvertSidToStringSidA, fn(_, _) -> _);

/// # Safety
/// The places are NULL or writable.
unsafe fn parse_descriptor(
    string: Result<Option<Cow<'_, [u16]>>>,
    revision: u32,
    place: *mut PSECURITY_DESCRIPTOR,
    size: *mut u32,
) -> Result<()> {
    let string = string?;
    if string.is_none() || place.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if revision != REVISION {
        return Err(Win32Error::UNKNOWN_REVISION);
    }
    let bytes = SecurityDescriptor::from_sddl(&text_of(string)?)?.to_self_relative()?;
    // SAFETY: the caller's place.
    unsafe { store(place, block_of(&bytes)?.cast()) }?;
    // SAFETY: the caller's place, or NULL. A descriptor has less than 4 GiB.
    unsafe { store_optional(size, bytes.len() as u32) };
    Ok(())
}

/// `ConvertStringSecurityDescriptorToSecurityDescriptor`: makes a self-relative descriptor of its
/// text.
///
/// `ERROR_INVALID_PARAMETER`: a pointer is NULL, or the text does not begin like a part.
/// `ERROR_INVALID_ACL`, `ERROR_INVALID_SID`: a part is none. `ERROR_UNKNOWN_REVISION`: not revision 1.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sddl/nf-sddl-convertstringsecuritydescriptortosecuritydescriptorw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ConvertStringSecurityDescriptorToSecurityDescriptorW(
    string: PCWSTR,
    revision: u32,
    descriptor: *mut PSECURITY_DESCRIPTOR,
    size: *mut u32,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let string = unsafe { strings::wide(string) };
    // SAFETY: the caller's places.
    succeeds(unsafe { parse_descriptor(string, revision, descriptor, size) })
}
same_signature!(
    official::ConvertStringSecurityDescriptorToSecurityDescriptorW,
    ConvertStringSecurityDescriptorToSecurityDescriptorW,
    fn(_, _, _, _) -> _
);

/// `ConvertStringSecurityDescriptorToSecurityDescriptorA`: as
/// [`ConvertStringSecurityDescriptorToSecurityDescriptorW`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ConvertStringSecurityDescriptorToSecurityDescriptorA(
    string: PCSTR,
    revision: u32,
    descriptor: *mut PSECURITY_DESCRIPTOR,
    size: *mut u32,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let string = unsafe { strings::ansi(string) };
    // SAFETY: the caller's places.
    succeeds(unsafe { parse_descriptor(string, revision, descriptor, size) })
}
same_signature!(
    official::ConvertStringSecurityDescriptorToSecurityDescriptorA,
    ConvertStringSecurityDescriptorToSecurityDescriptorA,
    fn(_, _, _, _) -> _
);

/// The text of the parts of a descriptor that are asked for.
///
/// # Safety
/// `descriptor` is NULL or a descriptor.
unsafe fn print_descriptor(
    descriptor: PSECURITY_DESCRIPTOR,
    revision: u32,
    parts: OBJECT_SECURITY_INFORMATION,
) -> Result<String> {
    if revision != REVISION {
        return Err(Win32Error::UNKNOWN_REVISION);
    }
    // SAFETY: the same contract.
    let mut descriptor = unsafe { security::descriptor(descriptor) }?;
    if parts & OWNER_SECURITY_INFORMATION == 0 {
        descriptor.owner = None;
    }
    if parts & GROUP_SECURITY_INFORMATION == 0 {
        descriptor.group = None;
    }
    if parts & DACL_SECURITY_INFORMATION == 0 {
        descriptor.dacl = Dacl::Absent;
    }
    Ok(descriptor.to_sddl())
}

/// `ConvertSecurityDescriptorToStringSecurityDescriptor`: the text of a descriptor, without its
/// auditing list. The length is in characters, with the NUL.
///
/// `ERROR_UNKNOWN_REVISION`, `ERROR_INVALID_SECURITY_DESCR`, `ERROR_INVALID_ACL`,
/// `ERROR_INVALID_SID`: it, or a part of it, is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/sddl/nf-sddl-convertsecuritydescriptortostringsecuritydescriptorw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ConvertSecurityDescriptorToStringSecurityDescriptorW(
    descriptor: PSECURITY_DESCRIPTOR,
    revision: u32,
    parts: OBJECT_SECURITY_INFORMATION,
    string: *mut PWSTR,
    length: *mut u32,
) -> BOOL {
    if string.is_null() {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    }
    // SAFETY: the caller's contract.
    let text = unsafe { print_descriptor(descriptor, revision, parts) };
    succeeds(text.and_then(|text| {
        // SAFETY: the caller's place, which is not NULL.
        unsafe { store(string, wide_block(&text)?) }?;
        // SAFETY: the caller's place, or NULL. The text is ASCII.
        unsafe { store_optional(length, text.len() as u32 + 1) };
        Ok(())
    }))
}
same_signature!(
    official::ConvertSecurityDescriptorToStringSecurityDescriptorW,
    ConvertSecurityDescriptorToStringSecurityDescriptorW,
    fn(_, _, _, _, _) -> _
);

/// `ConvertSecurityDescriptorToStringSecurityDescriptorA`: as
/// [`ConvertSecurityDescriptorToStringSecurityDescriptorW`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ConvertSecurityDescriptorToStringSecurityDescriptorA(
    descriptor: PSECURITY_DESCRIPTOR,
    revision: u32,
    parts: OBJECT_SECURITY_INFORMATION,
    string: *mut PSTR,
    length: *mut u32,
) -> BOOL {
    if string.is_null() {
        return succeeds(Err(Win32Error::INVALID_PARAMETER));
    }
    // SAFETY: the caller's contract.
    let text = unsafe { print_descriptor(descriptor, revision, parts) };
    succeeds(text.and_then(|text| {
        // SAFETY: the caller's place, which is not NULL.
        unsafe { store(string, ansi_block(&text)?) }?;
        // SAFETY: the caller's place, or NULL.
        unsafe { store_optional(length, text.len() as u32 + 1) };
        Ok(())
    }))
}
same_signature!(
    official::ConvertSecurityDescriptorToStringSecurityDescriptorA,
    ConvertSecurityDescriptorToStringSecurityDescriptorA,
    fn(_, _, _, _, _) -> _
);
