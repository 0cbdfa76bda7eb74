/* fibersapi.h: fiber-local storage, and fibers. */
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
typedef VOID(WINAPI *PFIBER_START_ROUTINE)(LPVOID lpFiberParameter);
typedef PFIBER_START_ROUTINE LPFIBER_START_ROUTINE;
#define FIBER_FLAG_FLOAT_SWITCH 1
LPVOID WINAPI ConvertThreadToFiber(LPVOID lpparameter);
LPVOID WINAPI ConvertThreadToFiberEx(LPVOID lpparameter, DWORD dwflags);
BOOL WINAPI ConvertFiberToThread(void);
LPVOID WINAPI CreateFiber(SIZE_T dwstacksize, LPFIBER_START_ROUTINE lpstartaddress, LPVOID lpparameter);
LPVOID WINAPI CreateFiberEx(SIZE_T dwstackcommitsize, SIZE_T dwstackreservesize, DWORD dwflags,
    LPFIBER_START_ROUTINE lpstartaddress, LPVOID lpparameter);
VOID WINAPI DeleteFiber(LPVOID lpfiber);
VOID WINAPI SwitchToFiber(LPVOID lpfiber);
PVOID WINAPI GetCurrentFiber(void);
PVOID WINAPI GetFiberData(void);

TRANSOM_END
#endif
