/* synchapi.h: waiting, events, mutexes, semaphores, timers, locks. */
#ifndef _SYNCHAPI_H_
#define _SYNCHAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

#define INFINITE 0xFFFFFFFF
#define WAIT_FAILED ((DWORD)0xFFFFFFFF)
#define WAIT_OBJECT_0 ((STATUS_WAIT_0) + 0)
#define WAIT_ABANDONED ((STATUS_ABANDONED_WAIT_0) + 0)
#define WAIT_ABANDONED_0 ((STATUS_ABANDONED_WAIT_0) + 0)
#define WAIT_IO_COMPLETION STATUS_USER_APC
#define CREATE_EVENT_MANUAL_RESET 1
#define CREATE_MUTEX_INITIAL_OWNER 1
#define CREATE_WAITABLE_TIMER_MANUAL_RESET 1
#define CREATE_EVENT_INITIAL_SET 2
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 2
#define MUTEX_MODIFY_STATE MUTANT_QUERY_STATE
#define MUTEX_ALL_ACCESS MUTANT_ALL_ACCESS
#define SYNCHRONIZATION_BARRIER_FLAGS_SPIN_ONLY 1
#define SYNCHRONIZATION_BARRIER_FLAGS_BLOCK_ONLY 2
#define SYNCHRONIZATION_BARRIER_FLAGS_NO_DELETE 4
typedef struct _REASON_CONTEXT REASON_CONTEXT, *PREASON_CONTEXT;
DWORD WINAPI WaitForSingleObject(HANDLE hhandle, DWORD dwmilliseconds);
DWORD WINAPI WaitForMultipleObjects(DWORD ncount, const HANDLE *lphandles, BOOL bwaitall,
    DWORD dwmilliseconds);
DWORD WINAPI WaitForSingleObjectEx(HANDLE hhandle, DWORD dwmilliseconds, BOOL balertable);
DWORD WINAPI WaitForMultipleObjectsEx(DWORD ncount, const HANDLE *lphandles, BOOL bwaitall,
    DWORD dwmilliseconds, BOOL balertable);
DWORD WINAPI SignalObjectAndWait(HANDLE hobjecttosignal, HANDLE hobjecttowaiton,
    DWORD dwmilliseconds, BOOL balertable);
VOID WINAPI Sleep(DWORD dwmilliseconds);
DWORD WINAPI SleepEx(DWORD dwmilliseconds, BOOL balertable);
HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES lpeventattributes, BOOL bmanualreset,
    BOOL binitialstate, LPCSTR lpname);
HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES lpeventattributes, BOOL bmanualreset,
    BOOL binitialstate, LPCWSTR lpname);
#define CreateEvent TRANSOM_AW(CreateEvent)
HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES lpeventattributes, LPCSTR lpname, DWORD dwflags,
    DWORD dwdesiredaccess);
HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES lpeventattributes, LPCWSTR lpname, DWORD dwflags,
    DWORD dwdesiredaccess);
#define CreateEventEx TRANSOM_AW(CreateEventEx)
HANDLE WINAPI OpenEventA(DWORD dwdesiredaccess, BOOL binherithandle, LPCSTR lpname);
HANDLE WINAPI OpenEventW(DWORD dwdesiredaccess, BOOL binherithandle, LPCWSTR lpname);
#define OpenEvent TRANSOM_AW(OpenEvent)
BOOL WINAPI SetEvent(HANDLE hevent);
BOOL WINAPI ResetEvent(HANDLE hevent);
BOOL WINAPI PulseEvent(HANDLE hevent);
HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES lpmutexattributes, BOOL binitialowner,
    LPCSTR lpname);
HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES lpmutexattributes, BOOL binitialowner,
    LPCWSTR lpname);
#define CreateMutex TRANSOM_AW(CreateMutex)
HANDLE WINAPI CreateMutexExA(LPSECURITY_ATTRIBUTES lpmutexattributes, LPCSTR lpname, DWORD dwflags,
    DWORD dwdesiredaccess);
HANDLE WINAPI CreateMutexExW(LPSECURITY_ATTRIBUTES lpmutexattributes, LPCWSTR lpname, DWORD dwflags,
    DWORD dwdesiredaccess);
#define CreateMutexEx TRANSOM_AW(CreateMutexEx)
HANDLE WINAPI OpenMutexA(DWORD dwdesiredaccess, BOOL binherithandle, LPCSTR lpname);
HANDLE WINAPI OpenMutexW(DWORD dwdesiredaccess, BOOL binherithandle, LPCWSTR lpname);
#define OpenMutex TRANSOM_AW(OpenMutex)
BOOL WINAPI ReleaseMutex(HANDLE hmutex);
HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES lpsemaphoreattributes, LONG linitialcount,
    LONG lmaximumcount, LPCSTR lpname);
HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES lpsemaphoreattributes, LONG linitialcount,
    LONG lmaximumcount, LPCWSTR lpname);
#define CreateSemaphore TRANSOM_AW(CreateSemaphore)
HANDLE WINAPI CreateSemaphoreExA(LPSECURITY_ATTRIBUTES lpsemaphoreattributes, LONG linitialcount,
    LONG lmaximumcount, LPCSTR lpname, DWORD dwflags, DWORD dwdesiredaccess);
HANDLE WINAPI CreateSemaphoreExW(LPSECURITY_ATTRIBUTES lpsemaphoreattributes, LONG linitialcount,
    LONG lmaximumcount, LPCWSTR lpname, DWORD dwflags, DWORD dwdesiredaccess);
