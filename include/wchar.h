/* wchar.h: the C library's, and its functions for characters of 16 bits. */
#ifndef TRANSOM_WCHAR_H
#define TRANSOM_WCHAR_H
#pragma GCC system_header

#include <_transom.h>
#include <_errno_t.h>
#include <stdarg.h>
#include <time.h>
#include <stdio.h>

/* The C library's functions of these names stay out of sight: ours have the same. */
#define wprintf transom_hidden_wprintf
#define fwprintf transom_hidden_fwprintf
#define swprintf transom_hidden_swprintf
#define vwprintf transom_hidden_vwprintf
#define vfwprintf transom_hidden_vfwprintf
#define vswprintf transom_hidden_vswprintf
#define wscanf transom_hidden_wscanf
#define fwscanf transom_hidden_fwscanf
#define swscanf transom_hidden_swscanf
#define vwscanf transom_hidden_vwscanf
#define vfwscanf transom_hidden_vfwscanf
#define vswscanf transom_hidden_vswscanf
#define fgetwc transom_hidden_fgetwc
#define getwchar transom_hidden_getwchar
#define fputwc transom_hidden_fputwc
#define putwchar transom_hidden_putwchar
#define ungetwc transom_hidden_ungetwc
#define fgetws transom_hidden_fgetws
#define fputws transom_hidden_fputws
#define wcslen transom_hidden_wcslen
#define wcsnlen transom_hidden_wcsnlen
#define wcscpy transom_hidden_wcscpy
#define wcsncpy transom_hidden_wcsncpy
#define wcscat transom_hidden_wcscat
#define wcsncat transom_hidden_wcsncat
#define wcscmp transom_hidden_wcscmp
#define wcsncmp transom_hidden_wcsncmp
#define wcsspn transom_hidden_wcsspn
#define wcscspn transom_hidden_wcscspn
#define wcstok transom_hidden_wcstok
#define wcsxfrm transom_hidden_wcsxfrm
#define wmemcpy transom_hidden_wmemcpy
#define wmemmove transom_hidden_wmemmove
#define wmemset transom_hidden_wmemset
#define wmemcmp transom_hidden_wmemcmp
#define wcstol transom_hidden_wcstol
#define wcstoul transom_hidden_wcstoul
#define wcstoll transom_hidden_wcstoll
#define wcstoull transom_hidden_wcstoull
#define wcstod transom_hidden_wcstod
#define wcstof transom_hidden_wcstof
#define wcstold transom_hidden_wcstold
#define wcsftime transom_hidden_wcsftime
#define btowc transom_hidden_btowc
#define wctob transom_hidden_wctob
#define mbrtowc transom_hidden_mbrtowc
#define wcrtomb transom_hidden_wcrtomb
#define mbsrtowcs transom_hidden_mbsrtowcs
#define wcsrtombs transom_hidden_wcsrtombs
#define wcschr transom_hidden_wcschr
#define wcsrchr transom_hidden_wcsrchr
#define wcspbrk transom_hidden_wcspbrk
#define wcsstr transom_hidden_wcsstr
#define wmemchr transom_hidden_wmemchr
#define getwc transom_hidden_getwc
#define putwc transom_hidden_putwc
#define wcscoll transom_hidden_wcscoll
#define wcsdup transom_hidden_wcsdup
#define wcscasecmp transom_hidden_wcscasecmp
#define wcsncasecmp transom_hidden_wcsncasecmp
#define wcpcpy transom_hidden_wcpcpy
#define wcpncpy transom_hidden_wcpncpy
#define fwide transom_hidden_fwide
#define wmempcpy transom_hidden_wmempcpy
#define mbrlen transom_hidden_mbrlen
#define wcwidth transom_hidden_wcwidth
#define wcswidth transom_hidden_wcswidth
#define mbsnrtowcs transom_hidden_mbsnrtowcs
#define wcsnrtombs transom_hidden_wcsnrtombs
#define wcstoq transom_hidden_wcstoq
#define wcstouq transom_hidden_wcstouq
#define wcschrnul transom_hidden_wcschrnul
#define open_wmemstream transom_hidden_open_wmemstream
#define getwc_unlocked transom_hidden_getwc_unlocked
#define getwchar_unlocked transom_hidden_getwchar_unlocked
#define fgetwc_unlocked transom_hidden_fgetwc_unlocked
#define fputwc_unlocked transom_hidden_fputwc_unlocked
#define putwc_unlocked transom_hidden_putwc_unlocked
#define putwchar_unlocked transom_hidden_putwchar_unlocked
#define fgetws_unlocked transom_hidden_fgetws_unlocked
#define fputws_unlocked transom_hidden_fputws_unlocked
#define wcscasecmp_l transom_hidden_wcscasecmp_l
#define wcsncasecmp_l transom_hidden_wcsncasecmp_l
#define wcscoll_l transom_hidden_wcscoll_l
#define wcsxfrm_l transom_hidden_wcsxfrm_l
#define wcstol_l transom_hidden_wcstol_l
#define wcstoul_l transom_hidden_wcstoul_l
#define wcstoll_l transom_hidden_wcstoll_l
#define wcstoull_l transom_hidden_wcstoull_l
#define wcstod_l transom_hidden_wcstod_l
#define wcstof_l transom_hidden_wcstof_l
#define wcstold_l transom_hidden_wcstold_l
#define wcsftime_l transom_hidden_wcsftime_l
#include_next <wchar.h>
#undef wprintf
#undef fwprintf
#undef swprintf
#undef vwprintf
#undef vfwprintf
#undef vswprintf
#undef wscanf
#undef fwscanf
#undef swscanf
#undef vwscanf
#undef vfwscanf
#undef vswscanf
#undef fgetwc
#undef getwchar
#undef fputwc
#undef putwchar
#undef ungetwc
#undef fgetws
#undef fputws
#undef wcslen
#undef wcsnlen
#undef wcscpy
#undef wcsncpy
#undef wcscat
#undef wcsncat
#undef wcscmp
#undef wcsncmp
#undef wcsspn
#undef wcscspn
#undef wcstok
#undef wcsxfrm
#undef wmemcpy
#undef wmemmove
#undef wmemset
#undef wmemcmp
#undef wcstol
#undef wcstoul
#undef wcstoll
#undef wcstoull
#undef wcstod
#undef wcstof
#undef wcstold
#undef wcsftime
#undef btowc
#undef wctob
#undef mbrtowc
#undef wcrtomb
#undef mbsrtowcs
#undef wcsrtombs
#undef wcschr
#undef wcsrchr
#undef wcspbrk
#undef wcsstr
#undef wmemchr
#undef getwc
#undef putwc
#undef wcscoll
#undef wcsdup
#undef wcscasecmp
#undef wcsncasecmp
#undef wcpcpy
#undef wcpncpy
#undef fwide
#undef wmempcpy
#undef mbrlen
#undef wcwidth
#undef wcswidth
#undef mbsnrtowcs
#undef wcsnrtombs
#undef wcstoq
#undef wcstouq
#undef wcschrnul
#undef open_wmemstream
#undef getwc_unlocked
#undef getwchar_unlocked
#undef fgetwc_unlocked
#undef fputwc_unlocked
#undef putwc_unlocked
#undef putwchar_unlocked
#undef fgetws_unlocked
#undef fputws_unlocked
#undef wcscasecmp_l
#undef wcsncasecmp_l
#undef wcscoll_l
#undef wcsxfrm_l
#undef wcstol_l
#undef wcstoul_l
#undef wcstoll_l
#undef wcstoull_l
#undef wcstod_l
#undef wcstof_l
#undef wcstold_l
#undef wcsftime_l

