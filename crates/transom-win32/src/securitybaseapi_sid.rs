//! `securitybaseapi.h`: security identifiers.

use crate::abi::{load, or_else, same_signature, store, succeeds};
use crate::security::{sid, sid_bytes};
use crate::winbase_heap;
use std::ffi::c_void;
use transom_kernel::security::{Sid, WellKnown};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Security as official;
use windows_sys::Win32::Security::{PSID, SID_IDENTIFIER_AUTHORITY, WELL_KNOWN_SID_TYPE};
use windows_sys::core::BOOL;

/// Writes an identifier into a buffer that has room for it.
///
/// # Safety
/// `place` has room for `bytes`.
unsafe fn write(bytes: &[u8], place: PSID) {
    // SAFETY: the same contract.
    unsafe { bytes.as_ptr().copy_to_nonoverlapping(place.cast(), bytes.len()) };
}

fn authority_of(authority: SID_IDENTIFIER_AUTHORITY) -> u64 {
    authority.Value.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}

/// `AllocateAndInitializeSid`: makes an identifier of up to eight numbers, which
/// [`FreeSid`] gives back.
///
/// `ERROR_INVALID_SID`: more than eight numbers. `ERROR_NOACCESS`: a pointer is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-allocateandinitializesid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn AllocateAndInitializeSid(
    authority: *const SID_IDENTIFIER_AUTHORITY,
    count: u8,
    number_0: u32,
    number_1: u32,
    number_2: u32,
    number_3: u32,
    number_4: u32,
    number_5: u32,
    number_6: u32,
    number_7: u32,
    sid: *mut PSID,
) -> BOOL {
    let numbers = [number_0, number_1, number_2, number_3, number_4, number_5, number_6, number_7];
    let made = || {
        let numbers = numbers.get(..usize::from(count)).ok_or(Win32Error::INVALID_SID)?;
        // SAFETY: NULL or the caller's structure.
        let authority = unsafe { load(authority) }.ok_or(Win32Error::NOACCESS)?;
        let bytes = Sid::new(authority_of(authority), numbers)?.to_bytes();
        let block = winbase_heap::allocate(bytes.len(), false)?;
        // SAFETY: the block is new and has room for them.
        unsafe { write(&bytes, block) };
        // SAFETY: NULL or the caller's place.
        unsafe { store(sid, block) }.inspect_err(|_| {
            // SAFETY: nobody has got the block.
            unsafe { winbase_heap::LocalFree(block) };
        })
    };
    succeeds(made())
}
same_signature!(
    official::AllocateAndInitializeSid,
    AllocateAndInitializeSid,
    fn(_, _, _, _, _, _, _, _, _, _, _) -> _
);

/// `FreeSid`: gives an identifier of [`AllocateAndInitializeSid`] back; NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-freesid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FreeSid(sid: PSID) -> *mut c_void {
    // SAFETY: NULL or a block of ours that nobody uses any more, by the caller's contract.
    unsafe { winbase_heap::LocalFree(sid) }
}
same_signature!(official::FreeSid, FreeSid, fn(_) -> _);

/// `InitializeSid`: begins an identifier in a block that has room for so many numbers; the numbers
/// are written through [`GetSidSubAuthority`].
///
/// `ERROR_INVALID_PARAMETER`: more than fifteen numbers. `ERROR_NOACCESS`: a pointer is NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-initializesid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn InitializeSid(
    sid: PSID,
    authority: *const SID_IDENTIFIER_AUTHORITY,
    count: u8,
) -> BOOL {
    let made = || {
        if count > 15 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: NULL or the caller's structure.
        let authority = unsafe { load(authority) }.ok_or(Win32Error::NOACCESS)?;
        let value = authority.Value;
        let start = [1, count, value[0], value[1], value[2], value[3], value[4], value[5]];
        // SAFETY: NULL or the caller's block.
        unsafe { store(sid.cast::<[u8; 8]>(), start) }
    };
    succeeds(made())
}
same_signature!(official::InitializeSid, InitializeSid, fn(_, _, _) -> _);

