//! Security descriptors, lists and their text, as a program makes them.
#![expect(
    clippy::undocumented_unsafe_blocks,
    reason = "every call is passed structures and buffers of the test that makes it"
)]

use std::ffi::{CStr, CString};
use std::ptr::{null_mut, without_provenance_mut};
use transom_kernel::last_error;
use transom_win32::aclapi_effective::{GetEffectiveRightsFromAclA, GetExplicitEntriesFromAclA};
use transom_win32::sddl::{
    ConvertSecurityDescriptorToStringSecurityDescriptorA, ConvertSidToStringSidA,
    ConvertStringSecurityDescriptorToSecurityDescriptorA, ConvertStringSidToSidA,
};
use transom_win32::securitybaseapi::{
    AddAccessAllowedAce, AddAccessDeniedAce, DeleteAce, GetAce, GetAclInformation,
    GetSecurityDescriptorControl, GetSecurityDescriptorDacl, GetSecurityDescriptorLength,
    InitializeAcl, InitializeSecurityDescriptor, IsValidAcl, IsValidSecurityDescriptor,
    MakeSelfRelativeSD, SetSecurityDescriptorDacl, SetSecurityDescriptorOwner,
};
use transom_win32::winbase_heap::LocalFree;
use windows_sys::Win32::Foundation::GENERIC_ALL;
use windows_sys::Win32::Security::Authorization::DENY_ACCESS;
use windows_sys::Win32::Security::{
    ACL, ACL_SIZE_INFORMATION, AclSizeInformation, PSECURITY_DESCRIPTOR, PSID, SECURITY_DESCRIPTOR,
};

/// Result and last error.
fn tried(call: impl FnOnce() -> i32) -> (i32, u32) {
    last_error::set(0);
    let result = call();
    (result, last_error::get())
}

fn sid(text: &str) -> PSID {
    let text = CString::new(text).unwrap();
    let mut sid = null_mut();
    // SAFETY: a string and a place.
    assert_eq!(unsafe { ConvertStringSidToSidA(text.as_ptr().cast(), &mut sid) }, 1);
    sid
}

fn free<T>(block: *mut T) {
    // SAFETY: a block that a function of sddl.h gave, and that is not used any more.
    unsafe { LocalFree(block.cast()) };
}

fn sddl(descriptor: PSECURITY_DESCRIPTOR) -> String {
    let (mut text, mut length) = (null_mut(), 0);
    // SAFETY: a descriptor and two places.
    let result = unsafe {
        ConvertSecurityDescriptorToStringSecurityDescriptorA(
            descriptor,
            1,
            7,
            &mut text,
            &mut length,
        )
    };
    assert_eq!(result, 1, "{}", last_error::get());
    // SAFETY: the text ends with a NUL.
    let string = unsafe { CStr::from_ptr(text.cast()) }.to_str().unwrap().to_owned();
    assert_eq!(length as usize, string.len() + 1);
    free(text);
    string
}

