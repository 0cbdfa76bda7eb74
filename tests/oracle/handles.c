/* Handles as numbers: closing, flags, wrong objects. */
#include "probe.h"

int main(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);
    HANDLE other, first, second;
    DWORD flags = 0xAAAA, read;
    char buffer[16];
    SYSTEMTIME now;

    SAY("close_null", CloseHandle(NULL));
    SAY("close_unknown", CloseHandle(NO_SUCH_HANDLE));
    SAY("close_current_process", CloseHandle(GetCurrentProcess()));
    SAY("close_current_thread", CloseHandle(GetCurrentThread()));
    SAY("close_pseudo_token_4", CloseHandle((HANDLE)(LONG_PTR)-4));
    SAY("close_pseudo_token_5", CloseHandle((HANDLE)(LONG_PTR)-5));
    SAY("close_pseudo_token_6", CloseHandle((HANDLE)(LONG_PTR)-6));
    SAY("close_minus_3", CloseHandle((HANDLE)(LONG_PTR)-3));
    SAY("close_minus_7", CloseHandle((HANDLE)(LONG_PTR)-7));
    SAY("close_zero_extended", CloseHandle((HANDLE)(ULONG_PTR)0xFFFFFFFFu));

    other = CreateEventA(NULL, TRUE, FALSE, NULL);
    SAY_VALUE("value_is_multiple_of_four", ((ULONG_PTR)other & 3) == 0);
    SAY("close", CloseHandle(other));
    SAY("close_twice", CloseHandle(other));
    first = CreateEventA(NULL, TRUE, FALSE, NULL);
    SAY_VALUE("value_is_used_again", first == other);
    SAY("set_through_tagged_value", SetEvent((HANDLE)((ULONG_PTR)first | 1)));
    SAY("close_tagged_value", CloseHandle((HANDLE)((ULONG_PTR)first | 2)));
    SAY("close_after_tagged_close", CloseHandle(first));

    SAY("information", GetHandleInformation(event, &flags));
    SAY_VALUE("information_flags", flags);
    SAY("information_null", GetHandleInformation(NULL, &flags));
    SAY("information_unknown", GetHandleInformation(NO_SUCH_HANDLE, &flags));
    SAY("set_inherit", SetHandleInformation(event, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
    GetHandleInformation(event, &flags);
    SAY_VALUE("flags_after_inherit", flags);
    SAY("set_protect", SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE));
    GetHandleInformation(event, &flags);
    SAY_VALUE("flags_after_protect", flags);
    SAY("close_protected", CloseHandle(event));
    SAY("clear_flags", SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE | HANDLE_FLAG_INHERIT, 0));
    GetHandleInformation(event, &flags);
    SAY_VALUE("flags_after_clearing", flags);
    SAY("set_no_mask", SetHandleInformation(event, 0, HANDLE_FLAG_INHERIT));
    GetHandleInformation(event, &flags);
    SAY_VALUE("flags_after_no_mask", flags);
    SAY("set_null", SetHandleInformation(NULL, HANDLE_FLAG_INHERIT, 0));
    SAY("set_unknown", SetHandleInformation(NO_SUCH_HANDLE, HANDLE_FLAG_INHERIT, 0));

    /* The wrong kind of object is the same as no object. */
    SAY("set_event_of_mutex", SetEvent(mutex));
    SAY("reset_event_of_process", ResetEvent(GetCurrentProcess()));
    SAY("pulse_event_of_null", PulseEvent(NULL));
    SAY("release_mutex_of_event", ReleaseMutex(event));
    SAY("release_semaphore_of_event", ReleaseSemaphore(event, 1, NULL));
    SAY("read_from_event", ReadFile(event, buffer, 1, &read, NULL));
    SAY("write_to_event", WriteFile(event, buffer, 1, &read, NULL));
    SAY("read_from_null", ReadFile(NULL, buffer, 1, &read, NULL));
    SAY("read_from_invalid", ReadFile(INVALID_HANDLE_VALUE, buffer, 1, &read, NULL));
    SAY("flush_event", FlushFileBuffers(event));
    SAY("exit_code_of_event", GetExitCodeProcess(event, &read));
    SAY("exit_code_of_thread_that_is_event", GetExitCodeThread(event, &read));
    SAY("terminate_event", TerminateProcess(event, 0));
    SAY("terminate_null", TerminateProcess(NULL, 0));
    SAY("terminate_thread_null", TerminateThread(NULL, 0));
    SAY_NUMBER("resume_event", (LONG)ResumeThread(event));
    SAY_NUMBER("process_id_of_event", GetProcessId(event));
    SAY_NUMBER("process_id_of_null", GetProcessId(NULL));
    SAY_NUMBER("thread_id_of_event", GetThreadId(event));
    SAY_NUMBER("file_type_of_null", GetFileType(NULL));
    SAY_NUMBER("file_type_of_invalid", GetFileType(INVALID_HANDLE_VALUE));
    SAY_NUMBER("file_type_of_event", GetFileType(event));
    SAY_NUMBER("file_size_of_event", (LONG)GetFileSize(event, NULL));
    SAY_NUMBER("file_pointer_of_event", (LONG)SetFilePointer(event, 0, NULL, FILE_CURRENT));
    SAY_NUMBER("file_pointer_of_null", (LONG)SetFilePointer(NULL, 0, NULL, FILE_CURRENT));
    SAY("end_of_file_of_event", SetEndOfFile(event));
    SAY("lock_event", LockFile(event, 0, 0, 1, 0));
    SAY("cancel_timer_of_event", CancelWaitableTimer(event));
    SAY("terminate_job_of_event", TerminateJobObject(event, 1));
    SAY("connect_pipe_of_event", ConnectNamedPipe(event, NULL));
    SAY("disconnect_pipe_of_event", DisconnectNamedPipe(event));
    SAY("peek_event", PeekNamedPipe(event, NULL, 0, NULL, NULL, NULL));
    SAY("mailslot_info_of_event", GetMailslotInfo(event, NULL, NULL, NULL, NULL));
    SAY_HANDLE("view_of_event", MapViewOfFile(event, FILE_MAP_READ, 0, 0, 0));

    second = CreateEventA(NULL, TRUE, FALSE, NULL);
    GetSystemTime(&now);
    SAY("close_event_again", CloseHandle(second));
    SAY_NUMBER("standard_handle_bad_id", (LONG_PTR)GetStdHandle(0));
    SAY("set_standard_handle_bad_id", SetStdHandle(7, event));
    SAY("set_standard_handle_to_nothing", SetStdHandle(STD_INPUT_HANDLE, NO_SUCH_HANDLE));
    SAY_VALUE("standard_handle_is_what_was_set", GetStdHandle(STD_INPUT_HANDLE) == NO_SUCH_HANDLE);
    SAY("set_standard_handle_null", SetStdHandle(STD_INPUT_HANDLE, NULL));
    SAY_NUMBER("standard_handle_null", (LONG_PTR)GetStdHandle(STD_INPUT_HANDLE));
    CLOSE(event);
    CLOSE(mutex);
    return 0;
}
