/* securitybaseapi.h: security descriptors, access control lists, identifiers, tokens. */
#ifndef _SECURITYBASEAPI_H_
#define _SECURITYBASEAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

BOOL WINAPI InitializeSecurityDescriptor(PSECURITY_DESCRIPTOR psecuritydescriptor,
    DWORD dwrevision);
BOOL WINAPI IsValidSecurityDescriptor(PSECURITY_DESCRIPTOR psecuritydescriptor);
DWORD WINAPI GetSecurityDescriptorLength(PSECURITY_DESCRIPTOR psecuritydescriptor);
BOOL WINAPI GetSecurityDescriptorControl(PSECURITY_DESCRIPTOR psecuritydescriptor, WORD *pcontrol,
    LPDWORD lpdwrevision);
BOOL WINAPI SetSecurityDescriptorControl(PSECURITY_DESCRIPTOR psecuritydescriptor,
    WORD controlbitsofinterest, WORD controlbitstoset);
BOOL WINAPI SetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR psecuritydescriptor, BOOL bdaclpresent,
    const ACL *pdacl, BOOL bdacldefaulted);
BOOL WINAPI GetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR psecuritydescriptor,
    LPBOOL lpbdaclpresent, ACL * *pdacl, LPBOOL lpbdacldefaulted);
BOOL WINAPI SetSecurityDescriptorSacl(PSECURITY_DESCRIPTOR psecuritydescriptor, BOOL bsaclpresent,
    const ACL *psacl, BOOL bsacldefaulted);
BOOL WINAPI GetSecurityDescriptorSacl(PSECURITY_DESCRIPTOR psecuritydescriptor,
    LPBOOL lpbsaclpresent, ACL * *psacl, LPBOOL lpbsacldefaulted);
BOOL WINAPI SetSecurityDescriptorOwner(PSECURITY_DESCRIPTOR psecuritydescriptor, PSID powner,
    BOOL bownerdefaulted);
BOOL WINAPI GetSecurityDescriptorOwner(PSECURITY_DESCRIPTOR psecuritydescriptor, PSID *powner,
    LPBOOL lpbownerdefaulted);
BOOL WINAPI SetSecurityDescriptorGroup(PSECURITY_DESCRIPTOR psecuritydescriptor, PSID pgroup,
    BOOL bgroupdefaulted);
BOOL WINAPI GetSecurityDescriptorGroup(PSECURITY_DESCRIPTOR psecuritydescriptor, PSID *pgroup,
    LPBOOL lpbgroupdefaulted);
BOOL WINAPI MakeSelfRelativeSD(PSECURITY_DESCRIPTOR pabsolutesecuritydescriptor,
    PSECURITY_DESCRIPTOR pselfrelativesecuritydescriptor, LPDWORD lpdwbufferlength);
BOOL WINAPI MakeAbsoluteSD(PSECURITY_DESCRIPTOR pselfrelativesecuritydescriptor,
    PSECURITY_DESCRIPTOR pabsolutesecuritydescriptor, LPDWORD lpdwabsolutesecuritydescriptorsize,
    ACL *pdacl, LPDWORD lpdwdaclsize, ACL *psacl, LPDWORD lpdwsaclsize, PSID powner,
    LPDWORD lpdwownersize, PSID pprimarygroup, LPDWORD lpdwprimarygroupsize);
BOOL WINAPI InitializeAcl(ACL *pacl, DWORD nacllength, DWORD dwaclrevision);
BOOL WINAPI IsValidAcl(const ACL *pacl);
BOOL WINAPI GetAclInformation(const ACL *pacl, LPVOID paclinformation, DWORD naclinformationlength,
    ACL_INFORMATION_CLASS dwaclinformationclass);
BOOL WINAPI GetAce(const ACL *pacl, DWORD dwaceindex, LPVOID *pace);
BOOL WINAPI AddAce(ACL *pacl, DWORD dwacerevision, DWORD dwstartingaceindex, LPCVOID pacelist,
    DWORD nacelistlength);
BOOL WINAPI DeleteAce(ACL *pacl, DWORD dwaceindex);
BOOL WINAPI AddAccessAllowedAce(ACL *pacl, DWORD dwacerevision, DWORD accessmask, PSID psid);
BOOL WINAPI AddAccessAllowedAceEx(ACL *pacl, DWORD dwacerevision, DWORD aceflags, DWORD accessmask,
    PSID psid);
BOOL WINAPI AddAccessDeniedAce(ACL *pacl, DWORD dwacerevision, DWORD accessmask, PSID psid);
BOOL WINAPI AddAccessDeniedAceEx(ACL *pacl, DWORD dwacerevision, DWORD aceflags, DWORD accessmask,
    PSID psid);
BOOL WINAPI FindFirstFreeAce(const ACL *pacl, LPVOID *pace);
BOOL WINAPI AllocateAndInitializeSid(const SID_IDENTIFIER_AUTHORITY *pidentifierauthority,
    BYTE nsubauthoritycount, DWORD nsubauthority0, DWORD nsubauthority1, DWORD nsubauthority2,
    DWORD nsubauthority3, DWORD nsubauthority4, DWORD nsubauthority5, DWORD nsubauthority6,
    DWORD nsubauthority7, PSID *psid);
LPVOID WINAPI FreeSid(PSID psid);
BOOL WINAPI InitializeSid(PSID sid, const SID_IDENTIFIER_AUTHORITY *pidentifierauthority,
    BYTE nsubauthoritycount);
