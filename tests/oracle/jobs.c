/* Job objects, and the native functions. */
#include "probe.h"
#include <winternl.h>

#ifndef STATUS_INFO_LENGTH_MISMATCH
#define STATUS_INFO_LENGTH_MISMATCH ((NTSTATUS)0xC0000004)
#endif

static void jobs(const char *self)
{
    HANDLE job = SAY_HANDLE_ALWAYS("job", CreateJobObjectA(NULL, "oracle_job")), again;
    JOBOBJECT_BASIC_LIMIT_INFORMATION limits = {0};
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION extended = {0};
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION accounting;
    STARTUPINFOA how = {sizeof(how)};
    PROCESS_INFORMATION made;
    char line[600];
    BOOL inside = 7;
    DWORD size = 0, code = 0;

    again = SAY_HANDLE_ALWAYS("job_again", CreateJobObjectA(NULL, "oracle_job"));
    CLOSE(again);
    SAY_HANDLE("job_open_absent", OpenJobObjectA(JOB_OBJECT_ALL_ACCESS, FALSE, "oracle_absent"));
    SAY_HANDLE("job_open_as_event", OpenEventA(EVENT_ALL_ACCESS, FALSE, "oracle_job"));
    SAY("query_limits", QueryInformationJobObject(job, JobObjectBasicLimitInformation, &limits, sizeof(limits), &size));
    SAY_VALUE("query_limits_size", size);
    SAY_VALUE("limits_none", limits.LimitFlags);
    SAY("query_small", QueryInformationJobObject(job, JobObjectBasicLimitInformation, &limits, 4, &size));
    SAY("query_nonsense", QueryInformationJobObject(job, (JOBOBJECTINFOCLASS)77, &limits, sizeof(limits), &size));
    SAY("query_null", QueryInformationJobObject(NULL, JobObjectBasicLimitInformation, &limits, sizeof(limits), &size));
    SAY("set_nonsense", SetInformationJobObject(job, (JOBOBJECTINFOCLASS)77, &limits, sizeof(limits)));
    SAY("set_short", SetInformationJobObject(job, JobObjectBasicLimitInformation, &limits, 4));
    SAY("set_null", SetInformationJobObject(NULL, JobObjectBasicLimitInformation, &limits, sizeof(limits)));
    extended.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    SAY("kill_on_close_as_basic", SetInformationJobObject(job, JobObjectBasicLimitInformation, &extended.BasicLimitInformation, sizeof(limits)));
    SAY("kill_on_close", SetInformationJobObject(job, JobObjectExtendedLimitInformation, &extended, sizeof(extended)));
    SAY("in_no_job", IsProcessInJob(GetCurrentProcess(), job, &inside));
    SAY_VALUE("in_no_job_is", inside);
    sprintf(line, "\"%s\" sleep", self);
    CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &how, &made);
    SAY("assign", AssignProcessToJobObject(job, made.hProcess));
    SAY("assigned", IsProcessInJob(made.hProcess, job, &inside));
    SAY_VALUE("assigned_is", inside);
    SAY("assign_null", AssignProcessToJobObject(NULL, made.hProcess));
    SAY("assign_no_process", AssignProcessToJobObject(job, NULL));
    SAY("accounting", QueryInformationJobObject(job, JobObjectBasicAccountingInformation, &accounting, sizeof(accounting), NULL));
    SAY_VALUE("active", accounting.ActiveProcesses);
    SAY_VALUE("total", accounting.TotalProcesses);
    SAY("ids_without_room", QueryInformationJobObject(job, JobObjectBasicProcessIdList, line, 8, NULL));
    SAY_WAIT("job_that_runs", WaitForSingleObject(job, 0));
    SAY("terminate", TerminateJobObject(job, 55));
    SAY_WAIT("terminated", WaitForSingleObject(made.hProcess, 20000));
    GetExitCodeProcess(made.hProcess, &code);
    SAY_VALUE("terminated_code", code);
    SAY_WAIT("job_terminated", WaitForSingleObject(job, 20000));
    SAY("terminate_null", TerminateJobObject(NULL, 0));
    CLOSE(made.hProcess);
    CLOSE(made.hThread);
    sprintf(line, "\"%s\" sleep", self);
    CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &how, &made);
    AssignProcessToJobObject(job, made.hProcess);
    CLOSE(job);
    SAY_WAIT("killed_with_the_last_handle", WaitForSingleObject(made.hProcess, 20000));
    TerminateProcess(made.hProcess, 0);
}

static void say_status(const char *name, NTSTATUS status)
{
    printf("%s: 0x%08X -\n", name, (unsigned)status);
    fflush(stdout);
}

static void native(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    PROCESS_BASIC_INFORMATION basic;
    ULONG size = 0;
    char buffer[256];

    say_status("nt_close_null", NtClose(NULL));
    say_status("nt_close_unknown", NtClose(NO_SUCH_HANDLE));
    say_status("nt_close", NtClose(event));
    say_status("nt_close_twice", NtClose(event));
    say_status("nt_process", NtQueryInformationProcess(GetCurrentProcess(), ProcessBasicInformation, &basic, sizeof(basic), &size));
    SAY_VALUE("nt_process_size", size);
    SAY_VALUE("nt_process_id", (ULONG_PTR)basic.UniqueProcessId == GetCurrentProcessId());
    say_status("nt_process_short", NtQueryInformationProcess(GetCurrentProcess(), ProcessBasicInformation, &basic, 4, &size));
    say_status("nt_process_class", NtQueryInformationProcess(GetCurrentProcess(), (PROCESSINFOCLASS)9999, &basic, sizeof(basic), &size));
    say_status("nt_process_null", NtQueryInformationProcess(NULL, ProcessBasicInformation, &basic, sizeof(basic), &size));
    say_status("nt_system_short", NtQuerySystemInformation((SYSTEM_INFORMATION_CLASS)5, buffer, 4, &size));
    SAY_VALUE("dos_error_0", RtlNtStatusToDosError(0));
    SAY_VALUE("dos_error_handle", RtlNtStatusToDosError((NTSTATUS)0xC0000008));
    SAY_VALUE("dos_error_type", RtlNtStatusToDosError((NTSTATUS)0xC0000024));
    SAY_VALUE("dos_error_denied", RtlNtStatusToDosError((NTSTATUS)0xC0000022));
    SAY_VALUE("dos_error_broken", RtlNtStatusToDosError((NTSTATUS)0xC000014B));
    SAY_VALUE("dos_error_closing", RtlNtStatusToDosError((NTSTATUS)0xC00000B1));
    SAY_VALUE("dos_error_busy", RtlNtStatusToDosError((NTSTATUS)0xC00000AE));
    SAY_VALUE("dos_error_more", RtlNtStatusToDosError((NTSTATUS)0x80000005));
    SAY_VALUE("dos_error_cancelled", RtlNtStatusToDosError((NTSTATUS)0xC0000120));
    SAY_VALUE("dos_error_end", RtlNtStatusToDosError((NTSTATUS)0xC0000011));
    SAY_VALUE("dos_error_pending", RtlNtStatusToDosError((NTSTATUS)0x00000103));
    SAY_VALUE("dos_error_unknown", RtlNtStatusToDosError((NTSTATUS)0xC0FFFFFF));
}

int main(int argc, char **argv)
{
    char self[MAX_PATH];
    UNUSED_PARAMETER(argv);
    if (argc > 1) {
        Sleep(60000);
        return 1;
    }
    GetModuleFileNameA(NULL, self, sizeof(self));
    jobs(self);
    native();
    return 0;
}
