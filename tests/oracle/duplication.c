/* DuplicateHandle, within the process and out of it. */
#include "probe.h"

int main(void)
{
    HANDLE me = GetCurrentProcess(), event = CreateEventA(NULL, TRUE, FALSE, NULL), copy, weak, real;
    DWORD flags = 0;
    HANDLE junk = (HANDLE)(ULONG_PTR)1;

    SAY("same_access", DuplicateHandle(me, event, me, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
    SAY_VALUE("copy_is_another_value", copy != event);
    SAY("set_the_copy", SetEvent(copy));
    SAY_WAIT("original_is_set", WaitForSingleObject(event, 0));
    SAY("close_copy", CloseHandle(copy));
    SAY_WAIT("original_lives", WaitForSingleObject(event, 0));

    SAY("inheritable", DuplicateHandle(me, event, me, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS));
    GetHandleInformation(copy, &flags);
    SAY_VALUE("inheritable_flags", flags);
    CLOSE(copy);

    SAY("synchronize_only", DuplicateHandle(me, event, me, &weak, SYNCHRONIZE, FALSE, 0));
    SAY("set_without_right", SetEvent(weak));
    SAY("reset_without_right", ResetEvent(weak));
    SAY_WAIT("wait_with_right", WaitForSingleObject(weak, 0));
    SAY("more_access_than_source", DuplicateHandle(me, weak, me, &copy, EVENT_ALL_ACCESS, FALSE, 0));
    CLOSE(weak);
    SAY("modify_only", DuplicateHandle(me, event, me, &weak, EVENT_MODIFY_STATE, FALSE, 0));
    SAY_WAIT("wait_without_right", WaitForSingleObject(weak, 0));
    SAY("set_with_right", SetEvent(weak));
    CLOSE(weak);
    SAY("no_access", DuplicateHandle(me, event, me, &weak, 0, FALSE, 0));
    SAY("set_with_no_access", SetEvent(weak));
    CLOSE(weak);

    SAY("source_null", DuplicateHandle(me, NULL, me, &junk, 0, FALSE, DUPLICATE_SAME_ACCESS));
    SAY_VALUE("target_after_source_null", junk == NULL);
    junk = (HANDLE)(ULONG_PTR)1;
    SAY("source_unknown", DuplicateHandle(me, NO_SUCH_HANDLE, me, &junk, 0, FALSE, DUPLICATE_SAME_ACCESS));
    SAY_VALUE("target_after_source_unknown", junk == NULL);
    SAY("source_process_null", DuplicateHandle(NULL, event, me, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
    SAY("source_process_is_event", DuplicateHandle(event, event, me, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
    SAY("target_process_unknown", DuplicateHandle(me, event, NO_SUCH_HANDLE, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
    SAY("no_place_for_target", DuplicateHandle(me, event, me, NULL, 0, FALSE, DUPLICATE_SAME_ACCESS));

    flags = 0;
    SAY("onto_itself", DuplicateHandle(me, event, me, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
    SAY_VALUE("onto_itself_same_value", copy == event);
    GetHandleInformation(event, &flags);
    SAY_VALUE("onto_itself_flags", flags);
    SAY("onto_itself_back", DuplicateHandle(me, event, me, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));

    SAY("pseudo_process_made_real", DuplicateHandle(me, me, me, &real, 0, FALSE, DUPLICATE_SAME_ACCESS));
    SAY_VALUE("real_process_is_me", GetProcessId(real) == GetCurrentProcessId());
    SAY_VALUE("real_process_is_no_pseudo", real != me);
    CLOSE(real);
    SAY("pseudo_thread_made_real", DuplicateHandle(me, GetCurrentThread(), me, &real, 0, FALSE, DUPLICATE_SAME_ACCESS));
    SAY_VALUE("real_thread_is_me", GetThreadId(real) == GetCurrentThreadId());
    CLOSE(real);
    SAY("pseudo_with_close_source", DuplicateHandle(me, me, me, &real, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
    CLOSE(real);

    SAY("close_source", DuplicateHandle(me, event, me, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
    SAY_WAIT("copy_after_close_source", WaitForSingleObject(copy, 0));
    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    SAY("close_source_with_bad_target", DuplicateHandle(me, event, NO_SUCH_HANDLE, &junk, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
    SAY("source_after_that", CloseHandle(event));
    SAY("close_source_only", DuplicateHandle(me, copy, NULL, NULL, 0, FALSE, DUPLICATE_CLOSE_SOURCE));
    SAY("source_after_close_only", CloseHandle(copy));

    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE);
    SAY("protected_with_close_source", DuplicateHandle(me, event, me, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
    SAY_WAIT("protected_source_stays", WaitForSingleObject(event, 0));
    GetHandleInformation(copy, &flags);
    SAY_VALUE("copy_of_protected_flags", flags);
    SAY("unknown_options", DuplicateHandle(me, event, me, &weak, 0, FALSE, DUPLICATE_SAME_ACCESS | 0x100));

    SAY("compare_same_object", CompareObjectHandles(event, copy));
    SAY("compare_itself", CompareObjectHandles(event, event));
    SAY("compare_other_object", CompareObjectHandles(event, GetCurrentProcess()));
    SAY("compare_unknown", CompareObjectHandles(event, NO_SUCH_HANDLE));
    SAY("process_beyond_its_rights", DuplicateHandle(me, me, me, &real, 0x10000000, FALSE, 0));
    return 0;
}