#[test]
fn a_descriptor_is_built_part_by_part() {
    let mut descriptor = SECURITY_DESCRIPTOR::default();
    let place: PSECURITY_DESCRIPTOR = (&raw mut descriptor).cast();
    // SAFETY, here and below: the structures and buffers live to the end of the test.
    assert_eq!(tried(|| unsafe { InitializeSecurityDescriptor(place, 2) }), (0, 1305));
    assert_eq!(tried(|| unsafe { InitializeSecurityDescriptor(place, 1) }), (1, 0));
    let (mut present, mut list, mut default) = (7, null_mut(), 7);
    let get = |present: &mut i32, list: &mut *mut ACL, default: &mut i32| {
        tried(|| unsafe { GetSecurityDescriptorDacl(place, present, list, default) })
    };
    assert_eq!(get(&mut present, &mut list, &mut default), (1, 0));
    assert_eq!((present, default), (0, 7));

    let mut block = [0_u32; 20];
    let acl: *mut ACL = block.as_mut_ptr().cast();
    assert_eq!(tried(|| unsafe { InitializeAcl(acl, 4, 2) }), (0, 122));
    assert_eq!(tried(|| unsafe { InitializeAcl(acl, 80, 1) }), (0, 87));
    assert_eq!(tried(|| unsafe { InitializeAcl(acl, 65536, 2) }), (0, 87));
    assert_eq!(tried(|| unsafe { InitializeAcl(acl, 50, 2) }), (1, 0));
    let everyone = sid("S-1-1-0");
    let user = sid("S-1-22-1-1000");
    assert_eq!(tried(|| unsafe { AddAccessDeniedAce(acl, 2, 2, everyone) }), (1, 0));
    assert_eq!(tried(|| unsafe { AddAccessAllowedAce(acl, 5, 2, everyone) }), (0, 1306));
    assert_eq!(tried(|| unsafe { AddAccessAllowedAce(acl, 2, 2, null_mut()) }), (0, 1337));
    assert_eq!(tried(|| unsafe { AddAccessAllowedAce(acl, 2, GENERIC_ALL, everyone) }), (1, 0));
    assert_eq!(tried(|| unsafe { AddAccessAllowedAce(acl, 2, GENERIC_ALL, user) }), (0, 1344));
    assert_eq!(tried(|| unsafe { IsValidAcl(acl) }), (1, 0));
    let mut size = ACL_SIZE_INFORMATION::default();
    let information = |size: &mut ACL_SIZE_INFORMATION, length| {
        let place = std::ptr::from_mut(size).cast();
        tried(|| unsafe { GetAclInformation(acl, place, length, AclSizeInformation) })
    };
    assert_eq!(information(&mut size, 4), (0, 87));
    assert_eq!(information(&mut size, 12), (1, 0));
    assert_eq!((size.AceCount, size.AclBytesInUse, size.AclBytesFree), (2, 48, 2));
    let mut entry = null_mut();
    assert_eq!(tried(|| unsafe { GetAce(acl, 2, &mut entry) }), (0, 87));
    assert_eq!(tried(|| unsafe { GetAce(acl, 1, &mut entry) }), (1, 0));
    assert_eq!(entry.addr() - acl.addr(), 28);

    assert_eq!(tried(|| unsafe { SetSecurityDescriptorDacl(place, 1, acl, 0) }), (1, 0));
    assert_eq!(tried(|| unsafe { SetSecurityDescriptorOwner(place, user, 0) }), (1, 0));
    assert_eq!(sddl(place), "O:S-1-22-1-1000D:(D;;DC;;;WD)(A;;GA;;;WD)");
    assert_eq!(unsafe { GetSecurityDescriptorLength(place) }, 40 + 16 + 50);
    assert_eq!(tried(|| unsafe { DeleteAce(acl, 5) }), (0, 87));
    assert_eq!(tried(|| unsafe { DeleteAce(acl, 0) }), (1, 0));
    assert_eq!(sddl(place), "O:S-1-22-1-1000D:(A;;GA;;;WD)");

    let mut length = 0;
    let make = |to: PSECURITY_DESCRIPTOR, length: &mut u32| {
        tried(|| unsafe { MakeSelfRelativeSD(place, to, length) })
    };
    assert_eq!(make(null_mut(), &mut length), (0, 122));
    let mut relative = [0_u32; 32];
    let relative: PSECURITY_DESCRIPTOR = relative.as_mut_ptr().cast();
    assert_eq!(make(relative, &mut length), (1, 0));
    assert_eq!(sddl(relative), sddl(place));
    assert_eq!(
        tried(|| unsafe { SetSecurityDescriptorDacl(relative, 1, null_mut(), 0) }),
        (0, 1338)
    );
    let (mut control, mut revision) = (0, 0);
    let got =
        tried(|| unsafe { GetSecurityDescriptorControl(relative, &mut control, &mut revision) });
    assert_eq!((got, control, revision), ((1, 0), 0x8004, 1));
    assert_eq!(unsafe { IsValidSecurityDescriptor(relative) }, 1);

    // A list that is present and NULL.
    assert_eq!(tried(|| unsafe { SetSecurityDescriptorDacl(place, 1, null_mut(), 0) }), (1, 0));
    assert_eq!(get(&mut present, &mut list, &mut default), (1, 0));
    assert_eq!((present, list.is_null(), default), (1, true, 0));
    free(everyone);
    free(user);
}

