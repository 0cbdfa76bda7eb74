/* sysinfoapi.h: the system, its time and its directories. */
#ifndef _SYSINFOAPI_H_
#define _SYSINFOAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

typedef struct _SYSTEM_INFO {
    __extension__ union {
        DWORD dwOemId;
        __extension__ struct {
            WORD wProcessorArchitecture;
            WORD wReserved;
        } DUMMYSTRUCTNAME;
    } DUMMYUNIONNAME;
    DWORD dwPageSize;
    LPVOID lpMinimumApplicationAddress;
    LPVOID lpMaximumApplicationAddress;
    DWORD_PTR dwActiveProcessorMask;
    DWORD dwNumberOfProcessors;
    DWORD dwProcessorType;
    DWORD dwAllocationGranularity;
    WORD wProcessorLevel;
    WORD wProcessorRevision;
} SYSTEM_INFO, *LPSYSTEM_INFO;
typedef struct _MEMORYSTATUSEX {
    DWORD dwLength;
    DWORD dwMemoryLoad;
    DWORDLONG ullTotalPhys;
    DWORDLONG ullAvailPhys;
    DWORDLONG ullTotalPageFile;
    DWORDLONG ullAvailPageFile;
    DWORDLONG ullTotalVirtual;
    DWORDLONG ullAvailVirtual;
    DWORDLONG ullAvailExtendedVirtual;
} MEMORYSTATUSEX, *LPMEMORYSTATUSEX;
typedef enum _COMPUTER_NAME_FORMAT {
    ComputerNameNetBIOS,
    ComputerNameDnsHostname,
    ComputerNameDnsDomain,
    ComputerNameDnsFullyQualified,
    ComputerNamePhysicalNetBIOS,
    ComputerNamePhysicalDnsHostname,
    ComputerNamePhysicalDnsDomain,
    ComputerNamePhysicalDnsFullyQualified,
    ComputerNameMax
} COMPUTER_NAME_FORMAT;
DWORD WINAPI GetTickCount(void);
ULONGLONG WINAPI GetTickCount64(void);
VOID WINAPI GetSystemTime(SYSTEMTIME *lpsystemtime);
VOID WINAPI GetLocalTime(SYSTEMTIME *lpsystemtime);
VOID WINAPI GetSystemTimeAsFileTime(FILETIME *lpsystemtimeasfiletime);
VOID WINAPI GetSystemTimePreciseAsFileTime(FILETIME *lpsystemtimeasfiletime);
BOOL WINAPI GetSystemTimes(FILETIME *lpidletime, FILETIME *lpkerneltime, FILETIME *lpusertime);
VOID WINAPI GetSystemInfo(SYSTEM_INFO *lpsysteminfo);
VOID WINAPI GetNativeSystemInfo(SYSTEM_INFO *lpsysteminfo);
BOOL WINAPI GlobalMemoryStatusEx(MEMORYSTATUSEX *lpbuffer);
DWORD WINAPI GetSystemDirectoryA(LPSTR lpbuffer, DWORD usize);
DWORD WINAPI GetSystemDirectoryW(LPWSTR lpbuffer, DWORD usize);
#define GetSystemDirectory TRANSOM_AW(GetSystemDirectory)
DWORD WINAPI GetWindowsDirectoryA(LPSTR lpbuffer, DWORD usize);
DWORD WINAPI GetWindowsDirectoryW(LPWSTR lpbuffer, DWORD usize);
#define GetWindowsDirectory TRANSOM_AW(GetWindowsDirectory)
DWORD WINAPI GetSystemWindowsDirectoryA(LPSTR lpbuffer, DWORD usize);
DWORD WINAPI GetSystemWindowsDirectoryW(LPWSTR lpbuffer, DWORD usize);
#define GetSystemWindowsDirectory TRANSOM_AW(GetSystemWindowsDirectory)
DWORD WINAPI GetVersion(void);
BOOL WINAPI GetVersionExA(OSVERSIONINFOA *lpversioninformation);
BOOL WINAPI GetVersionExW(OSVERSIONINFOW *lpversioninformation);
#define GetVersionEx TRANSOM_AW(GetVersionEx)
BOOL WINAPI GetComputerNameExA(COMPUTER_NAME_FORMAT nametype, LPSTR lpbuffer, LPDWORD nsize);
BOOL WINAPI GetComputerNameExW(COMPUTER_NAME_FORMAT nametype, LPWSTR lpbuffer, LPDWORD nsize);
#define GetComputerNameEx TRANSOM_AW(GetComputerNameEx)
BOOL WINAPI SetSystemTime(const SYSTEMTIME *lpsystemtime);
BOOL WINAPI SetLocalTime(const SYSTEMTIME *lpsystemtime);
BOOL WINAPI GetSystemTimeAdjustment(LPDWORD lptimeadjustment, LPDWORD lptimeincrement,
    LPBOOL lptimeadjustmentdisabled);

TRANSOM_END
#endif
