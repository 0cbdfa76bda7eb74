/* stdlib.h: the C library's, and what MSVC has besides; long has 32 bits. */
#ifndef TRANSOM_STDLIB_H
#define TRANSOM_STDLIB_H
#pragma GCC system_header

#include <_transom.h>
#include <errno.h>
#include <stdint.h>

/* The C library's functions of these names stay out of sight: ours have the same. */
#define rand transom_hidden_rand
#define srand transom_hidden_srand
#define strtol transom_hidden_strtol
#define strtoul transom_hidden_strtoul
#define atol transom_hidden_atol
#define atoi transom_hidden_atoi
#define getenv transom_hidden_getenv
#define system transom_hidden_system
#define mblen transom_hidden_mblen
#define mbtowc transom_hidden_mbtowc
#define wctomb transom_hidden_wctomb
#define mbstowcs transom_hidden_mbstowcs
#define wcstombs transom_hidden_wcstombs
#if defined(__cplusplus) && !defined(_GLIBCXX_INCLUDE_NEXT_C_HEADERS)
/* The C library's header, without what libstdc++ adds: that would miss what is hidden. */
#define _GLIBCXX_INCLUDE_NEXT_C_HEADERS
#include_next <stdlib.h>
#undef _GLIBCXX_INCLUDE_NEXT_C_HEADERS
#else
#include_next <stdlib.h>
#endif
#undef rand
#undef srand
#undef strtol
#undef strtoul
#undef atol
#undef atoi
#undef getenv
#undef system
#undef mblen
#undef mbtowc
#undef wctomb
#undef mbstowcs
#undef wcstombs

TRANSOM_BEGIN

#undef RAND_MAX
#define RAND_MAX 0x7fff
int rand(void) TRANSOM_CRT(rand);
void srand(unsigned seed) TRANSOM_CRT(srand);
errno_t rand_s(unsigned *value) TRANSOM_CRT(rand_s);
long strtol(const char *text, char **rest, int base) TRANSOM_CRT(strtol);
unsigned long strtoul(const char *text, char **rest, int base) TRANSOM_CRT(strtoul);
long atol(const char *text) TRANSOM_CRT(atol);
int atoi(const char *text) TRANSOM_CRT(atoi);
char *getenv(const char *name) TRANSOM_CRT(getenv);
int system(const char *command) TRANSOM_CRT(system);
int mblen(const char *from, size_t bytes) TRANSOM_CRT(mblen);
int mbtowc(wchar_t *to, const char *from, size_t bytes) TRANSOM_CRT(mbtowc);
int wctomb(char *to, wchar_t from) TRANSOM_CRT(wctomb);
size_t mbstowcs(wchar_t *to, const char *from, size_t most) TRANSOM_CRT(mbstowcs);
size_t wcstombs(char *to, const wchar_t *from, size_t most) TRANSOM_CRT(wcstombs);
errno_t mbstowcs_s(size_t *converted, wchar_t *to, size_t room, const char *from, size_t count) TRANSOM_CRT(mbstowcs_s);
errno_t wcstombs_s(size_t *converted, char *to, size_t room, const wchar_t *from, size_t count) TRANSOM_CRT(wcstombs_s);
int _putenv(const char *assignment) TRANSOM_CRT(_putenv);
errno_t _putenv_s(const char *name, const char *value) TRANSOM_CRT(_putenv_s);
errno_t getenv_s(size_t *length, char *to, size_t room, const char *name) TRANSOM_CRT(getenv_s);
errno_t _dupenv_s(char **to, size_t *length, const char *name) TRANSOM_CRT(_dupenv_s);
char *_itoa(int value, char *to, int radix) TRANSOM_CRT(_itoa);
char *_ltoa(int value, char *to, int radix) TRANSOM_CRT(_ltoa);
char *_ultoa(unsigned value, char *to, int radix) TRANSOM_CRT(_ultoa);
char *_i64toa(long long value, char *to, int radix) TRANSOM_CRT(_i64toa);
char *_ui64toa(unsigned long long value, char *to, int radix) TRANSOM_CRT(_ui64toa);
errno_t _itoa_s(int value, char *to, size_t room, int radix) TRANSOM_CRT(_itoa_s);
errno_t _ltoa_s(int value, char *to, size_t room, int radix) TRANSOM_CRT(_ltoa_s);
errno_t _ultoa_s(unsigned value, char *to, size_t room, int radix) TRANSOM_CRT(_ultoa_s);
errno_t _i64toa_s(long long value, char *to, size_t room, int radix) TRANSOM_CRT(_i64toa_s);
errno_t _ui64toa_s(unsigned long long value, char *to, size_t room, int radix) TRANSOM_CRT(_ui64toa_s);
void _splitpath(const char *path, char *drive, char *directory, char *name, char *extension) TRANSOM_CRT(_splitpath);
errno_t _splitpath_s(const char *path, char *drive, size_t drive_room, char *directory, size_t directory_room, char *name, size_t name_room, char *extension, size_t extension_room) TRANSOM_CRT(_splitpath_s);
void _makepath(char *to, const char *drive, const char *directory, const char *name, const char *extension) TRANSOM_CRT(_makepath);
errno_t _makepath_s(char *to, size_t room, const char *drive, const char *directory, const char *name, const char *extension) TRANSOM_CRT(_makepath_s);
char *_fullpath(char *to, const char *path, size_t room) TRANSOM_CRT(_fullpath);
void qsort_s(void *base, size_t count, size_t width, int (*order)(void *, const void *, const void *), void *argument) TRANSOM_CRT(qsort_s);
void *_aligned_malloc(size_t size, size_t alignment) TRANSOM_CRT(_aligned_malloc);
/* gcc has macros of these names in its header of intrinsics. */
#ifndef _rotl
unsigned _rotl(unsigned value, int bits) TRANSOM_CRT(_rotl);
#endif
#ifndef _rotr
unsigned _rotr(unsigned value, int bits) TRANSOM_CRT(_rotr);
#endif
errno_t _set_errno(int value) TRANSOM_CRT(_set_errno);
errno_t _get_errno(int *value) TRANSOM_CRT(_get_errno);
char *itoa(int value, char *to, int radix) TRANSOM_CRT(_itoa);
char *ltoa(int value, char *to, int radix) TRANSOM_CRT(_ltoa);
char *ultoa(unsigned value, char *to, int radix) TRANSOM_CRT(_ultoa);
typedef void (*_invalid_parameter_handler)(const wchar_t *, const wchar_t *, const wchar_t *, unsigned, uintptr_t);
_invalid_parameter_handler _set_invalid_parameter_handler(_invalid_parameter_handler handler)
    TRANSOM_CRT(_set_invalid_parameter_handler);
