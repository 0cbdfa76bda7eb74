/* Processes: creating, ending, inheritance, exit codes. The program is its own child. */
#include "probe.h"

static char self[MAX_PATH];

static BOOL start(const char *arguments, BOOL inherit, DWORD flags, PROCESS_INFORMATION *made)
{
    char line[600];
    STARTUPINFOA how = {sizeof(how)};
    sprintf(line, "\"%s\" %s", self, arguments);
    return CreateProcessA(NULL, line, NULL, NULL, inherit, flags, NULL, NULL, &how, made);
}

static DWORD ends(PROCESS_INFORMATION *made)
{
    DWORD code = 0xDEAD;
    WaitForSingleObject(made->hProcess, 20000);
    GetExitCodeProcess(made->hProcess, &code);
    CLOSE(made->hProcess);
    CLOSE(made->hThread);
    return code;
}

/* What children do: their exit code says what they found. */
static int child(int argc, char **argv)
{
    HANDLE handle;
    DWORD flags = 0, error;
    if (strcmp(argv[1], "exit") == 0)
        ExitProcess(strtoul(argv[2], NULL, 0));
    if (strcmp(argv[1], "return") == 0)
        return atoi(argv[2]);
    if (strcmp(argv[1], "sleep") == 0) {
        Sleep(60000);
        return 1;
    }
    if (strcmp(argv[1], "thread_exit") == 0)
        ExitThread(strtoul(argv[2], NULL, 0));
    if (strcmp(argv[1], "arguments") == 0)
        return argc == 6 && strcmp(argv[2], "a b") == 0 && strcmp(argv[3], "c\"d") == 0 && strcmp(argv[4], "e\\") == 0
            && strcmp(argv[5], "") == 0;
    if (strcmp(argv[1], "variable") == 0) {
        char value[64];
        return GetEnvironmentVariableA(argv[2], value, sizeof(value)) ? value[0] : 1000 + GetLastError();
    }
    /* The rest is about a handle that may have been inherited. */
    handle = (HANDLE)(ULONG_PTR)strtoul(argv[2], NULL, 0);
    if (strcmp(argv[1], "set") == 0) {
        SetLastError(0);
        error = SetEvent(handle) ? 0 : GetLastError();
        return error;
    }
    if (strcmp(argv[1], "flags") == 0)
        return GetHandleInformation(handle, &flags) ? 100 + flags : GetLastError();
    if (strcmp(argv[1], "again") == 0) {
        PROCESS_INFORMATION made;
        char line[64];
        sprintf(line, "set %s", argv[2]);
        return start(line, TRUE, 0, &made) ? 10 + ends(&made) : GetLastError();
    }
    return 99;
}

static void creating(void)
{
    PROCESS_INFORMATION made;
    STARTUPINFOA how = {sizeof(how)};
    char line[64];
    DWORD code;

    strcpy(line, "oracle_absent argument");
    SAY("create_absent_line", CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &how, &made));
    SAY("create_absent_name", CreateProcessA("C:\\oracle_absent.exe", NULL, NULL, NULL, FALSE, 0, NULL, NULL, &how, &made));
    SAY("create_absent_directory", CreateProcessA("C:\\oracle_absent\\x.exe", NULL, NULL, NULL, FALSE, 0, NULL, NULL, &how, &made));
    sprintf(line, "\"x\" exit 0");
    SAY("create_in_absent_directory", CreateProcessA(self, line, NULL, NULL, FALSE, 0, NULL, "C:\\oracle_absent", &how, &made));
    SAY("create_flags_together", CreateProcessA(self, line, NULL, NULL, FALSE, CREATE_NEW_CONSOLE | DETACHED_PROCESS, NULL, NULL, &how, &made));

    SAY("create", start("exit 0", FALSE, 0, &made));
    SAY_VALUE("exit_0", ends(&made));
    start("exit 300", FALSE, 0, &made);
    SAY_VALUE("exit_300", ends(&made));
    start("exit 0xC0000005", FALSE, 0, &made);
    SAY_VALUE("exit_c0000005", ends(&made));
    start("return -1", FALSE, 0, &made);
    SAY_VALUE("return_minus_1", ends(&made));
    start("thread_exit 77", FALSE, 0, &made);
    SAY_VALUE("last_thread_exits_with_77", ends(&made));
    start("arguments \"a b\" c\\\"d e\\ \"\"", FALSE, 0, &made);
    SAY_VALUE("arguments", ends(&made));

    SAY("create_suspended", start("exit 5", FALSE, CREATE_SUSPENDED, &made));
    SAY_WAIT("suspended_does_not_end", WaitForSingleObject(made.hProcess, 50));
    SAY("exit_code_of_running", GetExitCodeProcess(made.hProcess, &code));
    SAY_VALUE("still_active", code);
    SAY_VALUE("resume_count", ResumeThread(made.hThread));
    SAY_VALUE("suspended_exit", ends(&made));

    start("sleep", FALSE, 0, &made);
    SAY("terminate", TerminateProcess(made.hProcess, 42));
    SAY_WAIT("terminated_is_signalled", WaitForSingleObject(made.hProcess, 20000));
    SAY_WAIT("thread_of_terminated_is_signalled", WaitForSingleObject(made.hThread, 20000));
    SAY("terminate_twice", TerminateProcess(made.hProcess, 43));
    GetExitCodeProcess(made.hProcess, &code);
    SAY_VALUE("terminated_code", code);
    SAY("exit_code_of_thread", GetExitCodeThread(made.hThread, &code));
    SAY_VALUE("exit_code_of_thread_is", code);
    SAY("priority_of_dead", GetPriorityClass(made.hProcess));
    ends(&made);
}

