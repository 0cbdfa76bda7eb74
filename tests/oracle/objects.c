/* Events, mutexes, semaphores and waitable timers. */
#include "probe.h"

static DWORD WINAPI owns_a_mutex_and_ends(void *mutex)
{
    return WaitForSingleObject((HANDLE)mutex, INFINITE);
}

static DWORD WINAPI releases_a_mutex(void *mutex)
{
    SetLastError(0);
    return ReleaseMutex((HANDLE)mutex) ? 0 : GetLastError();
}

static void events(void)
{
    HANDLE manual = SAY_HANDLE_ALWAYS("event_manual", CreateEventA(NULL, TRUE, FALSE, NULL));
    HANDLE automatic = SAY_HANDLE_ALWAYS("event_automatic_set", CreateEventA(NULL, FALSE, TRUE, NULL));
    HANDLE named, again, weak;
    char long_name[300];

    SAY_WAIT("event_manual_unset", WaitForSingleObject(manual, 0));
    SAY("event_set", SetEvent(manual));
    SAY_WAIT("event_manual_set", WaitForSingleObject(manual, 0));
    SAY_WAIT("event_manual_stays_set", WaitForSingleObject(manual, 0));
    SAY("event_reset", ResetEvent(manual));
    SAY_WAIT("event_manual_reset", WaitForSingleObject(manual, 0));
    SAY_WAIT("event_automatic_taken", WaitForSingleObject(automatic, 0));
    SAY_WAIT("event_automatic_once", WaitForSingleObject(automatic, 0));
    SAY("event_pulse", PulseEvent(manual));
    SAY_WAIT("event_after_pulse", WaitForSingleObject(manual, 0));

    named = SAY_HANDLE_ALWAYS("event_named", CreateEventA(NULL, TRUE, FALSE, "oracle_event"));
    again = SAY_HANDLE_ALWAYS("event_named_again", CreateEventA(NULL, FALSE, TRUE, "oracle_event"));
    SAY_WAIT("event_again_keeps_the_first_state", WaitForSingleObject(again, 0));
    CLOSE(again);
    again = SAY_HANDLE_ALWAYS("event_named_local", CreateEventA(NULL, TRUE, FALSE, "Local\\oracle_event"));
    CLOSE(again);
    again = SAY_HANDLE_ALWAYS("event_named_global", CreateEventA(NULL, TRUE, FALSE, "Global\\oracle_event_g"));
    CLOSE(again);
    again = SAY_HANDLE_ALWAYS("event_name_in_other_case", CreateEventA(NULL, TRUE, FALSE, "ORACLE_event"));
    CLOSE(again);
    again = SAY_HANDLE_ALWAYS("event_empty_name", CreateEventA(NULL, TRUE, FALSE, ""));
    CLOSE(again);
    SAY_HANDLE("event_open_absent", OpenEventA(EVENT_ALL_ACCESS, FALSE, "oracle_absent"));
    SAY_HANDLE("event_open_null_name", OpenEventA(EVENT_ALL_ACCESS, FALSE, NULL));
    SAY_HANDLE("event_open_empty_name", OpenEventA(EVENT_ALL_ACCESS, FALSE, ""));
    SAY_HANDLE("event_open_other_case", OpenEventA(EVENT_ALL_ACCESS, FALSE, "Oracle_Event"));
    SAY_HANDLE("event_open_as_mutex", OpenMutexA(MUTEX_ALL_ACCESS, FALSE, "oracle_event"));
    SAY_HANDLE("event_create_mutex_of_name", CreateMutexA(NULL, FALSE, "oracle_event"));
    SAY_HANDLE("event_create_semaphore_of_name", CreateSemaphoreA(NULL, 0, 1, "oracle_event"));
    SAY_HANDLE("event_create_section_of_name", CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, "oracle_event"));
    SAY_HANDLE("event_backslash_in_name", CreateEventA(NULL, TRUE, FALSE, "a\\b"));
    SAY_HANDLE("event_open_backslash_in_name", OpenEventA(EVENT_ALL_ACCESS, FALSE, "a\\b"));
    SAY_HANDLE("event_only_prefix", CreateEventA(NULL, TRUE, FALSE, "Local\\"));
    memset(long_name, 'n', sizeof(long_name));
    long_name[299] = 0;
    SAY_HANDLE("event_name_over_max_path", CreateEventA(NULL, TRUE, FALSE, long_name));
    weak = SAY_HANDLE("event_open_to_wait", OpenEventA(SYNCHRONIZE, FALSE, "oracle_event"));
    SAY("event_set_without_right", SetEvent(weak));
    SAY("event_pulse_without_right", PulseEvent(weak));
    CLOSE(weak);
    weak = SAY_HANDLE("event_open_to_change", OpenEventA(EVENT_MODIFY_STATE, FALSE, "oracle_event"));
    SAY_WAIT("event_wait_without_right", WaitForSingleObject(weak, 0));
    CLOSE(weak);
    weak = SAY_HANDLE_ALWAYS("event_ex_with_flags", CreateEventExA(NULL, NULL, CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET, EVENT_ALL_ACCESS));
    SAY_WAIT("event_ex_is_set", WaitForSingleObject(weak, 0));
    SAY_WAIT("event_ex_is_manual", WaitForSingleObject(weak, 0));
    CLOSE(weak);
    SAY_HANDLE("event_ex_bad_flags", CreateEventExA(NULL, NULL, 0x80, EVENT_ALL_ACCESS));
    CLOSE(named);
    SAY_HANDLE("event_open_after_last_close", OpenEventA(EVENT_ALL_ACCESS, FALSE, "oracle_event"));
    CLOSE(manual);
    CLOSE(automatic);
}