#define CreateSemaphoreEx TRANSOM_AW(CreateSemaphoreEx)
HANDLE WINAPI OpenSemaphoreA(DWORD dwdesiredaccess, BOOL binherithandle, LPCSTR lpname);
HANDLE WINAPI OpenSemaphoreW(DWORD dwdesiredaccess, BOOL binherithandle, LPCWSTR lpname);
#define OpenSemaphore TRANSOM_AW(OpenSemaphore)
BOOL WINAPI ReleaseSemaphore(HANDLE hsemaphore, LONG lreleasecount, LONG *lppreviouscount);
HANDLE WINAPI CreateWaitableTimerA(LPSECURITY_ATTRIBUTES lptimerattributes, BOOL bmanualreset,
    LPCSTR lptimername);
HANDLE WINAPI CreateWaitableTimerW(LPSECURITY_ATTRIBUTES lptimerattributes, BOOL bmanualreset,
    LPCWSTR lptimername);
#define CreateWaitableTimer TRANSOM_AW(CreateWaitableTimer)
HANDLE WINAPI CreateWaitableTimerExA(LPSECURITY_ATTRIBUTES lptimerattributes, LPCSTR lptimername,
    DWORD dwflags, DWORD dwdesiredaccess);
HANDLE WINAPI CreateWaitableTimerExW(LPSECURITY_ATTRIBUTES lptimerattributes, LPCWSTR lptimername,
    DWORD dwflags, DWORD dwdesiredaccess);
#define CreateWaitableTimerEx TRANSOM_AW(CreateWaitableTimerEx)
HANDLE WINAPI OpenWaitableTimerA(DWORD dwdesiredaccess, BOOL binherithandle, LPCSTR lptimername);
HANDLE WINAPI OpenWaitableTimerW(DWORD dwdesiredaccess, BOOL binherithandle, LPCWSTR lptimername);
#define OpenWaitableTimer TRANSOM_AW(OpenWaitableTimer)
BOOL WINAPI SetWaitableTimer(HANDLE htimer, const LARGE_INTEGER *lpduetime, LONG lperiod,
    PTIMERAPCROUTINE pfncompletionroutine, LPCVOID lpargtocompletionroutine, BOOL fresume);
BOOL WINAPI SetWaitableTimerEx(HANDLE htimer, const LARGE_INTEGER *lpduetime, LONG lperiod,
    PTIMERAPCROUTINE pfncompletionroutine, LPCVOID lpargtocompletionroutine,
    const REASON_CONTEXT *wakecontext, DWORD tolerabledelay);
BOOL WINAPI CancelWaitableTimer(HANDLE htimer);
#define CRITICAL_SECTION_NO_DEBUG_INFO RTL_CRITICAL_SECTION_FLAG_NO_DEBUG_INFO
VOID WINAPI InitializeCriticalSection(CRITICAL_SECTION *lpcriticalsection);
BOOL WINAPI InitializeCriticalSectionAndSpinCount(CRITICAL_SECTION *lpcriticalsection,
    DWORD dwspincount);
BOOL WINAPI InitializeCriticalSectionEx(CRITICAL_SECTION *lpcriticalsection, DWORD dwspincount,
    DWORD flags);
DWORD WINAPI SetCriticalSectionSpinCount(CRITICAL_SECTION *lpcriticalsection, DWORD dwspincount);
VOID WINAPI EnterCriticalSection(CRITICAL_SECTION *lpcriticalsection);
BOOL WINAPI TryEnterCriticalSection(CRITICAL_SECTION *lpcriticalsection);
VOID WINAPI LeaveCriticalSection(CRITICAL_SECTION *lpcriticalsection);
VOID WINAPI DeleteCriticalSection(CRITICAL_SECTION *lpcriticalsection);
VOID WINAPI InitializeSRWLock(SRWLOCK *srwlock);
VOID WINAPI AcquireSRWLockExclusive(SRWLOCK *srwlock);
VOID WINAPI AcquireSRWLockShared(SRWLOCK *srwlock);
VOID WINAPI ReleaseSRWLockExclusive(SRWLOCK *srwlock);
VOID WINAPI ReleaseSRWLockShared(SRWLOCK *srwlock);
BOOLEAN WINAPI TryAcquireSRWLockExclusive(SRWLOCK *srwlock);
BOOLEAN WINAPI TryAcquireSRWLockShared(SRWLOCK *srwlock);
VOID WINAPI InitializeConditionVariable(CONDITION_VARIABLE *conditionvariable);
BOOL WINAPI SleepConditionVariableCS(CONDITION_VARIABLE *conditionvariable,
    CRITICAL_SECTION *criticalsection, DWORD dwmilliseconds);
BOOL WINAPI SleepConditionVariableSRW(CONDITION_VARIABLE *conditionvariable, SRWLOCK *srwlock,
    DWORD dwmilliseconds, DWORD flags);
VOID WINAPI WakeConditionVariable(CONDITION_VARIABLE *conditionvariable);
VOID WINAPI WakeAllConditionVariable(CONDITION_VARIABLE *conditionvariable);
VOID WINAPI InitOnceInitialize(INIT_ONCE *initonce);
BOOL WINAPI InitOnceExecuteOnce(INIT_ONCE *initonce, PINIT_ONCE_FN initfn, LPVOID parameter,
    LPVOID *context);
BOOL WINAPI InitOnceBeginInitialize(INIT_ONCE *lpinitonce, DWORD dwflags, LPBOOL fpending,
    LPVOID *lpcontext);
BOOL WINAPI InitOnceComplete(INIT_ONCE *lpinitonce, DWORD dwflags, LPCVOID lpcontext);
BOOL WINAPI WaitOnAddress(LPCVOID address, LPCVOID compareaddress, SIZE_T addresssize,
    DWORD dwmilliseconds);
VOID WINAPI WakeByAddressSingle(LPCVOID address);
VOID WINAPI WakeByAddressAll(LPCVOID address);

TRANSOM_END
#endif
