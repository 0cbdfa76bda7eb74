/* crtdbg.h: checks of debug builds, which there are not here. */
#ifndef TRANSOM_CRTDBG_H
#define TRANSOM_CRTDBG_H
#pragma GCC system_header

#include <_transom.h>

TRANSOM_BEGIN

#define _ASSERT(condition) ((void)0)
#define _ASSERTE(condition) ((void)0)
#define _RPT0(kind, text) ((void)0)
#define _RPT1(kind, text, a) ((void)0)
#define _RPTF0(kind, text) ((void)0)
#define _CRT_WARN 0
#define _CRT_ERROR 1
#define _CRT_ASSERT 2
#define _CRTDBG_ALLOC_MEM_DF 0x01
#define _CRTDBG_LEAK_CHECK_DF 0x20
#define _CRTDBG_REPORT_FLAG (-1)
#define _CRTDBG_MODE_FILE 0x1
#define _CRTDBG_MODE_DEBUG 0x2
#define _CRTDBG_FILE_STDERR ((void *)-5)
#define _CrtDumpMemoryLeaks() 0
#define _CrtCheckMemory() 1
#define _CrtSetReportMode(kind, mode) 0
#define _CrtSetReportFile(kind, file) ((void *)0)
#define _CrtSetBreakAlloc(number) 0L
int _CrtSetDbgFlag(int flags) TRANSOM_CRT(_CrtSetDbgFlag);

TRANSOM_END
#endif
