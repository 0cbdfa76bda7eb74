/* debugapi.h: debuggers. */
#ifndef _DEBUGAPI_H_
#define _DEBUGAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

BOOL WINAPI IsDebuggerPresent(void);
BOOL WINAPI CheckRemoteDebuggerPresent(HANDLE hprocess, PBOOL pbdebuggerpresent);
VOID WINAPI DebugBreak(void);
VOID WINAPI OutputDebugStringA(LPCSTR lpoutputstring);
VOID WINAPI OutputDebugStringW(LPCWSTR lpoutputstring);
#define OutputDebugString TRANSOM_AW(OutputDebugString)

TRANSOM_END
#endif
