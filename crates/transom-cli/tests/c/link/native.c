#include <windows.h>
#include <ntifs.h>
#include <stdio.h>
typedef NTSTATUS(NTAPI *QUERY)(SYSTEM_INFORMATION_CLASS, PVOID, ULONG, PULONG);
int main(void)
{
    PROCESS_BASIC_INFORMATION basic;
    FILE_PIPE_LOCAL_INFORMATION pipe;
    IO_STATUS_BLOCK status;
    UNICODE_STRING name = {0, 0, NULL};
    OBJECT_ATTRIBUTES attributes;
    ULONG length;
    QUERY query = (QUERY)GetProcAddress(GetModuleHandle(TEXT("ntdll.dll")), "NtQuerySystemInformation");
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (query) query(SystemProcessInformation, NULL, 0, &length);
    NtQueryInformationProcess(GetCurrentProcess(), ProcessBasicInformation, &basic, sizeof basic, &length);
    NtQueryInformationFile(GetStdHandle(STD_INPUT_HANDLE), &status, &pipe, sizeof pipe, FilePipeLocalInformation);
    NtClose((HANDLE)0);
    return (int)RtlNtStatusToDosError(status.Status);
}
