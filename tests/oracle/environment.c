/* Environment variables, blocks, expansion. */
#include "probe.h"

int main(void)
{
    char buffer[256];
    WCHAR wide[64];
    char *block;
    static char huge[40000];
    DWORD length;

    SAY("set", SetEnvironmentVariableA("Oracle_One", "value"));
    SAY_NUMBER("get", GetEnvironmentVariableA("Oracle_One", buffer, sizeof(buffer)));
    say_text("get_text", buffer);
    SAY_NUMBER("get_other_case", GetEnvironmentVariableA("ORACLE_ONE", buffer, sizeof(buffer)));
    strcpy(buffer, "untouched");
    SAY_NUMBER("get_exact", GetEnvironmentVariableA("Oracle_One", buffer, 6));
    strcpy(buffer, "untouched");
    SAY_NUMBER("get_one_short", GetEnvironmentVariableA("Oracle_One", buffer, 5));
    say_text("get_one_short_buffer", buffer);
    SAY_NUMBER("get_no_buffer", GetEnvironmentVariableA("Oracle_One", NULL, 0));
    SAY_NUMBER("get_absent", GetEnvironmentVariableA("Oracle_Absent", buffer, sizeof(buffer)));
    SAY_NUMBER("get_empty_name", GetEnvironmentVariableA("", buffer, sizeof(buffer)));
    SAY_NUMBER("get_with_equals", GetEnvironmentVariableA("a=b", buffer, sizeof(buffer)));
    SAY("set_empty", SetEnvironmentVariableA("Oracle_Empty", ""));
    SAY_NUMBER("get_empty", (SetLastError(99), GetEnvironmentVariableA("Oracle_Empty", buffer, sizeof(buffer))));
    SAY_NUMBER("get_empty_no_room", GetEnvironmentVariableA("Oracle_Empty", buffer, 0));
    SAY("set_null_name", SetEnvironmentVariableA(NULL, "x"));
    SAY("set_null_name_null", SetEnvironmentVariableA(NULL, NULL));
    SAY("set_empty_name", SetEnvironmentVariableA("", "x"));
    SAY("set_equals_in_name", SetEnvironmentVariableA("a=b", "x"));
    SAY("set_drive", SetEnvironmentVariableA("=Q:", "Q:\\dir"));
    SAY_NUMBER("get_drive", GetEnvironmentVariableA("=Q:", buffer, sizeof(buffer)));
    SAY("set_only_equals", SetEnvironmentVariableA("=", "x"));
    SAY("delete", SetEnvironmentVariableA("Oracle_One", NULL));
    SAY_NUMBER("get_deleted", GetEnvironmentVariableA("Oracle_One", buffer, sizeof(buffer)));
    SAY("delete_absent", SetEnvironmentVariableA("Oracle_Absent", NULL));
    SAY("set_w", SetEnvironmentVariableW(L"Oracle_W\xe9", L"\xd55c\xae00"));
    SAY_NUMBER("get_w", GetEnvironmentVariableW(L"oracle_w\xc9", wide, 64));
    say_wide("get_w_text", wide);
    SAY_NUMBER("get_w_short", GetEnvironmentVariableW(L"Oracle_W\xe9", wide, 2));
    SAY_NUMBER("get_w_absent", GetEnvironmentVariableW(L"Oracle_Absent", wide, 64));
    SetEnvironmentVariableA("Oracle_Long", "old");
    memset(huge, 'h', sizeof(huge) - 1);
    huge[32766] = 0;
    SAY("set_longest", SetEnvironmentVariableA("Oracle_Long", huge));
    SAY_NUMBER("get_longest", GetEnvironmentVariableA("Oracle_Long", NULL, 0));
    SetEnvironmentVariableA("Oracle_Long", NULL);

    SetEnvironmentVariableA("Oracle_X", "ten");
    SAY_NUMBER("expand", ExpandEnvironmentStringsA("<%oracle_x%>", buffer, sizeof(buffer)));
    say_text("expand_text", buffer);
    SAY_NUMBER("expand_unknown", ExpandEnvironmentStringsA("%Oracle_Absent% 100% %", buffer, sizeof(buffer)));
    say_text("expand_unknown_text", buffer);
    SAY_NUMBER("expand_double", ExpandEnvironmentStringsA("%%oracle_x%%", buffer, sizeof(buffer)));
    say_text("expand_double_text", buffer);
    SAY_NUMBER("expand_empty", ExpandEnvironmentStringsA("", buffer, sizeof(buffer)));
    SAY_NUMBER("expand_w_size", ExpandEnvironmentStringsW(L"<%oracle_x%>", NULL, 0));
    SAY_NUMBER("expand_w_short", ExpandEnvironmentStringsW(L"<%oracle_x%>", wide, 3));
    SAY_NUMBER("expand_w", ExpandEnvironmentStringsW(L"<%oracle_x%>", wide, 6));
    say_wide("expand_w_text", wide);
    block = GetEnvironmentStringsA();
    for (length = 0; block[length] || block[length + 1]; length++)
        continue;
    SAY_VALUE("block_has_some", length > 10);
    SAY("block_free", FreeEnvironmentStringsA(block));
    SAY_NUMBER("directory_no_room", GetCurrentDirectoryA(0, NULL) > 1);
    SAY("directory_absent", SetCurrentDirectoryA("C:\\oracle\\absent"));
    SAY("directory_null", SetCurrentDirectoryA(NULL));
    SAY("directory_empty", SetCurrentDirectoryA(""));
    return 0;
}
