/* time.h: the C library's, and the _s forms; clock() counts thousandths of a second. */
#ifndef TRANSOM_TIME_H
#define TRANSOM_TIME_H
#pragma GCC system_header

#include <_transom.h>
#include <_errno_t.h>

/* The C library's functions of these names stay out of sight: ours have the same. */
#define clock transom_hidden_clock
#include_next <time.h>
#undef clock

TRANSOM_BEGIN

#undef CLOCKS_PER_SEC
#define CLOCKS_PER_SEC ((clock_t)1000)
#define CLK_TCK CLOCKS_PER_SEC
clock_t clock(void) TRANSOM_CRT(clock);
typedef time_t __time64_t;
typedef int __time32_t;
errno_t localtime_s(struct tm *to, const time_t *time) TRANSOM_CRT(localtime_s);
errno_t gmtime_s(struct tm *to, const time_t *time) TRANSOM_CRT(gmtime_s);
errno_t asctime_s(char *to, size_t room, const struct tm *time) TRANSOM_CRT(asctime_s);
errno_t ctime_s(char *to, size_t room, const time_t *time) TRANSOM_CRT(ctime_s);
char *_strdate(char *to) TRANSOM_CRT(_strdate);
char *_strtime(char *to) TRANSOM_CRT(_strtime);
errno_t _strdate_s(char *to, size_t room) TRANSOM_CRT(_strdate_s);
errno_t _strtime_s(char *to, size_t room) TRANSOM_CRT(_strtime_s);
#define _time64 time
#define _time32 time
#define _localtime64 localtime
#define _gmtime64 gmtime
#define _mktime64 mktime
#define _mkgmtime timegm
#define _localtime64_s localtime_s
#define _gmtime64_s gmtime_s
#define _difftime64 difftime
#define _ctime64 ctime
#define _tzset tzset
#ifdef __cplusplus
extern "C++" {
template <size_t N> errno_t ctime_s(char (&to)[N], const time_t *time) { return ctime_s(to, N, time); }
template <size_t N> errno_t asctime_s(char (&to)[N], const struct tm *time) { return asctime_s(to, N, time); }
}
#endif

TRANSOM_END
#endif
