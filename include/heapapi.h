/* heapapi.h: heaps. */
#ifndef _HEAPAPI_H_
#define _HEAPAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

typedef enum _HEAP_INFORMATION_CLASS {
    HeapCompatibilityInformation,
    HeapEnableTerminationOnCorruption
} HEAP_INFORMATION_CLASS;
HANDLE WINAPI GetProcessHeap(void);
HANDLE WINAPI HeapCreate(DWORD floptions, SIZE_T dwinitialsize, SIZE_T dwmaximumsize);
BOOL WINAPI HeapDestroy(HANDLE hheap);
LPVOID WINAPI HeapAlloc(HANDLE hheap, DWORD dwflags, SIZE_T dwbytes);
LPVOID WINAPI HeapReAlloc(HANDLE hheap, DWORD dwflags, LPCVOID lpmem, SIZE_T dwbytes);
BOOL WINAPI HeapFree(HANDLE hheap, DWORD dwflags, LPCVOID lpmem);
SIZE_T WINAPI HeapSize(HANDLE hheap, DWORD dwflags, LPCVOID lpmem);
BOOL WINAPI HeapValidate(HANDLE hheap, DWORD dwflags, LPCVOID lpmem);
SIZE_T WINAPI HeapCompact(HANDLE hheap, DWORD dwflags);
BOOL WINAPI HeapLock(HANDLE hheap);
BOOL WINAPI HeapUnlock(HANDLE hheap);
BOOL WINAPI HeapSetInformation(HANDLE heaphandle, HEAP_INFORMATION_CLASS heapinformationclass,
    LPCVOID heapinformation, SIZE_T heapinformationlength);
DWORD WINAPI GetProcessHeaps(DWORD numberofheaps, LPHANDLE processheaps);

TRANSOM_END
#endif
