//! `aclapi.h`: what a list says, by entries and for somebody. These functions return the error and leave
//! the last error alone.

use crate::abi::{load, same_signature, store};
use crate::aclapi::{string_ansi, string_wide, trustee};
use crate::security;
use crate::winbase_heap::allocate;
use std::ffi::c_void;
use std::ptr::null_mut;
use transom_kernel::security::{Ace, AceKind, Acl, Sid, effective};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Foundation::WIN32_ERROR;
use windows_sys::Win32::Security::ACL;
use windows_sys::Win32::Security::Authorization::{
    self as official, DENY_ACCESS, EXPLICIT_ACCESS_A, EXPLICIT_ACCESS_W, GRANT_ACCESS,
    NO_MULTIPLE_TRUSTEE, TRUSTEE_A, TRUSTEE_FORM, TRUSTEE_IS_SID, TRUSTEE_IS_UNKNOWN, TRUSTEE_TYPE,
    TRUSTEE_W,
};

/// The list of the caller's; none for NULL.
///
/// # Safety
/// `acl` is NULL or a list.
unsafe fn list(acl: *const ACL) -> Result<Acl> {
    if acl.is_null() {
        return Ok(Acl::default());
    }
    // SAFETY: the same contract.
    Acl::from_bytes(&unsafe { security::acl_bytes(acl) }?)
}

/// Gives the entries of a list in one block, their identifiers behind them.
///
/// # Safety
/// `acl` is NULL or a list, the places are NULL or writable.
unsafe fn give<T>(
    acl: *const ACL,
    count: *mut u32,
    place: *mut *mut T,
    entry: impl Fn(&Ace, *mut c_void) -> T,
) -> Result<()> {
    // SAFETY: the same contract.
    let entries = unsafe { list(acl) }?.entries;
    let head = entries.len() * size_of::<T>();
    let length: usize = entries.iter().map(|ace| ace.sid.length()).sum();
    let block = if entries.is_empty() { null_mut() } else { allocate(head + length, false)? };
    let mut at = head;
    for (index, ace) in entries.iter().enumerate() {
        let sid = block.wrapping_byte_add(at);
        let bytes = ace.sid.to_bytes();
        // SAFETY: the block has room for all entries and identifiers.
        unsafe { bytes.as_ptr().copy_to_nonoverlapping(sid.cast(), bytes.len()) };
        // SAFETY: as above.
        unsafe { block.cast::<T>().wrapping_add(index).write_unaligned(entry(ace, sid)) };
        at += bytes.len();
    }
    // SAFETY: the caller's place.
    unsafe { store(count, entries.len() as u32) }?;
    // SAFETY: the caller's place.
    unsafe { store(place, block.cast()) }
}

fn code(result: Result<()>) -> WIN32_ERROR {
    match result {
        Err(Win32Error::NOACCESS) => Win32Error::INVALID_PARAMETER.code(),
        other => other.map_or_else(Win32Error::code, |()| 0),
    }
}

const fn mode(kind: AceKind) -> i32 {
    match kind {
        AceKind::Allow => GRANT_ACCESS,
        AceKind::Deny => DENY_ACCESS,
    }
}

macro_rules! explicit_entries {
    ($($name:ident = $entry:ident, $trustee:ident, $page:literal;)*) => {$(
        #[doc = concat!(
            "`", stringify!($name), "`: what a list allows and denies to whom, in one block for `LocalFree`; NULL for a \
             list without entries, and for none.\n\n",
            "Returns 0, or `ERROR_INVALID_ACL`: it is no list. `ERROR_INVALID_PARAMETER`: there is no place.\n\n",
            "Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-", $page, ">"
        )]
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $name(
            acl: *const ACL,
            count: *mut u32,
            place: *mut *mut $entry,
        ) -> WIN32_ERROR {
            let entry = |ace: &Ace, sid: *mut c_void| $entry {
                grfAccessPermissions: ace.mask,
                grfAccessMode: mode(ace.kind),
                grfInheritance: ace.flags.into(),
                Trustee: $trustee {
                    pMultipleTrustee: null_mut(),
                    MultipleTrusteeOperation: NO_MULTIPLE_TRUSTEE,
                    TrusteeForm: TRUSTEE_IS_SID,
                    TrusteeType: TRUSTEE_IS_UNKNOWN,
                    ptstrName: sid.cast(),
                },
            };
            // SAFETY: the caller's contract.
            code(unsafe { give(acl, count, place, entry) })
        }
        same_signature!(official::$name, $name, fn(_, _, _) -> _);
    )*};
}

explicit_entries! {
    GetExplicitEntriesFromAclW = EXPLICIT_ACCESS_W, TRUSTEE_W, "getexplicitentriesfromaclw";
    GetExplicitEntriesFromAclA = EXPLICIT_ACCESS_A, TRUSTEE_A, "getexplicitentriesfromacla";
}

