/* Threads, thread-local and fiber-local storage, locks, pools. */
#include "probe.h"

static LONG counted;

static DWORD WINAPI returns(void *code)
{
    return (DWORD)(ULONG_PTR)code;
}

static DWORD WINAPI exits(void *code)
{
    ExitThread((DWORD)(ULONG_PTR)code);
    return 1;
}

static DWORD WINAPI sleeps(void *unused)
{
    UNUSED_PARAMETER(unused);
    Sleep(60000);
    return 1;
}

static DWORD WINAPI reads_local(void *index)
{
    SetLastError(77);
    if (TlsGetValue((DWORD)(ULONG_PTR)index) != NULL)
        return 1;
    return 1000 + GetLastError();
}

static VOID WINAPI counts(void *value)
{
    InterlockedIncrement(&counted);
    UNUSED_PARAMETER(value);
}

static DWORD WINAPI keeps(void *index)
{
    return FlsSetValue((DWORD)(ULONG_PTR)index, &counted);
}

static DWORD WINAPI tries(void *section)
{
    return TryEnterCriticalSection((CRITICAL_SECTION *)section);
}

static void threads(void)
{
    HANDLE thread, weak;
    DWORD id = 0, code = 0;
    FILETIME t;

    SAY_VALUE("returns_300", in_a_thread(returns, (void *)300));
    SAY_VALUE("exits_with_259", in_a_thread(exits, (void *)259));
    thread = SAY_HANDLE("create", CreateThread(NULL, 0, returns, (void *)7, CREATE_SUSPENDED, &id));
    SAY_VALUE("id", GetThreadId(thread) == id);
    SAY_VALUE("process_of_thread", GetProcessIdOfThread(thread) == GetCurrentProcessId());
    SAY("exit_code_active", GetExitCodeThread(thread, &code));
    SAY_VALUE("active", code);
    SAY_WAIT("suspended", WaitForSingleObject(thread, 10));
    SAY_VALUE("suspend_again", SuspendThread(thread));
    SAY_VALUE("resume_first", ResumeThread(thread));
    SAY_VALUE("resume_second", ResumeThread(thread));
    SAY_WAIT("ends", WaitForSingleObject(thread, 20000));
    SAY_VALUE("suspend_ended", (LONG)SuspendThread(thread));
    SAY("terminate_ended", TerminateThread(thread, 9));
    SAY("times_of_ended", GetThreadTimes(thread, &t, &t, &t, &t));
    GetExitCodeThread(thread, &code);
    SAY_VALUE("code_of_ended", code);
    CLOSE(thread);
    thread = CreateThread(NULL, 0, sleeps, NULL, 0, &id);
    weak = SAY_HANDLE("open_to_wait", OpenThread(SYNCHRONIZE, FALSE, id));
    SAY_WAIT("wait_with_right", WaitForSingleObject(weak, 0));
    SAY("exit_code_without_right", GetExitCodeThread(weak, &code));
    SAY("terminate_without_right", TerminateThread(weak, 0));
    SAY_VALUE("suspend_without_right", (LONG)SuspendThread(weak));
    SAY_NUMBER("priority_without_right", GetThreadPriority(weak));
    CLOSE(weak);
    weak = SAY_HANDLE("open_to_query", OpenThread(THREAD_QUERY_INFORMATION, FALSE, id));
    SAY_WAIT("wait_without_right", WaitForSingleObject(weak, 0));
    SAY("set_priority_without_right", SetThreadPriority(weak, THREAD_PRIORITY_NORMAL));
    CLOSE(weak);
    SAY("terminate", TerminateThread(thread, 42));
    SAY_WAIT("terminated", WaitForSingleObject(thread, 20000));
    GetExitCodeThread(thread, &code);
    SAY_VALUE("terminated_code", code);
    CLOSE(thread);
    SAY_HANDLE("open_zero", OpenThread(THREAD_ALL_ACCESS, FALSE, 0));
    SAY_HANDLE("open_nobody", OpenThread(THREAD_ALL_ACCESS, FALSE, 0x7FFFFFF0));
    SAY("exit_code_null", GetExitCodeThread(NULL, &code));
    SAY_NUMBER("priority", GetThreadPriority(GetCurrentThread()));
    SAY_NUMBER("priority_null", GetThreadPriority(NULL));
    SAY("set_priority_nonsense", SetThreadPriority(GetCurrentThread(), 77));
    SAY_VALUE("suspend_null", (LONG)SuspendThread(NULL));
    SAY_NUMBER("affinity_none", SetThreadAffinityMask(GetCurrentThread(), 0));
    SAY_NUMBER("affinity_null", SetThreadAffinityMask(NULL, 1));
}

