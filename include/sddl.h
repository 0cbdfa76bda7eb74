/* sddl.h: security descriptors and identifiers as text. */
#ifndef _SDDL_H_
#define _SDDL_H_
#pragma GCC system_header

#include <windows.h>

TRANSOM_BEGIN

#define SDDL_REVISION_1 1
#define SDDL_REVISION SDDL_REVISION_1
BOOL WINAPI ConvertSidToStringSidA(PSID sid, LPSTR *stringsid);
BOOL WINAPI ConvertSidToStringSidW(PSID sid, LPWSTR *stringsid);
#define ConvertSidToStringSid TRANSOM_AW(ConvertSidToStringSid)
BOOL WINAPI ConvertStringSidToSidA(LPCSTR stringsid, PSID *sid);
BOOL WINAPI ConvertStringSidToSidW(LPCWSTR stringsid, PSID *sid);
#define ConvertStringSidToSid TRANSOM_AW(ConvertStringSidToSid)

    BOOL WINAPI ConvertSecurityDescriptorToStringSecurityDescriptorA(PSECURITY_DESCRIPTOR securitydescriptor,
    DWORD requestedstringsdrevision, DWORD securityinformation, LPSTR *stringsecuritydescriptor,
    LPDWORD stringsecuritydescriptorlen);

    BOOL WINAPI ConvertSecurityDescriptorToStringSecurityDescriptorW(PSECURITY_DESCRIPTOR securitydescriptor,
    DWORD requestedstringsdrevision, DWORD securityinformation, LPWSTR *stringsecuritydescriptor,
    LPDWORD stringsecuritydescriptorlen);
#define ConvertSecurityDescriptorToStringSecurityDescriptor TRANSOM_AW(ConvertSecurityDescriptorToStringSecurityDescriptor)
BOOL WINAPI ConvertStringSecurityDescriptorToSecurityDescriptorA(LPCSTR stringsecuritydescriptor,
    DWORD stringsdrevision, PSECURITY_DESCRIPTOR *securitydescriptor,
    LPDWORD securitydescriptorsize);
BOOL WINAPI ConvertStringSecurityDescriptorToSecurityDescriptorW(LPCWSTR stringsecuritydescriptor,
    DWORD stringsdrevision, PSECURITY_DESCRIPTOR *securitydescriptor,
    LPDWORD securitydescriptorsize);
#define ConvertStringSecurityDescriptorToSecurityDescriptor TRANSOM_AW(ConvertStringSecurityDescriptorToSecurityDescriptor)

TRANSOM_END
#endif
