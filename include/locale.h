/* locale.h: the C library's, and the names of locales that Windows has. */
#ifndef TRANSOM_LOCALE_H
#define TRANSOM_LOCALE_H
#pragma GCC system_header

#include <_transom.h>
#include <stddef.h>

/* The C library's functions of these names stay out of sight: ours have the same. */
#define setlocale transom_hidden_setlocale
#include_next <locale.h>
#undef setlocale

TRANSOM_BEGIN

char *setlocale(int category, const char *name) TRANSOM_CRT(setlocale);
wchar_t *_wsetlocale(int category, const wchar_t *name) TRANSOM_CRT(_wsetlocale);
#define LC_MIN LC_CTYPE
#define LC_MAX LC_ALL

TRANSOM_END
#endif