TRANSOM_BEGIN

#if defined(__cplusplus) && !defined(__CORRECT_ISO_CPP_WCHAR_H_PROTO)
/* The searching functions have both their forms here; libstdc++ need not make them for clang. */
#define __CORRECT_ISO_CPP_WCHAR_H_PROTO
#endif
#undef WEOF
#define WEOF ((wint_t)0xFFFF)
struct tm;
size_t wcslen(const wchar_t *text) TRANSOM_CRT(wcslen);
size_t wcsnlen(const wchar_t *text, size_t most) TRANSOM_CRT(wcsnlen);
wchar_t *wcscpy(wchar_t *to, const wchar_t *from) TRANSOM_CRT(wcscpy);
wchar_t *wcsncpy(wchar_t *to, const wchar_t *from, size_t count) TRANSOM_CRT(wcsncpy);
wchar_t *wcscat(wchar_t *to, const wchar_t *from) TRANSOM_CRT(wcscat);
wchar_t *wcsncat(wchar_t *to, const wchar_t *from, size_t count) TRANSOM_CRT(wcsncat);
int wcscmp(const wchar_t *a, const wchar_t *b) TRANSOM_CRT(wcscmp);
int wcsncmp(const wchar_t *a, const wchar_t *b, size_t count) TRANSOM_CRT(wcsncmp);
size_t wcsspn(const wchar_t *text, const wchar_t *set) TRANSOM_CRT(wcsspn);
size_t wcscspn(const wchar_t *text, const wchar_t *set) TRANSOM_CRT(wcscspn);
wchar_t *wcstok(wchar_t *text, const wchar_t *separators, wchar_t **context) TRANSOM_CRT(wcstok);
size_t wcsxfrm(wchar_t *to, const wchar_t *from, size_t room) TRANSOM_CRT(wcsxfrm);
wchar_t *wmemcpy(wchar_t *to, const wchar_t *from, size_t count) TRANSOM_CRT(wmemcpy);
wchar_t *wmemmove(wchar_t *to, const wchar_t *from, size_t count) TRANSOM_CRT(wmemmove);
wchar_t *wmemset(wchar_t *to, wchar_t unit, size_t count) TRANSOM_CRT(wmemset);
int wmemcmp(const wchar_t *a, const wchar_t *b, size_t count) TRANSOM_CRT(wmemcmp);
long wcstol(const wchar_t *text, wchar_t **rest, int base) TRANSOM_CRT(wcstol);
unsigned long wcstoul(const wchar_t *text, wchar_t **rest, int base) TRANSOM_CRT(wcstoul);
long long wcstoll(const wchar_t *text, wchar_t **rest, int base) TRANSOM_CRT(wcstoll);
unsigned long long wcstoull(const wchar_t *text, wchar_t **rest, int base) TRANSOM_CRT(wcstoull);
double wcstod(const wchar_t *text, wchar_t **rest) TRANSOM_CRT(wcstod);
float wcstof(const wchar_t *text, wchar_t **rest) TRANSOM_CRT(wcstof);
long double wcstold(const wchar_t *text, wchar_t **rest) TRANSOM_CRT(wcstold);
size_t wcsftime(wchar_t *to, size_t room, const wchar_t *format, const struct tm *time) TRANSOM_CRT(wcsftime);
wint_t btowc(int c) TRANSOM_CRT(btowc);
int wctob(wint_t c) TRANSOM_CRT(wctob);
size_t mbrtowc(wchar_t *to, const char *from, size_t bytes, mbstate_t *state) TRANSOM_CRT(mbrtowc);
size_t wcrtomb(char *to, wchar_t from, mbstate_t *state) TRANSOM_CRT(wcrtomb);
size_t mbsrtowcs(wchar_t *to, const char **from, size_t most, mbstate_t *state) TRANSOM_CRT(mbsrtowcs);
size_t wcsrtombs(char *to, const wchar_t **from, size_t most, mbstate_t *state) TRANSOM_CRT(wcsrtombs);
int wprintf(const wchar_t *format, ...) TRANSOM_CRT(wprintf);
int fwprintf(FILE *stream, const wchar_t *format, ...) TRANSOM_CRT(fwprintf);
int swprintf(wchar_t *to, size_t room, const wchar_t *format, ...) TRANSOM_CRT(swprintf);
int vwprintf(const wchar_t *format, va_list arguments) TRANSOM_CRT(vwprintf);
int vfwprintf(FILE *stream, const wchar_t *format, va_list arguments) TRANSOM_CRT(vfwprintf);
int vswprintf(wchar_t *to, size_t room, const wchar_t *format, va_list arguments) TRANSOM_CRT(vswprintf);
int wscanf(const wchar_t *format, ...) TRANSOM_CRT(wscanf);
int fwscanf(FILE *stream, const wchar_t *format, ...) TRANSOM_CRT(fwscanf);
int swscanf(const wchar_t *text, const wchar_t *format, ...) TRANSOM_CRT(swscanf);
int vwscanf(const wchar_t *format, va_list arguments) TRANSOM_CRT(vwscanf);
int vfwscanf(FILE *stream, const wchar_t *format, va_list arguments) TRANSOM_CRT(vfwscanf);
int vswscanf(const wchar_t *text, const wchar_t *format, va_list arguments) TRANSOM_CRT(vswscanf);
wint_t fgetwc(FILE *stream) TRANSOM_CRT(fgetwc);
wint_t getwchar(void) TRANSOM_CRT(getwchar);
wint_t fputwc(wchar_t unit, FILE *stream) TRANSOM_CRT(fputwc);
wint_t putwchar(wchar_t unit) TRANSOM_CRT(putwchar);
wint_t ungetwc(wint_t unit, FILE *stream) TRANSOM_CRT(ungetwc);
wchar_t *fgetws(wchar_t *to, int room, FILE *stream) TRANSOM_CRT(fgetws);
int fputws(const wchar_t *text, FILE *stream) TRANSOM_CRT(fputws);
wint_t getwc(FILE *stream) TRANSOM_CRT(fgetwc);
wint_t putwc(wchar_t unit, FILE *stream) TRANSOM_CRT(fputwc);
wint_t _fgetwchar(void) TRANSOM_CRT(getwchar);
wint_t _fputwchar(wchar_t unit) TRANSOM_CRT(putwchar);
#ifdef __cplusplus
extern "C++" {
wchar_t *wcschr(wchar_t *text, wchar_t unit) TRANSOM_CRT(wcschr);
const wchar_t *wcschr(const wchar_t *text, wchar_t unit) TRANSOM_CRT(wcschr);
wchar_t *wcsrchr(wchar_t *text, wchar_t unit) TRANSOM_CRT(wcsrchr);
const wchar_t *wcsrchr(const wchar_t *text, wchar_t unit) TRANSOM_CRT(wcsrchr);
wchar_t *wcspbrk(wchar_t *text, const wchar_t *set) TRANSOM_CRT(wcspbrk);
const wchar_t *wcspbrk(const wchar_t *text, const wchar_t *set) TRANSOM_CRT(wcspbrk);
wchar_t *wcsstr(wchar_t *text, const wchar_t *wanted) TRANSOM_CRT(wcsstr);
const wchar_t *wcsstr(const wchar_t *text, const wchar_t *wanted) TRANSOM_CRT(wcsstr);
wchar_t *wmemchr(wchar_t *text, wchar_t unit, size_t count) TRANSOM_CRT(wmemchr);
const wchar_t *wmemchr(const wchar_t *text, wchar_t unit, size_t count) TRANSOM_CRT(wmemchr);
}
#else
wchar_t *wcschr(const wchar_t *text, wchar_t unit) TRANSOM_CRT(wcschr);
wchar_t *wcsrchr(const wchar_t *text, wchar_t unit) TRANSOM_CRT(wcsrchr);
wchar_t *wcspbrk(const wchar_t *text, const wchar_t *set) TRANSOM_CRT(wcspbrk);
wchar_t *wcsstr(const wchar_t *text, const wchar_t *wanted) TRANSOM_CRT(wcsstr);
wchar_t *wmemchr(const wchar_t *text, wchar_t unit, size_t count) TRANSOM_CRT(wmemchr);
#endif
int wcscoll(const wchar_t *a, const wchar_t *b) TRANSOM_CRT(wcscmp);
size_t mbrlen(const char *from, size_t bytes, mbstate_t *state) __asm__("mbrlen");
int fwide(FILE *stream, int mode) __asm__("fwide");
wchar_t *wcsdup(const wchar_t *text) TRANSOM_CRT(_wcsdup);
int _wcscoll(const wchar_t *a, const wchar_t *b) TRANSOM_CRT(wcscmp);
int _wcsicoll(const wchar_t *a, const wchar_t *b) TRANSOM_CRT(_wcsicmp);
int wcsicmp(const wchar_t *a, const wchar_t *b) TRANSOM_CRT(_wcsicmp);
int wcsnicmp(const wchar_t *a, const wchar_t *b, size_t count) TRANSOM_CRT(_wcsnicmp);
wchar_t *_wcstok(wchar_t *text, const wchar_t *separators) TRANSOM_CRT(_wcstok);
wchar_t *_wcsdup(const wchar_t *text) TRANSOM_CRT(_wcsdup);
int _wcsicmp(const wchar_t *a, const wchar_t *b) TRANSOM_CRT(_wcsicmp);
int _wcsnicmp(const wchar_t *a, const wchar_t *b, size_t count) TRANSOM_CRT(_wcsnicmp);
wchar_t *_wcslwr(wchar_t *text) TRANSOM_CRT(_wcslwr);
wchar_t *_wcsupr(wchar_t *text) TRANSOM_CRT(_wcsupr);
wchar_t *_wcsrev(wchar_t *text) TRANSOM_CRT(_wcsrev);
wchar_t *_wcsset(wchar_t *text, wchar_t unit) TRANSOM_CRT(_wcsset);
wchar_t *_wcsnset(wchar_t *text, wchar_t unit, size_t count) TRANSOM_CRT(_wcsnset);
size_t wcsnlen_s(const wchar_t *text, size_t room) TRANSOM_CRT(wcsnlen_s);
errno_t wcscpy_s(wchar_t *to, size_t room, const wchar_t *from) TRANSOM_CRT(wcscpy_s);
errno_t wcscat_s(wchar_t *to, size_t room, const wchar_t *from) TRANSOM_CRT(wcscat_s);
errno_t wcsncpy_s(wchar_t *to, size_t room, const wchar_t *from, size_t count) TRANSOM_CRT(wcsncpy_s);
errno_t wcsncat_s(wchar_t *to, size_t room, const wchar_t *from, size_t count) TRANSOM_CRT(wcsncat_s);
wchar_t *wcstok_s(wchar_t *text, const wchar_t *separators, wchar_t **context) TRANSOM_CRT(wcstok_s);
errno_t _wcslwr_s(wchar_t *text, size_t room) TRANSOM_CRT(_wcslwr_s);
errno_t _wcsupr_s(wchar_t *text, size_t room) TRANSOM_CRT(_wcsupr_s);
errno_t _wcsset_s(wchar_t *text, size_t room, wchar_t unit) TRANSOM_CRT(_wcsset_s);
errno_t _wcsnset_s(wchar_t *text, size_t room, wchar_t unit, size_t count) TRANSOM_CRT(_wcsnset_s);
errno_t wmemcpy_s(wchar_t *to, size_t room, const wchar_t *from, size_t count) TRANSOM_CRT(wmemcpy_s);
errno_t wmemmove_s(wchar_t *to, size_t room, const wchar_t *from, size_t count) TRANSOM_CRT(wmemmove_s);
int _wtoi(const wchar_t *text) TRANSOM_CRT(_wtoi);
long _wtol(const wchar_t *text) TRANSOM_CRT(_wtol);
long long _wtoi64(const wchar_t *text) TRANSOM_CRT(_wtoi64);
double _wtof(const wchar_t *text) TRANSOM_CRT(_wtof);
wchar_t *_itow(int value, wchar_t *to, int radix) TRANSOM_CRT(_itow);
wchar_t *_ltow(int value, wchar_t *to, int radix) TRANSOM_CRT(_ltow);
wchar_t *_ultow(unsigned value, wchar_t *to, int radix) TRANSOM_CRT(_ultow);
wchar_t *_i64tow(long long value, wchar_t *to, int radix) TRANSOM_CRT(_i64tow);
wchar_t *_ui64tow(unsigned long long value, wchar_t *to, int radix) TRANSOM_CRT(_ui64tow);
errno_t _itow_s(int value, wchar_t *to, size_t room, int radix) TRANSOM_CRT(_itow_s);
errno_t _ltow_s(int value, wchar_t *to, size_t room, int radix) TRANSOM_CRT(_ltow_s);
errno_t _ultow_s(unsigned value, wchar_t *to, size_t room, int radix) TRANSOM_CRT(_ultow_s);
errno_t _i64tow_s(long long value, wchar_t *to, size_t room, int radix) TRANSOM_CRT(_i64tow_s);
errno_t _ui64tow_s(unsigned long long value, wchar_t *to, size_t room, int radix) TRANSOM_CRT(_ui64tow_s);
wchar_t *_wgetenv(const wchar_t *name) TRANSOM_CRT(_wgetenv);
errno_t _wgetenv_s(size_t *length, wchar_t *to, size_t room, const wchar_t *name) TRANSOM_CRT(_wgetenv_s);
errno_t _wdupenv_s(wchar_t **to, size_t *length, const wchar_t *name) TRANSOM_CRT(_wdupenv_s);
int _wputenv(const wchar_t *assignment) TRANSOM_CRT(_wputenv);
errno_t _wputenv_s(const wchar_t *name, const wchar_t *value) TRANSOM_CRT(_wputenv_s);
int _wsystem(const wchar_t *command) TRANSOM_CRT(_wsystem);
wchar_t *_wsetlocale(int category, const wchar_t *name) TRANSOM_CRT(_wsetlocale);
wchar_t *_wctime(const time_t *time) TRANSOM_CRT(_wctime);
wchar_t *_wasctime(const struct tm *time) TRANSOM_CRT(_wasctime);
errno_t _wctime_s(wchar_t *to, size_t room, const time_t *time) TRANSOM_CRT(_wctime_s);
errno_t _wasctime_s(wchar_t *to, size_t room, const struct tm *time) TRANSOM_CRT(_wasctime_s);
wchar_t *_wcserror(int error) TRANSOM_CRT(_wcserror);
errno_t _wcserror_s(wchar_t *to, size_t room, int error) TRANSOM_CRT(_wcserror_s);
int _wmkdir(const wchar_t *path) TRANSOM_CRT(_wmkdir);
int _wrmdir(const wchar_t *path) TRANSOM_CRT(_wrmdir);
int _wchdir(const wchar_t *path) TRANSOM_CRT(_wchdir);
wchar_t *_wgetcwd(wchar_t *to, int room) TRANSOM_CRT(_wgetcwd);
int _waccess(const wchar_t *path, int mode) TRANSOM_CRT(_waccess);
errno_t _waccess_s(const wchar_t *path, int mode) TRANSOM_CRT(_waccess_s);
int _wopen(const wchar_t *path, int flags, ...) TRANSOM_CRT(_wopen);
errno_t _wsopen_s(int *descriptor, const wchar_t *path, int flags, int share, int mode) TRANSOM_CRT(_wsopen_s);
void _wsplitpath(const wchar_t *path, wchar_t *drive, wchar_t *directory, wchar_t *name, wchar_t *extension) TRANSOM_CRT(_wsplitpath);
errno_t _wsplitpath_s(const wchar_t *path, wchar_t *drive, size_t drive_room, wchar_t *directory, size_t directory_room, wchar_t *name, size_t name_room, wchar_t *extension, size_t extension_room) TRANSOM_CRT(_wsplitpath_s);
void _wmakepath(wchar_t *to, const wchar_t *drive, const wchar_t *directory, const wchar_t *name, const wchar_t *extension) TRANSOM_CRT(_wmakepath);
errno_t _wmakepath_s(wchar_t *to, size_t room, const wchar_t *drive, const wchar_t *directory, const wchar_t *name, const wchar_t *extension) TRANSOM_CRT(_wmakepath_s);
wchar_t *_wfullpath(wchar_t *to, const wchar_t *path, size_t room) TRANSOM_CRT(_wfullpath);
int _wunlink(const wchar_t *path) TRANSOM_CRT(_wremove);
TRANSOM_END
#ifdef __cplusplus
extern "C++" {
inline wchar_t *wcstok(wchar_t *text, const wchar_t *separators) { return _wcstok(text, separators); }
template <typename... A> int swprintf(wchar_t *to, const wchar_t *format, A... arguments)
{
    return _swprintf(to, format, arguments...);
}
template <size_t N> errno_t wcscpy_s(wchar_t (&to)[N], const wchar_t *from) { return wcscpy_s(to, N, from); }
template <size_t N> errno_t wcscat_s(wchar_t (&to)[N], const wchar_t *from) { return wcscat_s(to, N, from); }
template <size_t N> errno_t wcsncpy_s(wchar_t (&to)[N], const wchar_t *from, size_t count)
{
    return wcsncpy_s(to, N, from, count);
}
template <size_t N> errno_t wcsncat_s(wchar_t (&to)[N], const wchar_t *from, size_t count)
{
    return wcsncat_s(to, N, from, count);
}
template <size_t N> errno_t _wcslwr_s(wchar_t (&text)[N]) { return _wcslwr_s(text, N); }
template <size_t N> errno_t _wcsupr_s(wchar_t (&text)[N]) { return _wcsupr_s(text, N); }
template <size_t N> errno_t _itow_s(int value, wchar_t (&to)[N], int radix) { return _itow_s(value, to, N, radix); }
template <size_t N> errno_t _wcserror_s(wchar_t (&to)[N], int error) { return _wcserror_s(to, N, error); }
}
#endif
TRANSOM_BEGIN

TRANSOM_END
/* MSVC has the kinds of wide characters here too. */
#include <wctype.h>
#endif
