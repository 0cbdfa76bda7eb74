/* handleapi.h: handles. */
#ifndef _HANDLEAPI_H_
#define _HANDLEAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)
#define HANDLE_FLAG_INHERIT 0x00000001
#define HANDLE_FLAG_PROTECT_FROM_CLOSE 0x00000002
BOOL WINAPI CloseHandle(HANDLE hobject);
BOOL WINAPI DuplicateHandle(HANDLE hsourceprocesshandle, HANDLE hsourcehandle,
    HANDLE htargetprocesshandle, LPHANDLE lptargethandle, DWORD dwdesiredaccess,
    BOOL binherithandle, DWORD dwoptions);
BOOL WINAPI CompareObjectHandles(HANDLE hfirstobjecthandle, HANDLE hsecondobjecthandle);
BOOL WINAPI GetHandleInformation(HANDLE hobject, LPDWORD lpdwflags);
BOOL WINAPI SetHandleInformation(HANDLE hobject, DWORD dwmask, DWORD dwflags);

TRANSOM_END
#endif
