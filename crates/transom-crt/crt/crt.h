/* What the files of the runtime share. They are compiled with -fshort-wchar and without our headers:
   glibc's wide functions are never called here. */
#ifndef TRANSOM_CRT_INTERNAL_H
#define TRANSOM_CRT_INTERNAL_H

#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The name under which the headers declare a function of ours. */
#define CRT(name) transom_##name

typedef uint16_t wide;
_Static_assert(sizeof(wchar_t) == 2, "the runtime is compiled with -fshort-wchar");
#define WIDE_EOF 0xFFFFu
#define TRUNCATE ((size_t)-1)
#define STRUNCATE 80

/* utf.c */
size_t transom_utf8_from_utf16(const wchar_t *from, size_t units, char *to);
size_t transom_utf16_from_utf8(const char *from, size_t bytes, wchar_t *to);
char *transom_to_utf8(const wchar_t *text);
wchar_t *transom_to_utf16(const char *text);
char *transom_linux_path(const char *path);
char *transom_linux_path_w(const wchar_t *path);

/* wstring.c */
size_t CRT(wcslen)(const wchar_t *text);
size_t CRT(wcsnlen)(const wchar_t *text, size_t most);

/* secure.c */
int transom_invalid(int error);

/* wstdio.c */
unsigned CRT(fgetwc)(FILE *stream);
unsigned CRT(ungetwc)(unsigned unit, FILE *stream);
int transom_write_utf16(FILE *stream, const wchar_t *text, size_t units);

/* format.c */
struct transom_text {
    char *data;
    size_t length;
    size_t room;
    int failed;
    char own[480];
};
struct transom_wide_text {
    wchar_t *data;
    size_t length;
    size_t room;
    int failed;
    wchar_t own[480];
};
void transom_format(struct transom_text *to, const char *format, va_list arguments);
void transom_format_w(struct transom_wide_text *to, const wchar_t *format, va_list arguments);
void transom_text_free(struct transom_text *text);
void transom_wide_text_free(struct transom_wide_text *text);

#endif