#[test]
fn text_becomes_what_windows_makes_of_it() {
    let convert = |text: &str, revision: u32| {
        let text = CString::new(text).unwrap();
        let (mut descriptor, mut size) = (null_mut(), 0);
        // SAFETY: a string and two places.
        let got = tried(|| unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorA(
                text.as_ptr().cast(),
                revision,
                &mut descriptor,
                &mut size,
            )
        });
        let back = (got.0 == 1).then(|| sddl(descriptor));
        free(descriptor);
        (got.1, size, back)
    };
    assert_eq!(convert("D:(A;;GA;;;WD)", 1), (0, 48, Some("D:(A;;GA;;;WD)".into())));
    assert_eq!(convert("", 1), (0, 20, Some(String::new())));
    assert_eq!(
        convert("O:BAG:SYD:(D;;GW;;;WD)(A;OICI;FA;;;BA)", 1),
        (0, 100, Some("O:BAG:SYD:(D;;GW;;;WD)(A;OICI;FA;;;BA)".into()))
    );
    assert_eq!(convert("D:(A;;XX;;;WD)", 1), (1336, 0, None));
    assert_eq!(convert("X:", 1), (87, 0, None));
    assert_eq!(convert("D:", 2), (1305, 0, None));
}

#[test]
fn identifiers_have_text() {
    let administrators = sid("BA");
    let mut text = null_mut();
    // SAFETY: an identifier and a place.
    assert_eq!(unsafe { ConvertSidToStringSidA(administrators, &mut text) }, 1);
    // SAFETY: the text ends with a NUL.
    assert_eq!(unsafe { CStr::from_ptr(text.cast()) }.to_str().unwrap(), "S-1-5-32-544");
    free(text);
    free(administrators);
    let mut wrong = without_provenance_mut(1);
    // SAFETY: a string and a place.
    let got = tried(|| unsafe { ConvertStringSidToSidA(c"S-2-1-0".as_ptr().cast(), &mut wrong) });
    assert_eq!(got, (0, 1337));
    // SAFETY: NULL is what is tried.
    assert_eq!(tried(|| unsafe { ConvertStringSidToSidA(std::ptr::null(), &mut wrong) }), (0, 87));
}

#[test]
fn a_list_is_told_by_entries_and_for_somebody() {
    let text = CString::new("D:(D;;0x1;;;AN)(A;;0x3;;;WD)").unwrap();
    let mut descriptor = null_mut();
    let convert = ConvertStringSecurityDescriptorToSecurityDescriptorA;
    // SAFETY, here and below: strings, structures and places of this test.
    assert_eq!(unsafe { convert(text.as_ptr().cast(), 1, &mut descriptor, null_mut()) }, 1);
    let (mut present, mut list, mut default) = (0, null_mut(), 0);
    let got =
        unsafe { GetSecurityDescriptorDacl(descriptor, &mut present, &mut list, &mut default) };
    assert_eq!(got, 1);
    let (mut count, mut entries) = (7, null_mut());
    assert_eq!(unsafe { GetExplicitEntriesFromAclA(list, &mut count, &mut entries) }, 0);
    let told = unsafe { std::slice::from_raw_parts(entries, count as usize) };
    assert_eq!(told.iter().map(|entry| entry.grfAccessPermissions).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(told[0].grfAccessMode, DENY_ACCESS);
    assert_eq!(unsafe { GetExplicitEntriesFromAclA(list, null_mut(), &mut entries) }, 87);
    let mut none = null_mut();
    assert_eq!(unsafe { GetExplicitEntriesFromAclA(null_mut(), &mut count, &mut none) }, 0);
    assert_eq!((count, none.is_null()), (0, true));
    let mut mask = 7;
    assert_eq!(unsafe { GetEffectiveRightsFromAclA(list, &told[0].Trustee, &mut mask) }, 0);
    // Who is anonymous is everyone too, and is denied before.
    assert_eq!(mask, 2);
    assert_eq!(unsafe { GetEffectiveRightsFromAclA(list, &told[1].Trustee, &mut mask) }, 0);
    assert_eq!(mask, 3);
    assert_eq!(unsafe { GetEffectiveRightsFromAclA(list, std::ptr::null(), &mut mask) }, 87);
    free(entries);
    free(descriptor);
}
