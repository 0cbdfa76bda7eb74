/* Security identifiers, descriptors, lists, SDDL, tokens, accounts. */
#include "probe.h"
#include <aclapi.h>
#include <sddl.h>

static void identifiers(void)
{
    SID_IDENTIFIER_AUTHORITY nt = {SECURITY_NT_AUTHORITY};
    PSID users = NULL, other = NULL, bad = NULL;
    char buffer[SECURITY_MAX_SID_SIZE];
    char *text = NULL;
    DWORD size = sizeof(buffer);

    SAY("allocate", AllocateAndInitializeSid(&nt, 2, 32, 545, 0, 0, 0, 0, 0, 0, &users));
    SAY("allocate_nine", AllocateAndInitializeSid(&nt, 9, 0, 0, 0, 0, 0, 0, 0, 0, &other));
    SAY("valid", IsValidSid(users));
    SAY_VALUE("length", GetLengthSid(users));
    SAY_VALUE("length_required", GetSidLengthRequired(3));
    SAY("to_text", ConvertSidToStringSidA(users, &text));
    say_text("text", text);
    LocalFree(text);
    SAY("to_text_null", ConvertSidToStringSidA(NULL, &text));
    SAY("from_text", ConvertStringSidToSidA("S-1-5-32-545", &other));
    SAY("equal", EqualSid(users, other));
    LocalFree(other);
    SAY("from_letters", ConvertStringSidToSidA("BU", &other));
    SAY("equal_letters", EqualSid(users, other));
    LocalFree(other);
    SAY("from_everyone", ConvertStringSidToSidA("WD", &other));
    SAY_ALWAYS("not_equal", EqualSid(users, other));
    LocalFree(other);
    SAY("from_nonsense", ConvertStringSidToSidA("nonsense", &bad));
    SAY("from_bad_revision", ConvertStringSidToSidA("S-2-5-32", &bad));
    SAY("from_no_authority", ConvertStringSidToSidA("S-1", &bad));
    SAY("from_empty", ConvertStringSidToSidA("", &bad));
    SAY("from_null", ConvertStringSidToSidA(NULL, &bad));
    SAY("copy", CopySid(sizeof(buffer), buffer, users));
    SAY("copy_short", CopySid(4, buffer, users));
    SAY("well_known", CreateWellKnownSid(WinWorldSid, NULL, buffer, &size));
    SAY_VALUE("well_known_size", size);
    SAY("is_well_known", IsWellKnownSid(buffer, WinWorldSid));
    SAY("is_not_well_known", IsWellKnownSid(users, WinWorldSid));
    size = 4;
    SAY("well_known_short", CreateWellKnownSid(WinWorldSid, NULL, buffer, &size));
    SAY_VALUE("well_known_needs", size);
    SAY_VALUE("sub_authorities", *GetSidSubAuthorityCount(users));
    SAY_VALUE("sub_authority", *GetSidSubAuthority(users, 1));
    SAY_VALUE("authority", GetSidIdentifierAuthority(users)->Value[5]);
    SAY("initialize", InitializeSid(buffer, &nt, 1));
    SAY("initialize_too_many", InitializeSid(buffer, &nt, 16));
    memset(buffer, 0, sizeof(buffer));
    SAY("valid_zeroes", IsValidSid(buffer));
    SAY_VALUE("free", FreeSid(users) == NULL);
}

