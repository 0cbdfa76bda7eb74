/* aclapi.h: access control lists from entries. */
#ifndef _ACLAPI_H_
#define _ACLAPI_H_
#pragma GCC system_header

#include <windows.h>
#include <accctrl.h>

TRANSOM_BEGIN

DWORD WINAPI SetEntriesInAclA(DWORD ccountofexplicitentries,
    const EXPLICIT_ACCESS_A *plistofexplicitentries, const ACL *oldacl, ACL * *newacl);
DWORD WINAPI SetEntriesInAclW(DWORD ccountofexplicitentries,
    const EXPLICIT_ACCESS_W *plistofexplicitentries, const ACL *oldacl, ACL * *newacl);
#define SetEntriesInAcl TRANSOM_AW(SetEntriesInAcl)
DWORD WINAPI GetSecurityInfo(HANDLE handle, SE_OBJECT_TYPE objecttype, DWORD securityinfo,
    PSID *ppsidowner, PSID *ppsidgroup, ACL * *ppdacl, ACL * *ppsacl,
    PSECURITY_DESCRIPTOR *ppsecuritydescriptor);
DWORD WINAPI SetSecurityInfo(HANDLE handle, SE_OBJECT_TYPE objecttype, DWORD securityinfo,
    PSID psidowner, PSID psidgroup, const ACL *pdacl, const ACL *psacl);
DWORD WINAPI GetNamedSecurityInfoA(LPCSTR pobjectname, SE_OBJECT_TYPE objecttype,
    DWORD securityinfo, PSID *ppsidowner, PSID *ppsidgroup, ACL * *ppdacl, ACL * *ppsacl,
    PSECURITY_DESCRIPTOR *ppsecuritydescriptor);
DWORD WINAPI GetNamedSecurityInfoW(LPCWSTR pobjectname, SE_OBJECT_TYPE objecttype,
    DWORD securityinfo, PSID *ppsidowner, PSID *ppsidgroup, ACL * *ppdacl, ACL * *ppsacl,
    PSECURITY_DESCRIPTOR *ppsecuritydescriptor);
#define GetNamedSecurityInfo TRANSOM_AW(GetNamedSecurityInfo)
DWORD WINAPI SetNamedSecurityInfoA(LPCSTR pobjectname, SE_OBJECT_TYPE objecttype,
    DWORD securityinfo, PSID psidowner, PSID psidgroup, const ACL *pdacl, const ACL *psacl);
DWORD WINAPI SetNamedSecurityInfoW(LPCWSTR pobjectname, SE_OBJECT_TYPE objecttype,
    DWORD securityinfo, PSID psidowner, PSID psidgroup, const ACL *pdacl, const ACL *psacl);
#define SetNamedSecurityInfo TRANSOM_AW(SetNamedSecurityInfo)
VOID WINAPI BuildExplicitAccessWithNameA(EXPLICIT_ACCESS_A *pexplicitaccess, LPCSTR ptrusteename,
    DWORD accesspermissions, ACCESS_MODE accessmode, DWORD inheritance);
VOID WINAPI BuildExplicitAccessWithNameW(EXPLICIT_ACCESS_W *pexplicitaccess, LPCWSTR ptrusteename,
    DWORD accesspermissions, ACCESS_MODE accessmode, DWORD inheritance);
#define BuildExplicitAccessWithName TRANSOM_AW(BuildExplicitAccessWithName)
VOID WINAPI BuildTrusteeWithSidA(TRUSTEE_A *ptrustee, PSID psid);
VOID WINAPI BuildTrusteeWithSidW(TRUSTEE_W *ptrustee, PSID psid);
#define BuildTrusteeWithSid TRANSOM_AW(BuildTrusteeWithSid)
VOID WINAPI BuildTrusteeWithNameA(TRUSTEE_A *ptrustee, LPCSTR pname);
VOID WINAPI BuildTrusteeWithNameW(TRUSTEE_W *ptrustee, LPCWSTR pname);
#define BuildTrusteeWithName TRANSOM_AW(BuildTrusteeWithName)
DWORD WINAPI GetExplicitEntriesFromAclA(const ACL *pacl, ULONG *pccountofexplicitentries,
    EXPLICIT_ACCESS_A * *plistofexplicitentries);
DWORD WINAPI GetExplicitEntriesFromAclW(const ACL *pacl, ULONG *pccountofexplicitentries,
    EXPLICIT_ACCESS_W * *plistofexplicitentries);
#define GetExplicitEntriesFromAcl TRANSOM_AW(GetExplicitEntriesFromAcl)
DWORD WINAPI GetEffectiveRightsFromAclA(const ACL *pacl, const TRUSTEE_A *ptrustee,
    ACCESS_MASK *paccessrights);
DWORD WINAPI GetEffectiveRightsFromAclW(const ACL *pacl, const TRUSTEE_W *ptrustee,
    ACCESS_MASK *paccessrights);
#define GetEffectiveRightsFromAcl TRANSOM_AW(GetEffectiveRightsFromAcl)
LPSTR WINAPI GetTrusteeNameA(const TRUSTEE_A *ptrustee);
LPWSTR WINAPI GetTrusteeNameW(const TRUSTEE_W *ptrustee);
#define GetTrusteeName TRANSOM_AW(GetTrusteeName)
TRUSTEE_FORM WINAPI GetTrusteeFormA(const TRUSTEE_A *ptrustee);
TRUSTEE_FORM WINAPI GetTrusteeFormW(const TRUSTEE_W *ptrustee);
#define GetTrusteeForm TRANSOM_AW(GetTrusteeForm)
TRUSTEE_TYPE WINAPI GetTrusteeTypeA(const TRUSTEE_A *ptrustee);
TRUSTEE_TYPE WINAPI GetTrusteeTypeW(const TRUSTEE_W *ptrustee);
#define GetTrusteeType TRANSOM_AW(GetTrusteeType)

TRANSOM_END
#endif
