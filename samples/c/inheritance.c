/* Inheritance, generation after generation: an event that was made inheritable has the same number in
   the child and in the grandchild, and is the same object. */
#include <stdio.h>
#include <stdlib.h>
#include <tchar.h>
#include <windows.h>

#define GENERATIONS 3

static int StartNext(const TCHAR *program, HANDLE event, int generation)
{
    TCHAR line[MAX_PATH * 2];
    STARTUPINFO si = {0};
    PROCESS_INFORMATION pi;
    DWORD code = 1;

    si.cb = sizeof(si);
    _stprintf_s(line, _countof(line), _T("\"%s\" %d %d"), program, (int)(ULONG_PTR)event, generation);
    if (!CreateProcess(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &si, &pi)) {
        _tprintf(_T("CreateProcess failed (%lu)\n"), GetLastError());
        return 1;
    }
    WaitForSingleObject(pi.hProcess, INFINITE);
    GetExitCodeProcess(pi.hProcess, &code);
    CloseHandle(pi.hThread);
    CloseHandle(pi.hProcess);
    return (int)code;
}

int _tmain(int argc, TCHAR *argv[])
{
    HANDLE event;
    int generation = 0;

    if (argc == 3) {
        DWORD flags = 0;
        event = (HANDLE)(ULONG_PTR)_ttoi(argv[1]);
        generation = _ttoi(argv[2]);
        GetHandleInformation(event, &flags);
        _tprintf(_T("generation %d: inheritable %d\n"), generation, (flags & HANDLE_FLAG_INHERIT) != 0);
        fflush(stdout);
        if (generation == GENERATIONS)
            return SetEvent(event) ? 0 : 1;
        return StartNext(argv[0], event, generation + 1);
    } else {
        SECURITY_ATTRIBUTES sa;
        sa.nLength = sizeof(sa);
        sa.lpSecurityDescriptor = NULL;
        sa.bInheritHandle = TRUE;
        event = CreateEvent(&sa, TRUE, FALSE, NULL);
        _tprintf(_T("the event is set: %d\n"), WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
        fflush(stdout);
        StartNext(argv[0], event, 1);
        _tprintf(_T("the event is set: %d\n"), WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
        CloseHandle(event);
    }
    return 0;
}
