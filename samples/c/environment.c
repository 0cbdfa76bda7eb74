/* 프로세스 환경변수: 부모가 등록하고 자식이 물려받는다. */
#include <stdio.h>
#include <stdlib.h>
#include <tchar.h>
#include <windows.h>

#define BUFSIZE 1024

int _tmain(int argc, TCHAR *argv[])
{
    TCHAR value[BUFSIZE], line[MAX_PATH * 2];
    STARTUPINFO si = {sizeof(si)};
    PROCESS_INFORMATION pi;

    if (argc > 1) {
        if (GetEnvironmentVariable(_T("Good"), value, BUFSIZE) > 0)
            _tprintf(_T("[Good] = [%s]\n"), value);
        if (GetEnvironmentVariable(_T("hey"), value, BUFSIZE) > 0)
            _tprintf(_T("[HEY] = [%s]\n"), value);
        if (GetEnvironmentVariable(_T("Nothing"), value, BUFSIZE) == 0)
            _tprintf(_T("[Nothing]: %lu\n"), GetLastError());
        return 0;
    }
    SetEnvironmentVariable(_T("Good"), _T("morning"));
    SetEnvironmentVariable(_T("Hey"), _T("친구"));
    SetEnvironmentVariable(_T("Nothing"), NULL);
    _stprintf(line, _T("\"%s\" child"), argv[0]);
    if (!CreateProcess(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &si, &pi))
        return 1;
    WaitForSingleObject(pi.hProcess, INFINITE);
    CloseHandle(pi.hProcess);
    CloseHandle(pi.hThread);
    return 0;
}
