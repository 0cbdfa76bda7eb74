/* fibersapi.h: fiber-local storage. */
#ifndef _FIBERSAPI_H_
#define _FIBERSAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION lpcallback);
BOOL WINAPI FlsFree(DWORD dwflsindex);
LPVOID WINAPI FlsGetValue(DWORD dwflsindex);
BOOL WINAPI FlsSetValue(DWORD dwflsindex, LPCVOID lpflsdata);
BOOL WINAPI IsThreadAFiber(void);

TRANSOM_END
#endif
