/* Named pipes: creating, opening, states, messages, and what each call says at the wrong time. */
#include "probe.h"

#define NAME "\\\\.\\pipe\\oracle_pipe"
#define OTHER "\\\\.\\pipe\\oracle_other"

static HANDLE make(const char *name, DWORD open, DWORD mode, DWORD most)
{
    return CreateNamedPipeA(name, open, mode, most, 4096, 4096, 1000, NULL);
}

/* What should not come to be; Wine makes some of these. */
static void refuse(const char *probe, const char *name, DWORD open, DWORD mode, DWORD most)
{
    HANDLE made;
    SetLastError(0);
    made = say_handle(probe, make(name, open, mode, most), 0);
    if (made && made != INVALID_HANDLE_VALUE)
        CloseHandle(made);
}

static HANDLE client(const char *name, DWORD access)
{
    return CreateFileA(name, access, 0, NULL, OPEN_EXISTING, 0, NULL);
}

static void creating(void)
{
    HANDLE first, second;
    char long_name[400];

    refuse("create_null_name", NULL, PIPE_ACCESS_DUPLEX, 0, 1);
    refuse("create_empty_name", "", PIPE_ACCESS_DUPLEX, 0, 1);
    refuse("create_without_prefix", "oracle", PIPE_ACCESS_DUPLEX, 0, 1);
    refuse("create_other_prefix", "\\\\.\\tube\\oracle", PIPE_ACCESS_DUPLEX, 0, 1);
    refuse("create_only_prefix", "\\\\.\\pipe\\", PIPE_ACCESS_DUPLEX, 0, 1);
    refuse("create_other_machine", "\\\\nowhere\\pipe\\oracle", PIPE_ACCESS_DUPLEX, 0, 1);
    refuse("create_no_direction", NAME, 0, 0, 1);
    refuse("create_byte_in_message_mode", NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_READMODE_MESSAGE, 1);
    refuse("create_no_instances", NAME, PIPE_ACCESS_DUPLEX, 0, 0);
    refuse("create_256_instances", NAME, PIPE_ACCESS_DUPLEX, 0, 256);
    memset(long_name, 'n', sizeof(long_name));
    memcpy(long_name, "\\\\.\\pipe\\", 9);
    long_name[255] = 0;
    first = SAY_HANDLE("create_255_characters", make(long_name, PIPE_ACCESS_DUPLEX, 0, 1));
    CLOSE(first);
    first = SAY_HANDLE("create_odd_characters", make("\\\\.\\pipe\\a<>*?|\"/b", PIPE_ACCESS_DUPLEX, 0, 1));
    CLOSE(first);

    first = SAY_HANDLE_ALWAYS("create_first", make(NAME, PIPE_ACCESS_DUPLEX, 0, 2));
    refuse("create_first_flag_when_there", NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE, 0, 2);
    refuse("create_other_direction", NAME, PIPE_ACCESS_INBOUND, 0, 2);
    second = SAY_HANDLE_ALWAYS("create_second_folded", make("\\\\.\\PIPE\\Oracle_PIPE", PIPE_ACCESS_DUPLEX, 0, 5));
    refuse("create_third", NAME, PIPE_ACCESS_DUPLEX, 0, 2);
    CLOSE(first);
    CLOSE(second);
    first = SAY_HANDLE("create_first_flag", make(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE, 0, 1));
    CLOSE(first);
    SAY_HANDLE("open_absent", client(NAME, GENERIC_READ));
    SAY_HANDLE("open_create_new", CreateFileA(NAME, GENERIC_READ, 0, NULL, CREATE_NEW, 0, NULL));
    SAY("wait_absent", WaitNamedPipeA(NAME, 10));
    SAY("wait_null", WaitNamedPipeA(NULL, 10));
    SAY("wait_bad_prefix", WaitNamedPipeA("oracle", 10));
    SAY("wait_file_name", WaitNamedPipeA("C:\\oracle", 10));
    SAY("wait_only_prefix", WaitNamedPipeA("\\\\.\\pipe\\", 10));
}

