/* 핸들 테이블: 핸들은 프로세스마다 있는 표의 번호이다. 닫으면 그 번호는 다시 쓰인다. */
#include <stdio.h>
#include <tchar.h>
#include <windows.h>

int _tmain(int argc, TCHAR *argv[])
{
    HANDLE first, second, third;

    first = CreateEvent(NULL, TRUE, FALSE, NULL);
    second = CreateEvent(NULL, TRUE, FALSE, NULL);
    _tprintf(_T("핸들은 4의 배수이다: %d\n"), (int)((ULONG_PTR)first % 4 == 0 && (ULONG_PTR)second % 4 == 0));
    _tprintf(_T("두 핸들은 다르다: %d\n"), first != second);

    CloseHandle(first);
    third = CreateEvent(NULL, TRUE, FALSE, NULL);
    _tprintf(_T("닫은 번호가 다시 쓰인다: %d\n"), third == first);

    CloseHandle(second);
    if (!CloseHandle(second))
        _tprintf(_T("두 번 닫으면 오류 %lu\n"), GetLastError());
    CloseHandle(third);
    return 0;
}