static void rights(void)
{
    PROCESS_INFORMATION made;
    HANDLE weak;
    DWORD code = 0;
    FILETIME t;

    SAY_HANDLE("open_zero", OpenProcess(PROCESS_ALL_ACCESS, FALSE, 0));
    SAY_HANDLE("open_nobody", OpenProcess(PROCESS_ALL_ACCESS, FALSE, 0x7FFFFFF0));
    start("sleep", FALSE, 0, &made);
    weak = SAY_HANDLE("open_to_query", OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, made.dwProcessId));
    SAY("terminate_without_right", TerminateProcess(weak, 0));
    SAY_WAIT("wait_without_right", WaitForSingleObject(weak, 0));
    SAY("exit_code_with_right", GetExitCodeProcess(weak, &code));
    SAY_VALUE("exit_code", code);
    SAY("times_with_right", GetProcessTimes(weak, &t, &t, &t, &t));
    SAY("set_priority_without_right", SetPriorityClass(weak, NORMAL_PRIORITY_CLASS));
    CLOSE(weak);
    weak = SAY_HANDLE("open_limited", OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, made.dwProcessId));
    SAY("exit_code_limited", GetExitCodeProcess(weak, &code));
    SAY_VALUE("id_limited", GetProcessId(weak) == made.dwProcessId);
    CLOSE(weak);
    weak = SAY_HANDLE("open_to_wait", OpenProcess(SYNCHRONIZE, FALSE, made.dwProcessId));
    SAY_WAIT("wait_with_right", WaitForSingleObject(weak, 0));
    SAY("exit_code_without_right", GetExitCodeProcess(weak, &code));
    SAY("times_without_right", GetProcessTimes(weak, &t, &t, &t, &t));
    SAY("duplicate_without_right", DuplicateHandle(weak, weak, GetCurrentProcess(), &weak, 0, FALSE, DUPLICATE_SAME_ACCESS));
    weak = SAY_HANDLE("open_to_terminate", OpenProcess(PROCESS_TERMINATE, FALSE, made.dwProcessId));
    SAY("terminate_with_right", TerminateProcess(weak, 7));
    CLOSE(weak);
    SAY_VALUE("terminated_with", ends(&made));
    SAY_NUMBER("priority_of_null", GetPriorityClass(NULL));
    SAY("set_priority_nonsense", SetPriorityClass(GetCurrentProcess(), 3));
    SAY("exit_code_of_me", GetExitCodeProcess(GetCurrentProcess(), &code));
    SAY_VALUE("exit_code_of_me_is", code);
    SAY("exit_code_of_null", GetExitCodeProcess(NULL, &code));
}

static void inheritance(void)
{
    SECURITY_ATTRIBUTES inheritable = {sizeof(inheritable), NULL, TRUE};
    HANDLE event = CreateEventA(&inheritable, TRUE, FALSE, NULL), closed = CreateEventA(NULL, TRUE, FALSE, NULL);
    PROCESS_INFORMATION made;
    char line[64];

    sprintf(line, "set %u", (unsigned)(ULONG_PTR)event);
    start(line, TRUE, 0, &made);
    SAY_VALUE("child_sets_inherited", ends(&made));
    SAY_WAIT("inherited_is_set", WaitForSingleObject(event, 0));
    start(line, FALSE, 0, &made);
    SAY_VALUE("child_without_inheritance", ends(&made));
    sprintf(line, "flags %u", (unsigned)(ULONG_PTR)event);
    start(line, TRUE, 0, &made);
    SAY_VALUE("flags_in_child", ends(&made));
    sprintf(line, "set %u", (unsigned)(ULONG_PTR)closed);
    start(line, TRUE, 0, &made);
    SAY_VALUE("child_sets_not_inheritable", ends(&made));
    ResetEvent(event);
    sprintf(line, "again %u", (unsigned)(ULONG_PTR)event);
    start(line, TRUE, 0, &made);
    SAY_VALUE("grandchild_sets_inherited", ends(&made));
    SAY_WAIT("set_by_grandchild", WaitForSingleObject(event, 0));
    SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE);
    sprintf(line, "flags %u", (unsigned)(ULONG_PTR)event);
    start(line, TRUE, 0, &made);
    SAY_VALUE("protected_flags_in_child", ends(&made));
}

