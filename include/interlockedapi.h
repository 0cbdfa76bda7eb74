/* interlockedapi.h: lists that need no lock; the rest is part of winnt.h here. */
#ifndef _INTERLOCKAPI_H_
#define _INTERLOCKAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

typedef struct DECLSPEC_ALIGN(16) _SLIST_ENTRY {
    struct _SLIST_ENTRY *Next;
} SLIST_ENTRY, *PSLIST_ENTRY;
typedef union DECLSPEC_ALIGN(16) _SLIST_HEADER {
    struct {
        ULONGLONG Alignment;
        ULONGLONG Region;
    } DUMMYSTRUCTNAME;
    struct {
        ULONGLONG Depth : 16;
        ULONGLONG Sequence : 48;
        ULONGLONG Reserved : 4;
        ULONGLONG NextEntry : 60;
    } HeaderX64;
} SLIST_HEADER, *PSLIST_HEADER;
VOID WINAPI InitializeSListHead(PSLIST_HEADER listhead);
PSLIST_ENTRY WINAPI InterlockedPushEntrySList(PSLIST_HEADER listhead, PSLIST_ENTRY listentry);
PSLIST_ENTRY WINAPI InterlockedPopEntrySList(PSLIST_HEADER listhead);
PSLIST_ENTRY WINAPI InterlockedFlushSList(PSLIST_HEADER listhead);
USHORT WINAPI QueryDepthSList(PSLIST_HEADER listhead);

TRANSOM_END
#endif