static void mutexes(void)
{
    HANDLE mutex = SAY_HANDLE_ALWAYS("mutex_owned", CreateMutexA(NULL, TRUE, "oracle_mutex"));
    HANDLE again = SAY_HANDLE_ALWAYS("mutex_again", CreateMutexA(NULL, TRUE, "oracle_mutex")), weak;

    SAY_WAIT("mutex_recursion", WaitForSingleObject(mutex, 0));
    SAY_VALUE("mutex_release_by_other", in_a_thread(releases_a_mutex, mutex));
    SAY("mutex_release", ReleaseMutex(mutex));
    SAY("mutex_release_again", ReleaseMutex(again));
    SAY("mutex_release_once_too_often", ReleaseMutex(mutex));
    SAY_VALUE("mutex_owner_ends", in_a_thread(owns_a_mutex_and_ends, mutex));
    SAY_WAIT("mutex_abandoned", WaitForSingleObject(mutex, 0));
    SAY("mutex_release_abandoned", ReleaseMutex(mutex));
    SAY_WAIT("mutex_not_abandoned_twice", WaitForSingleObject(mutex, 0));
    SAY("mutex_release_at_last", ReleaseMutex(mutex));
    weak = SAY_HANDLE("mutex_open_to_wait", OpenMutexA(SYNCHRONIZE, FALSE, "oracle_mutex"));
    SAY_WAIT("mutex_wait_through_weak", WaitForSingleObject(weak, 0));
    SAY("mutex_release_through_weak", ReleaseMutex(weak));
    CLOSE(weak);
    SAY_HANDLE("mutex_open_absent", OpenMutexA(SYNCHRONIZE, FALSE, "oracle_absent"));
    SAY_HANDLE("mutex_open_null_name", OpenMutexA(SYNCHRONIZE, FALSE, NULL));
    SAY_HANDLE("mutex_open_as_event", OpenEventA(SYNCHRONIZE, FALSE, "oracle_mutex"));
    SAY_HANDLE("mutex_ex_bad_flags", CreateMutexExA(NULL, NULL, 0x80, MUTEX_ALL_ACCESS));
    weak = SAY_HANDLE_ALWAYS("mutex_ex_owned", CreateMutexExA(NULL, NULL, CREATE_MUTEX_INITIAL_OWNER, MUTEX_ALL_ACCESS));
    SAY("mutex_ex_release", ReleaseMutex(weak));
    CLOSE(weak);
    SAY("mutex_release_null", ReleaseMutex(NULL));
    CLOSE(again);
    CLOSE(mutex);
}

