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

/* Entries as they are, and the two forms of a descriptor. */
static void forms(void)
{
    SID_IDENTIFIER_AUTHORITY nt = {SECURITY_NT_AUTHORITY};
    char from[128], to[128], everyone[SECURITY_MAX_SID_SIZE];
    char dacl[100], sacl[100], owner[100], group[100];
    ACL *source = (ACL *)from, *target = (ACL *)to;
    ACL_SIZE_INFORMATION about;
    SECURITY_DESCRIPTOR absolute, other;
    PSECURITY_DESCRIPTOR relative = NULL;
    DWORD size = sizeof(everyone), sizes[5] = {0};
    PSID first = NULL, second = NULL, third = NULL;
    void *entries = NULL, *end = NULL;

    CreateWellKnownSid(WinWorldSid, NULL, everyone, &size);
    InitializeAcl(source, sizeof(from), ACL_REVISION);
    AddAccessAllowedAce(source, ACL_REVISION, 1, everyone);
    AddAccessDeniedAce(source, ACL_REVISION, 2, everyone);
    SAY("free_entry", FindFirstFreeAce(source, &end));
    SAY_VALUE("free_entry_at", (char *)end - from);
    InitializeAcl(target, sizeof(to), ACL_REVISION);
    GetAce(source, 0, &entries);
    SAY("add_two", AddAce(target, ACL_REVISION, 0, entries, 40));
    SAY("add_at_end", AddAce(target, ACL_REVISION, MAXDWORD, entries, 20));
    SAY("add_first", AddAce(target, ACL_REVISION, 0, (char *)entries + 20, 20));
    SAY("add_nothing", AddAce(target, ACL_REVISION, 0, entries, 0));
    SAY("add_part", AddAce(target, ACL_REVISION, 0, entries, 10));
    SAY("add_bad_revision", AddAce(target, 9, 0, entries, 20));
    SAY("add_too_many", AddAce(target, ACL_REVISION, 0, entries, 40) && AddAce(target, ACL_REVISION, 0, entries, 40));
    GetAclInformation(target, &about, sizeof(about), AclSizeInformation);
    SAY_VALUE("add_count", about.AceCount);
    for (DWORD index = 0; index < 4; index++) {
        GetAce(target, index, &entries);
        static const char *const names[] = {"add_mask_0", "add_mask_1", "add_mask_2", "add_mask_3"};
        SAY_VALUE(names[index], ((ACCESS_ALLOWED_ACE *)entries)->Mask);
    }
    AllocateAndInitializeSid(&nt, 3, 21, 1234, 5, 0, 0, 0, 0, 0, &first);
    AllocateAndInitializeSid(&nt, 3, 21, 1234, 6, 0, 0, 0, 0, 0, &second);
    AllocateAndInitializeSid(&nt, 3, 21, 1235, 6, 0, 0, 0, 0, 0, &third);
    SAY_VALUE("prefix_equal", EqualPrefixSid(first, second) != 0);
    SAY_VALUE("prefix_differs", EqualPrefixSid(first, third) != 0);
    SAY_VALUE("prefix_shorter", EqualPrefixSid(first, everyone) != 0);
    InitializeSecurityDescriptor(&absolute, SECURITY_DESCRIPTOR_REVISION);
    SAY("control_protected", SetSecurityDescriptorControl(&absolute, SE_DACL_PROTECTED, SE_DACL_PROTECTED));
    SAY("control_present", SetSecurityDescriptorControl(&absolute, SE_DACL_PRESENT, SE_DACL_PRESENT));
    SAY("sacl", SetSecurityDescriptorSacl(&absolute, TRUE, source, TRUE));
    SAY_VALUE("sacl_control", absolute.Control);
    SAY("sacl_absent", SetSecurityDescriptorSacl(&absolute, FALSE, NULL, FALSE));
    SAY_VALUE("sacl_absent_control", absolute.Control);
    ConvertStringSecurityDescriptorToSecurityDescriptorA("O:BAG:SYD:(A;;GA;;;WD)", SDDL_REVISION_1, &relative, NULL);
    SAY("sacl_of_relative", SetSecurityDescriptorSacl(relative, TRUE, source, FALSE));
    SAY("absolute_sizes", MakeAbsoluteSD(relative, NULL, &sizes[0], NULL, &sizes[1], NULL, &sizes[2], NULL, &sizes[3], NULL, &sizes[4]));
    SAY_VALUE("absolute_size", sizes[0]);
    SAY_VALUE("absolute_dacl_size", sizes[1]);
    SAY_VALUE("absolute_sacl_size", sizes[2]);
    SAY_VALUE("absolute_owner_size", sizes[3]);
    SAY_VALUE("absolute_group_size", sizes[4]);
    sizes[0] = sizeof(absolute), sizes[1] = sizes[2] = sizes[3] = sizes[4] = 100;
    SAY("absolute", MakeAbsoluteSD(relative, &absolute, &sizes[0], (ACL *)dacl, &sizes[1], (ACL *)sacl, &sizes[2], owner, &sizes[3], group, &sizes[4]));
    SAY_VALUE("absolute_parts", absolute.Dacl == (ACL *)dacl && absolute.Sacl == NULL && absolute.Owner == owner && absolute.Group == group);
    SAY_VALUE("absolute_control", absolute.Control);
    SAY_VALUE("absolute_equal", IsWellKnownSid(owner, WinBuiltinAdministratorsSid) != 0);
    SAY("absolute_of_absolute", MakeAbsoluteSD(&absolute, &other, &sizes[0], (ACL *)dacl, &sizes[1], (ACL *)sacl, &sizes[2], owner, &sizes[3], group, &sizes[4]));
    LocalFree(relative);
    FreeSid(first);
    FreeSid(second);
    FreeSid(third);
}

