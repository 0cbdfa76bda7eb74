/* memoryapi.h: virtual memory and sections. */
#ifndef _MEMORYAPI_H_
#define _MEMORYAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

#define FILE_MAP_WRITE 0x0002
#define FILE_MAP_READ 0x0004
#define FILE_MAP_ALL_ACCESS 0x000F001F
#define FILE_MAP_EXECUTE 0x0020
#define FILE_MAP_COPY 0x0001
#define FILE_MAP_LARGE_PAGES 0x20000000
LPVOID WINAPI MapViewOfFile(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
    DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap);
LPVOID WINAPI MapViewOfFileEx(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
    DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap, LPVOID lpBaseAddress);
BOOL WINAPI UnmapViewOfFile(LPCVOID lpBaseAddress);
HANDLE WINAPI CreateFileMappingA(HANDLE hfile, LPSECURITY_ATTRIBUTES lpfilemappingattributes,
    DWORD flprotect, DWORD dwmaximumsizehigh, DWORD dwmaximumsizelow, LPCSTR lpname);
HANDLE WINAPI CreateFileMappingW(HANDLE hfile, LPSECURITY_ATTRIBUTES lpfilemappingattributes,
    DWORD flprotect, DWORD dwmaximumsizehigh, DWORD dwmaximumsizelow, LPCWSTR lpname);
#define CreateFileMapping TRANSOM_AW(CreateFileMapping)
HANDLE WINAPI OpenFileMappingA(DWORD dwdesiredaccess, BOOL binherithandle, LPCSTR lpname);
HANDLE WINAPI OpenFileMappingW(DWORD dwdesiredaccess, BOOL binherithandle, LPCWSTR lpname);
#define OpenFileMapping TRANSOM_AW(OpenFileMapping)
typedef enum _MEMORY_RESOURCE_NOTIFICATION_TYPE {
    LowMemoryResourceNotification,
    HighMemoryResourceNotification
} MEMORY_RESOURCE_NOTIFICATION_TYPE;
HANDLE WINAPI CreateMemoryResourceNotification(MEMORY_RESOURCE_NOTIFICATION_TYPE NotificationType);
BOOL WINAPI QueryMemoryResourceNotification(HANDLE ResourceNotificationHandle, PBOOL ResourceState);
BOOL WINAPI FlushViewOfFile(LPCVOID lpbaseaddress, SIZE_T dwnumberofbytestoflush);
LPVOID WINAPI VirtualAlloc(LPCVOID lpaddress, SIZE_T dwsize, DWORD flallocationtype,
    DWORD flprotect);
BOOL WINAPI VirtualFree(LPVOID lpaddress, SIZE_T dwsize, DWORD dwfreetype);
BOOL WINAPI VirtualProtect(LPCVOID lpaddress, SIZE_T dwsize, DWORD flnewprotect,
    LPDWORD lpfloldprotect);
BOOL WINAPI VirtualProtectEx(HANDLE hprocess, LPCVOID lpaddress, SIZE_T dwsize, DWORD flnewprotect,
    LPDWORD lpfloldprotect);
SIZE_T WINAPI VirtualQueryEx(HANDLE hprocess, LPCVOID lpaddress, MEMORY_BASIC_INFORMATION *lpbuffer,
    SIZE_T dwlength);
SIZE_T WINAPI VirtualQuery(LPCVOID lpaddress, MEMORY_BASIC_INFORMATION *lpbuffer, SIZE_T dwlength);
BOOL WINAPI VirtualLock(LPCVOID lpaddress, SIZE_T dwsize);
BOOL WINAPI VirtualUnlock(LPCVOID lpaddress, SIZE_T dwsize);
LPVOID WINAPI VirtualAllocEx(HANDLE hprocess, LPCVOID lpaddress, SIZE_T dwsize,
    DWORD flallocationtype, DWORD flprotect);
BOOL WINAPI VirtualFreeEx(HANDLE hprocess, LPVOID lpaddress, SIZE_T dwsize, DWORD dwfreetype);
BOOL WINAPI ReadProcessMemory(HANDLE hprocess, LPCVOID lpbaseaddress, LPVOID lpbuffer, SIZE_T nsize,
    SIZE_T *lpnumberofbytesread);
BOOL WINAPI WriteProcessMemory(HANDLE hprocess, LPCVOID lpbaseaddress, LPCVOID lpbuffer,
    SIZE_T nsize, SIZE_T *lpnumberofbyteswritten);
SIZE_T WINAPI GetLargePageMinimum(void);

TRANSOM_END
#endif
