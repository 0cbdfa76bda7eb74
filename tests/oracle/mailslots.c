/* Mailslots. */
#include "probe.h"

#define NAME "\\\\.\\mailslot\\oracle_slot"

static HANDLE writer(const char *name, DWORD access, DWORD disposition)
{
    return CreateFileA(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, disposition, 0, NULL);
}

int main(void)
{
    HANDLE slot, again, end, both;
    DWORD count = 77, most = 77, next = 77, waiting = 77, timeout = 77;
    char buffer[64], long_name[600];

    SAY_HANDLE("create_null_name", CreateMailslotA(NULL, 0, 0, NULL));
    SAY_HANDLE("create_empty_name", CreateMailslotA("", 0, 0, NULL));
    SAY_HANDLE("create_bad_name", CreateMailslotA("oracle", 0, 0, NULL));
    SAY_HANDLE("create_pipe_name", CreateMailslotA("\\\\.\\pipe\\oracle", 0, 0, NULL));
    SAY_HANDLE("create_remote", CreateMailslotA("\\\\nowhere\\mailslot\\oracle", 0, 0, NULL));
    slot = SAY_HANDLE_ALWAYS("create", CreateMailslotA(NAME, 16, 0, NULL));
    again = SAY_HANDLE("create_again", CreateMailslotA(NAME, 16, 0, NULL));
    UNUSED_PARAMETER(again);
    SAY_HANDLE("create_again_folded", CreateMailslotA("\\\\.\\MAILSLOT\\Oracle_Slot", 16, 0, NULL));
    again = SAY_HANDLE("create_with_directory", CreateMailslotA("\\\\.\\mailslot\\a\\b\\c", 0, 0, NULL));
    CLOSE(again);
    memset(long_name, 's', sizeof(long_name));
    memcpy(long_name, "\\\\.\\mailslot\\", 13);
    long_name[200] = 0;
    again = SAY_HANDLE("create_long_name", CreateMailslotA(long_name, 0, 0, NULL));
    CLOSE(again);

    SAY("info", GetMailslotInfo(slot, &most, &next, &waiting, &timeout));
    SAY_VALUE("info_most", most);
    SAY_VALUE("info_next", (LONG)next);
    SAY_VALUE("info_waiting", waiting);
    SAY_VALUE("info_timeout", timeout);
    SAY("info_asks_nothing", GetMailslotInfo(slot, NULL, NULL, NULL, NULL));
    SAY("info_null", GetMailslotInfo(NULL, &most, NULL, NULL, NULL));
    SAY("read_empty", ReadFile(slot, buffer, 16, &count, NULL));
    SAY("set_timeout", SetMailslotInfo(slot, 5));
    GetMailslotInfo(slot, NULL, NULL, NULL, &timeout);
    SAY_VALUE("timeout_was_set", timeout);
    SAY("read_times_out", ReadFile(slot, buffer, 16, &count, NULL));
    SAY("set_timeout_null", SetMailslotInfo(NULL, 5));
    SAY("write_to_server", WriteFile(slot, "x", 1, &count, NULL));
    SetMailslotInfo(slot, 0);

    SAY_HANDLE("open_absent", writer("\\\\.\\mailslot\\oracle_absent", GENERIC_WRITE, OPEN_EXISTING));
    SAY_HANDLE("open_absent_to_read", writer("\\\\.\\mailslot\\oracle_absent", GENERIC_READ, OPEN_EXISTING));
    end = SAY_HANDLE("open_create_new", writer(NAME, GENERIC_WRITE, CREATE_NEW));
    if (end != INVALID_HANDLE_VALUE)
        CloseHandle(end);
    end = SAY_HANDLE("open_create_always", writer(NAME, GENERIC_WRITE, CREATE_ALWAYS));
    if (end != INVALID_HANDLE_VALUE)
        CloseHandle(end);
    SAY_HANDLE("open_absent_create_always", writer("\\\\.\\mailslot\\oracle_absent", GENERIC_WRITE, CREATE_ALWAYS));
    end = SAY_HANDLE("open", writer(NAME, GENERIC_WRITE, OPEN_EXISTING));
    both = SAY_HANDLE("open_for_both", writer(NAME, GENERIC_READ | GENERIC_WRITE, OPEN_EXISTING));
    if (both != INVALID_HANDLE_VALUE)
        CloseHandle(both);
    both = SAY_HANDLE("open_unshared", CreateFileA(NAME, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL));
    if (both != INVALID_HANDLE_VALUE)
        CloseHandle(both);
    SAY_NUMBER("type_of_server", GetFileType(slot));
    SAY_NUMBER("type_of_client", GetFileType(end));
    SAY("read_from_client", ReadFile(end, buffer, 1, &count, NULL));
    SAY("info_on_client", GetMailslotInfo(end, &most, NULL, NULL, NULL));
    SAY("set_info_on_client", SetMailslotInfo(end, 1));

    SAY("write", WriteFile(end, "hello", 5, &count, NULL));
    SAY_VALUE("written", count);
    GetMailslotInfo(slot, NULL, &next, &waiting, NULL);
    SAY_VALUE("next_size", next);
    SAY_VALUE("one_waiting", waiting);
    SAY("write_second", WriteFile(end, "more", 4, &count, NULL));
    SAY("read", ReadFile(slot, buffer, 16, &count, NULL));
    SAY_VALUE("read_count", count);
    SAY("read_second", ReadFile(slot, buffer, 16, &count, NULL));
    SAY_VALUE("read_second_count", count);
    SAY("write_maximum", WriteFile(end, "0123456789abcdef", 16, &count, NULL));
    SAY("read_maximum", ReadFile(slot, buffer, 16, &count, NULL));
    SAY_VALUE("read_maximum_count", count);
    SAY("read_after_maximum", ReadFile(slot, buffer, 64, &count, NULL));

    /* Wine has these wrong; each begins with an empty mailslot. */
    SAY("write_over_maximum", WriteFile(end, "0123456789abcdefg", 17, &count, NULL));
    while (ReadFile(slot, buffer, sizeof(buffer), &count, NULL))
        continue;
    SAY("write_two", WriteFile(end, "a", 1, &count, NULL) && WriteFile(end, "b", 1, &count, NULL));
    GetMailslotInfo(slot, NULL, &next, &waiting, NULL);
    SAY_VALUE("two_waiting", waiting);
    SAY_VALUE("two_next_size", next);
    while (ReadFile(slot, buffer, sizeof(buffer), &count, NULL))
        continue;
    WriteFile(end, "hello", 5, &count, NULL);
    SAY("read_short", ReadFile(slot, buffer, 2, &count, NULL));
    SAY("read_after_short", ReadFile(slot, buffer, 16, &count, NULL));
    WriteFile(end, "hello", 5, &count, NULL);
    SAY("read_into_nothing", ReadFile(slot, buffer, 0, &count, NULL));
    SAY("read_after_nothing", ReadFile(slot, buffer, 16, &count, NULL));
    SAY("write_empty", WriteFile(end, "", 0, &count, NULL));
    GetMailslotInfo(slot, NULL, &next, &waiting, NULL);
    SAY_VALUE("empty_next_size", (LONG)next);
    SAY_VALUE("empty_waiting", waiting);
    SAY("read_empty_message", ReadFile(slot, buffer, 16, &count, NULL));
    WriteFile(end, "unread", 6, &count, NULL);
    CLOSE(slot);
    SAY("write_server_gone", WriteFile(end, "x", 1, &count, NULL));
    CLOSE(end);
    end = SAY_HANDLE("open_server_gone", writer(NAME, GENERIC_WRITE, OPEN_EXISTING));
    if (end != INVALID_HANDLE_VALUE)
        CloseHandle(end);
    slot = SAY_HANDLE("create_after_all", CreateMailslotA(NAME, 0, 0, NULL));
    SAY("read_after_all", ReadFile(slot, buffer, 16, &count, NULL));
    CLOSE(slot);
    return 0;
}
