//! Tokens, privileges and names of accounts.

use crate::{TRUE, UNKNOWN, alone, close, event, raw, wide, win32};
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER,
    ERROR_NO_SUCH_PRIVILEGE, ERROR_NO_TOKEN, ERROR_NONE_MAPPED, ERROR_NOT_ALL_ASSIGNED, HANDLE,
    LUID,
};
use windows_sys::Win32::Security::{
    AdjustTokenPrivileges, CheckTokenMembership, DuplicateTokenEx, GetLengthSid,
    GetTokenInformation, ImpersonateSelf, LUID_AND_ATTRIBUTES, LookupAccountNameW,
    LookupAccountSidW, LookupPrivilegeNameW, LookupPrivilegeValueA, LookupPrivilegeValueW,
    PRIVILEGE_SET, PrivilegeCheck, RevertToSelf, SE_PRIVILEGE_ENABLED, SecurityImpersonation,
    SidTypeUser, TOKEN_ADJUST_PRIVILEGES, TOKEN_DUPLICATE, TOKEN_PRIVILEGES, TOKEN_QUERY,
    TOKEN_USER, TokenImpersonation, TokenImpersonationLevel, TokenPrivileges, TokenSessionId,
    TokenStatistics, TokenType, TokenUser,
};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, GetCurrentThread, OpenProcessToken, OpenThreadToken,
};

fn own_token(access: u32) -> HANDLE {
    let mut token = null_mut();
    let (process, _) = win32!(GetCurrentProcess());
    assert_eq!(win32!(OpenProcessToken(process, access, &raw mut token)), TRUE);
    token
}

/// A buffer that structures with pointers can stand in.
#[repr(C, align(16))]
struct Room([u8; 4096]);

#[test]
fn a_token_tells_whose_it_is() {
    let _alone = alone();
    let token = own_token(TOKEN_QUERY);
    let mut room = Room([0; 4096]);
    let place = (&raw mut room).cast::<std::ffi::c_void>();
    let mut length = 0;
    let mut tell =
        |class, size| win32!(GetTokenInformation(token, class, place, size, &raw mut length));
    assert_eq!(tell(TokenUser, 0), (0, ERROR_INSUFFICIENT_BUFFER));
    assert_eq!(tell(TokenUser, 4096), TRUE);
    // SAFETY: the call has put it there.
    let user = unsafe { place.cast::<TOKEN_USER>().read() };
    let sid = user.User.Sid;
    assert!(win32!(GetLengthSid(sid)).0 >= 12);

    let (mut name, mut domain) = ([0_u16; 64], [0_u16; 64]);
    let (mut name_size, mut domain_size, mut kind) = (64, 64, 0);
    let look = win32!(LookupAccountSidW(
        null(),
        sid,
        name.as_mut_ptr(),
        &raw mut name_size,
        domain.as_mut_ptr(),
        &raw mut domain_size,
        &raw mut kind,
    ));
    assert_eq!((look, kind), (TRUE, SidTypeUser));
    let mut is_member = 0;
    assert_eq!(win32!(CheckTokenMembership(null_mut(), sid, &raw mut is_member)), TRUE);
    assert_eq!(is_member, 1);
    // And the way back.
    let (mut back, mut back_size) = ([0_u8; 68], 68);
    domain_size = 64;
    let look = win32!(LookupAccountNameW(
        null(),
        name.as_ptr(),
        back.as_mut_ptr().cast(),
        &raw mut back_size,
        domain.as_mut_ptr(),
        &raw mut domain_size,
        &raw mut kind,
    ));
    assert_eq!(look, TRUE);
    // SAFETY: the identifier is as long as it says.
    let original = unsafe { std::slice::from_raw_parts(sid.cast::<u8>(), back_size as usize) };
    assert_eq!(&back[..back_size as usize], original);
    name_size = 1;
    let short = win32!(LookupAccountSidW(
        null(),
        sid,
        name.as_mut_ptr(),
        &raw mut name_size,
        domain.as_mut_ptr(),
        &raw mut domain_size,
        &raw mut kind,
    ));
    assert_eq!(short, (0, ERROR_INSUFFICIENT_BUFFER));
    assert!(name_size > 1);
    let nobody = wide("no such user here");
    let none = win32!(LookupAccountNameW(
        null(),
        nobody.as_ptr(),
        back.as_mut_ptr().cast(),
        &raw mut back_size,
        domain.as_mut_ptr(),
        &raw mut domain_size,
        &raw mut kind,
    ));
    assert_eq!(none, (0, ERROR_NONE_MAPPED));

    let mut tell =
        |class, size| win32!(GetTokenInformation(token, class, place, size, &raw mut length));
    assert_eq!(tell(TokenSessionId, 4), TRUE);
    assert_eq!(tell(TokenStatistics, 56), TRUE);
    assert_eq!(tell(TokenImpersonationLevel, 4), (0, ERROR_INVALID_PARAMETER));
    assert_eq!(tell(9999, 4), (0, ERROR_INVALID_PARAMETER));
    let other = event();
    let no_token = win32!(GetTokenInformation(other, TokenUser, place, 0, null_mut()));
    assert_eq!(no_token, (0, ERROR_INVALID_HANDLE));
    let none = win32!(GetTokenInformation(raw(UNKNOWN), TokenUser, place, 0, null_mut()));
    assert_eq!(none, (0, ERROR_INVALID_HANDLE));
    close([token, other]);
}

