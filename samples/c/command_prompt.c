/* A command prompt: lp lists processes, kp ends one by its name, start starts one, exit leaves. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tchar.h>
#include <windows.h>
#include <tlhelp32.h>

#define STR_LEN 256
#define CMD_TOKEN_NUM 10

static TCHAR cmdString[STR_LEN];
static TCHAR cmdTokenList[CMD_TOKEN_NUM][STR_LEN];
static TCHAR seps[] = _T(" ,\t\n");

static int CmdReadTokenize(void)
{
    TCHAR *token;
    int count = 0;

    _fputts(_T("> "), stdout);
    if (!_fgetts(cmdString, STR_LEN, stdin))
        return -1;
    token = _tcstok(cmdString, seps);
    while (token != NULL && count < CMD_TOKEN_NUM) {
        _tcscpy(cmdTokenList[count], token);
        _tcslwr(cmdTokenList[count++]);
        token = _tcstok(NULL, seps);
    }
    return count;
}

static int ListProcessInfo(const TCHAR *only)
{
    PROCESSENTRY32 pe32;
    int found = 0;
    HANDLE hSnap = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);

    if (hSnap == INVALID_HANDLE_VALUE)
        return 0;
    pe32.dwSize = sizeof(pe32);
    if (Process32First(hSnap, &pe32)) {
        do {
            if (pe32.th32ParentProcessID == GetCurrentProcessId() && !_tcsicmp(pe32.szExeFile, only)) {
                _tprintf(_T("%25s: mine\n"), pe32.szExeFile);
                found++;
            }
        } while (Process32Next(hSnap, &pe32));
    }
    CloseHandle(hSnap);
    return found;
}

static void KillProcess(const TCHAR *name)
{
    PROCESSENTRY32 pe32;
    HANDLE hSnap = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    BOOL isKilled = FALSE;

    if (hSnap == INVALID_HANDLE_VALUE)
        return;
    pe32.dwSize = sizeof(pe32);
    if (Process32First(hSnap, &pe32)) {
        do {
            if (pe32.th32ParentProcessID == GetCurrentProcessId() && !_tcsicmp(pe32.szExeFile, name)) {
                HANDLE hProc = OpenProcess(PROCESS_TERMINATE | SYNCHRONIZE, FALSE, pe32.th32ProcessID);
                if (hProc != NULL) {
                    isKilled = TerminateProcess(hProc, 0xFFFFFFFF);
                    WaitForSingleObject(hProc, INFINITE);
                    CloseHandle(hProc);
                }
            }
        } while (Process32Next(hSnap, &pe32));
    }
    CloseHandle(hSnap);
    _tprintf(isKilled ? _T("%s killed\n") : _T("%s: kill process failed\n"), name);
}

static void Start(TCHAR *name, TCHAR *argument)
{
    STARTUPINFO si;
    PROCESS_INFORMATION pi;
    TCHAR line[STR_LEN * 2 + 2];

    ZeroMemory(&si, sizeof(si));
    si.cb = sizeof(si);
    _stprintf(line, _T("%s %s"), name, argument);
    if (!CreateProcess(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &si, &pi)) {
        _tprintf(_T("'%s' is not a program: %lu\n"), name, GetLastError());
        return;
    }
    CloseHandle(pi.hProcess);
    CloseHandle(pi.hThread);
}

int _tmain(int argc, TCHAR *argv[])
{
    _tsetlocale(LC_ALL, _T("Korean"));
    while (1) {
        int count = CmdReadTokenize();
        if (count < 0 || (count > 0 && !_tcscmp(cmdTokenList[0], _T("exit"))))
            break;
        if (count == 0)
            continue;
        if (!_tcscmp(cmdTokenList[0], _T("lp")) && count > 1) {
            int found = ListProcessInfo(cmdTokenList[1]);
            _tprintf(_T("%d found\n"), found);
        } else if (!_tcscmp(cmdTokenList[0], _T("kp")) && count > 1) {
            KillProcess(cmdTokenList[1]);
        } else if (!_tcscmp(cmdTokenList[0], _T("start")) && count > 2) {
            Start(cmdTokenList[1], cmdTokenList[2]);
        } else {
            _tprintf(_T("%s: no such command\n"), cmdTokenList[0]);
        }
    }
    return 0;
}
