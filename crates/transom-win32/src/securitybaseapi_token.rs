//! `securitybaseapi.h`, `processthreadsapi.h` and `winbase.h`: tokens, privileges, names of accounts.

use crate::abi::{
    Unit, ansi_string, asks_to_inherit, from_handle, load, same_signature, store, store_optional,
    store_string, succeeds, to_handle, wide_string,
};
use crate::security;
use std::borrow::Cow;
use std::ffi::c_void;
use std::sync::Arc;
use transom_kernel::handle::{Handle, HandleValue, PseudoHandle};
use transom_kernel::security::Sid;
use transom_kernel::security::names::{self, Name};
use transom_kernel::security::privileges::Privilege;
use transom_kernel::security::token::{self, Token};
use transom_kernel::thread::{current_thread_id, open as threads};
use transom_kernel::{Result, Win32Error, last_error};
use windows_sys::Win32::Foundation::{ERROR_NOT_ALL_ASSIGNED, HANDLE, LUID};
use windows_sys::Win32::Security::{
    self as official, LUID_AND_ATTRIBUTES, PRIVILEGE_SET, PSID, SECURITY_ATTRIBUTES,
    SECURITY_IMPERSONATION_LEVEL, SID_AND_ATTRIBUTES, SID_NAME_USE, TOKEN_ACCESS_MASK,
    TOKEN_ADJUST_PRIVILEGES, TOKEN_INFORMATION_CLASS, TOKEN_PRIVILEGES, TOKEN_QUERY,
    TOKEN_QUERY_SOURCE, TOKEN_STATISTICS, TOKEN_TYPE, TokenImpersonation, TokenPrimary,
};
use windows_sys::Win32::System::Threading as threading;
use windows_sys::core::BOOL;

/// Stores a new handle.
///
/// # Safety
/// `place` is NULL or writable.
unsafe fn give(handle: Result<HandleValue>, place: *mut HANDLE) -> BOOL {
    succeeds(handle.and_then(|handle| {
        // SAFETY: the same contract.
        unsafe { store(place, to_handle(handle)) }
    }))
}

/// `OpenProcessToken`: a handle to the token of a process.
///
/// # Errors
/// Those of [`token::open_of_process`]; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openprocesstoken>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenProcessToken(
    process: HANDLE,
    access: TOKEN_ACCESS_MASK,
    place: *mut HANDLE,
) -> BOOL {
    let opened = from_handle(process).and_then(|process| token::open_of_process(process, access));
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { give(opened, place) }
}
same_signature!(threading::OpenProcessToken, OpenProcessToken, fn(_, _, _) -> _);

/// `OpenThreadToken`: a handle to the token that the calling thread acts with.
///
/// # Errors
/// Those of [`token::open_of_this_thread`]: `ERROR_NO_TOKEN`; `ERROR_NOT_SUPPORTED` for another
/// thread.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openthreadtoken>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn OpenThreadToken(
    thread: HANDLE,
    access: TOKEN_ACCESS_MASK,
    _as_self: BOOL,
    place: *mut HANDLE,
) -> BOOL {
    let rights = threading::THREAD_QUERY_INFORMATION | threading::THREAD_QUERY_LIMITED_INFORMATION;
    let opened = from_handle(thread).and_then(|thread| {
        let is_own = thread == Handle::Pseudo(PseudoHandle::CurrentThread)
            || threads::thread_of(thread, rights)?.tid() == current_thread_id();
        if is_own { token::open_of_this_thread(access) } else { Err(Win32Error::NOT_SUPPORTED) }
    });
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { give(opened, place) }
}
same_signature!(threading::OpenThreadToken, OpenThreadToken, fn(_, _, _, _) -> _);

