// Functions with LARGE_INTEGER, where C++ lets no other type pass.
#include <windows.h>
#include <string.h>
#include "check.h"
int main()
{
    LARGE_INTEGER where, size, due, frequency;
    DWORD count;
    char text[8];
    char path[64];
    sprintf(path, "C:\\tmp\\transom_large_%lu.txt", GetCurrentProcessId());
    HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    CHECK(file != INVALID_HANDLE_VALUE);
    CHECK(WriteFile(file, "hello", 5, &count, NULL));
    where.QuadPart = 1;
    CHECK(SetFilePointerEx(file, where, &where, FILE_BEGIN) && where.QuadPart == 1);
    CHECK(GetFileSizeEx(file, &size) && size.u.LowPart == 5 && size.u.HighPart == 0);
    CHECK(ReadFile(file, text, sizeof text, &count, NULL) && count == 4 && !memcmp(text, "ello", 4));
    CloseHandle(file);
    CHECK(DeleteFileA(path));
    due.QuadPart = -1;
    HANDLE timer = CreateWaitableTimer(NULL, TRUE, NULL);
    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE) && WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0);
    CloseHandle(timer);
    QueryPerformanceFrequency(&frequency);
    return failures;
}
