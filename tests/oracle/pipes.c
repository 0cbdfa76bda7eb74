/* Anonymous pipes. */
#include "probe.h"

int main(void)
{
    HANDLE read_end, write_end, other_read, other_write, copy;
    char buffer[64];
    DWORD count = 77, available = 77, left = 77, mode, flags, out_size, in_size, most;

    SAY("create", CreatePipe(&read_end, &write_end, NULL, 0));
    GetHandleInformation(read_end, &flags);
    SAY_VALUE("read_end_flags", flags);
    SAY_VALUE("type", GetFileType(read_end));
    SAY("write", WriteFile(write_end, "hello", 5, &count, NULL));
    SAY_VALUE("written", count);
    SAY("peek", PeekNamedPipe(read_end, buffer, 3, &count, &available, &left));
    SAY_VALUE("peeked", count);
    SAY_VALUE("peek_available", available);
    SAY_VALUE("peek_left_of_message", left);
    SAY("peek_nothing_asked", PeekNamedPipe(read_end, NULL, 0, NULL, NULL, NULL));
    SAY("peek_write_end", PeekNamedPipe(write_end, NULL, 0, NULL, &available, NULL));
    SAY("read_part", ReadFile(read_end, buffer, 2, &count, NULL));
    SAY_VALUE("read_part_count", count);
    SAY("read_rest", ReadFile(read_end, buffer, sizeof(buffer), &count, NULL));
    SAY_VALUE("read_rest_count", count);
    SAY("write_to_read_end", WriteFile(read_end, "x", 1, &count, NULL));
    SAY_VALUE("write_to_read_end_count", count);
    SAY("read_from_write_end", ReadFile(write_end, buffer, 1, &count, NULL));
    SAY("write_nothing", WriteFile(write_end, "", 0, &count, NULL));
    SAY_VALUE("write_nothing_count", count);
    SAY("connect_read_end", ConnectNamedPipe(read_end, NULL));
    SAY("connect_write_end", ConnectNamedPipe(write_end, NULL));
    SAY("info_read_end", GetNamedPipeInfo(read_end, &flags, &out_size, &in_size, &most));
    SAY_VALUE("info_read_end_flags", flags);
    SAY("info_write_end", GetNamedPipeInfo(write_end, &flags, NULL, NULL, NULL));
    SAY_VALUE("info_write_end_flags", flags);
    SAY("state_read_end", GetNamedPipeHandleStateA(read_end, &mode, NULL, NULL, NULL, NULL, 0));
    SAY_VALUE("state_mode", mode);
    CloseHandle(read_end);
    CloseHandle(write_end);

    CreatePipe(&read_end, &write_end, NULL, 100);
    mode = PIPE_NOWAIT;
    SAY("set_nowait_read_end", SetNamedPipeHandleState(read_end, &mode, NULL, NULL));
    SAY("read_empty_nowait", ReadFile(read_end, buffer, 1, &count, NULL));
    SAY("set_nowait_write_end", SetNamedPipeHandleState(write_end, &mode, NULL, NULL));
    mode = PIPE_READMODE_MESSAGE;
    SAY("set_message_mode", SetNamedPipeHandleState(read_end, &mode, NULL, NULL));
    mode = 0x70;
    SAY("set_unknown_mode", SetNamedPipeHandleState(read_end, &mode, NULL, NULL));
    SAY("set_no_mode", SetNamedPipeHandleState(read_end, NULL, NULL, NULL));
    CloseHandle(write_end);
    SAY("read_after_writers", ReadFile(read_end, buffer, 1, &count, NULL));
    SAY_VALUE("read_after_writers_count", count);
    SAY("read_nothing_after_writers", ReadFile(read_end, buffer, 0, &count, NULL));
    SAY("peek_after_writers", PeekNamedPipe(read_end, NULL, 0, NULL, NULL, NULL));
    CloseHandle(read_end);

    CreatePipe(&read_end, &write_end, NULL, 0);
    WriteFile(write_end, "abc", 3, &count, NULL);
    CloseHandle(write_end);
    SAY("peek_what_is_left", PeekNamedPipe(read_end, NULL, 0, NULL, &available, NULL));
    SAY_VALUE("what_is_left", available);
    SAY("drain", ReadFile(read_end, buffer, 64, &count, NULL));
    SAY_VALUE("drained", count);
    SAY("after_draining", ReadFile(read_end, buffer, 64, &count, NULL));
    CloseHandle(read_end);

    CreatePipe(&read_end, &write_end, NULL, 0);
    CloseHandle(read_end);
    SAY("write_after_readers", WriteFile(write_end, "x", 1, &count, NULL));
    SAY("write_nothing_after_readers", WriteFile(write_end, "x", 0, &count, NULL));
    SAY("flush_after_readers", FlushFileBuffers(write_end));
    CloseHandle(write_end);

    CreatePipe(&read_end, &write_end, NULL, 0);
    SAY("flush_empty", FlushFileBuffers(write_end));
    SAY("flush_read_end", FlushFileBuffers(read_end));
    SAY_NUMBER("size_of_pipe", (LONG)GetFileSize(read_end, NULL));
    SAY("end_of_pipe", SetEndOfFile(write_end));
    SAY("transact", TransactNamedPipe(write_end, "x", 1, buffer, 1, &count, NULL));
    DuplicateHandle(GetCurrentProcess(), write_end, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS);
    CloseHandle(write_end);
    SAY("write_through_the_copy", WriteFile(copy, "x", 1, &count, NULL));
    CloseHandle(copy);
    SAY("read_from_the_copy", ReadFile(read_end, buffer, 1, &count, NULL));
    SAY("read_when_the_copy_is_gone", ReadFile(read_end, buffer, 1, &count, NULL));
    CloseHandle(read_end);
    SAY("read_closed", ReadFile(read_end, buffer, 1, &count, NULL));

    SAY("create_two", CreatePipe(&read_end, &write_end, NULL, 0) && CreatePipe(&other_read, &other_write, NULL, 1));
    SAY("write_more_than_hint", WriteFile(other_write, "hello", 1, &count, NULL));
    SAY_VALUE("written_to_hint", count);
    return 0;
}