static void storage(void)
{
    DWORD index = TlsAlloc(), fiber;

    SAY_VALUE("tls_index", index != TLS_OUT_OF_INDEXES);
    SAY_NUMBER("tls_empty", (LONG_PTR)(SetLastError(77), TlsGetValue(index)));
    SAY("tls_set", TlsSetValue(index, &index));
    SAY_VALUE("tls_get", TlsGetValue(index) == &index);
    SAY_VALUE("tls_of_another_thread", in_a_thread(reads_local, (void *)(ULONG_PTR)index));
    SAY("tls_free", TlsFree(index));
    SAY("tls_free_bad", TlsFree(0x7FFFFFFF));
    SAY_NUMBER("tls_get_bad", (LONG_PTR)TlsGetValue(0x7FFFFFFF));
    SAY("tls_set_bad", TlsSetValue(0x7FFFFFFF, NULL));
    fiber = FlsAlloc(counts);
    SAY_VALUE("fls_index", fiber != FLS_OUT_OF_INDEXES);
    SAY_NUMBER("fls_empty", (LONG_PTR)FlsGetValue(fiber));
    SAY("fls_set", FlsSetValue(fiber, &fiber));
    SAY_VALUE("fls_get", FlsGetValue(fiber) == &fiber);
    SAY_VALUE("fls_thread_sets", in_a_thread(keeps, (void *)(ULONG_PTR)fiber));
    SAY_VALUE("fls_called_at_end", counted);
    SAY("fls_free", FlsFree(fiber));
    SAY_VALUE("fls_called_at_free", counted);
    SAY("fls_free_twice", FlsFree(fiber));
    SAY("fls_set_bad", FlsSetValue(0x7FFFFFFF, NULL));
    SAY_NUMBER("fls_get_bad", (LONG_PTR)FlsGetValue(0x7FFFFFFF));
    SAY("fls_set_zero", FlsSetValue(0, NULL));
}

static BOOL CALLBACK once(INIT_ONCE *which, void *parameter, void **context)
{
    UNUSED_PARAMETER(which);
    *context = (void *)8;
    return parameter != NULL;
}