static void listening(void)
{
    HANDLE server = make(NAME, PIPE_ACCESS_DUPLEX, 0, 1), end;
    DWORD count, state, mode;
    char buffer[16];

    SAY("read_listening", ReadFile(server, buffer, 1, &count, NULL));
    SAY("write_listening", WriteFile(server, "x", 1, &count, NULL));
    SAY("peek_listening", PeekNamedPipe(server, NULL, 0, NULL, NULL, NULL));
    SAY("disconnect_listening", DisconnectNamedPipe(server));
    SAY("wait_listening_after_disconnect", WaitNamedPipeA(NAME, 10));
    CLOSE(server);

    server = make(NAME, PIPE_ACCESS_DUPLEX, PIPE_NOWAIT, 1);
    SAY_WAIT("new_server_is_signalled", WaitForSingleObject(server, 0));
    SAY("wait_for_listening", WaitNamedPipeA(NAME, 10));
    SAY("connect_nowait_nobody", ConnectNamedPipe(server, NULL));
    SAY("connect_nowait_nobody_again", ConnectNamedPipe(server, NULL));
    end = SAY_HANDLE("open", client(NAME, GENERIC_READ | GENERIC_WRITE));
    SAY("connect_client_there", ConnectNamedPipe(server, NULL));
    SAY("connect_on_client", ConnectNamedPipe(end, NULL));
    SAY("disconnect_on_client", DisconnectNamedPipe(end));
    SAY_HANDLE("open_busy", client(NAME, GENERIC_READ | GENERIC_WRITE));
    SAY("wait_busy", WaitNamedPipeA(NAME, 1));
    SAY("read_nowait_empty", ReadFile(server, buffer, 1, &count, NULL));
    SAY("state", GetNamedPipeHandleStateA(server, &state, &count, NULL, NULL, NULL, 0));
    SAY_VALUE("state_mode", state);
    SAY_VALUE("state_instances", count);
    SAY("state_of_client", GetNamedPipeHandleStateA(end, &state, &count, NULL, NULL, NULL, 0));
    SAY_VALUE("state_of_client_mode", state);
    SAY("state_of_file", GetNamedPipeHandleStateA(GetCurrentProcess(), &state, NULL, NULL, NULL, NULL, 0));
    SAY("info_of_null", GetNamedPipeInfo(NULL, &state, NULL, NULL, NULL));
    SAY("info_server", GetNamedPipeInfo(server, &state, NULL, NULL, &count));
    SAY_VALUE("info_server_flags", state);
    SAY_VALUE("info_most", count);
    SAY("info_client", GetNamedPipeInfo(end, &state, NULL, NULL, NULL));
    SAY_VALUE("info_client_flags", state);
    mode = PIPE_READMODE_MESSAGE;
    SAY("message_mode_of_byte_pipe", SetNamedPipeHandleState(end, &mode, NULL, NULL));
    CLOSE(end);
    SAY("connect_client_gone", ConnectNamedPipe(server, NULL));
    SAY("peek_client_gone", PeekNamedPipe(server, NULL, 0, NULL, NULL, NULL));
    SAY("read_client_gone", ReadFile(server, buffer, 1, &count, NULL));
    SAY("write_client_gone", WriteFile(server, "x", 1, &count, NULL));
    SAY_HANDLE("open_before_disconnect", client(NAME, GENERIC_READ));
    SAY("disconnect", DisconnectNamedPipe(server));
    SAY("disconnect_twice", DisconnectNamedPipe(server));
    SAY("read_disconnected", ReadFile(server, buffer, 1, &count, NULL));
    SAY("write_disconnected", WriteFile(server, "x", 1, &count, NULL));
    SAY("peek_disconnected", PeekNamedPipe(server, NULL, 0, NULL, NULL, NULL));
    SAY("flush_disconnected", FlushFileBuffers(server));
    SAY_HANDLE("open_disconnected", client(NAME, GENERIC_READ));
    SAY("connect_after_disconnect", ConnectNamedPipe(server, NULL));
    end = SAY_HANDLE("open_again", client(NAME, GENERIC_READ | GENERIC_WRITE));
    SAY("write_to_client", WriteFile(server, "lost", 4, &count, NULL));
    SAY("disconnect_client", DisconnectNamedPipe(server));
    SAY("client_read_after_disconnect", ReadFile(end, buffer, 4, &count, NULL));
    SAY("client_write_after_disconnect", WriteFile(end, "x", 1, &count, NULL));
    SAY("client_peek_after_disconnect", PeekNamedPipe(end, NULL, 0, NULL, NULL, NULL));
    CLOSE(end);
    CLOSE(server);
}

