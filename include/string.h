/* string.h: the C library's, and the _s forms and what MSVC has under other names. */
#ifndef TRANSOM_STRING_H
#define TRANSOM_STRING_H
#pragma GCC system_header

#include <_transom.h>
#include <_errno_t.h>

#include_next <string.h>

TRANSOM_BEGIN

errno_t strcpy_s(char *to, size_t room, const char *from) TRANSOM_CRT(strcpy_s);
errno_t strcat_s(char *to, size_t room, const char *from) TRANSOM_CRT(strcat_s);
errno_t strncpy_s(char *to, size_t room, const char *from, size_t count) TRANSOM_CRT(strncpy_s);
errno_t strncat_s(char *to, size_t room, const char *from, size_t count) TRANSOM_CRT(strncat_s);
char *strtok_s(char *text, const char *separators, char **context) TRANSOM_CRT(strtok_s);
size_t strnlen_s(const char *text, size_t room) TRANSOM_CRT(strnlen_s);
errno_t strerror_s(char *to, size_t room, int error) TRANSOM_CRT(strerror_s);
errno_t memcpy_s(void *to, size_t room, const void *from, size_t count) TRANSOM_CRT(memcpy_s);
errno_t memmove_s(void *to, size_t room, const void *from, size_t count) TRANSOM_CRT(memmove_s);
char *_strlwr(char *text) TRANSOM_CRT(_strlwr);
char *_strupr(char *text) TRANSOM_CRT(_strupr);
char *_strrev(char *text) TRANSOM_CRT(_strrev);
char *_strset(char *text, int c) TRANSOM_CRT(_strset);
char *_strnset(char *text, int c, size_t count) TRANSOM_CRT(_strnset);
errno_t _strlwr_s(char *text, size_t room) TRANSOM_CRT(_strlwr_s);
errno_t _strupr_s(char *text, size_t room) TRANSOM_CRT(_strupr_s);
errno_t _strset_s(char *text, size_t room, char c) TRANSOM_CRT(_strset_s);
errno_t _strnset_s(char *text, size_t room, char c, size_t count) TRANSOM_CRT(_strnset_s);
void *_memccpy(void *to, const void *from, int c, size_t count) __asm__("memccpy");
char *_strdup(const char *text) __asm__("strdup");
int _stricmp(const char *a, const char *b) __asm__("strcasecmp");
int _strcmpi(const char *a, const char *b) __asm__("strcasecmp");
int stricmp(const char *a, const char *b) __asm__("strcasecmp");
int strcmpi(const char *a, const char *b) __asm__("strcasecmp");
int _strnicmp(const char *a, const char *b, size_t count) __asm__("strncasecmp");
int strnicmp(const char *a, const char *b, size_t count) __asm__("strncasecmp");
int _stricoll(const char *a, const char *b) __asm__("strcasecmp");
int _strncoll(const char *a, const char *b, size_t count) __asm__("strncmp");
int _strnicoll(const char *a, const char *b, size_t count) __asm__("strncasecmp");
int _memicmp(const void *a, const void *b, size_t count) __asm__("strncasecmp");
char *strlwr(char *text) TRANSOM_CRT(_strlwr);
char *strupr(char *text) TRANSOM_CRT(_strupr);
char *strrev(char *text) TRANSOM_CRT(_strrev);
TRANSOM_END
#ifdef __cplusplus
extern "C++" {
template <size_t N> errno_t strcpy_s(char (&to)[N], const char *from) { return strcpy_s(to, N, from); }
template <size_t N> errno_t strcat_s(char (&to)[N], const char *from) { return strcat_s(to, N, from); }
template <size_t N> errno_t strncpy_s(char (&to)[N], const char *from, size_t count)
{
    return strncpy_s(to, N, from, count);
}
template <size_t N> errno_t strncat_s(char (&to)[N], const char *from, size_t count)
{
    return strncat_s(to, N, from, count);
}
template <size_t N> errno_t _strlwr_s(char (&text)[N]) { return _strlwr_s(text, N); }
template <size_t N> errno_t _strupr_s(char (&text)[N]) { return _strupr_s(text, N); }
template <size_t N> errno_t strerror_s(char (&to)[N], int error) { return strerror_s(to, N, error); }
}
#endif
TRANSOM_BEGIN

TRANSOM_END
#endif