/// `SetThreadToken`: has a thread act with a token; with the process's again, if that is NULL. No thread,
/// or the calling one.
///
/// # Errors
/// Those of [`token::set_of_this_thread`]; `ERROR_NOT_SUPPORTED` for another thread.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setthreadtoken>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetThreadToken(thread: *const HANDLE, token: HANDLE) -> BOOL {
    let set = || {
        // SAFETY: NULL or readable, by the caller's contract.
        if let Some(thread) = unsafe { load(thread) } {
            let thread = from_handle(thread)?;
            let is_own = thread == Handle::Pseudo(PseudoHandle::CurrentThread)
                || threads::thread_of(thread, threading::THREAD_SET_THREAD_TOKEN)?.tid()
                    == current_thread_id();
            if !is_own {
                return Err(Win32Error::NOT_SUPPORTED);
            }
        }
        let token = (!token.is_null()).then(|| from_handle(token)).transpose()?;
        token::set_of_this_thread(token)
    };
    succeeds(set())
}
same_signature!(threading::SetThreadToken, SetThreadToken, fn(_, _) -> _);

/// `ImpersonateLoggedOnUser`: has the calling thread act with a token.
///
/// # Errors
/// Those of [`token::impersonate`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-impersonateloggedonuser>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ImpersonateLoggedOnUser(token: HANDLE) -> BOOL {
    succeeds(from_handle(token).and_then(token::impersonate))
}
same_signature!(official::ImpersonateLoggedOnUser, ImpersonateLoggedOnUser, fn(_) -> _);

const fn luid(number: u32) -> LUID {
    LUID { LowPart: number, HighPart: 0 }
}

const fn attributes_of(enabled: bool, is_usual: bool) -> u32 {
    let enabled = if enabled { official::SE_PRIVILEGE_ENABLED } else { 0 };
    let usual = if is_usual { official::SE_PRIVILEGE_ENABLED_BY_DEFAULT } else { 0 };
    enabled | usual
}

/// Bytes that are to be stored at a place, with pointers into themselves.
struct Bytes {
    place: usize,
    bytes: Vec<u8>,
}

impl Bytes {
    fn number(&mut self, number: u32) {
        self.bytes.extend(number.to_ne_bytes());
    }

    fn align(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
    }

    /// Identifiers with attributes, and then the identifiers themselves.
    fn identifiers(&mut self, list: &[(Sid, u32)]) {
        let mut next = self.place + self.bytes.len() + list.len() * size_of::<SID_AND_ATTRIBUTES>();
        for (sid, attributes) in list {
            self.bytes.extend(next.to_ne_bytes());
            self.bytes.extend(u64::from(*attributes).to_ne_bytes());
            next += sid.length().next_multiple_of(8);
        }
        for (sid, _) in list {
            self.bytes.extend(sid.to_bytes());
            self.align();
        }
    }
}

