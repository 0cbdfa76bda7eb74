/* strsafe.h: strings that know their room. */
#ifndef _STRSAFE_H_INCLUDED_
#define _STRSAFE_H_INCLUDED_
#pragma GCC system_header

#include <windef.h>
#include <stdarg.h>
#include <stdio.h>

#define STRSAFE_MAX_CCH 2147483647
#define STRSAFE_MAX_LENGTH (STRSAFE_MAX_CCH - 1)
#define STRSAFE_IGNORE_NULLS 0x00000100
#define STRSAFE_FILL_BEHIND_NULL 0x00000200
#define STRSAFE_FILL_ON_FAILURE 0x00000400
#define STRSAFE_NULL_ON_FAILURE 0x00000800
#define STRSAFE_NO_TRUNCATION 0x00001000
#define STRSAFE_E_INSUFFICIENT_BUFFER ((HRESULT)0x8007007A)
#define STRSAFE_E_INVALID_PARAMETER ((HRESULT)0x80070057)
#define STRSAFE_E_END_OF_FILE ((HRESULT)0x80070026)
#ifndef S_OK
#define S_OK ((HRESULT)0x00000000)
#endif
#ifndef SUCCEEDED
#define SUCCEEDED(hr) (((HRESULT)(hr)) >= 0)
#define FAILED(hr) (((HRESULT)(hr)) < 0)
#endif

TRANSOM_BEGIN

HRESULT WINAPI StringCchLengthA(LPCSTR text, size_t most, size_t *length);
HRESULT WINAPI StringCbLengthA(LPCSTR text, size_t most, size_t *length);
HRESULT WINAPI StringCchCopyA(LPSTR to, size_t room, LPCSTR from);
HRESULT WINAPI StringCbCopyA(LPSTR to, size_t room, LPCSTR from);
HRESULT WINAPI StringCchCopyNA(LPSTR to, size_t room, LPCSTR from, size_t count);
HRESULT WINAPI StringCbCopyNA(LPSTR to, size_t room, LPCSTR from, size_t count);
HRESULT WINAPI StringCchCopyExA(LPSTR to, size_t room, LPCSTR from, LPSTR *end, size_t *left, DWORD flags);
HRESULT WINAPI StringCchCatA(LPSTR to, size_t room, LPCSTR from);
HRESULT WINAPI StringCbCatA(LPSTR to, size_t room, LPCSTR from);
HRESULT WINAPI StringCchCatNA(LPSTR to, size_t room, LPCSTR from, size_t count);
HRESULT WINAPI StringCbCatNA(LPSTR to, size_t room, LPCSTR from, size_t count);
HRESULT WINAPI StringCchCatExA(LPSTR to, size_t room, LPCSTR from, LPSTR *end, size_t *left, DWORD flags);
HRESULT WINAPI StringCchPrintfA(LPSTR to, size_t room, LPCSTR format, ...);
HRESULT WINAPI StringCbPrintfA(LPSTR to, size_t room, LPCSTR format, ...);
HRESULT WINAPI StringCchPrintfExA(LPSTR to, size_t room, LPSTR *end, size_t *left, DWORD flags, LPCSTR format, ...);
HRESULT WINAPI StringCchVPrintfA(LPSTR to, size_t room, LPCSTR format, va_list arguments);
HRESULT WINAPI StringCbVPrintfA(LPSTR to, size_t room, LPCSTR format, va_list arguments);
HRESULT WINAPI StringCchGetsA(LPSTR to, size_t room);
HRESULT WINAPI StringCbGetsA(LPSTR to, size_t room);
HRESULT WINAPI StringCchLengthW(LPCWSTR text, size_t most, size_t *length);
HRESULT WINAPI StringCbLengthW(LPCWSTR text, size_t most, size_t *length);
HRESULT WINAPI StringCchCopyW(LPWSTR to, size_t room, LPCWSTR from);
HRESULT WINAPI StringCbCopyW(LPWSTR to, size_t room, LPCWSTR from);
HRESULT WINAPI StringCchCopyNW(LPWSTR to, size_t room, LPCWSTR from, size_t count);
HRESULT WINAPI StringCbCopyNW(LPWSTR to, size_t room, LPCWSTR from, size_t count);
HRESULT WINAPI StringCchCopyExW(LPWSTR to, size_t room, LPCWSTR from, LPWSTR *end, size_t *left, DWORD flags);
HRESULT WINAPI StringCchCatW(LPWSTR to, size_t room, LPCWSTR from);
HRESULT WINAPI StringCbCatW(LPWSTR to, size_t room, LPCWSTR from);
HRESULT WINAPI StringCchCatNW(LPWSTR to, size_t room, LPCWSTR from, size_t count);
HRESULT WINAPI StringCbCatNW(LPWSTR to, size_t room, LPCWSTR from, size_t count);
HRESULT WINAPI StringCchCatExW(LPWSTR to, size_t room, LPCWSTR from, LPWSTR *end, size_t *left, DWORD flags);
HRESULT WINAPI StringCchPrintfW(LPWSTR to, size_t room, LPCWSTR format, ...);
HRESULT WINAPI StringCbPrintfW(LPWSTR to, size_t room, LPCWSTR format, ...);
HRESULT WINAPI StringCchPrintfExW(LPWSTR to, size_t room, LPWSTR *end, size_t *left, DWORD flags, LPCWSTR format, ...);
HRESULT WINAPI StringCchVPrintfW(LPWSTR to, size_t room, LPCWSTR format, va_list arguments);
HRESULT WINAPI StringCbVPrintfW(LPWSTR to, size_t room, LPCWSTR format, va_list arguments);
HRESULT WINAPI StringCchGetsW(LPWSTR to, size_t room);
HRESULT WINAPI StringCbGetsW(LPWSTR to, size_t room);
#define StringCchLength TRANSOM_AW(StringCchLength)
#define StringCbLength TRANSOM_AW(StringCbLength)
#define StringCchCopy TRANSOM_AW(StringCchCopy)
#define StringCbCopy TRANSOM_AW(StringCbCopy)
#define StringCchCopyN TRANSOM_AW(StringCchCopyN)
#define StringCbCopyN TRANSOM_AW(StringCbCopyN)
#define StringCchCopyEx TRANSOM_AW(StringCchCopyEx)
#define StringCchCat TRANSOM_AW(StringCchCat)
#define StringCbCat TRANSOM_AW(StringCbCat)
#define StringCchCatN TRANSOM_AW(StringCchCatN)
#define StringCbCatN TRANSOM_AW(StringCbCatN)
#define StringCchCatEx TRANSOM_AW(StringCchCatEx)
#define StringCchPrintf TRANSOM_AW(StringCchPrintf)
#define StringCbPrintf TRANSOM_AW(StringCbPrintf)
#define StringCchPrintfEx TRANSOM_AW(StringCchPrintfEx)
#define StringCchVPrintf TRANSOM_AW(StringCchVPrintf)
#define StringCbVPrintf TRANSOM_AW(StringCbVPrintf)
#define StringCchGets TRANSOM_AW(StringCchGets)
#define StringCbGets TRANSOM_AW(StringCbGets)

TRANSOM_END
#endif