static void lists(void)
{
    char storage[256], sid[SECURITY_MAX_SID_SIZE];
    ACL *list = (ACL *)storage;
    ACL_SIZE_INFORMATION about;
    DWORD size = sizeof(sid);
    void *entry;

    CreateWellKnownSid(WinWorldSid, NULL, sid, &size);
    SAY("acl_too_small", InitializeAcl(list, 4, ACL_REVISION));
    SAY("acl_bad_revision", InitializeAcl(list, sizeof(storage), 9));
    SAY("acl", InitializeAcl(list, sizeof(storage), ACL_REVISION));
    SAY("acl_valid", IsValidAcl(list));
    SAY("acl_allow", AddAccessAllowedAce(list, ACL_REVISION, GENERIC_READ, sid));
    SAY("acl_deny", AddAccessDeniedAce(list, ACL_REVISION, GENERIC_WRITE, sid));
    SAY("acl_bad_ace_revision", AddAccessAllowedAce(list, 9, GENERIC_READ, sid));
    SAY("acl_information", GetAclInformation(list, &about, sizeof(about), AclSizeInformation));
    SAY_VALUE("acl_count", about.AceCount);
    SAY_VALUE("acl_bytes", about.AclBytesInUse);
    SAY("acl_information_small", GetAclInformation(list, &about, 4, AclSizeInformation));
    SAY("acl_information_class", GetAclInformation(list, &about, sizeof(about), (ACL_INFORMATION_CLASS)7));
    SAY("ace", GetAce(list, 1, &entry));
    SAY_VALUE("ace_type", ((ACE_HEADER *)entry)->AceType);
    SAY("ace_behind", GetAce(list, 2, &entry));
    SAY("ace_delete", DeleteAce(list, 0));
    SAY("ace_delete_behind", DeleteAce(list, 5));
    InitializeAcl(list, 16, ACL_REVISION);
    SAY("acl_full", AddAccessAllowedAce(list, ACL_REVISION, GENERIC_READ, sid));
}