/// # Safety
/// `acl` is NULL or a list, `mask` is NULL or writable.
unsafe fn rights(acl: *const ACL, who: Result<Sid>, mask: *mut u32) -> WIN32_ERROR {
    let tell = || {
        let who = who?;
        let granted = if acl.is_null() {
            u32::MAX
        } else {
            // SAFETY: the same contract.
            effective::rights(&unsafe { list(acl) }?, &who)
        };
        // SAFETY: the caller's place.
        unsafe { store(mask, granted) }
    };
    code(tell())
}

/// `GetEffectiveRightsFromAcl`: which rights a list gives somebody, by his name or identifier, with those of the groups he
/// is in. What owners have anyway is not among them. Without a list that is everything.
///
/// Returns 0, or `ERROR_INVALID_PARAMETER`, `ERROR_INVALID_SID`, `ERROR_INVALID_ACL`, `ERROR_NONE_MAPPED` for a name
/// that nobody has.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-geteffectiverightsfromaclw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetEffectiveRightsFromAclW(
    acl: *const ACL,
    who: *const TRUSTEE_W,
    mask: *mut u32,
) -> WIN32_ERROR {
    // SAFETY: NULL or readable, by the caller's contract.
    let sid = unsafe { load(who) }.ok_or(Win32Error::INVALID_PARAMETER).and_then(|who| {
        // SAFETY: NULL or a string, where it is used, by the caller's contract.
        let string = || unsafe { string_wide(who.ptstrName) };
        // SAFETY: as its form says, by the caller's contract.
        unsafe { trustee(who.TrusteeForm, who.ptstrName.cast(), string) }
    });
    // SAFETY: by the caller's contract.
    unsafe { rights(acl, sid, mask) }
}
same_signature!(official::GetEffectiveRightsFromAclW, GetEffectiveRightsFromAclW, fn(_, _, _) -> _);

/// `GetEffectiveRightsFromAclA`: as [`GetEffectiveRightsFromAclW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-geteffectiverightsfromacla>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetEffectiveRightsFromAclA(
    acl: *const ACL,
    who: *const TRUSTEE_A,
    mask: *mut u32,
) -> WIN32_ERROR {
    // SAFETY: NULL or readable, by the caller's contract.
    let sid = unsafe { load(who) }.ok_or(Win32Error::INVALID_PARAMETER).and_then(|who| {
        // SAFETY: NULL or a string, where it is used, by the caller's contract.
        let string = || unsafe { string_ansi(who.ptstrName) };
        // SAFETY: as its form says, by the caller's contract.
        unsafe { trustee(who.TrusteeForm, who.ptstrName.cast(), string) }
    });
    // SAFETY: by the caller's contract.
    unsafe { rights(acl, sid, mask) }
}
same_signature!(official::GetEffectiveRightsFromAclA, GetEffectiveRightsFromAclA, fn(_, _, _) -> _);

macro_rules! trustees {
    ($($name:ident($trustee:ident) -> $result:ty = $field:ident, $otherwise:expr, $what:literal, $page:literal;)*) => {$(
        #[doc = concat!(
            "`", stringify!($name), "`: ", $what, " of a structure that says who is meant.\n\n",
            "Reference: <https://learn.microsoft.com/windows/win32/api/aclapi/nf-aclapi-", $page, ">"
        )]
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $name(trustee: *const $trustee) -> $result {
            // SAFETY: NULL or readable, by the caller's contract.
            unsafe { load(trustee) }.map_or($otherwise, |trustee| trustee.$field)
        }
        same_signature!(official::$name, $name, fn(_) -> _);
    )*};
}

trustees! {
    GetTrusteeNameW(TRUSTEE_W) -> *mut u16 = ptstrName, null_mut(), "the name or identifier", "gettrusteenamew";
    GetTrusteeNameA(TRUSTEE_A) -> *mut u8 = ptstrName, null_mut(), "the name or identifier", "gettrusteenamea";
    GetTrusteeFormW(TRUSTEE_W) -> TRUSTEE_FORM = TrusteeForm, official::TRUSTEE_BAD_FORM, "the form", "gettrusteeformw";
    GetTrusteeFormA(TRUSTEE_A) -> TRUSTEE_FORM = TrusteeForm, official::TRUSTEE_BAD_FORM, "the form", "gettrusteeforma";
    GetTrusteeTypeW(TRUSTEE_W) -> TRUSTEE_TYPE = TrusteeType, TRUSTEE_IS_UNKNOWN, "the type", "gettrusteetypew";
    GetTrusteeTypeA(TRUSTEE_A) -> TRUSTEE_TYPE = TrusteeType, TRUSTEE_IS_UNKNOWN, "the type", "gettrusteetypea";
}
