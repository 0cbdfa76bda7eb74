/* Overlapped requests, cancelling and completion ports. */
#include "probe.h"

#define NAME "\\\\.\\pipe\\oracle_overlapped"

static int routine_calls;
static DWORD routine_error, routine_count;

static VOID CALLBACK routine(DWORD error, DWORD count, LPOVERLAPPED overlapped)
{
    UNUSED_PARAMETER(overlapped);
    routine_calls++;
    routine_error = error;
    routine_count = count;
}

static void requests(void)
{
    HANDLE server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1, 64, 64, 0, NULL), end;
    OVERLAPPED one = {0}, two = {0};
    DWORD count = 77;
    char buffer[64], big[200] = {0};

    one.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    two.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    SAY("connect_pending", ConnectNamedPipe(server, &one));
    SAY("connect_result_not_yet", GetOverlappedResult(server, &one, &count, FALSE));
    SAY_WAIT("connect_event_unset", WaitForSingleObject(one.hEvent, 0));
    SAY_WAIT("pending_unsignals_the_pipe", WaitForSingleObject(server, 0));
    end = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    SAY_WAIT("connect_event_set", WaitForSingleObject(one.hEvent, 10000));
    SAY("connect_result", GetOverlappedResult(server, &one, &count, FALSE));
    SAY_VALUE("connect_count", count);
    SAY("connect_again", ConnectNamedPipe(server, &one));

    SAY("read_pending", ReadFile(server, buffer, sizeof(buffer), NULL, &one));
    SAY("read_result_not_yet", GetOverlappedResult(server, &one, &count, FALSE));
    SAY_VALUE("read_has_not_completed", HasOverlappedIoCompleted(&one));
    SAY("write_at_once", WriteFile(end, "hello", 5, &count, &two));
    SAY_VALUE("write_at_once_count", count);
    SAY("read_result", GetOverlappedResult(server, &one, &count, TRUE));
    SAY_VALUE("read_result_count", count);
    SAY_VALUE("read_internal", one.Internal);

    SAY("read_to_cancel", ReadFile(server, buffer, sizeof(buffer), NULL, &one));
    SAY("cancel_ex", CancelIoEx(server, &one));
    SAY("cancelled_result", GetOverlappedResult(server, &one, &count, TRUE));
    SAY_WAIT("cancelled_event", WaitForSingleObject(one.hEvent, 0));
    SAY("cancel_ex_nothing", CancelIoEx(server, &one));
    SAY("cancel_ex_all_nothing", CancelIoEx(server, NULL));
    SAY("cancel_nothing", CancelIo(server));
    SAY("cancel_null", CancelIo(NULL));
    SAY("cancel_ex_null", CancelIoEx(NULL, NULL));
    SAY("cancel_event", CancelIo(one.hEvent));
    SAY("two_reads", ReadFile(server, buffer, 1, NULL, &one));
    SAY("two_reads_second", ReadFile(server, buffer, 1, NULL, &two));
    SAY("cancel_both", CancelIo(server));
    SAY("cancelled_first", GetOverlappedResult(server, &one, &count, TRUE));
    SAY("cancelled_second", GetOverlappedResult(server, &two, &count, TRUE));

    SAY("write_over_quota", WriteFile(server, big, sizeof(big), NULL, &one));
    SAY("read_part", ReadFile(end, buffer, 10, NULL, &two));
    SAY("cancel_write", CancelIoEx(server, &one));
    SAY("cancelled_write", GetOverlappedResult(server, &one, &count, TRUE));

    SAY("result_of_null", GetOverlappedResult(NULL, &two, &count, FALSE));
    memset(&two, 0, sizeof(two));
    SAY("result_of_unused", GetOverlappedResult(server, &two, &count, FALSE));
    two.Internal = 0x103;
    SAY("result_ex_timeout", GetOverlappedResultEx(server, &two, &count, 0, FALSE));
    two.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    SAY("result_ex_timeout_event", GetOverlappedResultEx(server, &two, &count, 1, FALSE));

    memset(&one, 0, sizeof(one));
    while (PeekNamedPipe(end, NULL, 0, NULL, &count, NULL) && count)
        ReadFile(end, buffer, sizeof(buffer), &count, &one);
    SAY("read_ex", ReadFileEx(end, buffer, 5, &one, routine));
    SAY("write_ex", WriteFileEx(server, "abc", 3, &two, routine));
    while (routine_calls < 2)
        SleepEx(10000, TRUE);
    SAY_VALUE("routines_called", routine_calls);
    SAY_VALUE("routine_error", routine_error);
    SAY_VALUE("routine_count", routine_count);
    SAY("read_ex_null", ReadFileEx(NULL, buffer, 5, &one, routine));
    SAY("pending_when_peer_closes", ReadFile(server, buffer, 5, NULL, &two));
    CLOSE(end);
    SAY("result_after_peer_closed", GetOverlappedResult(server, &two, &count, TRUE));
    SAY("read_after_peer_closed", ReadFile(server, buffer, 5, NULL, &two));
    SAY("connect_after_peer_closed", ConnectNamedPipe(server, &two));
    DisconnectNamedPipe(server);
    SAY("connect_pending_again", ConnectNamedPipe(server, &two));
    SAY("disconnect_under_connect", DisconnectNamedPipe(server));
    CancelIo(server);
    CLOSE(server);
}