/* What lists say, by entries. */
static void entries(void)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    EXPLICIT_ACCESS_W *found = NULL;
    ULONG count = 77;
    TRUSTEE_A trustee;
    ACL *list = NULL;
    BOOL present, defaulted;
    char name[] = "somebody";

    ConvertStringSecurityDescriptorToSecurityDescriptorA("D:(D;;0x1;;;AN)(A;;0x3;;;WD)", SDDL_REVISION_1, &descriptor, NULL);
    GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted);
    SAY_VALUE("explicit", GetExplicitEntriesFromAclW(list, &count, &found));
    SAY_VALUE("explicit_count", count);
    SAY_VALUE("explicit_first_mode", found[0].grfAccessMode);
    SAY_VALUE("explicit_second_rights", found[1].grfAccessPermissions);
    SAY_VALUE("explicit_form", GetTrusteeFormW(&found[1].Trustee));
    SAY_VALUE("explicit_is_everyone", IsWellKnownSid(found[1].Trustee.ptstrName, WinWorldSid) != 0);
    LocalFree(found);
    BuildTrusteeWithNameA(&trustee, name);
    SAY_VALUE("trustee_form", GetTrusteeFormA(&trustee));
    SAY_VALUE("trustee_name", GetTrusteeNameA(&trustee) == name);
    SAY_VALUE("trustee_type", GetTrusteeTypeA(&trustee));
    LocalFree(descriptor);
}

#define ALL_PARTS (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION)

/* An error that a function returns. */
static void say_code(const char *name, DWORD code)
{
    printf("%s: %u -\n", name, (unsigned)code);
    fflush(stdout);
}

static void say_list(const char *name, PSECURITY_DESCRIPTOR descriptor)
{
    char *text = NULL;

    ConvertSecurityDescriptorToStringSecurityDescriptorA(descriptor, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &text, NULL);
    say_text(name, text);
    LocalFree(text);
}

