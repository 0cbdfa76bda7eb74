/* An anonymous pipe between parent and child: the child's standard output is the pipe's write end. */
#include <stdio.h>
#include <string.h>
#include <tchar.h>
#include <windows.h>

int _tmain(int argc, TCHAR *argv[])
{
    HANDLE hReadPipe, hWritePipe;
    SECURITY_ATTRIBUTES sa = {sizeof(SECURITY_ATTRIBUTES), NULL, TRUE};
    STARTUPINFO si;
    PROCESS_INFORMATION pi;
    TCHAR line[MAX_PATH * 2];
    char buffer[64];
    DWORD count, total = 0;

    if (argc > 1) {
        printf("hello from the child\n");
        printf("good bye\n");
        return 5;
    }

    if (!CreatePipe(&hReadPipe, &hWritePipe, &sa, 0))
        return 1;
    SetHandleInformation(hReadPipe, HANDLE_FLAG_INHERIT, 0);

    ZeroMemory(&si, sizeof(si));
    si.cb = sizeof(si);
    si.dwFlags = STARTF_USESTDHANDLES;
    si.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    si.hStdOutput = hWritePipe;
    si.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    _stprintf(line, _T("\"%s\" child"), argv[0]);
    if (!CreateProcess(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &si, &pi)) {
        _tprintf(_T("error %lu\n"), GetLastError());
        return 1;
    }
    CloseHandle(hWritePipe); /* or ReadFile would wait for us too */

    while (ReadFile(hReadPipe, buffer, sizeof(buffer) - 1, &count, NULL) && count > 0) {
        buffer[count] = 0;
        printf("%s", buffer);
        total += count;
    }
    _tprintf(_T("error at the end: %lu, bytes: %lu\n"), GetLastError(), total);

    WaitForSingleObject(pi.hProcess, INFINITE);
    GetExitCodeProcess(pi.hProcess, &count);
    _tprintf(_T("exit code: %lu\n"), count);
    CloseHandle(pi.hProcess);
    CloseHandle(pi.hThread);
    CloseHandle(hReadPipe);
    return 0;
}