/// What a token tells.
fn information(token: &Token, class: TOKEN_INFORMATION_CLASS, place: usize) -> Result<Vec<u8>> {
    const MANDATORY: u32 = 0x7;
    const LABEL: u32 = 0x60;
    const LUID_OF_LOGON: LUID = luid(0x3E7);
    let mut out = Bytes { place, bytes: Vec::new() };
    let is_root = token.who().uid == 0;
    match class {
        official::TokenUser => out.identifiers(&[(token.user(), 0)]),
        official::TokenGroups => {
            let groups = token.groups();
            out.number(groups.len() as u32);
            out.align();
            let with = |sid| (sid, MANDATORY);
            out.identifiers(&groups.into_iter().map(with).collect::<Vec<_>>());
        }
        official::TokenPrivileges => {
            let privileges = token.privileges();
            out.number(privileges.len() as u32);
            for (privilege, enabled) in privileges {
                out.number(privilege.number);
                out.number(0);
                out.number(attributes_of(enabled, privilege.is_given_by(0)));
            }
        }
        official::TokenOwner | official::TokenPrimaryGroup => {
            let sid = if class == official::TokenOwner {
                token.user()
            } else {
                token.groups().into_iter().next().unwrap_or_else(Sid::everyone)
            };
            let next = out.place + size_of::<usize>();
            out.bytes.extend(next.to_ne_bytes());
            out.bytes.extend(sid.to_bytes());
        }
        official::TokenType => {
            let kind = if token.level().is_some() { TokenImpersonation } else { TokenPrimary };
            out.number(kind.cast_unsigned());
        }
        official::TokenImpersonationLevel => {
            let level = token.level().ok_or(Win32Error::INVALID_PARAMETER)?;
            out.number(level.cast_unsigned());
        }
        official::TokenStatistics => {
            let id = token.number();
            let id = LUID { LowPart: id as u32, HighPart: (id >> 32) as i32 };
            let statistics = TOKEN_STATISTICS {
                TokenId: id,
                AuthenticationId: LUID_OF_LOGON,
                ExpirationTime: i64::MAX,
                TokenType: if token.level().is_some() { TokenImpersonation } else { TokenPrimary },
                ImpersonationLevel: token.level().unwrap_or(0),
                DynamicCharged: 0,
                DynamicAvailable: 0,
                GroupCount: token.groups().len() as u32,
                PrivilegeCount: token.privileges().len() as u32,
                ModifiedId: id,
            };
            const SIZE: usize = size_of::<TOKEN_STATISTICS>();
            // SAFETY: numbers without gaps between them: 56 bytes, as is checked here.
            let bytes = unsafe { std::mem::transmute::<TOKEN_STATISTICS, [u8; SIZE]>(statistics) };
            const { assert!(SIZE == 56) };
            out.bytes.extend(bytes);
        }
        official::TokenSessionId => out.number(1),
        // Nobody has two tokens.
        official::TokenElevationType => out.number(1),
        official::TokenElevation => out.number(is_root.into()),
        official::TokenIntegrityLevel => {
            // System for root, medium for the others.
            let level = if is_root { 0x4000 } else { 0x2000 };
            out.identifiers(&[(Sid::new(16, &[level])?, LABEL)]);
        }
        _ => return Err(Win32Error::INVALID_PARAMETER),
    }
    Ok(out.bytes)
}

/// `GetTokenInformation`: tells of a token: its user, groups, privileges, owner, primary group, type,
/// level, statistics, session, elevation and integrity level. The session is 1; elevated is root.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`; `ERROR_INSUFFICIENT_BUFFER`: `length` says what is
/// needed; `ERROR_BAD_LENGTH` instead, for session and elevation; `ERROR_INVALID_PARAMETER`: another class.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-gettokeninformation>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetTokenInformation(
    handle: HANDLE,
    class: TOKEN_INFORMATION_CLASS,
    place: *mut c_void,
    size: u32,
    length: *mut u32,
) -> BOOL {
    let tell = || {
        let token = token::of(from_handle(handle)?, TOKEN_QUERY)?;
        let bytes = information(&token, class, place.expose_provenance())?;
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(length, bytes.len() as u32) }?;
        if (size as usize) < bytes.len() || place.is_null() {
            // Of these three the length must be right.
            let fixed =
                [official::TokenSessionId, official::TokenElevationType, official::TokenElevation];
            let is_fixed = fixed.contains(&class);
            let small = Win32Error::INSUFFICIENT_BUFFER;
            return Err(if is_fixed { Win32Error::BAD_LENGTH } else { small });
        }
        for (index, &byte) in bytes.iter().enumerate() {
            // SAFETY: there is so much room, by the caller's contract.
            unsafe { place.cast::<u8>().wrapping_add(index).write(byte) };
        }
        Ok(())
    };
    succeeds(tell())
}
same_signature!(official::GetTokenInformation, GetTokenInformation, fn(_, _, _, _, _) -> _);

/// Privileges with attributes that stand behind a count.
///
/// # Safety
/// `first` points to `count` readable elements.
unsafe fn listed(first: *const LUID_AND_ATTRIBUTES, count: u32) -> Vec<LUID_AND_ATTRIBUTES> {
    const MOST: u32 = 1 << 16;
    (0..count.min(MOST) as usize)
        // SAFETY: the same contract.
        .filter_map(|index| unsafe { load(first.wrapping_add(index)) })
        .collect()
}