static void descriptors(void)
{
    SECURITY_DESCRIPTOR descriptor;
    PSECURITY_DESCRIPTOR relative = NULL;
    PACL list = NULL;
    PSID owner = NULL;
    BOOL present = 7, defaulted = 7;
    char *text = NULL, small[4], large[128];
    DWORD size = 0, revision;
    SECURITY_DESCRIPTOR_CONTROL control;

    SAY("descriptor", InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
    SAY("descriptor_bad_revision", InitializeSecurityDescriptor(&descriptor, 2));
    SAY("descriptor_valid", IsValidSecurityDescriptor(&descriptor));
    SAY_VALUE("descriptor_length", GetSecurityDescriptorLength(&descriptor));
    SAY("descriptor_dacl", GetSecurityDescriptorDacl(&descriptor, &present, &list, &defaulted));
    SAY_VALUE("descriptor_no_dacl", present);
    SAY("set_null_dacl", SetSecurityDescriptorDacl(&descriptor, TRUE, NULL, FALSE));
    GetSecurityDescriptorDacl(&descriptor, &present, &list, &defaulted);
    SAY_VALUE("null_dacl_present", present);
    SAY_VALUE("null_dacl", list == NULL);
    SAY("descriptor_owner", GetSecurityDescriptorOwner(&descriptor, &owner, &defaulted));
    SAY_VALUE("descriptor_no_owner", owner == NULL);
    SAY("control", GetSecurityDescriptorControl(&descriptor, &control, &revision));
    SAY_VALUE("control_bits", control);
    SAY("self_relative_size", MakeSelfRelativeSD(&descriptor, small, &size));
    SAY_VALUE("self_relative_needs", size);
    SAY("descriptor_from_text", ConvertStringSecurityDescriptorToSecurityDescriptorA("O:BAG:BAD:(A;;GA;;;WD)(D;;GR;;;AN)", SDDL_REVISION_1, &relative, &size));
    SAY_VALUE("descriptor_from_text_size", size);
    SAY("descriptor_to_text", ConvertSecurityDescriptorToStringSecurityDescriptorA(relative, SDDL_REVISION_1, OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &text, NULL));
    say_text("descriptor_text", text);
    LocalFree(text);
    SAY("to_text_owner", ConvertSecurityDescriptorToStringSecurityDescriptorA(relative, SDDL_REVISION_1, OWNER_SECURITY_INFORMATION, &text, NULL));
    say_text("to_text_owner_text", text);
    LocalFree(text);
    SAY("set_dacl_of_relative", SetSecurityDescriptorDacl(relative, TRUE, NULL, FALSE));
    size = sizeof(large);
    SAY("self_relative_of_relative", MakeSelfRelativeSD(relative, large, &size));
    LocalFree(relative);
    SAY("from_text_flags", ConvertStringSecurityDescriptorToSecurityDescriptorA("D:P(A;CIOI;0x1200a9;;;BU)", SDDL_REVISION_1, &relative, NULL));
    SAY("to_text_flags", ConvertSecurityDescriptorToStringSecurityDescriptorA(relative, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &text, NULL));
    say_text("to_text_flags_text", text);
    LocalFree(text);
    LocalFree(relative);
    relative = NULL;
    SAY("descriptor_from_nonsense", ConvertStringSecurityDescriptorToSecurityDescriptorA("nonsense", SDDL_REVISION_1, &relative, NULL));
    SAY("from_bad_ace", ConvertStringSecurityDescriptorToSecurityDescriptorA("D:(A;;GA)", SDDL_REVISION_1, &relative, NULL));
    SAY("from_bad_sid", ConvertStringSecurityDescriptorToSecurityDescriptorA("D:(A;;GA;;;??)", SDDL_REVISION_1, &relative, NULL));
    SAY("from_bad_text_revision", ConvertStringSecurityDescriptorToSecurityDescriptorA("D:", 7, &relative, NULL));
    SAY("descriptor_from_null", ConvertStringSecurityDescriptorToSecurityDescriptorA(NULL, SDDL_REVISION_1, &relative, NULL));
    SAY("descriptor_from_empty", ConvertStringSecurityDescriptorToSecurityDescriptorA("", SDDL_REVISION_1, &relative, NULL));
    LocalFree(relative);
}

static void tokens(void)
{
    HANDLE token = NULL, other = NULL;
    DWORD size = 0;
    TOKEN_TYPE type;
    LUID id;
    char buffer[1024];
    SID_NAME_USE use;
    DWORD name_size = 64, domain_size = 64;
    char name[64], domain[64];
    BOOL member = 7;

    SAY("open", OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
    SAY("open_null", OpenProcessToken(NULL, TOKEN_QUERY, &other));
    SAY("open_event", OpenProcessToken(CreateEventA(NULL, 0, 0, NULL), TOKEN_QUERY, &other));
    SAY("thread_has_none", OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &other));
    SAY("user_size", GetTokenInformation(token, TokenUser, NULL, 0, &size));
    SAY("user", GetTokenInformation(token, TokenUser, buffer, sizeof(buffer), &size));
    SAY("type", GetTokenInformation(token, TokenType, &type, sizeof(type), &size));
    SAY_VALUE("type_primary", type);
    SAY("class_nonsense", GetTokenInformation(token, (TOKEN_INFORMATION_CLASS)77, buffer, sizeof(buffer), &size));
    SAY("of_null", GetTokenInformation(NULL, TokenUser, buffer, sizeof(buffer), &size));
    SAY("of_event", GetTokenInformation(CreateEventA(NULL, 0, 0, NULL), TokenUser, buffer, sizeof(buffer), &size));
    SAY("adjust_without_right", AdjustTokenPrivileges(token, TRUE, NULL, 0, NULL, NULL));
    SAY("duplicate_without_right", DuplicateToken(token, SecurityImpersonation, &other));
    SAY("level_of_primary", GetTokenInformation(token, TokenImpersonationLevel, buffer, sizeof(buffer), &size));
    CLOSE(token);
    SAY("lookup_privilege", LookupPrivilegeValueA(NULL, "SeShutdownPrivilege", &id));
    SAY_VALUE("lookup_privilege_value", id.LowPart);
    SAY("lookup_privilege_absent", LookupPrivilegeValueA(NULL, "SeOracle", &id));
    id.LowPart = 19, id.HighPart = 0, size = sizeof(buffer);
    SAY("privilege_name", LookupPrivilegeNameA(NULL, &id, buffer, &size));
    say_text("privilege_name_text", buffer);
    size = 3;
    SAY("privilege_name_short", LookupPrivilegeNameA(NULL, &id, buffer, &size));
    id.LowPart = 999, size = sizeof(buffer);
    SAY("privilege_name_absent", LookupPrivilegeNameA(NULL, &id, buffer, &size));
    size = sizeof(buffer);
    SAY("lookup_absent_name", LookupAccountNameA(NULL, "oracle_absent", buffer, &size, domain, &domain_size, &use));
    size = sizeof(buffer);
    CreateWellKnownSid(WinWorldSid, NULL, buffer, &size);
    name_size = domain_size = 64;
    SAY("lookup_everyone", LookupAccountSidA(NULL, buffer, name, &name_size, domain, &domain_size, &use));
    say_text("lookup_everyone_name", name);
    SAY_VALUE("lookup_everyone_use", use);
    name_size = domain_size = 1;
    SAY("lookup_short", LookupAccountSidA(NULL, buffer, name, &name_size, domain, &domain_size, &use));
    SAY("member_of_everyone", CheckTokenMembership(NULL, buffer, &member));
    SAY_VALUE("member", member);
    SAY("revert", RevertToSelf());
    SAY("impersonate_self", ImpersonateSelf(SecurityImpersonation));
    SAY("thread_has_one", OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &other));
    SAY("thread_type", GetTokenInformation(other, TokenType, &type, sizeof(type), &size));
    SAY_VALUE("thread_type_impersonation", type);
    SAY("revert_again", RevertToSelf());
}

