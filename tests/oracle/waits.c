/* Waiting for one object, any and all; calls to a thread; SignalObjectAndWait. */
#include "probe.h"

static int called;

static void CALLBACK call(ULONG_PTR parameter)
{
    called += (int)parameter;
}

int main(void)
{
    HANDLE handles[66], set = CreateEventA(NULL, TRUE, TRUE, NULL), unset = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE automatic = CreateEventA(NULL, FALSE, TRUE, NULL), mutex = CreateMutexA(NULL, FALSE, NULL), copy, weak;
    HANDLE semaphore = CreateSemaphoreA(NULL, 0, 1, NULL);
    int i;

    for (i = 0; i < 66; i++)
        handles[i] = CreateEventA(NULL, TRUE, FALSE, NULL);
    SAY_WAIT("one_null", WaitForSingleObject(NULL, 0));
    SAY_WAIT("one_unknown", WaitForSingleObject(NO_SUCH_HANDLE, 0));
    SAY_WAIT("one_current_process", WaitForSingleObject(GetCurrentProcess(), 0));
    SAY_WAIT("one_current_thread", WaitForSingleObject(GetCurrentThread(), 0));
    SAY_WAIT("many_sixty_four", WaitForMultipleObjects(64, handles, FALSE, 0));
    SAY_WAIT("many_sixty_five", WaitForMultipleObjects(65, handles, FALSE, 0));
    SAY_WAIT("many_none", WaitForMultipleObjects(0, handles, FALSE, 0));
    SAY_WAIT("many_none_all", WaitForMultipleObjects(0, handles, TRUE, 0));
    SetEvent(handles[63]);
    SAY_WAIT("many_last", WaitForMultipleObjects(64, handles, FALSE, 0));
    SetEvent(handles[5]);
    SAY_WAIT("many_lowest_first", WaitForMultipleObjects(64, handles, FALSE, 0));
    SAY_WAIT("many_all_not_yet", WaitForMultipleObjects(64, handles, TRUE, 0));

    handles[0] = set, handles[1] = NULL;
    SAY_WAIT("many_with_null", WaitForMultipleObjects(2, handles, FALSE, 0));
    handles[1] = NO_SUCH_HANDLE;
    SAY_WAIT("many_with_unknown", WaitForMultipleObjects(2, handles, TRUE, 0));
    handles[1] = GetCurrentProcess();
    SAY_WAIT("many_with_pseudo_handle", WaitForMultipleObjects(2, handles, FALSE, 0));
    handles[0] = unset, handles[1] = unset;
    SAY_WAIT("any_with_duplicates", WaitForMultipleObjects(2, handles, FALSE, 0));
    SAY_WAIT("all_with_duplicates", WaitForMultipleObjects(2, handles, TRUE, 0));
    DuplicateHandle(GetCurrentProcess(), unset, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS);
    handles[1] = copy;
    SAY_WAIT("any_with_two_handles_of_one", WaitForMultipleObjects(2, handles, FALSE, 0));
    DuplicateHandle(GetCurrentProcess(), unset, GetCurrentProcess(), &weak, EVENT_MODIFY_STATE, FALSE, 0);
    handles[1] = weak;
    SAY_WAIT("many_without_right", WaitForMultipleObjects(2, handles, FALSE, 0));

    handles[0] = automatic, handles[1] = unset;
    SAY_WAIT("all_takes_nothing", WaitForMultipleObjects(2, handles, TRUE, 0));
    SAY_WAIT("still_to_be_taken", WaitForSingleObject(automatic, 0));
    SetEvent(automatic);
    handles[1] = mutex;
    SAY_WAIT("all_of_two", WaitForMultipleObjects(2, handles, TRUE, 0));
    SAY("mutex_is_owned", ReleaseMutex(mutex));
    SAY_WAIT("event_is_taken", WaitForSingleObject(automatic, 0));

    SAY_NUMBER("queue_call", QueueUserAPC(call, GetCurrentThread(), 1));
    SAY_WAIT("alertable_wait", WaitForSingleObjectEx(unset, 0, TRUE));
    SAY_VALUE("was_called", called);
    SAY_WAIT("alertable_wait_without_call", WaitForSingleObjectEx(unset, 0, TRUE));
    QueueUserAPC(call, GetCurrentThread(), 10);
    SAY_WAIT("not_alertable", WaitForSingleObject(unset, 0));
    SAY_VALUE("was_not_called", called);
    SAY_VALUE("sleep_alertable", SleepEx(0, TRUE));
    SAY_VALUE("was_called_asleep", called);
    SAY_VALUE("sleep_without_calls", SleepEx(0, TRUE));
    QueueUserAPC(call, GetCurrentThread(), 100);
    SAY_WAIT("call_before_signalled_object", WaitForSingleObjectEx(set, 0, TRUE));
    SAY_VALUE("calls_in_all", called);
    SAY_VALUE("sleep_after_all", SleepEx(0, TRUE));
    SAY_NUMBER("queue_call_to_event", QueueUserAPC(call, set, 1));
    SAY_NUMBER("queue_call_to_null", QueueUserAPC(call, NULL, 1));

    SAY_WAIT("signal_and_wait", SignalObjectAndWait(semaphore, set, 0, FALSE));
    SAY_WAIT("signal_and_wait_full", SignalObjectAndWait(semaphore, set, 0, FALSE));
    SAY_WAIT("signal_mutex_not_owned", SignalObjectAndWait(mutex, set, 0, FALSE));
    SAY_WAIT("signal_process", SignalObjectAndWait(GetCurrentProcess(), set, 0, FALSE));
    SAY_WAIT("signal_null", SignalObjectAndWait(NULL, set, 0, FALSE));
    SAY_WAIT("signal_and_wait_for_null", SignalObjectAndWait(unset, NULL, 0, FALSE));
    SAY_WAIT("signalled_in_spite", WaitForSingleObject(unset, 0));
    return 0;
}
