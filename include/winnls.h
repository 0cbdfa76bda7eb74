/* winnls.h: code pages and locales. */
#ifndef _WINNLS_H_
#define _WINNLS_H_
#pragma GCC system_header

#include <stringapiset.h>

TRANSOM_BEGIN

#define CP_ACP 0
#define CP_OEMCP 1
#define CP_MACCP 2
#define CP_THREAD_ACP 3
#define CP_SYMBOL 42
#define CP_UTF7 65000
#define CP_UTF8 65001
#define MB_PRECOMPOSED 0x00000001
#define MB_COMPOSITE 0x00000002
#define MB_USEGLYPHCHARS 0x00000004
#define MB_ERR_INVALID_CHARS 0x00000008
#define WC_COMPOSITECHECK 0x00000200
#define WC_DISCARDNS 0x00000010
#define WC_SEPCHARS 0x00000020
#define WC_DEFAULTCHAR 0x00000040
#define WC_ERR_INVALID_CHARS 0x00000080
#define WC_NO_BEST_FIT_CHARS 0x00000400
#define CSTR_LESS_THAN 1
#define CSTR_EQUAL 2
#define CSTR_GREATER_THAN 3
#define NORM_IGNORECASE 0x00000001
#define MAX_DEFAULTCHAR 2
#define MAX_LEADBYTES 12
typedef struct _cpinfo {
    UINT MaxCharSize;
    BYTE DefaultChar[MAX_DEFAULTCHAR];
    BYTE LeadByte[MAX_LEADBYTES];
} CPINFO, *LPCPINFO;
typedef struct _cpinfoexA {
    UINT MaxCharSize;
    BYTE DefaultChar[MAX_DEFAULTCHAR];
    BYTE LeadByte[MAX_LEADBYTES];
    WCHAR UnicodeDefaultChar;
    UINT CodePage;
    CHAR CodePageName[MAX_PATH];
} CPINFOEXA, *LPCPINFOEXA;
typedef struct _cpinfoexW {
    UINT MaxCharSize;
    BYTE DefaultChar[MAX_DEFAULTCHAR];
    BYTE LeadByte[MAX_LEADBYTES];
    WCHAR UnicodeDefaultChar;
    UINT CodePage;
    WCHAR CodePageName[MAX_PATH];
} CPINFOEXW, *LPCPINFOEXW;
#ifdef UNICODE
typedef CPINFOEXW CPINFOEX;
typedef LPCPINFOEXW LPCPINFOEX;
#else
typedef CPINFOEXA CPINFOEX;
typedef LPCPINFOEXA LPCPINFOEX;
#endif
DWORD WINAPI GetACP(void);
DWORD WINAPI GetOEMCP(void);
BOOL WINAPI IsValidCodePage(DWORD codepage);
BOOL WINAPI GetCPInfo(DWORD codepage, CPINFO *lpcpinfo);
BOOL WINAPI GetCPInfoExA(DWORD codepage, DWORD dwflags, CPINFOEXA *lpcpinfoex);
BOOL WINAPI GetCPInfoExW(DWORD codepage, DWORD dwflags, CPINFOEXW *lpcpinfoex);
#define GetCPInfoEx TRANSOM_AW(GetCPInfoEx)
BOOL WINAPI IsDBCSLeadByte(BYTE testchar);
BOOL WINAPI IsDBCSLeadByteEx(DWORD codepage, BYTE testchar);
#define LOCALE_NAME_MAX_LENGTH 85
LONG WINAPI GetUserDefaultLocaleName(LPWSTR lplocalename, LONG cchlocalename);
WORD WINAPI GetUserDefaultUILanguage(void);
DWORD WINAPI GetUserDefaultLCID(void);
DWORD WINAPI GetSystemDefaultLCID(void);
WORD WINAPI GetUserDefaultLangID(void);
WORD WINAPI GetSystemDefaultLangID(void);
DWORD WINAPI GetThreadLocale(void);
BOOL WINAPI SetThreadLocale(DWORD locale);

TRANSOM_END
#endif
