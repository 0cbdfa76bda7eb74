/* psapi.h: processes and their memory. */
#ifndef _PSAPI_H_
#define _PSAPI_H_
#pragma GCC system_header

#include <windows.h>

TRANSOM_BEGIN

typedef struct _MODULEINFO {
    LPVOID lpBaseOfDll;
    DWORD SizeOfImage;
    LPVOID EntryPoint;
} MODULEINFO, *LPMODULEINFO;
typedef struct _PROCESS_MEMORY_COUNTERS {
    DWORD cb;
    DWORD PageFaultCount;
    SIZE_T PeakWorkingSetSize;
    SIZE_T WorkingSetSize;
    SIZE_T QuotaPeakPagedPoolUsage;
    SIZE_T QuotaPagedPoolUsage;
    SIZE_T QuotaPeakNonPagedPoolUsage;
    SIZE_T QuotaNonPagedPoolUsage;
    SIZE_T PagefileUsage;
    SIZE_T PeakPagefileUsage;
} PROCESS_MEMORY_COUNTERS, *PPROCESS_MEMORY_COUNTERS;
typedef struct _PROCESS_MEMORY_COUNTERS_EX {
    DWORD cb;
    DWORD PageFaultCount;
    SIZE_T PeakWorkingSetSize;
    SIZE_T WorkingSetSize;
    SIZE_T QuotaPeakPagedPoolUsage;
    SIZE_T QuotaPagedPoolUsage;
    SIZE_T QuotaPeakNonPagedPoolUsage;
    SIZE_T QuotaNonPagedPoolUsage;
    SIZE_T PagefileUsage;
    SIZE_T PeakPagefileUsage;
    SIZE_T PrivateUsage;
} PROCESS_MEMORY_COUNTERS_EX, *PPROCESS_MEMORY_COUNTERS_EX;
#define LIST_MODULES_DEFAULT 0
#define LIST_MODULES_32BIT 1
#define LIST_MODULES_64BIT 2
#define LIST_MODULES_ALL 3
BOOL WINAPI EnumProcesses(LPDWORD lpidprocess, DWORD cb, LPDWORD lpcbneeded);
BOOL WINAPI EnumProcessModules(HANDLE hprocess, HMODULE *lphmodule, DWORD cb, LPDWORD lpcbneeded);
BOOL WINAPI EnumProcessModulesEx(HANDLE hprocess, HMODULE *lphmodule, DWORD cb, LPDWORD lpcbneeded,
    DWORD dwfilterflag);
DWORD WINAPI GetModuleBaseNameA(HANDLE hprocess, HMODULE hmodule, LPSTR lpbasename, DWORD nsize);
DWORD WINAPI GetModuleBaseNameW(HANDLE hprocess, HMODULE hmodule, LPWSTR lpbasename, DWORD nsize);
#define GetModuleBaseName TRANSOM_AW(GetModuleBaseName)
DWORD WINAPI GetModuleFileNameExA(HANDLE hprocess, HMODULE hmodule, LPSTR lpfilename, DWORD nsize);
DWORD WINAPI GetModuleFileNameExW(HANDLE hprocess, HMODULE hmodule, LPWSTR lpfilename, DWORD nsize);
#define GetModuleFileNameEx TRANSOM_AW(GetModuleFileNameEx)
BOOL WINAPI GetModuleInformation(HANDLE hprocess, HMODULE hmodule, MODULEINFO *lpmodinfo, DWORD cb);
BOOL WINAPI GetProcessMemoryInfo(HANDLE process, PROCESS_MEMORY_COUNTERS *ppsmemcounters, DWORD cb);
DWORD WINAPI GetProcessImageFileNameA(HANDLE hprocess, LPSTR lpimagefilename, DWORD nsize);
DWORD WINAPI GetProcessImageFileNameW(HANDLE hprocess, LPWSTR lpimagefilename, DWORD nsize);
#define GetProcessImageFileName TRANSOM_AW(GetProcessImageFileName)
BOOL WINAPI EmptyWorkingSet(HANDLE hprocess);
DWORD WINAPI GetMappedFileNameA(HANDLE hprocess, LPCVOID lpv, LPSTR lpfilename, DWORD nsize);
DWORD WINAPI GetMappedFileNameW(HANDLE hprocess, LPCVOID lpv, LPWSTR lpfilename, DWORD nsize);
#define GetMappedFileName TRANSOM_AW(GetMappedFileName)
/* The same functions by their names in kernel32. */
BOOL WINAPI K32EnumProcesses(LPDWORD lpidprocess, DWORD cb, LPDWORD lpcbneeded);
BOOL WINAPI K32EnumProcessModules(HANDLE hprocess, HMODULE *lphmodule, DWORD cb, LPDWORD lpcbneeded);
BOOL WINAPI K32EnumProcessModulesEx(HANDLE hprocess, HMODULE *lphmodule, DWORD cb, LPDWORD lpcbneeded,
    DWORD dwfilterflag);
DWORD WINAPI K32GetModuleBaseNameA(HANDLE hprocess, HMODULE hmodule, LPSTR lpbasename, DWORD nsize);
DWORD WINAPI K32GetModuleBaseNameW(HANDLE hprocess, HMODULE hmodule, LPWSTR lpbasename, DWORD nsize);
DWORD WINAPI K32GetModuleFileNameExA(HANDLE hprocess, HMODULE hmodule, LPSTR lpfilename, DWORD nsize);
DWORD WINAPI K32GetModuleFileNameExW(HANDLE hprocess, HMODULE hmodule, LPWSTR lpfilename, DWORD nsize);
BOOL WINAPI K32GetModuleInformation(HANDLE hprocess, HMODULE hmodule, MODULEINFO *lpmodinfo, DWORD cb);
BOOL WINAPI K32GetProcessMemoryInfo(HANDLE process, PROCESS_MEMORY_COUNTERS *ppsmemcounters, DWORD cb);
DWORD WINAPI K32GetProcessImageFileNameA(HANDLE hprocess, LPSTR lpimagefilename, DWORD nsize);
DWORD WINAPI K32GetProcessImageFileNameW(HANDLE hprocess, LPWSTR lpimagefilename, DWORD nsize);
#define K32GetModuleBaseName TRANSOM_AW(K32GetModuleBaseName)
#define K32GetModuleFileNameEx TRANSOM_AW(K32GetModuleFileNameEx)
#define K32GetProcessImageFileName TRANSOM_AW(K32GetProcessImageFileName)
DWORD WINAPI K32GetMappedFileNameA(HANDLE hprocess, LPCVOID lpv, LPSTR lpfilename, DWORD nsize);
DWORD WINAPI K32GetMappedFileNameW(HANDLE hprocess, LPCVOID lpv, LPWSTR lpfilename, DWORD nsize);
#define K32GetMappedFileName TRANSOM_AW(K32GetMappedFileName)

TRANSOM_END
#endif
