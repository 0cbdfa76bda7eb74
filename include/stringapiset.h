/* stringapiset.h: conversions between UTF-16 and code pages. */
#ifndef _STRINGAPISET_H_
#define _STRINGAPISET_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

LONG WINAPI MultiByteToWideChar(DWORD codepage, DWORD dwflags, LPCSTR lpmultibytestr,
    LONG cbmultibyte, LPWSTR lpwidecharstr, LONG cchwidechar);
LONG WINAPI WideCharToMultiByte(DWORD codepage, DWORD dwflags, LPCWSTR lpwidecharstr,
    LONG cchwidechar, LPSTR lpmultibytestr, LONG cbmultibyte, LPCSTR lpdefaultchar,
    LPBOOL lpuseddefaultchar);
LONG WINAPI CompareStringOrdinal(LPCWSTR lpstring1, LONG cchcount1, LPCWSTR lpstring2,
    LONG cchcount2, BOOL bignorecase);
LONG WINAPI CompareStringA(DWORD locale, DWORD dwcmpflags, LPCSTR lpstring1, LONG cchcount1,
    LPCSTR lpstring2, LONG cchcount2);
LONG WINAPI CompareStringW(DWORD locale, DWORD dwcmpflags, LPCWSTR lpstring1, LONG cchcount1,
    LPCWSTR lpstring2, LONG cchcount2);
#define CompareString TRANSOM_AW(CompareString)

TRANSOM_END
#endif