/* Whether a descriptor's owner is who runs this. */
static int is_own(PSID owner)
{
    char buffer[256];
    HANDLE token = NULL;
    DWORD size;
    int is_it;

    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token);
    GetTokenInformation(token, TokenOwner, buffer, sizeof(buffer), &size);
    is_it = owner && EqualSid(owner, ((TOKEN_OWNER *)buffer)->Owner);
    CLOSE(token);
    return is_it;
}

static void objects(void)
{
    PSECURITY_DESCRIPTOR descriptor = NULL, given = NULL;
    SECURITY_DESCRIPTOR empty;
    SECURITY_ATTRIBUTES attributes = {sizeof(attributes), NULL, FALSE};
    PSID owner = NULL, group = (PSID)1;
    ACL *dacl = NULL, *sacl = (ACL *)1;
    HANDLE event, waits, reader, writer;
    DWORD needed = 77;
    char small[4], large[1024];

    event = CreateEventA(NULL, TRUE, FALSE, "oracle_security");
    waits = OpenEventA(SYNCHRONIZE, FALSE, "oracle_security");
    say_code("get_object", GetSecurityInfo(event, SE_KERNEL_OBJECT, ALL_PARTS, &owner, &group, &dacl, &sacl, &descriptor));
    SAY_VALUE("get_object_owner", is_own(owner));
    SAY_VALUE("get_object_no_sacl", sacl == NULL);
    LocalFree(descriptor);
    say_code("get_object_one_part", GetSecurityInfo(event, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, &owner, &group, NULL, NULL, &descriptor));
    SAY_VALUE("get_object_no_owner", owner == NULL && group == NULL);
    LocalFree(descriptor);
    say_code("get_object_no_place", GetSecurityInfo(event, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, NULL, NULL, NULL));
    say_code("get_object_no_type", GetSecurityInfo(event, SE_UNKNOWN_OBJECT_TYPE, DACL_SECURITY_INFORMATION, NULL, NULL, NULL, NULL, &descriptor));
    say_code("get_object_key", GetSecurityInfo(event, SE_REGISTRY_KEY, DACL_SECURITY_INFORMATION, NULL, NULL, NULL, NULL, &descriptor));
    say_code("get_object_no_right", GetSecurityInfo(waits, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &dacl, NULL, &descriptor));
    say_code("get_object_audit", GetSecurityInfo(event, SE_KERNEL_OBJECT, SACL_SECURITY_INFORMATION, NULL, NULL, NULL, &sacl, &descriptor));
    say_code("get_object_label", GetSecurityInfo(event, SE_KERNEL_OBJECT, LABEL_SECURITY_INFORMATION, NULL, NULL, NULL, &sacl, &descriptor));
    LocalFree(descriptor);
    say_code("get_no_object", GetSecurityInfo(NO_SUCH_HANDLE, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &dacl, NULL, &descriptor));
    say_code("get_null", GetSecurityInfo(NULL, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &dacl, NULL, &descriptor));
    say_code("get_process", GetSecurityInfo(GetCurrentProcess(), SE_KERNEL_OBJECT, ALL_PARTS, &owner, NULL, &dacl, NULL, &descriptor));
    SAY_VALUE("get_process_list", dacl != NULL);
    SAY_VALUE("get_process_owner", is_own(owner));
    LocalFree(descriptor);
    say_code("get_thread", GetSecurityInfo(GetCurrentThread(), SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner, NULL, NULL, NULL, &descriptor));
    SAY_VALUE("get_thread_owner", is_own(owner));
    LocalFree(descriptor);

    ConvertStringSecurityDescriptorToSecurityDescriptorA("D:(D;;0x2;;;AN)(A;;0x1f0003;;;WD)", SDDL_REVISION_1, &given, NULL);
    GetSecurityDescriptorDacl(given, (BOOL[]){0}, &dacl, (BOOL[]){0});
    say_code("set_object", SetSecurityInfo(event, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, dacl, NULL));
    say_code("set_object_no_right", SetSecurityInfo(waits, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, dacl, NULL));
    say_code("set_no_owner", SetSecurityInfo(event, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, NULL, NULL, NULL, NULL));
    say_code("set_no_group", SetSecurityInfo(event, SE_KERNEL_OBJECT, GROUP_SECURITY_INFORMATION, NULL, NULL, NULL, NULL));
    say_code("set_nothing", SetSecurityInfo(event, SE_KERNEL_OBJECT, 0, NULL, NULL, NULL, NULL));
    say_code("get_changed", GetSecurityInfo(event, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, NULL, NULL, &descriptor));
    say_list("get_changed_list", descriptor);
    LocalFree(descriptor);
    SAY("kernel_short", GetKernelObjectSecurity(event, ALL_PARTS, small, sizeof(small), &needed));
    SAY_VALUE("kernel_short_needs", needed > sizeof(small));
    needed = 77;
    SAY("kernel_no_right", GetKernelObjectSecurity(waits, ALL_PARTS, large, sizeof(large), &needed));
    SAY_VALUE("kernel_no_right_needs", needed);
    SAY("kernel", GetKernelObjectSecurity(event, ALL_PARTS, large, sizeof(large), &needed));
    say_list("kernel_list", large);
    SAY("kernel_no_handle", GetKernelObjectSecurity(NO_SUCH_HANDLE, ALL_PARTS, large, sizeof(large), &needed));
    SAY("kernel_set", SetKernelObjectSecurity(event, DACL_SECURITY_INFORMATION, given));
    SAY("kernel_set_null", SetKernelObjectSecurity(event, DACL_SECURITY_INFORMATION, NULL));
    InitializeSecurityDescriptor(&empty, SECURITY_DESCRIPTOR_REVISION);
    SAY("kernel_set_no_owner", SetKernelObjectSecurity(event, OWNER_SECURITY_INFORMATION, &empty));
    CLOSE(waits);
    CLOSE(event);

    attributes.lpSecurityDescriptor = given;
    event = CreateEventA(&attributes, TRUE, FALSE, NULL);
    say_code("get_unnamed", GetSecurityInfo(event, SE_KERNEL_OBJECT, ALL_PARTS, &owner, NULL, NULL, NULL, &descriptor));
    SAY_VALUE("get_unnamed_owner", is_own(owner));
    say_list("get_unnamed_list", descriptor);
    LocalFree(descriptor);
    say_code("set_unnamed", SetSecurityInfo(event, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION, NULL, NULL, dacl, NULL));
    CLOSE(event);
    SAY("pipe_given", CreatePipe(&reader, &writer, &attributes, 0));
    say_code("get_pipe", GetSecurityInfo(reader, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner, NULL, NULL, NULL, &descriptor));
    SAY_VALUE("get_pipe_owner", is_own(owner));
    LocalFree(descriptor);
    CLOSE(reader);
    CLOSE(writer);
    LocalFree(given);
}