static void bytes(void)
{
    HANDLE server = make(NAME, PIPE_ACCESS_DUPLEX, PIPE_NOWAIT, 1), end = client(NAME, GENERIC_READ | GENERIC_WRITE);
    DWORD count, available, left;
    char buffer[64], big[5000];

    SAY("byte_write", WriteFile(end, "abc", 3, &count, NULL));
    SAY("byte_write_more", WriteFile(end, "defg", 4, &count, NULL));
    SAY("byte_write_nothing", WriteFile(end, "", 0, &count, NULL));
    SAY("byte_peek", PeekNamedPipe(server, buffer, 5, &count, &available, &left));
    SAY_VALUE("byte_peek_count", count);
    SAY_VALUE("byte_peek_available", available);
    SAY_VALUE("byte_peek_left", left);
    SAY("byte_read", ReadFile(server, buffer, sizeof(buffer), &count, NULL));
    SAY_VALUE("byte_read_count", count);
    memset(big, 'b', sizeof(big));
    SAY("byte_over_quota_nowait", WriteFile(server, big, sizeof(big), &count, NULL));
    SAY_VALUE("byte_over_quota_written", count);
    SAY("byte_when_full", WriteFile(server, big, 1, &count, NULL));
    SAY_VALUE("byte_when_full_written", count);
    SAY("byte_transact", TransactNamedPipe(end, "x", 1, buffer, 1, &count, NULL));
    CLOSE(server);
    SAY("byte_server_gone_peek", PeekNamedPipe(end, NULL, 0, NULL, &available, NULL));
    SAY("byte_server_gone_write", WriteFile(end, "x", 1, &count, NULL));
    CLOSE(end);

    SAY_HANDLE("after_last_server", client(NAME, GENERIC_READ));
}