/// `GetSidSubAuthority`: where a number of an identifier stands. Which numbers there are is not
/// looked at.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getsidsubauthority>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSidSubAuthority(sid: PSID, index: u32) -> *mut u32 {
    sid.wrapping_byte_add(8 + 4 * index as usize).cast()
}
same_signature!(official::GetSidSubAuthority, GetSidSubAuthority, fn(_, _) -> _);

/// `GetSidSubAuthorityCount`: where it stands how many numbers an identifier has.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getsidsubauthoritycount>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSidSubAuthorityCount(sid: PSID) -> *mut u8 {
    sid.wrapping_byte_add(1).cast()
}
same_signature!(official::GetSidSubAuthorityCount, GetSidSubAuthorityCount, fn(_) -> _);

/// `GetSidIdentifierAuthority`: where the authority of an identifier stands.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getsididentifierauthority>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSidIdentifierAuthority(
    sid: PSID,
) -> *mut SID_IDENTIFIER_AUTHORITY {
    sid.wrapping_byte_add(2).cast()
}
same_signature!(official::GetSidIdentifierAuthority, GetSidIdentifierAuthority, fn(_) -> _);

/// `GetSidLengthRequired`: how many bytes an identifier with so many numbers takes.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getsidlengthrequired>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetSidLengthRequired(count: u8) -> u32 {
    // At most 1028.
    Sid::length_with(count) as u32
}
same_signature!(official::GetSidLengthRequired, GetSidLengthRequired, fn(_) -> _);

/// `GetLengthSid`: how many bytes an identifier takes; 0 for what is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-getlengthsid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetLengthSid(sid: PSID) -> u32 {
    // SAFETY: NULL or an identifier, by the caller's contract.
    or_else(unsafe { sid_bytes(sid) }.map(|bytes| bytes.len() as u32), 0)
}
same_signature!(official::GetLengthSid, GetLengthSid, fn(_) -> _);

/// `IsValidSid`: whether something begins like an identifier.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-isvalidsid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsValidSid(sid: PSID) -> BOOL {
    // SAFETY: NULL or an identifier, by the caller's contract.
    i32::from(unsafe { sid_bytes(sid) }.is_ok())
}
same_signature!(official::IsValidSid, IsValidSid, fn(_) -> _);

/// `EqualSid`: whether two identifiers are the same.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-equalsid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn EqualSid(first: PSID, second: PSID) -> BOOL {
    // SAFETY: NULL or identifiers, by the caller's contract.
    let first = unsafe { sid(first) };
    // SAFETY: as above.
    let second = unsafe { sid(second) };
    let same = first.and_then(|first| Ok(first == second?));
    i32::from(or_else(same, false))
}
same_signature!(official::EqualSid, EqualSid, fn(_, _) -> _);

/// `CopySid`: copies an identifier.
///
/// `ERROR_INSUFFICIENT_BUFFER`: the buffer is too small. `ERROR_INVALID_SID`: it is none.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-copysid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CopySid(capacity: u32, place: PSID, source: PSID) -> BOOL {
    // SAFETY: NULL or an identifier, by the caller's contract.
    let bytes = unsafe { sid_bytes(source) };
    succeeds(bytes.and_then(|bytes| {
        if place.is_null() || (capacity as usize) < bytes.len() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        // SAFETY: the caller's buffer has room for them.
        unsafe { write(&bytes, place) };
        Ok(())
    }))
}
same_signature!(official::CopySid, CopySid, fn(_, _, _) -> _);

