#define UNICODE
#define _UNICODE
#include <windows.h>
#include <stdio.h>
VOID CALLBACK TimerAPCProc(LPVOID lpArg, DWORD dwTimerLowValue, DWORD dwTimerHighValue)
{
    wprintf(L"Message: %s\nValue: %d\n", (LPCWSTR)lpArg, dwTimerLowValue); MessageBeep(0);
}
void main(void)
{
    HANDLE hTimer; __int64 qwDueTime; LARGE_INTEGER liDueTime;
    hTimer = CreateWaitableTimer(NULL, FALSE, TEXT("MyTimer"));
    if (hTimer != NULL) {
        qwDueTime = -5 * 10000000LL;
        liDueTime.LowPart = (DWORD)(qwDueTime & 0xFFFFFFFF);
        liDueTime.HighPart = (LONG)(qwDueTime >> 32);
        if (SetWaitableTimer(hTimer, &liDueTime, 2000, TimerAPCProc, (LPVOID)L"text", FALSE))
            for (; ; ) SleepEx(INFINITE, TRUE);
        CloseHandle(hTimer);
    }
}