_invalid_parameter_handler _get_invalid_parameter_handler(void) TRANSOM_CRT(_get_invalid_parameter_handler);
_invalid_parameter_handler _set_thread_local_invalid_parameter_handler(_invalid_parameter_handler handler)
    TRANSOM_CRT(_set_thread_local_invalid_parameter_handler);
long long _atoi64(const char *text) __asm__("atoll");
long long _strtoi64(const char *text, char **rest, int base) __asm__("strtoll");
unsigned long long _strtoui64(const char *text, char **rest, int base) __asm__("strtoull");
void _aligned_free(void *block) __asm__("free");
size_t _msize(void *block) __asm__("malloc_usable_size");
extern char **transom_environ __asm__("environ");
#define _environ transom_environ
extern int *transom_errno_location(void) __asm__("__errno_location");
#define _doserrno (*transom_errno_location())
#ifdef __cplusplus
extern "C++" {
template <size_t N> errno_t _itoa_s(int value, char (&to)[N], int radix) { return _itoa_s(value, to, N, radix); }
template <size_t N> errno_t mbstowcs_s(size_t *converted, wchar_t (&to)[N], const char *from, size_t count)
{
    return mbstowcs_s(converted, to, N, from, count);
}
template <size_t N> errno_t wcstombs_s(size_t *converted, char (&to)[N], const wchar_t *from, size_t count)
{
    return wcstombs_s(converted, to, N, from, count);
}
template <size_t N> errno_t getenv_s(size_t *length, char (&to)[N], const char *name)
{
    return getenv_s(length, to, N, name);
}
}
#endif
#ifndef _MAX_PATH
#define _MAX_PATH 260
#define _MAX_DRIVE 3
#define _MAX_DIR 256
#define _MAX_FNAME 256
#define _MAX_EXT 256
#endif
#define _MAX_ENV 32767
#define _MAX_ITOSTR_BASE10_COUNT 12
#ifndef __cplusplus
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#endif
#define __max(a, b) (((a) > (b)) ? (a) : (b))
#define __min(a, b) (((a) < (b)) ? (a) : (b))

TRANSOM_END

#ifdef __cplusplus
#include <cstdlib>
using std::abs;
using std::div;
#endif
#endif