static void ports(void)
{
    HANDLE port, server, end, second;
    OVERLAPPED one = {0}, *done = NULL;
    OVERLAPPED_ENTRY entries[4];
    DWORD count = 77;
    ULONG removed = 77;
    ULONG_PTR key = 77;
    char buffer[16];

    SAY_HANDLE("port_file_unknown", CreateIoCompletionPort(NO_SUCH_HANDLE, NULL, 0, 0));
    SAY_HANDLE("port_existing_without_file", CreateIoCompletionPort(INVALID_HANDLE_VALUE, NO_SUCH_HANDLE, 0, 0));
    port = SAY_HANDLE("port", CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0));
    SAY("port_empty", GetQueuedCompletionStatus(port, &count, &key, &done, 0));
    SAY_VALUE("port_empty_overlapped", done == NULL);
    SAY("port_post", PostQueuedCompletionStatus(port, 5, 6, (OVERLAPPED *)8));
    SAY("port_take", GetQueuedCompletionStatus(port, &count, &key, &done, 0));
    SAY_VALUE("port_count", count);
    SAY_VALUE("port_key", key);
    SAY_VALUE("port_overlapped", (ULONG_PTR)done);
    SAY("port_post_null_overlapped", PostQueuedCompletionStatus(port, 1, 2, NULL));
    SAY("port_take_null_overlapped", GetQueuedCompletionStatus(port, &count, &key, &done, 0));
    SAY("port_post_null", PostQueuedCompletionStatus(NULL, 0, 0, NULL));
    SAY("port_take_null", GetQueuedCompletionStatus(NULL, &count, &key, &done, 0));
    SAY("port_take_event", GetQueuedCompletionStatus(CreateEventA(NULL, 0, 0, NULL), &count, &key, &done, 0));
    SAY("port_ex_empty", GetQueuedCompletionStatusEx(port, entries, 4, &removed, 0, FALSE));
    PostQueuedCompletionStatus(port, 1, 1, NULL);
    PostQueuedCompletionStatus(port, 2, 2, NULL);
    SAY("port_ex", GetQueuedCompletionStatusEx(port, entries, 4, &removed, 0, FALSE));
    SAY_VALUE("port_ex_removed", removed);
    SAY_VALUE("port_ex_order", entries[0].lpCompletionKey == 1 && entries[1].lpCompletionKey == 2);
    SAY("port_ex_null_port", GetQueuedCompletionStatusEx(NULL, entries, 4, &removed, 0, FALSE));

    server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1, 64, 64, 0, NULL);
    SAY_VALUE("port_associate", CreateIoCompletionPort(server, port, 42, 0) == port);
    SAY_HANDLE("port_associate_twice", CreateIoCompletionPort(server, port, 43, 0));
    second = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    SAY_HANDLE("port_associate_another", CreateIoCompletionPort(server, second, 43, 0));
    SAY_HANDLE("port_associate_event", CreateIoCompletionPort(CreateEventA(NULL, 0, 0, NULL), port, 0, 0));
    SAY_HANDLE("port_is_no_port", CreateIoCompletionPort(server, CreateEventA(NULL, 0, 0, NULL), 0, 0));
    SAY("port_connect", ConnectNamedPipe(server, &one));
    end = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    SAY("port_connected", GetQueuedCompletionStatus(port, &count, &key, &done, 10000));
    SAY_VALUE("port_connected_key", key);
    SAY_VALUE("port_connected_overlapped", done == &one);
    SAY("port_connect_fails_at_once", ConnectNamedPipe(server, &one));
    SAY("port_no_packet_for_failure", GetQueuedCompletionStatus(port, &count, &key, &done, 0));
    WriteFile(end, "abc", 3, &count, NULL);
    SAY("port_read_at_once", ReadFile(server, buffer, 16, NULL, &one));
    SAY("port_packet_for_success", GetQueuedCompletionStatus(port, &count, &key, &done, 10000));
    SAY_VALUE("port_read_count", count);
    SAY("port_read_pending", ReadFile(server, buffer, 16, NULL, &one));
    SAY("port_cancel", CancelIoEx(server, NULL));
    SAY("port_cancelled", GetQueuedCompletionStatus(port, &count, &key, &done, 10000));
    SAY_VALUE("port_cancelled_overlapped", done == &one);
    SAY("port_read_pending_2", ReadFile(server, buffer, 16, NULL, &one));
    CLOSE(end);
    SAY("port_broken", GetQueuedCompletionStatus(port, &count, &key, &done, 10000));
    CLOSE(server);
    SAY("port_modes_of_event", SetFileCompletionNotificationModes(NO_SUCH_HANDLE, FILE_SKIP_SET_EVENT_ON_HANDLE));
    CLOSE(port);
    CLOSE(second);
}

/* Whose own handle is closed while they wait. */
static void closing(void)
{
    OVERLAPPED one = {0}, two = {0};
    HANDLE server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1, 64, 64, 0, NULL), end;
    char buffer[64], big[200] = {0};

    one.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    two.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    ConnectNamedPipe(server, &one);
    CLOSE(server);
    SAY_WAIT("own_close_ends_connect", WaitForSingleObject(one.hEvent, 10000));
    SAY_VALUE("own_close_connect_status", one.Internal);
    server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1, 64, 64, 0, NULL);
    end = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    ReadFile(server, buffer, sizeof(buffer), NULL, &one);
    WriteFile(server, big, sizeof(big), NULL, &two);
    CLOSE(server);
    SAY_WAIT("own_close_ends_read", WaitForSingleObject(one.hEvent, 10000));
    SAY_VALUE("own_close_read_status", one.Internal);
    SAY_WAIT("own_close_ends_write", WaitForSingleObject(two.hEvent, 10000));
    SAY_VALUE("own_close_write_status", two.Internal);
    CLOSE(end);
}

int main(void)
{
    requests();
    closing();
    ports();
    return 0;
}