static void semaphores(void)
{
    HANDLE semaphore = SAY_HANDLE_ALWAYS("semaphore", CreateSemaphoreA(NULL, 1, 3, "oracle_semaphore"));
    HANDLE again = SAY_HANDLE_ALWAYS("semaphore_again", CreateSemaphoreA(NULL, 0, 9, "oracle_semaphore")), weak;
    LONG before = -1;

    SAY_WAIT("semaphore_take", WaitForSingleObject(semaphore, 0));
    SAY_WAIT("semaphore_empty", WaitForSingleObject(again, 0));
    SAY("semaphore_release_two", ReleaseSemaphore(semaphore, 2, &before));
    SAY_VALUE("semaphore_count_before", before);
    before = -1;
    SAY("semaphore_over_maximum", ReleaseSemaphore(semaphore, 2, &before));
    SAY_VALUE("semaphore_count_after_failure", before);
    SAY("semaphore_release_zero", ReleaseSemaphore(semaphore, 0, &before));
    SAY("semaphore_release_negative", ReleaseSemaphore(semaphore, -1, &before));
    SAY("semaphore_release_one", ReleaseSemaphore(semaphore, 1, &before));
    SAY_VALUE("semaphore_count_is_two", before);
    SAY_HANDLE("semaphore_maximum_zero", CreateSemaphoreA(NULL, 0, 0, NULL));
    SAY_HANDLE("semaphore_maximum_negative", CreateSemaphoreA(NULL, 0, -1, NULL));
    SAY_HANDLE("semaphore_start_negative", CreateSemaphoreA(NULL, -1, 1, NULL));
    SAY_HANDLE("semaphore_start_over_maximum", CreateSemaphoreA(NULL, 2, 1, NULL));
    SAY_HANDLE("semaphore_open_absent", OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "oracle_absent"));
    SAY_HANDLE("semaphore_open_as_timer", OpenWaitableTimerA(SYNCHRONIZE, FALSE, "oracle_semaphore"));
    weak = SAY_HANDLE("semaphore_open_to_wait", OpenSemaphoreA(SYNCHRONIZE, FALSE, "oracle_semaphore"));
    SAY("semaphore_release_without_right", ReleaseSemaphore(weak, 1, NULL));
    CLOSE(weak);
    SAY_HANDLE("semaphore_ex_flags", CreateSemaphoreExA(NULL, 0, 1, NULL, 1, SEMAPHORE_ALL_ACCESS));
    SAY("semaphore_release_null", ReleaseSemaphore(NULL, 1, NULL));
    CLOSE(again);
    CLOSE(semaphore);
}

static void timers(void)
{
    HANDLE timer = SAY_HANDLE_ALWAYS("timer", CreateWaitableTimerA(NULL, TRUE, "oracle_timer"));
    HANDLE again = SAY_HANDLE_ALWAYS("timer_again", CreateWaitableTimerA(NULL, FALSE, "oracle_timer")), weak;
    LARGE_INTEGER due;

    SAY_WAIT("timer_unset", WaitForSingleObject(timer, 0));
    due.QuadPart = -1;
    SAY("timer_set", SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    SAY_WAIT("timer_due", WaitForSingleObject(timer, 10000));
    SAY_WAIT("timer_stays", WaitForSingleObject(timer, 0));
    due.QuadPart = -600000000LL;
    SAY("timer_set_again", SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    SAY_WAIT("timer_set_again_unsignals", WaitForSingleObject(timer, 0));
    SAY("timer_cancel", CancelWaitableTimer(timer));
    SAY("timer_cancel_twice", CancelWaitableTimer(timer));
    due.QuadPart = 1;
    SAY("timer_set_to_the_past", SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    SAY_WAIT("timer_of_the_past", WaitForSingleObject(timer, 10000));
    SAY("timer_negative_period", SetWaitableTimer(timer, &due, -1, NULL, NULL, FALSE));
    SAY("timer_set_null", SetWaitableTimer(NULL, &due, 0, NULL, NULL, FALSE));
    SAY("timer_cancel_null", CancelWaitableTimer(NULL));
    SAY_HANDLE("timer_open_absent", OpenWaitableTimerA(TIMER_ALL_ACCESS, FALSE, "oracle_absent"));
    SAY_HANDLE("timer_open_as_event", OpenEventA(SYNCHRONIZE, FALSE, "oracle_timer"));
    weak = SAY_HANDLE("timer_open_to_wait", OpenWaitableTimerA(SYNCHRONIZE, FALSE, "oracle_timer"));
    SAY("timer_set_without_right", SetWaitableTimer(weak, &due, 0, NULL, NULL, FALSE));
    SAY("timer_cancel_without_right", CancelWaitableTimer(weak));
    CLOSE(weak);
    CLOSE(again);
    CLOSE(timer);
}

int main(void)
{
    events();
    mutexes();
    semaphores();
    timers();
    return 0;
}