static void locks(void)
{
    CRITICAL_SECTION section;
    SRWLOCK slim = SRWLOCK_INIT;
    CONDITION_VARIABLE condition = CONDITION_VARIABLE_INIT;
    INIT_ONCE initialized = INIT_ONCE_STATIC_INIT;
    void *context = NULL;
    BOOL pending = 7;
    LONG value = 5, compared = 5;

    SAY("section", InitializeCriticalSectionAndSpinCount(&section, 100));
    EnterCriticalSection(&section);
    SAY_VALUE("section_again", TryEnterCriticalSection(&section));
    SAY_VALUE("section_recursion", section.RecursionCount);
    SAY_VALUE("section_from_another", in_a_thread(tries, &section));
    LeaveCriticalSection(&section);
    SAY("condition_times_out", SleepConditionVariableCS(&condition, &section, 1));
    LeaveCriticalSection(&section);
    SAY_VALUE("section_free", in_a_thread(tries, &section));
    AcquireSRWLockShared(&slim);
    SAY_VALUE("slim_shared_again", TryAcquireSRWLockShared(&slim));
    SAY_VALUE("slim_exclusive", TryAcquireSRWLockExclusive(&slim));
    ReleaseSRWLockShared(&slim);
    ReleaseSRWLockShared(&slim);
    SAY_VALUE("slim_exclusive_free", TryAcquireSRWLockExclusive(&slim));
    SAY("condition_slim_times_out", SleepConditionVariableSRW(&condition, &slim, 1, 0));
    ReleaseSRWLockExclusive(&slim);
    SAY("once_fails", InitOnceExecuteOnce(&initialized, once, NULL, &context));
    SAY("once", InitOnceExecuteOnce(&initialized, once, &value, &context));
    SAY_VALUE("once_context", (ULONG_PTR)context);
    SAY("once_begin", InitOnceBeginInitialize(&initialized, 0, &pending, &context));
    SAY_VALUE("once_pending", pending);
    SAY("once_check_only", InitOnceBeginInitialize(&initialized, INIT_ONCE_CHECK_ONLY, &pending, NULL));
    InitOnceInitialize(&initialized);
    SAY("once_check_before", InitOnceBeginInitialize(&initialized, INIT_ONCE_CHECK_ONLY, &pending, NULL));
    SAY("once_complete_before", InitOnceComplete(&initialized, 0, NULL));
    SAY("address_differs", WaitOnAddress(&value, &(LONG){6}, 4, INFINITE));
    SAY("address_times_out", WaitOnAddress(&value, &compared, 4, 1));
    SAY("address_bad_size", WaitOnAddress(&value, &compared, 3, 1));
}

static VOID CALLBACK fires(void *counter, BOOLEAN fired)
{
    UNUSED_PARAMETER(fired);
    SetEvent((HANDLE)counter);
}

static DWORD WINAPI works(void *event)
{
    return SetEvent((HANDLE)event);
}

static VOID CALLBACK pooled(PTP_CALLBACK_INSTANCE instance, void *context, PTP_WORK work)
{
    UNUSED_PARAMETER(instance);
    UNUSED_PARAMETER(work);
    InterlockedIncrement((LONG *)context);
}

static void pools(void)
{
    HANDLE done = CreateEventA(NULL, FALSE, FALSE, NULL), registered = NULL, queue, timer = NULL;
    HANDLE set = CreateEventA(NULL, TRUE, TRUE, NULL);
    PTP_WORK work;
    LONG times = 0;

    SAY("work_item", QueueUserWorkItem(works, done, 0));
    SAY_WAIT("work_item_done", WaitForSingleObject(done, 20000));
    SAY("register_wait", RegisterWaitForSingleObject(&registered, set, fires, done, INFINITE, WT_EXECUTEONLYONCE));
    SAY_WAIT("registered_fires", WaitForSingleObject(done, 20000));
    SAY("unregister", UnregisterWaitEx(registered, INVALID_HANDLE_VALUE));
    SAY("unregister_null", UnregisterWait(NULL));
    SAY("register_null", RegisterWaitForSingleObject(&registered, NULL, fires, done, INFINITE, WT_EXECUTEONLYONCE));
    queue = SAY_HANDLE("timer_queue", CreateTimerQueue());
    SAY("queue_timer", CreateTimerQueueTimer(&timer, queue, fires, done, 1, 0, 0));
    SAY_WAIT("queue_timer_fires", WaitForSingleObject(done, 20000));
    SAY("change_timer_that_is_over", ChangeTimerQueueTimer(queue, timer, 0, 0));
    SAY_WAIT("timer_stays_over", WaitForSingleObject(done, 50));
    SAY("delete_timer", DeleteTimerQueueTimer(NULL, timer, INVALID_HANDLE_VALUE));
    SAY("delete_timer_null", DeleteTimerQueueTimer(queue, NULL, NULL));
    SAY("delete_queue", DeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE));
    SAY("delete_queue_null", DeleteTimerQueueEx(NULL, NULL));
    work = CreateThreadpoolWork(pooled, &times, NULL);
    SAY_VALUE("pool_work", work != NULL);
    SubmitThreadpoolWork(work);
    SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    SAY_VALUE("pool_work_done", times);
    CloseThreadpoolWork(work);
}

int main(void)
{
    threads();
    storage();
    locks();
    pools();
    return 0;
}
