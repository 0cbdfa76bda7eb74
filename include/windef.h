/* windef.h: the basic types. LLP64: LONG and DWORD have 32 bits, WCHAR has 16. */
#ifndef _WINDEF_
#define _WINDEF_
#pragma GCC system_header

#if !defined(__x86_64__)
#error "Transom's headers are for x86-64"
#endif
#if __SIZEOF_WCHAR_T__ != 2
#error "Windows sources need a wchar_t of 16 bits: compile with `transom cc`, or with -fshort-wchar"
#endif

#include <stddef.h>
#include <stdarg.h>
#include <stdint.h>
#include <limits.h>
#include <_transom.h>
#if defined(__cplusplus) && !defined(NOMINMAX)
#include <algorithm>
#include <type_traits>
#endif

#ifndef WINVER
#define WINVER 0x0A00
#endif
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#endif
#ifndef NTDDI_VERSION
#define NTDDI_VERSION 0x0A000000
#endif

#define FAR
#define NEAR
#define far
#define near
#define PASCAL __stdcall
#define CDECL __cdecl
#define WINAPI __stdcall
#define WINAPIV __cdecl
#define APIENTRY WINAPI
#define APIPRIVATE WINAPI
#define CALLBACK __stdcall
#define NTAPI __stdcall
#define WINBASEAPI
#define WINADVAPI
#define WINUSERAPI
#define NTSYSAPI
#define CONST const
#define DECLSPEC_IMPORT
#define DECLSPEC_NORETURN __attribute__((__noreturn__))
#define DECLSPEC_ALIGN(bytes) __attribute__((__aligned__(bytes)))
#define FORCEINLINE static __inline__ __attribute__((__always_inline__, __unused__))

#ifndef NULL
#define NULL ((void *)0)
#endif
#ifndef FALSE
#define FALSE 0
#endif
#ifndef TRUE
#define TRUE 1
#endif

/* Microsoft's annotations say nothing to gcc. */
#define IN
#define OUT
#define OPTIONAL

#define VOID void
typedef char CHAR;
typedef short SHORT;
typedef int INT;
typedef int LONG;
typedef float FLOAT;
typedef double DOUBLE;
typedef int BOOL, *PBOOL, *LPBOOL;
typedef unsigned char BYTE, *PBYTE, *LPBYTE;
typedef unsigned short WORD, *PWORD, *LPWORD;
typedef unsigned int DWORD, *PDWORD, *LPDWORD;
typedef int *PINT, *LPINT;
typedef int *LPLONG;
typedef unsigned int UINT, *PUINT;
typedef void *PVOID, *LPVOID;
typedef const void *LPCVOID;
typedef float *PFLOAT;

typedef unsigned char UCHAR, *PUCHAR, BOOLEAN, *PBOOLEAN;
typedef unsigned short USHORT, *PUSHORT;
typedef unsigned int ULONG, *PULONG;
typedef char *PSZ;
typedef CHAR *PCHAR, *LPCH, *PCH;
typedef const CHAR *LPCCH, *PCCH;
typedef SHORT *PSHORT;
typedef LONG *PLONG;

typedef signed char INT8, *PINT8;
typedef short INT16, *PINT16;
typedef int INT32, *PINT32;
typedef long long INT64, *PINT64;
typedef unsigned char UINT8, *PUINT8;
typedef unsigned short UINT16, *PUINT16;
typedef unsigned int UINT32, *PUINT32;
typedef unsigned long long UINT64, *PUINT64;
typedef int LONG32, *PLONG32;
typedef unsigned int ULONG32, *PULONG32, DWORD32, *PDWORD32;
typedef long long LONG64, *PLONG64, LONGLONG, *PLONGLONG;
typedef unsigned long long ULONG64, *PULONG64, DWORD64, *PDWORD64, ULONGLONG, *PULONGLONG, DWORDLONG,
    *PDWORDLONG;

/* As wide as a pointer, and the same type as size_t and intptr_t. */
typedef long INT_PTR, *PINT_PTR, LONG_PTR, *PLONG_PTR;
typedef unsigned long UINT_PTR, *PUINT_PTR, ULONG_PTR, *PULONG_PTR, DWORD_PTR, *PDWORD_PTR;
typedef unsigned long SIZE_T, *PSIZE_T, KAFFINITY;
typedef long SSIZE_T, *PSSIZE_T;
typedef int HALF_PTR;
typedef unsigned int UHALF_PTR;

typedef wchar_t WCHAR, *PWCHAR, *LPWCH, *PWCH;
typedef const WCHAR *LPCWCH, *PCWCH;
typedef WCHAR *NWPSTR, *LPWSTR, *PWSTR, **PZPWSTR;
typedef const WCHAR *LPCWSTR, *PCWSTR, *LPCUWSTR;
typedef CHAR *NPSTR, *LPSTR, *PSTR;
typedef const CHAR *LPCSTR, *PCSTR;

#ifdef UNICODE
#define TRANSOM_AW(name) name##W
#define __TEXT(quote) L##quote
#ifndef _TCHAR_DEFINED
typedef WCHAR TCHAR, *PTCHAR;
typedef WCHAR TBYTE, *PTBYTE;
#define _TCHAR_DEFINED
#endif
typedef LPWCH LPTCH, PTCH;
typedef LPWSTR PTSTR, LPTSTR;
typedef LPCWSTR PCTSTR, LPCTSTR;
#else
#define TRANSOM_AW(name) name##A
#define __TEXT(quote) quote
#ifndef _TCHAR_DEFINED
typedef char TCHAR, *PTCHAR;
typedef unsigned char TBYTE, *PTBYTE;
#define _TCHAR_DEFINED
#endif
typedef LPCH LPTCH, PTCH;
typedef LPSTR PTSTR, LPTSTR;
typedef LPCSTR PCTSTR, LPCTSTR;
#endif
#define TEXT(quote) __TEXT(quote)

