/* Snapshots, psapi, modules, the console without one, standard handles. */
#include "probe.h"
#include <psapi.h>
#include <tlhelp32.h>

static void snapshots(void)
{
    HANDLE snapshot;
    PROCESSENTRY32 process;
    THREADENTRY32 thread;
    MODULEENTRY32 module;
    int me = 0, threads = 0, others = 0;

    SAY_HANDLE("snapshot_nobody", CreateToolhelp32Snapshot(TH32CS_SNAPMODULE, 0x7FFFFFF0));
    snapshot = SAY_HANDLE("snapshot", CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS | TH32CS_SNAPTHREAD, 0));
    process.dwSize = 4;
    SAY("process_first_small", Process32First(snapshot, &process));
    process.dwSize = sizeof(process);
    SAY("process_first", Process32First(snapshot, &process));
    do {
        if (process.th32ProcessID == GetCurrentProcessId()) {
            me++;
            SAY_VALUE("me_usage", process.cntUsage);
            SAY_VALUE("me_heap", process.th32DefaultHeapID);
            SAY_VALUE("me_flags", process.dwFlags);
            SAY_VALUE("me_threads", process.cntThreads >= 1);
            say_text("me_name", strrchr(process.szExeFile, '.'));
        }
    } while (Process32Next(snapshot, &process));
    SAY_VALUE("process_end", GetLastError());
    SAY_VALUE("me_once", me);
    thread.dwSize = 4;
    SAY("thread_first_small", Thread32First(snapshot, &thread));
    thread.dwSize = sizeof(thread);
    SAY("thread_first", Thread32First(snapshot, &thread));
    do {
        if (thread.th32ThreadID == GetCurrentThreadId())
            threads += thread.th32OwnerProcessID == GetCurrentProcessId();
        others++;
    } while (Thread32Next(snapshot, &thread));
    SAY_VALUE("my_thread", threads);
    module.dwSize = sizeof(module);
    SAY("modules_not_asked_for", Module32First(snapshot, &module));
    CLOSE(snapshot);
    SAY("process_first_closed", Process32First(snapshot, &process));
    SAY("process_first_null", Process32First(NULL, &process));
    SAY("process_first_event", Process32First(CreateEventA(NULL, 0, 0, NULL), &process));
    snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPMODULE, GetCurrentProcessId());
    SAY("module_first", Module32First(snapshot, &module));
    SAY_VALUE("module_first_is_program", strcmp(module.szModule, "lists.exe") == 0);
    SAY_VALUE("module_first_id", module.th32ProcessID == GetCurrentProcessId());
    CLOSE(snapshot);
}

static void processes(void)
{
    DWORD ids[2000], needed = 0, i, found = 0;
    HMODULE modules[4];
    MODULEINFO about;
    PROCESS_MEMORY_COUNTERS counters;
    char name[MAX_PATH];

    SAY("enum_processes", EnumProcesses(ids, sizeof(ids), &needed));
    for (i = 0; i < needed / 4; i++)
        found += ids[i] == GetCurrentProcessId();
    SAY_VALUE("enum_processes_me", found);
    SAY("enum_processes_no_room", EnumProcesses(ids, 0, &needed));
    SAY_VALUE("enum_processes_none", needed);
    SAY("enum_modules", EnumProcessModules(GetCurrentProcess(), modules, sizeof(modules), &needed));
    SAY_VALUE("enum_modules_first", modules[0] == GetModuleHandleA(NULL));
    SAY("enum_modules_null", EnumProcessModules(NULL, modules, sizeof(modules), &needed));
    SAY_VALUE("base_name", GetModuleBaseNameA(GetCurrentProcess(), NULL, name, sizeof(name)) > 0);
    say_text("base_name_text", name);
    SAY_NUMBER("base_name_short", GetModuleBaseNameA(GetCurrentProcess(), NULL, name, 3));
    SAY_NUMBER("base_name_null", GetModuleBaseNameA(NULL, NULL, name, sizeof(name)));
    SAY_NUMBER("base_name_bad_module", GetModuleBaseNameA(GetCurrentProcess(), (HMODULE)(ULONG_PTR)0x1230000, name, sizeof(name)));
    SAY("module_information", GetModuleInformation(GetCurrentProcess(), GetModuleHandleA(NULL), &about, sizeof(about)));
    SAY_VALUE("module_information_base", about.lpBaseOfDll == (void *)GetModuleHandleA(NULL));
    SAY("module_information_small", GetModuleInformation(GetCurrentProcess(), GetModuleHandleA(NULL), &about, 4));
    SAY("memory_info", GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof(counters)));
    SAY("memory_info_small", GetProcessMemoryInfo(GetCurrentProcess(), &counters, 4));
    SAY("memory_info_null", GetProcessMemoryInfo(NULL, &counters, sizeof(counters)));
}