#[test]
fn privileges_are_held_or_not() {
    let _alone = alone();
    let (mut usual, mut never) = (LUID::default(), LUID::default());
    let name = wide("SeChangeNotifyPrivilege");
    assert_eq!(win32!(LookupPrivilegeValueW(null(), name.as_ptr(), &raw mut usual)), TRUE);
    let token_name = c"SeCreateTokenPrivilege".as_ptr().cast();
    assert_eq!(win32!(LookupPrivilegeValueA(null(), token_name, &raw mut never)), TRUE);
    assert_eq!((usual.LowPart, never.LowPart), (23, 2));
    let none = wide("SeNothing");
    let unknown = win32!(LookupPrivilegeValueW(null(), none.as_ptr(), &raw mut never));
    assert_eq!(unknown, (0, ERROR_NO_SUCH_PRIVILEGE));
    let (mut buffer, mut size) = ([0_u16; 64], 64);
    let named =
        win32!(LookupPrivilegeNameW(null(), &raw const usual, buffer.as_mut_ptr(), &raw mut size));
    assert_eq!((named, &buffer[..size as usize]), (TRUE, &name[..name.len() - 1]));

    let token = own_token(TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES);
    let mut has = 7;
    let mut check = |luid| {
        let row = LUID_AND_ATTRIBUTES { Luid: luid, Attributes: 0 };
        let mut set = PRIVILEGE_SET { PrivilegeCount: 1, Control: 1, Privilege: [row] };
        assert_eq!(win32!(PrivilegeCheck(token, &raw mut set, &raw mut has)), TRUE);
        has
    };
    assert_eq!((check(usual), check(never)), (1, 0));
    let adjust = |luid, attributes, before: *mut TOKEN_PRIVILEGES, size| {
        let row = LUID_AND_ATTRIBUTES { Luid: luid, Attributes: attributes };
        let wanted = TOKEN_PRIVILEGES { PrivilegeCount: 1, Privileges: [row] };
        let mut length = 0;
        win32!(AdjustTokenPrivileges(token, 0, &raw const wanted, size, before, &raw mut length))
    };
    assert_eq!(adjust(never, SE_PRIVILEGE_ENABLED, null_mut(), 0), (1, ERROR_NOT_ALL_ASSIGNED));
    let mut before = TOKEN_PRIVILEGES::default();
    let place = &raw mut before;
    assert_eq!(adjust(usual, 0, place, 16), (1, 0));
    assert_eq!((before.PrivilegeCount, before.Privileges[0].Attributes & 2), (1, 2));
    assert_eq!(check(usual), 0);
    assert_eq!(adjust(usual, SE_PRIVILEGE_ENABLED, place, 3), (0, ERROR_INSUFFICIENT_BUFFER));
    assert_eq!(adjust(usual, SE_PRIVILEGE_ENABLED, null_mut(), 0), (1, 0));
    assert_eq!(check(usual), 1);
    let reader = own_token(TOKEN_QUERY);
    let refused = win32!(AdjustTokenPrivileges(reader, 1, null(), 0, null_mut(), null_mut()));
    assert_eq!(refused, (0, ERROR_ACCESS_DENIED));
    let mut room = Room([0; 4096]);
    let place = (&raw mut room).cast();
    let mut length = 0;
    let list = win32!(GetTokenInformation(reader, TokenPrivileges, place, 4096, &raw mut length));
    assert_eq!(list, TRUE);
    assert_eq!(
        length as usize,
        4 + u32::from_ne_bytes(*room.0.first_chunk().unwrap()) as usize * 12
    );
    close([token, reader]);
}