/// `AdjustTokenPrivileges`: enables, disables or removes privileges of a token. What is held is a
/// matter of capabilities: enabling is only noted.
///
/// Success sets the last error to 0, or to `ERROR_NOT_ALL_ASSIGNED` if not all of them are held.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`; `ERROR_INVALID_PARAMETER`: there is no list;
/// `ERROR_INSUFFICIENT_BUFFER`: for what was changed, and then nothing is.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-adjusttokenprivileges>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn AdjustTokenPrivileges(
    handle: HANDLE,
    disable_all: BOOL,
    wanted: *const TOKEN_PRIVILEGES,
    size: u32,
    before: *mut TOKEN_PRIVILEGES,
    length: *mut u32,
) -> BOOL {
    const HEAD: usize = size_of::<u32>();
    const ROW: usize = size_of::<LUID_AND_ATTRIBUTES>();
    let adjust = || {
        let right = TOKEN_ADJUST_PRIVILEGES | if before.is_null() { 0 } else { TOKEN_QUERY };
        let token = token::of(from_handle(handle)?, right)?;
        let changes = if disable_all != 0 {
            None
        } else {
            // SAFETY: NULL or readable, by the caller's contract.
            let count =
                unsafe { load(wanted.cast::<u32>()) }.ok_or(Win32Error::INVALID_PARAMETER)?;
            // SAFETY: so many follow, by the caller's contract.
            let list = unsafe { listed(wanted.wrapping_byte_add(HEAD).cast(), count) };
            let number = |luid: LUID| if luid.HighPart == 0 { luid.LowPart } else { u32::MAX };
            Some(list.iter().map(|row| (number(row.Luid), row.Attributes)).collect::<Vec<_>>())
        };
        if !before.is_null() {
            let most = changes.as_ref().map_or_else(|| token.privileges().len(), Vec::len);
            let needed = HEAD + most * ROW;
            if (size as usize) < needed {
                // SAFETY: NULL or writable, by the caller's contract.
                unsafe { store(length, needed as u32) }?;
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
        }
        let (changed, all) = token.adjust(changes.as_deref());
        if !before.is_null() {
            // SAFETY: not NULL, so writable by the caller's contract.
            unsafe { store(before.cast::<u32>(), changed.len() as u32) }?;
            let first = before.wrapping_byte_add(HEAD).cast::<LUID_AND_ATTRIBUTES>();
            for (index, (privilege, enabled)) in changed.iter().enumerate() {
                let attributes = attributes_of(*enabled, privilege.is_given_by(0));
                let row =
                    LUID_AND_ATTRIBUTES { Luid: luid(privilege.number), Attributes: attributes };
                // SAFETY: there is so much room.
                unsafe { store(first.wrapping_add(index), row) }?;
            }
            // SAFETY: NULL or writable, by the caller's contract.
            unsafe { store_optional(length, (HEAD + changed.len() * ROW) as u32) };
        }
        last_error::set(if all { 0 } else { ERROR_NOT_ALL_ASSIGNED });
        Ok(())
    };
    succeeds(adjust())
}
same_signature!(official::AdjustTokenPrivileges, AdjustTokenPrivileges, fn(_, _, _, _, _, _) -> _);

/// `PrivilegeCheck`: whether a token has privileges enabled, all or one of them; marks those it has.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-privilegecheck>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn PrivilegeCheck(
    handle: HANDLE,
    required: *mut PRIVILEGE_SET,
    result: *mut BOOL,
) -> BOOL {
    const HEAD: usize = 2 * size_of::<u32>();
    const ALL_NECESSARY: u32 = 1;
    let check = || {
        let token = token::of(from_handle(handle)?, TOKEN_QUERY)?;
        // SAFETY: NULL or readable, by the caller's contract.
        let [count, control] =
            unsafe { load(required.cast::<[u32; 2]>()) }.ok_or(Win32Error::NOACCESS)?;
        let first = required.wrapping_byte_add(HEAD).cast::<LUID_AND_ATTRIBUTES>();
        // SAFETY: so many follow, by the caller's contract.
        let rows = unsafe { listed(first, count) };
        let held = token.privileges();
        let mut found = 0;
        for (index, row) in rows.iter().enumerate() {
            let is_it = |(privilege, enabled): &(Privilege, bool)| {
                *enabled && privilege.number == row.Luid.LowPart && row.Luid.HighPart == 0
            };
            if held.iter().any(is_it) {
                found += 1;
                let attributes = row.Attributes | official::SE_PRIVILEGE_USED_FOR_ACCESS;
                let marked = LUID_AND_ATTRIBUTES { Attributes: attributes, ..*row };
                // SAFETY: as above, and writable.
                unsafe { store(first.wrapping_add(index), marked) }?;
            }
        }
        let all = control & ALL_NECESSARY != 0;
        let has = if all { found == rows.len() } else { found > 0 };
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(result, has.into()) }
    };
    succeeds(check())
}
same_signature!(official::PrivilegeCheck, PrivilegeCheck, fn(_, _, _) -> _);