static void messages(void)
{
    HANDLE server = make(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_NOWAIT, 1);
    HANDLE end = client(NAME, GENERIC_READ | GENERIC_WRITE);
    DWORD count, available, left, mode;
    char buffer[64], big[5000];

    WriteFile(end, "first", 5, &count, NULL);
    WriteFile(end, "second!", 7, &count, NULL);
    SAY("message_peek_short", PeekNamedPipe(server, buffer, 2, &count, &available, &left));
    SAY_VALUE("message_peek_count", count);
    SAY_VALUE("message_peek_available", available);
    SAY_VALUE("message_peek_left", left);
    SAY("message_read_short", ReadFile(server, buffer, 2, &count, NULL));
    SAY_VALUE("message_read_short_count", count);
    SAY("message_read_rest", ReadFile(server, buffer, 64, &count, NULL));
    SAY_VALUE("message_read_rest_count", count);
    SAY("message_read_nothing", ReadFile(server, buffer, 0, &count, NULL));
    SAY("message_read_second", ReadFile(server, buffer, 64, &count, NULL));
    SAY_VALUE("message_second_count", count);
    SAY("message_write_empty", WriteFile(end, "", 0, &count, NULL));
    SAY("message_read_empty", ReadFile(server, buffer, 64, &count, NULL));
    SAY_VALUE("message_empty_count", count);
    SAY("message_none", ReadFile(server, buffer, 64, &count, NULL));
    memset(big, 'm', sizeof(big));
    SAY("message_over_quota_nowait", WriteFile(server, big, sizeof(big), &count, NULL));
    SAY_VALUE("message_over_quota_written", count);

    SAY("client_transact_in_byte_mode", TransactNamedPipe(end, "x", 1, buffer, 1, &count, NULL));
    mode = PIPE_READMODE_MESSAGE;
    SAY("client_message_mode", SetNamedPipeHandleState(end, &mode, NULL, NULL));
    WriteFile(server, "unread", 6, &count, NULL);
    SAY("client_transact_with_unread", TransactNamedPipe(end, "x", 1, buffer, 1, &count, NULL));
    SAY("client_read_zero_of_message", ReadFile(end, buffer, 0, &count, NULL));
    SAY("client_read_unread", ReadFile(end, buffer, 64, &count, NULL));
    SAY_VALUE("client_unread_count", count);
    WriteFile(server, "stays", 5, &count, NULL);
    CLOSE(server);
    SAY("client_peek_server_gone", PeekNamedPipe(end, NULL, 0, NULL, &available, NULL));
    SAY_VALUE("client_peek_available", available);
    SAY("client_drains", ReadFile(end, buffer, 64, &count, NULL));
    SAY("client_after_draining", ReadFile(end, buffer, 64, &count, NULL));
    SAY("client_peek_after_draining", PeekNamedPipe(end, NULL, 0, NULL, NULL, NULL));
    CLOSE(end);
}

static DWORD WINAPI answers(void *unused)
{
    HANDLE server = (HANDLE)unused;
    DWORD count;
    char buffer[64];
    for (;;) {
        ConnectNamedPipe(server, NULL);
        if (!ReadFile(server, buffer, sizeof(buffer), &count, NULL) || buffer[0] == 'q') {
            DisconnectNamedPipe(server);
            return 0;
        }
        WriteFile(server, "answer", 6, &count, NULL);
        FlushFileBuffers(server);
        DisconnectNamedPipe(server);
    }
}

static void calls(void)
{
    HANDLE server = make(OTHER, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1), thread;
    DWORD count;
    char buffer[64];

    thread = CreateThread(NULL, 0, answers, server, 0, NULL);
    SAY("call", CallNamedPipeA(OTHER, "x", 1, buffer, 64, &count, 10000));
    SAY_VALUE("call_count", count);
    SAY("call_short_buffer", CallNamedPipeA(OTHER, "x", 1, buffer, 3, &count, 10000));
    SAY_VALUE("call_short_count", count);
    CallNamedPipeA(OTHER, "q", 1, buffer, 3, &count, 10000);
    WaitForSingleObject(thread, INFINITE);
    CLOSE(thread);
    SAY("call_disconnected", CallNamedPipeA(OTHER, "x", 1, buffer, 3, &count, 1));
    CLOSE(server);
    SAY("call_absent", CallNamedPipeA(OTHER, "x", 1, buffer, 3, &count, 1));
    SAY("call_null", CallNamedPipeA(NULL, "x", 1, buffer, 3, &count, 1));
}

