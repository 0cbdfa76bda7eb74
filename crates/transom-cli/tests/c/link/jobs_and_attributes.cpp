#include <windows.h>
#include <stdio.h>
#include <vector>
int wmain()
{
    SIZE_T size = 0;
    STARTUPINFOEXW si = {};
    PROCESS_INFORMATION pi;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {};
    HANDLE job = CreateJobObjectW(nullptr, L"Local\\work");
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits));
    InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
    si.lpAttributeList = (LPPROC_THREAD_ATTRIBUTE_LIST)HeapAlloc(GetProcessHeap(), 0, size);
    InitializeProcThreadAttributeList(si.lpAttributeList, 1, 0, &size);
    HANDLE inherited[1] = { GetStdHandle(STD_OUTPUT_HANDLE) };
    UpdateProcThreadAttribute(si.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, inherited, sizeof(inherited), nullptr, nullptr);
    si.StartupInfo.cb = sizeof(si);
    wchar_t line[] = L"child";
    if (CreateProcessW(nullptr, line, nullptr, nullptr, TRUE, EXTENDED_STARTUPINFO_PRESENT | CREATE_SUSPENDED, nullptr, nullptr,
            &si.StartupInfo, &pi)) {
        AssignProcessToJobObject(job, pi.hProcess);
        ResumeThread(pi.hThread);
    }
    DeleteProcThreadAttributeList(si.lpAttributeList);
    std::vector<DWORD> ids(16);
    return (int)ids.size() - 16;
}