/// `CheckTokenMembership`: whether an identifier is that of a token's user or of one of its groups;
/// NULL is the token that the calling thread acts with.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`, `ERROR_INVALID_SID`; `ERROR_NOACCESS` for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-checktokenmembership>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CheckTokenMembership(
    handle: HANDLE,
    sid: PSID,
    result: *mut BOOL,
) -> BOOL {
    let check = || {
        let token: Arc<Token> = if handle.is_null() {
            token::acting()?
        } else {
            token::of(from_handle(handle)?, TOKEN_QUERY)?
        };
        // SAFETY: NULL or an identifier, by the caller's contract.
        let sid = unsafe { security::sid(sid) }?;
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(result, token.is_member(&sid).into()) }
    };
    succeeds(check())
}
same_signature!(official::CheckTokenMembership, CheckTokenMembership, fn(_, _, _) -> _);

/// `DuplicateToken`: a handle to a copy of a token to act with, which may be queried and used for that.
///
/// # Errors
/// Those of [`token::duplicate`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-duplicatetoken>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DuplicateToken(
    handle: HANDLE,
    level: SECURITY_IMPERSONATION_LEVEL,
    place: *mut HANDLE,
) -> BOOL {
    let access = TOKEN_QUERY | TOKEN_QUERY_SOURCE | official::TOKEN_IMPERSONATE;
    let copy = from_handle(handle)
        .and_then(|handle| token::duplicate(handle, Some(access), Some(level), false));
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { give(copy, place) }
}
same_signature!(official::DuplicateToken, DuplicateToken, fn(_, _, _) -> _);

/// `DuplicateTokenEx`: a handle to a copy of a token, with this access (0 is the same).
///
/// # Errors
/// Those of [`token::duplicate`]; `ERROR_INVALID_PARAMETER`: there is no such type.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-duplicatetokenex>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DuplicateTokenEx(
    handle: HANDLE,
    access: TOKEN_ACCESS_MASK,
    attributes: *const SECURITY_ATTRIBUTES,
    level: SECURITY_IMPERSONATION_LEVEL,
    kind: TOKEN_TYPE,
    place: *mut HANDLE,
) -> BOOL {
    // SAFETY: NULL or readable, by the caller's contract.
    let inherit = unsafe { asks_to_inherit(attributes) };
    let copy = from_handle(handle).and_then(|handle| {
        let level = match kind {
            official::TokenPrimary => None,
            official::TokenImpersonation => Some(level),
            _ => return Err(Win32Error::INVALID_PARAMETER),
        };
        token::duplicate(handle, (access != 0).then_some(access), level, inherit)
    });
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { give(copy, place) }
}
same_signature!(official::DuplicateTokenEx, DuplicateTokenEx, fn(_, _, _, _, _, _) -> _);

/// `ImpersonateSelf`: has the calling thread act with a copy of the process's token.
///
/// # Errors
/// Those of [`token::impersonate_self`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-impersonateself>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn ImpersonateSelf(level: SECURITY_IMPERSONATION_LEVEL) -> BOOL {
    succeeds(token::impersonate_self(level))
}
same_signature!(official::ImpersonateSelf, ImpersonateSelf, fn(_) -> _);