BOOL WINAPI CopySid(DWORD ndestinationsidlength, PSID pdestinationsid, PSID psourcesid);
BOOL WINAPI IsValidSid(PSID psid);
BOOL WINAPI EqualSid(PSID psid1, PSID psid2);
BOOL WINAPI EqualPrefixSid(PSID psid1, PSID psid2);
DWORD WINAPI GetLengthSid(PSID psid);
DWORD WINAPI GetSidLengthRequired(BYTE nsubauthoritycount);
SID_IDENTIFIER_AUTHORITY * WINAPI GetSidIdentifierAuthority(PSID psid);
LPDWORD WINAPI GetSidSubAuthority(PSID psid, DWORD nsubauthority);
BYTE * WINAPI GetSidSubAuthorityCount(PSID psid);
BOOL WINAPI CreateWellKnownSid(WELL_KNOWN_SID_TYPE wellknownsidtype, PSID domainsid, PSID psid,
    LPDWORD cbsid);
BOOL WINAPI IsWellKnownSid(PSID psid, WELL_KNOWN_SID_TYPE wellknownsidtype);
BOOL WINAPI GetTokenInformation(HANDLE tokenhandle, TOKEN_INFORMATION_CLASS tokeninformationclass,
    LPVOID tokeninformation, DWORD tokeninformationlength, LPDWORD returnlength);
BOOL WINAPI SetTokenInformation(HANDLE tokenhandle, TOKEN_INFORMATION_CLASS tokeninformationclass,
    LPCVOID tokeninformation, DWORD tokeninformationlength);
BOOL WINAPI AdjustTokenPrivileges(HANDLE tokenhandle, BOOL disableallprivileges,
    const TOKEN_PRIVILEGES *newstate, DWORD bufferlength, TOKEN_PRIVILEGES *previousstate,
    LPDWORD returnlength);
BOOL WINAPI AdjustTokenGroups(HANDLE tokenhandle, BOOL resettodefault, const TOKEN_GROUPS *newstate,
    DWORD bufferlength, TOKEN_GROUPS *previousstate, LPDWORD returnlength);
BOOL WINAPI DuplicateToken(HANDLE existingtokenhandle,
    SECURITY_IMPERSONATION_LEVEL impersonationlevel, LPHANDLE duplicatetokenhandle);
BOOL WINAPI DuplicateTokenEx(HANDLE hexistingtoken, DWORD dwdesiredaccess,
    LPSECURITY_ATTRIBUTES lptokenattributes, SECURITY_IMPERSONATION_LEVEL impersonationlevel,
    TOKEN_TYPE tokentype, LPHANDLE phnewtoken);
BOOL WINAPI CheckTokenMembership(HANDLE tokenhandle, PSID sidtocheck, LPBOOL ismember);
BOOL WINAPI ImpersonateLoggedOnUser(HANDLE htoken);
BOOL WINAPI ImpersonateSelf(SECURITY_IMPERSONATION_LEVEL impersonationlevel);
BOOL WINAPI RevertToSelf(void);
BOOL WINAPI AccessCheck(PSECURITY_DESCRIPTOR psecuritydescriptor, HANDLE clienttoken,
    DWORD desiredaccess, const GENERIC_MAPPING *genericmapping, PRIVILEGE_SET *privilegeset,
    LPDWORD privilegesetlength, LPDWORD grantedaccess, LPBOOL accessstatus);
VOID WINAPI MapGenericMask(LPDWORD accessmask, const GENERIC_MAPPING *genericmapping);
BOOL WINAPI PrivilegeCheck(HANDLE clienttoken, PRIVILEGE_SET *requiredprivileges, LPBOOL pfresult);
BOOL WINAPI AreAllAccessesGranted(DWORD grantedaccess, DWORD desiredaccess);
BOOL WINAPI AreAnyAccessesGranted(DWORD grantedaccess, DWORD desiredaccess);
BOOL WINAPI GetKernelObjectSecurity(HANDLE handle, DWORD requestedinformation,
    PSECURITY_DESCRIPTOR psecuritydescriptor, DWORD nlength, LPDWORD lpnlengthneeded);
BOOL WINAPI SetKernelObjectSecurity(HANDLE handle, DWORD securityinformation,
    PSECURITY_DESCRIPTOR securitydescriptor);
BOOL WINAPI GetFileSecurityA(LPCSTR lpfilename, DWORD requestedinformation,
    PSECURITY_DESCRIPTOR psecuritydescriptor, DWORD nlength, LPDWORD lpnlengthneeded);
BOOL WINAPI GetFileSecurityW(LPCWSTR lpfilename, DWORD requestedinformation,
    PSECURITY_DESCRIPTOR psecuritydescriptor, DWORD nlength, LPDWORD lpnlengthneeded);
#define GetFileSecurity TRANSOM_AW(GetFileSecurity)
BOOL WINAPI SetFileSecurityA(LPCSTR lpfilename, DWORD securityinformation,
    PSECURITY_DESCRIPTOR psecuritydescriptor);
BOOL WINAPI SetFileSecurityW(LPCWSTR lpfilename, DWORD securityinformation,
    PSECURITY_DESCRIPTOR psecuritydescriptor);
#define SetFileSecurity TRANSOM_AW(SetFileSecurity)

TRANSOM_END
#endif
