/* profileapi.h: the high-resolution counter. */
#ifndef _PROFILEAPI_H_
#define _PROFILEAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *lpperformancecount);
BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *lpfrequency);

TRANSOM_END
#endif
