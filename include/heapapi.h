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
#define PROCESS_HEAP_REGION 0x0001
#define PROCESS_HEAP_UNCOMMITTED_RANGE 0x0002
#define PROCESS_HEAP_ENTRY_BUSY 0x0004
#define PROCESS_HEAP_ENTRY_MOVEABLE 0x0010
#define PROCESS_HEAP_ENTRY_DDESHARE 0x0020
typedef struct _PROCESS_HEAP_ENTRY {
    PVOID lpData;
    DWORD cbData;
    BYTE cbOverhead;
    BYTE iRegionIndex;
    WORD wFlags;
    union {
        struct {
            HANDLE hMem;
            DWORD dwReserved[3];
        } Block;
        struct {
            DWORD dwCommittedSize;
            DWORD dwUnCommittedSize;
            LPVOID lpFirstBlock;
            LPVOID lpLastBlock;
        } Region;
    } DUMMYUNIONNAME;
} PROCESS_HEAP_ENTRY, *LPPROCESS_HEAP_ENTRY, *PPROCESS_HEAP_ENTRY;
BOOL WINAPI HeapWalk(HANDLE hheap, LPPROCESS_HEAP_ENTRY lpentry);
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
