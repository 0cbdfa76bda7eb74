/* Files: opening, reading, attributes, sharing, searching. The current directory is the probe's own. */
#include "probe.h"

static HANDLE file(const char *name, DWORD access, DWORD share, DWORD disposition)
{
    return CreateFileA(name, access, share, NULL, disposition, FILE_ATTRIBUTE_NORMAL, NULL);
}

static void opening(void)
{
    HANDLE one, two;
    DWORD count = 77;
    char buffer[64];

    SAY_HANDLE("open_null", file(NULL, GENERIC_READ, 0, OPEN_EXISTING));
    SAY_HANDLE("open_empty", file("", GENERIC_READ, 0, OPEN_EXISTING));
    SAY_HANDLE("open_absent", file("absent", GENERIC_READ, 0, OPEN_EXISTING));
    SAY_HANDLE("open_absent_directory", file("absent\\file", GENERIC_READ, 0, OPEN_EXISTING));
    SAY_HANDLE("truncate_absent", file("absent", GENERIC_WRITE, 0, TRUNCATE_EXISTING));
    SAY_HANDLE("open_bad_disposition", file("absent", GENERIC_READ, 0, 0));
    SAY_HANDLE("open_bad_disposition_9", file("absent", GENERIC_READ, 0, 9));
    SAY_HANDLE("open_wildcard", file("a*b", GENERIC_READ, 0, OPEN_EXISTING));
    SAY_HANDLE("open_question_mark", file("a?b", GENERIC_READ, 0, OPEN_EXISTING));
    SAY_HANDLE("open_directory", file(".", GENERIC_READ, 0, OPEN_EXISTING));
    SAY_HANDLE("create_directory_as_file", file(".", GENERIC_WRITE, 0, CREATE_ALWAYS));
    SAY_HANDLE("open_drive_absent", file("Q:\\file", GENERIC_READ, 0, OPEN_EXISTING));
    one = SAY_HANDLE_ALWAYS("create_new", file("one.txt", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, CREATE_NEW));
    SAY_HANDLE("create_new_again", file("one.txt", GENERIC_READ, FILE_SHARE_READ, CREATE_NEW));
    SAY_HANDLE("open_to_write_unshared", file("one.txt", GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING));
    SAY_HANDLE("open_to_read_unshared", file("one.txt", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING));
    two = SAY_HANDLE("open_to_read_shared", file("one.txt", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING));
    SAY("delete_open", DeleteFileA("one.txt"));
    SAY("write_without_right", WriteFile(two, "x", 1, &count, NULL));
    SAY_VALUE("write_without_right_count", count);
    SAY("end_without_right", SetEndOfFile(two));
    SAY("flush_without_right", FlushFileBuffers(two));
    CLOSE(two);
    SAY("write", WriteFile(one, "0123456789", 10, &count, NULL));
    SAY_NUMBER("size", GetFileSize(one, NULL));
    SAY("read_at_end", ReadFile(one, buffer, 10, &count, NULL));
    SAY_VALUE("read_at_end_count", count);
    SAY_NUMBER("seek_begin", SetFilePointer(one, 2, NULL, FILE_BEGIN));
    SAY_NUMBER("seek_current", SetFilePointer(one, 3, NULL, FILE_CURRENT));
    SAY_NUMBER("seek_end", SetFilePointer(one, -1, NULL, FILE_END));
    SAY_NUMBER("seek_before_begin", (LONG)SetFilePointer(one, -11, NULL, FILE_END));
    SAY_NUMBER("seek_bad_method", (LONG)SetFilePointer(one, 0, NULL, 3));
    SAY("read_one", ReadFile(one, buffer, 10, &count, NULL));
    SAY_VALUE("read_one_count", count);
    SAY("read_nothing", ReadFile(one, buffer, 0, &count, NULL));
    SetFilePointer(one, 20, NULL, FILE_BEGIN);
    SAY("extend", SetEndOfFile(one));
    SAY_NUMBER("size_extended", GetFileSize(one, NULL));
    SetFilePointer(one, 4, NULL, FILE_BEGIN);
    SAY("truncate", SetEndOfFile(one));
    SAY_NUMBER("size_truncated", GetFileSize(one, NULL));
    SAY("flush", FlushFileBuffers(one));
    SAY_VALUE("type", GetFileType(one));
    CLOSE(one);
    one = SAY_HANDLE_ALWAYS("create_always_there", file("one.txt", GENERIC_WRITE, 0, CREATE_ALWAYS));
    SAY_NUMBER("size_after_create_always", GetFileSize(one, NULL));
    SAY("read_write_only", ReadFile(one, buffer, 1, &count, NULL));
    CLOSE(one);
    one = SAY_HANDLE_ALWAYS("open_always_there", file("one.txt", GENERIC_WRITE, 0, OPEN_ALWAYS));
    CLOSE(one);
    one = SAY_HANDLE_ALWAYS("open_always_new", file("two.txt", GENERIC_WRITE, 0, OPEN_ALWAYS));
    CLOSE(one);
    one = SAY_HANDLE("truncate_to_read", file("one.txt", GENERIC_READ, 0, TRUNCATE_EXISTING));
    if (one != INVALID_HANDLE_VALUE)
        CloseHandle(one);
    one = SAY_HANDLE("open_no_access", file("one.txt", 0, 0, OPEN_EXISTING));
    SAY("read_no_access", ReadFile(one, buffer, 1, &count, NULL));
    CLOSE(one);
    one = SAY_HANDLE("open_nul", file("NUL", GENERIC_READ | GENERIC_WRITE, 0, OPEN_EXISTING));
    SAY("read_nul", ReadFile(one, buffer, 1, &count, NULL));
    SAY_VALUE("read_nul_count", count);
    SAY("write_nul", WriteFile(one, "x", 1, &count, NULL));
    SAY_VALUE("type_nul", GetFileType(one));
    CLOSE(one);
    one = CreateFileA("gone.txt", GENERIC_WRITE, FILE_SHARE_DELETE, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    SAY_VALUE("delete_on_close", one != INVALID_HANDLE_VALUE);
    CLOSE(one);
    SAY_NUMBER("deleted_on_close", (LONG)GetFileAttributesA("gone.txt"));
}

static void locks(void)
{
    HANDLE one = file("one.txt", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING);
    HANDLE two = file("one.txt", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING);
    OVERLAPPED where = {0};

    SAY("lock", LockFile(one, 0, 0, 10, 0));
    SAY("lock_overlap", LockFile(two, 5, 0, 10, 0));
    SAY("lock_beside", LockFile(two, 10, 0, 10, 0));
    SAY("lock_ex_at_once", LockFileEx(two, LOCKFILE_FAIL_IMMEDIATELY, 0, 5, 0, &where));
    SAY("unlock_others", UnlockFile(two, 0, 0, 10, 0));
    SAY("unlock_part", UnlockFile(one, 0, 0, 5, 0));
    SAY("unlock", UnlockFile(one, 0, 0, 10, 0));
    SAY("unlock_twice", UnlockFile(one, 0, 0, 10, 0));
    SAY("lock_shared", LockFileEx(one, 0, 0, 5, 0, &where));
    SAY("lock_shared_both", LockFileEx(two, LOCKFILE_FAIL_IMMEDIATELY, 0, 5, 0, &where));
    CLOSE(one);
    CLOSE(two);
}

static void names(void)
{
    WIN32_FIND_DATAA found;
    WIN32_FILE_ATTRIBUTE_DATA data;
    BY_HANDLE_FILE_INFORMATION information;
    HANDLE search, one;
    char buffer[64], *part;
    int i;

    SAY_NUMBER("attributes_absent", (LONG)GetFileAttributesA("absent"));
    SAY_NUMBER("attributes_absent_directory", (LONG)GetFileAttributesA("absent\\x"));
    SAY_NUMBER("attributes_null", (LONG)GetFileAttributesA(NULL));
    SAY_NUMBER("attributes_empty", (LONG)GetFileAttributesA(""));
    SAY_VALUE("attributes_directory", GetFileAttributesA(".") & FILE_ATTRIBUTE_DIRECTORY);
    SAY("attributes_ex", GetFileAttributesExA("one.txt", GetFileExInfoStandard, &data));
    SAY("attributes_ex_level", GetFileAttributesExA("one.txt", 7, &data));
    SAY("attributes_ex_absent", GetFileAttributesExA("absent", GetFileExInfoStandard, &data));
    SAY("set_readonly", SetFileAttributesA("one.txt", FILE_ATTRIBUTE_READONLY));
    SAY("delete_readonly", DeleteFileA("one.txt"));
    SAY("set_normal", SetFileAttributesA("one.txt", FILE_ATTRIBUTE_NORMAL));
    SAY("set_absent", SetFileAttributesA("absent", FILE_ATTRIBUTE_NORMAL));

    SAY("directory", CreateDirectoryA("dir", NULL));
    SAY("directory_again", CreateDirectoryA("dir", NULL));
    SAY("directory_wildcard", CreateDirectoryA("d?r", NULL));
    SetCurrentDirectoryA("dir");
    SAY("remove_current", RemoveDirectoryA("../dir"));
    SetCurrentDirectoryA("..");
    SAY("directory_over_file", CreateDirectoryA("one.txt", NULL));
    SAY("directory_in_absent", CreateDirectoryA("absent\\dir", NULL));
    SAY("directory_null", CreateDirectoryA(NULL, NULL));
    SAY("directory_empty", CreateDirectoryA("", NULL));
    SAY("remove_file_as_directory", RemoveDirectoryA("one.txt"));
    SAY("remove_absent", RemoveDirectoryA("absent"));
    SAY("delete_directory_as_file", DeleteFileA("dir"));
    SAY("delete_absent", DeleteFileA("absent"));
    SAY("delete_absent_directory", DeleteFileA("absent\\x"));
    SAY("delete_null", DeleteFileA(NULL));
    SAY("delete_empty", DeleteFileA(""));
    SAY("copy_into", CopyFileA("one.txt", "dir\\copy.txt", TRUE));
    SAY("copy_there", CopyFileA("one.txt", "dir\\copy.txt", TRUE));
    SAY("copy_over", CopyFileA("one.txt", "dir\\copy.txt", FALSE));
    SAY("copy_absent", CopyFileA("absent", "dir\\x", TRUE));
    SAY("copy_directory", CopyFileA("dir", "dir2", TRUE));
    SAY("copy_to_absent", CopyFileA("one.txt", "absent\\x", TRUE));
    SAY("remove_full", RemoveDirectoryA("dir"));
    SAY("move", MoveFileA("dir\\copy.txt", "moved.txt"));
    SAY("move_there", MoveFileA("one.txt", "moved.txt"));
    SAY("move_replace", MoveFileExA("moved.txt", "two.txt", MOVEFILE_REPLACE_EXISTING));
    SAY("move_absent", MoveFileA("absent", "x"));
    SAY("move_to_absent", MoveFileA("one.txt", "absent\\x"));
    SAY("move_directory", MoveFileA("dir", "dir3"));
    SAY("move_over_directory", MoveFileExA("one.txt", "dir3", MOVEFILE_REPLACE_EXISTING));
    SAY("link", CreateHardLinkA("link.txt", "one.txt", NULL));
    SAY("link_there", CreateHardLinkA("link.txt", "one.txt", NULL));
    SAY("link_absent", CreateHardLinkA("x", "absent", NULL));
    one = file("one.txt", GENERIC_READ, 0, OPEN_EXISTING);
    SAY("information", GetFileInformationByHandle(one, &information));
    SAY_VALUE("information_links", information.nNumberOfLinks);
    SAY("information_null", GetFileInformationByHandle(NULL, &information));
    SAY("set_time_without_right", SetFileTime(one, NULL, NULL, &information.ftLastWriteTime));
    SAY("get_time_null", GetFileTime(NULL, NULL, NULL, NULL));
    CLOSE(one);

    SAY_HANDLE("find_absent", FindFirstFileA("absent*", &found));
    SAY_HANDLE("find_in_absent", FindFirstFileA("absent\\*", &found));
    SAY_HANDLE("find_trailing_backslash", FindFirstFileA("dir3\\", &found));
    SAY_HANDLE("find_empty", FindFirstFileA("", &found));
    search = SAY_HANDLE("find_dots", FindFirstFileA("dir3\\*", &found));
    say_text("find_first", found.cFileName);
    SAY("find_next", FindNextFileA(search, &found));
    say_text("find_second", found.cFileName);
    SAY("find_no_more", FindNextFileA(search, &found));
    SAY("find_close", FindClose(search));
    SAY("find_close_invalid", FindClose(INVALID_HANDLE_VALUE));
    SAY("find_next_invalid", FindNextFileA(INVALID_HANDLE_VALUE, &found));
    search = FindFirstFileA("*.TXT", &found);
    for (i = 1; FindNextFileA(search, &found); i++)
        continue;
    SAY_VALUE("find_all_texts", i);
    SAY_VALUE("find_end_error", GetLastError());
    FindClose(search);
    search = FindFirstFileA("O?E.*", &found);
    say_text("find_question_mark", found.cFileName);
    FindClose(search);
    SAY("remove", RemoveDirectoryA("dir3"));
    SAY("delete", DeleteFileA("link.txt"));
    SAY("delete_twice", DeleteFileA("link.txt"));

    SAY_NUMBER("full_path", GetFullPathNameA("C:\\a\\.\\b\\..\\c.txt", sizeof(buffer), buffer, &part));
    say_text("full_path_text", buffer);
    say_text("full_path_part", part);
    SAY_NUMBER("full_path_short", GetFullPathNameA("C:\\a\\b", 3, buffer, NULL));
    SAY_NUMBER("full_path_slashes", GetFullPathNameA("C:/a//b/", sizeof(buffer), buffer, &part));
    say_text("full_path_slashes_text", buffer);
    SAY_VALUE("full_path_slashes_no_part", part == NULL);
    SAY_NUMBER("full_path_empty", GetFullPathNameA("", sizeof(buffer), buffer, NULL));
    SAY_NUMBER("full_path_above_root", GetFullPathNameA("C:\\..\\..\\x", sizeof(buffer), buffer, NULL));
    say_text("full_path_above_root_text", buffer);
    SAY_NUMBER("full_path_device", GetFullPathNameA("NUL", sizeof(buffer), buffer, NULL));
    say_text("full_path_device_text", buffer);
    SAY_NUMBER("temp_name_bad_directory", GetTempFileNameA("absent", "pre", 1, buffer));
    SAY_NUMBER("temp_name_absent_unique", GetTempFileNameA("absent", "pre", 0, buffer));
    SAY_NUMBER("long_path_absent", GetLongPathNameA("absent", buffer, sizeof(buffer)));
    SAY_NUMBER("short_path_absent", GetShortPathNameA("absent", buffer, sizeof(buffer)));
    SAY_NUMBER("search_path_absent", SearchPathA(NULL, "oracle_absent", NULL, sizeof(buffer), buffer, NULL));
    SAY_VALUE("drive_type_absent", GetDriveTypeA("Q:\\"));
    SAY_VALUE("drive_type_c", GetDriveTypeA("C:\\"));
}

static void put(const char *name, const char *text)
{
    DWORD count;
    HANDLE written = file(name, GENERIC_WRITE, 0, CREATE_ALWAYS);

    WriteFile(written, text, (DWORD)strlen(text), &count, NULL);
    CLOSE(written);
}

static void say_file(const char *name, const char *path)
{
    char text[200] = "";
    DWORD count = 0;
    HANDLE there = file(path, GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);

    if (there == INVALID_HANDLE_VALUE) {
        say_text(name, "nothing");
        return;
    }
    ReadFile(there, text, sizeof(text) - 1, &count, NULL);
    text[count] = 0;
    for (char *at = text; *at; at++)
        *at = *at == '\r' || *at == '\n' ? '|' : *at;
    say_text(name, text);
    CLOSE(there);
}

static void replacing(void)
{
    DWORD high = 7, type = 77;
    char self[300];
    HANDLE reader, writer, pipe;

    put("old.txt", "old");
    put("new.txt", "new");
    SAY("replace", ReplaceFileA("old.txt", "new.txt", "kept.txt", 0, NULL, NULL));
    say_file("replace_now", "old.txt");
    say_file("replace_gone", "new.txt");
    say_file("replace_kept", "kept.txt");
    put("new.txt", "newer");
    SAY("replace_again", ReplaceFileA("old.txt", "new.txt", "kept.txt", 0, NULL, NULL));
    say_file("replace_again_kept", "kept.txt");
    put("new.txt", "newest");
    SAY("replace_without_backup", ReplaceFileA("old.txt", "new.txt", NULL, 0, NULL, NULL));
    DeleteFileA("new.txt");
    SAY("replace_by_absent", ReplaceFileA("old.txt", "absent.txt", NULL, 0, NULL, NULL));
    SAY("replace_absent", ReplaceFileA("absent.txt", "old.txt", NULL, 0, NULL, NULL));
    SAY("replace_null", ReplaceFileA(NULL, "old.txt", NULL, 0, NULL, NULL));
    SAY("replace_by_null", ReplaceFileA("old.txt", NULL, NULL, 0, NULL, NULL));
    put("old.txt", "12345");
    SAY_NUMBER("disk_size_absent", GetCompressedFileSizeA("absent.txt", &high));
    SAY("type_of_text", GetBinaryTypeA("old.txt", &type));
    SAY("type_of_absent", GetBinaryTypeA("absent.txt", &type));
    GetModuleFileNameA(NULL, self, sizeof(self));
    SAY("type_of_self", GetBinaryTypeA(self, &type));
    SAY_VALUE("type_of_self_bits", type);
    DeleteFileA("old.txt");
    DeleteFileA("kept.txt");
    CreateDirectoryA("like", NULL);
    SAY("directory_like", CreateDirectoryExA("like", "alike", NULL));
    SAY("directory_like_again", CreateDirectoryExA("like", "alike", NULL));
    RemoveDirectoryA("alike");
    SAY("directory_like_absent", CreateDirectoryExA("absent", "alike", NULL));
    RemoveDirectoryA("alike");
    RemoveDirectoryA("like");
    CreatePipe(&reader, &writer, NULL, 0);
    SAY_NUMBER("pipe_size", GetFileSize(reader, NULL));
    SAY_NUMBER("pipe_pointer", SetFilePointer(reader, 0, NULL, FILE_CURRENT));
    CLOSE(reader);
    CLOSE(writer);
    pipe = CreateNamedPipeA("\\\\.\\pipe\\oracle_files", PIPE_ACCESS_DUPLEX, 0, 1, 0, 0, 0, NULL);
    SAY_NUMBER("named_pipe_size", GetFileSize(pipe, NULL));
    SAY_NUMBER("named_pipe_pointer", SetFilePointer(pipe, 0, NULL, FILE_CURRENT));
    CLOSE(pipe);
}

/* Initialisation files. */
static void profiles(void)
{
    char path[300], text[100];
    DWORD length;

    GetCurrentDirectoryA(sizeof(path) - 20, path);
    strcat(path, "\\oracle.ini");
#define GET(section, key, default, size) GetPrivateProfileStringA(section, key, default, text, size, path)
    SAY("profile_set", WritePrivateProfileStringA("first", "key", "value", path));
    SAY("profile_set_second", WritePrivateProfileStringA("first", "other", "12abc", path));
    SAY("profile_set_section", WritePrivateProfileStringA("second", "number", "0x1F", path));
    SAY("profile_change", WritePrivateProfileStringA("FIRST", "Key", "changed", path));
    SAY_VALUE("profile_value", GET("first", "KEY", "none", sizeof(text)));
    say_text("profile_value_text", text);
    SAY_VALUE("profile_default", GET("first", "absent", "none ", sizeof(text)));
    say_text("profile_default_text", text);
    SAY_VALUE("profile_short", GET("first", "key", "none", 4));
    say_text("profile_short_text", text);
    length = GET("first", NULL, NULL, sizeof(text));
    SAY_VALUE("profile_keys", length);
    say_text("profile_second_key", text + strlen(text) + 1);
    SAY_VALUE("profile_keys_end", text[length] == 0 && text[length - 1] == 0);
    SAY_VALUE("profile_sections", GET(NULL, NULL, NULL, sizeof(text)));
    say_text("profile_first_section", text);
    SAY_VALUE("profile_keys_short", GET("first", NULL, NULL, 6));
    SAY_VALUE("profile_no_room", GET("first", "key", NULL, 0));
    SAY_VALUE("profile_hexadecimal", GetPrivateProfileIntA("second", "number", 5, path));
    SAY_VALUE("profile_number", GetPrivateProfileIntA("first", "other", 5, path));
    SAY_VALUE("profile_no_number", GetPrivateProfileIntA("first", "key", 5, path));
    SAY_VALUE("profile_absent_number", GetPrivateProfileIntA("first", "absent", 5, path));
    SAY("profile_forget", WritePrivateProfileStringA("first", "key", NULL, path));
    say_file("profile_file", path);
    SAY("profile_forget_section", WritePrivateProfileStringA("first", NULL, NULL, path));
    say_file("profile_file_without", path);
    DeleteFileA(path);
    SAY_VALUE("profile_no_file", GET("first", "key", "none", sizeof(text)));
    put("oracle.ini", "; comment\r\n[A]\r\n quoted = \"a b\" \r\nsingle='c'\r\nempty=\r\n[A]\r\nlate=1\r\n");
    GET("A", "quoted", "none", sizeof(text));
    say_text("profile_quoted", text);
    GET("A", "single", "none", sizeof(text));
    say_text("profile_single", text);
    SAY_VALUE("profile_empty", GET("A", "empty", "none", sizeof(text)));
    SAY_VALUE("profile_late", GET("A", "late", "none", sizeof(text)));
    DeleteFileA(path);
}

int main(void)
{
    opening();
    locks();
    names();
    replacing();
    profiles();
    return 0;
}
