/* errhandlingapi.h: the last error and what handles failures. */
#ifndef _ERRHANDLINGAPI_H_
#define _ERRHANDLINGAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

typedef LONG(WINAPI *PTOP_LEVEL_EXCEPTION_FILTER)(struct _EXCEPTION_POINTERS *ExceptionInfo);
typedef PTOP_LEVEL_EXCEPTION_FILTER LPTOP_LEVEL_EXCEPTION_FILTER;
#define SEM_FAILCRITICALERRORS 1
#define SEM_NOGPFAULTERRORBOX 2
#define SEM_NOALIGNMENTFAULTEXCEPT 4
#define SEM_NOOPENFILEERRORBOX 0x00008000
DWORD WINAPI GetLastError(void);
VOID WINAPI SetLastError(DWORD dwerrcode);
DWORD WINAPI GetErrorMode(void);
DWORD WINAPI SetErrorMode(DWORD umode);
BOOL WINAPI SetThreadErrorMode(DWORD dwnewmode, LPDWORD lpoldmode);
DWORD WINAPI GetThreadErrorMode(void);

LONG WINAPI UnhandledExceptionFilter(struct _EXCEPTION_POINTERS *exceptioninfo);
LPTOP_LEVEL_EXCEPTION_FILTER WINAPI SetUnhandledExceptionFilter(LPTOP_LEVEL_EXCEPTION_FILTER lptoplevelexceptionfilter);
VOID WINAPI RaiseException(DWORD dwexceptioncode, DWORD dwexceptionflags, DWORD nnumberofarguments,
    const SIZE_T *lparguments);

TRANSOM_END
#endif
