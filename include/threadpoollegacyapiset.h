/* threadpoollegacyapiset.h: registered waits and timer queues. */
#ifndef _THREADPOOLLEGACYAPISET_H_
#define _THREADPOOLLEGACYAPISET_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

BOOL WINAPI UnregisterWaitEx(HANDLE waithandle, HANDLE completionevent);
BOOL WINAPI QueueUserWorkItem(LPTHREAD_START_ROUTINE function, LPCVOID context, DWORD flags);
HANDLE WINAPI CreateTimerQueue(void);
BOOL WINAPI CreateTimerQueueTimer(LPHANDLE phnewtimer, HANDLE timerqueue,
    WAITORTIMERCALLBACK callback, LPCVOID parameter, DWORD duetime, DWORD period, DWORD flags);
BOOL WINAPI ChangeTimerQueueTimer(HANDLE timerqueue, HANDLE timer, DWORD duetime, DWORD period);
BOOL WINAPI DeleteTimerQueueTimer(HANDLE timerqueue, HANDLE timer, HANDLE completionevent);
BOOL WINAPI DeleteTimerQueue(HANDLE timerqueue);
BOOL WINAPI DeleteTimerQueueEx(HANDLE timerqueue, HANDLE completionevent);

TRANSOM_END
#endif