#[test]
fn a_thread_has_a_token_while_it_acts_with_one() {
    let _alone = alone();
    let (thread, _) = win32!(GetCurrentThread());
    let mut token = null_mut();
    let mut open = || win32!(OpenThreadToken(thread, TOKEN_QUERY, 0, &raw mut token));
    assert_eq!(open(), (0, ERROR_NO_TOKEN));
    assert_eq!(win32!(ImpersonateSelf(SecurityImpersonation)), TRUE);
    assert_eq!(open(), TRUE);
    let (mut kind, mut length) = (0, 0);
    let place = (&raw mut kind).cast();
    assert_eq!(win32!(GetTokenInformation(token, TokenType, place, 4, &raw mut length)), TRUE);
    assert_eq!(kind, TokenImpersonation);
    assert_eq!(win32!(RevertToSelf()), TRUE);
    let mut gone = null_mut();
    let none = win32!(OpenThreadToken(thread, TOKEN_QUERY, 0, &raw mut gone));
    assert_eq!(none, (0, ERROR_NO_TOKEN));
    let own = own_token(TOKEN_QUERY | TOKEN_DUPLICATE);
    let mut copy = null_mut();
    let level = SecurityImpersonation;
    let made = win32!(DuplicateTokenEx(own, 0, null(), level, TokenImpersonation, &raw mut copy));
    assert_eq!(made, TRUE);
    let refused =
        win32!(DuplicateTokenEx(token, 0, null(), level, TokenImpersonation, &raw mut gone));
    assert_eq!(refused, (0, ERROR_ACCESS_DENIED));
    let wrong = win32!(DuplicateTokenEx(own, 0, null(), level, 9, &raw mut gone));
    assert_eq!(wrong, (0, ERROR_INVALID_PARAMETER));
    close([token, own, copy]);
}

#[test]
fn lists_are_made_of_who_is_to_have_what() {
    use windows_sys::Win32::Foundation::{GENERIC_READ, LocalFree};
    use windows_sys::Win32::Security::Authorization::{
        BuildExplicitAccessWithNameW, DENY_ACCESS, EXPLICIT_ACCESS_W, GRANT_ACCESS,
        SET_AUDIT_SUCCESS, SetEntriesInAclW,
    };
    use windows_sys::Win32::Security::{ACCESS_ALLOWED_ACE, ACL, GetAce, IsValidAcl};
    let (everyone, root, nobody) = (wide("Everyone"), wide("root"), wide("no such user here"));
    let mut entries = [EXPLICIT_ACCESS_W::default(); 2];
    let [first, second] = entries.each_mut().map(std::ptr::from_mut);
    win32!(BuildExplicitAccessWithNameW(first, everyone.as_ptr(), GENERIC_READ, GRANT_ACCESS, 0));
    win32!(BuildExplicitAccessWithNameW(second, root.as_ptr(), 2, DENY_ACCESS, 0));
    let mut list: *mut ACL = null_mut();
    let place = &raw mut list;
    let make = |entries: &[EXPLICIT_ACCESS_W], old: *const ACL| {
        win32!(SetEntriesInAclW(entries.len() as u32, entries.as_ptr(), old, place))
    };
    assert_eq!(make(&entries, null()).0, 0);
    assert_eq!(win32!(IsValidAcl(list)).0, 1);
    let mut ace = null_mut();
    let kinds = [0, 1].map(|index| {
        assert_eq!(win32!(GetAce(list, index, &raw mut ace)).0, 1);
        // SAFETY: an entry of a valid list.
        let entry = unsafe { ace.cast::<ACCESS_ALLOWED_ACE>().read() };
        (entry.Header.AceType, entry.Mask)
    });
    // What denies comes first.
    assert_eq!(kinds, [(1, 2), (0, GENERIC_READ)]);
    assert!(win32!(LocalFree(list.cast())).0.is_null());
    win32!(BuildExplicitAccessWithNameW(first, nobody.as_ptr(), 1, GRANT_ACCESS, 0));
    assert_eq!(make(&entries, null()).0, ERROR_NONE_MAPPED);
    win32!(BuildExplicitAccessWithNameW(first, root.as_ptr(), 1, SET_AUDIT_SUCCESS, 0));
    assert_eq!(make(&entries, null()).0, 50);
    let without = win32!(SetEntriesInAclW(0, null(), null(), null_mut()));
    assert_eq!(without.0, ERROR_INVALID_PARAMETER);
}
