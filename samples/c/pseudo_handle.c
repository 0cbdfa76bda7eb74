/* 가짜 핸들과 DuplicateHandle: GetCurrentProcess()는 표에 없는 -1이고, 복사하면 진짜가 된다. */
#include <stdio.h>
#include <tchar.h>
#include <windows.h>

int _tmain(void)
{
    HANDLE pseudo = GetCurrentProcess();
    HANDLE real = NULL, event, copy;

    _tprintf(_T("가짜 핸들: %d\n"), (int)(LONG_PTR)pseudo);
    _tprintf(_T("닫아도 그대로다: %d\n"), CloseHandle(pseudo));

    if (!DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &real, 0, TRUE,
            DUPLICATE_SAME_ACCESS)) {
        _tprintf(_T("오류 %lu\n"), GetLastError());
        return 1;
    }
    _tprintf(_T("진짜 핸들은 내 프로세스다: %d\n"), GetProcessId(real) == GetCurrentProcessId());

    event = CreateEvent(NULL, TRUE, FALSE, NULL);
    DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS);
    CloseHandle(event);
    SetEvent(copy);
    _tprintf(_T("원본을 닫아도 복사본은 산다: %d\n"), WaitForSingleObject(copy, 0) == WAIT_OBJECT_0);
    CloseHandle(copy);
    CloseHandle(real);
    return 0;
}