/// `CreateWellKnownSid`: an identifier that means the same on every machine; those of domains are
/// not known.
///
/// `ERROR_INSUFFICIENT_BUFFER`: the buffer is too small; the size that is needed is stored.
/// `ERROR_INVALID_PARAMETER`: an unknown one.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-createwellknownsid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CreateWellKnownSid(
    kind: WELL_KNOWN_SID_TYPE,
    _domain: PSID,
    sid: PSID,
    size: *mut u32,
) -> BOOL {
    let made = || -> Result<()> {
        // SAFETY: NULL or the caller's place.
        let capacity = unsafe { load(size) }.ok_or(Win32Error::INVALID_PARAMETER)?;
        let bytes = well_known(kind).ok_or(Win32Error::INVALID_PARAMETER)?.sid().to_bytes();
        // SAFETY: as above.
        unsafe { store(size, bytes.len() as u32) }?;
        if sid.is_null() || (capacity as usize) < bytes.len() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        // SAFETY: the caller's buffer has room for them.
        unsafe { write(&bytes, sid) };
        Ok(())
    };
    succeeds(made())
}
same_signature!(official::CreateWellKnownSid, CreateWellKnownSid, fn(_, _, _, _) -> _);

fn well_known(kind: WELL_KNOWN_SID_TYPE) -> Option<WellKnown> {
    WellKnown::ALL.into_iter().find(|known| known.number == kind)
}

/// `IsWellKnownSid`: whether an identifier is the well-known one.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-iswellknownsid>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn IsWellKnownSid(identifier: PSID, kind: WELL_KNOWN_SID_TYPE) -> BOOL {
    // SAFETY: NULL or an identifier, by the caller's contract.
    let found = unsafe { sid(identifier) }.ok().and_then(|sid| sid.well_known());
    i32::from(found.is_some_and(|found| found.number == kind))
}
same_signature!(official::IsWellKnownSid, IsWellKnownSid, fn(_, _) -> _);

#[cfg(test)]
mod tests {
    use super::{
        AllocateAndInitializeSid, CopySid, CreateWellKnownSid, EqualSid, FreeSid, GetLengthSid,
        IsValidSid, IsWellKnownSid, SID_IDENTIFIER_AUTHORITY,
    };
    use std::ptr::null_mut;
    use transom_kernel::last_error;
    use windows_sys::Win32::Security::WinWorldSid;

    #[test]
    fn everyone_is_made_in_two_ways() {
        let world = SID_IDENTIFIER_AUTHORITY { Value: [0, 0, 0, 0, 0, 1] };
        let mut made = null_mut();
        // SAFETY: pointers to live places.
        let result =
            unsafe { AllocateAndInitializeSid(&world, 9, 0, 0, 0, 0, 0, 0, 0, 0, &mut made) };
        assert_eq!((result, last_error::get()), (0, 1337));
        // SAFETY: as above.
        let result =
            unsafe { AllocateAndInitializeSid(&world, 1, 0, 0, 0, 0, 0, 0, 0, 0, &mut made) };
        assert_eq!(result, 1);
        let mut size = 0;
        // SAFETY: as above; there is no buffer.
        let result = unsafe { CreateWellKnownSid(WinWorldSid, null_mut(), null_mut(), &mut size) };
        assert_eq!((result, last_error::get(), size), (0, 122, 12));
        let mut buffer = [0_u32; 3];
        let known = buffer.as_mut_ptr().cast();
        // SAFETY: a buffer of twelve bytes.
        assert_eq!(unsafe { CreateWellKnownSid(WinWorldSid, null_mut(), known, &mut size) }, 1);
        // SAFETY: both are identifiers.
        assert_eq!(unsafe { EqualSid(made, known) }, 1);
        // SAFETY: as above.
        assert_eq!(unsafe { IsWellKnownSid(made, WinWorldSid) }, 1);
        // SAFETY: as above.
        assert_eq!(unsafe { GetLengthSid(made) }, 12);
        // SAFETY: the buffer has twelve bytes, of which four may be used.
        assert_eq!(unsafe { CopySid(4, known, made) }, 0);
        assert_eq!(last_error::get(), 122);
        // SAFETY: NULL is what is tried.
        assert_eq!(unsafe { IsValidSid(null_mut()) }, 0);
        // SAFETY: it is not used after this.
        assert!(unsafe { FreeSid(made) }.is_null());
    }
}
