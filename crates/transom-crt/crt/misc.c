/* stdlib.h, time.h, locale.h: the environment, random numbers, time as MSVC's runtime has them. */
#include "crt.h"
#include "win32.h"
#include <locale.h>
#include <sys/random.h>
#include <sys/timeb.h>
#include <time.h>
#include <unistd.h>

/* MSVC's generator, so that a seed gives the numbers it gives there. */
static __thread unsigned seed = 1;
int CRT(rand)(void)
{
    seed = seed * 214013u + 2531011u;
    return (int)(seed >> 16 & 0x7FFF);
}
void CRT(srand)(unsigned next) { seed = next; }
int CRT(rand_s)(unsigned *value)
{
    if (!value)
        return transom_invalid(EINVAL);
    return getrandom(value, sizeof *value, 0) == sizeof *value ? 0 : transom_invalid(EINVAL);
}

/* The environment: names fold case; what is put is Win32's and C's. */
char *CRT(getenv)(const char *name)
{
    extern char **environ;
    if (!name)
        return transom_invalid(EINVAL), NULL;
    char *value = getenv(name);
    size_t length = strlen(name);
    for (char **at = environ; !value && at && *at; at++)
        if (strncasecmp(*at, name, length) == 0 && (*at)[length] == '=')
            value = *at + length + 1;
    return value;
}
int CRT(_putenv_s)(const char *name, const char *value)
{
    if (!name || !value || !*name || strchr(name, '='))
        return transom_invalid(EINVAL);
    wchar_t *wide_name = transom_to_utf16(name), *wide_value = transom_to_utf16(value);
    if (wide_name && wide_value)
        SetEnvironmentVariableW(wide_name, *value ? wide_value : NULL);
    free(wide_name);
    free(wide_value);
    return (*value ? setenv(name, value, 1) : unsetenv(name)) == 0 ? 0 : errno;
}
int CRT(_putenv)(const char *assignment)
{
    const char *equals = assignment ? strchr(assignment, '=') : NULL;
    if (!equals || equals == assignment)
        return transom_invalid(EINVAL), -1;
    char *name = strndup(assignment, (size_t)(equals - assignment));
    int error = name ? CRT(_putenv_s)(name, equals + 1) : ENOMEM;
    free(name);
    return error ? -1 : 0;
}
int CRT(_wputenv)(const wchar_t *assignment)
{
    char *narrow = transom_to_utf8(assignment);
    int result = CRT(_putenv)(narrow);
    free(narrow);
    return result;
}
int CRT(_wputenv_s)(const wchar_t *name, const wchar_t *value)
{
    char *narrow_name = transom_to_utf8(name), *narrow_value = transom_to_utf8(value);
    int result = CRT(_putenv_s)(narrow_name, narrow_value);
    free(narrow_name);
    free(narrow_value);
    return result;
}
wchar_t *CRT(_wgetenv)(const wchar_t *name)
{
    static __thread wchar_t *last;
    char *narrow = transom_to_utf8(name);
    free(last);
    last = narrow ? transom_to_utf16(CRT(getenv)(narrow)) : NULL;
    free(narrow);
    return last;
}
int CRT(getenv_s)(size_t *length, char *to, size_t room, const char *name)
{
    if (!length || (!to && room) || !name)
        return transom_invalid(EINVAL);
    char *value = CRT(getenv)(name);
    *length = value ? strlen(value) + 1 : 0;
    if (to && room)
        to[0] = 0;
    if (!value || !room)
        return 0;
    if (*length > room)
        return ERANGE;
    memcpy(to, value, *length);
    return 0;
}
int CRT(_wgetenv_s)(size_t *length, wchar_t *to, size_t room, const wchar_t *name)
{
    if (!length || (!to && room) || !name)
        return transom_invalid(EINVAL);
    wchar_t *value = CRT(_wgetenv)(name);
    *length = value ? CRT(wcslen)(value) + 1 : 0;
    if (to && room)
        to[0] = 0;
    if (!value || !room)
        return 0;
    if (*length > room)
        return ERANGE;
    memcpy(to, value, *length * sizeof *to);
    return 0;
}
int CRT(_dupenv_s)(char **to, size_t *length, const char *name)
{
    if (!to || !name)
        return transom_invalid(EINVAL);
    char *value = CRT(getenv)(name);
    *to = value ? strdup(value) : NULL;
    if (length)
        *length = *to ? strlen(*to) + 1 : 0;
    return value && !*to ? ENOMEM : 0;
}
int CRT(_wdupenv_s)(wchar_t **to, size_t *length, const wchar_t *name)
{
    if (!to || !name)
        return transom_invalid(EINVAL);
    char *narrow = transom_to_utf8(name);
    *to = narrow ? transom_to_utf16(CRT(getenv)(narrow)) : NULL;
    free(narrow);
    if (length)
        *length = *to ? CRT(wcslen)(*to) + 1 : 0;
    return 0;
}