static void files(void)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    SECURITY_DESCRIPTOR empty;
    PSID owner = NULL;
    ACL *dacl = NULL;
    HANDLE file;
    DWORD needed = 0;
    char small[4], large[1024];

    file = CreateFileA("oracle_security", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    say_code("get_file", GetSecurityInfo(file, SE_FILE_OBJECT, ALL_PARTS, &owner, NULL, &dacl, NULL, &descriptor));
    SAY_VALUE("get_file_list", dacl != NULL && dacl->AceCount > 0);
    SAY_VALUE("get_file_owner", owner != NULL);
    LocalFree(descriptor);
    say_code("set_file_no_right", SetSecurityInfo(file, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, NULL, NULL));
    CLOSE(file);
    SAY("file", GetFileSecurityA("oracle_security", ALL_PARTS, large, sizeof(large), &needed));
    SAY_VALUE("file_valid", IsValidSecurityDescriptor(large));
    SAY("file_short", GetFileSecurityA("oracle_security", ALL_PARTS, small, sizeof(small), &needed));
    SAY("file_missing", GetFileSecurityA("oracle_absent", ALL_PARTS, large, sizeof(large), &needed));
    SAY("file_null", GetFileSecurityA(NULL, ALL_PARTS, large, sizeof(large), &needed));
    SAY("file_audit", GetFileSecurityA("oracle_security", SACL_SECURITY_INFORMATION, large, sizeof(large), &needed));
    SAY("file_set_null", SetFileSecurityA("oracle_security", DACL_SECURITY_INFORMATION, NULL));
    InitializeSecurityDescriptor(&empty, SECURITY_DESCRIPTOR_REVISION);
    SetSecurityDescriptorDacl(&empty, TRUE, NULL, FALSE);
    SAY("file_set", SetFileSecurityA("oracle_security", DACL_SECURITY_INFORMATION, &empty));
    say_code("named_file", GetNamedSecurityInfoA("oracle_security", SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &dacl, NULL, &descriptor));
    LocalFree(descriptor);
    say_code("named_file_missing", GetNamedSecurityInfoA("oracle_absent", SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &dacl, NULL, &descriptor));
    say_code("named_file_null", GetNamedSecurityInfoA(NULL, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &dacl, NULL, &descriptor));
    say_code("named_file_empty", GetNamedSecurityInfoA("", SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &dacl, NULL, &descriptor));
    say_code("named_file_set", SetNamedSecurityInfoA("oracle_security", SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, NULL, NULL));
    say_code("named_object_missing", GetNamedSecurityInfoA("oracle_absent", SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &dacl, NULL, &descriptor));
    SAY("file_delete", DeleteFileA("oracle_security"));
}