static void attributes(void)
{
    SECURITY_ATTRIBUTES inheritable = {sizeof(inheritable), NULL, TRUE};
    HANDLE in_list = CreateEventA(&inheritable, TRUE, FALSE, NULL), not_in_list = CreateEventA(&inheritable, TRUE, FALSE, NULL);
    HANDLE plain = CreateEventA(NULL, TRUE, FALSE, NULL), list[2], process = GetCurrentProcess();
    STARTUPINFOEXA how;
    PROCESS_INFORMATION made;
    char storage[256], line[600];
    SIZE_T size = 0;

    SAY("attributes_size", InitializeProcThreadAttributeList(NULL, 1, 0, &size));
    SAY_VALUE("attributes_size_is_some", size > 0 && size < sizeof(storage));
    memset(&how, 0, sizeof(how));
    how.StartupInfo.cb = sizeof(how);
    how.lpAttributeList = (void *)storage;
    size = sizeof(storage);
    SAY("attributes_flags", InitializeProcThreadAttributeList(how.lpAttributeList, 1, 1, &size));
    size = sizeof(storage);
    SAY("attributes", InitializeProcThreadAttributeList(how.lpAttributeList, 2, 0, &size));
    list[0] = in_list;
    SAY("update_unknown", UpdateProcThreadAttribute(how.lpAttributeList, 0, 0x7777, list, 8, NULL, NULL));
    SAY("update_wrong_size", UpdateProcThreadAttribute(how.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, list, 7, NULL, NULL));
    SAY("update_parent_wrong_size", UpdateProcThreadAttribute(how.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_PARENT_PROCESS, &process, 4, NULL, NULL));
    SAY("update_list", UpdateProcThreadAttribute(how.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, list, 8, NULL, NULL));
    SAY("update_list_twice", UpdateProcThreadAttribute(how.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, list, 8, NULL, NULL));
    sprintf(line, "\"%s\" set %u", self, (unsigned)(ULONG_PTR)in_list);
    SAY("create_with_list", CreateProcessA(NULL, line, NULL, NULL, TRUE, EXTENDED_STARTUPINFO_PRESENT, NULL, NULL, &how.StartupInfo, &made));
    SAY_VALUE("in_list", ends(&made));
    sprintf(line, "\"%s\" set %u", self, (unsigned)(ULONG_PTR)not_in_list);
    CreateProcessA(NULL, line, NULL, NULL, TRUE, EXTENDED_STARTUPINFO_PRESENT, NULL, NULL, &how.StartupInfo, &made);
    SAY_VALUE("not_in_list", ends(&made));
    SAY("list_without_inheritance", CreateProcessA(NULL, line, NULL, NULL, FALSE, EXTENDED_STARTUPINFO_PRESENT, NULL, NULL, &how.StartupInfo, &made));
    DeleteProcThreadAttributeList(how.lpAttributeList);
    InitializeProcThreadAttributeList(how.lpAttributeList, 1, 0, &size);
    list[0] = plain;
    UpdateProcThreadAttribute(how.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, list, 8, NULL, NULL);
    SAY("list_of_not_inheritable", CreateProcessA(NULL, line, NULL, NULL, TRUE, EXTENDED_STARTUPINFO_PRESENT, NULL, NULL, &how.StartupInfo, &made));
    DeleteProcThreadAttributeList(how.lpAttributeList);
}

static void environment(void)
{
    PROCESS_INFORMATION made;
    STARTUPINFOA how = {sizeof(how)};
    char line[600];

    SetEnvironmentVariableA("Oracle_Child", "7");
    start("variable ORACLE_CHILD", FALSE, 0, &made);
    SAY_VALUE("child_inherits_environment", ends(&made));
    sprintf(line, "\"%s\" variable Other", self);
    SAY("create_with_block", CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, "Other=9\0SystemRoot=C:\\windows\0", NULL, &how, &made));
    SAY_VALUE("child_has_the_block", ends(&made));
    sprintf(line, "\"%s\" variable Oracle_Child", self);
    CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, "Other=9\0SystemRoot=C:\\windows\0", NULL, &how, &made);
    SAY_VALUE("child_has_only_the_block", ends(&made));
    sprintf(line, "\"%s\" variable Other", self);
    CreateProcessA(NULL, line, NULL, NULL, FALSE, CREATE_UNICODE_ENVIRONMENT, (void *)L"Other=8\0SystemRoot=C:\\windows\0", NULL, &how, &made);
    SAY_VALUE("child_has_wide_block", ends(&made));
}

int main(int argc, char **argv)
{
    GetModuleFileNameA(NULL, self, MAX_PATH);
    if (argc > 1)
        return child(argc, argv);
    creating();
    rights();
    inheritance();
    attributes();
    environment();
    return 0;
}