/* Buffers that are not there. Nothing is read, and nothing arrives. */
static void wild_buffers(void)
{
    HANDLE server = make(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_NOWAIT, 1);
    HANDLE end = client(NAME, GENERIC_READ | GENERIC_WRITE);
    char *wild = (char *)(ULONG_PTR)0x1234, *reserved = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_NOACCESS);
    char *constant = VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY);
    DWORD count, available, mode = PIPE_READMODE_MESSAGE;
    char buffer[16];

    SetNamedPipeHandleState(end, &mode, NULL, NULL);
    SAY("wild_write", WriteFile(end, wild, 5, &count, NULL));
    SAY("wild_write_nothing", WriteFile(server, wild, 0, &count, NULL));
    SAY("wild_write_reserved", WriteFile(end, reserved, 5, &count, NULL));
    SAY("wild_write_constant", WriteFile(end, constant, 5, &count, NULL));
    SAY("wild_read", ReadFile(server, wild, 5, &count, NULL));
    SAY("wild_read_reserved", ReadFile(server, reserved, 5, &count, NULL));
    SAY("wild_read_constant", ReadFile(server, constant, 5, &count, NULL));
    SAY("wild_read_after", ReadFile(server, buffer, 16, &count, NULL));
    SAY_VALUE("wild_read_after_count", count);
    SAY("wild_handle_first", ReadFile(NO_SUCH_HANDLE, wild, 5, &count, NULL));
    SAY("wild_read_empty_message", ReadFile(end, buffer, 16, &count, NULL));
    SAY("wild_transact_request", TransactNamedPipe(end, wild, 5, buffer, 5, &count, NULL));
    SAY("wild_transact_answer", TransactNamedPipe(end, "x", 1, wild, 5, &count, NULL));
    SAY("wild_transact_peek", PeekNamedPipe(server, NULL, 0, NULL, &available, NULL));
    SAY_VALUE("wild_transact_left", available);
    VirtualFree(reserved, 0, MEM_RELEASE);
    VirtualFree(constant, 0, MEM_RELEASE);
    CLOSE(end);
    CLOSE(server);
}

static void directions(void)
{
    HANDLE server = make(NAME, PIPE_ACCESS_INBOUND, 0, 1), end;
    DWORD count, mode = PIPE_NOWAIT, id;
    char buffer[16];

    SAY_HANDLE("inbound_open_to_read", client(NAME, GENERIC_READ));
    SAY_HANDLE("inbound_open_for_both", client(NAME, GENERIC_READ | GENERIC_WRITE));
    end = SAY_HANDLE("inbound_open_to_write", client(NAME, GENERIC_WRITE));
    SAY("inbound_server_writes", WriteFile(server, "x", 1, &count, NULL));
    SAY("inbound_client_reads", ReadFile(end, buffer, 1, &count, NULL));
    SAY("inbound_set_state", SetNamedPipeHandleState(server, &mode, NULL, NULL));
    SAY("inbound_client_set_state", SetNamedPipeHandleState(end, &mode, NULL, NULL));
    SAY("inbound_client_peeks", PeekNamedPipe(end, NULL, 0, NULL, NULL, NULL));
    SAY("client_process_id", GetNamedPipeClientProcessId(server, &id));
    SAY_VALUE("client_is_me", id == GetCurrentProcessId());
    SAY("server_process_id_of_client", GetNamedPipeServerProcessId(end, &id));
    SAY_VALUE("server_is_me", id == GetCurrentProcessId());
    CLOSE(end);
    CLOSE(server);

    server = make(NAME, PIPE_ACCESS_OUTBOUND, 0, 1);
    SAY_HANDLE("outbound_open_to_write", client(NAME, GENERIC_WRITE));
    end = SAY_HANDLE("outbound_open_to_read", client(NAME, GENERIC_READ));
    SAY("outbound_server_reads", ReadFile(server, buffer, 1, &count, NULL));
    SAY("outbound_server_peeks", PeekNamedPipe(server, NULL, 0, NULL, NULL, NULL));
    SAY("outbound_client_writes", WriteFile(end, "x", 1, &count, NULL));
    CLOSE(end);
    CLOSE(server);
    server = make(NAME, PIPE_ACCESS_DUPLEX, 0, 1);
    end = SAY_HANDLE("open_no_access", client(NAME, 0));
    SAY("no_access_reads", ReadFile(end, buffer, 1, &count, NULL));
    CLOSE(end);
    CLOSE(server);
}

int main(void)
{
    creating();
    listening();
    bytes();
    messages();
    calls();
    wild_buffers();
    directions();
    return 0;
}