/* clock counts thousandths of a second since the program began, running or not. */
static struct timespec beginning;
__attribute__((__constructor__)) static void begin(void) { clock_gettime(CLOCK_MONOTONIC, &beginning); }
long CRT(clock)(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - beginning.tv_sec) * 1000 + (now.tv_nsec - beginning.tv_nsec) / 1000000;
}
int CRT(localtime_s)(struct tm *to, const time_t *time)
{
    if (!to || !time)
        return transom_invalid(EINVAL);
    return localtime_r(time, to) ? 0 : transom_invalid(EINVAL);
}
int CRT(gmtime_s)(struct tm *to, const time_t *time)
{
    if (!to || !time)
        return transom_invalid(EINVAL);
    return gmtime_r(time, to) ? 0 : transom_invalid(EINVAL);
}
int CRT(asctime_s)(char *to, size_t room, const struct tm *time)
{
    char text[64];
    if (!to || !room || !time)
        return transom_invalid(EINVAL);
    to[0] = 0;
    if (room < 26 || !asctime_r(time, text))
        return transom_invalid(EINVAL);
    memcpy(to, text, 26);
    return 0;
}
int CRT(ctime_s)(char *to, size_t room, const time_t *time)
{
    struct tm local;
    if (!to || !room || !time)
        return transom_invalid(EINVAL);
    to[0] = 0;
    return localtime_r(time, &local) ? CRT(asctime_s)(to, room, &local) : transom_invalid(EINVAL);
}
int CRT(_wasctime_s)(wchar_t *to, size_t room, const struct tm *time)
{
    char text[64];
    int error = room < 26 || !to ? transom_invalid(EINVAL) : CRT(asctime_s)(text, sizeof text, time);
    for (int i = 0; !error && i < 26; i++)
        to[i] = (wchar_t)text[i];
    return error;
}
int CRT(_wctime_s)(wchar_t *to, size_t room, const time_t *time)
{
    struct tm local;
    if (!time || !localtime_r(time, &local))
        return transom_invalid(EINVAL);
    return CRT(_wasctime_s)(to, room, &local);
}
wchar_t *CRT(_wctime)(const time_t *time)
{
    static __thread wchar_t text[26];
    return CRT(_wctime_s)(text, 26, time) == 0 ? text : NULL;
}
wchar_t *CRT(_wasctime)(const struct tm *time)
{
    static __thread wchar_t text[26];
    return CRT(_wasctime_s)(text, 26, time) == 0 ? text : NULL;
}
size_t CRT(wcsftime)(wchar_t *to, size_t room, const wchar_t *format, const struct tm *time)
{
    char *narrow = transom_to_utf8(format), text[1024];
    size_t length = narrow ? strftime(text, sizeof text, narrow, time) : 0;
    free(narrow);
    size_t units = transom_utf16_from_utf8(text, length, NULL);
    if (units >= room)
        return 0;
    transom_utf16_from_utf8(text, length, to);
    to[units] = 0;
    return units;
}
#define STAMP(name, format)                                       \
    int CRT(name##_s)(char *to, size_t room)                      \
    {                                                             \
        time_t now = time(NULL);                                  \
        struct tm local;                                          \
        if (!to || room < 9 || !localtime_r(&now, &local))        \
            return transom_invalid(EINVAL);                       \
        strftime(to, room, format, &local);                       \
        return 0;                                                 \
    }                                                             \
    char *CRT(name)(char *to) { return CRT(name##_s)(to, 9) == 0 ? to : NULL; }
STAMP(_strdate, "%m/%d/%y")
STAMP(_strtime, "%H:%M:%S")
int CRT(_ftime_s)(struct timeb *to)
{
    struct timespec now;
    if (!to)
        return transom_invalid(EINVAL);
    clock_gettime(CLOCK_REALTIME, &now);
    *to = (struct timeb){.time = now.tv_sec, .millitm = (unsigned short)(now.tv_nsec / 1000000)};
    return 0;
}

/* Names of locales as Windows has them mean nothing to Linux, and are accepted: text is Unicode anyway. */
static char *windows_locale;
char *CRT(setlocale)(int category, const char *name)
{
    char *result = setlocale(category, name);
    if (!name)
        return windows_locale ? windows_locale : result;
    if (result) {
        free(windows_locale);
        windows_locale = NULL;
        return result;
    }
    size_t length = strlen(name);
    if (length == 0 || length > 100
        || strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-. ()&,") != length
        || strcasecmp(name, "invalid") == 0)
        return NULL;
    free(windows_locale);
    return windows_locale = strdup(name);
}
wchar_t *CRT(_wsetlocale)(int category, const wchar_t *name)
{
    static wchar_t *last;
    char *narrow = transom_to_utf8(name);
    char *result = CRT(setlocale)(category, narrow);
    free(narrow);
    free(last);
    last = transom_to_utf16(result);
    return last;
}

/* Searching and sorting with a context. */
struct context {
    int (*compare)(void *, const void *, const void *);
    void *argument;
};
static int compare(const void *a, const void *b, void *given)
{
    struct context *context = given;
    return context->compare(context->argument, a, b);
}
void CRT(qsort_s)(void *base, size_t count, size_t width, int (*order)(void *, const void *, const void *),
    void *argument)
{
    struct context context = {order, argument};
    if ((!base && count) || !width || !order) {
        transom_invalid(EINVAL);
        return;
    }
    qsort_r(base, count, width, compare, &context);
}
void *CRT(_aligned_malloc)(size_t size, size_t alignment)
{
    void *block = NULL;
    if (alignment < sizeof(void *))
        alignment = sizeof(void *);
    int error = posix_memalign(&block, alignment, size ? size : 1);
    if (error)
        errno = error;
    return error ? NULL : block;
}
int CRT(_set_errno)(int value)
{
    errno = value;
    return 0;
}
int CRT(_get_errno)(int *value)
{
    if (!value)
        return transom_invalid(EINVAL);
    *value = errno;
    return 0;
}
unsigned CRT(_rotl)(unsigned value, int bits) { return value << (bits & 31) | value >> (-bits & 31); }
unsigned CRT(_rotr)(unsigned value, int bits) { return value >> (bits & 31) | value << (-bits & 31); }
int CRT(_heapchk)(void) { return -2; }
int CRT(_CrtSetDbgFlag)(int flags)
{
    static int set = 1;
    int before = set;
    if (flags != -1)
        set = flags;
    return before;
}