/* What descriptors grant the user of a token: everyone, whoever runs this. */
static void access(void)
{
    GENERIC_MAPPING mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};
    HANDLE token = NULL, primary = NULL;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PRIVILEGE_SET privileges;
    DWORD size = sizeof(privileges), granted = 77, mask;
    BOOL status = 7;

#define CHECK(token, mask) AccessCheck(descriptor, token, mask, &mapping, &privileges, &size, &granted, &status)
#define OF(text) ConvertStringSecurityDescriptorToSecurityDescriptorA(text, SDDL_REVISION_1, &descriptor, NULL)
    mask = GENERIC_READ | 0x100000;
    MapGenericMask(&mask, &mapping);
    SAY_VALUE("map_read", mask);
    mask = GENERIC_ALL;
    MapGenericMask(&mask, &mapping);
    SAY_VALUE("map_all", mask);
    SAY_VALUE("all_granted", AreAllAccessesGranted(7, 5) != 0);
    SAY_VALUE("not_all_granted", AreAllAccessesGranted(5, 7) != 0);
    SAY_VALUE("any_granted", AreAnyAccessesGranted(5, 3) != 0);
    SAY_VALUE("none_granted", AreAnyAccessesGranted(4, 3) != 0);
    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE, &primary);
    DuplicateToken(primary, SecurityImpersonation, &token);
    OF("O:SYG:SYD:(A;;GR;;;WD)");
    SAY("check_with_primary_token", CHECK(primary, FILE_READ_DATA));
    SAY("check_read", CHECK(token, FILE_READ_DATA));
    SAY_VALUE("check_read_status", status);
    SAY_VALUE("check_read_granted", granted);
    SAY_ALWAYS("check_write", CHECK(token, FILE_WRITE_DATA));
    SAY_VALUE("check_write_status", status);
    SAY_VALUE("check_write_granted", granted);
    CHECK(token, FILE_READ_DATA | FILE_WRITE_DATA);
    SAY_VALUE("check_both_status", status);
    SAY("check_generic", CHECK(token, GENERIC_READ));
    size = 4;
    SAY("check_small_set", CHECK(token, FILE_READ_DATA));
    size = sizeof(privileges);
    SAY("check_no_token", CHECK(NULL, FILE_READ_DATA));
    LocalFree(descriptor);
    OF("O:SYG:SYD:(D;;FR;;;WD)(A;;FA;;;WD)");
    CHECK(token, FILE_READ_DATA);
    SAY_VALUE("check_denied_status", status);
    CHECK(token, FILE_WRITE_DATA);
    SAY_VALUE("check_not_denied_status", status);
    LocalFree(descriptor);
    OF("D:(A;;FR;;;WD)");
    SAY("check_without_owner", CHECK(token, FILE_READ_DATA));
    LocalFree(descriptor);
    CLOSE(token);
    CLOSE(primary);
}

int main(void)
{
    identifiers();
    lists();
    descriptors();
    tokens();
    access();
    return 0;
}