/// `RevertToSelf`: has the calling thread act with the process's token again, and as its user.
///
/// # Errors
/// `ERROR_ACCESS_DENIED`: Linux does not let the thread become that user again.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-reverttoself>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn RevertToSelf() -> BOOL {
    succeeds(transom_kernel::pipe::named::revert())
}
same_signature!(official::RevertToSelf, RevertToSelf, fn() -> _);

/// Gives a string, or with too little room only how much is needed, the NUL included.
///
/// # Safety
/// `buffer` is NULL or points to so many elements as `size` says, `size` to a number.
unsafe fn give_name<T: Unit>(name: &[u16], buffer: *mut T, size: *mut u32) -> Result<bool> {
    // SAFETY: the same contract.
    let room = unsafe { load(size) }.ok_or(Win32Error::INVALID_PARAMETER)?;
    let name = T::encode(name);
    // SAFETY: the same contract.
    let length = unsafe { store_string(&name, buffer, room) };
    // SAFETY: the same contract.
    unsafe { store(size, length) }?;
    Ok(length as usize == name.len())
}

/// Only this machine can be asked.
fn this_machine(name: Option<Cow<'_, [u16]>>) -> Result<()> {
    if name.is_none_or(|name| name.is_empty()) { Ok(()) } else { Err(Win32Error::NOT_SUPPORTED) }
}

/// # Safety
/// `sid` is NULL or points to an identifier, the buffers are as for [`give_name`], and `kind` is NULL or
/// writable.
unsafe fn look_up_sid<T: Unit>(
    system: Option<Cow<'_, [u16]>>,
    sid: PSID,
    (name, name_size): (*mut T, *mut u32),
    (domain, domain_size): (*mut T, *mut u32),
    kind: *mut SID_NAME_USE,
) -> Result<()> {
    this_machine(system)?;
    // SAFETY: the same contract.
    let sid = unsafe { security::sid(sid) }?;
    let found: Name = names::name_of(&sid).ok_or(Win32Error::NONE_MAPPED)?;
    // SAFETY: the same contract.
    let name_fits = unsafe { give_name(&found.name, name, name_size) }?;
    // SAFETY: the same contract.
    let domain_fits = unsafe { give_name(&found.domain, domain, domain_size) }?;
    if !name_fits || !domain_fits {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    // SAFETY: the same contract.
    unsafe { store(kind, found.kind as SID_NAME_USE) }
}

/// `LookupAccountSid`: the name of an identifier, what knows it, and what it is of.
///
/// # Errors
/// `ERROR_NONE_MAPPED`: it has no name. `ERROR_INSUFFICIENT_BUFFER`: the sizes say what is needed.
/// `ERROR_INVALID_SID`. `ERROR_NOT_SUPPORTED`: another machine is to be asked.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lookupaccountsidw>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LookupAccountSidW(
    system: *const u16,
    sid: PSID,
    name: *mut u16,
    name_size: *mut u32,
    domain: *mut u16,
    domain_size: *mut u32,
    kind: *mut SID_NAME_USE,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let system = unsafe { wide_name(system) };
    // SAFETY: by the caller's contract.
    succeeds(unsafe { look_up_sid(system, sid, (name, name_size), (domain, domain_size), kind) })
}
same_signature!(official::LookupAccountSidW, LookupAccountSidW, fn(_, _, _, _, _, _, _) -> _);

/// `LookupAccountSidA`: as [`LookupAccountSidW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lookupaccountsida>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LookupAccountSidA(
    system: *const u8,
    sid: PSID,
    name: *mut u8,
    name_size: *mut u32,
    domain: *mut u8,
    domain_size: *mut u32,
    kind: *mut SID_NAME_USE,
) -> BOOL {
    // SAFETY: NULL or a string, by the caller's contract.
    let system = unsafe { ansi_name(system) };
    // SAFETY: by the caller's contract.
    succeeds(unsafe { look_up_sid(system, sid, (name, name_size), (domain, domain_size), kind) })
}
same_signature!(official::LookupAccountSidA, LookupAccountSidA, fn(_, _, _, _, _, _, _) -> _);

/// # Safety
/// As for [`wide_string`].
unsafe fn wide_name<'a>(name: *const u16) -> Option<Cow<'a, [u16]>> {
    // SAFETY: the same contract.
    unsafe { wide_string(name) }
}