static void modules(void)
{
    HMODULE kernel = GetModuleHandleA("kernel32.dll"), module;
    char name[MAX_PATH];

    SAY_VALUE("kernel32", kernel != NULL);
    SAY_VALUE("kernel32_without_dll", GetModuleHandleA("KERNEL32") == kernel);
    SAY_HANDLE("module_absent", GetModuleHandleA("oracle_absent"));
    SAY_HANDLE("library_absent", LoadLibraryA("oracle_absent.dll"));
    SAY_HANDLE("library_null", LoadLibraryA(NULL));
    SAY_HANDLE("library_null_wide", LoadLibraryW(NULL));
    SAY_HANDLE("library_empty", LoadLibraryA(""));
    module = (HMODULE)SAY_HANDLE("library_kernel32", LoadLibraryA("kernel32.dll"));
    SAY_VALUE("library_is_module", module == kernel);
    SAY("library_free", FreeLibrary(module));
    SAY("library_free_null", FreeLibrary(NULL));
    SAY_VALUE("procedure", GetProcAddress(kernel, "CloseHandle") != NULL);
    SAY_NUMBER("procedure_absent", GetProcAddress(kernel, "OracleAbsent") != NULL);
    SAY_NUMBER("procedure_other_case", GetProcAddress(kernel, "closehandle") != NULL);
    SAY_NUMBER("file_name_short", GetModuleFileNameA(NULL, name, 4));
    SAY_NUMBER("file_name_bad_module", GetModuleFileNameA((HMODULE)(ULONG_PTR)0x1230000, name, sizeof(name)));
    SAY("handle_ex_null_place", GetModuleHandleExA(0, "kernel32", NULL));
    SAY("handle_ex_absent", GetModuleHandleExA(0, "oracle_absent", &module));
    SAY_VALUE("handle_ex_absent_module", module == NULL);
    SAY("handle_ex_flags", GetModuleHandleExA(0x80, "kernel32", &module));
}

/* The probe's input is NUL and its output no console. */
static void console(void)
{
    DWORD mode, count;
    HANDLE event = CreateEventA(NULL, 0, 0, NULL), out = GetStdHandle(STD_OUTPUT_HANDLE);
    CONSOLE_SCREEN_BUFFER_INFO about;
    INPUT_RECORD record;

    SAY("mode_of_output", GetConsoleMode(out, &mode));
    SAY("mode_of_null", GetConsoleMode(NULL, &mode));
    SAY("mode_of_event", GetConsoleMode(event, &mode));
    SAY("set_mode_of_output", SetConsoleMode(out, 3));
    SAY("write_to_no_console", WriteConsoleA(out, "x", 1, &count, NULL));
    SAY("read_from_no_console", ReadConsoleA(out, &count, 1, &count, NULL));
    SAY("info_of_no_console", GetConsoleScreenBufferInfo(out, &about));
    SAY("attribute_of_no_console", SetConsoleTextAttribute(out, 7));
    SAY("events_of_no_console", GetNumberOfConsoleInputEvents(event, &count));
    SAY("peek_no_console", PeekConsoleInputA(event, &record, 1, &count));
    SAY("remove_unknown_handler", SetConsoleCtrlHandler((PHANDLER_ROUTINE)console, FALSE));
    SAY("event_bad", GenerateConsoleCtrlEvent(7, 0));
}

int main(void)
{
    snapshots();
    processes();
    modules();
    console();
    return 0;
}
