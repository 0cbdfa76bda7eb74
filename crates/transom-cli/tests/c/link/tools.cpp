#include "stdafx.h"
#include <Windows.h>
#include <TlHelp32.h>
#include <Psapi.h>
#include <string>
#include <map>
static BOOL GetProcessList()
{
    HANDLE hProcessSnap;
    PROCESSENTRY32 pe32;
    DWORD dwPriorityClass = 0;
    PROCESS_MEMORY_COUNTERS pmc;
    DWORD ids[1024], needed;
    hProcessSnap = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    if (hProcessSnap == INVALID_HANDLE_VALUE) return FALSE;
    pe32.dwSize = sizeof(PROCESSENTRY32);
    if (!Process32First(hProcessSnap, &pe32)) { CloseHandle(hProcessSnap); return FALSE; }
    do {
        _tprintf(TEXT("\nPROCESS NAME:  %s"), pe32.szExeFile);
        HANDLE hProcess = OpenProcess(PROCESS_ALL_ACCESS, FALSE, pe32.th32ProcessID);
        if (hProcess) { dwPriorityClass = GetPriorityClass(hProcess); GetProcessMemoryInfo(hProcess, &pmc, sizeof(pmc)); CloseHandle(hProcess); }
        _tprintf(TEXT("\n  Process ID        = 0x%08X"), pe32.th32ProcessID);
    } while (Process32Next(hProcessSnap, &pe32));
    CloseHandle(hProcessSnap);
    return EnumProcesses(ids, sizeof(ids), &needed) && dwPriorityClass;
}
int _tmain(int argc, _TCHAR *argv[])
{
    std::map<DWORD, std::string> names;
    GetProcessList();
    return 0;
}
