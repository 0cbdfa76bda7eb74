/* 메일슬롯: 받는 쪽이 하나 만들고, 보내는 쪽은 이름으로 연다. 한쪽 방향이다. */
#include <stdio.h>
#include <tchar.h>
#include <windows.h>

static int Sender(const TCHAR *name)
{
    static const TCHAR *messages[] = {_T("첫째"), _T("둘째"), _T("exit")};
    DWORD written;
    int i;
    HANDLE hSlot = CreateFile(name, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);

    if (hSlot == INVALID_HANDLE_VALUE) {
        _tprintf(_T("보낼 곳이 없다: %lu\n"), GetLastError());
        return 1;
    }
    for (i = 0; i < 3; i++)
        WriteFile(hSlot, messages[i], (DWORD)((_tcslen(messages[i]) + 1) * sizeof(TCHAR)), &written, NULL);
    CloseHandle(hSlot);
    return 0;
}

int _tmain(int argc, TCHAR *argv[])
{
    TCHAR name[64], line[MAX_PATH * 2], message[100];
    STARTUPINFO si = {sizeof(si)};
    PROCESS_INFORMATION pi;
    HANDLE hSlot;
    DWORD read;

    if (argc > 1)
        return Sender(argv[1]);
    _stprintf(name, _T("\\\\.\\mailslot\\mailbox_%lu"), GetCurrentProcessId());
    hSlot = CreateMailslot(name, 0, MAILSLOT_WAIT_FOREVER, NULL);
    if (hSlot == INVALID_HANDLE_VALUE) {
        _tprintf(_T("메일슬롯을 만들지 못했다: %lu\n"), GetLastError());
        return 1;
    }
    _stprintf(line, _T("\"%s\" %s"), argv[0], name);
    if (!CreateProcess(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &si, &pi))
        return 1;
    for (;;) {
        if (!ReadFile(hSlot, message, sizeof(message), &read, NULL))
            return 1;
        if (!_tcscmp(message, _T("exit")))
            break;
        _tprintf(_T("받은 것: %s\n"), message);
    }
    WaitForSingleObject(pi.hProcess, INFINITE);
    CloseHandle(pi.hProcess);
    CloseHandle(pi.hThread);
    CloseHandle(hSlot);
    return 0;
}
