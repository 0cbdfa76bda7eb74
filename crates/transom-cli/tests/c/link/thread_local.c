#include <windows.h>
#include <stdio.h>
#define THREADCOUNT 4
DWORD dwTlsIndex;
__declspec(thread) int own;
__declspec(noreturn) void Fail(void);
static __forceinline int twice(int x) { return 2 * x; }
void Fail(void) { ExitProcess(1); }
DWORD WINAPI ThreadFunc(VOID)
{
    LPVOID lpvData = (LPVOID)LocalAlloc(LPTR, 256);
    if (!TlsSetValue(dwTlsIndex, lpvData)) Fail();
    own = twice(GetCurrentThreadId());
    printf("thread %d: lpvData=%lx\n", GetCurrentThreadId(), lpvData);
    LocalFree((HLOCAL)TlsGetValue(dwTlsIndex));
    return 0;
}
int main(VOID)
{
    DWORD IDThread;
    HANDLE hThread[THREADCOUNT];
    int i;
    if ((dwTlsIndex = TlsAlloc()) == TLS_OUT_OF_INDEXES) Fail();
    for (i = 0; i < THREADCOUNT; i++)
        hThread[i] = CreateThread(NULL, 0, (LPTHREAD_START_ROUTINE)ThreadFunc, NULL, 0, &IDThread);
    for (i = 0; i < THREADCOUNT; i++) WaitForSingleObject(hThread[i], INFINITE);
    TlsFree(dwTlsIndex);
    return 0;
}
