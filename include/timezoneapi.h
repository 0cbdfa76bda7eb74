/* timezoneapi.h: time zones and conversions of time. */
#ifndef _TIMEZONEAPI_H_
#define _TIMEZONEAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

#define TIME_ZONE_ID_INVALID ((DWORD)0xFFFFFFFF)
#define TIME_ZONE_ID_UNKNOWN 0
#define TIME_ZONE_ID_STANDARD 1
#define TIME_ZONE_ID_DAYLIGHT 2
typedef struct _TIME_ZONE_INFORMATION {
    LONG Bias;
    WCHAR StandardName[32];
    SYSTEMTIME StandardDate;
    LONG StandardBias;
    WCHAR DaylightName[32];
    SYSTEMTIME DaylightDate;
    LONG DaylightBias;
} TIME_ZONE_INFORMATION, *PTIME_ZONE_INFORMATION, *LPTIME_ZONE_INFORMATION;
typedef struct _TIME_DYNAMIC_ZONE_INFORMATION {
    LONG Bias;
    WCHAR StandardName[32];
    SYSTEMTIME StandardDate;
    LONG StandardBias;
    WCHAR DaylightName[32];
    SYSTEMTIME DaylightDate;
    LONG DaylightBias;
    WCHAR TimeZoneKeyName[128];
    BOOLEAN DynamicDaylightTimeDisabled;
} DYNAMIC_TIME_ZONE_INFORMATION, *PDYNAMIC_TIME_ZONE_INFORMATION;
BOOL WINAPI FileTimeToSystemTime(const FILETIME *lpfiletime, SYSTEMTIME *lpsystemtime);
BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *lpsystemtime, FILETIME *lpfiletime);
BOOL WINAPI SystemTimeToTzSpecificLocalTime(const TIME_ZONE_INFORMATION *lptimezoneinformation,
    const SYSTEMTIME *lpuniversaltime, SYSTEMTIME *lplocaltime);
BOOL WINAPI TzSpecificLocalTimeToSystemTime(const TIME_ZONE_INFORMATION *lptimezoneinformation,
    const SYSTEMTIME *lplocaltime, SYSTEMTIME *lpuniversaltime);
DWORD WINAPI GetTimeZoneInformation(TIME_ZONE_INFORMATION *lptimezoneinformation);
DWORD WINAPI GetDynamicTimeZoneInformation(DYNAMIC_TIME_ZONE_INFORMATION *ptimezoneinformation);

TRANSOM_END
#endif