typedef void *HANDLE, **PHANDLE, **LPHANDLE, **SPHANDLE;
#define DECLARE_HANDLE(name) \
    struct name##__ {        \
        int unused;          \
    };                       \
    typedef struct name##__ *name
typedef HANDLE HGLOBAL, HLOCAL, GLOBALHANDLE, LOCALHANDLE;
typedef HANDLE HINSTANCE, HMODULE, HRSRC, HKEY, *PHKEY, HTASK, HHOOK, HACCEL, HWINSTA, HDESK;
typedef HANDLE HWND, HMENU, HICON, HCURSOR, HDC, HBRUSH, HFONT, HBITMAP, HPEN, HRGN, HGDIOBJ, HPALETTE;
typedef int HFILE;
typedef LONG HRESULT;
typedef LONG NTSTATUS, *PNTSTATUS;
typedef UINT_PTR WPARAM;
typedef LONG_PTR LPARAM;
typedef LONG_PTR LRESULT;
typedef WORD ATOM;
typedef DWORD COLORREF;
typedef DWORD LCID, *PLCID;
typedef WORD LANGID;
typedef BYTE FCHAR;
#ifdef __cplusplus
extern "C" {
#endif
typedef INT_PTR(WINAPI *FARPROC)(void);
typedef INT_PTR(WINAPI *NEARPROC)(void);
typedef INT_PTR(WINAPI *PROC)(void);
#ifdef __cplusplus
}
#endif

#define MAX_PATH 260

#define MAKEWORD(a, b) ((WORD)(((BYTE)((DWORD_PTR)(a) & 0xff)) | ((WORD)((BYTE)((DWORD_PTR)(b) & 0xff))) << 8))
#define MAKELONG(a, b) ((LONG)(((WORD)((DWORD_PTR)(a) & 0xffff)) | ((DWORD)((WORD)((DWORD_PTR)(b) & 0xffff))) << 16))
#define LOWORD(l) ((WORD)(((DWORD_PTR)(l)) & 0xffff))
#define HIWORD(l) ((WORD)((((DWORD_PTR)(l)) >> 16) & 0xffff))
#define LOBYTE(w) ((BYTE)(((DWORD_PTR)(w)) & 0xff))
#define HIBYTE(w) ((BYTE)((((DWORD_PTR)(w)) >> 8) & 0xff))
#define MAKEWPARAM(l, h) ((WPARAM)(DWORD)MAKELONG(l, h))
#define MAKELPARAM(l, h) ((LPARAM)(DWORD)MAKELONG(l, h))

#define HandleToULong(handle) ((ULONG)(ULONG_PTR)(handle))
#define HandleToLong(handle) ((LONG)(LONG_PTR)(handle))
#define HandleToUlong(handle) HandleToULong(handle)
#define ULongToHandle(value) ((HANDLE)(ULONG_PTR)(value))
#define LongToHandle(value) ((HANDLE)(LONG_PTR)(value))
#define UlongToHandle(value) ULongToHandle(value)
#define PtrToUlong(pointer) ((ULONG)(ULONG_PTR)(pointer))
#define PtrToULong(pointer) ((ULONG)(ULONG_PTR)(pointer))
#define PtrToLong(pointer) ((LONG)(LONG_PTR)(pointer))
#define PtrToUint(pointer) ((UINT)(UINT_PTR)(pointer))
#define PtrToInt(pointer) ((INT)(INT_PTR)(pointer))
#define IntToPtr(value) ((VOID *)(INT_PTR)(int)(value))
#define UIntToPtr(value) ((VOID *)(UINT_PTR)(unsigned int)(value))
#define LongToPtr(value) ((VOID *)(LONG_PTR)(LONG)(value))
#define ULongToPtr(value) ((VOID *)(ULONG_PTR)(ULONG)(value))

#ifndef NOMINMAX
#ifdef __cplusplus
/* Macros would break C++'s own headers: the functions are there without std::, also for two types. */
extern "C++" {
using std::max;
using std::min;
template <typename A, typename B>
constexpr typename std::enable_if<!std::is_same<A, B>::value,
    typename std::common_type<A, B>::type>::type
max(A a, B b)
{
    return a > b ? a : b;
}
template <typename A, typename B>
constexpr typename std::enable_if<!std::is_same<A, B>::value,
    typename std::common_type<A, B>::type>::type
min(A a, B b)
{
    return a < b ? a : b;
}
}
#else
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#endif
#endif

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

typedef struct tagPOINT {
    LONG x;
    LONG y;
} POINT, *PPOINT, *LPPOINT;

typedef struct tagRECT {
    LONG left;
    LONG top;
    LONG right;
    LONG bottom;
} RECT, *PRECT, *LPRECT;
typedef const RECT *LPCRECT;

typedef struct tagSIZE {
    LONG cx;
    LONG cy;
} SIZE, *PSIZE, *LPSIZE;

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
    DWORD Data1;
    WORD Data2;
    WORD Data3;
    BYTE Data4[8];
} GUID;
typedef GUID IID, CLSID, *LPGUID;
typedef const GUID *LPCGUID;
#endif

#endif