/// # Safety
/// As for [`ansi_string`].
unsafe fn ansi_name<'a>(name: *const u8) -> Option<Cow<'a, [u16]>> {
    // SAFETY: the same contract.
    unsafe { ansi_string(name) }.map(Cow::Owned)
}

/// # Safety
/// `sid` is NULL or points to so many bytes as `sid_size` says, which is NULL or points to a number; the
/// buffer is as for [`give_name`], and `kind` is NULL or writable.
unsafe fn look_up_name<T: Unit>(
    account: Result<Option<Cow<'_, [u16]>>>,
    (sid, sid_size): (PSID, *mut u32),
    (domain, domain_size): (*mut T, *mut u32),
    kind: *mut SID_NAME_USE,
) -> Result<()> {
    let account = account?.ok_or(Win32Error::INVALID_PARAMETER)?;
    let (found, name) = names::of_name(&account).ok_or(Win32Error::NONE_MAPPED)?;
    let bytes = found.to_bytes();
    // SAFETY: the same contract.
    let room = unsafe { load(sid_size) }.ok_or(Win32Error::INVALID_PARAMETER)?;
    // SAFETY: not NULL, so writable by the same contract.
    unsafe { store(sid_size, bytes.len() as u32) }?;
    // SAFETY: the same contract.
    let domain_fits = unsafe { give_name(&name.domain, domain, domain_size) }?;
    if (room as usize) < bytes.len() || sid.is_null() || !domain_fits {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    for (index, &byte) in bytes.iter().enumerate() {
        // SAFETY: there is so much room, by the same contract.
        unsafe { sid.cast::<u8>().wrapping_add(index).write(byte) };
    }
    // SAFETY: the same contract.
    unsafe { store(kind, name.kind as SID_NAME_USE) }
}

/// `LookupAccountName`: the identifier of a name, what knows it, and what it is of.
///
/// # Errors
/// As for [`LookupAccountSidW`].
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lookupaccountnamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LookupAccountNameW(
    system: *const u16,
    account: *const u16,
    sid: PSID,
    sid_size: *mut u32,
    domain: *mut u16,
    domain_size: *mut u32,
    kind: *mut SID_NAME_USE,
) -> BOOL {
    // SAFETY: NULL or strings, by the caller's contract.
    let [system, account] = [system, account].map(|name| unsafe { wide_name(name) });
    let named = this_machine(system).map(|()| account);
    // SAFETY: by the caller's contract.
    succeeds(unsafe { look_up_name(named, (sid, sid_size), (domain, domain_size), kind) })
}
same_signature!(official::LookupAccountNameW, LookupAccountNameW, fn(_, _, _, _, _, _, _) -> _);

/// `LookupAccountNameA`: as [`LookupAccountNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lookupaccountnamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LookupAccountNameA(
    system: *const u8,
    account: *const u8,
    sid: PSID,
    sid_size: *mut u32,
    domain: *mut u8,
    domain_size: *mut u32,
    kind: *mut SID_NAME_USE,
) -> BOOL {
    // SAFETY: NULL or strings, by the caller's contract.
    let [system, account] = [system, account].map(|name| unsafe { ansi_name(name) });
    let named = this_machine(system).map(|()| account);
    // SAFETY: by the caller's contract.
    succeeds(unsafe { look_up_name(named, (sid, sid_size), (domain, domain_size), kind) })
}
same_signature!(official::LookupAccountNameA, LookupAccountNameA, fn(_, _, _, _, _, _, _) -> _);

