/* _beginthreadex, critical sections, interlocked counters, events. */
#include <windows.h>
#include <process.h>
#include <stdio.h>
#include "check.h"

#define THREADS 4
#define ROUNDS 1000

CRITICAL_SECTION section;
LONG counter, interlocked;
long plain;
HANDLE go, simple;

unsigned WINAPI Work(void *argument)
{
    int i;
    WaitForSingleObject(go, INFINITE);
    for (i = 0; i < ROUNDS; i++) {
        EnterCriticalSection(&section);
        counter++;
        plain++;
        LeaveCriticalSection(&section);
        InterlockedIncrement(&interlocked);
    }
    return (unsigned)(ULONG_PTR)argument;
}

void __cdecl Simple(void *argument)
{
    DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &simple, 0, FALSE, DUPLICATE_SAME_ACCESS);
    SetEvent((HANDLE)argument);
    _endthread();
}

int main()
{
    HANDLE threads[THREADS], done;
    unsigned id;
    DWORD code;
    int i;

    InitializeCriticalSection(&section);
    go = CreateEvent(NULL, TRUE, FALSE, NULL);
    for (i = 0; i < THREADS; i++)
        threads[i] = (HANDLE)_beginthreadex(NULL, 0, Work, (void *)(ULONG_PTR)(i + 10), 0, &id);
    SetEvent(go);
    CHECK(WaitForMultipleObjects(THREADS, threads, TRUE, INFINITE) == WAIT_OBJECT_0);
    for (i = 0; i < THREADS; i++) {
        CHECK(GetExitCodeThread(threads[i], &code) && code == (DWORD)i + 10);
        CloseHandle(threads[i]);
    }
    CHECK(counter == THREADS * ROUNDS && interlocked == THREADS * ROUNDS && plain == THREADS * ROUNDS);
    DeleteCriticalSection(&section);

    done = CreateEvent(NULL, FALSE, FALSE, NULL);
    CHECK(_beginthread(Simple, 0, done) != (uintptr_t)-1L);
    CHECK(WaitForSingleObject(done, INFINITE) == WAIT_OBJECT_0);
    /* Its own handle is closed by then; ours is not. */
    CHECK(WaitForSingleObject(simple, INFINITE) == WAIT_OBJECT_0);
    CHECK(_beginthreadex(NULL, 0, NULL, NULL, 0, NULL) == 0 && errno == EINVAL);
    return failures;
}
