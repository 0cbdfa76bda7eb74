/* A named pipe with messages: a server and its client, which is a child process. */
#include <stdio.h>
#include <tchar.h>
#include <windows.h>

#define BUF_SIZE 256

static int Client(const TCHAR *name)
{
    HANDLE hPipe;
    DWORD mode = PIPE_READMODE_MESSAGE | PIPE_WAIT, count;
    TCHAR answer[BUF_SIZE];
    const TCHAR *questions[] = {_T("one"), _T("two"), _T("three")};
    int i;

    for (;;) {
        hPipe = CreateFile(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
        if (hPipe != INVALID_HANDLE_VALUE)
            break;
        if (GetLastError() != ERROR_PIPE_BUSY || !WaitNamedPipe(name, 20000)) {
            _tprintf(_T("client: error %lu\n"), GetLastError());
            return 1;
        }
    }
    if (!SetNamedPipeHandleState(hPipe, &mode, NULL, NULL))
        return 1;
    for (i = 0; i < 3; i++) {
        WriteFile(hPipe, questions[i], (DWORD)((_tcslen(questions[i]) + 1) * sizeof(TCHAR)), &count, NULL);
        if (!ReadFile(hPipe, answer, sizeof(answer), &count, NULL))
            return 1;
        _tprintf(_T("client got: %s\n"), answer);
    }
    fflush(stdout);
    CloseHandle(hPipe);
    return 0;
}

int _tmain(int argc, TCHAR *argv[])
{
    TCHAR name[64], line[MAX_PATH * 2], message[BUF_SIZE], answer[BUF_SIZE];
    HANDLE hPipe;
    STARTUPINFO si = {sizeof(si)};
    PROCESS_INFORMATION pi;
    DWORD count;

    if (argc > 1)
        return Client(argv[1]);

    _stprintf(name, _T("\\\\.\\pipe\\simple_pipe_%lu"), GetCurrentProcessId());
    hPipe = CreateNamedPipe(name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT,
        PIPE_UNLIMITED_INSTANCES, BUF_SIZE, BUF_SIZE, 20000, NULL);
    if (hPipe == INVALID_HANDLE_VALUE) {
        _tprintf(_T("CreateNamedPipe failed: %lu\n"), GetLastError());
        return 1;
    }
    _stprintf(line, _T("\"%s\" %s"), argv[0], name);
    if (!CreateProcess(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &si, &pi))
        return 1;
    if (!ConnectNamedPipe(hPipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
        return 1;
    while (ReadFile(hPipe, message, sizeof(message), &count, NULL)) {
        _stprintf(answer, _T("%s, %d characters"), message, (int)_tcslen(message));
        WriteFile(hPipe, answer, (DWORD)((_tcslen(answer) + 1) * sizeof(TCHAR)), &count, NULL);
    }
    count = GetLastError();
    WaitForSingleObject(pi.hProcess, INFINITE);
    _tprintf(_T("server: the client went (%lu)\n"), count);
    DisconnectNamedPipe(hPipe);
    CloseHandle(hPipe);
    CloseHandle(pi.hProcess);
    CloseHandle(pi.hThread);
    return 0;
}