/* Tokens that threads act with. */
static void acting(void)
{
    HANDLE primary = NULL, token = NULL, other = NULL, event = CreateEventA(NULL, FALSE, FALSE, NULL);
    DWORD size = 77, number = 0;

    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE, &primary);
    SAY("type_short", GetTokenInformation(primary, TokenType, &number, 2, &size));
    SAY_VALUE("type_short_needs", size);
    SAY("session_short", GetTokenInformation(primary, TokenSessionId, &number, 2, &size));
    DuplicateToken(primary, SecurityImpersonation, &token);
    SAY("act", ImpersonateLoggedOnUser(primary));
    SAY("act_token", OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &other));
    CLOSE(other);
    SAY("act_no_more", RevertToSelf());
    SAY("act_event", ImpersonateLoggedOnUser(event));
    SAY("thread_token", SetThreadToken(NULL, token));
    SAY("thread_token_there", OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &other));
    CLOSE(other);
    SAY("thread_token_none", SetThreadToken(NULL, NULL));
    SAY("thread_token_gone", OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &other));
    SAY("thread_token_event", SetThreadToken(NULL, event));
    SAY("thread_token_primary", SetThreadToken(NULL, primary));
    RevertToSelf();
    {
        STARTUPINFOA how = {sizeof(how)};
        PROCESS_INFORMATION made;
        char self[300], line[320];
        HANDLE enough = NULL;
        DWORD code = 77;

        GetModuleFileNameA(NULL, self, sizeof(self));
        sprintf(line, "\"%s\" child", self);
        OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_ASSIGN_PRIMARY, &enough);
        SAY("start_as_event", CreateProcessAsUserA(event, NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &how, &made));
        SAY("start_as_self", CreateProcessAsUserA(enough, NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &how, &made));
        WaitForSingleObject(made.hProcess, INFINITE);
        GetExitCodeProcess(made.hProcess, &code);
        SAY_VALUE("start_as_self_code", code);
        CLOSE(made.hThread);
        CLOSE(made.hProcess);
        CLOSE(enough);
    }
    CLOSE(token);
    CLOSE(primary);
    CLOSE(event);
}

int main(int argc, char **argv)
{
    UNUSED_PARAMETER(argv);
    if (argc > 1)
        return 42;
    identifiers();
    lists();
    descriptors();
    tokens();
    access();
    forms();
    entries();
    objects();
    files();
    acting();
    return 0;
}