/// `LookupPrivilegeValue`: the number of a privilege.
///
/// # Errors
/// `ERROR_NO_SUCH_PRIVILEGE`; `ERROR_NOT_SUPPORTED`: another machine is to be asked; `ERROR_NOACCESS`
/// for NULL.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lookupprivilegevaluew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LookupPrivilegeValueW(
    system: *const u16,
    name: *const u16,
    place: *mut LUID,
) -> BOOL {
    let look = || {
        // SAFETY: NULL or a string, by the caller's contract.
        this_machine(unsafe { wide_name(system) })?;
        // SAFETY: NULL or a string, by the caller's contract.
        let name = unsafe { wide_name(name) }.unwrap_or_default();
        let privilege = Privilege::by_name(&String::from_utf16_lossy(&name));
        let privilege = privilege.ok_or(Win32Error::NO_SUCH_PRIVILEGE)?;
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(place, luid(privilege.number)) }
    };
    succeeds(look())
}
same_signature!(official::LookupPrivilegeValueW, LookupPrivilegeValueW, fn(_, _, _) -> _);

/// `LookupPrivilegeValueA`: as [`LookupPrivilegeValueW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lookupprivilegevaluea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LookupPrivilegeValueA(
    system: *const u8,
    name: *const u8,
    place: *mut LUID,
) -> BOOL {
    let look = || {
        // SAFETY: NULL or a string, by the caller's contract.
        this_machine(unsafe { ansi_name(system) })?;
        // SAFETY: NULL or a string, by the caller's contract.
        let name = unsafe { ansi_name(name) }.unwrap_or_default();
        let privilege = Privilege::by_name(&String::from_utf16_lossy(&name));
        let privilege = privilege.ok_or(Win32Error::NO_SUCH_PRIVILEGE)?;
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { store(place, luid(privilege.number)) }
    };
    succeeds(look())
}
same_signature!(official::LookupPrivilegeValueA, LookupPrivilegeValueA, fn(_, _, _) -> _);

/// `LookupPrivilegeName`: the name of a privilege.
///
/// # Errors
/// `ERROR_NO_SUCH_PRIVILEGE`; `ERROR_INSUFFICIENT_BUFFER`: `size` says what is needed;
/// `ERROR_NOT_SUPPORTED`: another machine is to be asked.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lookupprivilegenamew>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LookupPrivilegeNameW(
    system: *const u16,
    number: *const LUID,
    name: *mut u16,
    size: *mut u32,
) -> BOOL {
    let look = || {
        // SAFETY: NULL or a string, by the caller's contract.
        this_machine(unsafe { wide_name(system) })?;
        // SAFETY: NULL or readable, by the caller's contract.
        let number = unsafe { load(number) }.filter(|luid| luid.HighPart == 0);
        let privilege = number.and_then(|luid| Privilege::by_number(luid.LowPart));
        let privilege = privilege.ok_or(Win32Error::NO_SUCH_PRIVILEGE)?;
        let text: Vec<u16> = privilege.name.encode_utf16().collect();
        // SAFETY: by the caller's contract.
        if unsafe { give_name(&text, name, size) }? {
            Ok(())
        } else {
            Err(Win32Error::INSUFFICIENT_BUFFER)
        }
    };
    succeeds(look())
}
same_signature!(official::LookupPrivilegeNameW, LookupPrivilegeNameW, fn(_, _, _, _) -> _);

/// `LookupPrivilegeNameA`: as [`LookupPrivilegeNameW`], in UTF-8.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-lookupprivilegenamea>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LookupPrivilegeNameA(
    system: *const u8,
    number: *const LUID,
    name: *mut u8,
    size: *mut u32,
) -> BOOL {
    let look = || {
        // SAFETY: NULL or a string, by the caller's contract.
        this_machine(unsafe { ansi_name(system) })?;
        // SAFETY: NULL or readable, by the caller's contract.
        let number = unsafe { load(number) }.filter(|luid| luid.HighPart == 0);
        let privilege = number.and_then(|luid| Privilege::by_number(luid.LowPart));
        let privilege = privilege.ok_or(Win32Error::NO_SUCH_PRIVILEGE)?;
        let text: Vec<u16> = privilege.name.encode_utf16().collect();
        // SAFETY: by the caller's contract.
        if unsafe { give_name(&text, name, size) }? {
            Ok(())
        } else {
            Err(Win32Error::INSUFFICIENT_BUFFER)
        }
    };
    succeeds(look())
}
same_signature!(official::LookupPrivilegeNameA, LookupPrivilegeNameA, fn(_, _, _, _) -> _);
