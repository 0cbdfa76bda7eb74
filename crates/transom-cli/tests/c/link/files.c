/* 파일: 찾기, 복사, 크기, 시간 */
#include <stdio.h>
#include <stdlib.h>
#include <tchar.h>
#include <windows.h>
#define DIR_LEN MAX_PATH + 3
int _tmain(int argc, TCHAR *argv[])
{
    WIN32_FIND_DATA FindFileData;
    HANDLE hFind = INVALID_HANDLE_VALUE;
    TCHAR DirSpec[DIR_LEN];
    DWORD dwError;
    FILETIME ftCreate, ftAccess, ftWrite;
    SYSTEMTIME stCreateUTC, stCreateLocal;
    LARGE_INTEGER size;
    if (argc < 2) return 1;
    _tcsncpy(DirSpec, argv[1], _tcslen(argv[1]) + 1);
    _tcsncat(DirSpec, _T("\\*"), 3);
    hFind = FindFirstFile(DirSpec, &FindFileData);
    if (hFind == INVALID_HANDLE_VALUE) return -1;
    do {
        if (FindFileData.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) continue;
        size.LowPart = FindFileData.nFileSizeLow;
        size.HighPart = FindFileData.nFileSizeHigh;
        _tprintf(_T("%s %I64d\n"), FindFileData.cFileName, size.QuadPart);
    } while (FindNextFile(hFind, &FindFileData) != 0);
    dwError = GetLastError();
    FindClose(hFind);
    if (dwError != ERROR_NO_MORE_FILES) return -1;
    hFind = CreateFile(argv[1], GENERIC_READ, FILE_SHARE_READ, 0, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, 0);
    if (!GetFileTime(hFind, &ftCreate, &ftAccess, &ftWrite)) return -1;
    FileTimeToSystemTime(&ftCreate, &stCreateUTC);
    SystemTimeToTzSpecificLocalTime(NULL, &stCreateUTC, &stCreateLocal);
    CopyFile(argv[1], _T("C:\\tmp\\copy"), FALSE);
    MoveFileEx(_T("a"), _T("b"), MOVEFILE_REPLACE_EXISTING);
    return CreateDirectory(_T("new"), NULL) && RemoveDirectory(_T("new"));
}
